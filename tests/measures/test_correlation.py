"""Ranks, of which a correlation between an assumption and a measure is made."""

import numpy as np
import pytest
from scipy.stats import rankdata

from sim.measures.correlation import rank_correlation, ranks


@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0], [2.0, 2.0, 1.0, 2.0], [0.5], [7.0, 7.0]])
def test_ties_share_their_mean_rank(values: list[float]) -> None:
    assert (ranks(np.array(values)) == rankdata(values)).all()


def test_order_alone_counts() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1.0)
    assert rank_correlation(x, -(x**3)) == pytest.approx(-1.0)
    assert rank_correlation(x, np.ones(4)) == 0.0
