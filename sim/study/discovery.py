"""Scenario discovery: under which assumptions a target is missed, told in words, and what would show it early.

Boxes by PRIM, a classification tree as a second opinion, and signposts: which number of the monthly books separates
the futures that will miss the target from the others, how well, and from which month on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.study import prim
from sim.study.prim import Box, Cube, Flags

Months = npt.NDArray[np.float64]

DEPTH = 3
"""Questions that the tree asks of a future."""

CLEAR = 0.75
"""Odds, of a miss and a hit taken at random, that the signpost orders them rightly (the area under its curve)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A box with what stands behind each of its limits: quasi-p-value, and how often a half of the futures finds it.

    `steps`: the boxes of peeling, among which it was found; pasting may have moved it off them.
    """

    box: Box
    names: tuple[str, ...]
    quasi_p: tuple[float, ...]
    recurrence: tuple[float, ...]
    steps: tuple[Box, ...]

    def as_json(self) -> dict[str, object]:
        """For `discovery.json`; keys always in this order, infinite limits left out."""
        limits = []
        for name, column, p, again in zip(self.names, self.box.limited, self.quasi_p, self.recurrence, strict=True):
            ends = {"low": self.box.low[column], "high": self.box.high[column]}
            kept = {key: value for key, value in ends.items() if np.isfinite(value)}
            limits.append({"input": name, **kept, "quasi_p": p, "found_in_halves": again})
        shares = {"coverage": self.box.coverage, "density": self.box.density, "mass": self.box.mass}
        steps = [{"coverage": s.coverage, "density": s.density, "limits": len(s.limited)} for s in self.steps]
        return {**shares, "limits": limits, "peeling": steps}


@dataclass(frozen=True, slots=True)
class Split:
    """One question of the tree, from the root: which input, and at which value."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Signpost:
    """A monthly number that tells early: below (or above) `at` in `month`, so many of the misses and false alarms."""

    series: str
    month: str
    below: bool
    at: float
    area: float
    caught: float
    false_alarms: float

    def as_json(self) -> dict[str, object]:
        """For `discovery.json`; keys always in this order."""
        keys = ("series", "month", "below", "at", "area", "caught", "false_alarms")
        return {key: getattr(self, key) for key in keys}


def discover(names: Sequence[str], x: Cube, missed: Flags) -> list[Told]:
    """Boxes in which the target is missed; the same whatever the order of rows. None if all or none are missed."""
    if missed.all() or not missed.any():
        return []
    order = np.lexsort(np.column_stack([x, missed]).T[::-1])
    x, missed = x[order], missed[order]
    again = prim.recurrence(x, missed)
    return [
        Told(
            peeled.box,
            tuple(names[column] for column in peeled.box.limited),
            tuple(prim.quasi_p(peeled.box, column, x, missed) for column in peeled.box.limited),
            tuple(float(again[column]) for column in peeled.box.limited),
            peeled.steps,
        )
        for peeled in prim.boxes(x, missed)
    ]


def tree(names: Sequence[str], x: Cube, missed: Flags) -> list[Split]:
    """The questions of a classification tree (CART), the root first, then the level below it."""
    from sklearn.tree import DecisionTreeClassifier  # a second to import

    order = np.lexsort(np.column_stack([x, missed]).T[::-1])
    grown: Any = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=0.05, class_weight="balanced", random_state=0)
    found = grown.fit(x[order], missed[order]).tree_
    splits, level = [], [0]
    while level:
        splits += [
            Split(names[found.feature[node]], float(found.threshold[node]))
            for node in level
            if found.feature[node] >= 0
        ]
        level = [
            child for node in level for child in (found.children_left[node], found.children_right[node]) if child >= 0
        ]
    return splits


def signposts(
    blocks: Sequence[Months], names: Sequence[str], months: Sequence[str], missed: Flags, most: int = 6
) -> list[Signpost]:
    """For each number of the books the first month in which it is clear, the earliest first.

    `blocks`, one after the other, have shape (futures, months, names). A number that never becomes clear is left out.
    """
    series = np.concatenate(blocks)
    if missed.all() or not missed.any():
        return []
    found = []
    for column, name in enumerate(names):
        for month, day in enumerate(months):
            post = _signpost(series[:, month, column], name, day, missed)
            if post.area >= CLEAR:
                found.append(post)
                break
    return sorted(found, key=lambda post: (post.month, -post.area, post.series))[:most]


def _signpost(values: npt.NDArray[np.float64], name: str, month: str, missed: Flags) -> Signpost:
    """How well one number in one month tells (Mann and Whitney), and at which value (Youden's index)."""
    from scipy.stats import rankdata

    ranks = rankdata(values)
    m, n = int(missed.sum()), int((~missed).sum())
    area = (float(ranks[missed].sum()) - m * (m + 1) / 2.0) / (m * n)
    below = area < 0.5
    order = np.argsort(values if below else -values, kind="stable")
    caught, alarms = np.cumsum(missed[order]) / m, np.cumsum(~missed[order]) / n
    ends = np.append(values[order][1:] != values[order][:-1], True)  # equal values fall on one side together
    best = int(np.argmax(np.where(ends, caught - alarms, -1.0)))
    at = float(values[order][best])
    return Signpost(name, month, below, at, 1.0 - area if below else area, float(caught[best]), float(alarms[best]))
