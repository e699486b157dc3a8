"""Months are half-open: the first belongs to the month that begins, and a part of a month counts for its days."""

from datetime import date

import pytest

from sim.engine.results import SERIES
from sim.world.company.ledger import RENT
from sim.world.workloads import want
from tests.world.a_future import LoggedFuture, small

BASE = """\
serving: {tokens: 1T tokens / day, revenue: $365250000 / year, abroad: 0.5}
training: {latent: 0.5}
capital: {operations: $365.25M / year, facility: $36.525M / year, cash: $20bn}
"""
SERVING = """\
fleet: {holdings: [{id: h800_hall, opening: 20000}]}
serving: {tokens: 0.1T tokens / day, revenue: $365250000 / year}
procurement: {train_first: 0}
capital: {operations: $365.25M / year, facility: $36.525M / year}
"""
RENTING = "training: {latent: 0.5}\ncapital: {cash: $20bn}"


def changed(*items: str, more: str = BASE) -> LoggedFuture:
    """A year and a half of the small world with these happenings."""
    listed = "\n".join(f"  - {{source: test, {item}}}" for item in items)
    return small(more + (f"\nhappenings:\n{listed}" if items else "")).begin().until(545.0)


def ratio(series: str, one: LoggedFuture, other: LoggedFuture, m: int) -> float:
    """A month of one future over the same month of another."""
    return float(getattr(one.books[m], series) / getattr(other.books[m], series))


@pytest.mark.parametrize("first", ["2026-03-01", "2026-07-01", "2027-01-01", "2027-02-01"])
@pytest.mark.parametrize("series", ["tokens_wanted", "serve_wanted"])
def test_what_happens_on_the_first_of_a_month_belongs_to_that_month(series: str, first: str) -> None:
    year, month = int(first[:4]), int(first[5:7])
    m = (year - 2026) * 12 + month - 1
    doubled = changed(f"id: rush, at: {first}, changes: {{serving.tokens: {{scale: 2}}}}")
    usual = changed()
    assert [round(ratio(series, doubled, usual, k), 6) for k in (m - 1, m)] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("at", "lasting", "months"),
    [
        ("2026-07-01", 31, {5: 1.0, 6: 2.0, 7: 1.0}),  # all of July
        ("2026-07-11", 10, {5: 1.0, 6: 1 + 10 / 31, 7: 1.0}),
        ("2026-06-21", 20, {5: 1 + 10 / 30, 6: 1 + 10 / 31, 7: 1.0}),
        ("2026-06-30", 1, {5: 1 + 1 / 30, 6: 1.0}),  # the last day of June
        ("2027-02-01", 28, {12: 1.0, 13: 2.0, 14: 1.0}),
    ],
)
def test_what_lasts_part_of_a_month_counts_for_that_part(at: str, lasting: int, months: dict[int, float]) -> None:
    rush = changed(f"id: rush, at: {at}, changes: {{serving.tokens: {{scale: 2, for: {lasting} days}}}}")
    usual = changed()
    assert {m: ratio("tokens_wanted", rush, usual, m) for m in months} == pytest.approx(months, rel=1e-6)


@pytest.mark.parametrize(("at", "days"), [("2026-07-01", 31), ("2026-07-17", 15), ("2026-07-31", 1)])
def test_training_wanted_follows_its_parameters_within_a_month(at: str, days: int) -> None:
    """Four times the growth from a day on: July's want has what that adds, for the days that are left of it."""
    faster = changed(f"id: race, at: {at}, changes: {{training.growth: {{scale: 4}}}}")
    rise = [faster.books[m].train_wanted - 1500.0 for m in (5, 6)]
    integral = want.work_between(faster, 212.0 - days, 212.0) - 1500.0 * days
    assert rise == pytest.approx([0.0, integral / 31])


def test_a_change_that_changes_nothing_moves_nothing() -> None:
    same = changed(
        "id: same, at: 2026-07-17, changes: {serving.tokens: {scale: 1}, capital.operations: {shift: $0 / year}}"
    )
    usual = changed()
    for m in range(17):
        assert [getattr(same.month(m), name) for name in SERIES] == [getattr(usual.month(m), name) for name in SERIES]


def monthly(future: LoggedFuture) -> list[float]:
    """Net cash flow of each month but the first."""
    return [future.books[m].cash - future.books[m - 1].cash for m in range(1, 12)]


@pytest.mark.parametrize(
    ("path", "scale", "a_day"),
    [("capital.operations", 2, -1e6), ("capital.facility", 3, 2e5), ("serving.revenue", 2, 1e6)],
)
@pytest.mark.parametrize(("at", "days"), [("2026-07-01", 31), ("2026-07-11", 7)])
def test_money_flows_for_as_long_as_its_rate_holds(path: str, scale: float, a_day: float, at: str, days: int) -> None:
    one = changed(f"id: one, at: {at}, changes: {{{path}: {{scale: {scale}, for: {days} days}}}}", more=SERVING)
    apart = [a - b for a, b in zip(monthly(one), monthly(changed(more=SERVING)), strict=True)]
    assert apart == pytest.approx([0.0] * 5 + [a_day * days] + [0.0] * 5, abs=3.0)


@pytest.mark.parametrize("listed", ["2026-07-01", "2026-07-16"])
def test_a_listing_ends_what_is_earned_abroad_from_its_day_on(listed: str) -> None:
    rule = f"{{id: listed, source: test, government: us, item: entity, regime: denial, effective: {listed}}}"
    one = changed(more=f"{BASE}controls: {{rules: [{rule}]}}")
    usual = changed(more=f"{BASE}controls: {{rules: [{rule.replace(listed, '2030-01-01')}]}}")
    left = (32 - int(listed[8:])) / 31
    assert [ratio("revenue", one, usual, m) for m in (5, 6, 7)] == pytest.approx([1.0, 1.0 - 0.5 * left, 0.5], rel=1e-6)


def test_rent_runs_from_the_day_of_delivery() -> None:
    """Chips on rent at $48 a day: ordered at the end of January, delivered on the 10th of February."""
    future = small(RENTING).begin().until(58.0)
    chips = future.the("offers", "rent").on_rent
    assert chips > 0.0
    future.until(59.5)
    assert future.accounts[RENT].balance == pytest.approx(chips * 48.0 * (59 - 41), abs=2.0)


@pytest.mark.parametrize(
    ("at", "inside"), [("2028-01-02", 0), ("2028-01-01", 0), ("2027-12-31", 1), ("2027-12-22", 10)]
)
def test_the_reporting_window_ends_before_its_last_day(at: str, inside: int) -> None:
    """Nobody is served what comes on top: of all that is wanted in the year it has the days that lie in the window."""
    more = f"{BASE}procurement: {{train_first: 0}}\nend: 2028-06-01\nhappenings: [{{id: rush, source: test, "
    more += f"at: {at}, changes: {{serving.tokens: {{set: 1000T tokens / day}}}}}}]"
    outcome = small(more).run().outcome[0]
    assert outcome.unserved == pytest.approx(1.0 - 365 / (365 + 999 * inside), abs=0.01)
    assert (outcome.unserved < 1e-9) is (inside == 0)


@pytest.mark.parametrize(
    ("first", "last"), [("2027-01-01", "2028-01-01"), ("2027-01-17", "2028-01-01"), ("2026-12-10", "2027-10-11")]
)
def test_the_measured_time_is_weighed_by_days(first: str, last: str) -> None:
    """A month that lies partly in the measured time counts for its days in it."""
    more = f"window: {{reporting_from: {first}, reporting_until: {last}}}\ntraining: {{growth: 2x / year}}"
    future = small(more + "\ncapital: {cash: $0}").run()
    begins, ends = ((date.fromisoformat(day) - date(2026, 1, 1)).days for day in (first, last))
    wanted = want.work_between(future, float(begins), float(ends))
    assert future.outcome[0].train_short == pytest.approx(1.0 - 1000.0 * (ends - begins) / wanted, rel=5e-4)
