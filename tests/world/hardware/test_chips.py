"""What a chip is worth, and the check against a published day of serving."""

import numpy as np
import pytest
from scipy.optimize import linprog

from sim.world.hardware import chips
from sim.world.workloads import serving, sharing
from tests.world.a_future import LoggedFuture, future_of, small
from tests.world.needs import Needs

NEEDS = Needs(
    moves_nothing={
        "chips.origin": "a word for reports; offices go by the pathway of an offer",
        "chips.interconnect": "only rules test it; the shipped rules that do hit no chip on offer",
        "chips.die_area": "the same: through performance density",
        "chips.memory": "left out as a limit (chips.py)",
    },
)

MIX = 3.62
DAY_6 = (608e9 + 168e9) / 86400.0


def fleet(future: LoggedFuture, **units: float) -> LoggedFuture:
    """The small world with these chips running, all at their stack's best, and all of them serving."""
    for holding in future.holdings:
        holding.online = 0.0
    rows = zip(future.holdings, units.items(), strict=False)
    for holding, (chip, number) in rows:
        holding.chip = future.at("chips", chip)
        holding.online = number
    sharing.revalued(future)
    sharing.ranked(future)
    return future


@pytest.mark.parametrize(
    ("chip", "h100e", "train", "alone", "beside"),
    [
        ("nv_h800", 1.0, 1.0, 1.0, 1.0),
        ("nv_h200", 1.0, 1.0, 1.21, 1.43),
        ("nv_h20", 0.15, 0.15, 0.30, 1.19),
        ("hw_910c", 0.76, 0.49, 0.86, 0.96),
        ("hw_950pr", 0.38, 0.25, 0.40, 0.42),
        ("hw_950dt", 0.49, 0.32, 0.75, 1.19),
        ("nv_b200", 2.27, 2.27, 2.34, 2.39),
    ],
)
def test_the_table_of_the_domain(chip: str, h100e: float, train: float, alone: float, beside: float) -> None:
    future = future_of("chips.hw_950dt.spec=1").begin()
    result, h800 = future.the("chips", chip), future.yardstick[0]
    mature = 0.65 if chip.startswith("hw_") else 1.0
    assert result.h100e == pytest.approx(h100e, abs=0.006)
    assert result.bf16 / h800.bf16 * mature == pytest.approx(train, abs=0.006)
    own = result.standalone_rate
    assert own == pytest.approx(alone, abs=0.006)
    assert result.decode / h800.decode == pytest.approx(beside, abs=0.006)


def test_the_published_day_takes_1814_h800() -> None:
    future = small("serving: {tokens: 776bn tokens / day}").begin()
    assert serving.units_wanted(future, 0.0) == pytest.approx(1814.8, abs=0.05)
    assert future.yardstick[0].unit == pytest.approx(1072.0, abs=1.0)
    capacity = sharing.capacity(fleet(future, h800=1814.0), 1.0)
    assert capacity * future.yardstick[0].unit * (1.0 + MIX) == pytest.approx(DAY_6, rel=1e-3)


def test_an_h20_is_worth_030_alone_and_four_times_that_beside_h800s() -> None:
    future = small().begin()
    assert sharing.capacity(fleet(future, h20=1000.0), 1.0) == pytest.approx(303.1, abs=0.05)
    mixed = sharing.capacity(fleet(future, h800=1000.0, h20=100.0), 1.0)
    assert (mixed - sharing.capacity(fleet(future, h800=1000.0), 1.0)) / 100.0 == pytest.approx(1.19, abs=0.005)
    best = lp([1e4, 100.0], [9212.0, 9212.0 * 296 / 1979], [1850.0, 1850.0 * 4000 / 3350])
    assert sharing.capacity(fleet(future, h800=1e4, h20=100.0), 1.0) == pytest.approx(best / future.yardstick[0].unit)


def lp(units: list[float], reads: list[float], writes: list[float]) -> float:
    """Most tokens written: maximise the sum of decode where decode x mix is at most the prefill of what is left."""
    n, w, r = np.array(units), np.array(writes), np.array(reads)
    result = linprog(-n * w, A_ub=[n * w * MIX + n * r], b_ub=[(n * r).sum()], bounds=[(0.0, 1.0)] * len(n))
    return float(-result.fun)


@pytest.mark.parametrize("seed", range(20))
def test_the_split_of_a_mixed_fleet_is_the_best_there_is(seed: int) -> None:
    random = np.random.default_rng(seed)
    units, reads, writes = (random.uniform(0.0, 1000.0, 4) for _ in range(3))
    if seed % 4 == 0:
        reads[1] = writes[1] = 0.0  # a chip of which nothing is known
    future = small().begin()
    for holding, n, r, w in zip(future.holdings, units, reads, writes, strict=False):
        holding.online, holding.prefill_rate, holding.decode_rate, holding.trains = float(n), float(r), float(w), 0.0
    sharing.ranked(future)
    best = lp(units.tolist(), reads.tolist(), writes.tolist())
    assert sharing.capacity(future, 1.0) * future.yardstick[0].unit == pytest.approx(best, rel=1e-6)


def test_a_chip_sold_below_its_roadmap_is_worth_less_for_every_use_and_rules_test_what_it_says() -> None:
    full, spec = small().begin(), small("chips: [{id: h800, spec: 0.5}]").begin()
    whole, half = full.the("chips", "h800"), spec.the("chips", "h800")
    assert (half.h100e, half.prefill, half.decode) == (0.5, whole.prefill / 2.0, whole.decode / 2.0)
    assert half.standalone_rate == pytest.approx(0.5)
    assert chips.trains(spec, spec.at("chips", "h800")) == 0.5
    assert (half.tpp, half.memory_plus_interconnect) == (whole.tpp, whole.memory_plus_interconnect)


def test_a_chip_trains_if_it_is_large_enough_and_its_stack_is_fit() -> None:
    future = small().begin()
    assert chips.trains(future, future.at("chips", "h800")) == 1.0
    assert chips.trains(future, future.at("chips", "h20")) == 0.0
    assert chips.trains(future, future.at("chips", "ascend")) == 0.0
    future.the("stacks", "cann").fit = 1
    assert chips.trains(future, future.at("chips", "ascend")) == pytest.approx(0.5 * 0.4 * 0.6 / 0.95)
