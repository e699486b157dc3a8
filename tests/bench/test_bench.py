"""Speed is guarded by ratios within one run, loosely: a shared machine may do anything to seconds."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.bench import bench, yardstick
from sim.bench.bench import Bench
from sim.bench.futures import FutureCosts, future_costs
from sim.bench.runs import Growth, Stages, Used, Waiting, plain_loop, stages, used
from sim.cli import main
from tests.engine.futures import template
from tests.structure.source import ROOT

COSTS = FutureCosts(100.0, 50.0, 350.0, 20.0, 150.0, 40_000.0, 1200.0, 1600.0)
MEASURED = Bench(
    "model",
    COSTS,
    Stages(1000, 0.1, 0.2, 0.4, 0.1, 0.2),
    Waiting(Used(20.0, 30.0, 500.0), Used(2.0, 1.0, 0.0)),
    Growth(Used(30.0, 60.0, 500.0), Used(290.0, 588.0, 525.0)),
    None,
)


@pytest.fixture(scope="module")
def costs() -> FutureCosts:
    return future_costs(template("baseline"), 200, 5)


def test_the_compiled_engine_is_worth_compiling(costs: FutureCosts) -> None:
    assert costs.compiled_over_simpy > 20.0


def test_a_future_costs_no_more_than_some_of_the_yardstick(costs: FutureCosts) -> None:
    assert costs.lean < costs.whole
    assert costs.whole_over_yardstick < 20.0
    assert costs.draws_of_whole < 0.6


def test_the_yardstick_is_fixed() -> None:
    """Other draws, or another world, would make older ratios mean something else."""
    cash, events = yardstick.run(0, 200)
    assert events / 200 == pytest.approx(1545, abs=15)
    assert cash == pytest.approx(3.3e9, rel=0.1)
    halves = [yardstick.run(first, 100) for first in (0, 100)]
    assert sum(events for _, events in halves) == events
    assert sum(cash for cash, _ in halves) / 2 == pytest.approx(cash)


def test_a_run_is_divided_into_its_stages() -> None:
    of = stages(ROOT / "scenarios" / "baseline.yaml", 50, COSTS)
    parts = (of.reading, of.draws, of.kernel, of.reductions, of.writing)
    assert sum(parts) == pytest.approx(1.0)
    assert min(parts) > 0.0
    assert of.kernel / of.draws == pytest.approx(COSTS.kernel / COSTS.draws)


def test_a_command_is_measured_to_its_end() -> None:
    help_ = used(["--help"])
    assert help_.processor > 0.0
    assert 5.0 < help_.memory < 2000.0
    with pytest.raises(subprocess.CalledProcessError):
        used(["run", "nowhere.yaml", "--quiet"])


def test_the_loop_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.bench.runs.LOOP", 1_000_000)  # as long as some ticks of the clock
    assert plain_loop().processor > 0.0


def test_ratios_are_printed_and_stand_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def measure(*of: object) -> Bench:
        asked.append(of)
        return MEASURED

    monkeypatch.setattr(bench, "measure", measure)
    text = CliRunner().invoke(main, ["bench", "x.yaml", "--million"]).output
    assert asked == [(Path("x.yaml"), 4000, 100, False, True)]
    lines = {line.split("  ")[0]: line.split() for line in text.splitlines()}
    assert "4.00" in lines["a future, compiled, over the yardstick"]
    assert "1.50" in lines["a lean future over the yardstick"]
    assert "100.0" in lines["compiled over SimPy"]
    assert "10.0" in lines["a warm run over a fixed loop of plain Python"]
    assert "9.80" in lines["10^6 futures over 10^5, YAML to files"]
    assert "1.05" in lines["their memory over that of 10^5"]
    document = json.loads(CliRunner().invoke(main, ["bench", "x.yaml", "--json"]).output)
    assert document["futures"]["whole_over_yardstick"] == 4.0
    assert document["waiting"]["in_processor_time"] == 30.0
    assert document["growth"]["time"] == pytest.approx(9.8)
