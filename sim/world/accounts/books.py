"""Accounts: each month-end closes the books: writes the month's row and checks that nothing vanished.

Conservation is tested with `==`, on whole dollars and whole chips: all balances together are zero; chips ordered are
those under way, delivered, refused, cancelled and seized; chips of a holding are those waiting, starting, running, out
for repair, lost and given back; a vendor's allotment is stock and sales; wafers, dies, stacks and packages are where
they went; people are those of the first day and those hired, less those who left or were poached; a use's shortfall is
the sum of its causes. A breach stops the run.
Units: as in the pages whose numbers are kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    MW,
    USD,
    Date,
    Days,
    H100e,
    Months,
    Number,
    People,
    Reference,
    Section,
    ServeUnits,
    Share,
    TokensPerDay,
    TrainUnits,
    Units,
    USDPerYear,
    parameter,
    state,
)
from sim.language.events import compilable
from sim.world.accounts import performance
from sim.world.arithmetic import MONTH
from sim.world.company import ledger, rounds
from sim.world.fleet import holdings, inventory
from sim.world.geopolitics import controls
from sim.world.hardware import chips
from sim.world.purchasing.orders import DELIVERED, STAGES
from sim.world.shortfall import attribution, causes, constraints
from sim.world.shortfall.causes import CAUSES, USES
from sim.world.supply import foundry

if TYPE_CHECKING:
    from sim.world.course.future import Future


SECOND_FLAGSHIP, THIRD_FLAGSHIP = 2.0, 3.0


class Window(Section):
    """Scenario section `window`: the time that findings are about."""

    reporting_from: Date = parameter("shares and averages of findings begin here")
    reporting_until: Date = parameter("findings lead with the time before this date; what follows is extrapolation")
    later: Date = parameter("the later date at which the fleet is shown")
    reference_chip: Annotated[int, Reference("supplies")] = parameter(
        "the domestic chip that outcomes follow", default=-1.0
    )
    reference_import: Annotated[int, Reference("offers")] = parameter("the import that outcomes follow", default=-1.0)


class Month(Section):
    """A month of the calendar. Made by assembly."""

    begins: Number = state("first day")
    ends: Number = state("first day after it")


class Book(Section):
    """What the books say of one month; its causes and pathways are kept beside it."""

    cash: USD = state("cash at the month's end")
    runway: Months = state("months that cash lasts at this month's net burn, at most 120")
    plan_runway: Months = state(
        "months that cash lasted when the month began, with all that its plan would buy, at most 120"
    )
    raised: USD = state("money and credit raised so far")
    sold: Share = state("share of the lab sold so far")
    owned: H100e = state("owned H100e")
    rented: H100e = state("rented H100e")
    train_wanted: TrainUnits = state("training units wanted, averaged over the month")
    train_effective: TrainUnits = state("training units at work, averaged over the month")
    tokens_wanted: TokensPerDay = state("tokens wanted a day")
    tokens_served: TokensPerDay = state("tokens served a day")
    serve_wanted: ServeUnits = state("serving units wanted, averaged over the month")
    serve_capacity: ServeUnits = state("serving units at work, averaged over the month")
    power: MW = state("power drawn by owned chips")
    on_order: Units = state("chips ordered and under way")
    goodput: Share = state("share of time that training moved forward, repairs counted, over the month")
    restarts: Number = state("final runs restarted so far")
    frontier_gap: Months = state("months since the best rival had what the lab's best flagship has")
    tokens_hosted: TokensPerDay = state("tokens a day that the lab does not serve and other hosts of open weights do")
    revenue: USDPerYear = state("revenue of the month, by the year")
    rationing: Days = state("how long tokens have been refused even at the highest price")
    people: People = state("people at the lab")
    domestic_maturity: Share = state("utilisation of the domestic chips' software over its ceiling")
    idle: H100e = state("H100e delivered and not yet running")


@compilable
def closed(future: Future, m: int, days: float) -> None:
    """Close the books of month `m`: its row, then the checks."""
    lab = future.lab[0]
    book = future.books[m]
    book.cash = ledger.cash(future)
    book.runway = lab.runway
    book.plan_runway = lab.plan_runway
    book.raised = future.financing[0].raised
    book.sold = future.financing[0].sold
    book.train_wanted = lab.train_wanted_days / days
    book.train_effective = lab.train_days / days
    book.tokens_wanted = lab.tokens_wanted / days
    book.tokens_served = lab.tokens_served / days
    book.serve_wanted = lab.serve_wanted_days / days
    book.serve_capacity = lab.serve_days / days
    book.power = holdings.megawatts(future)
    chips_counted(future, m)
    performance.month_noted(future, m, days)
    if not future.span[0].lean:
        attribution.month_divided(future, m, days)
    performance.begun_anew(future)
    inventory.counted(future, m)
    checked(future)


@compilable
def chips_counted(future: Future, m: int) -> None:
    """H100e by tenure and by pathway, and chips under way."""
    book = future.books[m]
    book.idle = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        book.idle += (holding.waiting + holding.starting) * future.chips[holding.chip].h100e
    book.owned = holdings.owned(future)
    book.on_order = 0.0
    for o in range(future.counts[0].offers):
        book.on_order += future.offers[o].on_order
    inventory.arrivals_counted(future, m)
    book.rented = inventory.on_rent(future, m)


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
    foundry.checked(future)
    for k in range(future.counts[0].staff):
        staff = future.staff[k]
        if staff.opening + staff.hired - staff.left - staff.poached != staff.people:
            raise ArithmeticError("people: those there are not those of the first day + hired - left - poached")
    for use in range(USES):
        parts = 0.0
        for cause in range(use * CAUSES, use * CAUSES + CAUSES):
            parts += future.parts[cause].grains
        if parts != future.gaps[use].grains:
            raise ArithmeticError("shortfall: the parts of the causes do not add up to it")


LEAN = ("train_short", "unserved", "tokens_served")
"""Outcomes of a lean future, known with the month in which the measured year ends."""

LEAN_DELAYS = ("next_released", "next_delay", "second_released", "second_delay")
"""And those known once both flagships are out, or so late that it does not matter when they come."""


@compilable
def are_decided(future: Future, m: int) -> bool:
    """Whether all that a lean future is asked for is known once month `m` is booked."""
    ends = future.months[m].ends
    if ends < future.window[0].reporting_until:
        return False
    for c in range(future.counts[0].campaigns):
        campaign = future.campaigns[c]
        is_open = campaign.nth <= SECOND_FLAGSHIP and campaign.ended <= 0.0
        if is_open and (ends - campaign.due) / MONTH < future.span[0].lateness:
            return False
    return True


@compilable
def ended(future: Future) -> None:
    """The future is over: what it comes to."""
    outcome = future.outcome[0]
    lab = future.lab[0]
    now = future.clock[0].now
    outcome.trained = chips.flop(future, lab.trained)
    outcome.insolvent = 1.0 if lab.insolvent else 0.0
    outcome.insolvent_on = lab.insolvent_on if lab.insolvent else now
    controls.record_outcome(future)
    outcome.draws_rejected = future.matching[0].draws_rejected
    outcome.insolvent_days = lab.insolvent_days
    rounds.record_outcome(future)
    record_campaigns(future)
    record_window(future)
    constraints.written(future)


@compilable
def record_campaigns(future: Future) -> None:
    """Date and size of the next three flagships against plan, and the final runs of two."""
    outcome = future.outcome[0]
    for c in range(future.counts[0].campaigns):
        campaign = future.campaigns[c]
        released = 1.0 if campaign.ended > 0.0 else 0.0
        until = campaign.ended if campaign.ended > 0.0 else future.clock[0].now
        delay = (until - campaign.due) / MONTH
        plan = campaign.research_plan + campaign.final_plan
        size = (campaign.research_done + campaign.final_done) / plan if plan > 0.0 else 0.0
        final_run = chips.flop(future, campaign.final_done)
        if campaign.nth == 1.0:
            outcome.next_released = released
            outcome.next_due = campaign.due
            outcome.next_delay = delay
            outcome.next_size = size
            outcome.next_run = final_run
        elif campaign.nth == SECOND_FLAGSHIP:
            outcome.second_released = released
            outcome.second_due = campaign.due
            outcome.second_delay = delay
            outcome.second_size = size
            outcome.second_run = final_run
        elif campaign.nth == THIRD_FLAGSHIP:
            outcome.third_released = released
            outcome.third_delay = delay
            outcome.third_size = size


@compilable
def record_window(future: Future) -> None:
    """What the books say of the measured year, of the reporting window and of its end.

    A month that lies partly in the measured year counts for its days in it. What stands at the end of the leading
    window, its sums and its lows are those of the months that end in it.
    """
    outcome = future.outcome[0]
    window = future.window[0]
    outcome.lowest_cash = future.books[0].cash
    outcome.lowest_runway = future.books[0].runway
    outcome.lowest_plan_runway = future.books[0].plan_runway
    wanted = 0.0
    effective = 0.0
    tokens_wanted = 0.0
    tokens_served = 0.0
    tokens_hosted = 0.0
    measured = 0.0
    for m in range(future.counts[0].months):
        month = future.months[m]
        book = future.books[m]
        if month.ends <= window.later:
            outcome.owned_later = book.owned
        if month.ends <= window.reporting_until:
            window_noted(future, m)
        days = causes.measured_days(future, m)
        if days > 0.0:
            measured += days
            wanted += book.train_wanted * days
            effective += min(book.train_effective, book.train_wanted) * days
            tokens_wanted += book.tokens_wanted * days
            tokens_served += book.tokens_served * days
            tokens_hosted += book.tokens_hosted * days
    if not future.span[0].lean:
        causes.record_shares(future, wanted, tokens_wanted)
    outcome.train_short = 1.0 - effective / wanted if wanted > 0.0 else 0.0
    outcome.tokens_served = tokens_served / measured if measured > 0.0 else 0.0
    outcome.unserved = 1.0 - tokens_served / tokens_wanted if tokens_wanted > 0.0 else 0.0
    reached = tokens_served + tokens_hosted
    outcome.unserved_here = 1.0 - reached / tokens_wanted if tokens_wanted > 0.0 else 0.0


@compilable
def window_noted(future: Future, m: int) -> None:
    """One month of the reporting window: sums and lows, and the stocks as they stand (the last month's remain)."""
    outcome = future.outcome[0]
    book = future.books[m]
    outcome.lowest_cash = min(outcome.lowest_cash, book.cash)
    outcome.lowest_runway = min(outcome.lowest_runway, book.runway)
    outcome.lowest_plan_runway = min(outcome.lowest_plan_runway, book.plan_runway)
    outcome.train_effective = book.train_effective
    outcome.train_wanted = book.train_wanted
    outcome.tokens_wanted = book.tokens_wanted
    outcome.owned = book.owned
    outcome.rented = book.rented
    inventory.arrivals_noted(future, m)
    outcome.power = book.power
    outcome.raised = book.raised
    performance.window_noted(future, m)
    outcome.dilution = book.sold
