"""Use: which chips train and which serve, and what each use gets out of them.

Chips whose stack is not fit for training, or that are too small for it, only serve. The others are divided so that
both uses fill the same share of what they want (a lever leans to either side); serving never gets more than it wants.
Research wants more than chips that train: its rollouts, synthetic data and evaluation run wherever tokens do, and an
H800 is worth the same for either. They get the night hours of serving, when load is below its peak, then the chips
that only serve, as far as tokens can spare them by the same rule; but no more than in proportion to the research and
final runs that need training-grade chips.
Serving needs two things at once: reading prompts (prefill) and writing answers (decode), in a fixed mix. Chips are
given to writing in the order in which they are better at it, until the rest can just read what they write; this is
the best possible split of the fleet, and why an H20 is worth four times more beside H800s than alone.
Each rate is told three ways, so that a shortfall can be laid to chips, software and reliability: all chips of the
use, running or in repair, at their stack's ceiling and the goodput planned with; the same as the stacks stand today;
and what runs of them, with today's goodput. Only the last does work.
Left out: batching, cache hits, moving load by the hour.
Units: training units (an H800 in training), serving units (an H800 serving alone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.world import chips, serving, software

if TYPE_CHECKING:
    from sim.world.future import Future

CHIPS, SOFT, EFFECTIVE = range(3)
"""How a rate is told: all chips at their stack's ceiling, as their stacks stand, and what runs of them."""


@compilable
def revalued(future: Future) -> None:
    """What a chip of each holding is worth as its stack stands today."""
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        chip = future.chips[holding.chip]
        holding.trains = chips.trains(future, holding.chip)
        holding.reads = chip.prefill * future.stacks[chip.stack].serves
        holding.writes = chip.decode * future.stacks[chip.stack].serves


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
def serving_chips(future: Future, h: int, share: float, told: int) -> float:
    """Chips of a holding that serve, as they count when told one way: `share` of those that could train, else all."""
    holding = future.holdings[h]
    s = future.chips[holding.chip].stack
    units = holding.online if told == EFFECTIVE else holding.online + holding.down
    if told == CHIPS and future.stacks[s].serves > 0.0:
        units *= software.serves_best(future, s) / future.stacks[s].serves
    return units * share if holding.trains > 0.0 else units


@compilable
def capacity(future: Future, share: float) -> float:
    """Serving units of all running chips that only serve and of `share` of the others."""
    return capacity_told(future, share, EFFECTIVE)


@compilable
def capacity_told(future: Future, share: float, told: int) -> float:
    """The same, told one of three ways."""
    mix = future.yardstick[0].mix
    reads = 0.0
    for h in range(future.counts[0].holdings):
        reads += serving_chips(future, h, share, told) * future.holdings[h].reads
    writes = 0.0
    for turn in range(future.counts[0].holdings):
        holding = future.holdings[future.holdings[turn].turn]
        units = serving_chips(future, future.holdings[turn].turn, share, told)
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
    return trainable_told(future, EFFECTIVE)


@compilable
def trainable_told(future: Future, told: int) -> float:
    """The same, told one of three ways."""
    total = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.trains > 0.0:
            total += training_units(future, h, told)
    return total


@compilable
def training_units(future: Future, h: int, told: int) -> float:
    """Training units of a holding that is fit for it, told one of three ways."""
    holding = future.holdings[h]
    if told == EFFECTIVE:
        return holding.online * holding.trains
    chip = future.chips[holding.chip]
    utilisation = software.best(future, chip.stack) if told == CHIPS else future.stacks[chip.stack].utilisation
    each = chip.bf16 / future.yardstick[0].bf16 * software.as_planned(future, utilisation)
    return (holding.online + holding.down) * each


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
def carried(future: Future, train: float) -> float:
    """Most training units of rollouts that go with `train` on training-grade chips: work comes in a fixed mix."""
    plan = future.training[0]
    anywhere = plan.anywhere * plan.research / (1.0 + plan.research)
    return train * anywhere / (1.0 - anywhere)


@compilable
def nights(future: Future, served: float) -> float:
    """Serving units that are free when load is below its peak, as far as research can use them; an hour's average."""
    service = future.serving[0]
    return served * service.night * (1.0 - 1.0 / service.peak)


@compilable
def spared(future: Future, train: float, train_wanted: float, least: float, serve_wanted: float) -> float:
    """Serving units of chips that only serve for rollouts: all that tokens do not want, more if that is even."""
    idle = max(0.0, least - serve_wanted)
    if train_wanted <= 0.0 or serve_wanted <= 0.0:
        return idle
    lean = future.procurement[0].train_first
    for_train = (1.0 - lean) / train_wanted
    for_serve = lean / serve_wanted
    return max(idle, (least * for_serve - train * for_train) / (for_train + for_serve))


@compilable
def divided(
    future: Future, train: float, train_wanted: float, least: float, most: float, serve_wanted: float
) -> tuple[float, float]:
    """Share of the training-grade chips that serves, and serving units of the other chips that go to rollouts.

    The arguments are those of `split`. Only one of the two is above zero.
    """
    by_night = min(carried(future, train), nights(future, min(least, serve_wanted)))
    rest = max(0.0, train_wanted - by_night)
    share = split(future, train, rest, least, most, serve_wanted)
    if share > 0.0:
        return share, 0.0
    room = min(least, carried(future, train) - by_night)
    return 0.0, min(room, spared(future, train, rest, least, serve_wanted))


@compilable
def rollouts(future: Future, train: float, served: float, taken: float) -> float:
    """Training units of rollouts, beside `train` on training-grade chips and `served` of tokens."""
    return min(carried(future, train), taken + nights(future, served))


@compilable
def training_now(future: Future, share: float) -> float:
    """Training units at work if `share` of the training-grade chips serves and tokens leave the rest to rollouts."""
    train = trainable(future) * (1.0 - share)
    able = capacity(future, share)
    served = min(able, serving.units_wanted(future, future.clock[0].now))
    return train + rollouts(future, train, served, able - served)


@compilable
def rated(future: Future) -> None:
    """Divide the fleet anew and note what each use gets from now on."""
    lab = future.lab[0]
    wanted = serving.units_wanted(future, future.clock[0].now)
    least = capacity(future, 0.0)
    most = capacity(future, 1.0) if least < wanted else least
    train = trainable(future)
    lab.serving_share, taken = divided(future, train, lab.train_wanted, least, most, wanted)
    able = capacity(future, lab.serving_share) if lab.serving_share > 0.0 else least
    lab.serve_rate = able - taken
    train *= 1.0 - lab.serving_share
    beside = rollouts(future, train, lab.serve_rate, taken)
    lab.train_rate = train + beside
    told(future, able, beside)


@compilable
def told(future: Future, able: float, beside: float) -> None:
    """The other two ways of telling: of each, tokens and rollouts have the part that they have of what runs."""
    lab = future.lab[0]
    share = lab.serving_share
    chips_able = capacity_told(future, share, CHIPS)
    soft_able = capacity_told(future, share, SOFT)
    served = lab.serve_rate / able if able > 0.0 else 1.0
    rolled = beside / able if able > 0.0 else 0.0
    lab.serve_chips = chips_able * served
    lab.serve_soft = soft_able * served
    lab.train_chips = trainable_told(future, CHIPS) * (1.0 - share) + chips_able * rolled
    lab.train_soft = trainable_told(future, SOFT) * (1.0 - share) + soft_able * rolled
