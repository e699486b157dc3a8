"""What breaks says which future, and how to replay it; a dead worker loses nothing."""

import multiprocessing
import os
import pickle
import select
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli import main
from sim.engine import runner
from sim.engine import workers as alone
from sim.engine.compiled.compiler import KERNELS
from sim.engine.runner import TASK_SIZE, Job, choose, run, run_chunk, usual_task_size
from sim.engine.tasks import Task, run_task
from sim.errors import FutureBroke, ModelError
from sim.language.events import after
from sim.world.company import ledger
from sim.world.purchasing import orders
from tests.engine.futures import SEED, template, template_of
from tests.world.a_future import SHORT


def test_a_breach_of_conservation_names_the_future_and_its_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = orders.settle

    def dishonest(future: Any, slot: int, share: float) -> None:
        honest(future, slot, share)
        future.accounts[ledger.CASH].balance += 1.0

    monkeypatch.setattr(orders, "settle", dishonest)
    asked = ["run", "scenarios/tighten.yaml", "--futures", "3", "--engine", "simpy", "--workers", "1"]
    result = CliRunner().invoke(main, [*asked, "--out", "/nowhere"])
    assert result.exit_code == 4
    assert "future 0 (seed 1) broke: dollars: the balances of all accounts do not add up to zero" in result.output
    replay = "python -m sim run scenarios/tighten.yaml --futures 1 --split=0 --relief=0"
    assert f"{replay} --engine simpy --workers 1 --debug" in result.output


class Calendar:
    def schedule(self, *event: float) -> None:
        raise AssertionError("nothing may be scheduled")


@pytest.mark.parametrize("delay", [-1.0, float("nan")])
def test_a_negative_or_undefined_delay_is_refused(delay: float) -> None:
    future = type("Future", (), {"calendar": Calendar()})()
    with pytest.raises(ValueError, match="zero or more days"):
        after(future, delay, 1)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_both_engines_refuse_the_same(engine: str) -> None:
    """A first month that ends before it begins: no reader lets it pass, so it is written past the reader."""
    of = template("baseline")
    record = of.record.copy()
    record["months"]["ends"][0, 0] = -5.0
    broken = type(of)(of.scenario, of.layout, record, of.addresses, of.inputs)
    with pytest.raises(FutureBroke, match=r"future 20 .*zero or more days"):
        run_chunk(broken, SEED, 20, 2, engine)
    with pytest.raises(FutureBroke, match=r"future 2[01] .*zero or more days"):
        run(Job(broken, SEED, 2, first=20, task_size=1, workers=2), engine, lambda n: None)  # type: ignore[arg-type]


def test_a_killed_worker_costs_nothing() -> None:
    done: list[int] = []

    def told(finished: int) -> None:
        if not done:
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        done.append(finished)

    of = template("baseline", *SHORT)
    killed = run(Job(of, SEED, 8, task_size=2, workers=2), "simpy", told)
    whole = run(Job(of, SEED, 8), "compiled", lambda n: None)
    assert sum(done) == 8
    assert killed.stored.whole().equals(whole.stored.whole())
    assert np.array_equal(killed.histograms.counts, whole.histograms.counts)


def test_a_worker_answers_in_one_write(tmp_path: Path) -> None:
    """Killed amid a longer answer, it would leave its reader waiting for the rest for ever."""
    task = Task(template("baseline"), SEED, 0, 3)
    of = task.template
    answer = alone.shelved(str(tmp_path), of.record, of.addresses, SEED, (), *task.drawn("simpy").start[3:])
    assert len(pickle.dumps(answer)) < select.PIPE_BUF / 2
    assert np.array_equal(alone.taken(answer).series, run_task(task, "simpy").series)
    assert list(tmp_path.iterdir()) == []


def test_without_numba_simpy_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "find_spec", lambda name: None)
    assert choose("auto") == "simpy"
    with pytest.raises(ModelError, match="needs numba"):
        choose("compiled")


def test_kernels_that_are_there_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KERNELS, "are_ready", lambda: False)
    assert (choose("auto"), usual_task_size("auto")) == ("auto", TASK_SIZE["simpy"])
    monkeypatch.setattr(KERNELS, "are_ready", lambda: True)
    assert (choose("auto"), usual_task_size("auto")) == ("compiled", TASK_SIZE["compiled"])


def test_an_error_of_the_compiler_is_told_by_its_innermost_line() -> None:
    from sim.engine.compiled.numba_engine import deepest

    page = Path(orders.__file__)
    pages = f"""Failed in nopython mode pipeline (step: nopython frontend)
No implementation of function Function(<built-in function pow>) found
During: typing of call at {page.with_name("events.py")} (12)
File "{page.with_name("events.py")}", line 12:
File "{page}", line 34:
"""
    reason = "No implementation of function Function(<built-in function pow>) found"
    assert deepest(pages) == f"the world cannot be compiled: {page}:34: {reason}"


OWN = """
extends: baseline.yaml
name: Own process
processes: [tests.engine.own_process.rescue]
"""


def test_a_process_of_ones_own_lives_beside_the_model(tmp_path: Path) -> None:
    of = replace(template_of(OWN, tmp_path), allow_processes=True)
    own, plain = run_chunk(of, SEED, 0, 3, "simpy"), run_chunk(template("baseline"), SEED, 0, 3, "simpy")
    assert own.series[:, :6].tobytes() == plain.series[:, :6].tobytes()
    assert own.series[:, -1].tobytes() != plain.series[:, -1].tobytes()
    assert choose("auto", processes=True) == "simpy"
    refused = CliRunner().invoke(main, ["run", str(tmp_path / "own.yaml"), "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert "--allow-processes" in refused.output
