"""Correlation between an input and a measure, and how large it comes out by chance."""

import numpy as np
import pandas as pd

from sim.errors import ModelError
from sim.measures.intervals import ALPHA, Column, normal_quantile


def checked(values: Column) -> Column:
    """The values. Raises ModelError if one is not finite, which would make all indices zero."""
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise ModelError(f"{len(wrong)} values are not finite (the first in row {wrong[0]}); no index can be trusted")
    return values


def varies(values: Column) -> bool:
    """Whether a measure has any variance; that of equal numbers may come out above zero by rounding."""
    return float(np.ptp(checked(values))) > 0.0


def rank_correlation(x: Column, y: Column) -> float:
    """Spearman's, ties at their mean rank; 0 where either is the same in all futures."""
    return correlation(ranks(x), ranks(y))


def ranks(x: Column) -> Column:
    """The rank of each value, from 1; ties at their mean rank."""
    return np.asarray(
        pd.Series(x).rank(), np.float64
    )  # `scipy.stats` says the same, and takes longer to import than to use


def correlation(x: Column, y: Column) -> float:
    """Pearson's; 0 where either is the same in all futures."""
    if float(np.ptp(x)) == 0.0 or float(np.ptp(y)) == 0.0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def beyond_chance(n: int, many: int) -> float:
    """The correlation that none of `many` unrelated inputs reaches in 95% of samples of `n` futures (Bonferroni)."""
    return normal_quantile(ALPHA / max(1, many)) / float(np.sqrt(max(1, n - 1)))
