"""A scenario's own changes on another root, which begins on a later day (`--base`).

A day is a day of the calendar. A change whose day has passed is in force from the first day on. An uncertain day that
may have passed is cut at the new start: it had not come by then, so it comes later, with the distribution of what was
left. A change for a time keeps its last day. What is over by then, or forces what the root says is `settled`, is
refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.errors import InputError, Problem
from sim.language.dates import date_text, parse_date
from sim.language.declarations import Field, Moment
from sim.language.distributions import Fixed, Truncated, Uniform, written_ends
from sim.language.forms import FormReader, due
from sim.language.values import DURATION, GROUNDS, After, ValueReader
from sim.language.yaml_nodes import Node, bare_text, number_text
from sim.scenario.grammar.counted_dates import counts
from sim.scenario.grammar.schema import Branch, Group, Things
from sim.scenario.reading.merging import leaves
from sim.scenario.reading.things import ONLY, REMOVE, item_id, kept

HAPPENINGS = "happenings"
_DATES = ("as_of", "start")
_LASTING = Field("for", "how long", DURATION, True, False, None, DURATION.low, DURATION.high)


@dataclass(frozen=True, slots=True)
class Settled:
    """What has been decided by the day of a root: paths that no scenario of an earlier day may force, and why."""

    paths: tuple[str, ...] = due("the `paths` that are settled")
    why: str = due("`why` nothing of an earlier day may force them, and what to write instead")


def settled_of(tree: Node, problems: list[Problem]) -> list[Settled]:
    """What a root says is settled; mistakes are noted."""
    node, reader = tree.mapping.get("settled"), FormReader(problems)
    forms = [reader.form(Settled, item, "settled") for item in (node.items if node else ())]
    return [form for form in forms if form is not None]


def rebased(layer: Node, root: Group, base: Node, base_file: str) -> Node:
    """What a file says, as it holds on the root `base`. Raises InputError with all that cannot be put on it."""
    problems: list[Problem] = []
    try:
        start = parse_date(bare_text(base.mapping["start"]))
    except (KeyError, ValueError):
        return layer  # the base itself is refused for it
    name = layer.mapping.get("name")
    who = f"“{bare_text(name)}”" if name else "this scenario"
    for key in _DATES:
        if key in layer.mapping:
            message = f"{base_file} says which day it is; leave it out"
            problems.append(Problem(layer.mapping[key].key_place, key, message))
    problems += _settled(layer, root, settled_of(base, []), f"{who} cannot be put on {base_file}")
    cut = _Cut(start, f"{base_file} begins on {start}", problems)
    tree = cut.of(layer, root)
    if problems:
        raise InputError(problems)
    return tree


def _settled(layer: Node, root: Group, settled: list[Settled], refused: str) -> Iterator[Problem]:
    """What a file forces of the settled: of each reason the first place."""
    forced = list(_forced(layer, root))
    for each in settled:
        places = ((path, node) for path, node in forced for one in each.paths if _forces(path, node, one))
        path, node = next(places, ("", None))
        if node is not None:
            yield Problem(node.key_place, path, f"{refused}: {each.why}")


def _forces(path: str, node: Node, settled: str) -> bool:
    """Whether what stands at a path of a file gives what is settled, or takes its thing out."""
    above, _, key = path.rpartition(".")
    if key == ONLY and settled.startswith(f"{above}."):
        return settled.removeprefix(f"{above}.").partition(".")[0] not in kept(node)
    return f"{path}.".startswith(f"{settled}.") or (key == REMOVE and settled.startswith(f"{above}."))


def _forced(layer: Node, root: Group) -> Iterator[tuple[str, Node]]:
    """Every parameter that a file gives, or lets a happening change."""
    for path, node in leaves(layer, root):
        if path.startswith(f"{HAPPENINGS}.") and path.endswith(".changes"):
            yield from node.mapping.items()
        elif path == "overrides":
            for block in node.mapping.values():
                yield from _forced(block, root)
        else:
            yield path, node


@dataclass(frozen=True, slots=True)
class _Cut:
    """A walk over a tree that cuts its dates at a day."""

    start: date
    begins: str
    problems: list[Problem]

    def of(self, node: Node, within: Branch, path: str = "") -> Node:
        """What stands at a path, of which nothing lies before the day that had not happened on it."""
        if isinstance(within, Group) and isinstance(node.value, dict):
            return replace(
                node, value={key: self._child(key, child, within, path) for key, child in node.value.items()}
            )
        if isinstance(within, Things) and isinstance(node.value, list):
            return replace(node, value=[self._thing(item, within, f"{path}.{item_id(item)}") for item in node.value])
        return node

    def _child(self, key: str, child: Node, within: Group, path: str) -> Node:
        here = f"{path}.{key}".lstrip(".")
        if not path and key == "overrides":
            blocks = {name: self.of(block, within) for name, block in child.mapping.items()}
            return replace(child, value=blocks) if blocks else child
        if key in within.fields:
            return self._value(child, within.fields[key], here)
        return self.of(child, within.below.get(key), here)

    def _thing(self, item: Node, within: Things, path: str) -> Node:
        if not isinstance(item.value, dict):
            return item
        parts = {
            key: self._value(child, within.fields[key], f"{path}.{key}") if key in within.fields else child
            for key, child in item.value.items()
        }
        if within.path == HAPPENINGS and {"at", "changes"} <= parts.keys():
            parts["changes"] = self._lasting(parts["changes"], parts["at"], within.fields["at"], path)
        return replace(item, value=parts)

    def _value(self, node: Node, field: Field, path: str) -> Node:
        """A date as it stands, unless it is uncertain and may have passed."""
        if isinstance(field.kind, Moment) and isinstance(node.value, dict) and counts(node):
            message = f"counts from another date, and {self.begins}: what of it has passed is not known; write days"
            self.problems.append(Problem(node.place, path, message))
            return node
        spec = ValueReader(field, path, self.start, []).read(node) if isinstance(field.kind, Moment) else None
        if spec is None or isinstance(spec, After | Fixed):
            return node
        last = written_ends(spec)[1]
        if last < 0.0:
            message = f"the last day written is {date_text(self.start, last)}, and {self.begins}"
            self.problems.append(Problem(node.place, path, f"{message}; write days after that, or leave it out"))
        if last < 0.0 or Truncated(spec, 0.0).below == 0.0:
            return node
        if isinstance(spec, Uniform) and "between" in node.mapping:
            ends = node.mapping["between"]
            first = replace(ends.items[0], value=self.start.isoformat())
            return replace(node, value=node.mapping | {"between": replace(ends, value=[first, ends.items[1]])})
        grounds = {key: child for key, child in node.mapping.items() if key in GROUNDS}
        written = {key: child for key, child in node.mapping.items() if key not in GROUNDS}
        whole = {"from": Node(self.start.isoformat(), node.place, node.key_place), **written}
        return replace(node, value={"truncated": Node(whole, node.place, node.key_place), **grounds})

    def _lasting(self, changes: Node, at: Node, field: Field, path: str) -> Node:
        """Changes for a time, of a happening whose day has passed: they end on the day on which they would have."""
        when = ValueReader(field, path, self.start, []).read(at)
        if not isinstance(when, Fixed) or when.value >= 0.0:
            return changes
        kept: Mapping[str, Node] = {
            name: self._left(change, when.value, f"{path}.changes.{name}") for name, change in changes.mapping.items()
        }
        return replace(changes, value=dict(kept)) if kept else changes

    def _left(self, change: Node, happened: float, path: str) -> Node:
        lasting = change.mapping.get("for")
        days = ValueReader(_LASTING, path, self.start, []).number(lasting) if lasting else None
        if lasting is None or days is None:
            return change
        left = days + happened
        if left <= 0.0:
            over = self.start + timedelta(days=left)
            message = f"over on {over}, and {self.begins}; give it a later day, or leave it out"
            self.problems.append(Problem(change.key_place, path, message))
            return change
        return replace(change, value=change.mapping | {"for": replace(lasting, value=f"{number_text(left)} days")})
