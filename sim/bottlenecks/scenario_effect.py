"""What a scenario itself does: its cost against the baseline, the constraints it works through, what its changes cost.

All of it in the same futures. A scenario works through a constraint as far as its cost is gone when that constraint is
removed in both worlds. A constraint counts there only if its removal leaves half of the shortfall standing in both, or
there would be little left to differ; it is named where it takes a third of the cost, beyond doubt and on its side of
zero. What different constraints take overlaps: it does not add up, and none counts as more than the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from types import MappingProxyType

from sim.bottlenecks.removals import NAMES, SINGLES, Amount, Removals, Rows, amount
from sim.language.documents import Document
from sim.measures.intervals import ALPHA

STANDING_PART = 0.5
"""Part of the shortfall that must be left, in both worlds, where a constraint is removed."""
THROUGH_PART = 1.0 / 3.0
"""Part of the cost from which on a scenario works through a constraint."""
NAMED_VALUES = 2
"""Values of a change that its label names."""
_BEYOND = NormalDist().inv_cdf(1.0 - ALPHA / (len(NAMES) - 1)) / NormalDist().inv_cdf(1.0 - ALPHA / 2.0)
"""Printed errors by which the part of one of six must differ from nothing."""


@dataclass(frozen=True, slots=True)
class Through(Document):
    """One constraint: how much of the cost is gone without it in both worlds, and whether it is named for that."""

    constraint: str
    gone: Amount
    named: bool


@dataclass(frozen=True, slots=True)
class Cost(Document, keys="measure difference worse_in=worse better_in=better works_through=through"):
    """The cost of a scenario in one measure. `worse`, `better`: shares of futures, by more than what counts."""

    measure: str
    difference: Amount
    worse: float
    better: float
    through: tuple[Through, ...]

    @property
    def differs(self) -> bool:
        """Whether zero lies outside of its interval."""
        return abs(self.difference.mean) > self.difference.error

    @property
    def named(self) -> tuple[Through, ...]:
        """What it works through, the most first."""
        return tuple(sorted((each for each in self.through if each.named), key=lambda each: -abs(each.gone.mean)))


@dataclass(frozen=True, slots=True)
class ChangeEffect(Document, keys="path words meanings costs may_cost_most=foremost"):
    """One change of the scenario: what it costs, by measure; empty where it cannot be taken back alone.

    `words` is what the section or thing is called; `meanings` what its values are that differ, empty for a new thing.
    `foremost`: measures in which it may be the one that costs, or gives back, most.
    """

    path: str
    words: str
    costs: Mapping[str, Amount]
    meanings: tuple[str, ...] = ()
    foremost: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """`Climate of relations: day on which the truce expires; probability that it is not prolonged then`."""
        more = len(self.meanings) - NAMED_VALUES
        texts = (*self.meanings[:NAMED_VALUES], *([f"{more} more"] if more > 0 else []))
        return f"{self.words}: {'; '.join(texts)}" if texts else self.words


@dataclass(frozen=True, slots=True)
class Effect(Document, keys="base=base_name missing_in_base=missing costs=costs.values changes months_later=dates"):
    """What a scenario does against the scenario that it changes."""

    base: str
    """What that is called in a sentence: `the baseline`, or a title in quotation marks."""
    missing: Mapping[str, Amount]
    """What is missing in the base, by measure."""
    costs: Mapping[str, Cost]
    changes: tuple[ChangeEffect, ...] = ()
    dates: Mapping[str, Amount] = field(default_factory=dict)
    """Months by which dates come later than in the base, by the column of a table of removals."""

    @property
    def base_name(self) -> str:
        """What that is called by itself."""
        return self.base.strip("“”")


def effect(
    base: str,
    here: Mapping[str, Removals],
    there: Mapping[str, Rows],
    measures: Sequence[str],
    changes: tuple[ChangeEffect, ...],
    dates: Mapping[str, Amount] = MappingProxyType({}),
) -> Effect:
    """The effect of a scenario whose removals are `here`, against a base with the same futures.

    `there`: what the base is short of, by measure, under SINGLES; shape (SINGLES, futures).
    """
    return Effect(
        base,
        {name: amount(there[name][0]) for name in measures},
        {name: cost(here[name], there[name]) for name in measures},
        changes,
        dates,
    )


def cost(here: Removals, there: Rows) -> Cost:
    """The cost in one measure, and what it works through; over the futures that both have."""
    ours = here.column[[*SINGLES]]
    futures = min(here.futures, there.shape[1])
    apart = ours[:, :futures] - there[:, :futures]
    whole = amount(apart[0])
    differs = abs(whole.mean) > whole.error
    through = []
    for row, name in enumerate(NAMES, 1):
        gone = amount(apart[0] - apart[row])
        left = all(each[row].mean() >= STANDING_PART * each[0].mean() for each in (ours, there))
        named = left and differs and gone.mean / whole.mean >= THROUGH_PART and abs(gone.mean) > _BEYOND * gone.error
        through.append(Through(name, gone, named))
    worse, better = (float((side * apart[0] > here.counts).mean()) for side in (1.0, -1.0))
    return Cost(here.measure, whole, worse, better, tuple(through))
