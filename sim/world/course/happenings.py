"""Happenings: what a scenario adds to the world: when, how likely, on what conditions, and what it changes.

Its date and its coin are luck; its probability is not known (epistemic). It may require others or exclude them: of two
that exclude each other the earlier wins. What falls on one day comes in the order of the rows: what another requires
before it, else by id. One with a condition waits for it: it is tested at month close, on the
rising edge, once; a date is one of the conditions. A change sets, scales or shifts a parameter, for a time or for good.
The value in force is always the base with the changes in force applied again, in the order in which they came: of two
that set one parameter the later wins. Nothing is undone by division. What the world moves itself (the climate) is
changed from where it stands and moves on from there: one change of it ends the one before, and one for a time gives
back what it found. What was wanted, done, earned and owed until then is counted at the old value: each counts for as
long as it holds. Dated events read their date again when they fire, and after a change all pages look at their dates
anew, so a later date really comes later.
Units: days, and those of what is changed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    Count,
    Date,
    Days,
    Luck,
    Number,
    Row,
    Rows,
    Section,
    Share,
    Thing,
    parameter,
    state,
)
from sim.language.events import after, compilable, event
from sim.language.luck import chance, draw, purpose
from sim.language.record import SHAPE
from sim.world.arithmetic import INSTANT
from sim.world.company import capital
from sim.world.fleet import contracts
from sim.world.geopolitics.controls import compared
from sim.world.signals import RETIMED
from sim.world.workloads import training

if TYPE_CHECKING:
    from sim.world.course.future import Future

HAPPENS = purpose("happening comes about")
HAPPENING_DATE = purpose("happening date")

SET, SCALE, SHIFT = range(3)

FIRST_DAY = (
    "capital.cash",
    "capital.financing.opened",
    "capital.financing.size",
    "capital.financing.valuation",
    "controls.rules.*.probability",
    "fleet.holdings.*.opening",
    "foundry.lines.*.opening",
    "foundry.pools.*.opening",
    "happenings.*.probability",
    "matching.*",
    "talent.staff.*.opening",
    "training.begun",
    "training.cycle",
    "training.latent",
    "training.opening_share",
)
"""Parameters that are read on the first day alone, a star for any id: a later change of them is none."""

STEP_BY_STEP = ("capital.operations_growth", "serving.price")
"""Growth that is compounded month by month. All other growth is compounded from the first day, at today's rate."""


LAST_QUANTILE = SHAPE - 1
"""The last point of a quantile table."""

OUT_OF_RANGE = "a happening takes a parameter out of its range"


class Happening(Thing):
    """One event of a scenario. Scenario list `happenings`."""

    at: Luck[Date] = parameter("when it happens; with a condition, not before this", default=0.0)
    probability: Share = parameter("probability that it happens at all", default=1.0)
    requires: Annotated[float, Rows("ties")] = parameter("happenings that must have come before", default=0.0)
    excludes: Annotated[float, Rows("ties")] = parameter("happenings that must not have come before", default=0.0)
    when: Annotated[float, Rows("triggers")] = parameter("numbers that must all have crossed a value", default=0.0)
    changes: Annotated[float, Rows("changes")] = parameter("what it changes", default=0.0)

    will_happen: Count = state("1 if its coin fell for it")
    passed: Count = state("1 once its moment has come, whether or not it could happen")
    happened: Count = state("1 once it has happened")
    held: Count = state("1 if its conditions held at the last month close")
    scheduled_for: Number = state("the day on which the calendar has it")


class Change(Section):
    """One change of one number by one happening."""

    happening: Row = state("whose change it is")
    address: Row = state("where the number lies")
    operation: Row = state("set, scale or shift")
    value: Number = state("to, by, or by how much")
    lasting: Days = state("for how long")
    luck: Row = state("the luck that it acts on; -1 for a plain number")
    least: Number = state("the least that what it changes may be")
    most: Number = state("the most that it may be")
    moves: Row = state("1 if the world moves what it changes")

    in_force: Count = state("its place among the changes in force, the earliest first; 0 while not in force")
    ends: Number = state("the day on which it is over")
    base: Number = state("the number as the future began, or as the change found it where the world moves it")


class Tie(Section):
    """One happening's condition on another."""

    happening: Row = state("whose condition it is")
    other: Row = state("the other happening")
    excludes: Row = state("1 if the other must not have happened, 0 if it must have")


class Trigger(Section):
    """One happening's condition on a number."""

    happening: Row = state("whose condition it is")
    address: Row = state("where the number lies")
    comparison: Row = state("at least, above, at most, below")
    value: Number = state("what it is compared with")


@compilable
def first_day(future: Future) -> None:
    """Coins fall, bases are noted, dates are set."""
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        change.base = future.values[change.address]
    for h in range(future.counts[0].happenings):
        happening = future.happenings[h]
        happening.will_happen = 1 if chance(future, HAPPENS, happening.key, 0, happening.probability) else 0
    timetable(future)


@compilable
def timetable(future: Future) -> None:
    """What is due by its date happens, the earliest first; dates still to come are noted.

    On the first day that is all that is dated before it.
    """
    h = first_due(future)
    while h >= 0:
        begin(future, h)
        h = first_due(future)
    check_ranges(future)
    for h in range(future.counts[0].happenings):
        happening = future.happenings[h]
        due = dated(future, h)
        if due < math.inf and due != happening.scheduled_for:
            after(future, due - future.clock[0].now, happened, h)
            happening.scheduled_for = due


@event()
def happened(future: Future) -> None:
    """A date that was noted has come, if it was not moved meanwhile."""
    timetable(future)


@compilable
def first_due(future: Future) -> int:
    """Of the happenings whose date has come, the one with the earliest, and of these the first row; -1 for none."""
    first = -1
    earliest = future.clock[0].now + INSTANT
    for h in range(future.counts[0].happenings):
        due = dated(future, h)
        if due < earliest or (first < 0 and due == earliest):
            first = h
            earliest = due
    return first


@compilable
def dated(future: Future, h: int) -> float:
    """The date of a happening that may still come by its date alone; infinity for any other."""
    happening = future.happenings[h]
    if happening.will_happen and not happening.passed and not conditional(future, h):
        return draw(future, HAPPENING_DATE, happening.key, 0, happening.at)
    return math.inf


@compilable
def begin(future: Future, h: int) -> None:
    """If those it requires have come and those it excludes have not, its changes are in force."""
    happening = future.happenings[h]
    happening.passed = 1
    for t in range(future.counts[0].ties):
        tie = future.ties[t]
        if tie.happening == h and future.happenings[tie.other].happened == tie.excludes:
            return
    happening.happened = 1
    place = 1
    for c in range(future.counts[0].changes):
        place = max(place, future.changes[c].in_force + 1)
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        if change.happening == h:
            if change.moves:
                based_on_today(future, change.address)
            change.in_force = place
            change.ends = future.clock[0].now + change.lasting
            recomputed(future, change.address)
            if change.lasting < math.inf:
                after(future, change.lasting, change_ended, c)
    after(future, 0.0, RETIMED)


@compilable
def based_on_today(future: Future, address: int) -> None:
    """What the world moves is changed from where it stands: changes of it that were in force are over."""
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        if change.address == address:
            change.in_force = 0
            change.base = future.values[address]


@event()
def change_ended(future: Future, c: int) -> None:
    """A change for a time is over, unless a later one has ended it before."""
    if not future.changes[c].in_force:
        return
    future.changes[c].in_force = 0
    recomputed(future, future.changes[c].address)
    check_ranges(future)
    after(future, 0.0, RETIMED)


@compilable
def recomputed(future: Future, address: int) -> None:
    """The base with the changes in force applied again, in the order in which they came."""
    value = 0.0
    for c in range(future.counts[0].changes):
        if future.changes[c].address == address:
            value = future.changes[c].base
    c = following(future, address, 0)
    while c >= 0:
        change = future.changes[c]
        if change.operation == SET:
            value = change.value
        elif change.operation == SCALE:
            value *= change.value
        else:
            value += change.value
        c = following(future, address, change.in_force)
    replaced(future, address, value)


@compilable
def following(future: Future, address: int, place: int) -> int:
    """Of the changes in force of a number, the first after a place (each has its own); -1 for none."""
    successor = -1
    now = future.clock[0].now + INSTANT
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        comes = change.address == address and change.in_force > place and change.ends > now
        if comes and (successor < 0 or change.in_force < future.changes[successor].in_force):
            successor = c
    return successor


@compilable
def replaced(future: Future, address: int, value: float) -> None:
    """A parameter is another from now on: what flowed until now is counted first, and the fleet is to be rated anew."""
    if value != future.values[address] and future.clock[0].now > 0.0:
        training.settled(future)
        capital.settled(future)
        contracts.renewed(future)
        future.lab[0].outdated = 1
    future.values[address] = value


@compilable
def check_ranges(future: Future) -> None:
    """What changes in force have made of their numbers lies in the range of each. Raises ValueError."""
    for c in range(future.counts[0].changes):
        if future.changes[c].in_force and not in_range(future, c):
            raise ValueError(OUT_OF_RANGE)


@compilable
def in_range(future: Future, c: int) -> bool:
    """Whether what a change acts on lies in its range today; of luck, whether all that may be drawn does."""
    change = future.changes[c]
    return bool(change.least <= lowest(future, c) and highest(future, c) <= change.most)


@compilable
def lowest(future: Future, c: int) -> float:
    """The number that a change acts on, or the least that its luck may draw."""
    return end_of(future, c, 0)


@compilable
def highest(future: Future, c: int) -> float:
    """The number that a change acts on, or the most that its luck may draw."""
    return end_of(future, c, LAST_QUANTILE)


@compilable
def end_of(future: Future, c: int, point: int) -> float:
    """The number that a change acts on; of luck, a point of its quantile table."""
    change = future.changes[c]
    if change.luck < 0:
        return float(future.values[change.address])
    luck = future.lucks[change.luck]
    if luck.scale == 0.0:  # known for certain
        return luck.shift
    return luck.shift + luck.scale * future.quantiles[int(luck.shape) * SHAPE + point]


@compilable
def conditional(future: Future, h: int) -> bool:
    """Whether it waits for a condition."""
    for t in range(future.counts[0].triggers):
        if future.triggers[t].happening == h:
            return True
    return False


@compilable
def month_tested(future: Future) -> None:
    """Conditions at month close: one that holds now and did not a month before lets its happening come."""
    for h in range(future.counts[0].happenings):
        if conditional(future, h):
            happening = future.happenings[h]
            due = draw(future, HAPPENING_DATE, happening.key, 0, happening.at)
            holds = 1 if due <= future.clock[0].now and all_hold(future, h) else 0
            rises = holds and not happening.held
            happening.held = holds
            if rises and happening.will_happen and not happening.passed:
                begin(future, h)
    check_ranges(future)


@compilable
def all_hold(future: Future, h: int) -> bool:
    """Whether every condition of a happening holds."""
    for t in range(future.counts[0].triggers):
        trigger = future.triggers[t]
        if trigger.happening == h and not compared(future.values[trigger.address], trigger.comparison, trigger.value):
            return False
    return True
