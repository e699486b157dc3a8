"""The runner: futures in chunks, over threads (compiled) or processes (SimPy), into one result.

A future depends on nothing but the scenario, the seed and its own number, so a result does not depend on the engine,
the number of workers, or the size of chunks. A worker that dies costs the chunks it had in hand, which run again.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.engine.histogram import Histograms, exact
from sim.engine.pieces import Piece, finished, run_piece
from sim.engine.pieces import seeds as seeds
from sim.engine.results import OUTCOMES, SERIES, Batch
from sim.engine.sources import is_warm
from sim.errors import FutureBroke, Interrupted, ModelError
from sim.scenario.assemble import Template

Engine = Literal["auto", "simpy", "compiled"]

SAMPLE = 200
"""Futures whose months are kept whole."""

SMALL = 5_000
"""Futures up to which SimPy answers sooner than a cold compiler."""

CHUNK = {"simpy": 25, "compiled": 250}
"""Futures of a task, if not told: about half a second of work, or enough to forget its set-up."""


@dataclass(frozen=True)
class Job:
    """What to run: futures `first` to `first + futures - 1` of a template, under a seed."""

    template: Template
    seed: int
    futures: int
    first: int = 0
    chunk: int | None = None
    workers: int = 1

    @property
    def months(self) -> int:
        """Months of a future."""
        return int(self.template.record["counts"][0, 0]["months"])


@dataclass(frozen=True)
class Results:
    """What came out: a row for each future; the months of all of them, counted; those of the first, whole."""

    outcomes: pd.DataFrame
    histograms: Histograms
    sample: Any
    """Shape (at most SAMPLE futures, months, SERIES)."""
    events: int
    engine: str

    def quantiles(self, ends: list[str]) -> pd.DataFrame:
        """A row for each month and series: exact where all futures are in the sample. `ends`: the months' last days."""
        if len(self.outcomes) <= len(self.sample):
            return exact(self.sample, ends)
        return self.histograms.quantiles(ends)


def choose(engine: Engine, futures: int, processes: bool = False) -> Literal["simpy", "compiled"]:
    """The engine that answers first: SimPy while nothing is compiled and the job is small, or without numba.

    A scenario with SimPy processes of its own runs under SimPy alone.
    """
    if processes:
        if engine == "compiled":
            raise ModelError("a scenario with processes of its own runs under SimPy; use --engine simpy")
        return "simpy"
    if engine != "auto":
        if engine == "compiled" and find_spec("numba") is None:
            raise ModelError("the compiled engine needs numba: pip install numba, or use --engine simpy")
        return engine
    if find_spec("numba") is None or (futures <= SMALL and not is_warm()):
        return "simpy"
    return "compiled"


def run(job: Job, engine: Engine, told: Callable[[int], None]) -> Results:
    """Run a job; `told` hears how many futures have finished.

    Raises FutureBroke naming the future that failed, Interrupted when stopped from outside.
    """
    chosen = choose(engine, job.futures, bool(job.template.scenario.processes))
    outcomes = np.zeros((job.futures, len(OUTCOMES)))
    histograms = Histograms.empty(job.months)
    sample = np.zeros((min(SAMPLE, job.futures), job.months, len(SERIES)))
    events = 0
    try:
        for piece, batch in finished(_pieces(job, job.chunk or CHUNK[chosen]), chosen, job.workers):
            if isinstance(batch, FutureBroke):
                raise batch
            at = piece.first - job.first
            outcomes[at : at + piece.n] = batch.outcomes
            histograms.add(batch.series)
            sample[at : at + piece.n] = batch.series[: max(0, len(sample) - at)]
            events += int(batch.events.sum())
            told(piece.n)
    except KeyboardInterrupt as stop:
        raise Interrupted("interrupted; nothing was written") from stop
    table = pd.DataFrame(outcomes, columns=list(OUTCOMES))
    table.insert(0, "future", np.arange(job.first, job.first + job.futures))
    return Results(table, histograms, sample, events, chosen)


def joined(one: Results, next_: Results) -> Results:
    """Futures and those that follow them, as if they had been run at once."""
    return Results(
        pd.concat([one.outcomes, next_.outcomes], ignore_index=True),
        one.histograms.plus(next_.histograms),
        np.concatenate([one.sample, next_.sample])[:SAMPLE],
        one.events + next_.events,
        next_.engine,
    )


def run_chunk(template: Template, seed: int, first: int, n: int, engine: str) -> Batch:
    """Futures `first` to `first + n - 1`, here. Raises FutureBroke naming the one that failed."""
    return run_piece(Piece(template, seed, first, n), engine)


def _pieces(job: Job, size: int) -> Iterator[Piece]:
    end = job.first + job.futures
    for first in range(job.first, end, size):
        yield Piece(job.template, job.seed, first, min(size, end - first))


def default_workers() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
