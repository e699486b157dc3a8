"""The order game: what is needed and not ordered, divided exactly among what keeps it away."""

from itertools import permutations

import numpy as np
import pytest

from sim.world.purchasing import constraint_shares as order_game
from sim.world.purchasing import planner, procurement
from sim.world.shortfall.causes import SERVE, TRAIN
from sim.world.shortfall.constraints import ALL_LIMITS, DOMESTIC_LIMIT, LIMITS, MONEY_LIMIT, RULES_LIMIT, SITES_LIMIT
from tests.world.a_future import LoggedFuture, future_of, small
from tests.world.purchasing.a_game import NAMES, blame, filled, game


def divided(future: LoggedFuture, use: str = "train") -> dict[str, float]:
    """What the game lays to each row, after a look at the limits as they are now; it adds up to what is not ordered."""
    order_game.divide_orders(future)
    result = blame(future, use)
    plan = future.procurement[0]
    need, ordered = (float(getattr(plan, f"{use}_{what}")) for what in ("need", "filled"))
    assert sum(part for name, part in result.items() if name != "reserve") == pytest.approx(need - ordered, abs=1e-9)
    return result


def idle(**more: float) -> LoggedFuture:
    """A lab that could pay for all."""
    return game(money=1e9, **more)


def shut(future: LoggedFuture, *names: str) -> LoggedFuture:
    """These offers are not on the market."""
    for name in names:
        future.the("offers", name).begins = 1e9
    planner.ranked(future)
    return future


def open_import(future: LoggedFuture, quota: float) -> LoggedFuture:
    """The rule lets so many through; the record of its office is as good as that of an offer no rule hits."""
    future.the("offers", "h200").deliveries, future.the("offers", "h200").decided = 56.0, 57.0
    future.limits[future.at("offers", "h200")].rules = quota
    planner.ranked(future)
    return future


def test_the_order_game_of_the_domain() -> None:
    """The vendor has 50 at a price of 20; imports cost 30 and are shut. Of the gap of 60 money binds 10."""
    future = game()
    filled_by = {limits: filled(future, limits) for limits in range(8)}
    # 40 whenever money counts, half of the need when rules and the vendor do
    both = RULES_LIMIT | DOMESTIC_LIMIT
    assert filled_by == {
        limits: 40.0 if limits & MONEY_LIMIT else 50.0 if limits == both else 100.0 for limits in range(8)
    }
    assert divided(future) == pytest.approx({"money": 10.0, "behind": 50.0})


@pytest.mark.parametrize(("money", "gains"), [(880.0, 4.0), (1e9, 10.0)])
def test_what_more_money_would_gain(money: float, gains: float) -> None:
    """Ten per cent more money gains four; all the money there is gains ten: then the vendor and the rules bind."""
    assert filled(game(money), ALL_LIMITS) - filled(game(), ALL_LIMITS) == pytest.approx(gains)


def test_in_parallel_each_holds_half_and_idle_cash_nothing() -> None:
    """The vendor has 50 and imports are shut: either one alone would fill the other 50."""
    assert divided(idle()) == pytest.approx({"rules": 25.0, "domestic": 25.0})


def test_where_supply_is_ample_money_holds_all() -> None:
    future = game()
    future.limits[future.at("offers", "ascend")].quantity = 1e9
    assert divided(future) == pytest.approx({"money": 60.0})


def test_where_nothing_fit_is_on_offer_nobody_binds() -> None:
    assert divided(shut(game(), "h200", "ascend")) == {"habit": 100.0}


def test_what_the_lab_does_not_want_is_its_habit() -> None:
    """It orders three fifths of a gap, which it could have."""
    future = open_import(idle(), 1e9)
    future.procurement[0].order_cap = 0.6
    assert divided(future) == pytest.approx({"habit": 40.0})


def test_two_that_bind_exactly_share_alike() -> None:
    """The purse buys the 50 that the vendor has, and nothing else is on the market."""
    assert divided(shut(game(money=1000.0), "h200")) == pytest.approx({"money": 25.0, "domestic": 25.0})


def test_two_in_series_share_alike() -> None:
    """The one offer has 50 chips, and power for as many."""
    future = shut(idle(), "h200")
    future.limits[future.at("offers", "ascend")].site = 50.0
    assert divided(future) == pytest.approx({"domestic": 25.0, "sites": 25.0})


def test_a_limit_behind_another_one_is_behind() -> None:
    """In series, the vendor has 50, and the site power for 70: the site would bind next."""
    future = shut(idle(), "h200")
    future.limits[future.at("offers", "ascend")].site = 70.0
    assert divided(future) == pytest.approx({"domestic": 20.0, "behind": 30.0})


def test_money_spent_over_months_is_pace() -> None:
    """$4,000 would buy all; $200 are spent this month, for 10. Of money there is no want."""
    future = game(money=200.0)
    future.procurement[0].purse = future.procurement[0].unreserved = 4000.0
    assert divided(future) == pytest.approx({"pace": 40.0, "rules": 25.0, "domestic": 25.0})


def test_the_reserve_is_a_part_of_money() -> None:
    """$800 there, $400 of it kept: without the reserve 20 more."""
    future = game(money=400.0)
    future.procurement[0].unreserved = 800.0
    assert divided(future) == pytest.approx({"money": 30.0, "behind": 50.0, "reserve": 20.0})


def test_a_cheap_offer_that_is_capped_beside_a_dear_one_that_is_not() -> None:
    """50 at 20, any number at 30, $1,600: money lacks for 30; without the vendor's limit it would buy 10 more."""
    result = divided(open_import(game(money=1600.0), 1e9))
    assert result == pytest.approx({"money": 25.0, "domestic": 5.0})


def test_serving_out_of_money_while_training_is_fed_is_serving_alone() -> None:
    """Training is filled first and takes half of the purse; serving would find 30 more at the vendor's."""
    future = game(money=800.0, need=20.0, serve=100.0)
    future.procurement[0].train_first = 0.9
    assert divided(future) == {}
    worth = planner.worth_of(future, future.at("offers", "ascend"), SERVE)
    assert divided(future, "serve") == pytest.approx({"money": 10.0 * worth, "behind": 100.0 - 30.0 * worth})


@pytest.mark.parametrize("stock", [0.0, 50.0])
def test_a_shut_import_after_an_empty_purse_holds_nothing(stock: float) -> None:
    """With $0 and 50 on the shelf, money is in front of all. With a bare shelf it is in series with the others."""
    future = game(money=0.0)
    future.limits[future.at("offers", "ascend")].quantity = stock
    result = divided(future)
    if stock:
        assert result == pytest.approx({"money": 50.0, "behind": 50.0})
    else:
        assert result == pytest.approx({"money": 200.0 / 3.0, "rules": 50.0 / 3.0, "domestic": 50.0 / 3.0})


def test_orders_in_flight_are_no_part_of_what_is_not_ordered() -> None:
    """Of 500 missing 380 are under way, whose delivery is likely; the vendor is the one offer, and has nothing left."""
    only = ", ".join(f"{{id: {name}, begins: 2090-01-01}}" for name in ("h200", "rent"))
    future = small(f"training: {{latent: 0.5}}\nmarket: {{offers: [{only}]}}\n").begin()
    future.the("offers", "grey").on_order = 400.0
    procurement.plan_month(future, -1)
    assert future.procurement[0].train_need == pytest.approx(500.0 - 0.95 * 400.0)
    assert divided(future) == pytest.approx({"rental": 120.0})


def test_the_plan_under_all_limits_is_made_last() -> None:
    """What is bought ahead is planned on from its scratch: offers, sites, money and credit as in a plan by itself."""
    for future in (game(), idle(), game(money=200.0, serve=300.0)):
        future.procurement[0].purse *= 2.0
        order_game.divide_orders(future)
        plan = future.procurement[0]
        rows = [
            *((offer.for_training, offer.for_serving) for offer in future.offers),
            *(site.planned for site in future.sites),
            (plan.money_left, plan.credit_left, plan.train_filled, plan.serve_filled),
        ]
        planner.planned(future, ALL_LIMITS)
        assert rows == [
            *((offer.for_training, offer.for_serving) for offer in future.offers),
            *(site.planned for site in future.sites),
            (plan.money_left, plan.credit_left, plan.train_filled, plan.serve_filled),
        ]


def test_few_sets_of_limits_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One player: beside the use under all limits, it is filled without it, without any limit, and as it was."""
    future = game()
    tried: list[int] = []
    fill = planner.refilled

    def noted(future: LoggedFuture, limits: int, which: int, need: float) -> float:
        tried.append(limits)
        return float(fill(future, limits, which, need))

    monkeypatch.setattr(planner, "refilled", noted)
    planner.begin_plan(future, 800.0, 0.0)
    order_game.divide_first(future, TRAIN, 100.0, 40.0)
    assert tried == [ALL_LIMITS, ALL_LIMITS - MONEY_LIMIT, 0, ALL_LIMITS, ALL_LIMITS]


def random_game(seed: int) -> LoggedFuture:
    """Four offers of two uses with limits, prices and a purse of their own."""
    random = np.random.default_rng(seed)
    future = game(float(random.uniform(0, 4000)), float(random.uniform(0, 200)), float(random.uniform(0, 200)))
    plan = future.procurement[0]
    plan.purse = plan.money * float(random.choice([1.0, 1.5, 5.0]))
    plan.unreserved = plan.purse + float(random.choice([0.0, 500.0]))
    future.the("offers", "grey").chip = future.the("offers", "rent").chip = future.at("chips", "h800")
    future.the("offers", "grey").begins = future.the("offers", "rent").begins = 0.0
    h200 = future.the("offers", "h200")
    if seed % 2:  # as good as an offer that no rule hits: only its quota limits it
        h200.deliveries, h200.decided = 56.0, 57.0
    else:
        h200.deliveries = float(random.uniform(0, 60))
    for o in range(4):
        future.offers[o].price = float(random.uniform(10, 40))
    planner.capped(future)
    for limit in (future.limits[o] for o in range(4)):
        limit.rules, limit.quantity, limit.site = random.choice([20.0, 80.0, 300.0, 1e9], 3).tolist()
        limit.price = float(random.choice([random.uniform(10, 40), 25.0]))
        limit.sold = 1
    planner.ranked(future)
    return future


@pytest.mark.parametrize("seed", range(60))
def test_players_have_their_mean_over_all_orders_of_opening_them(seed: int) -> None:
    """Against the definition of the Shapley value, with every set planned anew, for the use that is filled first."""
    future = random_game(seed)
    plan = future.procurement[0]
    which, use = (TRAIN, "train") if planner.training_first(future) else (SERVE, "serve")
    need = float(getattr(plan, f"{use}_need"))
    parts = divided(future, use)
    if not parts:
        assert getattr(plan, f"{use}_filled") >= need
        return
    planner.begin_plan(future, plan.purse, 0.0)
    planner.keep_plan(future)
    most = planner.refilled(future, ALL_LIMITS, which, need)
    players = order_game.evaluate(future, which, need, most)
    among = [limit for limit in range(LIMITS) if players >> limit & 1]
    worth = {}
    for limits in range(ALL_LIMITS + 1):
        if limits & players == limits:
            worth[limits] = planner.refilled(future, limits | (ALL_LIMITS - players), which, need)
            assert future.coalitions[limits].known
            assert future.coalitions[limits].filled == worth[limits]
    assert worth[players] == most
    expected = dict.fromkeys(among, 0.0)
    orders = list(permutations(among))
    for order in orders:
        limits = 0
        for limit in order:
            expected[limit] += (worth[limits] - worth[limits | 1 << limit]) / len(orders)
            limits |= 1 << limit
    for limit in range(LIMITS):
        assert parts.get(list(NAMES.values())[limit], 0.0) == pytest.approx(expected.get(limit, 0.0), abs=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_the_parts_of_random_games_add_up_for_both_uses(seed: int) -> None:
    future = random_game(seed)
    divided(future, "train")
    divided(future, "serve")


@pytest.mark.parametrize("scenario", ["baseline", "stall", "both"])
def test_the_parts_add_up_in_every_month_of_whole_futures(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the tally of stages, which is in proportion and would hide a wrong definition."""
    divide = order_game.divide_orders
    months = []

    def checked(future: LoggedFuture) -> None:
        divide(future)
        plan = future.procurement[0]
        for use in ("train", "serve"):
            need, ordered = (float(getattr(plan, f"{use}_{what}")) for what in ("need", "filled"))
            total = sum(part for name, part in blame(future, use).items() if name != "reserve")
            assert total == pytest.approx(need - ordered, rel=1e-12, abs=1e-12 * need)
            months.append(total)

    monkeypatch.setattr(order_game, "divide_orders", checked)
    for number in range(5):
        future_of(scenario=scenario, number=number).run()
    assert sum(total > 0.0 for total in months) > 100


def test_the_smallest_sets_that_stop_an_offer_are_the_players() -> None:
    future = game()
    plan = future.procurement[0]
    for stops, players in (
        ([], 0),
        ([DOMESTIC_LIMIT], DOMESTIC_LIMIT),
        ([DOMESTIC_LIMIT | RULES_LIMIT], DOMESTIC_LIMIT | RULES_LIMIT),
        ([DOMESTIC_LIMIT | RULES_LIMIT, DOMESTIC_LIMIT], DOMESTIC_LIMIT),
        ([MONEY_LIMIT | RULES_LIMIT, MONEY_LIMIT, SITES_LIMIT], MONEY_LIMIT | SITES_LIMIT),
        ([MONEY_LIMIT | RULES_LIMIT, RULES_LIMIT | SITES_LIMIT], MONEY_LIMIT | RULES_LIMIT | SITES_LIMIT),
    ):
        plan.stops = sum(1 << limits for limits in stops)
        assert planner.binding(future) == players
