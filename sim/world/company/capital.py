"""Capital: what comes in each month, and what cannot be put off.

The founder's facility is a yearly flow that goes with the fund's year; customers pay by the token; rounds of outside
money have a page of their own (rounds.py). Operations grow, unless money is short. Then the lab saves in this order,
each step at a shorter runway: on rent, which ends with its contracts (holdings.py); on hiring and operations; on the
size of campaigns, which end at their due date (training.py) and yield chips to customers who pay (sharing.py). Cash
that does not reach for what cannot be put off is insolvency: the future says so, debts stand in arrears, and the lab
goes on shrinking.
Left out: taxes, interest, currency.
Units: USD, days. Facts: c.fee_revenue_2025_usd, c.high_flyer_aum, c.headcount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.declarations import (
    MW,
    USD,
    Days,
    Growth,
    Luck,
    Number,
    Price,
    Ratio,
    Section,
    Share,
    USDPerKWh,
    USDPerYear,
    parameter,
    state,
)
from sim.language.events import compilable
from sim.language.luck import draw, purpose
from sim.world.arithmetic import HOURS_A_DAY, MONTH, YEAR, power, whole
from sim.world.company import ledger
from sim.world.company.ledger import COUNTERFACTUAL, CREDIT, CUSTOMERS, ENERGY, FOUNDER, OPENING, OPERATIONS, RENT
from sim.world.dials import REMOVED
from sim.world.fleet import holdings
from sim.world.fleet.holdings import KW_IN_MW
from sim.world.lab import CAMPAIGNS, HIRING, LONGEST_RUNWAY, NO_AUSTERITY
from sim.world.lab import RENT as ON_RENT
from sim.world.pathways import RENTED_HOME
from sim.world.supply import market

if TYPE_CHECKING:
    from sim.world.course.future import Future

FUND_YEAR = purpose("fund year")

QUIET, TALKING, CLOSING, CLOSED, STALLED, COLLAPSED = range(6)
"""Stages of a round of talks."""


class Capital(Section):
    """Scenario section `capital`."""

    cash: Price = parameter("cash on the first day")
    operations: USDPerYear = parameter(
        "people and all that cannot be put off, a year, with the power of the opening fleet, without rent"
    )
    operations_growth: Growth = parameter("growth of that, as long as money is not short")
    hiring_floor: Days = parameter("runway below which a lab that is short of money saves on hiring and operations too")
    campaign_floor: Days = parameter("runway below which it saves on the size of campaigns as well")
    saving: Share = parameter("part of operations saved each month while the lab saves on them")
    least: Share = parameter("part of the first day's operations that cannot be saved")
    training_concession: Share = parameter(
        "part of its weight against serving that training gives up while campaigns are saved on"
    )
    energy: USDPerKWh = parameter("price of electricity")
    facility: USDPerYear = parameter("what the founder's fund gives in a year")
    fund_year: Luck[Ratio] = parameter("how good the fund's year is, over an ordinary one")

    running: Ratio = state("operations today, over those of the first day", watched=True)
    opening_power: MW = state("power drawn on the first day, paid within operations")
    settled: Number = state("day up to which the three flows below have been counted")
    facility_due: USD = state("the founder's money of this month so far")
    operations_due: USD = state("operations of this month so far")
    energy_due: USD = state("electricity of this month so far, beyond that of the opening fleet")


@compilable
def first_day(future: Future) -> None:
    """Opening cash. How long it lasts is not known before the first month is over."""
    given(future, OPENING, future.capital[0].cash)
    future.lab[0].runway = LONGEST_RUNWAY
    future.capital[0].running = 1.0
    future.capital[0].opening_power = holdings.megawatts(future)


@compilable
def given(future: Future, source: int, amount: float) -> None:
    """Money from outside, and what relief adds to it."""
    ledger.received(future, source, amount)
    ledger.received(future, COUNTERFACTUAL, relieved(future, amount))


@compilable
def relieved(future: Future, amount: float) -> float:
    """What the dial of the budget adds to money or credit from outside; where it removes the budget, none is needed."""
    dial = future.dials[0].budget
    return amount * dial if dial < REMOVED else 0.0


@compilable
def fund(future: Future) -> float:
    """How good this year is for the founder's fund, over an ordinary one."""
    return draw(future, FUND_YEAR, 0, int(future.clock[0].now / YEAR), future.capital[0].fund_year)


@compilable
def settled(future: Future) -> None:
    """Count the money that flows, up to now, at the rates and prices that held since the last time."""
    capital = future.capital[0]
    days = future.clock[0].now - capital.settled
    capital.settled = future.clock[0].now
    capital.facility_due += capital.facility * fund(future) * days / YEAR
    capital.operations_due += capital.operations * capital.running * days / YEAR
    added = max(0.0, holdings.megawatt_days(future) - capital.opening_power * days)
    capital.energy_due += added * KW_IN_MW * HOURS_A_DAY * capital.energy
    for o in range(future.counts[0].offers):
        market.rent_counted(future, o)


@compilable
def month_paid(future: Future, days: float, revenue: float) -> None:
    """What came in and what could not be put off this month; then how long the cash lasts."""
    lab = future.lab[0]
    capital = future.capital[0]
    hired(future, days)
    settled(future)
    before = ledger.net(future)
    ledger.received(future, CUSTOMERS, revenue)
    given(future, FOUNDER, capital.facility_due)
    ledger.must_pay(future, OPERATIONS, capital.operations_due)
    ledger.must_pay(future, ENERGY, capital.energy_due)
    capital.facility_due = 0.0
    capital.operations_due = 0.0
    capital.energy_due = 0.0
    pay_rent(future, days)
    lab.burn = (before - ledger.net(future)) * MONTH / days
    lab.runway = LONGEST_RUNWAY
    if lab.burn > 0.0:
        lab.runway = max(0.0, min(LONGEST_RUNWAY, ledger.means(future) / lab.burn))
    if future.accounts[ledger.ARREARS].balance < 0.0:
        lab.insolvent_days += days
        if not lab.insolvent:
            lab.insolvent = 1
            lab.insolvent_on = future.clock[0].now


@compilable
def austerity_level(future: Future, spendable: float) -> int:
    """What the lab saves on this month; a later step is never taken without those before it."""
    capital = future.capital[0]
    runway = future.lab[0].runway * MONTH
    if spendable > 0.0 or future.dials[0].budget >= REMOVED:
        return NO_AUSTERITY
    if runway >= capital.hiring_floor:
        return ON_RENT
    return HIRING if runway >= capital.campaign_floor else CAMPAIGNS


@compilable
def hired(future: Future, days: float) -> None:
    """Operations grow; while the lab saves on them they shrink instead, down to what it cannot do without."""
    capital = future.capital[0]
    if future.lab[0].austerity >= HIRING:
        capital.running = max(capital.least, capital.running * power(1.0 - capital.saving, days / MONTH))
    else:
        capital.running *= power(capital.operations_growth, days / YEAR)


@compilable
def pay_rent(future: Future, days: float) -> None:
    """Rent of the month: at home from cloud credit first."""
    lab = future.lab[0]
    lab.rent = 0.0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        if offer.rent_due > 0.0:
            due = whole(offer.rent_due)
            offer.rent_due = 0.0
            from_credit = 0.0
            if RENTED_HOME[int(offer.pathway)]:
                from_credit = min(due, ledger.credit(future))
                ledger.pay(future, CREDIT, RENT, from_credit)
            lab.rent += (due - from_credit) * MONTH / days
            ledger.must_pay(future, RENT, due - from_credit)
