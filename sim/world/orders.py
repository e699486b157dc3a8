"""Orders: the whole life of a purchase or a rental, from the deposit to the chip at the door.

placed -> at the exporter's gate -> at the buyer's gate -> at the vendor -> in transit -> delivered, or it ends as
refused, cancelled or seized. Money: a deposit when placed, the balance on arrival, the deposit back on refusal as far
as the contract says. A seized shipment was paid in full and is lost. An order the lab cannot pay is cancelled.
`move` is the only way an order changes stage; it keeps the totals by stage that the accounts check.
Left out: part deliveries, resale of what was ordered.
Units: chips, whole dollars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import after, compilable, draw, key_of
from sim.language.section import USD, Count, Key, Number, Row, Section, Units, state
from sim.world import customs, fleet, ledger, licences, market
from sim.world.arithmetic import whole
from sim.world.kinds import ORDER_APPROVED, ORDER_ARRIVED, ORDER_LICENSED, ORDER_SHIPPED
from sim.world.ledger import CASH, CHIPS, pay
from sim.world.purposes import BUILD_TIME, TRANSIT_TIME

if TYPE_CHECKING:
    from sim.world.future import Future

(
    PLACED,
    AT_EXPORTER,
    AT_BUYER,
    AT_VENDOR,
    IN_TRANSIT,
    DELIVERED,
    REFUSED,
    CANCELLED,
    CONFISCATED,
    STAGES,
) = range(10)


class Order(Section):
    """One order."""

    offer: Row = state("the offer it takes up")
    use: Row = state("the use it was placed for")
    stage: Row = state("where it stands")
    luck: Key = state("names its luck: offer, month and which of that month")
    units: Units = state("chips")
    price: USD = state("price of all of it")
    paid: USD = state("paid so far")
    placed: Number = state("day it was placed")
    due: Number = state("day it should be online, as planned")


class Stage(Section):
    """Totals of one stage."""

    units: Units = state("chips that stand here, or ended here")
    orders: Count = state("orders that stand here, or ended here")


@compilable
def place(future: Future, o: int, use: int, units: float, month: int) -> None:
    """Pay the deposit, take the chips off the shelf, and go to the first gate."""
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
    order.luck = key_of(offer.key, month, use)
    order.units = units
    order.price = whole(units * market.price(future, o))
    order.paid = 0.0
    order.placed = future.clock[0].now
    order.due = order.placed + offer.assumed
    offer.on_order += units
    offer.orders += 1.0
    lab.ordered += units
    future.stages[PLACED].units += units
    future.stages[PLACED].orders += 1
    market.taken(future, o, units)
    settle(future, slot, offer.deposit)
    to_exporter(future, slot)


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
        future.offers[order.offer].ended += 1.0


@compilable
def settle(future: Future, slot: int, share: float) -> None:
    """Pay up to a share of the price."""
    order = future.orders[slot]
    due = whole(order.price * share) - order.paid
    pay(future, CASH, CHIPS, due)
    order.paid += due


@compilable
def refund(future: Future, slot: int, share: float) -> None:
    """A share of what was paid comes back."""
    order = future.orders[slot]
    back = whole(order.paid * share)
    pay(future, CHIPS, CASH, back)
    order.paid -= back


@compilable
def to_exporter(future: Future, slot: int) -> None:
    """At the exporter's gate: an application, if a rule asks for one."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    move(future, slot, AT_EXPORTER)
    if offer.exporter_rule < 0:
        to_buyer(future, slot)
    else:
        after(future, licences.applied(future, offer.exporter, order.luck, order.units), ORDER_LICENSED, slot)


@compilable
def licensed(future: Future, slot: int) -> None:
    """The exporter's office has decided."""
    order = future.orders[slot]
    if order.stage != AT_EXPORTER:
        return
    offer = future.offers[order.offer]
    if licences.granted(future, offer.exporter, offer.exporter_rule, order.luck, order.units):
        charged(future, slot, offer.exporter_rule)
        to_buyer(future, slot)
    else:
        refuse(future, slot)


@compilable
def to_buyer(future: Future, slot: int) -> None:
    """At the buyer's gate, in its turn."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    move(future, slot, AT_BUYER)
    if offer.buyer_rule < 0:
        to_vendor(future, slot)
    else:
        after(future, licences.applied(future, offer.buyer, order.luck, order.units), ORDER_APPROVED, slot)


@compilable
def approved(future: Future, slot: int) -> None:
    """The buyer's office has decided."""
    order = future.orders[slot]
    if order.stage != AT_BUYER:
        return
    offer = future.offers[order.offer]
    if licences.granted(future, offer.buyer, offer.buyer_rule, order.luck, order.units):
        charged(future, slot, offer.buyer_rule)
        to_vendor(future, slot)
    else:
        refuse(future, slot)


@compilable
def charged(future: Future, slot: int, r: int) -> None:
    """What a government takes for what it grants is added to the price, due on arrival."""
    if r >= 0:
        order = future.orders[slot]
        order.price += whole(order.price * future.rules[r].fee)


@compilable
def to_vendor(future: Future, slot: int) -> None:
    """Cleared by both gates: the vendor builds it."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    move(future, slot, AT_VENDOR)
    after(future, draw(future, BUILD_TIME, order.luck, 0, offer.build), ORDER_SHIPPED, slot)


@compilable
def shipped(future: Future, slot: int) -> None:
    """At the border a denial in force today still catches it; customs may hold it."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    if licences.stopped(future, order.offer, order.luck):
        refuse(future, slot)
    else:
        move(future, slot, IN_TRANSIT)
        days = draw(future, TRANSIT_TIME, order.luck, 0, offer.transit) + customs.held(future, order.offer, order.luck)
        after(future, days, ORDER_ARRIVED, slot)


@compilable
def arrived(future: Future, slot: int) -> None:
    """Seized, or paid in full and handed to the site; what the lab cannot pay is cancelled."""
    order = future.orders[slot]
    o = order.offer
    offer = future.offers[o]
    if order.price - order.paid > ledger.means(future):
        cancel(future, slot)
    elif customs.seized(future, o, order.luck):
        settle(future, slot, 1.0)
        move(future, slot, CONFISCATED)
    else:
        settle(future, slot, 1.0)
        move(future, slot, DELIVERED)
        offer.delivered += order.units
        offer.deliveries += 1.0
        if market.rented(future, o):
            offer.on_rent += order.units
        fleet.delivered(future, offer.holding, order.units, order.luck, o)


@compilable
def refuse(future: Future, slot: int) -> None:
    """A gate said no: the deposit returns as far as the contract says."""
    order = future.orders[slot]
    refund(future, slot, future.offers[order.offer].refund)
    market.given_back(future, order.offer, order.units)
    move(future, slot, REFUSED)


@compilable
def cancel(future: Future, slot: int) -> None:
    """The lab cannot pay: the deposit is forfeit, the chips go back to the vendor."""
    order = future.orders[slot]
    market.given_back(future, order.offer, order.units)
    move(future, slot, CANCELLED)


@compilable
def outstanding(future: Future) -> float:
    """Dollars still to be paid on orders under way."""
    total = 0.0
    for slot in range(future.lab[0].orders):
        order = future.orders[slot]
        if order.stage < DELIVERED:
            total += order.price - order.paid
    return total
