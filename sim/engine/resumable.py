"""Studies through the store of chunks: what is finished is kept, and who stops a study hears so."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sim.engine import runner, tasks
from sim.engine.storage.chunk_store import Chunks
from sim.engine.tasks import Finished, Task
from sim.errors import Interrupted
from sim.language.counting import counted

STORE = "chunks"
"""Folder of the store, in the folder for results; all studies share it."""


class Asks(Protocol):
    """What every study says of the machines it runs on."""

    @property
    def engine(self) -> runner.Engine:
        """The engine, or `auto`."""

    @property
    def workers(self) -> int:
        """Threads or processes, where no cluster is asked for."""

    @property
    def cluster(self) -> str | None:
        """The address of a Dask scheduler."""


@dataclass
class Tally:
    """Chunks that were finished here."""

    done: int = 0


def opened(out: Path) -> Chunks:
    """The store in a folder for results, tidied."""
    kept = Chunks(out / STORE)
    kept.tidy()
    return kept


@contextmanager
def keeping() -> Iterator[Tally]:
    """Around work whose finished chunks are kept. Raises Interrupted, which says so, when stopped from outside."""
    tally = Tally()
    try:
        yield tally
    except KeyboardInterrupt as stop:
        left = f"{counted(tally.done, 'finished chunks')} kept"
        raise Interrupted(f"interrupted; {left}. Run the same command to go on.") from stop


def finished(asks: Asks, engine: str, todo: Iterable[Task]) -> Iterator[Finished]:
    """Run tasks here or on the cluster, in whatever order they end."""
    if asks.cluster is None:
        return tasks.finished(todo, engine, asks.workers)
    from sim.engine import cluster

    return cluster.finished(todo, "compiled" if engine == "auto" else engine, asks.cluster)
