"""Licences: an office decides on an application, by the rules in force on the day it decides.

A tightening therefore also catches applications already waiting. Case by case, an application's own luck decides
against the share granted; a full quota refuses; a denial refuses. Each government is one office: the exporter's
licence and the buyer's own approval work alike.
Left out: appeals, conditions on licences, licences that expire before shipment.
Units: days, chips. Rule: 15 CFR 750.4. Facts: x.licence_processing_days, x.cn_2026_01_cond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import chance, compilable, draw, middle
from sim.world import controls, dials
from sim.world.controls import CASE_BY_CASE, DISCOURAGED, OPEN, PRESUMED_DENIAL
from sim.world.purposes import LICENCE_GRANTED, LICENCE_TIME

if TYPE_CHECKING:
    from sim.world.future import Future


@compilable
def applied(future: Future, g: int, luck: int, units: float) -> float:
    """An application goes to the office; the days until it decides."""
    office = future.governments[g]
    office.waiting += units
    return draw(future, LICENCE_TIME, luck, g, office.decision)


@compilable
def expected(future: Future, g: int, r: int) -> float:
    """Days the lab plans for a decision: the office's median, where a rule asks for one."""
    if r < 0:
        return 0.0
    return middle(future, future.governments[g].decision) * dials.less(future.dials[0].licence)


@compilable
def granted(future: Future, g: int, r: int, luck: int, units: float) -> bool:
    """The decision, by the rule that decides today."""
    office = future.governments[g]
    office.waiting -= units
    allowed = units <= controls.quota_left(future, r) and chance(
        future, LICENCE_GRANTED, luck, g, odds(future, g, controls.regime(future, r))
    )
    if not allowed:
        office.refused += units
    elif r >= 0:
        future.rules[r].used += units
    return allowed


@compilable
def odds(future: Future, g: int, regime: float) -> float:
    """Share of applications granted under a regime."""
    office = future.governments[g]
    if regime == OPEN:
        return 1.0
    if regime == CASE_BY_CASE:
        return office.granted
    if regime == DISCOURAGED:
        return office.granted_discouraged
    if regime == PRESUMED_DENIAL:
        return office.granted_presumed
    return 0.0
