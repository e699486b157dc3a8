"""What a happening changes: `changes: {a.path: {scale: 0.4, for: 90 days}, b.path: {later: 180 days}, c.path: $5M}`.

A bare value sets. On a parameter drawn inside futures, a change acts on its luck: `set` flattens it to the value,
`scale` stretches it from zero, `later`, `earlier` and `shift` move it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sim.errors import Problem
from sim.language.dates import parse_date
from sim.language.declarations import Field, Moment, Quantity, Rows
from sim.language.distributions import Distribution, Fixed, Mirrored
from sim.language.values import DURATION, FORMS, GROUNDS, After, ValueReader, spelled_spec
from sim.language.yaml_nodes import Node, bare_text, number_text, suggestion
from sim.scenario.grammar.cells import AddressOf, Cell, Input, LuckOf, LuckRowOf, RowEntry, RowOf, is_whole
from sim.scenario.grammar.schema import Directory, Target

_SET, _SCALE, _SHIFT = 0.0, 1.0, 2.0
VERBS = {"set": _SET, "scale": _SCALE, "shift": _SHIFT, "later": _SHIFT, "earlier": _SHIFT}
_RATIO = Quantity("ratio", "ratio", 0.0)


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter, what is done to it, and for how many days."""

    target: Target
    verb: str
    spec: Distribution
    lasting: float

    def spelled(self, start: date) -> object:
        """As the language writes it."""
        amount = {self.verb: spelled_spec(self.spec, amount_field(self.target.field, self.verb), start)}
        return amount if math.isinf(self.lasting) else amount | {"for": f"{number_text(self.lasting)} days"}

    def input(self, owner: Target) -> Input | None:
        """Its amount, if that is uncertain."""
        if isinstance(self.spec, Fixed):
            return None
        spec = Mirrored(self.spec) if self.verb == "earlier" else self.spec
        return Input(f"{owner.path}.{self.target.path}", spec, self.verb != "scale" and is_whole(self.target.field))

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """One row, or two where the luck of a parameter is set or scaled."""
        assert owner.row is not None
        field, path = self.target.field, self.target.path
        base: dict[str, Cell] = {"happening": RowOf(owner.table, owner.row), "lasting": self.lasting}
        base |= {"least": field.low, "most": field.most, "luck": LuckRowOf(path) if field.luck else -1.0}
        base["moves"] = float(field.watched)
        for address, operation, value in self._acts(owner):
            yield RowEntry(table, base | {"address": address, "operation": operation, "value": value})

    def _acts(self, owner: Target) -> list[tuple[Cell, float, Cell]]:
        target, operation = self.target, VERBS[self.verb]
        value: Cell = self.input(owner) or self._fixed()
        if not target.field.luck:
            return [(AddressOf(target.table, target.row, target.field.name), operation, value)]
        scale, shift = LuckOf(target.path, "scale"), LuckOf(target.path, "shift")
        if operation == _SET:
            return [(scale, _SET, 0.0), (shift, _SET, value)]
        if operation == _SCALE:
            return [(scale, _SCALE, value), (shift, _SCALE, value)]
        return [(shift, _SHIFT, value)]

    def _fixed(self) -> float:
        assert isinstance(self.spec, Fixed)
        value = -self.spec.value if self.verb == "earlier" else self.spec.value
        return float(math.floor(value)) if self.verb != "scale" and is_whole(self.target.field) else value


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes of one happening, by path."""

    changes: tuple[Change, ...]

    def spelled(self, start: date) -> object:
        """As the language writes it."""
        return {change.target.path: change.spelled(start) for change in self.changes}

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """The rows of each."""
        for change in self.changes:
            yield from change.entries(owner, table)


def amount_field(field: Field, verb: str) -> Field:
    """How the amount of a change is written: a value of the parameter, a ratio, a difference, a duration."""
    match verb:
        case "scale":
            return replace(field, kind=_RATIO, luck=False, low=0.0, high=math.inf)
        case "shift":
            return replace(field, luck=False, low=-math.inf, high=math.inf)
        case "later" | "earlier":
            return replace(field, kind=DURATION, luck=False, low=DURATION.low, high=DURATION.high)
        case _:
            return replace(field, luck=False)


def _is_number(field: Field) -> bool:
    """Whether it is a cell that a change can act on: no id, and no rows of another table."""
    return field.luck or not (field.whole or isinstance(field.kind, Rows))


def _is_date(node: Node, start: date) -> bool:
    """Whether a text is a day of the calendar, or counts from the start."""
    try:
        parse_date(bare_text(node), start)
    except ValueError:
        return False
    return True


@dataclass
class ChangeReader:
    """Reads one `changes`."""

    directory: Directory
    path: str
    start: date
    problems: list[Problem]

    def read(self, node: Node) -> Changes:
        """Every change that could be read; the rest is noted."""
        if not node.mapping:
            self._wrong(node, "", "write {a.path: {scale: 0.5}}, {a.path: {later: 90 days}} or {a.path: value}")
        readable = [self._change(path, child) for path, child in node.mapping.items()]
        changes = [change for change in readable if change is not None]
        return Changes(tuple(sorted(changes, key=lambda change: change.target.path)))

    def _change(self, path: str, node: Node) -> Change | None:
        target = self.directory.parameters.get(path)
        if target is None:
            known = [name for name, other in self.directory.parameters.items() if _is_number(other.field)]
            hint = self.directory.hint(path, known)
            self.problems.append(Problem(node.key_place, f"{self.path}.{path}", f"no such parameter{hint}"))
            return None
        if target.table == "window":
            self._wrong(
                node, path, "cannot change while a future runs: the findings of all futures are about one window"
            )
            return None
        if isinstance(target.field.kind, Rows):
            self._wrong(
                node, path, f"{target.field.name} cannot change while a future runs; only numbers, dates and words do"
            )
            return None
        if not _is_number(target.field):
            self._wrong(node, path, "an id cannot change while a future runs; change what it leads to")
            return None
        parts = {key: child for key, child in node.mapping.items() if key not in GROUNDS}
        lasting = self._lasting(parts.pop("for", None), path)
        verb, amount = self._verb(parts, node, path)
        if verb is None or not self._fits(verb, target, node):
            return None
        if verb in ("later", "earlier") and _is_date(amount, self.start):
            day = bare_text(amount)
            self._wrong(amount, path, f"expected how much {verb}, like `90 days`, got a date; write {{set: {day}}}")
            return None
        signed = VERBS[verb] == _SHIFT
        reader = ValueReader(amount_field(target.field, verb), f"{self.path}.{path}", self.start, self.problems, signed)
        spec = reader.read(amount)
        return None if spec is None or isinstance(spec, After) else Change(target, verb, spec, lasting)

    def _verb(self, parts: dict[str, Node], node: Node, path: str) -> tuple[str | None, Node]:
        verbs = [key for key in parts if key in VERBS]
        if len(verbs) == 1 and len(parts) == 1:
            return verbs[0], parts[verbs[0]]
        if not node.mapping or frozenset(parts) in FORMS:
            return "set", replace(node, value=parts) if node.mapping else node
        odd = next((key for key in parts if key not in VERBS), None)
        message = f"unknown key{suggestion(odd, [*VERBS, 'for'])}" if odd else "one change at a time"
        place = parts[odd].key_place if odd else node.place
        where = f"{self.path}.{path}.{odd or ''}".rstrip(".")
        self.problems.append(Problem(place, where, f"{message}; write one of {', '.join(VERBS)}"))
        return None, node

    def _fits(self, verb: str, target: Target, node: Node) -> bool:
        kind = target.field.kind
        known = {"set": True, "scale": isinstance(kind, Quantity), "shift": isinstance(kind, Quantity)}
        if known.get(verb, isinstance(kind, Moment)):
            return True
        what = "a date: use set, later or earlier" if isinstance(kind, Moment) else f"not a date ({target.field.unit})"
        self._wrong(node, target.path, f"`{verb}` does not fit; the parameter is {what}")
        return False

    def _lasting(self, node: Node | None, path: str) -> float:
        if node is None:
            return math.inf
        field = Field("for", "how long", DURATION, True, False, None, DURATION.low, DURATION.high)
        days = ValueReader(field, f"{self.path}.{path}.for", self.start, self.problems).number(node)
        return math.inf if days is None else days

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, f"{self.path}.{path}".rstrip("."), message))
