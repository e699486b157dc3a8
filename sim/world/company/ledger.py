"""The ledger: double entry in whole dollars. Every dollar that moves has a source and a use.

An account's balance is what has come in less what has gone out, so all balances together are zero at any time, and
that is checked with `==` at every month-end. Cash and credit are what the lab holds; the others say where it came
from and where it went. Relief is money from nowhere, when the dial of capital asks what more of it would do.
Units: USD, whole.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import USD, Section, state
from sim.language.events import compilable
from sim.world.arithmetic import whole
from sim.world.dials import REMOVED

if TYPE_CHECKING:
    from sim.world.course.future import Future

(
    CASH,
    CREDIT,
    OPENING,
    INVESTORS,
    FOUNDER,
    FALLBACK,
    CUSTOMERS,
    ARREARS,
    OPERATIONS,
    ENERGY,
    RENT,
    CHIPS,
    SITES,
    COUNTERFACTUAL,
    ACCOUNTS,
) = range(15)


class Account(Section):
    """One account: what came in less what went out."""

    balance: USD = state("in less out")


@compilable
def pay(future: Future, source: int, use: int, amount: float) -> None:
    """Move whole dollars from a source to a use."""
    dollars = whole(amount)
    if source == CASH and future.dials[0].budget >= REMOVED:
        missing = max(0.0, dollars - cash(future))
        future.accounts[COUNTERFACTUAL].balance -= missing
        future.accounts[CASH].balance += missing
    future.accounts[source].balance -= dollars
    future.accounts[use].balance += dollars


@compilable
def cash(future: Future) -> float:
    """Dollars in the bank."""
    return future.accounts[CASH].balance


@compilable
def means(future: Future) -> float:
    """Dollars available today: the cash balance, or infinity where the dial of capital is at 1."""
    return math.inf if future.dials[0].budget >= REMOVED else cash(future)


@compilable
def net(future: Future) -> float:
    """Dollars in the bank less what stands in arrears."""
    return cash(future) + future.accounts[ARREARS].balance


@compilable
def credit(future: Future) -> float:
    """Cloud credit not yet used: capacity an investor owes, good for rent at home and for nothing else."""
    return future.accounts[CREDIT].balance


@compilable
def must_pay(future: Future, use: int, amount: float) -> None:
    """What cannot be put off: paid as far as cash goes, the rest stands in arrears."""
    dollars = whole(amount)
    paid = max(0.0, min(dollars, means(future)))
    pay(future, CASH, use, paid)
    if paid < dollars:
        pay(future, ARREARS, use, dollars - paid)


@compilable
def received(future: Future, source: int, amount: float) -> None:
    """Money comes in; arrears are settled first."""
    pay(future, source, CASH, amount)
    owed = -future.accounts[ARREARS].balance
    if owed > 0.0:
        pay(future, CASH, ARREARS, max(0.0, min(owed, cash(future))))
