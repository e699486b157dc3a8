"""PRIM: boxes in the space of assumptions in which the futures of interest crowd together.

Friedman and Fisher (1999), Bump hunting in high-dimensional data: from the whole space, peel the slice of one input, at
its low or its high end, whose loss raises the density most for its size; go on while enough futures are left; then
paste back what peeling took too much of. Coverage is the share of all futures of interest that a box holds, density the
share of its futures that are of interest. Quasi-p-values (Bryant and Lempert 2010): the odds that the box without one
of its limits would give such a density by chance; a limit with a large one is dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.study.intervals import odds_of_at_least

Cube = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PEEL = 0.05
"""Share of a box's futures that one step takes away."""

LEAST = 0.05
"""Share of all futures that a box holds at least."""

MOST_LIMITS = 5
"""Limits beyond which a box is no longer told in a sentence."""

HALF = 2500
"""Futures of a random half at most: enough to see whether a limit comes again, and quick."""

DROP = 0.05
"""Quasi-p-value above which a limit is dropped."""


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
        return tuple(i for i, (low, high) in enumerate(ends) if np.isfinite(low) or np.isfinite(high))

    @property
    def score(self) -> float:
        """The harmonic mean of coverage and density."""
        return 2.0 * self.coverage * self.density / max(self.coverage + self.density, 1e-12)

    def holds(self, x: Cube) -> Flags:
        """Which rows lie in the box, its limits included."""
        inside: Flags = np.all((x >= np.array(self.low)) & (x <= np.array(self.high)), axis=1)
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
    found = [_box(low, high, inside, y)]
    while (best := max(_peels(x, y, inside), default=None, key=lambda peel: peel[0])) is not None:
        _, column, side, limit, kept = best
        (low if side == 0 else high)[column] = limit
        inside = kept
        found.append(_box(low, high, inside, y))
    return found


def _peels(x: Cube, y: Flags, inside: Flags) -> Iterator[tuple[float, int, int, float, Flags]]:
    """Every step that can be taken: gain in density for each future lost, input, side, limit and what is left."""
    rows = np.flatnonzero(inside)
    here = y[rows]
    density = float(here.mean())
    for column in range(x.shape[1]):
        values = x[rows, column]
        for side, limit in enumerate(np.quantile(values, [PEEL, 1.0 - PEEL], method="nearest")):
            kept = values > limit if side == 0 else values < limit
            left = int(kept.sum())
            if not LEAST * len(x) <= left < len(rows):
                continue
            gain = (float(here[kept].mean()) - density) / (len(rows) - left)
            ends = values[kept].min() if side == 0 else values[kept].max()
            whole = np.zeros(len(x), np.bool_)
            whole[rows[kept]] = True
            yield gain, column, side, float(ends), whole


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
    """Odds that the box without this limit would give so many of interest among so many futures by chance."""
    wider = limited_to(box, [other for other in box.limited if other != column], x, y)
    inside = box.holds(x)
    return odds_of_at_least(int(y[inside].sum()), int(inside.sum()), wider.density)


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
    """The box of the trajectory with the best score among those with few limits, pruned and pasted."""
    steps = trajectory(x, y)
    few = [box for box in steps if len(box.limited) <= MOST_LIMITS]
    box = max(few, key=lambda each: (each.score, -len(each.limited)))
    while box.limited:
        odds = {column: quasi_p(box, column, x, y) for column in box.limited}
        worst = max(odds, key=lambda column: (odds[column], -column))
        if odds[worst] <= DROP:
            break
        box = limited_to(box, [column for column in box.limited if column != worst], x, y)
    return Peeled(pasted(box, x, y), tuple(steps))


def boxes(x: Cube, y: Flags, most: int = 2) -> list[Peeled]:
    """One box after the other, each for what the earlier ones leave; coverage is of all that is of interest."""
    found: list[Peeled] = []
    left = np.ones(len(x), np.bool_)
    for _ in range(most):
        if y[left].sum() < max(10, LEAST * y.sum()) or left.sum() < 100:
            break
        peeled = best_box(x[left], y[left])
        box = peeled.box
        if not box.limited or box.density <= y.mean():
            break
        of_all = float(y[left].sum()) / float(y.sum()), float(left.mean())
        found.append(Peeled(box.among(*of_all), tuple(step.among(*of_all) for step in peeled.steps)))
        left &= ~box.holds(x)
    return found


def recurrence(x: Cube, y: Flags, times: int = 20) -> npt.NDArray[np.float64]:
    """How often each input has a limit in the best box of a random half of the futures."""
    random = np.random.default_rng(len(x))
    count = np.zeros(x.shape[1])
    for _ in range(times):
        half = np.sort(random.permutation(len(x))[: min(HALF, len(x) // 2)])
        if y[half].any() and not y[half].all():
            count[list(best_box(x[half], y[half]).box.limited)] += 1.0
    return count / times
