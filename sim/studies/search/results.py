"""What a search comes to: every plan that was tried, and those that no other beats."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from sim.language.counting import counted
from sim.measures.restricted_means import MEANING
from sim.measures.wording import amount
from sim.studies.search.nsga2 import Answer, LeverSetting
from sim.studies.sweep.plan import Sweep


@dataclass(frozen=True, slots=True)
class Tried:
    """One plan: its levers as written, what it comes to, whether no other that keeps all constraints beats it, and its
    regret (None: it breaks a constraint, or it broke)."""

    number: int
    plan: LeverSetting
    texts: tuple[str, ...]
    answer: Answer
    best: bool
    regret: float | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """All plans, in the order they were tried."""

    sweep: Sweep
    futures: int
    tried: tuple[Tried, ...]

    @property
    def kept(self) -> int:
        """How many plans keep all constraints."""
        return sum(each.answer.feasible for each in self.tried)

    @property
    def broke(self) -> int:
        """How many plans have a future that failed."""
        return sum(each.answer.broke for each in self.tried)

    @property
    def best(self) -> list[Tried]:
        """Plans that keep all constraints and that no other such plan beats; the best in the first objective first."""
        up = self.sweep.objectives[0].higher
        trieds = [each for each in self.tried if each.best]
        return sorted(trieds, key=lambda each: (-1.0 if up else 1.0) * each.answer.objectives[0])

    @property
    def least_regret(self) -> Tried | None:
        """The plan that keeps all constraints and is regretted least."""
        tried = [each for each in self.tried if each.regret is not None]
        return min(tried, key=lambda each: (each.regret, each.number), default=None)

    def sentence(self, each: Tried) -> str:
        """A plan in a line."""
        levers = ", ".join(f"{f.name} {text}" for f, text in zip(self.sweep.factors, each.texts, strict=True))
        texts = zip(self.sweep.objectives, self.shown(each), strict=True)
        return f"{levers}: " + ", ".join(f"{objective.text} {text}" for objective, text in texts)

    def shown(self, each: Tried) -> list[str]:
        """What a plan comes to in each objective, as printed."""
        return [score.text(o.unit) for o, score in zip(self.sweep.objectives, each.answer.scores, strict=True)]

    @property
    def cut(self) -> bool:
        """Whether some mean, and so the regret, counts delays up to one time only."""
        return any(score.cut for each in self.tried for score in each.answer.scores)

    def lines(self) -> Iterator[str]:
        """What the terminal shows."""
        size = f"{counted(len(self.tried), 'plans')}, {counted(self.futures, 'futures')} in each scenario"
        yield f"{self.sweep.name}: {size}"
        if self.sweep.gates:
            yield f"{self.kept} of {counted(len(self.tried), 'plans')} keep all constraints"
        for each in self.best[:12]:
            yield f"  {self.sentence(each)}"
        if (least := self.least_regret) is not None and least.regret is not None:
            unit = self.sweep.objectives[0].unit
            yield f"regretted least, by {amount(least.regret, unit)}: {self.sentence(least)}"
        if self.cut:
            yield MEANING

    def as_json(self) -> dict[str, object]:
        """For `search.json`; keys always in this order."""
        return {
            "search": self.sweep.name,
            "scenarios": list(self.sweep.scenarios),
            "futures": self.futures,
            "objectives": [objective.text for objective in self.sweep.objectives],
            "constraints": [gate.text for gate in self.sweep.gates],
            "plans": len(self.tried),
            "keep_all_constraints": self.kept,
            "best": [self._plan_json(each) for each in self.best],
            "least_regret": None if self.least_regret is None else self._plan_json(self.least_regret),
        }

    def _plan_json(self, each: Tried) -> dict[str, object]:
        levers = {factor.name: text for factor, text in zip(self.sweep.factors, each.texts, strict=True)}
        return {
            "plan": each.number,
            "levers": levers,
            "objectives": list(each.answer.objectives),
            "texts": self.shown(each),
            "regret": each.regret,
        }


def plans_table(result: SearchResult) -> pd.DataFrame:
    """A row for each plan: levers, objectives, constraints (zero or less: kept), whether it is best, regret."""
    sweep = result.sweep
    rows = []
    for each in result.tried:
        row: dict[str, object] = {"plan": each.number}
        row |= {factor.name: text for factor, text in zip(sweep.factors, each.texts, strict=True)}
        row |= {o.text: value for o, value in zip(sweep.objectives, each.answer.objectives, strict=True)}
        row |= {gate.text: gap for gate, gap in zip(sweep.gates, each.answer.breaks, strict=False)}
        rows.append(row | {"best": each.best, "regret": each.regret})
    return pd.DataFrame(rows)
