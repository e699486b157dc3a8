"""What a sweep found, in sentences: where its target is met beyond simulation error, and what moves its measures."""

from collections.abc import Iterator, Sequence

from sim.findings.brief import Fact
from sim.language.counting import counted
from sim.measures.measures import Measure
from sim.measures.wording import capitalised, listed
from sim.studies.sweep.maps import levels_read
from sim.studies.sweep.results import Influence, SweepResult, constant, leading

JUDGED = {"passes": "met", "fails": "missed", "undecided": "too close to call"}
"""What becomes of a target, in order."""

GATES = {"fails": "fail", "undecided": "undecided", "passes": "pass"}


def headline(result: SweepResult) -> str:
    """Where the target is met; without a target, what moves the first measure most."""
    if not result.points:
        return "No point could be run to its end."
    if result.sweep.target is None:
        measure = result.sweep.measures[0]
        return f"{measure.title}: {moved(result)[measure]}"
    whole = f"The target is {met_text(result)}."
    splits = [] if len(set(result.judged)) == 1 else list(_splits(result))
    return max(splits, key=lambda split: split[0], default=(0, whole))[1]


def _splits(result: SweepResult) -> Iterator[tuple[int, str]]:
    """For each factor at some of whose levels the target is met nowhere, or everywhere: how many, and at which."""
    for place, factor in enumerate(result.sweep.factors):
        there: dict[str, set[str]] = {level[0].text: set() for level in factor.levels}
        for each, judged in zip(result.points, result.judged, strict=True):
            there.setdefault(each.point.texts[place], set()).add(judged)
        nowhere, everywhere = (
            [i for i, judged in enumerate(there.values()) if judged == {alike}] for alike in ("fails", "passes")
        )
        if factor.levels and nowhere + everywhere:
            words = (("nowhere", nowhere), ("everywhere", everywhere))
            where = listed([f"{word} at {_levels(levels_read(factor), at)}" for word, at in words if at])
            yield (
                len(nowhere) + len(everywhere),
                f"{capitalised(result.sweep.called(factor.name))}: the target is met {where}.",
            )


def _levels(texts: Sequence[str], at: Sequence[int]) -> str:
    """`2% to 9%` for levels that follow each other, else each of them."""
    if len(at) > 2 and at[-1] - at[0] == len(at) - 1:
        return f"{texts[at[0]]} to {texts[at[-1]]}"
    return listed([texts[i] for i in at])


def facts(result: SweepResult) -> Iterator[Fact]:
    """The sentences beneath the headline."""
    sweep = result.sweep
    if sweep.target is not None:
        yield Fact(f"Target: {sweep.target.words}.", f"It is {met_text(result)}.")
    if sweep.gates:
        verdicts = [verdict.judgement for verdict in result.verdicts]
        counts = [f"{words} {verdicts.count(name):,}" for name, words in GATES.items() if name in verdicts]
        yield Fact(f"Gates: {', '.join(counts)}.", "Each must hold at every point.")
    if result.failures:
        yield Fact(f"{counted(len(result.failures), 'points')} broke.", "What they come to is missing here.")
    if sweep.why:
        yield Fact("Asked:", sweep.why)


def met_text(result: SweepResult) -> str:
    """At how many points the target is met and missed beyond simulation error, and at how many that is open."""
    judged = result.judged
    if len(set(judged)) == 1:
        return f"{JUDGED[judged[0]]} at {'all ' if len(judged) > 1 else ''}{counted(len(judged), 'points')}"
    return listed([f"{words} at {judged.count(name):,}" for name, words in JUDGED.items() if name in judged]) + (
        f" of {counted(len(judged), 'points')}"
    )


def moved(result: SweepResult) -> dict[Measure, str]:
    """Of each measure what moves it most, or that nothing does."""
    still = {
        measure: f"does not vary between these points ({level.text(measure.unit)} at each)."
        for measure, level in constant(result)
    }
    most = {
        each.measure: f"{result.sweep.called(each.factor)} moves it most, by estimate: {ends(each)} on average."
        for each in leading(result)
    }
    return {measure: (still | most).get(measure, "no factor moves it.") for measure in result.sweep.measures}


def ends(influence: Influence) -> str:
    """`from 42% to 63%`: the averages at a factor's first and last values."""
    unit = influence.measure.unit
    return f"from {influence.first.bare(unit)} to {influence.last.text(unit)}"
