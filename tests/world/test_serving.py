"""Demand, what is served of it, and what that earns."""

import pytest

from sim.world import serving
from tests.world.a_future import Told, small

YEAR = 365.25
UNIT = 1071.230121314979 * 4.62 * 86400.0
"""Tokens a day of one serving unit."""
T = 1e12


def served(more: str) -> Told:
    return small(f"serving: {{tokens: 1T tokens / day, {more}}}").begin()


@pytest.mark.parametrize(("day", "times"), [(0.0, 1.1), (YEAR / 2, 1.1 * 2**0.5), (YEAR, 2.2), (3 * YEAR, 4.4)])
def test_demand_grows_and_then_fades_to_a_share_of_its_pace(day: float, times: float) -> None:
    assert serving.tokens_wanted(served("growth: 2x / year, latent: 0.1"), day) == pytest.approx(times * T)


@pytest.mark.parametrize(
    ("day", "times"), [(0.0, 1.0), (99.9, 1.0), (100.0, 2.5), (160.0, 1.75), (220.0, 1.375), (1000.0, 1.0)]
)
def test_a_release_makes_demand_jump_from_its_day_on_and_half_of_it_wears_off_in_a_half_life(
    day: float, times: float
) -> None:
    future = served("jump: 2.5")
    future.clock[0].now = 100.0
    serving.released(future, 7, 1.0)
    assert serving.tokens_wanted(future, day) == pytest.approx(times * T, rel=1e-4)


def test_a_jump_is_never_downwards() -> None:
    future = served("jump: 0.5")
    serving.released(future, 7, 1.0)
    assert serving.tokens_wanted(future, 0.0) == T


@pytest.mark.parametrize(
    ("more", "day", "units"),
    [
        ("cost: 1", 0.0, T / UNIT),
        ("cost: 2", 0.0, 2 * T / UNIT),
        ("peak: 1.5", 0.0, 1.5 * T / UNIT),
        ("efficiency: 4x / year", YEAR, 0.25 * T / UNIT),
    ],
)
def test_units_wanted(more: str, day: float, units: float) -> None:
    assert serving.units_wanted(served(more), day) == pytest.approx(units)


def a_month(more: str, units: float, days: float = 30.0) -> tuple[Told, float]:
    """A month in which so many units served; the future and the revenue."""
    future = served(more)
    future.clock[0].now = days
    future.lab[0].serve_days = units * days
    return future, serving.month_served(future, days)


@pytest.mark.parametrize(("part", "share"), [(2.0, 1.0), (1.0, 1.0), (0.25, 0.25), (0.0, 0.0)])
def test_what_is_served_is_the_lesser_of_demand_and_capacity_and_earns_in_proportion(part: float, share: float) -> None:
    future, revenue = a_month("revenue: $365250000 / year", part * T / UNIT)
    assert future.lab[0].tokens_wanted == pytest.approx(30 * T)
    assert future.lab[0].tokens_served == pytest.approx(30 * T * share)
    assert revenue == pytest.approx(30e6 * share)


def test_the_price_of_a_token_falls() -> None:
    _, revenue = a_month("revenue: $365250000 / year, price: 0.25x / year", T / UNIT, days=YEAR)
    assert revenue == pytest.approx(365.25e6 * 0.5)  # the middle of the year


def test_a_part_of_those_not_served_goes_away_for_good() -> None:
    future, _ = a_month("leaving: 0.2", 0.75 * T / UNIT)
    assert future.serving[0].popularity == pytest.approx(1.0 - 0.2 * 0.25)
    assert serving.tokens_wanted(future, 0.0) == pytest.approx(0.95 * T)


def test_all_of_a_year_is_served_when_there_is_enough_and_nothing_when_there_is_nothing() -> None:
    enough = small("serving: {tokens: 0.2T tokens / day}\ntraining: {opening_share: 0.5}").begin().until(729.0)
    assert enough.serving[0].wanted == pytest.approx(0.2 * T * 699)
    assert enough.serving[0].served == pytest.approx(0.2 * T * 699)
    nothing = small(
        "serving: {tokens: 1T tokens / day}\nfleet: {holdings: [{id: h800_hall, opening: 0 chips}]}"
    ).begin()
    assert nothing.until(20.0).lab[0].serve_rate == 0.0
    assert nothing.until(32.0).serving[0].served == 0.0
