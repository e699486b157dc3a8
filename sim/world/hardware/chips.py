"""Chips: what an accelerator can do, and what it is worth for each use.

Three measures, never mixed. H100e = TPP / 15,832, for the supply ledger and for nothing else. For training, a chip is
worth its dense BF16 rate over that of the yardstick's chip, times what its software reaches. For serving it has two
rates: prefill, bound by the 8-bit rate, and decode, bound by memory bandwidth.
Left out: sparsity, FP4, memory size as a limit, network topology.
Units: TPP, TFLOP/s (dense), GB/s, kW a chip with its server. Source: 15 CFR 774 (TPP, performance density). Facts:
t.deepseek_day6 (prefill and decode), t.ratio_910c_to_h800 (the check).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    TFLOPS,
    TPP,
    Area,
    Bandwidth,
    Gigabytes,
    Kilowatts,
    Number,
    Options,
    Ratio,
    Reference,
    Section,
    ServeUnits,
    Share,
    Thing,
    parameter,
    state,
)
from sim.language.events import compilable

if TYPE_CHECKING:
    from sim.world.course.future import Future

IMPORTED, DOMESTIC = 0.0, 1.0
NEEDED = ("tpp", "bf16", "ops8", "memory_bandwidth", "power")
"""What a chip that is held, offered or made must say of itself: left out, it would do nothing, or need no power."""
SECONDS_A_DAY = 86400.0
FLOP_IN_TFLOP = 1e12


class Chip(Thing):
    """A kind of accelerator. An attribute that is not known is left out; of a chip in use some may not be."""

    origin: Annotated[float, Options(("imported", "domestic"))] = parameter("made under whose export rules")
    stack: Annotated[int, Reference("stacks")] = parameter("the software it runs on")
    tpp: TPP = parameter("dense TOPS x bit length, the largest over precisions", default=0.0)
    bf16: TFLOPS = parameter("dense BF16 rate", default=0.0)
    ops8: TFLOPS = parameter("dense 8-bit rate", default=0.0)
    memory_bandwidth: Bandwidth = parameter("bandwidth of its memory", default=0.0)
    interconnect: Bandwidth = parameter("aggregate bidirectional bandwidth to other chips", default=0.0)
    memory: Gigabytes = parameter("size of its memory", default=0.0)
    memory_stacks: Number = parameter("memory stacks in a package", default=0.0, low=0.0, high=100.0)
    die_area: Area = parameter("applicable die area", default=0.0)
    spec: Ratio = parameter("rates and bandwidth as sold over those given here", default=1.0)
    power: Kilowatts = parameter("power of a chip with its share of server and network", default=0.0)

    memory_plus_interconnect: Bandwidth = state("sum of both bandwidths, which some rules test")
    performance_density: Number = state("TPP over applicable die area")
    h100e: Ratio = state("TPP over that of the ledger's unit")
    prefill: Number = state("tokens a second read, if it did nothing else, on a mature stack")
    decode: Number = state("tokens a second written, if it did nothing else, on a mature stack")
    standalone_rate: ServeUnits = state("serving units of it alone, on a mature stack")


class Yardstick(Section):
    """Scenario section `yardstick`: the chip that training and serving units are measured in, and the ledger's."""

    tpp: TPP = parameter("TPP of one H100e", low=1.0)
    bf16: TFLOPS = parameter("dense BF16 rate of its chip", low=1.0)
    utilisation: Share = parameter("utilisation at which one training unit is defined", low=0.01)
    prefill: Number = parameter("tokens a second its chip reads", low=1.0, high=1e6)
    decode: Number = parameter("tokens a second its chip writes", low=1.0, high=1e6)
    ops8: TFLOPS = parameter("dense 8-bit rate of its chip", low=1.0)
    memory_bandwidth: Bandwidth = parameter("memory bandwidth of its chip", low=1.0)
    mix: Ratio = parameter("tokens read for each token written")

    unit: Number = state("tokens a second written by one serving unit: its chip alone")


@compilable
def first_day(future: Future) -> None:
    """What follows from the attributes, once they are drawn."""
    yardstick = future.yardstick[0]
    yardstick.unit = alone(future, yardstick.prefill, yardstick.decode)
    for c in range(future.counts[0].chips):
        chip = future.chips[c]
        chip.h100e = chip.tpp * chip.spec / yardstick.tpp
        chip.memory_plus_interconnect = chip.memory_bandwidth + chip.interconnect
        chip.performance_density = chip.tpp / chip.die_area if chip.die_area > 0.0 else 0.0
        chip.prefill = yardstick.prefill * chip.ops8 * chip.spec / yardstick.ops8
        chip.decode = yardstick.decode * chip.memory_bandwidth * chip.spec / yardstick.memory_bandwidth
        chip.standalone_rate = alone(future, chip.prefill, chip.decode) / yardstick.unit


@compilable
def alone(future: Future, prefill: float, decode: float) -> float:
    """Tokens written a second by a chip that reads and writes its own share of the mix."""
    if prefill <= 0.0 or decode <= 0.0:
        return 0.0
    return 1.0 / (1.0 / decode + future.yardstick[0].mix / prefill)


@compilable
def flop(future: Future, unit_days: float) -> float:
    """FLOP in unit-days of training."""
    yardstick = future.yardstick[0]
    return unit_days * flop_a_day(yardstick.bf16, yardstick.utilisation)


@compilable
def flop_a_day(tflops: float, utilisation: float) -> float:
    """FLOP that a chip of a dense rate trains in a day; utilisation is over all hours, restarts among them."""
    return SECONDS_A_DAY * tflops * FLOP_IN_TFLOP * utilisation


@compilable
def dense(future: Future, c: int) -> float:
    """Dense BF16 rate of a chip as sold, over that of the yardstick's chip."""
    chip = future.chips[c]
    return chip.bf16 * chip.spec / future.yardstick[0].bf16


@compilable
def serves(future: Future, c: int) -> float:
    """Serving units of one chip working alone, on its own stack as it is today."""
    chip = future.chips[c]
    return future.stacks[chip.stack].serves * chip.standalone_rate


@compilable
def trains(future: Future, c: int) -> float:
    """Training units of one chip on its own stack as it is today; none before the stack is fit for training."""
    chip = future.chips[c]
    stack = future.stacks[chip.stack]
    if not stack.fit or not chip.h100e >= future.training[0].least_chip:
        return 0.0
    return dense(future, c) * stack.worth
