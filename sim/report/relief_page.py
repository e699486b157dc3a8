"""The page of relief: what each cause gives back when it is 10% easier, and when it is removed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.bottlenecks.relief import EASED, EFFECTS, REMOVED, STEPS, Gain, Relief, Relieved
from sim.findings.brief import Fact
from sim.findings.markdown import mean_gain
from sim.language.counting import counted
from sim.measures.restricted_means import MEANING
from sim.measures.wording import bare_difference, capitalised, in_points, listed, margin, with_unit
from sim.report import colours
from sim.report.brief import Scale
from sim.report.html import rendered

FEW = 3
"""Causes that are named where it is too close to call which gives most."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One gain: text and error, and where its bar begins, how long it is, and its 95% interval, in percent."""

    text: str
    error: str
    start: float
    width: float
    low: float
    high: float
    futures: str


@dataclass(frozen=True, slots=True)
class Row:
    """A cause: its hue, and a bar for each measure and step."""

    words: str
    hue: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A measure and a step: what stands above it, and its scale."""

    title: str
    step: str
    scale: Scale


def page(relief: Relief, scenario: str, command: str, digest: str) -> str:
    """The whole page."""
    columns = [column(relief, name, step) for name in EFFECTS for step in STEPS]
    rows = [_row(relief, row, columns) for row in relief.ranked(EFFECTS[0], REMOVED)]
    return rendered(
        "relief.html.j2",
        title=f"Relief: {scenario}",
        about=f"{scenario} · {counted(relief.futures, 'futures')} · each cause alone, in the same futures",
        headline=headline(relief),
        facts=list(facts(relief)),
        columns=columns,
        rows=rows,
        meaning=MEANING,
        command=command,
        digest=digest,
    )


def headline(relief: Relief) -> str:
    """Which causes give training most back when they are removed, and how much."""
    most = _most(relief, REMOVED)
    if most is None:
        return "No cause that is removed alone gives training anything back beyond simulation error."
    return f"Removing {most[0]} gives training most back: {most[1]}."


def facts(relief: Relief) -> Iterator[Fact]:
    """What gives most when 10% easier, what a hundred million dollars give, and what removing one cause does not."""
    most = _most(relief, EASED)
    text = f"{most[0]} gives most, {most[1]}." if most else "no cause alone gives anything beyond simulation error."
    yield Fact("10% easier:", text)
    if relief.hundred_million:
        yield Fact("$100M more on the first day:", f"{_points(relief.hundred_million)}.")
    yield Fact("One cause at a time:", "of two that bind together, removing either alone gives little.")


def _most(relief: Relief, step: float) -> tuple[str, str] | None:
    """The causes that may give training most, and what the one with the largest mean gain gives; None if that may be
    nothing."""
    first = relief.foremost(EFFECTS[0], step) or relief.ranked(EFFECTS[0], step)[:1]
    paired = first[0].gain(EFFECTS[0]).paired
    if paired.mean <= paired.error:
        return None
    more = f" or one of {len(first) - FEW} more" if len(first) > FEW else ""
    names = listed([f"“{row.words}”" for row in first[:FEW]], "or")
    close = " for the first, too close to call" if len(first) > 1 else ""
    return names + more, _points(first[0]) + close


def _points(row: Relieved) -> str:
    """A gain of training with its error: `17.2 points (± 2.6)`."""
    paired = row.gain(EFFECTS[0]).paired
    if abs(paired.mean) <= paired.error:
        return "no gain beyond simulation error"
    return f"{with_unit(bare_difference(paired.mean, 'share'), 'points')} ({margin(paired.error, 'share')})"


def column(relief: Relief, name: str, step: float) -> Column:
    """The scale of a measure and a step: from zero, or the largest loss, to the largest gain of any cause."""
    gains = [row.gain(name) for row in relief.single if row.step == step and not row.apart]
    ends = [end for gain in gains for end in _ends(gain)]
    low, high, unit = min(0.0, *ends), max(0.0, *ends) or 1.0, gains[0].measure.unit
    words = f"{bare_difference(low, unit)} to {bare_difference(high, unit)} {'points' if in_points(unit) else unit}"
    return Column(gains[0].measure.title, STEPS[step], Scale(low, high, words.replace("-", "−")))


def _ends(gain: Gain) -> tuple[float, float]:
    error = gain.paired.error if math.isfinite(gain.paired.error) else 0.0
    return gain.paired.mean - error, gain.paired.mean + error


def _row(relief: Relief, removed: Relieved, columns: Sequence[Column]) -> Row:
    steps = {row.step: row for row in relief.single if row.cause == removed.cause}
    gains = [steps[step].gain(name) for name in EFFECTS for step in STEPS]
    bars = tuple(bar(gain, column) for gain, column in zip(gains, columns, strict=True))
    return Row(capitalised(removed.words), "planning" if removed.apart else colours.cause(removed.cause), bars)


def bar(gain: Gain, column: Column) -> Bar:
    """A gain on the scale of its column."""
    text, _, error = mean_gain(gain).partition(" ± ")
    ends = sorted((column.scale.place(0.0), column.scale.place(gain.paired.mean)))
    low, high = map(column.scale.place, _ends(gain))
    return Bar(
        text.replace("-", "−"),
        error and f"± {error}",
        ends[0],
        round(ends[1] - ends[0], 2),
        low,
        high,
        gain.shares_text,
    )
