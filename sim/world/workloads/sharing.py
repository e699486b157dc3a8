"""Use: which chips train and which serve, and what each use gets out of them.

Chips whose stack is not fit for training, or that are too small for it, only serve. What serves does two jobs: tokens,
and the part of research that runs wherever tokens do (rollouts, synthetic data, evaluation); a chip is worth the same
for either. The chips that could train are divided so that all fill the same share of what they want: tokens, rollouts,
and the work that needs training-grade chips (a lever leans to tokens or to the others). Tokens never get more than is
wanted; rollouts get the night hours of serving too, when load is below its peak, and never more than goes with the
other work. While the lab saves on campaigns, and after months of tokens refused, the lever leans further to tokens,
which pay; the roadmap then slows. Kinds go to serving in the order of what they serve for each training unit they give
up.
Serving needs two things at once: reading prompts (prefill) and writing answers (decode), in a fixed mix. Chips are
given to writing in the order in which they are better at it, until the rest can just read what they write; this is
the best possible split of the fleet, and why a chip with little but bandwidth is worth several times more beside those
that read fast than alone.
Each rate is counted under three assumptions, so that a shortfall can be laid to chips, software and reliability: all
chips of the use, running or in repair, at their stack's ceiling and the goodput planned with; the same as the stacks
stand today; and what runs of them, with today's goodput. Only the last does work.
Left out: batching, cache hits, moving load by the hour.
Units: training units (a chip of the yardstick in training), serving units (one that serves alone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world.hardware import chips, software
from sim.world.lab import CAMPAIGNS
from sim.world.workloads import serving

if TYPE_CHECKING:
    from sim.world.course.future import Future

CHIPS, SOFT, EFFECTIVE = range(3)
"""What a rate assumes: all chips at their stack's ceiling, as their stacks stand, and what runs of them."""

SECANTS = 3
"""Secants that find how much of a kind serves: capacity bends, as chips that write find others that read for them."""

AS_DIVIDED = -1.0
"""In place of one share for all training-grade chips: the part of each holding that serves."""


@compilable
def revalued(future: Future) -> None:
    """What a chip of each holding is worth as its stack stands today, and with that stack at its ceiling."""
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        chip = future.chips[holding.chip]
        stack = future.stacks[chip.stack]
        holding.trains = chips.trains(future, holding.chip)
        holding.trains_no_repairs = planned_units(future, holding.chip, stack.utilisation)
        holding.trains_at_ceiling = planned_units(future, holding.chip, software.best(future, chip.stack))
        holding.prefill_rate = chip.prefill * stack.serves
        holding.decode_rate = chip.decode * stack.serves
        holding.serves_at_ceiling = (
            software.serves_at_ceiling(future, chip.stack) / stack.serves if stack.serves > 0.0 else 1.0
        )
        alone = chips.alone(future, holding.prefill_rate, holding.decode_rate)
        holding.tokens_per_training_unit = alone / holding.trains if holding.trains > 0.0 else 0.0


@compilable
def planned_units(future: Future, c: int, utilisation: float) -> float:
    """Training units of one chip at a utilisation over a mature stack's, if its runs move forward as the lab plans."""
    return chips.dense(future, c) * software.as_planned(future, utilisation)


@compilable
def ranked(future: Future) -> None:
    """The order in which holdings are given to writing: by what they write for each token they could read."""
    count = future.counts[0].holdings
    for h in range(count):
        place = h
        while place > 0 and better(future, h, future.holdings[place - 1].decode_rank):
            future.holdings[place].decode_rank = future.holdings[place - 1].decode_rank
            place -= 1
        future.holdings[place].decode_rank = h


@compilable
def better(future: Future, h: int, other: int) -> bool:
    """Whether one holding comes before another in writing; one that neither reads nor writes comes last."""
    one, two = future.holdings[h], future.holdings[other]
    if two.prefill_rate <= 0.0 and two.decode_rate <= 0.0:
        return True
    return one.decode_rate * two.prefill_rate > two.decode_rate * one.prefill_rate


@compilable
def serving_chips(future: Future, h: int, share: float, assumption: int) -> float:
    """Chips of a holding that serve, under one of three assumptions: `share` of those that could train, all others."""
    holding = future.holdings[h]
    units = holding.online if assumption == EFFECTIVE else holding.online + holding.down
    if assumption == CHIPS:
        units *= holding.serves_at_ceiling
    if holding.trains <= 0.0:
        return units
    return units * (holding.serving if share == AS_DIVIDED else share)


@compilable
def capacity(future: Future, share: float) -> float:
    """Serving units of all running chips that only serve and of `share` of the others."""
    return assumed_capacity(future, share, EFFECTIVE)


@compilable
def assumed_capacity(future: Future, share: float, assumption: int) -> float:
    """The same under one of three assumptions."""
    for h in range(future.counts[0].holdings):
        future.holdings[h].serves = serving_chips(future, h, share, assumption)
    return written(future)


@compilable
def capacity_with(future: Future, h: int, part: float) -> float:
    """Serving units once `part` of a holding serves, all others as in the last look at what runs."""
    holding = future.holdings[h]
    holding.serving = part
    holding.serves = serving_chips(future, h, AS_DIVIDED, EFFECTIVE)
    return written(future)


@compilable
def written(future: Future) -> float:
    """Serving units of the chips that serve: they write in their turn, until the rest can just read for them."""
    mix = future.yardstick[0].mix
    count = future.counts[0].holdings
    reads = 0.0
    for h in range(count):
        reads += future.holdings[h].serves * future.holdings[h].prefill_rate
    writes = 0.0
    for turn in range(count):
        holding = future.holdings[future.holdings[turn].decode_rank]
        more, less = holding.serves * holding.decode_rate, holding.serves * holding.prefill_rate
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
        total += future.holdings[h].online * future.holdings[h].trains
    return total


@compilable
def assumed_training(future: Future, assumption: int) -> float:
    """Training units of all chips fit for it that do not serve, with their stacks at the ceiling or as they stand."""
    total = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        if holding.trains > 0.0:
            each = holding.trains_at_ceiling if assumption == CHIPS else holding.trains_no_repairs
            total += (holding.online + holding.down) * each * (1.0 - holding.serving)
    return total


@compilable
def leaning(future: Future) -> float:
    """Weight of training against serving; it yields some while the lab saves on campaigns, and to tokens refused."""
    service = future.serving[0]
    weight = future.procurement[0].train_first * (1.0 - service.yields * service.yielded)
    return weight * (1.0 - future.capital[0].training_concession) if future.lab[0].austerity >= CAMPAIGNS else weight


@compilable
def rollout_share(future: Future) -> float:
    """Part of all training work that runs on any serving chip."""
    plan = future.training[0]
    return plan.rollout_share * plan.research / (1.0 + plan.research)


@compilable
def rollouts_for(future: Future, train: float) -> float:
    """Training units of rollouts that go with `train` on training-grade chips: work comes in a fixed mix."""
    part = rollout_share(future)
    return train * part / (1.0 - part)


@compilable
def night_capacity(future: Future, tokens: float) -> float:
    """Serving units that are free when load is below its peak, as far as research can use them; a day's average."""
    service = future.serving[0]
    return tokens * service.night * (1.0 - 1.0 / service.peak)


@compilable
def daytime_rollouts(future: Future, rolled: float, tokens: float) -> float:
    """Serving units that rollouts want beyond the night hours of tokens."""
    return max(0.0, rolled - night_capacity(future, tokens))


@compilable
def usable_serving(future: Future, train: float, train_wanted: float, tokens: float) -> float:
    """Serving units that tokens and rollouts can use beside `train` on training-grade chips.

    Rollouts are limited by the demand for them and by the training they accompany; without a demand by the latter only.
    """
    rolled = rollouts_for(future, train)
    if train_wanted > 0.0:
        rolled = min(rolled, train_wanted * rollout_share(future))
    return tokens + daytime_rollouts(future, rolled, tokens)


@compilable
def saturating_share(
    future: Future, train: float, part: float, train_wanted: float, least: float, most: float, tokens: float
) -> float:
    """Share of a part of the training-grade chips with which serving has all it can use."""
    before = usable_serving(future, train, 0.0, tokens)
    after = usable_serving(future, train - part, 0.0, tokens)
    share = crossing(before - least, most - after)
    if train_wanted > 0.0:
        wanted = tokens + daytime_rollouts(future, train_wanted * rollout_share(future), tokens)
        share = min(share, crossing(wanted - least, most - wanted))
    return share


@compilable
def crossing(lacking: float, over: float) -> float:
    """Where between a lack and a surplus there is neither; all the way if there is no surplus."""
    return lacking / (lacking + max(0.0, over)) if lacking > 0.0 else 0.0


@compilable
def split(future: Future, train: float, train_wanted: float, least: float, most: float, serve_wanted: float) -> float:
    """Share of the training-grade chips that serves, if they are all alike.

    `train` is what these chips would train, `least` and `most` what serving has without and with all of them.
    """
    return balanced_share(future, train, train, train_wanted, least, most, serve_wanted)


@compilable
def balanced_share(
    future: Future, train: float, part: float, train_wanted: float, least: float, most: float, serve_wanted: float
) -> float:
    """Share of a part of the training-grade chips that serves; `train` is what all of them would train.

    Equal shares of what is wanted, weighted by the lever `train_first` (a half: neither first).
    """
    if most <= least:
        return 0.0
    all_used = saturating_share(future, train, part, train_wanted, least, most, serve_wanted)
    rolled = train_wanted * rollout_share(future)
    core = train_wanted - rolled
    if core <= 0.0:
        return all_used
    lean = leaning(future)
    tokens = (1.0 - lean) * serve_wanted
    weight = (tokens + daytime_rollouts(future, lean * rolled, tokens)) / core
    moved = part * weight + lean * (most - least)
    return max(0.0, min(all_used, (train * weight - lean * least) / moved)) if moved > 0.0 else 0.0


@compilable
def rollouts_by_day(future: Future, train: float, able: float, train_wanted: float, serve_wanted: float) -> float:
    """Serving units that rollouts get by day, of `able` in all: their share, and what tokens do not want."""
    lean = leaning(future)
    tokens = (1.0 - lean) * serve_wanted
    rolled = daytime_rollouts(future, lean * train_wanted * rollout_share(future), tokens)
    share = able * rolled / (tokens + rolled) if tokens + rolled > 0.0 else 0.0
    return min(rollouts_for(future, train), max(able - serve_wanted, share))


@compilable
def rollouts(future: Future, train: float, tokens: float, daytime_rollouts: float) -> float:
    """Training units of rollouts, beside `train` on training-grade chips and `tokens` of serving."""
    return min(rollouts_for(future, train), daytime_rollouts + night_capacity(future, tokens))


@compilable
def next_to_serve(future: Future) -> int:
    """The training-grade holding, of those that only train, that serves most for what it trains; -1 for none."""
    first = -1
    most = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        if (
            holding.trains > 0.0
            and holding.online > 0.0
            and holding.serving <= 0.0
            and holding.tokens_per_training_unit > most
        ):
            most = holding.tokens_per_training_unit
            first = h
    return first


@compilable
def divide(future: Future, train_wanted: float, serve_wanted: float, least_train: float) -> tuple[float, float]:
    """Give training-grade chips to serving, kind by kind; returns training units left, and serving units there are.

    No more goes to serving than leaves training `least_train` units.
    """
    for h in range(future.counts[0].holdings):
        future.holdings[h].serving = 0.0
    train = trainable(future)
    able = capacity(future, AS_DIVIDED)
    h = next_to_serve(future) if able < usable_serving(future, train, train_wanted, serve_wanted) else -1
    while h >= 0:
        able = give(future, h, train, train_wanted, able, serve_wanted, least_train)
        holding = future.holdings[h]
        train -= holding.serving * (holding.online * holding.trains)
        if holding.serving < 1.0:
            return train, able
        h = next_to_serve(future) if able < usable_serving(future, train, train_wanted, serve_wanted) else -1
    return train, able


@compilable
def give(
    future: Future, h: int, train: float, train_wanted: float, able: float, serve_wanted: float, least_train: float
) -> float:
    """Give as much of a holding to serving as balances the uses; returns the serving units there are then."""
    holding = future.holdings[h]
    part = holding.online * holding.trains
    most = capacity_with(future, h, 1.0)
    for _ in range(SECANTS):
        share = balanced_share(future, train, part * holding.serving, train_wanted, able, most, serve_wanted)
        if share == 1.0:  # found: another secant would say the same
            break
        most = capacity_with(future, h, holding.serving * share)
    leaves = max(0.0, train - least_train) / part
    if leaves < holding.serving:
        most = capacity_with(future, h, leaves)
    return most


@compilable
def training_now(future: Future, least_share: float) -> float:
    """Training units at work if tokens get what they want, but leave training a share of the chips fit for it."""
    wanted = serving.units_wanted(future, future.clock[0].now)
    train, able = divide(future, 0.0, wanted, least_share * trainable(future))
    tokens = min(able, wanted)
    return train + rollouts(future, train, tokens, able - tokens)


@compilable
def rated(future: Future) -> None:
    """Divide the fleet anew and note what each use gets from now on."""
    lab = future.lab[0]
    wanted = serving.units_wanted(future, future.clock[0].now)
    train, able = divide(future, lab.train_wanted, wanted, 0.0)
    taken = min(able, rollouts_by_day(future, train, able, lab.train_wanted, wanted))
    beside = rollouts(future, train, able - taken, taken)
    lab.serve_rate = able - taken
    lab.train_rate = train + beside
    if not future.span[0].lean:
        counterfactual_rates(future, able, beside)


@compilable
def counterfactual_rates(future: Future, able: float, beside: float) -> None:
    """Also rate both uses with no chips in repair, and with stacks at their ceiling, divided as what runs is today."""
    lab = future.lab[0]
    served = lab.serve_rate / able if able > 0.0 else 1.0
    rolled = beside / able if able > 0.0 else 0.0
    chips_able = assumed_capacity(future, AS_DIVIDED, CHIPS)
    soft_able = assumed_capacity(future, AS_DIVIDED, SOFT)
    lab.serve_at_ceiling = chips_able * served
    lab.serve_no_repairs = soft_able * served
    lab.train_at_ceiling = assumed_training(future, CHIPS) + chips_able * rolled
    lab.train_no_repairs = assumed_training(future, SOFT) + soft_able * rolled
