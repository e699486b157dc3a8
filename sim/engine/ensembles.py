"""Several jobs through one pool: the same futures of many variants of a scenario.

What a variant comes to does not depend on the others. Months are kept only when asked for: of many variants they would
fill the memory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.results import OUTCOMES, SERIES
from sim.engine.runner import Engine, Job, choose, pieces_of
from sim.engine.tasks import finished
from sim.errors import FutureBroke, Interrupted


@dataclass(frozen=True)
class Futures:
    """The outcomes of one job, a row for each future, and its months if they were asked for."""

    outcomes: pd.DataFrame
    series: Any
    """Shape (futures, months, SERIES), or None."""


def run(jobs: Sequence[Job], engine: Engine, text: Callable[[int], None], months: bool = False) -> list[Futures]:
    """Run all jobs, which share their number of workers; `text` hears how many futures have finished.

    Raises FutureBroke naming the future that failed, Interrupted when stopped from outside.
    """
    chosen = choose(engine, any(job.template.scenario.processes for job in jobs))
    outcomes = [np.zeros((job.futures, len(OUTCOMES))) for job in jobs]
    series = [np.zeros((job.futures, job.months, len(SERIES))) if months else None for job in jobs]
    pieces = (piece for tag, job in enumerate(jobs) for piece in pieces_of(job, chosen, tag))
    try:
        for piece, batch in finished(pieces, chosen, jobs[0].workers):
            if isinstance(batch, FutureBroke):
                raise batch
            at = piece.first - jobs[piece.tag].first
            outcomes[piece.tag][at : at + piece.n] = batch.outcomes
            if (kept := series[piece.tag]) is not None:
                kept[at : at + piece.n] = batch.series
            text(piece.n)
    except KeyboardInterrupt as stop:
        raise Interrupted("interrupted; nothing was written") from stop
    rows = [pd.RangeIndex(job.first, job.first + job.futures, name="future") for job in jobs]
    tables = [pd.DataFrame(found, index, list(OUTCOMES)) for found, index in zip(outcomes, rows, strict=True)]
    return [Futures(table, each) for table, each in zip(tables, series, strict=True)]
