"""Causes: the thirteen answers to why compute is missing, and what books and outcomes keep of them.

A month's shortfall of each use is divided among the causes (`ribbon`). Parts are multiples of a grain of a unit, a
binary thousandth, so that in floats too they add up with `==`: in a month, and over the months of a window.
All but planning lie beneath a constraint that can be removed (`constraints`).
Units: training and serving units; in an outcome unit-months.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.language.section import Number, Section, Share, UnitMonths, parameter, state

if TYPE_CHECKING:
    from sim.world.future import Future

TRAIN, SERVE = range(2)
USES = 2
(
    CAPITAL,
    CONTROL,
    LICENCE,
    WAFERS,
    MEMORY,
    PACKAGING,
    ALLOCATION,
    DEPTH,
    SOFTWARE,
    RELIABILITY,
    LOGISTICS,
    SITE,
    PLANNING,
    CAUSES,
) = range(14)
NAMES = (
    "capital",
    "control",
    "licence",
    "wafers",
    "memory",
    "packaging",
    "allocation",
    "depth",
    "software",
    "reliability",
    "logistics",
    "site",
    "planning",
)
"""Of the causes, in this order: columns are called `train_capital`, `serve_capital`, and so on."""
GRAIN = 1024.0
"""Parts of a unit that are told apart."""


class Parts(Section):
    """A shortfall and its parts: the columns that a month's book and a future's outcome share."""

    train_short_units: UnitMonths = state("training units wanted and not there: in a month, or over the months")
    train_capital: UnitMonths = state("of these, for want of money")
    train_control: UnitMonths = state("of these, because rules block, refuse or seize")
    train_licence: UnitMonths = state("of these, because licences take longer than planned")
    train_wafers: UnitMonths = state("of these, for want of wafers")
    train_memory: UnitMonths = state("of these, for want of memory stacks")
    train_packaging: UnitMonths = state("of these, for want of packaging")
    train_allocation: UnitMonths = state("of these, because others are served first")
    train_depth: UnitMonths = state("of these, because markets are shallow (rental, grey)")
    train_software: UnitMonths = state("of these, because stacks are below their ceiling")
    train_reliability: UnitMonths = state("of these, because chips fail and runs stop")
    train_logistics: UnitMonths = state("of these, because chips are shipped or brought up later than planned")
    train_site: UnitMonths = state("of these, for want of a powered site")
    train_planning: UnitMonths = state("of these, because more is wanted than was foreseen, or too little was planned")
    serve_short_units: UnitMonths = state("serving units wanted and not there: in a month, or over the months")
    serve_capital: UnitMonths = state("of these, for want of money")
    serve_control: UnitMonths = state("of these, because rules block, refuse or seize")
    serve_licence: UnitMonths = state("of these, because licences take longer than planned")
    serve_wafers: UnitMonths = state("of these, for want of wafers")
    serve_memory: UnitMonths = state("of these, for want of memory stacks")
    serve_packaging: UnitMonths = state("of these, for want of packaging")
    serve_allocation: UnitMonths = state("of these, because others are served first")
    serve_depth: UnitMonths = state("of these, because markets are shallow (rental, grey)")
    serve_software: UnitMonths = state("of these, because stacks are below their ceiling")
    serve_reliability: UnitMonths = state("of these, because chips fail and runs stop")
    serve_logistics: UnitMonths = state("of these, because chips are shipped or brought up later than planned")
    serve_site: UnitMonths = state("of these, for want of a powered site")
    serve_planning: UnitMonths = state("of these, because more is wanted than was foreseen, or too little was planned")


class Counting(Section):
    """Scenario section `shortfall`."""

    counts_from: Share = parameter("shortfall over wanted above which a month counts as short")


class Part(Section):
    """One cause's part of one use's shortfall. Row: use x causes + cause."""

    exact: Number = state("units of this month's shortfall")
    grains: Number = state("the same in whole grains of a unit")
    overdue: Number = state("unit-days for which ordered chips were overdue this month")
    lost: Number = state("units lost so far: seized, refused, cancelled, given back, dead")


class Gap(Section):
    """One use in the month that closes. The row is the use."""

    grains: Number = state("shortfall in whole grains of a unit")
    started_late: Number = state("unit-days for which chips were overdue because they were ordered too late")


@compilable
def written(future: Future, m: int) -> None:
    """The parts of the month that closes, into its book."""
    book = future.books[m]
    parts = future.parts
    book.train_short_units = future.gaps[TRAIN].grains / GRAIN
    book.train_capital = parts[CAPITAL].grains / GRAIN
    book.train_control = parts[CONTROL].grains / GRAIN
    book.train_licence = parts[LICENCE].grains / GRAIN
    book.train_wafers = parts[WAFERS].grains / GRAIN
    book.train_memory = parts[MEMORY].grains / GRAIN
    book.train_packaging = parts[PACKAGING].grains / GRAIN
    book.train_allocation = parts[ALLOCATION].grains / GRAIN
    book.train_depth = parts[DEPTH].grains / GRAIN
    book.train_software = parts[SOFTWARE].grains / GRAIN
    book.train_reliability = parts[RELIABILITY].grains / GRAIN
    book.train_logistics = parts[LOGISTICS].grains / GRAIN
    book.train_site = parts[SITE].grains / GRAIN
    book.train_planning = parts[PLANNING].grains / GRAIN
    book.serve_short_units = future.gaps[SERVE].grains / GRAIN
    book.serve_capital = parts[CAUSES + CAPITAL].grains / GRAIN
    book.serve_control = parts[CAUSES + CONTROL].grains / GRAIN
    book.serve_licence = parts[CAUSES + LICENCE].grains / GRAIN
    book.serve_wafers = parts[CAUSES + WAFERS].grains / GRAIN
    book.serve_memory = parts[CAUSES + MEMORY].grains / GRAIN
    book.serve_packaging = parts[CAUSES + PACKAGING].grains / GRAIN
    book.serve_allocation = parts[CAUSES + ALLOCATION].grains / GRAIN
    book.serve_depth = parts[CAUSES + DEPTH].grains / GRAIN
    book.serve_software = parts[CAUSES + SOFTWARE].grains / GRAIN
    book.serve_reliability = parts[CAUSES + RELIABILITY].grains / GRAIN
    book.serve_logistics = parts[CAUSES + LOGISTICS].grains / GRAIN
    book.serve_site = parts[CAUSES + SITE].grains / GRAIN
    book.serve_planning = parts[CAUSES + PLANNING].grains / GRAIN


@compilable
def added(future: Future, m: int) -> None:
    """A month's parts, added to the outcome."""
    outcome = future.outcome[0]
    book = future.books[m]
    outcome.train_short_units += book.train_short_units
    outcome.train_capital += book.train_capital
    outcome.train_control += book.train_control
    outcome.train_licence += book.train_licence
    outcome.train_wafers += book.train_wafers
    outcome.train_memory += book.train_memory
    outcome.train_packaging += book.train_packaging
    outcome.train_allocation += book.train_allocation
    outcome.train_depth += book.train_depth
    outcome.train_software += book.train_software
    outcome.train_reliability += book.train_reliability
    outcome.train_logistics += book.train_logistics
    outcome.train_site += book.train_site
    outcome.train_planning += book.train_planning
    outcome.serve_short_units += book.serve_short_units
    outcome.serve_capital += book.serve_capital
    outcome.serve_control += book.serve_control
    outcome.serve_licence += book.serve_licence
    outcome.serve_wafers += book.serve_wafers
    outcome.serve_memory += book.serve_memory
    outcome.serve_packaging += book.serve_packaging
    outcome.serve_allocation += book.serve_allocation
    outcome.serve_depth += book.serve_depth
    outcome.serve_software += book.serve_software
    outcome.serve_reliability += book.serve_reliability
    outcome.serve_logistics += book.serve_logistics
    outcome.serve_site += book.serve_site
    outcome.serve_planning += book.serve_planning
