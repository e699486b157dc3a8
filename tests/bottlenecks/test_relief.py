import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.relief import (
    EASED,
    EFFECTS,
    REMOVED,
    Relief,
    Relieved,
    causes_relieved,
    relieved,
    singles,
    table,
)
from sim.bottlenecks.shares import DIALS
from sim.measures.intervals import Column
from tests.findings.toy import outcomes


def world(gain: float, futures: int = 4) -> pd.DataFrame:
    """Outcomes in which training is short by a half, less a gain."""
    return outcomes(futures).assign(train_short=0.5 - gain, unserved=0.2, second_delay=3.0)


def step(gain: float, cause: str, far: float = REMOVED) -> Relieved:
    return relieved((cause, far), world(gain), world(0.0))


def test_every_cause_is_eased_and_removed_alone() -> None:
    assert len(singles()) == 2 * len(DIALS)
    assert {cause for cause, _ in singles()} == set(DIALS)


def test_a_gain_is_what_is_missing_less() -> None:
    gain = step(0.1, "budget").gain("train_short")
    assert gain.paired.mean == pytest.approx(0.1)
    assert (gain.better, gain.worse) == (1.0, 0.0)
    assert step(0.1, "budget").gain("unserved").better == 0.0


@pytest.mark.parametrize(
    ("name", "by", "share"),
    [
        ("train_short", 0.009, 0.0),
        ("train_short", 0.011, 0.5),
        ("unserved", 0.001, 0.0),
        ("unserved", 0.02, 0.5),
        ("second_delay", 0.9, 0.0),
        ("second_delay", 1.1, 0.5),
    ],
)
def test_a_future_counts_from_a_point_or_a_month_on(name: str, by: float, share: float) -> None:
    """Half of the futures gain so much, the others lose it: what nobody would notice counts on neither side."""
    usual = world(0.0)
    moved = usual.assign(**{name: usual[name] + by * (-1.0) ** np.arange(4)})
    gain = relieved(("budget", REMOVED), moved, usual).gain(name)
    assert (gain.better, gain.worse) == (share, share)
    assert gain.shares_text == ("50% / 50%" if share else "0% / 0%")


def test_by_luck_alone_as_many_are_better_as_worse_and_few_count() -> None:
    """A gain of a tenth of a point with a luck of half a point: in most futures better, in few by what counts."""
    for seed in range(50):
        luck = np.random.default_rng(seed).normal(0.001, 0.004, 400)
        usual = world(0.0, 400)
        gain = relieved(("budget", REMOVED), usual.assign(train_short=0.5 - luck), usual).gain("train_short")
        assert gain.better < 0.05


def test_a_negative_gain_stays_negative() -> None:
    gain = step(-0.03, "allocation").gain("train_short")
    assert gain.paired.mean == pytest.approx(-0.03)
    assert (gain.better, gain.worse) == (0.0, 1.0)


def test_causes_are_ranked_by_gain_and_ties_by_their_order() -> None:
    single = tuple(step(gain, cause) for cause, gain in [("budget", 0.01), ("depth", 0.0), ("control", 0.0)])
    result = Relief(4, single)
    assert [row.cause for row in result.ranked("train_short", REMOVED)] == ["budget", "depth", "control"]
    assert result.hundred_million is None


def test_want_is_named_apart_and_ranked_last() -> None:
    gains = {"want": 0.4, "budget": 0.3, "depth": 0.35}
    result = Relief(4, tuple(step(gain, cause) for cause, gain in gains.items()))
    assert [row.cause for row in result.ranked("train_short", REMOVED)] == ["depth", "budget", "want"]
    assert result.single[0].words == "growth of what is wanted (the ambition, no cause)"


def rivals(far: float = REMOVED, **gains: "float | Column") -> Relief:
    """Relief of causes that gain so much in each of 60 futures."""
    worlds = {(cause, far): world(gain, 60) for cause, gain in gains.items()}  # type: ignore[arg-type]
    return Relief(60, causes_relieved(worlds, world(0.0, 60)))


UNEVEN = (-1.0) ** np.arange(60)


@pytest.mark.parametrize(
    ("gains", "first"),
    [
        ({"budget": 0.1 + 0.1 * UNEVEN, "depth": 0.099}, ["budget", "depth"]),
        ({"budget": 0.1, "depth": 0.1, "site": 0.05}, ["budget", "depth"]),
        ({"budget": 0.1 + 0.01 * UNEVEN, "depth": 0.05}, ["budget"]),
        ({"memory": 0.02, "wafers": 0.02 + 0.1 * UNEVEN, "site": -0.2}, ["wafers", "memory"]),
        ({"want": 0.3, "depth": 0.05, "site": 0.04}, ["depth"]),
    ],
)
@pytest.mark.parametrize("far", [EASED, REMOVED])
def test_what_may_gain_most_is_all_that_luck_may_have_put_behind(
    gains: dict[str, "float | Column"], first: list[str], far: float
) -> None:
    """Growth of what is wanted is no cause, and rivals none."""
    result = rivals(far, **gains)
    assert sorted(row.cause for row in result.foremost("train_short", far)) == sorted(first)
    assert result.foremost("train_short", EASED if far == REMOVED else REMOVED) == []
    assert [row.as_json()["may_give_most"] for row in result.single if row.cause == "want"] in ([], [[]])


def test_of_causes_that_gain_alike_one_is_rarely_said_to_gain_most() -> None:
    alone = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        gains: dict[str, float | Column] = {cause: random.normal(0.1, 0.1, 60) for cause in ("budget", "depth", "site")}
        alone += len(rivals(REMOVED, **gains).foremost("train_short", REMOVED)) == 1
    assert alone <= 6


def test_the_table_has_a_row_for_each_step_and_measure() -> None:
    result = table(Relief(4, (step(0.1, "budget"), step(0.2, "depth")), step(0.01, "hundred_million")))
    assert list(result["causes"].unique()) == ["budget", "depth", "hundred_million"]
    assert len(result) == 3 * len(EFFECTS)
