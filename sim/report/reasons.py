"""What causes do, in sentences: what delays each campaign, what each cause costs, where views disagree."""

from collections.abc import Iterator, Sequence

from sim.study.bottlenecks import QUESTION
from sim.study.compare import Compared
from sim.study.constraint import FLAGSHIPS, campaign, inverse
from sim.study.measures import measure, summarise
from sim.study.verdict import disagreements
from sim.study.words import capitalised


def delayed(cases: Sequence[Compared]) -> Iterator[tuple[str, str]]:
    """What delays each campaign: the scenario and the sentence, where the causal split was run."""
    for case in cases:
        for split in case.findings.splits:
            if split.measure.name in FLAGSHIPS:
                yield case.id, campaign(split, summarise(measure(split.measure.name), case.outcomes))


def costs(case: Compared) -> Iterator[str]:
    """What each cause costs a scenario whose causal split was run: the inverse."""
    for words, told in inverse(case.findings.splits):
        yield f"{capitalised(words)}: {told}."


def disagree(cases: Sequence[Compared]) -> Iterator[tuple[str, str]]:
    """Where ribbon, causal split and relief name different causes: in which scenarios and uses, and what that means."""
    where: dict[str, list[str]] = {}
    for case in cases:
        splits = {split.measure.name: split for split in case.findings.splits}
        for found in case.findings.bottlenecks:
            for text in disagreements(found, splits.get(QUESTION[found.use]), case.findings.relief):
                place = found.words if len(cases) == 1 else f"{case.id}, {found.words}"
                where.setdefault(text, []).append(place)
    for text, places in where.items():
        yield "; ".join(places), text
