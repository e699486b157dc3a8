"""Bottlenecks: what keeps the compute that is wanted from being there, by constraint, for each use.

Every month the world divides each use's shortfall among its causes, exactly (the ribbon). Here the causes are taken by
constraint, as shares of all that is wanted in the reporting window; the mean over futures of a part, and of all parts
together of the shortfall that is printed. A part may be negative, where what stands in the way of one use leaves money
for the other.
This is what binds now. What removing a constraint would give back is another question.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.bottlenecks.removals import SHORTFALLS, contenders
from sim.language.declarations import fields
from sim.language.documents import Document
from sim.measures import intervals
from sim.measures.intervals import quantile_rank
from sim.measures.measures import measure, nothing_wanted
from sim.world.dials import Dials
from sim.world.shortfall.causes import TABLE
from sim.world.shortfall.constraints import CAUSES_OF, CONSTRAINTS, NOBODYS

MEANING = (
    "What binds now, as a share of the compute that is wanted in the reporting window; the parts add up to what is "
    "missing. It does not say what removing a constraint would give back: what would bind next, once all that binds "
    "is open, is a part of its own."
)

USES = {"train": "training", "serve": "serving"}

EASED = frozenset(field.name for field in fields(Dials))
"""Ids of all dials."""

NOBODY = {row.id: row.words for row in sorted(NOBODYS, key=lambda row: row.id in EASED)}
"""Parts of the ribbon that are laid to no constraint, by the words people use; each is a column of its own."""

PARTS = {name: row.words for name, row in CONSTRAINTS.items()} | NOBODY
"""Parts of the ribbon, by the words people use: the constraints, and what nobody could remove."""

CAUSES = CAUSES_OF | {name: (name,) for name in NOBODY}
"""The causes of each part: columns `<use>_<cause>` of outcomes and series."""

DIALS = {row.id: row.words for row in TABLE if row.id in EASED} | {
    "buyer_gate": "import rules alone",
    "want": "growth of what is wanted",
}
"""Single causes, by the dial that eases each."""

NEGLIGIBLE_SHARE = 1e-6
"""Share of what is wanted below which nothing is missing: books count in grains of a unit."""

Parts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RibbonPart(Document, keys="gate=part words share p5 p95 largest may_bind_most=foremost"):
    """One part of the ribbon and one use.

    `share`: its part over all that is wanted in the reporting window, the mean over futures; `p5`, `p95`: of single
    futures. The shares of a use add up to what is missing.
    `largest`: of a constraint, the share of futures in which no other has a larger part, among those in which any
    binds; ties are halved. 0 for what is no constraint.
    `foremost`: whether it is a constraint that binds, and none binds more beyond simulation error.
    """

    part: str
    share: float
    p5: float
    p95: float
    largest: float
    foremost: bool

    @property
    def words(self) -> str:
        """The part as people call it."""
        return PARTS[self.part]

    @property
    def binds(self) -> bool:
        """Whether it is a constraint that binds."""
        return self.part in CONSTRAINTS and self.share > 0.0


@dataclass(frozen=True, slots=True)
class Bottleneck(Document, keys="use nothing_missing=nothing missing causes"):
    """What keeps one use short: the constraints that bind, the largest first, then all other parts; none of nothing.

    `nothing`: share of futures in which nothing is missing. `missing`: the mean over futures of what is, over wanted.
    """

    use: str
    causes: tuple[RibbonPart, ...]
    nothing: float
    missing: float
    wanted: bool = True
    """Whether anything is wanted in any future."""

    @property
    def words(self) -> str:
        """The use as people call it."""
        return USES[self.use]

    @property
    def foremost(self) -> tuple[RibbonPart, ...]:
        """The constraints that may bind most, as far as these futures show; the largest first."""
        return tuple(cause for cause in self.causes if cause.foremost)


def bottlenecks(outcomes: pd.DataFrame) -> tuple[Bottleneck, ...]:
    """One for each use, from the parts that the outcome table holds."""
    return tuple(
        replace(_bottleneck(use, _parts(use, outcomes)), wanted=nothing_wanted(measure(name), outcomes) < 1.0)
        for use, name in SHORTFALLS.items()
    )


def shares(bottlenecks: tuple[Bottleneck, ...]) -> pd.DataFrame:
    """The causes of all uses as a table: use, gate, share, p5, p95, largest."""
    rows = [(b.use, c.part, c.share, c.p5, c.p95, c.largest) for b in bottlenecks for c in b.causes]
    return pd.DataFrame(rows, columns=["use", "gate", "share", "p5", "p95", "largest"])


def by_month(series: pd.DataFrame, reporting_until: date) -> pd.DataFrame:
    """The parts by month of the reporting window: month, use, gate, p5 to p95, mean (units).

    A level of a part is the sum of its causes' levels, which is that of their sum only nearly; means add up.
    """
    parts = {f"{use}_{cause}": (use, part) for use in USES for part in PARTS for cause in CAUSES[part]}
    monthly = series[series["series"].isin(parts) & (series["month"] < reporting_until.isoformat())]
    table = monthly[["month", "p5", "p25", "p50", "p75", "p95", "mean"]].reset_index(drop=True)
    table.insert(1, "use", [parts[name][0] for name in monthly["series"]])
    table.insert(2, "gate", [parts[name][1] for name in monthly["series"]])
    return table.groupby(["month", "use", "gate"], sort=False, as_index=False).sum()


def largest(use: str, outcomes: pd.DataFrame) -> npt.NDArray[np.int64]:
    """For each future the place in CONSTRAINTS of the one with the largest part; -1 where none binds."""
    parts = _parts(use, outcomes)[:, : len(CONSTRAINTS)]
    return np.where(parts.max(axis=1) > NEGLIGIBLE_SHARE, parts.argmax(axis=1), -1)


def main_cause(use: str, outcomes: pd.DataFrame, alpha: float) -> str | None:
    """The constraint that binds a use most in words, or "nothing"; None where another may bind as much.

    The probability that another binds more is at most `alpha`, shared out among the others.
    """
    parts = _parts(use, outcomes)[:, : len(CONSTRAINTS)]
    if not (parts > NEGLIGIBLE_SHARE).any():
        return "nothing"
    first = int(parts.sum(axis=0).argmax())
    each = alpha / (parts.shape[1] - 1)
    apart = (
        intervals.mean(parts[:, first] - parts[:, other], each) for other in range(parts.shape[1]) if other != first
    )
    return list(PARTS.values())[first] if all(lead.low > 0.0 for lead in apart) else None


def _parts(use: str, outcomes: pd.DataFrame) -> Parts:
    """Shape (futures, parts): shares of what is wanted."""
    sums = [outcomes[[f"{use}_{cause}" for cause in CAUSES[part]]].to_numpy(np.float64).sum(axis=1) for part in PARTS]
    return np.stack(sums, axis=1)


def _bottleneck(use: str, parts: Parts) -> Bottleneck:
    missing = parts.sum(axis=1)
    some = missing > NEGLIGIBLE_SHARE
    nothing = 1.0 - float(some.mean())
    return Bottleneck(use, _causes(parts) if some.any() else (), nothing, float(missing.mean()) if some.any() else 0.0)


def _causes(parts: Parts) -> tuple[RibbonPart, ...]:
    share = parts.mean(axis=0)
    own = np.sort(parts, axis=0)
    low, high = own[quantile_rank(0.05, len(own))], own[quantile_rank(0.95, len(own))]
    largest = _largest_shares(parts[:, : len(CONSTRAINTS)])
    binding = [place for place in range(len(CONSTRAINTS)) if share[place] > 0.0]
    foremost = {binding[each] for each in contenders([parts[:, place] for place in binding])}
    causes = [
        RibbonPart(
            part,
            float(share[i]),
            float(low[i]),
            float(high[i]),
            float(largest[i]) if part in CONSTRAINTS else 0.0,
            i in foremost,
        )
        for i, part in enumerate(PARTS)
    ]
    return tuple(sorted(causes, key=lambda cause: (not cause.binds, -cause.share)))


def _largest_shares(parts: Parts) -> Parts:
    """Share of the futures in which any constraint binds in which each binds most; ties are halved."""
    binding = parts[parts.max(axis=1) > NEGLIGIBLE_SHARE]
    if not len(binding):
        return np.zeros(parts.shape[1])
    first = np.isclose(binding, binding.max(axis=1, keepdims=True), rtol=1e-9, atol=NEGLIGIBLE_SHARE)
    largest: Parts = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return largest
