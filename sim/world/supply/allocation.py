"""Allocation: who gets what the country makes, and why this lab is offered less than it could have planned with.

State and strategic buyers order by what was announced, in chips, and are served first; when output falls short of the
announcement they lose nothing, the rest loses all of it. In time their orders follow what is really made. The others,
this lab among them, share the rest in proportion, so that the lab has its `share` while output is as announced. When
imports are shut others crowd in, and its share shrinks. It is larger for a lab that pays ahead, and for one whose
shareholders are heard where chips are given out: the vendor itself, or the state. What it is offered waits for its
orders in whole chips.
What is missing is split in two: the share it has against the share it would need, and what is made against what was
announced; each has the mean of what it costs first and last (Shapley value). What is missing in output falls to its
inputs as in the airport game: the shortfall that several have in common they bear alike, each bears alone what only it
lacks (Littlechild and Owen 1973).
Left out here: bargaining, shares that other buyers gain the same way, other buyers one by one.
Units: chips a month. Facts: d.priority_rule, d.bytedance_2024_fill_rate, d.deepseek_share.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Days, Ratio, Share, Thing, parameter
from sim.language.events import compilable
from sim.world.arithmetic import MONTH, decayed, whole
from sim.world.dials import REMOVED, more
from sim.world.hardware import chips
from sim.world.supply.foundry import DIES, STACKS

if TYPE_CHECKING:
    from sim.world.course.future import Future


class Vendor(Thing):
    """Who sells domestic chips, and whose turn it is. Scenario list `foundry.vendors`."""

    strategic: Share = parameter("state and strategic orders, served first, as a part of announced output")
    revision_time: Days = parameter("time in which most of these orders follow what is made", default=math.inf, low=1.0)
    prepaid_gain: Ratio = parameter(
        "what the lab's share of output gains where the lab pays the whole price with its orders, over that share",
        default=0.0,
    )


@compilable
def first_day(future: Future) -> None:
    """On the first day orders go by what was announced, and nothing has come."""
    counted(future)
    for s in range(future.counts[0].supplies):
        future.supplies[s].vendor_confidence = 1.0
        future.supplies[s].part_allocation = 1.0


@compilable
def month_offered(future: Future, days: float) -> None:
    """The lab's part of a month's output, in whole chips, and what keeps it from being more."""
    for s in range(future.counts[0].supplies):
        supply = future.supplies[s]
        supply.announced_output *= days / MONTH
        part = offered(future, s)
        supply.owed += part
        allotted = whole(supply.owed)
        supply.owed -= allotted
        supply.allotted += allotted
        supply.stock += allotted
        split(future, s, needed_share(future, s), part / supply.output if supply.output > 0.0 else share(future, s))
        if supply.announced_output > 0.0:
            vendor = future.vendors[supply.vendor]
            made = min(1.0, supply.output / supply.announced_output)
            supply.vendor_confidence += (made - supply.vendor_confidence) * (1.0 - decayed(days, vendor.revision_time))


@compilable
def offered(future: Future, s: int) -> float:
    """Chips of this month's output that the lab may have: its part of what the state and strategic orders leave."""
    supply = future.supplies[s]
    if future.dials[0].allocation >= REMOVED:
        return supply.output
    strategic = future.vendors[supply.vendor].strategic
    rest = supply.output - strategic * max(supply.output, supply.announced_output * supply.vendor_confidence)
    return min(rest, rest * share(future, s) / (1.0 - strategic)) if rest > 0.0 else 0.0


@compilable
def share(future: Future, s: int) -> float:
    """The lab's share of output as announced, with what it gains, less what others take when they crowd in."""
    gained = future.supplies[s].share * (1.0 + prepaid_gain(future, s)) * (1.0 + future.lab[0].share_gain)
    eased = min(1.0, gained * more(future.dials[0].allocation))
    return eased * (1.0 - future.crowding[0].share_lost * future.crowding[0].turned_away)


@compilable
def prepaid_gain(future: Future, s: int) -> float:
    """What the lab's share gains by the part of a price that it pays with its orders."""
    return future.vendors[future.supplies[s].vendor].prepaid_gain * future.procurement[0].prepaid_share


@compilable
def needed_share(future: Future, s: int) -> float:
    """Share of announced output that would fill, with this chip alone, what the lab lacked when it last planned."""
    supply = future.supplies[s]
    plan = future.procurement[0]
    trains = chips.trains(future, supply.chip)
    serves = chips.serves(future, supply.chip)
    units = plan.train_need / trains if trains > 0.0 else 0.0
    units += plan.serve_need / serves if serves > 0.0 else 0.0
    return min(1.0, units / supply.announced_output) if supply.announced_output > 0.0 else 1.0


@compilable
def split(future: Future, s: int, needed: float, had: float) -> None:
    """Lay what is missing in the offer to the share of output and to the inputs; the parts add up to one."""
    supply = future.supplies[s]
    supply.part_wafers = 0.0
    supply.part_memory = 0.0
    supply.part_packaging = 0.0
    had = min(had, needed)
    by_share = (needed - had) * (supply.announced_output + supply.output) / 2.0
    by_output = (supply.announced_output - supply.output) * (needed + had) / 2.0
    if supply.announced_output <= 0.0:
        laid_to_bound(future, s, 1.0)
    elif by_output > 0.0:
        laid_to_inputs(future, s, by_output / (by_share + by_output))
    supply.part_allocation = 1.0 - supply.part_wafers - supply.part_memory - supply.part_packaging


@compilable
def laid_to_inputs(future: Future, s: int, part: float) -> None:
    """Divide a part over the inputs that are short of what was announced."""
    supply = future.supplies[s]
    dies = lacking(future, s, supply.from_dies)
    stacks = lacking(future, s, supply.from_stacks)
    places = lacking(future, s, supply.from_places)
    worst = max(dies, stacks, places)
    if worst <= 0.0:
        laid_to_bound(future, s, part)
        return
    supply.part_wafers = part * airport(dies, stacks, places) / worst
    supply.part_memory = part * airport(stacks, dies, places) / worst
    supply.part_packaging = part * airport(places, dies, stacks) / worst


@compilable
def laid_to_bound(future: Future, s: int, part: float) -> None:
    """Give a part to the input that was least."""
    supply = future.supplies[s]
    if supply.bound == DIES:
        supply.part_wafers = part
    elif supply.bound == STACKS:
        supply.part_memory = part
    else:
        supply.part_packaging = part


@compilable
def lacking(future: Future, s: int, allowed: float) -> float:
    """Chips by which an input alone keeps output below what was announced."""
    supply = future.supplies[s]
    if allowed == math.inf:
        return 0.0
    return max(0.0, supply.announced_output - allowed * future.packaging[supply.packaging].survival)


@compilable
def airport(own: float, one: float, other: float) -> float:
    """What an input answers for: each slice of shortfall is shared by those that are at least that short."""
    low, high = min(one, other), max(one, other)
    of_three = min(own, low)
    of_two = min(own, high)
    return of_three / 3.0 + (of_two - of_three) / 2.0 + (own - of_two)


@compilable
def watched(future: Future, m: int) -> None:
    """What outcomes follow is counted each month of the reporting window; the last of them remains."""
    window = future.window[0]
    if future.months[m].ends <= window.reporting_until:
        counted(future)
        outcome = future.outcome[0]
        made = 0.0
        for s in range(future.counts[0].supplies):
            made += future.supplies[s].made
        if future.months[m].ends <= window.reporting_from:
            outcome.made_before = made
        else:
            outcome.made_measured = made - outcome.made_before


@compilable
def counted(future: Future) -> None:
    """What has come so far of the chips that outcomes follow."""
    window = future.window[0]
    outcome = future.outcome[0]
    outcome.reference_chip_made = 0.0
    outcome.reference_chip_offered = 0.0
    outcome.reference_chip_delivered = 0.0
    outcome.reference_import_delivered = (
        future.offers[window.reference_import].delivered if window.reference_import >= 0 else 0.0
    )
    if window.reference_chip >= 0:
        outcome.reference_chip_made = future.supplies[window.reference_chip].made
        outcome.reference_chip_offered = future.supplies[window.reference_chip].allotted
        for o in range(future.counts[0].offers):
            if future.offers[o].supply == window.reference_chip:
                outcome.reference_chip_delivered += future.offers[o].delivered
