"""Robust search finds an optimum that is known, keeps to constraints, and goes on where it was."""

import numpy as np
import pandas as pd
import pytest

from sim.errors import Place, Problem
from sim.measures.levels import Level
from sim.scenario.scenario import Text
from sim.studies.search.nsga2 import Answer, LeverSetting, pareto, regrets_by_future, search
from sim.studies.sweep.objectives import Objective, Score, read_objective
from tests.findings.toy import outcomes

pytest.importorskip("optuna")


def bowl(plans: list[LeverSetting]) -> list[Answer]:
    """Best at (0.3, 0.7), where it is 0."""
    return [Answer(((x - 0.3) ** 2 + (y - 0.7) ** 2,)) for x, y in plans]


def test_a_known_optimum_is_found() -> None:
    tried = search(2, [False], 400, 1, bowl)
    (best,) = pareto([answer for _, answer in tried], [False])
    assert tried[best][0] == pytest.approx((0.3, 0.7), abs=0.05)
    assert tried[0][0] == (0.5, 0.5)


def test_a_known_front_is_found() -> None:
    """Less of one is more of the other: x against 1 - x, and y is for nothing."""

    def trade(plans: list[LeverSetting]) -> list[Answer]:
        return [Answer((x + y, 1.0 - x + y)) for x, y in plans]

    tried = search(2, [False, False], 400, 1, trade)
    front = pareto([answer for _, answer in tried], [False, False])
    assert len(front) > 10
    assert np.mean([tried[i][0][1] for i in front]) < 0.1


def test_constraints_are_kept() -> None:
    def bounded(plans: list[LeverSetting]) -> list[Answer]:
        return [Answer((x,), (x - 0.6,)) for (x,) in plans]

    tried = search(1, [True], 200, 1, bounded)
    (best,) = pareto([answer for _, answer in tried], [True])
    assert 0.57 < tried[best][0][0] <= 0.6


def test_asked_again_it_asks_the_same() -> None:
    assert search(2, [False], 60, 1, bowl) == search(2, [False], 60, 1, bowl)
    assert search(2, [False], 60, 1, bowl)[:40] == search(2, [False], 40, 1, bowl)
    assert search(2, [False], 60, 1, bowl) != search(2, [False], 60, 2, bowl)


def test_regret_is_what_the_best_plan_would_have_done_better() -> None:
    values = np.array([[[1.0, 1.0], [5.0, 5.0]], [[2.0, 0.0], [5.0, 1.0]]])
    assert regrets_by_future(values, True).tolist() == [0.5, 2.0]
    assert regrets_by_future(values, False).tolist() == [2.0, 0.5]


def objective(text: str) -> Objective:
    problems: list[Problem] = []
    objective = read_objective(Text(text, Place("x.yaml", 1, 1)), problems)
    assert objective is not None, problems
    return objective


def test_objectives_say_what_they_mean() -> None:
    table: pd.DataFrame = outcomes(200).assign(owned=np.arange(1.0, 201.0), insolvent=0.0, unserved=0.2)
    result = {text: objective(text).of(table).level.value for text in TEXTS}
    assert result == pytest.approx(TEXTS)
    assert objective("worst(owned)").higher
    assert not objective("prob(insolvent)").higher
    met = objective("met(mean(owned) >= 101)")
    assert met.worst_of([Score(Level(0.4)), Score(Level(0.6))]) == Score(Level(0.4))


TEXTS = {
    "mean(owned)": 100.5,
    "p50(owned)": 100.0,
    "worst(owned)": 5.5,
    "worst(unserved)": 0.2,
    "prob(owned > 150)": 0.25,
    "met(mean(owned) >= 101)": 0.5,
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("worst(ownd)", "did you mean `owned`"),
        ("mean(owned) < 3", "left over"),
        ("delta(a.yaml, mean(owned))", "leave out"),
        ("met(delta(a.yaml, mean(owned)) >= 1)", "leave out"),
    ],
)
def test_a_wrong_objective_is_told(text: str, message: str) -> None:
    problems: list[Problem] = []
    assert read_objective(Text(text, Place("x.yaml", 1, 1)), problems) is None
    assert message in problems[0].message
