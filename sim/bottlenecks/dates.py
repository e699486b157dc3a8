"""Dates: from when on a use is short, and when the next two flagships are out; and how far a scenario moves them.

A date is a median with its 90% interval. From when on a use is short is a date of those futures in which it ever is;
a flagship that is not out by the end is later than any date. What a scenario moves is a difference of means over the
same futures, in months: a use that is never short counts as short from the end on, in both, and delays count up to one
time (see `restricted`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.bottlenecks.removals import DELAYS, SHORTFALLS, TABLED, Amount, amount, short_from
from sim.bottlenecks.shares import USES
from sim.measures.levels import End, Level, Sample
from sim.measures.lines import Run
from sim.measures.measures import measure, reached, values
from sim.measures.restricted_means import CUT
from sim.measures.wording import bare_difference, capitalised, day_text, margin, month_text, percent_text, with_unit
from sim.world.arithmetic import MONTH

FLAGSHIPS = {"next_delay": "the next flagship", "second_delay": "the one after it"}
"""What comes out, by the measure of its delay."""

ONSETS = {f"{use}_from": use for use in SHORTFALLS}
"""Uses, by the column of a table of removals that says from when on they are short."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One date. `never`: share of futures in which it does not come; `median` and the ends are None if in none.

    `change`: months by which it is later than in the base, None where no base was run.
    """

    name: str
    words: str
    median: Level | None
    low: End | None
    high: End | None
    never: float
    change: Amount | None = None

    def dated(self, start: date) -> dict[str, object]:
        """For `summary.json`, in calendar days. A day beyond the horizon is one before which it is not."""
        levels = {"p5": self.low and self.low.level, "median": self.median, "p95": self.high and self.high.level}
        days = {
            name: level and {"date": _day(level.value, start), "beyond_horizon": level.beyond}
            for name, level in levels.items()
        }
        return {"name": self.name, "words": self.words, **days, "never": self.never, "months_later": self.change}


def timings(run: Run, outcomes: pd.DataFrame, changes: Mapping[str, Amount]) -> tuple[Timing, ...]:
    """Every date of a run; `changes`: by how many months a scenario moves each."""
    return (*_onsets(run, outcomes, changes), *_releases(run, outcomes, changes))


def _onsets(run: Run, outcomes: pd.DataFrame, changes: Mapping[str, Amount]) -> Iterator[Timing]:
    for name, use in ONSETS.items():
        days = short_from(use, outcomes)
        begun = days <= last_day(run)
        sample = Sample.of(days[begun], begun[begun])
        yield _timing(name, f"{USES[use]} is short", sample, begun, changes)


def _releases(run: Run, outcomes: pd.DataFrame, changes: Mapping[str, Amount]) -> Iterator[Timing]:
    for name, words in FLAGSHIPS.items():
        of_measure = measure(name)
        due, out = outcomes[name.replace("_delay", "_due")].to_numpy(np.float64), reached(of_measure, outcomes)
        days = np.where(out, due + MONTH * values(of_measure, outcomes), last_day(run))
        yield _timing(name, f"{words} is out", Sample.of(days, out), out, changes)


def _timing(
    name: str, words: str, sample: Sample, there: npt.NDArray[np.bool_], changes: Mapping[str, Amount]
) -> Timing:
    never, change = 1.0 - float(there.mean()), changes.get(name)
    if not len(sample.bounds):
        return Timing(name, words, None, None, None, never, change)
    return Timing(name, words, sample.level(0.50), sample.end(0.05), sample.end(0.95), never, change)


def last_day(run: Run) -> float:
    """The end of the simulated time, in days from its start."""
    return float((run.end - run.start).days)


def later(
    here: npt.NDArray[np.float64], there: npt.NDArray[np.float64], last: float, names: Sequence[str] = TABLED
) -> dict[str, Amount]:
    """Months by which each date comes later than in the base; both hold the same futures, shape (futures, names)."""
    amounts = {}
    for place, name in enumerate(names):
        if name in (*ONSETS, *DELAYS):
            most, unit = (last, MONTH) if name in ONSETS else (CUT, 1.0)
            one, other = (np.minimum(each[:, place], most) / unit for each in (here, there))
            amounts[name] = amount(one - other)
    return amounts


def moved_text(move: Amount, base: str) -> str:
    """`1.2 months (± 0.3) later than in the baseline`, or as there, as far as these futures show."""
    error = margin(move.error, "months")
    if move.mean == move.error == 0.0:
        return f"as in {base}"
    if abs(move.mean) <= move.error:
        return f"as in {base} within simulation error ({error} months)"
    months = bare_difference(abs(move.mean), "months")
    way = "later" if move.mean > 0.0 else "earlier"
    return f"{with_unit(months, 'months')} ({error}) {way} than in {base}"


def short_sentences(timing: Timing, run: Run, base: str) -> Iterator[str]:
    """From when on a use is short; how far the scenario moves that."""
    words = capitalised(timing.words)
    if timing.median is None:
        yield f"In no future does one constraint keep {timing.words.partition(' ')[0]} short for three months in a row."
        return
    without = f"; in {percent_text(timing.never)} none does" if timing.never else ""
    yield (
        f"{words} from {month_of(timing.median, run.start)} on ({_interval(timing, run)}), over the futures in which "
        f"one constraint keeps it short for three months in a row{without}."
    )
    if timing.change:
        yield f"That is {moved_text(timing.change, base)}."


def release_sentences(timings: Sequence[Timing], run: Run, base: str) -> Iterator[str]:
    """When the next two flagships are out, how far the scenario moves that, and in how many futures they are not."""
    for timing in timings:
        if timing.median is None:
            continue
        change = f", {moved_text(timing.change, base)}" if timing.change else ""
        never = f"; not by {day_text(run.end)} in {percent_text(timing.never)} of futures" if timing.never else ""
        month = ("" if timing.median.beyond else "in ") + month_of(timing.median, run.start)
        yield f"{capitalised(timing.words)} {month} ({_interval(timing, run)}){change}{never}."
    if any(timing.change for timing in timings):
        yield (
            f"These changes are of means over the same futures: delays count up to {CUT:g} months, and what is never "
            f"short as short from {month_text(run.end)} on."
        )


def _interval(timing: Timing, run: Run) -> str:
    """From which month to which, an uncertain end with its own interval."""
    assert timing.low is not None
    assert timing.high is not None
    width = timing.high.level.value - timing.low.level.value
    low, high = (_end_text(end, width, run.start) for end in (timing.low, timing.high))
    return f"90% interval {low} to {high}"


def _end_text(end: End, width: float, start: date) -> str:
    if end.sure(width):
        return month_of(end.level, start)
    low, high = ("open" if each is None else month_of(each, start) for each in (end.low, end.high))
    return f"{month_of(end.level, start)} ({low} to {high})"


def month_of(level: Level, start: date) -> str:
    """A month, or after which one."""
    return ("after " if level.beyond else "") + month_text(_day(level.value, start))


def _day(days: float, start: date) -> date:
    return start + timedelta(days=days)
