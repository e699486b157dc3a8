"""Relief: what it gives to ease one cause by a tenth, or to remove it, in the same futures.

The planner plans anew with what is eased, and everything else keeps its luck. A gain may be negative: money that buys
more chips for serving is missing for training. It is shown as it is. These are the finer causes beneath the six
constraints, one at a time; of two that stand behind each other, removing either alone gives nothing. What sets of
constraints give together is asked in `removals`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from sim.bottlenecks.removals import foremost
from sim.bottlenecks.shares import DIALS
from sim.language.documents import Document
from sim.measures.intervals import Column
from sim.measures.measures import Measure, measure
from sim.measures.paired import Paired, difference
from sim.measures.restricted_means import OfMeans, Restriction, comparable
from sim.measures.wording import percent_text

EASED, REMOVED = 0.1, 1.0
STEPS = {EASED: "10% easier", REMOVED: "removed"}

EFFECTS = ("train_short", "unserved", "second_delay")
"""What relief is asked to better: two shortfalls and a delay."""

AMBITION = "want"
"""Growth of what is wanted: moved as causes are, but a contrast that nobody can ease. It stands apart, and last."""

HUNDRED_MILLION = "hundred_million"
"""Name of the extra row: a hundred million dollars more on the first day, which gives relief of the budget a price."""

Step = tuple[str, float]
"""A cause, and how far it is moved."""


@dataclass(frozen=True, slots=True)
class Gain(
    OfMeans,
    keys="measure=measure.name unit=measure.unit *paired share_better=better share_worse=worse *restriction",
):
    """What one measure gains, in its unit (positive is better). Of a delay restricted means are compared (`cut`).

    `better`, `worse`: shares of futures that are so by more than a point, or a month.
    """

    measure: Measure
    paired: Paired
    better: float
    worse: float
    cut: Restriction | None

    @property
    def shares_text(self) -> str:
        """`56% / 2%`: in how many futures it is better, and worse, by more than what counts."""
        return f"{percent_text(self.better)} / {percent_text(self.worse)}"


@dataclass(frozen=True, slots=True)
class Relieved(Document, keys="causes=causes words step gains may_give_most=foremost"):
    """A cause, eased or removed (`step`), and the gain in each of EFFECTS.

    `foremost`: measures in which no other cause moved as far gains more beyond error.
    """

    cause: str
    step: float
    gains: tuple[Gain, ...]
    foremost: frozenset[str] = frozenset()

    @property
    def apart(self) -> bool:
        """Whether this is no cause, but the ambition."""
        return self.cause == AMBITION

    @property
    def words(self) -> str:
        """The cause as people call it."""
        words = "$100M more" if self.cause == HUNDRED_MILLION else DIALS[self.cause]
        return f"{words} (the ambition, no cause)" if self.apart else words

    @property
    def causes(self) -> tuple[str, ...]:
        """What is moved: one cause."""
        return (self.cause,)

    def gain(self, name: str) -> Gain:
        """The gain in a measure."""
        return next(gain for gain in self.gains if gain.measure.name == name)


@dataclass(frozen=True, slots=True)
class Relief(Document):
    """All causes, one by one; `hundred_million` is what $100M more would give."""

    futures: int
    single: tuple[Relieved, ...]
    hundred_million: Relieved | None = None

    def ranked(self, name: str, step: float) -> list[Relieved]:
        """The causes by their mean gain in a measure, ties in their order; the ambition comes last."""
        rows = (row for row in self.single if row.step == step)
        return sorted(rows, key=lambda row: (row.apart, -row.gain(name).paired.mean))

    def foremost(self, name: str, step: float) -> list[Relieved]:
        """The causes that may give most, as far as these futures show; the largest mean gain first."""
        return [row for row in self.ranked(name, step) if name in row.foremost]


def singles() -> list[Step]:
    """Every cause, eased and removed."""
    return [(cause, step) for cause in DIALS for step in STEPS]


def causes_relieved(eased: Mapping[Step, pd.DataFrame], as_is: pd.DataFrame) -> tuple[Relieved, ...]:
    """What each step gains, and which of the causes moved as far may gain most; of the ambition that is not asked."""
    relieveds = {step: relieved(step, outcomes, as_is) for step, outcomes in eased.items()}
    for far in STEPS:
        rivals = [step for step in relieveds if step[1] == far and step[0] != AMBITION]
        first = foremost([{name: _gained(name, eased[step], as_is) for name in EFFECTS} for step in rivals])
        relieveds |= {step: replace(relieveds[step], foremost=each) for step, each in zip(rivals, first, strict=True)}
    return tuple(relieveds.values())


def relieved(step: Step, eased: pd.DataFrame, as_is: pd.DataFrame) -> Relieved:
    """What a step gains: outcomes of the same futures with and without it."""
    return Relieved(*step, tuple(_gain(measure(name), eased, as_is) for name in EFFECTS))


def _gained(name: str, eased: pd.DataFrame, as_is: pd.DataFrame) -> Column:
    """What a measure gains in each future, as `_gain` counts it."""
    (usual, other), _ = comparable(measure(name), as_is, eased)
    return usual - other


def _gain(of_measure: Measure, eased: pd.DataFrame, as_is: pd.DataFrame) -> Gain:
    """As it is, less as it is eased: less is better in all of EFFECTS."""
    gain = difference("", of_measure, as_is, eased)
    return Gain(of_measure, gain.paired, gain.worse, gain.better, gain.cut)


def table(relief: Relief) -> pd.DataFrame:
    """A row for each step and measure."""
    rows: list[Mapping[str, object]] = []
    extra = (relief.hundred_million,) if relief.hundred_million else ()
    for row in (*relief.single, *extra):
        rows += [{"causes": row.cause, "step": row.step, **gain.as_json()} for gain in row.gains]
    return pd.DataFrame(rows)
