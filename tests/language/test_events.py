"""Events: declared at their handler, scheduled by it, and found again by either engine."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from sim.language import events
from sim.language.events import EVENTS, after, event, handle, kind_of, signal
from sim.story.sentences import SLOT
from sim.world.course.future import LAYOUT


@pytest.fixture(autouse=True)
def _own_events() -> Iterator[None]:
    """What is declared in a test is gone after it."""
    known, marked = len(EVENTS), len(events.MARKED)
    yield
    del EVENTS[known:], events.MARKED[marked:]


class Calendar:
    """Keeps what is scheduled."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, int, int, float]] = []

    def schedule(self, *row: Any) -> None:
        self.rows.append(row)


def test_a_handler_gets_what_it_takes_and_answers_whether_it_held() -> None:
    @event()
    def opened(future: Any) -> bool:
        return False

    @event()
    def moved(future: Any, subject: int) -> int:
        return subject

    @event()
    def paid(future: Any, subject: int, amount: float) -> float:
        return subject + amount

    assert [handle(None, kind_of(each), 7, 0.5) for each in (opened, moved, paid)] == [False, 7, 7.5]


def test_an_event_is_scheduled_by_its_handler_or_by_its_signal() -> None:
    bell = signal("bell")

    @event(on=bell)
    def rang(future: Any) -> None:
        """Nothing."""

    future = SimpleNamespace(calendar=Calendar())
    after(future, 1.0, rang, 3)
    after(future, 2.0, bell, 4, 0.5)
    assert future.calendar.rows == [(1.0, bell, 3, 0.0), (2.0, bell, 4, 0.5)]
    assert EVENTS[bell].name == "rang"


@pytest.mark.parametrize("delay", [-1.0, float("nan"), -1e-12])
def test_no_event_lies_in_the_past(delay: float) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        after(SimpleNamespace(calendar=Calendar()), delay, 0)


def test_a_signal_has_one_handler() -> None:
    bell = signal("bell")
    event(on=bell)(lambda future: None)
    with pytest.raises(ValueError, match="already"):
        event(on=bell)(lambda future: None)


def test_sentences_name_tables_and_numbers_that_exist() -> None:
    for each in EVENTS:
        for table, column in SLOT.findall(each.says):
            assert table in {*LAYOUT.tables, "amount"}, each.name
            assert not column or column in {known.name for known in LAYOUT.tables[table].columns}, each.name
            assert each.arguments == (3 if table == "amount" else each.arguments), each.name
