"""What a search comes to: every plan that was tried, and those that no other beats."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from sim.language.counting import agreeing, counted
from sim.measures.restricted_means import MEANING
from sim.measures.wording import difference
from sim.studies.search.nsga2 import Answer, LeverSetting
from sim.studies.sweep.plan import Sweep

SHOWN = 12
"""Plans that no other beats which are shown at once, or a few more."""


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
    def headline(self) -> str:
        """How many plans no other beats, and what they trade; never one plan by one of several objectives."""
        keep = "keeps" if self.kept == 1 else "keep"
        tried = f"that {keep} all constraints" if self.sweep.gates else "tried"
        if not self.best:
            return f"None of {counted(len(self.tried), 'plans')} keeps all constraints."
        plans = agreeing(f"{self.kept:,}", "plans")
        if len(self.best) == 1:
            return f"Of {self.kept:,} {plans} {tried}, one is beaten by no other."
        return f"No plan is best in all: of {self.kept:,} {plans} {tried}, {len(self.best):,} are beaten by no other."

    def best_in(self, i: int) -> Tried:
        """Of the plans that no other beats, the best in an objective."""
        up = self.sweep.objectives[i].higher
        return (max if up else min)(self.best, key=lambda each: each.answer.objectives[i])

    @property
    def spread(self) -> list[Tried]:
        """Some plans that no other beats: the best in each objective, the one regretted least, and evenly between."""
        best = self.best
        named = {self.best_in(i).number for i in range(len(self.sweep.objectives))} if best else set()
        named |= {self.least_regret.number} if self.least_regret else set()
        step = max(1.0, (len(best) - 1) / max(1, SHOWN - len(named) - 1))
        evenly = {best[int(i * step)].number for i in range(SHOWN) if int(i * step) < len(best)}
        return [each for each in best if each.number in named | evenly]

    @property
    def least_regret(self) -> Tried | None:
        """The plan that keeps all constraints and is regretted least."""
        tried = [each for each in self.tried if each.regret is not None]
        return min(tried, key=lambda each: (each.regret, each.number), default=None)

    def sentence(self, each: Tried) -> str:
        """A plan in a line."""
        levers = ", ".join(
            f"{self.sweep.called(f.name)} {text}" for f, text in zip(self.sweep.factors, each.texts, strict=True)
        )
        texts = zip(self.sweep.objectives, self.shown(each), strict=True)
        return f"{levers}: " + ", ".join(f"{objective.words} {text}" for objective, text in texts)

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
        yield self.headline
        for each in self.spread:
            yield f"  {self.sentence(each)}"
        if (least := self.least_regret) is not None:
            yield f"regretted least, by {regret_text(self, least)}: {self.sentence(least)}"
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


def regret_text(result: SearchResult, each: Tried) -> str:
    """The regret of a plan, in points or the unit of the first objective; a dash for one that breaks a constraint."""
    return "–" if each.regret is None else difference(each.regret, result.sweep.objectives[0].unit).removeprefix("+")


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
