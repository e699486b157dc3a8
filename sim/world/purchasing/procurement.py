"""Procurement: each month the lab looks ahead as far as its orders take, and buys what it will lack, if it can.

The lab sees rules in force and announced, its own record and its plan for growth, not the future. It forecasts what
each use will want when an order placed now would run, takes off what runs and what is likely to come, and asks the
planner what to buy with a part of the money above its reserve. What stops the rest is found by the order game. Then it
orders, in whole servers or supernodes. What a rule announced would shut is bought ahead, with money that is left; then
the next phase of a site that gets full is ordered (`phases`).
A forecast of growth is a blend of the plan's and that of the last half year, with an error that grows with the root of
time. Orders are not cancelled, unless an office denies them or the balance cannot be paid.
When nothing may be spent, the lab saves: on what, and in which order, stands in `capital`.
Left out: bargaining, resale, orders that wait for a lower price.
Units: training and serving units, chips, USD.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import Days, Luck, Number, Row, Section, ServeUnits, Share, TrainUnits, parameter, state
from sim.language.events import compilable
from sim.language.luck import draw, purpose
from sim.world import dials
from sim.world.arithmetic import MONTH, YEAR, power, whole
from sim.world.company import capital, ledger
from sim.world.fleet import contracts
from sim.world.geopolitics import controls
from sim.world.hardware import chips
from sim.world.lab import LONGEST_RUNWAY
from sim.world.pathways import RENTED_HOME
from sim.world.purchasing import constraint_shares, orders, phases, planner
from sim.world.shortfall import lateness
from sim.world.shortfall.causes import SERVE, TRAIN
from sim.world.shortfall.constraints import ALL_LIMITS, MONEY_LIMIT, SITES_LIMIT
from sim.world.supply import market
from sim.world.workloads import serving, sharing, want

if TYPE_CHECKING:
    from sim.world.course.future import Future

FORECAST_ERROR = purpose("forecast error")

HALF = 0.5
HALF_YEAR = 6
"""Months whose growth is looked back upon, and for which one mistake stands."""


class Procurement(Section):
    """Scenario section `procurement`: the planner's habits, all of them levers."""

    reserve: Days = parameter("net burn kept in reserve")
    rent_reserve: Days = parameter("rent kept in reserve")
    spread: Days = parameter("time over which money above the reserve is spent", low=1.0)
    signed_within: Days = parameter("signed money counted as it will come within this time")
    expected_money: Share = parameter("weight of talks not signed")
    train_first: Share = parameter("weight of training against serving: a half treats them alike")
    likely_from: Share = parameter("probability of an offer below which it may fill only a part of a gap")
    unlikely_share: Share = parameter("that part of a gap")
    open_probability: Share = parameter("probability of delivery the lab expects of an offer no rule hits")
    rent_horizon: Days = parameter("time of rent that is compared with a purchase")
    domestic_target: Share = parameter("part of a gap kept for domestic chips, whatever they cost", default=0.0)
    grey_share: Share = parameter("part of a gap that grey supply may fill", default=1.0)
    order_cap: Share = parameter("part of a gap that is ordered at all", default=1.0)
    prepaid_share: Share = parameter(
        "part of a price paid with the order, where more than the deposit asked", default=0.0
    )
    prepaid_discount: Share = parameter("what a price paid in full with the order is lower by", default=0.0)
    site_share: Share = parameter("part of free money that a phase of a site may take", default=1.0)
    rush_ahead: Days = parameter("how much further the lab buys ahead where a rule announced would shut an offer")
    patience: Days = parameter(
        "how long it waits after a refusal before it orders by that offer again, for each refusal in a row", default=0.0
    )
    trend: Share = parameter("weight of the last half year's growth, against the plan's, in a forecast")
    error: Share = parameter("forecast error a year ahead, a standard deviation, as a share of what is forecast")
    forecast_deviation: Luck[Number] = parameter("a forecast's mistake, in standard deviations", low=-10.0, high=10.0)

    ahead: Days = state("how far this month's plan looks")
    reaches: Row = state("last month that a plan has looked at")
    money: Number = state("dollars this month's plan may spend")
    purse: Number = state("dollars it could spend today, if it kept no pace")
    unreserved: Number = state("the same, if it kept no reserve either")
    cost: Number = state(
        "dollars that all it would buy this month costs, less what cloud credit pays, were money no limit"
    )
    given: Number = state("dollars that it lacks beyond these, and is given where the dial of money removes the limit")
    money_left: Number = state("of that, what a plan leaves: scratch of one plan")
    money_kept: Number = state("dollars left in a plan that is kept: scratch of the order game")
    credit_kept: Number = state("the same of cloud credit")
    money_aside: Number = state("dollars left in the plan that the game sets aside")
    credit_aside: Number = state("the same of cloud credit")
    bound: Row = state("limits that were enough to stop what the last fill left: scratch of one plan")
    stops: Row = state("sets of limits that stopped an offer of the last fill, a bit for each set: scratch of one plan")
    credit_left: Number = state("cloud credit that a plan leaves: scratch of one plan")
    train_need: TrainUnits = state("what training will lack")
    serve_need: ServeUnits = state("what serving will lack")
    train_spare: TrainUnits = state("what training will have beyond what it wants: bought ahead")
    serve_spare: ServeUnits = state("what serving will have beyond what it wants")
    train_filled: TrainUnits = state("of that, what a plan fills: scratch of one plan")
    serve_filled: ServeUnits = state("of that, what a plan fills: scratch of one plan")


@compilable
def first_day(future: Future) -> None:
    """Assume that today's constraints also held for earlier orders, whose chips would have arrived by now."""
    future.procurement[0].reaches = -1
    plan_month(future, -1)
    future.procurement[0].reaches = 0


@compilable
def buy(future: Future, month: int) -> None:
    """The month's plan, what stops it, and its orders."""
    plan_month(future, month)
    future.lab[0].austerity = capital.austerity_level(future, future.procurement[0].money)
    future.lab[0].rent_to_save = rent_to_save(future)
    contracts.reviewed(future)
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        ordered(future, o, TRAIN, offer.for_training, month, 0.0)
        ordered(future, o, SERVE, offer.for_serving, month, 0.0)
    if future.procurement[0].given > 0.0:
        future.procurement[0].money_left = math.inf
    rushed(future, month)
    phases_ordered(future)


@compilable
def phases_ordered(future: Future) -> None:
    """The next phase of a site is ordered when what the plan would put there asks for it, and free money pays it."""
    for p in range(future.counts[0].phases):
        if phases.is_next(future, p):
            free = spendable(future, MONTH, 1.0) * future.procurement[0].site_share
            if phases.is_affordable(future, p, free):
                planner.planned(future, ALL_LIMITS - SITES_LIMIT)
                site = future.sites[future.phases[p].site]
                phases.reviewed(future, p, site.drawn + site.promised + site.planned)


@compilable
def plan_month(future: Future, month: int) -> None:
    """Look ahead, ask the planner, and play the game of what stops it. Nothing is ordered yet."""
    planner.timed(future)
    forecast_needs(future, month)
    plan = future.procurement[0]
    plan.money = spendable(future, plan.spread, 1.0)
    plan.purse = spendable(future, MONTH, 1.0)
    plan.unreserved = spendable(future, MONTH, 0.0)
    planner.capped(future)
    planner.ranked(future)
    plan.cost = cost_of_plan(future)
    future.lab[0].plan_cost = max(0.0, future.lab[0].burn) + plan.cost * MONTH / plan.spread
    future.lab[0].plan_runway = plan_runway(future)
    if future.dials[0].budget >= dials.REMOVED:
        give_lacking_money(future)
    constraint_shares.played(future, month)


@compilable
def ordered(future: Future, o: int, use: int, units: float, month: int, later: float) -> None:
    """Place what is needed `later` than the plan looks, in whole lots, if what is due with the order can be paid."""
    if units <= 0.0:
        return
    offer = future.offers[o]
    units = whole(min(units, market.room(future, o)) / offer.lot) * offer.lot
    if units > 0.0 and units * orders.agreed(future, o) * orders.deposit(future, o) <= ledger.means(future):
        orders.place(future, o, use, units, month)
        lateness.put_off(future, future.lab[0].orders - 1, later)


@compilable
def rushed(future: Future, month: int) -> None:
    """What a rule announced would shut is bought ahead, if it ships in time, with the money the plan leaves."""
    if not controls.announced(future):
        return
    plan = future.procurement[0]
    train_left = later_want(future, TRAIN) * plan.order_cap
    serve_left = later_want(future, SERVE) * plan.order_cap
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        notice = controls.rush(future, o)
        if notice >= 0.0 and offer.ships <= notice and market.on_offer(future, o):
            use = TRAIN if planner.worth_of(future, o, TRAIN) > 0.0 else SERVE
            worth = planner.worth_of(future, o, use)
            if worth > 0.0:
                left = train_left if use == TRAIN else serve_left
                units = planner.within(future, ALL_LIMITS, o, left / worth)
                if use == TRAIN:
                    train_left -= units * worth
                    offer.for_training += units
                else:
                    serve_left -= units * worth
                    offer.for_serving += units
                ordered(future, o, use, units, month, plan.rush_ahead)


@compilable
def later_want(future: Future, use: int) -> float:
    """By how much the lab, buying ahead, expects to want more than its plan looks at and than is coming already."""
    plan = future.procurement[0]
    then = future.clock[0].now + plan.ahead
    later = then + plan.rush_ahead
    if use == TRAIN:
        return max(0.0, want.wanted(future, later) - want.wanted(future, then) - plan.train_spare)
    return max(0.0, serving.units_wanted(future, later) - serving.units_wanted(future, then) - plan.serve_spare)


@compilable
def forecast_needs(future: Future, month: int) -> None:
    """What each use will lack when an order placed now would run."""
    plan = future.procurement[0]
    plan.ahead = planner.look_ahead(future)
    train_wanted = forecast(future, TRAIN, month)
    serve_wanted = forecast(future, SERVE, month)
    train = sharing.trainable(future)
    least = sharing.capacity(future, 0.0)
    most = sharing.capacity(future, 1.0)
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        if offer.on_order > 0.0:
            coming = offer.on_order * planner.delivery_probability(future, o, ALL_LIMITS)
            trains = chips.trains(future, offer.chip)
            train += coming * trains
            most += coming * chips.serves(future, offer.chip)
            if trains <= 0.0:
                least += coming * chips.serves(future, offer.chip)
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        coming = holding.waiting + holding.starting
        if coming > 0.0:
            train += coming * holding.trains
            most += coming * chips.serves(future, holding.chip)
            if holding.trains <= 0.0:
                least += coming * chips.serves(future, holding.chip)
    share = sharing.split(future, train, train_wanted, least, most, serve_wanted)
    train *= 1.0 - share
    able = least + (most - least) * share
    lent = sharing.rollouts_by_day(future, train, able, train_wanted, serve_wanted)
    train_lacks = train_wanted - train - sharing.rollouts(future, train, able - lent, lent)
    serve_lacks = serve_wanted - (able - lent)
    plan.train_need = max(0.0, train_lacks)
    plan.serve_need = max(0.0, serve_lacks)
    plan.train_spare = max(0.0, 0.0 - train_lacks)
    plan.serve_spare = max(0.0, 0.0 - serve_lacks)
    future.lab[0].serve_wanted_then = serve_wanted
    future.lab[0].train_wanted_then = train_wanted


@compilable
def forecast(future: Future, use: int, month: int) -> float:
    """What a use will want then: growth as planned blended with that of the last half year, and a mistake."""
    plan = future.procurement[0]
    now = future.clock[0].now
    if use == TRAIN:
        today, planned = want.wanted(future, now), want.wanted(future, now + plan.ahead)
    else:
        today, planned = serving.units_wanted(future, now), serving.units_wanted(future, now + plan.ahead)
    weight = plan.trend * dials.less(future.dials[0].planning)
    trend = today * trend_growth(future, use, month, today)
    return (planned * (1.0 - weight) + trend * weight) * with_forecast_error(future, use, month)


@compilable
def trend_growth(future: Future, use: int, month: int, today: float) -> float:
    """Growth up to the day the plan looks at, if it goes on as in the last half year; the plan's, before that."""
    plan = future.procurement[0]
    now = future.clock[0].now
    if month >= HALF_YEAR:
        book = future.books[month - HALF_YEAR]
        past = book.train_wanted if use == TRAIN else book.serve_wanted
        then = future.months[month - HALF_YEAR]
        if past > 0.0:
            return power(today / past, plan.ahead / (now - (then.begins + then.ends) * HALF))
    if today <= 0.0:
        return 1.0
    if use == TRAIN:
        return want.wanted(future, now + plan.ahead) / today
    return serving.units_wanted(future, now + plan.ahead) / today


@compilable
def with_forecast_error(future: Future, use: int, month: int) -> float:
    """What a forecast makes of the truth: one error of each use for each half-year, growing with the root of time."""
    plan = future.procurement[0]
    wrong = plan.error * dials.less(future.dials[0].planning)
    wrong *= draw(future, FORECAST_ERROR, use, max(month, 0) // HALF_YEAR, plan.forecast_deviation)
    return max(0.0, 1.0 + wrong * math.sqrt(plan.ahead / YEAR))


@compilable
def spendable(future: Future, spread: float, kept: float) -> float:
    """Dollars for this month, out of cash: those that are free, spread over some days."""
    return max(0.0, min(free(future, kept) * MONTH / spread, ledger.cash(future)))


@compilable
def free(future: Future, kept: float) -> float:
    """Dollars above what is owed and a part of the reserve; below zero, those that are lacking.

    Signed money counts among them, and a part of what is talked about.
    """
    plan = future.procurement[0]
    lab = future.lab[0]
    financing = future.financing[0]
    burn = max(0.0, lab.burn - lab.rent)
    reserve = kept * (burn * plan.reserve / MONTH + rent_within(future, plan.rent_reserve))
    signed = financing.signed * min(1.0, plan.signed_within / YEAR)
    talking = financing.stage == capital.TALKING or financing.stage == capital.CLOSING
    expected = plan.expected_money * financing.asked if talking else 0.0
    owed = lab.unpaid + orders.charges_to_come(future)
    return ledger.net(future) + signed + expected - reserve - owed


@compilable
def rent_within(future: Future, days: float) -> float:
    """Rent for so many days of the chips that are on rent or ordered, less what cloud credit pays of it."""
    total = 0.0
    at_home = 0.0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        if market.rented(future, o):
            due = (offer.on_rent + offer.on_order) * market.rent_for(future, o, days)
            total += due
            if RENTED_HOME[int(offer.pathway)]:
                at_home += due
    return total - min(at_home, ledger.credit(future))


@compilable
def rent_to_save(future: Future) -> float:
    """Rent a month that is not renewed as contracts end: as much as leaves nothing lacking of the reserve for it."""
    lacking = 0.0 - free(future, 1.0)
    if lacking <= 0.0 or future.dials[0].budget >= dials.REMOVED:
        return 0.0
    days = max(MONTH, future.procurement[0].rent_reserve)
    return min(lacking, rent_within(future, days)) * MONTH / days


@compilable
def cost_of_plan(future: Future) -> float:
    """Dollars that all the plan would buy costs were money no limit; cloud credit pays rent at home first."""
    planner.planned(future, ALL_LIMITS - MONEY_LIMIT)
    cost = 0.0
    at_home = 0.0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        price = (offer.for_training + offer.for_serving) * future.limits[o].price
        cost += price
        if RENTED_HOME[int(offer.pathway)]:
            at_home += price
    return cost - min(at_home, ledger.credit(future))


@compilable
def plan_runway(future: Future) -> float:
    """Months that cash lasts at this month's burn if all that the plan would buy were bought, at the plan's pace."""
    a_month = future.lab[0].plan_cost
    return min(LONGEST_RUNWAY, ledger.means(future) / a_month) if a_month > 0.0 else LONGEST_RUNWAY


@compilable
def give_lacking_money(future: Future) -> None:
    """Without a limit of money: give the whole dollars by which all that the plan would buy exceeds its purse.

    Only these are given: what the lab has of its own it still spends at its pace.
    """
    plan = future.procurement[0]
    lacking = plan.cost - plan.purse
    plan.given = whole(lacking) + 1.0 if lacking > 0.0 else 0.0
    plan.money += plan.given
    plan.purse = math.inf
    plan.unreserved = math.inf
