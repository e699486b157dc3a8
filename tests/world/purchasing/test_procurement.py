"""The planner: what it foresees, ranks and buys, and what stopped it."""

from copy import deepcopy
from typing import Any

import pytest

from sim.world.arithmetic import MONTH
from sim.world.company import ledger
from sim.world.lab import LONGEST_RUNWAY, RENT
from sim.world.purchasing import constraint_shares as order_game
from sim.world.purchasing import orders, planner, procurement
from sim.world.shortfall.constraints import (
    ALL_LIMITS,
    DOMESTIC_LIMIT,
    MONEY_LIMIT,
    RENTAL_LIMIT,
    RULES_LIMIT,
    SITES_LIMIT,
)
from tests.world.a_future import LoggedFuture, small
from tests.world.purchasing.a_game import WINDOW, blame, filled, game

A_MONTH = 2.0 * 24.0 * MONTH
"""Dollars that a rented chip costs in a month."""
COST = 500 * 0.04 + 500 * 24 * 90 * 2.0 / 1e6
"""Millions of dollars that 500 imports and 500 rented chips cost."""


def state(future: LoggedFuture) -> Any:
    """All that a plan may not touch."""
    scratch = {"ranks", "limits", "coalitions", "blames"}
    own = {
        "planned",
        "kept",
        "aside",
        "training_aside",
        "serving_aside",
        "for_training",
        "for_serving",
        "train_filled",
        "serve_filled",
        "money_left",
        "credit_left",
        "bound",
        "stops",
        "money_kept",
        "credit_kept",
        "money_aside",
        "credit_aside",
    }
    return deepcopy(
        {
            table: [{n: getattr(row, n) for n in row.__slots__ if n not in own} for row in getattr(future, table)]
            for table in (
                "offers",
                "procurement",
                "supplies",
                "holdings",
                "lab",
                "accounts",
                "rules",
                "sites",
                "stages",
            )
            if table not in scratch
        }
    )


def test_planning_is_pure() -> None:
    future = game()
    before = state(future)
    for gates in range(ALL_LIMITS + 1):
        planner.planned(future, gates)
    order_game.divide_orders(future)
    assert state(future) == before
    assert future.lab[0].orders == 0
    first = [(offer.for_training, offer.for_serving) for offer in future.offers]
    planner.planned(future, RULES_LIMIT)
    planner.planned(future, ALL_LIMITS)
    assert [(offer.for_training, offer.for_serving) for offer in future.offers] == first


def ranking(future: LoggedFuture, use: int = 0) -> list[str]:
    """The offers that can serve a use, cheapest first, with the rules."""
    planner.ranked(future)
    first = (use * 2 + 1) * len(future.offers)
    rows = [future.ranks[place] for place in range(first, first + len(future.offers))]
    return [future.things["offers"][row.offer] for row in rows if row.cost < float("inf")]


def test_offers_are_ranked_by_price_for_what_they_are_likely_to_bring() -> None:
    """Two years of rent at $2 an hour are $35,064; an H200 is 40,000, grey 60,000; Ascend does not train yet."""
    future = small().begin()
    assert ranking(future) == ["rent", "h200", "grey"]
    # serving: an H200 is worth 1.20 H800, an Ascend 0.8 x 0.66 of one
    assert ranking(future, 1) == ["h200", "rent", "ascend", "grey"]
    future.the("offers", "rent").rent = 3.0
    assert ranking(future) == ["h200", "rent", "grey"]


def test_odds_are_none_when_denied_the_record_when_an_office_decides_and_good_else() -> None:
    future = small(f"controls: {{rules: [{WINDOW % ''}]}}").begin()
    o = future.at("offers", "h200")
    assert planner.delivery_probability(future, o, ALL_LIMITS) == pytest.approx(1.0 / 3.0)
    assert planner.delivery_probability(future, o, ALL_LIMITS & ~RULES_LIMIT) == 0.95
    assert planner.delivery_probability(future, future.at("offers", "grey"), ALL_LIMITS) == 0.95
    future.offers[o].decided = future.offers[o].deliveries = 7.0
    assert planner.delivery_probability(future, o, ALL_LIMITS) == 0.8
    future.rules[0].regime = 4.0
    assert planner.delivery_probability(future, o, ALL_LIMITS) == 0.0
    assert ranking(future) == ["rent", "grey"]


def test_an_unlikely_offer_fills_only_a_part_of_a_gap() -> None:
    future = game(money=1e9)
    future.the("offers", "h200").deliveries = 20.0
    planner.capped(future)
    future.limits[future.at("offers", "h200")].rules = 1e9
    planner.ranked(future)
    filled(future, ALL_LIMITS)
    assert future.the("offers", "ascend").for_training == 50.0
    assert future.the("offers", "h200").for_training == 50.0
    future.the("supplies", "ascend").stock = 10.0
    future.limits[future.at("offers", "ascend")].quantity = 10.0
    filled(future, ALL_LIMITS)
    assert future.the("offers", "h200").for_training == 60.0


@pytest.mark.parametrize(
    ("more", "money"),
    [
        ("reserve: 0 days", 1000.0),
        ("spread: 5 months", 200.0),
        ("reserve: 10 months", 900.0),
        ("rent_reserve: 10 months", 950.0),
        ("signed_within: 0.5 years", 1020.0),
        ("expected_money: 0.5", 1035.0),
        ("reserve: 10 years", 0.0),
    ],
)
def test_what_may_be_spent(more: str, money: float) -> None:
    """$1,000M in cash, burning 15M a month of which 5M is rent; 40M signed; talks about 70M."""
    future = small(f"procurement: {{{more}}}").begin()
    lab, financing = future.lab[0], future.financing[0]
    lab.burn, lab.rent = 15e6, 5e6
    future.the("offers", "rent").on_rent = 5e6 / A_MONTH
    financing.signed, financing.asked, financing.stage = 40e6, 70e6, 1
    spread = future.procurement[0].spread
    assert procurement.spendable(future, spread, 1.0) == pytest.approx(min(money, 1000.0) * 1e6)
    if "reserve" in more:
        assert procurement.spendable(future, spread, 0.0) == 1e9
    future.accounts[0].balance = 5e8  # half of the cash
    lost = 100.0 if "spread" in more else 500.0
    assert procurement.spendable(future, spread, 1.0) == pytest.approx(max(0.0, min(money - lost, 500.0)) * 1e6)


def test_the_need_is_what_is_wanted_then_less_what_runs_and_what_is_coming() -> None:
    future = small("training: {latent: 0.5}").begin()
    procurement.forecast_needs(future, 0)
    plan = future.procurement[0]
    assert plan.ahead == pytest.approx((110 + 85 + 105) / 3.0)
    assert plan.train_need == pytest.approx(500.0)
    future.the("offers", "grey").on_order = 100.0
    future.the("holdings", "h200_hall").starting = 200.0
    procurement.forecast_needs(future, 0)
    assert plan.train_need == pytest.approx(500.0 - 95.0 - 200.0)


def test_a_lab_that_can_only_rent_looks_as_far_ahead_as_rent_takes() -> None:
    """Ten days to build and five to bring up; with purchases the plan would look a hundred days ahead."""
    future = small("market: {crowding: {imports: ~}, offers: [{only: [rent]}]}").begin()
    procurement.forecast_needs(future, 0)
    assert future.procurement[0].ahead == pytest.approx(10 + 5)


def test_a_review_orders_in_whole_lots_and_no_more_than_there_is() -> None:
    """Wanted 1,500, there are 1,000. Rent is cheapest: all 500 of its depth, for 90 days of $2 an hour."""
    future = small("training: {latent: 0.504}").begin().until(31.5)
    rows = [(future.things["offers"][order.offer], order.units) for order in future.placed()]
    assert rows == [("h200", 4.0), ("rent", 500.0)]


def test_no_money_no_orders_and_money_is_to_blame() -> None:
    future = small("training: {latent: 1}\ncapital: {cash: $0}").begin().until(40.0)
    assert future.lab[0].orders == 0
    assert future.lab[0].austerity == RENT
    assert blame(future)["money"] > 0.0
    assert sum(part for name, part in blame(future).items() if name != "reserve") == pytest.approx(1000.0)


def test_the_use_that_lacks_more_is_filled_first_and_a_lever_leans() -> None:
    future = game(money=800.0, need=100.0, serve=101.0)
    assert filled(future, MONEY_LIMIT) == 0.0
    assert filled(future, MONEY_LIMIT, "serve") == pytest.approx(40.0)
    future.procurement[0].train_first = 0.6
    assert filled(future, MONEY_LIMIT) == pytest.approx(40.0)


def test_each_constraint_limits_what_it_limits() -> None:
    future = small("training: {latent: 0.5}").begin()
    planner.capped(future)
    site, depth, vendor = (future.limits[future.at("offers", name)] for name in ("h200", "rent", "ascend"))
    assert (site.site, site.owner, site.quantity) == (7000.0, RULES_LIMIT, float("inf"))
    assert (depth.quantity, depth.owner, depth.site) == (500.0, RENTAL_LIMIT, float("inf"))
    assert (vendor.quantity, vendor.owner, vendor.site) == (0.0, DOMESTIC_LIMIT, 0.0)
    assert (site.sold, depth.sold, vendor.sold) == (1, 1, 0)
    assert depth.price == 2.0 * 24.0 * 90.0
    assert SITES_LIMIT == 16


def test_all_unlikely_offers_together_fill_no_more_than_their_part() -> None:
    future = game(money=1e9)
    future.the("offers", "grey").begins = 0.0
    future.the("offers", "grey").chip = future.at("chips", "h800")
    grey, h200 = future.the("offers", "grey"), future.the("offers", "h200")
    grey.clearance, grey.clearances = h200.clearance, h200.clearances
    future.the("offers", "h200").deliveries = 20.0
    planner.capped(future)
    for name, most in (("h200", 40.0), ("grey", 1e9), ("ascend", 0.0)):
        limit = future.limits[future.at("offers", name)]
        limit.rules = limit.quantity = most
    planner.ranked(future)
    assert filled(future, ALL_LIMITS) == 60.0
    assert future.the("offers", "h200").for_training == 40.0
    assert future.the("offers", "grey").for_training == 20.0


def test_no_order_is_larger_than_the_office_can_grant() -> None:
    """A quarter lets 100 chips in, both offices take 150 days, and the lab wants 1,000 more."""
    later = ", ".join(f"{{id: {name}, begins: 2090-01-01}}" for name in ("ascend", "grey", "rent"))
    exporter = WINDOW % ", quota: 400 chips / year"
    buyer = (WINDOW % "").replace("id: window", "id: customs").replace("government: us", "government: cn")
    rules = f"controls: {{rules: [{exporter}, {buyer}]}}"
    future = small(f"training: {{latent: 1}}\nmarket: {{offers: [{later}]}}\n{rules}").begin().until(700.0)
    assert {order.units for order in future.placed()} == {100.0}
    assert future.stages[orders.REFUSED].units == 0.0
    assert future.the("offers", "h200").delivered >= 200.0


def test_the_plan_counts_what_rules_charge() -> None:
    """Half of a price of $40,000 at one gate, a tenth of what it then is at the other."""
    exporter = WINDOW % ", fee: 50%"
    buyer = ((WINDOW % ", fee: 10%").replace("id: window", "id: customs")).replace("government: us", "government: cn")
    future = small(f"controls: {{rules: [{exporter}, {buyer}]}}").begin()
    h200 = future.at("offers", "h200")
    assert planner.price_over(future, h200, 0.0) == pytest.approx(66_000.0)
    orders.place(future, h200, 0, 100.0, 0)
    assert future.until(200.0).orders[0].price == pytest.approx(100.0 * planner.price_over(future, h200, 0.0))


def test_no_order_is_cancelled_for_a_charge_that_was_known() -> None:
    shut = ", ".join(f"{{id: {name}, begins: 2090-01-01}}" for name in ("ascend", "grey", "rent"))
    rules = f"controls: {{rules: [{WINDOW % ', fee: 50%'}]}}"
    broke = f"capital: {{cash: $20M}}\ntraining: {{latent: 1}}\nmarket: {{offers: [{shut}]}}"
    future = small(f"{broke}\n{rules}").begin().until(700.0)
    assert future.stages[orders.CANCELLED].units == 0.0
    assert future.the("offers", "h200").delivered == 333.0


def hall_for(chips: float, *later: str) -> LoggedFuture:
    """A lab that wants 1,000 chips more, with power for fewer, and for none but those of the hall."""
    shut = ", ".join(f"{{id: {name}, begins: 2090-01-01}}" for name in ("ascend", "rent", *later))
    hall = f"fleet: {{sites: [{{id: hall, capacity: {1.25 * (1.0 + chips / 1000.0)} MW}}]}}"
    return small(f"training: {{latent: 1}}\nmarket: {{offers: [{shut}]}}\n{hall}").begin()


def test_no_more_is_ordered_than_a_site_has_power_for() -> None:
    """What is ordered, what waits at the door and what starts all need the power of the hall, from 200 chips on."""
    future = hall_for(200.0, "grey")
    future.deliver("ascend", 80.0, "h800_hall")
    future.until(700.0)
    assert sum(order.units for order in future.placed() if order.price) == pytest.approx(120.0, abs=1.0)
    assert all(holding.waiting == 0.0 for holding in future.holdings)
    waiting = hall_for(0.0, "grey")
    waiting.deliver("ascend", 80.0, "h800_hall")
    waiting.the("sites", "hall").capacity = 1.25 * 1.2
    planner.capped(waiting)
    assert waiting.limits[waiting.at("offers", "h200")].site == pytest.approx(120.0)


def test_offers_for_one_site_share_its_power_in_a_plan() -> None:
    future = hall_for(200.0)
    future.the("offers", "grey").stock = 150.0
    future.the("offers", "grey").price = 30_000.0
    planner.capped(future)
    planner.ranked(future)
    for _ in range(2):
        assert filled(future, ALL_LIMITS) == pytest.approx(200.0)
        assert future.the("offers", "grey").for_training == 150.0
        assert future.the("offers", "h200").for_training == pytest.approx(50.0)
    assert filled(future, ALL_LIMITS & ~SITES_LIMIT) == 1000.0


def test_credit_buys_rent_at_home_once() -> None:
    """A million of credit is 231 contracts of 90 days at $2 an hour, for both uses together."""
    future = small().begin()
    plan = future.procurement[0]
    plan.train_need, plan.serve_need, plan.money = 150.0, 150.0, 0.0
    future.lab[0].train_wanted_then = future.lab[0].serve_wanted_then = 1000.0
    ledger.pay(future, ledger.INVESTORS, ledger.CREDIT, 1e6)
    planner.capped(future)
    planner.ranked(future)
    planner.planned(future, ALL_LIMITS)
    rent = future.the("offers", "rent")
    assert rent.for_training + rent.for_serving == pytest.approx(1e6 / (2.0 * 24.0 * 90.0))
    assert (plan.money_left, plan.credit_left) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("more", "cash", "runway"),
    [
        ("spread: 5 months", 1000.0, 1000.0 / (15.0 + COST / 5.0)),
        ("spread: 1 month", 1000.0, 1000.0 / (15.0 + COST)),
        ("spread: 5 months", 0.0, 0.0),
        ("spread: 5 months, order_cap: 0%", 1000.0, 1000.0 / 15.0),
        ("spread: 5 months, order_cap: 0%", 1e5, LONGEST_RUNWAY),
    ],
)
def test_the_runway_of_the_plan_counts_all_that_would_be_bought_at_its_pace(
    more: str, cash: float, runway: float
) -> None:
    """Training lacks 1,000 units: all 500 of the rented, then imports; whether they can be paid makes no difference."""
    future = small(f"training: {{latent: 1}}\nprocurement: {{{more}}}").begin()
    future.lab[0].burn = 15e6
    future.accounts[ledger.CASH].balance = cash * 1e6
    procurement.plan_month(future, 0)
    assert future.lab[0].plan_runway == pytest.approx(runway, rel=1e-6)
    assert future.procurement[0].cost == pytest.approx(0.0 if "cap" in more else COST * 1e6)


def renting(
    cash: float, credit: float = 0.0, ordered: float = 0.0, more: str = "rent_reserve: 6 months"
) -> LoggedFuture:
    """A lab that rents 1,000 chips."""
    future = small(f"procurement: {{{more}}}").begin()
    future.accounts[ledger.CASH].balance, future.accounts[ledger.CREDIT].balance = cash, credit
    future.the("offers", "rent").on_rent, future.the("offers", "rent").on_order = 1000.0 - ordered, ordered
    return future


@pytest.mark.parametrize("ordered", [0.0, 400.0])
def test_rent_is_reserved_for_chips_on_rent_and_on_order_as_far_as_no_credit_pays_it(ordered: float) -> None:
    six_months = 6000.0 * A_MONTH
    assert procurement.free(renting(1e7, 0.0, ordered), 1.0) == pytest.approx(1e7 - six_months)
    assert procurement.free(renting(1e7, 2e6, ordered), 1.0) == pytest.approx(1e7 + 2e6 - six_months)
    assert procurement.free(renting(1e7, 2e7, ordered), 1.0) == pytest.approx(1e7)


@pytest.mark.parametrize(
    ("short_of", "more", "chips"),
    [
        (0.0, "rent_reserve: 6 months", 0.0),
        (600.0, "rent_reserve: 6 months", 100.0),
        (6000.0, "rent_reserve: 6 months", 1000.0),
        (9000.0, "rent_reserve: 6 months", 1000.0),
        (300.0, "rent_reserve: 0 days", 300.0),
    ],
)
def test_as_much_rent_is_saved_as_the_reserve_for_it_lacks(short_of: float, more: str, chips: float) -> None:
    """Short of the rent of so many chips for a month."""
    kept = 6000.0 * A_MONTH if "6" in more else 0.0
    future = renting(kept - short_of * A_MONTH, more=more)
    assert procurement.rent_to_save(future) == pytest.approx(chips * A_MONTH)
    future.dials[0].budget = 1.0
    assert procurement.rent_to_save(future) == 0.0


def test_a_rented_chip_commits_its_contract_or_the_reserve_if_that_is_longer() -> None:
    for more, days in (("rent_reserve: 0 days", 90.0), ("rent_reserve: 6 months", 6.0 * MONTH)):
        future = renting(1e9, more=more)
        planner.capped(future)
        assert future.limits[future.at("offers", "rent")].price == pytest.approx(48.0 * days)


def test_a_small_shortage_costs_a_few_chips_and_rent_is_not_taken_anew_at_once() -> None:
    """Six months of rent are reserved; month by month, a sixth of what is paid is no longer covered."""
    more = "procurement: {rent_reserve: 6 months}\ncapital: {cash: $9.5M}\ntraining: {latent: 0.5}"
    future = small(more).begin()
    offer = future.the("offers", "rent")
    future.deliver("rent", 500.0)
    offer.on_rent = 500.0
    held = [float(future.until(day).the("offers", "rent").on_rent) for day in range(10, 600, 10)]
    assert held == sorted(held, reverse=True)
    assert len(set(held)) > 3


def refused(*more: str, patience: str = "100 days") -> LoggedFuture:
    """A lab whose order of the first day is refused on day 90, and what else its rules are."""
    rules = ", ".join((WINDOW % "", *more))
    offices = "governments: [{id: us, granted: 0}]"
    future = small(f"procurement: {{patience: {patience}}}\ncontrols: {{{offices}, rules: [{rules}]}}").begin()
    orders.place(future, future.at("offers", "h200"), 0, 8.0, 0)
    return future


def asks(future: LoggedFuture, day: float) -> bool:
    """Whether the lab would order by that offer on a day."""
    future.until(day)
    planner.capped(future)
    return bool(future.limits[future.at("offers", "h200")].rules > 0.0)


def test_a_refusal_is_an_answer_for_a_while() -> None:
    future = refused()
    assert [asks(future, day) for day in (89.0, 91.0, 189.0, 191.0)] == [True, False, False, True]
    impatient = refused(patience="0 days")
    assert [asks(impatient, day) for day in (89.0, 91.0)] == [True, True]


def test_it_is_an_answer_no_more_once_another_rule_decides() -> None:
    later = (WINDOW % "").replace("id: window", "id: later").replace("2023-10-17", "2026-05-01")
    future = refused(later)
    assert [asks(future, day) for day in (89.0, 91.0, 119.0, 121.0)] == [True, False, False, True]


def test_each_refusal_in_a_row_is_an_answer_for_longer_and_a_clearance_ends_that() -> None:
    future = refused().until(91.0)
    offer = future.the("offers", "h200")
    o = future.at("offers", "h200")
    orders.answered(future, o)  # of an order placed before the first refusal: the same answer
    assert (offer.refusals, offer.asks_again) == (1, 190.0)
    future.until(200.0)
    orders.answered(future, o)
    assert (offer.refusals, offer.asks_again) == (2, 400.0)
    orders.place(future, o, 0, 8.0, 7)
    orders.to_vendor(future, 1)
    assert (offer.refusals, asks(future, 201.0)) == (0, True)
