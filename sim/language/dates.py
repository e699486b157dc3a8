"""Dates as people write them, `2026-11-10` or `2026-12` (its first day); inside, days from the scenario's start."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_YEAR = re.compile(r"\d{4}", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


def parse_date(text: str) -> date:
    """The day. Raises ValueError with what to write instead."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text[:40]}" is not a date; write it like 2026-11-10 or 2026-11')
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
