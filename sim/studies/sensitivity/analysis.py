"""Sensitivity: which assumptions move a measure, and how much of its spread no assumption explains.

Three ways to ask, of which no row contradicts history. Exchange (`sobol`): blocks of inputs that depend on each other
(`sim/template/blocks.py`) are exchanged between futures of a run. `first` is the share of the variance that a block
explains alone (Saltelli et al. 2010), `total` the share that would be left if all others were known (Jansen 1999).
Shares of the inputs within a block would overlap; their Shapley effects add up to the block's total (Owen 2014): what
an input adds as the inputs of a block are drawn again given the others, one after another in random orders (Song,
Nelson and Staum 2016). Screening (`morris`): the mean size of the change where a block is exchanged, over few futures:
an elementary effect of Morris (1991) from a radial design (Campolongo, Saltelli and Cariboni 2011); a sieve, not a
share. Given data: first shares from futures that have run already, by averages over slices of each input (Plischke,
Borgonovo and Smith 2013), and the rank correlation for the direction.

Luck is a block like the others (`LUCK`): its total is the aleatory share of the variance, what is left of one the
epistemic share, and what both explain only together stands in its total and not in its first share.

A value that is not finite would spoil every share; it is refused. A measure that is the same in all futures has no
variance to share out: it has no indices, and no aleatory share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.language.documents import Document
from sim.measures.correlation import beyond_chance, rank_correlation, varies
from sim.measures.intervals import ALPHA, Column, Cube, Interval, mean, normal_quantile
from sim.template.sampling import BLOCK

LUCK = "luck"
"""The name of all that is drawn inside futures, taken as one block."""

REST = "all other inputs"
"""The name of the blocks that are not looked at one by one, taken as one."""

SLICES = 20
"""Slices of an input, in given data: of equal numbers of futures."""

RESAMPLES = 1000
FEWEST_BLOCKS = 32
"""Blocks of futures from which on they are taken again whole."""

UNKNOWN = Interval(0.0, 0.0, 1.0)
"""A share of which the futures at hand show nothing."""

_SEED = 1

Named = tuple[str, tuple[str, ...]]
"""The name of a block and the inputs in it."""

Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Index(Document, keys="name inputs=paths first total shapley effect direction within"):
    """What one input, or a block of them, does to one measure.

    `first`, `total` and `shapley` are shares of the variance, `effect` the mean size of the change in the measure's
    unit, each with its 95% interval and `None` where a method has none. `direction` is the rank correlation of a single
    input, from -1 to 1; 0 where it may be chance. `within`: the inputs of a block, by their Shapley effects.
    """

    name: str
    paths: tuple[str, ...] = ()
    first: Interval | None = None
    total: Interval | None = None
    shapley: Interval | None = None
    effect: Interval | None = None
    direction: float = 0.0
    within: "tuple[Index, ...]" = ()

    @property
    def interval(self) -> Interval:
        """What inputs are ranked by."""
        interval = (self.total, self.effect, self.shapley, self.first)
        return next((each for each in interval if each is not None), Interval(0.0, 0.0, 0.0))

    @property
    def weight(self) -> float:
        """What inputs are ranked by, nothing where chance takes it below zero."""
        return max(self.interval.value, 0.0)

    @property
    def error(self) -> float:
        """How far the interval of what inputs are ranked by reaches down."""
        return self.interval.value - self.interval.low


def ranked(indices: Sequence[Index]) -> list[Index]:
    """The most important first, equals by name."""
    return sorted(indices, key=lambda index: (-index.weight, index.name))


def constant(*columns: Column) -> float | None:
    """The value of a measure that is the same in all futures; None for one that varies."""
    return None if varies(np.concatenate(columns)) else float(columns[0][0])


def exchanged_shares(blocks: Sequence[Named], usual: Column, other: Column, mixed: Sequence[Column]) -> list[Index]:
    """First and total share of each block; none of values that do not vary.

    Futures have the values `usual`, those after them `other`, and the first with one block of the others `mixed`.
    """
    if not varies(np.concatenate([usual, other, *mixed])):
        return []
    return [
        Index(name, paths, first=_first_share(usual, other, each), total=total_share(usual, each) or UNKNOWN)
        for (name, paths), each in zip(blocks, mixed, strict=True)
    ]


def exchanged_effects(blocks: Sequence[Named], usual: Column, mixed: Sequence[Column]) -> list[Index]:
    """Mean sizes of the change that the exchange of each block makes; none of values that do not vary."""
    if not varies(np.concatenate([usual, *mixed])):
        return []
    return [
        Index(name, paths, effect=mean(np.abs(each - usual), ALPHA))
        for (name, paths), each in zip(blocks, mixed, strict=True)
    ]


def orders(n: int, inputs: int) -> Ranks:
    """For each of `n` futures a random order of inputs: the place of each, from 0; shape (n, inputs)."""
    return np.random.default_rng(_SEED).permuted(np.tile(np.arange(inputs), (n, 1)), axis=1)


def shapley_effects(names: Sequence[str], ranks: Ranks, steps: Sequence[Column]) -> list[Index]:
    """What each input of a block adds to the block's total share; none of values that do not vary.

    `steps`: the values of futures as they are, then with one input of the block drawn again given the others, with two,
    and so on in the order of `ranks`, up to the exchange of the whole block.
    """
    if not varies(np.concatenate(steps)):
        return []
    usual, last = steps[0], steps[-1]
    added = np.diff([0.5 * (each - usual) ** 2 for each in steps], axis=0).T
    own = np.take_along_axis(added, ranks, axis=1)
    return [Index(name, shapley=_share(own[:, i], usual, last)) for i, name in enumerate(names)]


def directed(indices: Sequence[Index], given: Sequence[Index]) -> list[Index]:
    """Indices from a design, which knows no direction, with the directions of single inputs that given data show."""
    directions = {index.name: index.direction for index in given}
    return [
        replace(index, direction=directions.get(index.name, 0.0), within=tuple(directed(index.within, given)))
        for index in indices
    ]


def given_data(inputs: dict[str, Column], values: Column) -> list[Index]:
    """First shares from futures that have run, whatever their order: equal multisets of rows give equal indices.

    None of values that do not vary.
    """
    if not varies(values):
        return []
    names = sorted(inputs)
    table = np.column_stack([*(inputs[name] for name in names), values])
    table = table[np.lexsort(table.T[::-1])]
    least = beyond_chance(len(values), len(names))
    return [_sliced(name, table[:, i], table[:, -1], least) for i, name in enumerate(names)]


def noise_floor(n: int) -> float:
    """What slices of an input that does nothing explain of `n` futures, on average: exact for values in any order."""
    return (min(SLICES, n // 10 or 1) - 1) / (n - 1)


def _sliced(name: str, x: Column, y: Column, least: float) -> Index:
    """The variance between slices less what chance puts there, over all variance; `least` is a correlation."""
    n, total, chance = len(y), float(y.var()), noise_floor(len(y))
    if not varies(x):
        return Index(name, first=Interval(0.0, 0.0, 0.0))
    order = np.argsort(x, kind="stable")
    levels = np.empty(n)
    for part in np.array_split(order, min(SLICES, n // 10 or 1)):
        levels[part] = y[part].mean()
    away, within = (y - y.mean()) ** 2, (y - levels) ** 2
    explained = 1.0 - float(within.mean()) / total
    first = (explained - chance) / (1.0 - chance)
    # what each future pulls the share by, and in any case what it would for normals
    pull = max(float(np.mean(((1.0 - explained) * away - within) ** 2)) / total**2, 4.0 * first * (1.0 - first))
    error = normal_quantile(ALPHA) * float(np.sqrt((2.0 * chance + pull) / n))
    direction = rank_correlation(x, y)
    return Index(
        name,
        first=Interval(first, first - error, first + error),
        direction=direction if abs(direction) > least else 0.0,
    )


def total_share(one: Column, other: Column) -> Interval | None:
    """The share of the variance left where all but a block is known: from futures that differ in that block alone.

    One less the correlation between the two (the intraclass correlation; Jansen 1999); what takes the correlation below
    zero counts as zero. None if there is no variance. Its 95% interval is the hull of two: a bootstrap's, right
    whatever the distribution but blind to what so few futures have not shown, and Fisher's, right where the two hardly
    correlate.
    """
    if not varies(np.concatenate([one, other])):
        return None
    share = _share(0.5 * (one - other) ** 2, one, other)
    away = normal_quantile(ALPHA) / np.sqrt(max(1, len(one) - 3))
    fisher = 1.0 - np.tanh(np.arctanh(np.clip(1.0 - share.value, -0.999999, 0.999999)) + away * np.array([1.0, -1.0]))
    ends = share.value, min(share.low, float(fisher[0])), max(share.high, float(fisher[1]))
    return Interval(*(float(np.clip(end, 0.0, 1.0)) for end in ends))


def _first_share(usual: Column, other: Column, mixed: Column) -> Interval:
    """The share of the variance that a block explains alone: `other` and `mixed` have nothing but the block in common.

    By Saltelli and others (2010), whose error is small where the block does little. Its 95% interval is the hull of
    two: a bootstrap's, blind to what so few futures have not shown, and that of normals.
    """
    both = np.concatenate([usual, other])
    if not varies(both):
        return UNKNOWN
    interval = _share((other - other.mean()) * (mixed - usual), usual, other)
    moved = float(np.mean((mixed - usual) ** 2) / both.var())
    away = normal_quantile(ALPHA) * float(np.sqrt((moved + interval.value**2) / len(usual)))
    return Interval(interval.value, min(interval.low, interval.value - away), max(interval.high, interval.value + away))


def _share(moved: Column, one: Column, other: Column) -> Interval:
    """The mean of `moved` over the variance of the values of both, with its bootstrap interval."""
    if not varies(np.concatenate([one, other])):
        return UNKNOWN
    middle = 0.5 * float(one.mean() + other.mean())
    one, other = one - middle, other - middle
    return _over_variance(moved, 0.5 * (one + other), 0.5 * (one**2 + other**2))


def _over_variance(moved: Column, level: Column, square: Column) -> Interval:
    """The mean of `moved` over a variance, from each future's part of the mean and of the mean square."""
    return Interval(*_bootstrapped(np.column_stack([np.ones(len(moved)), level, square, moved]), _ratio))


def _bootstrapped(table: Cube, statistic: Callable[[Cube], Column]) -> tuple[float, float, float]:
    """A statistic and its 95% interval. `table` has a row for each future, in their order; `statistic` is asked of rows
    of sums over futures.

    Bias-corrected and accelerated (BCa: Efron 1987), since shares near none and near all are skewed. From 1,024 futures
    on whole blocks of the draw are taken again, which keeps what stratification gains; fewer blocks say too little, and
    rows are taken again one by one, as if drawn independently, which errs to the wide side.
    """
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


def _ratio(sums: Cube) -> Column:
    """What has moved over the variance, from sums over futures: number, level, square, moved."""
    n = sums[:, 0]
    variance = sums[:, 2] / n - (sums[:, 1] / n) ** 2
    return np.divide(sums[:, 3] / n, variance, out=np.ones(len(n)), where=variance > 0.0)


def event_total(without: Column, happens: Column, happens_otherwise: Column, column: Column) -> Interval | None:
    """The share of the variance that a risk event makes by occurring and by its size, together.

    From the same futures without it, with it, and with it in another size; `column` in each future. By Jansen's form:
    half of the mean square difference to a future in which occurrence and size are drawn anew. None if there is no
    variance.
    """
    if not varies(np.concatenate([without[column < 1.0], happens[column > 0.0]])):
        return None
    middle = float(np.mean(column * happens + (1.0 - column) * without))
    without, happens, happens_otherwise = (each - middle for each in (without, happens, happens_otherwise))
    occurs_once = 2.0 * column * (1.0 - column) * (happens - without) ** 2
    occurs_twice = column**2 * (happens - happens_otherwise) ** 2
    level = column * happens + (1.0 - column) * without
    square = column * happens**2 + (1.0 - column) * without**2
    return _over_variance(0.5 * (occurs_once + occurs_twice), level, square)
