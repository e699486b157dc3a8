"""The arithmetic of the causal split, on games whose answer is known."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from sim.study.split import GRAIN, QUESTIONS, Split, coalitions, shapley, split, splits

from sim.study.measures import MEASURES, measure
from sim.study.words import points
from sim.world.constraints import CONSTRAINTS
from tests.study.toy import outcomes

Table = npt.NDArray[np.float64]
NAMES = list(CONSTRAINTS)


def game(left: Callable[[set[str]], float], futures: int = 1) -> Table:
    """The table of what is left of a shortfall when the groups of each coalition are removed."""
    return np.array([[left(set(removed))] * futures for removed in coalitions()])


def parts(found: Split) -> dict[str, float]:
    return {part.group: part.value for part in found.parts}


def test_every_coalition_comes_once() -> None:
    found = coalitions()
    assert len({frozenset(each) for each in found}) == len(found) == 64
    assert (found[0], found[-1]) == ((), tuple(NAMES))


def test_an_additive_game_gives_each_cause_what_it_adds() -> None:
    worth = dict(zip(NAMES, (0.20, 0.10, 0.05, 0.04, 0.02, 0.01), strict=True))
    found = split(measure("train_short"), game(lambda removed: 0.5 - sum(worth[name] for name in removed)))
    assert parts(found) == pytest.approx(worth, abs=1e-11)
    assert found.structural == pytest.approx(0.08, abs=1e-11)
    assert found.first.group == "money"
    assert found.first.largest == 1.0


def test_one_cause_takes_all() -> None:
    found = split(measure("train_short"), game(lambda removed: 0.1 if "rental" in removed else 0.4, 50))
    assert found.first.group == "rental"
    assert found.first.share == pytest.approx(0.75)
    assert sum(part.value != 0.0 for part in found.parts) == 1
    assert found.first.error == 0.0


def test_two_substitutes_share_alike_though_removing_either_alone_gives_nothing() -> None:
    """Money and rules block the same chips, and either is enough: only both together open the way."""
    both = {"money", "rules"}
    table = game(lambda removed: 0.0 if both <= removed else 0.4)
    assert table[0] - table[coalitions().index(("money",))] == 0.0
    found = split(measure("train_short"), table)
    assert parts(found)["money"] == parts(found)["rules"] == pytest.approx(0.2, abs=1e-11)
    assert found.part("money").largest == found.part("rules").largest == 0.5


def test_two_causes_that_harm_only_together_share_alike_though_removing_either_gives_all() -> None:
    found = split(measure("train_short"), game(lambda removed: 0.0 if removed & {"domestic", "rental"} else 0.4))
    assert parts(found)["domestic"] == parts(found)["rental"] == pytest.approx(0.2, abs=1e-11)
    assert found.structural == 0.0


def test_a_share_may_be_negative() -> None:
    found = split(measure("unserved"), game(lambda removed: 0.3 + (0.1 if "rules" in removed else 0.0)))
    assert found.part("rules").value == pytest.approx(-0.1, abs=1e-11)
    assert found.structural == pytest.approx(0.4)
    assert found.nobody == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_shares_and_the_rest_add_up_to_the_last_bit(seed: int) -> None:
    luck = np.random.default_rng(seed)
    table = luck.normal(3.0, 10.0, (64, 30))
    found = shapley(table)
    assert (found.sum(axis=0) == np.rint(table[0] / GRAIN) * GRAIN).all()
    taken_apart = split(measure("second_delay"), table)
    assert sum(part.value for part in taken_apart.parts) + taken_apart.structural == taken_apart.whole
    assert taken_apart.whole == pytest.approx(table[0].mean(), abs=1e-11)


def test_the_formula_agrees_with_all_orders_written_out() -> None:
    """Three players, six orders, by hand: the mean of what each adds when it comes."""
    luck = np.random.default_rng(5)
    table = luck.random((8, 1))
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    added = np.zeros(3)
    for order in orders:
        gone = 0
        for player in order:
            added[player] += (table[gone, 0] - table[gone | 1 << player, 0]) / len(orders)
            gone |= 1 << player
    assert shapley(table)[:3, 0] == pytest.approx(added, abs=1e-11)


def test_the_interval_is_that_of_the_spread_over_futures() -> None:
    luck = np.random.default_rng(7)
    each = luck.normal(0.2, 0.1, 4000)
    table = np.array([0.5 - each * ("money" in removed) for removed in coalitions()])
    found = split(measure("train_short"), table).part("money")
    assert found.value == pytest.approx(0.2, abs=0.005)
    assert found.error == pytest.approx(1.96 * 0.1 / 4000**0.5, rel=0.05)


def test_one_future_leaves_the_error_of_a_part_open() -> None:
    found = split(measure("train_short"), game(lambda removed: 0.1 if "rental" in removed else 0.4)).first
    assert (found.error, found.as_json()["monte_carlo_error"]) == (np.inf, None)


def test_odds_of_the_largest_are_by_future() -> None:
    """Money takes much in one future, depth little in three."""
    money, depth = np.array([0.9, 0.0, 0.0, 0.0]), np.array([0.0, 0.1, 0.1, 0.1])
    table = np.array([1.0 - money * ("money" in gone) - depth * ("rental" in gone) for gone in coalitions()])
    found = split(measure("train_short"), table)
    assert found.first.group == "money"
    assert (found.part("money").largest, found.part("rental").largest) == (0.25, 0.75)


def test_every_question_is_a_measure_of_which_less_is_better() -> None:
    runs = [outcomes(3) for _ in coalitions()]
    assert [found.measure.name for found in splits(runs)] == list(QUESTIONS)
    assert {asked.better for asked in MEASURES if asked.name in QUESTIONS} == {"lower"}


@pytest.mark.parametrize(("value", "text"), [(0.12, "12 points"), (0.01, "1 point"), (-0.004, "-0.4 points")])
def test_points(value: float, text: str) -> None:
    assert points(value) == text
