"""Where nothing is wanted, a measure of what is short says nothing: no gate passes on it, and the answer says so."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.shares import bottlenecks
from sim.engine.results import OUTCOMES, RANGES, Batch
from sim.errors import FutureBroke, Place
from sim.findings.answer import headline
from sim.measures.gate_language import Gate, read_gates
from sim.measures.gates import exit_code, judge_all
from sim.measures.measures import MEASURES, measure, summarise
from sim.scenario.scenario import Text
from tests.findings.toy import RUN, parts
from tests.world.a_future import outcomes
from tests.world.test_extremes import ids


def gate(text: str) -> Gate:
    problems: list = []  # type: ignore[type-arg]
    (gate,) = read_gates((Text(text, Place("x", 1, 1)),), problems)
    assert not problems
    return gate


def frame(wanted: int, of: int = 100) -> pd.DataFrame:
    """Futures of which some want anything, and nothing is short in any."""
    want = (np.arange(of) < wanted).astype(float)
    return parts(of).assign(train_short=0.0, unserved=0.0, unserved_here=0.0, train_wanted=want, tokens_wanted=want)


@pytest.mark.parametrize(
    "text",
    [
        "mean(train_short) <= 1%",
        "mean(unserved) <= 1%",
        "p50(next_delay) <= 500 months",
        "prob(train_short <= 10%) >= 50%",
        "mean(unserved_here) <= 1%",
        "p95(second_size) >= 0",
    ],
)
def test_no_gate_passes_where_nothing_is_wanted(text: str) -> None:
    (verdict,) = judge_all((gate(text),), frame(0), {})
    assert (verdict.judgement, exit_code((verdict,))) == ("undecided", 3)
    assert "nothing is wanted in any future" in verdict.advice
    (some,) = judge_all((gate(text),), frame(60), {})
    assert some.advice == "nothing is wanted in 40% of futures, which count as having all they want"
    (every,) = judge_all((gate(text),), frame(100), {})
    assert every.reason == ""


@pytest.mark.parametrize("name", ["train_short", "unserved", "next_delay", "train_effective"])
def test_a_summary_of_nothing_wanted_has_no_number(name: str) -> None:
    summary = summarise(measure(name), frame(0))
    assert (summary.centre_text, summary.interval_text, summary.error_text) == ("nothing wanted", "", "")
    assert summary.as_json()["nothing_wanted"] == 1.0
    assert "nothing_wanted" not in summarise(measure(name), frame(100)).as_json()


def test_the_bottleneck_of_nothing_wanted_is_none() -> None:
    table = frame(0)
    result = bottlenecks(table)
    assert not any(each.wanted for each in result)
    summaries = {each.name: summarise(each, table) for each in MEASURES}
    assert headline(RUN, result, summaries, None) == (
        "No compute is wanted for training in any future, so none is missing."
    )


def test_a_lab_without_chips_wants_no_training() -> None:
    none = tuple(f"fleet.holdings.{name}.opening=0 chips" for name in ids("holdings"))
    result = outcomes("correlations=[]", *none, futures=5)
    assert (result["train_wanted"] == 0.0).all()
    assert result["goodput"].between(0.0, 1.0).all()
    assert summarise(measure("train_short"), result).centre_text == "nothing wanted"


@pytest.mark.parametrize(
    "setting",
    [
        "serving.growth=0x / year",
        "serving.growth=0.001x / year",
        "training.growth=0x / year",
        "serving.tokens=1 token / day",
    ],
)
def test_what_vanishes_leaves_no_measure_out_of_its_range(setting: str) -> None:
    """Rounding leaves less than nothing of serving, and a share of that is a number without sense."""
    result = outcomes("correlations=[]", setting, futures=20)
    for name, (low, high) in RANGES.items():
        assert result[name].between(low - 1e-9, high + 1e-9).all(), name


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("unserved", 1.9e205, "expected 0 to 1"),
        ("goodput", 1.07, "expected 0 to 1"),
        ("raised", -1.0, "expected 0 or more"),
        ("owned", -3.0, "expected 0 or more"),
        ("next_delay", math.nan, "expected a number"),
        ("lowest_cash", math.inf, "expected a number"),
    ],
)
def test_a_result_out_of_the_range_of_its_measure_names_both_and_the_future(
    name: str, value: float, expected: str
) -> None:
    batch = Batch(np.zeros((5, len(OUTCOMES))), np.empty(0), np.empty(0))
    assert batch.check(10, 1) is batch
    batch.outcomes[3, OUTCOMES.index(name)] = value
    with pytest.raises(FutureBroke, match=f"future 13 .seed 1. broke: the measure `{name}` comes to .*: {expected}"):
        batch.check(10, 1)


def test_every_measure_is_held_to_a_range() -> None:
    assert {each.column for each in MEASURES} <= set(RANGES)
    assert all(RANGES[each.column] == (0.0, 1.0) for each in MEASURES if each.unit == "share")
