import pytest

from sim.findings.regret import Regrets, regrets
from sim.measures.measures import measure

MEANS = {
    "bold": {"calm": 0.20, "storm": 0.70},
    "careful": {"calm": 0.35, "storm": 0.50},
    "middling": {"calm": 0.28, "storm": 0.58},
}
SETTINGS = {name: (f"procurement.reserve={i} months",) for i, name in enumerate(MEANS)}


def table(**weights: float) -> Regrets:
    return regrets(measure("train_short"), MEANS, SETTINGS, weights)


def test_regret_is_against_the_best_policy_of_each_scenario() -> None:
    result = {policy.name: policy.regrets for policy in table(calm=1.0, storm=1.0).policies}
    assert list(result["bold"]) == pytest.approx([0.0, 0.20])
    assert list(result["careful"]) == pytest.approx([0.15, 0.0])
    assert list(result["middling"]) == pytest.approx([0.08, 0.08])


def test_minimax_needs_no_weights_and_the_weighted_choice_does() -> None:
    assert table(calm=0.5, storm=0.5).minimax.name == "middling"
    assert table(calm=0.9, storm=0.1).minimax.name == "middling"
    assert table(calm=0.9, storm=0.1).best.name == "bold"
    assert table(calm=0.1, storm=0.9).best.name == "careful"


def test_weights_are_scaled() -> None:
    assert table(calm=3.0, storm=1.0).weights == (0.75, 0.25)


def test_of_a_measure_of_which_more_is_better_the_most_has_no_regret() -> None:
    result = regrets(measure("owned"), {"a": {"x": 10.0}, "b": {"x": 30.0}}, {"a": (), "b": ()}, {"x": 1.0})
    assert [policy.regrets for policy in result.policies] == [(20.0,), (0.0,)]


def test_one_policy_regrets_nothing() -> None:
    result = regrets(measure("unserved"), {"a": {"x": 0.4}}, {"a": ()}, {"x": 1.0})
    assert (result.minimax.largest, result.best.weighted) == (0.0, 0.0)
