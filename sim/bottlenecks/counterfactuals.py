"""Counterfactuals: what other runs of the same futures say of one scenario, gathered for its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from sim.bottlenecks.removals import NAMES, SHORTFALLS, TABLED, Amount, Removal, Removals, amount, removals
from sim.bottlenecks.scenario_effect import Effect

AMBITIONS = ("hold", "keep_pace", "chase")
"""Named overrides: less, as much, and more training wanted. The second is the usual choice."""

EASED: tuple[tuple[str, ...], ...] = (*((name,) for name in NAMES), *combinations(NAMES, 2))
"""What is made 10% easier: each constraint, and each pair of them."""


@dataclass(frozen=True, slots=True)
class Eased:
    """Constraints made 10% easier together, and the gain by measure.

    `foremost`: measures in which no other set of as many constraints gives more beyond error.
    """

    constraints: tuple[str, ...]
    gains: Mapping[str, Amount]
    foremost: frozenset[str]

    def as_json(self) -> dict[str, object]:
        """For result files."""
        gains = {name: each.as_json() for name, each in self.gains.items()}
        return {"constraints": list(self.constraints), "gains": gains, "may_give_most": sorted(self.foremost)}


@dataclass(frozen=True, slots=True)
class Ambition:
    """What is missing under one ambition of the lab, by measure."""

    name: str
    missing: Mapping[str, Amount]

    def as_json(self) -> dict[str, object]:
        """For result files."""
        return {"ambition": self.name, "missing": {name: each.as_json() for name, each in self.missing.items()}}


@dataclass(frozen=True, slots=True)
class Counterfactuals:
    """What comes back by measure, the tokens that come back, what 10% easier gives, the effect, and the ambitions."""

    removals: Mapping[str, Removals]
    tokens: npt.NDArray[np.float64]
    """Tokens served a day without each set, in each future; shape (SETS, futures)."""
    eased: tuple[Eased, ...] = ()
    effect: Effect | None = None
    ambitions: tuple[Ambition, ...] = ()

    def of_use(self, use: str) -> Removals:
        """What comes back to a use."""
        return self.removals[SHORTFALLS[use]]

    def tokens_back(self, removed: tuple[str, ...]) -> Removal:
        """Tokens a day that come back without these constraints: what is wanted moves with what is served."""
        bits = sum(1 << NAMES.index(name) for name in removed)
        return Removal(removed, amount(self.tokens[bits] - self.tokens[0]))

    @property
    def _tokens_of(self) -> dict[tuple[str, ...], None]:
        """The sets whose tokens are written: what may hold serving back, and all six."""
        serve = self.of_use("serve")
        candidates = () if serve.nothing else serve.candidates
        return dict.fromkeys([*(each.removed for each in candidates), NAMES])

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order."""
        return {
            "comes_back": [each.as_json() for each in self.removals.values()],
            "tokens_back": [self.tokens_back(removed).as_json() for removed in self._tokens_of],
            "ten_percent_easier": [each.as_json() for each in self.eased],
            "effect": self.effect.as_json() if self.effect else None,
            "ambitions": [each.as_json() for each in self.ambitions],
        }


def counterfactuals(
    table: npt.NDArray[np.float64],
    eased: tuple[Eased, ...] = (),
    effect: Effect | None = None,
    ambitions: tuple[Ambition, ...] = (),
) -> Counterfactuals:
    """From a table of removals, of shape (SETS, futures, TABLED), and what else was run."""
    return Counterfactuals(removals(table), table[:, :, TABLED.index("tokens_served")], eased, effect, ambitions)
