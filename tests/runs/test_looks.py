"""Looking more than once: every stop has a largest number of futures, and what is said at it keeps its promise."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.engine import runner
from sim.engine.runner import Job
from sim.errors import Place
from sim.language.bounds import MOST_FUTURES
from sim.measures.gate_language import read_gates
from sim.measures.intervals import ALPHA, looks_up_to, spent
from sim.measures.precision import interval, read_precision
from sim.requests import RunRequest
from sim.runs import until as judge
from sim.runs.until import Judged, Until
from sim.scenario.scenario import Text

ODDS = 0.1


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Judged]:
    """A run whose futures are insolvent by a coin: it goes on as a real one does."""

    def run(until: Until, gate: str = "", seed: int = 0, futures: int = 32) -> Judged:
        coins = np.random.default_rng(seed).random(until.most) < ODDS
        asked = read_gates((Text(gate, Place("x.yaml", 1, 1)),), []) if gate else ()

        def ran(job: Job, *_: Any) -> SimpleNamespace:
            numbers = np.arange(job.first, job.first + job.futures)
            return SimpleNamespace(outcomes=pd.DataFrame({"insolvent": coins[numbers].astype(float)}, numbers))

        def joined(one: Any, other: Any) -> SimpleNamespace:
            return SimpleNamespace(outcomes=pd.concat([one.outcomes, other.outcomes]))

        monkeypatch.setattr(runner, "run", ran)
        monkeypatch.setattr(runner, "joined", joined)
        monkeypatch.setattr(judge, "gates_of", lambda *_: asked)
        scenario: Any = SimpleNamespace()
        template: Any = None
        return judge.simulate(scenario, Path("x.yaml"), Job(template, 1, futures), "simpy", until, lambda *_: None)

    return run


def test_a_gate_keeps_its_promise_where_a_precision_decides_when_to_stop(looked: Callable[..., Judged]) -> None:
    """The odds are those of the bar: over five hundred seeds either side is wrong at most as often as is said."""
    until = Until(precision=read_precision("insolvent=5 points", []), most=4096)
    for gate in ("prob(insolvent) >= 10%", "prob(insolvent) <= 10%"):
        wrong = sum(looked(until, gate, seed).verdicts[0].judgement == "fails" for seed in range(500))
        assert wrong <= 500 * ALPHA / 2.0


def test_the_interval_at_a_precision_covers_odds_as_often_as_it_says(looked: Callable[..., Judged]) -> None:
    """Over a thousand seeds; from 32 futures on, at which a share of a tenth is coarse."""
    until = Until(precision=read_precision("insolvent=3 points", []), most=4096)
    covered = 0
    for seed in range(1000):
        result = looked(until, seed=seed)
        table = result.results.outcomes
        inside = interval(until.precision[0].measure, table, ALPHA)
        covered += inside.low <= ODDS <= inside.high
        assert result.widths[0][2]
    assert covered >= 940


@pytest.mark.parametrize("most", [32, 33, 64, 1000, 4096])
@pytest.mark.parametrize("decided", [True, False])
def test_a_run_that_learns_nothing_ends_at_its_largest_number(
    looked: Callable[..., Judged], monkeypatch: pytest.MonkeyPatch, most: int, decided: bool
) -> None:
    """And over all its looks its gates have spent no more than the odds of error of a single one."""
    alphas: list[float] = []

    def noted(*look: Any) -> float:
        alphas.append(spent(*look))
        return alphas[-1]

    monkeypatch.setattr(judge, "spent", noted)
    precision = () if decided else read_precision("insolvent=0.0001 points", [])
    result = looked(Until(decided, precision, most), "prob(insolvent) <= 10%", seed=4)
    assert result.verdicts[0].judgement == "undecided"
    assert most / 2 < result.futures <= most
    assert result.looks == len(alphas) == looks_up_to(most, 32)
    assert sum(alphas) == pytest.approx(ALPHA)


def test_whatever_goes_on_has_a_largest_number_of_futures() -> None:
    """A confidence sequence would be needed where it had none."""
    assert Until().most == RunRequest.max_futures <= MOST_FUTURES
    going_on = 0
    for verb in main.commands.values():
        options = {option: each for each in verb.params for option in each.opts}
        if any(option.startswith("--until") for option in options):
            going_on += 1
            most = options["--max-futures"]
            assert isinstance(most, click.Option)
            assert isinstance(most.type, click.IntRange)
            assert (most.type.min, most.type.max) == (1, MOST_FUTURES)
            assert isinstance(most.default, int)
    assert going_on == 2
