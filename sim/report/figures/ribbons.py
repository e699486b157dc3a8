"""Ribbons: what was short in each month of the leading window, by cause, the scenarios side by side on one scale."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from sim.report import colours
from sim.report.figure import FOOT, HEAD, Cell, Figure, Key, Panel, Table, axes, rounded, spec
from sim.study.bottlenecks import GATES, USES, by_month
from sim.study.compare import Compared
from sim.study.words import number

LINE = 16
"""Pixels of the second line under an axis of months: the year."""

UNITS = {"train": "H800 in training", "serve": "H800 serving alone"}


def ribbons(cases: Sequence[Compared]) -> tuple[Figure, ...]:
    """A figure for each use of which anything is short."""
    return tuple(_figure(use, cases) for use in USES if any(len(_of(case, use)) for case in cases))


def _of(case: Compared, use: str) -> pd.DataFrame:
    """Months down, causes across: what each kept away on average, in units."""
    parts = by_month(case.series, case.findings.run.leads_until)
    return parts[parts["use"] == use].pivot(index="month", columns="gate", values="mean")


def _figure(use: str, cases: Sequence[Compared]) -> Figure:
    tables = [_of(case, use) for case in cases]
    top = max(float(table.clip(lower=0.0).sum(axis=1).max()) for table in tables)
    return Figure(
        f"ribbon_{use}",
        f"Missing for {USES[use]}, in {UNITS[use]}",
        f"{_says(use, cases)} Mean part of each cause, stacked{', on one scale' if len(cases) > 1 else ''}.",
        tuple(
            _panel(i, case.id, table, top, len(cases))
            for i, (case, table) in enumerate(zip(cases, tables, strict=True))
        ),
        _table(use, cases, tables),
        tuple(Key("area", colours.cause(gate), words, colours.pattern(gate)) for gate, words in GATES.items()),
        least=28 if len(cases) == 1 else 15,
        columns=min(3, len(cases)),
    )


def _panel(i: int, name: str, table: pd.DataFrame, top: float, cases: int) -> Panel:
    months = [str(month) for month in table.index]
    when = {"type": "date", "dtick": "M3" if cases == 1 else "M6", "tickformat": "%b\n%Y", "tickangle": 0}
    x = {**when, "range": [months[0], months[-1]], "showgrid": False}
    y = {"nticks": 4, "range": [0, top * 1.02 or 1], "exponentformat": "B", "separatethousands": True}
    traces = [_area(gate, months, table[gate]) for gate in GATES if gate in table]
    layout = axes(x, y, hovermode="x unified", margin={"r": 12, "t": HEAD, "b": FOOT + LINE})
    return Panel(name if cases > 1 else "", spec(traces, layout), 300 if cases == 1 else 190, i)


def _area(gate: str, months: list[str], column: "pd.Series[float]") -> go.Scatter:
    hue, shape = colours.cause(gate), colours.pattern(gate)
    return go.Scatter(
        x=months,
        y=rounded(column.clip(lower=0.0)),
        mode="lines",
        line={"width": 0.75},
        stackgroup="causes",
        name=GATES[gate],
        meta={"fill": hue, "line": "paper", "alpha": 0.9},
        **({"fillpattern": {"shape": shape, "size": 6, "solidity": 0.25}} if shape else {}),
    )


def _says(use: str, cases: Sequence[Compared]) -> str:
    """The largest cause of each scenario, in a sentence."""
    first: dict[str, list[str]] = {}
    for case in cases:
        for found in case.findings.bottlenecks:
            if found.use == use:
                first.setdefault(found.causes[0].words if found.causes else "nothing", []).append(case.id)
    if len(first) == 1:
        where = "" if len(cases) == 1 else " in all scenarios"
        return f"The largest part is {next(iter(first))}{where}."
    told = [f"{cause} in {', '.join(names)}" for cause, names in first.items()]
    return f"The largest part is {'; '.join(told)}."


def _table(use: str, cases: Sequence[Compared], tables: Sequence[pd.DataFrame]) -> Table:
    """The sum over the leading window, in unit-months."""
    rows = tuple(
        (Cell(words), *(Cell(number(float(table[gate].sum()), UNITS[use])) for table in tables))
        for gate, words in GATES.items()
        if all(gate in table for table in tables)
    )
    return Table(("Cause, unit-months", *(case.id for case in cases)), rows)
