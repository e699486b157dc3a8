"""A stack closes half of the gap to its ceiling in every half-time."""

import pytest

from sim.world import software
from tests.world.a_future import small


@pytest.mark.parametrize(
    ("day", "utilisation", "goodput", "fit"),
    [(0.0, 0.4, 0.6, 0), (365.25, 0.6, 0.775, 1), (730.5, 0.7, 0.8625, 1), (36525.0, 0.8, 0.95, 1)],
)
def test_half_of_the_gap(day: float, utilisation: float, goodput: float, fit: int) -> None:
    future = small().begin()
    future.clock[0].now = day
    software.matured(future)
    cann = future.the("stacks", "cann")
    assert cann.utilisation == pytest.approx(utilisation)
    assert cann.worth == pytest.approx(utilisation * goodput / 0.95)
    assert cann.fit == fit


def test_a_stack_is_fit_from_the_day_it_reaches_the_threshold() -> None:
    """0.8 - 0.4 / 2^(t / year) = 0.5: after 152 days, so at the month close of June."""
    future = small().begin()
    assert future.until(181.0).the("stacks", "cann").fit == 0
    assert future.until(182.0).the("stacks", "cann").fit == 1


def test_without_a_half_time_a_stack_is_at_its_ceiling_and_never_below_its_opening() -> None:
    future = small("software: {stacks: [{id: cuda, ceiling: 0.9, goodput: 0.5}]}").begin()
    assert future.the("stacks", "cuda").utilisation == 1.0
    assert future.the("stacks", "cuda").worth == 1.0
