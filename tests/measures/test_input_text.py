"""Inputs in words."""

import pytest

from sim.measures.input_text import meaning, named, written
from tests.report.studies import scenario


@pytest.mark.parametrize(
    ("path", "number", "text"),
    [
        ("capital.cash", 123_456_789.0, "$123M"),
        ("capital.facility", 123_456_789.0, "$123M / year"),
        ("capital.financing.dilution_limit", 0.15349, "15.3%"),
        ("market.offers.b200_grey.seizure", 0.00512, "0.512%"),
        ("training.growth", 2.4449, "2.44 x / year"),
        ("market.offers.h800_home.depth", 10_104.2, "10,100 chips"),
        ("window.reporting_until", 3.7, "26 April 2026"),
        ("nobody.knows", 1234.5, "1,230"),
    ],
)
def test_a_number_has_three_digits_and_its_unit(path: str, number: float, text: str) -> None:
    assert written(scenario(), path, number) == text


def test_an_input_is_named_with_its_meaning() -> None:
    assert named(scenario(), "capital.cash") == "cash on the first day (Capital)"
    assert named(None, "Burn") == "Burn"
    assert meaning(scenario(), "nobody.knows") == ""
