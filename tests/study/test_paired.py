import numpy as np
import pandas as pd
import pytest

from sim.study.measures import MEASURES, measure
from sim.study.paired import difference, paired
from tests.study.toy import outcomes


def test_a_scenario_differs_from_itself_by_nothing() -> None:
    table = outcomes()
    for asked in MEASURES:
        found = difference("same", asked, table, table.copy())
        assert (found.paired.mean, found.paired.error, found.paired.p5, found.paired.p95) == (0.0, 0.0, 0.0, 0.0)
        assert (found.worse, found.better) == (0.0, 0.0)
        assert found.paired.nothing


def test_one_pair_leaves_the_error_open_and_two_say_little() -> None:
    one = paired(np.array([3.0]), np.array([1.0]))
    assert (one.mean, one.error, one.as_json()["monte_carlo_error"]) == (2.0, np.inf, None)
    two = paired(np.array([3.0, 1.0]), np.zeros(2))
    assert two.error == pytest.approx(12.706, abs=1e-3)


def test_a_constant_shift_is_known_exactly() -> None:
    table = outcomes()
    found = difference("late", measure("next_delay"), table.assign(next_delay=table["next_delay"] + 2.0), table)
    assert (found.paired.mean, found.paired.error, found.worse) == (2.0, 0.0, 1.0)
    assert not found.paired.nothing


def test_pairing_narrows_the_interval_by_the_factor_that_is_told() -> None:
    """Shared luck of variance 9, own luck of variance 1 in each: unpaired 20, paired 2."""
    luck = np.random.default_rng(3)
    shared = luck.normal(0.0, 3.0, 20_000)
    one, other = (shared + luck.normal(shift, 1.0, 20_000) for shift in (0.5, 0.0))
    found = paired(one, other)
    assert found.reduction is not None
    assert found.reduction == pytest.approx(10.0, rel=0.05)
    unpaired = 1.96 * np.sqrt((one.var() + other.var()) / 20_000)
    assert found.error * np.sqrt(found.reduction) == pytest.approx(unpaired, rel=0.1)
    assert abs(found.mean - 0.5) < 2.0 * found.error


def test_worse_goes_with_the_direction_of_the_measure() -> None:
    more = outcomes().assign(owned=lambda table: table["owned"] + 1.0)
    found = difference("more", measure("owned"), more, outcomes())
    assert (found.worse, found.better) == (0.0, 1.0)


def test_what_is_not_out_by_the_horizon_is_worse_than_any_that_is() -> None:
    table = pd.DataFrame({"next_delay": [30.0, 5.0, 31.0], "next_released": [1.0, 1.0, 0.0]})
    other = pd.DataFrame({"next_delay": [31.0, 5.0, 31.0], "next_released": [0.0, 1.0, 0.0]})
    found = difference("other", measure("next_delay"), table, other)
    assert found.better == pytest.approx(1.0 / 3.0)
    assert found.worse == 0.0
    assert found.open == pytest.approx(2.0 / 3.0)
