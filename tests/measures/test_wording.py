import math
from datetime import date

import pytest

from sim.language.counting import counted
from sim.measures.levels import Level
from sim.measures.wording import amount, clipped, day_text, difference, likelihood, margin, percent_text


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (0.9, "remote"),
        (1, "almost no chance"),
        (4, "almost no chance"),
        (5, "very unlikely"),
        (19, "very unlikely"),
        (20, "unlikely"),
        (44, "unlikely"),
        (45, "roughly even chance"),
        (55, "roughly even chance"),
        (56, "likely"),
        (80, "likely"),
        (81, "very likely"),
        (95, "very likely"),
        (96, "almost certain"),
        (99, "almost certain"),
        (99.1, "all but certain"),
    ],
)
def test_the_borders_of_likelihood(percent: float, word: str) -> None:
    assert likelihood(percent / 100.0) == word


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (0.9, "exceptionally unlikely"),
        (1, "very unlikely"),
        (9, "very unlikely"),
        (10, "unlikely"),
        (32, "unlikely"),
        (33, "about as likely as not"),
        (66, "about as likely as not"),
        (67, "likely"),
        (90, "likely"),
        (91, "very likely"),
        (99.1, "virtually certain"),
    ],
)
def test_the_borders_of_the_other_scale(percent: float, word: str) -> None:
    assert likelihood(percent / 100.0, "ipcc") == word


@pytest.mark.parametrize(
    ("p", "word", "number"),
    [
        (0.62, "likely", "62%"),
        (0.0496, "very unlikely", "5%"),
        (0.0, "in no future", "0%"),
        (1.0, "in every future", "100%"),
        (0.0003, "remote", "<0.1%"),
        (0.9999, "all but certain", ">99.9%"),
        (0.007, "remote", "0.7%"),
    ],
)
def test_the_word_belongs_to_the_number_beside_it(p: float, word: str, number: str) -> None:
    assert (likelihood(p), percent_text(p)) == (word, number)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (4.23, "months", "4.2 months"),
        (-0.56, "months", "-0.6 months"),
        (0.0, "months", "0 months"),
        (-0.001, "months", "0 months"),
        (31.0, "months", "31 months"),
        (3.8e8, "USD", "$380M"),
        (9.996e8, "USD", "$1B"),
        (-1.2e9, "USD", "-$1.2B"),
        (12_345.0, "H100e", "12,300 H100e"),
        (97.4, "H100e", "97 H100e"),
        (0.21, "share", "21%"),
        (-0.004, "share", "-0.4%"),
        (2.011e27, "FLOP", "2.0e27 FLOP"),
        (1.41e13, "tokens / day", "14.1 trillion tokens / day"),
    ],
)
def test_numbers_for_people(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_days_in_a_sentence() -> None:
    assert day_text(date(2027, 12, 31)) == "the end of 2027"
    assert day_text(date(2027, 6, 30)) == "30 June 2027"


@pytest.mark.parametrize(
    ("value", "unit", "text", "error"),
    [
        (0.1234, "share", "+12.3 points", "± 12.3"),
        (0.0004, "ratio", "+0.04 points", "± 0.04"),
        (0.44, "months", "+0.4 months", "± 0.4"),
        (8.0e6, "USD", "+$8M", "± $8M"),
        (3.0, "number", "+3", "± 3"),
    ],
)
def test_differences_have_a_sign_and_errors_none(value: float, unit: str, text: str, error: str) -> None:
    assert difference(value, unit) == text
    assert difference(-value, unit) == f"-{text[1:]}"
    assert margin(value, unit) == error


def test_an_error_of_too_few_futures_is_open() -> None:
    assert margin(math.inf, "share") == margin(math.inf, "months") == "± open"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.0, "months", "1 month"),
        (1.04, "months", "1 month"),
        (-1.0, "months", "-1 month"),
        (1.1, "months", "1.1 months"),
        (0.0, "months", "0 months"),
        (1.0, "day", "1 day"),
        (2.0, "day", "2 days"),
        (1.0, "chips", "1 chip"),
        (1.0, "people", "1 person"),
        (1.0, "H100e", "1 H100e"),
        (1.0, "training units", "1 training unit"),
        (1.0, "tokens / day", "1 token / day"),
        (1.0, "share", "100%"),
    ],
)
def test_a_unit_agrees_with_its_number_as_printed(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1.0, "months", "+1 month"), (-1.0, "day", "-1 day"), (0.01, "share", "+1 point"), (0.02, "share", "+2 points")],
)
def test_a_difference_agrees_with_its_number(value: float, unit: str, text: str) -> None:
    assert difference(value, unit) == text


@pytest.mark.parametrize(
    ("number", "things", "text"),
    [(1, "futures", "1 future"), (0, "futures", "0 futures"), (1200, "futures", "1,200 futures"), (1, "dies", "1 die")],
)
def test_what_is_counted_agrees(number: int, things: str, text: str) -> None:
    assert counted(number, things) == text


def test_a_level_beyond_the_horizon_agrees() -> None:
    assert Level(1.0, beyond=True).text("months") == "> 1 month"


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("chips, memory and network layout", 32, "chips, memory and network layout"),
        ("chips, memory and network layout", 31, "chips, memory and network…"),
        ("chips, memory and network layout", 20, "chips, memory and…"),
        ("chips, memory and network layout", 8, "chips…"),
        ("a_name_without_any_blank", 10, "a_name_wi…"),
    ],
)
def test_a_long_name_ends_after_a_whole_word(text: str, most: int, shown: str) -> None:
    assert clipped(text, most) == shown
    assert len(shown) <= most
