"""The table of contents: how a future begins, what can happen in it, what every month brings, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import after, compilable
from sim.world import (
    accounts,
    allocation,
    capital,
    chips,
    climate,
    controls,
    crowding,
    fleet,
    foundry,
    frontier,
    happenings,
    market,
    matching,
    orders,
    procurement,
    rules,
    serving,
    software,
    talent,
    talks,
    training,
    use,
)
from sim.world.kinds import (
    CAME_ONLINE,
    CHANGE_ENDED,
    CLIMATE_TURNED,
    ENERGISED,
    FALLBACK_PAID,
    HAPPENED,
    MONTH_CLOSED,
    ORDER_APPROVED,
    ORDER_ARRIVED,
    ORDER_LICENSED,
    ORDER_SHIPPED,
    PHASE_ENDED,
    RENT_EXPIRED,
    RETIMED,
    RULE_ANNOUNCED,
    RULE_CAME_DUE,
    RULE_TURNED,
    TALKS_CLOSED,
    TALKS_DECIDED,
    TALKS_OPENED,
    TALKS_RESUMED,
    TALKS_STALLED,
    TRANCHE_PAID,
    TRUCE_EXPIRED,
    WAFERS_FINISHED,
)

if TYPE_CHECKING:
    from sim.world.future import Future


@compilable
def begin(future: Future) -> None:
    """The first day. Month ends are put into the calendar first: of events at one instant they come before all others.

    A month is a half-open interval: what happens at midnight of the first belongs to the month that begins then.
    """
    for m in range(future.counts[0].months - 1):
        after(future, future.months[m].ends, MONTH_CLOSED, m)
    future.lab[0].month_closes = future.months[0].ends
    chips.opened(future)
    foundry.opened(future)
    happenings.opened(future)
    climate.opened(future)
    talent.opened(future)
    frontier.opened(future)
    software.opened(future)
    controls.opened(future)
    crowding.opened(future)
    foundry.stocked(future)
    allocation.opened(future)
    fleet.opened(future)
    serving.opened(future)
    training.opened(future)
    matching.told(future)
    capital.opened(future)
    talks.opened(future)
    procurement.opened(future)


@compilable
def month_closed(future: Future, m: int) -> None:
    """A month is over: it is settled and booked; then the lab reviews its plan for the next. Not the last month."""
    days = future.months[m].ends - future.months[m].begins
    future.lab[0].month_closes = future.months[m + 1].ends
    month_booked(future, m, days)
    procurement.reviewed(future, m)


@compilable
def month_booked(future: Future, m: int, days: float) -> None:
    """What every month brings, in this order."""
    training.settled(future)
    capital.month_paid(future, days, serving.month_served(future, days))
    fleet.month_aged(future, m, days)
    crowding.month_moved(future, days)
    foundry.month_made(future, m, days)
    allocation.month_offered(future, days)
    market.month_offered(future, days)
    allocation.watched(future, m)
    accounts.closed(future, m, days)
    happenings.month_tested(future)
    talent.month_moved(future, m, days)
    software.month_matured(future, days)
    use.revalued(future)
    training.replanned(future)


@compilable
def retimed(future: Future) -> None:
    """A parameter or the climate has changed: dates, what follows from a chip's attributes, judgements, and rates."""
    climate.timetable(future)
    chips.opened(future)
    use.revalued(future)
    use.ranked(future)
    controls.reviewed(future)
    fleet.timetable(future)
    happenings.timetable(future)
    if future.lab[0].outdated:
        future.lab[0].outdated = 0
        training.replanned(future)


@compilable
def rule_came_due(future: Future, r: int) -> None:
    """A rule takes effect or is repealed: tokens served until then were served under the rules until then."""
    if rules.is_due(future, r):
        training.settled(future)
    controls.came_due(future, r)


@compilable
def handle(future: Future, kind: int, subject: int, amount: float) -> None:
    """What happens when an event of this kind fires."""
    if kind == MONTH_CLOSED:
        month_closed(future, subject)
    elif kind == ORDER_LICENSED:
        orders.licensed(future, subject)
    elif kind == ORDER_APPROVED:
        orders.approved(future, subject)
    elif kind == ORDER_SHIPPED:
        orders.shipped(future, subject)
    elif kind == ORDER_ARRIVED:
        orders.arrived(future, subject)
    elif kind == RENT_EXPIRED:
        fleet.rent_expired(future, subject, amount)
    elif kind == CAME_ONLINE:
        fleet.came_online(future, subject, amount)
    elif kind == ENERGISED:
        fleet.energised(future, subject)
    elif kind == RULE_CAME_DUE:
        rule_came_due(future, subject)
    elif kind == PHASE_ENDED:
        training.phase_ended(future, subject)
    elif kind == TALKS_OPENED:
        talks.next_opened(future)
    elif kind == TALKS_DECIDED:
        talks.decided(future)
    elif kind == TALKS_STALLED:
        talks.stalled(future)
    elif kind == TALKS_CLOSED:
        talks.closed(future)
    elif kind == TALKS_RESUMED:
        talks.resumed(future)
    elif kind == TRANCHE_PAID:
        talks.tranche_paid(future, amount)
    elif kind == FALLBACK_PAID:
        talks.fallback_paid(future)
    elif kind == HAPPENED:
        happenings.timetable(future)
    elif kind == CHANGE_ENDED:
        happenings.change_ended(future, subject)
    elif kind == RETIMED:
        retimed(future)
    elif kind == WAFERS_FINISHED:
        foundry.wafers_finished(future, subject, amount)
    elif kind == CLIMATE_TURNED:
        climate.turned(future, subject)
    elif kind == TRUCE_EXPIRED:
        climate.expired(future)
    elif kind == RULE_ANNOUNCED:
        controls.announced(future, subject)
    elif kind == RULE_TURNED:
        controls.turned(future, subject)


@compilable
def ended(future: Future) -> None:
    """The last day: the last month is booked, and what the future comes to is told."""
    m = future.counts[0].months - 1
    month_booked(future, m, future.months[m].ends - future.months[m].begins)
    accounts.ended(future)
