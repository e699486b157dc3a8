"""Whose turn it is: strategic orders first, the lab from the rest, and why its offer is smaller than planned."""

import math

import pytest

from sim.world.supply import allocation, foundry
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(
    moves_nothing={"supplies.vendor": "the shipped scenarios have one vendor of chips that are on offer"},
)


def vendor(changes: str, more: str = "") -> LoggedFuture:
    """A future whose vendor differs."""
    return small(f"foundry: {{vendors: [{{id: vendor, {changes}}}]}}\n{more}").begin()


def month(future: LoggedFuture, due: float, output: float) -> foundry.Supply:
    """A month in which so much was announced and so much made."""
    supply: foundry.Supply = future.the("supplies", "ascend")
    supply.announced_output, supply.output = due, output
    return supply


@pytest.mark.parametrize(
    ("output", "offered"),
    [(1000.0, 100.0), (700.0, 100.0 * 0.25 / 0.55), (450.0, 0.0), (300.0, 0.0), (2000.0, 200.0), (0.0, 0.0)],
)
def test_a_third_less_made_is_more_than_half_less_for_those_who_come_last(output: float, offered: float) -> None:
    """Strategic orders 45% of 1,000: of 700 they leave 250 instead of 550, so the lab loses 55%; growth goes to all."""
    future = vendor("strategic: 0.45")
    month(future, 1000.0, output)
    assert allocation.offered(future, 0) == pytest.approx(offered)


def test_without_strategic_orders_the_lab_has_its_share_and_with_nothing_but_them_none() -> None:
    for strategic, offered in ((0.0, 50.0), (1.0, 0.0)):
        future = vendor(f"strategic: {strategic}")
        month(future, 1000.0, 500.0)
        assert allocation.offered(future, 0) == offered


def test_the_share_is_never_more_than_what_is_left() -> None:
    future = vendor("strategic: 0.9")
    future.the("supplies", "ascend").share = 0.5
    month(future, 1000.0, 1000.0)
    assert allocation.offered(future, 0) == pytest.approx(100.0)


@pytest.mark.parametrize(("prepaid", "share"), [(0.0, 0.1), (0.5, 0.12), (1.0, 0.14)])
def test_who_pays_ahead_has_a_larger_share(prepaid: float, share: float) -> None:
    future = vendor("prepaid_gain: 0.4", f"procurement: {{prepaid_share: {prepaid}}}")
    assert allocation.share(future, 0) == pytest.approx(share)
    month(future, 1000.0, 1000.0)
    assert allocation.offered(future, 0) == pytest.approx(1000.0 * share)


def test_a_shareholder_who_is_heard_adds_to_the_share_once_from_the_day_on_which_it_joins() -> None:
    investors = "investors: [{id: fund, share_gain: 0.5}, {id: cloud_firm, joins: 0, share_gain: 2}]"
    future = small(f"capital: {{financing: {{closes: 1}}, {investors}}}").begin()
    assert allocation.share(future.until(57.0), 0) == pytest.approx(0.1)
    assert allocation.share(future.until(60.0), 0) == pytest.approx(0.15)
    future.until(400.0)
    assert future.the("investors", "fund").joined > 1
    assert allocation.share(future, 0) == pytest.approx(0.15)


def test_no_share_is_more_than_all_there_is() -> None:
    future = vendor("strategic: 0")
    future.lab[0].share_gain = 50.0
    assert allocation.share(future, 0) == 1.0


def test_strategic_orders_follow_what_is_made() -> None:
    """Announced 10,000 a month and half of it made: after many times their time constant they are half."""
    half = "pools: [{id: memory, begins: 2026-01-01, ramp: 0 days, monthly: 20000 stacks / month}]"
    plan = "supplies: [{id: ascend, launch: 2026-01-01, planned_ramp: 0 days}]"
    for revised, followed in (("60 days", 0.5), ("36000 days", 1.0)):
        future = small(
            f"foundry: {{vendors: [{{id: vendor, strategic: 0.4, revision_time: {revised}}}], {half}, {plan}}}"
        ).begin()
        supply = future.until(700.0).the("supplies", "ascend")
        assert supply.vendor_confidence == pytest.approx(followed, abs=0.01)
        month(future, 10_000.0, 5000.0)
        rest = 5000.0 - 0.4 * 10_000.0 * supply.vendor_confidence
        assert allocation.offered(future, 0) == pytest.approx(0.1 / 0.6 * rest)


def test_strategic_orders_are_never_more_than_was_announced() -> None:
    """Made ten times what was announced for the months of a launch: the year after, the lab has its share at once."""
    future = vendor("strategic: 0.4, revision_time: 60 days")
    supply = month(future, 100.0, 1000.0)
    for _ in range(6):
        supply.announced_output = 100.0
        allocation.month_offered(future, 30.0)
    assert supply.vendor_confidence == 1.0
    month(future, 1000.0, 1000.0)
    assert allocation.offered(future, 0) == pytest.approx(100.0)


def test_the_share_comes_in_whole_chips_and_no_part_is_lost() -> None:
    future = small("foundry: {supplies: [{id: ascend, share: 0.037}]}").begin()
    supply = future.the("supplies", "ascend")
    for ends in [month.ends for month in future.months[:-1]]:
        future.until(ends + 0.5)
        assert supply.allotted == supply.stock == math.floor(supply.allotted)
        assert supply.allotted + supply.owed == pytest.approx(0.037 * supply.made)
        assert 0.0 <= supply.owed < 1.0


def test_when_others_crowd_in_the_share_shrinks() -> None:
    future = small("market: {crowding: {share_lost: 0.4}}").begin()
    month(future, 1000.0, 1000.0)
    assert allocation.offered(future, 0) == pytest.approx(100.0)
    future.crowding[0].turned_away = 0.5
    assert allocation.offered(future, 0) == pytest.approx(80.0)


@pytest.mark.parametrize(("dial", "share", "offered"), [(0.1, 0.5, 275.0), (0.1, 0.95, 500.0), (1.0, 0.1, 500.0)])
def test_an_eased_share_is_a_tenth_larger_and_a_removed_one_is_all_there_is(
    dial: float, share: float, offered: float
) -> None:
    future = small(f"dials: {{allocation: {dial}}}").begin()
    future.the("supplies", "ascend").share = share
    month(future, 1000.0, 500.0)
    assert allocation.offered(future, 0) == pytest.approx(offered)


def parts(
    dies: float,
    stacks: float,
    places: float,
    output: float,
    needed: float = 0.1,
    had: float = 0.08,
    due: float = 1000.0,
) -> list[float]:
    """Allocation, wafers, memory, packaging."""
    future = small().begin()
    supply = month(future, due, output)
    supply.from_dies, supply.from_stacks, supply.from_places = dies, stacks, places
    allocation.split(future, 0, needed, had)
    result = [supply.part_allocation, supply.part_wafers, supply.part_memory, supply.part_packaging]
    assert sum(result) == pytest.approx(1.0, abs=1e-12)
    return result


def test_a_share_of_eight_in_a_hundred_of_three_quarters_of_what_was_announced() -> None:
    """Needed 100 of 1,000, had 60 of 750: 40 missing, 17.5 by the share, 4.5 by dies for 900, 18 by memory for 750."""
    assert [40.0 * part for part in parts(900.0, 750.0, math.inf, 750.0)] == pytest.approx([17.5, 4.5, 18.0, 0.0])


@pytest.mark.parametrize(
    ("given", "due"),
    [
        ((1000.0, 1000.0, 1000.0, 1000.0), [1.0, 0.0, 0.0, 0.0]),
        ((1000.0, 700.0, 2000.0, 700.0, 0.1, 0.1), [0.0, 0.0, 1.0, 0.0]),
        ((700.0, 700.0, 700.0, 700.0, 0.1, 0.3), [0.0, 1 / 3, 1 / 3, 1 / 3]),
        (
            (900.0, 800.0, 400.0, 400.0, 0.1, 0.1),
            [0.0, 100 / 3 / 600, (100 / 3 + 50) / 600, (100 / 3 + 50 + 400) / 600],
        ),
        ((2000.0, 2000.0, 2000.0, 2000.0, 0.1, 0.2), [1.0, 0.0, 0.0, 0.0]),
    ],
)
def test_what_is_not_short_takes_no_part(given: tuple[float, ...], due: list[float]) -> None:
    assert parts(*given) == pytest.approx(due)


def test_what_is_spoilt_is_missing_in_every_input() -> None:
    """Half survives: dies for 1,800 packages are 900 chips, as in the case before."""
    future = small("foundry: {packaging: [{id: house, survival: 0.5}]}").begin()
    supply = month(future, 1000.0, 750.0)
    supply.from_dies, supply.from_stacks, supply.from_places = 1800.0, 1500.0, 2000.0
    allocation.split(future, 0, 0.1, 0.08)
    assert [40.0 * part for part in (supply.part_wafers, supply.part_memory)] == pytest.approx([4.5, 18.0])


def test_what_outcomes_follow_is_counted_to_the_end_of_the_leading_window() -> None:
    future = small("window: {reporting_until: 2027-07-01, reference_chip: ascend, reference_import: h200}").begin()
    supply, outcome = future.the("supplies", "ascend"), future.outcome[0]
    future.until(546.5)
    result = (outcome.reference_chip_made, outcome.reference_chip_offered)
    assert result == (supply.made, supply.allotted)
    future.until(700.0)
    assert (outcome.reference_chip_made, outcome.reference_chip_offered) == result
    assert supply.made > result[0] > 0.0


def test_what_was_delivered_is_counted_by_what_the_offer_draws_on() -> None:
    future = small("window: {reference_chip: ascend, reference_import: h200}").begin()
    for offer, units in (("ascend", 16.0), ("h200", 8.0), ("grey", 4.0)):
        future.the("offers", offer).delivered = units
    allocation.counted(future)
    assert (future.outcome[0].reference_chip_delivered, future.outcome[0].reference_import_delivered) == (16.0, 8.0)


def test_before_anything_was_announced_the_input_that_binds_answers() -> None:
    future = small("foundry: {supplies: [{id: ascend, launch: 2027-06-01}]}").begin().until(300.0)
    supply = future.the("supplies", "ascend")
    assert (supply.bound, supply.part_packaging) == (foundry.PLACES, 1.0)


def test_the_share_needed_is_what_the_lab_lacked_when_it_planned() -> None:
    """The small world's Ascend serves 0.8 of its half of a unit and does not train yet."""
    future = small().begin()
    supply = month(future, 1000.0, 0.0)
    each = 0.8 * future.chips[supply.chip].standalone_rate
    future.procurement[0].serve_need, future.procurement[0].train_need = 100.0 * each, 50.0
    assert allocation.needed_share(future, 0) == pytest.approx(0.1)
    future.procurement[0].serve_need = 5000.0 * each
    assert allocation.needed_share(future, 0) == 1.0
