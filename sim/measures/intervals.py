"""How far a number of futures can be trusted: exact tests of shares and quantiles, and intervals of means.

Shares are tested by the binomial (Clopper and Pearson 1934), and so are quantiles: a quantile lies at or below a value
if at least that share of futures does, whatever their distribution. Differences are of pairs: of two shares over the
same futures Agresti and Min's (2005, Statistics in Medicine 24), of two quantiles a bootstrap's, with normal ends, for
those of small probabilities lie further out than its resamples. Inputs are stratified within aligned blocks of futures,
so futures spread more evenly than the independent draws assumed here: these intervals err to the wide side. Means have
Student's interval by the spread of the means of those blocks, which has what stratification gains in it.

Looking more than once: the probability of error is spent over the looks (Lan and DeMets 1983, with the union bound in
place of a joint distribution), so stopping when the answer pleases keeps the promise. Where the largest number of looks
is fixed beforehand, half is spent as O'Brien and Fleming do, nearly all of it on the last look, which then decides
almost as much as a single one would; the other half goes as `alpha / (k (k + 1))` to look k, so that what is plain is
decided early. A stop at a precision looks at no hypothesis, and spends nothing (Chow and Robbins 1965): it needs only a
smallest number of futures.
"""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.language.documents import Document
from sim.template.sampling import BLOCK

Column = npt.NDArray[np.float64]
Cube = npt.NDArray[np.float64]

ALPHA = 0.05
"""Probability of error on both sides together, over all that one command judges."""

CONFIDENCE = 1.959963984540054
"""Standard deviations to either side of a 95% interval: how Monte Carlo errors are given."""

RESAMPLES = 1000
FEWEST_BLOCKS = 8
"""Blocks of futures from which on their spread tells the error of a mean."""

LARGE_SAMPLE = 5000
"""Futures from which a bootstrap makes do with fewer resamples."""


@cache  # an import statement costs as much as the function that is asked for
def _special() -> Any:
    import scipy.special  # 0.1 s to import, and `--help` needs none of it

    return scipy.special


@dataclass(frozen=True, slots=True)
class Interval(Document):
    """An estimate and the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def ends(self) -> tuple[float, float]:
        """Both, the lower one first."""
        return self.low, self.high

    @property
    def half(self) -> float:
        """Half of its width."""
        return (self.high - self.low) / 2.0


def spent(alpha: float, look: int, looks: int) -> float:
    """What look number `look`, from 1, of at most `looks` may spend of `alpha`, futures doubling from look to look."""
    early = 0.5 * alpha / (look * (look + 1.0))
    if look == looks:
        early = 0.5 * alpha / look
    before = _by_last(alpha, look - 1, looks) if look > 1 else 0.0
    return early + 0.5 * (_by_last(alpha, look, looks) - before)


def _by_last(alpha: float, look: int, looks: int) -> float:
    """What O'Brien and Fleming spend up to a look that has this part of the largest number of futures."""
    part = 2.0 ** (look - looks)
    return 2.0 * float(_special().ndtr(-normal_quantile(alpha) / math.sqrt(part)))


def looks_up_to(most: int, futures: int) -> int:
    """How often one looks, if futures double from so many up to at most `most`."""
    return max(1, (most // futures).bit_length())


def normal_quantile(alpha: float) -> float:
    """Standard deviations to either side that leave `alpha` outside."""
    return float(-_special().ndtri(alpha / 2.0))


def widening(many: int) -> float:
    """By how much the error of one grows where the best of `many` is picked (Bonferroni)."""
    return normal_quantile(ALPHA / max(1, many)) / normal_quantile(ALPHA)


def share(count: int, n: int, alpha: float) -> Interval:
    """A share of `n` futures, with its exact interval."""
    inverse = _special().betaincinv
    low = float(inverse(count, n - count + 1, alpha / 2.0)) if count else 0.0
    high = float(inverse(count + 1, n - count, 1.0 - alpha / 2.0)) if count < n else 1.0
    return Interval(count / n, low, high)


def odds_of_at_most(count: int, n: int, p: float) -> float:
    """Probability of so few successes or fewer among `n`, each with probability `p`."""
    return float(_special().bdtr(count, n, p))


def probability_of_at_least(count: int, n: int, p: float) -> float:
    """Probability of so many successes or more."""
    return float(probabilities_of_at_least(count, n, np.array([p]))[0])


def probabilities_of_at_least(count: int, n: int, p: Column) -> Column:
    """Probability of so many successes or more, for each `p`."""
    return np.asarray(_special().bdtrc(count - 1, n, p)) if count else np.ones(len(p))


def quantile_rank(level: float, n: int) -> int:
    """Place, from 0, of the smallest of `n` ordered values that at least the share `level` does not exceed."""
    return min(n - 1, max(0, math.ceil(round(level * n, 9)) - 1))


@lru_cache(maxsize=64)
def quantile_ranks(level: float, n: int, alpha: float) -> tuple[int, int]:
    """Places, from 0, of the ordered values between which the quantile lies; they may be outside of 0 to n - 1."""
    k = np.arange(n + 1)
    under = _special().bdtr(k, n, level)
    low = int(np.searchsorted(under, alpha / 2.0, side="right")) - 1
    high = int(np.searchsorted(under, 1.0 - alpha / 2.0))
    return low, high


def quantile(column: Column, level: float, alpha: float) -> Interval:
    """A quantile with its exact interval; an end is endless where it would lie beyond all values."""
    ordered, n = np.sort(column), len(column)
    low, high = quantile_ranks(level, n, alpha)
    return Interval(
        float(ordered[quantile_rank(level, n)]),
        float(ordered[low]) if low >= 0 else -math.inf,
        float(ordered[high]) if high < n else math.inf,
    )


def error_of_mean(values: Column) -> float:
    """Half of the 95% interval around a mean; infinite for fewer than two futures."""
    return mean(values, ALPHA).half


def mean(values: Column, alpha: float) -> Interval:
    """A mean over futures in their order, with Student's interval; endless for fewer than two futures.

    By the spread of block means, each block weighted by its futures: a rest is a block of its own. Fewer blocks than
    FEWEST_BLOCKS say too little about their spread; single futures are then taken as independent.
    """
    n = len(values)
    middle = float(values.mean())
    if n < 2:
        return Interval(middle, -math.inf, math.inf)
    starts = np.arange(0, n, BLOCK if n > BLOCK * (FEWEST_BLOCKS - 1) else 1)
    apart = np.add.reduceat(values - middle, starts) / n
    error = math.sqrt(float(np.sum(apart**2)) * len(starts) / (len(starts) - 1))
    away = float(-_special().stdtrit(len(starts) - 1, alpha / 2.0)) * error
    return Interval(middle, middle - away, middle + away)


def difference_of_shares(here: Column, there: Column, alpha: float) -> Interval:
    """The difference of two shares over the same futures; flags are 0 or 1."""
    n = len(here)
    more, less = float(np.sum(here > there)), float(np.sum(here < there))
    m, b, c = n + 2.0, more + 0.5, less + 0.5
    middle = (b - c) / m
    away = normal_quantile(alpha) * math.sqrt(max(0.0, (b + c) - (b - c) ** 2 / m)) / m
    return Interval((more - less) / n, middle - away, middle + away)


def difference_of_quantiles(here: Column, there: Column, level: float, alpha: float) -> Interval:
    """The difference of two quantiles over the same futures: a bootstrap of the pairs, with its normal interval.

    Where a quantile may lie beyond the horizon (infinite) or beyond all values, its spread cannot be had; the interval
    is then that of both exact ones. Where both may, it has no end; where both do, nobody knows the difference (nan).
    """
    exact = _less(quantile(here, level, alpha / 2.0), quantile(there, level, alpha / 2.0))
    if not math.isfinite(exact.half):
        return exact
    gaps = _resampled(here, there, quantile_rank(level, len(here)))
    if not np.isfinite(gaps).all():
        return exact
    away = normal_quantile(alpha) * float(gaps.std(ddof=1))
    return Interval(exact.value, exact.value - away, exact.value + away)


def _less(one: Interval, other: Interval) -> Interval:
    """One less the other, whatever the pairs; an end that is infinite in both is open."""
    low, high = one.low - other.high, one.high - other.low
    return Interval(
        one.value - other.value, -math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high
    )


def _resampled(here: Column, there: Column, rank: int) -> Column:
    """The difference at one rank in resamples of the pairs."""
    n = len(here)
    random = np.random.default_rng(n)
    drawn = [random.integers(0, n, n) for _ in range(RESAMPLES if n <= LARGE_SAMPLE else RESAMPLES // 5)]
    ends = np.array([[np.partition(each[at], rank)[rank] for each in (here, there)] for at in drawn])
    with np.errstate(invalid="ignore"):
        gaps: Column = ends[:, 0] - ends[:, 1]
    return gaps


def share_error(p: float, n: int) -> float:
    """Half of the 95% Wilson interval around a share of `n` futures; never zero, also where none or all did."""
    z = CONFIDENCE
    return z * math.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n)


def spread(column: Column) -> tuple[float, float, float]:
    """p5, median and p95 of a column of numbers."""
    ordered = np.sort(column)
    low, middle, high = (float(ordered[quantile_rank(level, len(ordered))]) for level in (0.05, 0.5, 0.95))
    return low, middle, high
