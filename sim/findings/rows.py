"""Rows of the brief: a scenario's headline numbers, each with its interval and its change, and what comes back.

Changes are means over the same futures with their simulation error: against the first scenario of a comparison, or, of
a single one, against the scenario that it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sim.bottlenecks.dates import last_day, later, month_of
from sim.bottlenecks.removals import Amount, Removals, short_from
from sim.bottlenecks.scenario_effect import Cost
from sim.findings.comparison import Comparison, ScenarioResult
from sim.findings.constraint_sentences import short
from sim.measures.measures import Summary
from sim.measures.wording import bare_difference, bare_points, listed, percent_text, with_unit

Tone = Literal["worse", "better", "same"]

MEASURES = {
    "train_short": "Training compute missing",
    "train_from": "Training is short from",
    "unserved": "Demand not served",
    "next_delay": "Next flagship, months late",
    "second_delay": "The one after, months late",
    "insolvent": "Insolvent",
}
"""What a row tells, in order; the second is a date, the last a share of futures."""

MEANS = ("train_short", "unserved")
"""Told by their mean, since parts and differences of means add up; delays and dates by their median."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change against the scenario compared with: `+2.2`, `4 months earlier`, or `≈` within simulation error."""

    text: str
    tone: Tone
    amount: Amount


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a row, as text and as a place between its ends (days from the start for a date)."""

    text: str
    interval: str
    at: float
    low: float
    high: float
    move: Move | None = None
    reference: float | None = None
    """Where that stands with which a single scenario is compared, where it is known."""
    note: str = ""
    """What a reader must know beside it: `never in 4% of futures`."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What comes back with the best single removal, with the best pair, with all; and what stays. Shares of wanted."""

    parts: tuple[float, float, float, float]
    names: tuple[str, str]
    """Of the single and the pair: `rental market`, `+ money`."""

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """Each part in points."""
        one, two, more, stays = (bare_points(part) for part in self.parts)
        return one, two, more, stays


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario. `numbers`: by the names of MEASURES, without those of which nothing is wanted."""

    id: str
    title: str
    why: str
    numbers: Mapping[str, Number]
    steps: Steps | None
    cost: Cost | None
    worse: float | None = None
    better: float | None = None

    @property
    def through(self) -> tuple[tuple[str, str], ...]:
        """Constraints that it works through, and the points of its cost that each takes; none of a cost of nothing."""
        if self.cost is None or not self.cost.differs:
            return ()
        whole = abs(self.cost.difference.mean)
        gone = ((each.constraint, min(abs(each.gone.mean), whole)) for each in self.cost.named)
        return tuple((name, bare_difference(part, "share")) for name, part in gone)


def row_of(case: ScenarioResult, comparison: Comparison) -> Row:
    """The row of a scenario."""
    changes, row = _changes(case, comparison), case.findings
    summaries = {summary.measure.name: summary for summary in row.summaries}
    numbers = {name: _number(summaries[name], changes.get(name)) for name in MEASURES if name in summaries}
    numbers |= {"train_from": _date(case, changes.get("train_from"))}
    effect = row.other.effect if row.other else None
    cost = effect.costs["train_short"] if effect else None
    apart = None if case is comparison.reference else comparison.of(case.id, "train_short")
    worse, better = (apart.worse, apart.better) if apart else (cost.worse, cost.better) if cost else (None, None)
    steps = _steps(row.other.of_use("train")) if row.other else None
    there = {name: number for name in MEASURES if (number := numbers[name])}
    if effect and case is comparison.reference:
        for name in effect.missing.keys() & there.keys():
            there[name] = replace(there[name], reference=effect.missing[name].mean)
    return Row(case.id, row.title, row.run.why, there, steps, cost, worse, better)


def _changes(case: ScenarioResult, comparison: Comparison) -> dict[str, Amount]:
    """How far each number is from that of the scenario compared with, on average over the same futures."""
    first, other = comparison.reference, case.findings.other
    if case is not first:
        amounts = {name: comparison.of(case.id, name).paired for name in MEASURES if name != "train_from"}
        here, there = (short_from("train", each.outcomes)[:, None] for each in (case, first))
        return {name: Amount(each.mean, each.error) for name, each in amounts.items()} | later(
            here, there, last_day(case.findings.run), ("train_from",)
        )
    if other is None or other.effect is None:
        return {}
    return {name: cost.difference for name, cost in other.effect.costs.items()} | dict(other.effect.dates)


def _number(summary: Summary, change: Amount | None) -> Number | None:
    """A measure as a number of a row; None where nothing is wanted of it."""
    if summary.unwanted == 1.0:
        return None
    measure, unit = summary.measure, summary.measure.unit
    move = _moved(change, unit) if change else None
    if measure.kind == "flag":
        share, error = summary.mean.value, summary.error or 0.0
        ends = max(0.0, share - error), min(1.0, share + error)
        text = "assumed" if summary.assumed else percent_text(share)
        return Number(text, "", share, *ends, move)
    centre = summary.mean if measure.name in MEANS else summary.median
    never = f"not out in {percent_text(summary.missed)} of futures" if summary.missed else ""
    low, high = summary.p5, summary.p95
    interval = f"{low.bare(unit)} to {high.bare(unit)}"
    return Number(centre.bare(unit), interval, centre.value, low.value, high.value, move, note=never)


def _moved(change: Amount, unit: str) -> Move:
    """A change of what is better when it is lower."""
    if abs(change.mean) <= change.error:
        return Move("≈", "same", change)
    bare = bare_difference(abs(change.mean), unit)
    return Move(f"{'+' if change.mean > 0.0 else '−'}{bare}", "worse" if change.mean > 0.0 else "better", change)


def _date(case: ScenarioResult, change: Amount | None) -> Number | None:
    """From when on training is short: what is later is better. None where it is short in no future."""
    timing = next(each for each in case.findings.when if each.name == "train_from")
    if timing.median is None or timing.low is None or timing.high is None:
        return None
    start, ends = case.findings.run.start, (timing.low.level, timing.high.level)
    move = None
    if change and abs(change.mean) <= change.error:
        move = Move("≈", "same", change)
    elif change:
        way: tuple[str, Tone] = ("later", "better") if change.mean > 0.0 else ("earlier", "worse")
        months = with_unit(bare_difference(abs(change.mean), "months"), "months")
        move = Move(f"{months} {way[0]}", way[1], change)
    interval = " to ".join(month_of(end, start) for end in ends)
    never = f"never in {percent_text(timing.never)} of futures" if timing.never else ""
    return Number(
        month_of(timing.median, start), interval, timing.median.value, ends[0].value, ends[1].value, move, note=never
    )


def _steps(removals: Removals) -> Steps:
    one, two, more, stays = removals.steps
    single, pair = removals.best[0].removed, removals.best[1].removed
    rivals = [each.removed[0] for each in removals.singles]
    first = listed([bare_name(name) for name in rivals], "or") if len(rivals) > 1 else bare_name(single[0])
    added = [name for name in pair if name not in single]
    second = (
        f"+ {bare_name(added[0])}"
        if len(rivals) == 1 and len(added) == 1
        else listed([bare_name(each) for each in pair])
    )
    return Steps((one, two, more, max(stays, 0.0)), (first, second))


def bare_name(name: str) -> str:
    """A constraint without its article: `rental market`."""
    return short(name).removeprefix("the ")
