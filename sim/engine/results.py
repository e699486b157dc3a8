"""What an engine hands back: numbers by future, and by future and month."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.world.future import LAYOUT

OUTCOMES: tuple[str, ...] = LAYOUT.tables["outcome"].dtype.names or ()
SERIES: tuple[str, ...] = LAYOUT.tables["books"].dtype.names or ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some futures: outcomes (futures, OUTCOMES), series (futures, months, SERIES), events (futures,)."""

    outcomes: Any
    series: Any
    events: Any

    @classmethod
    def empty(cls, futures: int, months: int) -> "Batch":
        """Room for so many futures."""
        return cls(
            np.zeros((futures, len(OUTCOMES))),
            np.zeros((futures, months, len(SERIES))),
            np.zeros(futures, dtype=np.int64),
        )
