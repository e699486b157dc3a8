"""When imports are shut to all: who turns away from them, what that does to prices, and how fast."""

import math

import pytest

from sim.world.geopolitics import controls, rules
from sim.world.pathways import IDS
from sim.world.supply import crowding, market
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(
    settings={
        9: (
            "capital.cash=$5bn",
            "market.offers.h200_licensed.price=$5k",
            "market.offers.h200_licensed.yearly=2000 chips / year",
            "controls.rules.us_lab_listed.probability=1",
            "controls.rules.us_lab_listed.announced=2026-09-20",
            "controls.rules.us_lab_listed.effective=2026-12-01",
        )
    },
    never_written=("crowding.premium_truce",),
)
"""Others rush for what the lab would buy."""

SHUT = "{id: block, source: test, government: cn, item: accelerator, regime: denial, effective: 2025-01-01%s}"
LISTED = "{id: listing, source: test, government: us, item: entity, regime: denial, effective: 2026-04-01%s}"


def crowded(*rules: str, more: str = "") -> LoggedFuture:
    """A world in which a fifth is taken and prices rise by a half when imports are shut."""
    crowding = f"market: {{crowding: {{share_lost: 0.2, premium: 0.5, premium_listed: 0.4, time: 30 days{more}}}}}"
    return small(f"controls: {{rules: [{', '.join(rules)}]}}\n{crowding}").begin()


def test_on_the_first_day_the_crowd_is_where_the_rules_have_it() -> None:
    for made, crowd in (((SHUT % "",), 1.0), ((), 0.0), ((SHUT % ", lifted: 2025-06-01",), 0.0)):
        future = crowded(*made)
        assert (future.crowding[0].turned_away, future.crowding[0].domestic_premium) == (crowd, 0.5 * crowd)


def test_the_crowd_leaves_with_its_time_constant() -> None:
    """Opened on day 31, tested at month ends: what is left falls by e for each thirty days."""
    future = crowded(SHUT % ", lifted: 2026-01-31")
    for day in (59.0, 151.0, 365.0):
        left = math.exp(-(day) / 30.0)
        assert future.until(day + 0.5).crowding[0].turned_away == pytest.approx(left)
        assert future.crowding[0].domestic_premium == pytest.approx(0.5 * left)


def test_chips_and_rent_at_home_are_dearer_and_licensed_chips_are_not() -> None:
    shut, free = crowded(SHUT % ""), crowded()
    for offer, rise in (("ascend", 1.5), ("h200", 1.0), ("grey", 1.0)):
        o = shut.at("offers", offer)
        assert market.price(shut, o) == pytest.approx(rise * market.price(free, o))
    o = shut.at("offers", "rent")
    assert market.rent(shut, o) == 3.0
    shut.offers[o].pathway = float(IDS.index("rented_abroad"))
    assert market.rent(shut, o) == 2.0


def test_a_listing_of_the_lab_makes_grey_chips_dearer_and_shuts_nothing_to_others() -> None:
    future = crowded(LISTED % "").until(400.0)
    o = future.at("offers", "h200")
    assert controls.denied(future, o)
    assert not crowding.shut_to_all(future, o)
    assert future.crowding[0].turned_away == 0.0
    assert market.price(future, future.at("offers", "grey")) == pytest.approx(60_000.0 * 1.4, rel=1e-3)


def test_behind_a_listing_a_rule_on_the_chip_still_shuts_it_to_all() -> None:
    denial = "{id: denial, source: test, government: us, item: accelerator, regime: denial, effective: 2025-01-01}"
    future = crowded(denial, LISTED % "").until(400.0)
    assert future.things["rules"][future.clearances_of("h200")[0].rule] == "listing"
    assert crowding.shut_to_all(future, future.at("offers", "h200"))


@pytest.mark.parametrize(("state", "rise"), [(0.0, 0.05), (1.0, 0.12), (2.0, 0.3)])
def test_prices_follow_the_climate(state: float, rise: float) -> None:
    future = crowded(more=", premium_truce: 0.05, premium_tension: 0.12, premium_rupture: 0.3")
    future.climate[0].state = state
    future.until(700.0)
    assert future.crowding[0].domestic_premium == pytest.approx(rise, rel=1e-3)
    assert future.crowding[0].grey == pytest.approx(rise, rel=1e-3)


def test_days_since_a_rule_on_an_item_are_of_the_oldest_in_force() -> None:
    future = small(f"controls: {{rules: [{SHUT % ''}, {LISTED % ', lifted: 2026-07-01'}]}}").begin()
    assert controls.since(future.until(50.0), rules.ENTITY, -math.inf) == 0.0
    assert controls.since(future.until(100.0), rules.ENTITY, -math.inf) == 10.0
    assert controls.since(future, rules.ACCELERATOR, -math.inf) == 465.0
    assert controls.since(future.until(200.0), rules.ENTITY, -math.inf) == 0.0
