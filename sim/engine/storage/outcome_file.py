"""Outcomes of a run's futures, on disk: a file without a name that holds one column after the other.

A million futures have more outcomes than memory should hold. They are put here as they come, in any order, and read a
column at a time by whoever sums them up.
"""

import copy
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import pandas as pd

from sim.errors import Unwritten

_SIZE = 8
"""Bytes of a number."""


class OutcomeFile:
    """The outcomes of futures `first` to `first + futures - 1`; of a DataFrame it has what is asked of outcomes.

    Raises Unwritten where there is no room for them.
    """

    def __init__(self, columns: Sequence[str], first: int, futures: int) -> None:
        self.columns = list(columns)
        self._places = {name: place for place, name in enumerate(columns)}
        self.index: pd.Index[int] = pd.RangeIndex(first, first + futures, name="future")
        self._room = futures
        self._head_of: OutcomeFile | None = None  # which closes the file when nobody reads it any more
        with _writing():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when nobody reads it any more
            weakref.finalize(self, self._file.close)
            self._file.truncate(_SIZE * len(self.columns) * futures)

    def put(self, at: int, outcomes: Any) -> None:
        """Keep the outcomes of some futures, shape (n, columns), from place `at` on."""
        for name, numbers in zip(self.columns, outcomes.T, strict=True):
            self._write(name, at, numbers)

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __getitem__(self, names: Any) -> Any:
        """A column by its name, or a table of several."""
        if isinstance(names, str):
            return pd.Series(self._read(names, 0, len(self)), self.index, name=names, copy=False)
        return pd.DataFrame({name: self[name] for name in names}, self.index)

    def head(self, futures: int) -> "OutcomeFile":
        """Those of the first futures, in the same file."""
        first = copy.copy(self)
        first.index = self.index[:futures]
        first._head_of = self
        return first

    def blocks(self, futures: int) -> Iterator[pd.DataFrame]:
        """All of it, so many futures at a time, their numbers in the column `future`."""
        for at in range(0, len(self), futures):
            numbers = self.index[at : at + futures]
            columns = {name: self._read(name, at, len(numbers)) for name in self.columns}
            yield pd.DataFrame({"future": numbers, **columns})

    def whole(self) -> pd.DataFrame:
        """All of it, in memory."""
        table: pd.DataFrame = self[self.columns]
        return table

    def followed_by(self, more: "OutcomeFile") -> "OutcomeFile":
        """These and the futures after them."""
        both = OutcomeFile(self.columns, int(self.index[0]), len(self) + len(more))
        for name in self.columns:
            both._write(name, 0, self._read(name, 0, len(self)))
            both._write(name, len(self), more._read(name, 0, len(more)))
        return both

    def as_table(self) -> pd.DataFrame:
        """Itself, for those who ask a table for columns, its index and its length alone."""
        return cast("pd.DataFrame", self)

    def _write(self, name: str, at: int, numbers: Any) -> None:
        with _writing():
            self._seek(name, at)
            self._file.write(numbers.tobytes())

    def _read(self, name: str, at: int, n: int) -> Any:
        self._seek(name, at)
        return np.fromfile(self._file, np.float64, n)

    def _seek(self, name: str, at: int) -> None:
        self._file.seek(_SIZE * (self._places[name] * self._room + at))


@contextmanager
def _writing() -> Iterator[None]:
    """Around what needs room on the disk. Raises Unwritten."""
    try:
        yield
    except OSError as error:
        where, reason = tempfile.gettempdir(), error.strerror or error
        raise Unwritten(
            f"cannot keep the outcomes in {where}: {reason}; make room there, or set TMPDIR to another folder"
        ) from error
