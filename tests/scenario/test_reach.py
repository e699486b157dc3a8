"""A happening that takes its parameter out of range is refused where its ends tell."""

import pytest

from sim.errors import InputError
from tests.world.a_future import small_template

PRICE = "market.offers.h200.price"


def happening(*items: str, also: str = "") -> str:
    return also + "\nhappenings:\n" + "\n".join(f"  - {{source: test, {item}}}" for item in items)


def one(path: str, change: str, name: str = "one", more: str = "at: 2026-06-01") -> str:
    return f"id: {name}, {more}, changes: {{{path}: {change}}}"


def refused(text: str) -> str:
    with pytest.raises(InputError) as advance:
        small_template(text)
    return " ".join(str(advance.value).split())


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("yardstick.tpp", "{scale: 0}", "got 0: 15832, then scale 0 (`one`)"),
        ("yardstick.prefill", "{shift: -9212}", "got 0: 9212, then shift -9212 (`one`)"),
        ("fleet.sites.hall.pue", "{scale: 0.2}", "got 0.25: 1.25, then scale 0.2 (`one`)"),
        (PRICE, "{shift: -$40001}", "got -1 USD: 40000 USD, then shift -40001 USD (`one`)"),
        (PRICE, "{scale: 1e9}", "got 40000000000000 USD"),
        ("market.offers.h200.deposit", "{scale: 4}", "expected 0 to 1, got 1.2"),
        ("market.offers.h200.deposit", "{shift: {between: [0.5, 0.8]}}", "0.3, then shift 0.5 to 0.8 (`one`)"),
        ("market.offers.h200.build", "{shift: -100 days}", "got -40 days: 60 days, then shift -100 days (`one`)"),
        ("market.offers.h200.transit", "{shift: {p10: -90 days, p90: -1 day}}", "-90 days to -1 day (`one`)"),
        ("controls.governments.cn.decision", "{shift: -1000000 days}", "got -999940 days"),
    ],
)
def test_a_change_that_leaves_the_range_of_its_parameter_is_refused(path: str, change: str, message: str) -> None:
    said = refused(happening(one(path, change)))
    assert f"happenings.one.changes.{path}" in said
    assert message in said


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ("{between: [10%, 60%]}", "{scale: 2}"),
        ("{p10: 10%, p50: 20%, p90: 60%}", "{scale: 2}"),
        ("{low: 10%, mode: 20%, high: 60%}", "{scale: 2}"),
        ("{choice: {10%: 0.5, 60%: 0.5}}", "{scale: 2}"),
        ("{mixture: [{weight: 0.5, value: 10%}, {weight: 0.5, value: 60%}]}", "{scale: 2}"),
        ("{between: [10%, 60%]}", "{shift: -11%}"),
    ],
)
def test_the_ends_of_a_distribution_are_those_that_are_written(value: str, change: str) -> None:
    also = f"market: {{offers: [{{id: h200, deposit: {value}}}]}}"
    assert "expected 0 to 1" in refused(happening(one("market.offers.h200.deposit", change), also=also))
    mild = "{scale: 1.5}" if "scale" in change else "{shift: -10%}"
    assert small_template(happening(one("market.offers.h200.deposit", mild), also=also))


DEPOSIT = "market.offers.h200.deposit"  # 30%


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (one(DEPOSIT, "{scale: 2}", "a"), one(DEPOSIT, "{scale: 2}", "b"), False),
        (one(DEPOSIT, "{scale: 2}", "a"), one(DEPOSIT, "{scale: 1.5}", "b"), True),
        (one(DEPOSIT, "{shift: 50%}", "z"), one(DEPOSIT, "{scale: 2}", "a", "at: 2026-07-01"), False),
        (one(DEPOSIT, "{scale: 2}", "a", "at: 2026-07-01"), one(DEPOSIT, "10%", "z"), True),
        (one(DEPOSIT, "90%", "a"), one(DEPOSIT, "{scale: 2}", "b", "at: 2026-07-01"), False),
        (one(DEPOSIT, "{set: 90%, for: 30 days}", "a"), one(DEPOSIT, "{scale: 2}", "b", "at: 2026-07-01"), True),
        (one(DEPOSIT, "{set: 90%, for: 31 days}", "a"), one(DEPOSIT, "{scale: 2}", "b", "at: 2026-07-01"), False),
        (one(DEPOSIT, "90%", "a"), one(DEPOSIT, "{scale: 2}", "b", "at: 2026-07-01, excludes: [a]"), True),
        (one(DEPOSIT, "90%", "a", "at: 2026-06-01, excludes: [b]"), one(DEPOSIT, "{scale: 2}", "b"), True),
        (one(DEPOSIT, "{scale: 0.5}", "a", "at: 2020-01-01"), one(DEPOSIT, "{scale: 6}", "b"), True),
        (
            one(DEPOSIT, "{scale: 0.5}", "a", "at: 2020-01-01, probability: 0.5"),
            one(DEPOSIT, "{scale: 6}", "b"),
            False,
        ),
        (
            one(DEPOSIT, "{scale: 0.5}", "a", "at: 2026-01-01"),
            one(DEPOSIT, "{scale: 6}", "b", "when: {lab.rent: '> $1M'}"),
            True,
        ),
        (one(DEPOSIT, "{scale: 3}", "a"), one(DEPOSIT, "{scale: 4}", "b", "when: {lab.rent: '> $1M'}"), False),
    ],
)
def test_changes_that_may_be_in_force_together_are_refused_together(first: str, second: str, fits: bool) -> None:
    """In the order in which they come, whatever their ids and their order in the file."""
    for items in ((first, second), (second, first)):
        if fits:
            assert small_template(happening(*items))
        else:
            assert "expected 0 to 1" in refused(happening(*items))


def test_no_limit_may_be_changed_to_one_but_not_scaled_to_nothing() -> None:
    assert small_template(happening(one("market.offers.h200.yearly", "100 chips / year")))
    assert "got no number" in refused(happening(one("market.offers.h200.yearly", "{scale: 0}")))


@pytest.mark.parametrize("path", ["window.reporting_until", "window.reporting_from", "window.later"])
@pytest.mark.parametrize("change", ["2027-06-01", "{later: 30 days}", "{earlier: 400 days}"])
def test_the_window_does_not_change_while_a_future_runs(path: str, change: str) -> None:
    assert "the findings of all futures are about one window" in refused(happening(one(path, change)))


@pytest.mark.parametrize(
    ("change", "fits"),
    [("{shift: 5%}", False), ("{scale: 1.2}", False), ("0.9", False), ("{scale: 1}", True), ("0.1", True)],
)
def test_parts_of_one_whole_stay_so(change: str, fits: bool) -> None:
    text = happening(one("capital.investors.fund.weight", change))
    if fits:
        assert small_template(text)
    else:
        assert "expected capital.investors.*.weight to stay parts of one whole" in refused(text)


def test_uncertain_parts_that_are_too_much_at_their_least_are_refused() -> None:
    text = "capital: {investors: [{id: fund, weight: {between: [0.8, 0.9]}}]}"
    assert "expected parts of one whole, got 1.05 in all" in refused(text)
