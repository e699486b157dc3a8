"""Dates as people write them: `YYYY-MM-DD`, `YYYY-MM` (its first day), or counted from the start of the scenario,
`start + 6 months`; inside, days from the start.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

_YEAR = re.compile(r"\d{4}", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


_COUNTED = re.compile(r"(.+?)\s*([+-])\s*(\d{1,6})\s*(day|week|month|year)s?", re.ASCII)
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
START = "start"


def anchor(text: str) -> str:
    """What a date is counted from, as `start` in `start + 6 months`; nothing for one that is not counted."""
    match = _COUNTED.fullmatch(text.strip())
    return match[1] if match else ""


def counted_on(text: str, day: date) -> date:
    """The date that such a text says, where its anchor is on a day. Raises ValueError beyond the calendar."""
    match = _COUNTED.fullmatch(text.strip())
    assert match is not None
    count = int(f"{match[2]}{match[3]}")
    try:
        if match[4] in _DAYS:
            return day + timedelta(days=count * _DAYS[match[4]])
        first = next_month(day, count * _MONTHS[match[4]])
        return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
    except (ValueError, OverflowError):
        raise ValueError(f'"{text}" is beyond the calendar') from None


def parse_date(text: str, start: date | None = None) -> date:
    """The day; counted from `start`, where one is given. Raises ValueError with what to write instead."""
    if start is not None and text.strip() == START:
        return start
    if start is not None and anchor(text) == START:
        return counted_on(text, start)
    match = _DATE.fullmatch(text.strip())
    if match is None and start is not None:
        raise ValueError(f'"{text[:40]}" is not a date; write it YYYY-MM-DD, YYYY-MM or start + 6 months')
    if match is None:
        raise ValueError(f'"{text[:40]}" is not a date; write it YYYY-MM-DD or YYYY-MM')
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f'"{text}" is not a day of the calendar') from None


def earliest_day(text: str) -> date:
    """The first day that a citation's date may mean: as `parse_date`, and a year alone is its first day."""
    return parse_date(f"{text}-01" if _YEAR.fullmatch(text) else text)


def days_since(start: date, day: date) -> float:
    """Days from the start; negative before it."""
    return float((day - start).days)


def date_text(start: date, days: float) -> str:
    """The date that many days from the start; the first or last of the calendar where it lies beyond."""
    try:
        return (start + timedelta(days=days)).isoformat()
    except OverflowError:
        return (date.max if days > 0.0 else date.min).isoformat()


def months(start: date, end: date) -> Iterator[tuple[date, date]]:
    """First day and first day after, of the months from start to end; the first and the last may be parts of one."""
    begins = start
    while begins < end:
        last = (begins.year, begins.month) == (end.year, end.month)
        following = end if last else next_month(begins, 1)
        yield begins, following
        begins = following


def next_month(day: date, after: int) -> date:
    """The first day of the month so many after that of a day. Raises ValueError beyond the calendar."""
    years, month = divmod(day.month - 1 + after, 12)
    return date(day.year + years, month + 1, 1)


def months_between(start: date, end: date) -> int:
    """How many months `months` gives."""
    return 12 * (end.year - start.year) + end.month - start.month + (end.day > 1)
