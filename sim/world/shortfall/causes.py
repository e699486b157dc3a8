"""Causes: the answers to why compute is missing, one row each, and what books and outcomes keep of them.

A month's shortfall of each use is divided among the causes (`attribution`). Parts are multiples of a grain of a unit, a
binary thousandth, so that in floats too they add up with `==`.
Most lie beneath a constraint that can be removed (`constraints`). The others are nobody's to remove: planning
(forecasts, lots), the pace at which money is spent, what stands behind all that binds, and habit, or nothing fit on
offer. A cause that can be eased has a dial of its own name (`dials`).
An outcome keeps the parts as shares of all that is wanted in the reporting window: months weigh by their days, those of
serving by the tokens wanted in them, so that the parts add up to the shortfall that is printed.
Columns, words, colours and groups of causes all come from the rows.
Units: training and serving units; in an outcome shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.language.columns import columns_down
from sim.language.declarations import Number, Section, ServeUnits, Share, SignedShare, TrainUnits, parameter, state
from sim.language.events import compilable

if TYPE_CHECKING:
    from sim.world.course.future import Future

TRAIN, SERVE = range(2)
USES = 2


class Cause(NamedTuple):
    """One cause: the id of the constraint above it, if any; `words` stand in tables, `because` ends a sentence."""

    id: str
    constraint: str
    words: str
    because: str


TABLE = (
    Cause("budget", "money", "money from outside", "for want of money"),
    Cause("control", "rules", "export and import controls", "because rules block, refuse or seize"),
    Cause("licence", "rules", "time at licence offices and customs", "because licences take longer than planned"),
    Cause("wafers", "domestic", "wafers", "for want of wafers"),
    Cause("memory", "domestic", "memory", "for want of memory stacks"),
    Cause("packaging", "domestic", "packaging", "for want of packaging"),
    Cause("allocation", "domestic", "the lab's share of domestic output", "because others are served first"),
    Cause("depth", "rental", "rental and grey market", "because markets are shallow (rental, grey)"),
    Cause("software", "software", "software", "because stacks are below their ceiling"),
    Cause("reliability", "software", "failures and losses", "because chips fail and runs stop"),
    Cause("logistics", "sites", "transit and bring-up", "because chips are shipped or brought up later than planned"),
    Cause("site", "sites", "powered sites", "for want of a powered site"),
    Cause(
        "planning",
        "",
        "forecasts and lot sizes",
        "because more is wanted than was foreseen, or too little was planned",
    ),
    Cause("pace", "", "pace of spending", "because the lab spends its money over months"),
    Cause("behind", "", "what would bind next", "because of what would bind next if all that binds were open"),
    Cause("habit", "", "nothing on offer, or habit", "because nothing fit is on offer, or the lab does not want it"),
)
(
    BUDGET,
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
) = range(len(TABLE))
"""The row of each cause, for the pages of the world."""
CAUSES = len(TABLE)
NAMES = tuple(row.id for row in TABLE)
"""Columns of results are called `train_budget`, `serve_budget`, and so on."""
GRAIN = 1024.0
"""Parts of a unit that are distinguished."""


class Counting(Section):
    """Scenario section `shortfall`."""

    counts_from: Share = parameter("shortfall over wanted above which a month counts as short")


class Part(Section):
    """One cause's part of one use's shortfall. Row: use x causes + cause."""

    exact: Number = state("units of this month's shortfall")
    grains: Number = state("the same in whole grains of a unit")
    overdue: Number = state("unit-days for which ordered chips were overdue this month")
    lost: Number = state("units lost so far: seized, refused, cancelled, given back, dead")
    share: SignedShare = state("its part of what is wanted in the reporting window")


class Gap(Section):
    """One use in the month that closes. The row is the use."""

    grains: Number = state("shortfall in whole grains of a unit")
    reserve: Number = state("units of it for want of money that the reserve keeps back")
    share: SignedShare = state("the same, of what is wanted in the reporting window")
    started_late: Number = state("unit-days for which chips were overdue because they were ordered too late")


class MonthGap(Section):
    """One use in one month. Row: month x uses + use."""

    short: Number = state("units missing")
    reserve: Number = state("of those for want of money, what the reserve keeps back")


class MonthPart(Section):
    """One cause's part of a month's gap. Row: (month x uses + use) x causes + cause."""

    units: Number = state("units missing, laid to the cause")


OF_USE = (
    ("train", "training", TrainUnits, "training compute missing"),
    ("serve", "serving", ServeUnits, "tokens not served"),
)
"""Of each use: what columns are called by, its units, and what its shares are of."""

KEPT_BACK = "of that for want of money, what the reserve keeps back"

BOOK = tuple(
    each
    for use, (id, name, kind, _) in enumerate(OF_USE)
    for each in (
        *columns_down(
            "month_gaps",
            "short",
            kind,
            [(f"{id}_short_units", f"{name} units missing in a month")],
            use,
            USES,
        ),
        *columns_down(
            "month_parts",
            "units",
            kind,
            ((f"{id}_{row.id}", f"of these, {row.because}") for row in TABLE),
            use * CAUSES,
            USES * CAUSES,
        ),
        *columns_down("month_gaps", "reserve", kind, [(f"{id}_reserve", KEPT_BACK)], use, USES),
    )
)
"""A month's shortfall and its parts: series."""

SHARES = tuple(
    each
    for use, (id, _, _, missing) in enumerate(OF_USE)
    for each in (
        *columns_down(
            "parts",
            "share",
            SignedShare,
            ((f"{id}_{row.id}", f"{missing} over wanted, {row.because}") for row in TABLE),
            use * CAUSES,
        ),
        *columns_down("gaps", "share", SignedShare, [(f"{id}_reserve", KEPT_BACK)], use),
    )
)
"""The parts as shares of what is wanted in the reporting window: outcomes."""


@compilable
def written(future: Future, m: int) -> None:
    """The parts of the month that closes, into its book."""
    for use in range(USES):
        gap = future.month_gaps[m * USES + use]
        gap.short = future.gaps[use].grains / GRAIN
        gap.reserve = future.gaps[use].reserve
        for cause in range(CAUSES):
            part = future.month_parts[(m * USES + use) * CAUSES + cause]
            part.units = future.parts[use * CAUSES + cause].grains / GRAIN


@compilable
def measured_days(future: Future, m: int) -> float:
    """Days of a month that lie in the measured year."""
    month, window = future.months[m], future.window[0]
    return max(0.0, min(month.ends, window.reporting_until) - max(month.begins, window.reporting_from))


@compilable
def record_shares(future: Future, train_wanted: float, tokens_wanted: float) -> None:
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
                future.parts[SERVE * CAUSES + PLANNING].share += (
                    missing - future.month_gaps[m * USES + SERVE].short * serve
                )
            add_shares(future, m, TRAIN, train)
            add_shares(future, m, SERVE, serve)


@compilable
def add_shares(future: Future, m: int, use: int, each: float) -> None:
    """A month's parts of one use, added up as shares: a unit is `each` of all that is wanted."""
    row = m * USES + use
    future.gaps[use].share += future.month_gaps[row].reserve * each
    for cause in range(CAUSES):
        future.parts[use * CAUSES + cause].share += future.month_parts[row * CAUSES + cause].units * each
