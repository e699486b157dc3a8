"""Whiskers: a row for each scenario with a dot in the middle, a thick line for the inner and a thin one for the outer
interval. An arrow at an end says that the horizon came first: it may lie further out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sim.report import colours
from sim.report.figure import FOOT, HEAD, Key, Panel, Spec, axes, name_text, rounded, spec

ROW, LEAST = 24, 100
"""Pixels for a row, and of the lowest panel: a lower one would lose the words of its axis."""

OUTER, INNER = (0.08, 0.55), (0.28, 0.45)
"""How thick the bars of nine of ten futures and of half of them are, in rows, and how opaque."""

ROOM = 0.05
"""Room beside the outermost ends, as a share of what lies between them."""

KEYS = (Key("dot", "ink", "median"), Key("inner", "ink", "half of futures"), Key("thin", "ink", "90% interval"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `case` is its scenario's place; None for what is of no scenario.

    `beyond`: whether the horizon came before the middle, and before the high end of the outer interval.
    """

    name: str
    case: int | None
    middle: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    beyond: tuple[bool, bool] = (False, False)


DATE = "date"
"""The unit of values that are dates, as their ordinals."""

AMOUNTS = ("H100e", "FLOP")
"""Units of amounts, of which there may be none: their axes start there."""


def panel(title: str, rows: Sequence[Row], unit: str, zero: bool = False, note: str = "") -> Panel:
    """Rows under each other; with a line at zero, where that means something."""
    x = {
        "nticks": 4,
        "range": _shown(_range(rows, zero or unit in AMOUNTS), unit),
        "showgrid": True,
        "zeroline": zero,
        "zerolinewidth": 1.5,
        **_ticks(unit),
    }
    y = {"autorange": "reversed", "type": "category", "showgrid": False}
    layout = axes(x, y, hovermode="closest", barmode="overlay")
    return Panel(title, spec([*_traces(rows, unit)], layout), max(LEAST, HEAD + FOOT + ROW * len(rows)), note=note)


def _range(rows: Sequence[Row], zero: bool) -> list[float]:
    """All that is drawn, and a little room; beside nothing but zeros, a unit to the right."""
    ends = [end for row in rows for end in (*row.outer, *row.inner, row.middle)] + [0.0] * zero
    low, high = min(ends), max(ends)
    room = ROOM * (high - low or 1.0)
    return [low - room, (high if high > low else low + 1.0) + room]


def _shown(values: Iterable[float], unit: str) -> list[float] | list[str]:
    """Numbers as plotly gets them: rounded, or as ISO dates."""
    return [date.fromordinal(round(value)).isoformat() for value in values] if unit == DATE else rounded(values)


def _ticks(unit: str) -> Spec:
    match unit:
        case "date":
            return {"type": "date", "tickformat": "%b %Y"}
        case "share" | "ratio":
            return {"tickformat": ".0%"}
        case "FLOP":
            return {"exponentformat": "e", "tickformat": ".1e"}
        case "USD":
            return {"tickprefix": "$", "exponentformat": "B"}
        case _:
            return {"exponentformat": "B", "minexponent": 2, "separatethousands": True}


def _traces(rows: Sequence[Row], unit: str) -> Iterator[Spec]:
    """One trace for each mark of all rows, not for each row: a page has hundreds of rows."""
    yield _bars(rows, [row.outer for row in rows], unit, *OUTER)
    yield _bars(rows, [row.inner for row in rows], unit, *INNER)
    dots = [(row, row.middle) for row in rows if not row.beyond[0]]
    arrows = [(row, row.middle) for row in rows if row.beyond[0]] + [
        (row, row.outer[1]) for row in rows if row.beyond[1]
    ]
    for marks, symbol in ((dots, "circle"), (arrows, "triangle-right")):
        if marks:
            yield _marks(marks, unit, symbol)


def _bars(rows: Sequence[Row], ends: Sequence[tuple[float, float]], unit: str, width: float, alpha: float) -> Spec:
    lows, highs = zip(*ends, strict=True)
    return {
        "type": "bar",
        "orientation": "h",
        "y": [name_text(row.name) for row in rows],
        "base": _shown(lows, unit),
        "x": _lengths(lows, highs, unit),
        "width": width,
        "hoverinfo": "skip",
        "meta": {**_whose(rows), "alpha": alpha},
    }


def _marks(marks: Sequence[tuple[Row, float]], unit: str, symbol: str) -> Spec:
    rows, at = zip(*marks, strict=True)
    return {
        "type": "scatter",
        "x": _shown(at, unit),
        "y": [name_text(row.name) for row in rows],
        "mode": "markers",
        "marker": {"size": 9, "symbol": symbol},
        "meta": _whose(rows),
        "hovertemplate": "%{y}: %{x}<extra></extra>",
    }


def _lengths(lows: Iterable[float], highs: Iterable[float], unit: str) -> list[float]:
    """From end to end; for dates in milliseconds, as plotly has it."""
    scale = timedelta(days=1) / timedelta(milliseconds=1) if unit == DATE else 1.0
    return rounded(scale * (high - low) for low, high in zip(lows, highs, strict=True))


def _whose(rows: Sequence[Row]) -> Spec:
    """The scenario of each row, by its place, and the colour of each."""
    hues = ["soft" if row.case is None else colours.case(row.case) for row in rows]
    return {"rows": [row.case for row in rows], "hues": hues}
