"""Software: how much of a chip its stack can use, and how that improves.

A stack starts at a share of what a mature one reaches in training, and closes half of the gap to its ceiling in every
half-time.
It holds for the engineers of the first day: more of them are faster, with diminishing returns, fewer are slower.
When a new generation of its chips arrives, part of the gap opens again: kernels and tools are written anew.
The serving rate and the goodput (the share of time a run moves forward) close their own gaps with it. A stack carries
training once it reaches a threshold; until then its chips only serve. The first final run on a stack that has not
carried one may have to be restarted; the probability shrinks as it nears a mature one, and is gone once a run has
been finished. Interruptions are not simulated one by one: chips x hours / mean time between them is in the goodput.
Utilisation is over all hours, so a stack gains or loses only by how its goodput differs from a mature one's.
Left out: what vendors' and other labs' engineers add (it is in the half-time), ports back and forth.
Units: shares, days. Facts: t.pangu_ultra_moe, t.pangu_ultra_135b, t.ascend_training_failure, t.goodput_for_model.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Count, Date, Days, Luck, Ratio, Share, Thing, parameter, state
from sim.language.events import compilable
from sim.language.luck import chance, draw, purpose
from sim.world import dials
from sim.world.arithmetic import half_left, power

if TYPE_CHECKING:
    from sim.world.course.future import Future

RESTART_TIME = purpose("training run restart time")
RUN_RESTARTED = purpose("training run restarted")


class SoftwareStack(Thing):
    """A software platform. Scenario list `software.stacks`."""

    opening: Ratio = parameter("training utilisation over a mature stack's, on the first day")
    ceiling: Ratio = parameter("training utilisation over a mature stack's that it approaches")
    half_time: Days = parameter("time to close half of the gap, with the engineers of the first day", default=0.0)
    returns: Share = parameter("how the pace grows with engineers: 1 in proportion, 0 not at all", default=0.0)
    generation: Date = parameter("a new generation of its chips arrives", default=math.inf)
    setback: Share = parameter("part of what had been closed that opens again then", default=0.0)
    serving: Ratio = parameter("serving rate over what memory bandwidth and 8-bit rate promise, on the first day")
    serving_ceiling: Ratio = parameter("serving rate over that promise that it approaches", default=0.0)
    goodput_opening: Share = parameter("share of time a run moves forward, on the first day")
    goodput: Share = parameter("share of time a run moves forward, once mature")
    fit_from: Ratio = parameter("training utilisation over a mature stack's from which campaigns may use it")
    restart: Share = parameter(
        "probability that a first final run on it, on the first day, would be restarted", default=0.0
    )
    restart_time: Luck[Days] = parameter("time that a restart loses", default=0.0)
    restart_assumed: Days = parameter("time that a restart loses, as the lab plans with it", default=0.0)

    gap: Share = state("part of the opening gap that is still open; the engineers' work")
    utilisation: Ratio = state("training utilisation over a mature stack's, today")
    serves: Ratio = state("serving rate over what memory bandwidth and 8-bit rate promise, today")
    runs: Share = state("share of time a run moves forward, today")
    fit: Count = state("1 if campaigns may use it")
    worth: Ratio = state("training worth of a chip on it, over the same chip at the yardstick's utilisation")
    finished: Count = state("final runs finished on it")
    restarts: Count = state("final runs restarted on it")


@compilable
def first_day(future: Future) -> None:
    """The whole of the gap is open; a stack without a half-time is at its ceiling."""
    for s in range(future.counts[0].stacks):
        future.stacks[s].gap = 1.0 if future.stacks[s].half_time > 0.0 else 0.0
    rated(future)


@compilable
def month_matured(future: Future, days: float) -> None:
    """A month of engineers' work; then where each stack stands."""
    now = future.clock[0].now
    for s in range(future.counts[0].stacks):
        stack = future.stacks[s]
        stack.gap *= half_left(days * power(future.lab[0].engineers, stack.returns), stack.half_time)
        if now - days < stack.generation <= now and stack.half_time > 0.0:
            stack.gap += (1.0 - stack.gap) * stack.setback
    rated(future)


@compilable
def rated(future: Future) -> None:
    """Where each stack stands today, each number between its opening and its ceiling."""
    plan = future.training[0]
    ease = future.dials[0].reliability
    for s in range(future.counts[0].stacks):
        stack = future.stacks[s]
        gap = open_gap(future, s)
        stack.utilisation = between(stack.opening, best(future, s), gap)
        stack.serves = between(stack.serving, serves_at_ceiling(future, s), gap)
        runs = between(stack.goodput_opening, max(stack.goodput, stack.goodput_opening), stack.gap)
        stack.runs = runs + (max(runs, plan.goodput) - runs) * ease
        stack.fit = 1 if stack.utilisation >= stack.fit_from else 0
        stack.worth = as_planned(future, stack.utilisation) * stack.runs / plan.goodput


@compilable
def between(opening: float, ceiling: float, gap: float) -> float:
    """A number whose way from its opening to its ceiling is open by `gap`."""
    return ceiling - (ceiling - opening) * gap


@compilable
def open_gap(future: Future, s: int) -> float:
    """Part of a stack's opening gap that is open."""
    return future.stacks[s].gap * dials.less(future.dials[0].software)


@compilable
def best(future: Future, s: int) -> float:
    """Training utilisation over a mature stack's at the ceiling."""
    return max(future.stacks[s].ceiling, future.stacks[s].opening)


@compilable
def serves_at_ceiling(future: Future, s: int) -> float:
    """Serving rate over its promise at the ceiling."""
    return max(future.stacks[s].serving_ceiling, future.stacks[s].serving)


@compilable
def as_planned(future: Future, utilisation: float) -> float:
    """Training worth of a chip at a utilisation over a mature stack's, if its runs move forward as the lab plans."""
    return utilisation * future.training[0].utilisation / future.yardstick[0].utilisation


@compilable
def restart_probability(future: Future, s: int) -> float:
    """Probability that a final run begun on a stack today is restarted: less as it matures, none once proven."""
    stack = future.stacks[s]
    if stack.finished > 0 or stack.opening >= 1.0:
        return 0.0
    behind = max(0.0, 1.0 - stack.utilisation) / (1.0 - stack.opening)
    return stack.restart * min(1.0, behind) * dials.less(future.dials[0].software)


@compilable
def first_run(future: Future, s: int, nth: int) -> float:
    """Days that the `nth` campaign loses on a stack that has not carried one: none, if it need not be restarted."""
    stack = future.stacks[s]
    if not chance(future, RUN_RESTARTED, stack.key, nth, restart_probability(future, s)):
        return 0.0
    stack.restarts += 1
    return draw(future, RESTART_TIME, stack.key, nth, stack.restart_time)
