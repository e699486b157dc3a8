"""Comparison: several scenarios in the same futures. The first is what the others are compared with.

All numbers are paired (see `paired`). What is forced in one scenario comes about by itself in some futures of another;
the two answer different questions, and stand side by side: the forced scenario asks what the event does, the subset
of futures in which it came about also carries what made it likely there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import pandas as pd

from sim.engine.storage.result_folder import SCHEMA
from sim.findings.findings import Findings, Line
from sim.findings.regret import Regrets
from sim.language.counting import counted
from sim.language.documents import Document
from sim.measures.measures import MEASURES, Measure, amount_of, measure
from sim.measures.paired import Paired, PairedDifference, difference, paired
from sim.measures.restricted_means import OfMeans, Restriction, comparable

APART = 1.0 / 3.0
"""Part of the effect by which a forced scenario and a conditional subset may differ without a word."""

LEADING = (
    "next_delay",
    "second_delay",
    "second_size",
    "train_short",
    "unserved",
    "owned",
    "lowest_runway",
    "lowest_plan_runway",
    "insolvent",
)
"""Measures that a comparison leads with."""

ASKED = ("next_delay", "second_delay", "train_short", "unserved")
"""Measures for which a forced scenario and a conditional subset stand side by side."""


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value in which a scenario differs from the one it extends, as written; old is empty for what is new."""

    path: str
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario of a comparison. `series` is the table of the fan charts: month, series, p5 to p95."""

    id: str
    findings: Findings
    changed: tuple[ChangedValue, ...]
    outcomes: pd.DataFrame
    series: pd.DataFrame


class Joined(NamedTuple):
    """Ids of a scenario and of the two others whose changes it makes at once."""

    both: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Interaction(OfMeans, keys="measure=measure.name unit=measure.unit *paired *restriction"):
    """What two changes do together beyond the sum of what each does: both - one - other + neither, future by future."""

    measure: Measure
    paired: Paired
    cut: Restriction | None = None


@dataclass(frozen=True, slots=True)
class ForcedVersusSpontaneous(
    OfMeans,
    keys="scenario=id came_about=flag measure=measure.name unit=measure.unit futures_in_subset=futures forced subset "
    "compared_with=all *restriction text",
):
    """A forced scenario (`id`) beside the futures of the one compared with in which the same came about by itself.

    `forced`, `subset`, `all`: means of the measure, `cut` at one time; `futures` is how many are in the subset. `text`
    says why the two differ, where they differ by more than a third of the effect.
    """

    id: str
    flag: str
    measure: Measure
    futures: int
    forced: float
    subset: float
    all: float
    text: str
    cut: Restriction | None = None

    def sentence(self, scenario: str, first: str, fork: str) -> str:
        """Both means and why they differ; given what the two scenarios are called, and the fork: `a round closes`."""
        forced, subset = amount_of(self.measure, self.forced), amount_of(self.measure, self.subset)
        return (
            f"{scenario}, {self.title.lower()}: {forced} when forced; {subset} in the "
            f"{counted(self.futures, 'futures')} of {first} in which {fork} by itself. {self.text}"
        )


@dataclass(frozen=True, slots=True)
class Comparison(
    Document,
    keys="schema futures seed headline answer compared_with=reference.id scenarios=by_id differences interactions "
    "conditionals regrets",
):
    """All that is said of several scenarios. `digest` and `command` give the same again."""

    futures: int
    seed: int
    headline: str
    answer: tuple[Line, ...]
    scenarios: tuple[ScenarioResult, ...]
    differences: tuple[PairedDifference, ...]
    interactions: tuple[Interaction, ...] = ()
    conditionals: tuple[ForcedVersusSpontaneous, ...] = ()
    regrets: Regrets | None = None
    command: str = ""
    digest: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    verdicts: tuple[str, ...] = ()
    """Of the gates of a single scenario, and whether a precision was reached: a line each."""
    chosen: tuple[str, ...] = ()
    """Overrides and settings under which a single scenario was run."""

    schema: ClassVar[int] = SCHEMA

    @property
    def by_id(self) -> dict[str, Findings]:
        """The findings of each scenario."""
        return {each.id: each.findings for each in self.scenarios}

    @property
    def reference(self) -> ScenarioResult:
        """The scenario that the others are compared with."""
        return self.scenarios[0]

    def of(self, id: str, name: str) -> PairedDifference:
        """The difference of a scenario in a measure."""
        return next(each for each in self.differences if (each.id, each.measure.name) == (id, name))


def differences(scenarios: Sequence[ScenarioResult]) -> tuple[PairedDifference, ...]:
    """Every measure of every scenario but the first, less the same of the first."""
    first, *others = scenarios
    return tuple(
        difference(each.id, differences, each.outcomes, first.outcomes) for each in others for differences in MEASURES
    )


def interactions(scenarios: Sequence[ScenarioResult], joined: Joined | None) -> tuple[Interaction, ...]:
    """What two changes do beyond the sum of both, where one scenario makes the changes of two others at once."""
    if joined is None:
        return ()
    outcomes = {each.id: each.outcomes for each in scenarios}
    tables = (*(outcomes[id] for id in joined), scenarios[0].outcomes)
    return tuple(_interaction(measure(name), *tables) for name in LEADING)


def _interaction(
    interaction: Measure, both: pd.DataFrame, one: pd.DataFrame, other: pd.DataFrame, neither: pd.DataFrame
) -> Interaction:
    (first, second, third, fourth), cut = comparable(interaction, both, neither, one, other)
    return Interaction(interaction, paired(first + second, third + fourth), cut)


def conditionals(
    scenarios: Sequence[ScenarioResult], joined: Joined | None = None
) -> tuple[ForcedVersusSpontaneous, ...]:
    """Forced scenarios beside those futures of the first in which the same came about by itself.

    Of each it is the first fork that it forces; one that joins two others forces several.
    """
    first, *others = scenarios
    rows = []
    for each in others:
        forced = [flag for flag in each.findings.run.forced if flag in first.findings.run.forks]
        joins = joined is not None and each.id == joined.both
        if forced and not joins and first.outcomes[forced[0]].nunique() > 1:
            tables = (each.outcomes, first.outcomes)
            rows += [conditional(each.id, forced[0], measure(name), *tables) for name in ASKED]
    return tuple(rows)


def conditional(
    id: str, flag: str, forced_versus_spontaneous: Measure, forced: pd.DataFrame, usual: pd.DataFrame
) -> ForcedVersusSpontaneous:
    """One measure of a forced scenario, and of the futures of the usual one whose flag is 1 (some, not all)."""
    inside = (usual[flag] == 1.0).to_numpy()
    (by_force, by_itself), cut = comparable(forced_versus_spontaneous, forced, usual)
    means = float(by_force.mean()), float(by_itself[inside].mean()), float(by_itself.mean())
    text = _apart(forced_versus_spontaneous, *means, selected=float(by_force[inside].mean()))
    return ForcedVersusSpontaneous(id, flag, forced_versus_spontaneous, int(inside.sum()), *means, text, cut)


def _apart(of_measure: Measure, forced: float, subset: float, usual: float, selected: float) -> str:
    """Why forced and subset differ, where they do by more than a third of the effect.

    `selected` is what the forced scenario comes to in the futures of the subset: what they bring with them.
    """
    gap = subset - forced
    if abs(gap) <= APART * abs(forced - usual):
        return ""
    if abs(selected - forced) >= abs(gap) / 2.0:
        ahead = (selected < forced) == (of_measure.better == "lower")
        better = "better" if ahead else "worse"
        return (
            f"The futures in which it comes about are {better} off to begin with: forced, these same futures come to "
            f"{amount_of(of_measure, selected)}."
        )
    return (
        "It is not a matter of which futures these are: forced, the same ones come to "
        f"{amount_of(of_measure, selected)}; what is forced comes at another time, lasts longer, or is not all that "
        "the scenario changes."
    )
