import numpy as np
import pandas as pd
import pytest

from sim.measures.measures import MEASURES, measure
from sim.measures.paired import difference, paired
from sim.measures.restricted_means import CUT
from tests.findings.toy import outcomes
from tests.measures.test_intervals import Response, cube, skewed, weighted


def test_a_scenario_differs_from_itself_by_nothing() -> None:
    table = outcomes()
    for asked in MEASURES:
        result = difference("same", asked, table, table.copy())
        assert (result.paired.mean, result.paired.error, result.paired.p5, result.paired.p95) == (0.0, 0.0, 0.0, 0.0)
        assert (result.worse, result.better) == (0.0, 0.0)
        assert result.paired.nothing


def test_one_pair_leaves_the_error_open_and_two_say_little() -> None:
    one = paired(np.array([3.0]), np.array([1.0]))
    assert (one.mean, one.error, one.as_json()["monte_carlo_error"]) == (2.0, np.inf, None)
    two = paired(np.array([3.0, 1.0]), np.zeros(2))
    assert two.error == pytest.approx(12.706, abs=1e-3)


def test_a_constant_shift_is_known_exactly() -> None:
    table = outcomes()
    result = difference("late", measure("next_delay"), table.assign(next_delay=table["next_delay"] + 2.0), table)
    assert (result.paired.mean, result.paired.error, result.worse) == (2.0, 0.0, 1.0)
    assert not result.paired.nothing


def test_pairing_narrows_the_interval_by_the_factor_that_is_told() -> None:
    """Shared luck of variance 9, own luck of variance 1 in each: unpaired 20, paired 2."""
    luck = np.random.default_rng(3)
    shared = luck.normal(0.0, 3.0, 20_000)
    one, other = (shared + luck.normal(shift, 1.0, 20_000) for shift in (0.5, 0.0))
    result = paired(one, other)
    assert result.reduction is not None
    assert result.reduction == pytest.approx(10.0, rel=0.05)
    unpaired = 1.96 * np.sqrt((one.var() + other.var()) / 20_000)
    assert result.error * np.sqrt(result.reduction) == pytest.approx(unpaired, rel=0.1)
    assert abs(result.mean - 0.5) < 2.0 * result.error


def test_worse_goes_with_the_direction_of_the_measure() -> None:
    more = outcomes().assign(owned=lambda table: table["owned"] + 1000.0)
    result = difference("more", measure("owned"), more, outcomes())
    assert (result.worse, result.better) == (0.0, 1.0)


def test_what_is_not_out_by_the_horizon_is_worse_than_any_that_is() -> None:
    table = pd.DataFrame({"next_delay": [30.0, 5.0, 31.0], "next_released": [1.0, 1.0, 0.0]})
    other = pd.DataFrame({"next_delay": [31.0, 5.0, 31.0], "next_released": [0.0, 1.0, 0.0]})
    result = difference("other", measure("next_delay"), table, other)
    assert result.better == pytest.approx(1.0 / 3.0)
    assert result.worse == 0.0
    assert result.cut is not None
    assert result.cut.open == pytest.approx(2.0 / 3.0)


@pytest.mark.parametrize("response", [weighted, skewed])
def test_the_ends_of_a_difference_have_intervals_that_cover_as_often_as_they_say(response: Response) -> None:
    """A change of luck alone in half of the futures, of an input in all."""

    def apart(x: np.ndarray) -> np.ndarray:
        return np.where(x[:, 6] < 0.5, response(x), 3.0 * x[:, 3])

    many = np.random.default_rng(1).random((400_000, 7))
    true = np.quantile(apart(many), [0.05, 0.95])
    counts = np.zeros(2)
    for seed in range(100):
        x = cube(seed, 300)
        result = paired(apart(x), np.zeros(300))
        counts += [end.low <= truth <= end.high for end, truth in zip((result.low, result.high), true, strict=True)]
    assert counts.min() >= 91


def test_an_end_of_a_difference_is_printed_with_its_error_where_that_counts() -> None:
    result = paired(np.arange(40.0), np.zeros(40))
    assert result.spread_text("months") == "+1 month (open to 5) to +37 months (34 to open)"
    assert paired(np.arange(4000.0), np.zeros(4000)).spread_text("months") == "+199 months to +3,800 months"


@pytest.mark.parametrize(
    ("name", "apart", "counts", "text"),
    [
        ("train_short", 0.009, False, "1 points"),
        ("train_short", 0.011, True, "1 points"),
        ("next_delay", 0.9, False, "1 months"),
        ("next_delay", -1.1, True, "1 months"),
        ("owned", 9.0, False, "10 H100e"),
        ("owned", 11.0, True, "10 H100e"),
        ("insolvent", 1.0, True, "1 points"),
    ],
)
def test_a_future_is_worse_or_better_by_more_than_a_threshold(name: str, apart: float, counts: bool, text: str) -> None:
    table = outcomes(50).assign(owned=1000.0, insolvent=0.0)
    result = difference("one", measure(name), table.assign(**{name: table[name] + apart}), table)
    assert max(result.worse, result.better) == float(counts)
    assert result.threshold_text in (text, text.removesuffix("s"))


@pytest.mark.parametrize(("ends", "ends_other"), [(31.0, 31.0), (31.0, 24.0), (CUT, 60.0)])
def test_a_difference_of_delays_is_counted_up_to_one_horizon(ends: float, ends_other: float) -> None:
    """Two delays that share their luck, each open from its own end on: the difference is that of both up to CUT."""
    random = np.random.default_rng(1)

    def delays(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        early = 12.0 * -np.log(x[:, 0])
        return early + 4.0 * x[:, 1], early

    late, early = delays(random.random((400_000, 2)))
    truth = float((np.minimum(late, CUT) - np.minimum(early, CUT)).mean())
    covered = 0
    for seed in range(60):
        late, early = delays(cube(seed, 300))
        tables = [
            pd.DataFrame({"next_delay": np.minimum(result, end), "next_released": (result < end).astype(float)})
            for result, end in ((late, ends), (early, ends_other))
        ]
        result = difference("late", measure("next_delay"), *tables)
        assert result.cut_text.startswith("up to 24 months, ")
        covered += abs(result.paired.mean - truth) <= result.paired.error
    assert covered >= 54


def test_a_difference_of_what_always_happens_is_counted_whole() -> None:
    result = difference("late", measure("next_delay"), outcomes().assign(next_delay=50.0), outcomes())
    assert (result.cut, result.cut_text) == (None, "")
    assert result.paired.mean == pytest.approx(50.0 - 100.5)
