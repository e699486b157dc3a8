"""Designs: which points a sweep visits. Each depends on its size alone, and on a seed where it draws."""

import math
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

Cube = npt.NDArray[np.float64]
"""Shape (points, factors), each number between 0 and 1."""

Design = Literal["grid", "list", "latin_hypercube", "sobol", "search"]

DRAWN = ("latin_hypercube", "sobol", "search")
LEVELLED = ("grid", "list")


def grid(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every combination of levels, the last factor fastest."""
    return list(product(*(range(size) for size in sizes)))


def listed(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The first level of each, then the second of each, and so on; all have as many."""
    return [(i,) * len(sizes) for i in range(sizes[0])]


def latin_hypercube(points: int, factors: int, seed: int) -> Cube:
    """One point in each of `points` equal slices of every factor (McKay, Beckman and Conover 1979)."""
    from scipy.stats import qmc  # 0.7 s to import

    found: Cube = qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(points)
    return found


def sobol(points: int, factors: int, seed: int) -> Cube:
    """A scrambled Sobol sequence; `points` is a power of two, or its balance is lost."""
    from scipy.stats import qmc

    found: Cube = qmc.Sobol(factors, rng=np.random.default_rng(seed)).random_base2(int(math.log2(points)))
    return np.clip(found, 2.0**-53, 1.0 - 2.0**-53)


def is_power_of_two(points: int) -> bool:
    """Whether a Sobol sequence of so many points is balanced."""
    return points > 0 and points & (points - 1) == 0
