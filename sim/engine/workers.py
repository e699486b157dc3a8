"""Worker processes of the SimPy engine. Light on purpose: one needs SimPy and the world alone, so it starts at once."""

from typing import Any

import numpy as np

from sim.engine import under_simpy
from sim.engine.results import Batch
from sim.errors import FutureBroke

_adopted: tuple[Any, Any, int, tuple[under_simpy.Process, ...]] | None = None


def adopt(record: Any, addresses: Any, seed: int, processes: tuple[under_simpy.Process, ...]) -> None:
    """What a worker process keeps from its start, so that it is sent once."""
    global _adopted
    _adopted = (record, addresses, seed, processes)


def chunk(first: int, inputs: Any, names: Any) -> Batch:
    """The futures whose inputs and seeds are sent, in an adopted worker."""
    assert _adopted is not None
    record, addresses, seed, processes = _adopted
    return futures(record, addresses, seed, processes, first, inputs, names)


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
