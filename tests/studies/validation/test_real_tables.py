"""On the shipped scenarios: printed errors hold as often as they say, and candidates contain the truth.

Over many seeds in the long run, over a few in CI.
"""

from pathlib import Path

import numpy as np
import pytest

from sim.bottlenecks import relief, removal_tables, variants
from sim.bottlenecks.removals import SHORTFALLS, removals
from sim.bottlenecks.variants import RunSpec
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
    rows = tally(of_removals("baseline", 6, 64))
    assert np.mean([row.share for row in rows]) >= LEAST
    assert all(row.contained >= 5 for row in answered("baseline", 6, 64))


@pytest.mark.parametrize("name", ["money", "rental"])
def test_the_table_and_relief_run_apart_agree_in_every_bit(name: str, tmp_path: Path) -> None:
    """Where a constraint has one dial, it is removed in both."""
    (dial,) = DIALS_OF[name]
    luck = RunSpec(1, 32, 0, "compiled", 1)
    template = template_of("tighten", ())
    steps = variants.relief(template, luck, lambda _: None).single
    (step,) = (each for each in steps if (each.cause, each.step) == (dial, relief.REMOVED))
    result = removals(removal_tables.table(template, luck, lambda _: None))
    for measure in SHORTFALLS.values():
        assert step.gain(measure).paired.mean == result[measure].alone[name].mean
