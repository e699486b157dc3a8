"""PRIM: boxes in the space of assumptions in which the futures of interest crowd together.

Friedman and Fisher (1999), Bump hunting in high-dimensional data: from the whole space, peel the slice of one input, at
its low or its high end, whose loss raises the density most for its size; go on while enough futures are left; then
paste back what peeling took too much of. Coverage is the share of all futures of interest that a box holds, density the
share of its futures that are of interest. Quasi-p-values (Bryant and Lempert 2010): the probability that the box
without one of its limits would give such a density by chance; a limit with a large one is dropped. Every box of peeling
is pruned before those with many limits are set aside: most limits of a long peeling are noise. What a box holds is
counted among futures that took no part in the search, which must also confirm each of its limits.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.measures.intervals import probabilities_of_at_least, probability_of_at_least

Cube = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PEEL = 0.05
"""Share of a box's futures that one step takes away."""

LEAST_MASS = 0.05
"""Share of all futures that a box holds at least."""

MOST_LIMITS = 5
"""Limits beyond which a box is no longer described in a sentence."""

HALF = 2500
"""Futures of a random half at most: enough to see whether a limit comes again, and quick."""

HALVES = 20
"""Random halves in which a limit may come again."""

MAYBE = 0.001
"""Quasi-p-value above which a limit is dropped where it was looked for; peeling chose it, so others decide."""

DROP = 0.05
"""Probability that any limit is kept where there is nothing, shared out among those that other futures must confirm."""

BOXES = 2
"""Boxes that are looked for."""


@dataclass(frozen=True, slots=True)
class Box:
    """Limits of each input (infinite where there is none), and how well they single out what is of interest."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    coverage: float
    density: float
    mass: float

    @property
    def limited(self) -> tuple[int, ...]:
        """The inputs with a limit."""
        ends = zip(self.low, self.high, strict=True)
        return tuple(i for i, (low, high) in enumerate(ends) if math.isfinite(low) or math.isfinite(high))

    @property
    def score(self) -> float:
        """The harmonic mean of coverage and density."""
        return 2.0 * self.coverage * self.density / max(self.coverage + self.density, 1e-12)

    def holds(self, x: Cube) -> Flags:
        """Which rows lie in the box, its limits included."""
        columns = list(self.limited)
        low, high = np.array(self.low)[columns], np.array(self.high)[columns]
        inside: Flags = np.all((x[:, columns] >= low) & (x[:, columns] <= high), axis=1)
        return inside

    def among(self, coverage: float, mass: float) -> "Box":
        """The box of a part of the futures, which holds these shares of all of interest and of all, as one of all."""
        return replace(self, coverage=self.coverage * coverage, mass=self.mass * mass)


@dataclass(frozen=True, slots=True)
class Peeled:
    """A box, and those among which it was found: the whole space first, then one after each step of peeling."""

    box: Box
    steps: tuple[Box, ...]


def trajectory(x: Cube, y: Flags) -> list[Box]:
    """Boxes from the whole space to the smallest, in order of peeling."""
    low, high = np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)
    inside = np.ones(len(x), np.bool_)
    boxes = [_box(low, high, inside, y)]
    while (best := _best_peel(x, y, inside)) is not None:
        column, side, limit, inside = best
        (low if side == 0 else high)[column] = limit
        boxes.append(_box(low, high, inside, y))
    return boxes


def _best_peel(x: Cube, y: Flags, inside: Flags) -> tuple[int, int, float, Flags] | None:
    """The step that gains most density for each future lost, of equals the first: input, side, limit, what is left."""
    rows = np.flatnonzero(inside)
    values, here = x[rows], y[rows]
    low, high = np.quantile(values, [PEEL, 1.0 - PEEL], axis=0, method="nearest")
    kept = np.stack([values > low, values < high])
    left = kept.sum(axis=1)
    possible = (left >= LEAST_MASS * len(x)) & (left < len(rows))
    if not possible.any():
        return None
    density = kept[:, here].sum(axis=1) / np.maximum(left, 1)
    gain = np.where(possible, (density - here.mean()) / np.maximum(len(rows) - left, 1), -np.inf)
    column, side = divmod(int(np.argmax(gain.T)), 2)
    stay = kept[side, :, column]
    whole = np.zeros(len(x), np.bool_)
    whole[rows[stay]] = True
    ends = values[stay, column].min() if side == 0 else values[stay, column].max()
    return column, side, float(ends), whole


def _box(low: Cube, high: Cube, inside: Flags, y: Flags) -> Box:
    of_interest = int(y[inside].sum())
    return Box(
        tuple(low.tolist()),
        tuple(high.tolist()),
        of_interest / max(1, int(y.sum())),
        of_interest / max(1, int(inside.sum())),
        float(inside.mean()),
    )


def limited_to(box: Box, columns: Sequence[int], x: Cube, y: Flags) -> Box:
    """The box with the limits of these inputs only."""
    low, high = np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)
    for column in columns:
        low[column], high[column] = box.low[column], box.high[column]
    bare = Box(tuple(low.tolist()), tuple(high.tolist()), 0.0, 0.0, 0.0)
    return _box(low, high, bare.holds(x), y)


def quasi_p(box: Box, column: int, x: Cube, y: Flags) -> float:
    """Probability that the box without this limit would give so many of interest among so many futures by chance."""
    wider = limited_to(box, [other for other in box.limited if other != column], x, y)
    inside = box.holds(x)
    return probability_of_at_least(int(y[inside].sum()), int(inside.sum()), wider.density)


def pruned(box: Box, x: Cube, y: Flags, keep: float) -> Box:
    """The box without the limits whose quasi-p-value is above `keep`, the worst dropped first."""
    columns = np.array(box.limited, np.int64)
    beyond = ((x[:, columns] < np.array(box.low)[columns]) | (x[:, columns] > np.array(box.high)[columns])).T
    passed = beyond.sum(axis=0)  # how many limits a future is beyond, and the sum of their numbers
    total = np.arange(len(columns)) @ beyond
    left = list(range(len(columns)))
    while left:
        inside, next_to = passed == 0, passed == 1  # next to the box: in it but for one limit, whose number is `total`
        n, hits = int(inside.sum()), int((inside & y).sum())
        wider = n + np.bincount(total[next_to], minlength=len(columns))
        hits_there = hits + np.bincount(total[next_to & y], minlength=len(columns))
        chances = probabilities_of_at_least(hits, n, hits_there[left] / np.maximum(1, wider[left]))
        if chances.max() <= keep:
            break
        worst = left.pop(int(np.argmax(chances)))
        passed -= beyond[worst]
        total -= worst * beyond[worst]
    return limited_to(box, columns[left].tolist(), x, y)


def pasted(box: Box, x: Cube, y: Flags) -> Box:
    """The box after limits are moved outward as long as density does not fall."""
    moved = True
    while moved:
        moved = False
        for column in box.limited:
            for wider in _wider(box, column, x, y):
                if wider.mass > box.mass and wider.density >= box.density:
                    box, moved = wider, True
    return box


def _wider(box: Box, column: int, x: Cube, y: Flags) -> Iterator[Box]:
    """The box with one limit moved outward by a step of pasting."""
    others = limited_to(box, [other for other in box.limited if other != column], x, y).holds(x)
    values = np.sort(x[others, column])
    step = max(1, int(PEEL * box.mass * len(x)))
    for side in (0, 1):
        end = box.low[column] if side == 0 else box.high[column]
        if not np.isfinite(end):
            continue
        at = int(np.searchsorted(values, end, side="left" if side == 0 else "right"))
        place = at - step if side == 0 else at - 1 + step
        limit = float(values[place]) if 0 <= place < len(values) else (-np.inf if side == 0 else np.inf)
        low, high = np.array(box.low), np.array(box.high)
        (low if side == 0 else high)[column] = limit
        bare = Box(tuple(low.tolist()), tuple(high.tolist()), 0.0, 0.0, 0.0)
        yield _box(low, high, bare.holds(x), y)


def best_box(x: Cube, y: Flags) -> Peeled:
    """The box with the best score among those that have few limits once pruned; pasted.

    They are those of the trajectory, and the best with one limit: peeling by small slices passes by a limit that shows
    over a long way only.
    """
    steps = trajectory(x, y)
    tried = (pruned(step, x, y, MAYBE) for step in (*steps, one_limit(x, y)))
    few = [box for box in tried if 0 < len(box.limited) <= MOST_LIMITS]
    box = max(few, key=lambda each: (each.score, -len(each.limited)), default=steps[0])
    return Peeled(pasted(box, x, y), tuple(steps))


def one_limit(x: Cube, y: Flags) -> Box:
    """The box with one limit that holds most more of interest than its size gives, in standard deviations."""
    n, density = len(x), float(y.mean())
    cuts = np.unique(np.round(n * np.arange(PEEL, 1.0 - PEEL / 2.0, PEEL)).astype(np.int64))
    order = np.argsort(x, axis=0, kind="stable")
    below = np.cumsum(y[order], axis=0)[cuts - 1]
    apart = (below - cuts[:, None] * density) / np.sqrt(cuts * (1.0 - cuts / n))[:, None]
    cut, column = np.unravel_index(int(np.argmax(np.abs(apart))), apart.shape)
    low, high = np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)
    if apart[cut, column] > 0.0:
        high[column] = x[order[cuts[cut] - 1, column], column]
    else:
        low[column] = x[order[cuts[cut], column], column]
    bare = Box(tuple(low.tolist()), tuple(high.tolist()), 0.0, 0.0, 0.0)
    return _box(low, high, bare.holds(x), y)


def confirmed(box: Box, x: Cube, y: Flags) -> Box:
    """The box by futures among which it was not looked for, with the limits that they confirm too."""
    return pruned(box, x, y, DROP / (BOXES * max(1, len(box.limited))))


def boxes(x: Cube, y: Flags, most: int = BOXES) -> list[Peeled]:
    """One box after the other, each for what the earlier ones leave; coverage is of all that is of interest."""
    peeleds: list[Peeled] = []
    left = np.ones(len(x), np.bool_)
    for _ in range(most):
        if y[left].sum() < max(10, LEAST_MASS * y.sum()) or left.sum() < 100:
            break
        peeled = best_box(x[left], y[left])
        box = peeled.box
        if not box.limited or box.density <= y.mean():
            break
        of_all = float(y[left].sum()) / float(y.sum()), float(left.mean())
        peeleds.append(Peeled(box.among(*of_all), tuple(step.among(*of_all) for step in peeled.steps)))
        left &= ~box.holds(x)
    return peeleds


def recurrence(x: Cube, y: Flags) -> npt.NDArray[np.float64]:
    """How often each input has a limit in the best box of a random half of the futures."""
    random = np.random.default_rng(len(x))
    count = np.zeros(x.shape[1])
    for _ in range(HALVES):
        half = np.sort(random.permutation(len(x))[: min(HALF, len(x) // 2)])
        if y[half].any() and not y[half].all():
            count[list(best_box(x[half], y[half]).box.limited)] += 1.0
    return count / HALVES
