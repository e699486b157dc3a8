"""Bottlenecks: what keeps the compute that is wanted from being there, by constraint, for each use.

Every month the world divides each use's shortfall among its causes, exactly (the ribbon). Here the causes are taken by
constraint, summed over the months of the leading window (unit-months). A part may be negative, where what stands in the
way of one use leaves money for the other.
This is not yet the causal split: removing a cause gives back less than its part where another one stands behind it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study import intervals
from sim.study.intervals import quantile_rank
from sim.world.constraints import CAUSES_OF, CONSTRAINTS

MEANING = (
    "What keeps the compute that is wanted from being there, over the months of the leading window. "
    "It does not yet say what removing a cause would give back: where two causes stand behind each other, "
    "removing one gives back nothing."
)

USES = {"train": "training", "serve": "serving"}


GATES = {name: row.words for name, row in CONSTRAINTS.items()} | {"planning": "planning"}
"""Parts of the ribbon, by the words people use: the six constraints, and planning, which nobody could remove."""

CAUSES = CAUSES_OF | {"planning": ("planning",)}
"""The causes of each part: columns `<use>_<cause>` of outcomes and series."""

DIALS = {
    "capital": "money from outside",
    "control": "export and import controls",
    "licence": "time at both gates",
    "buyer_gate": "the buyer's own gate",
    "wafers": "wafers",
    "memory": "memory",
    "packaging": "packaging",
    "allocation": "the lab's share of domestic output",
    "depth": CONSTRAINTS["rental"].words,
    "software": "software",
    "reliability": "failures and losses",
    "logistics": "transit and bring-up",
    "site": "powered sites",
    "planning": "forecasts",
    "want": "growth of what is wanted",
}
"""Single causes, by the dial that eases each."""

CLOSE = 0.10
"""A second cause whose share is within this of the largest is named beside it."""

NOTHING = 1.0 / 1024.0
"""Unit-months below which nothing was missing: a thousandth, the grain of the model's books."""

Parts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of the ribbon and one use.

    `share`: its part of all that was missing, over all futures; the shares of a use add up to 1.
    `p5`, `p95`: its share within single futures, among those in which anything was missing.
    `largest`: odds, among the same futures, that no other part is larger; ties are halved.
    """

    gate: str
    share: float
    p5: float
    p95: float
    largest: float

    @property
    def words(self) -> str:
        """The part as people call it."""
        return GATES[self.gate]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What keeps one use short: causes, the largest share first; none where nothing was missing in any future.

    `nothing`: odds that nothing was missing. `missing`: what was, in mean unit-months.
    """

    use: str
    causes: tuple[Cause, ...]
    nothing: float
    missing: float

    @property
    def words(self) -> str:
        """The use as people call it."""
        return USES[self.use]

    @property
    def second(self) -> Cause | None:
        """The next cause, if its share is within ten points of the first."""
        close = [cause for cause in self.causes[1:2] if self.causes[0].share - cause.share <= CLOSE]
        return close[0] if close else None

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order."""
        return {
            "use": self.use,
            "nothing_missing": self.nothing,
            "missing_unit_months": self.missing,
            "causes": [
                {"gate": c.gate, "words": c.words, "share": c.share, "p5": c.p5, "p95": c.p95, "largest": c.largest}
                for c in self.causes
            ],
        }


def bottlenecks(outcomes: pd.DataFrame) -> tuple[Bottleneck, ...]:
    """One for each use, from the parts that the outcome table holds."""
    return tuple(_bottleneck(use, _parts(use, outcomes)) for use in USES)


@dataclass(frozen=True, slots=True)
class When:
    """From which day on a constraint keeps a use short: days from the start (p5, p50, p95), None if in no future.

    It begins with the first of three months in a row in which more than 15% of what is wanted is missing and the
    constraint has the largest part of it. `never`: odds that it does not begin by the horizon.
    """

    use: str
    group: str
    days: tuple[float, float, float] | None
    never: float

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order."""
        days = dict(zip(("p5", "median", "p95"), self.days, strict=True)) if self.days else None
        return {"use": self.use, "group": self.group, "days_from_start": days, "never": self.never}


def when(use: str, group: str, outcomes: pd.DataFrame, horizon: float) -> When:
    """When a constraint begins to bind. A day after the horizon means never."""
    days = np.sort(outcomes[f"{use}_when_{group}"].to_numpy(np.float64))
    begun = days[days <= horizon]
    never = 1.0 - len(begun) / len(days)
    if not len(begun):
        return When(use, group, None, never)
    low, middle, high = (float(begun[quantile_rank(level, len(begun))]) for level in (0.05, 0.50, 0.95))
    return When(use, group, (low, middle, high), never)


def shares(found: tuple[Bottleneck, ...]) -> pd.DataFrame:
    """The causes of all uses as a table: use, gate, share, p5, p95, largest."""
    rows = [(b.use, c.gate, c.share, c.p5, c.p95, c.largest) for b in found for c in b.causes]
    return pd.DataFrame(rows, columns=["use", "gate", "share", "p5", "p95", "largest"])


def by_month(series: pd.DataFrame, leads_until: date) -> pd.DataFrame:
    """The parts by month of the leading window: month, use, gate, p5 to p95, mean (units).

    A level of a part is the sum of its causes' levels, which is that of their sum only nearly; means add up.
    """
    parts = {f"{use}_{cause}": (use, gate) for use in USES for gate in GATES for cause in CAUSES[gate]}
    found = series[series["series"].isin(parts) & (series["month"] < leads_until.isoformat())]
    table = found[["month", "p5", "p25", "p50", "p75", "p95", "mean"]].reset_index(drop=True)
    table.insert(1, "use", [parts[name][0] for name in found["series"]])
    table.insert(2, "gate", [parts[name][1] for name in found["series"]])
    return table.groupby(["month", "use", "gate"], sort=False, as_index=False).sum()


def largest(use: str, outcomes: pd.DataFrame) -> npt.NDArray[np.int64]:
    """For each future the place in GATES of the largest part of a use's shortfall; -1 where nothing was missing."""
    parts = _parts(use, outcomes)
    return np.where(parts.sum(axis=1) > NOTHING, parts.argmax(axis=1), -1)


def main_cause(use: str, outcomes: pd.DataFrame, alpha: float) -> str | None:
    """The largest cause of a use's shortfall in words, or "nothing"; None where another may be as large.

    The odds that another cause is larger are at most `alpha`, shared out among the others.
    """
    parts = _parts(use, outcomes)
    if not (parts.sum(axis=1) > NOTHING).any():
        return "nothing"
    first = int(parts.sum(axis=0).argmax())
    each = alpha / (parts.shape[1] - 1)
    apart = (
        intervals.mean(parts[:, first] - parts[:, other], each) for other in range(parts.shape[1]) if other != first
    )
    return list(GATES.values())[first] if all(found.low > 0.0 for found in apart) else None


def _parts(use: str, outcomes: pd.DataFrame) -> Parts:
    """Shape (futures, groups)."""
    sums = [outcomes[[f"{use}_{cause}" for cause in CAUSES[gate]]].to_numpy(np.float64).sum(axis=1) for gate in GATES]
    return np.stack(sums, axis=1)


def _bottleneck(use: str, parts: Parts) -> Bottleneck:
    missing = parts.sum(axis=1)
    some = missing > NOTHING
    nothing = 1.0 - float(some.mean())
    if not some.any():
        return Bottleneck(use, (), nothing, 0.0)
    causes = _causes(parts[some], missing[some])
    return Bottleneck(use, causes, nothing, float(missing.mean()))


def _causes(parts: Parts, missing: Parts) -> tuple[Cause, ...]:
    share = parts.sum(axis=0) / missing.sum()
    own = np.sort(parts / missing[:, None], axis=0)
    low, high = own[quantile_rank(0.05, len(own))], own[quantile_rank(0.95, len(own))]
    first = np.isclose(parts, parts.max(axis=1, keepdims=True), rtol=1e-9, atol=NOTHING)
    largest = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    found = [
        Cause(gate, float(share[i]), float(low[i]), float(high[i]), float(largest[i])) for i, gate in enumerate(GATES)
    ]
    return tuple(sorted(found, key=lambda cause: -cause.share))
