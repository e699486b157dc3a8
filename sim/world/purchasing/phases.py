"""Phases of sites: power that a lab adds to a site of its own, step by step.

A site is built in phases, one after the other. At the end of a month the lab orders the next one when the power that
chips draw, that is promised to those ordered, and that its plan would put there were sites no limit, reaches a part of
what the site will have with all that is ordered; and if a part of free money, above the reserve, pays for it at once:
the rest is for chips. After its lead time it has power, and what waits for power is installed. The lab plans with the
middle of that lead time.
Left out: payment in steps, a phase that is given up, power that a utility refuses, sites that are sold.
Units: MW, USD, days. Facts: d.china_total_months, d.deepseek_own_site.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    MW,
    Count,
    Date,
    Days,
    Luck,
    Number,
    Reference,
    Share,
    Thing,
    USDPerMW,
    parameter,
    state,
)
from sim.language.events import NOTABLE, after, compilable, event
from sim.language.luck import draw, middle, purpose
from sim.world import dials
from sim.world.arithmetic import INSTANT, whole
from sim.world.company import ledger
from sim.world.company.ledger import CASH, SITES
from sim.world.fleet import holdings

if TYPE_CHECKING:
    from sim.world.course.future import Future

PHASE_TIME = purpose("site phase lead time")

OPEN, ORDERED, POWERED = range(3)


class SitePhase(Thing):
    """Power that can be added to a site. Scenario list `fleet.phases`; those of one site follow by their ids."""

    site: Annotated[int, Reference("sites")] = parameter("the site that it extends")
    adds: MW = parameter("power that it adds")
    price: USDPerMW = parameter("price of a megawatt: halls, cooling and connection, without chips")
    lead: Luck[Days] = parameter("order to power")
    earliest: Date = parameter("not ordered before this date", default=-math.inf)
    ordered_at: Share = parameter("part of the power that the site will have, at which it is ordered")

    stage: Count = state("open, ordered, powered")
    expected: Number = state("day by which the lab expects it to have power")


@compilable
def is_next(future: Future, p: int) -> bool:
    """Whether a phase is the next of its site, and may be ordered today. Where sites are no limit none is."""
    phase = future.phases[p]
    for before in range(p):
        if future.phases[before].site == phase.site and future.phases[before].stage == OPEN:
            return False
    return phase.stage == OPEN and phase.earliest <= future.clock[0].now and future.dials[0].site < dials.REMOVED


@compilable
def price(future: Future, p: int) -> float:
    """Dollars that a phase costs."""
    return whole(future.phases[p].adds * future.phases[p].price)


@compilable
def is_affordable(future: Future, p: int, free: float) -> bool:
    """Whether `free` dollars pay for a phase."""
    return price(future, p) <= free or future.dials[0].budget >= dials.REMOVED


@compilable
def reviewed(future: Future, p: int, wanted: float) -> None:
    """Order a phase that can be paid, if its site fills up with `wanted` MW; it is paid at once."""
    phase = future.phases[p]
    site = future.sites[phase.site]
    will_have = site.capacity + power_of(future, phase.site, ORDERED) + power_of(future, phase.site, POWERED)
    if wanted >= phase.ordered_at * will_have * dials.more(future.dials[0].site):
        ledger.pay(future, CASH, SITES, price(future, p))
        phase.stage = ORDERED
        phase.expected = future.clock[0].now + lead(future, middle(future, phase.lead))
        after(future, lead(future, draw(future, PHASE_TIME, phase.key, 0, phase.lead)), phase_energised, p)


@compilable
def lead(future: Future, days: float) -> float:
    """Days from order to power, as far as sites are not eased."""
    return days * dials.less(future.dials[0].site)


@compilable
def power_of(future: Future, s: int, stage: int) -> float:
    """MW of a site's phases at a stage."""
    power = 0.0
    for p in range(future.counts[0].phases):
        if future.phases[p].site == s and future.phases[p].stage == stage:
            power += future.phases[p].adds
    return power


@compilable
def expected_by(future: Future, s: int, day: float) -> float:
    """MW that phases ordered for a site are expected to have added by a day."""
    power = 0.0
    for p in range(future.counts[0].phases):
        phase = future.phases[p]
        if phase.site == s and phase.stage == ORDERED and phase.expected <= day + INSTANT:
            power += phase.adds
    return power


@event("{phases} has power", NOTABLE)
def phase_energised(future: Future, p: int) -> None:
    """A phase has power: what waits for it at its site is installed."""
    phase = future.phases[p]
    phase.stage = POWERED
    future.sites[phase.site].added = power_of(future, phase.site, POWERED)
    holdings.installed(future, phase.site)
