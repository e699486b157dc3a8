"""Counterfactuals: what other runs of the same futures say of one scenario, gathered for its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from sim.bottlenecks.removals import NAMES, SHORTFALLS, TABLED, Amount, Removal, Removals, amount, removals
from sim.bottlenecks.scenario_effect import Effect
from sim.language.documents import Document

AMBITIONS = ("hold", "keep_pace", "chase")
"""Named overrides: less, as much, and more training wanted."""
USUAL = "keep_pace"
"""The ambition under which everything else is said: the growth that the scenario itself gives."""

EASED: tuple[tuple[str, ...], ...] = (*((name,) for name in NAMES), *combinations(NAMES, 2))
"""What is made 10% easier: each constraint, and each pair of them."""


@dataclass(frozen=True, slots=True)
class Eased(Document, keys="constraints gains may_give_most=foremost"):
    """Constraints made 10% easier together, and the gain by measure.

    `foremost`: measures in which no other set of as many constraints gives more beyond error.
    """

    constraints: tuple[str, ...]
    gains: Mapping[str, Amount]
    foremost: frozenset[str]


@dataclass(frozen=True, slots=True)
class AmbitionResult(Document, keys="ambition=name missing"):
    """What is missing under one ambition of the lab, by measure."""

    name: str
    missing: Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class Counterfactuals(
    Document,
    keys="comes_back=removals.values tokens_back=reported_tokens ten_percent_easier=eased effect ambitions",
):
    """What comes back by measure, the tokens that come back, what 10% easier gives, the effect, and the ambitions."""

    removals: Mapping[str, Removals]
    tokens: npt.NDArray[np.float64]
    """Tokens served a day without each set, in each future; shape (SETS, futures)."""
    eased: tuple[Eased, ...] = ()
    effect: Effect | None = None
    ambitions: tuple[AmbitionResult, ...] = ()

    def of_use(self, use: str) -> Removals:
        """What comes back to a use."""
        return self.removals[SHORTFALLS[use]]

    def tokens_back(self, removed: tuple[str, ...]) -> Removal:
        """Tokens a day that come back without these constraints: what is wanted moves with what is served."""
        bits = sum(1 << NAMES.index(name) for name in removed)
        return Removal(removed, amount(self.tokens[bits] - self.tokens[0]))

    @property
    def reported_tokens(self) -> tuple[Removal, ...]:
        """The tokens that are written: without what may hold serving back, and without all six."""
        serve = self.of_use("serve")
        candidates = () if serve.nothing else serve.candidates
        return tuple(map(self.tokens_back, dict.fromkeys([*(each.removed for each in candidates), NAMES])))


def counterfactuals(
    table: npt.NDArray[np.float64],
    eased: tuple[Eased, ...] = (),
    effect: Effect | None = None,
    ambitions: tuple[AmbitionResult, ...] = (),
) -> Counterfactuals:
    """From a table of removals, of shape (SETS, futures, TABLED), and what else was run."""
    return Counterfactuals(removals(table), table[:, :, TABLED.index("tokens_served")], eased, effect, ambitions)
