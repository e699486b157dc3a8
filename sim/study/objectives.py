"""Objectives of a robust search: what a plan is judged by, over many futures and in the worst of its scenarios.

    objective  mean(measure) | pNN(measure) | prob(...) | worst(measure) | met(gate)

`worst` is the mean of the worst twentieth of the futures, `met` the share of futures that meet a gate's amount (the
satisficing share). What had not happened by the horizon counts at its bound. Directions are the measures' own: a share
of futures is better lower for `prob` and higher for `met`.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import Problem
from sim.scenario.scenario import Text
from sim.study import gates
from sim.study.gate_language import Gate, Statistic, read_gates, read_statistic
from sim.study.intervals import Column, quantile_rank
from sim.study.measures import values

TAIL = 0.05
"""The share of futures that `worst` looks at."""

_CALL = re.compile(r"\s*(worst|met)\((.*)\)\s*")


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
    def unit(self) -> str:
        """The unit of its number."""
        return "share" if self.statistic is None else self.statistic.unit

    def of(self, outcomes: pd.DataFrame) -> float:
        """Its number, from the futures of one scenario."""
        if self.gate is not None:
            return 1.0 - float(gates.misses(self.gate, outcomes).mean())
        assert self.statistic is not None
        if self.statistic.kind == "prob":
            return float(gates.flags(self.statistic, outcomes).mean())
        found = np.sort(values(self.statistic.measure, outcomes))
        if self.tail:
            part = max(1, int(TAIL * len(found)))
            return float((found[:part] if self.higher else found[-part:]).mean())
        return float(found[quantile_rank(self.statistic.level, len(found))] if self.statistic.level else found.mean())

    def values(self, outcomes: pd.DataFrame) -> Column:
        """Its number in each future: the measure itself, or 1 where the condition or the gate is met."""
        if self.gate is not None:
            return np.where(gates.misses(self.gate, outcomes), 0.0, 1.0)
        assert self.statistic is not None
        if self.statistic.kind == "prob":
            return gates.flags(self.statistic, outcomes)
        return values(self.statistic.measure, outcomes)

    def worst_of(self, numbers: list[float]) -> float:
        """The worst of several scenarios."""
        return min(numbers) if self.higher else max(numbers)


def read_objective(text: Text, problems: list[Problem]) -> Objective | None:
    """One objective; None with the problem noted."""
    found = _read(text, problems)
    statistic = found and (found.gate.statistic if found.gate else found.statistic)
    if statistic and statistic.against is not None:
        problems.append(Problem(text.place, "objectives", "an objective is about one scenario; leave out delta"))
        return None
    return found


def _read(text: Text, problems: list[Problem]) -> Objective | None:
    """One objective as it is written, about one scenario or two."""
    call = _CALL.fullmatch(text.text)
    if call is not None and call[1] == "met":
        read = read_gates((Text(call[2], text.place),), problems)
        return Objective(text.text, None, read[0]) if read else None
    statistic = read_statistic(Text(f"mean({call[2]})", text.place) if call else text, problems)
    return None if statistic is None else Objective(text.text, statistic, None, tail=call is not None)
