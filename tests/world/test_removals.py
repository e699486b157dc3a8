"""The ribbon against removal: what is laid to a constraint, and what the same futures do without it."""

import numpy as np
import numpy.typing as npt
import pytest

from sim.language.declarations import fields
from sim.world.dials import Dials
from sim.world.purchasing import constraint_shares
from sim.world.shortfall.constraints import CAUSES_OF, CONSTRAINTS, DIALS_OF
from tests.world.a_future import SHORT, LoggedFuture, future_of, outcomes
from tests.world.needs import Needs
from tests.world.purchasing.a_game import blame

NEEDS = Needs(never_written=tuple(f"dials.{field.name}" for field in fields(Dials)))

SHORT_OF = {"train": "train_short", "serve": "unserved"}
EIGHT = ("baseline", "stall", "tighten", "both", "close", "relax", "self_reliance", "hbm_crunch")

LAID = {"money": 0.01, "rental": 0.05}
"""Most of the shortfall that may be laid to a constraint whose removal changes nothing."""

Shares = npt.NDArray[np.float64]


def removed(name: str) -> tuple[str, ...]:
    """Settings that remove a constraint."""
    return tuple(f"dials.{dial}=1" for dial in DIALS_OF[name])


def part(name: str, use: str, *settings: str, scenario: str = "baseline", futures: int = 20) -> Shares:
    """What the ribbon lays to a constraint in each future, over what is wanted."""
    result = outcomes(*settings, scenario=scenario, futures=futures)
    parts: Shares = result[[f"{use}_{cause}" for cause in CAUSES_OF[name]]].to_numpy(np.float64).sum(axis=1)
    return parts


def short(use: str, *settings: str, scenario: str = "baseline", futures: int = 20) -> Shares:
    """What a use lacks in each future, over what it wants."""
    return outcomes(*settings, scenario=scenario, futures=futures)[SHORT_OF[use]].to_numpy(np.float64)


def unmoved(name: str, scenario: str, futures: int) -> npt.NDArray[np.bool_]:
    """In which futures removing a constraint changes neither use by a bit."""
    runs = [outcomes(*settings, scenario=scenario, futures=futures) for settings in ((), removed(name))]
    as_is, lifted = (run[list(SHORT_OF.values())].to_numpy(np.float64) for run in runs)
    same: npt.NDArray[np.bool_] = (as_is == lifted).all(axis=1)
    return same


def assert_nothing_is_laid(name: str, scenario: str, futures: int) -> int:
    """Where removal changes nothing, the ribbon lays next to nothing to the constraint; returns how many there are."""
    null = unmoved(name, scenario, futures)
    for use in SHORT_OF:
        laid = part(name, use, scenario=scenario, futures=futures)[null]
        lacks = short(use, scenario=scenario, futures=futures)[null]
        assert abs(laid.sum()) <= LAID.get(name, 0.01) * lacks.sum(), (name, scenario, use)
    return int(null.sum())


@pytest.mark.parametrize("scenario", ["baseline", "both"])
@pytest.mark.parametrize("name", list(CONSTRAINTS))
def test_a_removed_constraint_has_no_part(name: str, scenario: str) -> None:
    """Its dials lift all that it holds back: in orders, and in the stages of the fleet."""
    for use in SHORT_OF:
        assert (part(name, use, *removed(name), scenario=scenario, futures=6) == 0.0).all()
        assert (part(name, use, scenario=scenario, futures=6) != 0.0).any()


def test_where_removing_money_changes_nothing_nothing_is_laid_to_it() -> None:
    assert assert_nothing_is_laid("money", "baseline", 20) >= 5


def test_where_money_never_binds_removing_it_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dial lifts no more than what money holds back: neither pace nor what stands behind."""
    divide = constraint_shares.divide_orders
    bound = set()

    def watched(future: LoggedFuture) -> None:
        divide(future)
        if blame(future).get("money") or blame(future, "serve").get("money"):
            bound.add(future.clock[0].seed)

    monkeypatch.setattr(constraint_shares, "divide_orders", watched)
    silent = 0
    laid = sum(abs(part("money", use, futures=100)) for use in SHORT_OF)
    for number in np.flatnonzero(laid == 0.0).tolist():
        future = future_of(*SHORT, number=number).run()
        if future.clock[0].seed not in bound:
            silent += 1
            lifted = future_of(*SHORT, *removed("money"), number=number).run()
            for measure in ("train_short", "unserved", "owned", "rented", "lowest_cash", "raised"):
                assert getattr(lifted.outcome[0], measure) == getattr(future.outcome[0], measure), (number, measure)
        if silent == 3:
            break
    assert silent == 3


@pytest.mark.long
@pytest.mark.parametrize("scenario", EIGHT)
def test_where_removal_changes_nothing_nothing_is_laid_to_the_constraint(scenario: str) -> None:
    null = {name: assert_nothing_is_laid(name, scenario, 100) for name in CONSTRAINTS}
    assert null["money"] >= 10


@pytest.mark.long
@pytest.mark.parametrize("scenario", EIGHT)
def test_money_does_not_move_with_the_pace_of_spending(scenario: str) -> None:
    """Spent in one month or in five: by less than 3 points where the shortfall moves by less than 1."""
    slow, fast = ("procurement.spread=5 months",), ("procurement.spread=1 month",)
    for use in SHORT_OF:
        both = [short(use, *spread, scenario=scenario, futures=100).mean() for spread in (slow, fast)]
        money = [part("money", use, *spread, scenario=scenario, futures=100).mean() for spread in (slow, fast)]
        if abs(both[0] - both[1]) < 0.01:
            assert abs(money[0] - money[1]) < 0.03
        pace = outcomes(*fast, scenario=scenario, futures=100)[f"{use}_pace"]
        assert pace.abs().max() < 1e-3
