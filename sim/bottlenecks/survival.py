"""Time to survive and time to recover: how long training goes on when one source of supply stops, and when it is back.

A source stops on a day and is open again after a while, in each future beside the same future in which it did not.
The lab has failed when its effective training compute is below a level: a share of what it has without the stop. Time
to survive is the days from the stop to the first month-end below the level; time to recover the days from there to the
first month-end back at it. A future that never fails survives to the horizon; one that does not come back before the
horizon has not recovered: both are lower bounds, and counted as such. Happenings are asked the other way round: the
future in which it came about beside the same future without it, from the first month in which the two differ.
After Simchi-Levi et al., "From Superstorms to Factory Fires" (Harvard Business Review, 2014).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engine.results import SERIES
from sim.language.counting import counted
from sim.language.documents import Document
from sim.measures.intervals import quantile_rank
from sim.measures.levels import Level
from sim.measures.wording import capitalised, full_day, percent_text

Compute = npt.NDArray[np.float64]
Days = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FAILURE_LEVEL = 0.5
"""Share of the compute without the stop below which the lab has failed, unless another is given."""

MONTH = 365.25 / 12.0
"""Days."""

RARE_FAILURE = 0.05
"""Probability of failure up to which a source is not named."""


@dataclass(frozen=True, slots=True)
class Spell(Document):
    """Days over futures; a quantile past the horizon is a lower bound."""

    p5: Level
    median: Level
    p95: Level

    @property
    def text(self) -> str:
        """The median, and p5 to p95 where they tell more: `212 (61 to > 600)`."""
        if self.p5.beyond:
            return self.median.bare("days")
        return f"{self.median.bare('days')} ({self.p5.bare('days')} to {self.p95.bare('days')})"


@dataclass(frozen=True, slots=True)
class SupplySource:
    """What stops: its name, what it is called, and its kind (an offer, capital); on which day, and for how many days.

    A happening, the other way round, is no source: it has no day, and its kind says so.
    """

    name: str
    words: str
    kind: str
    at: date | None = None
    lasting: int = 0

    @property
    def happens(self) -> bool:
        """Whether this is a happening."""
        return self.kind == "happening"


@dataclass(frozen=True, slots=True)
class Survival(
    Document,
    keys="source=source.name words=source.words kind=source.kind level futures odds_of_failure=fails "
    "days_to_survive=survive days_to_recover=recover",
):
    """One source or happening. `fails`: probability that training falls below the level. `survive`, `recover`: in days.

    `futures`: those it was asked of; a happening is asked of the futures in which it came about, and says nothing if it
    came about in none. `recover` is over the futures that failed, None where none did. `lasting`: the share of futures
    that have not failed after so many months, from 0, as far as all of them are simulated.
    """

    source: SupplySource
    level: float
    futures: int
    fails: float | None
    survive: Spell | None
    recover: Spell | None
    lasting: tuple[float, ...] = ()

    @property
    def fails_text(self) -> str:
        """The share of futures, or a dash where nothing was asked."""
        return "–" if self.fails is None else percent_text(self.fails)


def meaning(survivals: Iterable[Survival]) -> str:
    """What was asked, in sentences."""
    sources = list(survivals)
    stop = stop_text(sources)
    return f"{capitalised(stop)}. " * bool(stop) + f"Training has failed {failure_text(sources[0])}"


def stop_text(survivals: Sequence[Survival]) -> str:
    """When the sources stop, and for how long; nothing where none does."""
    source = next((each.source for each in survivals if each.source.at), None)
    if source is None or source.at is None:
        return ""
    return f"each source stops on {full_day(source.at)} for {counted(source.lasting, 'days')}"


def failure_text(survival: Survival) -> str:
    """When training has failed."""
    return f"when it has less than {percent_text(survival.level)} of the compute that it would have had."


def failing(survivals: Iterable[Survival]) -> tuple[list[str], str]:
    """The names of the sources whose stop brings training down in more than RARE_FAILURE of futures, in any
    scenario, the worst first; and a sentence on the others."""
    probabilities: dict[str, float] = {}
    for each in survivals:
        if not each.source.happens:
            probabilities[each.source.name] = max(probabilities.get(each.source.name, 0.0), each.fails or 0.0)
    named = sorted(
        (name for name in probabilities if probabilities[name] > RARE_FAILURE), key=lambda name: -probabilities[name]
    )
    others = [probabilities[name] for name in probabilities if name not in named]
    if not others:
        return named, ""
    who = "The others" if named else "All sources"
    fails = f"at most {percent_text(max(others))} of futures" if max(others) else "no future"
    return named, f"{who} ({len(others)}): training fails in {fails}."


def compute(books: Any) -> Compute:
    """Effective training compute, shape (futures, months), from monthly books, shape (futures, months, SERIES)."""
    return np.ascontiguousarray(books[:, :, SERIES.index("train_effective")])


def survival(
    source: SupplySource, with_stop: Compute, without: Compute, ends: Days, since: Days, level: float = FAILURE_LEVEL
) -> Survival:
    """How long training survives a stop, and how long it takes to come back.

    `with_stop`, `without`: effective training compute, shape (futures, months). `ends`: days from the start to each
    month's end. `since`: the day of the stop in each future; infinite where it never came, and such futures are left
    out.
    """
    in_sight = np.isfinite(since)
    if not in_sight.any():
        return Survival(source, level, 0, None, None, None)
    since = since[in_sight]
    after = ends > since[:, None]
    below: Flags = after & (with_stop[in_sight] < level * without[in_sight])
    fails: Flags = np.any(below, axis=1)
    failed = np.where(fails, ends[below.argmax(axis=1)], ends[-1])
    back: Flags = fails[:, None] & (ends > failed[:, None]) & ~below
    recovers: Flags = np.any(back, axis=1)
    recovered = np.where(recovers, ends[back.argmax(axis=1)], ends[-1])
    return Survival(
        source,
        level,
        int(in_sight.sum()),
        float(fails.mean()),
        _spell(failed - since, fails),
        _spell((recovered - failed)[fails], recovers[fails]) if fails.any() else None,
        _lasting(failed - since, fails, float(ends[-1] - since.max())),
    )


def first_apart(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64], begins: Days) -> Days:
    """The first day of the first month whose books differ, by future; infinite where none does.

    Both have the shape (futures, months, series).
    """
    apart = (one != other).any(axis=2)
    return np.where(apart.any(axis=1), begins[apart.argmax(axis=1)], np.inf)


def table(survivals: Sequence[Survival]) -> pd.DataFrame:
    """A row for each source."""
    return pd.json_normalize([each.as_json() for each in survivals])


def _lasting(days: Days, ended: Flags, seen: float) -> tuple[float, ...]:
    """The share of spells that have not ended after 0, 1, 2 months, up to the days that all are seen for."""
    return tuple(float(np.mean(~ended | (days > MONTH * month))) for month in range(int(seen / MONTH) + 1))


def _spell(days: Days, ended: Flags) -> Spell:
    """Quantiles of spells; those that had not ended by the horizon come last, and are bounds."""
    known, bounds = np.sort(days[ended]), np.sort(days)

    def level(share: float) -> Level:
        rank = quantile_rank(share, len(bounds))
        return Level(float(known[rank])) if rank < len(known) else Level(float(bounds[rank]), beyond=True)

    return Spell(level(0.05), level(0.50), level(0.95))
