"""Pieces: some futures of a template, run in parallel with other pieces of any templates.

Threads for the compiled engine, processes for SimPy; under `auto` SimPy until the kernels are ready, then threads. A
worker that dies costs the pieces it had in hand, which run again; a future that breaks is handed back as such, and the
rest goes on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures import Future as Task
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
"""Pieces in hand for each worker, so that none waits for its next."""

FUTURE_SEED = purpose("seed of a future")

_BREAKS = 5
"""How often a pool whose worker died is built anew before giving up."""


@dataclass(frozen=True, eq=False)
class Piece:
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

    def drawn(self, engine: str) -> "Piece":
        """The same with inputs and luck. Engines draw the same, each in its own time."""
        inputs, luck = self.inputs, self.luck
        if inputs is None:
            inputs = self.template.draw(self.seed, self.first, self.n, judge_of(engine))
        return replace(self, inputs=inputs, luck=seeds(self.seed, self.first, self.n) if luck is None else luck)

    @property
    def start(self) -> tuple[Any, ...]:
        """What an engine is given, of a piece that is drawn."""
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


def run_task(piece: Piece, engine: str) -> Batch:
    """The futures of a piece, here. Raises FutureBroke naming the one that failed."""
    return run_start(engine, piece.drawn(engine).start, _processes(piece.template))


def named(piece: Piece, broke: FutureBroke) -> FutureBroke:
    """A future that broke, with what the world could not name."""
    if broke.reason != OUT_OF_RANGE:
        return broke
    piece = piece.drawn("simpy")
    at = broke.future - piece.first
    reason = out_of_range(piece.template, piece.inputs[at], int(piece.luck[at]), _processes(piece.template))
    return FutureBroke(broke.future, broke.seed, reason)


def run_start(engine: str, start: tuple[Any, ...], processes: "tuple[Process, ...]" = ()) -> Batch:
    """The futures of a piece from its `start`, one for each row of inputs."""
    record, addresses, seed, first, inputs, luck = start
    if engine == "simpy":
        return alone.futures(record, addresses, seed, processes, first, inputs, luck)
    from sim.engine.compiled import numba_engine

    KERNELS.take()
    at = np.zeros(1, np.int64)
    try:
        return numba_engine.run(record, addresses, inputs, luck, at).check(first, seed)
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


Finished = tuple[Piece, Batch | FutureBroke]
"""A piece, with the inputs that were drawn for it, and what it came to."""


def finished(pieces: Iterable[Piece], engine: str, workers: int) -> Iterator[Finished]:
    """Run pieces of any templates in parallel, in whatever order they end; one that breaks does not stop the rest.

    A few are drawn ahead of the workers and no more, so memory does not grow with their number.
    """
    if engine == "auto":
        return _handed_over(pieces, workers)
    if engine == "compiled":
        return _in_threads(Hand(pieces, AHEAD * workers), workers)
    return (_here(piece) for piece in pieces) if workers == 1 else _in_processes(Hand(pieces, AHEAD * workers), workers)


def _here(piece: Piece, engine: str = "simpy") -> Finished:
    """In this process, where a debugger can stop."""
    piece = piece.drawn(engine)
    try:
        return piece, run_task(piece, engine)
    except FutureBroke as broke:
        return piece, named(piece, broke)


def _handed_over(pieces: Iterable[Piece], workers: int) -> Iterator[Finished]:
    """SimPy until the kernels are ready, then the compiled engine; one core is left to the compiler."""
    KERNELS.compile_beside()
    in_flight = Hand(pieces, AHEAD * workers)
    try:
        if not KERNELS.are_ready():
            yield from _in_processes(in_flight, max(1, workers - 1), KERNELS.are_ready)
        if not in_flight.is_empty():
            yield from _in_threads(in_flight, workers)
    except BaseException:
        KERNELS.stop()
        raise


def _in_threads(in_flight: "Hand", workers: int) -> Iterator[Finished]:
    """Kernels let go of the interpreter's lock; they are there before threads ask for them at the same time."""
    KERNELS.take()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for task in in_flight.ended(lambda piece: (piece, pool.submit(_here, piece, "compiled"))):
                yield task.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_processes(in_flight: "Hand", workers: int, enough: Callable[[], bool] = lambda: False) -> Iterator[Finished]:
    """A worker that dies takes its pool with it; what was in hand runs again in a new one.

    When there is `enough` of SimPy, what was in hand is left there.
    """
    with atomic_write.shelf() as shelf:
        for _ in range(_BREAKS):
            pool = ProcessPoolExecutor(workers, get_context("spawn"), alone.begin, (shelf,))
            try:
                for task in in_flight.ended(lambda piece, pool=pool: _sent(pool, piece, shelf)):  # type: ignore[misc]
                    yield in_flight.result(task)
                    if enough():
                        in_flight.done(task)
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


def _sent(pool: ProcessPoolExecutor, piece: Piece, shelf: str) -> tuple[Piece, Task[str]]:
    processes = _processes(piece.template)
    piece = piece.drawn("simpy")
    record, addresses, seed, *which = piece.start
    with alone.unheard():
        return piece, pool.submit(alone.shelved, shelf, record, addresses, seed, processes, *which)


def _first_ended(tasks: Iterable[Any]) -> Any:
    return wait(tasks, return_when=FIRST_COMPLETED).done


class Hand:
    """Pieces that are being worked on: a few at a time, and again if their worker died.

    `ended` waits for tasks and gives those that have ended.
    """

    def __init__(self, pieces: Iterable[Piece], most: int, ended: Callable[[Any], Any] = _first_ended) -> None:
        self._source = iter(pieces)
        self._again: deque[Piece] = deque()
        self._most = most
        self._ended = ended
        self._tasks: dict[Task[Any], Piece] = {}

    def ended(self, submit: Callable[[Piece], tuple[Piece, Task[Any]]]) -> Iterator[Task[Any]]:
        """Tasks as they end. What `submit` raises leaves its piece in hand."""
        while True:
            while len(self._tasks) < self._most and (piece := self._next()) is not None:
                self._again.appendleft(piece)
                piece, task = submit(piece)
                self._again.popleft()
                self._tasks[task] = piece
            if not self._tasks:
                return
            for task in self._ended(self._tasks):
                yield task
                self.done(task)

    def piece(self, task: Any) -> Piece:
        """The piece that a task works on."""
        return self._tasks[task]

    def result(self, task: Task[str]) -> Finished:
        """The piece of a task and what became of it. Raises what broke the worker, not what broke the future."""
        try:
            return self._tasks[task], alone.taken(task.result())
        except FutureBroke as broke:
            return self._tasks[task], named(self._tasks[task], broke)

    def done(self, task: Any) -> None:
        """Let a task go that has ended."""
        self._tasks.pop(task, None)

    def is_empty(self) -> bool:
        """Whether no piece is left."""
        if not self._again and (piece := self._next()) is not None:
            self._again.append(piece)
        return not (self._again or self._tasks)

    def again(self) -> None:
        """Put what is in hand back in front."""
        self._again.extendleft(self._tasks.values())
        self._tasks = {}

    def _next(self) -> Piece | None:
        return self._again.popleft() if self._again else next(self._source, None)
