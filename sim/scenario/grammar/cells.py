"""Rows that assembly makes from the small languages of a scenario, before anything has an address."""

from dataclasses import dataclass

from sim.language.declarations import Field, Quantity
from sim.language.distributions import Distribution

_WHOLE_UNITS = ("USD", "chips", "dies", "stacks", "people")
"""Dollars, people, chips and what they are made of are whole inside the world, so that its books balance exactly."""


def is_whole(field: Field) -> bool:
    """Whether values of this field are rounded down to whole numbers."""
    return isinstance(field.kind, Quantity) and field.kind.unit in _WHOLE_UNITS


@dataclass(frozen=True, slots=True)
class Input:
    """A number that is drawn once for each future, before it begins."""

    path: str
    spec: Distribution
    whole: bool


@dataclass(frozen=True, slots=True)
class RowOf:
    """The row number of a thing."""

    table: str
    id: str


@dataclass(frozen=True, slots=True)
class AddressOf:
    """Where a cell lies; `row` None is the row of a one-row table, or the first."""

    table: str
    row: str | None
    column: str


@dataclass(frozen=True, slots=True)
class StrideOf:
    """How far apart two rows of a table lie."""

    table: str


@dataclass(frozen=True, slots=True)
class LuckRowOf:
    """The row number of a Luck parameter."""

    path: str


@dataclass(frozen=True, slots=True)
class LuckOf:
    """Where a `scale` or `shift` of a Luck parameter lies."""

    path: str
    column: str


Cell = float | RowOf | AddressOf | StrideOf | LuckRowOf | LuckOf | Input


@dataclass(frozen=True, slots=True)
class RowEntry:
    """One row of a table, by column."""

    table: str
    cells: dict[str, Cell]
