"""Lateness: chips that were ordered and are not there when they were needed, and chips that were lost.

An order is placed for a day on which the plan needs it. From that day on, what of it does not run yet is overdue. Its
lateness is laid to the stages that took longer than the lab had planned with (the median of each), in proportion to
their excess so far: licences of both governments, the vendor, transit and bring-up, the wait for a powered site; and to
a start that was too late already, when the offer takes longer than the plan looks ahead.
A domestic vendor's lateness is that of what keeps his output down; another vendor's counts as logistics.
Lost are chips seized, refused, cancelled, given back, or dead: the plan had counted on them.
Of a lean future nothing is counted.
Left out: that an order comes earlier than needed; the probability with which the plan had counted it.
Units: days, units of the use that an order was placed for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world.arithmetic import INSTANT
from sim.world.dials import REMOVED
from sim.world.hardware import chips
from sim.world.shortfall.causes import (
    ALLOCATION,
    CAUSES,
    LICENCE,
    LOGISTICS,
    MEMORY,
    PACKAGING,
    PLANNING,
    SERVE,
    SITE,
    TRAIN,
    USES,
    WAFERS,
)

if TYPE_CHECKING:
    from sim.world.course.future import Future

VENDOR = CAUSES
"""A stage whose excess has causes of its own."""


@compilable
def placed(future: Future, slot: int, ahead: float, lead: float) -> None:
    """An order needed `ahead` days from now, by an offer that takes `lead` as planned."""
    order = future.orders[slot]
    now = future.clock[0].now
    order.needed = now + ahead
    order.missing = order.units
    order.waiting = 0.0
    order.batches = 0
    order.counted = now
    order.since = now
    order.cause = LICENCE
    order.planned = 0.0
    order.late_start = max(0.0, lead - ahead)
    order.late_licence = 0.0
    order.late_vendor = 0.0
    order.late_logistics = 0.0
    order.late_site = 0.0


@compilable
def put_off(future: Future, slot: int, days: float) -> None:
    """An order that was bought ahead is needed so much later."""
    order = future.orders[slot]
    order.needed += days
    order.late_start = max(0.0, order.late_start - days)


@compilable
def entered(future: Future, slot: int, cause: int, planned: float) -> None:
    """The next step of an order begins; the lab had planned so many days for it."""
    if future.span[0].lean:
        return
    order = future.orders[slot]
    counted(future, slot)
    late = excess(future, slot)
    if order.cause == LICENCE:
        order.late_licence += late
    elif order.cause == VENDOR:
        order.late_vendor += late
    elif order.cause == LOGISTICS:
        order.late_logistics += late
    else:
        order.late_site += late
    order.since = future.clock[0].now
    order.cause = cause
    order.planned = planned


@compilable
def excess(future: Future, slot: int) -> float:
    """Days by which the present step of an order has gone over its plan; the last bits of a sum are no lateness."""
    order = future.orders[slot]
    days = future.clock[0].now - order.since - order.planned
    return days if days > INSTANT else 0.0


@compilable
def counted(future: Future, slot: int) -> None:
    """Unit-days for which an order was overdue since they were last counted, laid to its steps by their excess."""
    if future.span[0].lean:
        return
    order = future.orders[slot]
    now = future.clock[0].now
    days = now - max(order.needed, order.counted)
    order.counted = now
    if days <= 0.0 or order.missing <= 0.0:
        return
    late = days * order.missing * worth(future, slot)
    here = excess(future, slot)
    licence = order.late_licence + (here if order.cause == LICENCE else 0.0)
    vendor = order.late_vendor + (here if order.cause == VENDOR else 0.0)
    logistics = order.late_logistics + (here if order.cause == LOGISTICS else 0.0)
    site = order.late_site + (here if order.cause == SITE else 0.0)
    total = order.late_start + licence + vendor + logistics + site
    if total <= 0.0:  # a rule that came after the plan may have lengthened it
        overdue(future, order.use, PLANNING, late)
        return
    each = late / total
    future.gaps[order.use].started_late += each * order.late_start
    overdue(future, order.use, LICENCE, each * licence)
    overdue(future, order.use, LOGISTICS, each * logistics)
    overdue(future, order.use, SITE, each * site)
    vendor_late(future, slot, each * vendor)


@compilable
def overdue(future: Future, use: int, cause: int, unit_days: float) -> None:
    """Unit-days of a use, late for a cause."""
    future.parts[use * CAUSES + cause].overdue += unit_days


@compilable
def vendor_late(future: Future, slot: int, unit_days: float) -> None:
    """A domestic vendor is late by what keeps his output down."""
    order = future.orders[slot]
    s = future.offers[order.offer].supply
    if s < 0:
        overdue(future, order.use, LOGISTICS, unit_days)
        return
    supply = future.supplies[s]
    overdue(future, order.use, ALLOCATION, unit_days * supply.part_allocation)
    overdue(future, order.use, WAFERS, unit_days * supply.part_wafers)
    overdue(future, order.use, MEMORY, unit_days * supply.part_memory)
    overdue(future, order.use, PACKAGING, unit_days * supply.part_packaging)


@compilable
def vendor_eased(future: Future, o: int) -> float:
    """How far the causes of a vendor's lateness are eased, each by its part of it."""
    eased = future.dials[0]
    s = future.offers[o].supply
    if s < 0:
        return eased.logistics
    if min(eased.wafers, eased.memory, eased.packaging, eased.allocation) >= REMOVED:
        return REMOVED  # exactly: the parts add up to one but for their last bits
    supply = future.supplies[s]
    inputs = supply.part_wafers * eased.wafers + supply.part_memory * eased.memory
    return inputs + supply.part_packaging * eased.packaging + supply.part_allocation * eased.allocation


@compilable
def worth(future: Future, slot: int) -> float:
    """Units of the use it was placed for that one chip of an order brings."""
    order = future.orders[slot]
    chip = future.offers[order.offer].chip
    return chips.trains(future, chip) if order.use == TRAIN else chips.serves(future, chip)


@compilable
def gone(future: Future, slot: int, cause: int) -> None:
    """An order ended without its chips."""
    order = future.orders[slot]
    counted(future, slot)
    lost(future, order.use, cause, order.missing * worth(future, slot))
    order.missing = 0.0


@compilable
def came(future: Future, slot: int, units: float) -> None:
    """Chips of an order run."""
    counted(future, slot)
    future.orders[slot].missing -= units


@compilable
def chips_gone(future: Future, h: int, units: float, cause: int) -> None:
    """Running chips of a holding are lost, for both uses as they share them."""
    holding = future.holdings[h]
    share = holding.serving if holding.trains > 0.0 else 1.0
    lost(future, TRAIN, cause, units * holding.trains * (1.0 - share))
    lost(future, SERVE, cause, units * chips.serves(future, holding.chip) * share)


@compilable
def lost(future: Future, use: int, cause: int, units: float) -> None:
    """Units of a use, lost to a cause."""
    future.parts[use * CAUSES + cause].lost += units


@compilable
def month_counted(future: Future) -> None:
    """Count all that is overdue up to now. Orders of which nothing is missing any more are not looked at again."""
    lab = future.lab[0]
    while lab.first_open < lab.orders and future.orders[lab.first_open].missing <= 0.0:
        lab.first_open += 1
    for slot in range(lab.first_open, lab.orders):
        if future.orders[slot].missing > 0.0 and future.orders[slot].needed < future.clock[0].now:
            counted(future, slot)


@compilable
def month_begun(future: Future) -> None:
    """Nothing has been overdue in a new month."""
    for use in range(USES):
        future.gaps[use].started_late = 0.0
        for cause in range(CAUSES):
            future.parts[use * CAUSES + cause].overdue = 0.0
