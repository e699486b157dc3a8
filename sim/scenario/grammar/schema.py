"""The tree of a scenario, made from the tables of the world: which keys exist, and what each of them means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from sim.errors import Place
from sim.language.declarations import Field, fields
from sim.language.record import Table
from sim.language.yaml_nodes import suggestion

HEAD = {
    "name": "what the scenario is called in reports",
    "why": "what it asks",
    "extends": "the scenario it changes: a file near it, or `fact:NAME` for a catalogue; or a list of them",
    "as_of": "the last day whose news the numbers may use",
    "start": "the day every future begins",
    "end": "the day every future ends; not included",
    "correlations": "rank correlations between uncertain inputs: [{between: [a.path, b.path], rank: 0.6}]; "
    "one between the same ends replaces the inherited one",
    "levers": "paths of what the lab decides",
    "measures": "headline measures, which the report shows first",
    "forks": "what may come about or not, by the measure that counts it, and what a report calls it: "
    "[{measure: closed, says: a round closes}]; one of the same measure replaces the inherited one",
    "limits": "what a reader must know before quoting, a sentence each",
    "gates": "conditions that decide the exit code; one of the same statistic and side replaces the inherited one",
    "overrides": "named blocks of changes, applied with `--override`",
    "processes": "SimPy processes of your own: module.function; run with `--allow-processes`",
    "sources": "citations by id: {title, publisher, date, url}",
    "facts": "facts by id, in the form of `sim/facts/`",
    "settled": "what has been decided by `as_of`: [{paths: [a.path], why: ...}]; no scenario put on this one with "
    "`--base` may force it",
}
"""Keys at the top of a file that are not parameters."""

LISTS = ("correlations", "levers", "measures", "forks", "limits", "gates", "processes", "facts", "settled")
MAPPINGS = ("overrides", "sources")
"""Those of them that hold lists, and names with something under each."""

NOT_IN_BLOCKS = ("extends", "overrides")
"""Those that say how files are put together, and mean nothing in an override or a setting."""

THING_NOTES = ("id", "name", "why", "note", "source", "confidence")
GROUP_NOTES = ("why", "note", "source")
REMOVAL_NOTES = ("why", "note")
"""What may stand beside `remove` and `only`."""


@dataclass(frozen=True, slots=True)
class Things:
    """A list of things with an `id`, each a row of a table."""

    path: str
    table: str
    fields: dict[str, Field]


@dataclass(frozen=True, slots=True)
class Group:
    """A mapping: the parameters of at most one single-row table, and what lies below."""

    path: str
    tables: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    below: "dict[str, Group | Things]" = field(default_factory=dict)

    def keys(self) -> list[str]:
        """Every key that may stand here, notes left out."""
        return [*self.fields, *self.below]


Branch = Group | Things | None
"""None is a leaf: a value that replaces another whole."""


def given(row: type) -> dict[str, Field]:
    """The parameters of a row."""
    return {field.name: field for field in fields(row) if field.given}


def schema(tables: Mapping[str, Table]) -> Group:
    """The tree under the root, from the paths at which the tables stand."""
    root = Group("")
    for name, table in tables.items():
        if table.at is not None:
            _place(root, name, table, table.at.split("."))
    return root


def _place(root: Group, name: str, table: Table, parts: list[str]) -> None:
    group = root
    for depth, part in enumerate(parts):
        path = ".".join(parts[: depth + 1])
        if depth == len(parts) - 1 and not table.single:
            if part in group.below:
                raise TypeError(f"two tables stand at {path}")
            group.below[part] = Things(path, name, given(table.row))
            return
        below = group.below.setdefault(part, Group(path))
        if isinstance(below, Things):
            raise TypeError(f"{name} stands inside the list {path}")
        group = below
    for key, parameter in given(table.row).items():
        if key in group.fields:
            raise TypeError(f"two tables give {group.path}.{key}")
        group.fields[key] = parameter
        group.tables[key] = name


def branch(group: Branch, key: str) -> Branch:
    """What lies below a key of a group; None for a leaf or an unknown key."""
    return group.below.get(key) if isinstance(group, Group) else None


@dataclass(frozen=True, slots=True)
class Target:
    """A cell of the world as a path names it. `row` is the id of a thing, or None for a table of one row."""

    path: str
    table: str
    row: str | None
    field: Field


@dataclass(frozen=True)
class Directory:
    """Every path of one scenario: the tables of the world, and the ids of the things it lists."""

    tables: Mapping[str, Table]
    ids: dict[str, tuple[str, ...]]
    removed: Mapping[str, Place] = field(default_factory=dict)
    """The things that files have taken out, by path, and where."""

    def hint(self, name: str, known: Iterable[str], table: str = "") -> str:
        """What to write for a name that is none of those known: of a thing of a table, or a whole path."""
        gone = self.removed_at(f"{self.tables[table].at}.{name}" if table in self.tables else name)
        other = suggestion(name, list(known))
        return other if gone is None else f": removed at {gone}{other or '; remove this too, or name another'}"

    def removed_at(self, path: str) -> Place | None:
        """Where a thing was taken out that stands at a path, or above it."""
        return next((place for thing, place in self.removed.items() if f"{path}.".startswith(f"{thing}.")), None)

    @cached_property
    def parameters(self) -> dict[str, Target]:
        """Every parameter, by its path."""
        return {target.path: target for target in self._targets() if target.field.given}

    @cached_property
    def numbers(self) -> dict[str, Target]:
        """Every cell of a one-row table, parameter or state, by its path."""
        return {target.path: target for target in self._targets() if target.row is None}

    def below(self, *paths: str) -> list[str]:
        """The parameters at these paths or under them."""
        starts = tuple(f"{path}." for path in paths)
        return [path for path in self.parameters if f"{path}.".startswith(starts)]

    def _targets(self) -> Iterator[Target]:
        for name, table in self.tables.items():
            if table.single:
                yield from _cells(name, table, None)
            elif table.at is not None:
                for row in self.ids.get(name, ()):
                    yield from _cells(name, table, row)


@lru_cache(4096)
def _cells(name: str, table: Table, row: str | None) -> tuple[Target, ...]:
    """The cells of one row: every scenario of a command has nearly the same."""
    path = f"{table.at or name}.{row}" if row is not None else table.at or name
    return tuple(Target(f"{path}.{column.name}", name, row, column) for column in fields(table.row))
