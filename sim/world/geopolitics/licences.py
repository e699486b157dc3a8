"""Licences: an office decides on an application, by the rules in force on the day it decides.

A tightening therefore also catches applications already waiting. Case by case, an application's own luck decides
against the share granted, which depends on the climate; a full quota refuses; a denial refuses, at the border too. Each
government is one office: the exporter's licence, the leave of a country between and the buyer's own approval work
alike, and follow one another. Of what an office would refuse the dials let a part pass, as a probability of whole
applications, by the same luck and on the same day.
Left out: appeals, conditions on licences, licences that expire before shipment.
Units: days, chips. Rule: 15 CFR 750.4. Facts: x.licence_processing_days, x.cn_2026_01_cond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.language.luck import chance, draw, middle, purpose
from sim.world import dials
from sim.world.geopolitics import climate, controls
from sim.world.geopolitics.rules import CASE_BY_CASE, DENIAL, DISCOURAGED, OPEN, PRESUMED_DENIAL

if TYPE_CHECKING:
    from sim.world.course.future import Future

LICENCE_GRANTED = purpose("licence granted")
LICENCE_TIME = purpose("licence time")


@compilable
def applied(future: Future, g: int, luck: int, units: float) -> float:
    """An application goes to the office; the days until it decides."""
    office = future.governments[g]
    office.waiting += units
    return draw(future, LICENCE_TIME, luck, office.key, office.decision) * dials.less(future.dials[0].licence)


@compilable
def expected(future: Future, k: int) -> float:
    """Days the lab plans for a clearance: the office's median, where a rule asks for one."""
    clearance = future.clearances[k]
    if clearance.rule < 0:
        return 0.0
    return middle(future, future.governments[clearance.government].decision) * dials.less(future.dials[0].licence)


@compilable
def expected_of_offer(future: Future, o: int) -> float:
    """Days the lab plans for all clearances of an offer, one after the other."""
    offer = future.offers[o]
    days = 0.0
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        days += expected(future, k)
    return days


@compilable
def granted(future: Future, g: int, r: int, luck: int, units: float) -> bool:
    """Whether the office grants an application, by the rule `r` that decides today (-1: none does any more).

    What follows for the order stands in `orders.order_decided`.
    """
    office = future.governments[g]
    office.waiting -= units
    allowed = units <= controls.quota_left(future, r) and favoured(future, g, r, luck)
    if not allowed:
        office.refused += units
    elif r >= 0:
        future.rules[r].used += units
        future.rules[r].granted += units
    return allowed


@compilable
def favoured(future: Future, g: int, r: int, luck: int) -> bool:
    """Whether this application's own luck is enough under a rule: the same at the office and at the border."""
    likely = share_granted(future, g, controls.regime(future, r))
    office = future.governments[g]
    return chance(future, LICENCE_GRANTED, luck, office.key, likely + (1.0 - likely) * controls.passing(future, g))


@compilable
def stopped(future: Future, o: int, luck: int) -> bool:
    """At the border: a denial in force today stops what was cleared before."""
    offer = future.offers[o]
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        clearance = future.clearances[k]
        denies = controls.regime(future, clearance.rule) == DENIAL
        if denies and not favoured(future, clearance.government, clearance.rule, luck):
            return True
    return False


@compilable
def share_granted(future: Future, g: int, regime: float) -> float:
    """Share of applications granted under a regime, in today's climate."""
    office = future.governments[g]
    grants = climate.pick(future, office.grants_truce, office.grants_tension, office.grants_rupture)
    if regime == OPEN:
        return 1.0
    if regime == CASE_BY_CASE:
        return office.granted * grants
    if regime == DISCOURAGED:
        return office.granted_discouraged * grants
    if regime == PRESUMED_DENIAL:
        return office.granted_presumed * grants
    return 0.0
