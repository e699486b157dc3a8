import pandas as pd
import pytest

from sim.study.bottlenecks import DIALS
from sim.study.relief import REMOVED, Relief, Relieved, pairs, relieved, singles, table
from tests.study.toy import outcomes


def world(gain: float, futures: int = 4) -> pd.DataFrame:
    """Outcomes in which training is short by a half, less a gain."""
    return outcomes(futures).assign(train_short=0.5 - gain, unserved=0.2, second_delay=3.0)


def step(gain: float, *causes: str, far: float = REMOVED) -> Relieved:
    return relieved((causes, far), world(gain), world(0.0))


def test_every_cause_is_eased_and_removed() -> None:
    assert len(singles()) == 2 * len(DIALS)


def test_a_gain_is_what_is_missing_less() -> None:
    gain = step(0.1, "capital").gain("train_short")
    assert gain.paired.mean == pytest.approx(0.1)
    assert (gain.helped, gain.harmed) == (1.0, 0.0)
    assert step(0.1, "capital").gain("unserved").helped == 0.0


def test_a_negative_gain_stays_negative() -> None:
    gain = step(-0.03, "allocation").gain("train_short")
    assert gain.paired.mean == pytest.approx(-0.03)
    assert (gain.helped, gain.harmed) == (0.0, 1.0)


def test_two_substitutes_gain_nothing_alone_and_all_together() -> None:
    """Either way around, the other stands behind it: the pair table shows what single causes hide."""
    single = tuple(step(gain, cause) for gain, cause in [(0.01, "capital"), (0.0, "depth"), (0.0, "control")])
    two = step(0.4, "depth", "control")
    found = Relief(4, single, (two, step(0.01, "capital", "depth")))
    assert [row.causes[0] for row in found.ranked("train_short", REMOVED)] == ["capital", "depth", "control"]
    best = found.better_pair("train_short")
    assert best is two
    assert best.words == "rental and grey market and export and import controls"
    assert Relief(4, single, (step(0.01, "capital", "depth"),)).better_pair("train_short") is None


def test_the_three_largest_are_paired_and_want_is_no_cause() -> None:
    gains = {"want": 0.4, "capital": 0.3, "depth": 0.2, "control": 0.1, "memory": 0.05}
    found = pairs(tuple(step(gain, cause) for cause, gain in gains.items()))
    assert {causes for causes, _ in found} == {("capital", "depth"), ("capital", "control"), ("depth", "control")}
    assert len(found) == 6


def test_want_is_named_apart_and_ranked_last() -> None:
    found = Relief(
        4, tuple(step(gain, cause) for cause, gain in {"want": 0.4, "capital": 0.3, "depth": 0.35}.items()), ()
    )
    assert [row.causes[0] for row in found.ranked("train_short", REMOVED)] == ["depth", "capital", "want"]
    assert found.best("train_short", REMOVED).causes == ("depth",)
    assert found.single[0].words == "growth of what is wanted (the ambition, no cause)"


def test_the_table_has_a_row_for_each_step_and_measure() -> None:
    found = table(Relief(4, (step(0.1, "capital"),), (step(0.2, "capital", "depth"),), step(0.01, "hundred_million")))
    assert list(found["causes"].unique()) == ["capital", "capital+depth", "hundred_million"]
    assert len(found) == 9
