"""The order game: which gates keep what is not ordered from being ordered, and how much each.

`F(gates)` is what the planner would fill with only these gates in its way, all others ample: its own routine, asked
again. What is not ordered is divided among the gates by their Shapley value in this game. A gate that cannot reach the
need changes no plan and is left out, exactly; when nothing is missing no game is played.
What stops the vendor is his own: allocation to others, wafers, memory, packaging, in the parts that his page tells.
A month's answer is kept for the month that the plan looks at: that is where what was not ordered will be missing.
What even open gates would not bring (a habit of the planner, or no offer fit for the use) is unfillable.
Units: training and serving units. Rule: Shapley (1953).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.language.section import Number, Section, ServeUnits, TrainUnits, state
from sim.world import market, planner
from sim.world.arithmetic import MONTH, whole
from sim.world.causes import CAPITAL, CAUSES, CONTROL, RELIABILITY, SERVE, TRAIN, USES
from sim.world.planner import ALL_GATES, GATES, MONEY, RULES, SITE

if TYPE_CHECKING:
    from sim.world.future import Future


class Coalition(Section):
    """What a plan fills when only the gates of one set are in force. The row is the set."""

    train: TrainUnits = state("training units filled")
    serve: ServeUnits = state("serving units filled")


class Blame(Section):
    """What each gate kept from being bought this month, in units of each use. The row is the gate."""

    train: TrainUnits = state("training units")
    serve: ServeUnits = state("serving units")


class Plan(Section):
    """What was planned for one use in a month to come, by the last plan that saw it. Row: month x uses + use."""

    wanted: Number = state("units forecast to be wanted")
    never: Number = state("units needed and not ordered because of a gate, which the next eight divide")
    capital: Number = state("of these, for want of money")
    control: Number = state("of these, because of rules")
    wafers: Number = state("of these, for want of wafers")
    memory: Number = state("of these, for want of memory")
    packaging: Number = state("of these, for want of packaging")
    allocation: Number = state("of these, because the vendor serves others")
    depth: Number = state("of these, because a market is shallow")
    site: Number = state("of these, for want of a powered site")
    unfillable: Number = state("units that no open gate would have brought")
    lost_capital: Number = state("units lost for want of money, up to that plan")
    lost_control: Number = state("units lost to rules, up to that plan")
    lost_reliability: Number = state("units lost by death, up to that plan")


@compilable
def played(future: Future, m: int) -> None:
    """What stops this month's orders, kept for the months that the plan looks at: `m` is the last that is over."""
    blamed(future, gates_that_can_bind(future))
    plan = future.procurement[0]
    last = m + 1 + int(whole(plan.ahead / MONTH))
    for month in range(min(plan.reaches + 1, last), min(last + 1, future.counts[0].months)):
        noted(future, month, TRAIN, future.lab[0].train_wanted_then, plan.train_need)
        noted(future, month, SERVE, future.lab[0].serve_wanted_then, plan.serve_need)
    plan.reaches = max(plan.reaches, last)


@compilable
def noted(future: Future, month: int, which: int, wanted: float, need: float) -> None:
    """The answer for one use, as it will be looked up in a month to come."""
    plan = future.plans[month * USES + which]
    plan.wanted = wanted
    plan.capital = blame(future, 0, which)
    plan.control = blame(future, 1, which)
    plan.depth = blame(future, 3, which)
    plan.site = blame(future, 4, which)
    vendor = blame(future, 2, which)
    s = vendor_of(future, which)
    if s >= 0:
        supply = future.supplies[s]
        plan.wafers = vendor * supply.part_wafers
        plan.memory = vendor * supply.part_memory
        plan.packaging = vendor * supply.part_packaging
        plan.allocation = vendor - plan.wafers - plan.memory - plan.packaging
    else:
        plan.wafers = 0.0
        plan.memory = 0.0
        plan.packaging = 0.0
        plan.allocation = vendor
    plan.never = plan.capital + plan.control + vendor + plan.depth + plan.site
    filled = future.procurement[0].train_filled if which == TRAIN else future.procurement[0].serve_filled
    plan.unfillable = max(0.0, need - filled - plan.never)
    plan.lost_capital = future.parts[which * CAUSES + CAPITAL].lost
    plan.lost_control = future.parts[which * CAUSES + CONTROL].lost
    plan.lost_reliability = future.parts[which * CAUSES + RELIABILITY].lost


@compilable
def blame(future: Future, gate: int, which: int) -> float:
    """What a gate kept from being ordered for a use."""
    return future.blames[gate].train if which == TRAIN else future.blames[gate].serve


@compilable
def vendor_of(future: Future, which: int) -> int:
    """The domestic supply that a use would take from first, -1 if none is fit for it."""
    count = future.counts[0].offers
    for place in range((which * 2 + 1) * count, (which * 2 + 2) * count):
        rank = future.ranks[place]
        if rank.cost < math.inf and future.offers[rank.offer].supply >= 0:
            return future.offers[rank.offer].supply
    return -1


@compilable
def blamed(future: Future, players: int) -> None:
    """Lay what is not ordered to the gates that play; the scratch then holds the plan under all gates."""
    for gate in range(GATES):
        future.blames[gate].train = 0.0
        future.blames[gate].serve = 0.0
    if players and not nothing_missing(future):
        for gates in range(ALL_GATES + 1):
            if gates & players == gates:
                planner.planned(future, gates)
                future.coalitions[gates].train = future.procurement[0].train_filled
                future.coalitions[gates].serve = future.procurement[0].serve_filled
        shared(future, players)
    planner.planned(future, ALL_GATES)


@compilable
def shared(future: Future, players: int) -> None:
    """Each player's Shapley value: over all orders of opening gates, what its own opening adds on average."""
    number = 0
    for gate in range(GATES):
        number += (players >> gate) & 1
    for gates in range(ALL_GATES + 1):
        if gates & players == gates and gates != players:
            weight = order_weight(gates, number)
            without = future.coalitions[gates]
            for gate in range(GATES):
                bit = 1 << gate
                if players & bit and not gates & bit:
                    joined = future.coalitions[gates | bit]
                    future.blames[gate].train += weight * (without.train - joined.train)
                    future.blames[gate].serve += weight * (without.serve - joined.serve)


@compilable
def gates_that_can_bind(future: Future) -> int:
    """Gates that could reach this month's need; the others change no plan and are left out of the game, exactly."""
    plan = future.procurement[0]
    found = 0
    dearest_train = 0.0
    dearest_serve = 0.0
    for o in range(future.counts[0].offers):
        limit = future.limits[o]
        train = needed(future, o, TRAIN)
        serve = needed(future, o, SERVE)
        units = train + serve
        dearest_train = max(dearest_train, limit.price * train)
        dearest_serve = max(dearest_serve, limit.price * serve)
        if units > 0.0:
            if planner.odds(future, o, RULES) != planner.odds(future, o, 0) or limit.rules < units:
                found |= RULES
            if limit.quantity < units:
                found |= limit.gate
            if limit.site < units:
                found |= SITE
    if plan.money < dearest_train + dearest_serve:
        found |= MONEY
    return found


@compilable
def needed(future: Future, o: int, which: int) -> float:
    """Chips of an offer that would fill a use alone; none of one that is not on the market yet."""
    plan = future.procurement[0]
    need = plan.train_need if which == TRAIN else plan.serve_need
    worth = planner.worth_of(future, o, which)
    return need / worth if worth > 0.0 and market.on_offer(future, o) else 0.0


@compilable
def nothing_missing(future: Future) -> bool:
    """Whether the plan under all gates fills both needs."""
    planner.planned(future, ALL_GATES)
    plan = future.procurement[0]
    return plan.train_filled >= plan.train_need and plan.serve_filled >= plan.serve_need


@compilable
def order_weight(gates: int, number: int) -> float:
    """Share of the orders of `number` players in which exactly the players of `gates` come before a given other."""
    before = 0
    for gate in range(GATES):
        before += (gates >> gate) & 1
    weight = 1.0 / number
    for k in range(before):
        weight *= (k + 1.0) / (number - 1.0 - k)
    return weight
