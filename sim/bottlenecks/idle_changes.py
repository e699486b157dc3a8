"""Changes that move nothing: a scenario beside the one that it extends, and beside itself without each of its changes.

All of them run the same futures on common luck, so what differs is what the change did. A change moves nothing if
hardly a future has a measure that is noticeably another. One that others need cannot be left out, and is not asked.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.bottlenecks.variant_runs import RunSpec, answered, outcomes
from sim.engine.runner import Engine, default_workers
from sim.errors import Problem
from sim.measures.measures import MEASURES, values
from sim.scenario.load import parent_of, without_change
from sim.scenario.reading.merging import changed_parts
from sim.scenario.scenario import Scenario, difference, refuse_processes
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT

FUTURES = 200
SEED = 1

NOTICEABLE = 0.001
"""Part of the mean of a measure by which it differs noticeably."""
HARDLY = 2
"""Futures that may differ, of as many as are run, if a change is said to move nothing."""


def idle_changes(scenario: Scenario, engine: Engine, progress: Callable[..., None]) -> list[Problem]:
    """A warning for each change that moves no measure, or one where all of them together move none.

    Raises InputError for a scenario with code of its own.
    """
    refuse_processes(scenario)
    parent = parent_of(scenario, LAYOUT.tables)
    if parent is None:
        return []
    paths = [*changed_parts(scenario.tree, parent.tree, scenario.schema)]
    alone = {path: without_change(scenario, parent, path, LAYOUT.tables) for path in paths}
    others = {path: each for path, each in alone.items() if each is not None}
    progress(0, FUTURES * (2 + len(others)), "common luck")
    templates = [assemble(each, LAYOUT) for each in (scenario, parent, *others.values())]
    spec = RunSpec(SEED, FUTURES, 0, engine, default_workers())
    as_is, before, *without = (_measured(each) for each in answered(outcomes(templates, spec), progress))
    if paths and _alike(as_is, before):
        return [_problem(scenario, "", "these changes together move")]
    idle = [path for path, each in zip(others, without, strict=True) if _alike(as_is, each)]
    return [_problem(scenario, path, "this change moves") for path in idle]


def _measured(outcomes: Any) -> Any:
    """Every measure in each future; shape (measures, futures)."""
    return np.stack([values(each, outcomes) for each in MEASURES])


def _alike(as_is: Any, other: Any) -> bool:
    """Whether hardly a future has a measure that differs noticeably."""
    least = NOTICEABLE * np.abs(as_is).mean(axis=1, keepdims=True)
    return bool((np.abs(as_is - other) > least).any(axis=0).sum() <= HARDLY)


def _problem(scenario: Scenario, path: str, what: str) -> Problem:
    """The warning, where the first value of a change is written, or of all changes."""
    places = [row.place for row in difference(scenario) if f"{row.path}.".startswith(f"{path}." if path else "")]
    message = (
        f"{what} nothing: in at least {FUTURES - HARDLY} of {FUTURES} futures no measure differs by {NOTICEABLE:.1%}"
    )
    return Problem(min(places, default=scenario.tree.place), path, f"{message}; check when it acts, and on what")
