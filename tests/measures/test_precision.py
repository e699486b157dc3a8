"""How precise a result is, and that asking often does not make it look better than it is."""

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.measures.intervals import ALPHA
from sim.measures.measures import measure
from sim.measures.precision import FEWEST_FUTURES, Precision, interval, read_precision
from tests.findings.toy import outcomes


def test_what_is_asked_is_read() -> None:
    (one,) = read_precision("owned=1%", ["insolvent"])
    assert (one.measure.name, one.share, one.absolute) == ("owned", 0.01, None)
    (one,) = read_precision("next_delay=0.2 months", [])
    assert (one.share, one.absolute) == (None, 0.2)
    (one,) = read_precision("insolvent=1 point", [])
    assert (one.share, one.absolute) == (None, 0.01)
    assert [each.measure.name for each in read_precision("2%", ["owned", "insolvent"])] == ["owned", "insolvent"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ownd=1%", "did you mean `owned`?"),
        ("owned=0%", "is no precision"),
        ("next_delay=3 GW", "is power, not time"),
        ("next_delay=inf", "is not a number with a unit"),
        ("nan%", "is not a number"),
        ("infinity", "is not a number"),
        ("next_delay=1e999", "is too large"),
        ("0,5%", "write 0.5 or 5"),
        ("owned=1,5", "write 1.5 or 15"),
    ],
)
def test_what_cannot_be_asked_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        read_precision(text, [])


def test_the_last_interval_covers_as_often_as_it_says() -> None:
    """Doubling until the median is known to 6%: the interval at the end holds the true median of 1."""
    asked = Precision(measure("owned"), 0.06, None)
    covered = stopped = 0
    for seed in range(400):
        values = np.random.default_rng(seed).lognormal(0.0, 0.5, FEWEST_FUTURES * 2**7)
        for look in range(8):
            n = FEWEST_FUTURES * 2**look
            result = interval(asked.measure, pd.DataFrame({"owned": values[:n]}), ALPHA)
            if asked.holds(result):
                stopped += 1
                break
        covered += result.low <= 1.0 <= result.high
    assert stopped == 400
    assert covered >= 380


def test_an_interval_that_reaches_past_the_horizon_is_open() -> None:
    result = outcomes(100).assign(next_released=0.0)
    precise = Precision(measure("next_delay"), None, 1e9)
    assert not precise.holds(interval(precise.measure, result, ALPHA))
