"""Paired futures of the shipped scenarios over their whole time, compiled, each run once."""

from functools import cache

import numpy as np
import pandas as pd

from sim.engine import runner
from sim.engine.results import SERIES
from sim.engine.runner import Job
from tests.world.a_future import template_of, varied_of

FUTURES = 400
SEED = 1

KEYS = (
    "controls.rules.cn_2026_01_cond.effective=2026-05-01",
    "controls.rules.cn_2026_01_cond.quota=40000 chips / year",
    "controls.rules.cn_2026_01_cond.ends_truce=0 / year",
    "controls.rules.cn_2026_01_cond.ends_tension=0 / year",
    "controls.rules.cn_2026_01_cond.ends_rupture=0 / year",
)
"""The buyer's key turned for good."""


@cache
def outcomes(scenario: str = "baseline", *settings: str, futures: int = FUTURES) -> pd.DataFrame:
    """A row for each future."""
    job = Job(varied_of(scenario, settings, ending=()), SEED, futures)
    (run,) = runner.run_several([job], "compiled", 1, lambda _: None)
    return run.outcomes


@cache
def months(name: str, futures: int = 200) -> np.ndarray:
    """A series of the baseline, shape (futures, months)."""
    job = Job(template_of("baseline", ()), SEED, futures, keeps_months=True)
    (run,) = runner.run_several([job], "compiled", 1, lambda _: None)
    result: np.ndarray = run.series
    return result[:, :, SERIES.index(name)]


def mean(measure: str, scenario: str = "baseline", *settings: str, futures: int = FUTURES) -> float:
    """The mean of a column."""
    return float(outcomes(scenario, *settings, futures=futures)[measure].mean())


def effect(measure: str, scenario: str, *settings: str) -> float:
    """The mean paired difference of a scenario from the baseline, both with settings."""
    return mean(measure, scenario, *settings) - mean(measure, "baseline", *settings)
