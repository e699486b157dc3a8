"""What holds a use back, in sentences: what comes back, what cannot be replaced, what a scenario works through."""

from collections.abc import Iterable, Iterator, Sequence

from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.removals import COUNTING_GAIN, NAMES, NOTICEABLE_PART, SHORTFALLS, Amount, Kept, Removal, Removals
from sim.bottlenecks.scenario_effect import ChangeEffect, Cost, Effect
from sim.bottlenecks.shares import USES, Bottleneck
from sim.measures.intervals import widening
from sim.measures.wording import bare_difference, bare_points, capitalised, listed, margin, points
from sim.world.shortfall.constraints import CONSTRAINTS

NAMED = 3
"""Of those too close to call, how many are named; more would not be read."""


def which(binds: Bottleneck, other: Counterfactuals | None) -> Iterator[str]:
    """What holds a use back, what adds to it, what cannot be replaced; and what the scenario works through."""
    yield held_back(binds, other)
    if other is None:
        return
    removals = other.of_use(binds.use)
    if not removals.nothing and len(removals.candidates) == 1:
        for more in removals.further:
            yield f"{capitalised(short(more.removed[0]))} would add {plain_points(more.gain.mean)}."
    if text := stays_short(removals):
        yield text
    yield from _beside_the_ribbon(binds, removals)
    if other.effect:
        yield from _caused(other.effect, SHORTFALLS[binds.use])


def held_back(binds: Bottleneck, other: Counterfactuals | None) -> str:
    """What holds a use back: from removals if they were run; else what binds now, which is said to be another thing."""
    if not binds.wanted:
        return f"No compute is wanted for {binds.words} in any future, so none is missing."
    if other:
        return comes_back(binds.use, other.of_use(binds.use))
    if not binds.causes:
        return f"{capitalised(binds.words)} lacks nothing."
    if not binds.foremost:
        return (
            f"None of the six constraints binds {binds.words} now; what removing them would give back was not computed."
        )
    each = "it" if len(binds.foremost) == 1 else "either"
    return (
        f"What binds {binds.words} most now is {_binds_most(binds)}; what removing {each} would give back was not "
        "computed."
    )


def binding(binds: Bottleneck) -> str:
    """The constraint that binds a use most now; all that may, where that is too close to call."""
    return f"what binds most now is {_binds_most(binds)}" if binds.foremost else "no constraint binds now"


def _binds_most(binds: Bottleneck) -> str:
    """`money`; `too close to call: money (10) or the rules (9)`."""
    if len(binds.foremost) == 1:
        return short(binds.foremost[0].part)
    return f"too close to call: {either(f'{short(c.part)} ({bare_points(c.share)})' for c in binds.foremost)}"


def comes_back(use: str, removals: Removals) -> str:
    """The sentence of what holds a use back, with what comes back without it."""
    words, missing = USES[use], f"the {points(removals.whole.mean)} missing"
    if removals.nothing:
        return (
            f"None of the six constraints, nor all of them together, gives {words} back a point: what is missing is "
            "lead time, forecasts and ambition."
        )
    chosen = removals.candidates
    if removals.pattern == "interchangeable":
        names = listed([short(each.removed[0]) for each in chosen], "or")
        gains = listed([bare_points(each.gain.mean) for each in chosen], "or")
        one = "either" if len(chosen) == 2 else "any"
        return f"What holds {words} back is {names}, interchangeably: without {one} one, {_come_back(gains, missing)}."
    if len(chosen) > 1:
        return f"What holds {words} back is too close to call: {_rivals(chosen, missing)}."
    (only,) = chosen
    back, who = bare_points(only.gain.mean), listed([short(name) for name in only.removed])
    if removals.size == 1:
        return f"What holds {words} back is {who}: without that limit, {_come_back(back, missing)}."
    alone = listed([bare_difference(removals.alone[name].mean, "share") for name in only.removed])
    together = " together" if removals.pattern == "joint" else ""
    limits = "both limits" if removals.size == 2 else f"these {removals.size} limits"
    return f"What holds {words} back is {who}{together}: without {limits}, {_come_back(back, missing)}; alone, {alone}."


def _rivals(chosen: Sequence[Removal], missing: str) -> str:
    """What comes back without each of the sets that may be the best; of many, the first few."""
    each = [(listed([short(name) for name in row.removed]), bare_points(row.gain.mean)) for row in chosen[:NAMED]]
    texts = [f"without {who}, {back}" for who, back in each]
    texts[0] += f" of {missing} would come back"
    more = len(chosen) - len(each)
    return "; ".join(texts) + (f"; {more} more {'is' if more == 1 else 'are'} within simulation error" if more else "")


def _come_back(points_: str, missing: str) -> str:
    """`40 of the 44 points missing come back`."""
    return f"{points_} of {missing} come{'s' if points_ == '1' else ''} back"


def stays_short(removals: Removals) -> str:
    """What cannot be replaced, and the least that comes back while another constraint stays."""
    if removals.nothing:
        return ""
    fixed = [name for name in NAMES if removals.kept[name].irreplaceable]
    if not fixed:
        least = bare_points(min(each.best.gain.mean for each in removals.kept.values()))
        text = f"while any one of the six stays, the others give back {least} or more."
        clear = all(each.lost.mean <= NOTICEABLE_PART * removals.whole.mean for each in removals.kept.values())
        return f"Each can be replaced: {text}" if clear else capitalised(text)
    return " ".join(
        f"{capitalised(short(name))} cannot be replaced: {_at_most(removals.kept[name])}." for name in fixed
    )


def _at_most(kept: Kept) -> str:
    """What comes back while a constraint stays."""
    most = kept.best.gain.mean
    back = (
        f"nothing gives back more than {bare_points(most)}" if most >= COUNTING_GAIN else "nothing gives back a point"
    )
    return f"while that limit stays, {back}"


def works_through(cost: Cost) -> str:
    """Through which constraints a scenario costs what it costs; none takes more than the whole."""
    whole = abs(cost.difference.mean)
    if not cost.named:
        return "The scenario works through none of the six alone."
    names = listed([short(each.constraint) for each in cost.named])
    gone = [bare_difference(min(abs(each.gone.mean), whole), "share") for each in cost.named]
    parts = listed(
        [f"{text} ({margin(each.gone.error, 'share')})" for text, each in zip(gone, cost.named, strict=True)]
    )
    where, overlap = ("one of these limits is", "; these overlap") if len(cost.named) > 1 else ("that limit is", "")
    are = "is" if gone == ["1"] else "are"
    return (
        f"The scenario works through {names}: {parts} of the {plain_points(whole)} {are} gone where {where} removed in "
        f"both worlds{overlap}."
    )


def _beside_the_ribbon(binds: Bottleneck, removals: Removals) -> Iterator[str]:
    """Where what binds most now is not what gives most alone: both are right about their own question."""
    best = [each.removed[0] for each in removals.singles]
    now = {cause.part for cause in binds.foremost}
    if now and not removals.nothing and now.isdisjoint(best):
        yield (
            f"What binds most now is {_binds_most(binds)}; what gives most back alone is {either(map(short, best))}: "
            "the first is met today, and behind it stands the second."
        )


def _caused(effect: Effect, name: str) -> Iterator[str]:
    """What the scenario works through, and which of its changes costs most."""
    cost = effect.costs[name]
    if cost.differs:
        yield works_through(cost)
    yield from _costliest(effect.changes, name)


def _costliest(changes: Sequence[ChangeEffect], name: str) -> Iterator[str]:
    """Which change costs, or gives back, most; all that may, where that is too close to call."""
    alone = [each for each in changes if name in each.costs]
    if len(alone) < 2:
        return
    first, *rivals = sorted(
        (each for each in alone if name in each.foremost), key=lambda each: -abs(each.costs[name].mean)
    )
    most = first.costs[name]
    if abs(most.mean) <= widening(len(alone)) * most.error:
        return
    verb = "costs" if most.mean > 0.0 else "gives back"
    of = f"its {len(changes)} changes" + (
        f", {len(alone)} of which can be taken back alone" if len(alone) < len(changes) else ""
    )
    if not rivals:
        yield f"Of {of}, “{first.words}” {verb} most: {points_with_error(most)}."
        return
    gains = [f"“{each.words}” ({bare_difference(abs(each.costs[name].mean), 'share')})" for each in (first, *rivals)]
    yield f"Of {of}, which {verb} most is too close to call: {either(gains)}."


def gives_most(first: Sequence[tuple[str, Amount]], every: Iterable[Amount], what: str, among: str = "") -> str:
    """What gives most of `every` gain; all of `first`, with their gains, where luck may have put the best ahead."""
    if all(each.mean <= each.error for each in every):
        return f"no {what} gives anything beyond simulation error"
    if len(first) == 1:
        return f"{among}{first[0][0]} gives most: {points_with_error(first[0][1])}"
    texts = (f"{who} ({bare_difference(gain.mean, 'share')})" for who, gain in first)
    return f"{among}which gives most is too close to call: {either(texts)}"


def either(texts: Iterable[str]) -> str:
    """`one or other`; of many the first few, and how many more."""
    every = list(texts)
    more = len(every) - NAMED
    return listed([*every[:NAMED], *([f"{more} more"] if more > 0 else [])], "or")


def short(part: str) -> str:
    """A constraint as a sentence names it."""
    return CONSTRAINTS[part].short if part in CONSTRAINTS else part


def points_with_error(amount: Amount) -> str:
    """`3.2 points (± 0.4)`, without its sign."""
    return f"{plain_points(amount.mean)} ({margin(amount.error, 'share')})"


def plain_points(value: float) -> str:
    """A difference of shares to a tenth, without its sign: `2.2 points`, `1 point`."""
    text = bare_difference(abs(value), "share")
    return f"{text} point{'' if text == '1' else 's'}"
