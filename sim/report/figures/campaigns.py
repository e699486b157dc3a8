"""Campaigns: when flagships come, by the calendar and against plan, and how large they are when they do."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from sim.findings.comparison import ScenarioResult
from sim.findings.tables import Cell, Table
from sim.measures.intervals import spread as middling
from sim.measures.measures import Measure, levels, measure, summarise
from sim.report.figure import Figure, between
from sim.report.figures import whiskers
from sim.report.figures.whiskers import Row
from sim.world.arithmetic import MONTH

SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)

DELAYS = {"next_delay": "The next flagship", "second_delay": "The second flagship"}
RUNS = {"next_run": "The next flagship", "second_run": "The second flagship"}
SIZES = {"next_size": "The next flagship", "second_size": "The second flagship"}


def campaigns(cases: Sequence[ScenarioResult]) -> tuple[Figure, ...]:
    """Dates, and sizes: as work, which is a fact whatever was wanted, and over plan, which is an ambition."""
    late = (
        "Months after the planned release, which is the line at zero. An arrow: not out by the horizon, so later still."
    )
    work = "Work of the final run, physical FLOP. Not out by the horizon: what is done so far."
    size = "Training work of the campaign over plan, which is 100%. One that cannot be done in time is made smaller."
    return (
        calendar(cases),
        spread("campaign_dates", "How late the next two flagships come", late, cases, DELAYS, zero=True),
        spread("campaign_runs", "How large their final runs are", work, cases, RUNS),
        spread("campaign_sizes", "How large they are, of plan", size, cases, SIZES),
    )


def calendar(cases: Sequence[ScenarioResult]) -> Figure:
    """Days of release, with the days planned above them."""
    panels = tuple(
        whiskers.panel(words, [_planned(name, cases[0]), *_released(name, cases)], whiskers.DATE)
        for name, words in DELAYS.items()
    )
    planned = (Cell("planned"), *(_dates(_planned(name, cases[0])) for name in DELAYS))
    rows = tuple(
        (Cell(case.id), *(_dates(_released(name, cases)[i]) for name in DELAYS)) for i, case in enumerate(cases)
    )
    says = "Dates on which they are out; above, the dates planned. An arrow: not out by the horizon, so later still."
    if len(cases) == 1:
        named = enumerate(DELAYS.values(), 1)
        medians = (f"{words}: median {rows[0][i].text}, planned {planned[i].text}." for i, words in named)
        says = " ".join((says, *medians))
    table = Table(("Scenario", *DELAYS.values()), (planned, *rows))
    return Figure("campaign_calendar", "The next two flagships on the calendar", says, panels, table, whiskers.KEYS, 22)


def _planned(name: str, case: ScenarioResult) -> Row:
    """Days on which a flagship is planned to be out; they differ as the opening does."""
    low, middle, high = middling(_due(name, case).to_numpy() + case.findings.run.start.toordinal())
    return Row("planned", None, middle, (middle, middle), (low, high))


def _released(name: str, cases: Sequence[ScenarioResult]) -> list[Row]:
    """Days of release of every scenario: planned and delay, future by future."""
    rows = []
    for i, case in enumerate(cases):
        of = measure(name)
        days = case.outcomes[[name, of.reached]].assign(**{name: _due(name, case) + case.outcomes[name] * MONTH})
        days_at = levels(of, days, SHARES)
        low, lower, middle, upper, high = (case.findings.run.start.toordinal() + each.value for each in days_at)
        rows.append(Row(case.id, i, middle, (lower, upper), (low, high), (days_at[2].beyond, days_at[-1].beyond)))
    return rows


def _due(name: str, case: ScenarioResult) -> pd.Series:
    due: pd.Series = case.outcomes[name.replace("_delay", "_due")]
    return due


def _dates(row: Row) -> Cell:
    """The median month, and below it the 90% interval."""
    low, middle, high = (f"{date.fromordinal(round(day)):%b %Y}" for day in (row.outer[0], row.middle, row.outer[1]))
    after_middle, after_high = ("after " * beyond for beyond in row.beyond)
    return Cell(f"{after_middle}{middle}", f"{low} to {after_high}{high}")


def spread(
    id: str, title: str, meaning: str, cases: Sequence[ScenarioResult], shown: dict[str, str], zero: bool = False
) -> Figure:
    """Some measures of all scenarios: a panel for each, a row for each scenario."""
    measures = [measure(name) for name in shown]
    panels = tuple(
        whiskers.panel(f"{words}, {_unit(each)}", _rows(each, cases), each.unit, zero)
        for each, words in zip(measures, shown.values(), strict=True)
    )
    rows = tuple((Cell(case.id), *(_cell(each, case) for each in measures)) for case in cases)
    columns = ("Scenario", *shown.values())
    return Figure(
        id, title, f"{meaning} {_says(measures, shown, cases)}", panels, Table(columns, rows), whiskers.KEYS, 22
    )


def _unit(each: Measure) -> str:
    return "of plan" if each.kind == "share" else each.unit


def _rows(each: Measure, cases: Sequence[ScenarioResult]) -> list[Row]:
    rows = []
    for i, case in enumerate(cases):
        low, lower, middle, upper, high = levels(each, case.outcomes, SHARES)
        inner, outer = (lower.value, upper.value), (low.value, high.value)
        rows.append(Row(case.id, i, middle.value, inner, outer, (middle.beyond, high.beyond)))
    return rows


def _cell(each: Measure, case: ScenarioResult) -> Cell:
    summary = summarise(each, case.outcomes)
    return Cell(summary.centre_text, summary.interval_text)


def _says(measures: Sequence[Measure], shown: dict[str, str], cases: Sequence[ScenarioResult]) -> str:
    """Where the medians lie, in a sentence for each measure."""
    text = []
    for each in measures:
        middle = [(levels(each, case.outcomes, (0.5,))[0], case.id) for case in cases]
        text.append(f"{shown[each.name]}: {between(middle, each.unit)}.")
    return " ".join(text)
