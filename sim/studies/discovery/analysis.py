"""Scenario discovery: under which assumptions a target is missed, in words, and what would show it early.

Boxes by PRIM, a classification tree as a second opinion, and signposts: which number of the monthly books separates
the futures that will miss the target from the others, how well, and from which month on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.language.documents import Document
from sim.measures.correlation import ranks
from sim.measures.intervals import ALPHA, normal_quantile
from sim.studies.discovery import prim
from sim.studies.discovery.prim import Box, Cube, Flags

Months = npt.NDArray[np.float64]

FIFTH = 0.2
"""Part of all futures in which `lift_shown` supposes that misses crowd."""

DEPTH = 3
"""Questions that the tree asks of a future."""

CUTS = 20
"""Values of an input among which the tree is thought to choose: no leaf holds less than a twentieth of the futures."""

FEWEST_OF_A_KIND = 30
"""Misses, and hits, below which no tree is grown."""

CLEAR = 0.75
"""Probability of a miss and a hit taken at random, that the signpost orders them rightly (the area under its curve)."""


@dataclass(frozen=True, slots=True)
class DescribedBox(Document):
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
class Split(Document, keys="input=name at"):
    """One question of the tree, from the root: which input, and at which value."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Signpost(Document):
    """A monthly number that tells early: below (or above) `at` in `month`, so many of the misses and false alarms."""

    series: str
    month: str
    below: bool
    at: float
    area: float
    caught: float
    false_alarms: float


def discover(names: Sequence[str], x: Cube, missed: Flags) -> list[DescribedBox]:
    """Boxes in which the target is missed; the same whatever the order of rows. None if all or none are missed.

    Looked for in one half of the futures; coverage, density and quasi-p-values are those of the other.
    """
    if missed.all() or not missed.any():
        return []
    order = np.lexsort(np.column_stack([x, missed]).T[::-1])
    x, missed = x[order], missed[order]
    others, hits = x[1::2], missed[1::2]
    peeleds = prim.boxes(x[::2], missed[::2])
    again = prim.recurrence(x, missed) if peeleds else np.zeros(len(names))
    boxes, left = [], np.ones(len(others), np.bool_)
    for peeled in peeleds:
        box = prim.confirmed(peeled.box, others[left], hits[left])
        if not box.limited or box.density <= hits.mean():
            continue
        boxes.append(
            DescribedBox(
                box.among(float(hits[left].sum()) / float(hits.sum()), float(left.mean())),
                tuple(names[column] for column in box.limited),
                tuple(prim.quasi_p(box, column, others[left], hits[left]) for column in box.limited),
                tuple(float(again[column]) for column in box.limited),
                peeled.steps,
            )
        )
        left &= ~box.holds(others)
    return boxes


def lift_shown(futures: int, missed: float) -> float:
    """How many times as often the target must be missed in a fifth of the futures for `discover` to find that.

    By the normal form of the test that a limit must pass in the half in which it is looked for.
    """
    inside = 0.5 * FIFTH * futures
    away = normal_quantile(2.0 * prim.MAYBE) * math.sqrt((1.0 - missed) / (missed * inside))
    return min(1.0 + away, 1.0 / missed)


def tree(names: Sequence[str], x: Cube, missed: Flags) -> list[Split]:
    """The questions of a classification tree (CART), the root first, then the level below it; none that chance asks.

    With balanced classes of m misses and n hits, a split that parts their shares by z standard deviations lowers Gini's
    impurity by z^2 (1/m + 1/n) / 8; z is that of the best of all inputs and cuts.
    """
    from sklearn.tree import DecisionTreeClassifier  # a second to import

    m, n = int(missed.sum()), int((~missed).sum())
    if min(m, n) < FEWEST_OF_A_KIND:
        return []
    order = np.lexsort(np.column_stack([x, missed]).T[::-1])
    chance = normal_quantile(ALPHA / (CUTS * len(names))) ** 2 * (1.0 / m + 1.0 / n) / 8.0
    grown: Any = DecisionTreeClassifier(
        max_depth=DEPTH,
        min_samples_leaf=1.0 / CUTS,
        min_impurity_decrease=chance,
        class_weight="balanced",
        random_state=0,
    )
    nodes = grown.fit(x[order], missed[order]).tree_
    splits, level = [], [0]
    while level:
        splits += [
            Split(names[nodes.feature[node]], float(nodes.threshold[node]))
            for node in level
            if nodes.feature[node] >= 0
        ]
        level = [
            child for node in level for child in (nodes.children_left[node], nodes.children_right[node]) if child >= 0
        ]
    return splits


def signposts(
    blocks: Sequence[Months], names: Sequence[str], months: Sequence[str], missed: Flags, most: int = 6
) -> list[Signpost]:
    """For each number of the books the first month in which it is clear, the earliest first.

    `blocks`, one after the other, have shape (futures, months, names). A number that never becomes clear is left out,
    and so is one of which chance would show as much in some number and some month.
    """
    series = np.concatenate(blocks)
    if missed.all() or not missed.any():
        return []
    m, n = int(missed.sum()), int((~missed).sum())
    chance = normal_quantile(ALPHA / (len(names) * len(months))) * math.sqrt((m + n + 1) / (12.0 * m * n))
    signposts = []
    for column, name in enumerate(names):
        for month, day in enumerate(months):
            post = _signpost(series[:, month, column], name, day, missed)
            if post.area >= max(CLEAR, 0.5 + chance):
                signposts.append(post)
                break
    return sorted(signposts, key=lambda post: (post.month, -post.area, post.series))[:most]


def _signpost(values: npt.NDArray[np.float64], name: str, month: str, missed: Flags) -> Signpost:
    """How well one number in one month tells (Mann and Whitney), and at which value (Youden's index)."""
    ranked = ranks(values)
    m, n = int(missed.sum()), int((~missed).sum())
    area = (float(ranked[missed].sum()) - m * (m + 1) / 2.0) / (m * n)
    below = area < 0.5
    order = np.argsort(values if below else -values, kind="stable")
    caught, alarms = np.cumsum(missed[order]) / m, np.cumsum(~missed[order]) / n
    ends = np.append(values[order][1:] != values[order][:-1], True)  # equal values fall on one side together
    best = int(np.argmax(np.where(ends, caught - alarms, -1.0)))
    at = float(values[order][best])
    return Signpost(name, month, below, at, 1.0 - area if below else area, float(caught[best]), float(alarms[best]))
