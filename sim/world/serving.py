"""Serving: how many tokens people want, how many the lab can give them, and what it earns.

Demand grows by the year, less after the first years (nobody's growth stays); a release makes it jump, and the jump
wears off. Serving gets cheaper by the year. What cannot be served is lost, and with it some of the customers.
Revenue follows the tokens served, at a price that falls by the year.
Left out here: dearer tokens as a ration, other hosts of open weights.
Units: tokens a day (read and written together), serving units, USD. Facts: t.deepseek_day6, c.china_growth,
t.price_history_deepseek.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable, draw
from sim.language.section import (
    Days,
    Growth,
    Luck,
    Number,
    Ratio,
    Section,
    Share,
    TokensPerDay,
    USDPerYear,
    parameter,
    state,
)
from sim.world.arithmetic import YEAR, fading, half_left, power
from sim.world.purposes import RELEASE_JUMP

if TYPE_CHECKING:
    from sim.world.future import Future

SECONDS = 86400.0


class Service(Section):
    """Scenario section `serving`."""

    tokens: TokensPerDay = parameter("tokens served a day, on the first day")
    latent: Ratio = parameter("demand beyond that on the first day, over what is served")
    growth: Growth = parameter("growth of demand in the first years")
    full_growth: Days = parameter("how long growth keeps its pace")
    later_growth: Share = parameter("share of that pace, in logarithms, that is left afterwards")
    jump: Luck[Ratio] = parameter("demand just after a release over demand before it")
    jump_half_life: Days = parameter("time in which half of a jump wears off")
    cost: Ratio = parameter("compute for a token over V3's, on the first day")
    efficiency: Growth = parameter("tokens from the same compute, growth by the year")
    peak: Ratio = parameter("peak over mean load", low=1.0)
    leaving: Share = parameter("share of the demand not served in a month that does not come back")
    revenue: USDPerYear = parameter("revenue a year, on the first day")
    price: Growth = parameter("price of a token, change by the year")

    popularity: Ratio = state("demand left after customers who went away")
    jumped: Number = state("size of the last jump, above one")
    jumped_on: Number = state("day of the last jump")
    wanted: Number = state("tokens wanted so far")
    served: Number = state("tokens served so far")


@compilable
def opened(future: Future) -> None:
    """All customers are there."""
    future.serving[0].popularity = 1.0


@compilable
def tokens_wanted(future: Future, day: float) -> float:
    """Tokens wanted a day, at the price before any rationing."""
    service = future.serving[0]
    years = fading(day / YEAR, service.full_growth / YEAR, service.later_growth)
    jump = 1.0
    if day >= service.jumped_on:
        jump += service.jumped * half_left(day - service.jumped_on, service.jump_half_life)
    return service.tokens * (1.0 + service.latent) * power(service.growth, years) * service.popularity * jump


@compilable
def tokens_of_unit(future: Future, day: float) -> float:
    """Tokens a day that one serving unit serves at mean load, with room kept for the peak."""
    service = future.serving[0]
    cost = service.cost / power(service.efficiency, day / YEAR)
    both = future.yardstick[0].unit * (1.0 + future.yardstick[0].mix)
    return both * SECONDS / (cost * service.peak)


@compilable
def units_wanted(future: Future, day: float) -> float:
    """Serving units wanted."""
    return tokens_wanted(future, day) / tokens_of_unit(future, day)


@compilable
def released(future: Future, luck: int) -> None:
    """A new model is out: demand jumps."""
    service = future.serving[0]
    service.jumped = max(0.0, draw(future, RELEASE_JUMP, luck, 0, service.jump) - 1.0)
    service.jumped_on = future.clock[0].now


@compilable
def month_served(future: Future, days: float) -> float:
    """A month of tokens, from the average of the capacity over it; returns the revenue."""
    lab = future.lab[0]
    service = future.serving[0]
    middle = future.clock[0].now - days / 2.0
    wanted = tokens_wanted(future, middle) * days
    served = min(wanted, lab.serve_days * tokens_of_unit(future, middle))
    lab.tokens_wanted = wanted
    lab.tokens_served = served
    service.wanted += wanted
    service.served += served
    if wanted > 0.0:
        service.popularity *= 1.0 - service.leaving * (1.0 - served / wanted)
    each = service.revenue / YEAR / service.tokens if service.tokens > 0.0 else 0.0
    return served * each * power(service.price, middle / YEAR)
