"""Hazards: clocks that run at a rate a year, which may change while they run.

A clock strikes when it has run as far as the threshold of its next stroke: exponential with mean 1, and named by the
clock and by how often it has struck. A higher rate brings the same strokes sooner, so futures of two scenarios stay
pairs though their rates differ. (A Poisson process in its own time; Kurtz, Annals of Probability 8, 1980.)
Units: strokes a year; how far a clock has run is a number without unit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Count, Number, PerYear, Section, state
from sim.language.events import compilable
from sim.language.luck import purpose, uniform
from sim.world.arithmetic import INSTANT, YEAR

if TYPE_CHECKING:
    from sim.world.course.future import Future

HAZARD_THRESHOLD = purpose("hazard threshold")

CLIMATE_CLOCKS = 2
"""The first rows are the climate's; those after them belong to the rules, in their order."""
_LEAST = 1e-300


class Hazard(Section):
    """One clock."""

    rate: PerYear = state("strokes a year at which it runs now")
    run: Number = state("how far it has run since its last stroke")
    counted: Number = state("day up to which that is counted")
    due: Number = state("day on which the calendar has its next stroke")
    strokes: Count = state("how often it has struck")


@compilable
def runs(future: Future, h: int, key: int, rate: float) -> float:
    """From now on it runs at this rate. The days until it strikes, for the calendar; infinity if that has them."""
    clock = future.hazards[h]
    now = future.clock[0].now
    if rate == clock.rate:
        return math.inf
    clock.run += clock.rate * (now - clock.counted) / YEAR
    clock.counted = now
    clock.rate = rate
    if rate <= 0.0:
        return math.inf
    days = max(0.0, threshold(future, h, key) - clock.run) * YEAR / rate
    clock.due = now + days
    return days


@compilable
def threshold(future: Future, h: int, key: int) -> float:
    """How far a clock runs from its last stroke to the next."""
    return -math.log(max(_LEAST, 1.0 - uniform(future, HAZARD_THRESHOLD, key, future.hazards[h].strokes)))


@compilable
def strikes(future: Future, h: int) -> bool:
    """Whether the event of a stroke still holds. If it does, the clock stands still at its start until it is set."""
    clock = future.hazards[h]
    if clock.rate <= 0.0 or abs(clock.due - future.clock[0].now) > INSTANT:
        return False
    clock.rate = 0.0
    clock.run = 0.0
    clock.counted = future.clock[0].now
    clock.strokes += 1
    return True
