"""The shipped blockade: from its day on nothing comes from abroad."""

import pytest

from sim.world.geopolitics import climate
from sim.world.pathways import TABLE
from sim.world.purchasing import orders
from tests.world.a_future import LoggedFuture, template_of

FOREIGN = {number for number, row in enumerate(TABLE) if row.id in ("licensed", "grey", "rented_abroad")}


@pytest.mark.parametrize("number", [0, 3, 5])
def test_from_its_day_on_nothing_comes_from_abroad(number: int) -> None:
    future = LoggedFuture(template_of("blockade", ("end=2029-01-01", "window.later=2028-06-01")), number).begin()
    blockade = future.the("happenings", "blockade")
    day = blockade.scheduled_for
    assert 260.0 < day < 440.0
    future.until(day + 1.0)
    assert blockade.happened == 1
    assert future.climate[0].state == climate.RUPTURE
    placed, memory = future.lab[0].orders, future.the("pools", "hbm2e").received
    future.until(900.0)
    abroad = future.the("holdings", "h100_abroad")
    assert abroad.online + abroad.starting + abroad.down == 0.0
    assert future.lab[0].orders > placed
    foreign = [each for each in future.placed()[placed:] if future.offers[each.offer].pathway in FOREIGN]
    assert [each.units for each in foreign if each.stage not in (orders.CANCELLED, orders.REFUSED)] == []
    assert future.the("pools", "hbm2e").received == memory
    last = future.clock[0].now - day
    assert future.foundry[0].unserviced == pytest.approx(last, abs=31.0)
    assert future.foundry[0].withheld == pytest.approx(last, abs=31.0)
