"""The order game: which gates keep what is not ordered from being ordered, and how much each.

`F(gates)` is what the planner would fill with only these gates in its way, all others ample: its own routine, asked
again. What is not ordered is divided among the gates by their Shapley value in this game. Sets of gates that must give
the same plan are asked once; a gate that stops nothing in any plan has no part; when all is ordered no game is played.
What stops the vendor is his own: allocation to others, wafers, memory, packaging, in the parts that his page tells.
A month's answer is kept for the month that the plan looks at: that is where what was not ordered will be missing.
What even open gates would not bring (a habit of the planner, or no offer fit for the use) is unfillable.
Units: training and serving units. Rule: Shapley (1953).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.language.section import Count, Number, Section, ServeUnits, TrainUnits, state
from sim.world import planner
from sim.world.arithmetic import MONTH, whole
from sim.world.causes import CAPITAL, CAUSES, CONTROL, RELIABILITY, SERVE, TRAIN, USES
from sim.world.constraints import ALL_LIMITS, LIMITS

if TYPE_CHECKING:
    from sim.world.future import Future

BY_MONEY, BY_RULES, BY_VENDOR, BY_DEPTH, BY_SITE = range(LIMITS)
"""Rows of blame, in the order of the gates' bits."""


class Coalition(Section):
    """What a plan fills when only the gates of one set are in force. The row is the set."""

    train: TrainUnits = state("training units filled")
    serve: ServeUnits = state("serving units filled")
    known: Count = state("1 once it has been found")


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
    plan = future.procurement[0]
    months = future.counts[0].months
    last = m + 1 + int(whole(plan.ahead / MONTH))
    first = min(plan.reaches + 1, last)
    if first >= months:  # nobody will look it up
        planner.planned(future, ALL_LIMITS)
        return
    blamed(future)
    for month in range(first, min(last + 1, months)):
        noted(future, month, TRAIN, future.lab[0].train_wanted_then, plan.train_need)
        noted(future, month, SERVE, future.lab[0].serve_wanted_then, plan.serve_need)
    plan.reaches = max(plan.reaches, last)


@compilable
def noted(future: Future, month: int, which: int, wanted: float, need: float) -> None:
    """The answer for one use, as it will be looked up in a month to come."""
    plan = future.plans[month * USES + which]
    plan.wanted = wanted
    plan.capital = blame(future, BY_MONEY, which)
    plan.control = blame(future, BY_RULES, which)
    plan.depth = blame(future, BY_DEPTH, which)
    plan.site = blame(future, BY_SITE, which)
    vendor = blame(future, BY_VENDOR, which)
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
def blamed(future: Future) -> None:
    """Lay what is not ordered to the gates; the scratch then holds the plan under all of them."""
    for gate in range(LIMITS):
        future.blames[gate].train = 0.0
        future.blames[gate].serve = 0.0
    planner.planned(future, ALL_LIMITS)
    plan = future.procurement[0]
    if plan.train_filled < plan.train_need or plan.serve_filled < plan.serve_need:
        shared(future, evaluated(future))
        planner.planned(future, ALL_LIMITS)


@compilable
def evaluated(future: Future) -> int:
    """What every set of gates lets a plan fill; returns the gates that stop anything in any of them.

    Sets are asked from the largest down, beginning with the plan under all gates, which is the last that was made.
    Without a gate that stopped nothing the same plan is made step by step, so one answer stands for all sets between
    those that did stop something and the set that was asked.
    """
    for gates in range(ALL_LIMITS + 1):
        future.coalitions[gates].known = 0
    players = answered(future, ALL_LIMITS)
    for down in range(1, ALL_LIMITS + 1):
        gates = ALL_LIMITS - down
        if not future.coalitions[gates].known:
            planner.planned(future, gates)
            players |= answered(future, gates)
    return players


@compilable
def answered(future: Future, gates: int) -> int:
    """The last plan, made with `gates`, stands for those that bound and any of the others; returns those that bound."""
    plan = future.procurement[0]
    idle = gates - plan.bound
    some = idle
    while True:
        coalition = future.coalitions[plan.bound | some]
        coalition.train = plan.train_filled
        coalition.serve = plan.serve_filled
        coalition.known = 1
        if some == 0:
            return plan.bound
        some = (some - 1) & idle


@compilable
def shared(future: Future, players: int) -> None:
    """Each player's Shapley value: over all orders of opening gates, what its own opening adds on average."""
    number = 0
    for gate in range(LIMITS):
        number += (players >> gate) & 1
    for gates in range(ALL_LIMITS + 1):
        if gates & players == gates and gates != players:
            weight = order_weight(gates, number)
            without = future.coalitions[gates]
            for gate in range(LIMITS):
                bit = 1 << gate
                if players & bit and not gates & bit:
                    joined = future.coalitions[gates | bit]
                    future.blames[gate].train += weight * (without.train - joined.train)
                    future.blames[gate].serve += weight * (without.serve - joined.serve)


@compilable
def order_weight(gates: int, number: int) -> float:
    """Share of the orders of `number` players in which exactly the players of `gates` come before a given other."""
    before = 0
    for gate in range(LIMITS):
        before += (gates >> gate) & 1
    weight = 1.0 / number
    for k in range(before):
        weight *= (k + 1.0) / (number - 1.0 - k)
    return weight
