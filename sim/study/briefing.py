"""The answer to a comparison, in a briefer's order; and the comparison as a whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from sim.study.answer import helps, mains
from sim.study.bottlenecks import USES, when
from sim.study.compare import (
    Ambition,
    Compared,
    Comparison,
    Conditional,
    changing,
    conditionals,
    depends_on_ambition,
    differences,
    interactions,
)
from sim.study.intervals import widening
from sim.study.measures import amount_of, measure, values
from sim.study.paired import Difference, paired
from sim.study.question import Line
from sim.study.regret import Regrets
from sim.study.verdict import group_of
from sim.study.words import Scale, difference, margin, points, told
from sim.world.constraints import CONSTRAINTS

LEADS = "train_short"
"""The measure by which scenarios are ranked in the headline."""

TOLD = ("train_short", "second_delay")
"""Measures whose differences are said in a sentence; the page shows all."""

Again = tuple[str, str, tuple[tuple[str, str], ...]]
"""Command, digest and versions: what gives the same comparison again."""


def compare(
    scenarios: Sequence[Compared],
    seed: int,
    ambitions: tuple[Ambition, ...] = (),
    policies: Regrets | None = None,
    again: Again = ("", "", ()),
    scale: Scale = "icd203",
) -> Comparison:
    """Everything that scenarios of the same futures say together. The first is what the others are compared with."""
    apart, forced = differences(scenarios), conditionals(scenarios)
    lines = (
        Line("Which bottleneck", " ".join(_which(scenarios, ambitions))),
        Line("When", " ".join(_when(scenarios))),
        Line("How bad", " ".join(_bad(scenarios, apart))),
        Line("How likely", " ".join(_likely(scenarios, apart, forced, scale))),
        Line("What helps most", " ".join(_helps(scenarios[0], policies))),
    )
    return Comparison(
        scenarios[0].findings.futures,
        seed,
        headline(scenarios, apart, ambitions),
        lines,
        tuple(scenarios),
        apart,
        interactions(scenarios),
        forced,
        ambitions,
        policies,
        *again,
    )


def headline(scenarios: Sequence[Compared], apart: Sequence[Difference], ambitions: Sequence[Ambition]) -> str:
    """The scenario that costs most training compute; and a warning if the main cause hangs on the ambition."""
    first = scenarios[0].findings.title
    found = [each for each in apart if each.measure.name == LEADS]
    own = [each for each in ambitions if each.id == scenarios[0].id]
    tail = " The main bottleneck depends on ambition." if depends_on_ambition(own) else ""
    if all(each.paired.nothing for each in apart):
        return f"Nothing differs from {first}.{tail}"
    worst = max(found, key=lambda each: each.paired.mean)
    if worst.paired.mean <= widening(len(found)) * worst.paired.error:
        return f"In no scenario does training clearly lack more of its compute than in {first}.{tail}"
    titles = {each.id: each.findings.title for each in scenarios}
    return (
        f"{titles[worst.id]} costs most: training lacks {points(worst.paired.mean)} more of its compute than in "
        f"{first}, give or take {points(worst.paired.error)}.{_as_much(worst.id, scenarios)}{tail}"
    )


def _as_much(worst: str, scenarios: Sequence[Compared]) -> str:
    """Which scenarios cost training as much as the worst, as far as these futures can tell."""
    short = {each.id: values(measure(LEADS), each.outcomes) for each in scenarios}
    apart = {each.id: paired(short[worst], short[each.id]) for each in scenarios[1:] if each.id != worst}
    alike = [
        each.findings.title for each in scenarios if each.id in apart and apart[each.id].mean <= apart[each.id].error
    ]
    return f" As far as can be told, {' and '.join(alike)} cost{'s' * (len(alike) == 1)} as much." if alike else ""


def _together(said: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Sentences on scenarios, given as title and text; those of which the same is said share one.

    What is said of more than half of them comes last, without their names.
    """
    titles: dict[str, list[str]] = {}
    for title, text in said:
        titles.setdefault(text, []).append(title)
    number = sum(map(len, titles.values()))
    usual = next((text for text, alike in titles.items() if 2 * len(alike) > number > 2), None)
    for text, alike in titles.items():
        if text != usual:
            yield f"{', '.join(alike)}: {text}."
    if usual:
        yield f"{'All others' if len(titles) > 1 else f'All {number}'}: {usual}."


def _which(scenarios: Sequence[Compared], ambitions: Sequence[Ambition]) -> Iterator[str]:
    yield from _together((each.findings.title, _main_causes(each)) for each in scenarios)
    titles = {each.id: each.findings.title for each in scenarios}
    for use, words in USES.items():
        for id, own in groupby(changing(ambitions, use), key=lambda each: each.id):
            by_name = ", ".join(f"{each.name}: {each.cause(use)}" for each in own)
            yield f"In {titles[id]} that of {words} depends on ambition ({by_name})."


def _main_causes(scenario: Compared) -> str:
    first = mains(scenario.findings.bottlenecks, scenario.findings.splits)
    causes = list(dict.fromkeys(first.values()))
    if len(causes) == 1:
        return f"{causes[0]}, for {' and '.join(first)}"
    return ", ".join(f"{cause} for {use}" for use, cause in first.items())


def _when(scenarios: Sequence[Compared]) -> Iterator[str]:
    return _together(_begins(scenarios))


def _begins(scenarios: Sequence[Compared]) -> Iterator[tuple[str, str]]:
    """From when on the main cause keeps training short, in each scenario of which it can be said."""
    for each in scenarios:
        run, found = each.findings.run, each.findings.bottlenecks[0]
        split = next((one for one in each.findings.splits if one.measure.name == LEADS), None)
        group = split.first.group if split and split.first.value > 0.0 else group_of(found)
        if not group:
            continue
        begins = when(found.use, group, each.outcomes, (run.end - run.start).days)
        if begins.days:
            month = f"{run.start + timedelta(days=begins.days[1]):%Y-%m}"
            yield run.name, f"{CONSTRAINTS[group].words} keeps training short from {month} on"
        else:
            yield run.name, "no cause keeps training short for three months in a row"


def _bad(scenarios: Sequence[Compared], apart: Sequence[Difference]) -> Iterator[str]:
    """By how much each scenario is worse in what is told, the worst first."""
    yield f"Against {scenarios[0].findings.title}, on average over the same futures."
    for name in TOLD:
        found = sorted((each for each in apart if each.measure.name == name), key=lambda each: -each.paired.mean)
        if found:
            yield f"{found[0].measure.title}: {_each(scenarios, found, moved)}."


def _each(scenarios: Sequence[Compared], found: Sequence[Difference], text: Callable[[Difference], str]) -> str:
    """What is said of each scenario, with its title."""
    titles = {each.id: each.findings.title for each in scenarios}
    return ", ".join(f"{text(each)} in {titles[each.id]}" for each in found)


def moved(found: Difference) -> str:
    """A mean difference with its sign and its error: `+12.3 points (± 0.6)`."""
    if found.paired.nothing:
        return "the same"
    unit = found.measure.unit
    return f"{difference(found.paired.mean, unit)} ({margin(found.paired.error, unit)})"


def _likely(
    scenarios: Sequence[Compared], apart: Sequence[Difference], forced: Sequence[Conditional], scale: Scale
) -> Iterator[str]:
    """Odds that a future is worse; and what is forced beside what comes about by itself."""
    first, titles = scenarios[0].findings.title, {each.id: each.findings.title for each in scenarios}
    found = sorted((each for each in apart if each.measure.name == LEADS), key=lambda each: -each.worse)
    if found:
        odds = _each(scenarios, found, lambda each: told(each.worse, scale))
        yield f"Odds that training lacks more of its compute than in the same future of {first}: {odds}."
    pairs = [
        f"{amount_of(each.measure, each.forced)} and {amount_of(each.measure, each.subset)} for {titles[each.id]}"
        for each in forced
        if each.measure.name == LEADS
    ]
    if pairs:
        yield f"The shortfall where it is forced, and where it came about by itself in {first}: {', '.join(pairs)}."


def _helps(first: Compared, policies: Regrets | None) -> Iterator[str]:
    """What eases the first scenario, and which policy is regretted least, as far as they were asked."""
    if first.findings.relief:
        yield f"{first.findings.title}:"
        yield from helps(first.findings.relief)
    if policies:
        yield _regretted(policies)
    if not first.findings.relief and not policies:
        yield "Not asked; --relief eases each cause, --policies compares settings of the levers."


def _regretted(policies: Regrets) -> str:
    """Which policies have the smallest regrets."""
    largest, weighted = policies.minimax, policies.best
    title, mean = policies.measure.title.lower(), amount_of(policies.measure, weighted.weighted)
    at_worst = f"{amount_of(policies.measure, largest.largest)} of {title} against the best policy there"
    who = "it also" if weighted is largest else weighted.name
    return (
        f"{largest.name} loses least in its worst scenario ({at_worst}); {who} loses least on average "
        f"({mean}; scenarios weighted {policies.weighting})."
    )
