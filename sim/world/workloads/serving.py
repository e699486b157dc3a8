"""Serving: how many tokens people want, how many the lab can give them, and what it earns.

Demand grows by the year, less after the first years (nobody's growth stays); a release makes it jump, and the jump
wears off. Serving gets cheaper by the year. When demand outgrows capacity the lab first raises its price, to a limit;
dearer tokens are wanted less. What is wanted even then and cannot be served is refused. Demand and what is not served
of it are counted at the price before that, so that a shortage cannot be priced away. With open weights, other hosts
serve a part of what the lab does not: its revenue is lost, its reach is not. Some of those not served do not come back.
Revenue follows the tokens served, at a price that falls by the year with competition, and the ration on top. Nobody
who turns customers away lowers prices: after a month of rationing a part of the decline stands still, and is not made
up for. Once tokens have been refused for longer than the lab has patience, training yields to them, more with every
month, until none are refused; then it takes its place back as slowly. A listing of the lab by the exporter's government
ends the part of revenue that is earned abroad.
Left out: prices by the hour, contracts, what other hosts charge, whom a price that stands still drives to them.
Units: tokens a day (read and written together), serving units, USD. Facts: t.deepseek_day6, c.china_growth,
c.deepseek_demand_shock_2025, t.price_mean_as_of.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import (
    Count,
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
from sim.language.events import compilable
from sim.language.luck import draw, purpose
from sim.world import dials
from sim.world.arithmetic import MONTH, YEAR, fading, half_left, power
from sim.world.geopolitics import controls
from sim.world.hardware.chips import SECONDS_A_DAY

if TYPE_CHECKING:
    from sim.world.course.future import Future

RELEASE_JUMP = purpose("release jump")

FELT = 0.05
"""Part of a month's demand that must be short to be called rationing: by so much demand may outgrow what was divided
when the month began."""


class Service(Section):
    """Scenario section `serving`."""

    tokens: TokensPerDay = parameter("tokens served a day, on the first day")
    latent: Ratio = parameter("demand beyond that on the first day, over what is served")
    growth: Growth = parameter("growth of demand in the first years")
    full_growth: Days = parameter("how long growth keeps its pace")
    later_growth: Share = parameter("share of that pace, in logarithms, that is left afterwards")
    jump: Luck[Ratio] = parameter("demand just after a release over demand before it")
    jump_half_life: Days = parameter("time in which half of a jump wears off")
    cost: Ratio = parameter(
        "compute for a token over that of the model which the yardstick serves, on the first day", low=0.01
    )
    efficiency: Growth = parameter("tokens from the same compute, growth by the year", low=1.0)
    peak: Ratio = parameter("peak over mean load", low=1.0)
    night: Share = parameter("part of the capacity free below peak load that research can use")
    leaving: Share = parameter("share of the demand not served in a month that does not come back")
    revenue: USDPerYear = parameter("revenue a year, on the first day")
    price: Growth = parameter("price of a token, change by the year", high=10.0)
    price_held: Share = parameter("part of that change that stands still while tokens are rationed", default=0.0)
    elasticity: Number = parameter("change of demand over change of price, in logarithms", low=-100.0, high=-0.01)
    price_ceiling: Ratio = parameter("highest price in a shortage, over the price without one", low=1.0)
    patience: Days = parameter("how long tokens are refused before training yields to them", default=math.inf, low=1.0)
    yields: Share = parameter("part of its weight against serving that training then yields, at most", default=0.0)
    hosted: Share = parameter("part of what the lab does not serve that other hosts of open weights serve")
    abroad: Share = parameter("part of the revenue that a listing of the lab ends")

    open_weights: Share = state("1 if others may serve the last flagship too")
    spell: Days = state("how long tokens have been refused even at the highest price, without a break", watched=True)
    model_cost: Ratio = state("compute for a token of the model served now, over that of the first day's")
    rationed: Count = state("1 if far more was wanted last month than could be served at the price before")
    price_level: Ratio = state("price of a token at the last month's end over the first day's, without a shortage")
    priced_on: Number = state("that month's end")
    yielded: Share = state("how far training has yielded to tokens refused, of what it yields at most", watched=True)
    popularity: Ratio = state("demand left after customers who went away", watched=True)
    jumped: Number = state("size of the last jump, above one")
    jumped_on: Number = state("day of the last jump")


@compilable
def first_day(future: Future) -> None:
    """All customers are there, the weights of the last flagship are open, and prices are the first day's."""
    future.serving[0].popularity = 1.0
    future.serving[0].model_cost = 1.0
    future.serving[0].open_weights = 1.0
    future.serving[0].price_level = 1.0


@compilable
def tokens_wanted(future: Future, day: float) -> float:
    """Tokens wanted a day, at the price before any rationing."""
    service = future.serving[0]
    years = fading(day / YEAR, service.full_growth / YEAR, service.later_growth)
    jump = 1.0
    if day >= service.jumped_on:
        jump += service.jumped * half_left(day - service.jumped_on, service.jump_half_life)
    grown = power(service.growth, years * dials.less(future.dials[0].want))
    return service.tokens * (1.0 + service.latent) * grown * service.popularity * jump


@compilable
def tokens_of_unit(future: Future, day: float) -> float:
    """Tokens a day that one serving unit serves at mean load, with room kept for the peak."""
    service = future.serving[0]
    cost = service.cost * service.model_cost / power(service.efficiency, day / YEAR)
    both = future.yardstick[0].unit * (1.0 + future.yardstick[0].mix)
    return both * SECONDS_A_DAY / (cost * service.peak)


@compilable
def units_wanted(future: Future, day: float) -> float:
    """Serving units wanted."""
    return tokens_wanted(future, day) / tokens_of_unit(future, day)


@compilable
def released(future: Future, luck: int, open_weights: float) -> None:
    """A new model is out: demand jumps."""
    service = future.serving[0]
    service.open_weights = open_weights
    service.jumped = max(0.0, draw(future, RELEASE_JUMP, luck, 0, service.jump) - 1.0)
    service.jumped_on = future.clock[0].now


@compilable
def ration(future: Future, load: float) -> float:
    """The price, over that without a shortage, at which demand of `load` times the capacity just fits, or the limit."""
    service = future.serving[0]
    if load <= 1.0:
        return 1.0
    return min(service.price_ceiling, power(load, -1.0 / service.elasticity))


@compilable
def counted(future: Future, since: float, days: float) -> None:
    """Some days at one rate: tokens wanted, tokens that could be served, and the price; each as in their middle."""
    lab = future.lab[0]
    middle = since + days / 2.0
    wanted = tokens_wanted(future, middle) * days
    of_unit = tokens_of_unit(future, middle)
    lab.tokens_wanted += wanted
    lab.serve_wanted_days += wanted / of_unit
    lab.tokens_able += lab.serve_rate * days * of_unit
    lab.price_days += token_price(future, middle) * days


@compilable
def month_served(future: Future, days: float) -> float:
    """A month of tokens, from the averages of demand, capacity and price over it; returns the revenue."""
    lab = future.lab[0]
    service = future.serving[0]
    wanted = lab.tokens_wanted
    able = lab.tokens_able
    dearer = ration(future, wanted / able) if able > 0.0 else service.price_ceiling
    served = min(wanted * power(dearer, service.elasticity), able)
    lab.tokens_served = served
    lab.tokens_hosted = (wanted - served) * service.hosted * service.open_weights
    repriced(future, days)
    service.spell = service.spell + days if served < wanted and dearer >= service.price_ceiling else 0.0
    eased(future, days)
    if wanted > 0.0:
        service.popularity *= power(1.0 - service.leaving * (1.0 - served / wanted), days / MONTH)
    lab.revenue = served * lab.price_days / days * dearer
    return lab.revenue


@compilable
def token_price(future: Future, day: float) -> float:
    """Dollars that a token earns, without a shortage."""
    service = future.serving[0]
    each = service.revenue / YEAR / service.tokens if service.tokens > 0.0 else 0.0
    here = 1.0 - service.abroad if controls.listed(future) else 1.0
    return each * here * service.price_level * decline(future, day - service.priced_on)


@compilable
def decline(future: Future, days: float) -> float:
    """What some days of this month make of the price: less if last month was rationed."""
    service = future.serving[0]
    return power(service.price, days / YEAR * (1.0 - service.price_held * service.rationed))


@compilable
def repriced(future: Future, days: float) -> None:
    """A month's end: the price has come down so far, and whether it goes on depends on the month's rationing."""
    service = future.serving[0]
    lab = future.lab[0]
    service.price_level *= decline(future, days)
    service.priced_on = future.clock[0].now
    service.rationed = 1 if lab.tokens_wanted * (1.0 - FELT) > lab.tokens_able else 0


@compilable
def eased(future: Future, days: float) -> None:
    """Training yields more with every month of refusal beyond the lab's patience, and less once nothing is refused."""
    service = future.serving[0]
    if service.spell > service.patience:
        service.yielded = min(1.0, service.yielded + days / service.patience)
    elif service.spell == 0.0:
        service.yielded = max(0.0, service.yielded - days / service.patience)
