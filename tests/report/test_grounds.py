"""What a page is made of, from outcomes: the ledger, the flows, and what moves the answer."""

import numpy as np
import pandas as pd
import pytest

from sim.measures.correlation import beyond_chance, rank_correlation
from sim.report.contents import WAYS
from sim.report.figures.campaigns import calendar
from sim.runs.page_contents import flows, held
from tests.report.eight import material

COLUMNS = {
    f"{kind}_{way}": [0.0, 0.0] for kind in ("training_grade", "inference_only", "installed", "power") for way in WAYS
}
DOES = {
    f"{grade}_{use}": [0.0, 0.0]
    for grade in ("training_grade", "inference_only")
    for use in ("serves", "repair", "waiting")
}


def outcomes() -> pd.DataFrame:
    """Two futures: 100 and 300 H100e that came under licence; a quarter of them serve."""
    table = pd.DataFrame(
        {**COLUMNS, **DOES, "training_grade_trains": [75.0, 225.0], "training_grade_serves": [25.0, 75.0]}
    )
    return table.assign(
        training_grade_licensed=[100.0, 300.0], installed_licensed=[80.0, 240.0], power_licensed=[0.1, 0.3]
    )


def test_the_ledger_has_every_way_with_its_intervals() -> None:
    ways = {each.pathway: each for each in held(outcomes())}
    assert list(ways) == list(WAYS)
    assert ways["licensed"].h100e == (100.0, 100.0, 300.0)
    assert ways["licensed"].units == (80.0, 80.0, 240.0)
    assert ways["licensed"].megawatts == (0.1, 0.1, 0.3)
    assert ways["grey"].h100e == (0.0, 0.0, 0.0)


def test_what_flows_into_a_grade_flows_out_of_it() -> None:
    result = [flow for flow in flows(outcomes()) if flow.h100e]
    assert [(flow.source, flow.target, flow.h100e) for flow in result] == [
        ("Under licence", "Fit for training", 200.0),
        ("Fit for training", "Training", 150.0),
        ("Fit for training", "Serving", 50.0),
    ]


def test_a_planned_day_and_a_delay_are_a_date() -> None:
    """All futures alike: planned 365 days on of a scenario that starts on 23 April 2026, and three months late."""
    case = material().scenarios[0]
    table = case.outcomes.assign(next_due=365.0, next_delay=3.0, next_released=1.0)
    figure = calendar([type(case)(case.id, case.findings, (), table, case.series)])
    planned, released = (row[1] for row in figure.table.rows)
    assert (planned.text, released.text) == ("Apr 2027", "Jul 2027")
    medians = figure.panels[0].spec["data"][-1]
    assert medians["x"] == ["2027-04-23", "2027-07-23"]


def test_large_numbers_of_assumptions_are_short() -> None:
    texts = [each.text for each in material().assumptions]
    assert not [text for text in texts if ",000,000,000" in text]
    assert "p50 3.5 trillion" in " ".join(texts)


def test_chance_does_not_rank_an_assumption() -> None:
    """200 unrelated inputs over 1,000 futures stay below; one that is the answer does not."""
    luck = np.random.default_rng(1)
    y = luck.normal(size=1000)
    least = beyond_chance(1000, 200)
    assert max(abs(rank_correlation(luck.normal(size=1000), y)) for _ in range(200)) < least < 0.2
    assert rank_correlation(-y, y) == pytest.approx(-1.0)
    assert rank_correlation(np.ones(1000), y) == 0.0
