"""From a scenario to the start of its futures: one record, and where drawn inputs are written into it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import InputError, Problem
from sim.language.counting import counted
from sim.language.dates import days_since, months
from sim.language.declarations import Reference, Rows
from sim.language.distributions import Distribution, Fixed
from sim.language.luck import hash_of, quantile_table
from sim.language.record import SHAPE, Layout
from sim.language.values import After
from sim.scenario.grammar.cells import AddressOf, Cell, Input, LuckOf, LuckRowOf, RowEntry, RowOf, StrideOf, is_whole
from sim.scenario.scenario import InRows, Link, Scenario, Value, is_matched
from sim.template.history_matching import HistoryMatching, Judge, matching_of, opening_inputs, plain_judge
from sim.template.sampling import draw_inputs


@dataclass(frozen=True, eq=False)
class Template:
    """The start that every future of a scenario shares, and what differs between them."""

    scenario: Scenario
    layout: Layout
    record: npt.NDArray[Any]
    addresses: npt.NDArray[np.int64]
    """Where each column of `draw` is written in `values`."""
    inputs: tuple[Input, ...]
    """What each column of `draw` is; an input that changes two cells has two equal columns.

    Where openings are matched, a last column more is the number of draws refused."""
    base: "Template | None" = None
    """What it is a variation of, whose openings its futures keep; None for itself."""
    allow_processes: bool = False
    """Whether the user lets the scenario run code of its own."""

    def address(self, path: str) -> int:
        """Where a parameter lies in `values`. Raises KeyError for an unknown path, or one that is luck or no number."""
        target = self.scenario.values[path].target
        if target.field.whole:
            raise KeyError(path)
        row = 0 if target.row is None else self.scenario.things[target.table].index(target.row)
        return self.layout.address(target.table, row, target.field.name)

    def parameter_at(self, address: int) -> str:
        """The path of the parameter that lies at an address: the inverse of `address`, for luck too."""
        table, row, column = self.layout.cell(address)
        if table == "lucks":
            return [value.path for value in self.scenario.values.values() if value.field.luck][row]
        rows = self.scenario.things.get(table)
        return ".".join([self.scenario.at[table], *([rows[row]] if rows else []), column])

    def draw(self, seed: int, first: int, n: int, judge: Judge | None = None) -> npt.NDArray[np.float64]:
        """Inputs of futures `first` to `first + n - 1`, a column for each address.

        `judge` is an engine's faster way to the same verdict on openings. Raises InputError if too few agree.
        """
        numbers, refused = np.arange(first, first + n), np.zeros(n, np.int64)
        if self.matching is not None:
            refused = self.matching.refused(seed, first, n, judge or plain_judge(self.layout))
        columns = [drawing.path for drawing in self.inputs]
        drawn = draw_inputs(self.scenario, seed, numbers, refused, self.again, columns)
        return drawn if self.matching is None else np.column_stack([drawn, refused])

    @property
    def origin(self) -> "Template":
        """The template of which it is a variation, of whatever order; itself if of none."""
        return self if self.base is None else self.base.origin

    def draws_as(self, other: "Template") -> bool:
        """Whether each future draws the same inputs in both: they vary one template, and the same is uncertain."""
        uncertain = self.inputs == other.inputs and self.scenario.correlations == other.scenario.correlations
        return uncertain and self.origin is other.origin

    @cached_property
    def again(self) -> frozenset[str]:
        """Inputs of the opening: those drawn again where it contradicts what was seen."""
        return opening_inputs(self.scenario)

    @cached_property
    def root(self) -> "Template":
        """The template whose openings its futures keep, if they are matched to history."""
        if self.base is not None:
            return self.base.root
        return assemble(self.scenario.root, self.layout) if self.scenario.root else self

    @cached_property
    def matching(self) -> HistoryMatching | None:
        """The openings to choose from, if the scenario matches them to history."""
        if self.base is not None:
            return self.base.matching
        if not is_matched(self.scenario):
            return None
        root = self.root
        record = self.layout.copied(root.record)
        record["matching"] = self.record["matching"]
        return matching_of(self.scenario, root.scenario, record, root.addresses, root.inputs)


def assemble(scenario: Scenario, layout: Layout, added: bool = False) -> Template:
    """The template. Raises InputError where the scenario has more rows than there is room for.

    `added`: whether it has the happening that a study adds, for which every scenario leaves rows free.
    """
    builder = _Builder(scenario, layout, added)
    builder.things()
    builder.lucks()
    for value in scenario.values.values():
        builder.value(value)
    builder.entries()
    builder.months()
    builder.span()
    builder.counts()
    order = sorted(builder.drawn, key=lambda pair: (pair[1].path, pair[0]))
    addresses = [address for address, _ in order]
    if is_matched(scenario):
        addresses.append(layout.address("matching", 0, "draws_rejected"))
    return Template(
        scenario,
        layout,
        builder.record,
        np.array(addresses, np.int64),
        tuple(drawing for _, drawing in order),
    )


@dataclass
class _Builder:
    """The record while it is filled."""

    scenario: Scenario
    layout: Layout
    added: bool
    used: dict[str, int] = field(default_factory=dict)
    luck_rows: dict[str, int] = field(default_factory=dict)
    shapes: dict[bytes, int] = field(default_factory=dict)
    drawn: list[tuple[int, Input]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.record = np.zeros(1, self.layout.record)
        for name, table in self.layout.tables.items():
            for column in table.columns:
                if isinstance(column.kind, Reference):
                    self.record[name][column.name] = -1

    def things(self) -> None:
        """The key of each thing; rows stand in the order of the scenario's ids."""
        for name, ids in self.scenario.things.items():
            self._use(name, len(ids))
            for row, thing in enumerate(ids):
                self.record[name]["key"][0, row] = hash_of(thing)

    def lucks(self) -> None:
        """A row for each parameter that is drawn inside futures, in order of the paths."""
        self._shape(np.zeros(SHAPE))
        luck = [value for value in self.scenario.values.values() if value.field.luck]
        self._use("lucks", len(luck))
        for row, value in enumerate(luck):
            self.luck_rows[value.path] = row
            self._luck(row, value)

    def value(self, value: Value) -> None:
        """One parameter: written if it is known, noted as an input if it is not."""
        target, spec = value.target, value.spec
        if isinstance(target.field.kind, Rows):
            return
        row = self._row(target.table, target.row)
        if target.field.luck:
            self._write(target.table, row, target.field.name, self.luck_rows[value.path])
        elif isinstance(spec, Link):
            number = -1 if spec.id is None else self._row(target.field.kind.table, spec.id)  # type: ignore[union-attr]
            self._write(target.table, row, target.field.name, number)
        elif isinstance(spec, Fixed):
            self._write(target.table, row, target.field.name, rounded(spec.value, is_whole(target.field)))
        else:
            address = self.layout.address(target.table, row, target.field.name)
            self.drawn.extend((address, drawing) for drawing in value.inputs())

    def entries(self) -> None:
        """The rows that the small languages make."""
        for entry in self._entries():
            row = self.used.get(entry.table, 0)
            self._use(entry.table, row + 1)
            for column, cell in entry.cells.items():
                if isinstance(cell, Input):
                    self.drawn.append((self.layout.address(entry.table, row, column), cell))
                else:
                    self._write(entry.table, row, column, self._number(cell))

    def months(self) -> None:
        """The months from start to end; the first and the last may be parts of one."""
        days = list(months(self.scenario.start, self.scenario.end))
        self._use("months", len(days))
        for row, (begins, ends) in enumerate(days):
            self._write("months", row, "begins", days_since(self.scenario.start, begins))
            self._write("months", row, "ends", days_since(self.scenario.start, ends))

    def span(self) -> None:
        """How long a future lasts, in days."""
        self._write("span", 0, "horizon", days_since(self.scenario.start, self.scenario.end))

    def counts(self) -> None:
        """How many rows of each table are used."""
        for column in self.layout.tables["counts"].columns:
            self._write("counts", 0, column.name, self.used.get(column.name, 0))

    def _entries(self) -> Iterator[RowEntry]:
        for value in self.scenario.values.values():
            kind = value.field.kind
            if isinstance(kind, Rows):
                assert isinstance(value.spec, InRows)
                yield from value.spec.entries(value.target, kind.table)

    def _luck(self, row: int, value: Value) -> None:
        spec = value.spec.delay if isinstance(value.spec, After) else value.distribution
        assert spec is not None
        self._write("lucks", row, "relative", float(isinstance(value.spec, After)))
        if isinstance(spec, Fixed):
            # no table: the shape of zeros, so that an infinite value stays one
            self._write("lucks", row, "shift", spec.value)
            return
        self._write("lucks", row, "shape", self._shape(self._table(spec, is_whole(value.field))))
        self._write("lucks", row, "scale", 1.0)

    def _table(self, spec: Distribution, whole: bool) -> npt.NDArray[np.float64]:
        table = quantile_table(spec)
        return np.floor(table) if whole else table

    def _shape(self, table: npt.NDArray[np.float64]) -> int:
        """The number of a quantile table; equal tables share one."""
        name = table.tobytes()
        if name not in self.shapes:
            room = self.record["quantiles"].shape[1] // SHAPE
            if len(self.shapes) >= room:
                raise self._full("quantiles", len(self.shapes) + 1, room)
            first = len(self.shapes) * SHAPE
            self.record["quantiles"][0, first : first + SHAPE] = table
            self.shapes[name] = len(self.shapes)
        return self.shapes[name]

    def _number(self, cell: Cell) -> float:
        match cell:
            case RowOf(table, name):
                return self._row(table, name)
            case AddressOf(table, name, column):
                return self.layout.address(table, self._row(table, name), column)
            case StrideOf(table):
                return self.layout.tables[table].dtype.itemsize // 8
            case LuckRowOf(path):
                return self.luck_rows[path]
            case LuckOf(path, column):
                return self.layout.address("lucks", self.luck_rows[path], column)
            case float(number):
                return number
        raise TypeError(type(cell).__name__)

    def _row(self, table: str, name: str | None) -> int:
        return 0 if name is None else self.scenario.things[table].index(name)

    def _write(self, table: str, row: int, column: str, number: float) -> None:
        self.record[table][column][0, row] = number

    def _use(self, table: str, rows: int) -> None:
        room = self.layout.tables[table].room(self.added)
        if rows > room:
            raise self._full(table, rows, room)
        self.used[table] = rows

    def _full(self, what: str, rows: int, room: int) -> InputError:
        place = self.scenario.tree.place
        return InputError([Problem(place, what, f"{counted(rows, 'rows')} of `{what}`; a future has room for {room}")])


def rounded(number: float, whole: bool) -> float:
    """Rounded down where the world holds whole numbers; infinity stays."""
    return float(np.floor(number)) if whole and math.isfinite(number) else number
