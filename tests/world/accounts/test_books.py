"""The books: zero-sum, and red as soon as a dollar or a chip is dropped."""

from collections.abc import Callable

import pytest

from sim.language.events import EVENTS, kind_of
from sim.world.accounts import books
from sim.world.company import ledger
from sim.world.fleet import holdings
from sim.world.pathways import PATHWAYS
from sim.world.purchasing import orders
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, future_of, small

BUYING = """
training: {latent: 1}
fleet:
  sites: [{id: new_site, energised: 2023-01-01}]
  holdings: [{id: h800_hall, failures: 1 / year, loss: 5%}, {id: h200_hall, failures: 1 / year}]
market: {offers: [{id: ascend, price: $1k}]}
foundry: {pools: [{id: memory, begins: 2026-01-01}], supplies: [{id: ascend, launch: 2026-01-01}]}
serving: {tokens: 1T tokens / day}
"""


def test_the_books_balance_at_every_month_end() -> None:
    future = small(BUYING).begin()
    for month in future.months[:-1]:
        future.until(month.ends + 0.5)
        assert sum(account.balance for account in future.accounts) == 0.0
        assert sum(stage.units for stage in future.stages) == future.lab[0].ordered
    assert future.lab[0].orders > 5


@pytest.mark.parametrize("scenario", ["baseline", "stall", "tighten", "both"])
def test_nothing_vanishes_in_the_scenarios_shipped(scenario: str) -> None:
    """`checked` raises otherwise, at any month-end."""
    for number in range(3):
        future = future_of(scenario=scenario, number=number).run()
        books.checked(future)
        assert sum(account.balance for account in future.accounts) == 0.0


def lose_a_dollar(future: LoggedFuture) -> None:
    future.accounts[ledger.CASH].balance -= 1.0


def lose_a_chip(future: LoggedFuture) -> None:
    future.the("holdings", "h800_hall").online -= 1.0


def forget_an_order(future: LoggedFuture) -> None:
    future.stages[orders.DELIVERED].units += 1.0


def deliver_unordered(future: LoggedFuture) -> None:
    future.the("holdings", "h200_hall").received += 1.0
    future.the("holdings", "h200_hall").online += 1.0


def sell_twice(future: LoggedFuture) -> None:
    future.the("supplies", "ascend").sold += 8.0


def lose_a_person(future: LoggedFuture) -> None:
    future.the("staff", "engineers").people -= 1.0


@pytest.mark.parametrize(
    ("slip", "message"),
    [
        (lose_a_dollar, "dollars"),
        (lose_a_chip, "a holding is not waiting"),
        (forget_an_order, "ordered is not under way"),
        (deliver_unordered, "delivered is not what the holdings received"),
        (sell_twice, "allotment is not stock"),
        (lose_a_person, "those there are not those of the first day"),
    ],
)
def test_each_check_sees_what_vanished(slip: Callable[[LoggedFuture], None], message: str) -> None:
    future = small(BUYING).begin().until(40.0)
    slip(future)
    with pytest.raises(ArithmeticError, match=message):
        future.until(60.0)


def half_paid(future: LoggedFuture, source: int, use: int, amount: float) -> None:
    future.accounts[source].balance -= float(int(amount))


def unkept(future: LoggedFuture, slot: int, stage: int) -> None:
    future.stages[future.orders[slot].stage].units -= future.orders[slot].units
    future.orders[slot].stage = stage


def not_taken(future: LoggedFuture, o: int, units: float) -> None:
    if future.offers[o].supply >= 0:
        future.supplies[future.offers[o].supply].sold += units


def dropped(future: LoggedFuture, slot: int, units: float) -> None:
    future.holdings[future.offers[future.orders[slot].offer].holding].starting -= units


@pytest.mark.parametrize(
    ("page", "name", "wrong", "message"),
    [
        (orders, "pay", half_paid, "dollars"),
        (orders, "move", unkept, "ordered is not under way"),
        (market, "taken", not_taken, "allotment"),
        (EVENTS[kind_of(holdings.came_online)], "handler", dropped, "a holding"),
    ],
)
def test_a_page_that_drops_something_is_found(
    monkeypatch: pytest.MonkeyPatch, page: object, name: str, wrong: Callable[..., None], message: str
) -> None:
    future = small(BUYING).begin()
    monkeypatch.setattr(page, name, wrong)
    with pytest.raises(ArithmeticError, match=message):
        future.until(700.0)


def test_what_a_year_comes_to() -> None:
    """1,000 H800 of 1,500 wanted, no money: a third is short, for want of money in each of 24 months."""
    future = small("training: {latent: 0.5}\ncapital: {cash: $0}").run()
    outcome = future.result
    assert outcome.train_short == pytest.approx(1.0 / 3.0)
    assert (outcome.train_effective, outcome.train_wanted) == pytest.approx((1000.0, 1500.0))
    assert (outcome.owned, outcome.rented, outcome.power) == pytest.approx((1000.0, 0.0, 1.25))
    assert outcome.trained == pytest.approx(1000 * 730 * 86400 * 989e12 * 0.33)
    assert outcome.trained == pytest.approx(outcome.opening_flop * 730 / 365.25)
    assert outcome.unserved == 0.0
    assert outcome.train_budget == pytest.approx(1.0 / 3.0)


@pytest.mark.parametrize(("since", "first"), [("2027-01-01", 12), ("2027-07-01", 18)])
def test_the_shortfall_is_that_of_the_measured_months(since: str, first: int) -> None:
    more = f"window: {{reporting_from: {since}}}\ntraining: {{growth: 3x / year}}\ncapital: {{cash: $0}}"
    future = small(more).run()
    days = [month.ends - month.begins for month in future.months][first:]
    wanted = [3.0 ** (1.0 + 0.5 * (month.begins / 365.25 - 1.0)) for month in future.months][first:]
    short = 1.0 - sum(days) / sum(d * w for d, w in zip(days, wanted, strict=True))
    assert future.outcome[0].train_short == pytest.approx(short, rel=0.02)


@pytest.mark.parametrize("since", ["2026-01-01", "2026-02-01"])
def test_a_window_may_begin_on_the_first_day(since: str) -> None:
    """What no month told is zero: nothing has been made before the first day."""
    outcome = (
        small(f"window: {{reporting_from: {since}}}\ntraining: {{latent: 0.5}}\ncapital: {{cash: $0}}").run().outcome[0]
    )
    assert outcome.train_short == pytest.approx(1.0 / 3.0)
    assert outcome.made_before == 0.0


def test_h100e_by_pathway() -> None:
    future = small().begin()
    for offer, units in (("h200", 100.0), ("ascend", 50.0), ("grey", 10.0)):
        future.the("offers", offer).delivered = units
    future.the("offers", "rent").on_rent = 30.0
    books.chips_counted(future, 0)
    assert [future.month_ways[way].h100e for way in range(PATHWAYS)] == [100.0, 25.0, 10.0, 30.0, 0.0]
    assert future.books[0].rented == 30.0
