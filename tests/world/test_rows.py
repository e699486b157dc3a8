"""No page counts rows from the end: the compiled engine does not look whether an index is below zero."""

from typing import Any

import pytest

from sim.world.course.future import LAYOUT
from tests.world.a_future import SHORT, LoggedFuture, future_of, small


class FromTheFront(tuple[Any, ...]):
    """Rows of a table that refuse what Python would count from the end."""

    __slots__ = ()

    def __getitem__(self, row: Any) -> Any:
        if row < 0:
            raise IndexError(f"row {row}")
        return tuple.__getitem__(self, row)


def counted_from_the_front(future: LoggedFuture) -> LoggedFuture:
    """The same future, on such tables."""
    for name, table in LAYOUT.tables.items():
        if not table.dynamic:
            setattr(future, name, FromTheFront(getattr(future, name)))
    return future


@pytest.mark.parametrize("scenario", ["baseline", "tighten", "stall", "self_reliance"])
def test_rows_are_counted_from_the_front(scenario: str) -> None:
    counted_from_the_front(future_of(*SHORT, scenario=scenario)).run()


def test_a_row_before_the_first_is_refused() -> None:
    with pytest.raises(IndexError, match="row -1"):
        _ = counted_from_the_front(small()).sites[-1]
    with pytest.raises(IndexError, match="row -1"):
        _ = small().orders[-1]
