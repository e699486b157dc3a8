"""Gates: what they mean, where they are wrong, and how often they err."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.errors import Place, Problem
from sim.measures import intervals
from sim.measures.gate_language import Gate, read_gates
from sim.measures.gates import exit_code, gap, judge, judge_all
from sim.scenario.scenario import Text
from tests.findings.toy import outcomes

HERE = Place("ours.yaml", 7, 5)


def gate(text: str) -> Gate:
    problems: list[Problem] = []
    (gate,) = read_gates((Text(text, HERE),), problems)
    assert problems == []
    return gate


def told(text: str, table: pd.DataFrame, **others: pd.DataFrame) -> str:
    return judge(gate(text), table, {name.replace("_yaml", ".yaml"): other for name, other in others.items()}).judgement


def known(futures: int = 1000) -> pd.DataFrame:
    """Delays 1 to `futures` hundredths of a month, in no order, insolvent in one of ten, and 50% unserved."""
    ramp = np.random.default_rng(0).permutation(futures) + 1.0
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


def some_late(futures: int = 1000, out: float = 0.96) -> pd.DataFrame:
    """Delays as known, and the last four in a hundred not out by the horizon."""
    table = known(futures)
    return table.assign(next_released=(table["next_delay"] <= out * futures / 100.0).astype(float))


@pytest.mark.parametrize("amount", ["<= 1 month", ">= 0 months", ">= 1 month"])
def test_a_difference_of_which_both_lie_past_the_horizon_is_known_to_nobody(amount: str) -> None:
    verdict = judge(gate(f"delta(base.yaml, p99(next_delay)) {amount}"), some_late(), {"base.yaml": some_late()})
    assert (verdict.judgement, verdict.holds, verdict.needed) == ("undecided", False, None)
    assert verdict.text == "not known"
    assert verdict.advice == "it may lie past the horizon; gate a lower quantile"
    assert verdict.as_json()["estimate"] is None


def test_a_difference_is_judged_where_one_side_lies_past_the_horizon() -> None:
    others = {"base.yaml": known()}
    late = judge(gate("delta(base.yaml, p98.5(next_delay)) <= 1 month"), some_late(out=0.9), others)
    assert (late.judgement, late.text) == ("fails", "not by the horizon")
    near = judge(gate("delta(base.yaml, p96(next_delay)) <= 1 month"), some_late(), others)
    assert near.judgement == "undecided"
    assert near.text.endswith(" to not by the horizon)")
    early = judge(gate("delta(base.yaml, p98.5(next_delay)) <= 1 month"), known(), {"base.yaml": some_late(out=0.9)})
    assert (early.judgement, early.text) == ("passes", "unbounded")


def test_a_difference_of_quantiles_that_few_futures_cannot_bound_is_undecided() -> None:
    verdict = judge(gate("delta(base.yaml, p99(next_delay)) <= 1 month"), known(50), {"base.yaml": known(50)})
    assert (verdict.judgement, verdict.advice) == ("undecided", "too few futures to bound it")


def test_a_mean_over_what_did_not_happen_is_worse_than_any_number() -> None:
    for text, judgement in (("<= 1 month", "fails"), (">= 1 month", "passes")):
        verdict = judge(gate(f"mean(next_delay) {text}"), some_late(), {})
        assert (verdict.judgement, verdict.holds) == (judgement, judgement == "passes")
        assert (gap(verdict.gate, some_late()) <= 0.0) == verdict.holds
    others = {"base.yaml": some_late()}
    for text in ("<= 1 month", ">= -1 month"):
        verdict = judge(gate(f"delta(base.yaml, mean(next_delay)) {text}"), some_late(), others)
        assert (verdict.judgement, verdict.holds) == ("undecided", False)
        assert "gate a quantile" in verdict.advice


def test_what_has_no_bound_is_not_called_late() -> None:
    verdict = judge(gate("p5(next_delay) <= 1 month"), known(50), {})
    assert verdict.text.startswith("0.03 months (unbounded to ")
    verdict = judge(gate("p99(next_delay) <= 60 months"), known(50), {})
    assert verdict.text == "0.5 months (0.5 to unbounded)"


def test_the_number_of_futures_that_would_decide_does() -> None:
    text = "prob(insolvent) < 11%"
    verdict = judge(gate(text), known(), {})
    assert verdict.judgement == "undecided"
    assert verdict.needed is not None
    assert told(text, known(10 * (verdict.needed // 10 + 10))) == "passes"
    assert told(text, known(10 * (verdict.needed // 20))) == "undecided"
    close = judge(gate("prob(insolvent) < 10%"), known(), {})
    assert (close.needed, close.advice) == (None, "too close to call with any number of futures")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("p50(next_dely) <= 6", 9, "no measure `next_dely`; did you mean `next_delay`?"),
        ("median(next_delay) <= 6", 5, "no statistic `median`"),
        ("p0(next_delay) <= 6", 5, "no statistic `p0`"),
        ("p50(next_delay) = 6", 21, "expected <=, <, >= or >"),
        ("p50(next_delay) <=", 23, "expected an amount, like 6 months, but the gate ends here"),
        ("p50(next_delay) <= 6 GW", 24, "is power, not time"),
        ("p50(next_delay) <= soon", 24, "expected an amount"),
        ("prob(insolvent) < 5", 23, "`5` is no share; write 5%"),
        ("prob(insolvent) < 500%", 23, "500% is above 100%"),
        ("prob(insolvent) < -5%", 23, "-5% is below 0%"),
        ("prob(owned) < 5%", 10, "`owned` is no yes or no"),
        ("delta(mean(unserved)) <= 10%", 11, "write the file of the other scenario"),
        ("delta(a.yaml, delta(b.yaml, mean(unserved))) <= 1%", 19, "a delta of a delta"),
        ("mean(unserved) <= 10% and more", 23, "unknown unit"),
        ("mean unserved <= 10%", 10, "expected `(`"),
        ("p50(next_delay) <= 0,125 months", 24, "write 0.125 or 125"),
        ("p50(next_delay) <= 1,5", 24, "write 1.5 or 15"),
        ("prob(owned > 12,34 H100e) <= 5%", 18, "write 12.34 or 1234"),
        ("delta(a.yaml, mean(unserved)) <= 0,5 points", 38, "write 0.5 or 5"),
        ("p50(owned) <= 1e999", 19, '"1e999" is too large'),
        ("prob(owned > 1e400) <= 100%", 18, '"1e400" is too large'),
        ("p50(owned) <= 9e999 H100e", 19, "is too large"),
        ("p50(owned) <= 1_000", 19, "unknown unit"),
    ],
)
def test_a_mistake_is_told_with_its_column(text: str, column: int, message: str) -> None:
    problems: list[Problem] = []
    assert read_gates((Text(text, HERE),), problems) == ()
    (problem,) = problems
    assert (problem.place.line, problem.place.column) == (7, column)
    assert message in problem.message


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Over 600 seeds a gate that just holds is called failed, and one that just does not passed, at most 1 in 40."""
    true = {
        "prob(insolvent) {} 20%": "prob",
        "p50(next_delay) {} 1.67834699": "quantile",
        "mean(owned) {} 100": "mean",
        "delta(base.yaml, mean(owned)) {} 10": "mean of pairs",
        "delta(base.yaml, prob(insolvent)) {} -20 points": "prob of pairs",
    }
    gates = {way: [gate(text.format(way)) for text in true] for way in ("<=", ">=", "<", ">")}
    wrong = {way: dict.fromkeys(true.values(), 0) for way in gates}
    for seed in range(600):
        random = np.random.default_rng(seed)
        base = pd.DataFrame({"insolvent": random.random(300) < 0.4, "owned": random.normal(90.0, 30.0, 300)})
        table = base.assign(
            insolvent=base["insolvent"] * (random.random(300) < 0.5),
            next_delay=random.gamma(2.0, 1.0, 300),
            next_released=1.0,
            owned=base["owned"] + random.normal(10.0, 10.0, 300),
        )
        for way, result in gates.items():
            for each, name in zip(result, true.values(), strict=True):
                false = "fails" if "=" in way else "passes"
                wrong[way][name] += judge(each, table, {"base.yaml": base}).judgement == false
    # 15 expected at the most; three standard deviations above that is 26
    counts = [count for of in wrong.values() for count in of.values()]
    assert max(counts) <= 26, wrong
    assert min(counts) >= 2, wrong


def pairs_by_luck(seed: int, futures: int) -> tuple[np.ndarray, np.ndarray]:
    """Two scenarios of the same futures, the one later by 0.3 in every quantile, each with some luck of its own."""
    random = np.random.default_rng(seed)
    shared = random.gamma(2.0, 1.0, futures)
    return shared + random.normal(0.3, 0.5, futures), shared + random.normal(0.0, 0.5, futures)


def test_differences_of_quantiles_err_as_seldom_as_promised() -> None:
    result = [intervals.difference_of_quantiles(*pairs_by_luck(seed, 200), 0.5, 0.1) for seed in range(120)]
    over, under = sum(each.low > 0.3 for each in result), sum(each.high < 0.3 for each in result)
    # 6 expected at the most on either side; three standard deviations above that is 13
    assert 1 <= over <= 13
    assert 1 <= under <= 13


def test_an_interval_of_smaller_odds_is_wider_however_few_resamples() -> None:
    """Odds shared out among a hundred gates are far smaller than one in so many resamples."""
    here, there = pairs_by_luck(1, intervals.LARGE_SAMPLE + 1)
    usual, rare = (intervals.difference_of_quantiles(here, there, 0.5, alpha) for alpha in (0.05, 0.0001))
    assert rare.half / usual.half == pytest.approx(3.89 / 1.96, rel=0.01)
    assert usual.value == pytest.approx(0.3, abs=2.0 * usual.half)


def test_looking_often_keeps_the_promise() -> None:
    """Eight doublings, each judged, stopping at the first that fails: still at most 1 in 40."""
    wrong = 0
    for seed in range(1000):
        up = np.random.default_rng(seed).random(100 * 2**7) < 0.2
        looks = [(100 * 2**k, intervals.spent(intervals.ALPHA, k + 1, 8)) for k in range(8)]
        wrong += any(intervals.probability_of_at_least(int(up[:n].sum()), n, 0.2) <= alpha / 2.0 for n, alpha in looks)
    assert wrong <= 40


@pytest.mark.parametrize("looks", [1, 2, 7, 20])
def test_looks_spend_the_odds_of_error_and_the_last_most_of_them(looks: int) -> None:
    each = [intervals.spent(0.05, look, looks) for look in range(1, looks + 1)]
    assert math.isclose(sum(each), 0.05)
    assert min(each) > 0.0
    assert each[-1] >= 0.022
    assert [intervals.looks_up_to(most, 1024) for most in (1024, 2047, 2048, 100_000)] == [1, 1, 2, 7]


def test_the_last_look_decides_almost_what_a_single_one_would() -> None:
    """A share of 23% against 20%, seen up to eight times: by `alpha / (k (k + 1))` 60% as many were decided."""
    single = several = 0
    for seed in range(300):
        up = np.random.default_rng(seed).random(1280) < 0.23
        looks = [(10 * 2**k, intervals.spent(intervals.ALPHA, k + 1, 8)) for k in range(8)]
        several += any(
            intervals.probability_of_at_least(int(up[:n].sum()), n, 0.2) <= alpha / 2.0 for n, alpha in looks
        )
        single += intervals.probability_of_at_least(int(up.sum()), 1280, 0.2) <= intervals.ALPHA / 2.0
    assert several >= 0.8 * single


def test_intervals_agree_with_what_is_published() -> None:
    """Clopper and Pearson, 10 of 100 at 95%: 4.90% to 17.62%."""
    result = intervals.share(10, 100, 0.05)
    assert (round(result.low, 4), round(result.high, 4)) == (0.0490, 0.1762)
    assert intervals.share(0, 100, 0.05).high == pytest.approx(0.0362, abs=1e-4)
    assert intervals.quantile_ranks(0.5, 100, 0.05) == (39, 60)


def test_the_worst_decides_the_exit_code() -> None:
    gates = [gate(text) for text in ("p50(next_delay) <= 6", "p50(next_delay) <= 5", "p50(next_delay) <= 3")]
    assert [exit_code(judge_all(gates[:n], known(), {})) for n in range(4)] == [0, 0, 3, 1]
