"""Pools: where a final run can run, how long it would take there, and what may go wrong.

A final run needs chips of one kind at one site; whose they are does not matter. What the planner compares is the day a
run would be finished: its work over the rate of the pool, and on a stack that has not yet carried such a run the time
a restart loses, times its probability. So it stays with a proven stack as long as that has a pool to speak of.
A run whose pool is gone moves to another and keeps what it has done.
Left out: pools across sites, what such a move costs.
Units: training units, unit-days, days. Facts: t.ascend_training_failure, t.r2.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world.hardware import chips, software

if TYPE_CHECKING:
    from sim.world.course.future import Future


@compilable
def first_day(future: Future) -> None:
    """Which holdings are of one pool: of one kind, at one site. Neither ever changes."""
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        holding.pool = h
        for first in range(h):
            other = future.holdings[first]
            if other.chip == holding.chip and other.site == holding.site:
                holding.pool = other.pool
                break


@compilable
def leads(future: Future, h: int) -> bool:
    """Whether a holding is the first of its pool, by whose row the pool goes."""
    return future.holdings[h].pool == h


@compilable
def rate(future: Future, pool: int) -> float:
    """Training units of a pool's running chips, if all of them train."""
    total = 0.0
    first = future.holdings[pool].pool
    for h in range(first, future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.pool == first:
            total += holding.online * holding.trains
    return total


@compilable
def training_rate(future: Future, pool: int) -> float:
    """Training units of a pool beside the part that serves."""
    total = 0.0
    first = future.holdings[pool].pool
    for h in range(first, future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.pool == first:
            total += holding.online * holding.trains * (1.0 - holding.serving)
    return total


@compilable
def stack_of(future: Future, pool: int) -> int:
    """The software that a pool's chips run on."""
    return future.chips[future.holdings[pool].chip].stack


@compilable
def days_for(work: float, per_day: float) -> float:
    """Days that work takes at a rate: none if it is done, for ever if nothing runs."""
    if work <= 0.0:
        return 0.0
    return work / per_day if per_day > 0.0 else math.inf


@compilable
def expected_days(future: Future, pool: int, work: float, per_day: float) -> float:
    """Days in which the planner expects a final run to be finished on a pool, with the risk of a restart."""
    s = stack_of(future, pool)
    risk = software.restart_probability(future, s) * future.stacks[s].restart_assumed
    return days_for(work, per_day) + risk


@compilable
def most_in_time(future: Future, pool: int) -> float:
    """Unit-days of a final run that a pool does in the longest time it may take."""
    return training_rate(future, pool) * future.training[0].pool_time


@compilable
def best(future: Future, work: float, least: float) -> int:
    """The pool that is expected to finish a final run first, of those that do `least` of it in time; -1 for none."""
    first = -1
    fewest = math.inf
    for h in range(future.counts[0].holdings):
        if leads(future, h) and rate(future, h) > 0.0:
            per_day = training_rate(future, h)
            if per_day * future.training[0].pool_time >= least:
                days = expected_days(future, h, work, per_day)
                if first < 0 or days < fewest:
                    first = h
                    fewest = days
    return first


@compilable
def days_of(future: Future, flop: float) -> float:
    """Days that a final run of so many FLOP takes on the largest pool there is, all of it training."""
    most = 0.0
    for h in range(future.counts[0].holdings):
        most = max(most, rate(future, h))
    return days_for(flop / chips.flop(future, 1.0), most)
