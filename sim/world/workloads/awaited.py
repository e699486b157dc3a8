"""The flagship that is awaited on the first day: a release that belongs to no campaign.

Its final run is over when a future begins: it is the last flagship, of which `training` and `frontier` say how large it
was and how far behind. What is left to happen is its release, weeks later: demand jumps as after any other, and the
model that is served from then on costs more compute for a token, or less. What later flagships cost a token is in the
efficiency by the year.
Left out: a price of its own, tokens that stay with the model before; the dates of the campaigns count from the first
day, and weeks make no difference to a distance to the frontier in months.
Units: days, ratios. Facts: t.next_flagship_awaited, c.deepseek_demand_shock_2025.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Count, Date, Luck, Number, Ratio, Section, parameter, state
from sim.language.events import TURN, after, compilable, event
from sim.language.luck import draw, purpose
from sim.world.arithmetic import INSTANT, MONTH
from sim.world.workloads import serving, training

if TYPE_CHECKING:
    from sim.world.course.future import Future

AWAITED_RELEASE = purpose("awaited release")

RUSH = 3.0 * MONTH
"""How long after the release rationing is laid to it."""


class Awaited(Section):
    """Scenario section `training.awaited`. Left out, no flagship is awaited."""

    release: Luck[Date] = parameter("when the flagship awaited on the first day is released", default=math.inf)
    cost: Ratio = parameter("compute for a token of it, over that of the model before it", default=1.0, low=0.01)

    scheduled_for: Number = state("the day on which the calendar has its release")
    is_out: Count = state("1 once it is released")
    released_on: Number = state("the day of it")


@compilable
def release_date(future: Future) -> float:
    """The day on which it is released; infinity if none is awaited."""
    return draw(future, AWAITED_RELEASE, 0, 0, future.awaited[0].release)


@compilable
def timetable(future: Future) -> None:
    """Its release, if that is still to come."""
    model = future.awaited[0]
    day = release_date(future)
    if future.clock[0].now < day < math.inf and day != model.scheduled_for and not model.is_out:
        after(future, day - future.clock[0].now, awaited_released)
        model.scheduled_for = day


@event("the flagship that was awaited is released; a token of it takes {awaited.cost} of the compute", TURN)
def awaited_released(future: Future) -> bool:
    """It is out: once, and not if its date was moved."""
    model = future.awaited[0]
    if model.is_out or release_date(future) > future.clock[0].now + INSTANT:
        return False
    training.settled(future)
    model.is_out = 1
    model.released_on = future.clock[0].now
    serving.released(future, 0, 1.0)
    future.serving[0].model_cost = model.cost
    training.replanned(future)
    return True


@compilable
def rations(future: Future) -> bool:
    """Whether a month that was rationed ended not long after its release."""
    model = future.awaited[0]
    recent = model.is_out and future.clock[0].now - model.released_on <= RUSH
    return bool(recent and future.serving[0].rationed)
