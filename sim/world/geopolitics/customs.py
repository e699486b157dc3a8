"""Customs: what crosses the border may be held, inspected and seized, whoever let it go.

Rules whose regime is an inspection concern imports, licensed and grey alike: they hold a shipment for a time, and some
of these are seized. Grey shipments may be seized on their way besides, more often when the climate is worse.
Left out: fines, returns to the sender, what officials take for looking away.
Units: days, probability of a whole shipment. Facts: x.cn_2025_10_customs, x.seizure_share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.language.luck import chance, draw, purpose
from sim.world import dials
from sim.world.geopolitics import climate, controls, rules
from sim.world.geopolitics.rules import INSPECTION
from sim.world.pathways import CROSSES

if TYPE_CHECKING:
    from sim.world.course.future import Future

INSPECTION_TIME = purpose("inspection time")
SEIZED = purpose("shipment seized")


@compilable
def crosses(future: Future, o: int) -> bool:
    """Whether what comes by an offer crosses the border."""
    return CROSSES[int(future.offers[o].pathway)]


@compilable
def inspects(future: Future, r: int, o: int) -> bool:
    """Whether customs inspect what comes by an offer, under a rule in force today."""
    rule = future.rules[r]
    offer = future.offers[o]
    here = rule.regime == INSPECTION and rules.reaches(future, r, offer.place)
    return bool(rule.in_force) and here and controls.hits(future, r, offer.chip)


@compilable
def held(future: Future, o: int, luck: int) -> float:
    """Days for which customs hold a shipment that leaves today."""
    days = 0.0
    if crosses(future, o):
        for r in range(future.counts[0].rules):
            if inspects(future, r, o):
                days += draw(future, INSPECTION_TIME, luck, future.rules[r].key, future.rules[r].inspection)
    return days


@compilable
def seized(future: Future, o: int, luck: int) -> bool:
    """Whether a shipment that should arrive today is seized."""
    offer = future.offers[o]
    free = 1.0 - min(
        1.0, offer.seizure * climate.pick(future, offer.seized_truce, offer.seized_tension, offer.seized_rupture)
    )
    if crosses(future, o):
        for r in range(future.counts[0].rules):
            if inspects(future, r, o):
                free *= 1.0 - future.rules[r].seizure
    return chance(future, SEIZED, luck, 0, (1.0 - free) * dials.less(future.dials[0].control))
