"""Worker processes of the SimPy engine. Light on purpose: one needs SimPy and the world alone, so it starts at once."""

import signal
from typing import Any

import numpy as np

from sim.engine import under_simpy
from sim.engine.results import Batch
from sim.errors import FutureBroke


def calm() -> None:
    """A worker leaves Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
        return under_simpy.run(record, addresses, inputs, names, at, processes=processes)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise FutureBroke(first + int(at[0]), seed, str(error)) from error
