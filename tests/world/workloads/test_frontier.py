"""The distance to the best rival, in closed form. In the small world compute grows 4x and algorithms 2x a year."""

import math

import pytest

from sim.world.workloads import frontier
from tests.world.a_future import small

YEAR = 365.25
MONTH = YEAR / 12
LAST = 3e24


@pytest.mark.parametrize(
    ("day", "times", "days"),
    [
        (0.0, 1.0, 180.0),
        (0.0, 8.0, 180.0 - YEAR),  # what takes the rival a year, at once
        (YEAR, 1.0, 180.0 + YEAR - YEAR / 3.0),  # a third of its pace is better algorithms, for both
        (YEAR, 4.0, 180.0),
        (YEAR / 2.0, 2.0, 180.0),
    ],
)
def test_months_behind_the_rival(day: float, times: float, days: float) -> None:
    future = small().begin()
    future.clock[0].now = day
    frontier.released(future, times * LAST)
    assert frontier.months_behind(future) == pytest.approx(days / MONTH)


def test_between_releases_the_distance_grows_by_a_month_each_month_and_a_worse_model_changes_nothing() -> None:
    future = small().begin()
    future.clock[0].now = 90.0
    assert frontier.months_behind(future) == pytest.approx(270.0 / MONTH)
    frontier.released(future, 1e20)
    assert frontier.months_behind(future) == pytest.approx(270.0 / MONTH)


def test_a_campaign_brings_its_final_run_to_the_frontier() -> None:
    """91,312.5 unit-days of the final run, out after a year."""
    future = small().begin().until(396.5)
    flop = 91312.5 * 86400 * 989e12 * 0.33
    gained = (math.log(flop / LAST) + math.log(2.0)) / math.log(8.0)
    assert future.frontier[0].matched == pytest.approx(gained * YEAR - 180.0)
    assert future.books[12].frontier_gap == pytest.approx((396.0 - gained * YEAR + 180.0) / MONTH)
