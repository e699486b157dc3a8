"""A run small enough to know by heart: what the study and the report are given, without an engine."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from sim.bottlenecks.shares import CAUSES, USES
from sim.findings.findings import Run
from sim.measures.intervals import Column
from sim.measures.measures import MEASURES
from sim.world.course.future import OUTCOMES, SERIES

RUN = Run(
    name="Toy",
    why="To be read by tests.",
    as_of=date(2026, 4, 23),
    start=date(2026, 4, 23),
    end=date(2030, 12, 31),
    reporting_from=date(2027, 1, 1),
    reporting_until=date(2028, 1, 1),
    later=date(2030, 1, 1),
    seed=1,
    gates=("odds(insolvent) < 8%",),
    forks={
        "closed": "a round closes",
        "stalled": "a round stalls",
        "window_closed": "the window closes",
        "truce_lapsed": "the truce lapses",
        "rupture": "relations rupture",
        "listed": "the lab is listed",
    },
    limits=("Nobody has such a lab.",),
)

LEVELS = {"p5": 0.5, "p25": 0.8, "p50": 1.0, "p75": 1.3, "p95": 2.0, "mean": 1.1}


def outcomes(futures: int = 200) -> pd.DataFrame:
    """Every column a ramp from 1 to `futures`, in an order of its own; flags are 1 in the second half."""
    return _ramps(futures).copy()


@cache
def _ramps(futures: int) -> pd.DataFrame:
    flags = {each.column for each in MEASURES if each.kind == "flag"}
    columns = {}
    for i, field in enumerate(OUTCOMES):
        ramp = np.roll(np.arange(1.0, futures + 1.0), 7 * i)
        columns[field.name] = (ramp > futures / 2).astype(float) if field.name in flags else ramp
    table = pd.DataFrame(columns)
    return table.assign(next_released=1.0, second_released=1.0)


def parts(futures: int = 200, **given: float | Column) -> pd.DataFrame:
    """The toy's outcomes with these parts (`train_budget=3.0`) and no others."""
    nothing = {f"{use}_{cause}": 0.0 for use in USES for group in CAUSES.values() for cause in group}
    return outcomes(futures).assign(**{**nothing, **given})


def series(months: int = 57) -> pd.DataFrame:
    """Every series grows by a hundred a month, with a spread around it."""
    ends = [_month_end(2026, 4 + m) for m in range(months)]
    rows = [
        (end, field.name, *(100.0 * (m + 1) * spread for spread in LEVELS.values()))
        for m, end in enumerate(ends)
        for field in SERIES
    ]
    return pd.DataFrame(rows, columns=["month", "series", *LEVELS])


def _month_end(year: int, month: int) -> str:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).isoformat()
