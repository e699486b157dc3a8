"""Orders: the whole life of a purchase or a rental, from the deposit to the chip at the door.

placed -> at each office that must clear it, in turn -> at the vendor -> in transit -> delivered, or it ends as refused,
cancelled or seized. Each step notes how long the lab had planned for it (`lateness`).
Money: a deposit when placed, or more if the lab prepays, for a lower price; the balance on arrival. On refusal the
deposit comes back as far as the contract says, and what was prepaid beyond it comes back whole. A seized shipment was
paid in full and is lost. An order the lab cannot pay is cancelled.
A refusal is an answer: the lab waits before it orders by that offer again, longer after each refusal in a row, unless
another rule decides by then or an office lets an earlier order go on.
`move` is the only way an order changes stage; it keeps the totals by stage that the accounts check.
Left out: part deliveries, resale of what was ordered.
Units: chips, whole dollars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.declarations import USD, Count, Days, Key, Number, Row, Section, Units, state
from sim.language.events import after, compilable, event
from sim.language.luck import draw, key_of, middle, purpose
from sim.world import dials
from sim.world.arithmetic import whole
from sim.world.company import ledger
from sim.world.company.ledger import CASH, CHIPS, pay
from sim.world.fleet import holdings
from sim.world.geopolitics import controls, customs, licences
from sim.world.shortfall import lateness
from sim.world.shortfall.causes import BUDGET, CONTROL, LICENCE, LOGISTICS
from sim.world.shortfall.lateness import VENDOR
from sim.world.supply import market

if TYPE_CHECKING:
    from sim.world.course.future import Future

BUILD_TIME = purpose("build time")
TRANSIT_TIME = purpose("transit time")

(
    PLACED,
    AT_OFFICE,
    AT_VENDOR,
    IN_TRANSIT,
    DELIVERED,
    REFUSED,
    CANCELLED,
    CONFISCATED,
    STAGES,
) = range(9)


class Order(Section):
    """One order."""

    offer: Row = state("the offer it takes up")
    use: Row = state("the use it was placed for")
    stage: Row = state("where it stands")
    clearance: Row = state("of its offer's clearances, the one that decides on it, or did last")
    key: Key = state("names its luck: offer, month and which of that month")
    units: Units = state("chips")
    price: USD = state("price of all of it")
    paid: USD = state("paid so far")
    needed: Number = state("day it should be online, as the plan needs it")

    missing: Units = state("chips of it that do not run yet, and still may")
    waiting: Units = state("chips of it that wait for power")
    batches: Count = state("parts in which it was installed so far")
    counted: Number = state("day up to which its lateness has been counted")
    since: Number = state("day on which its present step began")
    cause: Row = state("the cause to which the excess of this step is laid")
    planned: Days = state("time the lab had planned for this step")
    late_start: Days = state("how much longer its offer takes than the plan looked ahead")
    late_licence: Days = state("excess of the offices behind it")
    late_vendor: Days = state("excess of the vendor")
    late_logistics: Days = state("excess of transit and bring-up")
    late_site: Days = state("excess of the wait for power")


class Stage(Section):
    """Totals of one stage."""

    units: Units = state("chips that stand here, or ended here")
    orders: Count = state("orders that stand here, or ended here")


@compilable
def place(future: Future, o: int, use: int, units: float, month: int) -> None:
    """Pay the deposit, take the chips off the shelf, and go to the first office."""
    lab = future.lab[0]
    offer = future.offers[o]
    if lab.orders == len(future.orders):
        raise OverflowError("more orders than the table of orders holds")
    slot = lab.orders
    lab.orders = slot + 1
    order = future.orders[slot]
    order.offer = o
    order.use = use
    order.stage = PLACED
    order.clearance = offer.clearance
    order.key = key_of(offer.key, month, use)
    order.units = units
    order.price = whole(units * agreed(future, o))
    order.paid = 0.0
    lateness.placed(future, slot, future.procurement[0].ahead, offer.assumed)
    offer.on_order += units
    offer.undecided += units
    lab.ordered += units
    future.stages[PLACED].units += units
    future.stages[PLACED].orders += 1
    lab.unpaid += order.price
    market.taken(future, o, units)
    settle(future, slot, deposit(future, o))
    to_office(future, slot, offer.clearance)


@compilable
def move(future: Future, slot: int, stage: int) -> None:
    """The only way an order changes stage."""
    order = future.orders[slot]
    future.stages[order.stage].units -= order.units
    future.stages[order.stage].orders -= 1
    future.stages[stage].units += order.units
    future.stages[stage].orders += 1
    order.stage = stage
    if stage >= DELIVERED:
        future.offers[order.offer].on_order -= order.units
        future.lab[0].unpaid -= order.price - order.paid


@compilable
def deposit(future: Future, o: int) -> float:
    """Share of the price paid with the order: what is asked, or more if the lab prepays."""
    return max(future.offers[o].deposit, future.procurement[0].prepaid_share)


@compilable
def agreed(future: Future, o: int) -> float:
    """Price of one chip, lower for what is prepaid beyond the deposit asked."""
    plan = future.procurement[0]
    early = max(0.0, plan.prepaid_share - future.offers[o].deposit)
    return market.price(future, o) * (1.0 - early * plan.prepaid_discount)


@compilable
def fee(future: Future, r: int) -> float:
    """What a government charges for what it grants under a rule, over the price."""
    return future.rules[r].fee if r >= 0 else 0.0


@compilable
def charged_price(future: Future, o: int) -> float:
    """Price of one chip with what each office charges by the rules of today, on what those before it have added."""
    offer = future.offers[o]
    total = agreed(future, o)
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        total *= 1.0 + fee(future, future.clearances[k].rule)
    return total


@compilable
def charges_to_come(future: Future) -> float:
    """Dollars that offices which have yet to decide will add to orders, by the rules of today."""
    total = 0.0
    for o in range(future.counts[0].offers):
        if future.offers[o].undecided > 0.0:
            total += future.offers[o].undecided * (charged_price(future, o) - agreed(future, o))
    return total


@compilable
def transit(future: Future, days: float) -> float:
    """Days from shipped to arrived, as far as logistics are not eased."""
    return days * dials.less(future.dials[0].logistics)


@compilable
def settle(future: Future, slot: int, share: float) -> None:
    """Pay up to a share of the price."""
    order = future.orders[slot]
    due = whole(order.price * share) - order.paid
    pay(future, CASH, CHIPS, due)
    order.paid += due
    future.lab[0].unpaid -= due


@compilable
def refund(future: Future, slot: int) -> None:
    """What was paid comes back, but for the part of the deposit that the contract keeps."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    back = whole(order.paid - min(order.paid, order.price * offer.deposit) * (1.0 - offer.refund))
    pay(future, CHIPS, CASH, back)
    order.paid -= back
    future.lab[0].unpaid += back


@compilable
def to_office(future: Future, slot: int, first: int) -> None:
    """From clearance `first` on to the next office where a rule asks for an application, or else to the vendor."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    last = offer.clearance + offer.clearances
    k = first
    while k < last and future.clearances[k].rule < 0:
        k += 1
    if k == last:
        to_vendor(future, slot)
        return
    order.clearance = k
    move(future, slot, AT_OFFICE)
    lateness.entered(future, slot, LICENCE, licences.expected(future, k))
    days = licences.applied(future, future.clearances[k].government, order.key, order.units)
    after(future, days, order_decided, slot)


@event()
def order_decided(future: Future, slot: int) -> None:
    """An office has decided: it lets the order go on, at its charge; else the order is refused."""
    order = future.orders[slot]
    k = order.clearance
    rule = future.clearances[k].rule
    if licences.granted(future, future.clearances[k].government, rule, order.key, order.units):
        charged(future, slot, rule)
        to_office(future, slot, k + 1)
    else:
        refuse(future, slot)


@compilable
def charged(future: Future, slot: int, r: int) -> None:
    """What a government takes for what it grants is added to the price, due on arrival."""
    order = future.orders[slot]
    added = whole(order.price * fee(future, r))
    order.price += added
    future.lab[0].unpaid += added


@compilable
def to_vendor(future: Future, slot: int) -> None:
    """Cleared by every office: the vendor builds it."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    move(future, slot, AT_VENDOR)
    offer.decided += 1.0
    offer.undecided -= order.units
    controls.answer_forgotten(future, order.offer)
    lateness.entered(future, slot, VENDOR, middle(future, offer.build))
    after(future, build_time(future, slot), order_shipped, slot)


@compilable
def build_time(future: Future, slot: int) -> float:
    """Days that the vendor takes; what is beyond his usual time is eased with the causes to which it is laid."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    days = draw(future, BUILD_TIME, order.key, 0, offer.build)
    usual = middle(future, offer.build)
    eased = lateness.vendor_eased(future, order.offer)
    return days if days <= usual or eased <= 0.0 else usual + (days - usual) * dials.less(eased)


@event()
def order_shipped(future: Future, slot: int) -> None:
    """At the border a denial in force today still catches it; customs may hold it."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    if licences.stopped(future, order.offer, order.key):
        refuse(future, slot)
    else:
        move(future, slot, IN_TRANSIT)
        lateness.entered(future, slot, LOGISTICS, transit(future, middle(future, offer.transit)))
        on_the_way = draw(future, TRANSIT_TIME, order.key, 0, offer.transit)
        days = transit(future, on_the_way + customs.held(future, order.offer, order.key))
        after(future, days, order_arrived, slot)


@event()
def order_arrived(future: Future, slot: int) -> None:
    """Seized, or paid in full and handed to the site; what the lab cannot pay is cancelled."""
    order = future.orders[slot]
    o = order.offer
    offer = future.offers[o]
    if order.price - order.paid > ledger.means(future):
        cancel(future, slot)
    elif customs.seized(future, o, order.key):
        settle(future, slot, 1.0)
        move(future, slot, CONFISCATED)
        lateness.gone(future, slot, CONTROL)
    else:
        settle(future, slot, 1.0)
        move(future, slot, DELIVERED)
        offer.delivered += order.units
        offer.deliveries += 1.0
        if market.rented(future, o):
            market.put_on_rent(future, o, order.units)
        holdings.delivered(future, slot)


@compilable
def refuse(future: Future, slot: int) -> None:
    """An office or the border said no: the deposit returns as far as the contract says."""
    order = future.orders[slot]
    refund(future, slot)
    market.given_back(future, order.offer, order.units)
    if order.stage <= AT_OFFICE:
        future.offers[order.offer].decided += 1.0
        future.offers[order.offer].undecided -= order.units
    move(future, slot, REFUSED)
    answered(future, order.offer)
    lateness.gone(future, slot, CONTROL)


@compilable
def answered(future: Future, o: int) -> None:
    """A refusal is taken for an answer; those of orders that were placed before the last one are the same answer."""
    offer = future.offers[o]
    now = future.clock[0].now
    if now >= offer.asks_again:
        offer.refusals += 1
        patience = future.procurement[0].patience * dials.less(future.dials[0].licence)
        offer.asks_again = now + offer.refusals * patience


@compilable
def cancel(future: Future, slot: int) -> None:
    """The lab cannot pay: the deposit is forfeit, the chips go back to the vendor."""
    order = future.orders[slot]
    market.given_back(future, order.offer, order.units)
    move(future, slot, CANCELLED)
    lateness.gone(future, slot, BUDGET)
