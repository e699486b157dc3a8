"""The table of constraints: what binds now, what comes back, and at the margin; one total. Shown in three forms.

What binds now (the ribbon) and what would come back are different questions, side by side. Columns of parts add up to
the shortfall that is printed: they are rounded together.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.removals import ALL, SHORTFALLS, Amount
from sim.bottlenecks.scenario_effect import ChangeEffect
from sim.bottlenecks.shares import Bottleneck
from sim.measures.wording import bare_difference, bare_points, margin
from sim.world.shortfall.constraints import CONSTRAINTS

COLUMNS = ("binds now", "alone", "10% easier", "best while it stays", "allotted")
"""Points of what a use wants: what binds today; what its removal alone gives back; all its dials turned by a tenth; the
most that comes back while it stays; its Shapley share of what all six give back."""


@dataclass(frozen=True, slots=True)
class ConstraintRow:
    """One row: words, and a text for each of COLUMNS, empty where nothing is to be said. `part`: for its colour."""

    part: str
    words: str
    texts: tuple[str, ...]


def constraint_table(binds: Bottleneck, other: Counterfactuals | None) -> tuple[ConstraintRow, ...]:
    """The constraints that bind or would give something back, what is no constraint, and the total."""
    return tuple(_rows(binds, other))


def _rows(binds: Bottleneck, other: Counterfactuals | None) -> Iterator[ConstraintRow]:
    shares = {cause.part: cause.share for cause in binds.causes}
    rest = [part for part in shares if part not in CONSTRAINTS]
    gates = [*CONSTRAINTS, *rest]
    now = dict(zip(gates, rounded_together([shares.get(part, 0.0) for part in gates]), strict=True))
    words = {cause.part: cause.words for cause in binds.causes}
    for part in CONSTRAINTS:
        if other is None or shares.get(part) or other.of_use(binds.use).acts(part):
            yield ConstraintRow(part, _words(part, binds.use, other), (now[part], *_back(part, binds.use, other)))
    for part in rest:
        yield ConstraintRow(part, words[part], (now[part], "", "", "", ""))
    yield ConstraintRow("", "missing in all", (bare_points(sum(shares.values())), *_totals(binds.use, other)))


def _words(part: str, use: str, other: Counterfactuals | None) -> str:
    """What a constraint is called, and whether the others can do without its removal."""
    fixed = other is not None and other.of_use(use).kept[part].irreplaceable
    return CONSTRAINTS[part].words + (", irreplaceable" if fixed else "")


def _back(part: str, use: str, other: Counterfactuals | None) -> tuple[str, ...]:
    if other is None:
        return ("", "", "", "")
    removals = other.of_use(use)
    alone, kept, allotted = removals.alone[part], removals.kept[part], removals.allotted[part]
    eased = next((each for each in other.eased if each.constraints == (part,)), None)
    return (
        _with_error(alone),
        _with_error(eased.gains[SHORTFALLS[use]]) if eased else "",
        bare_points(kept.best.gain.mean),
        _beyond_error(allotted),
    )


def _with_error(amount: Amount) -> str:
    """`18.5 ± 0.8`."""
    return f"{_beyond_error(amount)} {margin(amount.error, 'share')}"


def _beyond_error(amount: Amount) -> str:
    """Points; `≈ 0` where zero lies within the error, so that no sign is shown that may be wrong."""
    within = 0.0 < abs(amount.mean) <= amount.error < math.inf
    return "≈ 0" if within else bare_difference(amount.mean, "share")


def _totals(use: str, other: Counterfactuals | None) -> tuple[str, ...]:
    """What comes back when all six go; fewer may give more, as the planner then spends otherwise."""
    if other is None:
        return ("", "", "", "")
    back = other.of_use(use).gain(ALL)
    return (f"all six: {bare_points(back.mean)}", "", "", _beyond_error(back))


def changed_row(change: ChangeEffect) -> tuple[str, ...]:
    """A change of a scenario, and what it costs training and serving."""
    if not change.costs:
        return change.label, "cannot be taken back alone", ""
    return change.label, *(_with_error(change.costs[name]) for name in SHORTFALLS.values())


def rounded_together(shares: Sequence[float]) -> list[str]:
    """Shares in points that add up to their sum as it is printed: by largest remainder, ties by order."""
    total = sum(shares)
    decimals = 1 if "." in bare_points(total) else 0
    scale = 10**decimals
    parts = [100.0 * scale * share for share in shares]
    whole = [math.floor(each) for each in parts]
    missing = round(scale * round(100.0 * total, decimals)) - sum(whole)
    order = sorted(range(len(parts)), key=lambda place: whole[place] - parts[place])
    for place in order[:missing]:
        whole[place] += 1
    return [f"{each / scale:g}" for each in whole]
