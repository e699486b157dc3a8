"""Want: how much training the lab wants, on a day and over some days.

It is anchored to what is used on the first day, grows at one pace in the first years and at a part of it later. What a
campaign is to do is this want over its cycle (`training`).
Left out: want that follows what rivals do, or what the lab can pay.
Units: training units, unit-days. Facts: c.training_compute_notable_models, t.lab_training_growth.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world import dials
from sim.world.arithmetic import YEAR, fading, power

if TYPE_CHECKING:
    from sim.world.course.future import Future


@compilable
def wanted(future: Future, day: float) -> float:
    """Training units wanted on a day."""
    plan = future.training[0]
    years = fading(day / YEAR, plan.full_growth / YEAR, plan.later_growth)
    return future.lab[0].train_anchor * power(plan.growth, years * dials.less(future.dials[0].want))


@compilable
def work_between(future: Future, first: float, last: float) -> float:
    """Unit-days wanted between two days: the integral of `wanted`, piece by piece where growth changes its pace."""
    full = future.training[0].full_growth
    bend = max(first, min(last, full))
    return of_piece(future, first, bend, 1.0) + of_piece(future, bend, last, future.training[0].later_growth)


@compilable
def of_piece(future: Future, first: float, last: float, pace: float) -> float:
    """The same between two days of one pace."""
    if last <= first:
        return 0.0
    pace *= dials.less(future.dials[0].want)
    slope = pace * math.log(max(future.training[0].growth, 1e-9)) / YEAR
    if abs(slope) < 1e-9:
        return wanted(future, first) * (last - first)
    return (wanted(future, last) - wanted(future, first)) / slope
