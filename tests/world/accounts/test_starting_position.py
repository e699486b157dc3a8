"""What an opening is judged by, in numbers that fit in the head; and that nothing else is."""

import pytest

from sim.language.declarations import fields
from sim.template.history_matching import opening_inputs
from sim.world.accounts import starting_position
from sim.world.accounts.starting_position import AGREES, LOAD, MONEY, RESEARCH, RUN, Matching
from tests.world.a_future import LoggedFuture, future_of, small
from tests.world.needs import Needs

NEEDS = Needs(
    moves_nothing={f"matching.{field.name}": "read before the first day" for field in fields(Matching) if field.given}
)

DAY = 1000 * 989e12 * 0.33 * 86400
"""FLOP that the small world's 1,000 H800 train in a day."""

BUSY = """
training: {opening_share: 0.75}
serving: {tokens: 50bn tokens / day, cost: 2, peak: 1.5}
capital: {cash: $20M, operations: $365.25M / year, facility: $36.525M / year}
"""
"""A quarter of the fleet serves; a million a day goes out and a tenth of it comes in."""


def opened(changes: str = "") -> LoggedFuture:
    future = small(BUSY + changes)
    starting_position.first_day(future)
    return future


def test_the_four_numbers_of_an_opening() -> None:
    future = opened()
    assert starting_position.run_time(future) == pytest.approx(3e24 / DAY)
    assert starting_position.research(future) == pytest.approx(0.75 * 365.25 * DAY / 3e24 - 1.0)
    each = 86400 * 4.62 / (1 / 1850 + 3.62 / 9212) / 3.0  # tokens a day of one H800 at twice the cost and its mean load
    assert starting_position.load(future) == pytest.approx(50e9 / each / 250)
    assert starting_position.money_after(future, 10.0) == pytest.approx(11e6)


def test_without_chips_a_run_takes_for_ever_and_any_load_is_too_much() -> None:
    future = opened()
    future.the("holdings", "h800_hall").opening = 0.0
    starting_position.first_day(future)
    assert starting_position.run_time(future) == starting_position.load(future) == float("inf")
    assert starting_position.research(future) == -1.0


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [
        ({"shortest_run": 130.0}, RUN),
        ({"longest_run": 100.0}, RUN),
        ({"least_research": 2.0}, RESEARCH),
        ({"most_research": 1.0}, RESEARCH),
        ({"least_load": 3.0}, LOAD),
        ({"most_load": 1.0}, LOAD),
        ({"solvent_for": 23.0}, MONEY),
        ({}, AGREES),
        ({"shortest_run": 105.0, "longest_run": 110.0, "least_research": 1.0, "most_load": 2.5}, AGREES),
    ],
)
def test_each_bound_refuses_on_its_side(bounds: dict[str, float], verdict: int) -> None:
    future = small(BUSY)
    for name, bound in bounds.items():
        setattr(future.matching[0], name, bound)
    assert starting_position.judged(future) == verdict
    assert starting_position.judged(future) == verdict, "asked again, it says the same"


def numbers(future: LoggedFuture) -> tuple[float, ...]:
    starting_position.first_day(future)
    return (
        starting_position.run_time(future),
        starting_position.research(future),
        starting_position.load(future),
        starting_position.money_after(future, 60.0),
    )


def moved(pair: int) -> dict[str, bool]:
    """For each input of a future, whether taking it from another future moves one of the four numbers."""
    future, other = future_of(number=2 * pair), future_of(number=2 * pair + 1)
    before, result = numbers(future), {}
    for address, drawing in zip(future.addresses, future.inputs, strict=False):
        kept = future.values[address]
        future.values[address] = other.values[address]
        result[drawing.path] = numbers(future) != pytest.approx(before, rel=1e-12)
        future.values[address] = kept
    return result


def test_what_is_drawn_again_is_what_the_tests_read() -> None:
    again = opening_inputs(future_of().scenario)
    read = {path for pair in range(12) for path, has_moved in moved(pair).items() if has_moved}
    assert read <= again
    nothing_on_rent = {f"market.offers.{chip}_home.rent" for chip in ("h20", "ascend_910c")}
    assert {path for path in again - read if not path.startswith("software.stacks.")} == nothing_on_rent


RENTING = "\nfleet: {holdings: [{id: cloud, opening: 100 chips}]}"


def test_rent_of_the_first_day_is_counted_among_what_runs_and_what_is_paid() -> None:
    plain, renting = opened(), opened(RENTING)
    assert starting_position.run_time(renting) == starting_position.run_time(plain), "it is a pool of its own"
    assert starting_position.research(renting) + 1.0 == pytest.approx(1.1 * (starting_position.research(plain) + 1.0))
    assert starting_position.load(renting) == pytest.approx(starting_position.load(plain) / 1.1)
    assert starting_position.money_after(renting, 10.0) == pytest.approx(11e6 - 100 * 2.0 * 24.0 * 10.0)
    assert small(BUSY + RENTING).begin().outcome[0].opening_burn == pytest.approx(
        small(BUSY).begin().outcome[0].opening_burn + 100 * 2.0 * 24.0 * 365.25 / 12.0
    )
