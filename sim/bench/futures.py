"""What a future costs, in both engines and by step, beside the yardstick."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sim.bench import yardstick
from sim.engine import runner, tasks
from sim.engine.histogram import Histograms
from sim.engine.results import OUTCOMES, Batch
from sim.engine.storage.outcome_file import OutcomeFile
from sim.engine.tasks import Task
from sim.language.documents import Document
from sim.template.assemble import Template
from sim.template.variation import lean

ROUNDS = 5
"""Everything is timed in turn, so often: what else the machine does falls on all alike. The median counts."""


@dataclass(frozen=True)
class FutureCosts(
    Document,
    keys="whole_over_yardstick lean_over_yardstick compiled_over_simpy draws_of_whole events yardstick_events "
    "microseconds",
):
    """Microseconds of processor time for one future, and its events."""

    yardstick: float
    draws: float
    """Inputs drawn and judged."""
    kernel: float
    """The future itself, compiled."""
    reductions: float
    """Its months counted into histograms, its outcomes put on disk."""
    lean: float
    """Drawn and run, asked for no more than shortfalls, as those of sets of removals are."""
    simpy: float
    events: float
    yardstick_events: float

    @property
    def whole(self) -> float:
        """Drawn and run, with all that is known of it."""
        return self.draws + self.kernel

    @property
    def whole_over_yardstick(self) -> float:
        """How many futures of the yardstick a future costs."""
        return self.whole / self.yardstick

    @property
    def lean_over_yardstick(self) -> float:
        """The same of a lean one."""
        return self.lean / self.yardstick

    @property
    def compiled_over_simpy(self) -> float:
        """How many times faster compiled is."""
        return self.simpy / self.whole

    @property
    def draws_of_whole(self) -> float:
        """The part of a future that goes into drawing its inputs."""
        return self.draws / self.whole

    @property
    def microseconds(self) -> dict[str, float]:
        """All that was timed, for those who know the machine."""
        names = ("yardstick", "draws", "kernel", "reductions", "lean", "simpy")
        return {name: getattr(self, name) for name in names}

    def text(self) -> str:
        """A line for each."""
        return "\n".join(
            [
                f"{'a future, compiled, over the yardstick':<48}{self.whole_over_yardstick:>8.2f}"
                f"   {self.whole:,.0f} us; {self.events:,.0f} events",
                f"{'a lean future over the yardstick':<48}{self.lean_over_yardstick:>8.2f}   {self.lean:,.0f} us",
                f"{'compiled over SimPy':<48}{self.compiled_over_simpy:>8.1f}   SimPy: {self.simpy:,.0f} us",
                f"{'draws, of a compiled future':<48}{self.draws_of_whole:>8.0%}   {self.draws:,.0f} us",
                f"{'the yardstick itself':<48}{'':>8}   {self.yardstick:,.0f} us; {self.yardstick_events:,.0f} events",
            ]
        )


def future_costs(template: Template, futures: int, simpy_futures: int) -> FutureCosts:
    """Time futures of a template in one thread; what has to be compiled is compiled before."""
    size = max(1, futures // ROUNDS)
    for engine in ("compiled", "simpy"):
        runner.run_chunk(template, 1, 0, 1, engine)
    yardstick.run(0, 1)
    rounds = [_round(template, number * size, size) for number in range(ROUNDS)]
    costs = {step: median(each[step] for each in rounds) for step in rounds[0]}
    simpy, _ = _timed(lambda: runner.run_chunk(template, 1, 0, simpy_futures, "simpy"))
    return FutureCosts(**costs, simpy=1e6 * simpy / simpy_futures)


def _round(template: Template, first: int, n: int) -> dict[str, float]:
    """Microseconds of each step for one future, and events."""
    spent: dict[str, float] = {}
    spent["yardstick"], (_, yardstick_events) = _timed(lambda: yardstick.run(first, n))
    spent["draws"], task = _timed(lambda: Task(template, 1, first, n).drawn("compiled"))
    spent["kernel"], batch = _timed(lambda: tasks.run_start("compiled", task.start))
    spent["reductions"], _ = _timed(lambda: _reduced(batch))
    spent["lean"], _ = _timed(lambda: runner.run_chunk(lean(template), 1, first, n, "compiled"))
    costs = {step: 1e6 * seconds / n for step, seconds in spent.items()}
    return costs | {"events": float(batch.events.mean()), "yardstick_events": yardstick_events / n}


def _reduced(batch: Batch) -> None:
    Histograms.empty(batch.series.shape[1]).add(batch.series)
    OutcomeFile(OUTCOMES, 0, len(batch.events)).put(0, batch.outcomes)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor time, and what came of them."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result
