"""The planner: what each use could buy, in which order it would, and what a plan fills. It is pure.

Offers are ranked by price for what is likely to arrive: price over units times the probability of delivery that the lab
expects. Each use takes from its ranked offers, the use that lacks more first, within the limits of five constraints:
money, rules, domestic chips, the rental and grey market, sites. It also keeps to habits of its own, which are no
constraints: unlikely offers fill only a part of a need, grey supply too, and a part may be kept for domestic chips.
A plan is written to scratch, and can be made again without any of the limits, all else as it is.
Units: training and serving units, chips, USD.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import MW, Count, Number, Row, Section, Share, Units, state
from sim.language.events import compilable
from sim.language.luck import middle
from sim.world import dials
from sim.world.arithmetic import MONTH
from sim.world.company import ledger
from sim.world.fleet import holdings
from sim.world.geopolitics import controls, licences
from sim.world.hardware import chips
from sim.world.pathways import BOUGHT_HOME, GREY, RENTED_HOME
from sim.world.purchasing import orders, phases
from sim.world.shortfall.causes import SERVE, TRAIN, USES
from sim.world.shortfall.constraints import ALL_LIMITS, MONEY_LIMIT, RULES_LIMIT, SITES_LIMIT
from sim.world.supply import market
from sim.world.workloads import sharing

if TYPE_CHECKING:
    from sim.world.course.future import Future

NEGLIGIBLE = 1e-9
PRIOR_DECISIONS = 3.0
"""Decisions that an office is credited with before it has made any; one of them was a delivery."""


class Rank(Section):
    """The offers in the order in which a use would take them: rows by use and by whether rules count."""

    offer: Row = state("the offer at this place")
    worth: Number = state("units of the use that one chip brings")
    cost: Number = state("price, or compared rent, for a unit likely to arrive")
    delivery: Share = state("probability of delivery the lab expects")
    moved: Count = state("with rules: 1 if without them another offer, or another cost, stands at this place")


class Limit(Section):
    """What each constraint leaves of an offer this month. The row is the offer."""

    rules: Units = state("chips that the rules' quotas leave; none while the lab takes a refusal for an answer")
    quantity: Units = state("chips that are there to be had")
    site: Units = state("chips that their site will have power for, beside all that is promised to it")
    power: MW = state("power that one chip draws from its site")
    owner: Row = state("the limit that this quantity is: of domestic chips, of the rental and grey market, of rules")
    sold: Count = state("1 if it is sold at all: a domestic chip is not before its launch")
    price: Number = state("dollars that ordering one chip commits")


@compilable
def timed(future: Future) -> None:
    """How long each offer takes from order to online, as the lab plans with it: the medians of its stages."""
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        offer.ships = licences.expected_of_offer(future, o) + middle(future, offer.build)
        bring_up = holdings.bring_up(future, middle(future, future.holdings[offer.holding].bring_up))
        offer.assumed = offer.ships + orders.transit(future, middle(future, offer.transit)) + bring_up


@compilable
def look_ahead(future: Future) -> float:
    """Mean time from order to online, as the lab plans, over what it could buy today; over rent, if that is nothing."""
    ahead = mean_time(future, False)
    return ahead if ahead > 0.0 else mean_time(future, True)


@compilable
def mean_time(future: Future, rented: bool) -> float:
    """Mean of that time over the offers of one tenure that may be delivered; 0 where there are none."""
    total = 0.0
    number = 0.0
    for o in range(future.counts[0].offers):
        if (
            market.on_offer(future, o)
            and market.rented(future, o) == rented
            and delivery_probability(future, o, ALL_LIMITS) > 0.0
        ):
            total += future.offers[o].assumed
            number += 1.0
    eased = future.dials[0].planning
    further = dials.more(eased) if eased < dials.REMOVED else 1.0
    return further * total / number if number > 0.0 else 0.0


@compilable
def delivery_probability(future: Future, o: int, limits: int) -> float:
    """Probability of delivery the lab expects: none when denied; its own record where an office decides; else good."""
    offer = future.offers[o]
    plan = future.procurement[0]
    if not limits & RULES_LIMIT or not controls.ruled(future, o):
        return plan.open_probability
    if controls.denied(future, o):
        return controls.passing_all(future, o)
    return (offer.deliveries + 1.0) / (offer.decided + PRIOR_DECISIONS)


@compilable
def ranked(future: Future) -> None:
    """Sort the offers by price for what they likely bring, for each use: with rules, and as if there were none."""
    count = future.counts[0].offers
    for o in range(count):
        here = market.on_offer(future, o)
        ruled = delivery_probability(future, o, RULES_LIMIT) if here else 0.0
        free = delivery_probability(future, o, 0) if here else 0.0
        price = price_over(future, o, future.procurement[0].rent_horizon)
        for use in range(USES):
            worth = worth_of(future, o, use)
            inserted(future, use * 2 * count, o, worth, price, free)
            inserted(future, (use * 2 + 1) * count, o, worth, price, ruled)
    for use in range(USES):
        for place in range((use * 2 + 1) * count, (use * 2 + 2) * count):
            with_rules, without = future.ranks[place], future.ranks[place - count]
            same = with_rules.offer == without.offer and with_rules.cost == without.cost
            with_rules.moved = 0 if same else 1


@compilable
def inserted(future: Future, first: int, o: int, worth: float, price: float, likely: float) -> None:
    """Put an offer at its place among those before it, in the ranking that begins at `first`."""
    cost = price / (worth * likely) if worth > 0.0 and likely > 0.0 else math.inf
    place = first + o
    while place > first and future.ranks[place - 1].cost > cost:
        shift(future, place)
        place -= 1
    row = future.ranks[place]
    row.offer = o
    row.worth = worth
    row.cost = cost
    row.delivery = likely


@compilable
def shift(future: Future, place: int) -> None:
    """Move the entry before a place into it."""
    into, source = future.ranks[place], future.ranks[place - 1]
    into.offer = source.offer
    into.worth = source.worth
    into.cost = source.cost
    into.delivery = source.delivery


@compilable
def worth_of(future: Future, o: int, use: int) -> float:
    """Units of a use that one chip of an offer brings."""
    chip = future.offers[o].chip
    return chips.trains(future, chip) if use == TRAIN else chips.serves(future, chip)


@compilable
def price_over(future: Future, o: int, days: float) -> float:
    """Dollars of a chip: its price with what rules charge, or its rent for so many days.

    Ordering one commits the rent of its contract, or of the reserve if that is longer; compared with a purchase it is
    that of a longer time.
    """
    return market.rent_for(future, o, days) if market.rented(future, o) else orders.charged_price(future, o)


@compilable
def capped(future: Future) -> None:
    """Most chips each offer can give this month, by constraint, and what ordering one commits."""
    promised(future)
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        limit = future.limits[o]
        site = future.sites[future.holdings[offer.holding].site]
        then = future.clock[0].now + offer.assumed
        quota = controls.quota_of_offer(future, o, licences.expected_of_offer(future, o))
        refused = future.clock[0].now < offer.asks_again
        limit.rules = 0.0 if refused else max(0.0, quota - offer.undecided)
        limit.quantity = market.room(future, o)
        limit.power = holdings.power_of(future, offer.holding, 1.0)
        coming = phases.expected_by(future, future.holdings[offer.holding].site, then)
        limit.site = holdings.headroom_by(future, offer.holding, then, coming)
        if limit.power > 0.0:
            limit.site = max(0.0, limit.site - site.promised / limit.power)
        limit.owner = 1 << market.owner(future, o)
        limit.sold = 1 if market.launched(future, o) else 0
        limit.price = price_over(future, o, max(offer.contract, future.procurement[0].rent_reserve))


@compilable
def promised(future: Future) -> None:
    """Power that sites owe to chips which are ordered, or wait at the door."""
    for s in range(future.counts[0].sites):
        future.sites[s].promised = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        future.sites[holding.site].promised += holdings.power_of(future, h, holding.waiting)
    for o in range(future.counts[0].offers):
        h = future.offers[o].holding
        future.sites[future.holdings[h].site].promised += holdings.power_of(future, h, future.offers[o].on_order)


@compilable
def planned(future: Future, limits: int) -> None:
    """The plan with only `limits` in force, no others: for each offer the chips it would take for each use."""
    plan = future.procurement[0]
    begin_plan(future, plan.money, ledger.credit(future) * MONTH / plan.spread)
    if training_first(future):
        plan.train_filled = filled(future, limits, TRAIN, plan.train_need)
        plan.serve_filled = filled(future, limits, SERVE, plan.serve_need)
    else:
        plan.serve_filled = filled(future, limits, SERVE, plan.serve_need)
        plan.train_filled = filled(future, limits, TRAIN, plan.train_need)


@compilable
def begin_plan(future: Future, money: float, credit: float) -> None:
    """Take nothing of any offer yet, with so much money and cloud credit to spend."""
    plan = future.procurement[0]
    for o in range(future.counts[0].offers):
        future.offers[o].for_training = 0.0
        future.offers[o].for_serving = 0.0
    for s in range(future.counts[0].sites):
        future.sites[s].planned = 0.0
    plan.money_left = money
    plan.credit_left = credit


@compilable
def training_first(future: Future) -> bool:
    """Whether training is filled first: the use that lacks more is, by how the lab leans."""
    plan = future.procurement[0]
    lean = sharing.leaning(future)
    train_lack = plan.train_need / max(future.lab[0].train_wanted_then, NEGLIGIBLE) * lean
    serve_lack = plan.serve_need / max(future.lab[0].serve_wanted_then, NEGLIGIBLE) * (1.0 - lean)
    return train_lack >= serve_lack


@compilable
def keep_plan(future: Future) -> None:
    """Keep how far a plan has come, so that its next use can be filled again from here."""
    plan = future.procurement[0]
    plan.money_kept = plan.money_left
    plan.credit_kept = plan.credit_left
    for s in range(future.counts[0].sites):
        future.sites[s].kept = future.sites[s].planned


@compilable
def refilled(future: Future, limits: int, use: int, need: float) -> float:
    """Fill one use again from the plan that was kept, with only `limits` in force; returns the units filled."""
    plan = future.procurement[0]
    for o in range(future.counts[0].offers):
        if use == TRAIN:
            future.offers[o].for_training = 0.0
        else:
            future.offers[o].for_serving = 0.0
    for s in range(future.counts[0].sites):
        future.sites[s].planned = future.sites[s].kept
    plan.money_left = plan.money_kept
    plan.credit_left = plan.credit_kept
    return filled(future, limits, use, need)


@compilable
def filled(future: Future, limits: int, use: int, need: float) -> float:
    """Fill one use from its ranked offers, as far as the planner's own habits let it; returns the units filled.

    The limits that stopped it are noted.
    """
    plan = future.procurement[0]
    plan.bound = 0
    plan.stops = 0
    count = future.counts[0].offers
    most = need * plan.order_cap
    gap = most
    unlikely = most * plan.unlikely_share
    not_domestic = most * (1.0 - plan.domestic_target)
    grey = most * plan.grey_share
    first = (use * 2 + (1 if limits & RULES_LIMIT else 0)) * count
    for place in range(first, first + count):
        if gap <= 0.0:
            break
        rank = future.ranks[place]
        if limits & RULES_LIMIT and rank.moved:
            note_stop(future, RULES_LIMIT, RULES_LIMIT | MONEY_LIMIT if penniless(future, limits) else RULES_LIMIT)
        if rank.cost == math.inf:
            break
        if not future.limits[rank.offer].sold:
            continue
        offer = future.offers[rank.offer]
        wish = gap
        if rank.delivery < plan.likely_from:
            wish = min(wish, unlikely)
        if not BOUGHT_HOME[int(offer.pathway)]:
            wish = min(wish, not_domestic)
        if GREY[int(offer.pathway)]:
            wish = min(wish, grey)
        units = within(future, limits, rank.offer, wish / rank.worth)
        if units > 0.0:
            bring = units * rank.worth
            gap -= bring
            if rank.delivery < plan.likely_from:
                unlikely -= bring
            if not BOUGHT_HOME[int(offer.pathway)]:
                not_domestic -= bring
            if GREY[int(offer.pathway)]:
                grey -= bring
            if use == TRAIN:
                offer.for_training = units
            else:
                offer.for_serving = units
    return most - max(0.0, gap)


@compilable
def note_stop(future: Future, enough: int, stops: int) -> None:
    """Note the limits that stop an offer together (`stops`: all would have to open for more of it).

    `enough` of them stop it too if the others are open.
    """
    plan = future.procurement[0]
    plan.bound |= enough
    plan.stops |= 1 << stops


@compilable
def binding(future: Future) -> int:
    """The limits that bind in the last fill: those in the smallest sets that stopped an offer together.

    A set that contains another one that stopped an offer does not count: opening the smaller one comes first.
    """
    stops = future.procurement[0].stops
    limits_that_bind = 0
    for limits in range(1, ALL_LIMITS + 1):
        if (stops >> limits) & 1:
            part = (limits - 1) & limits
            while part and not (stops >> part) & 1:
                part = (part - 1) & limits
            if not part:
                limits_that_bind |= limits
    return limits_that_bind


@compilable
def penniless(future: Future, limits: int) -> bool:
    """Whether money is limited, and neither money nor credit is left."""
    plan = future.procurement[0]
    return limits & MONEY_LIMIT != 0 and plan.money_left + plan.credit_left <= NEGLIGIBLE


@compilable
def within(future: Future, limits: int, o: int, units: float) -> float:
    """Chips of an offer, of so many wished for, that the limits let through; those that leave no more are noted.

    What they cost is taken from money, for rent at home from credit first.
    """
    plan = future.procurement[0]
    offer = future.offers[o]
    limit = future.limits[o]
    site = future.sites[future.holdings[offer.holding].site]
    at_home = RENTED_HOME[int(offer.pathway)]
    purse = plan.money_left + plan.credit_left if at_home else plan.money_left
    taken = offer.for_training + offer.for_serving
    afford, rules, quantity, powered = math.inf, math.inf, math.inf, math.inf
    if limits & MONEY_LIMIT and units * limit.price > purse:
        afford = purse / limit.price
    if limits & RULES_LIMIT:
        rules = limit.rules - taken
    if limits & limit.owner:
        quantity = limit.quantity - taken
    if limits & SITES_LIMIT and limit.power > 0.0:
        powered = limit.site - site.planned / limit.power
    given = max(0.0, min(units, afford, rules, quantity, powered))
    if given < units:
        stops = 0
        if afford <= given:
            stops |= MONEY_LIMIT
        if rules <= given:
            stops |= RULES_LIMIT
        if quantity <= given:
            stops |= limit.owner
        if powered <= given:
            stops |= SITES_LIMIT
        note_stop(future, MONEY_LIMIT if stops & MONEY_LIMIT else stops, stops)
    if given <= 0.0:
        return 0.0
    site.planned += given * limit.power
    if limits & MONEY_LIMIT:
        cost = given * limit.price
        from_credit = min(plan.credit_left, cost) if at_home else 0.0
        plan.credit_left -= from_credit
        plan.money_left = max(0.0, plan.money_left - (cost - from_credit))  # rounding leaves no debt
    return given
