"""What is on offer: yearly quantities, depths, and what is kept."""

import math

import pytest

from sim.errors import InputError
from sim.world.pathways import IDS
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(never_written=("offers.begins", "offers.yearly_truce", "offers.seized_truce"))


def stock(future: LoggedFuture, day: float, offer: str = "grey") -> float:
    """Chips on offer after the month closes before a day."""
    return float(future.until(day).the("offers", offer).stock)


def test_a_yearly_quantity_comes_month_by_month_and_keeps_for_a_while() -> None:
    """1,000 a year, kept for 90 days: at most 246."""
    future = small().begin()
    assert [stock(future, day) for day in (30.5, 31.5, 59.5, 90.5, 120.5, 400.0)] == [0, 84, 161, 246, 246, 246]


def test_what_comes_in_a_year_is_what_is_offered_in_a_year() -> None:
    future = small("market: {offers: [{id: grey, keeps: 10 years, yearly: 997 chips / year}]}").begin()
    assert stock(future, 700.0) == math.floor(997 * 699 / 365.25)


@pytest.mark.parametrize(("begins", "comes"), [("2026-03-01", 84), ("2026-06-01", 0)])
def test_nothing_is_on_offer_before_it_begins(begins: str, comes: float) -> None:
    future = small(f"market: {{offers: [{{id: grey, begins: {begins}}}]}}").begin()
    assert stock(future, 59.5) == 0.0
    assert stock(future, 90.5) == comes
    assert market.room(future, future.at("offers", "grey")) == comes


@pytest.mark.parametrize(
    ("change", "day", "room"),
    [
        ("", 0.0, 500.0),
        ("deepens: 2x / year", 365.25, 1000.0),
        ("deepens: 2x / year", 365.25 / 2, 707.0),
        ("deepens: 0.5x / year", 365.25, 250.0),
        ("begins: 2027-01-01", 364.0, 0.0),
        ("begins: 2027-01-01", 365.0, 500.0),
    ],
)
def test_the_depth_of_rent(change: str, day: float, room: float) -> None:
    future = small(f"market: {{offers: [{{id: rent, {change}}}]}}" if change else "").begin()
    future.clock[0].now = day
    assert market.room(future, future.at("offers", "rent")) == room


def test_depth_is_what_may_be_on_rent_or_ordered_at_once_and_investors_add_to_it_at_home() -> None:
    future = small().begin()
    o = future.at("offers", "rent")
    future.offers[o].on_rent, future.offers[o].on_order = 300.0, 150.0
    assert market.room(future, o) == 50.0
    future.offers[o].brought = 25.0
    assert market.room(future, o) == 75.0
    future.offers[o].pathway = float(IDS.index("rented_abroad"))
    assert market.room(future, o) == 50.0
    future.offers[o].depth = 100.0
    assert market.room(future, o) == 0.0


def test_an_investor_deepens_the_kind_that_it_rents_out_and_no_other() -> None:
    other = (
        "{id: other, source: test, chip: h20, pathway: rented_home, holding: cloud, rent: $1 / hour, depth: 40 chips, "
        "build: 10 days, transit: 0 days}"
    )
    future = small(
        f"market: {{offers: [{other}]}}\n"
        "capital: {financing: {closes: 1}, investors: [{id: fund, depth: 30 chips, rents: other}]}"
    ).begin()
    future.until(100.0)
    assert [market.depth(future, future.at("offers", name)) for name in ("rent", "other")] == [600.0, 70.0]


def test_an_investor_that_brings_depth_says_of_what() -> None:
    with pytest.raises(InputError, match=r"investors\.fund\.depth.*rents"):
        small("capital: {investors: [{id: fund, depth: 30 chips}]}")


def test_an_offer_without_a_limit_has_none() -> None:
    future = small().begin()
    assert market.room(future, future.at("offers", "h200")) == math.inf
    future.the("offers", "rent").depth = math.inf
    assert market.room(future, future.at("offers", "rent")) == math.inf


def test_what_is_taken_leaves_the_shelf() -> None:
    future = small().begin()
    stock(future, 90.5)
    market.taken(future, future.at("offers", "grey"), 46.0)
    assert market.room(future, future.at("offers", "grey")) == 200.0


def test_at_home_a_crowd_takes_from_the_depth_of_rent() -> None:
    future = small("market: {crowding: {share_lost: 0.4}}").begin()
    o = future.at("offers", "rent")
    future.crowding[0].turned_away, future.offers[o].brought = 0.5, 25.0
    assert market.room(future, o) == 0.8 * 500.0 + 25.0
    future.offers[o].pathway = float(IDS.index("rented_abroad"))
    assert market.room(future, o) == 500.0


@pytest.mark.parametrize(("state", "comes"), [(0.0, 84.0), (1.0, 63.0), (2.0, 38.0)])
def test_the_climate_decides_what_part_of_a_grey_quantity_comes(state: float, comes: float) -> None:
    future = small("market: {offers: [{id: grey, yearly_tension: 0.75, yearly_rupture: 0.45}]}").begin()
    future.climate[0].state = state
    assert stock(future, 31.5) == comes


@pytest.mark.parametrize(("dial", "rent", "grey"), [(0.1, 550.0, 93.0), (1.0, math.inf, math.inf)])
def test_an_eased_market_has_a_tenth_more_and_a_removed_one_no_limit(dial: float, rent: float, grey: float) -> None:
    future = small(f"dials: {{depth: {dial}}}").begin()
    assert market.room(future, future.at("offers", "rent")) == rent
    stock(future, 31.5)
    assert market.room(future, future.at("offers", "grey")) == grey
    assert market.price(future, future.at("offers", "grey")) == 60_000.0


@pytest.mark.parametrize(("dial", "comes"), [("depth: 1", 84.0), ("control: 0.1", 94.0), ("control: 1", math.inf)])
def test_a_yearly_quantity_under_licence_belongs_to_the_rules(dial: str, comes: float) -> None:
    yearly = "market: {offers: [{id: grey, pathway: licensed, exporter: us, buyer: cn}]}"
    future = small(f"{yearly}\ndials: {{{dial}}}").begin()
    stock(future, 31.5)
    assert market.room(future, future.at("offers", "grey")) == comes


def test_a_removed_market_keeps_no_shelf() -> None:
    """What is taken without a limit, and comes back, changes nothing that another order could have."""
    future = small("dials: {depth: 1}").begin()
    before = stock(future, 31.5)
    o = future.at("offers", "grey")
    market.taken(future, o, 5000.0)
    market.given_back(future, o, 1000.0)
    assert (future.offers[o].stock, market.room(future, o)) == (before, math.inf)


def test_a_removed_vendor_sells_from_the_launch_on_what_he_has_and_what_he_lacks() -> None:
    future = small("dials: {wafers: 1, memory: 1, packaging: 1, allocation: 1}").begin()
    o = future.at("offers", "ascend")
    assert market.room(future, o) == 0.0
    future.clock[0].now = 365.0
    assert market.room(future, o) == math.inf
    supply = future.the("supplies", "ascend")
    supply.allotted = supply.stock = 30.0
    market.taken(future, o, 80.0)
    assert (supply.allotted, supply.stock, supply.sold) == (80.0, 0.0, 80.0)
