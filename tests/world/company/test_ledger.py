"""Double entry in whole dollars."""

import pytest

from sim.world.company import ledger
from sim.world.company.ledger import ARREARS, CASH, CHIPS, INVESTORS, OPERATIONS
from tests.world.a_future import LoggedFuture, small


def opened() -> LoggedFuture:
    return small("capital: {cash: $100}").begin()


def balances(future: LoggedFuture) -> float:
    return sum(account.balance for account in future.accounts)


def test_every_dollar_has_a_source_and_a_use() -> None:
    future = opened()
    ledger.pay(future, CASH, CHIPS, 40.9)
    assert (ledger.cash(future), future.accounts[CHIPS].balance) == (60.0, 40.0)
    assert balances(future) == 0.0


@pytest.mark.parametrize(
    ("due", "cash", "arrears"), [(40.0, 60.0, 0.0), (100.0, 0.0, 0.0), (130.0, 0.0, -30.0), (0.0, 100.0, 0.0)]
)
def test_what_cannot_be_put_off_is_paid_as_far_as_cash_goes(due: float, cash: float, arrears: float) -> None:
    future = opened()
    ledger.must_pay(future, OPERATIONS, due)
    assert (ledger.cash(future), future.accounts[ARREARS].balance) == (cash, arrears)
    assert future.accounts[OPERATIONS].balance == due
    assert balances(future) == 0.0


@pytest.mark.parametrize(("comes", "cash", "arrears"), [(20.0, 0.0, -10.0), (30.0, 0.0, 0.0), (75.0, 45.0, 0.0)])
def test_arrears_are_settled_first(comes: float, cash: float, arrears: float) -> None:
    future = opened()
    ledger.must_pay(future, OPERATIONS, 130.0)
    ledger.received(future, INVESTORS, comes)
    assert (ledger.cash(future), future.accounts[ARREARS].balance) == (cash, arrears)
    assert balances(future) == 0.0
