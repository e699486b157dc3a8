from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language import declarations as s
from sim.language.declarations import Quantity
from sim.language.units import UnitError, convert, written

QUANTITIES = [
    mark for value in vars(s).values() for mark in getattr(value, "__metadata__", ()) if isinstance(mark, Quantity)
]


def quantity(alias: Any) -> Quantity:
    quantity: Quantity = alias.__metadata__[0]
    return quantity


@pytest.mark.parametrize(
    ("text", "alias", "inside"),
    [
        ("12 weeks", s.Days, 84),
        ("1 month", s.Days, 365.25 / 12),
        ("2 years", s.Days, 730.5),
        ("$300M", s.USD, 3e8),
        ("-$1.5bn", s.USD, -1.5e9),
        ("300M USD", s.USD, 3e8),
        ("45 MW", s.MW, 45),
        ("45MW", s.MW, 45),
        ("1456 W", s.Kilowatts, 1.456),
        ("1.4 TB/s", s.Bandwidth, 1400),
        ("3x / year", s.Growth, 3),
        ("1.1x / month", s.Growth, 1.1**12),
        ("$2 / hour", s.USDPerHour, 2),
        ("25%", s.Share, 0.25),
        ("57%", s.Share, 0.57),
        ("10 points", s.Number, 0.1),
        ("1.5x", s.Ratio, 1.5),
        ("4.8e3 TPP", s.TPP, 4800),
        ("3.5T tokens / day", s.TokensPerDay, 3.5e12),
        ("4,000 chips", s.Units, 4000),
        ("1,234,567.5 USD", s.USD, 1_234_567.5),
        ("-$1,500", s.USD, -1500),
        ("5. MW", s.MW, 5),
        ("12k chips", s.Units, 12_000),
        ("0.12 / year", s.PerYear, 0.12),
        ("1% / month", s.PerYear, 0.12),
        ("$210M / year", s.USDPerYear, 2.1e8),
        ("12000 chips / year", s.UnitsPerMonth, 1000),
        ("989 TFLOP/s", s.TFLOPS, 989),
        ("2 PFLOP/s", s.TFLOPS, 2000),
        ("$0.05 / kWh", s.USDPerKWh, 0.05),
        ("80 GB", s.Gigabytes, 80),
        ("814 mm2", s.Area, 814),
        ("10,000 training units", s.TrainUnits, 10_000),
        ("10k serving units", s.ServeUnits, 10_000),
    ],
)
def test_what_people_write(text: str, alias: Any, inside: float) -> None:
    assert convert(text, quantity(alias)) == pytest.approx(inside, rel=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "$2790 / hour",
        "$2,790 / hour",
        "$2,790/hour",
        "2,790 $ / hour",
        "2790$/h",
        "2,790 USD / hour",
        "USD 2,790 / hour",
        "US$2,790 / hour",
        "$2.79k / hour",
        "$66,960 / day",
    ],
)
def test_a_rate_of_money_is_one_number_however_it_is_spelled(text: str) -> None:
    assert convert(text, quantity(s.USDPerHour)) == 2790


@pytest.mark.parametrize("text", ["$2,79 / hour", "2,79 $ / hour", "USD 0,790 / hour", "US$27,90/h", "0,790$/h"])
def test_an_unclear_comma_is_refused_wherever_the_currency_stands(text: str) -> None:
    with pytest.raises(UnitError, match="can be read in more than one way"):
        convert(text, quantity(s.USDPerHour))


@pytest.mark.parametrize(
    ("given", "alias", "proposed"),
    [
        ("12 hoar", s.Days, "hour"),
        ("12 MWs / hour", s.MW, None),
        ("12 MWW", s.Days, None),
        ("12 MWW", s.MW, "MW"),
        ("12 GFLO", s.Gigabytes, None),
        ("$3 / kWk", s.USDPerKWh, "kWh"),
        ("$3 / kWk", s.USDPerHour, None),
        ("3 wafer / moth", s.WafersPerMonth, "month"),
        ("3 wafe / month", s.WafersPerMonth, "wafers"),
        ("12 toke / day", s.TFLOPS, None),
    ],
)
def test_a_unit_that_is_proposed_measures_the_same(given: str, alias: Any, proposed: str | None) -> None:
    with pytest.raises(UnitError) as refused:
        convert(given, quantity(alias))
    result = str(refused.value)
    assert ("did you mean" in result, proposed is None or f"did you mean `{proposed}`" in result) == (
        bool(proposed),
        True,
    )


def test_spelling_does_not_change_the_number() -> None:
    for percent in range(101):
        assert convert(f"{percent}%", quantity(s.Share)) == percent / 100


@pytest.mark.parametrize(
    ("given", "alias", "message"),
    [
        (12.0, s.Days, "12 has no unit; write duration like `12 days`"),
        ("-2x / day", s.Growth, '"-2x / day" is no growth: a factor is not negative; write growth like `12 x / year`'),
        ("-2x / month", s.Growth, "a factor is not negative"),
        ("12", s.Days, "has no unit"),
        ("12 wekes", s.Days, "did you mean `week`?"),
        ("45 MW", s.Days, "is power, not time"),
        ("$300m", s.USD, "M million"),
        ("$300 / year", s.USD, "is money per time, not money"),
        ("300", s.USD, "`300 USD`"),
        ("0.3 / year", s.Share, "not a rate"),
        (2.8, s.Growth, "`2.8 x / year`"),
        ("2.8x", s.Growth, "is factor, not factor per time"),
        ("soon", s.Days, "not a number with a unit"),
        ("4,00 chips", s.Units, "write 4.00 or 400"),
        ("$0,050 / kWh", s.USDPerKWh, '"$0,050 / kWh" can be read in more than one way; write 0.050 or 50'),
        ("0,125 months", s.Days, "write 0.125 or 125"),
        ("-0,5", s.Number, "write 0.5 or 5"),
        ("1,5%", s.Share, "write 1.5 or 15"),
        ("12,3456k chips", s.Units, "write 12.3456 or 123456"),
        ("1234,567 chips", s.Units, "write 1234.567 or 1234567"),
        ("1.234,5 chips", s.Units, "write 1234.5 or 1.2345"),
        ("1,23.5 chips", s.Units, "write 123.5"),
        ("0,000", s.Share, "write 0.000 or 0"),
        ("1.000.000 chips", s.Units, "can be read in more than one way; write 1000000"),
        ("2,5e3 TPP", s.TPP, "write 2.5 or 25"),
        ("10 serving units", s.TrainUnits, "unknown unit"),
        ("1e9999999 days", s.Days, "unit"),
        ("1e400 days", s.Days, "too large"),
        ("9e300x / s", s.Growth, "too large"),
        ("9" * 1000 + " days", s.Days, "not a number"),
        ("", s.Days, "not a number"),
    ],
)
def test_mistakes_say_what_to_write(given: str | float, alias: Any, message: str) -> None:
    with pytest.raises(UnitError) as refused:
        convert(given, quantity(alias))
    assert message in str(refused.value)


@given(st.sampled_from(QUANTITIES), st.floats(-1e300, 1e300))
def test_written_numbers_are_read_back_equal(kind: Quantity, value: float) -> None:
    assert convert(written(value, kind), kind) == value


@pytest.mark.parametrize(
    ("value", "alias", "text"),
    [
        (1.0, s.Days, "1 day"),
        (12.0, s.Days, "12 days"),
        (1.0, s.Months, "1 month"),
        (1.0, s.UnitsPerYear, "1 chip / year"),
        (1.0, s.WafersPerMonth, "1 wafer / month"),
        (1.0, s.Stacks, "1 stack"),
        (1.0, s.TokensPerDay, "1 token / day"),
        (1.0, s.MW, "1 MW"),
    ],
)
def test_the_language_writes_singular_and_plural_and_reads_both(value: float, alias: Any, text: str) -> None:
    assert written(value, quantity(alias)) == text
    assert convert(text, quantity(alias)) == value


def test_what_a_gate_proposes_can_be_written() -> None:
    with pytest.raises(UnitError, match=r"write time like `12 months`"):
        convert("soon", Quantity("time", "month"))
    with pytest.raises(UnitError, match=r"write a share like `25%`"):
        convert("soon", Quantity("share", "share"))
