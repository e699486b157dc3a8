"""Tipping values: how far an assumption would have to be from what is thought before the finding turns.

Futures are put in order of one input and cut into slices of about equal numbers, equal values together; the finding is
asked of each slice. It turns at the edge from which on, up to the last slice, it is another than over all futures. A
slice is of few futures: where they do not show the finding beyond their error it is undecided, and nothing turns there.
What is found is a conditional statement: among futures in which the input is so, all others as they come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.bottlenecks.shares import main_cause
from sim.language.documents import Document
from sim.measures.gate_language import Gate
from sim.measures.gates import Judgement, judge
from sim.measures.intervals import ALPHA, Column

Rows = npt.NDArray[np.int64]
Finding = Callable[[Rows], str]
"""What is said of futures, by their row."""

SLICES = 10

UNDECIDED = "undecided"
"""A finding that its futures do not show."""

_JUDGED: dict[Judgement, str] = {"passes": "met", "fails": "missed", "undecided": UNDECIDED}


@dataclass(frozen=True, slots=True)
class Tipping(Document):
    """Where the finding turns as the input falls and as it rises, and into what; None where it does not turn."""

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


def finding(outcomes: pd.DataFrame, target: Gate | None) -> Finding:
    """Whether the target is met, or else what is the main bottleneck of training, where some futures show it."""
    alpha = ALPHA / SLICES
    if target is None:
        return lambda rows: main_cause("train", outcomes.iloc[rows], alpha) or UNDECIDED

    def judged(rows: Rows) -> str:
        return _JUDGED[judge(target, outcomes.iloc[rows], {}, alpha).judgement]

    return judged


def tipping(name: str, x: Column, finding: Finding) -> Tipping:
    """Where `finding`, asked of futures by their row, in order, turns as `x` moves."""
    order = np.argsort(x, kind="stable")
    slices = np.split(order, _cuts(x[order]))
    usual, kinds = finding(np.sort(order)), [finding(np.sort(part)) for part in slices]
    edges = [(float(x[left[-1]]) + float(x[right[0]])) / 2.0 for left, right in pairwise(slices)]
    low, becomes_low = _turn(kinds[::-1], edges[::-1], usual)
    high, becomes_high = _turn(kinds, edges, usual)
    return Tipping(name, usual, low, becomes_low, high, becomes_high)


def _cuts(ordered: Column) -> Rows:
    """Where slices of about equal numbers begin, never between equal values."""
    places = len(ordered) * np.arange(1, SLICES) // SLICES
    cuts = np.unique(np.searchsorted(ordered, ordered[places]))
    return cuts[cuts > 0]


def _turn(kinds: Sequence[str], edges: Sequence[float], usual: str) -> tuple[float | None, str]:
    """The edge beyond which, up to the last slice, the finding is never the usual one; both must be shown."""
    last = max((i for i, each in enumerate(kinds) if each == usual), default=-1)
    other = next((i for i, each in enumerate(kinds) if i > last and each != UNDECIDED), 0)
    if UNDECIDED in (usual, kinds[-1]) or not 0 <= last < other:
        return None, ""
    return edges[other - 1], kinds[-1]
