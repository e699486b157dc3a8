"""The order game: what keeps compute that is needed from being ordered in a month, and how much each of it.

For each use, in the order in which the plan fills them, with units filled:
- `F0` is what the lab orders; `F1` what it would order if it spent today all that it could (`procurement`).
- The players are the limits that bind in `F1`: of all sets of limits that stop an offer together, the smallest, for a
  set that contains another one opens later. `F(S)` is `F1` with only the players of `S` in force, all other limits as
  they are; each player has its Shapley value in this game.
- What is needed and not ordered is then, exactly and with its sign:
  need - F0 = (F1 - F0) pace + (F(no player) - F1) players + (F(no limit) - F(no player)) behind + the rest habit.
Behind is what would bind next once all that binds is open: nobody holds it back today. Habit is what no limit keeps
away: nothing fit is on offer, or the lab does not want it. The reserve is a part of money: what would be filled beyond
`F1` without it. A part may be negative, where what stands in the way of one use leaves money to the other.
A limit of domestic chips is divided further, as the vendor's page tells: allocation, wafers, memory, packaging.
A month's answer is kept for the month that the plan looks at: that is where what was not ordered will be missing.
Units: training and serving units. Rule: Shapley (1953).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Count, Number, Section, state
from sim.language.events import compilable
from sim.world.arithmetic import MONTH, whole
from sim.world.company import ledger
from sim.world.purchasing import planner
from sim.world.shortfall.causes import (
    ALLOCATION,
    BEHIND,
    CAUSES,
    HABIT,
    MEMORY,
    PACE,
    PACKAGING,
    SERVE,
    TRAIN,
    USES,
    WAFERS,
)
from sim.world.shortfall.constraints import ALL_LIMITS, LAID_TO, LIMITS, MONEY_LIMIT

if TYPE_CHECKING:
    from sim.world.course.future import Future

RESERVE, BLAMES = CAUSES, CAUSES + 1
"""Rows of blame after those of the causes: a part of money, not one more cause."""


class Coalition(Section):
    """What one use is filled with when, of the players, only those of one set are in force. The row is the set."""

    filled: Number = state("units filled")
    known: Count = state("1 once it has been found")


class Blame(Section):
    """What keeps units of a use from being ordered this month. Row: use x blames + cause, or the reserve."""

    units: Number = state("units needed and not ordered, laid to the cause")


class Forecast(Section):
    """What was planned for one use in a month to come, by the last plan that saw it. Row: month x uses + use."""

    wanted: Number = state("units forecast to be wanted")
    never: Number = state("units needed and not ordered, which the causes divide")
    reserve: Number = state("of those for want of money, what the reserve keeps back")


class ForecastPart(Section):
    """One cause, when a month was planned. Row: (month x uses + use) x causes + cause."""

    never: Number = state("units needed and not ordered, laid to the cause")
    lost: Number = state("units lost to it up to that plan")


@compilable
def played(future: Future, m: int) -> None:
    """Plan this month's orders, and keep what stops them for the months that the plan looks at.

    `m` is the last month that is over. The scratch then holds the plan under all limits.
    """
    plan = future.procurement[0]
    months = future.counts[0].months
    last = m + 1 + int(min(whole(plan.ahead / MONTH), float(months)))
    first = min(plan.reaches + 1, last)
    if first >= months or future.span[0].lean:  # nobody will look it up
        planner.planned(future, ALL_LIMITS)
        return
    divide_orders(future)
    for month in range(first, min(last + 1, months)):
        keep_answer(future, month, TRAIN, future.lab[0].train_wanted_then)
        keep_answer(future, month, SERVE, future.lab[0].serve_wanted_then)
    plan.reaches = max(plan.reaches, last)


@compilable
def keep_answer(future: Future, month: int, use: int, wanted: float) -> None:
    """Keep the answer for one use, to be looked up in a month to come."""
    row = month * USES + use
    plan = future.plans[row]
    plan.wanted = wanted
    plan.reserve = future.blames[use * BLAMES + RESERVE].units
    plan.never = 0.0
    for cause in range(CAUSES):
        part = future.plan_parts[row * CAUSES + cause]
        part.never = future.blames[use * BLAMES + cause].units
        part.lost = future.parts[use * CAUSES + cause].lost
        plan.never += part.never
    s = vendor_of(future, use)
    if s >= 0:
        supply = future.supplies[s]
        first = row * CAUSES
        vendor = future.plan_parts[first + ALLOCATION].never
        future.plan_parts[first + WAFERS].never = vendor * supply.part_wafers
        future.plan_parts[first + MEMORY].never = vendor * supply.part_memory
        future.plan_parts[first + PACKAGING].never = vendor * supply.part_packaging
        for cause in range(WAFERS, ALLOCATION):
            future.plan_parts[first + ALLOCATION].never -= future.plan_parts[first + cause].never


@compilable
def lay(future: Future, cause: int, use: int, units: float) -> None:
    """Lay units of a use to a cause, or to the reserve."""
    future.blames[use * BLAMES + cause].units += units


@compilable
def vendor_of(future: Future, use: int) -> int:
    """The domestic supply that a use would take from first, -1 if none is fit for it."""
    count = future.counts[0].offers
    for place in range((use * 2 + 1) * count, (use * 2 + 2) * count):
        rank = future.ranks[place]
        if rank.cost < math.inf and future.offers[rank.offer].supply >= 0:
            return future.offers[rank.offer].supply
    return -1


@compilable
def divide_orders(future: Future) -> None:
    """Lay what is needed and not ordered to what stops it; the scratch then holds the plan under all limits."""
    for row in range(USES * BLAMES):
        future.blames[row].units = 0.0
    planner.planned(future, ALL_LIMITS)
    plan = future.procurement[0]
    if plan.train_filled < plan.train_need or plan.serve_filled < plan.serve_need:
        set_aside(future)
        planner.begin_plan(future, plan.purse, ledger.credit(future))
        if planner.training_first(future):
            divide_first(future, TRAIN, plan.train_need, plan.train_filled)
            divide_second(future, SERVE, plan.serve_need, plan.serve_filled)
        else:
            divide_first(future, SERVE, plan.serve_need, plan.serve_filled)
            divide_second(future, TRAIN, plan.train_need, plan.train_filled)
        taken_up_again(future)  # what is bought ahead is planned on from here


@compilable
def set_aside(future: Future) -> None:
    """Set a finished plan aside while the order game uses the scratch."""
    plan = future.procurement[0]
    plan.money_aside = plan.money_left
    plan.credit_aside = plan.credit_left
    for o in range(future.counts[0].offers):
        future.offers[o].training_aside = future.offers[o].for_training
        future.offers[o].serving_aside = future.offers[o].for_serving
    for s in range(future.counts[0].sites):
        future.sites[s].aside = future.sites[s].planned


@compilable
def taken_up_again(future: Future) -> None:
    """The scratch holds again the plan that was set aside."""
    plan = future.procurement[0]
    plan.money_left = plan.money_aside
    plan.credit_left = plan.credit_aside
    for o in range(future.counts[0].offers):
        future.offers[o].for_training = future.offers[o].training_aside
        future.offers[o].for_serving = future.offers[o].serving_aside
    for s in range(future.counts[0].sites):
        future.sites[s].planned = future.sites[s].aside


@compilable
def divide_first(future: Future, use: int, need: float, ordered: float) -> None:
    """Divide what the use lacks that is filled first; the scratch then holds it filled with all money of today."""
    planner.keep_plan(future)
    most = planner.refilled(future, ALL_LIMITS, use, need)
    if ordered < need:
        divide_use(future, use, need, ordered, most)
        planner.refilled(future, ALL_LIMITS, use, need)


@compilable
def divide_second(future: Future, use: int, need: float, ordered: float) -> None:
    """Divide what the other use lacks, out of what the first leaves."""
    if ordered < need:
        planner.keep_plan(future)
        divide_use(future, use, need, ordered, planner.refilled(future, ALL_LIMITS, use, need))


@compilable
def divide_use(future: Future, use: int, need: float, ordered: float, most: float) -> None:
    """Divide what one use needs beyond what is `ordered`; the last fill was that with all money of today, `most`."""
    players = evaluate(future, use, need, most)
    share_out(future, players, use)
    opened = future.coalitions[0].filled
    ample = planner.refilled(future, 0, use, need) if opened < need else opened
    lay(future, PACE, use, most - ordered)
    lay(future, BEHIND, use, ample - opened)
    lay(future, HABIT, use, need - ample)
    if players & MONEY_LIMIT:
        lay(future, RESERVE, use, unreserved(future, use, need) - most)


@compilable
def unreserved(future: Future, use: int, need: float) -> float:
    """What one use would be filled with if the lab kept no reserve."""
    plan = future.procurement[0]
    reserve = plan.unreserved - plan.purse
    plan.money_kept += reserve
    units = planner.refilled(future, ALL_LIMITS, use, need)
    plan.money_kept -= reserve
    return units


@compilable
def evaluate(future: Future, use: int, need: float, most: float) -> int:
    """Find what every set of the players lets a use be filled with; returns the players, the limits that bind.

    The last fill was that under all limits, `most`. Sets are tried from the largest down. Without a limit that stopped
    nothing the same is filled step by step, so one answer stands for all sets between those that did stop something
    and the set that was tried.
    """
    players = planner.binding(future)
    for limits in range(players + 1):
        future.coalitions[limits].known = 0
    know(future, players, players, most)
    for down in range(1, players + 1):
        limits = players - down
        if limits & players == limits and not future.coalitions[limits].known:
            units = planner.refilled(future, limits | (ALL_LIMITS - players), use, need)
            know(future, limits, future.procurement[0].bound & players, units)
    return players


@compilable
def know(future: Future, limits: int, bound: int, units: float) -> None:
    """A fill with `limits`, of which some `bound`, stands for those and any of the others."""
    idle = limits - bound
    some = idle
    while True:
        coalition = future.coalitions[bound | some]
        coalition.filled = units
        coalition.known = 1
        if some == 0:
            return
        some = (some - 1) & idle


@compilable
def share_out(future: Future, players: int, use: int) -> None:
    """Lay to each player its Shapley value: what its opening adds, on average over all orders of opening them."""
    number = 0
    for limit in range(LIMITS):
        number += (players >> limit) & 1
    for limits in range(players):
        if limits & players == limits:
            weight = order_weight(limits, number)
            for limit in range(LIMITS):
                bit = 1 << limit
                if players & bit and not limits & bit:
                    gain = future.coalitions[limits].filled - future.coalitions[limits | bit].filled
                    lay(future, LAID_TO[limit], use, weight * gain)


@compilable
def order_weight(limits: int, number: int) -> float:
    """Share of the orders of `number` players in which exactly the players of `limits` come before a given other."""
    before = 0
    for limit in range(LIMITS):
        before += (limits >> limit) & 1
    weight = 1.0 / number
    for k in range(before):
        weight *= (k + 1.0) / (number - 1.0 - k)
    return weight
