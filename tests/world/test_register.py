"""The register: every kind of event happens, and every parameter is given somewhere and moves something."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.engine import runner
from sim.engine.compiled import numba_engine
from sim.engine.compiled.compiler import KERNELS
from sim.language.declarations import Field, Options, Reference, fields
from sim.language.events import EVENTS
from sim.scenario.grammar.conditions import watched
from sim.scenario.grammar.schema import Directory
from sim.template.assemble import Template
from sim.world.course import happenings
from sim.world.course.future import LAYOUT
from sim.world.course.happenings import change_ended
from tests.engine.futures import SHIPPED
from tests.world.a_future import drawn_inputs, future_of, small, template_of, varied_of
from tests.world.needs import stated


@dataclass(frozen=True)
class Compiled:
    """One future as a record, ready to run: its inputs are written into it."""

    record: Any
    luck: Any
    things: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, template: Template, number: int) -> "Compiled":
        """A future of a template."""
        record = LAYOUT.copied(template.record)
        record["values"][0, template.addresses] = drawn_inputs(template, 1, number)
        return cls(record, runner.seeds(1, number, 1), template.scenario.things)

    def copy(self) -> "Compiled":
        """Another record of the same future, to change."""
        return replace(self, record=LAYOUT.copied(self.record))

    def run(self) -> "Ran":
        """From the first day to the last."""
        KERNELS.take()
        log = np.zeros((1, MOST_EVENTS, 4))
        none = np.zeros(0, np.int64)
        batch = numba_engine.run(self.record, none, np.zeros((1, 0)), self.luck, np.zeros(1, np.int64), log)
        return Ran(batch.outcomes[0].tobytes(), batch.series[0].tobytes(), log[0, : int(batch.events[0])])


@dataclass(frozen=True)
class Ran:
    """All that is known of a future: what it comes to, its months, and when everything happened."""

    outcomes: bytes
    series: bytes
    log: Any

    @property
    def kinds(self) -> set[int]:
        """The events that happened."""
        return set(self.log[:, 1].astype(int).tolist())

    @property
    def numbers(self) -> tuple[bytes, bytes, bytes]:
        """All of it but for the rows of the log."""
        return self.outcomes, self.series, self.log[:, 0].tobytes()


MOST_EVENTS = 50_000


def test_every_kind_of_event_happens_in_a_shipped_scenario_or_a_full_future() -> None:
    shipped = [Compiled.of(template_of(scenario, ()), number) for scenario in SHIPPED for number in range(8)]
    seen = set().union(*(future.run().kinds for future in (*shipped, *map(fresh, SETTINGS))))
    assert seen == set(range(len(EVENTS)))


def test_a_change_for_a_time_ends() -> None:
    change = "{id: one, source: test, at: 2026-02-01, changes: {serving.peak: {scale: 2, for: 10 days}}}"
    assert small(f"happenings: [{change}]").begin().until(50.0).story(change_ended) == [(41.0, "change ended")]


def test_every_number_that_a_condition_may_watch_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """At month close, where conditions are tested: sums of the month that are begun anew by then stand still."""
    numbers = Directory(LAYOUT.tables, {}).numbers
    seen: dict[str, set[float]] = {path: set() for path in watched(Directory(LAYOUT.tables, {}))}
    tested = happenings.month_tested

    def noted(future: Any) -> None:
        for path, values in seen.items():
            values.add(getattr(getattr(future, numbers[path].table)[0], numbers[path].field.name))
        tested(future)

    monkeypatch.setattr(happenings, "month_tested", noted)
    for scenario in ("baseline", "tighten"):
        for number in range(3):
            future_of(scenario=scenario, number=number).run()
    assert {path for path, values in seen.items() if len(values) < 3} == set()


PARAMETERS = [
    (name, field)
    for name, table in LAYOUT.tables.items()
    if table.at
    for field in fields(table.row)
    if field.given and field.name in {column.name for column in table.columns}
]


def test_every_parameter_is_written_in_a_scenario_or_has_a_value_when_left_out() -> None:
    written = {
        f"{value.target.table}.{value.field.name}"
        for scenario in SHIPPED
        for value in future_of(scenario=scenario).scenario.values.values()
        if value.node is not None
    }
    missing = {f"{name}.{field.name}": field for name, field in PARAMETERS if f"{name}.{field.name}" not in written}
    assert all(field.default is not None for field in missing.values())
    assert set(missing) == NEVER_WRITTEN


NEEDS = tuple(stated())
NEVER_WRITTEN = {name for needs in NEEDS for name in needs.never_written}
MOVES_NOTHING = [name for needs in NEEDS for name in needs.moves_nothing]
SETTINGS = {number: settings for needs in NEEDS for number, settings in needs.settings.items()}


def test_needs_are_of_parameters_that_exist_and_no_future_is_set_twice() -> None:
    assert {*MOVES_NOTHING, *NEVER_WRITTEN} <= {f"{name}.{field.name}" for name, field in PARAMETERS}
    assert sum(len(needs.settings) for needs in NEEDS) == len(SETTINGS)


FUTURES = 40
"""Futures that are tried until one moves; nearly all parameters move the first."""


@cache
def fresh(number: int) -> Compiled:
    """Full of events: both keys are turned, the climate changes often, small rounds come every month."""
    settings: tuple[str, ...] = (
        "controls.rules.cn_2026_01_cond.effective=2026-06-01",
        "controls.rules.us_cloud_access.announced=2026-09-01",
        f"foundry.lines.smic.middle={2026 if number % 2 else 2025}-01-01",
        f"foundry.packaging.packaging_950.monthly={500_000 if number % 3 else 30_000} chips / month",
        "controls.rules.us_tools_servicing.probability=1",
        "controls.rules.us_tools_servicing.announced=2026-05-01",
        "controls.rules.us_tools_servicing.effective=2026-05-01",
        "market.offers.h100_malaysia.depth=3000 chips",
        "training.full_growth=1 year",
        "serving.full_growth=1 year",
        "market.offers.b200_grey.yearly=3000 chips / year",
        "market.offers.b200_grey.seizure=30%",
        "climate.truce_breaks=3 / year",
        "climate.tension_breaks=3 / year",
        "climate.tension_eases=3 / year",
        "climate.rupture_eases=3 / year",
        "capital.financing.closes=0.6",
        "capital.financing.duration=10 days",
        "capital.financing.next_after=20 days",
        "capital.financing.size=$80M",
        "capital.financing.next_size=1.1",
        "capital.financing.stall_time=15 days",
        "capital.financing.valuation=$200M",
        "capital.financing.next_valuation=1.1",
        "controls.rules.us_lab_listed.probability=0.5",
        "procurement.prepaid_share=0.5",
    )
    settings += SETTINGS.get(number, ())
    return Compiled.of(varied_of("baseline" if number % 2 else "both", settings), number)


@cache
def as_it_is(number: int) -> tuple[bytes, bytes, bytes]:
    return fresh(number).run().numbers


def change(record: Any, table: str, row: int, field: Field) -> None:
    """Another value that is still allowed."""
    column = record[table][field.name][0]
    value = column[row].item()
    if field.luck:
        scale, shift = (record["lucks"][name][0] for name in ("scale", "shift"))
        scale[value] *= 1.5
        shift[value] = shift[value] * 1.5 + 20.0 if math.isfinite(shift[value]) else 300.0
    elif isinstance(field.kind, Reference):
        column[row] = 1 if value == 0 else 0
    elif isinstance(field.kind, Options):
        column[row] = (value + 1.0) % len(field.kind.words)
    elif not math.isfinite(value):
        column[row] = 300.0
    elif field.high == 1.0:
        more = value < 0.5 and not field.parts  # parts of one whole have no room for more
        column[row] = value + 0.45 if more else value * 0.3
    else:
        less = value * 0.6 if value else 1.0
        whole = math.ceil(less) if math.ceil(less) != value else value + 1.0  # chips and dollars stay whole
        column[row] = less if value % 1.0 else whole


def moves(table: str, field: Field) -> bool:
    """Whether some future comes to something else when the parameter of one row is changed."""
    for number in range(FUTURES):
        for row in range(len(fresh(number).things.get(table, ("its one row",)))):
            future = fresh(number).copy()
            change(future.record, table, row, field)
            if future.run().numbers != as_it_is(number):
                return True
    return False


@pytest.mark.parametrize(
    ("table", "field"),
    [
        pytest.param(name, field, id=f"{name}.{field.name}")
        for name, field in PARAMETERS
        if f"{name}.{field.name}" not in MOVES_NOTHING
    ],
)
def test_every_parameter_moves_something(table: str, field: Field) -> None:
    assert moves(table, field)
