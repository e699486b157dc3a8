"""A future as a trace in Chrome's format, which Perfetto (ui.perfetto.dev) opens: a day is drawn as a second.

Spans of orders, with their stages inside them; of campaigns, with their phases; of talks; and of rules in force.
Format: "Trace Event Format" (Chromium project), complete events ("ph": "X") and names of processes and threads.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sim.measures.thing_names import Names
from sim.story.recorder import Standing
from sim.world.company.capital import CLOSED, COLLAPSED, QUIET
from sim.world.purchasing.orders import AT_OFFICE, AT_VENDOR, DELIVERED, IN_TRANSIT, PLACED
from sim.world.workloads.training import DONE

MICROSECONDS = 1_000_000
"""Microseconds that a day is drawn as."""

ORDERS, CAMPAIGNS, TALKS, RULES = range(1, 5)
PAGES = {ORDERS: "orders", CAMPAIGNS: "training", TALKS: "capital", RULES: "controls"}
STAGES = {PLACED: "placed", AT_VENDOR: "at the vendor", IN_TRANSIT: "in transit"}
PHASES = ("research", "waiting for a pool", "final run")
TALKING = ("quiet", "talking", "closing", "closed", "stalled", "collapsed")

P = TypeVar("P")
Steps = Sequence[tuple[float, Standing]]
Event = dict[str, Any]


def trace(names: Names, future: Any, steps: Steps, horizon: float) -> dict[str, Any]:
    """The trace of a recorded future: its steps are day and standing after each event that moved anything."""
    events = [_named("process_name", page, 0, title) for page, title in PAGES.items()]
    events += _orders(names, future, steps, horizon)
    events += _campaigns(names, steps, horizon)
    events += _talks(steps, horizon)
    events += _rules(names, steps, horizon)
    return {"displayTimeUnit": "ms", "traceEvents": events}


def _orders(names: Names, future: Any, steps: Steps, horizon: float) -> Iterator[Event]:
    """One thread for each order: the order itself, its stages, and at each office whose that is."""
    seen: dict[int, list[tuple[float, tuple[int, int]]]] = {}
    for day, standing in steps:
        for slot, stage in standing.stages.items():
            path = seen.setdefault(slot, [])
            place = stage, standing.clearances[slot]
            if not path or path[-1][1] != place:
                path.append((day, place))
    for slot, path in seen.items():
        order = future.orders[slot]
        title = f"{order.units:,.0f} {names.chip(order.offer)}"
        last = path[-1][0] if path[-1][1][0] >= DELIVERED else horizon
        yield _named("thread_name", ORDERS, slot, title)
        yield _span(ORDERS, slot, title, path[0][0], last, {"dollars": order.price, "paid": order.paid})
        yield from _pieces(ORDERS, slot, path, horizon, lambda place: _stage(names, future, *place))


def _stage(names: Names, future: Any, stage: int, clearance: int) -> str:
    """What a stage of an order is called; nothing once the order has ended."""
    if stage == AT_OFFICE:
        return f"at the office of {names.short('governments', future.clearances[clearance].government)}"
    return STAGES.get(stage, "")


def _campaigns(names: Names, steps: Steps, horizon: float) -> Iterator[Event]:
    for c in range(len(steps[0][1].phases)):
        path = _path(steps, lambda standing, c=c: standing.phases[c])  # type: ignore[misc]
        title = names.thing("campaigns", c)
        last = path[-1][0] if path[-1][1] == DONE else horizon
        yield _named("thread_name", CAMPAIGNS, c, title)
        yield _span(CAMPAIGNS, c, title, path[0][0], last, {})
        yield from _pieces(CAMPAIGNS, c, path, horizon, lambda phase: PHASES[phase] if phase < DONE else "")


def _talks(steps: Steps, horizon: float) -> Iterator[Event]:
    over = (QUIET, CLOSED, COLLAPSED)
    path = _path(steps, lambda standing: standing.talks)
    yield _named("thread_name", TALKS, 0, "financing")
    yield from _pieces(TALKS, 0, path, horizon, lambda stage: "" if stage in over else TALKING[stage])


def _rules(names: Names, steps: Steps, horizon: float) -> Iterator[Event]:
    for r in range(len(steps[0][1].in_force)):
        path = _path(steps, lambda standing, r=r: standing.in_force[r])  # type: ignore[misc]
        title = names.thing("rules", r)
        yield _named("thread_name", RULES, r, title)
        yield from _pieces(RULES, r, path, horizon, lambda in_force, title=title: title if in_force else "")  # type: ignore[misc]


def _path(steps: Steps, of: Callable[[Standing], int]) -> list[tuple[float, int]]:
    """The days on which a thing changed, and what it changed to."""
    path: list[tuple[float, int]] = []
    for day, standing in steps:
        value = of(standing)
        if not path or path[-1][1] != value:
            path.append((day, value))
    return path


def _pieces(
    page: int, thread: int, path: Sequence[tuple[float, P]], horizon: float, title: Callable[[P], str]
) -> Iterator[Event]:
    """A span for each piece of a path that has a title."""
    ends = [day for day, _ in path[1:]] + [horizon]
    for (day, value), end in zip(path, ends, strict=True):
        if title(value):
            yield _span(page, thread, title(value), day, end, {})


def _span(page: int, thread: int, name: str, begins: float, ends: float, arguments: dict[str, float]) -> Event:
    first, last = round(begins * MICROSECONDS), round(ends * MICROSECONDS)
    return {
        "name": name,
        "cat": PAGES[page],
        "ph": "X",
        "ts": first,
        "dur": last - first,
        "pid": page,
        "tid": thread,
        "args": arguments,
    }


def _named(what: str, page: int, thread: int, name: str) -> Event:
    return {"name": what, "ph": "M", "ts": 0, "pid": page, "tid": thread, "args": {"name": name}}
