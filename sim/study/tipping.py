"""Tipping values: how far an assumption would have to be from what is thought before the finding turns.

Futures are put in order of one input and cut into slices of equal numbers; the finding is asked of each slice. It turns
between two slices, on the way out from the middle, where it is another than in the middle and stays so to the end.
What is found is a conditional statement: among futures in which the input is so, all others as they come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.float64]

SLICES = 10


@dataclass(frozen=True, slots=True)
class Tipping:
    """Where the finding turns below and above the middle, and into what; None where it does not turn."""

    name: str
    usual: str
    below: float | None
    becomes_below: str
    above: float | None
    becomes_above: str

    @property
    def turns(self) -> bool:
        """Whether it turns anywhere."""
        return self.below is not None or self.above is not None

    def as_json(self) -> dict[str, object]:
        """For `sensitivity.json`; keys always in this order."""
        keys = ("name", "usual", "below", "becomes_below", "above", "becomes_above")
        return {key: getattr(self, key) for key in keys}


def tipping(name: str, x: Column, finding: Callable[[npt.NDArray[np.int64]], str]) -> Tipping:
    """Where `finding`, asked of futures by their row, turns as `x` moves."""
    order = np.argsort(x, kind="stable")
    usual = finding(order)
    slices = [part for part in np.array_split(order, SLICES) if len(part)]
    found = [finding(np.sort(part)) for part in slices]
    edges = [(float(x[left[-1]]) + float(x[right[0]])) / 2.0 for left, right in pairwise(slices)]
    low, becomes_low = _turn(found[::-1], edges[::-1], usual)
    high, becomes_high = _turn(found, edges, usual)
    return Tipping(name, usual, low, becomes_low, high, becomes_high)


def _turn(found: Sequence[str], edges: Sequence[float], usual: str) -> tuple[float | None, str]:
    """The edge beyond which, up to the last slice, the finding is never the usual one."""
    beyond = len(found)
    while beyond > 0 and found[beyond - 1] != usual:
        beyond -= 1
    if beyond == len(found) or beyond == 0:
        return None, ""
    return edges[beyond - 1], found[-1]
