"""What comes back: the same futures without each of the 64 sets of constraints, and what may be said of them.

A set is removed by the dials of its constraints; the planner plans anew, luck stays. The gain of a set is the mean over
futures of what it gives back. The answer is the smallest size of set that gives nearly all that the removal of all six
gives; of all sets of that size, those stay candidates that the best one does not beat beyond doubt. All sets are
compared, no greedy path, so every superlative holds for everything that could have been said.

Errors are halves of 95% intervals, of paired differences over futures. Where one set is said to be the best, its lead
over every rival is tested at once (Bonferroni).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import pairwise
from operator import or_
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.language.documents import Document
from sim.measures.intervals import ALPHA, error_of_mean, widening
from sim.measures.measures import measure as measure_of
from sim.measures.measures import reached, values
from sim.measures.paired import THRESHOLDS
from sim.measures.restricted_means import CUT
from sim.world.shortfall.constraints import CONSTRAINTS

NAMES = tuple(CONSTRAINTS)
SETS = 1 << len(NAMES)
"""Set `k` removes the constraints whose bits are set in `k`; set 0 is the scenario as it is."""
ALL = SETS - 1
SINGLES = (0, *(1 << bit for bit in range(len(NAMES))))
"""The set that removes nothing, and those that remove one constraint."""

NEARLY_ALL = 0.9
"""Of all that can come back: enough for an answer."""
COUNTING_GAIN = THRESHOLDS["share"]
"""Share of what is wanted from which on a gain, or a future that is worse, is worth naming; of delays it is a month."""
NOTABLE_PART = 0.5
"""Part of what counts: two gains closer than this are too close to call."""
NOTICEABLE_PART = 0.1
"""Part of a shortfall from which on a constraint cannot be replaced, or two are joint."""

DELAYS = ("next_delay", "second_delay")

SHORTFALLS = {"train": "train_short", "serve": "unserved"}
"""The measure in which each use is short."""

TABLED = ("train_short", "unserved", "tokens_served", "next_delay", "second_delay", "train_from", "serve_from")
"""Columns of a table of removals; the last two say from which day on each use is short (`short_from`), in the set that
removes nothing. Of the other sets nobody asks that, nor how much later than CUT a flagship comes: they are not
simulated so far."""

Rows = npt.NDArray[np.float64]
"""One column of a table of removals, shape (sets, futures)."""


@dataclass(frozen=True, slots=True)
class Amount(Document, keys="mean simulation_error=error"):
    """A mean over futures, and half of its 95% interval; infinite for one future."""

    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class Removal(Document, keys="removed *gain"):
    """What a set of removed constraints gives back."""

    removed: tuple[str, ...]
    gain: Amount


@dataclass(frozen=True, slots=True)
class Kept(Document):
    """The most that comes back while one constraint stays; `lost` is what its removal would add to that.

    `irreplaceable`: whether that is more than a tenth of the shortfall, beyond doubt.
    """

    best: Removal
    lost: Amount
    irreplaceable: bool


@dataclass(frozen=True, eq=False)
class Gains:
    """One shortfall under all sets, and what each gives back. Less is better.

    `column` has shape (SETS, futures), in the unit of `measure`.
    """

    measure: str
    column: Rows

    @property
    def futures(self) -> int:
        """Futures of each set."""
        return int(self.column.shape[1])

    @property
    def counts(self) -> float:
        """The gain that is worth naming: a point, or a month."""
        return THRESHOLDS[measure_of(self.measure).unit]

    @cached_property
    def whole(self) -> Amount:
        """The shortfall as it is."""
        return amount(self.column[0])

    @cached_property
    def gains(self) -> Rows:
        """Mean gain of each set; shape (SETS,)."""
        gains: Rows = self.column[0].mean() - self.column.mean(axis=1)
        return gains

    def gain(self, removed: int, over: int = 0) -> Amount:
        """What a set gives back beyond set `over`."""
        return amount(self.column[over] - self.column[removed])

    def removal(self, removed: int) -> Removal:
        """A set with its gain."""
        return Removal(names_of(removed), self.gain(removed))

    @cached_property
    def best(self) -> tuple[Removal, ...]:
        """The best of all sets of at most 1, 2, ... 6 constraints."""
        return tuple(self.removal(each) for each in self._best)

    @cached_property
    def alone(self) -> dict[str, Amount]:
        """What the removal of each constraint alone gives back."""
        return {name: self.gain(1 << bit) for bit, name in enumerate(NAMES)}

    @cached_property
    def last(self) -> dict[str, Amount]:
        """What the removal of each gives back when the five others are removed already."""
        return {name: self.gain(ALL, over=ALL ^ 1 << bit) for bit, name in enumerate(NAMES)}

    @cached_property
    def allotted(self) -> dict[str, Amount]:
        """The Shapley share of each: its gain averaged over all orders of removal. With what stays they add up."""
        amounts = {}
        for bit, name in enumerate(NAMES):
            share = np.zeros(self.futures)
            for each in range(SETS):
                if not each >> bit & 1:
                    weight = 1.0 / (len(NAMES) * math.comb(len(NAMES) - 1, each.bit_count()))
                    share += weight * (self.column[each] - self.column[each | 1 << bit])
            amounts[name] = amount(share)
        return amounts

    @cached_property
    def best_alone_in(self) -> dict[str, float]:
        """Share of futures in which the removal of each alone gives most, where any gives what counts."""
        singles = np.array([self.column[0] - self.column[1 << bit] for bit in range(len(NAMES))])
        first, most = singles.argmax(axis=0), singles.max(axis=0)
        return {name: float(((first == bit) & (most > self.counts)).mean()) for bit, name in enumerate(NAMES)}

    @property
    def steps(self) -> tuple[float, ...]:
        """What comes back with one constraint, with the second, with all, and what stays; they add up to the whole."""
        one, two, every = (float(self.gains[self._best[place]]) for place in (0, 1, -1))
        return one, two - one, every - two, self.whole.mean - every

    @cached_property
    def _best(self) -> tuple[int, ...]:
        return tuple(
            self._most(each for each in range(1, SETS) if each.bit_count() <= size) for size in range(1, len(NAMES) + 1)
        )

    def _most(self, sets: Iterable[int]) -> int:
        """The set that gives back most; of equals the smallest."""
        return min(sets, key=lambda each: (-self.gains[each], each.bit_count()))


@dataclass(frozen=True, eq=False)
class Removals(
    Gains,
    Document,
    keys="measure futures horizon missing=whole pattern *found single_candidates=singles alone last "
    "allotted best_of_at_most=best while_it_stays=kept best_alone_in sets",
):
    """What may be said of one shortfall under all sets: which of them is the answer, and how sure that is."""

    alpha: float = ALPHA
    """Probability with which one of the sets that are ruled out is the best in truth."""

    @cached_property
    def kept(self) -> dict[str, Kept]:
        """The most that comes back while each constraint stays."""
        kept = {}
        for bit, name in enumerate(NAMES):
            best = self._most(each for each in range(SETS) if not each >> bit & 1)
            lost = self.gain(self._best[-1], over=best)
            irreplaceable = lost.mean > NOTICEABLE_PART * self.whole.mean and self._beyond(lost, 1)
            kept[name] = Kept(self.removal(best), lost, irreplaceable)
        return kept

    def acts(self, name: str) -> bool:
        """Whether a removal changes anything, alone or after all others: where no foundry works, wafers cannot lack."""
        return bool(self.alone[name].mean or self.last[name].mean)

    @property
    def nothing(self) -> bool:
        """Whether the removal of all six gives back less than counts."""
        return bool(self.gains[self._best[-1]] < self.counts)

    @cached_property
    def size(self) -> int:
        """Constraints that must go for nearly all to come back."""
        enough = NEARLY_ALL * self.gains[self._best[-1]]
        return next(size for size, each in enumerate(self._best, 1) if self.gains[each] >= enough)

    @cached_property
    def candidates(self) -> tuple[Removal, ...]:
        """The sets of that size that the best of them does not beat, the best first; of one, it is the answer."""
        return tuple(self.removal(each) for each in self._candidates(self.size))

    @cached_property
    def singles(self) -> tuple[Removal, ...]:
        """The single constraints among which the best one is."""
        return tuple(self.removal(each) for each in self._candidates(1))

    @cached_property
    def further(self) -> tuple[Removal, ...]:
        """Constraints that add something to the answer, one after the other; `gain` is what each adds."""
        ladder = [self._candidates(self.size)[0]]
        while ladder[-1] != ALL:
            now = ladder[-1]
            best = self._most(now | 1 << bit for bit in range(len(NAMES)) if not now >> bit & 1)
            more = self.gain(best, over=now)
            if more.mean < self.counts or not self._beyond(more, best.bit_count()):
                break
            ladder.append(best)
        return tuple(
            Removal(names_of(after ^ before), self.gain(after, over=before)) for before, after in pairwise(ladder)
        )

    @cached_property
    def pattern(self) -> str:
        """How the answer's constraints act: `single`, `interchangeable`, `joint`, `additive`; or `nothing`.

        Joint: together they give more than the sum of each alone, by a tenth of the shortfall and beyond doubt.
        Interchangeable: one is enough, there are several candidates, and all of them together add less than counts.
        """
        if self.nothing:
            return "nothing"
        chosen = self._candidates(self.size)
        if self.size == 1:
            together = self.gain(reduce(or_, chosen), over=chosen[0])
            return "interchangeable" if len(chosen) > 1 and together.mean < self.counts else "single"
        alone = sum(self.column[0] - self.column[1 << bit] for bit in _bits(chosen[0]))
        extra = amount(self.column[0] - self.column[chosen[0]] - alone)
        joint = extra.mean > NOTICEABLE_PART * self.whole.mean and self._beyond(extra, self.size)
        return "joint" if joint else "additive"

    @property
    def horizon(self) -> float | None:
        """Months up to which a delay counts."""
        return CUT if self.measure in DELAYS else None

    @property
    def found(self) -> dict[str, object]:
        """The answer: its size, its candidates, and what adds to it; none of them where nothing comes back."""
        if self.nothing:
            return {"size": 0, "candidates": [], "further": []}
        return {"size": self.size, "candidates": self.candidates, "further": self.further}

    @property
    def sets(self) -> tuple[Removal, ...]:
        """Every set of constraints."""
        return tuple(self.removal(each) for each in range(1, SETS))

    def _candidates(self, size: int) -> list[int]:
        sets = [each for each in range(1, SETS) if each.bit_count() == size]
        top = self._most(sets)
        left = (each for each in sets if each == top or not self._beats(top, each, size))
        return sorted(left, key=lambda each: -self.gains[each])

    def _beats(self, one: int, rival: int, size: int) -> bool:
        lead = self.gain(one, over=rival)
        return lead.mean > NOTABLE_PART * self.counts and self._beyond(lead, size)

    def _beyond(self, amount: Amount, size: int) -> bool:
        """Whether a gain is beyond doubt, one among all sets of a size."""
        rivals = max(math.comb(len(NAMES), size) - 1, 1)
        return amount.mean > NormalDist().inv_cdf(1.0 - self.alpha / rivals) * amount.error / _TWO_SIDED


_TWO_SIDED = NormalDist().inv_cdf(1.0 - ALPHA / 2.0)
"""Standard errors in a printed error."""


def amount(numbers: npt.NDArray[np.float64]) -> Amount:
    """The mean of a number of each future, with its error."""
    return Amount(float(numbers.mean()), error_of_mean(numbers))


def contenders(gains: Sequence[npt.NDArray[np.float64]]) -> list[int]:
    """Places of the gains, each over the same futures, that the largest does not beat beyond error; the best first."""
    order = sorted(range(len(gains)), key=lambda place: -gains[place].mean())
    far = widening(len(gains) - 1)
    leads = {place: amount(gains[order[0]] - gains[place]) for place in order}
    return [place for place in order if leads[place].mean <= far * leads[place].error]


def foremost(gains: Sequence[Mapping[str, npt.NDArray[np.float64]]]) -> list[frozenset[str]]:
    """For each gain, by measure, the measures in which no other gains more beyond error."""
    first = [set[str]() for _ in gains]
    for name in gains[0] if gains else ():
        for place in contenders([each[name] for each in gains]):
            first[place].add(name)
    return [frozenset(each) for each in first]


def names_of(removed: int) -> tuple[str, ...]:
    """The constraints that a set removes, in the order of the table."""
    return tuple(NAMES[bit] for bit in _bits(removed))


def _bits(removed: int) -> list[int]:
    return [bit for bit in range(len(NAMES)) if removed >> bit & 1]


def tabled(outcomes: pd.DataFrame) -> npt.NDArray[np.float64]:
    """What a table keeps of the outcomes of one set; shape (futures, TABLED). Delays without end are infinite."""
    numbers = np.empty((len(outcomes), len(TABLED)))
    for place, name in enumerate(TABLED):
        if name == "tokens_served":
            numbers[:, place] = outcomes[name]
            continue
        if name.endswith("_from"):
            numbers[:, place] = short_from(name.removesuffix("_from"), outcomes)
            continue
        measure = measure_of(name)
        numbers[:, place] = np.where(reached(measure, outcomes), values(measure, outcomes), np.inf)
    return numbers


def short_from(use: str, outcomes: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The day on which the first constraint begins to bind in each future; after the last day if none does."""
    begins: npt.NDArray[np.float64] = (
        outcomes[[f"{use}_when_{name}" for name in NAMES]].to_numpy(np.float64).min(axis=1)
    )
    return begins


def by_column(table: npt.NDArray[np.float64]) -> Mapping[str, Rows]:
    """The columns of a table of shape (sets, futures, TABLED), by name."""
    return {name: table[:, :, place] for place, name in enumerate(TABLED)}


def removals(table: npt.NDArray[np.float64], alpha: float = ALPHA) -> Mapping[str, Removals]:
    """What a table of shape (SETS, futures, TABLED) says of shortfalls and delays, by measure."""
    columns = by_column(table)
    short = {name: Removals(name, columns[name], alpha) for name in SHORTFALLS.values()}
    return short | {name: Removals(name, np.minimum(columns[name], CUT), alpha) for name in DELAYS}
