"""Outcomes as a table: a row for each future, a column for each number that a future comes to."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.results import OUTCOMES


def table_of(parts: Sequence[Any]) -> pd.DataFrame:
    """Blocks of outcomes, shape (futures, OUTCOMES) each, as one table with the number of the future as its index."""
    whole = np.concatenate(parts)
    return pd.DataFrame(whole, pd.RangeIndex(len(whole), name="future"), list(OUTCOMES))
