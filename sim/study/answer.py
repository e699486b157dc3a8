"""The answer to a run, in a briefer's order: which bottleneck, when, how bad, how likely, and what helps most.

Five lines lead; then what the lab owns and how long its money lasts. Likelihood is said in the words of one scale, with
the number beside it.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pandas as pd

from sim.study.bottlenecks import CLOSE, USES, Bottleneck, When, when
from sim.study.constraint import FLAGSHIPS, blame
from sim.study.intervals import widening
from sim.study.measures import PATHWAYS, Level, Summary, measure, odds_error, reached, values
from sim.study.names import BY_PATHWAY
from sim.study.question import Line, Run
from sim.study.relief import EASED, REMOVED, Relief, Relieved
from sim.study.split import Split
from sim.study.verdict import QUESTION, disagreements, group_of
from sim.study.words import Scale, amount, bare_points, capitalised, day_text, margin, percent_text, points, told
from sim.world.constraints import CONSTRAINTS

FORKS = {
    "stalled": "talks stall",
    "closed": "a round closes",
    "window_closed": "the window for the H200 class closes",
    "rupture": "relations rupture",
    "listed": "the lab is listed",
}
"""Flags of what may come about by the end of the leading window: its odds, and what follows from it."""

FEWEST = 30
"""Futures with a fork, and without it, from which on what follows is said."""

HARM = 6.0
"""Months by which the second flagship is late when the lab is said to come to harm."""


def answer(
    run: Run,
    outcomes: pd.DataFrame,
    found: Sequence[Bottleneck],
    summaries: dict[str, Summary],
    splits: Sequence[Split],
    relief: Relief | None,
    scale: Scale,
) -> tuple[Line, ...]:
    """The lines, in order."""
    return (
        Line("Which bottleneck", " ".join(_which(found, splits, relief, scale))),
        Line("When", " ".join(_when(run, outcomes, found, splits, scale)) or "No bottleneck is there to begin."),
        Line("How bad", " ".join(_bad(run, summaries, splits, scale))),
        Line("How likely", " ".join(_likely(run, outcomes, summaries, scale))),
        Line("What helps most", " ".join(helps(relief))),
        Line("Compute", _compute(run, summaries)),
        Line("Money", _money(run, summaries)),
        *_history(outcomes),
    )


def mains(found: Sequence[Bottleneck], splits: Sequence[Split] = ()) -> dict[str, str]:
    """The largest cause of each use, in words: of the causal split if it was run, else of the ribbon."""
    first = {USES[each.use]: each.causes[0].words if each.causes else "nothing" for each in found}
    for use, name in QUESTION.items():
        for split in splits:
            if split.measure.name == name:
                first[USES[use]] = split.first.words if split.first.value > 0.0 else "nothing"
    return first


def headline(found: Sequence[Bottleneck], splits: Sequence[Split] = ()) -> str:
    """The largest cause of each use, in one sentence."""
    first = mains(found, splits)
    if len(set(first.values())) == 1:
        cause = next(iter(first.values()))
        return f"The main bottleneck is {cause}, for {' and for '.join(first)}."
    return f"The main bottleneck is {', '.join(f'{cause} for {use}' for use, cause in first.items())}."


def _which(found: Sequence[Bottleneck], splits: Sequence[Split], relief: Relief | None, scale: Scale) -> Iterator[str]:
    by_name = {split.measure.name: split for split in splits}
    for each in found:
        split = by_name.get(QUESTION[each.use])
        yield _explained(each, split, scale) if split else _stopped(each, scale)
        yield from disagreements(each, split, relief)
    if not splits:
        yield "How much of the shortfall each cause explains was not asked: run with --split."


def _explained(found: Bottleneck, split: Split, scale: Scale) -> str:
    """What the causal split says of one use."""
    use, first = capitalised(found.words), split.first
    if first.value <= 0.0:
        return f"{use}: of the mean shortfall of {points(split.whole)} no cause explains anything; it is structural."
    text = (
        f"{use}: {first.words} explains {points(first.value)} ({margin(first.error, 'share')}) of a mean shortfall of "
        f"{points(split.whole)} ({split.futures:,} futures). "
        f"Odds that it is the largest cause: {told(first.largest, scale)}."
    )
    second = split.parts[1]
    if second.value > 0.0 and first.share - second.share <= CLOSE:
        text += f" Close behind: {second.words}, {points(second.value)}."
    return f"{text} {capitalised(points(split.structural))} would stay without any of the six causes."


def _stopped(found: Bottleneck, scale: Scale) -> str:
    """What the ribbon says of one use: the largest cause, and the second where it is close."""
    if not found.causes:
        return f"{capitalised(found.words)}: nothing; in every future the lab has all the compute it wants."
    first = found.causes[0]
    text = (
        f"{capitalised(found.words)}: {first.words} stops {percent_text(first.share)} of the compute that is wanted "
        f"and not there ({percent_text(first.p5)} to {percent_text(first.p95)} in nine of ten futures). "
        f"Odds that it is the largest cause: {told(first.largest, scale)}."
    )
    if found.second:
        text += f" Close behind: {found.second.words}, {percent_text(found.second.share)}."
    if found.nothing:
        text += f" Odds that nothing is stopped: {told(found.nothing, scale)}."
    return text


def _when(
    run: Run, outcomes: pd.DataFrame, found: Sequence[Bottleneck], splits: Sequence[Split], scale: Scale
) -> Iterator[str]:
    by_name = {split.measure.name: split for split in splits}
    for each in found:
        split = by_name.get(QUESTION[each.use])
        group = split.first.group if split and split.first.value > 0.0 else group_of(each)
        if group:
            yield _begins(run, each, when(each.use, group, outcomes, (run.end - run.start).days), scale)


def _begins(run: Run, found: Bottleneck, begins: When, scale: Scale) -> str:
    """From when on a cause keeps a use short."""
    words = f"{capitalised(found.words)}: {CONSTRAINTS[begins.group].words}"
    if begins.days is None:
        return f"{words} never keeps it short for three months in a row."
    low, middle, high = (f"{run.start + timedelta(days=day):%Y-%m}" for day in begins.days)
    return (
        f"{words} keeps it short from {middle} on ({low} to {high} in nine of ten of the futures in which it does). "
        f"Odds that it never does: {told(begins.never, scale)}."
    )


def _bad(run: Run, found: dict[str, Summary], splits: Sequence[Split], scale: Scale) -> Iterator[str]:
    """Delays and sizes of the next two flagships, what delays them, and what is missing."""
    yield _flagships(found, scale)
    yield from _delayed(splits)
    yield _demand(run, found)
    yield "In brackets: the Monte Carlo error of the median (±), and nine of ten futures."


def _flagships(found: dict[str, Summary], scale: Scale) -> str:
    following = _flagship(found["second_delay"], found["second_size"], scale)
    return (
        f"The next flagship comes {_flagship(found['next_delay'], found['next_size'], scale)} "
        f"The one after it comes {following}"
    )


def _flagship(delay: Summary, size: Summary, scale: Scale) -> str:
    text = (
        f"{_late(delay.median)} ({delay.spread_text}) "
        f"and at {percent_text(size.median.value)} of its planned size ({size.spread_text})."
    )
    return text + (f" Odds that it is not out by the horizon: {told(delay.missed, scale)}." if delay.missed else "")


def _delayed(splits: Sequence[Split]) -> Iterator[str]:
    """What delays each flagship, where it was asked and is late."""
    for split in splits:
        if split.measure.name in FLAGSHIPS and split.whole > 0.0:
            name = FLAGSHIPS[split.measure.name]
            yield f"What delays {name[:1].lower()}{name[1:]}: {blame(split)}."


def _late(delay: Level) -> str:
    if delay.beyond:
        return f"more than {amount(delay.value, 'months')} late"
    return f"{amount(abs(delay.value), 'months')} {'early' if delay.value < 0.0 else 'late'}"


def _demand(run: Run, found: dict[str, Summary]) -> str:
    unserved, short = found["unserved"], found["train_short"]
    return (
        f"{unserved.centre_text} of the tokens wanted from {run.measured_from} to {run.window_end} are not served "
        f"({unserved.spread_text}; mean {unserved.mean.text('share')}); {short.centre_text} of the training compute "
        f"wanted is not there ({short.spread_text}; mean {short.mean.text('share')})."
    )


def _likely(run: Run, outcomes: pd.DataFrame, found: dict[str, Summary], scale: Scale) -> Iterator[str]:
    """Odds of each fork, and what follows from those that matter; what is forced has none of its own."""
    yield f"By {day_text(run.window_end)}:"
    for flag, words in FORKS.items():
        came = outcomes[flag].to_numpy() == 1.0
        if came.all():
            yield f"{words} in every future here;"
        elif not came.any():
            yield f"{words} in no future here;"
        else:
            yield f"{words}: {told(float(came.mean()), scale)};"
    yield f"insolvent by {day_text(run.end)}: {told(found['insolvent'].mean.value, scale)}."
    yield "What a scenario forces has no odds of its own."
    if following := "; ".join(_following(outcomes)):
        yield f"The second flagship is more than six months late in {following}."


def _following(outcomes: pd.DataFrame) -> Iterator[str]:
    """Where harm is more or less frequent after a fork than without it, by more than the error of the best of all."""
    delay = measure("second_delay")
    harmed = (values(delay, outcomes) > HARM) | ~reached(delay, outcomes)
    for flag, words in FORKS.items():
        came = outcomes[flag].to_numpy() == 1.0
        then, otherwise = harmed[came], harmed[~came]
        if min(len(then), len(otherwise)) < FEWEST:
            continue
        error = math.hypot(*(odds_error(float(each.mean()), len(each)) for each in (then, otherwise)))
        if abs(then.mean() - otherwise.mean()) > widening(len(FORKS)) * error:
            yield (
                f"{percent_text(float(then.mean()))} of the {len(then):,} futures in which {words}, and in "
                f"{percent_text(float(otherwise.mean()))} of the other {len(otherwise):,}"
            )


def helps(relief: Relief | None) -> Iterator[str]:
    """What easing and removing causes gives each use, and what $100M more would."""
    if relief is None:
        yield "Not asked; `python -m sim relief` eases and removes each cause in the same futures."
        return
    for use, name in QUESTION.items():
        eased, removed = (relief.best(name, step) for step in (EASED, REMOVED))
        words = "removed" if removed.causes == eased.causes else f"{removed.words}, removed"
        yield (
            f"{capitalised(USES[use])}: {eased.words}, eased by a tenth, gives back {_gained(eased, name)}; "
            f"{words}, {_gained(removed, name)}{_paired(relief, name)}."
        )
    if relief.hundred_million:
        gain = relief.hundred_million.gain("train_short").paired
        yield f"$100M more on the first day gives training {points(gain.mean)} ({margin(gain.error, 'share')})."


def _paired(relief: Relief, name: str) -> str:
    """What the best pair gives, or that none gives more than the best cause alone."""
    if pair := relief.better_pair(name):
        return f"; {pair.words} together, {_gained(pair, name)}"
    return "; no pair gives more" if relief.pairs else ""


def _gained(row: Relieved, name: str) -> str:
    """The mean gain with its error, its 90% interval over futures, and how many gain."""
    gain = row.gain(name)
    low, high = bare_points(gain.paired.p5), bare_points(gain.paired.p95)
    mean = f"{points(gain.paired.mean)} {margin(gain.paired.error, 'share')}"
    return f"{mean} ({low} to {high}; helps {percent_text(gain.helped)} of futures)"


def _compute(run: Run, found: dict[str, Summary]) -> str:
    ways = ", ".join(f"{BY_PATHWAY[name]} {_few(found[name])}" for name in PATHWAYS)
    return (
        f"By {day_text(run.window_end)} the lab owns {found['owned'].centre_text} ({found['owned'].spread_text}). "
        f"By pathway, on average over futures: {ways}. Training compute at work is "
        f"{found['train_effective'].centre_text} of what is wanted ({found['train_effective'].spread_text})."
    )


def _few(summary: Summary) -> str:
    return amount(summary.mean.value, summary.measure.unit)


def _money(run: Run, found: dict[str, Summary]) -> str:
    runway, raised, sold = (found[name] for name in ("lowest_runway", "raised", "dilution"))
    return (
        f"At its lowest up to {day_text(run.window_end)}, cash lasts {runway.centre_text} "
        f"({runway.spread_text}; counted up to 120). Raised by then: {raised.centre_text} ({raised.spread_text}), "
        f"for {sold.centre_text} of the lab ({sold.spread_text})."
    )


def _history(outcomes: pd.DataFrame) -> tuple[Line, ...]:
    """How many draws of the opening were taken, where some were not."""
    refused = float(outcomes["refused"].sum())
    if refused == 0.0:
        return ()
    share = percent_text(len(outcomes) / (len(outcomes) + refused))
    text = f"{share} of the draws of the opening agree with what was seen in 2025 and early 2026; only these are run."
    return (Line("History", text),)
