"""The ribbon: what stops the compute that is wanted from being there today, by cause, in every month, for each use.

All numbers are averages over the month. Wanted is `K_w` units; at work are `K s r`: chips in use or repair, what their
stacks reach of their ceiling, and how much of the planned time they run. Four steps:
1. The shortfall is divided among chips, software and reliability by the Shapley rule for a product of three factors.
2. The part of the chips is divided by a tally of those missing: never placed; placed and overdue; lost; and what the
   plan for this month did not see: more is wanted than was forecast, or the plan was too small.
3. Never placed is divided as the order game divided it in the month in which this month was planned
   (`constraint_shares`): players that bind, pace, what stands behind, habit.
4. Overdue is divided by the stages that took too long (`lateness`).
Parts are rounded to a grain of a unit, and what is left by rounding goes to the largest: they add up exactly. They say
what keeps capacity away today, not who dug the hole; removing a cause may give back less, or more. A part may be
negative, where what stands in the way of one use leaves money to the other.
Units: training and serving units. Rules: Shapley (1953); the airport rule inside a vendor is in his own page.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world.arithmetic import whole
from sim.world.shortfall import causes, constraints, lateness
from sim.world.shortfall.causes import ALLOCATION, CAUSES, GRAIN, PLANNING, RELIABILITY, SERVE, SOFTWARE, TRAIN, USES
from sim.world.shortfall.constraints import DOMESTIC, ROW_OF

if TYPE_CHECKING:
    from sim.world.course.future import Future

THIRD = 1.0 / 3.0
SIXTH = 1.0 / 6.0
HALF = 0.5


@compilable
def month_divided(future: Future, m: int, days: float) -> None:
    """The shortfall of both uses in the month that closes, and its parts."""
    lab = future.lab[0]
    book = future.books[m]
    lateness.month_counted(future)
    wanted, chips, soft, work = book.train_wanted, lab.train_at_ceiling_days, lab.train_no_repairs_days, lab.train_days
    divided(future, m, TRAIN, days, wanted, chips / days, soft / days, work / days)
    wanted, chips, soft, work = book.serve_wanted, lab.serve_at_ceiling_days, lab.serve_no_repairs_days, lab.serve_days
    divided(future, m, SERVE, days, wanted, chips / days, soft / days, work / days)
    lateness.month_begun(future)
    causes.written(future, m)
    begins = future.months[m].begins
    constraints.follow_month(future, TRAIN, book.train_wanted, begins)
    constraints.follow_month(future, SERVE, book.serve_wanted, begins)


@compilable
def divided(
    future: Future, m: int, use: int, days: float, wanted: float, chips: float, soft: float, work: float
) -> None:
    """One use: `wanted` units, of which `chips`, `soft` after software and `work` after reliability are there."""
    for cause in range(use * CAUSES, use * CAUSES + CAUSES):
        future.parts[cause].exact = 0.0
        future.parts[cause].grains = 0.0
    future.gaps[use].reserve = 0.0
    future.gaps[use].grains = whole(max(0.0, wanted - work) * GRAIN)
    if future.gaps[use].grains <= 0.0:
        return
    supply, software, reliability = factored(wanted, chips, soft, work)
    add(future, use, SOFTWARE, software)
    add(future, use, RELIABILITY, reliability)
    if supply > 0.0:
        tallied(future, m, use, days, wanted, chips, supply)
    rounded(future, use)


@compilable
def add(future: Future, use: int, cause: int, units: float) -> None:
    """Units of a use's shortfall, for a cause."""
    future.parts[use * CAUSES + cause].exact += units


@compilable
def factored(wanted: float, chips: float, soft: float, work: float) -> tuple[float, float, float]:
    """Step 1: a shortfall by chips, software and reliability.

    A factor that is not short is set to its reference and takes no part; if this leaves the sum above the shortfall,
    all three are scaled.
    """
    k = min(chips, wanted)
    s = min(1.0, soft / chips) if chips > 0.0 else 1.0
    r = min(1.0, work / soft) if soft > 0.0 else 1.0
    supply = (wanted - k) * (THIRD + (s + r) * SIXTH + s * r * THIRD)
    software = (1.0 - s) * (wanted * THIRD + (wanted * r + k) * SIXTH + k * r * THIRD)
    reliability = (1.0 - r) * (wanted * THIRD + (wanted * s + k) * SIXTH + k * s * THIRD)
    total = supply + software + reliability
    short = max(0.0, wanted - work)
    scale = short / total if total > 0.0 else 0.0
    return supply * scale, software * scale, reliability * scale


@compilable
def tallied(future: Future, m: int, use: int, days: float, wanted: float, chips: float, supply: float) -> None:
    """Steps 2 to 4: the part of the chips, in proportion to a tally of those missing."""
    plan = future.plans[m * USES + use]
    first = use * CAUSES
    never = max(0.0, plan.never)
    start = future.gaps[use].started_late / days
    late = 0.0
    for cause in range(first, first + CAUSES):
        late += future.parts[cause].overdue / days
    explained = never + start + late
    for cause in range(CAUSES):
        explained += lost_since_planned(future, m, use, cause)
    unforeseen = max(0.0, wanted - plan.wanted)
    explained += unforeseen
    too_small = max(0.0, wanted - chips - explained)
    if explained + too_small <= 0.0:
        return
    each = supply / (explained + too_small)
    for cause in range(CAUSES):
        add(future, use, cause, each * future.parts[first + cause].overdue / days)
        add(future, use, cause, each * lost_since_planned(future, m, use, cause))
    add(future, use, PLANNING, each * (unforeseen + too_small))
    if never > 0.0:
        add_orders(future, m, use, each * never, -math.inf)
    add_orders(future, m, use, each * start, 0.0)


@compilable
def lost_since_planned(future: Future, m: int, use: int, cause: int) -> float:
    """Units of a use lost to a cause that the plan for month `m` had still counted on."""
    return future.parts[use * CAUSES + cause].lost - future.plan_parts[(m * USES + use) * CAUSES + cause].lost


@compilable
def add_orders(future: Future, m: int, use: int, units: float, least: float) -> None:
    """Step 3: divide what was not ordered, or too late, as its month's order game did; no part is below `least`.

    The causes of domestic chips count as one: what the vendor lacks is divided among his inputs afterwards.
    """
    row = m * USES + use
    first = row * CAUSES
    vendor = 0.0
    for cause in range(CAUSES):
        if ROW_OF[cause] == DOMESTIC:
            vendor += future.plan_parts[first + cause].never
    total = 0.0
    for cause in range(CAUSES):
        if ROW_OF[cause] != DOMESTIC:
            total += max(least, future.plan_parts[first + cause].never)
        elif cause == ALLOCATION:
            total += max(least, vendor)
    if total <= 0.0:
        add(future, use, PLANNING, units)
        return
    each = units / total
    for cause in range(CAUSES):
        never = future.plan_parts[first + cause].never
        if ROW_OF[cause] != DOMESTIC:
            add(future, use, cause, each * max(least, never))
        elif vendor > least:
            add(future, use, cause, each * never)
    future.gaps[use].reserve += each * max(least, future.plans[row].reserve)


@compilable
def rounded(future: Future, use: int) -> None:
    """Whole grains; what rounding leaves goes to the largest part, of equals to the first."""
    left = future.gaps[use].grains
    largest = use * CAUSES
    for cause in range(use * CAUSES, use * CAUSES + CAUSES):
        part = future.parts[cause]
        part.grains = whole(part.exact * GRAIN + HALF)
        left -= part.grains
        if part.exact > future.parts[largest].exact:
            largest = cause
    future.parts[largest].grains += left
