"""How fast both engines are, measured in one go on one core: trust the ratio, not the digits."""

import cProfile
import pstats
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.engine import runner, simpy_engine, tasks
from sim.engine.compiled import kernel_cache
from sim.engine.compiled.compiler import KERNELS
from sim.language.events import EVENTS
from sim.template.assemble import Template
from sim.world.course import events

CHUNK = 500
"""Futures timed in one call."""


@dataclass(frozen=True)
class Speed:
    """Futures a second on one core, and events of a future."""

    compiled: float
    simpy: float
    events: float

    @property
    def ratio(self) -> float:
        """How many times faster compiled is."""
        return self.compiled / self.simpy

    def text(self) -> str:
        """A few lines for the terminal."""
        return (
            f"{'compiled, one thread':<22}{self.compiled:>10,.0f} futures/s"
            f"{1e6 / self.compiled:>10,.0f} us a future{self.compiled * self.events / 1e6:>8.2f} M events/s\n"
            f"{'SimPy, one process':<22}{self.simpy:>10,.0f} futures/s"
            f"{1e6 / self.simpy:>10,.0f} us a future{self.simpy * self.events / 1e6:>8.2f} M events/s\n"
            f"{'compiled over SimPy':<22}{self.ratio:>10.1f} times a core; {self.events:,.0f} events a future"
        )


@dataclass(frozen=True)
class Pages:
    """What a future costs by page of the world: shares of the time under SimPy; events of a future by kind.

    The compiler melts the pages into one function, so its time cannot be divided by page; the shares are SimPy's.
    """

    shares: dict[str, float]
    events: dict[str, float]

    def text(self) -> str:
        """A line for each page and for each kind of event, the dearest first."""
        pages = [f"{page:<22}{share:>10.1%} of the time under SimPy" for page, share in self.shares.items()]
        kinds = [f"{kind:<22}{number:>10,.1f} events a future" for kind, number in self.events.items()]
        return "\n".join([*pages, "", *kinds])


def by_page(template: Template, futures: int) -> Pages:
    """Run futures under SimPy with a profiler and an event log."""
    seen: Counter[str] = Counter()
    drawn = template.draw(1, 0, futures), tasks.seeds(1, 0, futures)
    with cProfile.Profile() as profile:
        simpy_engine.run(
            template.record,
            template.addresses,
            *drawn,
            np.zeros(1, np.int64),
            lambda _, log: seen.update(EVENTS[row[1]].name for row in log),
        )
    home = Path(events.__file__).parents[1]
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        page = Path(file)
        spent[page.stem if home in page.parents else "engine and language"] += own
    total = spent.total()
    return Pages(
        {page: own / total for page, own in spent.most_common() if own > 0.0},
        {kind: number / futures for kind, number in seen.most_common()},
    )


def measure(template: Template, futures: int, simpy_futures: int) -> Speed:
    """Time both engines on the first futures of a template, compilation left out."""
    runner.run_chunk(template, 1, 0, 1, "compiled")
    compiled, events = _timed(template, futures, "compiled")
    simpy, _ = _timed(template, simpy_futures, "simpy")
    return Speed(compiled, simpy, events)


def _timed(template: Template, futures: int, engine: str) -> tuple[float, float]:
    """Futures a second and events a future."""
    started = time.perf_counter()
    events = 0
    for first in range(0, futures, CHUNK):
        events += int(runner.run_chunk(template, 1, first, min(CHUNK, futures - first), engine).events.sum())
    return futures / (time.perf_counter() - started), events / futures


def warm_up() -> str:
    """Have the kernels ready in the cache; says where they are and how long that took."""
    started = time.perf_counter()
    was_there = KERNELS.are_ready()
    KERNELS.take()
    file = kernel_cache.path()
    if was_there:
        return f"already compiled: {file}"
    took = f"compiled in {time.perf_counter() - started:.0f} s"
    if kernel_cache.read(file) is None:
        why = f"no room, or no right to write, in {file.parent}" if file else "this user has no home"
        return f"{took}, but not kept: {why}"
    return f"{took}: {file}"
