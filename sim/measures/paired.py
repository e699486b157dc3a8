"""Paired differences: two scenarios share their luck, so what differs in a future is due to what was changed.

The difference is taken in each future and only then summarised. Its mean therefore carries far less noise than the
difference of two means would; how much less is said by the reduction of variance that was obtained.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.language.documents import Document
from sim.measures import wording
from sim.measures.intervals import ALPHA, Column, Interval, error_of_mean, quantile
from sim.measures.levels import TELLING
from sim.measures.measures import Measure, reached, values
from sim.measures.restricted_means import OfMeans, Restriction, comparable

Flags = npt.NDArray[np.bool_]

THRESHOLDS = {"share": 0.01, "ratio": 0.01, "months": 1.0, "days": 30.0}
"""Differences above which a future counts as worse or better, by unit. A sign alone counts what nobody would notice."""

THRESHOLD_PART = 0.01
"""The same for all other units, as a part of the mean of what is compared with."""

THRESHOLDS_TEXT = "more than 1 point, 1 month, 30 days, or 1% of the mean of the scenario compared with"


@dataclass(frozen=True, slots=True)
class Paired(
    Document,
    keys="mean monte_carlo_error=error p5 p5_interval=low.ends median p95 p95_interval=high.ends "
    "variance_reduction=reduction",
):
    """A difference over all futures, in the unit of what is compared.

    `error`: half of the 95% interval that this number of futures leaves around the mean; infinite for one. `low`,
    `median`, `high`: p5, p50 and p95 of the differences within single futures, the outer two with their own 95%
    intervals. `reduction`: variance that the mean would have without
    pairing, over the one it has; None where nothing differs in any future.
    """

    futures: int
    mean: float
    error: float
    low: Interval
    median: float
    high: Interval
    reduction: float | None

    @property
    def p5(self) -> float:
        """The difference that one in twenty futures does not exceed."""
        return self.low.value

    @property
    def p95(self) -> float:
        """The difference that one in twenty futures exceeds."""
        return self.high.value

    def spread_text(self, unit: str) -> str:
        """From p5 to p95, an end that is uncertain beside their distance with its own interval."""
        return " to ".join(self._end(end, unit) for end in (self.low, self.high))

    def _end(self, end: Interval, unit: str) -> str:
        text = wording.difference(end.value, unit)
        if end.half <= TELLING * (self.p95 - self.p5):
            return text
        return f"{text} ({wording.bare_difference(end.low, unit)} to {wording.bare_difference(end.high, unit)})"

    @property
    def nothing(self) -> bool:
        """Whether no future differs."""
        return self.reduction is None


@dataclass(frozen=True, slots=True)
class PairedDifference(
    OfMeans,
    keys="scenario=id measure=measure.name unit=measure.unit *paired share_worse=worse share_better=better threshold "
    "*restriction",
):
    """One measure in one scenario (`id`), less the same measure in the scenario compared with, future by future.

    `worse`, `better`: shares of futures that are so by more than `threshold`. `cut`: up to which time both sides count.
    """

    id: str
    measure: Measure
    paired: Paired
    worse: float
    better: float
    threshold: float
    cut: Restriction | None

    @property
    def cut_text(self) -> str:
        """`up to 24 months, 8% open`: that the difference is a restricted one; nothing where it is not."""
        return self.cut.text(self.measure.unit) if self.cut else ""

    @property
    def threshold_text(self) -> str:
        """`1 point`, `1 month`, `320 H100e`."""
        return wording.difference(self.threshold, self.measure.unit).removeprefix("+")


def paired(one: Column, other: Column) -> Paired:
    """`one` less `other`, in each of the same futures (at least one)."""
    apart = one - other
    n = len(apart)
    variance = float(apart.var())
    unpaired = float(one.var() + other.var())
    return Paired(
        n,
        float(apart.mean()),
        error_of_mean(apart),
        quantile(apart, 0.05, ALPHA),
        quantile(apart, 0.50, ALPHA).value,
        quantile(apart, 0.95, ALPHA),
        unpaired / variance if variance > 0.0 else None if not apart.any() else 1.0,
    )


def difference(id: str, measure: Measure, one: pd.DataFrame, other: pd.DataFrame) -> PairedDifference:
    """A measure in the outcomes `one`, less the same in `other`; both hold the same futures in the same order."""
    there, there_other = reached(measure, one), reached(measure, other)
    mine, others = values(measure, one), values(measure, other)
    compared, cut = comparable(measure, one, other)
    least = threshold(measure, others)
    above = _beyond(mine - least, there, others, there_other)
    below = _beyond(others - least, there_other, mine, there)
    worse, better = (above, below) if measure.better == "lower" else (below, above)
    return PairedDifference(
        id,
        measure,
        paired(*compared),
        float(worse.mean()),
        float(better.mean()),
        least,
        cut,
    )


def threshold(measure: Measure, others: Column) -> float:
    """The difference above which a future counts as worse or better."""
    return THRESHOLDS.get(measure.unit, THRESHOLD_PART * abs(float(others.mean())))


def _beyond(mine: Column, there: Flags, others: Column, there_other: Flags) -> Flags:
    """Where one is larger; what had not happened by the horizon is beyond all that had."""
    beyond: Flags = np.where(there, there_other & (mine > others), there_other)
    return beyond
