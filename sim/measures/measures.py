"""Measures: what a study asks of the outcome table, each with its unit, its better direction and its definition.

A measure reads one column of `Outcome`, and takes its unit and definition from that column's declaration where they
can stand alone. `summarise` turns it into quantiles, a mean and the error that the number of futures leaves.

Quantiles are order statistics: the smallest value that at least this share of futures does not exceed. What did not
happen by the horizon counts as worse than any number: a quantile that falls among such futures is a lower bound,
printed `> 31 months`, and so is a mean over any of them. Nothing that is not a finite number goes in or comes out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt

from sim.errors import InputError, ModelError, Place, Problem
from sim.language.declarations import Better, Field, Measured, MeasureKind
from sim.language.documents import Document
from sim.language.forms import ReadBy
from sim.language.yaml_nodes import bare_text, suggestion
from sim.measures.intervals import ALPHA, Column, quantile, share_error
from sim.measures.levels import End, Level, Sample, between
from sim.measures.wording import amount, capitalised, number, points
from sim.scenario.scenario import Scenario, Text
from sim.world.course.future import OUTCOMES
from sim.world.pathways import IDS

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and nothing that reads a scenario's measures needs it

LEAST_WANTED = 1.0 / 1024.0
"""Units, or tokens a day, below which nothing is wanted: the grain of the model's books."""

_DECLARED = {column.name: column.field for column in OUTCOMES}


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a future. A `flag` is 0 or 1, and reported by its probability; a `share` is printed in percent.

    `reached` names the flag of what had happened by the horizon; where it is 0 the column holds a lower bound.
    `against` names the column that this one is divided by; a future that wants nothing counts as fully served.
    """

    name: str
    title: str
    unit: str
    better: Better
    definition: str
    column: str
    kind: MeasureKind = "number"
    reached: str | None = None
    against: str | None = None
    wants: str | None = None
    """The column of what is wanted, without which it says nothing."""


def _of(column: Field, said: Measured) -> Measure:
    """The measure that a column declares; unit and definition are the column's unless it says otherwise."""
    meaning = said.definition or column.meaning.removeprefix("1 if ")
    unit, name = said.unit or column.unit, column.name
    return Measure(
        name, said.title, unit, said.better, meaning, name, said.kind, said.reached, said.against, said.wants
    )


MEASURES = tuple(_of(column.field, column.field.measured) for column in OUTCOMES if column.field.measured)
"""Every column of outcomes that is declared as one, in their order."""

PATHWAYS = IDS
"""Measures of compute by the way it comes."""


def measure(name: str) -> Measure:
    """The measure of this name. Raises ValueError with what it might have been."""
    measure = {each.name: each for each in MEASURES}
    if name not in measure:
        hint = suggestion(name, measure) or f"; one of {', '.join(measure)}"
        raise ValueError(f"no measure `{name}`{hint}")
    return measure[name]


def _noted(
    look_up: Callable[[str], Measure], name: str, place: Place, path: str, problems: list[Problem]
) -> Measure | None:
    """The measure that is named at a place; None, with the problem noted, where there is none."""
    try:
        return look_up(name)
    except ValueError as error:
        problems.append(Problem(place, path, str(error)))
        return None


def leading(scenario: Scenario) -> tuple[Measure, ...]:
    """The measures that a scenario leads with. Raises InputError with every name that is none."""
    return measures_at(scenario.measures, "measures")


def measures_at(texts: Iterable[Text], path: str) -> tuple[Measure, ...]:
    """The measures that texts name. Raises InputError with every name that is none."""
    problems: list[Problem] = []
    measures = [_noted(measure, each.text, each.place, path, problems) for each in texts]
    if problems:
        raise InputError(problems)
    return tuple(each for each in measures if each is not None)


def of_column(name: str) -> Measure:
    """The measure of this name, or a column of `Outcome` as one. Raises ValueError with what it might have been."""
    if name not in _DECLARED or any(each.name == name for each in MEASURES):
        return measure(name)
    declared = _DECLARED[name]
    title = capitalised(declared.meaning.removeprefix("1 if "))
    if (flag := name.replace("_delay", "_released")) != name:
        return Measure(name, title, declared.unit, "lower", declared.meaning, name, reached=flag)
    return Measure(name, title, declared.unit, "higher", declared.meaning, name)


def _read_by(look_up: Callable[[str], Measure]) -> ReadBy:
    return ReadBy(lambda node, path, problems: _noted(look_up, bare_text(node), node.place, path, problems))


MeasureForm = Annotated[Measure, _read_by(measure)]
"""A measure in a form, by its name."""

ColumnForm = Annotated[Measure, _read_by(of_column)]
"""A measure in a form, or a column of `Outcome` as one, by its name."""


@dataclass(frozen=True, slots=True)
class Summary(
    Document,
    keys="measure=measure.name title=measure.title unit=measure.unit better=measure.better "
    "definition=measure.definition futures *shown monte_carlo_error=error not_by_horizon=missed *marks",
):
    """A measure over all futures.

    `error` is the Monte Carlo error: half of the 95% interval that this number of futures leaves around the median
    (exact, by order statistics) or around the share of futures (Wilson); None where that interval reaches past the
    horizon, or past all futures where they are few. `low` and `high`: p5 and p95, each with a 95% interval of its own.
    `missed` is the share of futures in which the thing had not happened by the horizon.
    """

    measure: Measure
    futures: int
    median: Level
    low: End
    high: End
    mean: Level
    error: float | None
    missed: float
    unwanted: float = 0.0
    """The share of futures in which nothing is wanted, so that the number says nothing."""
    assumed: bool = False
    """Whether the scenario forces it, so that its share of futures is no probability."""

    @property
    def p5(self) -> Level:
        """The value that one in twenty futures does not exceed."""
        return self.low.level

    @property
    def p95(self) -> Level:
        """The value that one in twenty futures exceeds."""
        return self.high.level

    @property
    def centre(self) -> Level:
        """What is printed first: the share of futures of a flag, else the median."""
        return self.mean if self.measure.kind == "flag" else self.median

    @property
    def shown(self) -> dict[str, Level | End]:
        """What is known of it, by the names of result files."""
        if self.measure.kind == "flag":
            return {"probability": self.mean}
        return {"mean": self.mean, "median": self.median, "p5": self.low, "p95": self.high}

    @property
    def marks(self) -> dict[str, object]:
        """What must be known beside its numbers, where it is so."""
        wanted: dict[str, object] = {"nothing_wanted": self.unwanted} if self.unwanted else {}
        return wanted | ({"assumed": True} if self.assumed else {})

    @property
    def centre_text(self) -> str:
        """The share of futures or the median, with its unit."""
        if self.assumed:
            return "assumed"
        return "nothing wanted" if self.unwanted == 1.0 else self.centre.text(self.measure.unit)

    @property
    def interval_text(self) -> str:
        """From p5 to p95, without the unit, an uncertain end with its own interval; nothing for a flag."""
        if self.measure.kind == "flag" or self.unwanted == 1.0:
            return ""
        return between(self.low, self.high, self.measure.unit)

    @property
    def error_text(self) -> str:
        """The Monte Carlo error; of a share, in percentage points."""
        if self.assumed or self.unwanted == 1.0:
            return ""
        if self.error is None:
            return "open"
        if self.measure.unit in ("share", "ratio"):
            return f"± {points(self.error)}"
        return f"± {number(self.error, self.measure.unit)}"

    @property
    def spread_text(self) -> str:
        """What stands in brackets beside the median: its error, where it has an end, and the interval."""
        return self.interval_text if self.error is None else f"{self.error_text}; {self.interval_text}"


def amount_of(measure: Measure, value: float) -> str:
    """A value of a measure as it is printed: `44%`, `2.1 months`."""
    return amount(value, measure.unit)


def values(measure: Measure, outcomes: pd.DataFrame) -> Column:
    """The measure in each future; a lower bound where it was not reached. Raises ModelError for what is no number."""
    column = _column(outcomes, measure.column)
    if measure.against is None:
        return column
    whole = _column(outcomes, measure.against)
    return np.divide(column, whole, out=np.ones(len(column)), where=whole > 0.0)


def reached(measure: Measure, outcomes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """In which futures it had happened by the horizon."""
    if measure.reached is None:
        return np.ones(len(outcomes), np.bool_)
    there: npt.NDArray[np.bool_] = _column(outcomes, measure.reached) == 1.0
    return there


def nothing_wanted(measure: Measure, outcomes: pd.DataFrame) -> float:
    """The share of futures in which nothing is wanted of what the measure is about."""
    if measure.wants is None or measure.wants not in outcomes:
        return 0.0
    return float((_column(outcomes, measure.wants) < LEAST_WANTED).mean())


def worst_last(measure: Measure, outcomes: pd.DataFrame) -> Column:
    """The measure in each future, infinite (on its worse side) where it was not reached."""
    worst = math.inf if measure.better == "lower" else -math.inf
    return np.where(reached(measure, outcomes), values(measure, outcomes), worst)


def summarise(measure: Measure, outcomes: pd.DataFrame) -> Summary:
    """The measure over all futures of the table, which must have some."""
    summary, there = values(measure, outcomes), reached(measure, outcomes)
    sample = Sample.of(summary, there)
    missed = 1.0 - float(there.mean())
    mean = mean_level(measure, outcomes)
    return Summary(
        measure,
        len(summary),
        sample.level(0.50),
        sample.end(0.05),
        sample.end(0.95),
        mean,
        share_error(mean.value, len(summary)) if measure.kind == "flag" else _median_error(measure, outcomes),
        missed,
        nothing_wanted(measure, outcomes),
    )


def mean_level(measure: Measure, outcomes: pd.DataFrame) -> Level:
    """The mean; a lower bound where some futures had not got there by the horizon."""
    return Level(float(values(measure, outcomes).mean()), not reached(measure, outcomes).all())


def levels(measure: Measure, outcomes: pd.DataFrame, shares: Sequence[float]) -> tuple[Level, ...]:
    """The values that these shares of futures do not exceed."""
    return Sample.of(values(measure, outcomes), reached(measure, outcomes)).levels(shares)


def _median_error(measure: Measure, outcomes: pd.DataFrame) -> float | None:
    """Half of the 95% interval of the median; None where it has no end."""
    half = quantile(worst_last(measure, outcomes), 0.50, ALPHA).half
    return half if math.isfinite(half) else None


def _column(outcomes: pd.DataFrame, name: str) -> Column:
    column: Column = outcomes[name].to_numpy(np.float64)
    wrong = np.flatnonzero(~np.isfinite(column))
    if len(wrong):
        raise ModelError(f"`{name}` of future {outcomes.index[wrong[0]]} is {column[wrong[0]]}, not a number")
    return column
