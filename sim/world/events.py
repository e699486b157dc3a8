"""The table of contents: how a future begins, what can happen in it, what every month brings, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import after, compilable
from sim.world import (
    accounts,
    capital,
    chips,
    controls,
    domestic,
    fleet,
    happenings,
    market,
    orders,
    procurement,
    serving,
    software,
    training,
    use,
)
from sim.world.kinds import (
    CAME_ONLINE,
    CHANGE_ENDED,
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
    RULE_CAME_DUE,
    TALKS_CLOSED,
    TALKS_DECIDED,
    TALKS_OPENED,
    TALKS_RESUMED,
    TRANCHE_PAID,
)

if TYPE_CHECKING:
    from sim.world.future import Future


@compilable
def begin(future: Future) -> None:
    """The first day."""
    future.lab[0].month_closes = future.months[0].ends
    chips.opened(future)
    happenings.opened(future)
    software.matured(future)
    controls.opened(future)
    fleet.opened(future)
    serving.opened(future)
    training.opened(future)
    capital.opened(future)
    procurement.opened(future)
    after(future, future.months[0].ends, MONTH_CLOSED, 0)


@compilable
def month_closed(future: Future, m: int) -> None:
    """A month is over: it is settled and booked; then the lab reviews its plan for the next."""
    days = future.months[m].ends - future.months[m].begins
    if m + 1 < future.counts[0].months:
        future.lab[0].month_closes = future.months[m + 1].ends
    month_booked(future, m, days)
    procurement.reviewed(future, m)
    if m + 1 < future.counts[0].months:
        after(future, future.months[m + 1].ends - future.clock[0].now, MONTH_CLOSED, m + 1)


@compilable
def month_booked(future: Future, m: int, days: float) -> None:
    """What every month brings, in this order."""
    training.settled(future)
    capital.month_paid(future, days, serving.month_served(future, days))
    fleet.month_aged(future, m, days)
    domestic.month_made(future, days)
    market.month_offered(future, days)
    accounts.closed(future, m, days)
    happenings.month_tested(future)
    software.matured(future)
    use.revalued(future)
    training.replanned(future)


@compilable
def retimed(future: Future) -> None:
    """A parameter has changed: dates, what follows from a chip's attributes, and judgements are looked at anew."""
    chips.opened(future)
    use.revalued(future)
    use.ranked(future)
    controls.judged(future)
    for r in range(future.counts[0].rules):
        controls.came_due(future, r)
    controls.timetable(future)
    fleet.timetable(future)
    happenings.timetable(future)


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
        controls.came_due(future, subject)
    elif kind == PHASE_ENDED:
        training.phase_ended(future, subject)
    elif kind == TALKS_OPENED:
        capital.next_opened(future)
    elif kind == TALKS_DECIDED:
        capital.decided(future, subject)
    elif kind == TALKS_CLOSED:
        capital.closed(future)
    elif kind == TALKS_RESUMED:
        capital.resumed(future)
    elif kind == TRANCHE_PAID:
        capital.tranche_paid(future, amount)
    elif kind == FALLBACK_PAID:
        capital.fallback_paid(future)
    elif kind == HAPPENED:
        happenings.happened(future, subject)
    elif kind == CHANGE_ENDED:
        happenings.change_ended(future, subject)
    elif kind == RETIMED:
        retimed(future)


@compilable
def ended(future: Future) -> None:
    """The last day: the last month is booked, and what the future comes to is told."""
    m = future.counts[0].months - 1
    month_booked(future, m, future.months[m].ends - future.months[m].begins)
    accounts.ended(future)
