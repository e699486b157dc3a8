"""Whiskers: a row for each scenario with a dot in the middle, a thick line for the inner and a thin one for the outer
interval. An arrow at an end says that the horizon came first: it may lie further out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from sim.report import colours
from sim.report.figure import Key, Panel, Spec, axes, name_text, rounded, spec

ROW, FRAME, LEAST = 24, 44, 100
"""Pixels for a row, and for the axis below them; a lower panel would lose the words of its axis."""

ROOM = 0.05
"""Room beside the outermost ends, as a share of what lies between them."""

KEYS = (Key("dot", "ink", "median"), Key("inner", "ink", "half of futures"), Key("thin", "ink", "nine of ten"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `case` is its scenario's place; None for what is of no scenario.

    The ends may be open: `beyond` says that the outer one is.
    """

    name: str
    case: int | None
    middle: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    beyond: bool = False


DATE = "date"
"""The unit of values that are dates, as their ordinals."""


def panel(title: str, rows: Sequence[Row], unit: str, zero: bool = False, note: str = "") -> Panel:
    """Rows under each other; with a line at zero, where that means something."""
    traces = [trace for row in rows for trace in _row(row, unit)]
    x = {
        "nticks": 5,
        "range": _shown(_range(rows, zero), unit),
        "showgrid": True,
        "zeroline": zero,
        "zerolinewidth": 1.5,
        **_ticks(unit),
    }
    y = {"autorange": "reversed", "type": "category", "showgrid": False}
    return Panel(title, spec(traces, axes(x, y, hovermode="closest")), max(LEAST, FRAME + ROW * len(rows)), note=note)


def _range(rows: Sequence[Row], zero: bool) -> list[float]:
    """All that is drawn, and a little room."""
    ends = [end for row in rows for end in (*row.outer, *row.inner, row.middle)] + [0.0] * zero
    low, high = min(ends), max(ends)
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]


def _shown(values: Iterable[float], unit: str) -> list[float] | list[str]:
    """Numbers as plotly gets them: rounded, or as ISO dates."""
    return [date.fromordinal(round(value)).isoformat() for value in values] if unit == DATE else rounded(values)


def _ticks(unit: str) -> Spec:
    match unit:
        case "date":
            return {"type": "date", "tickformat": "%b %Y"}
        case "share" | "ratio":
            return {"tickformat": ".0%"}
        case "USD":
            return {"tickprefix": "$", "exponentformat": "B"}
        case _:
            return {"exponentformat": "B", "separatethousands": True}


def _row(row: Row, unit: str) -> Iterator[go.Scatter]:
    name = name_text(row.name)
    meta: dict[str, Any] = {"line": "soft"} if row.case is None else {"line": colours.case(row.case), "case": row.case}
    for ends, width, alpha in ((row.outer, 2, 0.55), (row.inner, 7, 0.45)):
        yield go.Scatter(
            x=_shown(ends, unit),
            y=[name] * 2,
            mode="lines",
            line={"width": width},
            hoverinfo="skip",
            meta={**meta, "alpha": alpha},
        )
    symbols = ["circle", "triangle-right"] if row.beyond else ["circle"]
    yield go.Scatter(
        x=_shown([row.middle, row.outer[1]][: len(symbols)], unit),
        y=[name] * len(symbols),
        mode="markers",
        marker={"size": 9, "symbol": symbols},
        name=name,
        meta={**meta, "marker": meta["line"]},
        hovertemplate="%{y}: %{x}<extra></extra>",
    )
