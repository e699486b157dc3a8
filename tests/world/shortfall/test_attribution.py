"""The ribbon: a month's shortfall by cause, against answers known beforehand; its parts add up exactly."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from sim.world.geopolitics import licences
from sim.world.purchasing import constraint_shares as order_game
from sim.world.shortfall import attribution, causes, constraints, lateness
from sim.world.shortfall.causes import (
    BUDGET,
    CAUSES,
    CONTROL,
    GRAIN,
    LOGISTICS,
    NAMES,
    PLANNING,
    SERVE,
    SITE,
    TRAIN,
    USES,
)
from sim.world.shortfall.constraints import CONSTRAINTS
from tests.world.a_future import LoggedFuture, future_of, outcomes, small
from tests.world.purchasing.a_game import WINDOW, game


def parts(future: LoggedFuture, which: int = TRAIN) -> dict[str, float]:
    """The parts of the month that closed last, before rounding."""
    rows = [future.parts[which * CAUSES + cause] for cause in range(CAUSES)]
    return {name: row.exact for name, row in zip(NAMES, rows, strict=True) if row.exact}


def book(future: LoggedFuture, m: int, use: str = "train") -> dict[str, float]:
    """The parts in the book of a month."""
    result = {name: float(getattr(future.month(m), f"{use}_{name}")) for name in NAMES}
    return {name: part for name, part in result.items() if part}


def worked_example(money: float = 800.0) -> LoggedFuture:
    """A month for which 100 were wanted and 95 foreseen; of the chips 10 are overdue, 5 were seized, 25 not ordered."""
    future = game(money)
    supply = future.the("supplies", "ascend")
    supply.part_allocation, supply.part_wafers, supply.part_memory = 17.5 / 40.0, 4.5 / 40.0, 18.0 / 40.0
    order_game.divide_orders(future)
    order_game.keep_answer(future, 0, TRAIN, 95.0)
    future.plans[TRAIN].never = 25.0
    future.parts[CONTROL].lost += 5.0
    future.lab[0].orders = 1
    order = future.orders[0]
    order.offer, order.use, order.units = future.at("offers", "h200"), TRAIN, 10.0
    lateness.placed(future, 0, 0.0, 0.0)
    order.late_licence, order.cause, order.planned = 30.0, LOGISTICS, 21.0
    future.clock[0].now = 31.0
    lateness.month_counted(future)
    attribution.divided(future, 0, TRAIN, 31.0, 100.0, 60.0, 54.0, 51.3)
    return future


STAGES = {
    "licence": 6.178,
    "control": 4.119,
    "software": 7.817,
    "planning": 4.119,
    "reliability": 3.817,
    "logistics": 2.059,
}
"""Of the worked example, what is not laid to orders that were never placed; these have 20.593 of 48.70."""


@pytest.mark.parametrize(
    ("money", "never"),
    [
        # the gap of 60 is money 10 and behind 50
        (800.0, {"budget": 3.432, "behind": 17.161}),
        # the gap of 50 is rules and the vendor alike; his is 17.5 of 40 by the lab's share, 4.5 by dies, 18 by memory
        (1e9, {"control": 10.296, "allocation": 4.505, "wafers": 1.158, "memory": 4.633}),
    ],
)
def test_the_worked_example_step_by_step(money: float, never: dict[str, float]) -> None:
    assert attribution.factored(100.0, 60.0, 54.0, 51.3) == pytest.approx((37.067, 7.817, 3.817), abs=1e-3)
    result = parts(worked_example(money))
    expected = {name: STAGES.get(name, 0.0) + never.get(name, 0.0) for name in {**STAGES, **never}}
    assert result == pytest.approx(expected, abs=1e-3)
    assert sum(result.values()) == pytest.approx(48.70, abs=1e-9)


def test_the_reserve_of_the_worked_example_is_a_part_of_its_money() -> None:
    """$400 are kept of $1,200: of 40 that money keeps from being ordered, 10 + 30 of it, the reserve keeps all."""
    future = game()
    future.procurement[0].unreserved = 1200.0
    order_game.divide_orders(future)
    order_game.keep_answer(future, 0, TRAIN, 100.0)
    attribution.divided(future, 0, TRAIN, 31.0, 100.0, 40.0, 40.0, 40.0)
    assert parts(future) == pytest.approx({"budget": 10.0, "behind": 50.0})
    assert future.gaps[TRAIN].reserve == pytest.approx(10.0)


def test_the_parts_of_the_worked_example_add_up_to_the_last_bit() -> None:
    future = worked_example()
    grains = [future.parts[cause].grains for cause in range(CAUSES)]
    assert sum(grains) == future.gaps[TRAIN].grains == float(int(48.70 * GRAIN))
    assert all(grain == int(grain) for grain in grains)


@pytest.mark.parametrize("seed", range(50))
def test_three_factors_get_their_mean_over_all_orders_and_add_up(seed: int) -> None:
    """Against the definition: each factor falls from its reference to what it is, in each of six orders."""
    random = np.random.default_rng(seed)
    wanted, chips = random.uniform(0, 1000), random.uniform(0, 1500)
    s, r = random.uniform(0.3, 1.2, 2)
    result = attribution.factored(wanted, chips, chips * s, chips * s * r)
    reference, actual = (wanted, 1.0, 1.0), (min(chips, wanted), min(s, 1.0), min(r, 1.0))
    mean = np.zeros(3)
    for order in permutations(range(3)):
        at = list(reference)
        for factor in order:
            before = np.prod(at)
            at[factor] = actual[factor]
            mean[factor] += (before - np.prod(at)) / 6.0
    short = max(0.0, wanted - chips * s * r)
    assert sum(result) == pytest.approx(short, abs=1e-9)
    if mean.sum() > 0.0:
        assert result == pytest.approx(mean * short / mean.sum(), abs=1e-9)


def test_what_is_not_short_takes_no_part() -> None:
    assert attribution.factored(100.0, 120.0, 96.0, 96.0) == pytest.approx((0.0, 4.0, 0.0))
    assert attribution.factored(100.0, 120.0, 120.0, 60.0) == pytest.approx((0.0, 0.0, 40.0))
    assert attribution.factored(100.0, 80.0, 88.0, 88.0) == pytest.approx((12.0, 0.0, 0.0))
    assert attribution.factored(100.0, 0.0, 0.0, 0.0) == pytest.approx((100.0, 0.0, 0.0))
    assert attribution.factored(100.0, 200.0, 180.0, 150.0) == (0.0, 0.0, 0.0)


def test_no_shortfall_has_no_parts() -> None:
    future = small().run()
    for m in range(24):
        assert (book(future, m), book(future, m, "serve")) == ({}, {})
        assert future.month(m).train_short_units == 0.0
    assert outcome_whens(future) == dict.fromkeys(outcome_whens(future), future.span[0].horizon + 1.0)


def outcome_whens(future: LoggedFuture) -> dict[str, float]:
    return {
        f"{use}_{group}": getattr(future.result, f"{use}_when_{group}")
        for use in ("train", "serve")
        for group in CONSTRAINTS
    }


LACKING = "training: {latent: 0.5}\n"
"""Wanted 1,500 of the 1,000 that are there."""


def test_without_money_all_is_for_want_of_money() -> None:
    future = small(LACKING + "capital: {cash: $0}").run()
    assert [book(future, m) for m in range(24)] == [{"budget": 500.0}] * 24
    assert future.result.train_when_money == 0.0
    assert future.result.train_when_rules == future.span[0].horizon + 1.0


OWN_CHIPS = """
software: {stacks: [{id: cann, opening: 0.8, half_time: 0 days, goodput_opening: 0.95, fit_from: 0}]}
foundry: {supplies: [{id: ascend, launch: 2025-01-01, share: 1}], pools: [{id: memory, begins: 2029-01-01}]}
fleet: {sites: [{id: new_site, energised: 2023-01-01}]}
"""


def only(*offers: str) -> str:
    """No other offers are on the market."""
    shut = {"h200", "ascend", "grey", "rent"} - set(offers)
    return "market: {offers: [" + ", ".join(f"{{id: {name}, begins: 2090-01-01}}" for name in sorted(shut)) + "]}\n"


def test_without_the_vendors_chips_all_is_for_want_of_domestic_supply() -> None:
    future = small(LACKING + OWN_CHIPS + only("ascend")).run()
    for m in range(3, 24):
        assert book(future, m) == {"memory": 500.0}
    assert future.result.train_when_domestic < 100.0


def test_two_gates_behind_each_other_share_alike() -> None:
    """Opening either one alone would fill the need."""
    rule = WINDOW.replace("case_by_case", "denial") % ""
    future = small(LACKING + OWN_CHIPS + only("ascend", "h200") + f"controls: {{rules: [{rule}]}}").run()
    assert [book(future, m) for m in range(4, 24)] == [{"control": 250.0, "memory": 250.0}] * 20


def test_a_site_without_power_is_why_chips_wait() -> None:
    """The vendor has them; the plan sees that the site will not have power, and does not order."""
    site = OWN_CHIPS.replace("2023-01-01", "2027-06-01").replace("2029-01-01", "2025-01-01")
    future = small(LACKING + site + only("ascend") + "capital: {cash: $10bn}").run()
    assert book(future, 8)["site"] == 500.0
    assert set(book(future, 12)) == {"site"}


def test_a_licence_that_takes_longer_than_planned_is_late_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned: 30 days for the licence, 60 to build, 20 to ship, 30 to bring up. The office takes 90."""
    monkeypatch.setattr(licences, "expected", lambda future, k: 30.0 if future.clearances[k].rule >= 0 else 0.0)
    window = f"controls: {{rules: [{WINDOW % ''}]}}\nprocurement: {{unlikely_share: 1}}\n"
    future = small(LACKING + only("h200") + window).run()
    # ordered on day 31 for day 171, ten days before the end of June, and there on day 231
    late = 500.0 * 10.0 / 30.0
    assert book(future, 5) == pytest.approx({"licence": late, "planning": 500.0 - late}, abs=1.0 / GRAIN)
    assert book(future, 6) == {"licence": 500.0}


def test_what_is_seized_is_lost_to_controls() -> None:
    grey = only("grey").replace("offers: [", "offers: [{id: grey, seizure: 1, yearly: 100000 chips / year}, ")
    future = small(LACKING + grey + "capital: {cash: $10bn}").run()
    assert set(book(future, 8)) == {"control"}


def test_what_dies_is_a_matter_of_reliability() -> None:
    future = small().begin()
    lateness.chips_gone(future, future.at("holdings", "h800_hall"), 300.0, causes.RELIABILITY)
    future.plans[TRAIN].never, future.plans[TRAIN].wanted = 0.0, 1000.0
    attribution.divided(future, 0, TRAIN, 31.0, 1000.0, 700.0, 700.0, 700.0)
    assert parts(future) == {"reliability": pytest.approx(300.0)}


def test_chips_in_repair_are_missing_by_reliability() -> None:
    future = small("fleet: {holdings: [{id: h800_hall, failures: 12 / year, repair: 60 days}]}\n" + only()).run()
    assert set(book(future, 3)) == {"reliability"}
    assert book(future, 3)["reliability"] == pytest.approx(1000.0 - future.books[3].train_effective, abs=1.0 / GRAIN)


def test_an_immature_stack_is_missing_by_software() -> None:
    stack = "software: {stacks: [{id: cuda, opening: 0.5, half_time: 10 years, ceiling: 1}]}\n"
    future = small(stack + LACKING + only()).run()
    month = future.books[0]
    assert month.train_wanted == pytest.approx(1.5 * 500.0, rel=0.01)
    assert set(book(future, 0)) == {"software"}


def test_what_nobody_foresaw_is_planning() -> None:
    future = small().begin()
    future.plans[TRAIN].never, future.plans[TRAIN].wanted = 0.0, 900.0
    attribution.divided(future, 0, TRAIN, 31.0, 1200.0, 1000.0, 1000.0, 1000.0)
    assert parts(future) == {"planning": pytest.approx(200.0)}


def test_a_planner_that_may_not_buy_is_to_blame_itself() -> None:
    future = small(LACKING + "procurement: {order_cap: 0}").run()
    assert future.lab[0].orders == 0
    assert book(future, 12) == {"habit": 500.0}


def test_a_late_start_is_laid_to_what_then_stood_in_the_way() -> None:
    """The offer takes 40 days longer than the plan looks ahead, in a month in which money was short."""
    future = small().begin()
    future.lab[0].orders = 1
    future.orders[0].offer, future.orders[0].use, future.orders[0].units = future.at("offers", "h200"), TRAIN, 10.0
    lateness.placed(future, 0, 0.0, 40.0)
    future.clock[0].now = 31.0
    plan = future.plans[TRAIN]
    plan.never, plan.wanted = 0.0, 10.0
    future.plan_parts[TRAIN * CAUSES + BUDGET].never, future.plan_parts[TRAIN * CAUSES + causes.DEPTH].never = (
        6.0,
        -6.0,
    )
    future.orders[0].planned = 1e9
    lateness.month_counted(future)
    attribution.divided(future, 0, TRAIN, 31.0, 10.0, 0.0, 0.0, 0.0)
    assert parts(future) == {"budget": pytest.approx(10.0)}


def lead(future: LoggedFuture, *grains: tuple[int, float]) -> int:
    for cause in range(CAUSES):
        future.parts[cause].grains = 0.0
    for cause, amount in grains:
        future.parts[cause].grains = amount
    return constraints.leading(future, TRAIN)


def test_the_group_that_leads_is_the_one_with_the_largest_part() -> None:
    future = small().begin()
    assert lead(future) == -1
    assert lead(future, (BUDGET, 5.0), (CONTROL, 3.0), (causes.LICENCE, 3.0)) == constraints.RULES
    assert lead(future, (BUDGET, 5.0), (causes.WAFERS, 3.0), (causes.ALLOCATION, 3.0)) == constraints.DOMESTIC
    assert lead(future, (BUDGET, 6.0), (LOGISTICS, 3.0), (SITE, 3.0)) == constraints.MONEY
    assert lead(future, (PLANNING, 9.0), (SITE, 1.0)) == constraints.SITES
    assert lead(future, (PLANNING, 9.0), (SITE, -1.0)) == -1


def test_a_group_binds_from_the_first_of_three_months_in_a_row() -> None:
    future = small().begin()
    future.gaps[TRAIN].grains = 20.0 * GRAIN
    for month, cause in enumerate((BUDGET, BUDGET, CONTROL, BUDGET, BUDGET, BUDGET, CONTROL)):
        lead(future, (cause, 1.0))
        constraints.follow_month(future, TRAIN, 100.0, 10.0 * month)
    constraints.written(future)
    assert future.result.train_when_money == 30.0
    assert future.result.train_when_rules == future.span[0].horizon + 1.0
    for month in range(3):  # below 15% of what is wanted
        lead(future, (CONTROL, 1.0))
        constraints.follow_month(future, TRAIN, 1000.0, 100.0 + month)
    constraints.written(future)
    assert future.result.train_when_rules == future.span[0].horizon + 1.0
    assert future.result.serve_when_money == future.span[0].horizon + 1.0


@pytest.mark.parametrize("scenario", ["baseline", "stall", "tighten", "both"])
def test_parts_add_up_exactly_in_every_month_of_every_future(scenario: str) -> None:
    for number in range(4):
        future = future_of(scenario=scenario, number=number).run()
        for m in range(future.counts[0].months):
            row = future.month(m)
            for use, there in (("train", row.train_effective), ("serve", row.serve_capacity)):
                short = getattr(row, f"{use}_short_units")
                assert sum(getattr(row, f"{use}_{name}") for name in NAMES) == short
                gap = max(0.0, getattr(row, f"{use}_wanted") - there)
                assert 0.0 <= gap - short < 1.0 / GRAIN + 1e-6


@pytest.mark.parametrize("scenario", ["baseline", "both"])
def test_shares_add_up_to_the_shortfall_that_is_printed(scenario: str) -> None:
    """In every future, up to the grains of a unit that books count in."""
    result = outcomes(scenario=scenario)
    for use, short in (("train", "train_short"), ("serve", "unserved")):
        total: Any = sum(result[f"{use}_{name}"] for name in NAMES)
        assert (total - result[short]).abs().max() < 1e-6
        assert (result[short] > 0.1).any()
        assert (result[f"{use}_reserve"] > 0.0).any()


def test_months_weigh_by_days_and_in_serving_by_tokens() -> None:
    future = small().run()
    future.window[0].reporting_from, future.window[0].reporting_until = 31.0, 90.0
    for m, (units, wanted, tokens) in enumerate(((50.0, 100.0, 1e9), (60.0, 100.0, 1e9), (10.0, 100.0, 3e9))):
        row = future.books[m]
        row.train_wanted, row.serve_wanted, row.tokens_wanted = wanted, wanted, tokens
        future.month_parts[(m * USES + TRAIN) * CAUSES + BUDGET].units = units
        future.month_parts[(m * USES + SERVE) * CAUSES + causes.DEPTH].units = units
    causes.record_shares(future, 100.0 * 59, 28 * 1e9 + 31 * 3e9)
    outcome = future.result
    assert outcome.train_budget == pytest.approx((60.0 * 28 + 10.0 * 31) / (100.0 * 59))
    assert outcome.serve_depth == pytest.approx((0.6 * 28 * 1e9 + 0.1 * 31 * 3e9) / (28 * 1e9 + 31 * 3e9))


def test_every_cause_has_its_columns_in_order() -> None:
    names = [column.name for column in causes.BOOK]
    assert names == [f"{use}_{name}" for use in ("train", "serve") for name in ("short_units", *NAMES, "reserve")]
    shares = [column.name for column in causes.SHARES]
    assert shares == [f"{use}_{name}" for use in ("train", "serve") for name in (*NAMES, "reserve")]
    assert [getattr(causes, name.upper()) for name in NAMES] == list(range(CAUSES))
