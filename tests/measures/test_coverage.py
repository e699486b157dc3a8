"""Intervals hold the truth as often as they say: over many seeds in the long run, over a few in CI."""

import numpy as np
import pytest

from tests.measures.coverage import LEAST, LEAST_IN_ALL, counted, covered


@pytest.mark.long
def test_each_interval_covers_over_many_seeds() -> None:
    rows = counted()
    assert [row for row in rows if row.share < LEAST] == []
    assert np.mean([row.share for row in rows]) >= LEAST_IN_ALL


def test_all_intervals_together_cover_over_a_few_seeds() -> None:
    assert np.mean([row.share for row in covered(8, (300,))]) >= 0.9
