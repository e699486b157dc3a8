"""The fleet: chips of one kind at one site, from the door to the end of life.

Delivered chips wait until their site has power, the first order first, are brought up over weeks, then run. Running
chips fail; some are repaired, some are lost for good, at one rate for death, want of parts and support, and old age.
Rented chips run like owned ones until they go back (`contracts`).
What is lost is reported to the attribution (`lateness`).
Left out: partial racks, moving chips between sites, resale; when each chip gets too old.
Units: chips, MW, days. Facts: d.cluster_bring_up_days, d.cloudmatrix_384, d.deepseek_own_site, t.failures.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    MW,
    Date,
    Days,
    Luck,
    Number,
    Options,
    PerYear,
    Ratio,
    Reference,
    Row,
    Share,
    Thing,
    TrainUnits,
    Units,
    parameter,
    state,
)
from sim.language.events import NOTABLE, after, compilable, event
from sim.language.luck import draw, middle, purpose, rounded_draw
from sim.world import dials
from sim.world.arithmetic import INSTANT, YEAR, decayed, whole
from sim.world.fleet import contracts
from sim.world.shortfall import lateness
from sim.world.shortfall.causes import LOGISTICS, RELIABILITY, SITE
from sim.world.workloads import training

if TYPE_CHECKING:
    from sim.world.course.future import Future

BRING_UP_TIME = purpose("bring-up time")
CHIPS_FAILED = purpose("chips failed")
CHIPS_LOST = purpose("chips lost for good")
CHIPS_REPAIRED = purpose("chips repaired")

OWNED, RENTED = 0.0, 1.0
KW_IN_MW = 1000.0


class Site(Thing):
    """A data centre. Scenario list `fleet.sites`."""

    capacity: MW = parameter("power that it can draw, once energised, before any phase is added")
    energised: Date = parameter("powered from this date")
    pue: Ratio = parameter("power drawn over power of the chips and their servers", low=1.0)

    added: MW = state("power of its phases that have been energised")
    drawn: MW = state("power of what has been installed")
    counted: Number = state("day up to which that has been summed")
    megawatt_days: Number = state("its sum over days since electricity was last counted")
    promised: MW = state("power of what is ordered or waits, as this month's plan found it")
    planned: MW = state("power of what a plan would add: scratch of one plan")
    kept: MW = state("the same, of a plan that is kept: scratch of the order game")
    aside: MW = state("the same, of the plan that the game sets aside")
    scheduled_for: Number = state("the day on which the calendar has it energised")


class ChipGroup(Thing):
    """Chips of one kind at one site. Scenario list `fleet.holdings`."""

    chip: Annotated[int, Reference("chips")] = parameter("what they are")
    site: Annotated[int, Reference("sites")] = parameter("where they stand")
    tenure: Annotated[float, Options(("owned", "rented"))] = parameter("whose they are")
    opening: Units = parameter("running on the first day", default=0.0)
    bring_up: Luck[Days] = parameter("installed to running")
    failures: PerYear = parameter("failures a chip and year that take it out for repair")
    repair: Days = parameter("mean time out for repair", low=0.01)
    loss: Share = parameter("share lost for good in a year: no spare part, no support, end of life")

    waiting: Units = state("delivered, and waiting for power")
    starting: Units = state("installed, and being brought up")
    online: Units = state("running")
    down: Units = state("out for repair")
    retired: Units = state("lost for good")
    returned: Units = state("rented, and given back")
    received: Units = state("delivered since the start")
    trains: TrainUnits = state("training units of one chip, as its stack stands")
    trains_no_repairs: TrainUnits = state("the same, if its runs moved forward as planned")
    trains_at_ceiling: TrainUnits = state("and if its stack were at the ceiling")
    prefill_rate: Number = state("tokens a second one chip reads, as its stack stands")
    decode_rate: Number = state("tokens a second one chip writes, as its stack stands")
    serves_at_ceiling: Ratio = state("serving rate of its stack at the ceiling, over today's")
    tokens_per_training_unit: Number = state(
        "tokens a second that one chip writes alone, for each training unit it gives up"
    )
    serving: Share = state("part of it that serves, of chips that could train")
    serves: Units = state("chips that serve: scratch of one look at what the fleet can serve")
    decode_rank: Row = state("the holding that is this one's turn in rank order, best at writing first")
    pool: Row = state("the first holding of its kind at its site, by whose row their pool goes")


@compilable
def first_day(future: Future) -> None:
    """The opening fleet runs on the first day, and its site has the power for it."""
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        holding.online = holding.opening
        future.sites[holding.site].drawn += power_of(future, h, holding.opening)
    contracts.first_day(future)
    timetable(future)


@compilable
def timetable(future: Future) -> None:
    """Sites still to be energised."""
    for s in range(future.counts[0].sites):
        site = future.sites[s]
        day = powered_from(future, s)
        if day > future.clock[0].now + INSTANT and day != site.scheduled_for:
            after(future, day - future.clock[0].now, energised, s)
            site.scheduled_for = day


@compilable
def powered_from(future: Future, s: int) -> float:
    """Day from which a site has power; a site that is still to be energised waits less if sites are eased."""
    day = future.sites[s].energised
    return day * dials.less(future.dials[0].site) if day > 0.0 else day


@compilable
def power_of(future: Future, h: int, units: float) -> float:
    """MW that chips of a holding draw, with the overhead of their site; the power of rented chips is the landlord's."""
    holding = future.holdings[h]
    if holding.tenure == RENTED:
        return 0.0
    return units * future.chips[holding.chip].power * future.sites[holding.site].pue / KW_IN_MW


@compilable
def headroom(future: Future, h: int) -> float:
    """Chips of a holding for which its site has power left today."""
    return headroom_by(future, h, future.clock[0].now, 0.0)


@compilable
def headroom_by(future: Future, h: int, day: float, coming: float) -> float:
    """Chips of a holding for which its site has power left on a day, with `coming` MW more than today.

    Chips that draw none of it have no limit.
    """
    site = future.sites[future.holdings[h].site]
    each = power_of(future, h, 1.0)
    if each <= 0.0:
        return math.inf
    eased = future.dials[0].site
    if eased >= dials.REMOVED:
        return math.inf
    if powered_from(future, future.holdings[h].site) > day + INSTANT:
        return 0.0
    capacity = (site.capacity + site.added + coming) * dials.more(eased)
    return max(0.0, whole((capacity - site.drawn) / each))


@compilable
def delivered(future: Future, slot: int) -> None:
    """An order's chips at the door; a rental's contract starts to run."""
    order = future.orders[slot]
    offer = future.offers[order.offer]
    holding = future.holdings[offer.holding]
    holding.received += order.units
    holding.waiting += order.units
    order.waiting = order.units
    lateness.entered(future, slot, SITE, 0.0)
    install(future, slot)
    if holding.tenure == RENTED:
        contracts.begun(future, order.offer, order.units, future.clock[0].now + offer.contract)


@compilable
def install(future: Future, slot: int) -> None:
    """As many waiting chips of an order as its site has power for go into bring-up."""
    order = future.orders[slot]
    h = future.offers[order.offer].holding
    holding = future.holdings[h]
    units = min(order.waiting, headroom(future, h))
    if units > 0.0:
        order.waiting -= units
        holding.waiting -= units
        holding.starting += units
        draw_power(future, holding.site, power_of(future, h, units))
        if order.waiting <= 0.0:
            lateness.entered(future, slot, LOGISTICS, bring_up(future, middle(future, holding.bring_up)))
        days = bring_up(future, draw(future, BRING_UP_TIME, order.key, order.batches, holding.bring_up))
        order.batches += 1
        after(future, days, came_online, slot, units)


@compilable
def bring_up(future: Future, days: float) -> float:
    """Days from installed to running, as far as logistics are not eased."""
    return days * dials.less(future.dials[0].logistics)


@compilable
def installed(future: Future, s: int) -> None:
    """Chips that wait at a site for power, the first order first, whatever they are."""
    waiting = 0.0
    for h in range(future.counts[0].holdings):
        if future.holdings[h].site == s:
            waiting += future.holdings[h].waiting
    if waiting > 0.0:
        for slot in range(future.lab[0].first_open, future.lab[0].orders):
            order = future.orders[slot]
            if order.waiting > 0.0 and future.holdings[future.offers[order.offer].holding].site == s:
                install(future, slot)


@event("{sites} has power", NOTABLE)
def energised(future: Future, s: int) -> None:
    """A site has power: what waits for it is installed."""
    if powered_from(future, s) <= future.clock[0].now + INSTANT:
        installed(future, s)


@event()
def came_online(future: Future, slot: int, units: float) -> None:
    """Chips of an order run for the first time."""
    training.settled(future)
    lateness.came(future, slot, units)
    holding = future.holdings[future.offers[future.orders[slot].offer].holding]
    holding.starting -= units
    holding.online += units
    training.replanned(future)


@compilable
def month_aged(future: Future, month: int, days: float) -> None:
    """A month of failures, repairs and losses; then what waits is installed, if there is power."""
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.online + holding.down > 0.0:
            aged(future, h, month, days)
    for s in range(future.counts[0].sites):
        installed(future, s)


@compilable
def aged(future: Future, h: int, month: int, days: float) -> None:
    """Losses of a month, and which chips are out at its end: they fail at a rate and are out for a mean time."""
    holding = future.holdings[h]
    left = dials.less(future.dials[0].reliability)
    if holding.tenure == OWNED:
        lost = rounded_draw(
            future, CHIPS_LOST, holding.key, month, holding.online * holding.loss * left * days / YEAR, holding.online
        )
        if lost > 0.0:
            holding.online -= lost
            holding.retired += lost
            draw_power(future, holding.site, 0.0 - power_of(future, h, lost))
            lateness.chips_gone(future, h, lost, RELIABILITY)
    out = max(INSTANT, holding.repair * left)
    still = decayed(days, out)
    mended = rounded_draw(future, CHIPS_REPAIRED, holding.key, month, holding.down * (1.0 - still), holding.down)
    fails = holding.online * holding.failures * left * out / YEAR * (1.0 - still)
    failed = rounded_draw(future, CHIPS_FAILED, holding.key, month, fails, holding.online)
    holding.online += mended - failed
    holding.down += failed - mended


@compilable
def draw_power(future: Future, s: int, more: float) -> None:
    """A site draws so much more power from now on, or less; what it drew until now is summed first."""
    site = future.sites[s]
    site.megawatt_days += site.drawn * (future.clock[0].now - site.counted)
    site.counted = future.clock[0].now
    site.drawn += more


@compilable
def megawatt_days(future: Future) -> float:
    """Power drawn by all sites, summed over the days since this was last asked."""
    total = 0.0
    for s in range(future.counts[0].sites):
        draw_power(future, s, 0.0)
        total += future.sites[s].megawatt_days
        future.sites[s].megawatt_days = 0.0
    return total


@compilable
def megawatts(future: Future) -> float:
    """Power drawn by all sites."""
    total = 0.0
    for s in range(future.counts[0].sites):
        total += future.sites[s].drawn
    return total


@compilable
def owned(future: Future) -> float:
    """H100e of all owned chips that are there: those waiting, starting, running and out for repair."""
    total = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.tenure == OWNED:
            units = holding.waiting + holding.starting + holding.online + holding.down
            total += units * future.chips[holding.chip].h100e
    return total
