"""Happenings: what a scenario adds to the world: when, how likely, on what conditions, and what it changes.

Its date and its coin are luck; its odds are not known (epistemic). It may require others or exclude them: of two that
exclude each other the earlier wins. One with a condition waits for it: it is tested at month close, on the
rising edge, once; a date is one of the conditions. A change sets, scales or shifts a parameter, for a time or for good.
The value in force is always the base with the changes in force applied again in order, never undone by division. What
was wanted, done, earned and owed until then is counted at the old value: each counts for as long as it holds. Dated
events read their date again when they fire, and after a change all pages look at their dates anew, so a later date
really comes later.
Units: days, and those of what is changed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.luck import after, chance, compilable, draw
from sim.language.section import (
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
from sim.world import capital, training
from sim.world.arithmetic import INSTANT
from sim.world.controls import compared
from sim.world.kinds import CHANGE_ENDED, HAPPENED, RETIMED
from sim.world.purposes import HAPPENS, HAPPENS_WHEN

if TYPE_CHECKING:
    from sim.world.future import Future

SET, SCALE, SHIFT = range(3)

FIRST_DAY = (
    "capital.cash",
    "capital.talks.opened",
    "capital.talks.size",
    "capital.talks.valuation",
    "climate.opens",
    "controls.rules.*.probability",
    "fleet.holdings.*.opening",
    "foundry.lines.*.opening",
    "foundry.pools.*.opening",
    "happenings.*.probability",
    "matching.*",
    "talent.staff.*.opening",
    "training.cycle",
    "training.latent",
    "training.opening_share",
)
"""Parameters that are read on the first day alone, a star for any id: a later change of them is none."""

STEP_BY_STEP = ("capital.operations_growth",)
"""Growth that is compounded month by month. All other growth is compounded from the first day, at today's rate."""


class Happening(Thing):
    """One event of a scenario. Scenario list `happenings`."""

    at: Luck[Date] = parameter("when it happens; with a condition, not before this", absent=0.0)
    probability: Share = parameter("odds that it happens at all", absent=1.0)
    requires: Annotated[float, Rows("ties")] = parameter("happenings that must have come before", absent=0.0)
    excludes: Annotated[float, Rows("ties")] = parameter("happenings that must not have come before", absent=0.0)
    when: Annotated[float, Rows("triggers")] = parameter("numbers that must all have crossed a value", absent=0.0)
    changes: Annotated[float, Rows("changes")] = parameter("what it changes", absent=0.0)

    likely: Count = state("1 if its coin fell for it")
    passed: Count = state("1 once its moment has come, whether or not it could happen")
    happened: Count = state("1 once it has happened")
    held: Count = state("1 if its conditions held at the last month close")
    noted: Number = state("the day on which the calendar has it")


class Change(Section):
    """One change of one number by one happening."""

    happening: Row = state("whose change it is")
    address: Row = state("where the number lies")
    operation: Row = state("set, scale or shift")
    value: Number = state("to, by, or by how much")
    lasting: Days = state("for how long")

    in_force: Row = state("1 while in force")
    base: Number = state("the number as the future began")


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
def opened(future: Future) -> None:
    """Coins fall, bases are noted, dates are set."""
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        change.base = future.values[change.address]
    for h in range(future.counts[0].happenings):
        happening = future.happenings[h]
        happening.likely = 1 if chance(future, HAPPENS, happening.key, 0, happening.probability) else 0
    timetable(future)


@compilable
def timetable(future: Future) -> None:
    """Happenings still to come by their date."""
    for h in range(future.counts[0].happenings):
        if not conditional(future, h):
            came_due(future, h)


@compilable
def came_due(future: Future, h: int) -> None:
    """It happens today, or its date is noted; what happens on or before the first day happens on the first day."""
    happening = future.happenings[h]
    if happening.likely and not happening.passed:
        due = draw(future, HAPPENS_WHEN, happening.key, 0, happening.at)
        if due <= future.clock[0].now + INSTANT:
            begin(future, h)
        elif due < math.inf and due != happening.noted:
            after(future, due - future.clock[0].now, HAPPENED, h)
            happening.noted = due


@compilable
def happened(future: Future, h: int) -> None:
    """Its date has come, unless the date was moved."""
    happening = future.happenings[h]
    if not happening.passed:
        due = draw(future, HAPPENS_WHEN, happening.key, 0, happening.at)
        if due <= future.clock[0].now + INSTANT:
            begin(future, h)


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
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        if change.happening == h:
            change.in_force = 1
            recomputed(future, change.address)
            if change.lasting < math.inf:
                after(future, change.lasting, CHANGE_ENDED, c)
    after(future, 0.0, RETIMED)


@compilable
def change_ended(future: Future, c: int) -> None:
    """A change for a time is over."""
    future.changes[c].in_force = 0
    recomputed(future, future.changes[c].address)
    after(future, 0.0, RETIMED)


@compilable
def recomputed(future: Future, address: int) -> None:
    """The base with the changes in force applied again, in order."""
    value = 0.0
    based = False
    for c in range(future.counts[0].changes):
        change = future.changes[c]
        if change.address == address:
            if not based:
                value = change.base
                based = True
            if change.in_force:
                if change.operation == SET:
                    value = change.value
                elif change.operation == SCALE:
                    value *= change.value
                else:
                    value += change.value
    replaced(future, address, value)


@compilable
def replaced(future: Future, address: int, value: float) -> None:
    """A parameter is another from now on: what flowed until now is counted first, and the fleet is to be rated anew."""
    if value != future.values[address] and future.clock[0].now > 0.0:
        training.settled(future)
        capital.settled(future)
        future.lab[0].outdated = 1
    future.values[address] = value


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
            due = draw(future, HAPPENS_WHEN, happening.key, 0, happening.at)
            holds = 1 if due <= future.clock[0].now and all_hold(future, h) else 0
            rises = holds and not happening.held
            happening.held = holds
            if rises and happening.likely and not happening.passed:
                begin(future, h)


@compilable
def all_hold(future: Future, h: int) -> bool:
    """Whether every condition of a happening holds."""
    for t in range(future.counts[0].triggers):
        trigger = future.triggers[t]
        if trigger.happening == h and not compared(future.values[trigger.address], trigger.comparison, trigger.value):
            return False
    return True
