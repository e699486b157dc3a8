"""Matching: which openings agree with what was seen before the first day.

Fleet, tokens, software and money of the lab on the first day are not public. Drawn one by one within their ranges, many
of them contradict each other: a fleet that trains the last model in a week, or not in a year; a service that runs on a
tenth of its chips. Four tests, on the first day alone:
- the final run of the last flagship, on the largest pool (one kind of chip at one site), takes a time that was seen;
- what the fleet trains in a cycle leaves for research a multiple of that run that labs are known to need;
- the tokens served, at their peak, are a credible part of what the serving chips can do;
- the money lasts for some weeks without any round, rent of the first day paid.
A draw that fails one is drawn again. The tests are asked of the root scenario's values, so that every scenario that
changes it has the same lab in the same future.
Left out: that the fleet grew in the cycle before the first day; any measure of likelihood: a test is passed or not.
Units: days, ratios. Facts: t.deepseek_v3_flop, t.rd_over_final_run, t.deepseek_day6.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import (
    FLOP,
    USD,
    Days,
    H100e,
    Number,
    Ratio,
    Section,
    ServeUnits,
    Share,
    TrainUnits,
    parameter,
    state,
)
from sim.language.events import compilable
from sim.world.arithmetic import MONTH, YEAR
from sim.world.fleet import holdings
from sim.world.hardware import chips, software
from sim.world.supply import market
from sim.world.workloads import serving, sharing, training_pools

if TYPE_CHECKING:
    from sim.world.course.future import Future

AGREES, RUN, RESEARCH, LOAD, MONEY = range(5)

TESTS = ("", "the last final run", "research", "serving load", "money")
"""What each verdict is about."""

OPENING = (
    "fleet.holdings.*.opening",
    "market.offers.*.rent",
    "software.stacks.*",
    "training.utilisation",
    "training.cycle",
    "training.last_run",
    "serving.tokens",
    "serving.cost",
    "serving.peak",
    "serving.revenue",
    "capital.cash",
    "capital.operations",
    "capital.facility",
)
"""Inputs that the tests may read, a star for any id: drawn again together. All others keep their first draw."""


HEAVIEST_LOAD = 100.0
"""Load beyond which a service counts as one without chips."""


class Matching(Section):
    """Scenario section `matching`. Left out, every draw is taken."""

    shortest_run: Days = parameter("the last final run takes at least this long", default=0.0)
    longest_run: Days = parameter("and at most this long", default=math.inf)
    least_research: Ratio = parameter("research over that run, in a cycle, is at least this", default=0.0)
    most_research: Ratio = parameter("and at most this", default=math.inf)
    least_load: Ratio = parameter("tokens at their peak over what can be served are at least this", default=0.0)
    most_load: Ratio = parameter("and at most this", default=math.inf)
    solvent_for: Days = parameter("the money lasts longer than this", default=0.0)
    least_accepted: Share = parameter("share of draws that must agree, or the scenario is refused", default=0.0)

    draws_rejected: Number = state("draws refused before this one")


class Opening(Section):
    """What a future opens with: columns of its outcome."""

    opening_owned: H100e = state("owned H100e on the first day")
    opening_trains: TrainUnits = state("training units of the chips fit for it, on the first day")
    opening_flop: FLOP = state("what training's share of them does in a year")
    opening_serves: ServeUnits = state("serving units of the chips left to it, on the first day")
    opening_load: Ratio = state("tokens at their peak over what those can serve, on the first day; at most a hundred")
    opening_run: Days = state("the last final run on the largest pool of the first day; at most a year")
    opening_burn: USD = state("operations and rent less revenue a month, on the first day")


@compilable
def judged(future: Future) -> int:
    """AGREES, or the first test that the drawn opening fails. It may be asked again of the same future."""
    bounds = future.matching[0]
    first_day(future)
    if not bounds.shortest_run <= run_time(future) <= bounds.longest_run:
        return RUN
    if not bounds.least_research <= research(future) <= bounds.most_research:
        return RESEARCH
    if not bounds.least_load <= load(future) <= bounds.most_load:
        return LOAD
    return AGREES if money_after(future, bounds.solvent_for) > 0.0 else MONEY


@compilable
def first_day(future: Future) -> None:
    """The opening as far as the tests need it: chips, stacks, the model served, and the fleet running."""
    chips.first_day(future)
    software.first_day(future)
    training_pools.first_day(future)
    market.first_day(future)
    serving.first_day(future)
    for h in range(future.counts[0].holdings):
        future.holdings[h].online = future.holdings[h].opening
    sharing.revalued(future)
    sharing.ranked(future)


@compilable
def record_outcome(future: Future) -> None:
    """Note what the future opens with, once the fleet stands."""
    outcome = future.outcome[0]
    plan = future.training[0]
    outcome.opening_owned = holdings.owned(future)
    outcome.opening_trains = sharing.trainable(future)
    outcome.opening_flop = chips.flop(future, outcome.opening_trains * plan.opening_share * YEAR)
    outcome.opening_serves = sharing.capacity(future, 1.0 - plan.opening_share)
    outcome.opening_load = min(HEAVIEST_LOAD, load(future))
    outcome.opening_run = min(YEAR, run_time(future))
    burn = (future.capital[0].operations - future.serving[0].revenue) * MONTH / YEAR
    outcome.opening_burn = burn + rent_of_opening(future, MONTH)


@compilable
def run_time(future: Future) -> float:
    """Days of the last final run on the whole of the largest pool; for ever if nothing trains."""
    return training_pools.days_of(future, future.training[0].last_run)


@compilable
def research(future: Future) -> float:
    """Work of a cycle beyond the last final run, over that run, at the pace of the opening fleet."""
    last = future.training[0].last_run
    return cycle_flop(future) / last - 1.0 if last > 0.0 else math.inf


@compilable
def cycle_flop(future: Future) -> float:
    """What the opening fleet trains in a cycle."""
    plan = future.training[0]
    return chips.flop(future, sharing.trainable(future) * plan.opening_share * plan.cycle)


@compilable
def load(future: Future) -> float:
    """Tokens served at their peak, over what the chips left to serving can do."""
    capacity = sharing.capacity(future, 1.0 - future.training[0].opening_share)
    wanted = future.serving[0].tokens / serving.tokens_of_unit(future, 0.0)
    return wanted / capacity if capacity > 0.0 else math.inf


@compilable
def money_after(future: Future, days: float) -> float:
    """Cash after so many days without any round."""
    capital = future.capital[0]
    yearly = future.serving[0].revenue + capital.facility - capital.operations
    return capital.cash + yearly * days / YEAR - rent_of_opening(future, days)


@compilable
def rent_of_opening(future: Future, days: float) -> float:
    """Dollars for some days of the chips on rent on the first day."""
    rent = 0.0
    for o in range(future.counts[0].offers):
        rent += future.offers[o].opening * market.rent_for(future, o, days)
    return rent
