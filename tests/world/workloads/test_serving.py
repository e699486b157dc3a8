"""Demand, what is served of it, and what that earns."""

import math

import pytest

from sim.world.workloads import serving, sharing, want
from tests.world.a_future import LoggedFuture, small

YEAR = 365.25
UNIT = 1071.230121314979 * 4.62 * 86400.0
"""Tokens a day of one serving unit."""
T = 1e12


def served(more: str) -> LoggedFuture:
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


def a_month(more: str, units: float, days: float = 30.0) -> tuple[LoggedFuture, float]:
    """The first month, in which so many units served; the future and the revenue."""
    future = served(more)
    return future, month(future, units, days)


def month(future: LoggedFuture, units: float, days: float = 30.0) -> float:
    """The revenue of a month from now on, in which so many units serve."""
    since = future.clock[0].now
    future.clock[0].now += days
    future.lab[0].tokens_wanted = future.lab[0].tokens_able = future.lab[0].price_days = 0.0
    future.lab[0].serve_rate = units
    serving.counted(future, since, days)
    return serving.month_served(future, days)


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
    future, _ = a_month("leaving: 0.2", 0.75 * T / UNIT, days=YEAR / 12.0)
    assert future.serving[0].popularity == pytest.approx(1.0 - 0.2 * 0.25)
    assert serving.tokens_wanted(future, 0.0) == pytest.approx(0.95 * T)
    days, _ = a_month("leaving: 0.2", 0.75 * T / UNIT, days=YEAR / 48.0)  # as long as a quarter of one
    assert days.serving[0].popularity == pytest.approx(0.95**0.25)


def test_all_of_a_year_is_served_when_there_is_enough_and_nothing_when_there_is_nothing() -> None:
    enough = small("serving: {tokens: 0.2T tokens / day}\ntraining: {opening_share: 0.5}").begin().until(729.0)
    assert [enough.books[m].tokens_served for m in range(23)] == pytest.approx([0.2 * T] * 23)
    nothing = small(
        "serving: {tokens: 1T tokens / day}\nfleet: {holdings: [{id: h800_hall, opening: 0 chips}]}"
    ).begin()
    assert nothing.until(20.0).lab[0].serve_rate == 0.0
    assert nothing.until(32.0).books[0].tokens_served == 0.0


def short(more: str, load: float) -> tuple[LoggedFuture, float]:
    """A month that wants `load` times the capacity; without a shortage a million dollars a day are earned."""
    return a_month(f"revenue: $365250000 / year, {more}", T / UNIT / load)


@pytest.mark.parametrize(
    ("elasticity", "dearer"), [(-0.5, 1.25**2), (-0.8, 1.25**1.25), (-1.0, 1.25), (-1.5, 1.25 ** (2 / 3))]
)
def test_the_price_clears_demand_and_what_is_unserved_is_told_at_the_price_before(
    elasticity: float, dearer: float
) -> None:
    future, revenue = short(f"elasticity: {elasticity}, price_ceiling: 3", 1.25)
    assert serving.ration(future, 1.25) == pytest.approx(dearer)
    assert dearer**elasticity == pytest.approx(0.8)
    assert (future.lab[0].tokens_wanted, future.lab[0].tokens_served) == pytest.approx((30 * T, 24 * T))
    assert revenue == future.lab[0].revenue == pytest.approx(30e6 * 0.8 * dearer)


def test_a_limit_on_the_price_leaves_tokens_refused() -> None:
    """At a third more, demand of twice the capacity is still one and a half times it."""
    future, revenue = short("elasticity: -1, price_ceiling: 1.3333333333333333", 2.0)
    assert serving.ration(future, 2.0) == pytest.approx(4.0 / 3.0)
    assert future.lab[0].tokens_served == pytest.approx(15 * T)
    assert revenue == pytest.approx(30e6 * 0.5 * 4.0 / 3.0)


def test_nothing_is_dearer_while_all_can_be_served() -> None:
    future, revenue = short("elasticity: -1, price_ceiling: 3", 0.9)
    assert serving.ration(future, 0.9) == 1.0
    assert revenue == pytest.approx(30e6)


@pytest.mark.parametrize(("opened", "hosted"), [(1.0, 0.6), (0.5, 0.3), (0.0, 0.0)])
def test_other_hosts_serve_a_part_of_what_the_lab_does_not_if_the_weights_are_open(
    opened: float, hosted: float
) -> None:
    future = served("hosted: 0.6, revenue: $365250000 / year")
    future.clock[0].now = 0.0
    serving.released(future, 7, opened)
    revenue = month(future, 0.75 * T / UNIT)
    assert future.lab[0].tokens_hosted == pytest.approx(30 * T * 0.25 * hosted)
    assert revenue == pytest.approx(30e6 * 0.75)


def test_a_listing_of_the_lab_ends_what_is_earned_abroad() -> None:
    rule = "{id: listed, source: test, government: us, item: entity, regime: denial, effective: %s}"
    revenue = []
    for date in ("2025-01-01", "2030-01-01"):
        tokens = "serving: {tokens: 0.2T tokens / day, revenue: $365250000 / year, abroad: 0.25}"
        future = small(f"{tokens}\ncontrols: {{rules: [{rule % date}]}}").begin().until(32.0)
        revenue.append(future.lab[0].revenue)
    assert revenue[0] == pytest.approx(0.75 * revenue[1])


def test_rationing_is_counted_in_days_without_a_break() -> None:
    future = served("")
    spells = []
    for part in (1.0, 0.5, 0.9, 1.0, 0.5):
        month(future, part * T / UNIT)
        spells.append(future.serving[0].spell)
    assert spells == [0.0, 30.0, 60.0, 0.0, 30.0]
    priced, _ = short("elasticity: -1, price_ceiling: 3", 2.0)
    assert priced.serving[0].spell == 0.0  # dearer, but nobody is refused


def test_the_dial_of_want_takes_growth_away() -> None:
    more = "serving: {tokens: 1T tokens / day, growth: 2x / year}\ntraining: {growth: 2x / year}\n"
    grown = [small(f"{more}dials: {{want: {dial}}}").begin() for dial in (0.0, 0.1, 1.0)]
    assert [serving.tokens_wanted(future, YEAR) / T for future in grown] == pytest.approx([2.0, 2.0**0.9, 1.0])
    assert [want.wanted(future, YEAR) / 1000.0 for future in grown] == pytest.approx([2.0, 2.0**0.9, 1.0], rel=0.01)
    works = [want.work_between(future, 0.0, YEAR) / future.lab[0].train_anchor / YEAR for future in grown]
    assert works == pytest.approx([1.0 / math.log(2.0), (2.0**0.9 - 1.0) / (0.9 * math.log(2.0)), 1.0])


REFUSED = "revenue: $365250000 / year, elasticity: -1, price_ceiling: 1, price: 0.25x / year"


@pytest.mark.parametrize(("held", "level"), [(0.0, 0.25), (0.5, 0.5), (1.0, 1.0)])
def test_no_price_falls_in_the_months_after_one_of_rationing(held: float, level: float) -> None:
    """A year of shortage after a month of it; then a year in which all is served, the first month of it held still."""
    future = served(f"{REFUSED}, price_held: {held}")
    month(future, 0.5 * T / UNIT, days=1.0)
    before = serving.token_price(future, future.clock[0].now)
    month(future, 0.5 * T / UNIT, days=YEAR)
    assert serving.token_price(future, future.clock[0].now) / before == pytest.approx(level)
    month(future, T / UNIT, days=1.0)
    plenty = serving.token_price(future, future.clock[0].now)
    month(future, T / UNIT, days=YEAR)
    assert serving.token_price(future, future.clock[0].now) / plenty == pytest.approx(0.25)


def test_a_shortage_no_larger_than_a_month_of_growth_is_no_rationing() -> None:
    for part, rationed in ((0.94, 1), (0.96, 0)):
        assert a_month("price_held: 1", part * T / UNIT)[0].serving[0].rationed == rationed


def test_training_yields_with_the_months_of_refusal_and_takes_its_place_back() -> None:
    """Two months of patience, then two more until it yields all it may; back at the same pace, once none is refused."""
    future = served("elasticity: -1, price_ceiling: 1, patience: 60 days, yields: 0.4")
    leans = []
    for part in (0.5, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0):
        month(future, part * T / UNIT)
        leans.append(sharing.leaning(future))
    assert leans == pytest.approx([0.5, 0.5, 0.4, 0.3, 0.3, 0.4, 0.5, 0.5])


def test_what_training_yields_serves_and_slows_the_roadmap() -> None:
    """A lab that can buy nothing: twice the tokens are wanted that all its chips could serve."""
    world = """
serving: {tokens: 0.8T tokens / day, patience: 1 day, yields: %s}
training: {opening_share: 0.5}
capital: {cash: $0}
"""
    firm, yielding = (small(world % part).begin().until(729.0) for part in ("0", "0.8"))
    assert yielding.books[20].tokens_served > 1.1 * firm.books[20].tokens_served
    assert yielding.books[20].train_effective < 0.9 * firm.books[20].train_effective
