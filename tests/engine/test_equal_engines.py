"""The engines agree in every bit of every event, and what makes that true."""

import os

import numpy as np
import pytest

from sim.engine.runner import run_chunk
from sim.engine.simpy_engine import numbers
from sim.language.events import EVENTS
from sim.runs.run import read
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT, OUTCOMES
from tests.engine.futures import SCENARIOS, SEED, SHIPPED, compiled_with_log, template, under_simpy_with_log
from tests.world.a_future import LoggedFuture

FUTURES, MANY_FUTURES = 6, 500
"""Futures of each scenario, some seven hundred events in each; all are compared."""


@pytest.mark.parametrize(
    ("scenario", "futures"),
    [
        *((scenario, FUTURES) for scenario in SHIPPED),
        *(pytest.param(scenario, MANY_FUTURES, marks=pytest.mark.long) for scenario in SHIPPED),
    ],
)
def test_every_event_of_every_future_is_the_same(scenario: str, futures: int) -> None:
    simpy, logs = under_simpy_with_log(template(scenario), futures)
    compiled, log = compiled_with_log(template(scenario), futures)
    assert simpy.outcomes.tobytes() == compiled.outcomes.tobytes()
    assert simpy.series.tobytes() == compiled.series.tobytes()
    assert simpy.events.tolist() == compiled.events.tolist()
    for number, events in enumerate(logs):
        assert np.array(events, float).tobytes() == log[number, : len(events)].tobytes(), f"future {number}"


def test_every_kind_of_event_happens_in_some_of_them() -> None:
    logs = [compiled_with_log(template(scenario), FUTURES)[1] for scenario in SHIPPED]
    happened = {int(kind) for log in logs for kind in np.unique(log[log.any(axis=2)][:, 1])}
    assert happened == set(range(len(EVENTS)))


def test_the_engines_agree_on_another_root() -> None:
    on_it = assemble(read(SCENARIOS / "tighten.yaml", (), (), SCENARIOS / "outlook.yaml"), LAYOUT)
    simpy, _ = under_simpy_with_log(on_it, 4)
    compiled, _ = compiled_with_log(on_it, 4)
    assert simpy.outcomes.tobytes() == compiled.outcomes.tobytes()
    assert simpy.series.tobytes() == compiled.series.tobytes()


def test_rows_hold_only_what_the_record_can() -> None:
    plain = run_chunk(template("both"), SEED, 0, 4, "compiled")
    for number, outcomes in enumerate(plain.outcomes.tolist()):
        assert numbers(LoggedFuture(template("both"), number, SEED).run(), OUTCOMES) == outcomes


@pytest.mark.skipif(os.environ.get("NUMBA_BOUNDSCHECK") != "1", reason="asked of the copy that follows CONTRIBUTING.md")
@pytest.mark.parametrize("scenario", SHIPPED)
def test_boundscheck_no_index_leaves_its_table(scenario: str) -> None:
    batch = run_chunk(template(scenario), SEED, 0, 400, "compiled")
    assert batch.events.min() > 0
