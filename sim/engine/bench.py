"""How fast both engines are, measured in one go on one core: trust the ratio, not the digits."""

import time
from dataclasses import dataclass

from sim.engine import pieces, runner
from sim.engine.sources import cache_folder, is_warm
from sim.scenario.assemble import Template

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
    """Compile, if that is not done, by running an empty template; says how long it took."""
    if is_warm():
        return f"already compiled, in {cache_folder()}"
    started = time.perf_counter()
    pieces.warm_up()
    return f"compiled in {time.perf_counter() - started:.0f} s, into {cache_folder()}"
