"""Monthly series of many futures as integer histograms: adding them up does not depend on chunks or workers.

Bins are logarithmic, 64 a decade on both sides of zero, and the same for every run. A quantile takes its place among
the futures of its bin, so that it is right to within a part of the bin's 4%, and never leaves the range of what was
seen: no share is above one. The first futures are also kept whole, as a sample; of no more futures than that, quantiles
are exact.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.results import SERIES

PER_DECADE = 64
SMALLEST, LARGEST = -3, 19
"""Powers of ten: what is smaller counts as zero, what is larger as the largest."""
SIDE = PER_DECADE * (LARGEST - SMALLEST)
BINS = 2 * SIDE + 1
LEVELS = {"p5": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


@dataclass(frozen=True)
class Histograms:
    """Counts by month, series and bin; the least and the largest by month and series."""

    counts: Any
    least: Any
    most: Any

    @classmethod
    def empty(cls, months: int) -> "Histograms":
        """No futures yet."""
        cells = months, len(SERIES)
        return cls(np.zeros((*cells, BINS), np.uint32), np.full(cells, np.inf), np.full(cells, -np.inf))

    def add(self, series: Any) -> None:
        """Count the futures of a batch: `series` has shape (futures, months, series)."""
        cells = np.prod(self.counts.shape[:2])
        where = np.arange(cells).reshape(self.counts.shape[:2]) * BINS + _bin(series)
        np.add.at(self.counts.reshape(-1), where.reshape(-1), np.uint32(1))
        np.minimum(self.least, series.min(axis=0), out=self.least)
        np.maximum(self.most, series.max(axis=0), out=self.most)

    def plus(self, other: "Histograms") -> "Histograms":
        """Those of the futures of both."""
        return Histograms(
            self.counts + other.counts, np.minimum(self.least, other.least), np.maximum(self.most, other.most)
        )

    def quantiles(self, ends: list[str]) -> pd.DataFrame:
        """A row for each month and series: the levels of the fan charts, and mean. `ends`: the months' last days."""
        months = [_quantiles(counts) for counts in self.counts]
        columns = {name: np.array([month[name] for month in months]) for name in (*LEVELS, "mean")}
        return table({name: np.clip(values, self.least, self.most) for name, values in columns.items()}, ends)


def _quantiles(counts: Any) -> dict[str, Any]:
    """The levels and the mean of each series in a month, whose `counts` have shape (series, bins)."""
    cumulated = np.cumsum(counts, axis=1, dtype=np.int64)
    total = cumulated[:, -1:]
    columns = {}
    for name, level in LEVELS.items():
        rank = np.ceil(level * total).clip(min=1)
        at = np.argmax(cumulated >= rank, axis=1)[:, None]
        here = np.take_along_axis(counts, at, axis=1).astype(np.float64)
        before = np.take_along_axis(cumulated, at, axis=1) - here
        columns[name] = _value(at, (rank - before - 0.5) / here)[:, 0]
    middles = _value(np.arange(BINS), np.full(BINS, 0.5))
    return columns | {"mean": (counts * middles).sum(axis=1) / total[:, 0]}


def exact(sample: Any, ends: list[str]) -> pd.DataFrame:
    """The same of futures that are all there: `sample` has shape (futures, months, series)."""
    ordered = np.sort(sample, axis=0)
    ranks = {name: max(0, math.ceil(level * len(sample)) - 1) for name, level in LEVELS.items()}
    return table({**{name: ordered[rank] for name, rank in ranks.items()}, "mean": sample.mean(axis=0)}, ends)


def table(columns: dict[str, Any], ends: list[str]) -> pd.DataFrame:
    """A row for each month and series, from columns of shape (months, series)."""
    index: dict[str, Any] = {
        "month": np.repeat(ends, len(SERIES)),
        "series": np.tile(np.array(SERIES), len(ends)),
    }
    return pd.DataFrame({**index, **{name: np.asarray(values).reshape(-1) for name, values in columns.items()}})


def _bin(values: Any) -> Any:
    """The bin of each value, worked out in place: a batch has a million."""
    with np.errstate(divide="ignore"):
        step = np.log10(np.abs(values))
    step -= SMALLEST
    step *= PER_DECADE
    np.floor(step, out=step)
    np.clip(step, -1, SIDE - 1, out=step)
    step += 1
    return (SIDE + np.copysign(step, values)).astype(np.int64)


def _value(at: Any, part: Any) -> Any:
    """The value at a part of the way through a bin, geometrically; zero for the bin of nothing."""
    step = np.abs(at - SIDE)
    part = np.where(at < SIDE, 1.0 - part, part)
    size = 10.0 ** ((step - 1.0 + part) / PER_DECADE + SMALLEST)
    return np.where(step == 0, 0.0, np.sign(at - SIDE) * size)
