"""Where three views of the main cause disagree, and what that means.

The ribbon says what stops today's missing chips; the causal split, what would not be missing had a cause never been
there; relief, what easing it from now on gives. Each is right about its own question, so where they name different
causes the answer says so, in a sentence made by rule.
"""

from sim.study.bottlenecks import GROUPS, Bottleneck
from sim.study.relief import EASED, REMOVED, Relief, Relieved
from sim.study.split import Split, points

WORTH_NAMING = 0.1
"""Share of a shortfall from which on a cause can be said to have dug the hole."""

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
        eased, removed = _best(relief, name, EASED), _best(relief, name, REMOVED)
        if split and eased and split.first.value > 0.0 and not _within(eased, split.first.group):
            said.append(
                f"{_capital(GROUPS[split.first.group].words)} explains most; of one cause eased by a tenth, "
                f"{eased.words} helps most ({points(eased.gain(name).paired.mean)})."
            )
        if eased and removed and eased.causes != removed.causes:
            said.append(
                f"Easing by a tenth says {eased.words}, removal says {removed.words}: a cause that stands in front of "
                "another gives much only when all of it goes."
            )
    return tuple(said)


def group_of(ribbon: Bottleneck) -> str | None:
    """The group with the largest part of the ribbon, planning left out; None where none has any."""
    found = [cause for cause in ribbon.causes if cause.gate in GROUPS and cause.share > 0.0]
    return found[0].gate if found else None


def _stands_out(split: Split, now: str) -> bool:
    """Whether the largest cause of a split explains a part worth naming, and more than another beyond its error."""
    first, other = split.first, split.part(now)
    return first.share >= WORTH_NAMING and first.value - other.value > first.error + other.error


def _dug(before: str, now: str) -> str:
    """The sentence for a hole that one cause dug and another keeps open."""
    return (
        f"{_capital(GROUPS[before].words)} dug the hole, {GROUPS[now].words} now keeps it open: without the first most "
        "of what is missing would be there, but of what is missing today the second stops most."
    )


def _best(relief: Relief, name: str, step: float) -> Relieved | None:
    """The cause whose relief helps most, if any helps."""
    best = relief.best(name, step)
    return best if best.gain(name).paired.mean > 0.0 else None


def _within(row: Relieved, group: str) -> bool:
    return row.causes[0] in GROUPS[group].dials


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
