import json
import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from sim.errors import ModelError
from sim.measures.intervals import quantile_rank, share_error
from sim.measures.measures import MEASURES, Measure, mean_level, measure, summarise, values
from sim.studies.validation.choices import choices_table
from sim.world.course.future import OUTCOMES, SERIES
from tests.findings.toy import outcomes, parts


def delays(numbers: list[float], out: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"next_delay": numbers, "next_released": out})


def test_a_ramp_has_the_quantiles_of_a_ramp() -> None:
    summary = summarise(measure("owned"), outcomes(100))
    assert (summary.p5.value, summary.median.value, summary.p95.value, summary.mean.value) == (5.0, 50.0, 95.0, 50.5)


def test_the_error_of_a_median_is_that_of_its_order_statistics() -> None:
    summary = summarise(measure("owned"), outcomes(10_000))
    assert summary.error == pytest.approx(1.96 * math.sqrt(10_000) / 2.0, abs=1.0)


def test_the_error_of_a_normal_median_is_the_textbook_one() -> None:
    """1.96 standard errors of sqrt(pi / 2n)."""
    n = 10_000
    normal = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    summary = summarise(measure("owned"), pd.DataFrame({"owned": normal}))
    assert summary.error == pytest.approx(1.96 * math.sqrt(math.pi / (2.0 * n)), rel=0.02)


def test_odds_are_a_mean_with_a_wilson_error() -> None:
    summary = summarise(measure("insolvent"), pd.DataFrame({"insolvent": [1.0] * 30 + [0.0] * 70}))
    assert summary.centre.value == 0.3
    assert summary.error == pytest.approx(0.0885, abs=1e-4)
    assert (summary.centre_text, summary.interval_text, summary.error_text) == ("30%", "", "± 9 points")


def test_odds_that_never_happened_are_not_certain() -> None:
    assert share_error(0.0, 1000) == pytest.approx(0.0019, abs=1e-4)
    assert share_error(1.0, 1000) == share_error(0.0, 1000)


def test_what_was_not_reached_is_worse_than_any_number() -> None:
    """The unreleased future's bound, 2, is small, yet it counts as the latest of all."""
    summary = summarise(measure("next_delay"), delays([2.0, 3.0, 5.0, 7.0], [0.0, 1.0, 1.0, 1.0]))
    assert summary.median.value == 5.0
    assert not summary.median.beyond
    assert summary.missed == 0.25


def test_a_mean_past_the_horizon_is_a_lower_bound_wherever_it_is_printed() -> None:
    table = delays([1.0, 2.0, 31.0], [1.0, 1.0, 0.0])
    assert mean_level(measure("next_delay"), table).text("months") == "> 11.3 months"
    assert mean_level(measure("next_delay"), table.assign(next_released=1.0)).text("months") == "11.3 months"
    bold = parts(3).assign(next_delay=table["next_delay"], next_released=table["next_released"])
    shown = choices_table(parts(3), {"bold": bold}, [measure("next_delay")])
    assert shown["Next flagship, delay"].tolist() == ["> 11.3 months"]


def test_a_quantile_past_the_horizon_is_a_lower_bound() -> None:
    summary = summarise(measure("next_delay"), delays([1.0, 2.0, 30.0, 31.0, 32.0], [1.0, 1.0, 0.0, 0.0, 0.0]))
    assert summary.median.text("months") == "> 30 months"
    assert summary.interval_text == "1 (open to 2) to > 32 (> 31 to open)"
    assert summary.mean.beyond
    assert summary.error is None
    assert summary.error_text == "open"


def test_a_bound_never_says_more_than_is_known() -> None:
    """Whatever the unreleased delays turn out to be, the true quantile is not below the bound that is printed."""
    luck = np.random.default_rng(2)
    known, out = luck.exponential(10.0, 500), (luck.random(500) < 0.6).astype(float)
    summary = summarise(measure("next_delay"), delays(list(known), list(out)))
    truth = np.sort(known + (1.0 - out) * luck.exponential(5.0, 500))
    assert summary.p95.beyond
    assert summary.p95.value <= truth[quantile_rank(0.95, 500)]


def test_a_ratio_counts_a_future_that_wants_nothing_as_served() -> None:
    table = pd.DataFrame({"train_effective": [50.0, 0.0], "train_wanted": [100.0, 0.0]})
    assert list(values(measure("train_effective"), table)) == [0.5, 1.0]


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_what_is_no_number_is_refused_by_the_future_it_stands_in(wrong: float) -> None:
    with pytest.raises(ModelError, match="`owned` of future 1"):
        summarise(measure("owned"), pd.DataFrame({"owned": [1.0, wrong]}))


@pytest.mark.parametrize("asked", MEASURES, ids=lambda asked: asked.name)
def test_every_measure_is_defined_and_fits_json(asked: Measure) -> None:
    summary = summarise(measure(asked.name), outcomes())
    assert summary.measure.definition
    assert summary.measure.unit not in ("", "number")
    json.dumps(summary.as_json(), allow_nan=False)


def test_every_column_of_results_has_a_unit_but_those_that_count_events() -> None:
    columns = (*OUTCOMES, *SERIES)
    assert {column.name for column in columns if column.field.unit == "number"} == {
        "rounds",
        "draws_rejected",
        "restarts",
    }


def test_one_future_is_enough() -> None:
    summary = summarise(measure("owned"), outcomes(1))
    assert (summary.p5.value, summary.p95.value) == (1.0, 1.0)


@pytest.mark.parametrize("futures", [1, 2, 5])
def test_a_handful_of_futures_leaves_the_error_of_a_median_open(futures: int) -> None:
    """The median of five lies outside of all of them in one of sixteen; of six in one of thirty-two."""
    summary = summarise(measure("owned"), outcomes(futures))
    assert (summary.error, summary.error_text) == (None, "open")
    assert summarise(measure("owned"), outcomes(6)).error == 2.5


def test_an_unknown_measure_is_told_what_it_might_be() -> None:
    with pytest.raises(ValueError, match="did you mean `insolvent`"):
        measure("insolvnt")
