"""Dates as people write them, `2026-11-10` or `2026-12` (its first day); inside, days from the scenario's start."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_YEAR = re.compile(r"\d{4}", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


def parse_date(text: str) -> date:
    """The day. Raises ValueError with what to write instead."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{text[:40]}" is not a date; write it like 2026-11-10 or 2026-11')
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
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
    """The date that many days from the start."""
    return (start + timedelta(days=days)).isoformat()


def months(start: date, end: date) -> Iterator[tuple[date, date]]:
    """First day and first day after, of the months from start to end; the first and the last may be parts of one."""
    begins = start
    while begins < end:
        following = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
        yield begins, min(following, end)
        begins = following
