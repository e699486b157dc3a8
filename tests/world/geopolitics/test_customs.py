"""What happens at the border: inspections, seizures, charges, and how the climate weighs on grey trade."""

import pytest

from sim.world.purchasing import orders
from sim.world.purchasing.orders import order_arrived
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, small
from tests.world.geopolitics.test_controls import DENIAL, decides, ruled

INSPECTION = (
    "{id: checks, government: cn, item: accelerator, regime: inspection, effective: 2025-10-10, source: test%s}"
)


def arrivals(future: LoggedFuture, *offers: str) -> LoggedFuture:
    for month, offer in enumerate(offers):
        orders.place(future, future.at("offers", offer), 0, 8.0, month)
    return future


def test_customs_hold_what_they_inspect_licensed_or_grey_and_let_the_gates_alone() -> None:
    future = ruled(INSPECTION % ", inspection: 12 days, hits: {chip: [h200]}")
    assert decides(future, office="cn") == ""
    arrivals(future, "h200", "grey", "rent")
    assert future.until(120.0).story(order_arrived) == [(day, "order arrived") for day in (10.0, 87.0, 92.0)]
    others = arrivals(ruled(INSPECTION % ", inspection: 12 days, hits: {chip: [h20]}"), "h200", "grey")
    assert others.until(120.0).story(order_arrived) == [(day, "order arrived") for day in (75.0, 80.0)]


def test_an_inspection_may_end_in_seizure() -> None:
    future = arrivals(ruled(INSPECTION % ", seizure: 1"), "h200", "grey", "ascend").until(120.0)
    assert [order.stage for order in future.placed()] == [orders.CONFISCATED, orders.CONFISCATED, orders.DELIVERED]


@pytest.mark.parametrize(("climate", "share"), [("truce", 0.1), ("tension", 0.3), ("rupture", 1.0)])
def test_grey_trade_is_pursued_harder_when_the_climate_is_worse(climate: str, share: float) -> None:
    offer = (
        "{id: grey, seizure: 0.1, seized_tension: 3, seized_rupture: 20, yearly_tension: 0.75, yearly_rupture: 0.45}"
    )
    future = small(f"climate: {{state: {climate}}}\nmarket: {{offers: [{offer}]}}").begin()
    part = {"truce": 1000.0, "tension": 750.0, "rupture": 450.0}[climate]
    assert market.flow(future, future.at("offers", "grey")) == part
    for month in range(300):
        orders.place(future, future.at("offers", "grey"), 0, 1.0, month)
    future.until(80.0)
    assert future.stages[orders.CONFISCATED].units / 300.0 == pytest.approx(share, abs=0.06)


def test_a_fee_is_added_to_the_price_when_the_licence_is_granted() -> None:
    future = arrivals(ruled(DENIAL.replace("denial", "case_by_case") % ", fee: 0.25"), "h200")
    assert future.until(89.0).orders[0].price == 8 * 40_000.0
    assert future.until(91.0).orders[0].price == 8 * 50_000.0
    assert future.until(200.0).orders[0].paid == 8 * 50_000.0
