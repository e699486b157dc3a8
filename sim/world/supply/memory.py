"""Memory: stacks by kind, and whose chips take them, in which order.

A chip may be built with several kinds (domestic stacks, foreign ones while a rule lets them in): it takes those of the
first named as far as they reach, then those of the next, so that a kind which is allowed again adds to what there was.
A package has stacks of any of them, and the chip is the same. Stacks from abroad come only while no rule forbids it;
what is in stock is used up. Those made at home suffer when tools are withheld, or not serviced (`tools`).
Left out: memory wafers, stacks that fit one package only, the speed of a chip by the kind of its stacks.
Units: stacks, whole. Facts: d.start_for_model, d.foreign_hbm_stockpile, d.hbm_maker_and_volume.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    Date,
    Days,
    Growth,
    Options,
    Row,
    Section,
    Stacks,
    StacksPerMonth,
    Thing,
    parameter,
    state,
)
from sim.language.events import compilable
from sim.world.arithmetic import MONTH, ramped, whole
from sim.world.dials import REMOVED, more
from sim.world.geopolitics import controls
from sim.world.geopolitics.rules import MEMORY
from sim.world.supply import tools
from sim.world.supply.tools import ABROAD, AT_HOME

if TYPE_CHECKING:
    from sim.world.course.future import Future


class MemorySource(Thing):
    """Memory stacks of one kind. Scenario list `foundry.pools`."""

    origin: Annotated[float, Options(("home", "abroad"))] = parameter("where it is made", default=AT_HOME)
    begins: Date = parameter("first stacks", default=-math.inf)
    ramp: Days = parameter("first stacks to the plateau", default=0.0)
    monthly: StacksPerMonth = parameter("stacks once ramped", default=0.0)
    growth: Growth = parameter("growth after the ramp", default=1.0)
    opening: Stacks = parameter("stacks in stock on the first day", default=0.0)

    received: Stacks = state("stacks received, those in stock on the first day among them")
    given: Stacks = state("stacks from nowhere, when memory is eased")
    used: Stacks = state("stacks put into packages")
    stock: Stacks = state("stacks that wait")
    owed: Stacks = state("the part of a stack not yet whole")


class Draw(Section):
    """A kind of memory that a supply takes. Rows of a supply lie in the order in which it takes them."""

    supply: Row = state("the supply")
    pool: Row = state("the kind of memory")
    used: Stacks = state("stacks of this kind in packages that the supply began")


@compilable
def stocked(future: Future) -> None:
    """What is in stock on the first day."""
    for p in range(future.counts[0].pools):
        pool = future.pools[p]
        pool.received = pool.opening
        pool.given = whole(pool.opening * more(future.dials[0].memory)) - pool.opening
        pool.stock = pool.received + pool.given


@compilable
def came(future: Future, p: int, day: float, days: float) -> None:
    """A month's memory of one kind; none from abroad while a rule forbids it."""
    pool = future.pools[p]
    free = 1.0 - controls.denied_part(future, MEMORY, days) if pool.origin == ABROAD else 1.0
    eased = more(future.dials[0].memory) if future.dials[0].memory < REMOVED else 1.0
    pool.owed += rate(future, p, day) * free * eased * days / MONTH
    stacks = whole(pool.owed)
    pool.owed -= stacks
    pool.received += stacks
    pool.stock += stacks


@compilable
def rate(future: Future, p: int, day: float) -> float:
    """Stacks a month on a day; those made at home feel their tools as long ago as a stack takes."""
    pool, foundry = future.pools[p], future.foundry[0]
    if pool.origin == ABROAD:
        return ramped(day, pool.begins, pool.ramp, pool.monthly, pool.growth)
    ago = future.clock[0].now - day + foundry.memory_time
    planned = ramped(tools.grown_to(future, day, ago), pool.begins, pool.ramp, pool.monthly, pool.growth)
    return planned * tools.not_worn(future, foundry.memory_wear, ago)


@compilable
def in_stock(future: Future, s: int) -> float:
    """Stacks that wait and that a supply may take."""
    stacks = 0.0
    for d in range(future.counts[0].draws):
        if future.draws[d].supply == s:
            stacks += future.pools[future.draws[d].pool].stock
    return stacks


@compilable
def taken(future: Future, s: int, stacks: float) -> None:
    """Stacks go into the packages of a supply, kind by kind; what eased memory lacks is given with the last kind."""
    left = stacks
    last = -1
    for d in range(future.counts[0].draws):
        draw = future.draws[d]
        if draw.supply == s:
            pool = future.pools[draw.pool]
            part = min(left, pool.stock)
            pool.stock -= part
            pool.used += part
            draw.used += part
            left -= part
            last = d
    if left > 0.0:
        draw = future.draws[last]
        future.pools[draw.pool].given += left
        future.pools[draw.pool].used += left
        draw.used += left


@compilable
def checked(future: Future) -> None:
    """No stack vanishes. Raises ArithmeticError naming what does not add up."""
    for p in range(future.counts[0].pools):
        pool = future.pools[p]
        used = 0.0
        for d in range(future.counts[0].draws):
            used += future.draws[d].used if future.draws[d].pool == p else 0.0
        if pool.used + pool.stock != pool.received + pool.given or used != pool.used:
            raise ArithmeticError("memory: what was there and was received is not in packages + in stock")
    for s in range(future.counts[0].supplies):
        used = 0.0
        for d in range(future.counts[0].draws):
            used += future.draws[d].used if future.draws[d].supply == s else 0.0
        if used != future.supplies[s].stacks_used:
            raise ArithmeticError("memory: what a chip's packages hold is not what was taken for them")
