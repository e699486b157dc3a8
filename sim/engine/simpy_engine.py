"""The world under SimPy: rows are plain objects, every event is a SimPy event.

Slower than the compiled engine and equal to it in every bit; a debugger stops in it, and a user's own SimPy process can
live beside the model.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from typing import Any

import simpy

from sim.engine.results import Batch
from sim.language import events
from sim.language.columns import Column
from sim.world.course import events as course
from sim.world.course import happenings
from sim.world.course.future import CALENDAR, LAYOUT, OUTCOMES, SERIES
from sim.world.signals import RETIMED

LogRow = tuple[float, int, int, float]

Process = Callable[[simpy.Environment, "SimpyFuture"], Generator[simpy.Event, Any, None]]
"""A user's own SimPy process: it may wait, read the tables, and change parameters through `future.change`.

It is called with `template` as a keyword too, whose `address(path)` says where a parameter lies.
"""

Witness = Callable[["SimpyFuture", LogRow], Callable[[bool], None]]
"""Sees a future just before each event, with the event; what it returns is called after it: did it still hold?"""


@cache
def row_types() -> dict[str, type]:
    """A class with slots for the rows of each table."""
    return {name: make_dataclass(name, table.dtype.names or (), slots=True) for name, table in LAYOUT.tables.items()}


class Slots(dict[int, Any]):
    """Rows of a table that is filled while the future runs: each is made when it is first taken."""

    def __init__(self, row: type, capacity: int) -> None:
        self._row, self._capacity = row, capacity

    def __len__(self) -> int:
        return self._capacity

    def __missing__(self, slot: int) -> Any:
        if not 0 <= slot < self._capacity:
            raise IndexError(f"row {slot} of a table of {self._capacity}")
        row: Any = object.__new__(self._row)
        self[slot] = row
        return row


class Values:
    """The future's numbers by address, as the compiled record has them."""

    def __init__(self, future: "SimpyFuture") -> None:
        self._future = future

    def __getitem__(self, address: int) -> float:
        table, row, column = _cell(address)
        return float(getattr(getattr(self._future, table)[row], column))

    def __setitem__(self, address: int, value: float) -> None:
        table, row, column = _cell(address)
        setattr(getattr(self._future, table)[row], column, value)


@cache
def _cell(address: int) -> tuple[str, int, str]:
    return LAYOUT.cell(address)


@dataclass
class Start:
    """A template taken apart once, so that each future is built from plain lists."""

    record: Any
    rows: dict[str, list[tuple[Any, ...]]] = field(init=False)
    quantiles: list[float] = field(init=False)

    def __post_init__(self) -> None:
        counts = self.record["counts"][0, 0]
        used = {name: int(counts[name]) for name in counts.dtype.names}
        self.rows = {
            name: self.record[name][0][: used.get(name, table.capacity)].tolist()
            for name, table in LAYOUT.tables.items()
            if not table.dynamic
        }
        self.quantiles = self.record["quantiles"][0].tolist()


class SimpyFuture:
    """One future: tables as lists of rows, and a calendar that is a SimPy environment."""

    def __init__(self, start: Start, seed: int, addresses: list[int], inputs: list[float]) -> None:
        types = row_types()
        for name, table in LAYOUT.tables.items():
            if table.dynamic:
                setattr(self, name, Slots(types[name], table.capacity))
            else:
                setattr(self, name, tuple(types[name](*row) for row in start.rows[name]))
        self.quantiles = start.quantiles
        self.values = Values(self)
        self.env = simpy.Environment()
        self.calendar = self
        self.log: list[LogRow] | None = None
        self.witness: Witness | None = None
        self._clock = self.clock[0]  # type: ignore[attr-defined]
        self._clock.seed = seed
        for address, value in zip(addresses, inputs, strict=True):
            self.values[address] = value

    def schedule(self, delay: float, kind: int, subject: int, amount: float) -> None:
        """One SimPy event; the world calls it through `after`. Raises OverflowError where the record would be full."""
        if self._clock.pending == CALENDAR:
            raise OverflowError("the calendar is full")
        self._clock.pending += 1
        event = simpy.Event(self.env)
        event._ok, event._value = True, (kind, subject, amount)
        assert event.callbacks is not None
        event.callbacks.append(self._fire)
        self.env.schedule(event, delay=delay)

    def change(self, address: int, value: float) -> None:
        """Set a parameter as a happening would: over the changes in force, which came earlier; all dates are read anew.

        `address` is where it lies: `Template.address(path)`. Raises ValueError for a value out of its range.
        """
        table, _, column = _cell(address)
        declared = next(field for field in LAYOUT.tables[table].columns if field.name == column)
        if not declared.low <= value <= declared.most:
            raise ValueError(
                f"a process sets {table}.{column} to {value:g}, out of {declared.low:g} to {declared.most:g}"
            )
        for change in self.changes:  # type: ignore[attr-defined]
            if change.address == address:
                change.base, change.in_force = value, 0
        self._clock.now = self.env.now
        happenings.replaced(self, address, value)  # type: ignore[arg-type]
        self.schedule(0.0, RETIMED, 0, 0.0)

    def _fire(self, event: simpy.Event) -> None:
        clock = self._clock
        clock.now = self.env.now
        clock.pending -= 1
        clock.events += 1
        row = (clock.now, *event._value)
        if self.log is not None:
            self.log.append(row)
        seen = self.witness(self, row) if self.witness else None
        happened = events.handle(self, *event._value)
        if seen:
            seen(happened is not False)

    def run(self, processes: tuple[Process, ...] = ()) -> "SimpyFuture":
        """From the first day to the last; what would happen on the last day itself does not."""
        span = self.span[0]  # type: ignore[attr-defined]
        course.begin(self)  # type: ignore[arg-type]
        for process in processes:
            self.env.process(process(self.env, self))
        while self.env.peek() < span.horizon:  # a lean future moves it
            self.env.step()
        self._clock.now = span.horizon
        course.ended(self)  # type: ignore[arg-type]
        return self


def run(
    record: Any,
    addresses: Any,
    inputs: Any,
    seeds: Any,
    at: Any,
    log: Callable[[int, list[LogRow]], None] | None = None,
    processes: tuple[Process, ...] = (),
) -> Batch:
    """Run one future for each row of `inputs`; `at[0]` tells how many are finished, so a failure can be named.

    `inputs` has shape (futures, uncertain inputs), `seeds` (futures,). `log`, if given, gets each future's
    events; `processes` live beside the model.
    """
    start = Start(record)
    batch = Batch.empty(len(seeds), record)
    where = addresses.tolist()
    for i, (seed, row) in enumerate(zip(seeds.tolist(), inputs.tolist(), strict=True)):
        at[0] = i
        future = SimpyFuture(start, seed, where, row)
        future.log = [] if log else None
        future.run(processes)
        batch.outcomes[i] = numbers(future, OUTCOMES)
        for m in range(batch.series.shape[1]):
            batch.series[i, m] = numbers(future, SERIES, m)
        batch.events[i] = future._clock.events
        if log and future.log is not None:
            log(i, future.log)
    return batch


def witnessed(record: Any, addresses: Any, inputs: Any, seed: int, witness: Witness) -> SimpyFuture:
    """One future from beginning to end, each event seen; `inputs` has shape (uncertain inputs,)."""
    future = SimpyFuture(Start(record), seed, addresses.tolist(), inputs.tolist())
    future.witness = witness
    return future.run()


def numbers(future: SimpyFuture, columns: tuple[Column, ...], month: int = 0) -> list[float]:
    """Columns of results, of a month where they have months."""
    return [getattr(getattr(future, each.table)[each.row + month * each.step], each.source) for each in columns]
