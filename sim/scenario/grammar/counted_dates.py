"""Dates that count from another: `at: happenings.talks.at + 6 months`. What they count from is one date, not a spread.

What is uncertain happens on a day that only a future knows; of that a rule's own dates count by `after`, and a
happening waits by `requires` and `when`.
"""

from dataclasses import dataclass, replace
from datetime import date

from sim.errors import Problem
from sim.language.dates import anchor, counted_on, parse_date
from sim.language.declarations import Moment
from sim.language.values import GROUNDS
from sim.language.yaml_nodes import Node, bare_text, flow
from sim.scenario.grammar.schema import Directory, Target


def counts(node: Node) -> bool:
    """Whether a date, or one of a spread, counts from another."""
    if isinstance(node.value, dict | list):
        return any(map(counts, [*node.mapping.values(), *node.items]))
    return isinstance(node.value, str) and "." in anchor(node.value)


@dataclass(frozen=True, slots=True)
class CountedDates:
    """Reads dates of a tree that count from others in it; what cannot be read is noted."""

    tree: Node
    directory: Directory
    start: date
    problems: list[Problem]

    def of(self, target: Target, node: Node) -> Node:
        """The value of a parameter with every date written out that counts from another; else as it stands."""
        return self._written_out(node, target.path, ()) if isinstance(target.field.kind, Moment) else node

    def _written_out(self, node: Node, path: str, above: tuple[str, ...]) -> Node:
        if isinstance(node.value, dict):
            parts = {
                key: child if key in GROUNDS else self._written_out(child, path, above)
                for key, child in node.value.items()
            }
            return replace(node, value=parts)
        if isinstance(node.value, list):
            return replace(node, value=[self._written_out(item, path, above) for item in node.value])
        counts_from = anchor(node.value) if isinstance(node.value, str) else ""
        if "." not in counts_from:
            return node
        day = self._day(node, counts_from, path, (*above, path))
        return replace(node, value=(day or self.start).isoformat())

    def _day(self, node: Node, counts_from: str, path: str, above: tuple[str, ...]) -> date | None:
        """The date that a text says; None with the problem noted."""
        if counts_from in above:
            self._wrong(node, path, f"counts from itself: {' -> '.join([*above, counts_from])}")
            return None
        dates = [name for name, other in self.directory.parameters.items() if isinstance(other.field.kind, Moment)]
        if counts_from not in dates:
            self._wrong(node, path, f"no date `{counts_from}` to count from{self.directory.hint(counts_from, dates)}")
            return None
        other = self._at(counts_from)
        if other is None or other.value is None:
            self._wrong(node, path, f"`{counts_from}` is left out, so nothing counts from it")
            return None
        if isinstance(other.value, dict):
            self._wrong(node, path, f"`{counts_from}` is {flow(other)[:60]}; only one date can be counted from{_WAIT}")
            return None
        try:
            text = bare_text(self._written_out(other, counts_from, above))
            return counted_on(str(node.value), parse_date(text, self.start))
        except ValueError as error:
            self._wrong(node, path, str(error))
            return None

    def _at(self, path: str) -> Node | None:
        """What stands at a path; of a value with grounds, the value."""
        node: Node | None = self.tree
        for step in path.split("."):
            if node is None:
                return None
            things = {bare_text(item.mapping["id"]): item for item in node.items if "id" in item.mapping}
            node = things.get(step) if node.items else node.mapping.get(step)
        parts = {key for key in node.mapping if key not in GROUNDS} if node else set()
        return node.mapping["value"] if node and parts == {"value"} else node

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))


_WAIT = "; a happening waits for what is uncertain by `requires`, or `when`"
