"""The window that findings are about lies inside the futures, and a month lies inside the window.

A window that no month falls into would measure nothing: no shortfall, so every gate on one would pass.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from sim.errors import Problem
from sim.language.dates import date_text, days_since, months
from sim.language.distributions import Fixed
from sim.scenario.scenario import Value

WINDOW = ("window.measured_from", "window.leads_until", "window.later")
"""Its dates, in the order in which they must come."""


def window_problems(values: Mapping[str, Value], start: date, end: date) -> Iterator[Problem]:
    """What is wrong with the window; nothing for a world that has none."""
    found = [values[path] for path in WINDOW if path in values]
    uncertain = [value for value in found if not isinstance(value.spec, Fixed)]
    for value in uncertain:
        yield _problem(value, "one date is due; the findings of all futures are about one window")
    if uncertain or len(found) < len(WINDOW):
        return
    first, last, later = (value.spec.value for value in found if isinstance(value.spec, Fixed))
    if first < 0.0:
        yield _problem(found[0], f"{date_text(start, first)} is before start ({start})")
    if later < last:
        yield _problem(found[2], f"{date_text(start, later)} is before {WINDOW[1]} ({date_text(start, last)})")
    if later > days_since(start, end):
        yield _problem(found[2], f"{date_text(start, later)} is after end ({end})")
    days = ((days_since(start, begins), days_since(start, ends)) for begins, ends in months(start, end))
    if not any(first <= begins and ends <= last for begins, ends in days):
        yield _problem(found[1], f"no month lies between {WINDOW[0]} ({date_text(start, first)}) and this date")


def _problem(value: Value, message: str) -> Problem:
    assert value.node is not None  # all three must be given
    return Problem(value.node.place, value.path, message)
