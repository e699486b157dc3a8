"""Columns of results, and the cell of a future's record that each is read from.

The world keeps narrow tables: a row for each cause, each constraint, each pathway. Results have a column for each of
these rows instead, and it gets its name, its meaning and its unit here, once, where results are read out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.language.declarations import Field, field_of, fields, state


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result, as `field` declares it, read from `table[row].source`.

    `step`: how many rows further down the next month lies; 0 for what a future has once.
    """

    field: Field
    table: str
    row: int
    source: str
    step: int = 0

    @property
    def name(self) -> str:
        """What results call it."""
        return self.field.name


def columns_of(table: str, section: type, step: int = 0) -> tuple[Column, ...]:
    """The columns of a table of one row, or of one row a month, under their own names."""
    return tuple(Column(each, table, 0, each.name, step) for each in fields(section))


def columns_down(
    table: str, source: str, kind: Any, named: Iterable[tuple[str, Any]], first: int = 0, step: int = 0
) -> Iterator[Column]:
    """A column for each row of a narrow table, from row `first` on, by name and meaning; `kind` as in `Share`.

    In the place of its meaning may stand what `measured` says of it.
    """
    for row, (name, said) in enumerate(named, first):
        yield Column(field_of(name, kind, state(said) if isinstance(said, str) else said), table, row, source, step)


def spliced(columns: Iterable[Column], after: str, more: Iterable[Column]) -> tuple[Column, ...]:
    """Columns with others put in behind the one of this name. Raises ValueError if there is none."""
    found = list(columns)
    place = [each.name for each in found].index(after) + 1
    return (*found[:place], *more, *found[place:])
