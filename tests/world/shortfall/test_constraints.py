"""The six constraints: one table, and dials that lift exactly what each limits."""

import math
from collections.abc import Iterator
from functools import cache

import pytest

from sim.language.declarations import fields
from sim.world.dials import Dials
from sim.world.purchasing import planner
from sim.world.shortfall import causes
from sim.world.shortfall.constraints import (
    ALL_LIMITS,
    CAUSES_OF,
    CONSTRAINTS,
    DIALS_OF,
    LIMITS,
    MONEY_LIMIT,
    NOBODYS,
    NUMBER,
    ONSETS,
    ROW_OF,
)
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, future_of, small

LIMITING = [name for name, row in CONSTRAINTS.items() if row.limit and row.limit != MONEY_LIMIT]


def test_the_limits_are_the_bits_of_their_constraints() -> None:
    limits = [row.limit for row in CONSTRAINTS.values()]
    assert limits == [*(1 << row for row in range(LIMITS)), *[0] * (NUMBER - LIMITS)]
    assert sum(limits) == ALL_LIMITS
    assert (
        len({row.words for row in CONSTRAINTS.values()}) == len({row.colour for row in CONSTRAINTS.values()}) == NUMBER
    )


IDS = {row.id for row in NOBODYS}


def test_every_cause_that_can_be_removed_lies_beneath_one_constraint() -> None:
    beneath = [cause for result in CAUSES_OF.values() for cause in result]
    assert sorted(beneath) == sorted(set(causes.NAMES) - IDS)
    names = list(CONSTRAINTS)
    for cause, row in zip(causes.NAMES, ROW_OF, strict=True):
        assert row == -1 if cause in IDS else cause in CAUSES_OF[names[row]]


def test_every_dial_but_two_removes_one_constraint() -> None:
    dials = [dial for result in DIALS_OF.values() for dial in result]
    assert sorted(dials) == sorted({field.name for field in fields(Dials)} - {"planning", "want"})


def test_every_constraint_has_its_columns_in_order() -> None:
    assert [column.name for column in ONSETS] == [
        f"{use}_when_{name}" for use in ("train", "serve") for name in CONSTRAINTS
    ]


def removed(*names: str) -> tuple[str, ...]:
    """Settings that remove constraints."""
    return tuple(f"dials.{dial}=1" for name in names for dial in DIALS_OF[name])


def limits_of(future: LoggedFuture) -> dict[tuple[int, int], float]:
    """What each constraint but money leaves of each offer that is sold today, by its bit and the offer's row."""
    planner.timed(future)
    planner.capped(future)
    return {
        (bit, o): least
        for o in range(future.counts[0].offers)
        if future.limits[o].sold and market.on_offer(future, o)
        for bit, least in leaves(future, o)
    }


def leaves(future: LoggedFuture, o: int) -> Iterator[tuple[int, float]]:
    limit = future.limits[o]
    for name in LIMITING:
        bit = CONSTRAINTS[name].limit
        result = [limit.quantity] if limit.owner == bit else []
        result += [limit.rules] if name == "rules" else []
        result += [limit.site] if name == "sites" else []
        yield bit, min(result, default=math.inf)


@cache
def limits_of_an_idle_lab(scenario: str, *settings: str) -> dict[tuple[int, int], float]:
    """Two years after the start, in a lab that has bought nothing: so that what others limit is the same."""
    return limits_of(future_of("procurement.order_cap=0", *settings, scenario=scenario, number=3).begin().until(800.0))


@pytest.mark.parametrize("scenario", ["baseline", "both", "self_reliance"])
@pytest.mark.parametrize("name", LIMITING)
def test_dials_lift_what_their_constraint_limits_and_nothing_else(name: str, scenario: str) -> None:
    as_is, lifted = limits_of_an_idle_lab(scenario), limits_of_an_idle_lab(scenario, *removed(name))
    bit = CONSTRAINTS[name].limit
    assert min(least for (of, _), least in as_is.items() if of == bit) < math.inf
    assert all(least == math.inf for (of, _), least in lifted.items() if of == bit)
    assert {key: least for key, least in lifted.items() if key[0] != bit} == {
        key: least for key, least in as_is.items() if key[0] != bit
    }


LACKING = "training: {latent: 0.5}\nprocurement: {spread: 5 months}\n"
"""Wanted 1,500 of the 1,000 that are there: of the h200, which cost $40,000, 4 for each 4 missing."""
REMOVED = "dials: {capital: 1}\n"
ONLY = (
    "market: {offers: ["
    + ", ".join(f"{{id: {name}, begins: 2090-01-01}}" for name in ("ascend", "grey", "rent"))
    + "]}\n"
)


def ordered(changes: str) -> list[tuple[int, float]]:
    """The orders of two years: offer and chips."""
    return [(order.offer, order.units) for order in small(LACKING + ONLY + changes).run().placed()]


@pytest.mark.parametrize("cash", ["$25M", "$40M", "$1bn"])
def test_money_that_could_buy_all_today_and_is_spent_over_months_is_not_limited_by_money(cash: str) -> None:
    """$20M would buy all. Removing the limit leaves the pace as it is."""
    as_is = ordered(f"capital: {{cash: {cash}}}\n")
    assert as_is
    assert ordered(f"capital: {{cash: {cash}}}\n{REMOVED}") == as_is


@pytest.mark.parametrize(("cash", "first"), [("$0", 500.0), ("$5M", 400.0), ("$15M", 200.0), ("$20M", 100.0)])
def test_what_money_lacks_is_given_and_what_is_there_keeps_its_pace(cash: str, first: float) -> None:
    """500 chips cost $20M: given is what cash lacks of that; of the cash a fifth is spent."""
    orders = ordered(f"capital: {{cash: {cash}}}\n{REMOVED}")
    assert orders[0][1] == pytest.approx(first, abs=1.0)
    assert sum(units for _, units in orders) >= 490.0


def test_a_removed_limit_of_money_holds_nothing_back_for_the_reserve() -> None:
    reserve = "capital: {cash: $20M, operations: $24M / year}\n"
    keeping = LACKING.replace("5 months", "1 month, reserve: 10 years")
    as_is, lifted = (small(keeping + ONLY + reserve + dial).begin().until(40.0) for dial in ("", REMOVED))
    assert (as_is.lab[0].orders, as_is.lab[0].austerity > 0) == (0, True)
    assert sum(order.units for order in lifted.placed()) == pytest.approx(500.0, abs=1.0)
    assert lifted.lab[0].austerity == 0
