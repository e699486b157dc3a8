"""What a rule hits: `hits: {any: [{tpp: ">= 1600"}, {all: [{tpp: "< 4800"}, {chip: [small]}]}]}`.

Keys of one mapping hold together. The expression becomes alternatives, each a list of tests that all must hold.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product

from sim.errors import Problem
from sim.language.declarations import Field, Quantity, fields
from sim.language.values import ValueReader, shown
from sim.language.yaml_nodes import Node, suggestion
from sim.scenario.grammar.cells import AddressOf, Cell, RowEntry, RowOf, StrideOf
from sim.scenario.grammar.schema import Directory, Target

CHIPS = "chips"
"""The table whose attributes a rule tests."""

OPERATORS = (">=", ">", "<=", "<", "==")
"""In the order of their codes; the code after the last means: is this row."""

_IS_ROW = len(OPERATORS)
_COMPARISON = re.compile(r"(>=|<=|==|>|<)?\s*(.+)")
_MOST = 64


@dataclass(frozen=True, slots=True)
class Threshold:
    """An operator and a number."""

    code: int
    value: float

    def spelled(self, field: Field, start: date) -> str:
        """As the language writes it."""
        return f"{OPERATORS[self.code]} {shown(self.value, field, start)}"


def comparison(node: Node, reader: ValueReader) -> Threshold | None:
    """`>= 1400 GB/s`; without an operator, equality. None, with the problem noted, if it cannot be read.

    Words of what the world moves stand in order: `>= tension`.
    """
    match = _COMPARISON.fullmatch(node.value) if isinstance(node.value, str) else None
    operator, bare = (match[1] or "==", replace(node, value=match[2])) if match else ("==", node)
    if operator != "==" and not (isinstance(reader.field.kind, Quantity) or reader.field.watched):
        reader.problems.append(Problem(node.place, reader.path, f"`{operator}` compares numbers, not words or dates"))
        return None
    value = reader.number(bare)
    return None if value is None else Threshold(OPERATORS.index(operator), value)


@dataclass(frozen=True, slots=True, order=True)
class Test:
    """One test of a chip: an attribute against a number, or the chip itself (then there is no attribute)."""

    name: str
    """Of the attribute, or the id of the chip."""
    code: int
    value: float = 0.0
    attribute: Field | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Hits:
    """Alternatives, in an order of their own; a chip is hit if all tests of one of them hold."""

    alternatives: tuple[tuple[Test, ...], ...]

    def spelled(self, start: date) -> object:
        """As the language writes it, in normal form."""
        return {"any": [{"all": [_spelled(test, start) for test in tests]} for tests in self.alternatives]}

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """One row for each test."""
        assert owner.row is not None
        for number, tests in enumerate(self.alternatives):
            for test in tests:
                rule: dict[str, Cell] = {"rule": RowOf(owner.table, owner.row), "alternative": float(number)}
                yield RowEntry(table, rule | _cells(test))


def tests_of(node: Node) -> dict[tuple[str, str], str]:
    """The tests of an expression as written, by what each is about: an attribute and a side of it, or a chip."""
    tests: dict[tuple[str, str], str] = {}
    for key, child in node.mapping.items():
        for item in child.items or [child]:
            if key in ("any", "all"):
                tests |= tests_of(item)
            else:
                written = _COMPARISON.fullmatch(str(item.value))
                side = str(item.value) if key == "chip" or not written else (written[1] or "==")[0]
                tests[key, side] = f"`{key}: {item.value}`"
    return tests


def _cells(test: Test) -> dict[str, Cell]:
    if test.attribute is None:
        return {"address": 0.0, "stride": 0.0, "comparison": float(_IS_ROW), "value": RowOf(CHIPS, test.name)}
    return {
        "address": AddressOf(CHIPS, None, test.name),
        "stride": StrideOf(CHIPS),
        "comparison": float(test.code),
        "value": test.value,
    }


def _spelled(test: Test, start: date) -> dict[str, object]:
    if test.attribute is None:
        return {"chip": [test.name]}
    return {test.name: Threshold(test.code, test.value).spelled(test.attribute, start)}


@dataclass
class ClauseReader:
    """Reads one `hits`."""

    directory: Directory
    path: str
    start: date
    problems: list[Problem]

    def read(self, node: Node) -> Hits:
        """The expression in normal form; what could not be read is left out and noted."""
        alternatives = self._expression(node)
        if len(alternatives) > _MOST:
            self._wrong(node, f"{len(alternatives)} alternatives; at most {_MOST}. Write fewer `any` inside `all`")
        return Hits(tuple(sorted({tuple(sorted(set(tests))) for tests in alternatives})))

    def _expression(self, node: Node) -> list[tuple[Test, ...]]:
        if not node.mapping:
            self._wrong(node, 'write {any: [...]}, {all: [...]}, {chip: [...]} or an attribute, like {tpp: ">= 1600"}')
            return []
        return _all([self._key(key, child) for key, child in node.mapping.items()])

    def _key(self, key: str, node: Node) -> list[tuple[Test, ...]]:
        match key:
            case "any":
                return [tests for item in self._list(node) for tests in self._expression(item)]
            case "all":
                return _all([self._expression(item) for item in self._list(node)])
            case "chip":
                return [(Test(name, _IS_ROW),) for name in self._chips(node)]
            case _:
                return self._attribute(key, node)

    def _attribute(self, key: str, node: Node) -> list[tuple[Test, ...]]:
        attributes = {
            column.name: column
            for column in fields(self.directory.tables[CHIPS].row)
            if not column.whole  # a comparison reads the cell as a number
        }
        if key not in attributes:
            known = [*attributes, "any", "all", "chip"]
            hint = suggestion(key, known) or f"; one of {', '.join(known)}"
            self.problems.append(
                Problem(node.key_place, f"{self.path}.{key}", f"no attribute of a chip that can be tested{hint}")
            )
            return []
        testses = comparison(node, ValueReader(attributes[key], f"{self.path}.{key}", self.start, self.problems))
        return [(Test(key, testses.code, testses.value, attributes[key]),)] if testses else []

    def _list(self, node: Node) -> list[Node]:
        if not node.items:
            self._wrong(node, "expected a list of tests")
        return node.items

    def _chips(self, node: Node) -> list[str]:
        names = []
        for item in node.items or [node]:
            if item.value in (known := self.directory.ids.get(CHIPS, ())):
                names.append(str(item.value))
            else:
                self._wrong(item, f"no chip `{item.value}`{self.directory.hint(str(item.value), known, CHIPS)}")
        return names

    def _wrong(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.place, self.path, message))


def _all(parts: list[list[tuple[Test, ...]]]) -> list[tuple[Test, ...]]:
    """Every way to take one alternative from each part; cut off far above what is allowed."""
    testses: list[tuple[Test, ...]] = [()]
    for part in parts:
        testses = [left + right for left, right in product(testses, part)][: _MOST * _MOST]
    return testses
