"""Other finance: a vendor's credit, a bank, a lessor, a state's programme.

It may be found when a round stalls, and without a stall while the money at hand funds the lab's plan for a short time
only; then no more than one at a time is on its way. How long the plan is funded also decides when the next round opens
(rounds.py).
Left out: interest, and that it is paid back, which would come after most of what is reported.
Units: USD, days. No fact is public on what a lab like this could borrow: judgement.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.events import after, compilable, event
from sim.language.luck import chance, draw, purpose
from sim.world.arithmetic import MONTH, YEAR, decayed
from sim.world.company import capital, ledger
from sim.world.company.ledger import FALLBACK

if TYPE_CHECKING:
    from sim.world.course.future import Future

FALLBACK_FOUND = purpose("fallback finance found")
FALLBACK_TIME = purpose("fallback finance time")

IN_STALL, IN_NEED = 0, 1
"""Why it is looked for."""


@compilable
def at_hand(future: Future) -> float:
    """Dollars in the bank and signed, less what is still owed on orders."""
    return ledger.cash(future) + future.financing[0].signed - future.lab[0].unpaid


@compilable
def funded(future: Future) -> float:
    """Days for which these fund the lab's plan, at its pace."""
    a_month = future.lab[0].plan_cost
    return at_hand(future) * MONTH / a_month if a_month > 0.0 else math.inf


@compilable
def sought_in_stall(future: Future) -> None:
    """A round has stalled: other finance may be found."""
    financing = future.financing[0]
    if chance(future, FALLBACK_FOUND, IN_STALL, financing.round, financing.fallback):
        found_other(future, IN_STALL, financing.round)


@compilable
def month_reviewed(future: Future, month: int, days: float) -> None:
    """While the plan is funded for a short time only, other finance is looked for without a stall, one at a time."""
    financing = future.financing[0]
    if financing.fallback_due == 0 and funded(future) < financing.fallback_below:
        found = 1.0 - decayed(financing.fallback_rate * days, YEAR)
        if chance(future, FALLBACK_FOUND, IN_NEED, month, found):
            found_other(future, IN_NEED, month)


@compilable
def found_other(future: Future, why: int, number: int) -> None:
    """It is found; the money takes its time."""
    future.financing[0].fallback_due += 1
    after(future, draw(future, FALLBACK_TIME, why, number, future.financing[0].fallback_time), fallback_paid)


@event()
def fallback_paid(future: Future) -> None:
    """Other finance arrives."""
    future.financing[0].fallback_due -= 1
    capital.given(future, FALLBACK, future.financing[0].fallback_size)
