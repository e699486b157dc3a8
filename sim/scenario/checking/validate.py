"""From a tree of nodes to a scenario, guided by the declarations of the world: every problem is found."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sim.errors import InputError, Place, Problem
from sim.language.counting import counted
from sim.language.dates import months_between, next_month, parse_date
from sim.language.declarations import Moment, Quantity, Reference, Rows
from sim.language.distributions import Fixed
from sim.language.forms import FormReader
from sim.language.record import Table
from sim.language.values import GROUNDS, ValueReader
from sim.language.yaml_nodes import Node, bare_text, flow, parse, suggestion
from sim.scenario.checking.across import problems_across, rate_problems
from sim.scenario.grammar.changes import ChangeReader
from sim.scenario.grammar.conditions import Ties, read_ties, read_triggers, required_first, watched
from sim.scenario.grammar.correlations import Correlation, read_correlations
from sim.scenario.grammar.counted_dates import CountedDates
from sim.scenario.grammar.hits import ClauseReader
from sim.scenario.grammar.in_order import BY_ROWS, read_in_order
from sim.scenario.grammar.schema import GROUP_NOTES, HEAD, THING_NOTES, Directory, Group, Target, Things, schema
from sim.scenario.reading.extends import Reading
from sim.scenario.reading.facts import Fact, in_tree
from sim.scenario.reading.provenance import Grounds, GroundsReader
from sim.scenario.reading.rebased import settled_of
from sim.scenario.reading.things import REMOVE, item_id, removals
from sim.scenario.scenario import Fork, Link, Meaning, Scenario, Text, Value

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)


def validate(
    reading: Reading, tables: Mapping[str, Table], facts: Mapping[str, Fact], like: Scenario | None = None
) -> Scenario:
    """The scenario. Raises InputError with every problem found.

    `like` is a scenario of the same files: sections that stand unchanged in both are not read again.
    """
    root = schema(tables)
    problems: list[Problem] = []
    head = _Head(reading.tree, problems)
    as_of, start, end = head.dates(tables["months"].capacity if "months" in tables else sys.maxsize)
    removed = {path: node.place for path, node in removals(reading.tree, root)}
    directory = Directory(tables, _ids(reading.tree, root), removed)
    levers = head.levers(directory)
    head.read_forks()
    settled_of(reading.tree, problems)
    walk = _Walk(
        directory,
        GroundsReader({**facts, **in_tree(reading.tree)}, as_of, problems),
        start,
        reading.roots,
        set(directory.below(*levers)),
        problems,
        CountedDates(reading.tree, directory, start, problems),
        like if like is not None and _same_frame(like, reading, directory) else None,
        reading.root.file,
    )
    walk.group(reading.tree, root, Grounds())
    rows = {name: walk.rows(name, table.at) for name, table in tables.items() if table.at and not table.single}
    if not problems:  # what could not be read fits nothing
        problems += problems_across(walk.values, rows, start, end)
        problems += rate_problems(walk.values)
    uncertain = {drawn.path for value in walk.values.values() for drawn in value.inputs()}
    correlations = read_correlations(reading.tree.mapping.get("correlations"), uncertain, directory, problems)
    if problems:
        raise InputError(problems)
    return _finished(reading, root, head, (as_of, start, end), walk, rows, correlations, levers)


def with_thing(scenario: Scenario, tables: Mapping[str, Table], table: str, text: str) -> Scenario:
    """The scenario with one thing more in a list, written as in a file; nothing else is read or checked again.

    Raises InputError with every problem found.
    """
    node = parse(text, f"{scenario.at[table]} added")
    within: Group | Things = scenario.schema
    for key in scenario.at[table].split("."):
        assert isinstance(within, Group)
        within = within.below[key]
    assert isinstance(within, Things)
    new = _ids(Node([node], node.place, node.place), within)[table]
    ids = scenario.things | {table: (*scenario.things[table], *new)}
    problems: list[Problem] = []
    grounds = GroundsReader({}, scenario.as_of, problems)
    directory = Directory(tables, ids)
    counted = CountedDates(scenario.tree, directory, scenario.start, problems)
    walk = _Walk(directory, grounds, scenario.start, frozenset(), set(), problems, counted)
    walk.values |= scenario.values
    walk.titles |= scenario.titles
    walk.thing(node, 0, within, Grounds())
    things = ids | {table: walk.rows(table, scenario.at[table])}
    if not problems:
        problems += problems_across(walk.values, things, scenario.start, scenario.end)
    if problems:
        raise InputError(problems)
    return replace(
        scenario,
        values={path: walk.values[path] for path in sorted(walk.values)},
        things=things,
        titles=walk.titles,
    )


_FRAME = ("as_of", "start", "levers", "sources", "facts")
"""Keys at the top of a file that decide how every value is read."""


def _same_frame(like: Scenario, reading: Reading, directory: Directory) -> bool:
    """Whether a value that stands in both is the same value in both."""
    keys = all(like.tree.mapping.get(key) is reading.tree.mapping.get(key) for key in _FRAME)
    things = all(directory.ids.get(table, ()) == ids for table, ids in like.things.items())
    return keys and things and like.files == reading.files


def _finished(
    reading: Reading,
    root: Group,
    head: "_Head",
    dates: tuple[date, date, date],
    walk: "_Walk",
    rows: dict[str, tuple[str, ...]],
    correlations: tuple[Correlation, ...],
    levers: tuple[str, ...],
) -> Scenario:
    return Scenario(
        head.text("name"),
        head.text("why"),
        *dates,
        {path: walk.values[path] for path in sorted(walk.values)},
        rows,
        walk.titles,
        {name: table.at for name, table in walk.directory.tables.items() if table.at is not None},
        correlations,
        levers,
        head.texts("measures"),
        head.forks,
        head.texts("limits"),
        head.texts("gates"),
        tuple(text.text for text in head.texts("processes")),
        reading.files,
        reading.tree,
        reading.base,
        root,
        reading.root,
        overrides=reading.overrides,
        watched=tuple(watched(walk.directory)),
    )


def _ids(node: Node, within: Group | Things) -> dict[str, tuple[str, ...]]:
    """The ids that each table lists, in order."""
    if isinstance(within, Things):
        names = [name.value for item in node.items if (name := item.mapping.get("id"))]
        return {within.table: tuple(sorted(name for name in names if isinstance(name, str)))}
    ids: dict[str, tuple[str, ...]] = {}
    for key, below in within.below.items():
        if key in node.mapping:
            ids |= _ids(node.mapping[key], below)
    return ids


@dataclass
class _Head:
    """The keys at the top of a file."""

    tree: Node
    problems: list[Problem]
    forks: tuple[Fork, ...] = ()

    def dates(self, room: int) -> tuple[date, date, date]:
        """`as_of`, `start` and `end`, in order; between the last two there is room for so many months."""
        as_of, start = self._date("as_of"), self._date("start")
        end = self._date("end", start)
        if start is not None and end is not None and start >= end:
            self._wrong("end", f"{end} is not after start ({start})")
        elif start is not None and end is not None and (far := months_between(start, end)) > room:
            latest = next_month(start, room)
            self._wrong("end", f"{end} is {far:,} months on; the latest there is room for is {latest}")
        if as_of is not None and end is not None and as_of >= end:
            self._wrong("as_of", f"{as_of} is not before end ({end})")
        for key in ("name", "why"):
            node = self.tree.mapping.get(key)
            if node is not None and not isinstance(node.value, str | None):
                self._wrong(key, f"expected text, got {flow(node)}: put it in quotes")
            elif key == "name" and not self.text(key):
                self._wrong(key, f"missing: {HEAD[key]}")
        # a date that could not be read is already a problem; any day lets the walk find the others
        day = start or as_of or date(2000, 1, 1)
        return as_of or date.max, day, end or date.max

    def text(self, key: str) -> str:
        """A text, or nothing."""
        node = self.tree.mapping.get(key)
        return node.value if node and isinstance(node.value, str) else ""

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts."""
        node = self.tree.mapping.get(key)
        if node is None or node.value is None:
            return ()
        if not node.items or not all(isinstance(item.value, str) for item in node.items):
            self._wrong(key, f"expected a list of strings, got {flow(node)}")
        return tuple(Text(str(item.value), item.place) for item in node.items)

    def read_forks(self) -> None:
        """Read what may come about or not."""
        node, reader = self.tree.mapping.get("forks"), FormReader(self.problems)
        forms = [reader.form(Fork, item, "forks") for item in (node.items if node else ())]
        self.forks = tuple(form for form in forms if form is not None)

    def levers(self, directory: Directory) -> tuple[str, ...]:
        """Paths of parameters, or of sections and things that hold some."""
        texts = self.texts("levers")
        for lever in texts:
            if not directory.below(lever.text):
                hint = directory.hint(lever.text, directory.parameters)
                self.problems.append(Problem(lever.place, "levers", f"no parameter `{lever.text}`{hint}"))
        for key in ("measures", "limits", "gates", "processes"):
            self.texts(key)
        return tuple(lever.text for lever in texts)

    def _date(self, key: str, start: date | None = None) -> date | None:
        node = self.tree.mapping.get(key)
        if node is None or node.value is None:
            self._wrong(key, f"missing: {HEAD[key]}, written YYYY-MM-DD")
            return None
        try:
            return parse_date(bare_text(node), start)
        except ValueError as error:
            self._wrong(key, str(error))
            return None

    def _wrong(self, key: str, message: str) -> None:
        node = self.tree.mapping.get(key, self.tree)
        self.problems.append(Problem(node.place, key, message))


@dataclass
class _Walk:
    """One walk over the tree beside the declarations: every value read, every problem noted."""

    directory: Directory
    grounds: GroundsReader
    start: date
    roots: frozenset[str]
    decided: set[str]
    problems: list[Problem]
    counted: CountedDates
    like: Scenario | None = None
    root: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    before: dict[str, Place] = field(default_factory=dict)
    """The things that were removed, and may be given anew: by path, and where."""

    def group(self, node: Node, within: Group, above: Grounds) -> None:
        """A mapping of parameters and of what lies below it."""
        self._unknown(node, within.path, [*within.keys(), *(GROUP_NOTES if within.path else HEAD)])
        if within.path:
            above = self.grounds.read(node, within.path).under(above)
        for name in set(within.tables.values()):  # one at most
            self.titles[within.path] = self.directory.tables[name].title
        for key, parameter in within.fields.items():
            target = Target(f"{within.path}.{key}".lstrip("."), within.tables[key], None, parameter)
            self.leaf(target, node.mapping.get(key), node, above)
        for key, below in within.below.items():
            child = node.mapping.get(key)
            if not within.path and self.like is not None and self._stands(key, child, self.like):
                self._take(key, self.like)
            elif isinstance(below, Things):
                self.things(child, below, above)
            else:
                self.group(child or Node(None, node.place, node.key_place), below, above)

    def _stands(self, section: str, node: Node | None, like: Scenario) -> bool:
        """Whether a section means what it does in a scenario that has been read; where a date counts, it may not."""
        return node is like.tree.mapping.get(section) and section not in like.counting

    def _take(self, section: str, like: Scenario) -> None:
        """What stands in a section of a scenario that has been read."""
        self.values |= like.sections.get(section, {})
        self.titles |= {path: title for path, title in like.titles.items() if path.partition(".")[0] == section}

    def things(self, node: Node | None, within: Things, above: Grounds) -> None:
        """A list of things."""
        if node is None or node.value is None:
            return
        self.before |= {f"{within.path}.{item_id(each.replaced)}": each.place for each in node.removed if each.replaced}
        room = self.directory.tables[within.table].room()
        if len(node.items) > room:
            self._wrong(node, within.path, f"{counted(len(node.items), 'things')}; there is room for {room}")
        for position, item in enumerate(node.items):
            self.thing(item, position, within, above)

    def thing(self, node: Node, position: int, within: Things, above: Grounds) -> None:
        """One thing of a list."""
        name = node.mapping.get("id")
        if name is None or not isinstance(name.value, str) or not _ID.fullmatch(name.value):
            where = name or node
            self._wrong(where, f"{within.path}[{position}].id", "expected an id: one word of letters, digits, _ and -")
            return
        path = f"{within.path}.{name.value}"
        self._unknown(node, path, [*within.fields, *THING_NOTES, REMOVE])
        title = node.mapping.get("name")
        self.titles[path] = bare_text(title) if title else name.value
        above = self.grounds.read(node, path).under(above)
        for key, parameter in within.fields.items():
            target = Target(f"{path}.{key}", within.table, name.value, parameter)
            self.leaf(target, node.mapping.get(key), node, above)

    def leaf(self, target: Target, node: Node | None, around: Node, above: Grounds) -> None:
        """One parameter."""
        if node is None or _bare(node).value is None:
            self._absent(target, node or around)
            return
        grounds = Grounds() if isinstance(target.field.kind, Rows) else self.grounds.read(node, target.path)
        grounds = grounds.of(node, above)
        spec = self._spec(target, self.counted.of(target, node))
        if spec is not None:
            self.values[target.path] = Value(target, spec, node, grounds)
        if self._needs_grounds(target, node) and not (grounds.given or (grounds.was and not self._updates(node))):
            self._wrong(
                node, target.path, "a value of a root scenario needs a `source` (a fact's id or a text) or a `note`"
            )

    def rows(self, table: str, at: str) -> tuple[str, ...]:
        """The ids of a table in the order of its rows: by id, but what another requires before it."""
        ids = self.directory.ids.get(table, ())
        specs = {name: self.values[path].spec for name in ids if (path := f"{at}.{name}.requires") in self.values}
        return required_first(ids, {name: spec for name, spec in specs.items() if isinstance(spec, Ties)})

    def _spec(self, target: Target, node: Node) -> Meaning | None:
        match target.field.kind:
            case Reference(table):
                return self._link(target, table, _bare(node))
            case Rows("clauses"):
                return ClauseReader(self.directory, target.path, self.start, self.problems).read(node)
            case Rows("changes"):
                return ChangeReader(self.directory, target.path, self.start, self.problems).read(node)
            case Rows("ties"):
                return read_ties(node, target, self.directory, self.problems)
            case Rows(table) if table in BY_ROWS:
                return read_in_order(BY_ROWS[table], node, target.path, self.directory, self.problems)
            case Rows("triggers"):
                return read_triggers(node, self.directory, target.path, self.start, self.problems)
            case _:
                return ValueReader(target.field, target.path, self.start, self.problems).read(node)

    def _link(self, target: Target, table: str, node: Node) -> Link | None:
        known = self.directory.ids.get(table, ())
        if node.value in known:
            return Link(str(node.value))
        hint = (
            self.directory.hint(str(node.value), known, table) or f"; one of {', '.join(known[:8]) or 'none is listed'}"
        )
        self._wrong(node, target.path, f"no `{flow(node)}` in {table}{hint}")
        return None

    def _absent(self, target: Target, around: Node) -> None:
        declared = target.field
        if isinstance(declared.kind, Rows):
            return
        if declared.default is None:
            gone = self.before.get(target.path.rpartition(".")[0])
            again = f"; give all of it, for it was removed at {gone}" if gone else ""
            message = f"missing: {declared.meaning} ({declared.unit}){again}"
            self._wrong(around, target.path, message)
            return
        spec = Link(None) if isinstance(declared.kind, Reference) else Fixed(declared.default)
        self.values[target.path] = Value(target, spec, None, Grounds())

    def _needs_grounds(self, target: Target, node: Node) -> bool:
        number = isinstance(target.field.kind, Quantity | Moment)
        return number and node.place.file in self.roots and target.path not in self.decided

    def _updates(self, node: Node) -> bool:
        """Whether it is what a root of a later day says in the place of an earlier one."""
        return node.place.file == self.root and node.replaced is not None and node.replaced.place.file != self.root

    def _unknown(self, node: Node, path: str, known: list[str]) -> None:
        for key, child in node.mapping.items():
            if key not in known:
                message = f"unknown key{suggestion(key, known, path)}"
                self.problems.append(Problem(child.key_place, f"{path}.{key}".lstrip("."), message))

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))


def _bare(node: Node) -> Node:
    """What stands in `{value: ..., source: ...}`; otherwise the node itself."""
    inner = node.mapping.get("value")
    return inner if inner is not None and set(node.mapping) <= {"value", *GROUNDS} else node
