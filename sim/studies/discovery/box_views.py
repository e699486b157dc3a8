"""Boxes as readers see them: each limit on the whole range of its input, and futures by two inputs.

Places on an input are shares: how many of all futures lie below. So every input has the same scale, whatever its
distribution, and futures spread evenly; the values at the ends and the quartiles say what the places mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.studies.discovery.analysis import DescribedBox, Split
from sim.studies.discovery.prim import Cube, Flags

PLOTTED = 1000
"""Futures of a cloud: enough to see a crowd, and few enough to see each."""

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Range:
    """One input: the values at its ends and quartiles, and the part that a box takes, as places from 0 to 1."""

    name: str
    levels: tuple[float, ...]
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Cloud:
    """Some futures by two inputs: (across, up, missed), and the part of each that the box takes, all of it if none."""

    across: Range
    up: Range
    points: tuple[tuple[float, float, bool], ...]


def ranges(box: DescribedBox, x: Cube) -> tuple[Range, ...]:
    """The limits of a box."""
    pairs = zip(box.names, box.box.limited, strict=True)
    return tuple(_range(name, x[:, column], box.box.low[column], box.box.high[column]) for name, column in pairs)


def cloud(names: Sequence[str], box: DescribedBox, tree: Sequence[Split], x: Cube, missed: Flags) -> Cloud | None:
    """The first futures by the two inputs whose limits are the least likely chance; None if there is one input only.

    Where a box limits one input, the other is the first that the tree asks for besides.
    """
    order = sorted(range(len(box.names)), key=lambda i: (box.quasi_p[i], -box.recurrence[i], i))
    wanted = dict.fromkeys([*(box.names[i] for i in order), *(split.name for split in tree), *names])
    if len(wanted) < 2:
        return None
    two = [list(names).index(name) for name in list(wanted)[:2]]
    across, up = (_range(names[column], x[:, column], box.box.low[column], box.box.high[column]) for column in two)
    places = [_places(x[:, column])[:PLOTTED] for column in two]
    points = zip(places[0].tolist(), places[1].tolist(), missed[:PLOTTED].tolist(), strict=True)
    return Cloud(across, up, tuple(points))


def _range(name: str, values: npt.NDArray[np.float64], low: float, high: float) -> Range:
    levels = np.quantile(values, QUARTERS, method="nearest")
    return Range(name, tuple(levels.tolist()), float(np.mean(values < low)), float(np.mean(values <= high)))


def _places(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """For each future the share of all that lies below it, equal ones halved."""
    ordered = np.sort(values)
    ends = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return np.asarray(ends / (2.0 * len(values)))
