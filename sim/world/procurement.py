"""Procurement: each month the lab looks ahead as far as its orders take, and buys what it will lack, if it can.

The planner sees rules in force, its own trailing record and its plan for growth, not the future. It forecasts what
each use will want when an order placed now would run, takes off what runs and what is on its way, ranks the offers by
price for what they are likely to bring, and fills the use that lacks more, within its gates: money (a part of the cash
above its reserve), rules, the vendor's stock, the depth of a market, and its sites.
Planning is pure: `planned` writes to scratch and can be asked again with any of the gates open. So what was not bought
is laid, once a quarter, to the gates that stopped it: each gets its Shapley value in the order game. Placing is second.
Left out here: history of demand as a forecast, prepayment, mix targets by pathway.
Units: training and serving units, chips, USD.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.luck import compilable, draw
from sim.language.section import (
    Days,
    Luck,
    Number,
    Row,
    Section,
    ServeUnits,
    Share,
    TrainUnits,
    Units,
    parameter,
    state,
)
from sim.world import capital, chips, controls, fleet, ledger, market, orders, serving, training, use
from sim.world.arithmetic import MONTH, YEAR, whole
from sim.world.purposes import FORECAST_ERROR

if TYPE_CHECKING:
    from sim.world.future import Future

TRAIN, SERVE = range(2)
MONEY, RULES, VENDOR, DEPTH, SITE = 1, 2, 4, 8, 16
GATES = 5
ALL_GATES = 31
QUARTER = 3
"""Months for which it stands what stopped the orders."""
HALF_YEAR = 6
"""Months for which one forecast stands."""


class Procurement(Section):
    """Scenario section `procurement`: the planner's habits, all of them levers."""

    reserve: Days = parameter("net burn kept in reserve")
    rent_reserve: Days = parameter("rent kept in reserve")
    spread: Days = parameter("time over which money above the reserve is spent")
    signed_within: Days = parameter("signed money counted as it will come within this time")
    expected_money: Share = parameter("weight of talks not signed")
    train_first: Share = parameter("weight of training against serving: a half treats them alike")
    likely: Share = parameter("odds of an offer below which it may fill only a part of a gap")
    unlikely_part: Share = parameter("that part of a gap")
    open_odds: Share = parameter("odds of delivery the lab expects of an offer no rule hits")
    rent_horizon: Days = parameter("time of rent that is compared with a purchase")
    error: Luck[Number] = parameter("forecast error a year ahead, as a share of what is forecast")

    ahead: Days = state("how far this month's plan looks")
    money: Number = state("dollars this month's plan may spend")
    train_need: TrainUnits = state("what training will lack")
    serve_need: ServeUnits = state("what serving will lack")
    train_filled: TrainUnits = state("of that, what a plan fills: scratch of one plan")
    serve_filled: ServeUnits = state("of that, what a plan fills: scratch of one plan")


class Rank(Section):
    """The offers in the order in which a use would take them: rows by use and by whether rules count."""

    offer: Row = state("the offer at this place")
    worth: Number = state("units of the use that one chip brings")
    cost: Number = state("price, or compared rent, for a unit likely to arrive")
    odds: Share = state("odds of delivery the lab expects")


class Limit(Section):
    """What each gate leaves of an offer this month. The row is the offer."""

    rules: Units = state("chips that the rules' quotas leave")
    quantity: Units = state("chips that the vendor has or the market's depth leaves")
    site: Units = state("chips that their site will have power for")
    gate: Row = state("whether a vendor or a market's depth limits the quantity")
    price: Number = state("dollars that ordering one chip commits")


class Coalition(Section):
    """What a plan fills when only the gates of one set are in force. The row is the set."""

    train: TrainUnits = state("training units filled")
    serve: ServeUnits = state("serving units filled")


class Blame(Section):
    """What each gate kept from being bought this month, in units of each use. The row is the gate."""

    train: TrainUnits = state("training units")
    serve: ServeUnits = state("serving units")


@compilable
def reviewed(future: Future, month: int) -> None:
    """The month's plan, what stopped it, and its orders."""
    plan = future.procurement[0]
    foreseen(future, month)
    plan.money = spendable(future)
    future.lab[0].short_of_money = 1 if plan.money <= 0.0 else 0
    if plan.train_need <= 0.0 and plan.serve_need <= 0.0:
        blamed(future, 0)
        return
    capped(future)
    ranked(future, 1)
    if future.clock[0].now >= future.window[0].leads_until:
        blamed(future, 0)
    elif month % QUARTER == 0:
        ranked(future, 0)
        blamed(future, gates_that_can_bind(future))
    planned(future, ALL_GATES)
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        ordered(future, o, TRAIN, offer.for_training, month)
        ordered(future, o, SERVE, offer.for_serving, month)


@compilable
def ordered(future: Future, o: int, which: int, units: float, month: int) -> None:
    """Place what was planned, in whole lots, if the deposit can be paid."""
    if units <= 0.0:
        return
    offer = future.offers[o]
    units = whole(min(units, market.room(future, o)) / offer.lot) * offer.lot
    if units > 0.0 and units * market.price(future, o) * offer.deposit <= ledger.means(future):
        orders.place(future, o, which, units, month)


@compilable
def foreseen(future: Future, month: int) -> None:
    """What each use will lack when an order placed now would run."""
    plan = future.procurement[0]
    plan.ahead = look_ahead(future)
    then = future.clock[0].now + plan.ahead
    train_wanted = training.wanted(future, then) * mistaken(future, TRAIN, month)
    serve_wanted = serving.units_wanted(future, then) * mistaken(future, SERVE, month)
    train = use.trainable(future)
    least = use.capacity(future, 0.0)
    most = use.capacity(future, 1.0)
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        if offer.on_order > 0.0:
            coming = offer.on_order * odds(future, o, ALL_GATES)
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
    share = use.split(future, train, train_wanted, least, most, serve_wanted)
    train *= 1.0 - share
    able = least + (most - least) * share
    lent = use.lent(future, train, able, train_wanted, serve_wanted)
    plan.train_need = max(0.0, train_wanted - train - use.rollouts(future, train, able - lent, lent))
    plan.serve_need = max(0.0, serve_wanted - (able - lent))
    future.lab[0].serve_wanted_then = serve_wanted
    future.lab[0].train_wanted_then = train_wanted


@compilable
def mistaken(future: Future, which: int, month: int) -> float:
    """What a forecast makes of the truth: one error of each use for each half-year, growing with the root of time."""
    plan = future.procurement[0]
    wrong = draw(future, FORECAST_ERROR, which, month // HALF_YEAR, plan.error)
    return max(0.0, 1.0 + wrong * math.sqrt(plan.ahead / YEAR))


@compilable
def look_ahead(future: Future) -> float:
    """Mean time from order to online, as the lab plans, over what it could buy today; rent comes sooner."""
    total = 0.0
    number = 0.0
    for o in range(future.counts[0].offers):
        if market.on_offer(future, o) and not market.rented(future, o) and odds(future, o, ALL_GATES) > 0.0:
            total += future.offers[o].assumed
            number += 1.0
    return total / number if number > 0.0 else 0.0


@compilable
def odds(future: Future, o: int, gates: int) -> float:
    """Odds of delivery the lab expects: none when denied; its own record where an office decides; else good."""
    offer = future.offers[o]
    plan = future.procurement[0]
    if not gates & RULES or (offer.exporter_rule < 0 and offer.buyer_rule < 0):
        return plan.open_odds
    if controls.denied(future, o):
        return controls.passing_both(future, o)
    return (offer.deliveries + 1.0) / (offer.ended + 3.0)


@compilable
def spendable(future: Future) -> float:
    """Money above the reserve, a part of it a month."""
    plan = future.procurement[0]
    lab = future.lab[0]
    talks = future.talks[0]
    burn = max(0.0, lab.burn - lab.rent)
    reserve = burn * plan.reserve / MONTH + lab.rent * plan.rent_reserve / MONTH
    signed = talks.signed * min(1.0, plan.signed_within / YEAR)
    talking = talks.stage == capital.TALKING or talks.stage == capital.CLOSING
    expected = plan.expected_money * talks.asked if talking else 0.0
    free = ledger.means(future) + signed + expected - reserve - orders.outstanding(future)
    return max(0.0, min(free * MONTH / plan.spread, ledger.means(future)))


@compilable
def ranked(future: Future, ruled: int) -> None:
    """Sort the offers by price for what they likely bring, for each use: with rules, or as if there were none."""
    count = future.counts[0].offers
    for o in range(count):
        likely = odds(future, o, RULES * ruled) if market.on_offer(future, o) else 0.0
        price = compared_price(future, o)
        for which in range(2):
            first = (which * 2 + ruled) * count
            worth = worth_of(future, o, which)
            cost = price / (worth * likely) if worth > 0.0 and likely > 0.0 else math.inf
            place = first + o
            while place > first and future.ranks[place - 1].cost > cost:
                shift(future, place)
                place -= 1
            row = future.ranks[place]
            row.offer = o
            row.worth = worth
            row.cost = cost
            row.odds = likely


@compilable
def shift(future: Future, place: int) -> None:
    """Move the entry before a place into it."""
    into, source = future.ranks[place], future.ranks[place - 1]
    into.offer = source.offer
    into.worth = source.worth
    into.cost = source.cost
    into.odds = source.odds


@compilable
def worth_of(future: Future, o: int, which: int) -> float:
    """Units of a use that one chip of an offer brings."""
    chip = future.offers[o].chip
    return chips.trains(future, chip) if which == TRAIN else chips.serves(future, chip)


@compilable
def compared_price(future: Future, o: int) -> float:
    """Price of a chip, or its rent over the time with which a purchase is compared."""
    if market.rented(future, o):
        return rent_of(future, o, future.procurement[0].rent_horizon)
    return market.price(future, o)


@compilable
def rent_of(future: Future, o: int, days: float) -> float:
    """Rent of one chip over some days."""
    return market.rent(future, o) * 24.0 * days


@compilable
def committed(future: Future, o: int) -> float:
    """Dollars that ordering one chip commits: its price, or the rent of its contract."""
    if market.rented(future, o):
        return rent_of(future, o, future.offers[o].contract)
    return market.price(future, o)


@compilable
def planned(future: Future, gates: int) -> None:
    """The plan with only `gates` in force, all others ample: for each offer the chips it would take for each use."""
    plan = future.procurement[0]
    for o in range(future.counts[0].offers):
        future.offers[o].for_training = 0.0
        future.offers[o].for_serving = 0.0
    plan.train_filled = 0.0
    plan.serve_filled = 0.0
    money = plan.money if gates & MONEY else math.inf
    credit = ledger.credit(future) * MONTH / plan.spread
    lean = plan.train_first
    train_lack = plan.train_need / max(future.lab[0].train_wanted_then, 1e-9) * lean
    serve_lack = plan.serve_need / max(future.lab[0].serve_wanted_then, 1e-9) * (1.0 - lean)
    first = TRAIN if train_lack >= serve_lack else SERVE
    for turn in range(2):
        money, credit = filled(future, gates, first if turn == 0 else 1 - first, money, credit)


@compilable
def filled(future: Future, gates: int, which: int, money: float, credit: float) -> tuple[float, float]:
    """Fill one use from its ranked offers; returns the money and the credit left."""
    plan = future.procurement[0]
    count = future.counts[0].offers
    need = plan.train_need if which == TRAIN else plan.serve_need
    gap = need
    unlikely = need * plan.unlikely_part
    first = (which * 2 + (1 if gates & RULES else 0)) * count
    for place in range(first, first + count):
        rank = future.ranks[place]
        if gap <= 0.0 or rank.cost == math.inf:
            break
        offer = future.offers[rank.offer]
        limit = future.limits[rank.offer]
        units = gap / rank.worth
        if rank.odds < plan.likely:
            units = min(units, unlikely / rank.worth)
        taken = offer.for_training + offer.for_serving
        if gates & RULES:
            units = min(units, limit.rules - taken)
        if gates & limit.gate:
            units = min(units, limit.quantity - taken)
        if gates & SITE:
            units = min(units, limit.site - taken)
        price = limit.price
        purse = money + credit if offer.pathway == market.RENTED_HOME else money
        if price > 0.0:
            units = min(units, purse / price)
        if units > 0.0:
            spent = units * price
            from_credit = min(credit, spent) if offer.pathway == market.RENTED_HOME else 0.0
            credit -= from_credit
            money -= spent - from_credit
            gap -= units * rank.worth
            if rank.odds < plan.likely:
                unlikely -= units * rank.worth
            if which == TRAIN:
                offer.for_training = units
            else:
                offer.for_serving = units
    if which == TRAIN:
        plan.train_filled = need - max(0.0, gap)
    else:
        plan.serve_filled = need - max(0.0, gap)
    return money, credit


@compilable
def capped(future: Future) -> None:
    """Most chips each offer can give this month, by gate, and what ordering one commits."""
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        limit = future.limits[o]
        exporter, buyer = offer.exporter_rule, offer.buyer_rule
        waiting = future.holdings[offer.holding].waiting
        then = future.clock[0].now + offer.assumed
        quota = min(controls.quota_left(future, exporter), controls.quota_left(future, buyer))
        limit.rules = max(0.0, quota - offer.on_order)
        limit.quantity = market.room(future, o)
        limit.site = max(0.0, fleet.headroom_by(future, offer.holding, then) - waiting)
        limit.gate = VENDOR if offer.supply >= 0 else DEPTH
        limit.price = committed(future, o)


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
            if odds(future, o, RULES) != odds(future, o, 0) or limit.rules < units:
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
    worth = worth_of(future, o, which)
    return need / worth if worth > 0.0 and market.on_offer(future, o) else 0.0


@compilable
def blamed(future: Future, players: int) -> None:
    """Lay what is not bought to the gates: each gets its Shapley value in the game of need less what a plan fills."""
    for gate in range(GATES):
        future.blames[gate].train = 0.0
        future.blames[gate].serve = 0.0
    plan = future.procurement[0]
    if players == 0 or nothing_missing(future):
        return
    number = 0
    for gate in range(GATES):
        number += (players >> gate) & 1
    for gates in range(ALL_GATES + 1):
        if gates & players == gates:
            planned(future, gates)
            future.coalitions[gates].train = plan.train_filled
            future.coalitions[gates].serve = plan.serve_filled
    for gate in range(GATES):
        bit = 1 << gate
        if players & bit:
            for gates in range(ALL_GATES + 1):
                if gates & players == gates and not gates & bit:
                    weight = order_weight(gates, number)
                    without, joined = future.coalitions[gates], future.coalitions[gates | bit]
                    future.blames[gate].train += weight * (without.train - joined.train)
                    future.blames[gate].serve += weight * (without.serve - joined.serve)


@compilable
def nothing_missing(future: Future) -> bool:
    """Whether the plan under all gates fills both needs."""
    planned(future, ALL_GATES)
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
