"""Monthly series of many futures as integer histograms: adding them up does not depend on chunks or workers.

Bins are logarithmic, 64 a decade on both sides of zero, and the same for every run; a quantile is then right to
within 4% of its value whatever the number of futures. The first futures are also kept whole, as a sample.
"""

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
    """Counts by month, series and bin."""

    counts: Any

    @classmethod
    def empty(cls, months: int) -> "Histograms":
        """No futures yet."""
        return cls(np.zeros((months, len(SERIES), BINS), np.uint32))

    def add(self, series: Any) -> None:
        """Count the futures of a batch: `series` has shape (futures, months, series)."""
        cells = np.prod(self.counts.shape[:2])
        where = np.arange(cells).reshape(self.counts.shape[:2]) * BINS + _bin(series)
        np.add.at(self.counts.reshape(-1), where.reshape(-1), np.uint32(1))

    def quantiles(self, ends: list[str]) -> pd.DataFrame:
        """A row for each month and series: the levels of the fan charts, and mean. `ends`: the months' last days."""
        cumulated = np.cumsum(self.counts, axis=2, dtype=np.int64)
        total = cumulated[:, :, -1:]
        columns: dict[str, Any] = {
            "month": np.repeat(ends, len(SERIES)),
            "series": np.tile(np.array(SERIES), len(ends)),
        }
        for name, level in LEVELS.items():
            at = np.argmax(cumulated >= np.ceil(level * total).clip(min=1), axis=2)
            columns[name] = _value(at).reshape(-1)
        columns["mean"] = ((self.counts * _value(np.arange(BINS))).sum(axis=2) / total[:, :, 0]).reshape(-1)
        return pd.DataFrame(columns)


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


def _value(at: Any) -> Any:
    """The geometric middle of a bin; zero for the bin of nothing."""
    step = np.abs(at - SIDE)
    size = 10.0 ** ((step - 0.5) / PER_DECADE + SMALLEST)
    return np.where(step == 0, 0.0, np.sign(at - SIDE) * size)
