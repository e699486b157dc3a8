"""Other finance without a stall: when it is looked for, how often it is found, and that it comes one at a time."""

import math

import pytest

from sim.world.company import ledger, other_finance
from sim.world.company.ledger import FALLBACK
from sim.world.company.other_finance import fallback_paid
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(
    settings={
        22: (
            "capital.cash=$60M",
            "capital.facility=$0 / year",
            "capital.financing.fallback=0",
            "capital.financing.fallback_below=9 months",
            "capital.financing.fallback_rate=3 / year",
            "capital.financing.fallback_time=10 days",
        )
    }
)
"""A poor lab to which stalls bring none, so that none is on its way while it is looked for."""

MILLION = 1e6
SOUGHT = "fallback_below: 6 months, fallback_rate: 1000 / year"


def spending(cash: str, more: str = SOUGHT, number: int = 0) -> LoggedFuture:
    """A lab that spends 10 million a month, and whose round neither closes nor stalls."""
    return small(f"capital: {{cash: {cash}, operations: $120M / year, financing: {{{more}}}}}", number).begin()


def test_while_the_plan_is_funded_nothing_is_borrowed() -> None:
    assert spending("$1bn").until(365.0).story(fallback_paid) == []


def test_a_lab_whose_plan_is_short_of_money_finds_other_finance_one_at_a_time() -> None:
    """$75M last for 7.5 months: less than six after the second; seventy days later $30M come, too little."""
    future = spending("$75M").until(200.0)
    assert future.story(fallback_paid) == [(129.0, "fallback paid")]
    assert future.accounts[FALLBACK].balance == -30 * MILLION
    assert future.financing[0].fallback_due == 1
    assert ledger.cash(future) == pytest.approx((75 + 30 - 60) * MILLION, abs=2 * MILLION)


@pytest.mark.parametrize("rate", [1.8, 6.0])
def test_it_is_found_at_its_rate(rate: float) -> None:
    """It is looked for at the end of January and of February."""
    more = f"fallback_below: 10 years, fallback_rate: {rate} / year"
    futures = [spending("$500M", more, number).until(60.0) for number in range(200)]
    found = [future.financing[0].fallback_due > 0 or future.story(fallback_paid) != [] for future in futures]
    assert sum(found) / 200 == pytest.approx(1.0 - math.exp(-rate * 59.0 / 365.25), abs=0.09)


def test_what_is_owed_on_orders_does_not_fund_the_plan_and_what_is_signed_does() -> None:
    future = spending("$75M")
    future.lab[0].plan_cost = 10 * MILLION
    future.lab[0].unpaid = 25 * MILLION
    future.financing[0].signed = 40 * MILLION
    assert other_finance.funded(future) == pytest.approx(9 * 365.25 / 12)
