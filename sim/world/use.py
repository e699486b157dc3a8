"""Use: which chips train and which serve, and what each use gets out of them.

Chips whose stack is not fit for training, or that are too small for it, only serve. The others are divided so that
both uses fill the same share of what they want (a lever leans to either side); serving never gets more than it wants.
Serving needs two things at once: reading prompts (prefill) and writing answers (decode), in a fixed mix. Chips are
given to writing in the order in which they are better at it, until the rest can just read what they write; this is
the best possible split of the fleet, and why an H20 is worth four times more beside H800s than alone.
Left out: batching, cache hits, moving load by the hour.
Units: training units (an H800 in training), serving units (an H800 serving alone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.world import chips, serving

if TYPE_CHECKING:
    from sim.world.future import Future


@compilable
def revalued(future: Future) -> None:
    """What a chip of each holding is worth as its stack stands today."""
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        chip = future.chips[holding.chip]
        holding.trains = chips.trains(future, holding.chip)
        stack = future.stacks[chip.stack]
        fit = chip.bf16 / future.yardstick[0].bf16 if holding.trains > 0.0 else 0.0
        plan = future.training[0].utilisation / future.yardstick[0].utilisation
        holding.ceiling = fit * max(stack.ceiling, stack.opening) * plan
        holding.soft = fit * stack.utilisation * plan
        holding.reads = chip.prefill * future.stacks[chip.stack].serving
        holding.writes = chip.decode * future.stacks[chip.stack].serving


@compilable
def ranked(future: Future) -> None:
    """The order in which holdings are given to writing: by what they write for each token they could read."""
    count = future.counts[0].holdings
    for h in range(count):
        place = h
        while place > 0 and better(future, h, future.holdings[place - 1].turn):
            future.holdings[place].turn = future.holdings[place - 1].turn
            place -= 1
        future.holdings[place].turn = h


@compilable
def better(future: Future, h: int, other: int) -> bool:
    """Whether one holding comes before another in writing; one that neither reads nor writes comes last."""
    one, two = future.holdings[h], future.holdings[other]
    if two.reads <= 0.0 and two.writes <= 0.0:
        return True
    return one.writes * two.reads > two.writes * one.reads


@compilable
def capacity(future: Future, share: float) -> float:
    """Serving units of all chips that only serve and of `share` of the others."""
    mix = future.yardstick[0].mix
    reads = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        reads += holding.online * holding.reads * (share if holding.trains > 0.0 else 1.0)
    writes = 0.0
    for turn in range(future.counts[0].holdings):
        holding = future.holdings[future.holdings[turn].turn]
        units = holding.online * (share if holding.trains > 0.0 else 1.0)
        more, less = units * holding.writes, units * holding.reads
        if (writes + more) * mix >= reads - less:
            if more > 0.0:
                writes += more * (reads - writes * mix) / (more * mix + less)
            break
        writes += more
        reads -= less
    return writes / future.yardstick[0].unit


@compilable
def trainable(future: Future) -> float:
    """Training units of all running chips that are fit for it."""
    total = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        total += holding.online * holding.trains
    return total


@compilable
def split(future: Future, train: float, train_wanted: float, least: float, most: float, serve_wanted: float) -> float:
    """Share of the training-grade chips that serves.

    `train` is what these chips would train, `least` and `most` what serving has without and with all of them.
    Equal shares of what is wanted, weighted by the lever `train_first` (a half: neither first).
    """
    if least >= serve_wanted or most <= least:
        return 0.0
    enough = min(1.0, (serve_wanted - least) / (most - least))
    if train_wanted <= 0.0:
        return enough
    lean = future.procurement[0].train_first
    have = (1.0 - lean) * train / train_wanted
    gain = lean * (most - least) / serve_wanted
    if have + gain <= 0.0:
        return 0.0
    return max(0.0, min(enough, (have - lean * least / serve_wanted) / (have + gain)))


@compilable
def enough(future: Future) -> float:
    """Share of the training-grade chips with which serving would have all it wants today."""
    wanted = serving.units_wanted(future, future.clock[0].now)
    return split(future, 1.0, 0.0, capacity(future, 0.0), capacity(future, 1.0), wanted)


@compilable
def rated(future: Future) -> None:
    """Divide the fleet anew and note what each use gets from now on."""
    lab = future.lab[0]
    train = trainable(future)
    least = capacity(future, 0.0)
    wanted = serving.units_wanted(future, future.clock[0].now)
    if least >= wanted:
        lab.serving_share = 0.0
        lab.serve_rate = least
    else:
        lab.serving_share = split(future, train, lab.train_wanted, least, capacity(future, 1.0), wanted)
        lab.serve_rate = capacity(future, lab.serving_share)
    lab.train_rate = train * (1.0 - lab.serving_share)
    counted(future)


@compilable
def counted(future: Future) -> None:
    """Chips of each use, running or in repair, in its units: at their stack's ceiling, and as the stack stands."""
    lab = future.lab[0]
    chips_of, soft, serves, runs = 0.0, 0.0, 0.0, 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        units = holding.online + holding.down
        chips_of += units * holding.ceiling
        soft += units * holding.soft
        share = lab.serving_share if holding.trains > 0.0 else 1.0
        each = holding.writes * share
        serves += units * each
        runs += holding.online * each
    lab.train_chips = chips_of * (1.0 - lab.serving_share)
    lab.train_soft = soft * (1.0 - lab.serving_share)
    lab.serve_chips = lab.serve_rate * serves / runs if runs > 0.0 else 0.0
    lab.serve_soft = lab.serve_chips
