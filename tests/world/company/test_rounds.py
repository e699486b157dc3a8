"""What rounds cost the founder, what moves their odds and terms, and the scenarios that force them."""

from datetime import date

import pytest

from sim.world.arithmetic import MONTH
from sim.world.company import ledger, other_finance, rounds
from sim.world.company.ledger import COUNTERFACTUAL, CREDIT, FALLBACK, FOUNDER, INVESTORS, OPENING
from sim.world.company.rounds import round_closed, round_decided, round_stalled
from sim.world.geopolitics import climate
from sim.world.lab import LONGEST_RUNWAY
from tests.world.a_future import SHORT, LoggedFuture, future_of, outcomes, small
from tests.world.needs import Needs

NEEDS = Needs(
    settings={
        8: (
            "capital.cash=$60M",
            "capital.facility=$0 / year",
            "capital.financing.size=$8M",
            "capital.financing.next_after=5 days",
            "capital.financing.resumes=0",
            "training.pool_time=60 days",
            "capital.financing.closes=0.9",
        ),
        29: ("capital.cash=$5bn", "capital.financing.enough=100 years", "capital.financing.least_size=$40M"),
        35: ("capital.financing.size=$3bn", "capital.financing.valuation=$30bn", "capital.financing.funds=6 months"),
    },
    moves_nothing={
        "financing.short_runway": "money is seldom that short while terms are put",
        "financing.short_price": "the same",
    },
)
"""Money is short while terms are put; a lab that lacks none raises the least; and one asks for what it lacks."""

MILLION = 1e6


def at_the_table(more: str = "", settings: str = "", closes: float = 0.5) -> LoggedFuture:
    """The small world's first round, with its terms on the table."""
    future = small(f"capital: {{financing: {{closes: {closes}, {more}}}{settings}}}").begin()
    rounds.put(future)
    return future


def test_dilution_is_money_over_valuation_round_by_round() -> None:
    """100 million of $1bn, then 200 of $2bn: of nine tenths again a tenth is sold."""
    future = small("capital: {financing: {closes: 1}}").begin().until(220.0)
    assert future.financing[0].closes_so_far == 2
    assert future.financing[0].sold == pytest.approx(1 - 0.9 * 0.9)


def test_who_does_not_join_buys_nothing() -> None:
    more = "capital: {financing: {closes: 1}, investors: [{id: fund, joins: 0}]}"
    assert small(more).begin().until(100.0).financing[0].sold == pytest.approx(0.025)


@pytest.mark.parametrize(("takes_up", "raised"), [("1", 25), ("1.6", 40), ("4", 100), ("9", 100)])
def test_who_joins_takes_up_what_others_leave_as_far_as_it_will(takes_up: str, raised: float) -> None:
    """The fund leaves three quarters of 100 million; a cloud takes a quarter, four tenths of it in credit."""
    more = f"capital: {{financing: {{closes: 1, takes_up: {takes_up}}}, investors: [{{id: fund, joins: 0}}]}}"
    future = small(more).begin().until(100.0)
    assert future.financing[0].raised == raised * MILLION
    assert future.accounts[CREDIT].balance == 0.4 * raised * MILLION
    assert -future.accounts[INVESTORS].balance + future.financing[0].signed == raised * MILLION
    assert future.financing[0].sold == pytest.approx(raised / 1000)


def test_where_all_join_each_takes_its_own_part() -> None:
    future = small("capital: {financing: {closes: 1, takes_up: 9}}").begin().until(100.0)
    assert (future.financing[0].raised, future.accounts[CREDIT].balance) == (100 * MILLION, 10 * MILLION)


def test_the_outcome_tells_what_was_sold_and_raised_in_the_leading_window() -> None:
    window = "{reporting_until: 2026-07-01, reporting_from: 2026-02-01, later: 2026-08-01}"
    outcome = small(f"capital: {{financing: {{closes: 1}}}}\nend: 2026-12-01\nwindow: {window}").run().outcome[0]
    assert outcome.dilution == pytest.approx(0.1)
    assert outcome.raised == 100 * MILLION
    assert (outcome.rounds, outcome.first_round_late, outcome.fallback) == (2.0, 0.0, 0.0)


def test_a_round_that_closes_after_its_date_counts_as_stalled() -> None:
    assert small("capital: {financing: {closes: 1, due: 2026-03-01}}").run().outcome[0].first_round_late == 0.0
    assert small("capital: {financing: {closes: 1, due: 2026-02-28}}").run().outcome[0].first_round_late == 1.0
    assert small("capital: {financing: {stall_time: 30 days, fallback: 1}}").run().outcome[0].first_round_late == 1.0


def test_size_and_valuation_drift_while_they_are_talked_about() -> None:
    future = at_the_table("drift: 1.5")
    assert (future.financing[0].money, future.financing[0].value) == (150 * MILLION, 1500 * MILLION)
    assert (future.financing[0].asked, future.financing[0].worth) == (100 * MILLION, 1000 * MILLION)


@pytest.mark.parametrize(
    ("dilution_limit", "odds"),
    [(1.0, 0.5), (0.1, 0.5), (0.05, 1 / 3), (0.0, 0.0)],
)
def test_the_founder_agrees_less_to_more_dilution(dilution_limit: float, odds: float) -> None:
    """A tenth is asked for; at half the dilution taken, one to one becomes one to two."""
    assert rounds.closing_probability(at_the_table(f"dilution_limit: {dilution_limit}")) == pytest.approx(odds)


@pytest.mark.parametrize(("closes", "odds"), [(0.0, 0.0), (0.8, 2 / 3), (1.0, 1.0)])
def test_what_is_certain_stays_certain(closes: float, odds: float) -> None:
    assert rounds.closing_probability(at_the_table("fund_sensitivity: 1", ", fund_year: 0.5", closes)) == pytest.approx(
        odds
    )


@pytest.mark.parametrize(("state", "nerve"), [(climate.TRUCE, 1.0), (climate.TENSION, 0.5), (climate.RUPTURE, 0.25)])
def test_a_worse_climate_costs_nerve_and_with_it_odds_and_time(state: float, nerve: float) -> None:
    opens = ("truce", "tension", "rupture")[int(state)]
    talks_of = "capital: {financing: {closes: 0.5, nerve_tension: 0.5, nerve_rupture: 0.25}}"
    future = small(f"climate: {{state: {opens}}}\n{talks_of}").begin()
    assert rounds.nerve(future) == nerve
    assert rounds.closing_probability(future) == pytest.approx(nerve / (1.0 + nerve))
    assert future.until(200.0).story(round_decided)[0][0] == 24.0 / nerve


def test_a_listing_of_the_lab_costs_nerve_too() -> None:
    rule = "{id: listed, source: test, government: us, item: entity, regime: denial, effective: 2026-02-01}"
    more = f"controls: {{rules: [{rule}]}}\ncapital: {{financing: {{nerve_listed: 0.4}}}}"
    future = small(more).begin()
    assert rounds.nerve(future.until(30.0)) == 1.0
    assert rounds.nerve(future.until(32.0)) == 0.4


@pytest.mark.parametrize(("bid", "value"), [(0, 1000 * MILLION), (1, 1250 * MILLION)])
def test_a_rival_bidder_raises_the_price_and_not_the_money(bid: int, value: float) -> None:
    future = at_the_table(f"rivals: {bid}, rival_price: 1.25")
    assert (future.financing[0].money, future.financing[0].value) == (100 * MILLION, value)


@pytest.mark.parametrize(("runway", "value"), [(8.0, 800 * MILLION), (12.0, 1000 * MILLION)])
def test_a_short_runway_lowers_the_price(runway: float, value: float) -> None:
    future = at_the_table("short_runway: 10 months, short_price: 0.8")
    assert future.financing[0].value == 1000 * MILLION, "before the first books no runway is known"
    future.lab[0].runway = runway
    rounds.put(future)
    assert future.financing[0].value == value


def test_a_flagship_out_in_time_makes_rounds_larger_and_an_overdue_one_unlikelier() -> None:
    """The first is due on day 365.25, with thirty days of grace."""
    future = at_the_table("on_time: 1.5, overdue: 0.5, grace: 30 days")
    assert (future.financing[0].money, rounds.closing_probability(future)) == (100 * MILLION, 0.5)
    future.lab[0].released = 1
    rounds.put(future)
    assert (future.financing[0].money, future.financing[0].value) == (150 * MILLION, 1500 * MILLION)
    future.campaigns[0].ended = 365.25 + 31.0
    future.clock[0].now = 365.25 + 29.0
    rounds.put(future)
    assert (future.financing[0].money, rounds.closing_probability(future)) == (100 * MILLION, 0.5)
    future.clock[0].now = 365.25 + 31.0
    assert rounds.closing_probability(future) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("fund", "odds"), [(0.0, 1 / 3), (1.0, 0.5), (2.0, 0.6)])
def test_rounds_and_the_founders_fund_share_a_market(fund: float, odds: float) -> None:
    future = at_the_table("fund_sensitivity: 0.5", f", fund_year: {fund}")
    assert rounds.closing_probability(future) == pytest.approx(odds)


def test_a_no_is_heard_of_when_talks_stall() -> None:
    future = small("capital: {financing: {stall_time: 90 days}}").begin().until(100.0)
    assert future.story(round_decided, round_stalled) == [(24.0, "round decided"), (90.0, "round stalled")]


def test_a_tenth_more_money_from_outside_comes_from_relief() -> None:
    """Cash, facility, a round with its credit, and other finance, each with a tenth on top."""
    more = "capital: {facility: $365.25M / year, financing: {closes: 1, not_before: 2026-01-20}}"
    plain, eased = (small(f"{more}\ndials: {{capital: {dial}}}").begin().until(40.0) for dial in (0, 0.1))
    for future in (plain, eased):
        other_finance.fallback_paid(future)
    given = [sum(future.accounts[source].balance for source in EXTERNAL) for future in (plain, eased)]
    assert given[0] == given[1] < 0.0
    assert plain.accounts[COUNTERFACTUAL].balance == 0.0
    assert eased.accounts[COUNTERFACTUAL].balance == pytest.approx(given[1] * 0.1, abs=5.0)
    assert ledger.credit(eased) == pytest.approx(1.1 * ledger.credit(plain), abs=1.0)
    assert eased.financing[0].raised == plain.financing[0].raised


@pytest.mark.parametrize(
    ("more", "plan_cost", "asked"),
    [
        ("", 5, 200),
        ("funds: 24 months", 5, 120 - 100),
        ("funds: 24 months", 50, 200),
        ("funds: 24 months, least_size: $30M", 5, 30),
        ("funds: 24 months, least_size: $300M", 5, 200),
        ("funds: 24 months, least_size: $30M", 0, 30),
    ],
)
def test_a_later_round_asks_for_what_the_plan_needs_and_investors_would_give(
    more: str, plan_cost: float, asked: float
) -> None:
    """The first is 100 million, of the next investors would give 200; 80 in the bank and 30 signed, 10 owed."""
    future = small(f"capital: {{financing: {{{more}}}}}").begin()
    assert future.financing[0].asked == 100 * MILLION
    future.accounts[ledger.CASH].balance = 80 * MILLION
    future.financing[0].signed = 30 * MILLION
    future.lab[0].unpaid = 10 * MILLION
    future.lab[0].plan_cost = plan_cost * MILLION
    assert rounds.round_opened(future)
    assert future.financing[0].asked == asked * MILLION
    assert future.financing[0].offered == 200 * MILLION, "what was not asked for may be asked for later"


def test_no_round_opens_while_the_plan_is_funded_for_long_enough() -> None:
    """$1.1bn at 100 million a month: the second round would open on day 158, with money for nearly six months."""
    more = "capital: {operations: $1200M / year, saving: 0, financing: {closes: 1, enough: 3 months}}"
    opened = small(more).begin().until(400.0).story(rounds.round_opened)
    assert [day for day, _ in opened] == pytest.approx([158.0 + MONTH * k for k in range(len(opened))], abs=0.01)
    assert len(opened) > 1
    future = small(more).begin().until(opened[-2][0] + 1.0)
    assert (future.financing[0].round, other_finance.funded(future) > 3 * MONTH) == (1, True)
    future.until(opened[-1][0] + 1.0)
    assert (future.financing[0].round, other_finance.funded(future) <= 3 * MONTH) == (2, True)


@pytest.mark.parametrize("dial", ["", "\ndials: {capital: 1}"])
def test_a_lab_that_plans_to_spend_nothing_opens_no_round(dial: str) -> None:
    """Nor does it where money is no limit: what changes nothing for a plan changes nothing for rounds."""
    more = "capital: {financing: {closes: 1, enough: 10 years}}"
    assert small(more + dial).begin().until(700.0).financing[0].round == 1


EXTERNAL = (OPENING, FOUNDER, INVESTORS, FALLBACK)


def test_without_a_budget_nothing_is_short_and_the_books_still_balance() -> None:
    poor = "capital: {cash: $1M, operations: $365.25M / year, financing: {closes: 0}}"
    future = small(f"{poor}\ndials: {{capital: 1}}").begin().until(59.5)
    assert future.accounts[COUNTERFACTUAL].balance == -(59 * MILLION - 1 * MILLION)
    assert (ledger.cash(future), future.lab[0].insolvent, future.lab[0].austerity) == (0.0, 0, 0)
    assert future.lab[0].runway == LONGEST_RUNWAY
    assert small(poor).begin().until(59.5).lab[0].insolvent == 1


def test_money_without_limit_leaves_no_shortage_of_money() -> None:
    """With one round, alike in both: later ones go by the lab's need, and bring people's hope and chips to rent."""
    alike = ("capital.financing.next_after=20 years", "capital.financing.dilution_limit=1")
    result = outcomes("dials.budget=1", *alike, futures=8)
    assert (result[["train_budget", "serve_budget"]].to_numpy() == 0.0).all()
    assert (result["insolvent"] == 0.0).all()
    short, usual = result["train_short"], outcomes(*alike, futures=8)["train_short"]
    assert (short <= usual + 0.001).all()
    assert short.mean() < usual.mean()


def test_days_in_arrears_are_counted() -> None:
    """$45M last 45 days at a million a day; from the books of February on the lab owes."""
    future = small("capital: {cash: $45M, operations: $365.25M / year, saving: 0}").begin()
    assert future.until(59.5).lab[0].insolvent_days == 28.0
    assert future.until(91.0).lab[0].insolvent_days == 59.0


def day(year: int, month: int, dom: int) -> float:
    return float((date(year, month, dom) - date(2026, 4, 23)).days)


def test_the_round_closes_for_certain_in_close() -> None:
    result = outcomes(scenario="close", futures=60)
    assert (result["closed"] == 1.0).all()
    quantiles = result["closed_on"].quantile([0.05, 0.5, 0.95]).tolist()
    assert quantiles[:2] == pytest.approx([day(2026, 5, 20), day(2026, 6, 2)], abs=7)
    assert quantiles[2] == pytest.approx(day(2026, 8, 2), abs=28)
    future = future_of(*SHORT, scenario="close").begin().until(200.0)
    assert [investor.joined for investor in future.investors] == [1] * 6
    assert future.financing[0].raised == pytest.approx(future.financing[0].size, abs=3.0)
    assert future.accounts[CREDIT].balance >= 0.0


def test_no_round_closes_before_february_2027_in_stall() -> None:
    result = outcomes(scenario="stall", futures=60)
    assert (result["first_round_late"] == 1.0).all()
    assert (result["closed_on"] >= day(2027, 2, 1)).all()
    stalls = [future_of(*SHORT, scenario="stall", number=n).begin().until(300.0).financing[0] for n in range(12)]
    assert all(day(2026, 5, 15) < talk.first_stall < day(2026, 11, 15) for talk in stalls)
    assert future_of(scenario="stall").begin().until(280.0).the("offers", "h800_home").brought == 0.0


def test_a_close_is_decided_before_it_is_heard_of() -> None:
    future = small("capital: {financing: {closes: 1}}").begin().until(60.0)
    assert future.story(round_decided, round_closed) == [(24.0, "round decided"), (58.0, "round closed")]


def test_a_close_that_a_happening_puts_off_waits_for_its_date() -> None:
    """Agreed on day 24 for day 58; on day 31 no round may close before 1 December."""
    change = "{id: review, source: test, at: 2026-02-01, changes: {capital.financing.not_before: 2026-12-01}}"
    future = small(f"capital: {{financing: {{closes: 1}}}}\nhappenings: [{change}]").begin()
    assert future.until(333.0).financing[0].closes_so_far == 0
    assert future.until(335.0).financing[0].first_close == 334.0
    assert future.financing[0].closes_so_far == 1
