"""A stack closes half of its gap in every half-time; engineers hasten it, a new generation throws it back."""

import pytest

from sim.world.hardware import software
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

ON_ASCEND = (
    "fleet.holdings.b200_hall.opening=0 chips",
    "fleet.holdings.ascend_hall.opening=60000 chips",
    "market.offers.h800_home.depth=500 chips",
    "software.stacks.cann.opening=0.45",
    "software.stacks.cann.fit_from=0.4",
)
"""A fleet that is mostly Ascend, and fit for training."""

NEEDS = Needs(
    settings={
        **dict.fromkeys(
            (3, 13, 23, 33),
            (*ON_ASCEND, "fleet.holdings.h800_hall.opening=500 chips", "software.stacks.cann.restart=1"),
        ),
        7: (*ON_ASCEND, "fleet.holdings.h800_hall.opening=14000 chips"),
    },
    moves_nothing={
        "stacks.restart_assumed": "it decides only between pools that end within weeks; test_training_pools.py shows it"
    },
)
"""A run goes to Ascend: in one future it must, in the other it might."""

YEAR = 365.25


def aged(days: float, more: str = "", engineers: float = 1.0) -> LoggedFuture:
    """The small world after one stretch of engineers' work."""
    future = small(more).begin()
    future.clock[0].now = days
    future.lab[0].engineers = engineers
    software.month_matured(future, days)
    return future


def cann(more: str) -> str:
    return f"software: {{stacks: [{{id: cann, {more}}}]}}"


@pytest.mark.parametrize(
    ("day", "utilisation", "goodput", "fit"),
    [(0.0, 0.4, 0.6, 0), (365.25, 0.6, 0.775, 1), (730.5, 0.7, 0.8625, 1), (36525.0, 0.8, 0.95, 1)],
)
def test_half_of_the_gap(day: float, utilisation: float, goodput: float, fit: int) -> None:
    result = aged(day).the("stacks", "cann")
    assert result.utilisation == pytest.approx(utilisation)
    assert result.runs == pytest.approx(goodput)
    assert result.worth == pytest.approx(utilisation * goodput / 0.95)
    assert result.fit == fit


def test_a_stack_is_fit_from_the_day_it_reaches_the_threshold() -> None:
    """0.8 - 0.4 / 2^(t / year) = 0.5: after 152 days, so at the month close of June."""
    future = small().begin()
    assert future.until(181.0).the("stacks", "cann").fit == 0
    assert future.until(182.0).the("stacks", "cann").fit == 1


def test_without_a_half_time_a_stack_is_at_its_ceiling_and_never_below_its_opening() -> None:
    future = small("software: {stacks: [{id: cuda, ceiling: 0.9, goodput: 0.5}]}").begin()
    assert future.the("stacks", "cuda").utilisation == 1.0
    assert future.the("stacks", "cuda").worth == 1.0


def test_serving_closes_its_own_gap() -> None:
    future = aged(YEAR, cann("serving: 0.6, serving_ceiling: 1"))
    assert future.the("stacks", "cann").serves == pytest.approx(0.8)
    assert aged(YEAR).the("stacks", "cann").serves == 0.8


@pytest.mark.parametrize(
    ("engineers", "returns", "halves"),
    [(1.0, 0.5, 1.0), (4.0, 0.5, 2.0), (4.0, 1.0, 4.0), (4.0, 0.0, 1.0), (0.25, 0.5, 0.5)],
)
def test_engineers_hasten_a_stack_with_diminishing_returns(engineers: float, returns: float, halves: float) -> None:
    future = aged(YEAR, cann(f"returns: {returns}"), engineers)
    assert future.the("stacks", "cann").gap == pytest.approx(0.5**halves)


def test_a_new_generation_opens_a_part_of_what_was_closed() -> None:
    """Half is closed after a year, a fifth of that half opens again; the day before nothing has."""
    arrives = cann("generation: 2026-12-31, setback: 0.2")
    assert aged(YEAR, arrives).the("stacks", "cann").gap == pytest.approx(0.5 + 0.2 * 0.5)
    assert aged(363.0, arrives).the("stacks", "cann").gap == pytest.approx(0.5 ** (363.0 / YEAR))
    once = small(arrives).begin().until(729.0).the("stacks", "cann")
    never = small().begin().until(729.0).the("stacks", "cann")
    assert once.gap == pytest.approx(never.gap * (1.0 + 0.2 * (2.0 ** (365.0 / YEAR) - 1.0)))


def test_dials_ease_the_gap_and_the_goodput() -> None:
    plain = aged(YEAR, cann("restart: 0.8"))
    eased = aged(YEAR, cann("restart: 0.8") + "\ndials: {software: 0.1, reliability: 0.1}")
    gone = aged(YEAR, cann("restart: 0.8") + "\ndials: {software: 1, reliability: 1}")
    row = plain.at("stacks", "cann")
    assert [software.best(f, row) - f.stacks[row].utilisation for f in (plain, eased, gone)] == pytest.approx(
        [0.2, 0.18, 0.0]
    )
    assert [software.restart_probability(f, row) for f in (plain, eased, gone)] == pytest.approx(
        [0.8 * 0.4 / 0.6, 0.9 * 0.8 * 0.38 / 0.6, 0.0]
    )
    assert [0.95 - f.stacks[row].runs for f in (plain, eased, gone)] == pytest.approx([0.175, 0.1575, 0.0])


def test_a_stack_that_has_carried_a_run_has_none_restarted() -> None:
    future = small(cann("restart: 1")).begin()
    row = future.at("stacks", "cann")
    assert software.restart_probability(future, row) == 1.0
    future.stacks[row].finished = 1
    assert software.restart_probability(future, row) == 0.0
