"""The finished scenario: every value read, checked and traced to the place it came from. Nothing changes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import yaml

from sim.errors import InputError, Place, Problem, visible
from sim.language.declarations import Field, Moment
from sim.language.distributions import Distribution, Fixed
from sim.language.forms import ReadBy, due
from sim.language.values import GROUNDS, After, Spec, spelled_spec
from sim.language.yaml_nodes import Node, bare_text, flow, plain
from sim.scenario.grammar.cells import Input, is_whole
from sim.scenario.grammar.changes import Changes
from sim.scenario.grammar.conditions import Ties, Triggers
from sim.scenario.grammar.correlations import Correlation
from sim.scenario.grammar.counted_dates import counts
from sim.scenario.grammar.hits import Hits
from sim.scenario.grammar.in_order import InOrder
from sim.scenario.grammar.schema import Group, Target
from sim.scenario.reading.extends import Root
from sim.scenario.reading.facts import text_at
from sim.scenario.reading.merging import leaves
from sim.scenario.reading.provenance import Grounds
from sim.scenario.reading.things import removals


@dataclass(frozen=True, slots=True)
class Link:
    """The row another row refers to; None for none."""

    id: str | None


InRows = Hits | Changes | Ties | Triggers | InOrder
"""The small languages: what is read into rows of another table."""

Meaning = Spec | Link | InRows


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter of one scenario. `node` is None where the scenario leaves it out and its default holds."""

    target: Target
    spec: Meaning
    node: Node | None
    grounds: Grounds

    @property
    def path(self) -> str:
        """Where it stands in the scenario."""
        return self.target.path

    @property
    def field(self) -> Field:
        """Its declaration."""
        return self.target.field

    @property
    def distribution(self) -> Distribution | None:
        """The number, date or word it is, certain or not; None for what counts from another date, an id, or rows."""
        return None if isinstance(self.spec, After | Link | InRows) else self.spec

    @property
    def certain(self) -> bool:
        """Whether nothing about it is drawn."""
        spread = self.spec.delay if isinstance(self.spec, After) else self.distribution
        return not isinstance(self.spec, Changes) and (spread is None or isinstance(spread, Fixed))

    def inputs(self) -> Iterator[Input]:
        """What is drawn for it before a future begins."""
        if isinstance(self.spec, Fixed):  # as nearly all are
            return
        if isinstance(self.spec, Changes):
            yield from (drawn for change in self.spec.changes if (drawn := change.input(self.target)))
        elif self.distribution is not None and not self.certain and not self.field.luck:
            yield Input(self.path, self.distribution, is_whole(self.field))


@dataclass(frozen=True, slots=True)
class Text:
    """A line of a language that is read elsewhere (a measure, a gate), and its place."""

    text: str
    place: Place


def _text(node: Node, path: str, problems: list[Problem]) -> Text | None:
    if isinstance(node.value, str | float):
        return Text(bare_text(node), node.place)
    problems.append(Problem(node.place, path, f"expected text, got {flow(node)}"))
    return None


TextForm = Annotated[Text, ReadBy(_text)]
"""A text in a form, with its place."""


@dataclass(frozen=True, slots=True)
class Fork:
    """What may come about or not: the measure that counts it, and what it is called in a sentence."""

    measure: TextForm = due("the `measure` that counts it, a flag such as `closed`")
    says: str = due("what a report `says` of it, like `a round closes`")


@dataclass(frozen=True)
class Scenario:
    """What is simulated, complete."""

    name: str
    why: str
    as_of: date
    start: date
    end: date
    values: dict[str, Value]
    """Every parameter, by path, in order of the paths."""
    things: dict[str, tuple[str, ...]]
    """The ids of each table that lists things, in order."""
    titles: dict[str, str]
    """What things and sections are called, by path; a thing without a `name` is called by its id."""
    at: dict[str, str]
    """The path of each table."""
    correlations: tuple[Correlation, ...]
    levers: tuple[str, ...]
    measures: tuple[Text, ...]
    forks: tuple[Fork, ...]
    limits: tuple[Text, ...]
    gates: tuple[Text, ...]
    processes: tuple[str, ...]
    files: tuple[str, ...]
    """The files it was read from, in the order applied."""
    tree: Node
    base: Node | None
    """What it was before its own changes; None for a root."""
    schema: Group
    rests_on: Root
    root: "Scenario | None" = None
    """What it changes in the end, as the root's own file has it, if openings are matched; None for a root itself."""
    overrides: tuple[str, ...] = ()
    """The names of the blocks of changes that may be chosen."""
    watched: tuple[str, ...] = ()
    """The numbers that a condition of a happening may wait for."""

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """All that is drawn before a future begins, in order of the paths."""
        inputs = [drawn for value in self.values.values() for drawn in value.inputs()]
        return tuple(sorted(inputs, key=lambda drawn: drawn.path))

    @cached_property
    def sections(self) -> dict[str, dict[str, Value]]:
        """The parameters under each key at the top of a file."""
        groups = groupby(
            self.values, key=lambda path: path.partition(".")[0]
        )  # in order of the paths: none comes twice
        return {section: {path: self.values[path] for path in paths} for section, paths in groups}

    @cached_property
    def counting(self) -> frozenset[str]:
        """The sections in which a date counts from another."""
        dates = (value for value in self.values.values() if value.node and isinstance(value.field.kind, Moment))
        return frozenset(value.path.partition(".")[0] for value in dates if value.node and counts(value.node))

    @cached_property
    def changing(self) -> frozenset[str]:
        """The parameters that a happening changes."""
        blocks = (value.spec for value in self.values.values() if isinstance(value.spec, Changes))
        return frozenset(change.target.path for block in blocks for change in block.changes)

    def canonical(self) -> dict[str, Any]:
        """The scenario in one spelling: equal for equal meaning, whatever the files, comments, units and order."""
        return self._head() | self._tree(lambda value: self.spelled(value)) | self._matched()

    def _matched(self) -> dict[str, Any]:
        """Where the root differs: it decides which openings agree with history."""
        if self.root is None:
            return {}
        root, own = self.root, self.values
        kept = {value.path: root.spelled(value) for value in root.values.values() if value.node is not None}
        texts = {path: text for path, text in kept.items() if path not in own or self.spelled(own[path]) != text}
        return {"root": texts} if texts else {}

    def spelled(self, value: Value) -> Any:
        """One value as the language writes it, in the inside unit; None for an infinite default."""
        match value.spec:
            case Link(name):
                return name
            case Hits() | Changes() | Triggers():
                return value.spec.spelled(self.start)
            case Ties() | InOrder():
                return value.spec.spelled()
            case Fixed(number) if number in (float("inf"), float("-inf")):
                return None
            case spec:
                return spelled_spec(spec, value.field, self.start)

    def _head(self) -> dict[str, Any]:
        head: dict[str, Any] = {"name": self.name}
        head |= {key: getattr(self, key).isoformat() for key in ("as_of", "start", "end")}
        if self.correlations:
            head["correlations"] = [{"between": [c.first, c.second], "rank": c.rank} for c in self.correlations]
        lists: dict[str, list[Any]] = {"levers": sorted(self.levers), "processes": list(self.processes)}
        lists |= {key: [text.text for text in getattr(self, key)] for key in ("measures", "limits", "gates")}
        lists |= {"forks": [{"measure": fork.measure.text, "says": fork.says} for fork in self.forks]}
        return head | {key: lines for key, lines in lists.items() if lines}

    def _tree(self, leaf: Callable[[Value], Any]) -> dict[str, Any]:
        """The values in the shape of a scenario file; what `leaf` gives None for is left out."""
        root: dict[str, Any] = {}
        for table, ids in self.things.items():
            if ids:
                group, _, key = self.at[table].rpartition(".")
                _down(root, group)[key] = [{"id": name} for name in ids]
        for value in self.values.values():
            written = leaf(value)
            if written is not None:
                self._holder(root, value.target)[value.field.name] = written
        return root

    def _holder(self, root: dict[str, Any], target: Target) -> dict[str, Any]:
        if target.row is None:
            return _down(root, self.at[target.table])
        group, _, key = self.at[target.table].rpartition(".")
        rows: list[dict[str, Any]] = _down(root, group)[key]
        return rows[self.things[target.table].index(target.row)]


def _down(root: dict[str, Any], path: str) -> dict[str, Any]:
    for part in path.split(".") if path else []:
        root = root.setdefault(part, {})
    return root


def refuse_processes(scenario: Scenario) -> None:
    """Raise InputError for a scenario that names processes: their code runs in `run --allow-processes` alone."""
    if scenario.processes:
        place = scenario.tree.mapping["processes"].place
        message = "this scenario runs code of its own; only `run --allow-processes` may run it"
        raise InputError([Problem(place, "processes", message)])


def other_days(first: Scenario, other: Scenario) -> str:
    """Why two scenarios have no future in common, or nothing: luck is drawn, and measures are taken, by day."""
    days = zip(_days(first), _days(other), strict=True)
    return next((f"its {key} is {theirs}, not {ours}" for (key, ours), (_, theirs) in days if ours != theirs), "")


def other_root(first: Scenario, other: Scenario) -> str:
    """That two scenarios rest on different roots, or nothing: a difference would be that of the roots as well."""
    ours, theirs = first.rests_on, other.rests_on
    if ours.mark == theirs.mark or ours.file == theirs.file:
        return ""
    return (
        f"it rests on {theirs.file}, and {first.files[-1]} on {ours.file}; what is compared rests on one root (--base)"
    )


def _days(scenario: Scenario) -> list[tuple[str, Any]]:
    window = [(path, value) for path, value in scenario.values.items() if value.target.table == "window"]
    dates = [(path, scenario.spelled(value)) for path, value in window]
    return [("start", scenario.start), ("end", scenario.end), *dates]


def resolved_yaml(scenario: Scenario) -> str:
    """A scenario file without `extends` that means the same, with every value's grounds and the place it came from."""

    def leaf(value: Value) -> Any:
        written = None if value.node is None else scenario.spelled(value)
        if written is None or (value.distribution is None and not isinstance(value.spec, After)):
            return written
        return (written if isinstance(written, dict) else {"value": written}) | _grounds(value)

    tree = scenario._head() | {"why": scenario.why} | scenario._tree(leaf)
    for key in ("sources", "facts", "settled"):
        if key in scenario.tree.mapping:
            tree[key] = plain(scenario.tree.mapping[key])
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the C emitter is not in every build of PyYAML
    text: str = yaml.dump(tree, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _grounds(value: Value) -> dict[str, Any]:
    assert value.node is not None
    grounds = value.grounds
    entries: dict[str, Any] = {"source": list(grounds.source)} if grounds.source else {}
    place = value.node.place
    note = grounds.note if grounds.given else f"from {visible(Path(place.file).name)}, line {place.line}"
    texts = {"note": note, "confidence": grounds.confidence}
    days = {"public_since": grounds.known_since, "review_after": grounds.review_after}
    entries |= {key: text for key, text in texts.items() if text}
    return entries | {key: day.isoformat() for key, day in days.items() if day}


@dataclass(frozen=True, slots=True)
class ScenarioDifference:
    """One value that a scenario changes: as written before and after. `old` is empty where nothing stood before."""

    path: str
    old: str
    new: str
    why: str
    place: Place


def is_matched(scenario: Scenario) -> bool:
    """Whether the scenario has a section `matching`."""
    return any(value.node is not None for value in matching_bounds(scenario))


def matching_bounds(scenario: Scenario) -> list[Any]:
    """The values of the section `matching`, given or not."""
    return [value for value in scenario.values.values() if value.target.table == "matching"]


def difference(scenario: Scenario) -> list[ScenarioDifference]:
    """What a scenario changes against the one it extends, in order of the paths; nothing for a root."""
    if scenario.base is None:
        return []
    before = dict(leaves(scenario.base, scenario.schema))
    rows = []
    for path, node in leaves(scenario.tree, scenario.schema):
        old = before.get(path)
        if old is not node and (old is None or flow(old) != flow(node)) and path not in ("name", "why"):
            why = scenario.values[path].grounds.why if path in scenario.values else ""
            rows.append(
                ScenarioDifference(path, short(old) if old else "", short(node), why or scenario.why, node.place)
            )
    things = {path.rpartition(".")[0] for path in before}
    for path, node in removals(scenario.tree, scenario.schema):
        if path in things:
            assert node.replaced is not None
            name = text_at(node.replaced, "name") or path.rpartition(".")[2]
            rows.append(ScenarioDifference(path, name, "removed", text_at(node, "why") or scenario.why, node.place))
    return sorted(rows, key=lambda row: row.path)


def deviations(scenario: Scenario, other: Scenario) -> dict[str, str]:
    """The values in which a scenario differs from another, by path, as written; empty for what only the other has."""
    own, others = (
        {path: flow(node) for path, node in leaves(each.tree, each.schema) if path not in ("name", "why")}
        for each in (scenario, other)
    )
    return {path: own.get(path, "") for path in own | others if own.get(path) != others.get(path)}


def short(node: Node) -> str:
    """A value on one line, its grounds left out."""
    if not isinstance(node.value, dict):
        return flow(node)
    kept = {key: child for key, child in node.mapping.items() if key not in GROUNDS}
    if set(kept) == {"value"}:
        return short(kept["value"])
    return flow(Node(dict(kept), node.place, node.key_place))
