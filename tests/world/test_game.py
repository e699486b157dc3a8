"""The order game: what each gate keeps from being ordered."""

from itertools import permutations

import numpy as np
import pytest

from sim.world import game as order_game
from sim.world import planner
from sim.world.constraints import ALL_LIMITS, DOMESTIC_LIMIT, LIMITS, MONEY_LIMIT, RULES_LIMIT
from tests.world.a_future import Told
from tests.world.a_game import NAMES, blame, filled, game


def test_the_order_game_of_the_domain() -> None:
    future = game()
    filled_by = {gates: filled(future, gates) for gates in range(8)}
    # by money, rules and vendor: 40 whenever money counts, half of the need when both others do
    both = RULES_LIMIT | DOMESTIC_LIMIT
    assert filled_by == {gates: 40.0 if gates & MONEY_LIMIT else 50.0 if gates == both else 100.0 for gates in range(8)}
    order_game.blamed(future)
    assert blame(future) == pytest.approx({"money": 43.333, "rules": 8.333, "vendor": 8.333}, abs=1e-3)


def test_a_gate_that_stops_nothing_plays_no_part() -> None:
    future = game()
    planner.planned(future, ALL_LIMITS)
    assert order_game.evaluated(future) == MONEY_LIMIT | RULES_LIMIT | DOMESTIC_LIMIT
    order_game.blamed(future)
    assert set(blame(future)) == set(NAMES[:3])


def test_few_sets_of_gates_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Money stops before any other gate does: five answers stand for all thirty-two sets."""
    future = game()
    asked: list[int] = []
    plan = planner.planned

    def noted(future: Told, gates: int) -> None:
        asked.append(gates)
        plan(future, gates)

    monkeypatch.setattr(planner, "planned", noted)
    planner.planned(future, ALL_LIMITS)
    order_game.evaluated(future)
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("change", "gains"),
    [
        ({"money": 880.0}, 4.0),
        ({"money": 1e9}, 10.0),
    ],
)
def test_what_more_money_would_gain(change: dict[str, float], gains: float) -> None:
    """Ten per cent more money gains four; all the money there is gains ten: then the vendor and the rules bind."""
    assert filled(game(**change), ALL_LIMITS) - filled(game(), ALL_LIMITS) == pytest.approx(gains)


@pytest.mark.parametrize("seed", range(30))
def test_blame_is_the_mean_over_all_orders_of_the_gates_and_adds_up(seed: int) -> None:
    """Random games of two uses: against the definition of the Shapley value, with all five gates as players."""
    random = np.random.default_rng(seed)
    future = game(float(random.uniform(0, 4000)), float(random.uniform(0, 200)), float(random.uniform(0, 200)))
    future.the("offers", "grey").chip = future.the("offers", "rent").chip = future.at("chips", "h800")
    h200 = future.the("offers", "h200")
    if seed % 2:  # as good as an offer that no rule hits: only its quota limits it
        h200.deliveries, h200.decided = 56.0, 57.0
    else:
        h200.deliveries = float(random.uniform(0, 60))
    for o in range(4):
        future.offers[o].price = float(random.uniform(10, 40))
    planner.capped(future)
    for limit in (future.limits[o] for o in range(4)):
        limit.rules, limit.quantity, limit.site = random.choice([20.0, 80.0, 300.0, 1e9], 3).tolist()
        limit.price = float(random.uniform(10, 40))
    planner.ranked(future)
    worth = [(filled(future, gates), filled(future, gates, "serve")) for gates in range(ALL_LIMITS + 1)]
    expected = np.zeros((LIMITS, 2))
    for order in permutations(range(LIMITS)):
        gates = 0
        for gate in order:
            expected[gate] += np.subtract(worth[gates], worth[gates | 1 << gate]) / 120.0
            gates |= 1 << gate
    order_game.evaluated(future)
    assert [(row.train, row.serve) for row in map(future.coalitions.__getitem__, range(ALL_LIMITS + 1))] == worth
    order_game.blamed(future)
    found = np.array([[future.blames[gate].train, future.blames[gate].serve] for gate in range(LIMITS)])
    assert found == pytest.approx(expected, abs=1e-9)
    assert found.sum(axis=0) == pytest.approx(np.subtract(worth[0], worth[ALL_LIMITS]))
