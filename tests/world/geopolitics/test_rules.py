"""When rules come and go by their hazard, what is known beforehand, and who rushes."""

import math

import pytest

from sim.world import hazards
from sim.world.geopolitics import controls
from sim.world.signals import RULE_ANNOUNCED, RULE_TURNED
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, small
from tests.world.geopolitics.test_controls import DENIAL, WINDOW, decides, ruled
from tests.world.needs import Needs

NEEDS = Needs(
    settings=dict.fromkeys(
        (11, 21, 31),
        (
            "controls.rules.cn_2026_01_cond.quota=40000 chips / year",
            "market.offers.h200_licensed.yearly=3000 chips / year",
            "controls.rules.us_2026_01_case_by_case.ends_truce=2 / year",
            "controls.rules.us_2026_01_case_by_case.notice=90 days",
        ),
    ),
)
"""Little is in stock when a denial is announced."""

YEAR = 365.25
MANY = 400
HAZARD = ", ends_truce: 1.5 / year, comes_truce: 0.8 / year"


def stroke(future: LoggedFuture, rule: str, rate: float) -> float:
    """The day of a rule's next turn, if its clock has run at this rate since now."""
    r = future.at("rules", rule)
    threshold = hazards.threshold(future, hazards.CLIMATE_CLOCKS + r, future.rules[r].key)
    return float(future.clock[0].now) + threshold * YEAR / rate


def in_force(rule: str, number: int, days: float, more: str = "") -> bool:
    future = small(f"{more}\ncontrols: {{rules: [{rule}]}}", number).begin().until(days)
    return bool(future.rules[0].in_force)


def test_a_window_is_lifted_by_its_hazard_and_the_denial_stands_again() -> None:
    future = ruled(DENIAL % "", WINDOW % ", ends_truce: 4 / year")
    future.until(14.5)
    ends = 14.0 + (stroke(future, "window", 4.0) - 14.5)
    assert decides(future.until(ends - 0.1)) == "window"
    assert decides(future.until(ends + 0.1)) == "old"
    assert future.story(RULE_TURNED) == [(round(ends, 3), "rule turned")]
    assert decides(future.until(730.0)) == "old"


def test_how_soon_a_rule_ends_or_comes_is_one_less_an_exponential() -> None:
    ended = sum(not in_force(DENIAL % ", ends_truce: 12 / year", number, 20.0) for number in range(MANY))
    assert ended / MANY == pytest.approx(1.0 - math.exp(-12.0 * 20.0 / YEAR), abs=0.075)
    waits = (DENIAL % ", comes_truce: 12 / year").replace(", effective: 2023-10-17", "")
    came = sum(in_force(waits, number, 20.0) for number in range(MANY))
    assert came == ended  # the first stroke of the same clock


def test_a_rule_that_comes_and_goes_is_in_force_for_its_stationary_share() -> None:
    lively = DENIAL % ", ends_truce: 150 / year, comes_truce: 50 / year"
    assert sum(in_force(lively, number, 30.0) for number in range(MANY)) / MANY == pytest.approx(0.25, abs=0.07)


@pytest.mark.parametrize(("opens", "rate"), [("truce", 0.5), ("tension", 1.0), ("rupture", 2.0)])
def test_the_climate_sets_the_rate(opens: str, rate: float) -> None:
    hazard = ", ends_truce: 0.5 / year, ends_tension: 1 / year, ends_rupture: 2 / year"
    future = small(f"climate: {{state: {opens}}}\ncontrols: {{rules: [{DENIAL % hazard}]}}").begin()
    assert future.hazards[hazards.CLIMATE_CLOCKS].rate == rate
    assert future.hazards[hazards.CLIMATE_CLOCKS].due == stroke(future, "old", rate)


def test_a_turn_of_the_climate_sets_the_rates_anew() -> None:
    hazard = ", ends_truce: 0 / year, ends_tension: 1 / year"
    lapse = "climate: {truce_ends: 2026-04-11, lapses: 1}"
    future = small(f"{lapse}\ncontrols: {{rules: [{DENIAL % hazard}]}}").begin().until(99.0)
    assert future.hazards[hazards.CLIMATE_CLOCKS].rate == 0.0
    assert future.until(100.5).hazards[hazards.CLIMATE_CLOCKS].rate == 1.0


def test_a_rule_that_comes_back_outranks_what_came_meanwhile() -> None:
    back = WINDOW % ", ends_truce: 400 / year, comes_truce: 20 / year"
    future = ruled(back, (DENIAL % "").replace("2023-10-17", "2026-01-16")).until(14.5)
    seen = {(decides(future.until(float(day))), bool(future.the("rules", "window").in_force)) for day in range(16, 300)}
    assert {("window", True), ("old", False)} <= seen
    assert ("old", True) not in seen


def test_a_rule_that_is_not_made_or_over_does_not_turn() -> None:
    for dead in (", probability: 0", ", lifted: 2026-01-01"):
        assert ruled(DENIAL % (HAZARD + dead)).until(700.0).story(RULE_TURNED) == []


def test_a_turn_takes_effect_after_its_notice_and_the_lab_sees_it_coming() -> None:
    future = ruled(DENIAL % "", WINDOW % ", ends_truce: 6 / year, notice: 40 days").until(14.5)
    h200 = future.at("offers", "h200")
    announced = 14.0 + (stroke(future, "window", 6.0) - 14.5)
    assert controls.rush(future, h200) == -1.0
    future.until(announced + 10.0)
    assert decides(future) == "window"
    assert controls.rush(future, h200) == pytest.approx(30.0)
    assert decides(future.until(announced + 40.1)) == "old"
    assert controls.rush(future, h200) == -1.0


def test_a_denial_that_is_announced_is_seen_and_one_that_is_not_is_a_surprise() -> None:
    announced = (DENIAL % ", announced: 2026-02-01").replace("2023-10-17", "2026-03-01")
    future = ruled(announced)
    offers = [future.at("offers", name) for name in ("h200", "grey", "ascend")]
    seen = {}
    for day in (30.0, 32.0, 59.5):
        future.until(day)
        seen[day] = [controls.rush(future, o) for o in offers]
    nothing = [-1.0] * 3
    assert seen == {30.0: nothing, 32.0: [27.0, -1.0, -1.0], 59.5: nothing}
    assert future.story(RULE_ANNOUNCED) == [(31.0, "rule announced")]


def test_what_will_not_be_denied_is_not_rushed_for() -> None:
    opening = (
        "{id: opening, government: us, item: accelerator, regime: case_by_case, effective: 2026-03-01, source: test}"
    )
    shut = ruled(DENIAL % "", opening)
    assert controls.rush(shut, shut.at("offers", "h200")) == -1.0
    other = ruled((DENIAL % ", hits: {chip: [h20]}").replace("2023-10-17", "2026-03-01"))
    assert controls.rush(other, other.at("offers", "h200")) == -1.0


def test_others_rush_too_and_drain_the_stock_once() -> None:
    announced = (DENIAL % ", announced: 2026-02-15, rush: 0.6").replace("2023-10-17", "2026-03-10")
    stocked = "market: {offers: [{id: h200, yearly: 3653 chips / year}]}"
    future = ruled(announced, more=stocked)
    offer = future.the("offers", "h200")
    before = future.until(44.0).the("offers", "h200").stock
    assert before == market.flow(future, future.at("offers", "h200")) * 31.0 // YEAR
    assert future.until(45.5).the("offers", "h200").stock == before - before * 0.6 // 1.0
    assert offer.stock == future.until(58.0).the("offers", "h200").stock


def test_a_rule_without_notice_leaves_no_time_to_rush() -> None:
    at_once = (DENIAL % ", announced: 2026-02-15, rush: 0.6").replace("2023-10-17", "2026-02-15")
    future = ruled(at_once, more="market: {offers: [{id: h200, yearly: 3653 chips / year}]}")
    before = future.until(44.0).the("offers", "h200").stock
    assert future.until(45.5).the("offers", "h200").stock == before
