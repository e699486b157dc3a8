from datetime import date

import pytest

from sim.language.dates import date_text, days_since, parse_date


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
