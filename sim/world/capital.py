"""Capital: what comes in, what cannot be put off, and the talks that may bring more.

A round of talks is opened, goes through term sheet, diligence and approvals, and closes; or it stalls, and a stalled
round resumes, smaller, or collapses. Each named investor joins or not, pays part of its money at the close and the
rest later, and may pay partly in cloud credit, which also brings rental capacity. After a close the next round opens;
in a stall other finance may be found (a state fund, a bank, a vendor). The founder's facility is a yearly flow that
goes with the fund's year. Cash that does not reach for what cannot be put off is insolvency: the future says so, debts
stand in arrears, and the lab goes on shrinking.
Left out: valuation and dilution, taxes, currency.
Units: USD, days. Facts: c.deepseek_funding_2026, c.comparable_rounds, c.p_round_closes_given_advanced_talks,
c.p_named_investor_joins, c.high_flyer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.luck import after, chance, compilable, draw
from sim.language.section import (
    MW,
    Count,
    Date,
    Days,
    Growth,
    Luck,
    Number,
    Price,
    Ratio,
    Section,
    Share,
    Thing,
    Units,
    USDPerKWh,
    USDPerYear,
    parameter,
    state,
)
from sim.world import fleet, ledger, market
from sim.world.arithmetic import MONTH, YEAR, power, whole
from sim.world.kinds import FALLBACK_PAID, TALKS_CLOSED, TALKS_DECIDED, TALKS_OPENED, TALKS_RESUMED, TRANCHE_PAID
from sim.world.ledger import CREDIT, CUSTOMERS, ENERGY, FALLBACK, FOUNDER, INVESTORS, OPENING, OPERATIONS, RENT
from sim.world.purposes import (
    APPROVAL_TIME,
    FALLBACK_FOUND,
    FALLBACK_TIME,
    FUND_YEAR,
    INVESTOR_JOINED,
    NEXT_ROUND_TIME,
    RESUME_TIME,
    RESUMED,
    STALL_TIME,
    TALKS_LUCK,
    TALKS_TIME,
    TRANCHE_TIME,
)

if TYPE_CHECKING:
    from sim.world.future import Future

QUIET, TALKING, CLOSING, CLOSED, STALLED, COLLAPSED = range(6)
HOURS_A_DAY = 24.0
KW_IN_MW = 1000.0
LONGEST_RUNWAY = 120.0
"""Months beyond which a runway is not told apart."""


class Capital(Section):
    """Scenario section `capital`."""

    cash: Price = parameter("cash on the first day")
    operations: USDPerYear = parameter(
        "people and all that cannot be put off, a year, with the power of the opening fleet, without rent"
    )
    operations_growth: Growth = parameter("growth of that, as long as money is not short")
    saving: Share = parameter("part of operations saved each month while money is short")
    least: Share = parameter("part of the first day's operations that cannot be saved")
    energy: USDPerKWh = parameter("price of electricity")
    facility: USDPerYear = parameter("what the founder's fund gives in a year")
    fund_year: Luck[Ratio] = parameter("how good the fund's year is, over an ordinary one")

    running: Ratio = state("operations today, over those of the first day")
    opening_power: MW = state("power drawn on the first day, paid within operations")


class Talks(Section):
    """Scenario section `capital.talks`: the round under way, and those after it."""

    opened: Date = parameter("first reported")
    closes: Share = parameter("odds that a round closes without a stall")
    time: Luck[Days] = parameter("first report to the decision")
    approvals: Luck[Days] = parameter("approvals between decision and close (antitrust, security)")
    not_before: Date = parameter("no round closes before this date", absent=-math.inf)
    size: Price = parameter("money in the first round, if all join")
    next_size: Ratio = parameter("size of a next round over the last")
    next_after: Luck[Days] = parameter("end of a round, closed or collapsed, to the opening of the next")
    stall_time: Luck[Days] = parameter("first report to a stall, when it stalls")
    resumes: Share = parameter("odds that a stalled round resumes")
    resume_time: Luck[Days] = parameter("stall to resumption")
    resume_size: Ratio = parameter("size of a resumed round over what it was")
    paid_at_close: Share = parameter("share of the money paid at the close; the rest comes later")
    rest_after: Luck[Days] = parameter("close to the rest of the money")
    fallback: Share = parameter("odds that other finance is found after a stall")
    fallback_size: Price = parameter("money from other finance")
    fallback_time: Luck[Days] = parameter("stall to that money")

    stage: Count = state("quiet, talking, closing, closed, stalled, collapsed")
    round: Count = state("rounds opened so far")
    asked: Price = state("size of the round under way")
    raised: Price = state("money and credit raised so far")
    closes_so_far: Count = state("rounds closed so far")
    first_close: Number = state("day of the first close")
    stalls: Count = state("stalls so far")
    first_stall: Number = state("day of the first stall")
    signed: Price = state("signed and not yet paid")


class Investor(Thing):
    """One party to the talks. Scenario list `capital.investors`."""

    joins: Share = parameter("odds that it joins a round that closes")
    weight: Share = parameter("its part of the round")
    in_kind: Share = parameter("part of its money that comes as cloud credit", absent=0.0)
    depth: Units = parameter("rental depth at home that it brings when it first joins", absent=0.0)

    joined: Count = state("rounds it has joined")


@compilable
def opened(future: Future) -> None:
    """Opening cash, and talks as first reported (before the first day: by now they are under way)."""
    ledger.received(future, OPENING, future.capital[0].cash)
    future.capital[0].running = 1.0
    future.capital[0].opening_power = fleet.megawatts(future)
    talks = future.talks[0]
    talks.asked = talks.size
    start_round(future, talks.opened - future.clock[0].now)


@compilable
def start_round(future: Future, since: float) -> None:
    """Talks are known; they are decided, or stall, some time after the first report."""
    talks = future.talks[0]
    talks.stage = TALKING
    talks.round += 1
    if chance(future, TALKS_LUCK, 0, talks.round, talks.closes):
        wait = since + draw(future, TALKS_TIME, 0, talks.round, talks.time)
        after(future, max(0.0, wait), TALKS_DECIDED, 1)
    else:
        wait = since + draw(future, STALL_TIME, 0, talks.round, talks.stall_time)
        after(future, max(0.0, wait), TALKS_DECIDED, 0)


@compilable
def next_opened(future: Future) -> None:
    """The next round is reported."""
    talks = future.talks[0]
    talks.asked = whole(talks.asked * talks.next_size)
    start_round(future, 0.0)


@compilable
def decided(future: Future, agreed: int) -> None:
    """A term sheet, and then the approvals; or a stall."""
    talks = future.talks[0]
    if agreed:
        talks.stage = CLOSING
        wait = draw(future, APPROVAL_TIME, 0, talks.round, talks.approvals)
        after(future, max(wait, talks.not_before - future.clock[0].now), TALKS_CLOSED)
    else:
        stalled(future)


@compilable
def stalled(future: Future) -> None:
    """Talks stall: they may resume, and other finance may be found."""
    talks = future.talks[0]
    talks.stage = STALLED
    if talks.stalls == 0:
        talks.first_stall = future.clock[0].now
    talks.stalls += 1
    if chance(future, FALLBACK_FOUND, 0, talks.round, talks.fallback):
        after(future, draw(future, FALLBACK_TIME, 0, talks.round, talks.fallback_time), FALLBACK_PAID)
    if chance(future, RESUMED, 0, talks.round, talks.resumes):
        wait = draw(future, RESUME_TIME, 0, talks.round, talks.resume_time)
        after(future, max(wait, talks.not_before - future.clock[0].now), TALKS_RESUMED)
    else:
        talks.stage = COLLAPSED
        after(future, draw(future, NEXT_ROUND_TIME, 0, talks.round, talks.next_after), TALKS_OPENED)


@compilable
def resumed(future: Future) -> None:
    """A stalled round is on again, smaller; this time it is decided by the terms it resumes with."""
    talks = future.talks[0]
    talks.asked = whole(talks.asked * talks.resume_size)
    talks.stage = CLOSING
    after(future, draw(future, APPROVAL_TIME, 1, talks.round, talks.approvals), TALKS_CLOSED)


@compilable
def closed(future: Future) -> None:
    """Each named investor joins or not; who joins pays a part now, partly in kind."""
    talks = future.talks[0]
    talks.stage = CLOSED
    if talks.closes_so_far == 0:
        talks.first_close = future.clock[0].now
    talks.closes_so_far += 1
    for i in range(future.counts[0].investors):
        investor = future.investors[i]
        if chance(future, INVESTOR_JOINED, investor.key, talks.round, investor.joins):
            invest(future, i)
    after(future, draw(future, NEXT_ROUND_TIME, 0, talks.round, talks.next_after), TALKS_OPENED)


@compilable
def invest(future: Future, i: int) -> None:
    """One investor's money: credit and a first part now, the rest later."""
    talks = future.talks[0]
    investor = future.investors[i]
    money = whole(talks.asked * investor.weight)
    in_kind = whole(money * investor.in_kind)
    now = whole((money - in_kind) * talks.paid_at_close)
    rest = money - in_kind - now
    if investor.joined == 0:
        future.lab[0].depth_brought += investor.depth
    investor.joined += 1
    talks.raised += money
    ledger.pay(future, INVESTORS, CREDIT, in_kind)
    ledger.received(future, INVESTORS, now)
    talks.signed += rest
    after(future, draw(future, TRANCHE_TIME, investor.key, talks.round, talks.rest_after), TRANCHE_PAID, i, rest)


@compilable
def tranche_paid(future: Future, amount: float) -> None:
    """The rest of an investor's money."""
    future.talks[0].signed -= amount
    ledger.received(future, INVESTORS, amount)


@compilable
def fallback_paid(future: Future) -> None:
    """Other finance arrives."""
    ledger.received(future, FALLBACK, future.talks[0].fallback_size)


@compilable
def month_paid(future: Future, days: float, revenue: float) -> None:
    """What came in and what could not be put off this month; then how long the cash lasts."""
    lab = future.lab[0]
    hired(future, days)
    before = ledger.net(future)
    ledger.received(future, CUSTOMERS, revenue)
    year = int(future.clock[0].now / YEAR)
    given = future.capital[0].facility * draw(future, FUND_YEAR, 0, year, future.capital[0].fund_year)
    ledger.received(future, FOUNDER, given * days / YEAR)
    ledger.must_pay(future, OPERATIONS, future.capital[0].operations * future.capital[0].running * days / YEAR)
    added = max(0.0, fleet.megawatts(future) - future.capital[0].opening_power)
    power_hours = added * KW_IN_MW * HOURS_A_DAY * days
    ledger.must_pay(future, ENERGY, power_hours * future.capital[0].energy)
    pay_rent(future, days)
    lab.burn = (before - ledger.net(future)) * MONTH / days
    lab.runway = LONGEST_RUNWAY
    if lab.burn > 0.0:
        lab.runway = max(0.0, min(LONGEST_RUNWAY, ledger.cash(future) / lab.burn))
    if not lab.insolvent and future.accounts[ledger.ARREARS].balance < 0.0:
        lab.insolvent = 1
        lab.insolvent_on = future.clock[0].now


@compilable
def hired(future: Future, days: float) -> None:
    """Operations grow; while money is short they shrink instead, down to what the lab cannot do without."""
    capital = future.capital[0]
    if future.lab[0].short_of_money:
        capital.running = max(capital.least, capital.running * (1.0 - capital.saving))
    else:
        capital.running *= power(capital.operations_growth, days / YEAR)


@compilable
def pay_rent(future: Future, days: float) -> None:
    """Rent of the month: at home from cloud credit first."""
    lab = future.lab[0]
    lab.rent = 0.0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        if offer.on_rent > 0.0:
            due = whole(offer.on_rent * market.rent(future, o) * HOURS_A_DAY * days)
            lab.rent += due * MONTH / days
            from_credit = 0.0
            if offer.pathway == market.RENTED_HOME:
                from_credit = min(due, ledger.credit(future))
                ledger.pay(future, CREDIT, RENT, from_credit)
            ledger.must_pay(future, RENT, due - from_credit)
