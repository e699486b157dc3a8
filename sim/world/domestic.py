"""Domestic supply: what the country's vendors make of each chip in a month, and what of it this lab is offered.

Here the national output is an exogenous ramp with its uncertainty: nothing before `begins`, a straight rise over
`ramp` to `plateau`, growth by the year after that, and an end when what it is made from is used up.
The lab's share is allotted every month in whole chips and waits for its orders.
Left out here: wafers, yield, memory and packaging as causes of that output; other buyers who crowd in.
Units: chips. Facts: d.cxmt_start_for_model, d.ai_accelerator_wpm_smic_for_huawei, d.bytedance_2024_fill_rate.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.luck import compilable
from sim.language.section import (
    Date,
    Days,
    Growth,
    Reference,
    Share,
    Thing,
    Units,
    UnitsPerMonth,
    parameter,
    state,
)
from sim.world.arithmetic import MONTH, YEAR, power, whole

if TYPE_CHECKING:
    from sim.world.future import Future


class Supply(Thing):
    """National output of one domestic chip. Scenario list `domestic.supplies`."""

    chip: Annotated[int, Reference("chips")] = parameter("what is made")
    begins: Date = parameter("first output")
    ramp: Days = parameter("first output to the plateau", absent=0.0)
    plateau: UnitsPerMonth = parameter("national output once ramped")
    growth: Growth = parameter("growth of output after the ramp", absent=1.0)
    most: Units = parameter("chips that can be made in all", absent=math.inf)
    share: Share = parameter("share of output offered to this lab")

    made: Units = state("chips made since the start")
    owed: Units = state("the part of a chip allotted and not yet whole")
    allotted: Units = state("of these, offered to the lab")
    stock: Units = state("offered to the lab and not yet ordered")
    sold: Units = state("ordered by the lab")
    part_allocation: Share = state("part of what keeps the month's offer below plan: others are served")
    part_wafers: Share = state("the same: wafers")
    part_memory: Share = state("the same: memory stacks")
    part_packaging: Share = state("the same: packaging")


@compilable
def month_made(future: Future, days: float) -> None:
    """A month's output, and the lab's share of it in whole chips."""
    middle = future.clock[0].now - days / 2.0
    for s in range(future.counts[0].supplies):
        supply = future.supplies[s]
        supply.part_wafers = 1.0
        output = min(supply.most - supply.made, whole(rate(future, s, middle) * days / MONTH))
        supply.made += output
        supply.owed += output * supply.share
        offered = whole(supply.owed)
        supply.owed -= offered
        supply.allotted += offered
        supply.stock += offered


@compilable
def rate(future: Future, s: int, day: float) -> float:
    """National chips a month on a day."""
    supply = future.supplies[s]
    age = day - supply.begins
    if age <= 0.0:
        return 0.0
    if age < supply.ramp:
        return supply.plateau * age / supply.ramp
    return supply.plateau * power(supply.growth, (age - supply.ramp) / YEAR)
