"""Happenings that can never come, and conditions that do not move: warnings of `validate`, each where it stands.

Dates are compared by the ends of the luck that draws them, so nothing is called impossible that is only unlikely; a
happening whose date or probability another one changes is left alone.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sim.errors import Problem
from sim.language.dates import date_text, days_since
from sim.language.declarations import Field
from sim.language.distributions import Fixed
from sim.language.luck import quantile_table
from sim.language.values import shown
from sim.language.yaml_nodes import Node
from sim.scenario.grammar.changes import Changes
from sim.scenario.grammar.conditions import Ties, Triggers
from sim.scenario.grammar.hits import OPERATORS, Hits, Threshold, tests_of
from sim.scenario.scenario import InRows, Scenario, Value


def never(scenario: Scenario) -> Iterator[Problem]:
    """What cannot happen, and what cannot make it happen."""
    happenings = Happenings(scenario)
    for name, (key, about, reason) in happenings.impossible.items():
        value = happenings.value(name, key)
        if reason and value and value.node:
            place = next((item.place for item in value.node.items if item.value == about), value.node.place)
            yield Problem(place, value.path, f"can never happen: {reason}")
    for value in scenario.values.values():
        if isinstance(value.spec, Triggers) and value.node:
            yield from _conditions(happenings, value, value.spec, value.node)


def _conditions(happenings: "Happenings", value: Value, triggers: Triggers, node: Node) -> Iterator[Problem]:
    scenario = happenings.scenario
    for target, test in triggers.tests:
        message = ""
        if target.field.given and not target.field.watched and target.path not in happenings.moved:
            message = (
                f"{target.field.meaning} does not move inside a future, so this holds from the first month or never; "
            )
            message += f"`when` may watch {', '.join(scenario.watched)}"
        elif (bound := _beyond(target.field, test)) is not None:
            side = "at least" if bound == target.field.low else "at most"
            message = f"can never hold: it is {side} {shown(bound, target.field, scenario.start)}"
        if message:
            yield Problem(node.mapping[target.path].key_place, f"{value.path}.{target.path}", message)


def _beyond(field: Field, test: Threshold) -> float | None:
    """The end of its range that a number would have to cross for a condition to hold, or None."""
    operator, low, high = OPERATORS[test.code], field.low, field.high
    if (test.value < low and operator in ("<", "<=", "==")) or (test.value == low and operator == "<"):
        return low
    if (test.value > high and operator in (">", ">=", "==")) or (test.value == high and operator == ">"):
        return high
    return None


@dataclass(frozen=True)
class Happenings:
    """The happenings of one scenario, and what they ask of each other."""

    scenario: Scenario

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Their ids."""
        return self.scenario.things.get("happenings", ())

    @cached_property
    def moved(self) -> frozenset[str]:
        """The parameters that some happening changes."""
        changes = (value.spec for value in self.scenario.values.values() if isinstance(value.spec, Changes))
        return frozenset(change.target.path for each in changes for change in each.changes)

    def changing(self, path: str) -> list[Value]:
        """The values of happenings that change a parameter."""
        changed = [value for value in self.scenario.values.values() if isinstance(value.spec, Changes)]
        return [
            value
            for value in changed
            if isinstance(value.spec, Changes) and any(change.target.path == path for change in value.spec.changes)
        ]

    @cached_property
    def impossible(self) -> dict[str, tuple[str, str, str]]:
        """The key that makes it so, what that names, and why; without a reason where another warning says it."""
        reasons: dict[str, tuple[str, str, str]] = {}
        for name in self.names:
            if why := self._by_itself(name):
                reasons[name] = why
        for _ in self.names:  # what requires what can never happen, and so on
            for name in self.names:
                lost = next((other for other in self.ties(name, "requires") if other in reasons), None)
                if name not in reasons and lost:
                    reasons[name] = "requires", lost, f"requires `{lost}`, which can never happen"
        return reasons

    def value(self, name: str, key: str) -> Value | None:
        """One parameter of a happening; None where it is left out."""
        return self.scenario.values.get(f"happenings.{name}.{key}")

    def ties(self, name: str, key: str) -> tuple[str, ...]:
        """The ids of what it requires, or excludes."""
        value = self.value(name, key)
        return value.spec.ids if value and isinstance(value.spec, Ties) else ()

    def _by_itself(self, name: str) -> tuple[str, str, str] | None:
        requires, excludes = self.ties(name, "requires"), self.ties(name, "excludes")
        first, last = self.days(name)
        horizon = days_since(self.scenario.start, self.scenario.end)
        if self.probability(name) == 0.0 or first >= horizon:
            return "at", "", ""
        if circle := self._circle(name):
            return "requires", circle[1], f"a circle of requires: {' -> '.join(circle)}"
        for other in requires:
            if other in excludes:
                return "requires", other, f"both requires and excludes `{other}`"
            if self.days(other)[0] > last:
                day = date_text(self.scenario.start, self.days(other)[0])
                return "requires", other, f"requires `{other}`, which comes later (not before {day})"
        for other in excludes:
            if self.sure(other) and self.days(other)[1] < first:
                return "excludes", other, f"excludes `{other}`, which always comes before it"
        return None

    def _circle(self, name: str) -> list[str]:
        """The shortest way from a happening through what it requires back to itself, or nothing."""
        ways, seen = [[name]], set[str]()
        while ways:
            way = ways.pop(0)
            for other in self.ties(way[-1], "requires"):
                if other == name:
                    return [*way, name]
                if other not in seen:
                    seen.add(other)
                    ways.append([*way, other])
        return []

    def days(self, name: str) -> tuple[float, float]:
        """The first and the last day on which it may come; with a condition there is no last."""
        at = self.value(name, "at")
        if at is None or at.distribution is None or at.path in self.moved:
            return -math.inf, math.inf
        table = quantile_table(at.distribution)
        return float(table[0]), math.inf if self.value(name, "when") else float(table[-1])

    def probability(self, name: str) -> float | None:
        """Its probability, if that is one number."""
        value = self.value(name, "probability")
        known = value is not None and value.path not in self.moved and isinstance(value.spec, Fixed)
        return value.spec.value if known else None  # type: ignore[union-attr]

    def sure(self, name: str) -> bool:
        """Whether it happens for certain, on whatever day."""
        return self.probability(name) == 1.0 and not any(
            self.value(name, key) for key in ("when", "requires", "excludes")
        )


def fallen(value: Value) -> Iterator[str]:
    """What an inherited list or mapping had, and the one that replaces it has not."""
    before = value.node.replaced if value.node else None
    if value.node is None or before is None or not isinstance(value.spec, InRows):
        return
    parts = tests_of if isinstance(value.spec, Hits) else _named
    had, kept = parts(before), parts(value.node)
    if lost := [text for about, text in had.items() if about not in kept]:
        place = f"{before.place.file}:{before.place.line}"
        yield f"replaces what stands in {place}, of which {', '.join(lost)} fall{'s' if len(lost) == 1 else ''} away"


def _named(node: Node) -> dict[str, str]:
    """The keys of a mapping, or the ids of a list."""
    names = [*node.mapping, *(str(item.value) for item in node.items)] or [str(node.value)]
    return {name: name for name in names}
