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
from sim.world.accounts.starting_position import Matching
from sim.world.course import happenings
from sim.world.course.future import LAYOUT
from sim.world.course.happenings import change_ended
from sim.world.dials import Dials
from tests.engine.futures import SHIPPED
from tests.world.a_future import future_of, small, template_of, varied_of


@dataclass(frozen=True)
class Compiled:
    """One future as a record, ready to run: its inputs are written into it."""

    record: Any
    luck: Any
    things: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, template: Template, number: int) -> "Compiled":
        """A future of a template."""
        record = template.record.copy()
        record["values"][0, template.addresses] = template.draw(1, number, 1)[0]
        return cls(record, runner.seeds(1, number, 1), template.scenario.things)

    def copy(self) -> "Compiled":
        """Another record of the same future, to change."""
        return replace(self, record=self.record.copy())

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
    seen = set().union(*(future.run().kinds for future in (*shipped, *map(fresh, OTHERS))))
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
        (value.target.table, value.field.name)
        for scenario in SHIPPED
        for value in future_of(scenario=scenario).scenario.values.values()
        if value.node is not None
    }
    missing = {(name, field.name) for name, field in PARAMETERS if (name, field.name) not in written}
    assert all(field.absent is not None for name, field in PARAMETERS if (name, field.name) in missing)
    assert missing == NEVER_WRITTEN


NEVER_WRITTEN = {
    *(("dials", field.name) for field in fields(Dials)),
    ("crowding", "premium_truce"),
    ("happenings", "probability"),
    ("governments", "grants_truce"),
    ("rules", "lifted"),
    ("rules", "volume"),
    ("rules", "fee"),
    ("offers", "begins"),
    ("offers", "yearly_truce"),
    ("offers", "seized_truce"),
}
"""Parameters that only studies, or scenarios of your own, use."""

MOVES_NOTHING = {
    ("capital", "campaign_floor"): "the little world is seldom that short of money; test_capital.py shows it",
    ("capital", "yielded"): "as campaign_floor; test_sharing.py shows it",
    ("talks", "short_runway"): "money is seldom that short while terms are put here; test_rounds.py shows it",
    ("talks", "short_price"): "the same",
    ("stacks", "restart_assumed"): "it decides only between pools that end within weeks; test_pools.py shows it",
    ("chips", "origin"): "a word for reports; gates go by the pathway of an offer",
    ("chips", "interconnect"): "only rules test it; the shipped rules that do hit no chip on offer",
    ("chips", "die_area"): "the same: through performance density",
    ("chips", "memory"): "left out as a limit (chips.py)",
    ("supplies", "vendor"): "the shipped scenarios have one vendor of chips that are on offer",
    ("governments", "granted_discouraged"): "the one rule that discourages hits the H20, which the lab seldom buys",
    ("governments", "granted_presumed"): "the rules that presume denial are on memory, tools and foundries",
    **{("matching", field.name): "the same" for field in fields(Matching) if field.given},
}
"""Parameters that no outcome depends on, each with its reason."""


ON_ASCEND = (
    "fleet.holdings.b200_hall.opening=0 chips",
    "fleet.holdings.ascend_hall.opening=60000 chips",
    "market.offers.h800_home.depth=500 chips",
    "software.stacks.cann.opening=0.45",
    "software.stacks.cann.fit_from=0.4",
)
"""A fleet that is mostly Ascend, and fit for training."""

RUSHED = (
    "capital.cash=$5bn",
    "market.offers.h100_abroad.depth=60000 chips",
    "controls.rules.us_cloud_access.probability=1",
    "controls.rules.us_cloud_access.effective=2027-06-01",
)
"""A rule known long before it shuts an offer, and money that is left to rush."""

OTHERS: dict[int, tuple[str, ...]] = {
    2: ("foundry.lines.smic.good=0.1",),
    3: (*ON_ASCEND, "fleet.holdings.h800_hall.opening=500 chips", "software.stacks.cann.restart=1"),
    4: ("procurement.reserve=24 months", "capital.hiring_floor=60 months", "capital.saving=0.3"),
    5: (
        "capital.cash=$5bn",
        "market.offers.h200_licensed.price=$5k",
        "market.offers.h200_licensed.yearly=200000 chips / year",
        "controls.rules.cn_2026_01_cond.quota=400000 chips / year",
    ),
    6: RUSHED,
    7: (*ON_ASCEND, "fleet.holdings.h800_hall.opening=14000 chips"),
    8: (
        "capital.cash=$60M",
        "capital.facility=$0 / year",
        "capital.talks.size=$8M",
        "capital.talks.next_after=5 days",
        "capital.talks.resumes=0",
        "training.pool_time=60 days",
        "capital.talks.closes=0.9",
    ),
    9: (
        "capital.cash=$5bn",
        "market.offers.h200_licensed.price=$5k",
        "market.offers.h200_licensed.yearly=2000 chips / year",
        "controls.rules.us_lab_listed.probability=1",
        "controls.rules.us_lab_listed.announced=2026-09-20",
        "controls.rules.us_lab_listed.effective=2026-12-01",
    ),
}
"""Futures in which dies are the least, a run goes to Ascend (it must, or it might), the lab saves on all that it can,
much is on offer at doubtful odds, orders rush, money is short in talks, and others rush for what the lab would buy."""


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
        "market.offers.h100_abroad.depth=3000 chips",
        "training.full_growth=1 year",
        "serving.full_growth=1 year",
        "market.offers.b200_grey.yearly=3000 chips / year",
        "market.offers.b200_grey.seizure=30%",
        "climate.truce_breaks=3 / year",
        "climate.tension_breaks=3 / year",
        "climate.tension_eases=3 / year",
        "climate.rupture_eases=3 / year",
        "capital.talks.closes=0.6",
        "capital.talks.time=10 days",
        "capital.talks.next_after=20 days",
        "capital.talks.size=$80M",
        "capital.talks.next_size=1.1",
        "capital.talks.stall_time=15 days",
        "capital.talks.valuation=$200M",
        "capital.talks.next_valuation=1.1",
        "controls.rules.us_lab_listed.probability=0.5",
        "procurement.prepays=0.5",
    )
    settings += OTHERS.get(number, ())
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
    """Whether some future of ten comes to something else when the parameter of one row is changed."""
    for number in range(10):
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
        if (name, field.name) not in MOVES_NOTHING
    ],
)
def test_every_parameter_moves_something(table: str, field: Field) -> None:
    assert moves(table, field)


def test_the_reasons_are_of_parameters_that_exist() -> None:
    assert set(MOVES_NOTHING) <= {(name, field.name) for name, field in PARAMETERS}
