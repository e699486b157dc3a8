"""Tables of removals: the same futures of a scenario without each set of constraints.

They are the first futures of the run: what is said to come back is of the shortfall that is printed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.bottlenecks.removals import SETS, TABLED, names_of, tabled
from sim.bottlenecks.variant_runs import Asking, Reading, RunSpec, read
from sim.bottlenecks.variants import turned
from sim.measures.restricted_means import CUT
from sim.template.assemble import Template
from sim.template.variation import lean
from sim.world.shortfall.constraints import DIALS_OF

TABLE_FUTURES = 1024
"""Futures of each set: whole blocks of the draw, and enough to tell the best pair from its rivals."""

MARGINAL_FUTURES = 256
"""Futures of what is asked at the margin, where differences are small and so are their errors."""

EASIER = 0.1
"""How far all dials of a constraint are turned where it is 10% easier."""


def removed(names: tuple[str, ...], far: float = 1.0) -> dict[str, float]:
    """The dials that remove constraints, or ease them."""
    return {f"dials.{dial}": far for name in names for dial in DIALS_OF[name]}


def runs(futures: int, sets: Sequence[int] = range(SETS)) -> int:
    """Futures that a table costs."""
    return len(sets) * min(futures, TABLE_FUTURES)


def table(template: Template, spec: RunSpec, sets: Sequence[int] = range(SETS)) -> Asking[Any]:
    """The table of a scenario, of all sets or of some; shape (sets, futures, TABLED)."""
    without = [lean(turned(template, removed(names_of(each))), CUT) if each else template for each in sets]
    few = replace(spec, futures=min(spec.futures, TABLE_FUTURES))
    rows = Reading(f"{TABLED}", lambda futures: tabled(futures.outcomes))
    return np.array((yield from read(without, few, rows)))
