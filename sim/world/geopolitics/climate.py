"""Climate: relations of the two governments, as a Markov chain of three states: truce, tension, rupture.

Two clocks move it, one towards rupture and one back; their rates depend on the state, so the time in a state is
exponential. A truce also has a day on which it expires; it is prolonged, or it lapses and there is tension.
What depends on the climate picks its number by it: how likely a rule comes or goes, what an office grants, how hard
grey trade is pursued, what investors dare. So bad things come together. With `pace` 0 the climate stays as it is.
A happening may set the state of a day: the clocks go on from there at the rates of that state, and a truce that is set
anew expires only if its day is moved too. A day of expiry that is moved on once it has passed is an expiry of its own.
Left out: third countries, elections, what the lab itself does to the climate.
Units: moves a year. Facts: x.uscn_2025_11_truce; that rates are judgements, x.base_rates and x.cn_changes bound them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    Count,
    Date,
    Luck,
    Number,
    Options,
    PerYear,
    Ratio,
    Section,
    Share,
    parameter,
    state,
)
from sim.language.events import after, compilable, event
from sim.language.luck import chance, draw, purpose
from sim.world import hazards
from sim.world.arithmetic import INSTANT
from sim.world.signals import RETIMED

if TYPE_CHECKING:
    from sim.world.course.future import Future

TRUCE_ENDS = purpose("truce ends")
TRUCE_LAPSES = purpose("truce lapses")

TRUCE, TENSION, RUPTURE = 0.0, 1.0, 2.0
WORSENING, EASING = range(hazards.CLIMATE_CLOCKS)


class Climate(Section):
    """Scenario section `climate`."""

    truce_breaks: PerYear = parameter("moves a year from truce to tension")
    tension_breaks: PerYear = parameter("moves a year from tension to rupture")
    tension_eases: PerYear = parameter("moves a year from tension to truce")
    rupture_eases: PerYear = parameter("moves a year from rupture to tension")
    truce_ends: Luck[Date] = parameter("day on which the truce expires", default=math.inf)
    lapses: Share = parameter("probability that it is not prolonged then", default=0.0)
    pace: Ratio = parameter("multiplies these rates and probabilities; 0 freezes the climate", default=1.0, high=100.0)

    expiries: Count = state("how often the truce has expired")
    expired_on: Number = state("the last day of expiry that has come")
    lapsed: Count = state("1 if it was not prolonged")
    lapsed_on: Number = state("day of it")
    scheduled_for: Number = state("the day on which the calendar has the expiry")
    ruptured: Count = state("1 once there has been a rupture")
    ruptured_on: Number = state("day of the first")

    # the last, because its name is that of the function that declares those above
    state: Annotated[float, Options(("truce", "tension", "rupture"))] = parameter(
        "the climate: that of the first day, or set by a happening; it moves on by itself", watched=True
    )


@compilable
def pick(future: Future, truce: float, tension: float, rupture: float) -> float:
    """Of three numbers the one for today's climate."""
    today = future.climate[0].state
    if today == TRUCE:
        return truce
    return tension if today == TENSION else rupture


@compilable
def timetable(future: Future) -> None:
    """The expiry still to come, and clocks at their rates: on the first day, and after a change of any of them."""
    climate = future.climate[0]
    enter(future, climate.state)
    truce_expired(future)
    ends = draw(future, TRUCE_ENDS, 0, 0, climate.truce_ends)
    if future.clock[0].now + INSTANT < ends < math.inf and ends != climate.scheduled_for:
        after(future, ends - future.clock[0].now, truce_expired)
        climate.scheduled_for = ends
    clocks_set(future)


@compilable
def clocks_set(future: Future) -> None:
    """Both clocks run at the rates of today's climate."""
    climate = future.climate[0]
    worsens = climate.pace * pick(future, climate.truce_breaks, climate.tension_breaks, 0.0)
    eases = climate.pace * pick(future, 0.0, climate.tension_eases, climate.rupture_eases)
    days = hazards.runs(future, WORSENING, WORSENING, worsens)
    if days < math.inf:
        after(future, days, climate_turned, WORSENING)
    days = hazards.runs(future, EASING, EASING, eases)
    if days < math.inf:
        after(future, days, climate_turned, EASING)


@event()
def climate_turned(future: Future, clock: int) -> None:
    """A clock has struck: one state on, or one back."""
    if hazards.strikes(future, clock):
        enter(future, future.climate[0].state + (1.0 if clock == WORSENING else -1.0))
        clocks_set(future)
        after(future, 0.0, RETIMED)


@event()
def truce_expired(future: Future) -> None:
    """The truce's last day, unless that was moved: prolonged, or from now on there is at least tension."""
    climate = future.climate[0]
    now = future.clock[0].now
    ends = draw(future, TRUCE_ENDS, 0, 0, climate.truce_ends)
    if ends > now + INSTANT or (climate.expiries and ends == climate.expired_on):
        return
    lapses = chance(future, TRUCE_LAPSES, 0, climate.expiries, climate.lapses * climate.pace)
    climate.expiries += 1
    climate.expired_on = ends
    if lapses:
        if not climate.lapsed:
            climate.lapsed = 1
            climate.lapsed_on = now
        if climate.state == TRUCE:
            enter(future, TENSION)
            clocks_set(future)
            after(future, 0.0, RETIMED)


@compilable
def enter(future: Future, climate_now: float) -> None:
    """The climate is another from now on."""
    climate = future.climate[0]
    climate.state = climate_now
    if climate_now == RUPTURE and not climate.ruptured:
        climate.ruptured = 1
        climate.ruptured_on = future.clock[0].now
