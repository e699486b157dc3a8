"""Gates: conditions on a study's result, judged with the error that its number of futures leaves.

A gate passes or fails only where the futures show it; otherwise it is undecided, and the number of futures that would
decide is told. Over all that one command judges, the odds that some gate which holds is called failed, or that some
which does not hold is called passed, are at most ALPHA / 2 each: exactly so for quantiles and shares, nearly so for
means and differences (see `intervals`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study import intervals
from sim.study.gate_language import COMPARE, Gate, Statistic
from sim.study.intervals import ALPHA, Column, Interval
from sim.study.measures import quantile_rank, reached, values
from sim.study.words import number, percent_text, unit_text

Judgement = Literal["passes", "fails", "undecided"]

EXIT = {"passes": 0, "fails": 1, "undecided": 3}
"""Exit codes; the worst of all gates is the program's, a failure before what is undecided."""

MOST_TOLD = 1_000_000_000
"""Futures beyond which a gate counts as too close to call."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a gate. `needed`: futures that would decide it, roughly; None where none would, or none need."""

    gate: Gate
    judgement: Judgement
    estimate: Interval
    futures: int
    needed: int | None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the estimate itself meets the gate, whatever its error."""
        return bool(COMPARE[self.gate.comparison](self.estimate.value, self.gate.amount))

    @property
    def text(self) -> str:
        """`7.1 months (6.4 to 7.9)`."""
        return f"{self._amount(self.estimate.value, True)} ({self._amount(self.estimate.low)} to {self.high_text})"

    @property
    def high_text(self) -> str:
        """The upper end of the interval."""
        return self._amount(self.estimate.high)

    @property
    def advice(self) -> str:
        """What would decide it, or why it is as it is."""
        if self.reason or self.judgement != "undecided":
            return self.reason
        if self.needed is None:
            return "too close to call with any number of futures"
        return f"about {self.needed:,} futures would decide"

    def _amount(self, value: float, with_unit: bool = False) -> str:
        statistic = self.gate.statistic
        if math.isinf(value):
            return "not by the horizon" if statistic.measure.reached else "unbounded"
        if statistic.unit in ("share", "ratio") and statistic.against:
            return f"{percent_text(value).removesuffix('%')}{' points' if with_unit else ''}"
        return number(value, statistic.unit) + (unit_text(statistic.unit) if with_unit else "")

    def as_json(self) -> dict[str, object]:
        """For `gates.json`; keys always in this order, finite numbers only."""

        def finite(value: float) -> float | None:
            return value if math.isfinite(value) else None

        return {
            "gate": self.gate.text,
            "judgement": self.judgement,
            "estimate": finite(self.estimate.value),
            "low": finite(self.estimate.low),
            "high": finite(self.estimate.high),
            "unit": self.gate.statistic.unit,
            "futures": self.futures,
            "futures_needed": self.needed,
            "told": self.text,
            "advice": self.advice,
            "at": str(self.gate.place),
        }


def judge(gate: Gate, outcomes: pd.DataFrame, others: Mapping[str, pd.DataFrame], alpha: float = ALPHA) -> Verdict:
    """Judge a gate on outcomes, a row a future; `others` are those of the scenarios it names, of the same futures."""
    statistic = gate.statistic
    other = outcomes if statistic.against is None else others[statistic.against]
    if statistic.kind == "mean" and (missing := max(_missing(statistic, outcomes), _missing(statistic, other))):
        return _boundless(gate, missing, len(outcomes))
    if statistic.against is not None:
        return _by_interval(gate, _difference(statistic, outcomes, other, alpha), len(outcomes))
    if statistic.kind == "mean" and statistic.measure.kind != "odds":
        return _by_interval(gate, intervals.mean(values(statistic.measure, outcomes), alpha), len(outcomes))
    return _share(gate, outcomes, alpha)


def judge_all(
    gates: Sequence[Gate], outcomes: pd.DataFrame, others: Mapping[str, pd.DataFrame], alpha: float = ALPHA
) -> tuple[Verdict, ...]:
    """Judge gates together: `alpha` is shared out among them (Bonferroni)."""
    return tuple(judge(gate, outcomes, others, alpha / len(gates)) for gate in gates)


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """1 if a gate fails, else 3 if one is undecided, else 0."""
    found = {verdict.judgement for verdict in verdicts}
    return EXIT["fails"] if "fails" in found else EXIT["undecided"] if "undecided" in found else 0


def met(gate: Gate, outcomes: pd.DataFrame) -> bool:
    """Whether the estimate itself, without its error, meets a gate."""
    return judge(gate, outcomes, {}).holds


def gap(gate: Gate, outcomes: pd.DataFrame) -> float:
    """How far the estimate is from meeting a gate; zero or less where it meets it."""
    away = judge(gate, outcomes, {}).estimate.value - gate.amount
    away = -away if gate.least else away
    return away if math.isfinite(away) else math.copysign(1e9, away)


def misses(gate: Gate, outcomes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which futures miss a gate's amount, each by itself: its measure, or, for `prob`, the thing itself."""
    statistic = gate.statistic
    if statistic.kind == "prob":
        so: npt.NDArray[np.bool_] = flags(statistic, outcomes) == 1.0
        return ~so if gate.least else so
    met_by: npt.NDArray[np.bool_] = np.asarray(COMPARE[gate.comparison](_worst_last(statistic, outcomes), gate.amount))
    return ~met_by


def flags(statistic: Statistic, outcomes: pd.DataFrame) -> Column:
    """For `prob`: 1 in the futures in which it is so. What was not reached is worse than any number."""
    if statistic.condition is None:
        return values(statistic.measure, outcomes)
    found = _worst_last(statistic, outcomes)
    return np.asarray(COMPARE[statistic.condition.comparison](found, statistic.condition.amount), np.float64)


def _worst_last(statistic: Statistic, outcomes: pd.DataFrame) -> Column:
    """The measure, infinite where it was not reached."""
    worst = math.inf if statistic.measure.better == "lower" else -math.inf
    return np.where(reached(statistic.measure, outcomes), values(statistic.measure, outcomes), worst)


def _share(gate: Gate, outcomes: pd.DataFrame, alpha: float) -> Verdict:
    """Shares and quantiles: the same exact test. A quantile is at most t if at least its share of futures is."""
    statistic = gate.statistic
    if statistic.kind != "quantile":
        up, bar, least = flags(statistic, outcomes), gate.amount, gate.least
        count, n = int(up.sum()), len(up)
        estimate = intervals.share(count, n, alpha)
    else:
        found = _worst_last(statistic, outcomes)
        within = found <= gate.amount if gate.comparison in ("<=", ">") else found < gate.amount
        count, n, bar, least = int(within.sum()), len(found), statistic.level, not gate.least
        estimate = _quantile(found, statistic.level, alpha)
    above = intervals.odds_of_at_least(count, n, bar) <= alpha / 2.0
    below = intervals.odds_of_at_most(count, n, bar) <= alpha / 2.0
    judgement: Judgement = "undecided"
    if above or below:
        judgement = "passes" if above == least else "fails"
    away = count / n - bar
    return Verdict(gate, judgement, estimate, n, _needed(judgement, n, away, bar, alpha))


def _quantile(found: Column, level: float, alpha: float) -> Interval:
    ordered, n = np.sort(found), len(found)
    low, high = intervals.quantile_ranks(level, n, alpha)
    return Interval(
        float(ordered[quantile_rank(level, n)]),
        float(ordered[low]) if low >= 0 else -math.inf,
        float(ordered[high]) if high < n else math.inf,
    )


def _missing(statistic: Statistic, outcomes: pd.DataFrame) -> int:
    return int(np.sum(~reached(statistic.measure, outcomes)))


def _boundless(gate: Gate, missing: int, n: int) -> Verdict:
    """A mean over what had not happened by the horizon: it counts as worst, so the gate fails."""
    reason = f"{missing} futures had not got there by the horizon, so the mean has no bound; gate a quantile"
    worst = math.inf if gate.statistic.measure.better == "lower" else -math.inf
    return Verdict(gate, "fails", Interval(worst, worst, worst), n, None, reason)


def _difference(statistic: Statistic, outcomes: pd.DataFrame, other: pd.DataFrame, alpha: float) -> Interval:
    """This scenario less the other, over the same futures."""
    if statistic.kind == "prob":
        return intervals.difference_of_shares(flags(statistic, outcomes), flags(statistic, other), alpha)
    if statistic.kind == "mean":
        return intervals.mean(values(statistic.measure, outcomes) - values(statistic.measure, other), alpha)
    here, there = _worst_last(statistic, outcomes), _worst_last(statistic, other)
    return intervals.difference_of_quantiles(here, there, quantile_rank(statistic.level, len(here)), alpha)


def _by_interval(gate: Gate, estimate: Interval, n: int) -> Verdict:
    holds = COMPARE[gate.comparison]
    surely, surely_not = (estimate.low, estimate.high) if gate.least else (estimate.high, estimate.low)
    judgement: Judgement = "undecided"
    if holds(surely, gate.amount):
        judgement = "passes"
    elif not holds(surely_not, gate.amount):
        judgement = "fails"
    away = abs(estimate.value - gate.amount)
    needed = math.ceil(n * (estimate.half / away) ** 2) if away > 0.0 and math.isfinite(estimate.half) else None
    return Verdict(gate, judgement, estimate, n, _told(judgement, n, needed))


def _needed(judgement: Judgement, n: int, away: float, bar: float, alpha: float) -> int | None:
    """Futures that would tell the share seen from the bar, by the normal form of the test and a step for its grain."""
    if away == 0.0:
        return None
    enough = (intervals.normal_quantile(alpha) / away) ** 2 * bar * (1.0 - bar) + 1.0 / abs(away)
    return _told(judgement, n, math.ceil(enough))


def _told(judgement: Judgement, n: int, needed: int | None) -> int | None:
    """Two digits are enough; always more than there are."""
    if judgement != "undecided" or needed is None or needed > MOST_TOLD:
        return None
    needed = max(needed, n + n // 4 + 1)
    scale: int = 10 ** max(0, len(str(needed)) - 2)
    return math.ceil(needed / scale) * scale
