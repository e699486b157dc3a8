"""Accounts: each month-end closes the books: writes the month's row and checks that nothing vanished.

Conservation is tested with `==`, on whole dollars and whole chips: all balances together are zero; chips ordered are
those under way, delivered, refused, cancelled and seized; chips of a holding are those waiting, starting, running, out
for repair, lost and given back; a vendor's allotment is stock and sales;
a use's shortfall is the sum of its causes. A breach stops the run.
Units: as in the pages whose numbers are kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.language.section import (
    FLOP,
    MW,
    USD,
    Count,
    Date,
    Number,
    Ratio,
    Row,
    Section,
    ServeUnits,
    Share,
    TokensPerDay,
    TrainUnits,
    Units,
    parameter,
    state,
)
from sim.world import causes, fleet, ledger, market, ribbon
from sim.world.arithmetic import MONTH
from sim.world.causes import CAUSES, USES, Onsets, Parts
from sim.world.orders import DELIVERED, STAGES

if TYPE_CHECKING:
    from sim.world.future import Future

SECONDS = 86400.0
TERA = 1e12


class Window(Section):
    """Scenario section `window`: the time that findings are about."""

    measured_from: Date = parameter("shares and averages of findings begin here")
    leads_until: Date = parameter("findings lead with the time before this date; what follows is extrapolation")
    later: Date = parameter("the later date at which the fleet is shown")


class Month(Section):
    """A month of the calendar. Made by assembly."""

    begins: Number = state("first day")
    ends: Number = state("first day after it")
    year: Number = state("calendar year")


class Book(Parts):
    """What the books say of one month. These are the series that results show."""

    cash: USD = state("cash at the month's end")
    runway: Number = state("months that cash lasts at this month's net burn, at most 120")
    raised: USD = state("money and credit raised so far")
    owned: Number = state("owned H100e")
    rented: Number = state("rented H100e")
    licensed: Number = state("H100e delivered under licence so far")
    domestic: Number = state("domestic H100e delivered so far")
    grey: Number = state("grey H100e delivered so far")
    rented_home: Number = state("H100e on rent at home")
    rented_abroad: Number = state("H100e on rent abroad")
    train_wanted: TrainUnits = state("training units wanted, averaged over the month")
    train_effective: TrainUnits = state("training units at work, averaged over the month")
    tokens_wanted: TokensPerDay = state("tokens wanted a day")
    tokens_served: TokensPerDay = state("tokens served a day")
    serve_wanted: ServeUnits = state("serving units wanted, averaged over the month")
    serve_capacity: ServeUnits = state("serving units at work, averaged over the month")
    power: MW = state("power drawn by owned chips")
    on_order: Units = state("chips ordered and under way")


class Outcome(Parts, Onsets):
    """What one future comes to: a row of `outcomes.parquet`."""

    next_released: Share = state("1 if the next flagship is out by the end")
    next_delay: Number = state("its delay in months; not out: the least it can be")
    next_size: Ratio = state("its size over plan; not out: the work done so far")
    second_released: Share = state("1 if the flagship after it is out by the end")
    second_delay: Number = state("its delay in months; not out: the least it can be")
    second_size: Ratio = state("its size over plan; not out: the work done so far")
    train_short: Share = state("training compute wanted and not there, over wanted, in the measured year")
    unserved: Share = state("tokens wanted and not served, over wanted, in the measured year")
    train_effective: TrainUnits = state("training units at work at the end of the leading window")
    train_wanted: TrainUnits = state("training units wanted at the end of the leading window")
    trained: FLOP = state("training work done in all, physical FLOP")
    owned: Number = state("owned H100e at the end of the leading window")
    owned_later: Number = state("owned H100e at the later date")
    rented: Number = state("rented H100e at the end of the leading window")
    licensed: Number = state("H100e delivered under licence by the end of the leading window")
    domestic: Number = state("domestic H100e delivered by then")
    grey: Number = state("grey H100e delivered by then")
    rented_home: Number = state("H100e on rent at home then")
    rented_abroad: Number = state("H100e on rent abroad then")
    power: MW = state("power drawn by owned chips then")
    lowest_cash: USD = state("lowest month-end cash in the leading window")
    lowest_runway: Number = state("lowest runway at a month's end in the leading window, months")
    insolvent: Share = state("1 if insolvent by the end")
    insolvent_on: Number = state("day of it; if not, the last day")
    closed: Share = state("1 if a round closed by the end of the leading window")
    closed_on: Number = state("day of the first close; if none, the last day")
    stalled: Share = state("1 if talks stalled by the end of the leading window")
    raised: USD = state("money and credit raised by the end of the leading window")


class Lab(Section):
    """The lab: what pages share about it. Nothing here is given by a scenario."""

    train_anchor: TrainUnits = state("training units wanted on the first day")
    train_wanted: TrainUnits = state("training units wanted now")
    train_wanted_then: TrainUnits = state("training units forecast for when an order placed now would run")
    serve_wanted_then: ServeUnits = state("serving units forecast for then")
    train_rate: TrainUnits = state("training units at work now")
    serve_rate: ServeUnits = state("serving units at work now")
    serving_share: Share = state("part of the training-grade chips that serves now")
    pool_rate: TrainUnits = state("training units of the final run's pool now")
    train_chips: TrainUnits = state("chips that train, or are in repair, at their stack's ceiling and planned goodput")
    train_soft: TrainUnits = state("the same as their stack stands, at planned goodput")
    serve_chips: ServeUnits = state("chips that serve, or are in repair, at their stack's ceiling")
    serve_soft: ServeUnits = state("the same as their stack stands")
    settled: Number = state("day up to which work has been counted")
    month_closes: Number = state("day on which the books of this month close")
    train_days: Number = state("unit-days of training this month")
    serve_days: Number = state("unit-days of serving this month")
    train_chip_days: Number = state("unit-days of chips for training this month, at their stack's ceiling")
    train_soft_days: Number = state("the same as their stack stood")
    serve_chip_days: Number = state("unit-days of chips for serving this month, at their stack's ceiling")
    serve_soft_days: Number = state("the same as their stack stood")
    trained: Number = state("unit-days of training in all")
    ahead: Number = state("unit-days of research done ahead for the next campaign")
    campaign: Row = state("the campaign under way, -1 for none")
    version: Count = state("counts how often the fleet was rated; a phase end of an older one is void")
    released: Count = state("flagships released")
    tokens_wanted: Number = state("tokens wanted this month")
    tokens_served: Number = state("tokens served this month")
    orders: Count = state("orders placed")
    first_open: Count = state("the first order of which chips may still be missing")
    ordered: Units = state("chips ordered")
    unpaid: USD = state("still to be paid on orders under way")
    depth_brought: Units = state("rental depth at home that investors brought")
    rent: USD = state("rent a month")
    burn: USD = state("what cash lost this month by what cannot be put off, net of revenue and facility")
    runway: Number = state("months that cash lasts at this burn")
    short_of_money: Count = state("1 while there is nothing to spend above the reserve")
    insolvent: Count = state("1 once arrears arose")
    insolvent_on: Number = state("day of it")


@compilable
def closed(future: Future, m: int, days: float) -> None:
    """Close the books of month `m`: its row, then the checks."""
    lab = future.lab[0]
    book = future.books[m]
    book.cash = ledger.cash(future)
    book.runway = lab.runway
    book.raised = future.talks[0].raised
    book.train_wanted = ribbon.train_wanted(future, m)
    book.train_effective = lab.train_days / days
    book.tokens_wanted = lab.tokens_wanted / days
    book.tokens_served = lab.tokens_served / days
    book.serve_wanted = ribbon.serve_wanted(future, m)
    book.serve_capacity = lab.serve_days / days
    book.power = fleet.megawatts(future)
    chips_counted(future, m)
    ribbon.month_divided(future, m, days)
    lab.train_days = 0.0
    lab.train_chip_days = 0.0
    lab.train_soft_days = 0.0
    lab.serve_days = 0.0
    lab.serve_chip_days = 0.0
    lab.serve_soft_days = 0.0
    checked(future)


@compilable
def chips_counted(future: Future, m: int) -> None:
    """H100e by tenure and by pathway."""
    book = future.books[m]
    owned = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.tenure == fleet.OWNED:
            units = holding.waiting + holding.starting + holding.online + holding.down
            owned += units * future.chips[holding.chip].h100e
    book.owned = owned
    book.on_order = 0.0
    book.licensed = 0.0
    book.domestic = 0.0
    book.grey = 0.0
    book.rented_home = 0.0
    book.rented_abroad = 0.0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        each = future.chips[offer.chip].h100e
        book.on_order += offer.on_order
        if offer.pathway == market.LICENSED:
            book.licensed += offer.delivered * each
        elif offer.pathway == market.DOMESTIC:
            book.domestic += offer.delivered * each
        elif offer.pathway == market.GREY:
            book.grey += offer.delivered * each
        elif offer.pathway == market.RENTED_HOME:
            book.rented_home += offer.on_rent * each
        else:
            book.rented_abroad += offer.on_rent * each
    book.rented = book.rented_home + book.rented_abroad


@compilable
def checked(future: Future) -> None:
    """Nothing vanishes. Raises ArithmeticError naming what does not add up."""
    total = 0.0
    for a in range(ledger.ACCOUNTS):
        total += future.accounts[a].balance
    if total != 0.0:
        raise ArithmeticError("dollars: the balances of all accounts do not add up to zero")
    stood = 0.0
    for stage in range(STAGES):
        stood += future.stages[stage].units
    if stood != future.lab[0].ordered:
        raise ArithmeticError("chips: ordered is not under way + delivered + refused + cancelled + seized")
    received = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        received += holding.received
        here = holding.waiting + holding.starting + holding.online + holding.down
        if here + holding.retired + holding.returned != holding.opening + holding.received:
            raise ArithmeticError("chips: a holding is not waiting + starting + running + in repair + lost + returned")
    if received != future.stages[DELIVERED].units:
        raise ArithmeticError("chips: delivered is not what the holdings received")
    for s in range(future.counts[0].supplies):
        supply = future.supplies[s]
        if supply.stock + supply.sold != supply.allotted:
            raise ArithmeticError("chips: a vendor's allotment is not stock + sales")
    for which in range(USES):
        parts = 0.0
        for cause in range(which * CAUSES, which * CAUSES + CAUSES):
            parts += future.parts[cause].grains
        if parts != future.gaps[which].grains:
            raise ArithmeticError("shortfall: the parts of the causes do not add up to it")


@compilable
def ended(future: Future) -> None:
    """The future is over: what it comes to."""
    outcome = future.outcome[0]
    lab = future.lab[0]
    now = future.clock[0].now
    h800 = future.yardstick[0]
    outcome.trained = lab.trained * SECONDS * h800.bf16 * TERA * h800.utilisation
    outcome.insolvent = 1.0 if lab.insolvent else 0.0
    outcome.insolvent_on = lab.insolvent_on if lab.insolvent else now
    talks = future.talks[0]
    closed_in_time = talks.closes_so_far > 0 and talks.first_close < future.window[0].leads_until
    outcome.closed = 1.0 if closed_in_time else 0.0
    outcome.closed_on = talks.first_close if talks.closes_so_far > 0 else now
    outcome.stalled = 1.0 if talks.stalls > 0 and talks.first_stall < future.window[0].leads_until else 0.0
    campaigns_told(future)
    window_told(future)
    causes.told(future)


@compilable
def campaigns_told(future: Future) -> None:
    """Date and size of the next two flagships against plan."""
    outcome = future.outcome[0]
    outcome.next_released = 0.0
    outcome.next_delay = 0.0
    outcome.next_size = 0.0
    outcome.second_released = 0.0
    outcome.second_delay = 0.0
    outcome.second_size = 0.0
    for c in range(future.counts[0].campaigns):
        campaign = future.campaigns[c]
        released = 1.0 if campaign.ended > 0.0 else 0.0
        until = campaign.ended if campaign.ended > 0.0 else future.clock[0].now
        delay = (until - campaign.due) / MONTH
        plan = campaign.research_plan + campaign.final_plan
        size = (campaign.research_done + campaign.final_done) / plan if plan > 0.0 else 0.0
        if campaign.nth == 1.0:
            outcome.next_released = released
            outcome.next_delay = delay
            outcome.next_size = size
        elif campaign.nth == 2.0:
            outcome.second_released = released
            outcome.second_delay = delay
            outcome.second_size = size


@compilable
def window_told(future: Future) -> None:
    """What the books say of the measured year, of the leading window and of its end."""
    outcome = future.outcome[0]
    window = future.window[0]
    zeroed(future)
    wanted = 0.0
    effective = 0.0
    tokens_wanted = 0.0
    tokens_served = 0.0
    for m in range(future.counts[0].months):
        month = future.months[m]
        book = future.books[m]
        days = month.ends - month.begins
        if month.ends <= window.later:
            outcome.owned_later = book.owned
        if month.ends <= window.leads_until:
            window_noted(future, m)
            if month.begins >= window.measured_from:
                wanted += book.train_wanted * days
                effective += min(book.train_effective, book.train_wanted) * days
                tokens_wanted += book.tokens_wanted * days
                tokens_served += book.tokens_served * days
    outcome.train_short = 1.0 - effective / wanted if wanted > 0.0 else 0.0
    outcome.unserved = 1.0 - tokens_served / tokens_wanted if tokens_wanted > 0.0 else 0.0


@compilable
def zeroed(future: Future) -> None:
    """Sums and lows begin anew in every future."""
    outcome = future.outcome[0]
    outcome.lowest_cash = future.books[0].cash
    outcome.lowest_runway = future.books[0].runway
    causes.cleared(future)


@compilable
def window_noted(future: Future, m: int) -> None:
    """One month of the leading window: sums and lows, and the stocks as they stand (the last month's remain)."""
    outcome = future.outcome[0]
    book = future.books[m]
    outcome.lowest_cash = min(outcome.lowest_cash, book.cash)
    outcome.lowest_runway = min(outcome.lowest_runway, book.runway)
    causes.added(future, m)
    outcome.train_effective = book.train_effective
    outcome.train_wanted = book.train_wanted
    outcome.owned = book.owned
    outcome.rented = book.rented
    outcome.licensed = book.licensed
    outcome.domestic = book.domestic
    outcome.grey = book.grey
    outcome.rented_home = book.rented_home
    outcome.rented_abroad = book.rented_abroad
    outcome.power = book.power
    outcome.raised = book.raised
