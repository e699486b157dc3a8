"""Fan charts: a month's 5th, 25th, 50th, 75th and 95th percentile over all futures, the scenarios on each other.

Where many scenarios are shown at once, the page draws bands for the first of them only: fans on each other are mud.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from sim.findings.comparison import ScenarioResult
from sim.findings.tables import Cell, Table
from sim.measures.levels import Level
from sim.measures.measures import levels as levels_of
from sim.measures.measures import measure
from sim.measures.wording import amount, day_text, full_day, number
from sim.report import colours
from sim.report.figure import (
    Figure,
    Key,
    Panel,
    Spec,
    axes,
    between,
    extrapolated,
    name_text,
    rounded,
    spec,
)
from sim.report.figures.campaigns import SHARES

LEVELS = ("p5", "p25", "p50", "p75", "p95")
OUTER, INNER = 0.14, 0.26
"""How opaque the bands are: nine of ten futures, and half of them."""


ROOM, CRUSHED = 1.15, 1.6
"""Room above the reporting window; and how many times higher what follows it may reach before it goes off the scale."""


@dataclass(frozen=True, slots=True)
class Fan:
    """A series of the books shown as a fan, and what is wanted of it, if that is a series too.

    `most`: where counting ends. `measure`: what holds the series at the end of the reporting window, future by future;
    the books of all futures are histograms, and a little coarser.
    """

    series: str
    title: str
    unit: str
    meaning: str
    wanted: str | None = None
    most: float = math.inf
    measure: str = ""


COMPUTE = (
    Fan(
        "train_effective",
        "Training compute at work, in training units",
        "training units",
        "Averaged over each month.",
        "train_wanted",
    ),
    Fan("tokens_served", "Tokens served a day", "tokens / day", "Averaged over each month.", "tokens_wanted"),
    Fan("owned", "Owned compute, in H100 equivalents", "H100e", "At each month's end.", measure="owned"),
    Fan("rented", "Rented compute, in H100 equivalents", "H100e", "At each month's end."),
)

MONEY = (
    Fan("cash", "Cash, in dollars", "USD", "At each month's end."),
    Fan(
        "runway",
        "Runway, in months",
        "months",
        "Months that cash lasts at that month's net burn, counted up to 120. A month in which more comes in than goes "
        "out counts as 120 too: where that is so in about half of the futures, the median jumps.",
        most=120.0,
    ),
    Fan(
        "plan_runway",
        "Runway of the plan, in months",
        "months",
        "Months that cash lasts at that month's net burn with all that the plan would buy if money were no limit, at "
        "the plan's own pace; counted up to 120.",
        most=120.0,
    ),
)


def fans(cases: Sequence[ScenarioResult], shown: Sequence[Fan]) -> tuple[Figure, ...]:
    """A figure for each fan whose series the books hold."""
    held = set(cases[0].series["series"])
    return tuple(_figure(fan, cases) for fan in shown if fan.series in held)


def _figure(fan: Fan, cases: Sequence[ScenarioResult]) -> Figure:
    levels = [_drawn_levels(fan, case) for case in cases]
    wanted = None if fan.wanted is None else _levels(cases[0].series, fan.wanted)
    traces: list[Spec] = [trace for i, table in enumerate(levels) for trace in _bands(i, table)]
    traces += [_line(i, cases[i].id, levels[i]) for i in reversed(range(len(cases)))]
    traces += [] if wanted is None else [_wanted(wanted)]
    drawn = [value for table in levels for level in ("p5", "p95") for value in table[level]]
    drawn += [] if wanted is None else [*wanted["p50"]]
    logarithmic = wanted is not None and min(drawn) > 0.0
    leads = _leading(levels, cases[0])
    y = _logarithmic(drawn, fan.unit) if logarithmic else _linear(fan.unit, leads, drawn)
    months = [str(month) for month in levels[0].index]
    x = {"type": "date", "nticks": 6, "range": [months[0], months[-1]], "showgrid": False}
    layout = extrapolated(axes(x, y, hovermode="x unified"), cases[0].findings.run.reporting_until, months)
    says = f"{fan.meaning} {_says(fan, cases, levels)}"
    says += " Logarithmic scale: a step up is a multiple." if logarithmic else ""
    says += (
        f" Later, the 90% interval reaches {amount(max(drawn), fan.unit)}, off the scale."
        if "range" in y and not logarithmic
        else ""
    )
    return Figure(
        fan.series,
        fan.title,
        says,
        (Panel("", spec(traces, layout), 320),),
        _table(fan, cases, levels, wanted),
        tuple(_keys(wanted is not None, len(cases))),
        least=28,
    )


def _drawn_levels(fan: Fan, case: ScenarioResult) -> pd.DataFrame:
    """The levels of a fan; those of the reporting window's last day as its measure has them."""
    frame, day = _levels(case.series, fan.series).clip(upper=fan.most), case.findings.run.window_end.isoformat()
    if fan.measure and day in frame.index:
        frame.loc[day] = [level.value for level in levels_of(measure(fan.measure), case.outcomes, SHARES)]
    return frame


def _levels(series: pd.DataFrame, name: str) -> pd.DataFrame:
    """The levels of one series, by month."""
    return series[series["series"] == name].set_index("month")[list(LEVELS)]


def _bands(i: int, levels: pd.DataFrame) -> Iterator[Spec]:
    """Nine of ten futures, and half of them. The edges of a band are not drawn."""
    for low, high, alpha in (("p5", "p95", OUTER), ("p25", "p75", INNER)):
        yield _edge(i, levels[low])
        yield _edge(i, levels[high], {"fill": colours.case(i), "alpha": alpha}, fill="tonexty")


def _line(i: int, name: str, levels: pd.DataFrame) -> Spec:
    """The median. The first scenario's is drawn last, on top."""
    return {
        "type": "scatter",
        "x": _months(levels),
        "y": rounded(levels["p50"]),
        "mode": "lines",
        "line": {"width": 2.25, "dash": colours.dash(i)},
        "meta": {"line": colours.case(i), "case": i},
        "name": name_text(name),
    }


def _edge(i: int, column: "pd.Series[float]", meta: Spec | None = None, **how: Any) -> Spec:
    meta = {"case": i, "band": 1, **(meta or {})}
    line = {"width": 0}
    months, edge = _months(column), rounded(column, digits=3)
    return {
        "type": "scatter",
        "x": months,
        "y": edge,
        "mode": "lines",
        "line": line,
        "hoverinfo": "skip",
        "meta": meta,
        **how,
    }


def _wanted(levels: pd.DataFrame) -> Spec:
    line = {"width": 1.5, "dash": "1.5px,3px"}
    meta = {"line": "ink"}
    return {
        "type": "scatter",
        "x": _months(levels),
        "y": rounded(levels["p50"]),
        "mode": "lines",
        "line": line,
        "meta": meta,
        "name": "wanted",
    }


def _months(table: "pd.DataFrame | pd.Series[float]") -> list[str]:
    return [str(month) for month in table.index]


def _leading(levels: Sequence[pd.DataFrame], first: ScenarioResult) -> list[float]:
    """What is drawn of the reporting window."""
    until = first.findings.run.reporting_until.isoformat()
    return [value for table in levels for level in ("p5", "p95") for value in table[table.index < until][level]]


def _linear(unit: str, leading: list[float], drawn: list[float]) -> Spec:
    """From zero. Where what is extrapolated would crush the reporting window, the scale is the window's."""
    how: Spec = {"exponentformat": "B", "separatethousands": True, "tickprefix": "$" if unit == "USD" else ""}
    top = ROOM * max(leading, default=0.0)
    if 0.0 < top < max(drawn) / CRUSHED:
        return {"nticks": 6, "range": [min(0.0, *leading), top], **how}
    return {"nticks": 6, "rangemode": "tozero", **how}


def _logarithmic(drawn: list[float], unit: str) -> Spec:
    """A logarithmic axis with ticks at 1, 3, 10 and so on, in words."""
    low, high = math.log10(min(drawn)), math.log10(max(drawn))
    ticks = [m * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for m in (1.0, 3.0)]
    seen = [tick for tick in ticks if low <= math.log10(tick) <= high]
    return {"type": "log", "range": [low, high], "tickvals": seen, "ticktext": [number(t, unit) for t in seen]}


def _keys(wanted: bool, cases: int) -> Iterator[Key]:
    if cases == 1:
        yield Key("line", colours.case(0), "median")
    yield Key("inner", colours.case(0), "half of futures")
    yield Key("outer", colours.case(0), "90% interval")
    if wanted:
        yield Key("dotted", "ink", "wanted, median" if cases == 1 else "wanted in the first, median")


def _says(fan: Fan, cases: Sequence[ScenarioResult], levels: Sequence[pd.DataFrame]) -> str:
    """The end of the reporting window, in a sentence."""
    run = cases[0].findings.run
    before = [month for month in levels[0].index if str(month) < run.reporting_until.isoformat()]
    month = before[-1] if before else levels[0].index[0]
    when = f"On {full_day(date.fromisoformat(str(month)))}" if not before else f"At {day_text(run.window_end)}"
    if len(cases) == 1:
        row = levels[0].loc[month]
        inner = f"{number(row['p5'], fan.unit)} to {number(row['p95'], fan.unit)}"
        return f"{when} the median is {amount(row['p50'], fan.unit)}, and the 90% interval is {inner}."
    middle = [(Level(float(table.loc[month, "p50"])), case.id) for table, case in zip(levels, cases, strict=True)]
    return f"{when}: {between(middle, fan.unit)}."


def _table(
    fan: Fan, cases: Sequence[ScenarioResult], levels: Sequence[pd.DataFrame], wanted: pd.DataFrame | None
) -> Table:
    """Each half year's end, and the last month."""
    months = [m for m in levels[0].index if str(m)[5:7] in ("06", "12") or m == levels[0].index[-1]]
    rows = tuple(
        (
            Cell(str(month)),
            *(_interval_cell(table.loc[month], fan.unit) for table in levels),
            *(() if wanted is None else (_interval_cell(wanted.loc[month], fan.unit),)),
        )
        for month in months
    )
    return Table(("Month", *(case.id for case in cases), *(() if wanted is None else ("wanted",))), rows)


def _interval_cell(row: Any, unit: str) -> Cell:
    return Cell(number(row["p50"], unit), f"{number(row['p5'], unit)} to {number(row['p95'], unit)}")
