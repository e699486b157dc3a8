"""What is allowed but looks like a slip: warnings, each at its place. (Hindsight is an error, found in validation.)"""

import math
from collections.abc import Iterator, Mapping
from datetime import date

from sim.errors import Problem
from sim.language.counting import counted
from sim.language.declarations import Growth, Quantity
from sim.language.distributions import Fixed, median
from sim.language.values import After, ValueReader, shown
from sim.language.yaml_nodes import Node
from sim.scenario.checking.clearance import clearance
from sim.scenario.checking.dates import dates
from sim.scenario.checking.never import fallen, never
from sim.scenario.reading.facts import Fact, in_tree
from sim.scenario.scenario import Scenario, Value

GROWTH: Quantity = Growth.__metadata__[0]  # type: ignore[attr-defined]

_FAR = 8.0
"""A value this many times a cited fact, or less than its reciprocal, is taken for a slip by powers of ten."""

_EXACTLY = 0.001
"""How far the logarithm of a ratio may be from a whole number that is a power of ten."""

_VERY_FAR = 300.0
"""The same against the value that it replaces, from which a scenario may well differ: a slip by thousands."""

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
                *_review(value, today),
                *_slips(scenario, value, citable),
                *fallen(value),
            )
            problems += [Problem(value.node.place, value.path, message) for message in messages]
    problems += _without_partner(scenario)
    problems += clearance(scenario)
    problems += dates(scenario)
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


def _review(value: Value, today: date) -> Iterator[str]:
    if value.grounds.review_after is not None and value.grounds.review_after < today:
        yield f"due for review since {value.grounds.review_after}"


def _slips(scenario: Scenario, value: Value, citable: Mapping[str, Fact]) -> Iterator[str]:
    """A value far from the facts it cites; if it cites none, from the value that it replaces."""
    kind = value.field.kind
    if value.distribution is None or not isinstance(kind, Quantity):
        return
    middle = median(value.distribution)
    facts = {name: citable[name].inside(kind) for name in value.grounds.source if name in citable}
    cited = {name: known for name, known in facts.items() if known}
    for name, known in cited.items():
        if middle and not 1.0 / _FAR <= middle / known <= _FAR:
            written = shown(middle, value.field, scenario.start)
            yield f"{written} is {middle / known:.3g} times the fact `{name}`; a slip by powers of ten?"
    if not cited:
        yield from _far_from_before(scenario, value, middle)


def _far_from_before(scenario: Scenario, value: Value, middle: float) -> Iterator[str]:
    """A value that is a power of ten times the one it replaces, or very far from it; not where it says why."""
    before = value.node.replaced if value.node else None
    if value.node is None or before is None:
        return
    old = ValueReader(value.field, value.path, scenario.start, []).read(before)
    if old is None or isinstance(old, After) or {"why", "note"} & value.node.mapping.keys():
        return
    was = median(old)
    if not was or not middle or not math.isfinite(middle / was) or middle / was < 0.0:
        return
    power = math.log10(middle / was)
    share = value.field.most <= 1.0  # a tenth of it is as good a question
    exactly = abs(power - round(power)) < _EXACTLY and abs(round(power)) >= (2 if share else 1)
    if exactly or (not share and abs(power) > math.log10(_VERY_FAR)):
        written, former = (shown(each, value.field, scenario.start) for each in (middle, was))
        place = f"{before.place.file}:{before.place.line}"
        yield (
            f"{written} is {middle / was:.3g} times what it replaces ({former}, {place}); a slip by powers of ten? "
            f"If it is meant, say so beside it: {{value: ..., why: ...}}"
        )
