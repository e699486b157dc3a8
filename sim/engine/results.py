"""What an engine hands back: numbers by future, and by future and month."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import FutureBroke
from sim.world.accounts.books import LEAN, LEAN_DELAYS
from sim.world.course import future

OUTCOMES = tuple(column.name for column in future.OUTCOMES)
SERIES = tuple(column.name for column in future.SERIES)
RANGES = {column.name: (column.field.low, column.field.high) for column in future.OUTCOMES}
"""The ends between which each outcome, and so each measure, lies."""

_LOW, _HIGH = (np.array([RANGES[name][end] for name in OUTCOMES]) for end in (0, 1))
_ROUNDING = 1e-9
"""By which a share of sums may miss its ends."""


def known_of_lean(lateness: float) -> tuple[str, ...]:
    """The outcomes that lean futures know, which wait for flagships up to a lateness in months."""
    return (*LEAN, *LEAN_DELAYS) if lateness > 0.0 else LEAN


@dataclass(frozen=True, slots=True)
class Batch:
    """Some futures: outcomes (futures, OUTCOMES), series (futures, months, SERIES), events (futures,).

    Of lean futures there are no months, and outcomes that nobody asked for are no numbers.
    """

    outcomes: Any
    series: Any
    events: Any

    @classmethod
    def empty(cls, futures: int, record: Any) -> "Batch":
        """Room for so many futures of a template's record."""
        months = 0 if record["span"]["lean"][0, 0] else int(record["counts"]["months"][0, 0])
        return cls(
            np.zeros((futures, len(OUTCOMES))),
            np.zeros((futures, months, len(SERIES))),
            np.zeros(futures, dtype=np.int64),
        )

    def asked(self, record: Any) -> "Batch":
        """Itself, without what was not asked of lean futures."""
        span = record["span"][0, 0]
        if span["lean"]:
            known = known_of_lean(span["lateness"])
            self.outcomes[:, [name not in known for name in OUTCOMES]] = np.nan
        return self

    def check(self, first: int, seed: int) -> "Batch":
        """Itself. Raises FutureBroke naming the first future, counted from `first`, of which a measure has no sense."""
        low, high = _LOW - _ROUNDING, _HIGH + _ROUNDING
        wrong = np.argwhere(~((low <= self.outcomes) & (self.outcomes <= high) & np.isfinite(self.outcomes)))
        if len(wrong):
            row, column = wrong[0]
            name, number = OUTCOMES[column], self.outcomes[row, column]
            raise FutureBroke(first + int(row), seed, f"the measure `{name}` comes to {number:g}: {_expected(name)}")
        return self


def _expected(name: str) -> str:
    low, high = RANGES[name]
    if high == np.inf:
        return "expected a number" if low == -np.inf else f"expected {low:g} or more"
    return f"expected {low:g} to {high:g}"
