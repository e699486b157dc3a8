"""Tasks on an existing Dask cluster: the same chunks, the same bytes.

A worker is sent the start of its futures and their inputs, and returns what they come to; it needs this project
installed, nothing else. One whose arithmetic or whose model differs is refused by name, when the study begins and again
with every task, for workers may join later. What a lost worker had in hand runs again elsewhere.
"""

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from sim.engine import tasks
from sim.engine.results import Batch
from sim.engine.storage.fingerprints import arithmetic_fingerprint, model_hash
from sim.engine.tasks import AHEAD, Finished, Task
from sim.errors import FutureBroke, ModelError

RETRIES = 5
"""How often a task whose worker died is tried again."""

PATIENCE = 10.0
"""Seconds in which the scheduler has to answer."""


class Stranger(ModelError):
    """A worker whose results would differ."""


def finished(todo: Iterable[Task], engine: str, address: str) -> Iterator[Finished]:
    """Run tasks on the cluster whose scheduler listens at `address`, in whatever order they end.

    Raises ModelError if nobody answers, or if a worker computes differently.
    """
    with _client(address) as client:
        _same_everywhere(client)
        slots = sum(client.nthreads().values()) or 1
        in_flight = tasks.InFlight(todo, AHEAD * slots, _first_ended)
        running: Any
        for running in in_flight.ended(lambda task: _sent(client, task, engine)):
            yield _result(in_flight, running)
            running.release()


def is_open(address: str) -> bool:
    """Whether whoever reaches the scheduler could run code on it: not TLS, and not only this machine."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "tls":
        return False
    try:
        addresses = {ipaddress.ip_address(entry[4][0]) for entry in socket.getaddrinfo(parts.hostname, None)}
    except OSError:
        return True
    return not all(each.is_loopback for each in addresses)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ModelError("a cluster needs dask: pip install 'chokepoint[cluster]'") from error
    try:
        return Client(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise ModelError(f"no Dask scheduler answers at {address}: {error}") from error


def _identity() -> tuple[str, str]:
    return arithmetic_fingerprint(), model_hash()


def _same_everywhere(client: Any) -> None:
    """Refuse a worker that computes differently.

    One that dies while it is asked is no reason to stop: whatever takes its place is asked again with each task.
    """
    identities = client.run(_identity, on_error="return")
    if not identities:
        raise ModelError("the cluster has no workers")
    for worker, theirs in sorted(identities.items()):
        if isinstance(theirs, OSError):
            continue
        if isinstance(theirs, Exception):
            raise theirs
        if theirs != _identity():
            raise Stranger(_refusal(worker, theirs))


def _refusal(worker: str, theirs: tuple[str, str]) -> str:
    ours = _identity()
    what = "arithmetic" if theirs[0] != ours[0] else "model (another version of the program)"
    return f"worker {worker} is refused: its {what} differs, so its results would ({theirs} there, {ours} here)"


def _sent(client: Any, task: Task, engine: str) -> tuple[Task, Any]:
    """A task of its own: what is computed twice is thrown away, not shared."""
    task = task.drawn(engine)
    return task, client.submit(_run, task.start, engine, _identity(), pure=False, retries=RETRIES)


def _run(start: Any, engine: str, identity: tuple[str, str]) -> Batch | FutureBroke:
    """On a worker."""
    if _identity() != identity:
        from distributed import get_worker

        raise Stranger(_refusal(str(get_worker().address), _identity()))
    try:
        return tasks.run_start(engine, start)
    except FutureBroke as broke:
        return broke


def _first_ended(tasks: Any) -> Any:
    from distributed import wait

    return wait(list(tasks), return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]


def _result(in_flight: tasks.InFlight, running: Any) -> Finished:
    from distributed import KilledWorker

    try:
        task, batch = in_flight.task(running), running.result()
    except KilledWorker as error:
        raise ModelError(f"workers of the cluster keep dying: {error}; is there enough memory?") from error
    return task, tasks.named(task, batch) if isinstance(batch, FutureBroke) else batch
