"""Worker processes of the SimPy engine. Light on purpose: one needs SimPy and the world alone, so it starts at once."""

import multiprocessing
import os
import pickle
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from sim.engine import simpy_engine
from sim.engine.results import Batch
from sim.errors import FutureBroke


@contextmanager
def unheard() -> Iterator[None]:
    """Start workers in here: they leave Ctrl-C to the process that starts them, which hears it when they have started.

    A worker that is left half-started would print why it cannot begin.
    """
    resource_tracker.ensure_running()  # started by the start of a worker, it would let signals through again
    waiting: list[tuple[int, Any]] = []
    signals = [each for each in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(each))]
    handlers: dict[int, Any] = {each: signal.signal(each, lambda *call: waiting.append(call)) for each in signals}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for each, handler in handlers.items():
            signal.signal(each, handler)
        for number, frame in waiting:
            handlers[number](number, frame)


def begin(shelf: str) -> None:
    """What a worker does first: it ends when the process that started it does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(shelf,), daemon=True).start()


def _end_with_parent(shelf: str) -> None:
    """A thread, for not every system can signal the death of a parent; and only so the shelf is cleared too."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    shutil.rmtree(shelf, ignore_errors=True)
    os._exit(1)


def end() -> None:
    """End the workers of this process amid their work."""
    for worker in multiprocessing.active_children():
        worker.terminate()


def shelved(shelf: str, *start: Any) -> str:
    """The file on a shelf with what `futures` gives.

    A pipe takes so short an answer in one go: whoever reads it never waits for the rest from a worker that was killed.
    """
    batch = futures(*start)
    with NamedTemporaryFile(dir=shelf, delete=False) as file:
        pickle.dump(batch, file, pickle.HIGHEST_PROTOCOL)
    return file.name


def taken(file: str) -> Batch:
    """What lies in a file, which is gone then."""
    path = Path(file)
    batch: Batch = pickle.loads(path.read_bytes())
    path.unlink()
    return batch


def futures(
    record: Any,
    addresses: Any,
    seed: int,
    processes: tuple[simpy_engine.Process, ...],
    first: int,
    inputs: Any,
    names: Any,
) -> Batch:
    """Futures from number `first` on, one for each row of `inputs`. Raises FutureBroke naming the one that failed."""
    at = np.zeros(1, np.int64)
    try:
        batch = simpy_engine.run(record, addresses, inputs, names, at, processes=processes)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise FutureBroke(first + int(at[0]), seed, str(error)) from error
    return batch.check(first, seed).asked(record)
