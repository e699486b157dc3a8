"""Means of delays that are open in some futures: one number wherever the simulated time ends, and said to be cut."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.relief import REMOVED, Relief, relieved
from sim.findings import markdown
from sim.findings.comparison import conditional, interactions
from sim.measures.measures import MEASURES, measure, of_column
from sim.measures.paired import difference
from sim.measures.restricted_means import CUT, comparable, restricted
from sim.studies.validation.checks import Mechanism, moved
from tests.findings.test_comparison import JOINED, scenario
from tests.findings.toy import outcomes
from tests.studies.search.test_search import objective

SECOND = measure("second_delay")
FUTURES = 400


def delays(seed: int, by: float = 0.0) -> np.ndarray:
    """Twelve months late on average, and more; some for years. The luck is that of the seed."""
    return np.random.default_rng(seed).exponential(12.0, FUTURES) + by


def until(end: float, seed: int, by: float = 0.0) -> pd.DataFrame:
    """The outcomes if the simulated time ends so many months after the planned date."""
    late = delays(seed, by)
    stalled = (np.arange(FUTURES) < 100).astype(float)
    return outcomes(FUTURES).assign(
        second_delay=np.minimum(late, end), second_released=(late < end).astype(float), stalled=stalled
    )


def objective_of(text: str) -> Callable[[pd.DataFrame, pd.DataFrame], float]:
    return lambda one, other: objective(text).of(one).level.value - objective(text).of(other).level.value


def of_relief(one: pd.DataFrame, other: pd.DataFrame) -> float:
    return relieved(("budget", REMOVED), other, one).gain("second_delay").paired.mean


def of_mechanism(one: pd.DataFrame, other: pd.DataFrame) -> float:
    ((_, mean, _),) = moved(Mechanism("a", "b", (), {SECOND: "more"}), one, other)
    return mean


def of_interaction(one: pd.DataFrame, other: pd.DataFrame) -> float:
    tables = {"usual": other, "joint": one, "money": other, "rules": other}
    result = interactions([scenario(id, table) for id, table in tables.items()], JOINED)
    return next(each.paired.mean for each in result if each.measure == SECOND)


def of_policies(one: pd.DataFrame, other: pd.DataFrame) -> float:
    (first, second), _ = comparable(SECOND, one, other)
    return float(first.mean() - second.mean())


PLACES = {
    "difference": lambda one, other: difference("one", SECOND, one, other).paired.mean,
    "relief": of_relief,
    "mechanism": of_mechanism,
    "interaction": of_interaction,
    "policies": of_policies,
    "forced": lambda one, other: conditional("stall", "stalled", SECOND, one, other).forced,
    "by itself": lambda one, other: conditional("stall", "stalled", SECOND, one, other).subset,
    "mean of a plan": objective_of("mean(second_delay)"),
    "worst of a plan": objective_of("worst(second_delay)"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_mean_of_delays_does_not_hang_on_where_the_simulated_time_ends(place: str) -> None:
    for seed in range(4):
        result = [PLACES[place](until(end, seed, 3.0), until(end, seed)) for end in (25.0, 31.0, 60.0)]
        assert result == pytest.approx([result[0]] * 3, abs=1e-12)


@pytest.mark.parametrize("place", ["difference", "relief", "mechanism", "interaction", "policies", "mean of a plan"])
def test_a_difference_of_means_is_that_of_what_is_counted_up_to_one_time(place: str) -> None:
    for seed in range(4):
        late, usual = (np.minimum(delays(seed, by), CUT).mean() for by in (3.0, 0.0))
        assert PLACES[place](until(31.0, seed, 3.0), until(31.0, seed)) == pytest.approx(late - usual)


def test_where_all_have_happened_nothing_is_cut() -> None:
    one, other = (outcomes(FUTURES).assign(second_delay=delays(1, by), second_released=1.0) for by in (3.0, 0.0))
    for place in ("difference", "relief", "mechanism", "interaction", "policies"):
        assert PLACES[place](one, other) == pytest.approx(3.0)
    assert difference("one", SECOND, one, other).cut is None


def test_only_delays_are_cut() -> None:
    table = until(31.0, 1)
    for each in MEASURES:
        assert (restricted(each, table).max() <= CUT) or each.reached is None
    assert restricted(measure("owned"), table).max() == FUTURES


def test_a_delay_that_is_no_measure_is_one_nevertheless() -> None:
    third = of_column("third_delay")
    assert (third.reached, third.better) == ("third_released", "lower")
    table = outcomes(4).assign(third_delay=[1.0, 30.0, 31.0, 2.0], third_released=[1.0, 1.0, 0.0, 1.0])
    assert restricted(third, table).tolist() == [1.0, CUT, CUT, 2.0]


def test_what_is_cut_is_said_with_what_is_open() -> None:
    one, other = until(31.0, 1, 3.0), until(31.0, 1)
    open_ = f"{100.0 * (1.0 - one['second_released'].mean()):.0f}% open"
    assert objective("mean(second_delay)").of(one).text("months").endswith(f"months (up to 24 months, {open_})")
    assert objective("p99(second_delay)").of(one).text("months") == "> 31 months"
    forced = conditional("stall", "stalled", SECOND, one, other)
    assert forced.sentence("Stall", "Baseline", "a round stalls").startswith(
        f"Stall, second flagship, delay (up to 24 months, {open_}): "
    )
    relief = Relief(FUTURES, (relieved(("budget", REMOVED), other, one),))
    assert f"(up to 24 months, {open_})" in markdown.relief(relief)
    assert "delays count up to 24 months" in markdown.relief(relief)
