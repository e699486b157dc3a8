"""Regret: how much worse a policy does in a scenario than the best policy would have done there.

A policy is a named set of settings of what the lab decides (levers). Regret is taken of the mean over futures of one
measure (of a delay that is open in some the restricted mean), in the unit of the measure, and is never negative. Two
ways to choose: the policy whose largest regret over all scenarios is smallest (minimax; asks for no
probabilities), and the one whose weighted mean regret is smallest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.language.documents import Document
from sim.measures.measures import Measure
from sim.measures.restricted_means import OfMeans, Restriction
from sim.measures.wording import percent_text


@dataclass(frozen=True, slots=True)
class Policy(Document, keys="policy=name settings means regrets largest weighted"):
    """One policy: its regret in each scenario, the largest of them, and their weighted mean."""

    name: str
    settings: tuple[str, ...]
    means: tuple[float, ...]
    regrets: tuple[float, ...]
    largest: float
    weighted: float


@dataclass(frozen=True, slots=True)
class Regrets(
    OfMeans,
    keys="measure=measure.name unit=measure.unit *restriction scenarios weights policies minimax=minimax.name "
    "weighted=best.name",
):
    """All policies in all scenarios, by one measure. `weights` of the scenarios add up to 1."""

    measure: Measure
    scenarios: tuple[str, ...]
    weights: tuple[float, ...]
    policies: tuple[Policy, ...]
    cut: Restriction | None = None
    """Up to which time the means count, if that leaves anything out."""

    @property
    def minimax(self) -> Policy:
        """The policy whose largest regret is smallest; of several alike the first."""
        return min(self.policies, key=lambda policy: policy.largest)

    @property
    def best(self) -> Policy:
        """The policy whose weighted regret is smallest; of several alike the first."""
        return min(self.policies, key=lambda policy: policy.weighted)

    @property
    def weighting(self) -> str:
        """By what the scenarios are weighted: `70% baseline, 30% both`."""
        named = zip(self.weights, self.scenarios, strict=True)
        return ", ".join(f"{percent_text(weight)} {scenario}" for weight, scenario in named)


def regrets(
    measure: Measure,
    means: Mapping[str, Mapping[str, float]],
    settings: Mapping[str, tuple[str, ...]],
    weights: Mapping[str, float],
    cut: Restriction | None = None,
) -> Regrets:
    """The table of regrets from `means[policy][scenario]` of a measure, `cut` at one time in all; `weights` are scaled
    to add up to 1."""
    scenarios = tuple(weights)
    total = sum(weights.values())
    shares = tuple(weights[scenario] / total for scenario in scenarios)
    best = min if measure.better == "lower" else max
    bests = [best(means[policy][scenario] for policy in means) for scenario in scenarios]
    policies = []
    for name, of_policy in means.items():
        row = tuple(of_policy[scenario] for scenario in scenarios)
        lost = tuple(abs(mean - best_mean) for mean, best_mean in zip(row, bests, strict=True))
        weighted = sum(share * each for share, each in zip(shares, lost, strict=True))
        policies.append(Policy(name, settings[name], row, lost, max(lost), weighted))
    return Regrets(measure, scenarios, shares, tuple(policies), cut)
