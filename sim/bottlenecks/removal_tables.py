"""Tables of removals: the same futures of a scenario without each set of constraints, kept in the store of chunks.

A table is named by its scenario's start, so the baseline's is run once and not again with every scenario. Its futures
are the first of the run: what is said to come back is of the shortfall that is printed.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.bottlenecks import variants
from sim.bottlenecks.removals import NAMES, SETS, TABLED, names_of, stacked, swapped
from sim.bottlenecks.variants import RunSpec, turned
from sim.engine.storage import chunk_store
from sim.engine.storage.chunk_store import Chunks
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


def runs(futures: int) -> int:
    """Futures that a table costs."""
    return SETS * min(futures, TABLE_FUTURES)


def table(template: Template, spec: RunSpec, store: Chunks, progress: Callable[[int], None]) -> Any:
    """The table of a scenario, from the store or run now and kept; shape (SETS, futures, TABLED)."""
    n = min(spec.futures, TABLE_FUTURES)
    chunk = chunk_store.chunk_name(chunk_store.template_digest(template), spec.seed, spec.first, n)
    name = chunk_store.part_name(chunk, f"removals {NAMES} {TABLED}")
    there = store.read(name, n)
    if there is not None:
        progress(SETS * n)
        return swapped(there)
    sets = [lean(turned(template, removed(names_of(each))), CUT) for each in range(1, SETS)]
    table_outcomes = variants.outcomes([template, *sets], replace(spec, futures=n), progress)
    stacked_outcomes = stacked(table_outcomes)
    store.keep(name, swapped(stacked_outcomes))
    return stacked_outcomes
