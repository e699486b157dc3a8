"""What a page is made of: a comparison (of one scenario or several), and the grounds it rests on.

The first scenario is what the others are measured against. What a study has not asked is empty here, and the page says
so where a reader would look for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sim.findings.comparison import Comparison, ScenarioResult
from sim.world.pathways import LEDGER

WAYS = {row.id: row.title for row in LEDGER}
"""How compute came: the pathways, and what was there on the first day."""

Kind = Literal["epistemic", "luck", "fixed"]


@dataclass(frozen=True, slots=True)
class Source:
    """A source that assumptions cite by its id."""

    id: str
    what: str
    text: str
    known_since: date | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """One value of the first scenario as it is written, with its unit, and its grounds: `sources` by id, or in words.

    `of_section`: they are those of the section around it, which may say nothing of this value.
    `moves`: rank correlations with what `PageContents.ranked_by` names, -1 to 1; none where not beyond chance.
    """

    path: str
    text: str
    kind: Kind
    sources: tuple[str, ...] = ()
    note: str = ""
    confidence: str = ""
    of_section: bool = False
    moves: tuple[float, ...] = ()

    @property
    def weight(self) -> float:
        """The stronger of its correlations, by which assumptions are ranked."""
        return max(map(abs, self.moves), default=0.0)


@dataclass(frozen=True, slots=True)
class Flow:
    """Mean H100e that go from one place to another (a pathway, a tenure, a use) at the end of the reporting window."""

    source: str
    target: str
    h100e: float


@dataclass(frozen=True, slots=True)
class Held:
    """What one way holds when the reporting window ends, in H100e, chips and megawatts: p5, median and p95."""

    pathway: str
    h100e: tuple[float, float, float]
    units: tuple[float, float, float]
    megawatts: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PageContents:
    """All that a page shows. `flows` and `held` are by the id of a scenario."""

    title: str
    comparison: Comparison
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = ()
    ranked_by: tuple[str, ...] = ()
    flows: Mapping[str, tuple[Flow, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)

    @property
    def scenarios(self) -> tuple[ScenarioResult, ...]:
        """The scenarios in order; the first is what the others are measured against."""
        return self.comparison.scenarios

    @property
    def alone(self) -> bool:
        """Whether there is one scenario only, and nothing to compare."""
        return len(self.scenarios) == 1
