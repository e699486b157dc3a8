"""Gates: what they mean, where they are wrong, and how often they err."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.errors import Place, Problem
from sim.scenario.scenario import Text
from sim.study import intervals
from sim.study.gate_language import Gate, read_gates
from sim.study.gates import exit_code, judge, judge_all
from tests.study.toy import outcomes

HERE = Place("ours.yaml", 7, 5)


def gate(text: str) -> Gate:
    problems: list[Problem] = []
    (found,) = read_gates((Text(text, HERE),), problems)
    assert problems == []
    return found


def told(text: str, table: pd.DataFrame, **others: pd.DataFrame) -> str:
    return judge(gate(text), table, {name.replace("_yaml", ".yaml"): other for name, other in others.items()}).judgement


def known(futures: int = 1000) -> pd.DataFrame:
    """Delays 1 to `futures` hundredths of a month, insolvent in one of ten, and 50% unserved."""
    ramp = np.arange(1.0, futures + 1.0)
    return outcomes(futures).assign(next_delay=ramp / 100.0, insolvent=(ramp % 10 == 0).astype(float), unserved=0.5)


@pytest.mark.parametrize(
    ("text", "judgement"),
    [
        ("p50(next_delay) <= 6", "passes"),
        ("p50(next_delay) <= 6 months", "passes"),
        ("p50(next_delay) <= 26 weeks", "passes"),
        ("p50(next_delay) <= 4 months", "fails"),
        ("p50(next_delay) <= 5 months", "undecided"),
        ("p50(next_delay) >= 4 months", "passes"),
        ("p50(next_delay) > 6 months", "fails"),
        ("p5(next_delay) < 1 month", "passes"),
        ("prob(insolvent) < 15%", "passes"),
        ("prob(insolvent) < 0.05", "fails"),
        ("prob(insolvent) <= 10%", "undecided"),
        ("mean(insolvent) < 15%", "passes"),
        ("prob(next_delay > 9 months) < 15%", "passes"),
        ("prob(next_delay > 5 months) < 15%", "fails"),
        ("mean(next_delay) <= 6 months", "passes"),
        ("mean(unserved) <= 49%", "fails"),
    ],
)
def test_a_gate_means_what_it_says(text: str, judgement: str) -> None:
    assert told(text, known()) == judgement


def test_a_difference_is_of_pairs() -> None:
    """Both vary by ten months and differ by one; unpaired, a thousand futures could not tell."""
    here = known().assign(next_delay=lambda table: table["next_delay"] + 1.0)
    assert told("delta(base.yaml, mean(next_delay)) <= 1.1", here, base_yaml=known()) == "passes"
    assert told("delta(base.yaml, mean(next_delay)) <= 0.9", here, base_yaml=known()) == "fails"
    assert told("delta(base.yaml, p50(next_delay)) <= 1.5", here, base_yaml=known()) == "passes"
    more = known().assign(insolvent=1.0)
    assert told("delta(base.yaml, prob(insolvent)) <= 10 points", more, base_yaml=known()) == "fails"


def test_what_did_not_happen_counts_as_worst() -> None:
    table = known().assign(next_released=lambda table: (table["next_delay"] < 3.0).astype(float), next_delay=1.0)
    assert told("p50(next_delay) <= 1000 months", table) == "fails"
    assert told("p20(next_delay) <= 2 months", table) == "passes"
    assert told("prob(next_delay > 100 months) < 50%", table) == "fails"
    verdict = judge(gate("mean(next_delay) <= 1000 months"), table, {})
    assert verdict.judgement == "fails"
    assert "gate a quantile" in verdict.advice
    assert verdict.as_json()["estimate"] is None


def test_the_number_of_futures_that_would_decide_does() -> None:
    text = "prob(insolvent) < 11%"
    verdict = judge(gate(text), known(), {})
    assert verdict.judgement == "undecided"
    assert verdict.needed is not None
    assert told(text, known(10 * (verdict.needed // 10 + 10))) == "passes"
    assert told(text, known(10 * (verdict.needed // 20))) == "undecided"
    assert "no" not in f"{judge(gate('prob(insolvent) < 10%'), known(), {}).needed or ''}"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("p50(next_dely) <= 6", 9, "no measure `next_dely`; did you mean `next_delay`?"),
        ("median(next_delay) <= 6", 5, "no statistic `median`"),
        ("p0(next_delay) <= 6", 5, "no statistic `p0`"),
        ("p50(next_delay) = 6", 21, "a comparison is due"),
        ("p50(next_delay) <=", 23, "an amount is due, like 6 months; here the gate ends"),
        ("p50(next_delay) <= 6 GW", 24, "is power, not time"),
        ("p50(next_delay) <= soon", 24, "an amount is due"),
        ("prob(insolvent) < 5", 23, "`5` is no share; write 5%"),
        ("prob(insolvent) < 500%", 23, "500% is above 100%"),
        ("prob(insolvent) < -5%", 23, "-5% is below 0%"),
        ("prob(owned) < 5%", 10, "`owned` is no yes or no"),
        ("delta(mean(unserved)) <= 10%", 11, "write the file of the other scenario"),
        ("delta(a.yaml, delta(b.yaml, mean(unserved))) <= 1%", 19, "a delta of a delta"),
        ("mean(unserved) <= 10% and more", 23, "unknown unit"),
        ("mean unserved <= 10%", 10, "`(` is due"),
    ],
)
def test_a_mistake_is_told_with_its_column(text: str, column: int, message: str) -> None:
    problems: list[Problem] = []
    assert read_gates((Text(text, HERE),), problems) == ()
    (problem,) = problems
    assert (problem.place.line, problem.place.column) == (7, column)
    assert message in problem.message


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Over 1,000 seeds a gate that just holds is called failed, and one that just does not passed, at most 1 in 40."""
    wrong = dict.fromkeys(("prob", "quantile", "mean"), 0)
    for seed in range(1000):
        random = np.random.default_rng(seed)
        table = outcomes(300).assign(
            insolvent=(random.random(300) < 0.2).astype(float),
            next_delay=random.gamma(2.0, 1.0, 300),
            owned=random.normal(100.0, 30.0, 300),
        )
        wrong["prob"] += told("prob(insolvent) <= 20%", table) == "fails"
        wrong["quantile"] += told("p50(next_delay) <= 1.67834699", table) == "fails"
        wrong["mean"] += told("mean(owned) >= 100", table) == "fails"
    # 25 expected at the most; three standard deviations above that is 40
    assert max(wrong.values()) <= 40, wrong
    assert min(wrong.values()) >= 5, wrong


def test_looking_often_keeps_the_promise() -> None:
    """Eight doublings, each judged, stopping at the first that fails: still at most 1 in 40."""
    wrong = 0
    for seed in range(1000):
        up = np.random.default_rng(seed).random(100 * 2**7) < 0.2
        looks = [(100 * 2**k, intervals.spent(intervals.ALPHA, k + 1)) for k in range(8)]
        wrong += any(intervals.odds_of_at_least(int(up[:n].sum()), n, 0.2) <= alpha / 2.0 for n, alpha in looks)
    assert wrong <= 40
    assert math.isclose(sum(intervals.spent(0.05, look) for look in range(1, 10_000)), 0.05, rel_tol=1e-3)


def test_intervals_agree_with_what_is_published() -> None:
    """Clopper and Pearson, 10 of 100 at 95%: 4.90% to 17.62%."""
    found = intervals.share(10, 100, 0.05)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0490, 0.1762)
    assert intervals.share(0, 100, 0.05).high == pytest.approx(0.0362, abs=1e-4)
    assert intervals.quantile_ranks(0.5, 100, 0.05) == (39, 60)


def test_the_worst_decides_the_exit_code() -> None:
    gates = [gate(text) for text in ("p50(next_delay) <= 6", "p50(next_delay) <= 5", "p50(next_delay) <= 3")]
    assert [exit_code(judge_all(gates[:n], known(), {})) for n in range(4)] == [0, 0, 3, 1]
