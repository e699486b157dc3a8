"""Dates that do nothing: beyond the end, before the start, and changes that come too late."""

import math
from collections.abc import Iterator
from fnmatch import fnmatchcase

from sim.errors import Problem
from sim.language.dates import date_text, days_since
from sim.language.declarations import Growth, Moment, Quantity
from sim.language.distributions import Fixed, Quantiles, median, written_ends
from sim.language.luck import quantile_table
from sim.scenario.checking.never import Happenings
from sim.scenario.grammar.changes import Change, Changes
from sim.scenario.scenario import Scenario, Value
from sim.world.course.happenings import FIRST_DAY, STEP_BY_STEP

GROWTH: Quantity = Growth.__metadata__[0]  # type: ignore[attr-defined]


def dates(scenario: Scenario) -> Iterator[Problem]:
    """Every warning about dates."""
    happenings = Happenings(scenario)
    for value in scenario.values.values():
        if value.node is not None:
            for message in (*_horizon(scenario, value), *_before_start(scenario, value), *_over(happenings, value)):
                yield Problem(value.node.place, value.path, message)
            yield from _too_late(happenings, value)


def _horizon(scenario: Scenario, value: Value) -> Iterator[str]:
    """Dates that no future reaches."""
    day = value.distribution
    if day is None or not isinstance(value.field.kind, Moment):
        return
    first = day.low if isinstance(day, Quantiles) else median(day)
    if first >= days_since(scenario.start, scenario.end):
        when = date_text(scenario.start, first)
        yield f"{when} is beyond the end ({scenario.end}); no future reaches it"


def _before_start(scenario: Scenario, value: Value) -> Iterator[str]:
    """Happenings of the past. One with a condition has its date as the day from which it waits."""
    path, _, key = value.path.rpartition(".")
    dated = value.target.table == "happenings" and key == "at" and f"{path}.when" not in scenario.values
    if dated and value.distribution is not None and median(value.distribution) < 0.0:
        yield f"before the start ({scenario.start}); it takes effect on the first day"


def _over(happenings: Happenings, value: Value) -> Iterator[str]:
    """Rules that end before they begin, or before the start, and cannot come back."""
    rule, _, key = value.path.rpartition(".")
    scenario, values = happenings.scenario, happenings.scenario.values
    if value.target.table != "rules" or key != "lifted" or value.distribution is None or value.path in happenings.moved:
        return
    begins = values[f"{rule}.effective"]
    first = 0.0 if begins.distribution is None else written_ends(begins.distribution)[0]
    comes = [values[f"{rule}.comes_{state}"].spec for state in ("truce", "tension", "rupture")]
    last = written_ends(value.distribution)[1]
    if (
        last <= max(first, 0.0) < math.inf
        and begins.path not in happenings.moved
        and all(rate == Fixed(0.0) for rate in comes)
    ):
        ends = date_text(scenario.start, last)
        before = date_text(scenario.start, first) if first > 0.0 else f"the start, {scenario.start}"
        yield f"ends on {ends}, before it can be in force ({before}); it stops nothing"


def _too_late(happenings: Happenings, value: Value) -> Iterator[Problem]:
    """Changes after the first day of what counts from it, and changes of dates that have passed."""
    scenario = happenings.scenario
    if not isinstance(value.spec, Changes) or value.node is None:
        return
    happening = value.path.removesuffix("changes")
    day = scenario.values[f"{happening}at"].distribution
    later = f"{happening}when" in scenario.values or day is None or median(day) > 0.0
    for change in value.spec.changes:
        path, unit = change.target.path, change.target.field.unit
        grows = unit == GROWTH.unit and path not in STEP_BY_STEP
        where = value.node.mapping[path].place, f"{value.path}.{path}"
        if grows and (later or not math.isinf(change.lasting)):
            yield Problem(*where, "growth is compounded from the first day: a change on a later day moves those before")
        elif later and any(fnmatchcase(path, pattern) for pattern in FIRST_DAY):
            yield Problem(*where, "this is read on the first day alone: a change on a later day is none")
        elif passed := _passed(happenings, str(value.target.row), change):
            yield Problem(*where, passed)


def _passed(happenings: Happenings, name: str, change: Change) -> str:
    """That a date has passed before a happening moves it, and has passed as well once it is moved; or nothing."""
    scenario = happenings.scenario
    value = scenario.values.get(change.target.path)
    if value is None or value.distribution is None or not isinstance(value.field.kind, Moment):
        return ""
    first, (low, high) = happenings.days(name)[0], written_ends(change.spec)
    last = float(quantile_table(value.distribution)[-1])
    to = high if change.verb == "set" else last + max(low, high, 0.0)
    if not math.isfinite(last + first) or max(last, to) >= first or len(happenings.changing(value.path)) > 1:
        return ""
    day = date_text(scenario.start, last)
    return (
        f"that date has passed by then ({day}, and this comes on {date_text(scenario.start, first)}): it comes too late"
    )
