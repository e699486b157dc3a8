"""Every mechanism that `checks.yaml` names, taken out, moves a measure, and not against its sign."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from sim.engine import runner
from sim.engine.runner import Job
from sim.measures.measures import values
from sim.studies.validation import checks
from sim.studies.validation.checks import Mechanism
from tests.world.a_future import varied_of

CHECKS = checks.read_checks()
FUTURES = 100
SIGN = {"more": 1.0, "less": -1.0, "either": 0.0}


@cache
def outcomes(scenario: str, settings: tuple[str, ...]) -> pd.DataFrame:
    job = Job(varied_of(scenario, settings, ending=()), 1, FUTURES)
    (futures,) = runner.run_several([job], "compiled", 1, lambda _: None)
    return futures.outcomes


@pytest.mark.parametrize("mechanism", CHECKS.mechanisms, ids=lambda mechanism: mechanism.name)
def test_a_mechanism_moves_its_measures(mechanism: Mechanism) -> None:
    on = outcomes(mechanism.scenario, mechanism.given)
    off = outcomes(mechanism.scenario, (*mechanism.given, *mechanism.off))
    effects = {each: values(each, on) - values(each, off) for each in mechanism.moves}
    assert any(effect.any() for effect in effects.values())
    for each, way in mechanism.moves.items():
        error = float(np.std(effects[each], ddof=1)) / math.sqrt(FUTURES)
        assert SIGN[way] * float(effects[each].mean()) >= -2.0 * error, each.name


def test_every_page_that_decides_has_a_mechanism() -> None:
    pages = "climate controls licences customs crowding market foundry memory allocation holdings software training"
    pages += " sharing serving awaited rounds other_finance capital talent frontier procurement planner orders phases"
    assert {mechanism.page for mechanism in CHECKS.mechanisms} == set(pages.split())
    assert len({mechanism.name for mechanism in CHECKS.mechanisms}) == len(CHECKS.mechanisms)


def test_what_is_taken_out_by_nothing_moves_nothing() -> None:
    same = Mechanism("none", "none", (), {CHECKS.anchors[0].measure: "either"})
    (effect,) = checks.moved(same, outcomes("baseline", ()), outcomes("baseline", ()))
    assert effect[1:] == (0.0, 0.0)
