"""The state of a future as one record: each table an array of fixed capacity inside it.

`values`, an f8 array, overlays the whole record, so that a drawn input, or a change made by a happening,
is an address and a value. Columns are f8 or i8 only, and do not depend on the scenario.
The tables before `dynamic` are the start of a future and are copied from its template; those after it
(orders, months) are written row by row while the future runs, and never read before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from sim.language.columns import Column
from sim.language.declarations import Field, Rows, Section, fields

S = TypeVar("S", bound=Section)

SHAPE = 257
"""Points of a quantile table."""


@dataclass(frozen=True)
class Table:
    """A table of the record: its row type, its capacity, and where the scenario gives its rows (if it does)."""

    row: type
    capacity: int
    at: str | None = None
    single: bool = False
    dynamic: bool = False
    title: str = ""
    """What a section is called by readers; things have names of their own."""
    spare: int = 0
    """Of its rows, how many a scenario leaves free: for the one happening that a study adds."""

    def room(self, added: bool = False) -> int:
        """Rows that a scenario may fill, or one with a happening `added` by a study."""
        return self.capacity if added else self.capacity - self.spare

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields held in the record: all but those read into rows of another table."""
        return tuple(field for field in fields(self.row) if not isinstance(field.kind, Rows))

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """One row."""
        return np.dtype([(field.name, "i8" if field.whole else "f8") for field in self.columns])


def things(row: type[S], room: int, at: str | None = None, spare: int = 0) -> Any:
    """Rows the scenario lists at path `at`, each with an id; without `at`, rows that assembly makes."""
    return Table(row, room + spare, at, spare=spare)


def section(row: type[S], at: str | None = None, title: str = "") -> Any:
    """One row, given by the scenario at path `at`, where it is called `title`; or kept by the world alone."""
    return Table(row, 1, at, single=True, title=title or at or "")


def slots(row: type[S], capacity: int) -> Any:
    """Rows that are taken one after the other while a future runs, and never reused."""
    return Table(row, capacity, dynamic=True)


def tables(future: type) -> dict[str, Table]:
    """The tables of a record in its own order: those of the template first."""
    tables = {name: value for name, value in vars(future).items() if isinstance(value, Table)}
    return {name: tables[name] for name in sorted(tables, key=lambda name: tables[name].dynamic)}


EVENT = np.dtype([("time", "f8"), ("order", "i8"), ("kind", "i8"), ("subject", "i8"), ("amount", "f8")])


@dataclass(frozen=True)
class Layout:
    """The record of a future, and where each cell of it lies."""

    tables: dict[str, Table]
    record: np.dtype[Any]
    start: int
    """Numbers at the front of `values` that make up the start of a future."""
    filled: int
    """Numbers at the front of `values` that a template fills: the start, and its quantile tables."""

    def copied(self, record: Any) -> Any:
        """A copy of a template's record, whose rows that futures write take no memory yet."""
        copy = np.zeros(1, self.record)
        copy["values"][0, : self.filled] = record["values"][0, : self.filled]
        return copy

    def address(self, table: str, row: int, field: str) -> int:
        """Where a cell lies in `values`. Raises KeyError for a name that does not exist."""
        dtype = self.tables[table].dtype
        assert dtype.fields is not None
        return int(self._offsets[table] + row * dtype.itemsize + dtype.fields[field][1]) // 8

    def places(self, columns: Sequence[Column]) -> tuple[Any, Any]:
        """Where columns of results lie in `values`, and how far off each lies a month later; shape (columns,)."""
        first = [self.address(each.table, each.row, each.source) for each in columns]
        steps = [each.step * self.tables[each.table].dtype.itemsize // 8 for each in columns]
        return np.array(first, np.int64), np.array(steps, np.int64)

    def cell(self, address: int) -> tuple[str, int, str]:
        """The table, row and column at an address: the inverse of `address`."""
        for name, table in self.tables.items():
            row, within = divmod(address * 8 - self._offsets[name], table.dtype.itemsize)
            if 0 <= row < table.capacity:
                return name, row, (table.dtype.names or ())[within // 8]
        raise KeyError(address)

    @cached_property
    def _offsets(self) -> dict[str, int]:
        """Where each table begins, in bytes."""
        assert self.record.fields is not None
        return {name: int(self.record.fields[name][1]) for name in self.tables}


def layout(future: type, shapes: int, calendar: int) -> Layout:
    """The record of `future`, with room for `shapes` quantile tables and `calendar` pending events."""
    layout = tables(future)
    parts: list[tuple[str, Any]] = [(name, (table.dtype, (table.capacity,))) for name, table in layout.items()]
    first_dynamic = next(i for i, table in enumerate(layout.values()) if table.dynamic)
    parts[first_dynamic:first_dynamic] = [("quantiles", ("f8", (shapes * SHAPE,)))]
    parts.append(("calendar", (EVENT, (calendar,))))
    plain = np.dtype(parts)
    assert plain.fields is not None
    assert plain.names is not None
    names = list(plain.names)
    record = np.dtype(
        {
            "names": [*names, "values"],
            "formats": [*(plain.fields[name][0] for name in names), np.dtype(("f8", (plain.itemsize // 8,)))],
            "offsets": [*(plain.fields[name][1] for name in names), 0],
            "itemsize": plain.itemsize,
        }
    )
    start = int(plain.fields["quantiles"][1]) // 8
    return Layout(layout, record, start, start + shapes * SHAPE)
