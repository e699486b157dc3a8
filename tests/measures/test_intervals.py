"""Intervals cover as often as they say, over seeds, with inputs drawn as a run draws them."""

from collections.abc import Callable

import numpy as np
import pytest

from sim.measures import intervals
from sim.measures.intervals import ALPHA, Column
from sim.template.sampling import uniforms

INPUTS = tuple(f"input {k}" for k in range(6))


def cube(seed: int, n: int) -> np.ndarray:
    """Inputs of futures as a run draws them, and luck in the last column."""
    drawn = uniforms(INPUTS, seed, np.arange(n))
    return np.column_stack([*drawn.values(), np.random.default_rng(seed).random(n)])


def weighted(x: np.ndarray) -> Column:
    """Mostly one input, some of others, a little luck. Its mean is 8.5."""
    return np.asarray(10.0 * x[:, 0] + 4.0 * x[:, 1] + 2.0 * x[:, 2] + x[:, 6])


def skewed(x: np.ndarray) -> Column:
    """A long tail, as of a delay. Its mean is 2."""
    return np.asarray(-np.log(x[:, 0]) - np.log(x[:, 6]))


def lucky(x: np.ndarray) -> Column:
    """Nothing but luck. Its mean is one half."""
    return np.asarray(x[:, 6])


Response = Callable[[np.ndarray], Column]

RESPONSES: tuple[tuple[Response, float], ...] = ((weighted, 8.5), (skewed, 2.0), (lucky, 0.5))


@pytest.mark.parametrize("n", [300, 1000, 1024])
@pytest.mark.parametrize(("response", "truth"), RESPONSES)
def test_the_interval_of_a_mean_covers_as_often_as_it_says(response: Response, truth: float, n: int) -> None:
    result = [intervals.mean(response(cube(seed, n)), ALPHA) for seed in range(200)]
    covered = sum(each.low <= truth <= each.high for each in result)
    assert 180 <= covered <= 199


@pytest.mark.parametrize("n", [300, 1000, 1024])
def test_what_stratification_gains_is_in_the_error_of_a_mean(n: int) -> None:
    """The error of independent draws would be half again as large, and more."""
    result = [response(cube(seed, n)) for seed in range(40) for response in (weighted,)]
    gained = np.mean([intervals.error_of_mean(each) / (1.96 * each.std(ddof=1) / n**0.5) for each in result])
    assert 0.05 < gained < 0.65


def test_few_futures_are_taken_as_independent() -> None:
    values = np.arange(20.0)
    assert intervals.mean(values, ALPHA).half == pytest.approx(2.093 * values.std(ddof=1) / 20**0.5, rel=1e-3)
    assert intervals.mean(values[:1], ALPHA).half == np.inf
