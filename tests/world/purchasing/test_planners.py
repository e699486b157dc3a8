"""Planners, ambitions and bounds: named overrides of the baseline, and the levers they pull."""

import pandas as pd
import pytest

from sim.world.company import ledger
from sim.world.geopolitics import controls
from sim.world.purchasing import orders, planner, procurement
from sim.world.shortfall.constraints import ALL_LIMITS
from sim.world.workloads import want
from tests.world.a_future import LoggedFuture, outcomes, small
from tests.world.needs import Needs
from tests.world.purchasing.a_game import game

NEEDS = Needs(
    settings={
        6: (
            "capital.cash=$5bn",
            "market.offers.h100_malaysia.depth=60000 chips",
            "controls.rules.us_cloud_access.probability=1",
            "controls.rules.us_cloud_access.effective=2027-06-01",
        )
    },
)
"""A rule is known long before it shuts an offer, and money is left to rush."""

FREE = "correlations=[]"


def under(*overrides: str) -> pd.DataFrame:
    return outcomes(overrides=overrides)


def test_the_base_planner_is_the_one_that_nobody_chose() -> None:
    assert under("base").equals(under())
    assert under("keep_pace").equals(under())


def test_a_cautious_planner_keeps_more_and_buys_less_a_bold_one_the_other_way() -> None:
    cautious, base, bold = under("cautious"), under(), under("bold")
    for measure, sign in (("lowest_cash", -1), ("owned", +1), ("train_short", -1)):
        means = [float(result[measure].mean()) for result in (cautious, base, bold)]
        assert (means[1] - means[0]) * sign > 0.0, measure
        assert (means[2] - means[0]) * sign > 0.0, measure
    assert bold["lowest_cash"].mean() < base["lowest_cash"].mean()
    assert (cautious["grey"] == 0.0).all()


def test_who_buys_nothing_gets_nothing_and_has_only_plan_and_habit_to_blame() -> None:
    result = outcomes("fleet.holdings.h800_home_cloud.opening=0 chips", overrides=("buys_nothing",))
    for way in ("licensed", "domestic", "grey", "rented"):
        assert (result[way] == 0.0).all(), way
    gates = ("budget", "control", "licence", "wafers", "memory", "packaging", "allocation", "depth", "site")
    assert (result[[f"{use}_{gate}" for use in ("train", "serve") for gate in gates]] == 0.0).to_numpy().all()
    assert result[["train_planning", "train_habit"]].to_numpy().sum() > 0.9 * result["train_short"].sum()
    assert (result["train_behind"] == 0.0).all()


def test_who_sees_the_future_errs_less() -> None:
    assert under("clairvoyant")["train_planning"].mean() < 0.7 * under()["train_planning"].mean()
    assert under("clairvoyant")["serve_planning"].mean() < 0.9 * under()["serve_planning"].mean()


def test_the_more_is_wanted_the_more_is_missing() -> None:
    short = [float(under(name)["train_short"].mean()) for name in ("hold", "keep_pace", "chase")]
    assert short == sorted(short)
    assert short[2] - short[0] > 0.2


@pytest.mark.parametrize(
    ("setting", "measure", "sign"),
    [
        ("procurement.domestic_target=0.9", "domestic", +1),
        ("procurement.grey_share=0", "grey", -1),
        ("procurement.expected_money=1", "lowest_cash", -1),
        ("procurement.prepaid_share=1", "lowest_cash", -1),
        ("dials.logistics=1", "train_logistics", -1),
        ("dials.logistics=1", "serve_logistics", -1),
        ("dials.site=1", "train_site", -1),
        ("dials.reliability=1", "serve_reliability", -1),
        ("dials.reliability=0.1", "serve_reliability", -1),
        ("dials.reliability=1", "owned", +1),
        ("dials.planning=0.1", "serve_planning", -1),
    ],
)
def test_levers_and_dials(setting: str, measure: str, sign: int) -> None:
    assert (outcomes(FREE, setting)[measure].mean() - outcomes(FREE)[measure].mean()) * sign > 0.0


def test_without_logistics_nothing_is_shipped_late_and_with_ample_sites_none_is_missing() -> None:
    """Another vendor than a domestic one counts as logistics: here nobody takes longer than planned."""
    certain = [f"market.offers.{offer}.build=30 days" for offer in ("h200_licensed", "h20_licensed", "b200_grey")]
    certain += [f"market.offers.{offer}.build=10 days" for offer in ("h800_home", "h100_malaysia", "h100_singapore")]
    result = outcomes(FREE, "dials.logistics=1", "dials.site=1", *certain)
    for use in ("train", "serve"):
        assert (result[f"{use}_logistics"] == 0.0).all()
        assert (result[f"{use}_site"] == 0.0).all()


def test_a_prepaid_order_is_cheaper_by_its_part_beyond_the_deposit() -> None:
    future = small("procurement: {prepaid_share: 0.8, prepaid_discount: 0.1}").begin()
    h200 = future.at("offers", "h200")
    assert orders.agreed(future, h200) == pytest.approx(40_000.0 * (1.0 - 0.5 * 0.1))
    orders.place(future, h200, 0, 100.0, 0)
    assert future.orders[0].paid == pytest.approx(0.8 * future.orders[0].price)
    assert future.lab[0].unpaid == future.orders[0].price - future.orders[0].paid
    assert ledger.cash(future) == 1e9 - future.orders[0].paid


def test_a_domestic_target_keeps_a_part_of_the_gap_for_domestic_chips() -> None:
    future = game(money=1e9)
    future.the("offers", "h200").price, future.the("offers", "ascend").price = 10.0, 20.0
    planner.ranked(future)
    future.limits[future.at("offers", "h200")].rules = 1e9
    future.procurement[0].domestic_target = 0.3
    planner.planned(future, ALL_LIMITS)
    assert future.the("offers", "h200").for_training == pytest.approx(70.0)
    assert future.the("offers", "ascend").for_training == pytest.approx(30.0)


def test_a_part_of_the_gap_is_ordered_and_the_rest_is_nobodys_fault_but_the_plans() -> None:
    future = game(money=1e9)
    future.the("supplies", "ascend").stock = 1000.0
    planner.capped(future)
    future.procurement[0].order_cap = 0.25
    planner.planned(future, ALL_LIMITS)
    assert future.procurement[0].train_filled == 25.0


RULE = (
    "controls: {rules: [{id: to_come, source: test, government: us, item: accelerator, regime: denial, "
    "announced: 2026-02-01, effective: 2026-09-01}]}\n"
)
GROWING = "training: {growth: 2x / year}\nprocurement: {rush_ahead: 6 months}\n"


def notice(future: LoggedFuture) -> float:
    return controls.rush(future, future.at("offers", "h200"))


def test_a_rule_announced_gives_notice_until_it_takes_effect() -> None:
    future = small(RULE).begin()
    assert notice(future) == -1.0
    assert notice(future.until(40.0)) == 243.0 - 40.0
    assert controls.rush(future, future.at("offers", "grey")) == -1.0
    assert notice(future.until(250.0)) == -1.0


def test_what_a_rule_would_shut_is_bought_ahead() -> None:
    """Half a year more of growth is ordered while the rule is announced; not if chips would ship too late."""
    shut = ", ".join(f"{{id: {offer}, begins: 2090-01-01}}" for offer in ("grey", "rent", "ascend"))

    def ordered(more: str) -> float:
        future = small(f"{GROWING}market: {{offers: [{shut}]}}\n{more}").begin().until(70.0)
        return float(sum(order.units for order in future.placed()))

    assert ordered(RULE) > 1.5 * ordered("")
    assert ordered(RULE.replace("2026-09-01", "2026-03-15")) == ordered("")


def rushing(more: str = "") -> LoggedFuture:
    """Money, power, and half a year to buy ahead of the rule, of one chip that is licensed in two ways."""
    shut = "{id: grey, begins: 2090-01-01}, {id: rent, begins: 2090-01-01}, {id: ascend, begins: 2090-01-01}"
    plenty = "capital: {cash: $100bn}\nfleet: {sites: [{id: hall, capacity: 1000 MW}]}"
    return small(f"{GROWING}{RULE}{plenty}\nmarket: {{offers: [{shut}{more}]}}").begin()


SECOND = (
    ", {id: second, source: test, chip: h200, pathway: licensed, holding: h200_hall, exporter: us, buyer: cn, "
    "price: $41k, deposit: 30%, build: 60 days, transit: 20 days}"
)


@pytest.mark.parametrize("offers", ["", SECOND])
def test_half_a_year_is_bought_ahead_once(offers: str) -> None:
    """Neither again by a second offer of the month, nor in the next months of the notice."""
    future = rushing(offers)
    for month in range(1, 8):
        future.until(future.months[month].ends + 0.5)
        then = future.clock[0].now + future.procurement[0].ahead + 365.25 / 2.0
        ordered = sum(order.units for order in future.placed())
        assert 1000.0 + ordered == pytest.approx(want.wanted(future, then), rel=0.06)


def test_what_is_bought_ahead_is_needed_half_a_year_later() -> None:
    planned, ahead = rushing().until(31.5).placed()
    assert planned.needed == 31.0 + 110.0
    assert ahead.needed == planned.needed + 365.25 / 2.0


def test_a_forecast_blends_the_plans_growth_with_that_of_the_last_half_year() -> None:
    """Want doubled in the last half year, then it is planned to stay: in half a year, half of a doubling."""
    future = small("procurement: {trend: 0.5}").begin()
    plan = future.procurement[0]
    half_a_year = future.months[3].ends - 15.5
    month = future.months[0]
    future.clock[0].now = (month.begins + month.ends) / 2.0 + half_a_year
    future.books[0].train_wanted, plan.ahead = 500.0, half_a_year
    assert procurement.forecast(future, 0, 6) == pytest.approx(1500.0)
    future.dials[0].planning = 1.0
    assert procurement.forecast(future, 0, 6) == 1000.0


def test_a_mistake_has_the_size_of_the_error_and_grows_with_the_root_of_time() -> None:
    future = small("procurement: {error: 0.2, forecast_deviation: 1}").begin()
    plan = future.procurement[0]
    plan.ahead = 365.25
    assert procurement.with_forecast_error(future, 0, 0) == pytest.approx(1.2)
    plan.ahead = 365.25 / 4.0
    assert procurement.with_forecast_error(future, 1, 0) == pytest.approx(1.1)
    future.dials[0].planning = 0.1
    assert procurement.with_forecast_error(future, 1, 0) == pytest.approx(1.09)
