"""The whole life of an order: dates, dollars and chips at every stage."""

import pytest

from sim.world.company import ledger
from sim.world.purchasing import orders
from sim.world.purchasing.orders import order_arrived, order_decided, order_shipped
from tests.world.a_future import LoggedFuture, small

RULES = """
controls:
  rules:
    - {id: window, source: test, government: us, item: accelerator, regime: case_by_case, effective: 2023-10-17%s}
    - {id: customs, source: test, government: cn, item: accelerator, regime: case_by_case, effective: 2023-10-17}
"""
OPENING = 1e9
PRICE = 100 * 40_000.0


def ordered(more: str = "", offer: str = "h200", units: float = 100.0) -> LoggedFuture:
    """Ordered on the first day."""
    future = small(more).begin()
    orders.place(future, future.at("offers", offer), 0, units, 0)
    return future


def spent(future: LoggedFuture) -> float:
    """Dollars that left the bank."""
    return OPENING - ledger.cash(future)


def test_a_whole_life_with_its_dollars() -> None:
    future = ordered(RULES % "")
    order = future.orders[0]
    seen = []
    for day in (0.5, 90.5, 150.5, 210.5, 230.5):
        future.until(day)
        seen.append((day, order.stage, spent(future)))
    assert seen == [
        (0.5, orders.AT_OFFICE, 0.3 * PRICE),
        (90.5, orders.AT_OFFICE, 0.3 * PRICE),
        (150.5, orders.AT_VENDOR, 0.3 * PRICE),
        (210.5, orders.IN_TRANSIT, 0.3 * PRICE),
        (230.5, orders.DELIVERED, PRICE),
    ]
    handlers = (order_decided, order_decided, order_shipped, order_arrived)
    assert future.story(*handlers) == list(
        zip((90.0, 150.0, 210.0, 230.0), (each.__name__.replace("_", " ") for each in handlers), strict=True)
    )
    holding = future.the("holdings", "h200_hall")
    assert (holding.received, holding.starting, holding.online) == (100.0, 100.0, 0.0)
    assert future.until(260.5).the("holdings", "h200_hall").online == 100.0
    offer = future.the("offers", "h200")
    assert (offer.on_order, offer.delivered, offer.deliveries) == (0.0, 100.0, 1.0)


@pytest.mark.parametrize(
    ("change", "day", "stage", "lost"),
    [
        ("refused by the exporter", 91.0, orders.REFUSED, 0.03 * PRICE),
        ("refused by the buyer", 151.0, orders.REFUSED, 0.03 * PRICE),
        ("denied at the border", 211.0, orders.REFUSED, 0.03 * PRICE),
        ("seized", 231.0, orders.CONFISCATED, PRICE),
        ("no money for the balance", 231.0, orders.CANCELLED, 0.3 * PRICE),
    ],
)
def test_how_an_order_can_end(change: str, day: float, stage: int, lost: float) -> None:
    more = {
        "refused by the exporter": "  governments: [{id: us, granted: 0}]",
        "refused by the buyer": "  governments: [{id: cn, granted: 0}]",
        "denied at the border": "happenings: [{id: shut, source: test, at: 2026-06-15, changes: "
        "{controls.rules.window.regime: denial}}]",
        "seized": "market: {offers: [{id: h200, seizure: 1}]}",
    }.get(change, "")
    future = ordered(RULES % "" + more)
    if change == "no money for the balance":
        future.until(150.0)
        ledger.pay(future, ledger.CASH, ledger.OPERATIONS, OPENING - 0.3 * PRICE - 2e6)
        lost += OPENING - 0.3 * PRICE - 2e6
    future.until(day - 1.5)
    assert future.orders[0].stage not in (orders.REFUSED, orders.CANCELLED, orders.CONFISCATED)
    future.until(day)
    assert future.orders[0].stage == stage
    assert spent(future) == lost
    assert future.the("offers", "h200").on_order == 0.0
    assert future.the("holdings", "h200_hall").received == 0.0
    assert future.stages[stage].units == 100.0


def test_a_refusal_keeps_its_part_of_the_deposit_and_of_nothing_prepaid() -> None:
    future = ordered(RULES % "" + "  governments: [{id: us, granted: 0}]\nprocurement: {prepaid_share: 1}")
    assert spent(future) == PRICE
    assert spent(future.until(91.0)) == 0.03 * PRICE


def test_without_a_rule_nobody_is_asked() -> None:
    future = ordered().until(81.0)
    assert future.story(order_decided) == []
    assert future.story(order_shipped, order_arrived) == [(60.0, "order shipped"), (80.0, "order arrived")]


def test_a_refused_order_gives_the_vendors_chips_back() -> None:
    future = small("market: {offers: [{id: ascend, exporter: us}]}\n" + RULES % "").begin()
    supply = future.the("supplies", "ascend")
    supply.stock, supply.allotted = 400.0, 400.0
    orders.place(future, future.at("offers", "ascend"), 0, 240.0, 0)
    assert (supply.stock, supply.sold) == (160.0, 240.0)
    orders.refuse(future, 0)
    assert (supply.stock, supply.sold) == (400.0, 0.0)


def test_a_refused_order_gives_its_part_of_a_yearly_quantity_back() -> None:
    yearly = "market: {offers: [{id: h200, yearly: 1000 chips / year}]}"
    future = small(f"{yearly}\n{RULES % ''}\n  governments: [{{id: us, granted: 0}}]").begin()
    future.the("offers", "h200").stock = 300.0
    orders.place(future, future.at("offers", "h200"), 0, 240.0, 0)
    assert future.the("offers", "h200").stock == 60.0
    orders.refuse(future, 0)
    assert future.the("offers", "h200").stock == 300.0


def test_chips_ordered_stand_somewhere_at_any_time() -> None:
    future = small(RULES % ", quota: 300 chips / year").begin()
    for month, offer in enumerate(("h200", "grey", "h200", "h200", "grey", "h200")):
        orders.place(future, future.at("offers", offer), month % 2, 100.0, month)
        future.until(40.0 * (month + 1))
        assert sum(stage.units for stage in future.stages) == future.lab[0].ordered == 100.0 * (month + 1)
        assert sum(stage.orders for stage in future.stages) == future.lab[0].orders == month + 1
        unpaid = sum(order.price - order.paid for order in future.placed() if order.stage < orders.DELIVERED)
        assert future.lab[0].unpaid == unpaid
    assert future.stages[orders.REFUSED].units > 0.0


def test_the_luck_of_an_order_is_its_own() -> None:
    """One order more changes the days of no other."""
    spread = "market: {offers: [{id: h200, build: {p5: 20 days, p50: 60 days, p95: 200 days}}]}"
    alone = ordered(spread).until(400.0).story(order_arrived)
    both = ordered(spread)
    orders.place(both, both.at("offers", "grey"), 0, 50.0, 0)
    orders.place(both, both.at("offers", "h200"), 1, 50.0, 0)
    assert alone[0] in both.until(400.0).story(order_arrived)
    assert len({order.key for order in both.placed()}) == 3


@pytest.mark.parametrize(
    ("offer", "dials", "drawn", "days"),
    [
        ("h200", "", 90.0, 90.0),
        ("h200", "logistics: 0.1", 90.0, 60.0 + 0.9 * 30.0),
        ("h200", "logistics: 1", 90.0, 60.0),
        ("h200", "logistics: 1", 50.0, 50.0),
        ("h200", "allocation: 1", 90.0, 90.0),
        ("ascend", "logistics: 1", 90.0, 90.0),
        ("ascend", "memory: 1", 90.0, 45.0 + 0.5 * 45.0),
        ("ascend", "memory: 0.1, allocation: 0.1", 90.0, 45.0 + 0.9 * 45.0),
        ("ascend", "wafers: 1, memory: 1, packaging: 1, allocation: 1", 90.0, 45.0),
    ],
)
def test_a_vendors_delay_is_eased_with_what_it_is_laid_to(
    offer: str, dials: str, drawn: float, days: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is beyond the usual 60 days, or 45 of the domestic vendor, who lacks memory and serves others alike."""
    monkeypatch.setattr(orders, "draw", lambda *_: drawn)
    future = small(f"dials: {{{dials}}}\n" if dials else "").begin()
    supply = future.the("supplies", "ascend")
    supply.part_memory = supply.part_allocation = 0.5
    future.orders[0].offer = future.at("offers", offer)
    future.orders[0].key = 7
    assert orders.build_time(future, 0) == pytest.approx(days)
