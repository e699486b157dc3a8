"""What is there at the end of the reporting window: whole, and told twice, by the way it came and by what it does."""

import pytest

from sim.world.fleet import inventory
from sim.world.pathways import LEDGER
from tests.world.a_future import LoggedFuture, future_of, small

WAYS = tuple(row.id for row in LEDGER)
USES = (
    "training_grade_trains",
    "training_grade_serves",
    "training_grade_repair",
    "training_grade_waiting",
    "inference_only_serves",
    "inference_only_repair",
    "inference_only_waiting",
)


def by_way(future: LoggedFuture, *kinds: str) -> float:
    return float(sum(getattr(future.result, f"{kind}_{way}") for kind in kinds for way in WAYS))


def by_use(future: LoggedFuture) -> float:
    return float(sum(getattr(future.result, name) for name in USES))


def test_a_fleet_that_stays_is_of_the_first_day() -> None:
    """1,000 H800 do nothing but train, and nothing is bought."""
    future = small("training: {latent: 1}\ncapital: {cash: $0}").run()
    outcome = future.result
    assert outcome.installed_opening == by_way(future, "installed") == 1000.0
    assert outcome.training_grade_opening == by_use(future) == outcome.owned == outcome.training_grade_trains
    assert outcome.power_opening == outcome.power == pytest.approx(1.25)


@pytest.mark.parametrize("scenario", ["baseline", "close"])
def test_the_same_chips_are_told_by_way_and_by_use(scenario: str) -> None:
    """Nothing falls between: ways, uses and the books are one sum; power of what is owned is what sites draw."""
    for number in range(3):
        future = future_of(scenario=scenario, number=number).run()
        outcome = future.result
        there = outcome.owned + outcome.rented
        assert by_way(future, "training_grade", "inference_only") == pytest.approx(there)
        assert by_use(future) == pytest.approx(there)
        rented = outcome.power_rented_home + outcome.power_rented_abroad
        assert by_way(future, "power") - rented == pytest.approx(outcome.power)
        assert outcome.training_grade_rented_home + outcome.inference_only_rented_home == pytest.approx(
            outcome.rented_home
        )


def test_a_holding_is_laid_to_the_ways_that_filled_it_by_what_each_brought() -> None:
    """30 licensed and 10 grey chips went into one holding; half of it is lost, and one of the rest is in repair."""
    future = small().begin()
    future.the("offers", "h200").delivered, future.the("offers", "grey").delivered = 30.0, 10.0
    holding = future.the("holdings", "h200_hall")
    holding.online, holding.down, holding.waiting = 15.0, 1.0, 4.0
    for h in range(future.counts[0].holdings):
        inventory.sorted_by_way(future, h)
        inventory.sorted_by_use(future, h)
    outcome = future.result
    assert (outcome.installed_licensed, outcome.installed_grey) == (15.0, 5.0)
    assert (outcome.power_licensed, outcome.power_grey) == pytest.approx((3.0 * outcome.power_grey, outcome.power_grey))
    each = future.chips[holding.chip].h100e
    assert outcome.training_grade_repair + outcome.inference_only_repair == each
    assert outcome.training_grade_waiting + outcome.inference_only_waiting == 4.0 * each


def test_it_is_counted_once_at_the_end_of_the_leading_window() -> None:
    future = small("window: {reporting_from: 2026-12-01, reporting_until: 2027-01-01}").run()
    assert future.result.installed_opening == 1000.0


def test_planned_days_and_delays_give_the_day_of_release() -> None:
    future = small("training: {latent: 1}").run()
    outcome = future.result
    assert (outcome.next_due, outcome.second_due) == pytest.approx((365.25, 730.5))
