"""The answer to a comparison, in a briefer's order; and the comparison as a whole.

The first scenario is what the others are compared with: their costs, and what they work through, are against it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sim.bottlenecks.dates import last_day, later, month_of, moved_text
from sim.bottlenecks.removals import SHORTFALLS, short_from
from sim.findings.answer import hinges, period
from sim.findings.comparison import (
    Comparison,
    ForcedVersusSpontaneous,
    Joined,
    ScenarioResult,
    conditionals,
    differences,
    interactions,
)
from sim.findings.constraint_sentences import binding, comes_back, stays_short, works_through
from sim.findings.regret import Regrets
from sim.measures.intervals import widening
from sim.measures.lines import Line
from sim.measures.measures import amount_of, measure, values
from sim.measures.paired import PairedDifference, paired
from sim.measures.wording import amount, difference, listed, margin, percent_text, points

LEADS = "train_short"
"""The measure by which scenarios are ranked in the headline."""

COMPARED_MEASURES = ("train_short", "unserved", "second_delay")
"""Measures whose differences are said in a sentence; the page shows all."""

Again = tuple[str, str, tuple[tuple[str, str], ...]]
"""Command, digest and versions: what gives the same comparison again."""


def compare(
    scenarios: Sequence[ScenarioResult],
    seed: int,
    policies: Regrets | None = None,
    again: Again = ("", "", ()),
    joined: Joined | None = None,
) -> Comparison:
    """Everything that scenarios of the same futures say together. The first is what the others are compared with."""
    apart, forced = differences(scenarios), conditionals(scenarios, joined)
    lines = (
        Line("How bad", " ".join(_bad(scenarios, apart))),
        Line("Which", " ".join(_which(scenarios, "train"))),
        Line("When", " ".join(_together(_begins(scenarios)))),
        Line("How likely", " ".join(_likely(scenarios, apart, forced))),
        Line("What helps", " ".join(_helps(scenarios[0], policies))),
        Line("Hinges on", hinges(scenarios[0].findings.other)),
        Line("Serving", " ".join(_which(scenarios, "serve"))),
    )
    return Comparison(
        scenarios[0].findings.futures,
        seed,
        headline(scenarios, apart),
        lines,
        tuple(scenarios),
        apart,
        interactions(scenarios, joined),
        forced,
        policies,
        *again,
    )


def headline(scenarios: Sequence[ScenarioResult], apart: Sequence[PairedDifference]) -> str:
    """The scenario that costs training most, what it then lacks, and what it works through."""
    first = scenarios[0].findings
    leading_differences = [each for each in apart if each.measure.name == LEADS]
    if all(each.paired.nothing for each in apart):
        return f"Nothing differs from {first.called}."
    worst = max(leading_differences, key=lambda each: each.paired.mean)
    if worst.paired.mean <= widening(len(leading_differences)) * worst.paired.error:
        return f"In no scenario does training lack more of its compute than in {first.called}, beyond simulation error."
    case = next(each for each in scenarios if each.id == worst.id)
    missing, usual = (float(values(worst.measure, each.outcomes).mean()) for each in (case, scenarios[0]))
    text = (
        f"{case.findings.called} costs most: training lacks {percent_text(missing)} of the compute it wants "
        f"{period(first.run)}, {points(worst.paired.mean)} more than in {first.called} ({percent_text(usual)})."
    )
    return text + _as_much(worst.id, scenarios)


def _as_much(worst: str, scenarios: Sequence[ScenarioResult]) -> str:
    """Which scenarios cost training as much as the worst, as far as these futures can tell."""
    short_ = {each.id: values(measure(LEADS), each.outcomes) for each in scenarios}
    apart = {each.id: paired(short_[worst], short_[each.id]) for each in scenarios[1:] if each.id != worst}
    alike = [
        each.findings.called for each in scenarios if each.id in apart and apart[each.id].mean <= apart[each.id].error
    ]
    return f" Within simulation error {listed(alike)} cost{'s' * (len(alike) == 1)} as much." if alike else ""


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


def _which(scenarios: Sequence[ScenarioResult], use: str) -> Iterator[str]:
    """What holds a use back in the first scenario, where another says otherwise, and what each works through."""
    first = scenarios[0].findings
    if not first.other:
        now = ((each, binds) for each in scenarios for binds in each.findings.bottlenecks if binds.use == use)
        yield from _together((each.findings.title, binding(binds)) for each, binds in now)
        yield "What removing a constraint would give back was not computed."
        return
    removed = first.other.of_use(use)
    yield f"In {first.called}: {comes_back(use, removed)} {stays_short(removed)}".strip()
    own = removed.candidates
    for each in scenarios[1:]:
        removals = each.findings.other.of_use(use) if each.findings.other else None
        if removals and {row.removed for row in removals.candidates} != {row.removed for row in own}:
            yield f"In {each.findings.called}: {comes_back(use, removals)}"
    for each in scenarios[1:]:
        effect = each.findings.other.effect if each.findings.other else None
        if effect and effect.costs[SHORTFALLS[use]].differs:
            cost = effect.costs[SHORTFALLS[use]]
            moved_ = difference(cost.difference.mean, "share")
            yield f"{each.findings.title} ({moved_}): {works_through(cost)}"


def _begins(scenarios: Sequence[ScenarioResult]) -> Iterator[tuple[str, str]]:
    """From when on training is short, in each scenario; and how far that is moved against the first."""
    first = scenarios[0]
    usual = short_from("train", first.outcomes)[:, None]
    for each in scenarios:
        run = each.findings.run
        timing = next(each_timing for each_timing in each.findings.when if each_timing.name == "train_from")
        if timing.median is None:
            yield run.name, "no constraint keeps training short for three months in a row"
            continue
        here = short_from("train", each.outcomes)[:, None]
        change = later(here, usual, last_day(run), ("train_from",))["train_from"]
        notes = [] if each is first else [moved_text(change, first.findings.called)]
        notes += [f"never in {percent_text(timing.never)} of futures"] if timing.never else []
        besides = f" ({'; '.join(notes)})" if notes else ""
        yield run.name, f"training is short from {month_of(timing.median, run.start)} on{besides}"


def _bad(scenarios: Sequence[ScenarioResult], apart: Sequence[PairedDifference]) -> Iterator[str]:
    """By how much each scenario is worse in each headline measure, the worst first."""
    yield f"Against {scenarios[0].findings.called}, on average over the same futures."
    for name in COMPARED_MEASURES:
        worst = sorted((each for each in apart if each.measure.name == name), key=lambda each: -each.paired.mean)
        if worst:
            cut = next((each.cut for each in worst if each.cut), None)
            up_to = f", counted up to {amount(cut.horizon, worst[0].measure.unit)}" if cut else ""
            yield f"{worst[0].measure.title}{up_to}: {_each(scenarios, worst, moved)}."


def _each(
    scenarios: Sequence[ScenarioResult], apart: Sequence[PairedDifference], text: Callable[[PairedDifference], str]
) -> str:
    """What is said of each scenario, with its title."""
    titles = {each.id: each.findings.title for each in scenarios}
    return ", ".join(f"{text(each)} in {titles[each.id]}" for each in apart)


def moved(apart: PairedDifference) -> str:
    """A mean difference, signed where zero lies beyond its error, and what is open: `+1.3 months (± 0.6; 8% open)`."""
    if apart.paired.nothing:
        return "the same"
    unit = apart.measure.unit
    within = abs(apart.paired.mean) <= apart.paired.error
    open_ = f"; {percent_text(apart.cut.open)} open" if apart.cut and apart.cut.open else ""
    return f"{'≈ 0' if within else difference(apart.paired.mean, unit)} ({margin(apart.paired.error, unit)}{open_})"


def _likely(
    scenarios: Sequence[ScenarioResult], apart: Sequence[PairedDifference], forced: Sequence[ForcedVersusSpontaneous]
) -> Iterator[str]:
    """Shares of futures that are worse and better; and what is forced beside what comes about by itself."""
    titles = {each.id: each.findings.title for each in scenarios}
    first, forks = scenarios[0].findings.title, scenarios[0].findings.run.forks
    worst = sorted((each for each in apart if each.measure.name == LEADS), key=lambda each: -each.paired.mean)
    if worst:
        shares = _each(scenarios, worst, lambda each: f"{percent_text(each.worse)} ({percent_text(each.better)})")
        yield (
            f"Share of futures in which training lacks at least {worst[0].threshold_text} more of its compute than in "
            f"the same future of {first} (in brackets: less): {shares}."
        )
    pairs = [
        f"{amount_of(each.measure, each.forced)} and {amount_of(each.measure, each.subset)} for {titles[each.id]} "
        f"({forks[each.flag]})"
        for each in forced
        if each.measure.name == LEADS
    ]
    if pairs:
        yield f"The shortfall where a fork is forced, and where it came about by itself in {first}: {', '.join(pairs)}."


def _helps(first: ScenarioResult, policies: Regrets | None) -> Iterator[str]:
    """What helps the first scenario, and which policy is regretted least, as far as they were asked."""
    line = next(line for line in first.findings.answer if line.question == "What helps")
    yield f"{first.findings.title}: {line.text}"
    if policies:
        yield _regretted(policies)


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
