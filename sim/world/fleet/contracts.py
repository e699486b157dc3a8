"""Rental contracts: what is on rent, until when, and what goes back when a contract ends.

Rented chips run like owned ones and go back when their contract ends and is not renewed. A rule may forbid that; a lab
that is short of money renews less, for rent is the first thing it saves on: as contracts end it gives back as many
chips as it must save rent this month, and no more. Contracts of the first day end evenly over the length of one.
Nearly all contracts are renewed, and nothing happens then: the calendar has the end of a contract only while a rule or
want of money stands against its offer; the others are brought up to date when they are looked at.
What is given back is reported to the attribution (`lateness`).
Left out: contracts that are ended early.
Units: chips, days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.declarations import Number, Row, Section, Units, state
from sim.language.events import after, compilable, event
from sim.world.arithmetic import MONTH, whole
from sim.world.geopolitics import controls
from sim.world.shortfall import lateness
from sim.world.shortfall.causes import BUDGET, CONTROL
from sim.world.supply import market
from sim.world.workloads import training

if TYPE_CHECKING:
    from sim.world.course.future import Future

HALF = 0.5


class Contract(Section):
    """Chips that were rented together."""

    offer: Row = state("the offer that they were rented by")
    units: Units = state("chips of it, none once all went back")
    ends: Number = state("day on which it ends, or is renewed")
    scheduled_for: Number = state("the day on which the calendar has that")


@compilable
def first_day(future: Future) -> None:
    """Chips on rent on the first day: their contracts were made month by month, and so they end."""
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        market.put_on_rent(future, o, offer.opening)
        months = int(offer.contract / MONTH) + 1
        ended = 0.0
        for month in range(months):
            by_then = whole(offer.opening * (month + 1.0) / months)
            if by_then > ended:
                begun(future, o, by_then - ended, offer.contract * (month + HALF) / months)
                ended = by_then


@compilable
def begun(future: Future, o: int, units: float, ends: float) -> None:
    """A contract runs until a day."""
    lab = future.lab[0]
    if lab.contracts == len(future.contracts):
        raise OverflowError("more rental contracts than the table of contracts holds")
    k = lab.contracts
    lab.contracts = k + 1
    contract = future.contracts[k]
    contract.offer = o
    contract.units = units
    contract.ends = ends
    contract.scheduled_for = 0.0
    if at_risk(future, o):
        scheduled(future, k)


@compilable
def at_risk(future: Future, o: int) -> bool:
    """Whether a contract of an offer may not be renewed, as things stand."""
    return future.lab[0].rent_to_save > 0.0 or controls.denied(future, o)


@compilable
def reviewed(future: Future) -> None:
    """Each month, and whenever rules have changed: the calendar has the ends of contracts at risk in this month."""
    for o in range(future.counts[0].offers):
        if market.rented(future, o) and at_risk(future, o):
            for k in range(future.lab[0].contracts):
                if future.contracts[k].offer == o:
                    scheduled(future, k)


@compilable
def scheduled(future: Future, k: int) -> None:
    """The end of a contract is in the calendar if it comes this month: all is looked at anew at month close."""
    renewed_until_now(future, k)
    contract = future.contracts[k]
    if contract.units > 0.0 and contract.ends < future.lab[0].month_closes and contract.ends != contract.scheduled_for:
        contract.scheduled_for = contract.ends
        after(future, contract.ends - future.clock[0].now, rent_expired, k, contract.units)


@compilable
def renewed(future: Future) -> None:
    """Contracts that have ended by now were renewed. Called before a parameter changes, such as their length."""
    for k in range(future.lab[0].contracts):
        renewed_until_now(future, k)


@compilable
def renewed_until_now(future: Future, k: int) -> None:
    """The same for one contract; what ends today is still to be decided."""
    contract = future.contracts[k]
    while contract.ends < future.clock[0].now:
        contract.ends += future.offers[contract.offer].contract


@event()
def rent_expired(future: Future, k: int, units: float) -> None:
    """A contract ends. What a rule forbids or money does not reach for goes back, if it runs; the rest is renewed."""
    contract = future.contracts[k]
    o = contract.offer
    offer = future.offers[o]
    holding = future.holdings[offer.holding]
    denied = controls.denied(future, o)
    ends = units if denied else min(units, too_dear(future, o))
    back = min(ends, holding.online)
    if back > 0.0:
        training.settled(future)
        holding.online -= back
        holding.returned += back
        lateness.chips_gone(future, offer.holding, back, CONTROL if denied else BUDGET)
        market.put_on_rent(future, o, 0.0 - back)
        future.lab[0].rent_to_save -= back * market.rent_for(future, o, MONTH)
        training.replanned(future)
    contract.units -= back
    contract.ends = future.clock[0].now + offer.contract
    if at_risk(future, o):
        scheduled(future, k)


@compilable
def too_dear(future: Future, o: int) -> float:
    """Chips of an offer, in whole lots, that cost as much as the rent that is still to be saved this month."""
    offer = future.offers[o]
    each = market.rent_for(future, o, MONTH) * offer.lot
    to_save = future.lab[0].rent_to_save
    return (0.0 - whole(0.0 - to_save / each)) * offer.lot if to_save > 0.0 and each > 0.0 else 0.0
