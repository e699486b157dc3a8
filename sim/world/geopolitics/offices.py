"""Offices: the governments that must clear each offer, and in which order.

An offer is cleared by its exporter, then by the governments that it names besides (a country of transit, the host of
rented chips), then by the buyer's own. Each government has one office, and its place in this order is a clearance.
Left out: offices that are asked at the same time, and ways around one (those are offers of their own).
Facts: x.licence_processing_days, x.cn_2026_01_cond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.declarations import Count, Days, Luck, Number, Row, Section, Share, Thing, Units, parameter, state
from sim.language.events import compilable

if TYPE_CHECKING:
    from sim.world.course.future import Future

EXPORTER, BETWEEN, BUYER = range(3)
"""What a government is to an offer; those between stand for countries of transit and hosts."""


class Government(Thing):
    """A government and its office: an exporter's, the buyer's own, or a third. Scenario list `controls.governments`."""

    decision: Luck[Days] = parameter("application to decision")
    granted: Share = parameter("applications granted, case by case")
    granted_discouraged: Share = parameter("applications granted, when buyers are told to justify")
    granted_presumed: Share = parameter("applications granted against a presumption of denial")
    grants_truce: Share = parameter("part of these that it grants in a truce", default=1.0)
    grants_tension: Share = parameter("the same in tension", default=1.0)
    grants_rupture: Share = parameter("the same in a rupture", default=1.0)

    waiting: Units = state("chips whose application waits here")
    refused: Units = state("chips refused here")
    buys: Count = state("1 if it is the buyer's own")
    shut: Count = state("1 once, as exporter, it has shut out a chip that it let through before")
    shut_on: Number = state("day of it")
    listed: Count = state("1 once it has listed the lab itself")
    listed_on: Number = state("day of it")


class Place(Thing):
    """Where chips stand that are offered; a rule may be of some places alone. Scenario list `controls.places`."""


class Passage(Section):
    """A government that must clear an offer besides its exporter and its buyer. Rows lie in the order of clearing."""

    offer: Row = state("the offer")
    government: Row = state("the government")


class Clearance(Section):
    """One office that must clear one offer. Those of an offer lie side by side, in the order of clearing."""

    government: Row = state("whose office it is")
    role: Row = state("exporter, between, buyer")
    rule: Row = state("the rule that decides over the offer at this office today, -1 for none")


@compilable
def first_day(future: Future) -> None:
    """The clearances of each offer, side by side."""
    k = 0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        offer.clearance = k
        k = required(future, k, offer.exporter, EXPORTER)
        for p in range(future.counts[0].passages):
            if future.passages[p].offer == o:
                k = required(future, k, future.passages[p].government, BETWEEN)
        k = required(future, k, offer.buyer, BUYER)
        offer.clearances = k - offer.clearance


@compilable
def required(future: Future, k: int, government: int, role: int) -> int:
    """A government, unless it is none, must clear the offer whose next clearance is row `k`; the row after it."""
    if government < 0:
        return k
    clearance = future.clearances[k]
    clearance.government = government
    clearance.role = role
    clearance.rule = -1
    if role == BUYER:
        future.governments[government].buys = 1
    return k + 1
