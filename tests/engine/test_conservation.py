"""Nothing vanishes, whatever the scenario: many futures of the baseline, a few of each of many random worlds."""

from functools import cache

import numpy as np
import pytest

from sim.engine.compiled import numba_engine
from sim.engine.compiled.compiler import KERNELS
from sim.engine.runner import run_chunk, seeds
from sim.language.declarations import Field, Options, Quantity, fields
from sim.scenario.grammar.cells import is_whole
from sim.world.course.future import LAYOUT
from tests.engine.futures import SEED, template

FUTURES, MANY_FUTURES = 2000, 100_000
"""Futures of the baseline whose books are checked."""

WORLDS, BLOCKS, MANY_BLOCKS = 100, 4, 20
"""Random worlds of a block, and how many blocks are tried."""
EACH = 2
OFTEN = 0.3
"""Share of the numbers of a random world that are not those of the baseline."""
NOTHING = 0.03
"""Share of these that are nothing at all, or the least there can be."""


@pytest.mark.parametrize("futures", [FUTURES, pytest.param(MANY_FUTURES, marks=pytest.mark.long)])
def test_the_books_of_many_futures_close(futures: int) -> None:
    for first in range(0, futures, 1000):
        assert run_chunk(template("baseline"), SEED, first, 1000, "compiled").events.min() > 0


@cache
def columns(table: str) -> dict[str, Field]:
    return {field.name: field for field in fields(LAYOUT.tables[table].row) if field.given}


def other(value: float, field: Field, luck: np.random.Generator) -> float:
    """Another value of a parameter: up to five times more or less, or none at all, within its range."""
    if isinstance(field.kind, Options):
        return float(luck.integers(len(field.kind.words)))
    if not isinstance(field.kind, Quantity) or not np.isfinite(value):
        return value
    times = 0.0 if luck.random() < NOTHING else 5.0 ** luck.uniform(-1.0, 1.0)
    changed = float(np.clip(value * times, field.low, field.high))
    return float(np.floor(changed)) if is_whole(field) else changed


@pytest.mark.parametrize(
    "block", [*range(BLOCKS), *(pytest.param(block, marks=pytest.mark.long) for block in range(BLOCKS, MANY_BLOCKS))]
)
def test_the_books_of_random_worlds_close(block: int) -> None:
    """Every number of the baseline, certain or drawn, is another in three of ten; a breach raises, with the future."""
    base = template("baseline")
    KERNELS.take()
    drawn = base.draw(SEED, 0, EACH)
    cells = [LAYOUT.cell(int(address)) for address in base.addresses]
    for world in range(block * WORLDS, (block + 1) * WORLDS):
        luck = np.random.default_rng(world)
        record = base.record.copy()
        for name, table in LAYOUT.tables.items():
            if table.at:
                for field in columns(name).values():
                    if field.name in (record[name].dtype.names or ()) and not field.whole:
                        cell = record[name][field.name][0]
                        for row in np.flatnonzero((cell != 0.0) & (luck.random(len(cell)) < OFTEN)):
                            cell[row] = other(float(cell[row]), field, luck)
                        if field.parts:
                            cell /= max(1.0, cell.sum())  # parts of one whole, or the world says so and stops
        inputs = drawn.copy()
        for column, (name, _, field_name) in enumerate(cells):
            drawn_field = columns(name).get(field_name)
            if drawn_field is not None and luck.random() < OFTEN:
                inputs[:, column] = [other(value, drawn_field, luck) for value in inputs[:, column]]
        batch = numba_engine.run(record, base.addresses, inputs, seeds(world, 0, EACH), np.zeros(1, np.int64))
        assert np.isfinite(batch.outcomes).all(), f"world {world}"
