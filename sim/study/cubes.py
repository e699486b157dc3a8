"""Designs over the inputs of a scenario: from points of a cube to inputs and luck of futures.

A cube has a column for each named input; `LUCK` and `REST` are columns too, whose number picks all the luck of a
future, or all inputs that are not named, at once. Correlated inputs keep their copula: of each group, the first in
order of the paths carries what they share.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.scenario.assemble import Template
from sim.scenario.inputs import inputs_at
from sim.study.intervals import Column, Cube
from sim.study.sensitivity import LUCK

REST = "all other inputs"
"""The name of the inputs that are not looked at one by one."""


def inputs(template: Template, names: Sequence[str], cube: Cube) -> Cube:
    """Inputs of a future for each row, a column for each address of the template."""
    columns = dict(zip(names, cube.T, strict=True))
    shares = {}
    for drawing in template.scenario.inputs:
        path = drawing.path
        shares[path] = columns[path] if path in columns else picked(columns[REST], path)
    found = inputs_at(template.scenario, shares) if shares else np.empty((len(cube), 0))
    return template.laid_out(found)


def luck(names: Sequence[str], cube: Cube, seed: int) -> npt.NDArray[np.int64]:
    """What names the luck of each row."""
    column = cube[:, list(names).index(LUCK)]
    return np.asarray(_words(column, f"{seed}:{LUCK}") >> np.uint64(2), np.int64)


def picked(u: Column, name: str) -> Column:
    """A number between 0 and 1 that depends on `u` and `name` alone, evenly spread: equal `u`, equal number."""
    return np.asarray((_words(u, name) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def _words(u: Column, name: str) -> npt.NDArray[np.uint64]:
    """64 mixed bits of each number under a name: SplitMix64's finalizer."""
    own = np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))
    z = np.ascontiguousarray(u).view(np.uint64) + own
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
