"""Worker processes of the SimPy engine. Light on purpose: one needs SimPy and the world alone, so it starts at once."""

import pickle
import signal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from sim.engine import under_simpy
from sim.engine.results import Batch
from sim.errors import FutureBroke


def calm() -> None:
    """A worker leaves Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
    processes: tuple[under_simpy.Process, ...],
    first: int,
    inputs: Any,
    names: Any,
) -> Batch:
    """Futures from number `first` on, one for each row of `inputs`. Raises FutureBroke naming the one that failed."""
    at = np.zeros(1, np.int64)
    try:
        batch = under_simpy.run(record, addresses, inputs, names, at, processes=processes)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise FutureBroke(first + int(at[0]), seed, str(error)) from error
    return batch.check(first, seed)
