"""Dates that do nothing, and values that are far from what they replace: each warning, and where there is none."""

from datetime import date

import pytest

from sim.scenario.checking.lint import lint
from tests.world.a_future import small_template

RULE = "government: us, item: accelerator, regime: case_by_case"
HAPPENING = "happenings: [{id: one, source: test, at: %s, changes: {%s: {%s: %s}}}]"
PASSED = "it comes too late"


def told(text: str, path: str) -> list[str]:
    """What is said of a path."""
    problems = lint(small_template(text).scenario, {}, date(2026, 1, 1))
    assert all(problem.place.line and problem.place.column for problem in problems)
    return [problem.message for problem in problems if problem.path == path]


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ("effective: 2026-09-01, lifted: 2026-06-01", "ends on 2026-06-01, before it can be in force (2026-09-01)"),
        ("effective: 2025-01-01, lifted: 2025-06-01", "before it can be in force (the start, 2026-01-01)"),
        ("effective: 2026-09-01, lifted: {between: [2026-05-01, 2026-09-01]}", "ends on 2026-09-01, before"),
        ("effective: {between: [2026-05-01, 2026-09-01]}, lifted: 2026-06-01", ""),
        ("effective: 2025-01-01, lifted: 2026-06-01", ""),
        ("effective: 2025-01-01, lifted: 2025-06-01, comes_truce: 0.2 / year", ""),
        ("lifted: 2025-06-01", ""),  # it never comes, whenever it ends
        ("announced: 2026-03-01, effective: {after: 90 days}, lifted: 2025-06-01", "the start"),
    ],
)
def test_a_rule_that_ends_before_it_begins(dates: str, message: str) -> None:
    said = told(f"controls: {{rules: [{{id: r, source: test, {RULE}, {dates}}}]}}", "controls.rules.r.lifted")
    assert len(said) == bool(message)
    assert all(message in each and each.endswith("it stops nothing") for each in said)


@pytest.mark.parametrize(
    ("at", "verb", "amount", "late"),
    [
        ("2027-03-01", "later", "30 days", True),
        ("2027-03-01", "earlier", "30 days", True),
        ("2027-03-01", "set", "2026-05-01", True),
        ("2027-03-01", "later", "90 days", False),  # from January to April: it is put off again
        ("2027-03-01", "later", "{p5: 10 days, p50: 20 days, p95: 90 days}", False),
        ("2027-03-01", "set", "2027-05-01", False),
        ("2026-03-01", "later", "30 days", False),
        ("{between: [2026-03-01, 2027-06-01]}", "later", "30 days", False),
    ],
)
def test_a_change_of_a_date_that_has_passed(at: str, verb: str, amount: str, late: bool) -> None:
    path = "fleet.sites.new_site.energised"  # on 2027-01-01
    said = told(HAPPENING % (at, path, verb, amount), f"happenings.one.changes.{path}")
    assert said == ["that date has passed by then (2027-01-01, and this comes on 2027-03-01): it comes too late"] * late


def test_a_date_that_another_happening_moves_too_is_left_alone() -> None:
    path = "fleet.sites.new_site.energised"
    one = HAPPENING % ("2027-03-01", path, "later", "30 days")
    two = f"{{id: two, source: test, at: 2026-03-01, changes: {{{path}: {{later: 300 days}}}}}}"
    assert told(one.removesuffix("]") + f", {two}]", f"happenings.one.changes.{path}") == []


@pytest.mark.parametrize(
    ("cash", "times"),
    [
        ("$10bn", "10"),
        ("$1M", "0.001"),
        ("$500", "5e-07"),
        ("{p5: $5bn, p50: $10bn, p95: $20bn}", "10"),
        ("{p5: $5bn, p50: $10bn, p95: $20bn, why: ten times as much}", ""),
        ("{value: $10bn, note: meant}", ""),
        ("$9bn", ""),
        ("$200bn", ""),
        ("$0", ""),
    ],
)
def test_a_value_a_power_of_ten_from_the_one_that_it_replaces(cash: str, times: str) -> None:
    said = told(f"capital: {{cash: {cash}}}", "capital.cash")  # $1bn
    assert len(said) == bool(times)
    assert all(f"is {times} times what it replaces (1000000000 USD, " in each for each in said)
    assert all(each.endswith("If it is meant, say so beside it: {value: ..., why: ...}") for each in said)


@pytest.mark.parametrize(("share", "warned"), [("3%", False), ("0.3%", True), ("0.1%", False), ("30%", False)])
def test_a_share_may_be_a_tenth_but_hardly_a_hundredth(share: str, warned: bool) -> None:
    said = told(f"market: {{offers: [{{id: h200, deposit: {share}}}]}}", "market.offers.h200.deposit")  # 30%
    assert len(said) == warned


def test_what_replaces_nothing_is_not_compared() -> None:
    assert told("capital: {financing: {least_size: $1}}", "capital.financing.least_size") == []
