"""The register: every kind of event happens, and every parameter is given somewhere and moves something."""

import math
from functools import cache
from typing import Any

import pytest

from sim.language.declarations import Field, Options, Reference, fields
from sim.language.events import EVENTS
from sim.scenario.grammar.conditions import watched
from sim.scenario.grammar.schema import Directory
from sim.world.accounts.starting_position import Matching
from sim.world.course import happenings
from sim.world.course.future import LAYOUT
from sim.world.course.happenings import change_ended
from sim.world.dials import Dials
from tests.engine.futures import SHIPPED
from tests.world.a_future import SHORT, Told, future_of, small


@cache
def kinds_seen(scenario: str) -> frozenset[int]:
    logs = (future_of(scenario=scenario, number=number).run().log for number in range(8))
    return frozenset(row[1] for log in logs for row in log or ())


def test_every_kind_of_event_happens_in_a_shipped_scenario_or_a_full_future() -> None:
    seen = frozenset().union(*(kinds_seen(scenario) for scenario in SHIPPED))
    full = {row[1] for number in OTHERS for row in fresh(number).run().log or ()}
    assert set(range(len(EVENTS))) == seen | full


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


def numbers(future: Told) -> list[float]:
    """All that is told of a future: what it comes to, its months, and when everything happened."""
    found = [getattr(future.outcome[0], name) for name in LAYOUT.tables["outcome"].dtype.names or ()]
    for m in range(future.counts[0].months):
        found += [getattr(future.books[m], name) for name in LAYOUT.tables["books"].dtype.names or ()]
    return [*found, *(row[0] for row in future.log or ())]


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


def fresh(number: int) -> Told:
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
    return future_of(*SHORT, *settings, scenario="baseline" if number % 2 else "both", number=number)


@cache
def as_it_is(number: int) -> list[float]:
    return numbers(fresh(number).run())


def changed(row: Any, field: Field, future: Told) -> None:
    """Another value that is still allowed."""
    value = getattr(row, field.name)
    if field.luck:
        luck = future.lucks[value]
        luck.scale, luck.shift = luck.scale * 1.5, luck.shift * 1.5 + 20.0 if math.isfinite(luck.shift) else 300.0
    elif isinstance(field.kind, Reference):
        setattr(row, field.name, 1 if value == 0 else 0)
    elif isinstance(field.kind, Options):
        setattr(row, field.name, (value + 1.0) % len(field.kind.words))
    elif not math.isfinite(value):
        setattr(row, field.name, 300.0)
    elif field.high == 1.0:
        more = value < 0.5 and not field.parts  # parts of one whole have no room for more
        setattr(row, field.name, value + 0.45 if more else value * 0.3)
    else:
        less = value * 0.6 if value else 1.0
        whole = math.ceil(less) if math.ceil(less) != value else value + 1.0  # chips and dollars stay whole
        setattr(row, field.name, less if value % 1.0 else float(whole))


def moves(table: str, field: Field) -> bool:
    """Whether some future of ten tells something else when the parameter of one row is changed."""
    for number in range(10):
        for row in range(len(fresh(number).things.get(table, ("its one row",)))):
            future = fresh(number)
            changed(getattr(future, table)[row], field, future)
            if numbers(future.run()) != as_it_is(number):
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
