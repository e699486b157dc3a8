"""Figures: monthly series in, plotly charts out, each with the words and the table that say the same.

A chart carries no colour: each trace names one in its `meta`, and the page paints it for light, dark and print.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from sim.study.bottlenecks import GATES, USES, by_month
from sim.study.words import number

LEVELS = ("p5", "p25", "p50", "p75", "p95")
OUTER, INNER = 0.16, 0.32
"""How opaque the bands are: nine of ten futures, and half of them."""

COLOURS = {
    "money": "orange",
    "rules": "vermilion",
    "domestic": "green",
    "depth": "blue",
    "software": "sky",
    "sites": "purple",
    "planning": "grey",
}
"""The colour of each group of causes (Okabe and Ito, and a grey), by its name in the page's style."""

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a chart's key: how it is drawn, in which colour, and what it is."""

    mark: Literal["line", "dashed", "dotted", "outer", "inner", "area"]
    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart. `spec` is for plotly; `columns` and `rows` hold the same numbers as text."""

    id: str
    title: str
    caption: str
    keys: tuple[Key, ...]
    spec: Spec
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class _Fan:
    """A series of the books shown as a fan, and what is wanted of it, if that is a series too."""

    series: str
    title: str
    unit: str
    caption: str
    words: str
    wanted: str | None = None


FANS = (
    _Fan(
        "train_effective",
        "Training compute, in H800 at work",
        "H800 in training",
        "Training compute at work, averaged over each month, and training compute wanted.",
        "at work",
        "train_wanted",
    ),
    _Fan(
        "tokens_served",
        "Tokens a day",
        "tokens / day",
        "Tokens served a day, and tokens wanted a day.",
        "served",
        "tokens_wanted",
    ),
    _Fan("owned", "Owned compute, in H100 equivalents", "H100e", "Owned at each month's end.", "owned"),
    _Fan("cash", "Cash, in dollars", "USD", "Cash at each month's end.", "cash"),
    _Fan(
        "runway",
        "Runway, in months",
        "months",
        "Months that cash lasts at that month's net burn, counted up to 120.",
        "runway",
    ),
)


def fans(series: pd.DataFrame, leads_until: date) -> tuple[Figure, ...]:
    """Fan charts: p5, p25, p50, p75 and p95 of each month's books."""
    return tuple(_fan(fan, series, leads_until) for fan in FANS)


def stopped(series: pd.DataFrame, leads_until: date) -> tuple[Figure, ...]:
    """What each gate kept from being ordered, month by month of the leading window: one chart for each use, if any."""
    parts = by_month(series, leads_until)
    return tuple(_stopped(use, parts[parts["use"] == use]) for use in USES if len(parts))


def _fan(fan: _Fan, series: pd.DataFrame, leads_until: date) -> Figure:
    levels = _levels(series, fan.series)
    wanted = None if fan.wanted is None else _levels(series, fan.wanted)
    traces = [*_bands(levels), *(() if wanted is None else _wanted(wanted))]
    drawn = [*levels["p5"], *levels["p95"], *(() if wanted is None else (*wanted["p25"], *wanted["p75"]))]
    logarithmic = wanted is not None and min(drawn) > 0.0
    chart = go.Figure(traces, _layout(_months(levels["p50"]), leads_until))
    chart.update_yaxes(_logarithmic(drawn) if logarithmic else {"tickprefix": "$" if fan.unit == "USD" else ""})
    return Figure(
        fan.series,
        fan.title,
        fan.caption + (" Logarithmic scale: a step up is a multiple." if logarithmic else ""),
        tuple(_fan_keys(fan)),
        _spec(chart),
        ("Month", *LEVELS, *(("wanted p25", "wanted p50", "wanted p75") if wanted is not None else ())),
        tuple(_fan_rows(fan.unit, levels, wanted)),
        wide=fan is FANS[0],
    )


def _levels(series: pd.DataFrame, name: str) -> pd.DataFrame:
    """The levels of one series, by month."""
    return series[series["series"] == name].set_index("month")[list(LEVELS)]


def _bands(levels: pd.DataFrame) -> Iterator[go.Scatter]:
    yield _edge(levels["p5"])
    yield _edge(levels["p95"], fill="tonexty", meta={"fill": "blue", "alpha": OUTER})
    yield _edge(levels["p25"])
    yield _edge(levels["p75"], fill="tonexty", meta={"fill": "blue", "alpha": INNER})
    yield _line(levels["p50"], {"width": 2.5}, {"line": "blue", "alpha": 1.0}, "median")


def _wanted(levels: pd.DataFrame) -> Iterator[go.Scatter]:
    """Lines only: two fans on each other are mud."""
    meta = {"line": "vermilion", "alpha": 1.0}
    yield _line(levels["p25"], {"width": 1.5, "dash": "1.5px,3px"}, meta, "wanted, p25")
    yield _line(levels["p75"], {"width": 1.5, "dash": "1.5px,3px"}, meta, "wanted, p75")
    yield _line(levels["p50"], {"width": 2, "dash": "7px,4px"}, meta, "wanted, median")


def _edge(column: "pd.Series[float]", **how: Any) -> go.Scatter:
    """The edge of a band: itself not drawn."""
    return go.Scatter(x=_months(column), y=_numbers(column), mode="lines", line={"width": 0}, hoverinfo="skip", **how)


def _line(column: "pd.Series[float]", line: Spec, meta: Spec, name: str) -> go.Scatter:
    return go.Scatter(x=_months(column), y=_numbers(column), mode="lines", line=line, meta=meta, name=name)


def _months(column: "pd.Series[float]") -> list[str]:
    return [str(month) for month in column.index]


def _numbers(column: "pd.Series[float]") -> list[float]:
    """To four digits: more cannot be seen, and the page stays small."""
    return [float(f"{value:.4g}") for value in column]


def _fan_keys(fan: _Fan) -> Iterator[Key]:
    yield Key("line", "blue", f"{fan.words}, median")
    yield Key("inner", "blue", "half of futures")
    yield Key("outer", "blue", "nine of ten")
    if fan.wanted:
        yield Key("dashed", "vermilion", "wanted, median")
        yield Key("dotted", "vermilion", "half of futures between them")


def _fan_rows(unit: str, levels: pd.DataFrame, wanted: pd.DataFrame | None) -> Iterator[tuple[str, ...]]:
    columns = [levels[level] for level in LEVELS]
    columns += [] if wanted is None else [wanted[level] for level in ("p25", "p50", "p75")]
    for i, month in enumerate(levels.index):
        yield (str(month), *(number(float(column.iloc[i]), unit) for column in columns))


def _stopped(use: str, parts: pd.DataFrame) -> Figure:
    medians = {gate: parts[parts["gate"] == gate].set_index("month")["p50"] for gate in GATES}
    months = _months(medians["money"])
    chart = go.Figure([_area(gate, column) for gate, column in medians.items()], _layout(months, None))
    unit = "H800 in training" if use == "train" else "H800 serving alone"
    return Figure(
        f"stopped_{use}",
        f"Missing for {USES[use]}, in {unit}",
        "Median part of each group of causes in the month's shortfall, stacked. Medians of parts add up only nearly.",
        tuple(Key("area", COLOURS[gate], words) for gate, words in GATES.items()),
        _spec(chart),
        ("Month", *GATES.values()),
        tuple((month, *(number(float(column[month]), unit) for column in medians.values())) for month in months),
    )


def _area(gate: str, column: "pd.Series[float]") -> go.Scatter:
    return go.Scatter(
        x=_months(column),
        y=_numbers(column),
        mode="lines",
        line={"width": 0.5},
        stackgroup="gates",
        name=GATES[gate],
        meta={"fill": COLOURS[gate], "line": COLOURS[gate], "alpha": 0.85},
    )


def _layout(months: list[str], leads_until: date | None) -> go.Layout:
    """What all charts share; what follows the leading window, if there is an end to it, is shaded."""
    layout = go.Layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        hovermode="x unified",
        dragmode=False,
        xaxis={
            "type": "date",
            "automargin": True,
            "fixedrange": True,
            "nticks": 6,
            "range": [months[0], months[-1]],
            "showgrid": False,
        },
        yaxis={
            "automargin": True,
            "exponentformat": "B",
            "fixedrange": True,
            "nticks": 6,
            "rangemode": "tozero",
            "separatethousands": True,
            "zeroline": False,
        },
    )
    if leads_until is not None and leads_until.isoformat() < months[-1]:
        layout.margin.t = 22
        layout.shapes = [_shade(leads_until, months[-1])]
        layout.annotations = [_shade_words(leads_until)]
    return layout


def _shade(leads_until: date, last: str) -> Spec:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": leads_until.isoformat(),
        "x1": last,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
    }


def _shade_words(leads_until: date) -> Spec:
    return {
        "text": "extrapolation",
        "xref": "x",
        "yref": "paper",
        "x": leads_until.isoformat(),
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _logarithmic(drawn: list[float]) -> Spec:
    """A logarithmic axis with ticks at 1, 3, 10 and so on, in words."""
    low, high = math.log10(min(drawn)), math.log10(max(drawn))
    ticks = [m * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for m in (1.0, 3.0)]
    seen = [tick for tick in ticks if low <= math.log10(tick) <= high]
    words = [number(tick, "tokens / day") for tick in seen]
    return {"type": "log", "range": [low, high], "tickvals": seen, "ticktext": words}


def _spec(chart: go.Figure) -> Spec:
    found: Spec = chart.to_plotly_json()
    found["layout"].pop("template", None)
    return found
