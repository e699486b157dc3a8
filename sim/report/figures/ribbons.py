"""Ribbons: what is short in each month up to the end of the reporting window, by part, on one scale."""

from collections.abc import Sequence

import pandas as pd

from sim.bottlenecks.shares import PARTS, USES, by_month
from sim.findings.comparison import ScenarioResult
from sim.findings.tables import Cell, Table
from sim.measures.wording import bare_points
from sim.report import colours
from sim.report.figure import FOOT, HEAD, Figure, Key, Panel, Spec, axes, rounded, spec

LINE = 16
"""Pixels of the second line under an axis of months: the year."""

UNITS = {"train": "training units", "serve": "serving units"}


def ribbons(cases: Sequence[ScenarioResult]) -> tuple[Figure, ...]:
    """A figure for each use of which anything is short."""
    return tuple(_figure(use, cases) for use in USES if any(len(_of(case, use)) for case in cases))


def _of(case: ScenarioResult, use: str) -> pd.DataFrame:
    """Months down, parts across: what each keeps away on average, in units."""
    parts = by_month(case.series, case.findings.run.reporting_until)
    return parts[parts["use"] == use].pivot(index="month", columns="gate", values="mean")


def _figure(use: str, cases: Sequence[ScenarioResult]) -> Figure:
    tables = [_of(case, use) for case in cases]
    top = max(float(table.clip(lower=0.0).sum(axis=1).max()) for table in tables)
    bottom = min(float(table.clip(upper=0.0).sum(axis=1).min()) for table in tables)
    return Figure(
        f"ribbon_{use}",
        f"Missing for {USES[use]}, in {UNITS[use]}",
        f"{_says(use, cases)} Mean parts, stacked{', on one scale' if len(cases) > 1 else ''}.",
        tuple(
            _panel(i, case.id, table, (bottom, top), len(cases))
            for i, (case, table) in enumerate(zip(cases, tables, strict=True))
        ),
        _table(use, cases),
        tuple(Key("area", colours.cause(part), words, colours.pattern(part)) for part, words in PARTS.items()),
        least=28 if len(cases) == 1 else 15,
        columns=min(3, len(cases)),
    )


def _panel(i: int, name: str, table: pd.DataFrame, ends: tuple[float, float], cases: int) -> Panel:
    months = [str(month) for month in table.index]
    when = {"type": "date", "dtick": "M3" if cases == 1 else "M6", "tickformat": "%b\n%Y", "tickangle": 0}
    x = {**when, "range": [months[0], months[-1]], "showgrid": False}
    y = {"nticks": 4, "range": [1.02 * ends[0], 1.02 * ends[1] or 1], "exponentformat": "B", "separatethousands": True}
    traces = [_area(part, months, table[part].clip(lower=0.0), "above") for part in PARTS if part in table]
    traces += [
        _area(part, months, table[part].clip(upper=0.0), "below")
        for part in PARTS
        if part in table and (table[part] < 0.0).any()
    ]
    layout = axes(x, y, hovermode="x unified", margin={"r": 12, "t": HEAD, "b": FOOT + LINE})
    return Panel(name if cases > 1 else "", spec(traces, layout), 300 if cases == 1 else 190, i)


def _area(part: str, months: list[str], column: "pd.Series[float]", side: str) -> Spec:
    """A part on its side of zero: what is negative is stacked below."""
    hue, shape = colours.cause(part), colours.pattern(part)
    return {
        "type": "scatter",
        "x": months,
        "y": rounded(column),
        "mode": "lines",
        "line": {"width": 0.75},
        "stackgroup": side,
        "name": PARTS[part],
        "meta": {"fill": hue, "line": "paper", "alpha": 0.9},
        **({"fillpattern": {"shape": shape, "size": 6, "solidity": 0.25}} if shape else {}),
    }


def _says(use: str, cases: Sequence[ScenarioResult]) -> str:
    """The constraint that binds most in each scenario, in a sentence."""
    first: dict[str, list[str]] = {}
    for case in cases:
        for bottleneck in case.findings.bottlenecks:
            if bottleneck.use == use:
                first.setdefault(bottleneck.causes[0].words if bottleneck.causes else "nothing", []).append(case.id)
    if len(first) == 1:
        where = "" if len(cases) == 1 else " in all scenarios"
        return f"Of the constraints, most is laid to {next(iter(first))}{where}."
    text = [f"{cause} in {', '.join(names)}" for cause, names in first.items()]
    return f"Of the constraints, most is laid to {'; '.join(text)}."


def _table(use: str, cases: Sequence[ScenarioResult]) -> Table:
    """The parts as shares of what is wanted in the reporting window, and what they add up to."""
    bottlenecks = [next(each for each in case.findings.bottlenecks if each.use == use) for case in cases]
    shares = [{cause.part: cause.share for cause in each.causes} for each in bottlenecks]
    rows = [
        (Cell(words), *(Cell(bare_points(each.get(part, 0.0))) for each in shares)) for part, words in PARTS.items()
    ]
    together = (Cell("missing"), *(Cell(bare_points(each.missing)) for each in bottlenecks))
    return Table(("Points of what is wanted", *(case.id for case in cases)), (*rows, together))
