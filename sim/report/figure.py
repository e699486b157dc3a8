"""What every figure is: panels that plotly draws, a sentence that says what they show, and a table of the same numbers.

A panel carries no colour: each trace names one in its `meta`, and the page paints it for light, dark and print. A
trace or a panel that belongs to a scenario says which in `case`, so that one legend shows and hides it everywhere.
"""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sim.findings.tables import Table
from sim.measures.levels import Level
from sim.measures.wording import clipped

Spec = dict[str, Any]

LONGEST = 26
"""Letters of a name that have room on an axis."""

HEAD, FOOT = 8, 26
"""Pixels above what a panel draws, and below it: room for the numbers of an axis."""

ISOLATE, POP = "\u2068", "\u2069"
"""Around a name: its direction of writing stays its own."""


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a figure's key: how it is drawn, in which colour, and what it is."""

    mark: Literal["line", "thin", "dotted", "outer", "inner", "area", "dot"]
    colour: str
    words: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart. `case`: the scenario it is about, by its place, if it is about one. `height` in pixels."""

    title: str
    spec: Spec
    height: int = 300
    case: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Panels beside each other, as many as fit at `least` rem each; `columns` on paper."""

    id: str
    title: str
    says: str
    panels: tuple[Panel, ...]
    table: Table
    keys: tuple[Key, ...] = ()
    least: float = 26
    columns: int = 2


def name_text(name: str) -> str:
    """A name as plotly shows it: as text, whatever is in it, and no longer than an axis has room for."""
    line = " ".join(name.split())
    return ISOLATE + html.escape(clipped(line, LONGEST), quote=False) + POP


def rounded(values: Iterable[float], digits: int = 4) -> list[float]:
    """To four digits: more cannot be seen, and the page stays small. Edges that are not drawn need three."""
    return [float(f"{value:.{digits}g}") for value in values]


def axes(x: Spec, y: Spec, **more: Any) -> Spec:
    """What all panels share: no legend of their own, nothing to zoom.

    The page sets the margin on the left, by the words that stand there: were plotly to find it out, it would draw
    everything twice.
    """
    fixed = {"fixedrange": True, "zeroline": False}
    layout = {"showlegend": False, "dragmode": False, "margin": {"r": 12, "t": HEAD, "b": FOOT}, **more}
    return {"xaxis": {**fixed, **x}, "yaxis": {**fixed, **y}, **layout}


def spec(traces: Sequence[Spec], layout: Spec) -> Spec:
    """Traces and layout as plotly gets them: plain data. Its own objects would take as long again to make a page."""
    return {"data": [*traces], "layout": layout}


def extrapolated(layout: Spec, reporting_until: date, months: Sequence[str]) -> Spec:
    """Shade what follows the reporting window, and say so."""
    if reporting_until.isoformat() >= months[-1]:
        return layout
    across = {"xref": "x", "yref": "paper", "x0": reporting_until.isoformat(), "x1": months[-1], "y0": 0, "y1": 1}
    shapes = [{"type": "rect", "layer": "below", "line": {"width": 0}, **across}]
    place = {"xref": "x", "yref": "paper", "x": reporting_until.isoformat(), "y": 1}
    anchor = {"xanchor": "left", "yanchor": "bottom", "showarrow": False}
    annotations = [{"text": "extrapolation", **place, **anchor}]
    return {**layout, "shapes": shapes, "annotations": annotations, "margin": {**layout["margin"], "t": 24}}


def between(named: Sequence[tuple[Level, str]], unit: str) -> str:
    """Medians by scenario in words: one, the same in all, or from the lowest to the highest; past the horizon last."""
    ordered = sorted(named, key=lambda each: (each[0].beyond, each[0].value, each[1]))
    (low, least), (high, most) = ordered[0], ordered[-1]
    if len(named) == 1:
        return f"median {high.text(unit)}"
    if low.text(unit) == high.text(unit):
        return f"median {high.text(unit)} in all"
    return f"medians from {low.bare(unit)} ({least}) to {high.text(unit)} ({most})"
