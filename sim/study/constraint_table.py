"""The table of constraints: what binds now, what comes back, and at the margin; one total. Shown in three forms.

What binds now (the ribbon) and what would come back are different questions, side by side. Columns of parts add up to
the shortfall that is printed: they are rounded together.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.study.bottlenecks import Bottleneck
from sim.study.counterfactuals import Counterfactuals
from sim.study.effect import Change
from sim.study.removals import SHORTFALLS
from sim.study.words import bare_difference, bare_points, margin
from sim.world.constraints import CONSTRAINTS

COLUMNS = ("binds now", "alone", "10% easier", "best while it stays", "allotted")
"""Points of what a use wants: what binds today; what its removal alone gives back; all its dials turned by a tenth; the
most that comes back while it stays; its Shapley share of what all six give back."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: words, and a text for each of COLUMNS, empty where nothing is to be said. `gate`: for its colour."""

    gate: str
    words: str
    texts: tuple[str, ...]


def constraint_table(binds: Bottleneck, other: Counterfactuals | None) -> tuple[Row, ...]:
    """The six constraints, what is no constraint, and the total."""
    return tuple(_rows(binds, other))


def _rows(binds: Bottleneck, other: Counterfactuals | None) -> Iterator[Row]:
    shares = {cause.gate: cause.share for cause in binds.causes}
    rest = [gate for gate in shares if gate not in CONSTRAINTS]
    gates = [*CONSTRAINTS, *rest]
    now = dict(zip(gates, rounded_together([shares.get(gate, 0.0) for gate in gates]), strict=True))
    words = {cause.gate: cause.words for cause in binds.causes}
    for gate in CONSTRAINTS:
        yield Row(gate, _words(gate, binds.use, other), (now[gate], *_back(gate, binds.use, other)))
    for gate in rest:
        yield Row(gate, words[gate], (now[gate], "", "", "", ""))
    yield Row("", "missing in all", (bare_points(sum(shares.values())), *_totals(binds.use, other)))


def _words(gate: str, use: str, other: Counterfactuals | None) -> str:
    """What a constraint is called, and whether the others can do without its removal."""
    fixed = other is not None and other.of_use(use).kept[gate].irreplaceable
    return CONSTRAINTS[gate].words + (", irreplaceable" if fixed else "")


def _back(gate: str, use: str, other: Counterfactuals | None) -> tuple[str, ...]:
    if other is None:
        return ("", "", "", "")
    found = other.of_use(use)
    alone, kept, allotted = found.alone[gate], found.kept[gate], found.allotted[gate]
    eased = next((each for each in other.eased if each.constraints == (gate,)), None)
    gain = eased.gains[SHORTFALLS[use]] if eased else None
    return (
        f"{bare_difference(alone.mean, 'share')} {margin(alone.error, 'share')}",
        f"{bare_difference(gain.mean, 'share')} {margin(gain.error, 'share')}" if gain else "",
        bare_points(kept.best.gain.mean),
        bare_difference(allotted.mean, "share"),
    )


def _totals(use: str, other: Counterfactuals | None) -> tuple[str, ...]:
    """What comes back when all six go."""
    if other is None:
        return ("", "", "", "")
    back = bare_points(other.of_use(use).best[-1].gain.mean)
    return (f"all six: {back}", "", back, back)


def changed_row(change: Change) -> tuple[str, ...]:
    """A change of a scenario, and what it costs training and serving."""
    if not change.costs:
        return change.words, "cannot be taken back alone", ""
    costs = (change.costs[name] for name in SHORTFALLS.values())
    return change.words, *(f"{bare_difference(each.mean, 'share')} {margin(each.error, 'share')}" for each in costs)


def rounded_together(shares: Sequence[float]) -> list[str]:
    """Shares in whole points that add up to their rounded sum: by largest remainder, ties by order."""
    points = [100.0 * share for share in shares]
    whole = [math.floor(each) for each in points]
    missing = round(sum(points)) - sum(whole)
    order = sorted(range(len(points)), key=lambda place: whole[place] - points[place])
    for place in order[:missing]:
        whole[place] += 1
    return [str(each) for each in whole]
