"""Software: how much of a chip its stack can use, and how that improves.

A stack starts at a share of what CUDA reaches and closes half of the gap to its ceiling in every half-time.
Its goodput (the share of time a run moves forward) closes with it. A stack carries training once it reaches a
threshold; until then its chips only serve.
Left out here: engineers as the driver, setbacks at a new chip generation, restarts of runs.
Units: shares, days. Facts: t.pangu_ultra_moe, t.pangu_ultra_135b, t.ascend_training_failure, t.goodput_for_model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.language.section import Count, Days, Ratio, Share, Thing, parameter, state
from sim.world.arithmetic import half_left

if TYPE_CHECKING:
    from sim.world.future import Future


class Stack(Thing):
    """A software platform. Scenario list `software.stacks`."""

    opening: Ratio = parameter("training utilisation over CUDA's, on the first day")
    ceiling: Ratio = parameter("training utilisation over CUDA's that it approaches")
    half_time: Days = parameter("time to close half of the gap to its ceiling", absent=0.0)
    serving: Ratio = parameter("serving rate over what memory bandwidth and 8-bit rate promise")
    goodput_opening: Share = parameter("share of time a run moves forward, on the first day")
    goodput: Share = parameter("share of time a run moves forward, once mature")
    fit_from: Ratio = parameter("training utilisation over CUDA's from which campaigns may use it")

    utilisation: Ratio = state("training utilisation over CUDA's, today")
    fit: Count = state("1 if campaigns may use it")
    worth: Ratio = state("training worth of a chip on it, over the same chip at the yardstick's utilisation")


@compilable
def matured(future: Future) -> None:
    """Where each stack stands today. Without a half-time a stack is at its ceiling."""
    now = future.clock[0].now
    plan = future.training[0]
    for s in range(future.counts[0].stacks):
        stack = future.stacks[s]
        gap = half_left(now, stack.half_time)
        ceiling = max(stack.ceiling, stack.opening)
        mature = max(stack.goodput, stack.goodput_opening)
        stack.utilisation = ceiling - (ceiling - stack.opening) * gap
        goodput = mature - (mature - stack.goodput_opening) * gap
        stack.fit = 1 if stack.utilisation >= stack.fit_from else 0
        stack.worth = stack.utilisation * plan.utilisation / future.yardstick[0].utilisation * goodput / plan.goodput
