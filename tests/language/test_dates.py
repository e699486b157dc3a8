from datetime import date

import pytest

from sim.language.dates import date_text, days_since, months, months_between, parse_date


def test_a_month_is_its_first_day() -> None:
    assert parse_date("2026-12") == date(2026, 12, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "26-01-01", "10/11/2026", "soon", "2026"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar"):
        parse_date(text)


def test_days_count_from_the_start_and_back() -> None:
    start = date(2026, 4, 23)
    assert days_since(start, date(2026, 4, 22)) == -1.0
    assert date_text(start, days_since(start, date(2028, 2, 29))) == "2028-02-29"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 4, 23), date(2026, 5, 1), 1),
        (date(2026, 4, 23), date(2026, 5, 2), 2),
        (date(2026, 1, 1), date(2027, 1, 1), 12),
        (date(9999, 11, 30), date(9999, 12, 31), 2),
        (date(9999, 12, 1), date(9999, 12, 31), 1),
    ],
)
def test_months_are_counted_up_to_the_end_of_the_calendar(start: date, end: date, expected: int) -> None:
    result = list(months(start, end))
    assert len(result) == months_between(start, end) == expected
    assert (result[0][0], result[-1][1]) == (start, end)


@pytest.mark.parametrize(("days", "text"), [(1e9, "9999-12-31"), (-1e9, "0001-01-01"), (1e300, "9999-12-31")])
def test_a_day_beyond_the_calendar_is_its_end(days: float, text: str) -> None:
    assert date_text(date(2026, 1, 1), days) == text
