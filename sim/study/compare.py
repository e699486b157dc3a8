"""Comparison: several scenarios in the same futures. The first is what the others are compared with.

All numbers are paired (see `paired`). What is forced in one scenario comes about by itself in some futures of another;
the two answer different questions, and stand side by side: the forced scenario asks what the event does, the subset
of futures in which it came about also carries what made it likely there.
"""

from dataclasses import dataclass

import pandas as pd

from sim.study.findings import Findings, Line
from sim.study.measures import Measure
from sim.study.paired import Difference, Paired
from sim.study.regret import Regrets

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
    "insolvent",
)
"""Measures that a comparison leads with."""

INTERACTING = ("both", "stall", "tighten", "baseline")
"""Scenarios, by id, whose effects interact: the first is the second and the third at once, over the fourth."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One value in which a scenario differs from the one it extends, as written; old is empty for what is new."""

    path: str
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario of a comparison. `series` is the table of the fan charts: month, series, p5 to p95."""

    id: str
    findings: Findings
    changed: tuple[Changed, ...]
    outcomes: pd.DataFrame
    series: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Interaction:
    """What two changes do together beyond the sum of what each does: both - one - other + neither, future by future."""

    measure: Measure
    paired: Paired

    def as_json(self) -> dict[str, object]:
        """For result files; keys always in this order."""
        return {"measure": self.measure.name, "unit": self.measure.unit, **self.paired.as_json()}


@dataclass(frozen=True, slots=True)
class Conditional:
    """A forced scenario (`id`) beside the futures of the one compared with in which the same came about by itself.

    `forced`, `subset`, `all`: means of the measure; `futures` is how many are in the subset. `text` says why the two
    differ, where they differ by more than a third of the effect.
    """

    id: str
    flag: str
    measure: Measure
    futures: int
    forced: float
    subset: float
    all: float
    text: str

    def as_json(self) -> dict[str, object]:
        """For result files; keys always in this order."""
        return {
            "scenario": self.id,
            "came_about": self.flag,
            "measure": self.measure.name,
            "unit": self.measure.unit,
            "futures_in_subset": self.futures,
            "forced": self.forced,
            "subset": self.subset,
            "compared_with": self.all,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Ambition:
    """The main cause under one ambition (a named override of the scenario: hold, keep_pace, chase), by use."""

    id: str
    name: str
    train: str
    serve: str
    train_short: float

    def as_json(self) -> dict[str, object]:
        """For result files; keys always in this order."""
        return {
            "scenario": self.id,
            "ambition": self.name,
            "training": self.train,
            "serving": self.serve,
            "train_short": self.train_short,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is said of several scenarios. `digest` and `command` give the same again."""

    futures: int
    seed: int
    headline: str
    answer: tuple[Line, ...]
    scenarios: tuple[Compared, ...]
    differences: tuple[Difference, ...]
    interactions: tuple[Interaction, ...] = ()
    conditionals: tuple[Conditional, ...] = ()
    ambitions: tuple[Ambition, ...] = ()
    regrets: Regrets | None = None
    command: str = ""
    digest: str = ""
    versions: tuple[tuple[str, str], ...] = ()

    @property
    def reference(self) -> Compared:
        """The scenario that the others are compared with."""
        return self.scenarios[0]

    def of(self, id: str, name: str) -> Difference:
        """The difference of a scenario in a measure."""
        return next(found for found in self.differences if (found.id, found.measure.name) == (id, name))

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order, finite numbers only."""
        return {
            "futures": self.futures,
            "seed": self.seed,
            "headline": self.headline,
            "answer": [{"question": line.question, "text": line.text} for line in self.answer],
            "compared_with": self.reference.id,
            "scenarios": {each.id: each.findings.as_json() for each in self.scenarios},
            "differences": [each.as_json() for each in self.differences],
            "interactions": [each.as_json() for each in self.interactions],
            "conditionals": [each.as_json() for each in self.conditionals],
            "ambitions": [each.as_json() for each in self.ambitions],
            "regrets": self.regrets.as_json() if self.regrets else None,
        }
