"""Exceedance: for each value of a measure, the share of futures that lie beyond it."""

from collections.abc import Sequence

from sim.findings.comparison import ScenarioResult
from sim.findings.tables import Cell, Table
from sim.measures.measures import Measure, levels, measure
from sim.report import colours
from sim.report.figure import Figure, Panel, Spec, axes, name_text, rounded, spec

SHOWN = ("train_short", "unserved", "next_delay", "second_delay", "owned", "lowest_runway")

GRID = tuple(step / 100.0 for step in range(0, 101, 2))
"""Shares of futures at which the curves are drawn."""

SHOWN_PROBABILITIES = (0.9, 0.5, 0.1)


def exceedance(cases: Sequence[ScenarioResult]) -> Figure:
    """A panel for each leading measure, a line for each scenario."""
    measures = [measure(name) for name in SHOWN]
    return Figure(
        "exceedance",
        "Share of futures beyond each value",
        f"The height of a line is the share of futures that lie beyond the value below it. {_says(measures[0], cases)} "
        "A line that ends above zero: the rest had not happened by the horizon.",
        tuple(_panel(each, cases) for each in measures),
        _table(measures, cases),
        least=20,
        columns=3,
    )


def _panel(each: Measure, cases: Sequence[ScenarioResult]) -> Panel:
    traces = [_line(i, cases[i], each) for i in reversed(range(len(cases)))]
    share = each.unit in ("share", "ratio")
    x = {"nticks": 5, "showgrid": False, "exponentformat": "B", **({"tickformat": ".0%"} if share else {})}
    y = {"range": [0, 1.02], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    title = each.title if share else f"{each.title}, {each.unit}"
    return Panel(title, spec(traces, axes(x, y, hovermode="closest")), 220)


def _line(i: int, case: ScenarioResult, each: Measure) -> Spec:
    exceeded = levels(each, case.outcomes, GRID)
    inside = [(level.value, 1.0 - share) for level, share in zip(exceeded, GRID, strict=True) if not level.beyond]
    return {
        "type": "scatter",
        "x": rounded(value for value, _ in inside),
        "y": [round(scatter, 2) for _, scatter in inside],
        "mode": "lines",
        "line": {"width": 2, "dash": colours.dash(i)},
        "name": name_text(case.id),
        "meta": {"line": colours.case(i), "case": i},
        "hovertemplate": "%{fullData.name}: %{y} beyond %{x}<extra></extra>",
    }


def _says(each: Measure, cases: Sequence[ScenarioResult]) -> str:
    (level,) = levels(each, cases[0].outcomes, (0.9,))
    return f"In {cases[0].id}, one future in ten has a {each.title.lower()} of more than {level.text(each.unit)}."


def _table(measures: Sequence[Measure], cases: Sequence[ScenarioResult]) -> Table:
    rows = tuple(
        (
            Cell(each.title, f"exceeded in {probability:.0%} of futures"),
            *(_value(each, case, probability) for case in cases),
        )
        for each in measures
        for probability in SHOWN_PROBABILITIES
    )
    return Table(("Measure", *(case.id for case in cases)), rows)


def _value(each: Measure, case: ScenarioResult, probability: float) -> Cell:
    (level,) = levels(each, case.outcomes, (round(1.0 - probability, 9),))
    return Cell(level.text(each.unit))
