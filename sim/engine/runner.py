"""The runner: futures in tasks, over threads (compiled) or processes (SimPy), into one result.

A future depends on nothing but the scenario, the seed and its own number, so a result does not depend on the engine,
the number of workers, or the size of tasks; a run may begin under one engine and end under the other. A worker that
dies costs the tasks it had in hand, which run again.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.engine.compiled.compiler import KERNELS
from sim.engine.histogram import Histograms, exact
from sim.engine.results import OUTCOMES, SERIES, Batch
from sim.engine.storage.outcome_file import OutcomeFile
from sim.engine.tasks import Task, finished, run_task
from sim.engine.tasks import seeds as seeds
from sim.errors import FutureBroke, Interrupted, ModelError
from sim.scenario.scenario import refuse_processes
from sim.template.assemble import Template

Engine = Literal["auto", "simpy", "compiled"]

FIRST_LOOK = 25
"""Futures after which a run is first looked at; then whenever they have doubled, so that looking costs little."""

Look = Callable[[pd.DataFrame], None]
"""Gets the outcomes of the first futures of a run while the rest is still to come."""

SAMPLE = 200
"""Futures whose months are kept whole."""

DRAWN = 10_000
"""Futures whose inputs are kept: enough to tell which assumptions matter, and few enough for any memory."""

TASK_SIZE = {"simpy": 5, "compiled": 250}
"""Futures of a task, by default: about a second of work, or enough to forget its set-up."""

IN_HAND = 32
"""Tasks of variants that kernels have in hand: they last for two seconds, in which others are assembled.

What is in hand when a run is stopped is lost.
"""


@dataclass(frozen=True)
class Job:
    """What to run: futures `first` to `first + futures - 1` of a template, under a seed."""

    template: Template
    seed: int
    futures: int
    first: int = 0
    task_size: int | None = None
    workers: int = 1
    inputs: Any = None
    """What was drawn for them, where that is known; shape (futures, columns of the template)."""
    keeps_months: bool = False
    """Whether the months of all of them are wanted; of one job alone, they are counted."""

    @property
    def months(self) -> int:
        """Months of a future."""
        return int(self.template.record["counts"][0, 0]["months"])


@dataclass(frozen=True)
class Results:
    """What came out: a row for each future; the months of all of them, counted; those of the first, whole."""

    stored: OutcomeFile
    histograms: Histograms
    sample: Any
    """Shape (at most SAMPLE futures, months, SERIES)."""
    inputs: Any
    """What was drawn for the first of them; shape (at most DRAWN futures, columns of the template)."""
    events: int
    engine: str

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row for each future, by its number; a column is read when it is asked for."""
        return self.stored.as_table()

    def quantiles(self, ends: list[str]) -> pd.DataFrame:
        """A row for each month and series: exact where all futures are in the sample. `ends`: the months' last days."""
        if len(self.stored) <= len(self.sample):
            return exact(self.sample, ends)
        return self.histograms.quantiles(ends)


def choose(engine: Engine, processes: bool = False) -> Engine:
    """The engine that runs. `auto` stays where kernels are still to be compiled: SimPy then hands over in mid-run.

    A scenario with SimPy processes of its own runs under SimPy alone. Raises ModelError for an engine that cannot run.
    """
    if processes:
        if engine == "compiled":
            raise ModelError("a scenario with processes of its own runs under SimPy; use --engine simpy")
        return "simpy"
    if find_spec("numba") is None:
        if engine == "compiled":
            raise ModelError("the compiled engine needs numba: pip install numba, or use --engine simpy")
        return "simpy"
    return "compiled" if engine == "auto" and KERNELS.are_ready() else engine


def get_ready(template: Template, engine: Engine) -> None:
    """Start the compiler, if `auto` will need it, beside all that comes before the first future."""
    if choose(engine, bool(template.scenario.processes)) == "auto":
        KERNELS.compile_beside()


def usual_task_size(engine: Engine) -> int:
    """Futures of the next task: those that suit the engine that will run it."""
    return TASK_SIZE["simpy" if engine == "simpy" or (engine == "auto" and not KERNELS.are_ready()) else "compiled"]


def run(job: Job, engine: Engine, progress: Callable[[int], None], look: Look = lambda outcomes: None) -> Results:
    """Run a job; `progress` hears how many futures have finished, and `look` sees the first of them early.

    Raises FutureBroke naming the future that failed, Interrupted when stopped from outside.
    """
    chosen = choose(engine, bool(job.template.scenario.processes))
    stored = OutcomeFile(OUTCOMES, job.first, job.futures)
    histograms = Histograms.empty(job.months)
    sample = np.zeros((min(SAMPLE, job.futures), job.months, len(SERIES)))
    inputs = np.zeros((min(DRAWN, job.futures), len(job.template.addresses)))
    events = 0
    looks = _Looks(job.futures)
    with _all_or_nothing():
        for task, batch in finished(tasks_of(job, chosen), chosen, job.workers):
            if isinstance(batch, FutureBroke):
                raise batch
            at = task.first - job.first
            stored.put(at, batch.outcomes)
            histograms.add(batch.series)
            sample[at : at + task.n] = batch.series[: max(0, len(sample) - at)]
            inputs[at : at + task.n] = task.inputs[: max(0, len(inputs) - at)]
            events += int(batch.events.sum())
            progress(task.n)
            if done := looks.due(at, task.n):
                look(stored.head(done).as_table())
    return Results(stored, histograms, sample, inputs, events, chosen)


class _Looks:
    """When to look at the first futures of a run: those before which none is missing, for what ends soon is biased."""

    def __init__(self, futures: int) -> None:
        self._futures, self._done, self._next = futures, 0, FIRST_LOOK
        self._ended: dict[int, int] = {}
        """Futures of each task that has ended before one in front of it, by the place of the first."""

    def due(self, at: int, n: int) -> int:
        """Hear that `n` futures from place `at` on have ended; how many to look at, 0 for none."""
        self._ended[at] = n
        while self._done in self._ended:
            self._done += self._ended.pop(self._done)
        if not self._next <= self._done < self._futures:
            return 0
        self._next = 2 * self._done
        return self._done


@dataclass(frozen=True)
class Futures:
    """The outcomes of one job of several, a row for each future, and its months if they were asked for."""

    outcomes: pd.DataFrame
    series: Any
    """Shape (futures, months, SERIES), or None."""


def run_several(
    jobs: Iterable[Job], engine: Engine, workers: int, progress: Callable[[int], None]
) -> Iterator[Futures]:
    """Run jobs through one pool: the same futures of many variants of a scenario.

    As `run`, but each job is handed over in its turn as soon as it has ended, so that memory holds a few of them. Jobs
    are taken as workers need them: while some run, others are being assembled. Nobody looks at their first futures
    early, so kernels that are being compiled are waited for: what SimPy would do until then, they do in a second.
    """
    chosen = choose(engine)
    chosen = "compiled" if chosen == "auto" else chosen
    taken: dict[int, Job] = {}
    batches: dict[int, dict[int, Batch]] = {}
    left: dict[int, int] = {}

    def tasks() -> Iterator[Task]:
        for tag, job in enumerate([*jobs] if KERNELS.are_compiling() else jobs):
            refuse_processes(job.template.scenario)
            taken[tag], batches[tag], left[tag] = job, {}, job.futures
            yield from tasks_of(job, chosen, tag)

    turn = 0
    for task, batch in finished(tasks(), chosen, workers, IN_HAND):
        if isinstance(batch, FutureBroke):
            raise batch
        batches[task.tag][task.first] = batch if taken[task.tag].keeps_months else replace(batch, series=None)
        left[task.tag] -= task.n
        progress(task.n)
        while left.get(turn) == 0:
            yield _joined(taken.pop(turn), batches.pop(turn))
            turn += 1


def _joined(job: Job, batches: Mapping[int, Batch]) -> Futures:
    """The futures of a job from its tasks, by the first future of each."""
    parts = [batches[first] for first in sorted(batches)]
    rows = pd.RangeIndex(job.first, job.first + job.futures, name="future")
    table = pd.DataFrame(np.concatenate([part.outcomes for part in parts]), rows, list(OUTCOMES))
    return Futures(table, np.concatenate([part.series for part in parts]) if job.keeps_months else None)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """Around work of which nothing is kept when it is stopped from outside. Raises Interrupted, which says so."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise Interrupted("interrupted; nothing was written") from stop


def joined(one: Results, next_: Results) -> Results:
    """Futures and those that follow them, as if they had been run at once."""
    return Results(
        one.stored.followed_by(next_.stored),
        one.histograms.plus(next_.histograms),
        np.concatenate([one.sample, next_.sample])[:SAMPLE],
        np.concatenate([one.inputs, next_.inputs])[:DRAWN],
        one.events + next_.events,
        next_.engine,
    )


def run_chunk(template: Template, seed: int, first: int, n: int, engine: str) -> Batch:
    """Futures `first` to `first + n - 1`, here. Raises FutureBroke naming the one that failed."""
    return run_task(Task(template, seed, first, n), engine)


def tasks_of(job: Job, engine: Engine, tag: int = 0) -> Iterator[Task]:
    """A job in tasks, each cut when it is taken: their size does not move a result, and suits the engine."""
    first, end = job.first, job.first + job.futures
    while first < end:
        n = min(job.task_size or usual_task_size(engine), end - first)
        inputs = None if job.inputs is None else job.inputs[first - job.first :][:n]
        yield Task(job.template, job.seed, first, n, tag, inputs)
        first += n


def default_workers() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def table_of(parts: Sequence[Any]) -> pd.DataFrame:
    """Blocks of outcomes, shape (futures, OUTCOMES) each, as one table with the number of the future as its index."""
    whole = np.concatenate(parts)
    return pd.DataFrame(whole, pd.RangeIndex(len(whole), name="future"), list(OUTCOMES))
