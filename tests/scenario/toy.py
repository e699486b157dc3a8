"""A small world to test the language of scenarios on, and a scenario of it."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from sim.language.declarations import (
    MW,
    TPP,
    USD,
    Bandwidth,
    Count,
    Date,
    Days,
    Growth,
    Luck,
    Number,
    Options,
    Price,
    Ratio,
    Reference,
    Row,
    Rows,
    Section,
    Share,
    Thing,
    Units,
    parameter,
    state,
)
from sim.language.luck import LuckRow
from sim.language.record import layout, section, slots, tables, things
from sim.language.yaml_nodes import parse
from sim.scenario.checking.validate import validate
from sim.scenario.reading.extends import Reading, read_chain, varied
from sim.scenario.scenario import Scenario


class Lab(Section):
    cash: USD = parameter("money at the start")
    growth: Growth = parameter("wanted training")
    share: Share = parameter("bought at home", default=0.5)
    power: MW = parameter("contracted", default=math.inf)
    debt: USD = state("owed", watched=True)
    months: Count = state("closed")


class Chip(Thing):
    tpp: TPP = parameter("total processing performance")
    bandwidth: Bandwidth = parameter("memory bandwidth", default=0.0)
    price: Price = parameter("each")
    life: Ratio = parameter("against the first", default=1.0, low=0.5, high=2.0)
    origin: Annotated[float, Options(("domestic", "imported"))] = parameter("where it is made", default=0.0)
    follows: Annotated[int, Reference("chips")] = parameter("the one before", default=-1.0)


class Rule(Thing):
    regime: Annotated[float, Options(("open", "denial"))] = parameter("what happens to what it hits")
    announced: Luck[Date] = parameter("known from")
    effective: Luck[Date] = parameter("in force from")
    lifted: Luck[Date] = parameter("in force until", default=math.inf)
    hits: Annotated[float, Rows("clauses")] = parameter("which chips")


class Office(Thing):
    decision: Luck[Days] = parameter("application to decision")
    quota: Units = parameter("most a quarter", default=math.inf)


class Happening(Thing):
    at: Luck[Date] = parameter("when")
    probability: Share = parameter("odds", default=1.0)
    requires: Annotated[float, Rows("ties")] = parameter("only after these")
    excludes: Annotated[float, Rows("ties")] = parameter("not with these")
    when: Annotated[float, Rows("triggers")] = parameter("when this is so")
    changes: Annotated[float, Rows("changes")] = parameter("what it changes")


class Clause(Section):
    rule: Row = state("whose")
    alternative: Row = state("which")
    address: Row = state("of the first chip's attribute")
    stride: Row = state("to the next chip")
    comparison: Row = state("code")
    value: Number = state("compared with")


class Change(Section):
    happening: Row = state("whose")
    address: Row = state("what")
    operation: Row = state("how")
    value: Number = state("how much")
    lasting: Number = state("days")
    luck: Row = state("whose luck")
    least: Number = state("from")
    most: Number = state("to")
    moves: Row = state("whether the world moves it")


class Tie(Section):
    happening: Row = state("whose")
    other: Row = state("to whom")
    excludes: Row = state("or requires")


class Trigger(Section):
    happening: Row = state("whose")
    address: Row = state("what")
    comparison: Row = state("code")
    value: Number = state("compared with")


class Span(Section):
    horizon: Number = state("days")


class Month(Section):
    begins: Number = state("day")
    ends: Number = state("day")


class Counts(Section):
    chips: Row = state("rows used")
    rules: Row = state("rows used")
    clauses: Row = state("rows used")
    changes: Row = state("rows used")
    ties: Row = state("rows used")
    triggers: Row = state("rows used")
    lucks: Row = state("rows used")
    months: Row = state("rows used")


class Order(Section):
    units: Units = state("ordered")


class Toy:
    span = section(Span)
    counts = section(Counts)
    lab = section(Lab, at="lab")
    chips = things(Chip, 4, at="chips")
    rules = things(Rule, 3, at="controls.rules")
    offices = things(Office, 2, at="controls.offices")
    happenings = things(Happening, 3, at="happenings")
    clauses = things(Clause, 8)
    changes = things(Change, 8)
    ties = things(Tie, 4)
    triggers = things(Trigger, 4)
    months = things(Month, 24)
    lucks = things(LuckRow, 16)
    orders = slots(Order, 4)


TABLES = tables(Toy)
LAYOUT = layout(Toy, shapes=8, calendar=8)

BASELINE = """\
name: Toy
as_of: 2026-04-23
start: 2026-05-15
end: 2027-02-10
levers: [lab.share]
sources:
  ft_2026: {title: A report, publisher: FT, date: 2026-03-01}
lab:
  source: ft_2026
  cash: {p5: $120M, p50: $400M, p95: $1000M}
  growth: {p10: 1.8x / year, p90: 4.4x / year}
chips:
  - id: nv_h200
    name: H200
    source: a data sheet
    tpp: 15832
    bandwidth: 4.8 TB/s
    price: {p5: $25k, p50: $32k, p95: $41k}
    origin: imported
  - id: ascend_910c
    source: a data sheet
    tpp: 12032 TPP
    price: $14,000
    follows: nv_h200
controls:
  source: a judgement of ours
  rules:
    - id: old
      regime: denial
      announced: 2026-01-01
      effective: {after: {p5: 0 days, p50: 3 days, p95: 60 days}}
      hits: {any: [{tpp: ">= 1600"}, {all: [{bandwidth: ">= 1.4 TB/s"}, {chip: [nv_h200]}]}]}
  offices:
    - id: us
      decision: {p5: 30 days, p50: 90 days, p95: 200 days}
happenings:
  - id: slip
    source: a judgement of ours
    at: {between: [2026-09-01, 2026-12-31]}
    probability: {p5: 0.2, p50: 0.5, p95: 0.8}
    changes:
      controls.rules.old.effective: {later: 180 days}
      lab.cash: {scale: {between: [0.5, 0.9]}, for: 90 days}
  - id: squeeze
    source: a judgement of ours
    at: 2026-06-01
    requires: [slip]
    when: {lab.debt: "> $100M"}
overrides:
  rich: {lab: {cash: $5B}}
  keen: {lab: {cash: $6B, growth: 5x / year}}
"""


def read(path: Path, chosen: Sequence[str] = (), settings: Sequence[str] = ()) -> Reading:
    """A file of the small world, with its chain, the chosen named overrides, and `path=value` settings."""
    return varied(read_chain(path, TABLES), TABLES, chosen, settings)


def scenario(text: str, folder: Path, **others: Any) -> Scenario:
    """The scenario of a text, written to `folder` as `s.yaml`."""
    path = folder / "s.yaml"
    path.write_text(text, encoding="utf-8")
    return validate(read(path, **others), TABLES, {})


def child(changes: str) -> str:
    """A scenario that extends the baseline (written by the fixture as `baseline.yaml`)."""
    assert parse(changes, "child").value is not None
    return f"extends: baseline.yaml\n{changes}"
