"""Levels: the quantiles of a measure, known or beyond the horizon, and how well a number of futures knows them.

Quantiles are order statistics, and so are the ends of their 95% intervals, exactly so by the binomial. What had not
happened by the horizon counts as more than any number: a level among those is a lower bound, printed `> 31 months`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.language.documents import Document
from sim.measures.intervals import ALPHA, Column, quantile_rank, quantile_ranks
from sim.measures.wording import number, with_unit

TELLING = 0.1
"""Part of the 90% interval above which the error of one of its ends is printed beside that end."""


@dataclass(frozen=True, slots=True)
class Level(Document, keys="value beyond_horizon=beyond"):
    """A number of a summary; `beyond`: the horizon came first, and it is only known to be more than this."""

    value: float
    beyond: bool = False

    @property
    def known(self) -> float | None:
        """Its value, None where it is only a lower bound."""
        return None if self.beyond else self.value

    def bare(self, unit: str) -> str:
        """As printed, without its unit: `4.2`, or `> 31`."""
        return ("> " if self.beyond else "") + number(self.value, unit)

    def text(self, unit: str) -> str:
        """As printed: `4.2 months`, or `> 31 months`."""
        return with_unit(self.bare(unit), unit)


@dataclass(frozen=True, slots=True)
class End(Document, keys="*level low=low.known high=high.known"):
    """One end of a 90% interval, and its own 95% interval; None where that lies outside of all futures."""

    level: Level
    low: Level | None
    high: Level | None

    def sure(self, width: float) -> bool:
        """Whether it is known to a tenth of the interval, `width` long; so it is if no future says otherwise."""
        if width == 0.0 and all(each in (None, self.level) for each in (self.low, self.high)):
            return True
        if self.low is None or self.high is None or self.high.beyond != self.level.beyond:
            return False
        return self.high.value - self.low.value <= 2.0 * TELLING * width

    def text(self, unit: str, width: float) -> str:
        """`26.5`, or `26.5 (22 to > 31)` where its error counts beside the interval."""
        if self.sure(width):
            return self.level.bare(unit)
        low, high = ("open" if each is None else each.bare(unit) for each in (self.low, self.high))
        return f"{self.level.bare(unit)} ({low} to {high})"


def between(low: End, high: End, unit: str) -> str:
    """`4.2 to 26.5`: an interval, each end with its own where that counts."""
    width = high.level.value - low.level.value
    return f"{low.text(unit, width)} to {high.text(unit, width)}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Values in order, twice: those reached, and all with the lower bounds of those that were not."""

    reached: Column
    bounds: Column

    @classmethod
    def of(cls, column: Column, there: npt.NDArray[np.bool_]) -> "Sample":
        """The values of futures, and whether each was reached."""
        return cls(np.sort(column[there]), np.sort(column))

    def at(self, rank: int) -> Level:
        """The value at a place, those not reached last; there, the same place among the bounds is a bound for it."""
        if rank < len(self.reached):
            return Level(float(self.reached[rank]))
        return Level(float(self.bounds[rank]), beyond=True)

    def level(self, share: float) -> Level:
        """The value that this share of futures does not exceed."""
        return self.at(quantile_rank(share, len(self.bounds)))

    def levels(self, shares: Sequence[float]) -> tuple[Level, ...]:
        """The values that these shares of futures do not exceed."""
        return tuple(self.level(share) for share in shares)

    def end(self, share: float) -> End:
        """The same with its 95% interval, whose upper end beyond the horizon is no lower bound below the level."""
        low, high = quantile_ranks(share, len(self.bounds), ALPHA)
        level = self.level(share)
        below, above = (self.at(rank) if 0 <= rank < len(self.bounds) else None for rank in (low, high))
        if above and above.beyond:
            above = Level(max(above.value, level.value), beyond=True)
        return End(level, below, above)
