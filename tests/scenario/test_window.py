"""A window that measures nothing is refused: it would pass every gate on what is short."""

import pytest

from sim.errors import InputError
from tests.world.a_future import small_template

WRONG = [
    ("end: 2026-12-01", "window.later 2028-01-01 is after end (2026-12-01)"),
    ("window: {reporting_until: 2027-01-31}", "no month lies between window.reporting_from (2027-01-01) and this date"),
    ("window: {reporting_from: 2028-01-01}", "no month lies between window.reporting_from (2028-01-01) and this date"),
    ("window: {reporting_from: 2025-12-01}", "window.reporting_from 2025-12-01 is before start (2026-01-01)"),
    ("window: {later: 2027-06-01}", "window.later 2027-06-01 is before window.reporting_until (2028-01-01)"),
    ("window: {later: {between: [2028-01-01, 2028-02-01]}}", "window.later expected one date"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_a_window_outside_of_the_futures_or_without_a_month_is_refused(changes: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        small_template(changes)
    assert message in " ".join(str(refused.value).split())


def test_a_window_of_one_month_is_enough() -> None:
    assert small_template("window: {reporting_from: 2027-12-01}")
    assert small_template(
        "end: 2026-02-01\nwindow: {reporting_from: 2026-01-01, reporting_until: 2026-02-01, later: 2026-02-01}"
    )
