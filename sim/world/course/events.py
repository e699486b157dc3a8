"""The table of contents: how a future begins, what can happen in it, what every month brings, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.events import after, compilable, event
from sim.world.accounts import books, starting_position
from sim.world.company import capital, other_finance, rounds, talent
from sim.world.course import happenings
from sim.world.fleet import contracts, holdings
from sim.world.geopolitics import climate, controls, rules
from sim.world.hardware import chips, software
from sim.world.purchasing import procurement
from sim.world.signals import RETIMED, RULE_CAME_DUE
from sim.world.supply import allocation, crowding, foundry, market
from sim.world.workloads import awaited, frontier, serving, sharing, training

if TYPE_CHECKING:
    from sim.world.course.future import Future


@compilable
def begin(future: Future) -> None:
    """The first day. Month ends are put into the calendar first: of events at one instant they come before all others.

    A month is a half-open interval: what happens at midnight of the first belongs to the month that begins then.
    """
    for m in range(future.counts[0].months - 1):
        after(future, future.months[m].ends, month_closed, m)
    future.lab[0].month_closes = future.months[0].ends
    chips.first_day(future)
    foundry.first_day(future)
    happenings.first_day(future)
    climate.timetable(future)
    talent.first_day(future)
    frontier.first_day(future)
    software.first_day(future)
    controls.first_day(future)
    crowding.first_day(future)
    foundry.stocked(future)
    market.first_day(future)
    allocation.first_day(future)
    holdings.first_day(future)
    serving.first_day(future)
    training.first_day(future)
    awaited.timetable(future)
    starting_position.record_outcome(future)
    capital.first_day(future)
    rounds.first_day(future)
    procurement.first_day(future)


@event()
def month_closed(future: Future, m: int) -> None:
    """A month is over: it is settled and booked; then the lab reviews its plan for the next. Not the last month."""
    if future.span[0].lean and books.are_decided(future, m):
        ended_with(future, m)
        return
    days = future.months[m].ends - future.months[m].begins
    future.lab[0].month_closes = future.months[m + 1].ends
    month_booked(future, m, days)
    procurement.buy(future, m)
    other_finance.month_reviewed(future, m, days)


@compilable
def month_booked(future: Future, m: int, days: float) -> None:
    """What every month brings, in this order."""
    training.settled(future)
    capital.month_paid(future, days, serving.month_served(future, days))
    holdings.month_aged(future, m, days)
    crowding.month_moved(future, days)
    foundry.month_made(future, m, days)
    allocation.month_offered(future, days)
    market.month_offered(future, days)
    allocation.watched(future, m)
    books.closed(future, m, days)
    happenings.month_tested(future)
    talent.month_moved(future, m, days)
    software.month_matured(future, days)
    sharing.revalued(future)
    training.replanned(future)


@event(on=RETIMED)
def retimed(future: Future) -> None:
    """A parameter or the climate has changed: dates, what follows from a chip's attributes, judgements, and rates."""
    climate.timetable(future)
    chips.first_day(future)
    sharing.revalued(future)
    sharing.ranked(future)
    controls.reviewed(future)
    contracts.reviewed(future)
    holdings.timetable(future)
    awaited.timetable(future)
    happenings.timetable(future)
    if future.lab[0].outdated:
        future.lab[0].outdated = 0
        training.replanned(future)


@event(on=RULE_CAME_DUE)
def rule_came_due(future: Future, r: int) -> None:
    """A rule takes effect or is repealed: tokens served until then were served under the rules until then."""
    if rules.is_due(future, r):
        training.settled(future)
    controls.came_due(future, r)
    contracts.reviewed(future)


@compilable
def ended_with(future: Future, m: int) -> None:
    """Month `m` becomes the last one."""
    future.span[0].horizon = future.months[m].ends
    future.counts[0].months = m + 1


@compilable
def ended(future: Future) -> None:
    """The last day: the last month is booked, and the outcome of the future is recorded."""
    m = future.counts[0].months - 1
    month_booked(future, m, future.months[m].ends - future.months[m].begins)
    books.ended(future)
