"""Templates of the shipped scenarios, and the event logs of both engines."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import simpy_engine
from sim.engine.compiled.compiler import KERNELS
from sim.engine.results import Batch
from sim.engine.runner import seeds
from sim.runs.run import read
from sim.template.assemble import Template, assemble
from sim.world.course.future import LAYOUT

SCENARIOS = Path("scenarios")
SHIPPED = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
SEED = 1
MOST_EVENTS = 12_000

Log = list[simpy_engine.LogRow]


@cache
def template(scenario: str, *settings: str) -> Template:
    """A shipped scenario, ready to run."""
    return assemble(read(SCENARIOS / f"{scenario}.yaml", (), settings), LAYOUT)


def template_of(text: str, folder: Path) -> Template:
    """A scenario written beside copies of the shipped ones, ready to run."""
    for file in SCENARIOS.glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return assemble(read(path, (), ()), LAYOUT)


def under_simpy_with_log(of: Template, n: int, first: int = 0) -> tuple[Batch, list[Log]]:
    """Futures under SimPy, and every event of each."""
    logs: list[Log] = []
    inputs, names, at = of.draw(SEED, first, n), seeds(SEED, first, n), np.zeros(1, np.int64)
    batch = simpy_engine.run(of.record, of.addresses, inputs, names, at, lambda _, log: logs.append(log))
    return batch, logs


def compiled_with_log(of: Template, n: int, first: int = 0) -> tuple[Batch, Any]:
    """Futures compiled, and every event of each: shape (n, MOST_EVENTS, 4)."""
    from sim.engine.compiled import numba_engine

    KERNELS.take()
    log = np.zeros((n, MOST_EVENTS, 4))
    inputs, names, at = of.draw(SEED, first, n), seeds(SEED, first, n), np.zeros(1, np.int64)
    return numba_engine.run(of.record, of.addresses, inputs, names, at, log), log
