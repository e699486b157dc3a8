"""How precise a result must be: `1%` of every leading measure, `owned=1%` of one, `next_delay=0.2 months` in its unit.

Precision is half of the interval around what is printed first of a measure, its median or its share of futures. Where
one stops does not depend on where the interval lies, so the last one covers as often as it says, from FEWEST_FUTURES
futures on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.errors import InputError, Place, Problem
from sim.language.units import UnitError
from sim.measures import intervals
from sim.measures.gate_language import amount_of
from sim.measures.intervals import Interval
from sim.measures.measures import MEASURES, Measure, measures_at, values, worst_last
from sim.measures.wording import amount, percent_text
from sim.scenario.scenario import Text

FEWEST_FUTURES = 32
"""Futures below which no precision counts as reached: of very few the width itself is luck."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What is asked of one measure: half of its interval, as a share of the centre or in the measure's unit."""

    measure: Measure
    share: float | None
    absolute: float | None

    def holds(self, interval: Interval) -> bool:
        """Whether the interval is narrow enough."""
        wanted = self.absolute if self.share is None else self.share * abs(interval.value)
        return math.isfinite(interval.half) and wanted is not None and interval.half <= wanted

    @property
    def text(self) -> str:
        """As one would write it."""
        if self.share is not None:
            return f"{self.measure.name}={percent_text(self.share)}"
        return f"{self.measure.name}={amount(self.absolute or 0.0, self.measure.unit)}"


def read_precision(text: str, leading: Sequence[str]) -> tuple[Precision, ...]:
    """What `--until-precision` asks for; without a name, of the `leading` measures. Raises InputError."""
    name, equals, written = text.rpartition("=")
    names = [name.strip()] if equals else leading or [MEASURES[0].name]
    precisions = measures_at([Text(each, Place("--until-precision", 1, 1)) for each in names], "")
    return tuple(_one(written.strip(), each) for each in precisions)


def _one(written: str, measure: Measure) -> Precision:
    try:
        if written.endswith("%"):
            precision = Precision(measure, amount_of(written, "share"), None)
        else:
            precision = Precision(measure, None, amount_of(written, measure.unit))
    except UnitError as error:
        raise _wrong(str(error)) from None
    if (precision.share or precision.absolute or 0.0) <= 0.0:
        raise _wrong(f"`{written}` is no precision; write 1% or {measure.name}=0.5")
    return precision


def _wrong(message: str) -> InputError:
    return InputError([Problem(Place("--until-precision", 1, 1), "", message)])


def interval(measure: Measure, outcomes: pd.DataFrame, alpha: float) -> Interval:
    """The interval around the median, or the share of futures; it ends nowhere where it reaches past the horizon."""
    if measure.kind == "flag":
        return intervals.share(int(values(measure, outcomes).sum()), len(outcomes), alpha)
    return intervals.quantile(worst_last(measure, outcomes), 0.5, alpha)
