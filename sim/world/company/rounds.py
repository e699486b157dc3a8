"""Financing: rounds of outside money, one after another.

A round is first reported, with a size and a valuation; both drift while it is talked about. Then terms lie on the
table, and there is a yes or a no. After a yes come diligence and approvals, and the close; after a no the talks stall,
and a stalled round resumes, smaller, or collapses. Each named investor joins or not; what one leaves those who join
take up in proportion, as far as they will. Who joins pays a part at the close and the rest later, and may pay partly in
cloud credit, which also brings rental capacity. After a close or a collapse the next round opens, once the lab's plan
is funded for no longer than it likes: until then it is looked at again every month. The first round is as reported; a
later one asks for what funds so many months of the plan (what burns, and all that the plan would buy at its pace were
money no limit), no less than a round is worth the trouble, and no more than investors would give.
In a stall other finance may be found (other_finance.py).
What moves the probability of a yes: the climate and a listing of the lab (investors' nerve), the fund's year (one
market), an overdue flagship, and dilution above what the founder takes. What moves the terms: a rival bidder, a short
runway, a flagship out in time. Factors act on the odds, yes to no, so that a sure thing stays sure.
Left out: preferences and liquidation rights, secondary sales, options.
Units: USD, days, shares. Facts: c.deepseek_funding_2026, c.comparable_rounds, c.p_round_closes_given_advanced_talks,
c.p_named_investor_joins.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    Count,
    Date,
    Days,
    Luck,
    Number,
    PerYear,
    Price,
    Ratio,
    Reference,
    Section,
    Share,
    Thing,
    Units,
    parameter,
    state,
)
from sim.language.events import after, compilable, event
from sim.language.luck import chance, draw, purpose
from sim.world.arithmetic import INSTANT, MONTH, whole
from sim.world.company import capital, ledger, other_finance
from sim.world.company.capital import CLOSED, CLOSING, COLLAPSED, STALLED, TALKING
from sim.world.company.ledger import COUNTERFACTUAL, CREDIT, FALLBACK, INVESTORS
from sim.world.geopolitics import climate, controls
from sim.world.workloads import training

if TYPE_CHECKING:
    from sim.world.course.future import Future

APPROVAL_TIME = purpose("financing round approval time")
INVESTOR_JOINED = purpose("investor joined")
NEXT_ROUND_TIME = purpose("next financing round time")
RESUME_TIME = purpose("financing round resume time")
ROUND_RESUMED = purpose("financing round resumed")
RIVAL_BID = purpose("rival bid")
STALL_TIME = purpose("financing round stall time")
ROUND_CLOSES = purpose("financing round closes")
ROUND_DURATION = purpose("financing round duration")
TERMS_DRIFT = purpose("financing terms drift")
TRANCHE_TIME = purpose("tranche time")

SIZE, VALUE = 0, 1


class Financing(Section):
    """Scenario section `capital.financing`: the round under way, and those after it."""

    opened: Date = parameter("first reported")
    closes: Share = parameter("probability that a round closes without a stall, if nothing speaks for or against it")
    duration: Luck[Days] = parameter("first report to the end of diligence")
    terms_after: Share = parameter("part of that time after which terms lie on the table")
    approvals: Luck[Days] = parameter("approvals between diligence and close (antitrust, security)")
    not_before: Date = parameter("no round closes before this date", default=-math.inf)
    due: Date = parameter("a first round not closed before this date counts as stalled")
    size: Price = parameter("money in the first round as first reported, if all join")
    valuation: Price = parameter("valuation in the first round as first reported, its money included")
    drift: Luck[Ratio] = parameter("size, or valuation, when terms lie on the table, over that first reported")
    next_size: Ratio = parameter("most that investors would give in a next round, over the most in the last")
    least_size: Price = parameter("a later round asks for no less, if investors would give it", default=0.0)
    funds: Days = parameter("time of the lab's plan that a later round is to fund", default=math.inf)
    enough: Days = parameter("no later round opens while the plan is funded for longer", default=math.inf)
    next_valuation: Ratio = parameter("valuation of a next round over the last")
    next_after: Luck[Days] = parameter("end of a round, closed or collapsed, to the opening of the next")
    stall_time: Luck[Days] = parameter("first report to a stall, when it stalls")
    resumes: Share = parameter("probability that a stalled round resumes")
    resume_time: Luck[Days] = parameter("stall to resumption")
    resume_size: Ratio = parameter("size of a resumed round over what it was")
    takes_up: Ratio = parameter(
        "most that who joins takes of a round over its own part, where others leave theirs", low=1.0, default=1.0
    )
    paid_at_close: Share = parameter("share of the money paid at the close; the rest comes later")
    rest_after: Luck[Days] = parameter("close to the rest of the money")
    fallback: Share = parameter("probability that other finance is found after a stall")
    fallback_below: Days = parameter("other finance is also looked for while the plan is funded for less", default=0.0)
    fallback_rate: PerYear = parameter("how often it is then found, with no other on its way", default=0.0)
    fallback_size: Price = parameter("money from other finance")
    fallback_time: Luck[Days] = parameter("stall, or find, to that money")
    nerve_tension: Ratio = parameter(
        "investors' nerve in tension: on the odds of a yes (yes to no), and on their pace", low=0.01
    )
    nerve_rupture: Ratio = parameter("the same in a rupture; in a truce it is 1", low=0.01)
    nerve_listed: Ratio = parameter("on nerve, while the lab itself is listed", low=0.01)
    fund_sensitivity: Share = parameter("how far a yes follows the fund's year (0 not at all, 1 in proportion)")
    grace: Days = parameter("a flagship no later than this is in time")
    overdue: Ratio = parameter("on the odds of a yes (yes to no), while a flagship is overdue")
    on_time: Ratio = parameter("on size and valuation, when the last flagship was out in time")
    dilution_limit: Share = parameter("dilution above which the founder is the less likely to agree")
    rivals: Share = parameter("probability that another bidder raises the price")
    rival_price: Ratio = parameter("on valuation, with such a bidder")
    short_runway: Days = parameter("runway below which the lab takes worse terms")
    short_price: Ratio = parameter("on valuation, then", low=0.01)

    stage: Count = state("quiet, talking, closing, closed, stalled, collapsed")
    round: Count = state("rounds opened so far")
    reported: Number = state("day the round under way was first reported")
    takes: Number = state("days from first report to the end of diligence")
    offered: Price = state("most that investors would give in the round under way, as first reported")
    asked: Price = state("size of the round under way, as first reported")
    worth: Price = state("valuation in it, as first reported")
    money: Price = state("its size on the table")
    value: Price = state("valuation on the table")
    raised: Price = state("money and credit raised so far", watched=True)
    sold: Share = state("share of the lab sold so far", watched=True)
    closes_so_far: Count = state("rounds closed so far")
    first_close: Number = state("day of the first close")
    stalls: Count = state("stalls so far")
    first_stall: Number = state("day of the first stall")
    signed: Price = state("signed and not yet paid", watched=True)
    fallback_due: Count = state("other finance found and not yet paid")


class Investor(Thing):
    """One party to the talks. Scenario list `capital.investors`."""

    joins: Share = parameter("probability that it joins a round that closes")
    weight: Share = parameter("its part of the round", parts=True)
    in_kind: Share = parameter("part of its money that comes as cloud credit", default=0.0)
    depth: Units = parameter("rental depth at home that it brings when it first joins", default=0.0)
    rents: Annotated[int, Reference("offers")] = parameter("the offer of rent at home that it deepens", default=-1.0)
    share_gain: Ratio = parameter(
        "what the lab's share of domestic output gains, over that share, when it first joins", default=0.0
    )

    joined: Count = state("rounds it has joined")


@compilable
def first_day(future: Future) -> None:
    """Talks as first reported: before the first day, so that by now they are under way."""
    financing = future.financing[0]
    financing.offered = financing.size
    financing.asked = financing.size
    financing.worth = financing.valuation
    start_round(future, financing.opened)


@event()
def round_opened(future: Future) -> bool:
    """The next round is reported; while the plan is funded for long enough it is looked at again in a month."""
    financing = future.financing[0]
    if other_finance.funded(future) > financing.enough:
        after(future, MONTH, round_opened)
        return False
    financing.offered = whole(financing.offered * financing.next_size)
    financing.asked = whole(min(financing.offered, max(financing.least_size, needed(future))))
    financing.worth = whole(financing.worth * financing.next_valuation)
    start_round(future, future.clock[0].now)
    return True


@compilable
def needed(future: Future) -> float:
    """Dollars that the plan lacks, over the time that a round is to fund; none, if below zero."""
    financing = future.financing[0]
    if financing.funds == math.inf:
        return math.inf
    return future.lab[0].plan_cost * financing.funds / MONTH - other_finance.at_hand(future)


@compilable
def start_round(future: Future, day: float) -> None:
    """A round is first reported; after a part of its time terms lie on the table."""
    financing = future.financing[0]
    financing.stage = TALKING
    financing.round += 1
    financing.reported = day
    financing.takes = draw(future, ROUND_DURATION, 0, financing.round, financing.duration) / nerve(future)
    after(future, max(0.0, until(future, financing.takes * financing.terms_after)), round_decided)


@compilable
def until(future: Future, days: float) -> float:
    """Days from now to so many days after the first report."""
    return future.financing[0].reported + days - future.clock[0].now


@compilable
def nerve(future: Future) -> float:
    """Investors' nerve today; 1 in a truce, in which the probabilities and times of rounds were seen."""
    financing = future.financing[0]
    confidence = climate.pick(future, 1.0, financing.nerve_tension, financing.nerve_rupture)
    return confidence * financing.nerve_listed if controls.listed(future) else confidence


@event()
def round_decided(future: Future) -> None:
    """Terms lie on the table: a yes, and then diligence and approvals; or a no, and in time a stall."""
    financing = future.financing[0]
    put(future)
    if chance(future, ROUND_CLOSES, 0, financing.round, closing_probability(future)):
        financing.stage = CLOSING
        wait = max(0.0, until(future, financing.takes)) + draw(
            future, APPROVAL_TIME, 0, financing.round, financing.approvals
        )
        after(future, max(wait, financing.not_before - future.clock[0].now), round_closed)
    else:
        stall = draw(future, STALL_TIME, 0, financing.round, financing.stall_time)
        after(future, max(0.0, until(future, stall)), round_stalled)


@compilable
def put(future: Future) -> None:
    """Size and valuation as they come to the table."""
    financing = future.financing[0]
    shown = financing.on_time if in_time(future) else 1.0
    price = shown * financing.rival_price if chance(future, RIVAL_BID, 0, financing.round, financing.rivals) else shown
    if future.lab[0].runway * MONTH < financing.short_runway:
        price *= financing.short_price
    financing.money = whole(financing.asked * shown * draw(future, TERMS_DRIFT, SIZE, financing.round, financing.drift))
    financing.value = whole(
        financing.worth * price * draw(future, TERMS_DRIFT, VALUE, financing.round, financing.drift)
    )


@compilable
def in_time(future: Future) -> bool:
    """Whether a flagship has been released, and the last one in time."""
    c = training.numbered(future, float(future.lab[0].released))
    return c >= 0 and future.campaigns[c].ended <= future.campaigns[c].due + future.financing[0].grace + INSTANT


@compilable
def overdue(future: Future) -> bool:
    """Whether the flagship under way should be out by now."""
    c = future.lab[0].campaign
    return c >= 0 and future.clock[0].now > future.campaigns[c].due + future.financing[0].grace + INSTANT


@compilable
def closing_probability(future: Future) -> float:
    """Probability of a yes to the terms on the table."""
    financing = future.financing[0]
    factor = nerve(future) * (1.0 + financing.fund_sensitivity * (capital.fund(future) - 1.0))
    if overdue(future):
        factor *= financing.overdue
    if financing.money > financing.dilution_limit * financing.value:
        factor *= financing.dilution_limit * financing.value / financing.money
    yes = financing.closes * factor
    return yes / (yes + 1.0 - financing.closes) if yes > 0.0 else 0.0


@event()
def round_stalled(future: Future) -> None:
    """Talks stall: they may resume, and other finance may be found."""
    financing = future.financing[0]
    financing.stage = STALLED
    if financing.stalls == 0:
        financing.first_stall = future.clock[0].now
    financing.stalls += 1
    other_finance.sought_in_stall(future)
    if chance(future, ROUND_RESUMED, 0, financing.round, financing.resumes):
        wait = draw(future, RESUME_TIME, 0, financing.round, financing.resume_time)
        after(future, max(wait, financing.not_before - future.clock[0].now), round_resumed)
    else:
        financing.stage = COLLAPSED
        after(future, draw(future, NEXT_ROUND_TIME, 0, financing.round, financing.next_after), round_opened)


@event()
def round_resumed(future: Future) -> None:
    """A stalled round is on again, smaller, on terms as they are now: they have been agreed when this is heard of."""
    financing = future.financing[0]
    financing.offered = whole(financing.offered * financing.resume_size)
    financing.asked = whole(financing.asked * financing.resume_size)
    financing.stage = CLOSING
    put(future)
    after(future, draw(future, APPROVAL_TIME, 1, financing.round, financing.approvals), round_closed)


@event()
def round_closed(future: Future) -> None:
    """Each named investor joins or not; who joins pays a part now, partly in kind. Not before it may."""
    financing = future.financing[0]
    wait = financing.not_before - future.clock[0].now
    if wait > INSTANT:
        after(future, wait, round_closed)
        return
    financing.stage = CLOSED
    if financing.closes_so_far == 0:
        financing.first_close = future.clock[0].now
    financing.closes_so_far += 1
    taken = taken_up(future)
    before = financing.raised
    for i in range(future.counts[0].investors):
        if joins(future, i):
            invest(future, i, taken)
    if financing.value > 0.0:
        financing.sold = 1.0 - (1.0 - financing.sold) * (1.0 - min(1.0, (financing.raised - before) / financing.value))
    after(future, draw(future, NEXT_ROUND_TIME, 0, financing.round, financing.next_after), round_opened)


@compilable
def joins(future: Future, i: int) -> bool:
    """Whether an investor joins the round that closes."""
    investor = future.investors[i]
    return chance(future, INVESTOR_JOINED, investor.key, future.financing[0].round, investor.joins)


@compilable
def taken_up(future: Future) -> float:
    """What each who joins takes of the round, over its own part: they share what others leave, up to a limit.

    The named investors take no more than the round. Raises ValueError, as parts that are drawn or changed may.
    """
    parts = 0.0
    joined = 0.0
    for i in range(future.counts[0].investors):
        parts += future.investors[i].weight
        joined += future.investors[i].weight if joins(future, i) else 0.0
    if parts > 1.0 + INSTANT:
        raise ValueError("capital.investors.*.weight: the parts of one round add up to more than 1")
    return min(future.financing[0].takes_up, parts / joined) if joined > 0.0 else 1.0


@compilable
def invest(future: Future, i: int, taken: float) -> None:
    """One investor's money: credit and a first part now, the rest later."""
    financing = future.financing[0]
    investor = future.investors[i]
    money = whole(financing.money * investor.weight * taken)
    in_kind = whole(money * investor.in_kind)
    now = whole((money - in_kind) * financing.paid_at_close)
    rest = money - in_kind - now
    if investor.joined == 0:
        future.lab[0].share_gain += investor.share_gain
        if investor.rents >= 0:
            future.offers[investor.rents].brought += investor.depth
    investor.joined += 1
    financing.raised += money
    ledger.pay(future, INVESTORS, CREDIT, in_kind)
    ledger.pay(future, COUNTERFACTUAL, CREDIT, capital.relieved(future, in_kind))
    capital.given(future, INVESTORS, now)
    financing.signed += rest
    after(
        future, draw(future, TRANCHE_TIME, investor.key, financing.round, financing.rest_after), tranche_paid, i, rest
    )


@event()
def tranche_paid(future: Future, i: int, amount: float) -> None:
    """The rest of an investor's money."""
    future.financing[0].signed -= amount
    capital.given(future, INVESTORS, amount)


@compilable
def record_outcome(future: Future) -> None:
    """How the rounds went."""
    outcome = future.outcome[0]
    financing = future.financing[0]
    now = future.clock[0].now
    reporting_until = future.window[0].reporting_until
    outcome.closed = 1.0 if financing.closes_so_far > 0 and financing.first_close < reporting_until else 0.0
    outcome.closed_on = financing.first_close if financing.closes_so_far > 0 else now
    outcome.stalled = 1.0 if financing.stalls > 0 and financing.first_stall < reporting_until else 0.0
    outcome.first_round_late = 0.0 if financing.closes_so_far > 0 and financing.first_close < financing.due else 1.0
    outcome.rounds = float(financing.closes_so_far)
    outcome.fallback = 0.0 - future.accounts[FALLBACK].balance
