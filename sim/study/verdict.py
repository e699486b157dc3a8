"""Where three views of the main cause disagree, and what that means.

The ribbon says what stops today's missing chips; the causal split, what would not be missing had a cause never been
there; relief, what easing it from now on gives. Each is right about its own question, so where they name different
causes the answer says so, in a sentence made by rule. A cause counts as first where it beats the other by more than
both errors: two that are equal would else disagree by chance in every second run.
"""

from collections.abc import Iterator

from sim.study.bottlenecks import Bottleneck
from sim.study.intervals import widening
from sim.study.relief import EASED, REMOVED, STEPS, Relief, Relieved
from sim.study.split import Split
from sim.study.words import bare_points, capitalised, margin, points
from sim.world.constraints import CONSTRAINTS

DUG = 0.1
"""Share of a shortfall from which on a cause can be said to have dug the hole."""

BEYOND = 0.1
"""Share of what a pair gives that must lie beyond the sum of both causes to be told."""

QUESTION = {"train": "train_short", "serve": "unserved"}
"""The measure in which each use is short."""


def disagreements(ribbon: Bottleneck, split: Split | None, relief: Relief | None) -> tuple[str, ...]:
    """Sentences for one use, none where all views agree."""
    said = []
    now = group_of(ribbon)
    if split and now and _stands_out(split, now):
        said.append(_dug(split.first.group, now))
    if relief:
        name = QUESTION[ribbon.use]
        said += [*_helped(split, relief, name)] if split else []
        said += [*_turned(relief, name), *_both(relief, name)]
    return tuple(said)


def group_of(ribbon: Bottleneck) -> str | None:
    """The group with the largest part of the ribbon, planning left out; None where none has any."""
    found = [cause for cause in ribbon.causes if cause.gate in CONSTRAINTS and cause.share > 0.0]
    return found[0].gate if found else None


def _stands_out(split: Split, now: str) -> bool:
    """Whether the largest cause of a split explains a part worth naming, and more than another beyond its error."""
    return split.first.share >= DUG and _explains_more(split, now)


def _explains_more(split: Split, group: str) -> bool:
    """Whether the largest cause explains more than this one, by more than both errors."""
    first, other = split.first, split.part(group)
    return first.value - other.value > first.error + other.error


def _dug(before: str, now: str) -> str:
    """The sentence for a hole that one cause dug and another keeps open."""
    return (
        f"{capitalised(CONSTRAINTS[before].words)} dug the hole, {CONSTRAINTS[now].words} now keeps it open: without "
        "the first most of what is missing would be there, but of what is missing today the second stops most."
    )


def _helped(split: Split, relief: Relief, name: str) -> Iterator[str]:
    """Where one cause explains most and another one helps most: eased, removed, or both."""
    best = [_best(relief, name, step) for step in STEPS]
    dials = CONSTRAINTS[split.first.group].dials
    rivals = [row for row in best if row and _explains_less(row, split) and _beats(relief, name, row, dials)]
    for words in dict.fromkeys(row.words for row in rivals):
        how = " and ".join(f"{STEPS[row.step]} ({_given(row, name)})" for row in rivals if row.words == words)
        yield f"{capitalised(split.first.words)} explains most; of single causes {words} helps most, {how}."


def _explains_less(row: Relieved, split: Split) -> bool:
    """Whether the cause lies in a group that explains less than the first; planning lies in none."""
    if split.first.value <= split.first.error:
        return False
    return all(_explains_more(split, name) for name, group in CONSTRAINTS.items() if row.causes[0] in group.dials)


def _turned(relief: Relief, name: str) -> Iterator[str]:
    """Where another cause helps most when it is removed than when it is eased."""
    eased, removed = _best(relief, name, EASED), _best(relief, name, REMOVED)
    if (
        eased
        and removed
        and _beats(relief, name, eased, removed.causes)
        and _beats(relief, name, removed, eased.causes)
    ):
        yield (
            f"Easing by a tenth says {eased.words}, removal says {removed.words}: a cause that stands in front of "
            "another gives much only when all of it goes."
        )


def _both(relief: Relief, name: str) -> Iterator[str]:
    """The pair that gives most beyond the sum of both causes, where that is beyond error and worth naming."""
    alone = {row.causes: row.gain(name).paired for row in relief.single if row.step == REMOVED}
    more = []
    for pair in relief.pairs:
        one, other = (alone.get((cause,)) for cause in pair.causes)
        both = pair.gain(name).paired
        if pair.step == REMOVED and one and other:
            beyond = both.mean - one.mean - other.mean
            if beyond > max(both.error + one.error + other.error, BEYOND * both.mean):
                more.append((beyond, pair, f"{bare_points(one.mean)} and {points(other.mean)}"))
    if more:
        _, pair, apart = max(more, key=lambda each: each[0])
        yield f"{capitalised(pair.words)}, removed together, give {_given(pair, name)}; one without the other {apart}."


def _best(relief: Relief, name: str, step: float) -> Relieved | None:
    """The cause whose relief helps most, if it helps beyond the error that the best of so many needs."""
    best = relief.best(name, step)
    gain = best.gain(name).paired
    return best if gain.mean > widening(len(relief.ranked(name, step))) * gain.error else None


def _beats(relief: Relief, name: str, best: Relieved, causes: tuple[str, ...]) -> bool:
    """Whether a step helps more than the same step of each of these causes, by more than both errors."""
    gain = best.gain(name).paired
    others = [row.gain(name).paired for row in relief.ranked(name, best.step) if row.causes[0] in causes]
    return all(gain.mean - other.mean > gain.error + other.error for other in others)


def _given(row: Relieved, name: str) -> str:
    gain = row.gain(name).paired
    return f"{points(gain.mean)} {margin(gain.error, 'share')}"
