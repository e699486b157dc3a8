"""Futures to test the pages of the world on: of a small world without luck, and of the scenarios shipped.

Rows refuse a float where the record has an integer and the other way round, as the compiled engine would silently not.
"""

import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sim.engine import results, runner, tasks
from sim.engine.simpy_engine import SimpyFuture, Slots, Start, numbers, row_types
from sim.errors import Problem
from sim.language.declarations import Rows
from sim.language.events import EVENTS, kind_of
from sim.language.yaml_nodes import parse
from sim.scenario.load import load
from sim.template.assemble import Template, assemble
from sim.template.variation import read_setting, varied_template
from sim.world.course import events
from sim.world.course.future import LAYOUT, OUTCOMES, SERIES, Future
from sim.world.fleet import holdings
from sim.world.purchasing import orders
from sim.world.shortfall import lateness

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "scenarios"
_FOLDER = TemporaryDirectory()  # one for all, so that the small world itself is read once
shutil.copy(HERE / "small.yaml", _FOLDER.name)

SHORT = ("end=2028-01-01", "window.later=2028-01-01")
"""Settings that end a shipped scenario with its reporting window."""


@cache
def checked_types() -> dict[str, type]:
    """The rows of each table, that take only floats in their f8 columns and only integers in their i8 columns."""
    return {
        name: type(name, (row,), {"__slots__": (), "__setattr__": _checking(name)}) for name, row in row_types().items()
    }


def _checking(table: str) -> Callable[[Any, str, object], None]:
    due = {field.name: int if field.whole else float for field in LAYOUT.tables[table].columns}

    def assign(row: Any, name: str, value: object) -> None:
        assert type(value) is due[name], f"{table}.{name} = {value!r}"
        object.__setattr__(row, name, value)

    return assign


@cache
def start_of(template: Template) -> Start:
    """A template taken apart, once."""
    return Start(template.record)


TOGETHER = 8
"""Futures whose inputs are drawn at once: to draw those of one takes nearly as long."""


@cache
def drawn_together(template: Template, seed: int, first: int) -> Any:
    """The inputs of some futures, a row for each."""
    return template.draw(seed, first, TOGETHER, tasks.judge_of("auto"))


def drawn_inputs(template: Template, seed: int, number: int) -> Any:
    """The inputs of a future."""
    place = number % TOGETHER
    return drawn_together(template, seed, number - place)[place]


class LoggedFuture(SimpyFuture, Future):
    """A future that keeps its log, and whose things are found by their id."""

    quantiles: Any

    def __init__(self, template: Template, number: int = 0, seed: int = 1) -> None:
        inputs = drawn_inputs(template, seed, number).tolist()
        name = int(runner.seeds(seed, number, 1)[0])
        super().__init__(start_of(template), name, template.addresses.tolist(), inputs)
        for table, checked in checked_types().items():
            if LAYOUT.tables[table].dynamic:
                setattr(self, table, Slots(checked, LAYOUT.tables[table].capacity))
            else:
                for row in getattr(self, table):  # what it begins with comes from the record
                    row.__class__ = checked
        self.scenario = template.scenario
        self.addresses: list[int] = template.addresses.tolist()
        self.inputs = template.inputs
        self.things: Mapping[str, tuple[str, ...]] = template.scenario.things
        self.log = []

    def at(self, table: str, name: str) -> int:
        """The row of a thing."""
        return self.things[table].index(name)

    def the(self, table: str, name: str) -> Any:
        """A thing."""
        return getattr(self, table)[self.at(table, name)]

    @property
    def result(self) -> SimpleNamespace:
        """What it comes to, under the names of results."""
        return SimpleNamespace(**dict(zip(results.OUTCOMES, numbers(self, OUTCOMES), strict=True)))

    def month(self, m: int) -> SimpleNamespace:
        """What its books say of a month, under the names of results."""
        return SimpleNamespace(**dict(zip(results.SERIES, numbers(self, SERIES, m), strict=True)))

    def clearances_of(self, offer: str) -> list[Any]:
        """The offices that must clear an offer, in their order."""
        row = self.the("offers", offer)
        return [self.clearances[k] for k in range(row.clearance, row.clearance + row.clearances)]

    def begin(self) -> "LoggedFuture":
        """The first day."""
        events.begin(self)
        return self

    def run(self, processes: Any = ()) -> "LoggedFuture":
        """From the first day to the last."""
        super().run(processes)
        return self

    def placed(self) -> list[Any]:
        """The orders placed so far."""
        return [self.orders[slot] for slot in range(self.lab[0].orders)]

    def deliver(self, offer: str, units: float, holding: str = "") -> Any:
        """An order arrives that nobody had to pay for: chips at the door today. At `holding`, if it is named."""
        o = self.at("offers", offer)
        if holding:
            self.offers[o].holding = self.at("holdings", holding)
        slot = self.lab[0].orders
        order = self.orders[slot]
        order.offer, order.use, order.stage, order.key, order.units = o, 0, orders.DELIVERED, 7, units
        order.price = order.paid = 0.0
        lateness.placed(self, slot, 0.0, 0.0)
        self.lab[0].orders += 1
        self.lab[0].ordered += units
        self.stages[orders.DELIVERED].units += units
        self.stages[orders.DELIVERED].orders += 1
        holdings.delivered(self, slot)
        return order

    def until(self, day: float) -> "LoggedFuture":
        """What happens before a day."""
        self.env.run(until=day)
        self.clock[0].now = float(day)
        return self

    def story(self, *handlers: Callable[..., Any] | int) -> list[tuple[float, str]]:
        """Days and names of what happened, of the events with these handlers or signals."""
        kinds = [each if isinstance(each, int) else kind_of(each) for each in handlers]
        return [(round(row[0], 3), EVENTS[row[1]].name) for row in self.log or () if row[1] in kinds]


@cache
def small_template(changes: str = "") -> Template:
    """The small world with changes, in YAML."""
    child = Path(_FOLDER.name) / "child.yaml"
    child.write_text(f"extends: small.yaml\n{changes}\n", encoding="utf-8")
    return assemble(load(child, LAYOUT.tables), LAYOUT)


def small(changes: str = "", number: int = 0) -> LoggedFuture:
    """A future of the small world, not yet begun."""
    return LoggedFuture(small_template(changes), number)


@cache
def template_of(scenario: str, settings: tuple[str, ...], overrides: tuple[str, ...] = ()) -> Template:
    """A shipped scenario with settings and named overrides."""
    return assemble(load(SCENARIOS / f"{scenario}.yaml", LAYOUT.tables, overrides, settings), LAYOUT)


def future_of(*settings: str, scenario: str = "baseline", number: int = 0) -> LoggedFuture:
    """A future of a shipped scenario, not yet begun."""
    return LoggedFuture(settled_of(scenario, settings), number)


@cache
def settled_of(scenario: str, settings: tuple[str, ...]) -> Template:
    """What `template_of` reads anew, varied from what was read before."""
    ending, others = (tuple(each for each in settings if (each in SHORT) is short) for short in (True, False))
    return varied_of(scenario, others, ending=ending)


@cache
def outcomes(
    *settings: str, scenario: str = "baseline", futures: int = 60, overrides: tuple[str, ...] = ()
) -> pd.DataFrame:
    """The outcomes of paired futures of a shipped scenario up to its reporting window, compiled."""
    job = runner.Job(varied_of(scenario, settings, overrides), 1, futures)
    return runner.run(job, "compiled", lambda _: None).stored.whole()


def varied_of(
    scenario: str, settings: tuple[str, ...], overrides: tuple[str, ...] = (), ending: tuple[str, ...] = SHORT
) -> Template:
    """A scenario with settings: it is read once, and values of its parameters are written over what was read."""
    known = template_of(scenario, ending, overrides).scenario.values
    written = {path for path, value in known.items() if not isinstance(value.field.kind, Rows)}
    kept = tuple(each for each in settings if each.partition("=")[0] not in written)
    whole = template_of(scenario, (*ending, *kept), overrides)
    problems: list[Problem] = []
    pairs = dict(each.split("=", 1) for each in settings if each not in kept)
    read = [read_setting(whole.scenario, path, parse(text, path), problems) for path, text in pairs.items()]
    assert problems == []
    return varied_template(whole, [each for each in read if each])


def mean(measure: str, *settings: str, scenario: str = "baseline", futures: int = 60) -> float:
    """The mean of an outcome."""
    return float(outcomes(*settings, scenario=scenario, futures=futures)[measure].mean())
