import numpy as np
import pytest

from sim.bottlenecks.survival import SupplySource, first_apart, survival

ENDS = np.array([30.0, 60.0, 90.0, 120.0])
MEMORY = SupplySource("memory", "memory imports", "offer")


def of(stopped: list[list[float]], usual: list[list[float]], since: list[float], level: float = 0.5):  # type: ignore[no-untyped-def]
    return survival(MEMORY, np.array(stopped), np.array(usual), ENDS, np.array(since), level)


def test_days_to_the_first_month_below_the_level_and_back() -> None:
    result = of([[10.0, 10.0, 4.0, 9.0]], [[10.0, 10.0, 10.0, 10.0]], [15.0])
    assert result.fails == 1.0
    assert result.survive.median.value == 75.0
    assert result.recover.median.value == 30.0
    assert not result.recover.median.beyond


def test_what_never_fails_survives_to_the_horizon_at_least() -> None:
    result = of([[10.0, 10.0, 6.0, 9.0]], [[10.0] * 4], [0.0])
    assert result.fails == 0.0
    assert result.survive.median.text("days") == "> 120 days"
    assert result.recover is None


def test_what_does_not_come_back_is_a_bound() -> None:
    result = of([[10.0, 1.0, 1.0, 1.0]], [[10.0] * 4], [0.0])
    assert result.survive.median.value == 60.0
    assert result.recover.median.text("days") == "> 60 days"


def test_the_level_is_a_share_of_the_same_future_without_the_stop() -> None:
    """The second future is small, and loses nothing."""
    result = of([[10.0, 4.0, 4.0, 4.0], [2.0] * 4], [[10.0] * 4, [2.0] * 4], [0.0, 0.0])
    assert result.fails == 0.5


def test_what_was_low_before_the_stop_does_not_count() -> None:
    assert of([[1.0, 10.0, 10.0, 10.0]], [[10.0] * 4], [45.0]).fails == 0.0


def test_a_happening_that_never_came_is_asked_of_nobody() -> None:
    result = of([[1.0] * 4], [[10.0] * 4], [np.inf])
    assert (result.futures, result.fails, result.survive, result.recover) == (0, None, None, None)
    assert result.fails_text == "–"


def test_a_happening_begins_where_the_books_part() -> None:
    one = np.ones((2, 4, 3))
    other = one.copy()
    other[0, 2, 1] = 5.0
    assert list(first_apart(one, other, np.array([0.0, 30.0, 60.0, 90.0]))) == [60.0, np.inf]


def test_a_higher_level_is_never_survived_for_longer() -> None:
    luck = np.random.default_rng(1)
    stopped, usual = luck.random((50, 4)) * 10.0, np.full((50, 4), 10.0)
    since = np.zeros(50)
    days = [survival(MEMORY, stopped, usual, ENDS, since, level).survive for level in (0.2, 0.5, 0.9)]
    assert [each.median.value for each in days if each] == pytest.approx(
        sorted((each.median.value for each in days if each), reverse=True)
    )
