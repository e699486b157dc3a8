"""A lean future is the beginning of the whole one: what it is asked for is the same in every bit."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sim.bottlenecks.removal_tables import removed
from sim.bottlenecks.removals import names_of
from sim.bottlenecks.variants import turned
from sim.engine.results import OUTCOMES, Batch
from sim.engine.runner import Job, run, run_chunk
from sim.engine.storage.chunk_store import template_digest
from sim.engine.tasks import Task, run_task
from sim.measures.restricted_means import CUT
from sim.template.variation import lean
from sim.world.accounts.books import LEAN, LEAN_DELAYS
from tests.engine.futures import SEED, SHIPPED, template

FUTURES = 20
SETS = (0, 1, 18, 63)


def column(batch: Batch, name: str) -> np.ndarray:
    column: np.ndarray = batch.outcomes[:, OUTCOMES.index(name)]
    return column


def delays(batch: Batch, flagship: str, lateness: float) -> np.ndarray:
    out = column(batch, f"{flagship}_released") == 1.0
    return np.minimum(np.where(out, column(batch, f"{flagship}_delay"), math.inf), lateness)


def same(one: Batch, whole: Batch, lateness: float) -> bool:
    return all(column(one, name).tobytes() == column(whole, name).tobytes() for name in LEAN) and (
        lateness == 0.0
        or all(
            delays(one, each, lateness).tobytes() == delays(whole, each, lateness).tobytes()
            for each in ("next", "second")
        )
    )


@pytest.mark.parametrize("scenario", SHIPPED)
@pytest.mark.parametrize("removed_set", SETS)
def test_what_is_asked_of_a_lean_future_is_that_of_the_whole_one(scenario: str, removed_set: int) -> None:
    task = Task(turned(template(scenario), removed(names_of(removed_set))), SEED, 0, FUTURES).drawn("compiled")
    whole = run_task(task, "compiled")
    for lateness in (0.0, CUT, math.inf):
        asked = run_task(replace(task, template=lean(task.template, lateness)), "compiled")
        assert same(asked, whole, lateness)
        assert (asked.events <= whole.events).all()
        assert asked.events.sum() < whole.events.sum()


@pytest.mark.parametrize("lateness", [0.0, CUT])
def test_engines_end_a_lean_future_with_the_same_event(lateness: float) -> None:
    of = lean(template("tighten"), lateness)
    one, other = (run_chunk(of, SEED, 0, 12, engine) for engine in ("simpy", "compiled"))
    assert one.events.tolist() == other.events.tolist()
    assert one.outcomes.tobytes() == other.outcomes.tobytes()


@pytest.mark.parametrize(("lateness", "known"), [(0.0, LEAN), (CUT, (*LEAN, *LEAN_DELAYS))])
def test_what_was_not_asked_is_no_number(lateness: float, known: tuple[str, ...]) -> None:
    batch = run_chunk(lean(template("baseline"), lateness), SEED, 0, 3, "compiled")
    assert {name for name in OUTCOMES if np.isfinite(column(batch, name)).all()} == set(known)
    assert batch.series.shape[1] == 0


def test_the_longer_flagships_are_waited_for_the_longer_futures_last() -> None:
    whole = template("baseline")
    events = [run_chunk(lean(whole, late), SEED, 0, FUTURES, "compiled").events for late in (0.0, 6.0, CUT, math.inf)]
    assert all((few <= more).all() and few.sum() < more.sum() for few, more in pairwise(events))


def test_a_run_of_results_cannot_be_lean() -> None:
    with pytest.raises(ValueError, match="shape"):
        run(Job(lean(template("baseline")), SEED, 2), "compiled", lambda done: None)


def test_the_store_tells_lean_futures_from_whole_ones() -> None:
    of = template("baseline")
    assert len({template_digest(each) for each in (of, lean(of), lean(of, CUT))}) == 3
