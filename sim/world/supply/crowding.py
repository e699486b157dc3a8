"""Crowding: when imports are shut to all, others want what this lab wants, and what is left is dearer.

While a government denies the chip that stands for imports, buyers turn to domestic chips and to rent at home: this
lab's share of both falls and their prices rise. When imports open they leave the queue. Prices also follow the climate,
and grey chips cost more when the lab itself is listed. All of it moves over weeks, with one time constant; on the first
day it is where it tends to.
Left out here: other buyers one by one, and their stocks.
Units: shares. Facts: d.price_move_apr_2026, d.state_funded_data_centres, x.street_premium_over_list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import Days, Ratio, Reference, Section, Share, parameter, state
from sim.language.events import compilable
from sim.world.arithmetic import decayed
from sim.world.geopolitics import climate, controls
from sim.world.geopolitics.rules import ACCELERATOR, DENIAL, ENTITY

if TYPE_CHECKING:
    from sim.world.course.future import Future


class Crowding(Section):
    """Scenario section `market.crowding`."""

    imports: Annotated[int, Reference("offers")] = parameter(
        "the offer that stands for everybody's imports", default=-1.0
    )
    share_lost: Share = parameter(
        "part of the lab's share, and of its rental depth, that others take when imports are shut"
    )
    premium: Ratio = parameter("rise of domestic prices and rents when imports are shut")
    premium_truce: Ratio = parameter("rise of domestic and grey prices in a truce", default=0.0)
    premium_tension: Ratio = parameter("the same in tension", default=0.0)
    premium_rupture: Ratio = parameter("the same in rupture", default=0.0)
    premium_listed: Ratio = parameter("rise of grey prices when the lab itself is listed", default=0.0)
    time: Days = parameter("time in which most of a move is made", low=1.0)

    turned_away: Share = state("how many of the others have turned away from imports", watched=True)
    domestic_premium: Ratio = state("premium on domestic prices and rents today", watched=True)
    grey: Ratio = state("premium on grey prices today", watched=True)


@compilable
def first_day(future: Future) -> None:
    """On the first day the crowd is where it tends to."""
    moved(future, 1.0)


@compilable
def month_moved(future: Future, days: float) -> None:
    """A month's move."""
    moved(future, 1.0 - decayed(days, future.crowding[0].time))


@compilable
def moved(future: Future, part: float) -> None:
    """A part of the way to where the rules and the climate of today pull."""
    crowding = future.crowding[0]
    o = crowding.imports
    shut = 1.0 if o >= 0 and shut_to_all(future, o) else 0.0
    listed = 1.0 if controls.listed(future) else 0.0
    tense = climate.pick(future, crowding.premium_truce, crowding.premium_tension, crowding.premium_rupture)
    crowding.turned_away += (shut - crowding.turned_away) * part
    crowding.domestic_premium += (crowding.premium * shut + tense - crowding.domestic_premium) * part
    crowding.grey += (crowding.premium_listed * listed + tense - crowding.grey) * part


@compilable
def shut_to_all(future: Future, o: int) -> bool:
    """Whether any office denies an offer's chip, whoever the buyer is."""
    offer = future.offers[o]
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        decides = on_chips(future, o, future.clearances[k].government, future.clearances[k].rule)
        if controls.regime(future, decides) == DENIAL:
            return True
    return False


@compilable
def on_chips(future: Future, o: int, government: int, decides: int) -> int:
    """The rule that decides for any buyer: a listing of the lab, and what is eased for it alone, set aside."""
    if decides >= 0 and future.rules[decides].item != ENTITY:
        return decides
    premium_rule = -1
    for r in range(future.counts[0].rules):
        rule = future.rules[r]
        later = premium_rule < 0 or rule.since >= future.rules[premium_rule].since
        holds = rule.in_force and rule.government == government and rule.item == ACCELERATOR and rule.regime <= DENIAL
        if holds and later and controls.hits(future, r, future.offers[o].chip):
            premium_rule = r
    return premium_rule
