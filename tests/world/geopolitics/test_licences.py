"""The office: granted, refused or waiting, by the rules of the day it decides."""

import pytest

from sim.world.geopolitics import licences
from sim.world.geopolitics.rules import CASE_BY_CASE, DENIAL, DISCOURAGED, OPEN, PRESUMED_DENIAL
from sim.world.purchasing import orders
from sim.world.purchasing.orders import order_arrived, order_decided, order_shipped
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(
    never_written=("governments.grants_truce",),
    moves_nothing={
        "governments.granted_discouraged": "the one rule that discourages hits the H20, which the lab seldom buys",
        "governments.granted_presumed": "the rules that presume denial are on memory, tools and foundries",
    },
)

RULE = "{id: window, government: us, item: accelerator, regime: %s, effective: 2023-10-17, source: test%s}"


def ordered(regime: str, more: str = "", granted: float = 1.0, units: tuple[float, ...] = (100.0,)) -> LoggedFuture:
    """H200s ordered on the first day under one rule of the exporter."""
    office = f"governments: [{{id: us, granted: {granted}, granted_discouraged: 0, granted_presumed: 0}}]"
    future = small(f"controls: {{{office}, rules: [{RULE % (regime, more)}]}}").begin()
    for month, number in enumerate(units):
        orders.place(future, future.at("offers", "h200"), 0, number, month)
    return future


def stages(future: LoggedFuture) -> dict[str, float]:
    """Chips by where they stand."""
    names = ("placed", "office", "vendor", "transit", "delivered", "refused", "cancelled", "seized")
    return {name: stage.units for name, stage in zip(names, future.stages, strict=True) if stage.units}


def test_a_licence_takes_its_time_and_then_the_order_goes_on() -> None:
    future = ordered("case_by_case")
    assert future.the("governments", "us").waiting == 100.0
    future.until(200.0)
    story = [(90.0, "order decided"), (150.0, "order shipped"), (170.0, "order arrived")]
    assert future.story(order_decided, order_shipped, order_arrived) == story
    assert future.the("governments", "us").waiting == 0.0
    assert stages(future) == {"delivered": 100.0}


@pytest.mark.parametrize(
    ("regime", "granted", "end"),
    [
        ("open", 0.0, "delivered"),
        ("case_by_case", 1.0, "vendor"),
        ("case_by_case", 0.0, "refused"),
        ("discouraged", 1.0, "refused"),
        ("presumption_of_denial", 1.0, "refused"),
        ("denial", 1.0, "refused"),
    ],
)
def test_what_a_regime_means(regime: str, granted: float, end: str) -> None:
    assert stages(ordered(regime, granted=granted).until(91.0)) == {end: 100.0}


def test_odds_of_each_regime() -> None:
    offices = "[{id: us, granted: 0.6, granted_discouraged: 0.3, granted_presumed: 0.05}]"
    future = small(f"controls: {{governments: {offices}}}").begin()
    g = future.at("governments", "us")
    regimes = (OPEN, CASE_BY_CASE, DISCOURAGED, PRESUMED_DENIAL, DENIAL)
    assert [licences.share_granted(future, g, regime) for regime in regimes] == [1.0, 0.6, 0.3, 0.05, 0.0]


@pytest.mark.parametrize(
    ("quota", "granted"),
    [("", 300.0), (", quota: 0 chips / year", 0.0), (", quota: 800 chips / year", 200.0)],
)
def test_a_quota_none_full_and_empty(quota: str, granted: float) -> None:
    future = ordered("case_by_case", quota, units=(100.0, 100.0, 100.0)).until(91.0)
    assert stages(future).get("vendor", 0.0) == granted
    assert stages(future).get("refused", 0.0) == 300.0 - granted
    assert future.the("governments", "us").refused == 300.0 - granted


def test_a_tightening_catches_applications_that_wait() -> None:
    tighter = "happenings: [{id: shut, source: test, at: 2026-03-01, changes: {controls.rules.window.regime: denial}}]"
    rule = RULE % ("case_by_case", "")
    future = small(f"controls: {{rules: [{rule}]}}\n{tighter}").begin()
    orders.place(future, future.at("offers", "h200"), 0, 100.0, 0)
    assert stages(future.until(91.0)) == {"refused": 100.0}


def test_applied_is_granted_and_refused_and_waiting() -> None:
    rule = RULE % ("case_by_case", ", quota: 2000 chips / year")
    offices = "governments: [{id: us, granted: 0.5, decision: {p5: 30 days, p50: 90 days, p95: 200 days}}]"
    totals = [0.0, 0.0, 0.0]
    for number in range(8):
        future = small(f"controls: {{{offices}, rules: [{rule}]}}", number).begin()
        office = future.the("governments", "us")
        for month in range(8):
            orders.place(future, future.at("offers", "h200"), 0, 100.0, month)
            future.until(30.0 * (month + 1))
            granted = sum(future.stages[s].units for s in range(orders.AT_VENDOR, orders.REFUSED))
            assert 100.0 * (month + 1) == granted + office.refused + office.waiting
        totals = [total + part for total, part in zip(totals, (granted, office.refused, office.waiting), strict=True)]
    assert min(totals) > 0.0


def test_the_climate_takes_its_part_of_the_odds() -> None:
    offices = "[{id: us, granted: 0.6, granted_discouraged: 0.4, grants_tension: 0.5, grants_rupture: 0.1}]"
    for opens, part in (("truce", 1.0), ("tension", 0.5), ("rupture", 0.1)):
        future = small(f"climate: {{state: {opens}}}\ncontrols: {{governments: {offices}}}").begin()
        g = future.at("governments", "us")
        result = [licences.share_granted(future, g, regime) for regime in (OPEN, CASE_BY_CASE, DISCOURAGED, DENIAL)]
        assert result == pytest.approx([1.0, 0.6 * part, 0.4 * part, 0.0])


@pytest.mark.parametrize(("dial", "days"), [(0.0, 90.0), (0.1, 81.0), (1.0, 0.0)])
def test_the_dial_of_licences_shortens_the_wait(dial: float, days: float) -> None:
    future = small(f"controls: {{rules: [{RULE % ('case_by_case', '')}]}}\ndials: {{licence: {dial}}}").begin()
    orders.place(future, future.at("offers", "h200"), 0, 100.0, 0)
    assert future.until(95.0).story(order_decided) == [(days, "order decided")]


def cleared(regime: str, *dials: str, granted: float = 0.3) -> list[bool]:
    """Which of many applications to the exporter are granted; the dials as `name: value`."""
    office = f"governments: [{{id: us, granted: {granted}}}]"
    rule = RULE % (regime, "")
    future = small(f"controls: {{{office}, rules: [{rule}]}}\ndials: {{{', '.join(dials)}}}").begin()
    g, r = future.at("governments", "us"), future.at("rules", "window")
    return [licences.granted(future, g, r, luck, 1.0) for luck in range(1000)]


def test_a_dial_lets_its_part_of_what_is_refused_pass_by_the_same_luck() -> None:
    before, eased = cleared("case_by_case"), cleared("case_by_case", "control: 0.1")
    refused = before.count(False)
    assert all(now or not then for then, now in zip(before, eased, strict=True))
    assert (refused - eased.count(False)) / refused == pytest.approx(0.1, abs=0.03)
    assert sum(cleared("denial", "control: 0.1")) / 1000 == pytest.approx(0.1, abs=0.03)
    assert cleared("case_by_case", "buyer_gate: 1") == before  # the exporter's office is not the buyer's


def test_a_denial_that_a_dial_lets_pass_passes_the_border_too() -> None:
    rule = RULE % ("denial", "")
    future = small(f"controls: {{rules: [{rule}]}}\ndials: {{control: 0.5}}").begin()
    for month in range(100):
        orders.place(future, future.at("offers", "h200"), 0, 1.0, month)
    passed = future.until(91.0).stages[orders.AT_VENDOR].units
    assert 30.0 < passed < 70.0
    assert future.until(200.0).stages[orders.DELIVERED].units == passed
