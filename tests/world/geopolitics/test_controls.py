"""Which rule decides over an offer, and when."""

import math
from typing import Any

import pytest

from sim.world.geopolitics import controls, licences, rules
from sim.world.purchasing import orders
from sim.world.signals import RULE_CAME_DUE
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(
    settings={
        5: (
            "capital.cash=$5bn",
            "market.offers.h200_licensed.price=$5k",
            "market.offers.h200_licensed.yearly=200000 chips / year",
            "controls.rules.cn_2026_01_cond.quota=400000 chips / year",
        )
    },
    never_written=("rules.volume",),
)
"""Much is on offer, at a doubtful probability of a licence."""

DENIAL = "{id: old, government: us, item: accelerator, regime: denial, effective: 2023-10-17, source: test%s}"
WINDOW = "{id: window, government: us, item: accelerator, regime: case_by_case, effective: 2026-01-15, source: test%s}"

BUYER = "{id: customs, government: cn, item: accelerator, regime: denial, effective: 2023-10-17, source: test}"


def ruled(*rules: str, more: str = "") -> LoggedFuture:
    """The small world under these rules."""
    return small(f"controls: {{rules: [{', '.join(rules)}]}}\n{more}").begin()


def decides(future: LoggedFuture, offer: str = "h200", office: str = "us") -> str:
    """The id of the rule that decides over an offer at an office, or nothing."""
    row = next(
        (each.rule for each in future.clearances_of(offer) if each.government == future.at("governments", office)), -1
    )
    return future.things["rules"][row] if row >= 0 else ""


def test_without_rules_every_office_is_open() -> None:
    future = small().begin()
    assert [len(future.clearances_of(offer)) for offer in ("ascend", "grey", "h200", "rent")] == [0, 0, 2, 0]
    assert [each.rule for each in future.clearances_of("h200")] == [-1, -1]


def test_a_rule_that_is_not_yet_in_force_decides_nothing() -> None:
    future = ruled(WINDOW % "")
    assert decides(future) == ""
    assert decides(future, office="cn") == ""


def test_the_latest_decides_and_when_it_is_lifted_the_denial_stands_again() -> None:
    future = ruled(DENIAL % "", WINDOW % ", lifted: 2026-11-10")
    assert decides(future) == "old"
    assert controls.denied(future, future.at("offers", "h200"))
    assert decides(future.until(14.5)) == "window"
    assert not controls.denied(future, future.at("offers", "h200"))
    assert decides(future.until(314.0)) == "old"
    assert future.story(RULE_CAME_DUE) == [(14.0, "rule came due"), (313.0, "rule came due")]


def test_rules_gate_imports_only_and_each_government_its_own_gate() -> None:
    future = ruled(DENIAL % "", BUYER)
    assert decides(future) == "old"
    assert [decides(future, offer) for offer in ("ascend", "grey", "rent")] == ["", "", ""]


def test_both_keys_must_be_turned() -> None:
    future = ruled(WINDOW % "", BUYER).until(20.0)
    assert (decides(future), decides(future, office="cn")) == ("window", "customs")
    assert controls.denied(future, future.at("offers", "h200"))


@pytest.mark.parametrize(
    ("hits", "hit"),
    [
        ("", True),
        ('{tpp: ">= 15832 TPP"}', True),
        ('{tpp: "> 15832 TPP"}', False),
        ('{tpp: "<= 15832 TPP"}', True),
        ('{tpp: "< 15832 TPP"}', False),
        ('{memory_bandwidth: "== 4800 GB/s"}', True),
        ("{chip: [h200]}", True),
        ("{chip: [h800, h20]}", False),
        ('{memory_plus_interconnect: ">= 5700 GB/s"}', True),
        ('{performance_density: ">= 19.79"}', True),
        ('{performance_density: ">= 19.8"}', False),
        ('{any: [{tpp: ">= 20000 TPP"}, {memory_bandwidth: ">= 1400 GB/s"}]}', True),
        ('{all: [{tpp: ">= 20000 TPP"}, {memory_bandwidth: ">= 1400 GB/s"}]}', False),
        (
            '{any: [{all: [{tpp: ">= 4800 TPP"}, {chip: [h800]}]}, {all: [{tpp: ">= 20000 TPP"}, {chip: [h200]}]}]}',
            False,
        ),
        ('{any: [{all: [{tpp: ">= 4800 TPP"}, {chip: [h200]}]}, {tpp: ">= 20000 TPP"}]}', True),
    ],
)
def test_what_a_rule_hits_is_derived_from_the_attributes(hits: str, hit: bool) -> None:
    future = ruled(DENIAL % (f", hits: {hits}" if hits else ""))
    assert (decides(future) == "old") is hit


@pytest.mark.parametrize(
    ("item", "gated"),
    [
        ("accelerator", ["h200"]),
        ("cloud", ["rent"]),
        ("entity", ["h200", "rent"]),
        ("memory", []),
        ("tools", []),
        ("foundry", []),
        ("servicing", []),
    ],
)
def test_what_an_item_gates(item: str, gated: list[str]) -> None:
    abroad = "market: {offers: [{id: rent, pathway: rented_abroad, exporter: us}]}"
    future = ruled((DENIAL % "").replace("accelerator", item), more=abroad)
    assert [name for name in future.things["offers"] if decides(future, name)] == gated


def test_a_rule_is_made_with_its_odds() -> None:
    assert decides(ruled(DENIAL % ", probability: 0")) == ""
    template: Any = DENIAL % ", probability: 0.3"
    made = [small(f"controls: {{rules: [{template}]}}", number).begin().rules[0].enacted for number in range(400)]
    assert sum(made) / 400 == pytest.approx(0.3, abs=0.07)


def test_effective_counts_from_announced_and_lifted_from_effective() -> None:
    dates = "announced: 2026-03-01, effective: {after: 30 days}, lifted: {after: 60 days}"
    future = ruled((DENIAL % "").replace("effective: 2023-10-17", dates))
    assert [rules.date(future, 0, which) for which in range(3)] == [59.0, 89.0, 149.0]
    assert decides(future.until(89.5)) == "old"
    assert decides(future.until(149.5)) == ""


def test_a_later_date_really_comes_later() -> None:
    later = "{id: delay, source: test, at: 2026-02-01, changes: {controls.rules.window.effective: {later: 100 days}}}"
    future = ruled(DENIAL % "", (WINDOW % "").replace("2026-01-15", "2026-03-01"), more=f"happenings: [{later}]")
    assert decides(future.until(60.0)) == "old"
    assert decides(future.until(158.5)) == "old"
    assert decides(future.until(159.5)) == "window"


def test_a_rule_that_a_happening_brings_forward_into_the_past_is_the_latest_all_the_same() -> None:
    move = "{id: move, source: test, at: 2026-06-01, changes: {controls.rules.old.effective: {set: 2023-01-01}}}"
    future = ruled((DENIAL % "").replace("2023-10-17", "2028-01-01"), WINDOW % "", more=f"happenings: [{move}]")
    assert decides(future.until(150.5)) == "window"
    assert decides(future.until(151.5)) == "old"
    assert controls.since(future, rules.ACCELERATOR, 0.0) == 0.5


def test_a_rule_in_force_that_is_put_off_is_suspended() -> None:
    later = "{id: delay, source: test, at: 2026-02-01, changes: {controls.rules.old.effective: {set: 2026-06-01}}}"
    future = ruled(DENIAL % "", more=f"happenings: [{later}]")
    assert decides(future) == "old"
    assert decides(future.until(32.0)) == ""
    assert decides(future.until(152.0)) == "old"


def test_a_chip_that_changes_is_judged_anew() -> None:
    weaker = "{id: cut, source: test, at: 2026-02-01, changes: {chips.h200.tpp: 4000 TPP}}"
    future = ruled(DENIAL % ', hits: {tpp: ">= 4800 TPP"}', more=f"happenings: [{weaker}]")
    assert decides(future) == "old"
    assert decides(future.until(32.0)) == ""
    assert future.the("chips", "h200").h100e == pytest.approx(4000 / 15832)


def test_a_quota_is_counted_by_the_quarter() -> None:
    future = ruled(DENIAL % ", quota: 4000 chips / year")
    assert controls.quota_left(future, -1) == float("inf")
    assert controls.quota_left(future, 0) == 1000.0
    future.rules[0].used = 700.0
    assert controls.quota_left(future, 0) == 300.0
    future.clock[0].now = 91.0
    assert controls.quota_left(future, 0) == 300.0
    future.clock[0].now = 92.0
    assert controls.quota_left(future, 0) == 1000.0


@pytest.mark.parametrize(
    ("used", "days", "more", "most"),
    [
        (0.0, 0.0, "", 1000.0),
        (700.0, 80.0, "", 300.0),
        (700.0, 150.0, "", 1000.0),  # the next quarter's, for what is left of this one is then gone
        (0.0, 400.0, "", 1000.0),
        (0.0, 400.0, ", volume: 0.2", 100.0),
    ],
)
def test_no_order_is_larger_than_what_one_quarter_grants(used: float, days: float, more: str, most: float) -> None:
    future = ruled(DENIAL % f", quota: 4000 chips / year{more}")
    future.the("offers", "ascend").delivered = 400.0
    controls.quota_left(future, 0)
    future.rules[0].used = used
    assert controls.quota_by(future, 0, days) == most


LISTED = "{id: listed, government: us, item: entity, regime: denial, effective: 2026-03-01, source: test%s}"


def test_a_listing_of_the_lab_shuts_imports_and_clouds_abroad_whatever_else_stands() -> None:
    abroad = "market: {offers: [{id: rent, pathway: rented_abroad, exporter: us}]}"
    newer = (WINDOW % "").replace("2026-01-15", "2026-04-01")
    future = ruled(LISTED % "", newer, more=abroad).until(100.0)
    assert [decides(future, name) for name in ("h200", "rent", "grey")] == ["listed", "listed", ""]
    assert controls.listed(future)
    assert not controls.listed(ruled(LISTED % "").until(50.0))
    assert not controls.listed(ruled(LISTED % ", probability: 0").until(100.0))


def test_how_long_a_rule_on_servicing_has_stood() -> None:
    rule = "{id: parts, government: us, item: servicing, regime: %s, effective: 2026-03-01, source: test}"
    future = ruled(rule % "denial").until(59.0)
    assert controls.since(future, rules.SERVICING, -math.inf) == 0.0
    assert controls.since(future.until(89.0), rules.SERVICING, -math.inf) == 30.0
    assert controls.since(future, rules.SERVICING, 59.0) == 0.0
    assert controls.since(future, rules.TOOLS, -math.inf) == 0.0
    assert controls.since(ruled(rule % "presumption_of_denial").until(89.0), rules.SERVICING, -math.inf) == 30.0
    assert controls.since(ruled(rule % "case_by_case").until(89.0), rules.SERVICING, -math.inf) == 0.0


def test_a_rule_that_opens_is_as_if_there_were_none() -> None:
    future = ruled(DENIAL % "", (WINDOW % "").replace("case_by_case", "open")).until(20.0)
    assert decides(future) == ""
    assert not controls.denied(future, future.at("offers", "h200"))


def test_a_share_of_volume_grows_with_what_is_bought_at_home() -> None:
    future = ruled(WINDOW % ", volume: 0.2").until(20.0)
    assert controls.quota_left(future, 0) == 0.0
    future.the("offers", "ascend").delivered = 400.0
    assert controls.quota_left(future, 0) == 100.0
    future.rules[0].granted = 70.0
    assert controls.quota_left(future, 0) == 30.0


def told(*rules: str, more: str = "") -> tuple[float, ...]:
    """Whether a window closed, there was a rupture, the truce lapsed, the lab was listed."""
    outcome = small(f"controls: {{rules: [{', '.join(rules)}]}}\n{more}").run().outcome[0]
    return outcome.window_closed, outcome.rupture, outcome.truce_lapsed, outcome.listed


ENDING = WINDOW % ", lifted: 2026-11-10"
LAPSE = "climate: {truce_ends: 2026-11-10, lapses: 1}"


def test_what_a_future_tells_of_the_governments() -> None:
    assert told(WINDOW % "") == (0.0, 0.0, 0.0, 0.0)
    assert told(DENIAL % "", ENDING, LISTED.replace("03-01", "12-01") % "", more="climate: {state: rupture}") == (
        1.0,
        1.0,
        0.0,
        1.0,
    )
    assert told(DENIAL % "", ENDING, more=LAPSE) == (1.0, 0.0, 1.0, 0.0)
    assert told(DENIAL % "") == (0.0, 0.0, 0.0, 0.0)
    assert told(LISTED % "") == (0.0, 0.0, 0.0, 1.0)
    assert told(LISTED % ", lifted: 2026-09-01") == (0.0, 0.0, 0.0, 1.0)  # it has been, whatever came later


def test_what_comes_after_the_leading_window_is_not_told() -> None:
    early = f"window: {{reporting_until: 2026-10-01, reporting_from: 2026-02-01}}\n{LAPSE}"
    assert told(DENIAL % "", ENDING, LISTED.replace("03-01", "11-10") % "", more=early) == (0.0, 0.0, 0.0, 0.0)


def test_with_control_removed_no_rule_stands_and_with_the_buyers_gate_only_his() -> None:
    rules_of_both = (DENIAL % ", quota: 0 chips / year", BUYER)
    free = ruled(*rules_of_both, more="dials: {control: 1}")
    assert (decides(free), decides(free, office="cn")) == ("", "")
    half = ruled(*rules_of_both, more="dials: {buyer_gate: 1}")
    assert (decides(half), decides(half, office="cn")) == ("old", "")
    assert controls.quota_left(half, half.at("rules", "old")) == 0.0
    assert controls.quota_left(half, half.at("rules", "customs")) == math.inf


def test_a_dial_lets_its_part_of_seizures_and_of_what_is_denied_pass() -> None:
    eased = ruled(DENIAL % "", BUYER, more="dials: {control: 0.3, buyer_gate: 0.5}")
    h200 = eased.at("offers", "h200")
    assert controls.passing_all(eased, h200) == pytest.approx(0.3 * (1.0 - 0.7 * 0.5))
    stopped = [licences.stopped(eased, h200, luck) for luck in range(2000)]
    assert 1.0 - sum(stopped) / 2000 == pytest.approx(controls.passing_all(eased, h200), abs=0.03)
    loose = small("market: {offers: [{id: grey, seizure: 1}]}\ndials: {control: 0.4}").begin()
    for month in range(300):
        orders.place(loose, loose.at("offers", "grey"), 0, 1.0, month)
    assert loose.until(80.0).stages[orders.DELIVERED].units / 300.0 == pytest.approx(0.4, abs=0.08)
