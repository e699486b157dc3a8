"""The frontier: how many months the lab's last flagship is behind the best rival's run.

Capability is taken to go with effective compute: the physical FLOP of the final run times what better algorithms have
saved since the first day. The rival's frontier run grows by the year in both; algorithms get better for both alike.
The distance is how long ago the rival had the effective compute of the best flagship the lab has released. Between
releases it grows by a month each month.
Left out: what is spent after the final run (RL), data, the rival's own limits: its growth does not fade.
Units: FLOP, days, x a year. Facts: c.training_compute_notable_models, c.algorithmic_efficiency_language.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Days, Growth, Number, Section, parameter, state
from sim.language.events import compilable
from sim.world.arithmetic import MONTH, YEAR

if TYPE_CHECKING:
    from sim.world.course.future import Future

LEAST_GROWTH = 1e-9
"""What holds a logarithm and a pace above zero."""


class Frontier(Section):
    """Scenario section `frontier`."""

    gap: Days = parameter("how far the lab's last flagship is behind the best rival on the first day")
    growth: Growth = parameter("growth of the training compute of the best rival's frontier run")
    algorithms: Growth = parameter("effective compute from the same FLOP, growth for rival and lab alike")

    matched: Number = state("day on which the rival's frontier run had what the lab's best flagship has")


@compilable
def first_day(future: Future) -> None:
    """The lab's last flagship is as far behind as it is taken to be."""
    future.frontier[0].matched = -future.frontier[0].gap


@compilable
def released(future: Future, flop: float) -> None:
    """A flagship is out: what it has beyond the last one moves the day on which the rival had as much."""
    frontier = future.frontier[0]
    algorithms = math.log(max(frontier.algorithms, LEAST_GROWTH))
    pace = max(math.log(max(frontier.growth, LEAST_GROWTH)) + algorithms, LEAST_GROWTH)
    gained = math.log(max(flop / future.training[0].last_run, LEAST_GROWTH)) + algorithms * future.clock[0].now / YEAR
    frontier.matched = max(frontier.matched, gained / pace * YEAR - frontier.gap)


@compilable
def months_behind(future: Future) -> float:
    """The distance today, in months; negative if the lab is ahead."""
    return (future.clock[0].now - future.frontier[0].matched) / MONTH
