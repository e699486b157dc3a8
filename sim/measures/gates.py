"""Gates: conditions on a study's result, judged with the error that its number of futures leaves.

A gate passes or fails only where the futures show it; otherwise it is undecided, and the number of futures that would
decide is said. Over all that one command judges, the probability that some gate which holds is called failed, or that
some which does not hold is called passed, is at most ALPHA / 2 each: exactly so for quantiles and shares, nearly so
for means and differences (see `intervals`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.language.counting import counted
from sim.language.documents import Document
from sim.measures import intervals
from sim.measures.gate_language import COMPARE, Gate, Statistic
from sim.measures.intervals import ALPHA, Column, Interval
from sim.measures.measures import nothing_wanted, reached, values, worst_last
from sim.measures.wording import bare_points, number, percent_text, with_unit

Judgement = Literal["passes", "fails", "undecided"]

EXIT = {"passes": 0, "fails": 1, "undecided": 3}
"""Exit codes; the worst of all gates is the program's, a failure before what is undecided."""

MOST_NAMED = 1_000_000_000
"""Futures beyond which a gate counts as too close to call."""


@dataclass(frozen=True, slots=True)
class Verdict(
    Document,
    keys="gate=gate.text judgement estimate=estimate.value low=estimate.low high=estimate.high "
    "unit=gate.statistic.unit futures futures_needed=needed told=text advice at=gate.place",
):
    """What became of a gate.

    `needed`: roughly how many futures would decide it; None if no number would, or it is decided. `open`: whether some
    futures had not got there by the horizon.
    """

    gate: Gate
    judgement: Judgement
    estimate: Interval
    futures: int
    needed: int | None
    open: bool = False
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the estimate itself meets the gate, whatever its error."""
        return bool(COMPARE[self.gate.comparison](self.estimate.value, self.gate.amount))

    @property
    def text(self) -> str:
        """`7.1 months (6.4 to 7.9)`."""
        if math.isnan(self.estimate.value):
            return "not known"
        value = self._amount(self.estimate.value, True)
        low, high = self._amount(self.estimate.low), self._amount(self.estimate.high)
        return value if value == low == high else f"{value} ({low} to {high})"

    @property
    def advice(self) -> str:
        """What would decide it, or why it is as it is."""
        if self.reason or self.judgement != "undecided":
            return self.reason
        if self.needed is not None:
            return f"about {counted(self.needed, 'futures')} would decide"
        if math.isfinite(self.estimate.half):
            return "too close to call with any number of futures"
        return "it may lie past the horizon; gate a lower quantile" if self.open else "too few futures to bound it"

    def _amount(self, value: float, whole: bool = False) -> str:
        statistic = self.gate.statistic
        if math.isinf(value):
            late = (value > 0.0) == (statistic.measure.better == "lower")
            return "not by the horizon" if self.open and late else "unbounded"
        if statistic.unit in ("share", "ratio") and statistic.against:
            shown, unit = bare_points(value), "points"
        else:
            shown, unit = number(value, statistic.unit), statistic.unit
        return with_unit(shown, unit) if whole else shown


def judge(gate: Gate, outcomes: pd.DataFrame, others: Mapping[str, pd.DataFrame], alpha: float = ALPHA) -> Verdict:
    """Judge a gate on outcomes, a row a future; `others` are those of the scenarios it names, of the same futures."""
    statistic = gate.statistic
    other = outcomes if statistic.against is None else others[statistic.against]
    missing = max(_missing(statistic, outcomes), _missing(statistic, other))
    unwanted = max(nothing_wanted(statistic.measure, outcomes), nothing_wanted(statistic.measure, other))
    if unwanted == 1.0:
        reason = f"nothing is wanted in any future, so {statistic.measure.name} says nothing"
        return Verdict(gate, "undecided", Interval(math.nan, -math.inf, math.inf), len(outcomes), None, True, reason)
    if statistic.kind == "mean" and missing:
        return _boundless(gate, missing, len(outcomes))
    if statistic.against is not None:
        verdict = _by_interval(gate, _difference(statistic, outcomes, other, alpha), len(outcomes))
    elif statistic.kind == "mean" and statistic.measure.kind != "flag":
        verdict = _by_interval(gate, intervals.mean(values(statistic.measure, outcomes), alpha), len(outcomes))
    else:
        verdict = _share(gate, outcomes, alpha)
    if unwanted:
        reason = f"nothing is wanted in {percent_text(unwanted)} of futures, which count as having all they want"
        verdict = replace(verdict, reason=reason)
    return replace(verdict, open=missing > 0)


def judge_all(
    gates: Sequence[Gate], outcomes: pd.DataFrame, others: Mapping[str, pd.DataFrame], alpha: float = ALPHA
) -> tuple[Verdict, ...]:
    """Judge gates together: `alpha` is shared out among them (Bonferroni)."""
    return tuple(judge(gate, outcomes, others, alpha / len(gates)) for gate in gates)


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """1 if a gate fails, else 3 if one is undecided, else 0."""
    judgements = {verdict.judgement for verdict in verdicts}
    return EXIT["fails"] if "fails" in judgements else EXIT["undecided"] if "undecided" in judgements else 0


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
    met_by: npt.NDArray[np.bool_] = np.asarray(
        COMPARE[gate.comparison](worst_last(statistic.measure, outcomes), gate.amount)
    )
    return ~met_by


def flags(statistic: Statistic, outcomes: pd.DataFrame) -> Column:
    """For `prob`: 1 in the futures in which it is so. What was not reached is worse than any number."""
    if statistic.condition is None:
        return values(statistic.measure, outcomes)
    column = worst_last(statistic.measure, outcomes)
    return np.asarray(COMPARE[statistic.condition.comparison](column, statistic.condition.amount), np.float64)


def _share(gate: Gate, outcomes: pd.DataFrame, alpha: float) -> Verdict:
    """Shares and quantiles: the same exact test. A quantile is at most t if at least its share of futures is."""
    statistic = gate.statistic
    if statistic.kind != "quantile":
        up, bar, least = flags(statistic, outcomes), gate.amount, gate.least
        count, n = int(up.sum()), len(up)
        estimate = intervals.share(count, n, alpha)
    else:
        flagged = worst_last(statistic.measure, outcomes)
        within = flagged <= gate.amount if gate.comparison in ("<=", ">") else flagged < gate.amount
        count, n, bar, least = int(within.sum()), len(flagged), statistic.level, not gate.least
        estimate = intervals.quantile(flagged, statistic.level, alpha)
    above = intervals.probability_of_at_least(count, n, bar) <= alpha / 2.0
    below = intervals.odds_of_at_most(count, n, bar) <= alpha / 2.0
    judgement: Judgement = "undecided"
    if above or below:
        judgement = "passes" if above == least else "fails"
    away = count / n - bar
    return Verdict(gate, judgement, estimate, n, _needed(judgement, n, away, bar, alpha))


def _missing(statistic: Statistic, outcomes: pd.DataFrame) -> int:
    return int(np.sum(~reached(statistic.measure, outcomes)))


def _boundless(gate: Gate, missing: int, n: int) -> Verdict:
    """A mean over what had not happened by the horizon: it counts as worst; of a difference nobody knows it."""
    reason = (
        f"{counted(missing, 'futures')} had not got there by the horizon, so the mean has no bound; gate a quantile"
    )
    if gate.statistic.against is not None:
        return Verdict(gate, "undecided", Interval(math.nan, -math.inf, math.inf), n, None, True, reason)
    worst = math.inf if gate.statistic.measure.better == "lower" else -math.inf
    judgement: Judgement = "passes" if COMPARE[gate.comparison](worst, gate.amount) else "fails"
    return Verdict(gate, judgement, Interval(worst, worst, worst), n, None, True, reason)


def _difference(statistic: Statistic, outcomes: pd.DataFrame, other: pd.DataFrame, alpha: float) -> Interval:
    """This scenario less the other, over the same futures."""
    if statistic.kind == "prob":
        return intervals.difference_of_shares(flags(statistic, outcomes), flags(statistic, other), alpha)
    if statistic.kind == "mean":
        return intervals.mean(values(statistic.measure, outcomes) - values(statistic.measure, other), alpha)
    here, there = worst_last(statistic.measure, outcomes), worst_last(statistic.measure, other)
    return intervals.difference_of_quantiles(here, there, statistic.level, alpha)


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
    return Verdict(gate, judgement, estimate, n, _futures_needed(judgement, n, needed))


def _needed(judgement: Judgement, n: int, away: float, bar: float, alpha: float) -> int | None:
    """Futures that would tell the share seen from the bar, by the normal form of the test and a step for its grain."""
    if away == 0.0:
        return None
    enough = (intervals.normal_quantile(alpha) / away) ** 2 * bar * (1.0 - bar) + 1.0 / abs(away)
    return _futures_needed(judgement, n, math.ceil(enough))


def _futures_needed(judgement: Judgement, n: int, needed: int | None) -> int | None:
    """Two digits are enough; always more than there are."""
    if judgement != "undecided" or needed is None or needed > MOST_NAMED:
        return None
    needed = max(needed, n + n // 4 + 1)
    scale: int = 10 ** max(0, len(str(needed)) - 2)
    return math.ceil(needed / scale) * scale
