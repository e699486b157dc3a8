"""Dials: how far each cause of a shortfall is eased, to ask what it costs. The futures keep their luck.

0 leaves a cause as it is, 0.1 eases it by a tenth, 1 removes it; what lies between is in proportion. A quantity that is
eased grows (`more`), a friction shrinks (`less`); what removal means stands with each dial. Dials act from the first
day to the last; the opening fleet is as it was. Scenarios leave them at 0: they serve relief and the sets of removals.
All dials of a constraint at 1 (`constraints`) lift exactly what it limits: as much can be had as is wanted, at the same
price, and what others limit stays as it is. Without a limit of money the lab still spends its own at its pace.
"""

from __future__ import annotations

from sim.language.declarations import Section, Share, parameter
from sim.language.events import compilable

REMOVED = 1.0
AMPLE_SUPPLY = 10.0
"""What a vendor makes whose inputs are never the least, times what was announced."""


class Dials(Section):
    """Scenario section `dials`."""

    budget: Share = parameter(
        "external money (opening cash, facility, rounds, other finance); 1: given what orders and bills lack",
        default=0.0,
    )
    control: Share = parameter(
        "chips blocked, refused, seized, capped, by any government; 1: all open, and no limit to what is licensed",
        default=0.0,
    )
    buyer_gate: Share = parameter("the same on the buyer's side only; 1: it is open", default=0.0)
    licence: Share = parameter("time that offices take to decide; 1: none", default=0.0)
    wafers: Share = parameter("wafer starts, nationwide; 1: never the least", default=0.0)
    memory: Share = parameter("memory stacks made and in stock, nationwide; 1: never the least", default=0.0)
    packaging: Share = parameter("packaging slots, nationwide; 1: never the least", default=0.0)
    allocation: Share = parameter("the lab's share of domestic output; 1: as much as it needs", default=0.0)
    depth: Share = parameter("chips to rent and grey chips; 1: as many as are wanted, at the same price", default=0.0)
    software: Share = parameter(
        "gap of each stack to its ceiling, probability of a restart; 1: at the ceiling", default=0.0
    )
    reliability: Share = parameter("failures, repair time, losses; 1: none", default=0.0)
    logistics: Share = parameter("time of transit, clearing and bring-up; 1: none", default=0.0)
    site: Share = parameter("power of sites, and time until they have it; 1: ample at once", default=0.0)
    planning: Share = parameter("error of forecasts, and how far the plan looks; 1: sees the future want", default=0.0)
    want: Share = parameter("growth of what is wanted, in logarithms; 1: none", default=0.0)


@compilable
def more(dial: float) -> float:
    """What an eased quantity is multiplied with."""
    return 1.0 + dial


@compilable
def less(dial: float) -> float:
    """What an eased friction is multiplied with."""
    return 1.0 - dial
