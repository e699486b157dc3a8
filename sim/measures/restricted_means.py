"""Restricted means: means of delays that may still be open at the horizon, up to one time that is the same for all.

The mean of a delay that is open in some futures is not known, and the difference of two lower bounds bounds nothing.
Counted up to CUT it is a number in every future, and the same one in all scenarios, sets and policies: what is not out
by the end of the simulated time counts as CUT. (Royston and Parmar 2013, BMC Medical Research Methodology 13.)
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.language.documents import Document
from sim.measures.intervals import Column
from sim.measures.measures import Measure, reached, values, worst_last
from sim.measures.wording import amount, percent_text

CUT = 24.0
"""Months up to which delays count in means."""

MEANING = (
    f"Where some futures are open at the end of the simulated time, means of delays count up to {CUT:g} months, "
    "and what is open counts as that."
)
"""What stands below tables of such means."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """Up to which time the mean of a measure counts; `open`: share of futures in which it was not reached at all."""

    horizon: float
    open: float

    def text(self, unit: str) -> str:
        """`up to 24 months, 8% open`."""
        open_ = f", {percent_text(self.open)} open" if self.open else ""
        return f"up to {amount(self.horizon, unit)}{open_}"


def restricted(measure: Measure, outcomes: pd.DataFrame) -> Column:
    """The measure in each future, a delay up to CUT and all else as it is."""
    column = worst_last(measure, outcomes)
    return column if measure.reached is None else np.minimum(column, CUT)


def comparable(measure: Measure, *tables: pd.DataFrame) -> tuple[list[Column], Restriction | None]:
    """The measure in the same futures of several tables, as its means are compared; up to which time that counts.

    Where all have happened by the horizon in all tables nothing is left out.
    """
    there = np.all([reached(measure, each) for each in tables], axis=0)
    if there.all():
        return [values(measure, each) for each in tables], None
    return [restricted(measure, each) for each in tables], Restriction(CUT, 1.0 - float(there.mean()))


class OfMeans(Document):
    """What is said of means of one measure, which count up to the time of `cut`, None where nothing is left out."""

    __slots__ = ()
    measure: Measure
    cut: Restriction | None

    @property
    def title(self) -> str:
        """The title of the measure, and up to which time its means count."""
        return self.measure.title + in_brackets(self.cut, self.measure.unit)

    @property
    def restriction(self) -> dict[str, object]:
        """For result files, beside a mean: the time up to which it counts, and the share that is open."""
        return {"horizon": self.cut and self.cut.horizon, "open": self.cut.open if self.cut else 0.0}


def in_brackets(restriction: Restriction | None, unit: str) -> str:
    """` (up to 24 months, 8% open)` after a number; nothing where nothing is left out."""
    return f" ({restriction.text(unit)})" if restriction else ""
