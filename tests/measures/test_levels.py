"""The ends of a 90% interval have errors of their own, printed where they count."""

import math

import numpy as np
import pytest

from sim.measures.intervals import Column
from sim.measures.levels import End, Level, Sample, between
from tests.measures.test_intervals import Response, cube

HORIZON = 31.0


def late(x: np.ndarray) -> Column:
    """A long tail, much of it due to one input."""
    return np.asarray(np.exp(1.2 * x[:, 0] + 1.5 * np.sqrt(-2.0 * np.log(x[:, 6])) * np.cos(2.0 * np.pi * x[:, 1])))


def flat(x: np.ndarray) -> Column:
    """Evenly spread luck, up to 30."""
    return np.asarray(30.0 * x[:, 6])


def lumpy(x: np.ndarray) -> Column:
    """Whole months: many futures are alike."""
    return np.floor(late(x))


def covers(end: End, truth: float) -> bool:
    """Whether the interval of an end holds a true quantile; what is open or beyond the horizon has no upper end."""
    low = -math.inf if end.low is None else end.low.value
    high = math.inf if end.high is None or end.high.beyond else end.high.value
    return low <= truth <= high


def coverage(response: Response, n: int, seeds: int) -> tuple[int, int]:
    """In how many seeds the intervals of p5 and p95 hold the true ones, beyond the horizon or not."""
    true = np.sort(response(np.random.default_rng(1).random((400_000, 7))))
    counts = [0, 0]
    for seed in range(seeds):
        result = response(cube(seed, n))
        sample = Sample.of(np.minimum(result, HORIZON), result < HORIZON)
        for i, share in enumerate((0.05, 0.95)):
            counts[i] += covers(sample.end(share), float(true[round(share * len(true))]))
    return counts[0], counts[1]


@pytest.mark.parametrize("response", [late, flat, lumpy])
@pytest.mark.parametrize("n", [300, 1024])
def test_the_interval_of_an_end_covers_as_often_as_it_says(response: Response, n: int) -> None:
    low, high = coverage(response, n, 100)
    assert low >= 91
    assert high >= 91


def test_an_end_is_printed_with_its_error_where_that_counts_beside_the_interval() -> None:
    sure = End(Level(1.0), Level(0.9), Level(1.2))
    unsure = End(Level(26.5), Level(22.0), Level(31.0, beyond=True))
    few = End(Level(1.0), None, Level(2.0))
    assert between(sure, unsure, "months") == "1 to 26.5 (22 to > 31)"
    assert between(few, End(Level(11.0), Level(10.5), Level(11.5)), "months") == "1 (open to 2) to 11"
    assert between(sure, End(Level(31.0, True), Level(30.5, True), Level(31.0, True)), "months") == "1 to > 31"
    assert unsure.as_json() == {"value": 26.5, "beyond_horizon": False, "low": 22.0, "high": None}


@pytest.mark.parametrize(("bound", "many"), [(3.0, 40), (20.0, 40), (29.0, 45)])
def test_the_interval_of_an_end_holds_the_end(bound: float, many: int) -> None:
    """What is cut off early is a low bound; no upper end is printed below the level that it belongs to."""
    reached = np.linspace(0.0, 30.0, 1000 - many)
    sample = Sample.of(np.append(reached, np.full(many, bound)), np.arange(1000) < 1000 - many)
    end = sample.end(0.95)
    assert end.high is not None
    assert end.high.beyond
    assert end.high.value >= end.level.value
