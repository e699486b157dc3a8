"""Sensitivity: which assumptions move a measure, and how much of its spread no assumption explains.

Three ways to ask. Sobol indices (Saltelli et al. 2010, by SALib): `first` is the share of the variance that an input
explains alone, `total` the share that would be left if all others were known. Morris (1991): the mean size of the
effect of one step, over few futures; a sieve, not a share. Given data: first shares from futures that have run already,
by averages over slices of each input (Plischke, Borgonovo and Smith 2013), and the rank correlation for the direction.

Luck is an input like the others (`LUCK`): its total is the aleatory share of the variance, what is left of one the
epistemic share, and what both explain only together stands in its total and not in its first share.

SALib turns one value that is not finite into indices of zero without a word; such values are refused here. A measure
that is the same in all futures has no variance to share out: it has no indices, and no aleatory share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import ModelError
from sim.study.bootstrap import bootstrapped
from sim.study.intervals import ALPHA, Column, Cube, Interval, normal_quantile

LUCK = "luck"
"""The name of all that is drawn inside futures, taken as one input."""

SLICES = 20
"""Slices of an input, in given data: of equal numbers of futures."""

LEVELS = 4
"""Levels of Morris's grid."""

_RESAMPLES = 200
_SEED = 1


@dataclass(frozen=True, slots=True)
class Index:
    """What one input does to one measure.

    `first` and `total` are shares of the variance with half of their 95% interval (`None` where a method has none);
    `effect` is Morris's mean effect of a step from one end to the other, in the measure's unit; `direction` is the
    rank correlation, from -1 to 1.
    """

    name: str
    first: float | None = None
    first_error: float | None = None
    total: float | None = None
    total_error: float | None = None
    effect: float | None = None
    direction: float | None = None

    @property
    def weight(self) -> float:
        """What inputs are ranked by."""
        found = next((value for value in (self.total, self.effect, self.first) if value is not None), 0.0)
        return max(found, 0.0)

    @property
    def error(self) -> float:
        """Half of the 95% interval of what inputs are ranked by; 0 where a method gives none."""
        found = self.total_error if self.total is not None else None if self.effect is not None else self.first_error
        return found or 0.0

    def as_json(self) -> dict[str, object]:
        """For `sensitivity.json`; keys always in this order."""
        keys = ("name", "first", "first_error", "total", "total_error", "effect", "direction")
        return {key: getattr(self, key) for key in keys}


def ranked(indices: Sequence[Index]) -> list[Index]:
    """The most important first, equals by name."""
    return sorted(indices, key=lambda index: (-index.weight, index.name))


def checked(values: Column) -> Column:
    """The values. Raises ModelError if one is not finite, which would make all indices zero."""
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise ModelError(f"{len(wrong)} values are not finite (the first in row {wrong[0]}); no index can be trusted")
    return values


def varies(values: Column) -> bool:
    """Whether a measure has any variance; that of equal numbers may come out above zero by rounding."""
    return float(np.ptp(checked(values))) > 0.0


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def sobol_rows(names: Sequence[str], n: int) -> Cube:
    """The design, shape (n (inputs + 2), inputs); `names` in order, `n` a power of two."""
    from SALib.sample import sobol  # a second to import

    rows: Cube = sobol.sample(_problem(names), n, calc_second_order=False, seed=_SEED)
    return np.clip(rows, 2.0**-53, 1.0 - 2.0**-53)


def sobol_indices(names: Sequence[str], values: Column) -> list[Index]:
    """First and total shares from the values of a Sobol design, in its order; none of values that do not vary."""
    from SALib.analyze import sobol

    if not varies(values):
        return []
    found = sobol.analyze(_problem(names), values, calc_second_order=False, num_resamples=_RESAMPLES, seed=_SEED)
    columns = [found[key] for key in ("S1", "S1_conf", "ST", "ST_conf")]
    return [Index(name, *(float(column[i]) for column in columns)) for i, name in enumerate(names)]


def morris_rows(names: Sequence[str], trajectories: int) -> Cube:
    """The design, shape (trajectories (inputs + 1), inputs); the rows of a trajectory follow each other."""
    from SALib.sample import morris

    rows: Cube = morris.sample(_problem(names), trajectories, num_levels=LEVELS, seed=_SEED)
    # the ends of a distribution may be infinite; an outer level stands for the middle of its quarter
    return 1.0 / (2.0 * LEVELS) + rows * (1.0 - 1.0 / LEVELS)


def morris_effects(names: Sequence[str], rows: Cube, values: Column) -> list[Index]:
    """Mean sizes of effects from the values of a Morris design, in its order; none of values that do not vary."""
    from SALib.analyze import morris

    if not varies(values):
        return []
    steps = (rows - 1.0 / (2.0 * LEVELS)) / (1.0 - 1.0 / LEVELS)
    found = morris.analyze(_problem(names), steps, checked(values), num_levels=LEVELS, seed=_SEED)
    return [
        Index(name, effect=float(found["mu_star"][i]), direction=_sign(found["mu"][i])) for i, name in enumerate(names)
    ]


def _sign(value: Any) -> float:
    return float(np.sign(value))


def given_data(inputs: dict[str, Column], values: Column) -> list[Index]:
    """First shares from futures that have run, whatever their order: equal multisets of rows give equal indices.

    None of values that do not vary.
    """
    if not varies(values):
        return []
    names = sorted(inputs)
    table = np.column_stack([*(inputs[name] for name in names), values])
    order = np.lexsort(table.T[::-1])
    table = table[order]
    return [_sliced(name, table[:, i], table[:, -1]) for i, name in enumerate(names)]


def _sliced(name: str, x: Column, y: Column) -> Index:
    """The variance between slices less what chance puts there, over all variance."""
    n, total = len(y), float(y.var())
    if not varies(x):
        return Index(name, 0.0, 0.0, direction=0.0)
    parts = np.array_split(y[np.argsort(x, kind="stable")], min(SLICES, n // 10 or 1))
    between = sum(len(part) * (float(part.mean()) - float(y.mean())) ** 2 for part in parts) / n
    chance = (len(parts) - 1) / n
    first = (between / total - chance) / (1.0 - chance)
    error = normal_quantile(ALPHA) * float(
        np.sqrt((2.0 * chance + 4.0 * max(first, 0.0) * (1.0 - max(first, 0.0))) / n)
    )
    return Index(name, first, error, direction=rank_correlation(x, y))


def directed(indices: Sequence[Index], given: Sequence[Index]) -> list[Index]:
    """Shares of a design, which knows no direction, with the directions that given data show."""
    directions = {index.name: index.direction for index in given}
    return [replace(index, direction=directions.get(index.name)) for index in indices]


def rank_correlation(x: Column, y: Column) -> float:
    """Spearman's, ties at their mean rank; 0 where either is the same in all futures."""
    return correlation(ranks(x), ranks(y))


def ranks(x: Column) -> Column:
    """The rank of each value, from 1; ties at their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(x), np.float64)


def correlation(x: Column, y: Column) -> float:
    """Pearson's; 0 where either is the same in all futures."""
    if float(np.ptp(x)) == 0.0 or float(np.ptp(y)) == 0.0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def beyond_chance(n: int, many: int) -> float:
    """The correlation that none of `many` unrelated inputs reaches over `n` futures, with 95% odds (Bonferroni)."""
    return normal_quantile(ALPHA / max(1, many)) / float(np.sqrt(max(1, n - 1)))


def aleatory_share(one: Column, other: Column) -> Interval | None:
    """The share of the variance that luck makes, from two futures of each set of inputs under another luck each.

    One less the correlation between the two (the intraclass correlation); what luck takes the correlation below zero
    counts as zero. None if there is no variance. Its 95% interval is the hull of two: a bootstrap's, right whatever the
    distribution but blind to what so few futures have not shown, and Fisher's, right where the two hardly correlate.
    """
    both = np.concatenate([one, other])
    if not varies(both):
        return None
    middle = float(both.mean())
    value, low, high = bootstrapped(np.column_stack([one - middle, other - middle]), _apart)
    away = normal_quantile(ALPHA) / np.sqrt(max(1, len(one) - 3))
    fisher = 1.0 - np.tanh(np.arctanh(np.clip(1.0 - value, -0.999999, 0.999999)) + away * np.array([1.0, -1.0]))
    ends = value, min(low, float(fisher[0])), max(high, float(fisher[1]))
    return Interval(*(float(np.clip(end, 0.0, 1.0)) for end in ends))


def _apart(sums: Cube) -> Column:
    """One less the correlation of pairs, from sums over them: number, both, both squared, difference squared."""
    n = 2.0 * sums[:, 0]
    variance = sums[:, 2] / n - (sums[:, 1] / n) ** 2
    return np.divide(sums[:, 3] / n, variance, out=np.ones(len(n)), where=variance > 0.0)


def event_total(without: Column, happens: Column, happens_otherwise: Column, odds: Column) -> float | None:
    """The share of the variance that a risk event makes by occurring and by its size, together.

    From the same futures without it, with it, and with it in another size; `odds` in each future. By Jansen's form:
    half of the mean square difference to a future in which occurrence and size are drawn anew. None if there is no
    variance.
    """
    if not varies(np.concatenate([without[odds < 1.0], happens[odds > 0.0]])):
        return None
    occurs_once = 2.0 * odds * (1.0 - odds) * (happens - without) ** 2
    occurs_twice = odds**2 * (happens - happens_otherwise) ** 2
    moved = 0.5 * float(np.mean(occurs_once + occurs_twice))
    mean = odds * happens + (1.0 - odds) * without
    square = odds * happens**2 + (1.0 - odds) * without**2
    total = float(np.mean(square) - np.mean(mean) ** 2)
    return moved / total if total > 0.0 else None
