"""Training compute over time, wanted and at work, without a script: medians of scenarios, bands of the first.

Coordinates are percent of the plot, from the upper left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sim.findings.answer import period
from sim.findings.comparison import ScenarioResult
from sim.measures.wording import month_text, number
from sim.report.figures.fans import COMPUTE, LEVELS

UNIT = COMPUTE[0].unit
APART = 7.5
"""Percent of the plot by which labels at its right end are kept apart."""
TICKS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """The median of one scenario: its path, and where its label stands."""

    case: int
    title: str
    path: str
    label: float


@dataclass(frozen=True, slots=True)
class OverTime:
    """The chart: lines, two bands of the first scenario, what is wanted, ticks as (place, text), and a sentence."""

    lines: tuple[Line, ...]
    bands: tuple[str, ...]
    wanted: str
    wanted_label: float
    ticks: tuple[tuple[float, str], ...]
    months: tuple[tuple[float, str], ...]
    says: str


def over_time(cases: Sequence[ScenarioResult]) -> OverTime | None:
    """Up to the end of the reporting window; None where the books do not hold it."""
    fan, run = COMPUTE[0], cases[0].findings.run
    tables = [_levels(case.series, fan.series, run.window_end) for case in cases]
    wanted = _levels(cases[0].series, str(fan.wanted), run.window_end)
    if any(len(table) < 2 for table in (*tables, wanted)):
        return None
    top = _above(max(tables[0]["p95"].max(), wanted["p50"].max(), *(table["p50"].max() for table in tables)))
    medians = [table["p50"].tolist() for table in tables]
    ends = [_place(line[-1], top) for line in (*medians, wanted["p50"].tolist())]
    labels = _spread(ends)
    months = [date.fromisoformat(str(month)) for month in tables[0].index]
    day = month_text(months[-1])
    there, want = (number(table["p50"].iloc[-1], UNIT) for table in (tables[0], wanted))
    return OverTime(
        tuple(
            Line(i, case.findings.title, _path(line, top), label)
            for i, (case, line, label) in enumerate(zip(cases, medians, labels, strict=False))
        ),
        tuple(
            _band(tables[0][low].tolist(), tables[0][high].tolist(), top) for low, high in (LEVELS[::4], LEVELS[1::2])
        ),
        _path(wanted["p50"].tolist(), top),
        labels[-1],
        tuple((100.0 - 100.0 * i / TICKS, number(top * i / TICKS, UNIT)) for i in range(TICKS + 1)),
        tuple((100.0 * i / (len(months) - 1), month_text(months[i])) for i in (0, len(months) // 2, len(months) - 1)),
        f"In {day} the lab wants {want} training units; {there} are at work in the median future of "
        f"{cases[0].findings.title}. Lines are medians; its bands hold 50% and 90% of the futures. The shares "
        f"missing above are counted {period(run)}, not at this date.",
    )


def _levels(series: pd.DataFrame, name: str, last: date) -> pd.DataFrame:
    frame = series[series["series"] == name].set_index("month")[list(LEVELS)]
    return frame[[date.fromisoformat(str(month)) <= last for month in frame.index]]


def _above(value: float) -> float:
    """A round number above: 1, 2, 2.5 or 5 times a power of ten, times four."""
    size = 10.0 ** (len(str(int(max(value, 1.0)))) - 2)
    return float(next(size * step for step in (10, 12, 16, 20, 24, 32, 40, 60, 80, 100) if size * step >= value))


def _place(value: float, top: float) -> float:
    return round(100.0 - 100.0 * value / top, 2)


def _path(values: Sequence[float], top: float) -> str:
    last = len(values) - 1
    return "M" + " L".join(f"{round(100.0 * i / last, 2):g} {_place(each, top):g}" for i, each in enumerate(values))


def _band(low: Sequence[float], high: Sequence[float], top: float) -> str:
    last = len(low) - 1
    back = " L".join(f"{round(100.0 * i / last, 2):g} {_place(low[i], top):g}" for i in range(last, -1, -1))
    return f"{_path(high, top)} L{back} Z"


def _spread(places: Sequence[float]) -> list[float]:
    """Places of labels, in their order from above, no two closer than `APART`."""
    found, above = list(places), -APART
    for i in sorted(range(len(places)), key=lambda each: places[each]):
        found[i] = above = max(places[i], above + APART)
    return found
