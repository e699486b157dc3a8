"""What comes in, what cannot be put off, and talks with their dates and dollars."""

import math

import pytest

from sim.errors import InputError
from sim.world.company import capital, ledger
from sim.world.company.ledger import CREDIT, CUSTOMERS, ENERGY, FALLBACK, FOUNDER, INVESTORS, OPERATIONS, RENT
from sim.world.company.other_finance import fallback_paid
from sim.world.company.rounds import (
    round_closed,
    round_decided,
    round_opened,
    round_resumed,
    round_stalled,
    tranche_paid,
)
from sim.world.fleet import holdings
from sim.world.lab import CAMPAIGNS, HIRING, NO_AUSTERITY
from sim.world.lab import RENT as ON_RENT
from sim.world.purchasing import procurement
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(
    settings={4: ("procurement.reserve=24 months", "capital.hiring_floor=60 months", "capital.saving=0.3")},
    moves_nothing={
        "capital.campaign_floor": "money is seldom that short",
        "capital.training_concession": "as campaign_floor; test_sharing.py shows it",
    },
)
"""The lab saves on all that it can."""

TALKS = (round_opened, round_decided, round_closed, round_resumed, round_stalled, tranche_paid, fallback_paid)
MILLION = 1e6


def talks(more: str, day: float = 220.0, investors: str = "", cash: str = "$1bn") -> LoggedFuture:
    """The small world with talks like these, up to a day."""
    named = f"\n  investors: [{investors}]" if investors else ""
    return small(f"capital:\n  cash: {cash}\n  financing: {{{more}}}{named}").begin().until(day)


def test_a_round_that_closes_and_the_one_after_it() -> None:
    future = talks("closes: 1")
    assert future.story(*TALKS) == [
        (24.0, "round decided"),
        (58.0, "round closed"),
        (158.0, "round opened"),
        (182.0, "round decided"),
        (208.0, "tranche paid"),
        (208.0, "tranche paid"),
        (216.0, "round closed"),
    ]
    # 100 and 200 million, of which credit 10 and 20; of the rest 60% at the close; the first round is paid in full
    assert future.financing[0].raised == 300 * MILLION
    assert ledger.credit(future) == 30 * MILLION
    assert ledger.cash(future) == (1000 + 54 + 36 + 108) * MILLION
    assert future.financing[0].signed == 72 * MILLION
    assert future.accounts[INVESTORS].balance == -(30 + 198) * MILLION
    assert future.the("offers", "rent").brought == 100.0
    assert [investor.joined for investor in future.investors] == [2, 2]


def test_an_investor_that_does_not_join_leaves_its_part_out() -> None:
    future = talks("closes: 1", 100.0, "{id: fund, joins: 0}")
    assert future.financing[0].raised == 25 * MILLION
    assert ledger.cash(future) == 1009 * MILLION


def test_investors_cannot_have_more_than_the_round() -> None:
    """A tenth written ten times is one, whatever floats make of it; beside the fund's 0.75 a third is too much."""
    ten = ", ".join(f"{{id: nr_{n}, source: test, joins: 1, weight: 0.1}}" for n in range(10))
    none = "{id: fund, weight: 0}, {id: cloud_firm, weight: 0}"
    assert small(f"capital: {{investors: [{none}, {ten}]}}").investors
    with pytest.raises(InputError, match=r"parts of one whole, got 1\.083 in all"):
        small("capital: {investors: [{id: cloud_firm, weight: 0.333}]}")


def test_a_stalled_round_resumes_smaller_and_other_finance_is_found() -> None:
    future = talks("stall_time: 30 days, resumes: 1, fallback: 1", 260.0)
    assert future.story(*TALKS) == [
        (24.0, "round decided"),
        (30.0, "round stalled"),
        (100.0, "fallback paid"),
        (230.0, "round resumed"),
        (240.0, "round closed"),
    ]
    assert future.financing[0].raised == 50 * MILLION
    assert future.accounts[FALLBACK].balance == -30 * MILLION
    assert (future.financing[0].stalls, future.financing[0].first_stall, future.financing[0].first_close) == (
        1,
        30.0,
        240.0,
    )


def test_a_stalled_round_that_does_not_resume_has_collapsed() -> None:
    future = talks("stall_time: 30 days", 700.0)
    assert future.financing[0].stage == capital.COLLAPSED
    assert future.story(*TALKS)[:5] == [
        (24.0, "round decided"),
        (30.0, "round stalled"),
        (130.0, "round opened"),
        (154.0, "round decided"),
        (160.0, "round stalled"),
    ]
    assert future.financing[0].raised == 0.0


@pytest.mark.parametrize(
    ("more", "close"),
    [
        ("closes: 1, not_before: 2026-07-01", 181.0),
        ("closes: 1, not_before: 2026-02-01", 58.0),
        ("stall_time: 30 days, resumes: 1, not_before: 2026-12-31", 374.0),
    ],
)
def test_no_round_closes_before_its_date(more: str, close: float) -> None:
    """What is decided waits; what stalled resumes no sooner, and still needs its approvals."""
    assert talks(more, 400.0).financing[0].first_close == close


def test_talks_first_reported_before_the_start_are_under_way() -> None:
    assert talks("closes: 1, opened: 2025-12-02").story(round_closed)[0][0] == 28.0
    assert talks("closes: 1, opened: 2025-01-01").story(round_closed)[0][0] == 10.0


@pytest.mark.parametrize("odds", [0.25, 0.8])
def test_rounds_close_with_their_odds(odds: float) -> None:
    more = f"capital: {{financing: {{closes: {odds}}}}}"
    closed = [small(more, number).begin().until(60.0).financing[0].closes_so_far for number in range(200)]
    assert sum(closed) / 200 == pytest.approx(odds, abs=0.09)


def test_a_month_with_every_source_and_use() -> None:
    """January: operations of a million a day, a fund that does half as well, and what is sold."""
    future = small("capital: {operations: $365.25M / year, facility: $100M / year, fund_year: 0.5}").begin()
    future.clock[0].now = 31.0
    capital.month_paid(future, 31.0, 5 * MILLION)
    balance = {account: future.accounts[account].balance for account in (CUSTOMERS, FOUNDER, OPERATIONS, ENERGY, RENT)}
    given = math.floor(50 * MILLION * 31 / 365.25)
    assert balance == {CUSTOMERS: -5e6, FOUNDER: -given, OPERATIONS: 31e6, ENERGY: 0.0, RENT: 0.0}
    assert ledger.cash(future) == 1e9 + 5e6 + given - 31e6
    burn = (26e6 - given) * 365.25 / 12 / 31
    assert future.lab[0].burn == pytest.approx(burn)
    assert future.lab[0].runway == pytest.approx(ledger.cash(future) / burn)


def test_power_beyond_the_opening_fleets_is_paid() -> None:
    """A megawatt more for 30 days of 24 hours at 5 cents a kilowatt-hour."""
    future = small("capital: {energy: $0.05 / kWh}").begin()
    future.clock[0].now = 30.0
    capital.month_paid(future, 30.0, 0.0)
    assert future.accounts[ENERGY].balance == 0.0
    holdings.draw_power(future, future.at("sites", "hall"), 1.0)
    future.clock[0].now = 60.0
    capital.month_paid(future, 30.0, 0.0)
    assert future.accounts[ENERGY].balance == pytest.approx(30 * 24 * 1000 * 0.05, abs=1.0)


@pytest.mark.parametrize(
    ("pathway", "credit", "cash"), [("rented_home", 60_000.0, 12_000.0), ("rented_abroad", 0.0, 72_000.0)]
)
def test_credit_pays_rent_at_home_and_nowhere_else(pathway: str, credit: float, cash: float) -> None:
    """50 chips x $2 x 24 hours x 30 days = $72,000; there is credit for 60,000."""
    future = small(f"market: {{offers: [{{id: rent, pathway: {pathway}}}]}}").begin()
    ledger.pay(future, INVESTORS, CREDIT, 60_000.0)
    market.put_on_rent(future, future.at("offers", "rent"), 50.0)
    future.clock[0].now = 30.0
    capital.settled(future)
    capital.pay_rent(future, 30.0)
    assert future.accounts[RENT].balance == 72_000.0
    assert ledger.credit(future) == 60_000.0 - credit
    assert ledger.cash(future) == 1e9 - cash
    assert future.lab[0].rent == pytest.approx(cash * 365.25 / 12 / 30)


def test_rent_that_credit_pays_is_no_part_of_what_is_burnt() -> None:
    """A million a day is burnt, and three months of it are kept back, however much rent credit pays."""
    more = "capital: {operations: $365.25M / year}\nprocurement: {reserve: 3 months, rent_reserve: 1 month}"
    spendable = []
    for credit in (0.0, 1e9):
        future = small(more).begin()
        ledger.pay(future, INVESTORS, CREDIT, credit)
        future.the("offers", "rent").on_rent = 500.0 if credit else 0.0
        future.clock[0].now = 30.0
        capital.month_paid(future, 30.0, 0.0)
        spendable.append(procurement.spendable(future, future.procurement[0].spread, 1.0))
    assert spendable[0] == spendable[1]


def test_insolvency_is_told_on_its_day_and_the_lab_goes_on() -> None:
    """$45M last 45 days at a million a day: the books of February do not balance without arrears."""
    more = "capital: {cash: $45M, operations: $365.25M / year, saving: 0}"
    future = small(more).begin()
    assert future.until(31.5).lab[0].insolvent == 0
    assert future.until(59.5).lab[0].insolvent == 1
    outcome = small(more).run().outcome[0]
    assert (outcome.insolvent, outcome.insolvent_on, outcome.lowest_cash) == (1.0, 59.0, 0.0)
    assert outcome.lowest_runway == 0.0


@pytest.mark.parametrize(
    ("spendable", "runway", "saves"),
    [(1.0, 0.0, NO_AUSTERITY), (0.0, 6.1, ON_RENT), (0.0, 5.9, HIRING), (0.0, 3.1, HIRING), (0.0, 2.9, CAMPAIGNS)],
)
def test_short_of_money_it_saves_on_rent_then_hiring_then_campaigns(
    spendable: float, runway: float, saves: int
) -> None:
    future = small("capital: {hiring_floor: 6 months, campaign_floor: 3 months}").begin()
    future.lab[0].runway = runway
    assert capital.austerity_level(future, spendable) == saves


def test_no_step_is_taken_before_the_one_ahead_of_it() -> None:
    future = small("capital: {hiring_floor: 3 months, campaign_floor: 6 months}").begin()
    future.lab[0].runway = 5.0
    assert capital.austerity_level(future, 0.0) == ON_RENT


def test_the_steps_are_taken_one_after_the_other_before_insolvency() -> None:
    """$400M last 400 days at a million a day: nine months of reserve bind first, insolvency comes last."""
    more = "capital: {cash: $400M, operations: $365.25M / year, saving: 0}"
    future = small(f"{more}\ntraining: {{latent: 1}}\nprocurement: {{reserve: 9 months}}").begin()
    steps = []
    for day in range(1, 440):
        future.until(float(day))
        steps.append((future.lab[0].insolvent, future.lab[0].austerity))
    assert steps == sorted(steps)
    assert {saves for _, saves in steps} == {NO_AUSTERITY, ON_RENT, HIRING, CAMPAIGNS}
    assert not any(insolvent for insolvent, saves in steps if saves < CAMPAIGNS)


@pytest.mark.parametrize(("saves", "running"), [(NO_AUSTERITY, 2.0**0.5), (ON_RENT, 2.0**0.5), (HIRING, 0.95**6)])
def test_operations_grow_unless_they_are_saved_on_and_then_they_shrink(saves: int, running: float) -> None:
    future = small("capital: {operations_growth: 2x / year, saving: 5%}").begin()
    future.lab[0].austerity = saves
    capital.hired(future, 365.25 / 2)
    assert future.capital[0].running == pytest.approx(running)


def test_they_shrink_to_what_the_lab_cannot_do_without() -> None:
    future = small("capital: {saving: 90%, least: 0.3}").begin()
    future.lab[0].austerity = HIRING
    capital.hired(future, 30.0)
    assert future.capital[0].running == 0.3


@pytest.mark.parametrize(("at", "days"), [("2026-02-01", 31 + 14), ("2026-02-02", 31 + 14.5), ("2026-02-15", 31 + 21)])
def test_operations_can_change_on_the_way(at: str, days: float) -> None:
    half = f"happenings: [{{id: cut, source: test, at: {at}, changes: {{capital.operations: {{scale: 0.5}}}}}}]"
    future = small(f"capital: {{operations: $365.25M / year}}\n{half}").begin().until(60.0)
    assert future.accounts[OPERATIONS].balance == pytest.approx(days * 1e6)


def test_what_is_not_paid_burns_too() -> None:
    """An insolvent lab has no runway left, although its cash no longer falls."""
    future = small("capital: {cash: $0, operations: $365.25M / year, saving: 0}").begin().until(59.5)
    assert future.lab[0].burn == pytest.approx(1e6 * 365.25 / 12, rel=1e-6)
    assert future.lab[0].runway == 0.0
