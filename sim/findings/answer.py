"""The answer to a run, in a briefer's order: how bad, which, when, how likely, what helps, what it hinges on.

Training comes first, serving has a line of its own. Shares are means over futures, since parts and differences of means
add up; dates and delays are medians. What was not computed is not claimed.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.dates import FLAGSHIPS, Timing, last_day, release_sentences, short_sentences
from sim.bottlenecks.relief import Relief
from sim.bottlenecks.removals import COUNTING_GAIN, NAMES, SHORTFALLS, Amount, Removals, contenders
from sim.bottlenecks.scenario_effect import Effect
from sim.bottlenecks.shares import Bottleneck, RibbonPart
from sim.findings.constraint_sentences import (
    either,
    gives_most,
    held_back,
    plain_points,
    points_with_error,
    short,
    which,
)
from sim.measures.intervals import error_of_mean, share_error, widening
from sim.measures.levels import Level
from sim.measures.lines import Line, Run
from sim.measures.measures import PATHWAYS, Summary, measure, reached, values
from sim.measures.thing_names import BY_PATHWAY
from sim.measures.wording import (
    Scale,
    amount,
    day_text,
    full_day,
    in_points,
    likelihood,
    listed,
    margin,
    percent_text,
    points,
    with_unit,
)
from sim.world.shortfall.constraints import CONSTRAINTS

FEWEST = 30
"""Futures with a fork, and without it, from which on what follows is said."""

A_YEAR = 12.0
"""Months of operations with all that the plan would buy from which on money is said to wait."""

HARM = 6.0
"""Months by which the second flagship is late when the lab is said to come to harm."""

HALF = 0.5
"""Share of the training compute wanted that is missing when the lab is said to come to harm."""

READING = (
    "Shares that are missing, and gains, are means over futures, so that parts and differences add up; delays, dates, "
    "sizes, chips and dollars are medians unless said. ± is the simulation error: half of a 95% interval, which more "
    "futures make smaller. It stands before the 90% interval, which holds 90% of the futures and is as wide with more "
    "of them. An end of that interval that is poorly known has its own 95% interval in brackets."
)
"""What the numbers of the lines above it are."""

AIMS = {
    "hold": "if it holds its place",
    "keep_pace": "if it keeps pace",
    "chase": "if it chases the frontier",
}
"""What the lab wants, in words, by the name of the ambition."""


def answer(
    run: Run,
    outcomes: pd.DataFrame,
    binds: Sequence[Bottleneck],
    summaries: dict[str, Summary],
    when: Sequence[Timing],
    other: Counterfactuals | None,
    relief: Relief | None,
    scale: Scale,
    funded: float | None,
) -> tuple[Line, ...]:
    """The lines, in order. `funded`: months of the plan that cash pays for as the reporting window ends, the median."""
    train, serve = binds
    return (
        Line("How bad", " ".join(_bad(run, outcomes, summaries, other))),
        Line("Which", " ".join(which(train, other))),
        Line("When", " ".join(_when(run, train, outcomes, when, other))),
        Line("How likely", " ".join(_likely(run, outcomes, summaries, scale))),
        Line("What helps", " ".join(_helps("train", other, relief))),
        Line("Hinges on", hinges(other)),
        Line("Serving", " ".join(_serving(run, serve, outcomes, summaries, when, other))),
        Line("Compute", _compute(run, summaries)),
        Line("Money", " ".join(_money(run, train, summaries, funded))),
        *_history(outcomes),
        Line("Reading", READING),
    )


def headline(
    run: Run, binds: Sequence[Bottleneck], summaries: dict[str, Summary], other: Counterfactuals | None
) -> str:
    """How bad it is and what the scenario costs; then what holds training back."""
    if not binds[0].wanted:
        return held_back(binds[0], other)
    missing = percent_text(summaries["train_short"].mean.value)
    wants = f"{missing} of the compute it wants {period(run)}"
    effect = other.effect if other else None
    if effect is None:
        return f"Training lacks {wants}. {held_back(binds[0], other)}"
    cost = effect.costs["train_short"]
    against = f"against {percent_text(effect.missing['train_short'].mean)} in {effect.base}"
    if not cost.differs:
        return f"This costs training nothing beyond simulation error. It lacks {wants}, {against}."
    verb = "costs training" if cost.difference.mean > 0.0 else "gives training back"
    return f"This {verb} {plain_points(cost.difference.mean)}. It then lacks {wants}, {against}."


def period(run: Run) -> str:
    """The days over which shares are taken: a year, or both ends."""
    first, last = run.reporting_from, run.window_end
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"in {first.year}" if first.year == last.year else f"from {first.year} to {last.year}"
    return f"from {full_day(first)} to {full_day(last)}"


def _against(effect: Effect, name: str) -> str:
    """`2.2 points (± 0.3) more than in the baseline`, or as much, as far as these futures show."""
    cost = effect.costs[name].difference
    if not effect.costs[name].differs:
        return f"as much as in {effect.base} within simulation error ({margin(cost.error, 'share')})"
    way = "more" if cost.mean > 0.0 else "less"
    return f"{plain_points(cost.mean)} ({margin(cost.error, 'share')}) {way} than in {effect.base}"


def _bad(
    run: Run, outcomes: pd.DataFrame, summaries: dict[str, Summary], other: Counterfactuals | None
) -> Iterator[str]:
    """What training lacks, and how late the next two flagships are; against the baseline where there is one."""
    short_ = summaries["train_short"]
    if short_.unwanted == 1.0:
        yield "No training compute is wanted in any future, so no flagship is planned."
        return
    effect = other.effect if other else None
    against = f", {_against(effect, 'train_short')}" if effect else ""
    yield (
        f"Training lacks {percent_text(short_.mean.value)} of the compute it wants {period(run)}, on average over "
        f"futures ({_mean_error(short_, outcomes)}; 90% interval {short_.interval_text}){against}."
    )
    if effect:
        cost = effect.costs["train_short"]
        yield f"It lacks over a point more in {_in(cost.worse)}, and over a point less in {percent_text(cost.better)}."
    yield f"The next flagship comes {_flagship('next', summaries, run)}"
    yield f"The one after it comes {_flagship('second', summaries, run)}"


def _mean_error(summary: Summary, outcomes: pd.DataFrame) -> str:
    """`± 0.7 points`: the simulation error of the mean."""
    error = margin(error_of_mean(values(summary.measure, outcomes)), summary.measure.unit)
    return with_unit(error, "points") if in_points(summary.measure.unit) else error


def _flagship(name: str, summaries: dict[str, Summary], run: Run) -> str:
    delay, size, final_run = (summaries[f"{name}_{each}"] for each in ("delay", "size", "run"))
    never = f"; it is not out by {day_text(run.end)} in {percent_text(delay.missed)} of futures" if delay.missed else ""
    return (
        f"{_late(delay.median)} (90% interval {delay.interval_text}) "
        f"and at {percent_text(size.median.value)} of its planned size, with a final run of "
        f"{amount(final_run.median.value, 'FLOP')}{never}."
    )


def _late(delay: Level) -> str:
    if delay.beyond:
        return f"more than {amount(delay.value, 'months')} late"
    return f"{amount(abs(delay.value), 'months')} {'early' if delay.value < 0.0 else 'late'}"


def _when(
    run: Run, binds: Bottleneck, outcomes: pd.DataFrame, when: Sequence[Timing], other: Counterfactuals | None
) -> Iterator[str]:
    """From when on a use is short, and what binds most then; of training also when the flagships are out."""
    base = other.effect.base if other and other.effect else ""
    short_, *releases = (each for each in when if each.name == f"{binds.use}_from" or each.name in FLAGSHIPS)
    yield from short_sentences(short_, run, base)
    if short_.median:
        columns = outcomes[[f"{binds.use}_when_{name}" for name in NAMES]].to_numpy(np.float64)
        first = columns.argmin(axis=1)[columns.min(axis=1) <= last_day(run)]
        yield f"{_binds_first(first)}."
    if binds.use == "train" and binds.wanted:
        yield from release_sentences(releases, run, base)


def _binds_first(first: npt.NDArray[np.int64]) -> str:
    """What binds in most of the futures; all that may, where that is too close to call."""
    came = [(first == place).astype(float) for place in range(len(NAMES))]
    texts = (f"{short(NAMES[place])} ({percent_text(float(came[place].mean()))} of them)" for place in contenders(came))
    return f"What binds then is most often {either(texts)}"


def _likely(run: Run, outcomes: pd.DataFrame, summaries: dict[str, Summary], scale: Scale) -> Iterator[str]:
    """Shares of futures: harm, and forks that are not assumed; and what follows from a fork."""
    second = measure("second_delay")
    late = (values(second, outcomes) > HARM) | ~reached(second, outcomes)
    half = values(measure("train_short"), outcomes) > HALF
    yield (
        f"More than half of training's compute is missing in {_in(half.mean())}; the second flagship is more than six "
        f"months late in {_in(late.mean())}; the lab is insolvent by {day_text(run.end)} in "
        f"{_in(summaries['insolvent'].mean.value)}."
    )
    open_ = [flag for flag in run.forks if not summaries[flag].assumed and summaries[flag].mean.value]
    probabilities = {flag: summaries[flag].mean.value for flag in open_}
    if probabilities:
        forks = (
            f"{run.forks[flag]} in {percent_text(share)} ({likelihood(share, scale)})"
            for flag, share in probabilities.items()
        )
        yield f"By {day_text(run.window_end)}, in shares of futures: {', '.join(forks)}."
    if assumed := [words for flag, words in run.forks.items() if summaries[flag].assumed]:
        yield f"Assumed, so without a probability: {listed(assumed)}."
    shares = [float(half.mean()), float(late.mean()), summaries["insolvent"].mean.value, *probabilities.values()]
    error = max(share_error(share, len(outcomes)) for share in shares)
    yield f"The simulation error of these shares is at most {margin(error, 'share').removeprefix('± ')} points."
    if following := "; ".join(_following(run, open_, outcomes, late)):
        yield f"The second flagship is more than six months late in {following}."


def _in(share: float) -> str:
    return f"{percent_text(float(share))} of futures"


def _following(run: Run, forks: Sequence[str], outcomes: pd.DataFrame, harmed: npt.NDArray[np.bool_]) -> Iterator[str]:
    """Where harm is more or less frequent after a fork than without it, by more than the error of the best of all."""
    for flag in forks:
        came = outcomes[flag].to_numpy() == 1.0
        then, otherwise = harmed[came], harmed[~came]
        if min(len(then), len(otherwise)) < FEWEST:
            continue
        error = math.hypot(*(share_error(float(each.mean()), len(each)) for each in (then, otherwise)))
        if abs(then.mean() - otherwise.mean()) > widening(len(run.forks)) * error:
            yield (
                f"{percent_text(float(then.mean()))} of the {len(then):,} futures in which {run.forks[flag]}, and in "
                f"{percent_text(float(otherwise.mean()))} of the other {len(otherwise):,}"
            )


def _helps(use: str, other: Counterfactuals | None, relief: Relief | None) -> Iterator[str]:
    """What gives most back removed alone, and 10% easier, alone and in pairs; what $100M would."""
    if other is None:
        yield "Not computed. Run again without --split=0."
        return
    removals = other.of_use(use)
    yield _most_alone(removals)
    yield from _easier(use, other)
    if relief and relief.hundred_million and use == "train":
        gain = relief.hundred_million.gain("train_short").paired
        verb = "costs" if gain.mean < -gain.error else "gives"
        yield f"$100M more on the first day {verb} {_given(Amount(gain.mean, gain.error))}."


def _most_alone(removals: Removals) -> str:
    gains = [(short(each.removed[0]), each.gain) for each in removals.singles]
    return f"Removed alone, {gives_most(gains, removals.alone.values(), 'constraint')}."


def _easier(use: str, other: Counterfactuals) -> Iterator[str]:
    """10% easier: what gives most alone, and in pairs."""
    name, texts = SHORTFALLS[use], []
    for size, what, among in ((1, "constraint", ""), (2, "pair", "of pairs, ")):
        alike = sorted(
            (each for each in other.eased if len(each.constraints) == size), key=lambda each: -each.gains[name].mean
        )
        if not alike:
            return
        first = [
            (" with ".join(map(short, each.constraints)), each.gains[name]) for each in alike if name in each.foremost
        ]
        texts.append(gives_most(first, (each.gains[name] for each in alike), what, among))
    yield f"10% easier, {'; '.join(texts)}."


def _given(gain: Amount) -> str:
    """`3.2 points (± 0.4)`, or that it is nothing beyond the error."""
    if abs(gain.mean) <= gain.error:
        return f"nothing beyond simulation error ({margin(gain.error, 'share')})"
    return points_with_error(gain)


def hinges(other: Counterfactuals | None) -> str:
    """The ambition: an assumption that decides how large a shortfall looks, and no constraint."""
    if other is None or not other.ambitions:
        return "What the lab wants is an assumption; --override hold and --override chase vary it."
    short_by = [(each.missing["train_short"], AIMS[each.name]) for each in other.ambitions]
    parts = [f"{percent_text(missing.mean)} ({margin(missing.error, 'share')}) {aim}" for missing, aim in short_by]
    return f"What the lab wants, which is an assumption and no constraint: training lacks {listed(parts)}."


def _serving(
    run: Run,
    binds: Bottleneck,
    outcomes: pd.DataFrame,
    summaries: dict[str, Summary],
    when: Sequence[Timing],
    other: Counterfactuals | None,
) -> Iterator[str]:
    """Serving in one line: what is not served, what holds it back, and the tokens beside the shares."""
    unserved = summaries["unserved"]
    if unserved.unwanted == 1.0:
        yield "No tokens are wanted in any future."
        return
    effect = other.effect if other else None
    against = f", {_against(effect, 'unserved')}" if effect else ""
    yield (
        f"{percent_text(unserved.mean.value)} of the tokens wanted {period(run)} are not served, on average over "
        f"futures ({_mean_error(unserved, outcomes)}; 90% interval {unserved.interval_text}){against}."
    )
    yield held_back(binds, other)
    if other:
        serve = other.of_use("serve")
        if not serve.nothing:
            removed = serve.candidates[0].removed
            back = other.tokens_back(removed).gain
            without = listed([short(name) for name in removed])
            yield (
                f"In tokens, as what is wanted moves with what is served: without {without}, "
                f"{amount(back.mean, 'tokens / day')} more are served ({margin(back.error, 'tokens / day')})."
            )
    yield from _when(run, binds, outcomes, when, other)


def _compute(run: Run, by_name: dict[str, Summary]) -> str:
    ways = ", ".join(
        f"{BY_PATHWAY[name]} {amount(by_name[name].mean.value, by_name[name].measure.unit)}"
        for name in PATHWAYS
        if by_name[name].mean.value
    )
    return (
        f"By {day_text(run.window_end)} the lab owns {by_name['owned'].centre_text} ({by_name['owned'].spread_text}). "
        f"By pathway, on average over futures: {ways}. Training compute at work on that day is "
        f"{by_name['train_effective'].centre_text} of what is wanted then ({by_name['train_effective'].spread_text})."
    )


def _money(run: Run, train: Bottleneck, summaries: dict[str, Summary], funded: float | None) -> Iterator[str]:
    """Runways, what was raised; and what money cannot buy, where compute is short beside a year's plan in cash."""
    runway, plan, raised, sold = (
        summaries[name] for name in ("lowest_runway", "lowest_plan_runway", "raised", "dilution")
    )
    yield (
        f"At its lowest up to {day_text(run.window_end)}, cash pays for {runway.centre_text} of operations alone "
        f"({runway.spread_text}; counted up to 120), and for {plan.centre_text} of operations with all that the plan "
        f"would buy ({plan.spread_text}). Raised by then: {raised.centre_text} ({raised.spread_text}), "
        f"for {sold.centre_text} of the lab ({sold.spread_text})."
    )
    others = [f"{short(each.part)} ({points(each.share)})" for each in train.causes if _stops_money(each)]
    if funded is not None and funded >= A_YEAR and others:
        yield (
            f"At {day_text(run.window_end)} cash pays for {amount(funded, 'months')} of operations with all that the "
            "plan would buy, in the median future. What binds training now beside money, and money alone does not buy: "
            f"{listed(others)}."
        )


def _stops_money(part: RibbonPart) -> bool:
    """Whether a part of what is missing is a constraint that money does not lift."""
    return part.part in CONSTRAINTS and part.part != "money" and part.share >= COUNTING_GAIN


def _history(outcomes: pd.DataFrame) -> tuple[Line, ...]:
    """How many draws of the starting position were taken, where some were not."""
    refused = float(outcomes["draws_rejected"].sum())
    if refused == 0.0:
        return ()
    share = percent_text(len(outcomes) / (len(outcomes) + refused))
    text = f"{share} of the draws of the starting position agree with what was seen before the first day."
    return (Line("History", f"{text} Only these are run."),)
