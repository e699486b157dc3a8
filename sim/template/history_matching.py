"""History matching: draws of the opening that contradict what was seen are drawn again.

The verdict is the world's (`sim/world/accounts/starting_position.py`), asked of the root scenario's values: a scenario
that changes the root has the same labs in the same futures. A future's first draw is the one it has without matching,
so what is not drawn again keeps its even spread; how often a future is drawn depends on nothing but the seed and its
number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import InputError, Problem
from sim.language.record import Layout
from sim.scenario.grammar.cells import Input
from sim.scenario.scenario import Scenario, matching_bounds
from sim.template.sampling import draw_inputs
from sim.world.accounts.starting_position import AGREES, OPENING, TESTS, judged

Whole = npt.NDArray[np.int64]

Judge = Callable[[Any, Whole, npt.NDArray[np.float64]], Whole]
"""StudyRequest with a record, addresses, and a row of inputs for each draw; answers a verdict for each."""

SAMPLE = 400
"""Futures on whose first draw the share that agrees is measured."""

AT_ONCE = 8
"""Draws that each future still without an opening makes at a time."""


def opening_inputs(scenario: Scenario) -> frozenset[str]:
    """Paths of the uncertain inputs that are drawn again."""
    paths = (drawing.path for drawing in scenario.inputs)
    return frozenset(path for path in paths if any(fnmatchcase(path, pattern) for pattern in OPENING))


@dataclass(eq=False)
class HistoryMatching:
    """The openings of a root scenario, under the bounds of the scenario that runs."""

    root: Scenario
    record: Any
    addresses: Whole
    """Where an opening's inputs are written in the record."""
    columns: list[str]
    """The path of each."""
    place: Any
    paths: frozenset[str] = field(init=False)
    accepted: float | None = None

    def __post_init__(self) -> None:
        self.paths = opening_inputs(self.root)

    def refused(self, seed: int, first: int, n: int, judge: Judge) -> Whole:
        """Draws refused in each of the futures `first` to `first + n - 1`. Raises InputError if too few agree."""
        self.check(judge)
        counts = np.zeros(n, np.int64)
        left = np.flatnonzero(self.verdicts(seed, np.arange(first, first + n), np.zeros(n, np.int64), judge) != AGREES)
        attempt = 1
        while len(left):
            numbers = np.repeat(first + left, AT_ONCE)
            attempts = np.tile(np.arange(attempt, attempt + AT_ONCE), len(left))
            agrees = (self.verdicts(seed, numbers, attempts, judge) == AGREES).reshape(len(left), AT_ONCE)
            counts[left] = attempt + np.where(agrees.any(axis=1), agrees.argmax(axis=1), AT_ONCE)
            left = left[~agrees.any(axis=1)]
            attempt += AT_ONCE
        return counts

    def verdicts(self, seed: int, numbers: Whole, attempts: Whole, judge: Judge) -> Whole:
        """What the world says of these draws of these futures."""
        drawn = draw_inputs(self.root, seed, numbers, attempts, self.paths, self.columns)
        return judge(self.record, self.addresses, drawn)

    def check(self, judge: Judge) -> None:
        """Measure, once, which share of draws agrees. Raises InputError if it is too small."""
        if self.accepted is not None:
            return
        verdicts = self.verdicts(0, np.arange(SAMPLE), np.zeros(SAMPLE, np.int64), judge)
        share = float((verdicts == AGREES).mean())
        least = float(self.record["matching"]["least_accepted"][0, 0])
        if share < least or share == 0.0:
            why = ", ".join(f"{test} refuses {(verdicts == n).mean():.0%}" for n, test in enumerate(TESTS) if test)
            message = f"of {SAMPLE} draws of the opening {share:.1%} agree, {least:.0%} must: {why}"
            raise InputError([Problem(self.place, "matching", message)])
        self.accepted = share


def matching_of(
    scenario: Scenario, root: Scenario, record: Any, addresses: Whole, inputs: Sequence[Input]
) -> HistoryMatching:
    """The openings of `root`, judged by the bounds of `scenario`, which stand in `record` with all else of the root.

    `addresses` and `inputs` are those of the root's template. Raises InputError for a bound that is uncertain.
    """
    bounds = matching_bounds(scenario)
    uncertain = [value for value in bounds if not value.certain and value.node is not None]
    if uncertain:
        message = "a bound of matching is one number"
        raise InputError([Problem(value.node.place, value.path, message) for value in uncertain])
    drawn = opening_inputs(root)
    pairs = [(address, each.path) for address, each in zip(addresses, inputs, strict=False) if each.path in drawn]
    places = np.array([address for address, _ in pairs], np.int64)
    section = next(value.node.place for value in bounds if value.node is not None)
    return HistoryMatching(root, record, places, [path for _, path in pairs], section)


def plain_judge(layout: Layout) -> Judge:
    """The world's verdict, in plain Python."""

    def judge(record: Any, addresses: Whole, inputs: npt.NDArray[np.float64]) -> Whole:
        future = _Opening(layout, record)
        cells = [layout.cell(int(address)) for address in addresses]
        places = [(getattr(future, table)[row], column) for table, row, column in cells]
        verdicts = np.zeros(len(inputs), np.int64)
        for i, drawn in enumerate(inputs.tolist()):
            for (row, column), value in zip(places, drawn, strict=True):
                setattr(row, column, value)
            verdicts[i] = judged(future)  # type: ignore[arg-type]
        return verdicts

    return judge


class _Opening:
    """A future as far as an opening needs one: rows of the template, no calendar."""

    def __init__(self, layout: Layout, record: Any) -> None:
        counts = record["counts"][0, 0]
        for name, table in layout.tables.items():
            if not table.dynamic:
                used = int(counts[name]) if name in counts.dtype.names else table.capacity
                rows = record[name][0][:used].tolist()
                names = table.dtype.names or ()
                setattr(self, name, tuple(SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows))
