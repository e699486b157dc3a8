"""What a scenario itself does, on constructed pairs of worlds: its cost, and what it works through."""

import math

import numpy as np
import pytest

from sim.bottlenecks.removals import (
    COUNTING_GAIN,
    NAMES,
    SETS,
    SHORTFALLS,
    SINGLES,
    Amount,
    Removals,
    by_column,
    removals,
)
from sim.bottlenecks.scenario_effect import STANDING_PART, THROUGH_PART, ChangeEffect, Cost, cost, effect
from tests.bottlenecks.games import Left, game, removals_of, singles, table, worth

FUTURES = 300
USUAL = 0.44


def more(by: float, *through: str, left: float = 1.0) -> Left:
    """The usual shortfall, and more of it, which is gone but for a rest where any of these is removed."""
    return lambda gone: USUAL + by * (1.0 - left * bool(set(through) & gone))


def of(here: Left, there: Left | None = None) -> Cost:
    return cost(removals_of(here), singles(there or worth(USUAL)))


def with_luck(seed: int, here: Left, there: Left, spread: float = 0.02) -> Cost:
    """Both worlds share their luck; each set has a little of its own in each."""
    luck = np.random.default_rng(seed)
    common = luck.normal(0.0, 0.2, FUTURES)
    ours, theirs = (game(left, FUTURES) + common + luck.normal(0.0, spread, (SETS, FUTURES)) for left in (here, there))
    return cost(Removals("train_short", ours), theirs[[*SINGLES]])


def named(result: Cost) -> list[str]:
    return [each.constraint for each in result.named]


def test_a_cost_is_the_paired_difference() -> None:
    result = of(more(0.02))
    assert result.difference.mean == pytest.approx(0.02)
    assert result.difference.error == pytest.approx(0.0, abs=1e-12)
    assert result.differs
    assert not of(worth(USUAL)).differs


def test_luck_that_both_worlds_share_is_no_error() -> None:
    result = with_luck(1, more(0.02), worth(USUAL))
    assert result.difference.error < 0.005
    assert abs(result.difference.mean - 0.02) <= result.difference.error


@pytest.mark.parametrize("name", NAMES)
def test_what_acts_through_one_constraint_alone_is_said_to(name: str) -> None:
    result = of(more(0.02, name))
    assert named(result) == [name]
    gone = {each.constraint: each.gone.mean for each in result.through}
    assert gone == pytest.approx(dict.fromkeys(NAMES, 0.0) | {name: 0.02})


def test_what_acts_through_none_names_none() -> None:
    assert named(of(more(0.02))) == []


def test_what_either_removal_undoes_is_named_for_both_and_does_not_add_up() -> None:
    result = of(more(0.02, "money", "rules"))
    assert set(named(result)) == {"money", "rules"}
    assert sum(each.gone.mean for each in result.named) == pytest.approx(0.04)


def test_what_only_both_removals_undo_names_neither() -> None:
    assert named(of(lambda gone: USUAL + 0.02 * (not {"money", "rules"} <= gone))) == []


@pytest.mark.parametrize(
    ("part", "expected"), [(THROUGH_PART - 0.01, []), (THROUGH_PART + 0.01, ["rules"]), (1.5, ["rules"])]
)
def test_a_third_of_the_cost_is_enough_to_be_named(part: float, expected: list[str]) -> None:
    assert named(of(more(0.02, "rules", left=part))) == expected


def test_what_makes_it_worse_is_not_what_it_works_through() -> None:
    """Without money the scenario costs twice as much: money stands on the other side of zero."""
    assert named(of(more(0.02, "money", left=-1.0))) == []


def test_a_scenario_that_helps_works_through_what_takes_its_gain_away() -> None:
    result = of(more(-0.02, "rental"))
    assert result.difference.mean == pytest.approx(-0.02)
    assert named(result) == ["rental"]


@pytest.mark.parametrize(
    ("left", "expected"),
    [(STANDING_PART - 0.01, []), (STANDING_PART + 0.01, []), (STANDING_PART + 0.1, ["money"])],
    ids=["in neither", "in one world alone", "in both"],
)
def test_only_what_leaves_half_of_the_shortfall_standing_is_named(left: float, expected: list[str]) -> None:
    """Without money little is missing in either world, so little is left that could differ."""

    def usual(gone: frozenset[str]) -> float:
        return USUAL * (left if "money" in gone else 1.0)

    def dearer(gone: frozenset[str]) -> float:
        return usual(gone) + 0.02 * ("money" not in gone)

    assert named(of(dearer, usual)) == named(of(usual, dearer)) == expected


def test_the_most_comes_first() -> None:
    result = of(lambda gone: USUAL + 0.05 - 0.02 * ("money" in gone) - 0.03 * ("sites" in gone))
    assert named(result) == ["sites", "money"]


def test_only_futures_that_both_have_are_compared() -> None:
    here, there = game(more(0.02), 8), singles(worth(USUAL), 4)
    assert cost(Removals("train_short", here), there).difference.mean == pytest.approx(0.02)
    here[:, 4:] = 9.0
    assert cost(Removals("train_short", here), there).difference.mean == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("moves", "worse", "better"),
    [
        ([COUNTING_GAIN * 1.01, COUNTING_GAIN * 0.99, 0.0, -COUNTING_GAIN * 0.99], 0.25, 0.0),
        ([0.5, 0.5, -COUNTING_GAIN * 1.01, -0.5], 0.5, 0.5),
        ([0.0, 0.0, 0.0, 0.0], 0.0, 0.0),
    ],
)
def test_worse_and_better_count_from_a_point_on(moves: list[float], worse: float, better: float) -> None:
    result = of(lambda gone: USUAL + np.array(moves))
    assert (result.worse, result.better) == (worse, better)


def test_what_works_through_one_is_found_in_spite_of_luck_and_nothing_else_is() -> None:
    result = [with_luck(seed, more(0.04, "rules"), worth(USUAL)) for seed in range(100)]
    assert sum("rules" in named(each) for each in result) >= 95
    assert sum(named(each) == ["rules"] for each in result) >= 95


def test_a_scenario_that_does_nothing_seldom_costs_or_works_through_anything() -> None:
    result = [with_luck(seed, worth(USUAL), worth(USUAL)) for seed in range(100)]
    assert sum(each.differs for each in result) <= 12
    assert sum(bool(named(each)) for each in result) <= 5


def test_what_takes_a_third_by_luck_alone_is_seldom_named() -> None:
    """The cost is the same under every set; luck lets one removal take a third of it in half of the seeds."""
    result = [with_luck(seed, more(0.05), worth(USUAL), 0.1) for seed in range(100)]
    large = [
        any(abs(each.gone.mean) >= THROUGH_PART * abs(one.difference.mean) for each in one.through) for one in result
    ]
    assert sum(large) >= 40
    assert sum(bool(named(each)) for each in result) <= 8


def test_errors_of_costs_cover_their_truth() -> None:
    result = [with_luck(seed, more(0.02, "rules"), worth(USUAL)) for seed in range(100)]
    assert sum(abs(each.difference.mean - 0.02) <= each.difference.error for each in result) >= 85
    gone = [next(part.gone for part in each.through if part.constraint == "rules") for each in result]
    assert sum(abs(each.mean - 0.02) <= each.error for each in gone) >= 85


def test_an_effect_holds_what_is_missing_in_the_base_and_each_change() -> None:
    changes = (
        ChangeEffect("capital.financing", "the talks", dict.fromkeys(SHORTFALLS.values(), Amount(0.02, math.inf))),
        ChangeEffect("controls.rules.new", "a rule", {}),
    )
    here, there = removals(table(game(more(0.02, "money")))), by_column(table(singles(worth(USUAL))))
    result = effect("the baseline", here, there, tuple(SHORTFALLS.values()), changes)
    assert {name: each.mean for name, each in result.missing.items()} == pytest.approx(
        dict.fromkeys(SHORTFALLS.values(), USUAL)
    )
    document = result.as_json()
    assert document["base"] == "the baseline"
    first, second = result.changes
    assert first.as_json()["costs"] == {each: {"mean": 0.02, "simulation_error": None} for each in SHORTFALLS.values()}
    assert second.as_json()["costs"] == {}
