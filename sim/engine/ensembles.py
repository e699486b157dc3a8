"""Several jobs through one pool: the same futures of many variants of a scenario.

What a variant comes to does not depend on the others. Months are kept only when asked for: of many variants they would
fill the memory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.results import OUTCOMES, SERIES, Batch
from sim.engine.runner import Engine, Job, choose, pieces_of
from sim.engine.tasks import finished
from sim.errors import FutureBroke, Interrupted


@dataclass(frozen=True)
class Futures:
    """The outcomes of one job, a row for each future, and its months if they were asked for."""

    outcomes: pd.DataFrame
    series: Any
    """Shape (futures, months, SERIES), or None."""


@dataclass(frozen=True)
class _Filling:
    """The numbers of one job while its pieces come in."""

    job: Job
    outcomes: Any
    series: Any

    @classmethod
    def of(cls, job: Job, months: bool) -> "_Filling":
        series = np.zeros((job.futures, job.months, len(SERIES))) if months else None
        return cls(job, np.zeros((job.futures, len(OUTCOMES))), series)

    def take(self, first: int, batch: Batch) -> None:
        rows = slice(first - self.job.first, first - self.job.first + len(batch.outcomes))
        self.outcomes[rows] = batch.outcomes
        if self.series is not None:
            self.series[rows] = batch.series

    def done(self) -> Futures:
        rows = pd.RangeIndex(self.job.first, self.job.first + self.job.futures, name="future")
        return Futures(pd.DataFrame(self.outcomes, rows, list(OUTCOMES)), self.series)


def run(jobs: Sequence[Job], engine: Engine, told: Callable[[int], None], months: bool = False) -> list[Futures]:
    """Run all jobs, which share their number of workers; `told` hears how many futures have finished.

    Raises FutureBroke naming the future that failed, Interrupted when stopped from outside.
    """
    chosen = choose(engine, any(job.template.scenario.processes for job in jobs))
    filling = [_Filling.of(job, months) for job in jobs]
    pieces = (piece for tag, job in enumerate(jobs) for piece in pieces_of(job, chosen, tag))
    try:
        for piece, batch in finished(pieces, chosen, jobs[0].workers):
            if isinstance(batch, FutureBroke):
                raise batch
            filling[piece.tag].take(piece.first, batch)
            told(piece.n)
    except KeyboardInterrupt as stop:
        raise Interrupted("interrupted; nothing was written") from stop
    return [each.done() for each in filling]
