"""The runner: futures in chunks, over threads (compiled) or processes (SimPy), into one result.

A future depends on nothing but the scenario, the seed and its own number, so a result does not depend on the engine,
the number of workers, or the size of chunks. A worker that dies costs the chunks it had in hand, which run again.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future as Task
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from sim.engine import workers
from sim.engine.histogram import Histograms
from sim.engine.results import OUTCOMES, SERIES, Batch
from sim.engine.sources import is_warm
from sim.errors import FutureBroke, Interrupted, ModelError
from sim.language.luck import bits
from sim.scenario.assemble import Template

if TYPE_CHECKING:
    from sim.engine.under_simpy import Process

Engine = Literal["auto", "simpy", "compiled"]

SAMPLE = 200
"""Futures whose months are kept whole."""

SMALL = 5_000
"""Futures up to which SimPy answers sooner than a cold compiler."""

CHUNK = {"simpy": 25, "compiled": 250}
"""Futures of a task, if not told: about half a second of work, or enough to forget its set-up."""

_FUTURES = 0
"""Purpose of the draw that names a future's luck."""

_BREAKS = 5
"""How often a pool whose worker died is built anew before giving up."""


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
    chunks = _chunks(job, job.chunk or CHUNK[chosen])
    outcomes = np.zeros((job.futures, len(OUTCOMES)))
    histograms = Histograms.empty(job.months)
    sample = np.zeros((min(SAMPLE, job.futures), job.months, len(SERIES)))
    events = 0
    try:
        for (first, n), batch in _compiled(job, chunks) if chosen == "compiled" else _under_simpy(job, chunks):
            at = first - job.first
            outcomes[at : at + n] = batch.outcomes
            histograms.add(batch.series)
            sample[at : at + n] = batch.series[: max(0, len(sample) - at)]
            events += int(batch.events.sum())
            told(n)
    except KeyboardInterrupt as stop:
        raise Interrupted("interrupted; nothing was written") from stop
    table = pd.DataFrame(outcomes, columns=list(OUTCOMES))
    table.insert(0, "future", np.arange(job.first, job.first + job.futures))
    return Results(table, histograms, sample, events, chosen)


def seeds(seed: int, first: int, n: int) -> Any:
    """What names the luck of futures `first` to `first + n - 1`; shape (n,)."""
    return np.array([bits(seed, _FUTURES, number, 0) >> 2 for number in range(first, first + n)], np.int64)


def run_chunk(template: Template, seed: int, first: int, n: int, engine: str) -> Batch:
    """Futures `first` to `first + n - 1`, here. Raises FutureBroke naming the one that failed."""
    names = seeds(seed, first, n)
    if engine == "simpy":
        drawn = template.draw(seed, first, n)
        return workers.futures(template.record, template.addresses, seed, _processes(template), first, drawn, names)
    from sim.engine import compiled

    at = np.zeros(1, np.int64)
    drawn = template.draw(seed, first, n, compiled.judge)
    try:
        return compiled.run(template.record, template.addresses, drawn, names, at)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise FutureBroke(first + int(at[0]), seed, str(error)) from error


def _processes(template: Template) -> "tuple[Process, ...]":
    return tuple(_imported(name, template) for name in template.scenario.processes)


def _imported(name: str, template: Template) -> "Process":
    """A process a scenario names, as `package.module.function`; it is called with env, future and the template."""
    module, _, function = name.rpartition(".")
    try:
        process = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ModelError(f"the process `{name}` cannot be imported: {error}") from error
    return partial(process, template=template)


def _chunks(job: Job, size: int) -> list[tuple[int, int]]:
    end = job.first + job.futures
    return [(first, min(size, end - first)) for first in range(job.first, end, size)]


Chunk = tuple[int, int]


def _compiled(job: Job, chunks: list[Chunk]) -> Iterator[tuple[Chunk, Batch]]:
    """In threads: kernels let go of the interpreter's lock."""
    run_chunk(job.template, job.seed, job.first, 1, "compiled")
    with ThreadPoolExecutor(job.workers) as pool:
        tasks = {pool.submit(run_chunk, job.template, job.seed, *chunk, "compiled"): chunk for chunk in chunks}
        yield from _finished(tasks, pool)


def _under_simpy(job: Job, chunks: list[Chunk]) -> Iterator[tuple[Chunk, Batch]]:
    """In processes; with one worker, in this one, where a debugger can stop."""
    if job.workers == 1:
        for chunk in chunks:
            yield chunk, run_chunk(job.template, job.seed, *chunk, "simpy")
        return
    template, seed = job.template, job.seed
    kept = (template.record, template.addresses, seed, _processes(template))
    todo = list(chunks)
    for _ in range(_BREAKS):
        pool = ProcessPoolExecutor(job.workers, get_context("spawn"), workers.adopt, kept)
        try:
            tasks = {
                pool.submit(workers.chunk, first, template.draw(seed, first, n), seeds(seed, first, n)): (first, n)
                for first, n in todo
            }
            for chunk, batch in _finished(tasks, pool):
                todo.remove(chunk)
                yield chunk, batch
            return
        except BrokenProcessPool:
            continue
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    raise ModelError(f"{_BREAKS} times a worker died while {len(todo)} chunks were left; is there enough memory?")


def _finished(tasks: dict[Task[Batch], Chunk], pool: Any) -> Iterator[tuple[Chunk, Batch]]:
    try:
        for task in as_completed(tasks):
            yield tasks[task], task.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def default_workers() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
