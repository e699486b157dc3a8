"""The causal split: how much of a shortfall each group of causes explains, when the same futures run without it.

Six groups are removed in every combination, 64 runs of the same futures with the same luck, in which the planner plans
anew. The share of a group is its Shapley value: what its removal gives back, averaged over all orders in which the six
can be removed. What is left when all are removed is structural: lead times, errors of forecast, ambition. Shares and
the structural rest add up to the shortfall exactly, in each future and in the mean: all are whole multiples of a small
power of two. A share may be negative, where removing one cause lets another use of the lab take what was spared.

No run is skipped. That a group moves nothing when it is removed alone does not show that it moves nothing beside
others: of two causes that stand behind each other neither does.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study.intervals import error_of_mean
from sim.study.measures import Measure, measure, values
from sim.study.words import number, points, unit_text
from sim.world.constraints import CONSTRAINTS

GRAIN = 2.0**-40
"""Shortfalls are counted in whole grains, so that their parts add up to the last bit."""

QUESTIONS = ("train_short", "unserved", "next_delay", "second_delay")
"""Measures that are split: two shortfalls, as shares of what is wanted, and the delays of two flagships, in months."""

SMALL = 1e-6
"""A part of a shortfall, or of a month, that is too small to be the largest cause of anything."""

Grains = npt.NDArray[np.int64]
Parts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """One group's share of a shortfall.

    `value`: in the unit of the measure; `error`: half of its 95% interval, from the spread over futures; infinite for
    one.
    `share`: of the whole shortfall. `largest`: odds that no other group has a larger part in a future.
    """

    group: str
    value: float
    error: float
    share: float
    largest: float

    @property
    def words(self) -> str:
        """The group as people call it."""
        return CONSTRAINTS[self.group].words

    def as_json(self) -> dict[str, object]:
        """For result files; keys always in this order."""
        return {
            "group": self.group,
            "words": self.words,
            "value": self.value,
            "monte_carlo_error": self.error if math.isfinite(self.error) else None,
            "share": self.share,
            "odds_largest": self.largest,
        }


@dataclass(frozen=True, slots=True)
class Split:
    """One shortfall, taken apart. Parts come largest first; with `structural` they add up to `whole` exactly."""

    measure: Measure
    futures: int
    whole: float
    parts: tuple[Part, ...]
    structural: float
    nobody: float
    """Odds that no group has a part worth naming in a future."""

    @property
    def first(self) -> Part:
        """The largest cause."""
        return self.parts[0]

    def part(self, group: str) -> Part:
        """The part of a group."""
        return next(part for part in self.parts if part.group == group)

    def as_json(self) -> dict[str, object]:
        """For result files; keys always in this order."""
        return {
            "measure": self.measure.name,
            "unit": self.measure.unit,
            "futures": self.futures,
            "shortfall": self.whole,
            "parts": [part.as_json() for part in self.parts],
            "structural": self.structural,
            "odds_of_no_cause": self.nobody,
        }


def coalitions() -> list[tuple[str, ...]]:
    """The groups removed in each of the 64 runs: in run `k` those whose bit is set in `k`."""
    names = list(CONSTRAINTS)
    return [tuple(name for bit, name in enumerate(names) if k >> bit & 1) for k in range(1 << len(names))]


def splits(runs: list[pd.DataFrame]) -> tuple[Split, ...]:
    """Each question taken apart. `runs` are the outcomes of the same futures under each of `coalitions`, in order."""
    return tuple(split(measure(name), np.array([values(measure(name), run) for run in runs])) for name in QUESTIONS)


def split(asked: Measure, shortfall: Parts) -> Split:
    """One shortfall, of shape (coalitions, futures), taken apart."""
    within = shapley(shortfall)
    whole = shapley(shortfall.mean(axis=1, keepdims=True))[:, 0]
    total = float(whole.sum())
    largest, nobody = _largest(within[:-1])
    parts = [
        Part(
            name,
            float(whole[g]),
            error_of_mean(within[g]),
            float(whole[g]) / total if total else 0.0,
            float(largest[g]),
        )
        for g, name in enumerate(CONSTRAINTS)
    ]
    ordered = tuple(sorted(parts, key=lambda part: -part.value))
    return Split(asked, within.shape[1], total, ordered, float(whole[-1]), nobody)


def shapley(shortfall: Parts) -> Parts:
    """Each player's share of what the removal of all gives back, and what is left then as the last row.

    `shortfall` has shape (2**players, futures): row `k` is what is left when the players whose bits are set in `k` are
    removed. The result has shape (players + 1, futures), whole multiples of GRAIN; a column adds up to its first row.
    """
    grains = np.rint(shortfall / GRAIN).astype(np.int64)
    players = len(grains).bit_length() - 1
    weighed = np.zeros((players, grains.shape[1]), np.int64)
    for k in range(len(grains)):
        removed = k.bit_count()
        for player in range(players):
            if not k >> player & 1:
                weight = math.factorial(removed) * math.factorial(players - removed - 1)
                weighed[player] += weight * (grains[k] - grains[k | 1 << player])
    shares = _apportioned(weighed, math.factorial(players))
    return np.vstack([shares, grains[-1:]]) * GRAIN


def _apportioned(weighed: Grains, whole: int) -> Grains:
    """`weighed / whole` in whole numbers with the same sum: by largest remainder, ties by order."""
    floors, remainders = np.divmod(weighed, whole)
    missing = remainders.sum(axis=0) // whole
    order = np.argsort(-remainders, axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    apportioned: Grains = floors + (rank < missing)
    return apportioned


def _largest(parts: Parts) -> tuple[Parts, float]:
    """Odds that each group has the largest part, ties divided; and the odds that none has one worth naming."""
    top = parts.max(axis=0, keepdims=True)
    first = (parts >= top - SMALL) & (top > SMALL)
    of = first.sum(axis=0)
    odds = np.divide(first, of, out=np.zeros(first.shape), where=of > 0).mean(axis=1)
    return odds, float((of == 0).mean())


def amount(found: Split, value: float) -> str:
    """A part as it is printed: `12 points` of a share, or `2.1 months`."""
    if found.measure.unit == "share":
        return points(value)
    return number(value, found.measure.unit) + unit_text(found.measure.unit)
