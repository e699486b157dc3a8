"""What a scenario adds: when, how likely, on what conditions, and what it changes."""

import pytest

from sim.world.course.future import LAYOUT
from sim.world.course.happenings import change_ended, happened
from sim.world.signals import RETIMED
from tests.world.a_future import LoggedFuture, small


def happening(*items: str, number: int = 0) -> LoggedFuture:
    """The small world with these happenings."""
    return small("happenings:\n" + "\n".join(f"  - {{source: test, {item}}}" for item in items), number).begin()


def price(future: LoggedFuture) -> float:
    return float(future.the("offers", "h200").price)


def changes(amount: str, path: str = "market.offers.h200.price") -> str:
    return f"changes: {{{path}: {amount}}}"


@pytest.mark.parametrize(
    ("amount", "after"),
    [
        ("$30k", 30_000),
        ("{set: $30k}", 30_000),
        ("{scale: 1.5}", 60_000),
        ("{shift: $5k}", 45_000),
        ("{shift: -$5k}", 35_000),
    ],
)
def test_a_change_sets_scales_or_shifts(amount: str, after: float) -> None:
    future = happening(f"id: one, at: 2026-04-11, {changes(amount)}")
    assert price(future.until(99.9)) == 40_000.0
    assert price(future.until(100.1)) == after
    assert future.story(happened) == [(100.0, "happened")]


def test_what_was_due_before_the_first_day_holds_on_the_first_day() -> None:
    assert price(happening(f"id: one, at: 2020-01-01, {changes('$30k')}")) == 30_000.0


def test_changes_in_force_are_applied_again_and_never_undone() -> None:
    """Scaled by a third for a while, shifted, and set: each time from the base, in order of time."""
    future = happening(
        f"id: a, at: 2026-01-11, {changes('{scale: 0.3333333, for: 100 days}')}",
        f"id: b, at: 2026-01-21, {changes('{shift: $7, for: 20 days}')}",
        f"id: c, at: 2026-02-20, {changes('{scale: 3, for: 10 days}')}",
    )
    third = 40_000.0 * 0.3333333
    days = {5.0: 40_000.0, 15.0: third, 25.0: third + 7.0, 45.0: third, 55.0: third * 3.0, 65.0: third, 115.0: 40_000.0}
    assert {day: price(future.until(day)) for day in days} == days


def test_a_change_of_luck_acts_on_its_draws_and_is_restored() -> None:
    path = "market.offers.h200.build"
    future = happening(f"id: one, at: 2026-01-11, {changes('{scale: 2, for: 10 days}', path)}")
    row = future.the("offers", "h200").build
    result = [(future.until(day).lucks[row].scale, future.lucks[row].shift) for day in (5.0, 15.0, 25.0)]
    assert result == [(0.0, 60.0), (0.0, 120.0), (0.0, 60.0)]


@pytest.mark.parametrize(("odds", "least", "most"), [(0.0, 0, 0), (1.0, 200, 200), (0.3, 40, 80)])
def test_it_happens_with_its_odds(odds: float, least: int, most: int) -> None:
    item = f"id: one, at: 2026-01-11, probability: {odds}, {changes('$30k')}"
    assert least <= sum(price(happening(item, number=n).until(20.0)) == 30_000.0 for n in range(200)) <= most


@pytest.mark.parametrize(
    ("tie", "first", "happens"),
    [
        ("requires", "2026-01-11", True),
        ("requires", "2026-03-01", False),
        ("excludes", "2026-01-11", False),
        ("excludes", "2026-03-01", True),
        ("excludes", "2026-02-01", False),
    ],
)
def test_it_may_require_another_or_exclude_it(tie: str, first: str, happens: bool) -> None:
    """Of two on the same day the one with the lower id comes first."""
    future = happening(f"id: a, at: {first}", f"id: b, at: 2026-02-01, {tie}: [a], {changes('$30k')}").until(80.0)
    assert (price(future) == 30_000.0) is happens
    assert future.the("happenings", "b").passed == 1


def test_of_two_that_exclude_each_other_the_earlier_wins() -> None:
    future = happening(
        f"id: a, at: 2026-03-01, excludes: [b], {changes('$10k')}",
        f"id: b, at: 2026-02-01, excludes: [a], {changes('$30k')}",
    )
    assert price(future.until(80.0)) == 30_000.0


def test_a_condition_is_tested_at_month_close_on_its_rising_edge_once() -> None:
    future = happening(f"id: one, when: {{lab.rent: '> $100'}}, {changes('{scale: 2, for: 20 days}')}")
    held = []
    for day, rent in ((40.0, 0.0), (70.0, 200.0), (100.0, 200.0), (130.0, 0.0), (160.0, 200.0)):
        future.the("offers", "rent").on_rent = rent
        held.append(price(future.until(day)))
    assert held == [40_000.0, 80_000.0, 40_000.0, 40_000.0, 40_000.0]
    assert future.story(RETIMED)[0][0] == 59.0


@pytest.mark.parametrize(("rents", "day"), [((200.0, 200.0, 0.0), 151.0), ((200.0, 0.0, 200.0), 181.0)])
def test_a_date_is_one_of_the_conditions(rents: tuple[float, ...], day: float) -> None:
    """Not before 11 May, and then at the first month-end at which the others hold, even if they have all along."""
    future = happening(f"id: one, at: 2026-05-11, when: {{lab.rent: '> $100'}}, {changes('{scale: 2, for: 9 days}')}")
    for until, rent in zip((121.0, 160.0, 190.0), rents, strict=True):
        future.the("offers", "rent").on_rent = rent
        future.until(until)
    future.until(230.0)
    assert [on for on, _ in future.story(change_ended)] == [day + 9.0]


@pytest.mark.parametrize(
    ("move", "day"), [("later: 60 days", 119.0), ("set: 2026-02-11", 41.0), ("earlier: 200 days", 31.0)]
)
def test_a_later_date_really_comes_later_and_an_earlier_one_earlier(move: str, day: float) -> None:
    """A happening on 1 March is moved by another on 1 February."""
    mover = f"id: a, at: 2026-02-01, {changes('{' + move + '}', 'happenings.b.at')}"
    future = happening(mover, f"id: b, at: 2026-03-01, {changes('$30k')}").until(200.0)
    assert future.story(RETIMED)[-1][0] == day
    assert price(future) == 30_000.0


@pytest.mark.parametrize("ids", ["ab", "ba", "zA", "Az"])
@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        ("$30k", "$10k", 10_000.0),
        ("$30k", "{scale: 0.1}", 3_000.0),
        ("{scale: 0.5}", "{shift: $5k}", 25_000.0),
        ("{shift: $5k}", "{scale: 0.5}", 22_500.0),
        ("{scale: 0.5, for: 300 days}", "$7k", 7_000.0),
    ],
)
@pytest.mark.parametrize("days", [("2026-02-01", "2026-03-01"), ("2024-02-01", "2024-03-01")])
def test_of_two_changes_the_later_in_time_acts_on_the_earlier(
    ids: str, first: str, second: str, after: float, days: tuple[str, str]
) -> None:
    """Whatever they are called, and also where both lie before the first day."""
    items = [f"id: {ids[0]}, at: {days[0]}, {changes(first)}", f"id: {ids[1]}, at: {days[1]}, {changes(second)}"]
    assert price(happening(*items).until(100.0)) == after
    assert price(happening(*reversed(items)).until(100.0)) == after


@pytest.mark.parametrize("ids", ["abc", "cba", "bac", "cab"])
def test_when_the_latest_change_is_over_the_one_before_it_holds_again(ids: str) -> None:
    future = happening(
        f"id: {ids[0]}, at: 2026-01-11, {changes('$10k')}",
        f"id: {ids[1]}, at: 2026-02-10, {changes('{set: $30k, for: 20 days}')}",
        f"id: {ids[2]}, at: 2026-02-15, {changes('{scale: 2, for: 30 days}')}",
    )
    days = {20.0: 10_000.0, 42.0: 30_000.0, 50.0: 60_000.0, 65.0: 20_000.0, 90.0: 10_000.0}
    assert {day: price(future.until(day)) for day in days} == days


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_of_two_changes_of_luck_the_later_holds(ids: str) -> None:
    path = "market.offers.h200.build"
    future = happening(
        f"id: {ids[0]}, at: 2026-01-11, {changes('10 days', path)}",
        f"id: {ids[1]}, at: 2026-01-21, {changes('20 days', path)}",
    ).until(30.0)
    assert future.lucks[future.the("offers", "h200").build].shift == 20.0


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_of_two_happenings_with_conditions_the_later_holds(ids: str) -> None:
    rent = "when: {lab.rent: '> $100'}"
    future = happening(
        f"id: {ids[0]}, {rent}, {changes('$30k')}", f"id: {ids[1]}, at: 2026-03-10, {rent}, {changes('$10k')}"
    )
    future.the("offers", "rent").on_rent = 200.0
    assert price(future.until(50.0)) == 30_000.0
    assert price(future.until(100.0)) == 10_000.0


@pytest.mark.parametrize("ids", ["abc", "cba", "bca"])
@pytest.mark.parametrize("when", ["at: 2026-02-01", "at: 2020-02-01", "when: {lab.rent: '> $100'}"])
def test_on_one_day_what_another_requires_comes_before_it(ids: str, when: str) -> None:
    """The first is required by the second, and that by the third, which then has the last word."""
    first, second, third = list(ids)
    items = (
        f"id: {first}, {when}, {changes('$10k')}",
        f"id: {second}, {when}, requires: [{first}], {changes('{scale: 2}')}",
        f"id: {third}, {when}, requires: [{second}], {changes('{shift: $1k}')}",
    )
    for order in (items, items[::-1]):
        future = happening(*order)
        future.the("offers", "rent").on_rent = 200.0
        assert price(future.until(80.0)) == 21_000.0


@pytest.mark.parametrize("dates", [("2026-03-01", "2026-02-01"), ("2026-01-21", "2026-02-01")])
def test_what_is_moved_to_the_day_of_what_requires_it_comes_before_it(dates: tuple[str, str]) -> None:
    mover = f"id: m, at: 2026-01-11, {changes(dates[1], 'happenings.z.at')}"
    future = happening(mover, f"id: z, at: {dates[0]}", f"id: a, at: 2026-02-01, requires: [z], {changes('$30k')}")
    assert price(future.until(80.0)) == 30_000.0


def test_on_one_day_without_a_tie_the_order_is_that_of_the_ids() -> None:
    items = [f"id: {name}, at: 2026-02-01, {changes(f'${cost}k')}" for name, cost in (("b", 20), ("c", 30), ("a", 10))]
    assert price(happening(*items).until(80.0)) == 30_000.0
    assert price(happening(*items[::-1]).until(80.0)) == 30_000.0


def test_what_is_dated_before_the_first_day_comes_in_order_of_its_dates() -> None:
    future = happening("id: b, at: 2024-01-01", f"id: a, at: 2025-01-01, requires: [b], {changes('$30k')}")
    assert price(future) == 30_000.0
    future = happening("id: b, at: 2025-01-01", f"id: a, at: 2024-01-01, requires: [b], {changes('$30k')}")
    assert price(future) == 40_000.0


def test_happenings_that_require_each_other_in_a_circle_never_happen() -> None:
    items = [f"id: {one}, at: 2026-02-01, requires: [{other}]" for one, other in ("ab", "bc", "ca")]
    future = happening(*items).until(80.0)
    assert [future.the("happenings", name).happened for name in "abc"] == [0, 0, 0]


def test_a_process_that_sets_a_parameter_comes_after_the_changes_in_force() -> None:
    future = happening(f"id: one, at: 2026-01-11, {changes('{scale: 2, for: 30 days}')}").until(20.0)
    address = LAYOUT.address("offers", future.at("offers", "h200"), "price")
    future.change(address, 55_000.0)
    assert price(future) == 55_000.0
    assert price(future.until(50.0)) == 55_000.0
