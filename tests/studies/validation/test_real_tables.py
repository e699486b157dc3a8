"""On the shipped scenarios: printed errors hold as often as they say, and candidates contain the truth.

Over many seeds in the long run, over a few in CI.
"""

from collections.abc import Mapping

import numpy as np
import pytest

from sim.bottlenecks import relief, removal_tables, variant_runs, variants
from sim.bottlenecks.relief import Relieved
from sim.bottlenecks.removals import SHORTFALLS, Removals, removals
from sim.bottlenecks.variant_runs import RunSpec
from sim.world.shortfall.constraints import DIALS_OF
from tests.measures.coverage import LEAST, LEAST_IN_ALL
from tests.studies.validation import real_tables
from tests.studies.validation.real_tables import EIGHT, answered, of_removals, tally
from tests.world.a_future import template_of

CONTAINED = 0.95
"""Share of seeds whose candidates contain the best set in truth."""


@pytest.mark.long
def test_every_printed_error_holds_over_many_seeds() -> None:
    rows = real_tables.counted()
    assert [row for row in rows if row.share < LEAST] == []
    assert sum(row.held for row in rows) / sum(row.of for row in rows) >= LEAST_IN_ALL


@pytest.mark.long
def test_candidates_contain_the_truth() -> None:
    rows = real_tables.answers()
    assert sum(row.contained for row in rows) / sum(row.seeds for row in rows) >= CONTAINED


@pytest.mark.long
def test_what_binds_training_most_is_what_its_removal_alone_gives_back_most() -> None:
    rows = [row for row in real_tables.firsts() if row.use == "train"]
    assert [row.scenario for row in rows] == list(EIGHT)
    assert [row for row in rows if row.binds != row.alone] == []


def test_over_a_few_seeds_errors_hold_and_candidates_contain_the_truth() -> None:
    rows = tally(of_removals("baseline", 6, 32))
    assert np.mean([row.share for row in rows]) >= LEAST
    assert all(row.contained >= 5 for row in answered("baseline", 6, 32))


Apart = tuple[tuple[Relieved, ...], Mapping[str, Removals]]


@pytest.fixture(scope="module")
def apart() -> Apart:
    """Relief and the table of a few futures of one scenario."""
    luck, template = RunSpec(1, 8, 0, "compiled", 1), template_of("tighten", ())
    steps = variant_runs.answered(variants.relief(template, luck), lambda _: None).single
    return steps, removals(variant_runs.answered(removal_tables.table(template, luck), lambda _: None))


@pytest.mark.parametrize("name", ["money", "rental"])
def test_the_table_and_relief_run_apart_agree_in_every_bit(name: str, apart: Apart) -> None:
    """Where a constraint has one dial, it is removed in both."""
    (dial,) = DIALS_OF[name]
    steps, result = apart
    (step,) = (each for each in steps if (each.cause, each.step) == (dial, relief.REMOVED))
    for measure in SHORTFALLS.values():
        assert step.gain(measure).paired.mean == result[measure].alone[name].mean
