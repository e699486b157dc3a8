"""Tasks: batches of futures, run in parallel across templates.

Threads for the compiled engine, processes for SimPy; under `auto` SimPy until the kernels are ready, then threads. A
worker that dies costs the tasks it had in hand, which run again; a future that breaks is handed back as such, and the
rest goes on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures import Future as Running
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import workers as alone
from sim.engine.compiled.compiler import KERNELS
from sim.engine.range_errors import out_of_range
from sim.engine.results import Batch
from sim.engine.storage import atomic_write
from sim.errors import FutureBroke, ModelError
from sim.language.luck import bits, purpose
from sim.scenario.scenario import refuse_processes
from sim.template.assemble import Template
from sim.template.history_matching import Judge
from sim.world.course.happenings import OUT_OF_RANGE

if TYPE_CHECKING:
    from sim.engine.simpy_engine import Process

AHEAD = 3
"""Tasks in hand for each worker, so that none waits for its next."""

FUTURE_SEED = purpose("seed of a future")

_BREAKS = 5
"""How often a pool whose worker died is built anew before giving up."""


@dataclass(frozen=True, eq=False)
class Task:
    """Futures `first` to `first + n - 1` of a template, and what whoever asked for them calls them.

    `inputs` (n, columns) and `luck` (n,), where given, stand in for those that the numbers of the futures draw:
    so that a study can hold the inputs and vary the luck, or lay out the inputs by a design.
    """

    template: Template
    seed: int
    first: int
    n: int
    tag: Any = None
    inputs: Any = None
    luck: Any = None

    def drawn(self, engine: str) -> "Task":
        """The same with inputs and luck. Engines draw the same, each in its own time."""
        inputs, luck = self.inputs, self.luck
        if inputs is None:
            inputs = self.template.draw(self.seed, self.first, self.n, judge_of(engine))
        return replace(self, inputs=inputs, luck=seeds(self.seed, self.first, self.n) if luck is None else luck)

    @property
    def start(self) -> tuple[Any, ...]:
        """What an engine is given, of a task that is drawn."""
        of = self.template
        return of.record, of.addresses, self.seed, self.first, self.inputs, self.luck


def judge_of(engine: str) -> Judge | None:
    """An engine's own way to judge openings; None for the plain one."""
    if engine == "simpy" or (engine == "auto" and not KERNELS.are_ready()):
        return None
    from sim.engine.compiled import numba_engine

    KERNELS.take()
    return numba_engine.judge


def inputs(template: Template, seed: int, first: int, n: int, engine: str, at_once: int = 1000) -> Any:
    """The inputs of futures `first` to `first + n - 1`, shape (n, columns); some at a time: drawing takes more room."""
    judge, end = judge_of(engine), first + n
    firsts = range(first, end, at_once)
    return np.concatenate([template.draw(seed, first, min(at_once, end - first), judge) for first in firsts])


def seeds(seed: int, first: int, n: int) -> Any:
    """What names the luck of futures `first` to `first + n - 1`; shape (n,)."""
    return np.array([bits(seed, FUTURE_SEED, number, 0) >> 2 for number in range(first, first + n)], np.int64)


def run_task(task: Task, engine: str) -> Batch:
    """The futures of a task, here. Raises FutureBroke naming the one that failed."""
    return run_start(engine, task.drawn(engine).start, _processes(task.template))


def named(task: Task, broke: FutureBroke) -> FutureBroke:
    """A future that broke, with what the world could not name."""
    if broke.reason != OUT_OF_RANGE:
        return broke
    task = task.drawn("simpy")
    at = broke.future - task.first
    reason = out_of_range(task.template, task.inputs[at], int(task.luck[at]), _processes(task.template))
    return FutureBroke(broke.future, broke.seed, reason)


def run_start(engine: str, start: tuple[Any, ...], processes: "tuple[Process, ...]" = ()) -> Batch:
    """The futures of a task from its `start`, one for each row of inputs."""
    record, addresses, seed, first, inputs, luck = start
    if engine == "simpy":
        return alone.futures(record, addresses, seed, processes, first, inputs, luck)
    from sim.engine.compiled import numba_engine

    KERNELS.take()
    at = np.zeros(1, np.int64)
    try:
        return numba_engine.run(record, addresses, inputs, luck, at).check(first, seed).asked(record)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise FutureBroke(first + int(at[0]), seed, str(error)) from error


def _processes(template: Template) -> "tuple[Process, ...]":
    """The processes a scenario names. Raises InputError unless the user allows them: importing one runs its code."""
    if not template.allow_processes:
        refuse_processes(template.scenario)
    return tuple(_imported(name, template) for name in template.scenario.processes)


def _imported(name: str, template: Template) -> "Process":
    """A process a scenario names, as `package.module.function`; it is called with env, future and the template."""
    module, _, function = name.rpartition(".")
    try:
        process = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ModelError(f"the process `{name}` cannot be imported: {error}") from error
    return partial(process, template=template)


Finished = tuple[Task, Batch | FutureBroke]
"""A task, with the inputs that were drawn for it, and what it came to."""


def finished(tasks: Iterable[Task], engine: str, workers: int, in_hand: int = 0) -> Iterator[Finished]:
    """Run tasks of any templates in parallel, in whatever order they end; one that breaks does not stop the rest.

    A few are taken ahead of the workers and no more, so memory does not grow with their number; if kernels run them, at
    least `in_hand`.
    """
    if engine == "auto":
        return _handed_over(tasks, workers)
    if engine == "compiled":
        return _in_threads(InFlight(tasks, max(AHEAD * workers, in_hand)), workers)
    return (_here(task) for task in tasks) if workers == 1 else _in_processes(InFlight(tasks, AHEAD * workers), workers)


def _here(task: Task, engine: str = "simpy") -> Finished:
    """In this process, where a debugger can stop."""
    task = task.drawn(engine)
    try:
        return task, run_task(task, engine)
    except FutureBroke as broke:
        return task, named(task, broke)


def _handed_over(tasks: Iterable[Task], workers: int) -> Iterator[Finished]:
    """SimPy until the kernels are ready, then the compiled engine; one core is left to the compiler."""
    KERNELS.compile_beside()
    in_flight = InFlight(tasks, AHEAD * workers)
    try:
        if not KERNELS.are_ready():
            yield from _in_processes(in_flight, max(1, workers - 1), KERNELS.are_ready)
        yield from _in_threads(in_flight, workers)
    except BaseException:
        KERNELS.stop()
        raise


def _in_threads(in_flight: "InFlight", workers: int) -> Iterator[Finished]:
    """Kernels let go of the interpreter's lock; they are there before threads ask for them at the same time."""
    if in_flight.is_empty():
        return  # nothing is compiled for nothing
    KERNELS.take()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for running in in_flight.ended(lambda task: (task, pool.submit(_here, task, "compiled"))):
                yield running.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_processes(
    in_flight: "InFlight", workers: int, enough: Callable[[], bool] = lambda: False
) -> Iterator[Finished]:
    """A worker that dies takes its pool with it; what was in hand runs again in a new one.

    When there is `enough` of SimPy, what was in hand is left there.
    """
    with atomic_write.shelf() as shelf:
        for _ in range(_BREAKS):
            pool = ProcessPoolExecutor(workers, get_context("spawn"), alone.begin, (shelf,))
            try:
                for running in in_flight.ended(lambda task, pool=pool: _sent(pool, task, shelf)):  # type: ignore[misc]
                    yield in_flight.result(running)
                    if enough():
                        in_flight.done(running)
                        in_flight.again()
                        return
                return
            except BrokenProcessPool:
                in_flight.again()
            except BaseException:  # stopped, or the rest is not wanted
                alone.end()
                pool.shutdown(cancel_futures=True)  # a thread that still ends as Python leaves may print
                raise
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    raise ModelError(f"{_BREAKS} times a worker died; is there enough memory?")


def _sent(pool: ProcessPoolExecutor, task: Task, shelf: str) -> tuple[Task, Running[str]]:
    processes = _processes(task.template)
    task = task.drawn("simpy")
    record, addresses, seed, *drawn = task.start
    with alone.unheard():
        return task, pool.submit(alone.shelved, shelf, record, addresses, seed, processes, *drawn)


def _first_ended(tasks: Iterable[Any]) -> Any:
    return wait(tasks, return_when=FIRST_COMPLETED).done


class InFlight:
    """Tasks that are being worked on: a few at a time, and again if their worker died.

    `ended` waits for some of them to end.
    """

    def __init__(self, tasks: Iterable[Task], most: int, ended: Callable[[Any], Any] = _first_ended) -> None:
        self._source = iter(tasks)
        self._again: deque[Task] = deque()
        self._most = most
        self._ended = ended
        self._running: dict[Running[Any], Task] = {}

    def ended(self, submit: Callable[[Task], tuple[Task, Running[Any]]]) -> Iterator[Running[Any]]:
        """What runs, as it ends. What `submit` raises leaves its task in hand."""
        while True:
            while len(self._running) < self._most and (task := self._next()) is not None:
                self._again.appendleft(task)
                task, running = submit(task)
                self._again.popleft()
                self._running[running] = task
            if not self._running:
                return
            for running in self._ended(self._running):
                yield running
                self.done(running)

    def task(self, running: Any) -> Task:
        """The task that runs there."""
        return self._running[running]

    def result(self, running: Running[str]) -> Finished:
        """A task that has ended, and what became of it. Raises what broke the worker, not what broke the future."""
        try:
            return self._running[running], alone.taken(running.result())
        except FutureBroke as broke:
            return self._running[running], named(self._running[running], broke)

    def done(self, running: Any) -> None:
        """Let a task go that has ended."""
        self._running.pop(running, None)

    def is_empty(self) -> bool:
        """Whether no task is left."""
        if not self._again and (task := self._next()) is not None:
            self._again.append(task)
        return not (self._again or self._running)

    def again(self) -> None:
        """Put what is in hand back in front."""
        self._again.extendleft(self._running.values())
        self._running = {}

    def _next(self) -> Task | None:
        return self._again.popleft() if self._again else next(self._source, None)
