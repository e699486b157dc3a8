"""The B30A: on offer, and let through by no rule of the baseline; two rules of a scenario let it through, for a fee."""

import pytest

from sim.world.geopolitics import controls
from sim.world.purchasing import orders
from sim.world.supply import market
from tests.world.a_future import SHORT, future_of

OPEN = tuple(f"controls.rules.us_b30a_window.ends_{state}=0 / year" for state in ("truce", "tension", "rupture"))


@pytest.mark.parametrize("number", range(3))
def test_the_baseline_denies_it_and_none_is_ordered(number: int) -> None:
    future = future_of(*SHORT, number=number).run()
    offer = future.the("offers", "b30a_licensed")
    assert controls.denied(future, future.at("offers", "b30a_licensed"))
    assert (offer.decided, offer.on_order, offer.delivered) == (0.0, 0.0, 0.0)


def test_both_keys_let_it_through_from_september_2026_for_15_percent() -> None:
    future = future_of(*SHORT, *OPEN, scenario="b30a").begin()
    o = future.at("offers", "b30a_licensed")
    assert controls.denied(future.until(99.0), o)
    assert not controls.denied(future.until(132.0), o)
    assert orders.charged_price(future, o) == pytest.approx(1.15 * market.price(future, o))


def test_it_is_bought_once_both_offices_grant_it() -> None:
    grants = ("controls.governments.us.granted=1", "controls.governments.cn.granted=1", "capital.cash=$2bn")
    future = future_of(*SHORT, *OPEN, *grants, scenario="b30a").run()
    assert future.the("offers", "b30a_licensed").delivered > 0.0
