"""National output: a ramp whose integral is known, an end, and a share in whole chips."""

import math

import pytest

from sim.world import domestic
from tests.world.a_future import Told, small

BEGINS, RAMP, PLATEAU, MONTH = 181.0, 365.25, 10_000.0, 365.25 / 12


def made_by(day: float, growth: float = 1.0) -> float:
    """The integral of the ramp, and of what follows it."""
    age = day - BEGINS
    if age <= 0.0:
        return 0.0
    if age <= RAMP:
        return PLATEAU / MONTH * age * age / (2.0 * RAMP)
    after = age - RAMP
    rate = math.log(growth) / 365.25
    grown = after if growth == 1.0 else (math.exp(rate * after) - 1.0) / rate
    return PLATEAU / MONTH * (RAMP / 2.0 + grown)


@pytest.mark.parametrize("growth", [1.0, 2.0])
def test_output_is_the_integral_of_the_ramp(growth: float) -> None:
    """Month by month at the middle of each: exact on a straight line, within a chip a month for rounding."""
    future = small(f"domestic: {{supplies: [{{id: ascend, growth: {growth}x / year}}]}}").begin()
    for m, month in enumerate(future.months[:-1]):
        made = future.until(month.ends + 0.5).the("supplies", "ascend").made
        assert made == pytest.approx(made_by(month.ends, growth), abs=m + 20.0, rel=2e-3)
    assert made > 60_000.0


@pytest.mark.parametrize(
    ("day", "rate"),
    [(180.0, 0.0), (181.0, 0.0), (181.0 + RAMP / 4, 2500.0), (181.0 + RAMP, 10_000.0), (900.0, 10_000.0)],
)
def test_the_rate_on_a_day(day: float, rate: float) -> None:
    future = small().begin()
    assert domestic.rate(future, 0, day) == pytest.approx(rate)


def test_without_a_ramp_output_is_full_on_the_first_day() -> None:
    future = small("domestic: {supplies: [{id: ascend, ramp: 0 days, begins: 2025-01-01, growth: 3x / year}]}").begin()
    assert domestic.rate(future, 0, 0.0) == pytest.approx(PLATEAU * 3.0 ** (365 / 365.25))


def test_what_it_is_made_from_is_used_up() -> None:
    future = small("domestic: {supplies: [{id: ascend, most: 12345 chips, ramp: 0 days}]}").begin()
    supply = future.until(700.0).the("supplies", "ascend")
    assert supply.made == 12_345.0
    assert supply.allotted == 1234.0


def test_the_share_comes_in_whole_chips_and_no_part_is_lost() -> None:
    future = small("domestic: {supplies: [{id: ascend, share: 0.037}]}").begin()
    supply = future.the("supplies", "ascend")
    for month in future.months[:-1]:
        future.until(month.ends + 0.5)
        assert supply.allotted == supply.stock == math.floor(supply.allotted)
        assert supply.allotted + supply.owed == pytest.approx(0.037 * supply.made)
        assert 0.0 <= supply.owed < 1.0


def at_end(change: str) -> Told:
    return (
        small(f"happenings: [{{id: slip, source: test, at: 2026-02-01, changes: {{{change}}}}}]").begin().until(700.0)
    )


@pytest.mark.parametrize(
    ("change", "made"),
    [
        ("domestic.supplies.ascend.begins: {later: 100 days}", made_by(599.0)),
        ("domestic.supplies.ascend.plateau: {scale: 0.5}", made_by(699.0) / 2.0),
    ],
)
def test_a_slip_moves_the_whole_ramp(change: str, made: float) -> None:
    assert at_end(change).the("supplies", "ascend").made == pytest.approx(made, rel=1e-3)
