"""Bootstrap intervals of what is computed from sums over futures, or over pairs of them.

Bias-corrected and accelerated (BCa: Efron 1987), since shares near none and near all are skewed. From 1,024 futures on
whole blocks of the draw are taken again, which keeps what stratification gains; fewer blocks say too little, and rows
are taken again one by one, as if drawn independently, which errs to the wide side.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from sim.measures.intervals import ALPHA, Column, Cube
from sim.template.sampling import BLOCK

RESAMPLES = 1000
FEWEST_BLOCKS = 32
"""Blocks from which on they are taken again whole."""


def bootstrapped(table: Cube, statistic: Callable[[Cube], Column]) -> tuple[float, float, float]:
    """A statistic and its 95% interval. `table` has a row for each future, in their order; `statistic` is asked of rows
    of sums over futures."""
    if len(table) >= FEWEST_BLOCKS * BLOCK:
        table = np.add.reduceat(table, np.arange(0, len(table), BLOCK))
    units, whole = len(table), table.sum(axis=0)
    value = float(statistic(whole[None, :])[0])
    resampled = statistic(_resamples(units) @ table)
    low, high = np.quantile(resampled, _levels(value, resampled, statistic(whole - table)))
    return value, float(low), float(high)


@lru_cache(maxsize=4)
def _resamples(units: int) -> Cube:
    """How often each unit is in each resample."""
    return np.random.default_rng(units).multinomial(units, np.full(units, 1.0 / units), size=RESAMPLES).astype(float)


def _levels(value: float, column: Column, without: Column) -> Column:
    """The levels of the resamples at which the interval ends: moved by their bias, and by the skew of the jackknife."""
    from scipy.special import ndtr, ndtri

    below = (np.sum(column < value) + 0.5 * np.sum(column == value)) / len(column)
    bias = ndtri(np.clip(below, 1.0 / len(column), 1.0 - 1.0 / len(column)))
    apart = without.mean() - without
    spread = float(np.sum(apart**2))
    skew = float(np.sum(apart**3)) / (6.0 * spread**1.5) if spread > 0.0 else 0.0
    ends = bias + ndtri(np.array([ALPHA / 2.0, 1.0 - ALPHA / 2.0]))
    return np.asarray(ndtr(bias + ends / (1.0 - skew * ends)))
