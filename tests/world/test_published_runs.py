"""Published training runs against the world's own formulas: how far each is off, with no number fitted to any of them.

Predicted hours = FLOP / (dense BF16 rate x utilisation), days on the chips that were said to be used. For runs on
Nvidia chips utilisation is the 0.33 that a training unit is defined with: V3's over all its hours, so V3 itself only
checks the arithmetic. For Ascend it is that times the share of CUDA with which the baseline begins.
The error is what utilisation differs by between labs and models: a factor of two, not of ten.
"""

import pytest

from sim.studies.validation.training_runs import published
from sim.world.hardware import chips
from sim.world.workloads import training_pools
from tests.world.a_future import LoggedFuture, small

HOURS = 24.0

RATIOS = {
    "deepseek_v3_full": 1.00,
    "deepseek_v3_pretrain": 1.05,
    "deepseek_67b": 1.14,
    "llama3_70b": 0.84,
    "llama31_70b": 0.77,
    "llama31_8b": 0.42,
    "olmoe_1b7b": 0.55,
    "mt_nlg_530b": 0.67,
}
"""Runs of the facts, and chip-hours predicted over published, as found: the table is the record of the errors."""


def with_chips(tflops: float, units: float, stack: str = "cuda", utilisation: float = 1.0) -> LoggedFuture:
    """The small world with a pool of so many chips of some dense rate."""
    holding = f"holdings: [{{id: h800_hall, opening: {units} chips}}]"
    chip = f"chips: [{{id: h800, stack: {stack}, bf16: {tflops} TFLOP/s}}]"
    cann = f"{{id: cann, opening: {utilisation}, ceiling: {utilisation}, fit_from: 0, goodput_opening: 0.95}}"
    stacks = f"software: {{stacks: [{cann}]}}"
    return small(f"fleet: {{{holding}}}\n{chip}\n{stacks}").begin()


@pytest.mark.parametrize(("identity", "ratio"), RATIOS.items())
def test_chip_hours(identity: str, ratio: float) -> None:
    run = next(each for each in published() if each.id == identity)
    assert run.work is not None
    assert run.peak_tflops is not None
    assert run.hours is not None
    predicted = training_pools.days_of(with_chips(run.peak_tflops, 1000.0), run.work) * 1000.0 * HOURS
    assert predicted / run.hours == pytest.approx(ratio, abs=0.01)
    assert 0.4 < ratio < 1.25


def test_the_chip_hours_of_v3_are_those_published_at_its_utilisation_over_all_hours() -> None:
    """2.788 million hours at 0.331; a goodput taken off once more would say 2.94 million."""
    future = small("training: {utilisation: 0.331}\nfleet: {holdings: [{id: h800_hall, opening: 2048 chips}]}").begin()
    assert training_pools.days_of(future, 3.286e24) * 2048.0 * HOURS == pytest.approx(2.788e6, rel=0.002)
    assert 3.286e24 / chips.flop_a_day(989.4, 0.331) * HOURS == pytest.approx(2.788e6, rel=0.002)


def test_the_days_of_v3_on_its_2048_chips() -> None:
    """2.788 million hours on 2,048 chips are 56.7 days; the paper says less than two months of pre-training."""
    assert training_pools.days_of(with_chips(989.4, 2048.0), 3.286e24) == pytest.approx(56.7, rel=0.01)


def test_the_days_of_pangu_ultra_moe_on_6000_ascend() -> None:
    """19T tokens at 1.46M a second are 151 days on 6,000 910B; by the count of 6 FLOP a parameter that is 0.15 of peak.

    At the 0.45 of CUDA's utilisation that the baseline begins with, the world says 152 days: right, for a stack that
    the vendor's own engineers ran.
    """
    days = training_pools.days_of(with_chips(376.0, 6000.0, "cann", 0.45), 4.446e24)
    assert days == pytest.approx(151.0, rel=0.02)


def test_a_v4_class_run_takes_two_months_on_8192_h800() -> None:
    assert training_pools.days_of(with_chips(989.0, 8192.0), 1.2e25) == pytest.approx(52.0, abs=0.5)
    assert 1.2e25 / chips.flop(with_chips(989.0, 8192.0), 1.0 / HOURS) == pytest.approx(10.2e6, rel=0.01)
