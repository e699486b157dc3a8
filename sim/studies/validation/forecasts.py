"""Forecasts: what futures say of an amount or an event that can be looked up later.

An amount is a column of outcomes, a series at a month, or a parameter as it was drawn; its forecast is the 5th
percentile, the median and the 95th over futures. An event is an amount that lies above or below a number, or a day that
is not after another; its forecast is a probability, the mean over futures. Columns that tell what happened by the end
of the reporting window are also asked with the window closed on the day of the last fact (`by_then`), which moves no
event of a future.

    python -m sim.studies.validation.forecasts

prints those of the baseline as `sim/facts/validation/forecasts.yaml` holds them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import numpy as np

from sim.engine.results import OUTCOMES, SERIES
from sim.engine.runner import Job, choose, tasks_of
from sim.engine.tasks import finished
from sim.errors import FutureBroke, Problem
from sim.language.dates import days_since, months, parse_date
from sim.language.distributions import Distribution
from sim.language.forms import ReadBy, due, read_form
from sim.language.yaml_nodes import Node, bare_text
from sim.runs.run import read
from sim.scenario.reading.facts import FOLDER
from sim.template.assemble import Template, assemble
from sim.world.course.future import LAYOUT

QUESTIONS = FOLDER / "validation" / "score.yaml"

LEVELS = (0.05, 0.50, 0.95)

DAY = "date"
"""The unit of an amount that is a day."""

SEED, FUTURES = 1, 2000


def _day(node: Node, path: str, problems: list[Problem]) -> date | None:
    """A day; with the problem noted, None."""
    try:
        return parse_date(bare_text(node))
    except ValueError as error:
        problems.append(Problem(node.place, path, str(error)))
        return None


Day = Annotated[date | None, ReadBy(_day)]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is asked of a future: one of the first four.

    `outcome`, `by_then`: a column of outcomes; `series`: one in the month of the day `at`, `per` another, `over` that
    of another month, or the least `since` then; `drawn`: a parameter, `times` another.
    """

    outcome: str | None = None
    by_then: str | None = None
    series: str | None = None
    drawn: str | None = None
    at: Day = None
    per: str | None = None
    over: Day = None
    since: Day = None
    times: str | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that was forecast, the fact that tells what it came to, and what that teaches."""

    id: str = due("its id")
    asks: str = due("what is asked, in words")
    of: Quantity = due("what is asked of a future")
    unit: str = due("the unit of the forecast and of the fact")
    fact: str = due("the id of the fact")
    teaches: str = due("what a miss, or a hit, teaches")


@dataclass(frozen=True, slots=True)
class Event:
    """An event that was forecast, whether it happened by which fact, and what that teaches."""

    id: str = due("its id")
    asks: str = due("what is asked, in words")
    of: Quantity = due("what is asked of a future")
    happened: Literal["yes", "no"] = due("whether it happened, yes or no, in quotation marks")
    fact: str = due("the id of the fact")
    teaches: str = due("what it teaches")
    until: Day = None
    above: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Unscored:
    """A fact that no forecast can be held against, and why."""

    fact: str = due("the id of the fact")
    why: str = due("why there is no forecast of it")


@dataclass(frozen=True, slots=True)
class Questions:
    """All of `score.yaml`.

    `by_then`: settings with which outcomes tell what happened by the day of the last fact. `intro`, `reading`,
    `sources`: how the forecasts were made, what their score teaches as a whole, and where the facts stand.
    """

    amounts: tuple[Amount, ...]
    events: tuple[Event, ...]
    unscored: tuple[Unscored, ...]
    by_then: tuple[str, ...] = due("settings that close the window on the day of the last fact")
    intro: str = due("how the forecasts were made")
    reading: str = due("what the whole teaches")
    sources: str = due("where the facts stand")

    @property
    def asked(self) -> tuple[Amount | Event, ...]:
        """All that is forecast."""
        return (*self.amounts, *self.events)


Forecast = tuple[float, ...]
"""Of an amount the 5th percentile, the median and the 95th, days as ordinals of the calendar; of an event its
probability."""


def read_questions(path: Path = QUESTIONS) -> Questions:
    """The questions. Raises InputError with every problem found."""
    return read_form(path, Questions)


class Sample:
    """Futures of a scenario: outcomes, those with the window closed, series, and what was drawn."""

    def __init__(self, scenarios: Path, by_then: Sequence[str], futures: int, seed: int, workers: int = 1) -> None:
        def template(*settings: str) -> Template:
            return assemble(read(scenarios / "baseline.yaml", (), settings), LAYOUT)

        self.template, self.futures = template(), futures
        self.start = self.template.scenario.start
        self.months = list(months(self.start, self.template.scenario.end))
        self.outcomes, self.series, self.inputs = _run(Job(self.template, seed, futures, workers=workers))
        self.by_then, _, _ = _run(Job(template(*by_then), seed, futures, workers=workers))

    def amount(self, of: Quantity) -> Any:
        """What is asked, of each future. Raises KeyError for what the world does not have."""
        if of.drawn is not None:
            return self._drawn(of.drawn) * (1.0 if of.times is None else self._drawn(of.times))
        if of.series is not None:
            return self._in_time(of)
        return _column(self.by_then, of.by_then) if of.by_then is not None else _column(self.outcomes, of.outcome)

    def forecast(self, asked: Amount | Event) -> Forecast:
        """The forecast of an amount, or of an event. Raises KeyError for what the world does not have."""
        if isinstance(asked, Amount):
            first = self.start.toordinal() if asked.unit == DAY else 0
            levels = np.quantile(self.amount(asked.of), LEVELS, method="inverted_cdf")
            return tuple(float(each) + first for each in levels)
        if asked.until is not None and asked.of.times is not None:
            there = self._drawn(asked.of.drawn) <= days_since(self.start, asked.until)
            return (float((there * self._drawn(asked.of.times)).mean()),)
        values = self.amount(asked.of)
        if asked.until is not None:
            values = values <= days_since(self.start, asked.until)
        elif asked.above is not None:
            values = values > asked.above
        elif asked.below is not None:
            values = values < asked.below
        return (float(values.mean()),)

    def _drawn(self, path: str | None) -> Any:
        """A parameter in each future as it was drawn; of what is drawn inside a future, its distribution laid out."""
        paths = [each.path for each in self.template.inputs]
        if path in paths:
            return self.inputs[:, paths.index(path)]
        spread = cast("Distribution", self.template.scenario.values[path or ""].spec)
        return spread.ppf((np.arange(self.futures) + 0.5) / self.futures)

    def _in_time(self, of: Quantity) -> Any:
        values = self.series[:, :, _index(SERIES, of.series)]
        if of.per is not None:
            values = values / np.maximum(self.series[:, :, _index(SERIES, of.per)], np.finfo(float).tiny)
        if of.since is not None:
            return values[:, self._month(of.since) : self._month(of.at) + 1].min(axis=1)
        now = values[:, self._month(of.at)]
        return now if of.over is None else now / values[:, self._month(of.over)]

    def _month(self, day: date | None) -> int:
        """The number of the month in which a day lies."""
        return next(i for i, (first, after) in enumerate(self.months) if day is not None and first <= day < after)


def _index(names: tuple[str, ...], name: str | None) -> int:
    if name not in names:
        raise KeyError(name)
    return names.index(name)


def _column(outcomes: Any, name: str | None) -> Any:
    return outcomes[:, _index(tuple(OUTCOMES), name)]


def _run(job: Job) -> tuple[Any, Any, Any]:
    """Outcomes, series and inputs of all futures of a job. Raises FutureBroke."""
    engine, batches = choose("auto"), []
    for task, batch in finished(tasks_of(job, engine), engine, job.workers):
        if isinstance(batch, FutureBroke):
            raise batch
        batches.append((task.first, batch.outcomes, batch.series, task.inputs))
    batches.sort(key=lambda each: each[0])
    outcomes, series, inputs = (np.concatenate([each[i] for each in batches]) for i in (1, 2, 3))
    return outcomes, series, inputs


def forecasts(sample: Sample, questions: Questions) -> Mapping[str, Forecast]:
    """Those that the world of the sample can make, by the id of the question."""
    made: dict[str, Forecast] = {}
    for asked in questions.asked:
        try:
            made[asked.id] = sample.forecast(asked)
        except KeyError:
            continue
    return made


def day_of(ordinal: float) -> date:
    """The day of a forecast."""
    return date.fromordinal(math.floor(ordinal))


def written(sample: Sample, questions: Questions) -> str:
    """Forecasts as lines of YAML: numbers, days as dates."""
    dates = {each.id for each in questions.amounts if each.unit == DAY}
    lines = []
    for name, forecast in forecasts(sample, questions).items():
        texts = (str(day_of(each)) if name in dates else f"{each:.4g}" for each in forecast)
        lines.append(f"  {name}: [{', '.join(texts)}]")
    return "\n".join(lines)


if __name__ == "__main__":
    asked = read_questions()
    print(written(Sample(Path("scenarios"), asked.by_then, FUTURES, SEED), asked))
