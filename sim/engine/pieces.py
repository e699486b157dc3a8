"""Pieces: some futures of a template, run in parallel with other pieces of any templates.

Threads for the compiled engine, processes for SimPy. A worker that dies costs the pieces it had in hand, which run
again; a future that breaks is handed back as such, and the rest goes on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures import Future as Task
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import workers as alone
from sim.engine.breaks import out_of_range
from sim.engine.results import Batch
from sim.errors import FutureBroke, ModelError
from sim.language.luck import bits
from sim.scenario.assemble import Template
from sim.scenario.matching import Judge
from sim.world.future import LAYOUT
from sim.world.happenings import OUT_OF_RANGE

if TYPE_CHECKING:
    from sim.engine.under_simpy import Process

AHEAD = 3
"""Pieces in hand for each worker, so that none waits for its next."""

_FUTURES = 0
"""Purpose of the draw that names a future's luck."""

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

    def drawn(self, engine: str) -> tuple[Any, Any]:
        """The inputs of its futures and what names their luck. Engines draw the same, each in its own time."""
        inputs, luck = self.inputs, self.luck
        if inputs is None:
            inputs = self.template.draw(self.seed, self.first, self.n, _judge(engine))
        return inputs, seeds(self.seed, self.first, self.n) if luck is None else luck


def _judge(engine: str) -> Judge | None:
    """An engine's own way to judge openings; None for the plain one."""
    if engine != "compiled":
        return None
    from sim.engine import compiled

    return compiled.judge


def inputs(template: Template, seed: int, futures: int, engine: str, at_once: int = 1000) -> Any:
    """The inputs of the first futures, shape (futures, columns); some at a time, for drawing takes more room."""
    firsts = range(0, futures, at_once)
    return np.concatenate(
        [template.draw(seed, first, min(at_once, futures - first), _judge(engine)) for first in firsts]
    )


def seeds(seed: int, first: int, n: int) -> Any:
    """What names the luck of futures `first` to `first + n - 1`; shape (n,)."""
    return np.array([bits(seed, _FUTURES, number, 0) >> 2 for number in range(first, first + n)], np.int64)


def run_piece(piece: Piece, engine: str) -> Batch:
    """The futures of a piece, here. Raises FutureBroke naming the one that failed."""
    of = piece.template
    start = (of.record, of.addresses, piece.seed, piece.first, *piece.drawn(engine))
    return run_start(engine, *start, _processes(of) if engine == "simpy" else ())


def named(piece: Piece, broke: FutureBroke) -> FutureBroke:
    """A future that broke, with what the world could not name."""
    if broke.reason != OUT_OF_RANGE:
        return broke
    inputs, luck = piece.drawn("simpy")
    at = broke.future - piece.first
    reason = out_of_range(piece.template, inputs[at], int(luck[at]), _processes(piece.template))
    return FutureBroke(broke.future, broke.seed, reason)


def run_start(
    engine: str,
    record: Any,
    addresses: Any,
    seed: int,
    first: int,
    inputs: Any,
    luck: Any,
    processes: "tuple[Process, ...]" = (),
) -> Batch:
    """Futures from number `first` on, one for each row of `inputs`, from the start they share."""
    if engine == "simpy":
        return alone.futures(record, addresses, seed, processes, first, inputs, luck)
    from sim.engine import compiled

    at = np.zeros(1, np.int64)
    try:
        return compiled.run(record, addresses, inputs, luck, at).check(first, seed)
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


Finished = tuple[Piece, Batch | FutureBroke]


def finished(pieces: Iterable[Piece], engine: str, workers: int) -> Iterator[Finished]:
    """Run pieces of any templates in parallel, in whatever order they end; one that breaks does not stop the rest.

    A few are drawn ahead of the workers and no more, so memory does not grow with their number.
    """
    if engine == "compiled":
        return _in_threads(pieces, workers)
    return (_here(piece) for piece in pieces) if workers == 1 else _in_processes(pieces, workers)


def _here(piece: Piece, engine: str = "simpy") -> Finished:
    """In this process, where a debugger can stop."""
    try:
        return piece, run_piece(piece, engine)
    except FutureBroke as broke:
        return piece, named(piece, broke)


def _in_threads(pieces: Iterable[Piece], workers: int) -> Iterator[Finished]:
    """Kernels let go of the interpreter's lock. Compiled once, before threads ask for it at the same time."""
    warm_up()
    hand = Hand(pieces, AHEAD * workers)
    with ThreadPoolExecutor(workers) as pool:
        try:
            for task in hand.ended(lambda piece: pool.submit(_here, piece, "compiled")):
                yield task.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_processes(pieces: Iterable[Piece], workers: int) -> Iterator[Finished]:
    """A worker that dies takes its pool with it; what was in hand runs again in a new one."""
    hand = Hand(pieces, AHEAD * workers)
    with TemporaryDirectory(ignore_cleanup_errors=True) as shelf:  # a worker may still be putting something there
        for _ in range(_BREAKS):
            pool = ProcessPoolExecutor(workers, get_context("spawn"), alone.calm)
            try:
                for task in hand.ended(lambda piece, pool=pool: _sent(pool, piece, shelf)):  # type: ignore[misc]
                    yield hand.result(task)
                return
            except BrokenProcessPool:
                hand.again()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    raise ModelError(f"{_BREAKS} times a worker died; is there enough memory?")


def _sent(pool: ProcessPoolExecutor, piece: Piece, shelf: str) -> Task[str]:
    of = piece.template
    drawn = piece.drawn("simpy")
    return pool.submit(alone.shelved, shelf, of.record, of.addresses, piece.seed, _processes(of), piece.first, *drawn)


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

    def ended(self, submit: Callable[[Piece], Task[Any]]) -> Iterator[Task[Any]]:
        """Tasks as they end. What `submit` raises leaves its piece in hand."""
        while True:
            while len(self._tasks) < self._most and (piece := self._next()) is not None:
                self._again.appendleft(piece)
                task = submit(piece)
                self._again.popleft()
                self._tasks[task] = piece
            if not self._tasks:
                return
            for task in self._ended(self._tasks):
                yield task
                self._tasks.pop(task, None)

    def piece(self, task: Any) -> Piece:
        """The piece that a task works on."""
        return self._tasks[task]

    def result(self, task: Task[str]) -> Finished:
        """The piece of a task and what became of it. Raises what broke the worker, not what broke the future."""
        try:
            return self._tasks[task], alone.taken(task.result())
        except FutureBroke as broke:
            return self._tasks[task], named(self._tasks[task], broke)

    def again(self) -> None:
        """Put what is in hand back in front."""
        self._again.extendleft(self._tasks.values())
        self._tasks = {}

    def _next(self) -> Piece | None:
        return self._again.popleft() if self._again else next(self._source, None)


def warm_up() -> None:
    """Compile, if that is not done, by running an empty template."""
    from sim.engine import compiled

    none = np.zeros(0, np.int64)
    compiled.run(np.zeros(1, LAYOUT.record), none, np.zeros((0, 0)), none, np.zeros(1, np.int64))
