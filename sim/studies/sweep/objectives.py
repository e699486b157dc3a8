"""Objectives of a robust search: what a plan is judged by, over many futures and in the worst of its scenarios.

    objective  mean(measure) | pNN(measure) | prob(...) | worst(measure) | met(gate)

`worst` is the mean of the worst twentieth of the futures, `met` the share of futures that meet a gate's amount (the
satisficing share). Means of delays, those of the tail and of regret too, are restricted: they count up to one time. A
quantile among what had not happened by the horizon is the least that it can be. Directions are the measures' own: a
share of futures is better lower for `prob` and higher for `met`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import Problem
from sim.measures import gates
from sim.measures.gate_language import Gate, Statistic, read_gates, read_statistic
from sim.measures.intervals import Column
from sim.measures.levels import Level
from sim.measures.measures import levels, reached
from sim.measures.restricted_means import CUT, Restriction, in_brackets, restricted
from sim.measures.wording import percent_text
from sim.scenario.scenario import Text

TAIL = 0.05
"""The share of futures that `worst` looks at."""

_CALL = re.compile(r"\s*(worst|met)\((.*)\)\s*")


@dataclass(frozen=True, slots=True)
class Score:
    """What an objective comes to; where it is a mean of delays, up to which time that counts."""

    level: Level
    cut: Restriction | None = None

    def text(self, unit: str) -> str:
        """`6.3 months (up to 24 months, 4% open)`, `> 24.4 months`."""
        return self.level.text(unit) + in_brackets(self.cut, unit)


@dataclass(frozen=True, slots=True)
class Objective:
    """A number of a plan, and whether more of it is better."""

    text: str
    statistic: Statistic | None
    gate: Gate | None
    tail: bool = False

    @property
    def higher(self) -> bool:
        """Whether more is better."""
        if self.statistic is None:
            return True
        return self.statistic.kind != "prob" and self.statistic.measure.better == "higher"

    @property
    def words(self) -> str:
        """What it is in a sentence: `mean training shortfall`, `mean lowest runway in the worst 5% of futures`."""
        if self.gate is not None:
            return f"share of futures that meet: {self.gate.words}"
        assert self.statistic is not None
        share = "share of futures: " if self.statistic.kind == "prob" else ""
        return f"{share}{self.statistic.words}" + (
            f" in the worst {percent_text(TAIL)} of futures" if self.tail else ""
        )

    @property
    def unit(self) -> str:
        """The unit of its number."""
        return "share" if self.statistic is None else self.statistic.unit

    def of(self, outcomes: pd.DataFrame) -> Score:
        """Its number, from the futures of one scenario."""
        if self.statistic is not None and self.statistic.level:
            (level,) = levels(self.statistic.measure, outcomes, (self.statistic.level,))
            return Score(level)
        score = np.sort(self.values(outcomes))
        if self.tail:
            part = max(1, int(TAIL * len(score)))
            score = score[:part] if self.higher else score[-part:]
        return Score(Level(float(score.mean())), self._cut(outcomes))

    def _cut(self, outcomes: pd.DataFrame) -> Restriction | None:
        """Up to which time its mean counts; a share of futures leaves nothing out."""
        if self.statistic is None or self.statistic.kind == "prob" or self.statistic.measure.reached is None:
            return None
        return Restriction(CUT, 1.0 - float(reached(self.statistic.measure, outcomes).mean()))

    def values(self, outcomes: pd.DataFrame) -> Column:
        """Its number in each future: the measure itself, or 1 where the condition or the gate is met."""
        if self.gate is not None:
            return np.where(gates.misses(self.gate, outcomes), 0.0, 1.0)
        assert self.statistic is not None
        if self.statistic.kind == "prob":
            return gates.flags(self.statistic, outcomes)
        return restricted(self.statistic.measure, outcomes)

    def worst_of(self, scores: Sequence[Score]) -> Score:
        """The worst of several scenarios; what lies beyond the horizon is worse than any number."""
        sign = -1.0 if self.higher else 1.0
        return max(scores, key=lambda score: (score.level.beyond, sign * score.level.value))


def read_objective(text: Text, problems: list[Problem]) -> Objective | None:
    """One objective; None with the problem noted."""
    objective = _read(text, problems)
    statistic = objective and (objective.gate.statistic if objective.gate else objective.statistic)
    if statistic and statistic.against is not None:
        problems.append(Problem(text.place, "objectives", "an objective is about one scenario; leave out delta"))
        return None
    return objective


def _read(text: Text, problems: list[Problem]) -> Objective | None:
    """One objective as it is written, about one scenario or two."""
    call = _CALL.fullmatch(text.text)
    if call is not None and call[1] == "met":
        read = read_gates((Text(call[2], text.place),), problems)
        return Objective(text.text, None, read[0]) if read else None
    statistic = read_statistic(Text(f"mean({call[2]})", text.place) if call else text, problems)
    return None if statistic is None else Objective(text.text, statistic, None, tail=call is not None)
