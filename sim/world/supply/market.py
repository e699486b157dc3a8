"""The market: every way to buy or rent one chip, its price, and how much of it this lab can have.

What all offers of a pathway have in common stands in its row (`pathways`).
Imports that are licensed or grey come as a yearly quantity; what is not taken keeps for `keeps` and is then gone.
Rent is a depth: what may be on rent at once beside what was on the first day, each kind of chip an offer of its own. It
grows by the year, and an investor with a cloud brings more of the kind that it rents out.
Prices and rents at home carry the premium of the day (`crowding`); that of a licensed chip and of rent abroad is fixed.
The price of a chip holds its part of server, memory and network. Chips sold on by others count as depth of rent, and
grey chips reach the lab less the tenser the climate is.
How many there are to be had is limited by one constraint: domestic chips by the vendor, licensed ones by the rules (the
yearly quantity is what comes under licence), rent and grey chips by their market.
Left out here: second-hand chips as offers of their own, discounts for quantity.
Units: chips, USD. Facts: x.smuggling, x.overseas_cloud, k.nv_h200, d.cloudmatrix_384; of rent at home
c.installed_nvidia_in_china_epoch, d.huawei_cloud_cloudmatrix_sets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    USD,
    Count,
    Date,
    Days,
    Growth,
    Luck,
    Number,
    Options,
    Price,
    Ratio,
    Reference,
    Row,
    Rows,
    Share,
    Thing,
    Units,
    UnitsPerYear,
    USDPerHour,
    parameter,
    state,
)
from sim.language.events import compilable
from sim.world.arithmetic import HOURS_A_DAY, YEAR, power, whole
from sim.world.dials import REMOVED, less, more
from sim.world.geopolitics import climate
from sim.world.pathways import BOUGHT_HOME, GREY, IDS, RENTED, RENTED_HOME, TABLE
from sim.world.shortfall.constraints import CONSTRAINTS, DOMESTIC, RENTAL, RULES

if TYPE_CHECKING:
    from sim.world.course.future import Future


LIMITED_BY = tuple(tuple(CONSTRAINTS).index(row.constraint) for row in TABLE)
"""The row of the constraint that limits how many chips come by each pathway."""


class Offer(Thing):
    """One way to buy or rent one chip. Scenario list `market.offers`."""

    chip: Annotated[int, Reference("chips")] = parameter("what is offered")
    pathway: Annotated[float, Options(IDS)] = parameter("how it reaches the lab")
    holding: Annotated[int, Reference("holdings")] = parameter("where it goes")
    supply: Annotated[int, Reference("supplies")] = parameter("the vendor's output it draws on", default=-1.0)
    place: Annotated[int, Reference("places")] = parameter(
        "where its chips stand, or pass, if a rule may be of that place alone", default=-1.0
    )
    exporter: Annotated[int, Reference("governments")] = parameter("whose export licence it needs", default=-1.0)
    cleared_by: Annotated[float, Rows("passages")] = parameter(
        "other governments that must clear it then, one after the other: of transit, or the host of rented chips",
        default=0.0,
    )
    buyer: Annotated[int, Reference("governments")] = parameter(
        "the buyer's own government, if its approval is needed at last", default=-1.0
    )
    begins: Date = parameter("on offer from this date", default=-math.inf)
    price: Price = parameter(
        "price of one chip, installed: with server and network, without what a rule charges", default=0.0
    )
    rent: USDPerHour = parameter("rent of one chip", default=0.0)
    contract: Days = parameter("length of a rental contract", default=90.0, low=1.0)
    yearly: UnitsPerYear = parameter("chips a year that reach the lab", default=math.inf)
    yearly_truce: Ratio = parameter("part of it that comes in a truce", default=1.0)
    yearly_tension: Ratio = parameter("the same in tension", default=1.0)
    yearly_rupture: Ratio = parameter("the same in a rupture", default=1.0)
    keeps: Days = parameter("how long what is not taken stays on offer", default=math.inf)
    depth: Units = parameter(
        "chips that may be on rent to the lab at once, beside those of the first day", default=math.inf
    )
    deepens: Growth = parameter("growth of that depth", default=1.0)
    deposit: Share = parameter("share of the price paid with the order", default=0.0)
    refund: Share = parameter("share of the deposit that returns when an order is refused", default=1.0)
    build: Luck[Days] = parameter("cleared by every office to shipped")
    transit: Luck[Days] = parameter("shipped to arrived")
    seizure: Share = parameter("probability that a shipment is seized, and lost", default=0.0)
    lot: Units = parameter("smallest step of an order: a server or a supernode", default=1.0, low=1.0)
    seized_truce: Ratio = parameter("multiplies this probability in a truce", default=1.0)
    seized_tension: Ratio = parameter("the same in tension", default=1.0)
    seized_rupture: Ratio = parameter("the same in a rupture", default=1.0)

    assumed: Days = state("order to online, as the lab plans with it")
    ships: Days = state("of that, order to shipped")
    clearance: Row = state("the first of its clearances, which lie side by side")
    clearances: Count = state("offices that must clear it")
    stock: Units = state("chips on offer now, from a yearly quantity")
    on_order: Units = state("chips ordered and neither delivered nor ended")
    opening: Units = state("chips on rent on the first day")
    on_rent: Units = state("chips on rent")
    brought: Units = state("depth that investors have brought, of rent at home")
    rent_settled: Number = state("day up to which rent has been counted")
    rent_due: USD = state("rent of this month so far")
    delivered: Units = state("chips delivered to the lab")
    decided: Number = state("orders that its offices have cleared or refused")
    undecided: Units = state("chips ordered on which an office has yet to decide")
    deliveries: Number = state("orders delivered")
    refusals: Count = state("refusals in a row that the lab has taken for an answer")
    asks_again: Number = state("day before which it takes the last of them for an answer")
    for_training: Units = state("chips the planner would take for training: scratch of one plan")
    for_serving: Units = state("chips the planner would take for serving: scratch of one plan")
    training_aside: Units = state("chips for training in the plan that the order game sets aside")
    serving_aside: Units = state("chips for serving in it")


@compilable
def first_day(future: Future) -> None:
    """What runs in a rented holding on the first day is on rent by the first offer that goes there."""
    for h in range(future.counts[0].holdings):
        for o in range(future.counts[0].offers):
            if future.offers[o].holding == h and rented(future, o):
                future.offers[o].opening = future.holdings[h].opening
                break


@compilable
def rented(future: Future, o: int) -> bool:
    """Whether an offer is rent."""
    return RENTED[int(future.offers[o].pathway)]


@compilable
def price(future: Future, o: int) -> float:
    """Dollars for one chip today."""
    offer = future.offers[o]
    if BOUGHT_HOME[int(offer.pathway)]:
        return offer.price * (1.0 + future.crowding[0].domestic_premium)
    return offer.price * (1.0 + future.crowding[0].grey) if GREY[int(offer.pathway)] else offer.price


@compilable
def rent(future: Future, o: int) -> float:
    """Dollars for an hour of one chip, in a contract made today."""
    offer = future.offers[o]
    return offer.rent * (1.0 + future.crowding[0].domestic_premium) if RENTED_HOME[int(offer.pathway)] else offer.rent


@compilable
def rent_for(future: Future, o: int, days: float) -> float:
    """Dollars for some days of one chip, in a contract made today."""
    return rent(future, o) * HOURS_A_DAY * days


@compilable
def rent_counted(future: Future, o: int) -> None:
    """Count rent up to now. Called before the number of chips on rent or the price of rent changes."""
    offer = future.offers[o]
    days = future.clock[0].now - offer.rent_settled
    offer.rent_settled = future.clock[0].now
    if offer.on_rent > 0.0:
        offer.rent_due += offer.on_rent * rent_for(future, o, days)


@compilable
def put_on_rent(future: Future, o: int, units: float) -> None:
    """So many chips more on rent from now on, or fewer."""
    rent_counted(future, o)
    future.offers[o].on_rent += units


@compilable
def owner(future: Future, o: int) -> int:
    """The constraint that limits how many chips of an offer there are to be had."""
    offer = future.offers[o]
    return DOMESTIC if offer.supply >= 0 else LIMITED_BY[int(offer.pathway)]


@compilable
def limited(future: Future, o: int) -> bool:
    """Whether there is a limit to how many: none once the dials of the constraint that owns it have removed it."""
    dials = future.dials[0]
    constraint = owner(future, o)
    if constraint == RENTAL:
        return dials.depth < REMOVED
    if constraint == RULES:
        return dials.control < REMOVED
    return min(dials.wafers, dials.memory, dials.packaging, dials.allocation) < REMOVED


@compilable
def launched(future: Future, o: int) -> bool:
    """Whether what is offered exists: a domestic chip from its announced launch on."""
    supply = future.offers[o].supply
    return supply < 0 or future.supplies[supply].launch <= future.clock[0].now


@compilable
def flow(future: Future, o: int) -> float:
    """Chips a year that come on offer in today's climate: grey trade is pursued harder when it is worse."""
    offer = future.offers[o]
    part = climate.pick(future, offer.yearly_truce, offer.yearly_tension, offer.yearly_rupture)
    if GREY[int(offer.pathway)]:
        part *= more(future.dials[0].depth)
    elif LIMITED_BY[int(offer.pathway)] == RULES and limited(future, o):
        part /= less(future.dials[0].control)
    return offer.yearly * part


@compilable
def depth(future: Future, o: int) -> float:
    """Chips that may be on rent to the lab at once; at home investors add to it and a crowd takes from it."""
    offer = future.offers[o]
    chips = offer.depth * power(offer.deepens, future.clock[0].now / YEAR)
    if RENTED_HOME[int(offer.pathway)]:
        chips *= 1.0 - future.crowding[0].share_lost * future.crowding[0].turned_away
        chips += offer.brought
    return offer.opening + chips * more(future.dials[0].depth)


@compilable
def on_offer(future: Future, o: int) -> bool:
    """Whether it has begun."""
    return future.offers[o].begins <= future.clock[0].now


@compilable
def month_offered(future: Future, days: float) -> None:
    """A month's part of each yearly quantity comes on offer; what was kept too long is gone."""
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        if offer.yearly < math.inf and on_offer(future, o):
            rate = flow(future, o)
            most = whole(rate * offer.keeps / YEAR) if offer.keeps < math.inf else math.inf
            before = whole(rate * max(0.0, future.clock[0].now - days - max(offer.begins, 0.0)) / YEAR)
            until = whole(rate * (future.clock[0].now - max(offer.begins, 0.0)) / YEAR)
            offer.stock = min(most, offer.stock + until - before)


@compilable
def room(future: Future, o: int) -> float:
    """Chips this offer can still give: what is on offer, or what rental depth is free."""
    offer = future.offers[o]
    if not on_offer(future, o) or not launched(future, o):
        return 0.0
    if not limited(future, o):
        return math.inf
    if offer.supply >= 0:
        return future.supplies[offer.supply].stock
    if rented(future, o):
        free = max(0.0, depth(future, o) - offer.on_rent - offer.on_order)
        return whole(free) if free < math.inf else math.inf
    return offer.stock if offer.yearly < math.inf else math.inf


@compilable
def taken(future: Future, o: int, units: float) -> None:
    """Chips leave the shelf for an order. What a vendor without a limit lacks comes from nowhere."""
    offer = future.offers[o]
    if offer.supply >= 0:
        supply = future.supplies[offer.supply]
        lacking = max(0.0, units - supply.stock)
        supply.allotted += lacking
        supply.stock += lacking - units
        supply.sold += units
    elif offer.yearly < math.inf and limited(future, o):
        offer.stock -= units


@compilable
def given_back(future: Future, o: int, units: float) -> None:
    """Chips of an order that ended return to the shelf."""
    offer = future.offers[o]
    if offer.supply >= 0:
        future.supplies[offer.supply].stock += units
        future.supplies[offer.supply].sold -= units
    elif offer.yearly < math.inf and limited(future, o):
        offer.stock += units
