"""Whiskers: a row for each scenario with a dot in the middle, a thick line for the inner and a thin one for the outer
interval. An arrow at an end says that the horizon came first: it may lie further out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from sim.report import colours
from sim.report.figure import Key, Panel, Spec, axes, name_text, rounded, spec

ROW, FRAME = 24, 44
"""Pixels for a row, and for the axis below them."""

ROOM = 0.05
"""Room beside the outermost ends, as a share of what lies between them."""

KEYS = (Key("dot", "ink", "median"), Key("inner", "ink", "half of futures"), Key("thin", "ink", "nine of ten"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `case` is its scenario's place. The ends may be open: `beyond` says that the outer one is."""

    name: str
    case: int
    middle: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    beyond: bool = False


def panel(title: str, rows: Sequence[Row], unit: str, zero: bool = False, note: str = "") -> Panel:
    """Rows under each other; with a line at zero, where that means something."""
    traces = [trace for row in rows for trace in _row(row)]
    x = {
        "nticks": 5,
        "range": _range(rows, zero),
        "showgrid": True,
        "zeroline": zero,
        "zerolinewidth": 1.5,
        **_ticks(unit),
    }
    y = {"autorange": "reversed", "type": "category", "showgrid": False}
    return Panel(title, spec(traces, axes(x, y, hovermode="closest")), FRAME + ROW * len(rows), note=note)


def _range(rows: Sequence[Row], zero: bool) -> list[float]:
    """All that is drawn, and a little room."""
    ends = [end for row in rows for end in (*row.outer, *row.inner, row.middle)] + [0.0] * zero
    low, high = min(ends), max(ends)
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]


def _ticks(unit: str) -> Spec:
    match unit:
        case "share" | "ratio":
            return {"tickformat": ".0%"}
        case "USD":
            return {"tickprefix": "$", "exponentformat": "B"}
        case _:
            return {"exponentformat": "B", "separatethousands": True}


def _row(row: Row) -> Iterator[go.Scatter]:
    name = name_text(row.name)
    meta = {"line": colours.case(row.case), "case": row.case}
    for ends, width, alpha in ((row.outer, 2, 0.55), (row.inner, 7, 0.45)):
        yield go.Scatter(
            x=rounded(ends),
            y=[name] * 2,
            mode="lines",
            line={"width": width},
            hoverinfo="skip",
            meta={**meta, "alpha": alpha},
        )
    symbols = ["circle", "triangle-right"] if row.beyond else ["circle"]
    yield go.Scatter(
        x=rounded([row.middle, row.outer[1]][: len(symbols)]),
        y=[name] * len(symbols),
        mode="markers",
        marker={"size": 9, "symbol": symbols},
        name=name,
        meta={**meta, "marker": colours.case(row.case)},
        hovertemplate="%{y}: %{x}<extra></extra>",
    )
