"""How often printed intervals hold the truth, over seeds, for responses whose truth is known.

Inputs are drawn as a run draws them; luck is a stream of its own. The responses stand for what the world prints: sums
of many inputs, long tails, delays cut at a horizon, whole months, and things that rarely happen.
"""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.measures import intervals
from sim.measures.intervals import ALPHA, Column
from sim.measures.levels import End, Sample
from sim.studies.sensitivity import analysis
from sim.studies.sensitivity.analysis import Index
from tests.measures.test_intervals import Response, cube, skewed, weighted
from tests.measures.test_levels import HORIZON, covers, late, lumpy
from tests.structure.source import ROOT
from tests.studies.validation import real_tables

SEEDS, FUTURES = 100, (300, 1024)
LEAST, LEAST_IN_ALL = 0.85, 0.94
"""Coverage of each interval, and of all together; the nominal one is 95%."""


def delay(x: np.ndarray) -> Column:
    """A delay with a long tail, counted up to the horizon."""
    return np.minimum(late(x), HORIZON)


def months(x: np.ndarray) -> Column:
    """The same in whole months."""
    return np.minimum(lumpy(x), HORIZON)


def rare(x: np.ndarray) -> Column:
    """1 in 6% of futures, mostly by luck."""
    return np.asarray(x[:, 6] < 0.04 + 0.1 * (x[:, 0] > 0.8), np.float64)


RESPONSES: dict[str, Response] = {
    "a sum of inputs": weighted,
    "a long tail": skewed,
    "a delay cut at a horizon": delay,
    "whole months": months,
    "a rare event": rare,
}


@dataclass(frozen=True, slots=True)
class Covered:
    """How often one interval of one response held the truth."""

    interval: str
    response: str
    futures: int
    share: float


@cache
def truth(response: Response) -> np.ndarray:
    """The values of very many futures, in order."""
    return np.sort(response(np.random.default_rng(1).random((400_000, 7))))


LUCK = (6,)
INPUT, OTHERS = (0,), (1, 2, 3, 4, 5, 6)


@cache
def true_share(response: Response, columns: tuple[int, ...]) -> float:
    """The share of the variance left where all but these columns are known."""
    x, other = np.random.default_rng(2).random((2, 400_000, 7))
    return 1.0 - float(np.corrcoef(response(x), response(mixed(x, other, columns)))[0, 1])


def mixed(x: np.ndarray, other: np.ndarray, columns: tuple[int, ...]) -> np.ndarray:
    """`x` with these columns of another."""
    result = x.copy()
    result[:, columns] = other[:, columns]
    return result


def _mean(response: Response, seed: int, n: int) -> bool:
    result = intervals.mean(response(cube(seed, n)), ALPHA)
    return result.low <= float(truth(response).mean()) <= result.high


def _quantile(share: float) -> Callable[[Response, int, int], bool]:
    def held(response: Response, seed: int, n: int) -> bool:
        result, true = response(cube(seed, n)), truth(response)
        end: End = Sample.of(result, result < HORIZON).end(share)
        return covers(end, float(true[round(share * len(true))]))

    return held


def _luck(response: Response, seed: int, n: int) -> bool:
    x, other = cube(seed, n), np.random.default_rng(10_000 + seed).random((n, 7))
    result = analysis.total_share(response(x), response(mixed(x, other, LUCK)))
    return result is not None and result.low <= true_share(response, LUCK) <= result.high


def _exchanged(response: Response, seed: int, n: int) -> Index:
    usual, other = np.split(cube(seed, 2 * n), 2)
    columns = [response(each) for each in (usual, other, mixed(usual, other, INPUT))]
    return analysis.exchanged_shares([("input 0", ("input 0",))], columns[0], columns[1], columns[2:])[0]


def _alone(response: Response, seed: int, n: int) -> bool:
    result = _exchanged(response, seed, n).first
    return result is not None and result.low <= 1.0 - true_share(response, OTHERS) <= result.high


def _in_all(response: Response, seed: int, n: int) -> bool:
    result = _exchanged(response, seed, n).total
    return result is not None and result.low <= true_share(response, INPUT) <= result.high


def _sliced(response: Response, seed: int, n: int) -> bool:
    x = cube(seed, n)
    result = analysis.given_data({"input 0": x[:, 0]}, response(x))[0].first
    return result is not None and result.low <= 1.0 - true_share(response, OTHERS) <= result.high


INTERVALS: dict[str, Callable[[Response, int, int], bool]] = {
    "mean": _mean,
    "p5": _quantile(0.05),
    "median": _quantile(0.5),
    "p95": _quantile(0.95),
    "share of luck": _luck,
    "share of an input, in all": _in_all,
    "share of an input, alone": _alone,
    "share of an input, from slices": _sliced,
}


def covered(seeds: int, futures: tuple[int, ...] = FUTURES) -> Iterator[Covered]:
    """Every interval of every response, at every number of futures."""
    for interval, held in INTERVALS.items():
        for name, response in RESPONSES.items():
            for n in futures:
                yield Covered(interval, name, n, float(np.mean([held(response, seed, n) for seed in range(seeds)])))


@cache
def counted() -> tuple[Covered, ...]:
    """The long count."""
    return tuple(covered(SEEDS))


def page() -> str:
    """`docs/coverage.md`."""
    rows = counted()
    lines = [
        "# How often printed intervals hold",
        "",
        f"Counted over {SEEDS} seeds by `python -m tests --long`, for responses whose truth is known; the nominal",
        f"coverage is 95%. All together hold {np.mean([row.share for row in rows]):.1%}. Taken on commit {_commit()}.",
        "",
        f"| interval | response | {' | '.join(f'{n:,} futures' for n in FUTURES)} |",
        f"| :-- | :-- |{' --: |' * len(FUTURES)}",
    ]
    for interval in INTERVALS:
        for name in RESPONSES:
            shares = [row.share for row in rows if (row.interval, row.response) == (interval, name)]
            lines.append(f"| {interval} | {name} | {' | '.join(f'{share:.1%}' for share in shares)} |")
    return "\n".join([*lines, "", *real_tables.page()])


def _commit() -> str:
    """The commit whose figures these are."""
    return subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
