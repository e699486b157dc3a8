"""Events: what happens in a future is a function, and what is scheduled is the function itself.

Plain Python: nothing here knows SimPy or numba. `compilable` and `event` only mark a function for the compiled engine;
`after` and `handle` have a second body there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

TURN, NOTABLE, ROUTINE = 2, 1, 0
"""What an event means: it changes the course, it can be seen in the numbers, or it is one of many alike."""

MARKED: list[Callable[..., Any]] = []
"""Functions of the world, in the order in which their pages are read."""


@dataclass
class Event:
    """One kind of event. `handler` is what happens; `says` is its sentence in the story, empty if it has none here."""

    name: str
    handler: Callable[..., Any] | None = None
    says: str = ""
    weight: int = ROUTINE

    @property
    def page(self) -> str:
        """The page of the world that handles it."""
        return self.handler.__module__.rpartition(".")[2] if self.handler else ""

    @property
    def arguments(self) -> int:
        """How many of future, subject and amount its handler takes."""
        return self.handler.__code__.co_argcount if self.handler else 0


EVENTS: list[Event] = []
"""All kinds of event. The place of one is its number in the calendar and in logs; nothing else depends on it."""


def compilable(function: F) -> F:
    """Mark a function of the world: written in the part of Python that the compiled engine shares."""
    MARKED.append(function)
    return function


def event(says: str = "", weight: int = ROUTINE, on: int | None = None) -> Callable[[F], F]:
    """Mark the function that handles an event: it takes the future, or also a subject, or also an amount.

    `says`: its sentence in the story; `{sites}` stands for the row of that table which is the subject, `{sites.burns}`
    for a number of it, `{amount}` for the amount. A handler that returns False says nothing.
    `on`: the signal that it answers, where a page below schedules it. Raises ValueError if another answers it already.
    """

    def mark(function: F) -> F:
        number = signal(function.__name__) if on is None else on
        if EVENTS[number].handler:
            raise ValueError(f"{EVENTS[number].name} has a handler already")
        EVENTS[number] = Event(function.__name__.replace("_", " "), function, says, weight)
        function.kind = number  # type: ignore[attr-defined]
        return compilable(function)

    return mark


def signal(name: str) -> int:
    """An event that one page schedules and a page above it handles; `event(on=...)` there says which function does."""
    EVENTS.append(Event(name))
    return len(EVENTS) - 1


def kind_of(handler: Callable[..., Any]) -> int:
    """The number of a handler's event."""
    number: int = handler.kind  # type: ignore[attr-defined]
    return number


def after(future: Any, delay: float, handler: Callable[..., Any] | int, subject: int = 0, amount: float = 0.0) -> None:
    """Schedule an event, by its handler or its signal, `delay` days from now.

    Raises ValueError for a negative or undefined delay.
    """
    if not delay >= 0.0:
        raise ValueError("a delay must be zero or more days")
    future.calendar.schedule(delay, handler if isinstance(handler, int) else kind_of(handler), subject, amount)


def handle(future: Any, kind: int, subject: int, amount: float) -> Any:
    """What happens when an event of this kind fires: what its handler returns."""
    event = EVENTS[kind]
    return event.handler(*(future, subject, amount)[: event.arguments])  # type: ignore[misc]
