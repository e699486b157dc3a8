"""Causes: the answers to why compute is missing, and what books and outcomes keep of them.

A month's shortfall of each use is divided among the causes (`attribution`). Parts are multiples of a grain of a unit, a
binary thousandth, so that in floats too they add up with `==`.
Twelve lie beneath a constraint that can be removed (`constraints`). Four are nobody's to remove: planning (forecasts,
lots), the pace at which money is spent, what stands behind all that binds, and habit, or nothing fit on offer.
An outcome keeps the parts as shares of all that is wanted in the reporting window: months weigh by their days, those of
serving by the tokens wanted in them, so that the parts add up to the shortfall that is printed.
Units: training and serving units; in an outcome shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.declarations import Number, Section, ServeUnits, Share, SignedShare, TrainUnits, parameter, state
from sim.language.events import compilable

if TYPE_CHECKING:
    from sim.world.course.future import Future

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
    PACE,
    BEHIND,
    HABIT,
    CAUSES,
) = range(17)
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
    "pace",
    "behind",
    "habit",
)
"""Of the causes, in this order: columns are called `train_capital`, `serve_capital`, and so on."""
GRAIN = 1024.0
"""Parts of a unit that are told apart."""


class Parts(Section):
    """A month's shortfall and its parts: columns of its book."""

    train_short_units: TrainUnits = state("training units wanted and not there in a month")
    train_capital: TrainUnits = state("of these, for want of money")
    train_control: TrainUnits = state("of these, because rules block, refuse or seize")
    train_licence: TrainUnits = state("of these, because licences take longer than planned")
    train_wafers: TrainUnits = state("of these, for want of wafers")
    train_memory: TrainUnits = state("of these, for want of memory stacks")
    train_packaging: TrainUnits = state("of these, for want of packaging")
    train_allocation: TrainUnits = state("of these, because others are served first")
    train_depth: TrainUnits = state("of these, because markets are shallow (rental, grey)")
    train_software: TrainUnits = state("of these, because stacks are below their ceiling")
    train_reliability: TrainUnits = state("of these, because chips fail and runs stop")
    train_logistics: TrainUnits = state("of these, because chips are shipped or brought up later than planned")
    train_site: TrainUnits = state("of these, for want of a powered site")
    train_planning: TrainUnits = state("of these, because more is wanted than was foreseen, or too little was planned")
    train_pace: TrainUnits = state("of these, because the lab spends its money over months")
    train_behind: TrainUnits = state("of these, because of what would bind next if all that binds were open")
    train_habit: TrainUnits = state("of these, because nothing fit is on offer, or the lab does not want it")
    train_reserve: TrainUnits = state("of that for want of money, what the reserve keeps back")
    serve_short_units: ServeUnits = state("serving units wanted and not there in a month")
    serve_capital: ServeUnits = state("of these, for want of money")
    serve_control: ServeUnits = state("of these, because rules block, refuse or seize")
    serve_licence: ServeUnits = state("of these, because licences take longer than planned")
    serve_wafers: ServeUnits = state("of these, for want of wafers")
    serve_memory: ServeUnits = state("of these, for want of memory stacks")
    serve_packaging: ServeUnits = state("of these, for want of packaging")
    serve_allocation: ServeUnits = state("of these, because others are served first")
    serve_depth: ServeUnits = state("of these, because markets are shallow (rental, grey)")
    serve_software: ServeUnits = state("of these, because stacks are below their ceiling")
    serve_reliability: ServeUnits = state("of these, because chips fail and runs stop")
    serve_logistics: ServeUnits = state("of these, because chips are shipped or brought up later than planned")
    serve_site: ServeUnits = state("of these, for want of a powered site")
    serve_planning: ServeUnits = state("of these, because more is wanted than was foreseen, or too little was planned")
    serve_pace: ServeUnits = state("of these, because the lab spends its money over months")
    serve_behind: ServeUnits = state("of these, because of what would bind next if all that binds were open")
    serve_habit: ServeUnits = state("of these, because nothing fit is on offer, or the lab does not want it")
    serve_reserve: ServeUnits = state("of that for want of money, what the reserve keeps back")


class Shares(Section):
    """The parts as shares of what is wanted in the reporting window: columns of a future's outcome."""

    train_capital: SignedShare = state("training compute missing over wanted, for want of money")
    train_control: SignedShare = state("training compute missing over wanted, because rules block, refuse or seize")
    train_licence: SignedShare = state(
        "training compute missing over wanted, because licences take longer than planned"
    )
    train_wafers: SignedShare = state("training compute missing over wanted, for want of wafers")
    train_memory: SignedShare = state("training compute missing over wanted, for want of memory stacks")
    train_packaging: SignedShare = state("training compute missing over wanted, for want of packaging")
    train_allocation: SignedShare = state("training compute missing over wanted, because others are served first")
    train_depth: SignedShare = state("training compute missing over wanted, because markets are shallow (rental, grey)")
    train_software: SignedShare = state("training compute missing over wanted, because stacks are below their ceiling")
    train_reliability: SignedShare = state("training compute missing over wanted, because chips fail and runs stop")
    train_logistics: SignedShare = state(
        "training compute missing over wanted, because chips are shipped or brought up later than planned"
    )
    train_site: SignedShare = state("training compute missing over wanted, for want of a powered site")
    train_planning: SignedShare = state(
        "training compute missing over wanted, because more is wanted than was foreseen, or too little was planned"
    )
    train_pace: SignedShare = state(
        "training compute missing over wanted, because the lab spends its money over months"
    )
    train_behind: SignedShare = state(
        "training compute missing over wanted, because of what would bind next if all that binds were open"
    )
    train_habit: SignedShare = state(
        "training compute missing over wanted, because nothing fit is on offer, or the lab does not want it"
    )
    train_reserve: SignedShare = state("of that for want of money, what the reserve keeps back")
    serve_capital: SignedShare = state("tokens not served over wanted, for want of money")
    serve_control: SignedShare = state("tokens not served over wanted, because rules block, refuse or seize")
    serve_licence: SignedShare = state("tokens not served over wanted, because licences take longer than planned")
    serve_wafers: SignedShare = state("tokens not served over wanted, for want of wafers")
    serve_memory: SignedShare = state("tokens not served over wanted, for want of memory stacks")
    serve_packaging: SignedShare = state("tokens not served over wanted, for want of packaging")
    serve_allocation: SignedShare = state("tokens not served over wanted, because others are served first")
    serve_depth: SignedShare = state("tokens not served over wanted, because markets are shallow (rental, grey)")
    serve_software: SignedShare = state("tokens not served over wanted, because stacks are below their ceiling")
    serve_reliability: SignedShare = state("tokens not served over wanted, because chips fail and runs stop")
    serve_logistics: SignedShare = state(
        "tokens not served over wanted, because chips are shipped or brought up later than planned"
    )
    serve_site: SignedShare = state("tokens not served over wanted, for want of a powered site")
    serve_planning: SignedShare = state(
        "tokens not served over wanted, because more is wanted than was foreseen, or too little was planned"
    )
    serve_pace: SignedShare = state("tokens not served over wanted, because the lab spends its money over months")
    serve_behind: SignedShare = state(
        "tokens not served over wanted, because of what would bind next if all that binds were open"
    )
    serve_habit: SignedShare = state(
        "tokens not served over wanted, because nothing fit is on offer, or the lab does not want it"
    )
    serve_reserve: SignedShare = state("of that for want of money, what the reserve keeps back")


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
    reserve: Number = state("units of it for want of money that the reserve keeps back")
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
    book.train_pace = parts[PACE].grains / GRAIN
    book.train_behind = parts[BEHIND].grains / GRAIN
    book.train_habit = parts[HABIT].grains / GRAIN
    book.train_reserve = future.gaps[TRAIN].reserve
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
    book.serve_pace = parts[CAUSES + PACE].grains / GRAIN
    book.serve_behind = parts[CAUSES + BEHIND].grains / GRAIN
    book.serve_habit = parts[CAUSES + HABIT].grains / GRAIN
    book.serve_reserve = future.gaps[SERVE].reserve


@compilable
def measured_days(future: Future, m: int) -> float:
    """Days of a month that lie in the measured year."""
    month, window = future.months[m], future.window[0]
    return max(0.0, min(month.ends, window.leads_until) - max(month.begins, window.measured_from))


@compilable
def shares_told(future: Future, train_wanted: float, tokens_wanted: float) -> None:
    """The parts of what is missing in the measured year, over unit-days of training and tokens wanted in all of it."""
    for m in range(future.counts[0].months):
        book = future.books[m]
        days = measured_days(future, m)
        if days > 0.0:
            train = days / train_wanted if train_wanted > 0.0 else 0.0
            serve = 0.0
            if book.serve_wanted > 0.0:
                serve = book.tokens_wanted / book.serve_wanted * days / tokens_wanted
                # units are the month's average, tokens are counted: what they differ by is no constraint's
                missing = (book.tokens_wanted - book.tokens_served) * days / tokens_wanted
                future.outcome[0].serve_planning += missing - book.serve_short_units * serve
            add_shares(future, m, train, serve)


@compilable
def add_shares(future: Future, m: int, train: float, serve: float) -> None:
    """A month's parts, added to the outcome as shares: a unit of each use is so much of all that is wanted."""
    outcome = future.outcome[0]
    book = future.books[m]
    outcome.train_capital += book.train_capital * train
    outcome.train_control += book.train_control * train
    outcome.train_licence += book.train_licence * train
    outcome.train_wafers += book.train_wafers * train
    outcome.train_memory += book.train_memory * train
    outcome.train_packaging += book.train_packaging * train
    outcome.train_allocation += book.train_allocation * train
    outcome.train_depth += book.train_depth * train
    outcome.train_software += book.train_software * train
    outcome.train_reliability += book.train_reliability * train
    outcome.train_logistics += book.train_logistics * train
    outcome.train_site += book.train_site * train
    outcome.train_planning += book.train_planning * train
    outcome.train_pace += book.train_pace * train
    outcome.train_behind += book.train_behind * train
    outcome.train_habit += book.train_habit * train
    outcome.train_reserve += book.train_reserve * train
    outcome.serve_capital += book.serve_capital * serve
    outcome.serve_control += book.serve_control * serve
    outcome.serve_licence += book.serve_licence * serve
    outcome.serve_wafers += book.serve_wafers * serve
    outcome.serve_memory += book.serve_memory * serve
    outcome.serve_packaging += book.serve_packaging * serve
    outcome.serve_allocation += book.serve_allocation * serve
    outcome.serve_depth += book.serve_depth * serve
    outcome.serve_software += book.serve_software * serve
    outcome.serve_reliability += book.serve_reliability * serve
    outcome.serve_logistics += book.serve_logistics * serve
    outcome.serve_site += book.serve_site * serve
    outcome.serve_planning += book.serve_planning * serve
    outcome.serve_pace += book.serve_pace * serve
    outcome.serve_behind += book.serve_behind * serve
    outcome.serve_habit += book.serve_habit * serve
    outcome.serve_reserve += book.serve_reserve * serve
