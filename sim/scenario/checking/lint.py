"""What is allowed but looks like a slip: warnings, each at its place. (Hindsight is an error, found in validation.)"""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase

from sim.errors import Problem
from sim.language.counting import counted
from sim.language.dates import date_text, days_since
from sim.language.declarations import Growth, Moment, Quantity
from sim.language.distributions import Fixed, Quantiles, median
from sim.language.values import shown
from sim.language.yaml_nodes import Node
from sim.scenario.checking.clearance import clearance
from sim.scenario.checking.never import fallen, never
from sim.scenario.grammar.changes import Changes
from sim.scenario.reading.facts import Fact, in_tree
from sim.scenario.scenario import Scenario, Value
from sim.world.course.happenings import FIRST_DAY, STEP_BY_STEP

GROWTH: Quantity = Growth.__metadata__[0]  # type: ignore[attr-defined]

_FAR = 8.0
"""A value this many times a cited fact, or less than its reciprocal, is taken for a slip by powers of ten."""

_UNKNOWN = 31
"""Days after the last news on which a future may begin without a warning."""


def lint(scenario: Scenario, facts: Mapping[str, Fact], today: date) -> list[Problem]:
    """Warnings in order of their places. `today` is what `review_after` is compared with."""
    citable = {**facts, **in_tree(scenario.tree)}
    problems: list[Problem] = []
    for value in scenario.values.values():
        if value.node is not None:
            messages = (
                *_odds(value),
                *_width(value.node),
                *_horizon(scenario, value),
                *_before_start(scenario, value),
                *_review(value, today),
                *_powers_of_ten(scenario, value, citable),
                *fallen(value),
            )
            problems += [Problem(value.node.place, value.path, message) for message in messages]
            problems += _too_late(scenario, value)
    problems += _without_partner(scenario)
    problems += clearance(scenario)
    problems += _start(scenario)
    problems += _talks(scenario)
    problems += never(scenario)
    return sorted(problems, key=lambda problem: (problem.place, problem.path))


def _without_partner(scenario: Scenario) -> Iterator[Problem]:
    """Correlations that hold nothing, because this scenario pins one of their ends."""
    held = {(pair.first, pair.second) for pair in scenario.correlations}
    node = scenario.tree.mapping.get("correlations")
    for position, item in enumerate(node.items if node else ()):
        first, second = sorted(str(end.value) for end in item.mapping["between"].items)
        if (first, second) not in held:
            message = f"{first} or {second} is not uncertain here, so the correlation holds nothing"
            yield Problem(item.place, f"correlations[{position}]", message)


def _odds(value: Value) -> Iterator[str]:
    """An event that cannot or must happen. A scenario that forces one which was uncertain before means it."""
    forced = value.node is not None and value.node.replaced is not None
    if value.field.name == "probability" and isinstance(value.spec, Fixed) and not forced:
        if value.spec.value == 0.0:
            yield "can never happen (probability 0)"
        elif value.spec.value == 1.0 and value.target.row is not None:
            yield "will always happen (probability 1); leave the probability out"


def _width(node: Node) -> Iterator[str]:
    """A spread whose ends are equal."""
    for low, high in (("p5", "p95"), ("p10", "p90"), ("low", "high")):
        if low in node.mapping and high in node.mapping and node.mapping[low].value == node.mapping[high].value:
            yield f"{low} = {high}: a spread without width"


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


def _start(scenario: Scenario) -> Iterator[Problem]:
    """A first day that is not the day of the last news, or soon after it."""
    gap = (scenario.start - scenario.as_of).days
    node = scenario.tree.mapping["start"]
    if gap < 0:
        yield Problem(
            node.place, "start", f"before as_of ({scenario.as_of}): what has happened since is drawn all the same"
        )
    elif gap > _UNKNOWN:
        yield Problem(
            node.place, "start", f"{counted(gap, 'days')} after as_of ({scenario.as_of}), of which nothing is known"
        )


def _talks(scenario: Scenario) -> Iterator[Problem]:
    """A round that raises more than the lab is worth afterwards."""
    size, worth = (scenario.values.get(f"capital.financing.{key}") for key in ("size", "valuation"))
    if size and worth and size.node and size.distribution and worth.distribution:
        most = median(worth.distribution)
        if median(size.distribution) > most:
            text = shown(most, worth.field, scenario.start)
            yield Problem(size.node.place, size.path, f"more than the valuation, which includes it ({text})")


def _too_late(scenario: Scenario, value: Value) -> Iterator[Problem]:
    """Changes after the first day of what counts from it."""
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


def _review(value: Value, today: date) -> Iterator[str]:
    if value.grounds.review_after is not None and value.grounds.review_after < today:
        yield f"due for review since {value.grounds.review_after}"


def _powers_of_ten(scenario: Scenario, value: Value, citable: Mapping[str, Fact]) -> Iterator[str]:
    """A value far from the fact it cites."""
    if value.distribution is None or not isinstance(value.field.kind, Quantity):
        return
    middle = median(value.distribution)
    for name in value.grounds.source:
        fact = citable.get(name)
        known = fact.inside(value.field.kind) if fact else None
        if known and middle and not 1.0 / _FAR <= middle / known <= _FAR:
            written = shown(middle, value.field, scenario.start)
            yield f"{written} is {middle / known:.3g} times the fact `{name}`; a slip by powers of ten?"
