"""Sensitivity against functions whose indices are known, and traps it must not fall into."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sim.errors import ModelError, Place
from sim.measures.gate_language import read_gates
from sim.measures.intervals import Column, Interval
from sim.measures.measures import measure
from sim.scenario.scenario import Text
from sim.studies.sensitivity import analysis
from sim.studies.sensitivity.analysis import UNKNOWN, Index
from sim.studies.sensitivity.results import Finding, Sensitivity, caveats
from sim.studies.sensitivity.tipping import Tipping, finding, tipping
from sim.world.shortfall.constraints import CONSTRAINTS
from tests.findings.toy import parts
from tests.measures.test_intervals import cube

NAMES = ("a", "b", "c")


def ishigami(cube: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990): a = 7, b = 0.1; first 0.314, 0.442, 0; total 0.558, 0.442, 0.244."""
    x = -np.pi + 2.0 * np.pi * cube
    return np.asarray(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def exchanged(usual: np.ndarray, other: np.ndarray) -> list[Index]:
    """The shares of a, b and c, exchanged one at a time."""
    mixed = [np.where(np.arange(3) == i, other, usual) for i in range(3)]
    blocks = [(name, (name,)) for name in NAMES]
    return analysis.exchanged_shares(blocks, ishigami(usual), ishigami(other), [ishigami(each) for each in mixed])


def test_ishigami_by_exchange() -> None:
    result = exchanged(*np.random.default_rng(1).random((2, 16384, 3)))
    assert [index.first.value for index in result if index.first] == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert [index.total.value for index in result if index.total] == pytest.approx([0.558, 0.442, 0.244], abs=0.02)
    assert all(index.first is not None and 0.0 < index.first.half < 0.1 for index in result)


def test_ishigami_from_given_data() -> None:
    cube = np.random.default_rng(1).random((8000, 3))
    result = analysis.given_data(dict(zip(NAMES, cube.T, strict=True)), ishigami(cube))
    assert [index.first.value for index in result if index.first] == pytest.approx([0.314, 0.442, 0.0], abs=0.03)


def test_the_order_of_rows_and_of_keys_does_not_matter() -> None:
    cube = np.random.default_rng(2).random((500, 3))
    y = ishigami(cube)
    usual = analysis.given_data({"a": cube[:, 0], "b": cube[:, 1], "c": cube[:, 2]}, y)
    mixed = np.random.default_rng(3).permutation(500)
    other = analysis.given_data({"c": cube[mixed, 2], "a": cube[mixed, 0], "b": cube[mixed, 1]}, y[mixed])
    assert other == usual


def test_one_value_that_is_no_number_is_refused() -> None:
    values = np.arange(64.0)
    values[7] = np.nan
    for ask in (analysis.exchanged_effects, lambda blocks, x, y: analysis.exchanged_shares(blocks, x, x, y)):
        with pytest.raises(ModelError, match="row 7"):
            ask([("a", ("a",))], values, [values])


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, -1.0 / 3.0, 1e9 + 0.1])
def test_what_does_not_vary_has_no_indices_and_no_share_of_luck(value: float) -> None:
    """Rounding gives equal numbers a variance above zero; no share of that may be reported."""
    cube = np.random.default_rng(8).random((700, 3))
    same = np.full(700, value)
    blocks = [("a", ("a", "b")), ("c", ("c",))]
    assert analysis.exchanged_shares(blocks, same, same, [same, same]) == []
    assert analysis.exchanged_effects(blocks, same, [same, same]) == []
    assert analysis.shapley_effects(("a", "b"), analysis.orders(700, 2), [same, same, same]) == []
    assert analysis.given_data(dict(zip(NAMES, cube.T, strict=True)), same) == []
    assert analysis.total_share(same, same) is None
    assert analysis.event_total(same, same, same, cube[:, 0]) is None


def test_of_a_measure_that_varies_elsewhere_a_share_is_unknown() -> None:
    same, once = np.zeros(200), np.eye(1, 200)[0]
    one, other = analysis.exchanged_shares([("a", ("a",)), ("b", ("b",))], same, same, [same, once])
    assert (one.first, one.total, other.first) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert other.total is not None
    assert other.total.high == 1.0
    parts = analysis.shapley_effects(("a", "b"), analysis.orders(200, 2), [same, once, same])
    assert [part.shapley for part in parts] == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("closed", 1.0, "does not vary in these futures (in every future)"),
        ("insolvent", 0.0, "does not vary in these futures (in no future)"),
        ("restarts", 0.0, "does not vary in these futures (0 runs in each)"),
        ("unserved", 0.25, "does not vary in these futures (25% in each)"),
    ],
)
def test_a_measure_that_does_not_vary_is_said_to(name: str, value: float, text: str) -> None:
    asked = measure(name)
    result = Finding(asked, (), None, (("happenings.rush", None),), value)
    whole = Sensitivity("toy", None, "given", 100, (result,), (), None)
    assert whole.most(result) == text
    printed = "\n".join(whole.lines())
    assert f"{asked.title}: {text}." in printed
    assert "happenings.rush: does not vary" in printed
    assert "%" not in printed.replace("25% in each", "")


def test_a_share_of_luck_is_of_a_measure_that_varies() -> None:
    one, other = np.random.default_rng(9).standard_normal((2, 50))
    assert analysis.total_share(one, other) is not None


def test_luck_and_ignorance_are_told_apart() -> None:
    """Three parts of the variance are the input's, one is luck's."""
    random = np.random.default_rng(4)
    x = np.sqrt(3.0) * random.standard_normal(20_000)
    share = analysis.total_share(x + random.standard_normal(20_000), x + random.standard_normal(20_000))
    assert share is not None
    assert share.value == pytest.approx(0.25, abs=0.01)
    assert share.low < 0.25 < share.high


def one_input(x: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Almost all is one input's, whose square makes the tail long."""
    return np.asarray(np.log(x[:, 0]) ** 2 + 0.3 * luck)


def late(x: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """A delay up to a horizon, mostly by an input, rarely by luck."""
    return np.minimum(31.0, 3.0 + 40.0 * np.maximum(0.0, x[:, 0] - 0.5) + 60.0 * np.maximum(0.0, luck - 0.9))


def heavy(x: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """An input and luck multiply, both with long tails."""
    return np.asarray(np.exp(3.0 * x[:, 0]) * (-np.log(1.0 - luck)) ** 1.5)


def rare(x: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Something that happens in 6% of futures, mostly by luck."""
    return np.asarray(luck < 0.04 + 0.1 * (x[:, 0] > 0.8), np.float64)


@pytest.mark.parametrize("response", [one_input, late, heavy, rare])
def test_the_interval_of_the_share_of_luck_covers_whatever_the_distribution(
    response: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> None:
    """Nominal 95%; by Fisher's alone it was 40% to 84% for the first three."""
    random = np.random.default_rng(1)
    x = random.random((2_000_000, 1))
    truth = 1.0 - np.corrcoef(response(x, random.random(len(x))), response(x, random.random(len(x))))[0, 1]
    covered = 0
    for seed in range(60):
        drawn, random = cube(seed, 300)[:, :1], np.random.default_rng(1000 + seed)
        share = analysis.total_share(*(response(drawn, random.random(300)) for _ in range(2)))
        covered += share is not None and share.low <= truth <= share.high
    assert covered >= 52


def test_pure_luck_makes_all_of_the_variance_and_no_more() -> None:
    for seed in range(20):
        one, other = np.random.default_rng(seed).standard_normal((2, 50))
        share = analysis.total_share(one, other)
        assert share is not None
        assert 0.0 <= share.low <= share.value <= share.high == 1.0


def test_an_event_counts_by_occurrence_and_size() -> None:
    """An event of odds 0.3 and size N(2, 1) on a background of variance 1: 0.3 * 5 - 0.36 = 1.14 of 2.14."""
    random = np.random.default_rng(5)
    n = 100_000
    base, odds = random.standard_normal(n), np.full(n, 0.3)
    one, other = base + 2.0 + random.standard_normal(n), base + 2.0 + random.standard_normal(n)
    result = analysis.event_total(base, one, other, odds)
    assert result is not None
    assert result.value == pytest.approx(1.14 / 2.14, abs=0.01)
    assert analysis.event_total(base, base, base, odds) == Interval(0.0, 0.0, 0.0)


def test_the_interval_of_what_an_event_makes_covers() -> None:
    held = 0
    for seed in range(60):
        base, size, other = np.random.default_rng(seed).standard_normal((3, 300))
        share = analysis.event_total(base, base + 2.0 + size, base + 2.0 + other, np.full(300, 0.3))
        held += share is not None and share.low <= 1.14 / 2.14 <= share.high
    assert held >= 53


def test_a_finding_turns_where_it_does() -> None:
    x = np.linspace(0.0, 1.0, 1000)
    result = tipping("x", x, lambda rows: "late" if x[rows].mean() > 0.7 else "on time")
    assert (result.usual, result.becomes_above, result.below) == ("on time", "late", None)
    assert result.above == pytest.approx(0.7, abs=0.05)
    assert not tipping("x", x, lambda rows: "same").turns


def test_a_finding_turns_only_where_it_is_shown() -> None:
    """Undecided slices lie between; the edge is where the other finding is shown, and the last slice must show it."""
    x = np.linspace(0.0, 1.0, 1000)

    def turn(*said: str) -> Tipping:
        return tipping("x", x, lambda rows: "a" if len(rows) == 1000 else said[int(10.0 * x[rows].mean())])

    result = turn(*"aaaaaa", "undecided", *"bbb")
    assert result.above == pytest.approx(0.7, abs=0.01)
    assert result.becomes_above == "b"
    for said in (["a"] * 8 + ["b", "undecided"], ["a"] * 8 + ["b", "a"], ["undecided"] * 9 + ["b"]):
        assert not turn(*said).turns


def test_equal_values_stay_in_one_slice() -> None:
    tied = [np.zeros(350), np.full(300, 0.5), np.linspace(0.6, 1.0, 350)]
    x: Column = np.random.default_rng(6).permutation(np.concatenate(tied))
    slices: list[np.ndarray] = []

    def kept(rows: np.ndarray) -> str:
        slices.extend([x[rows]] if len(rows) < len(x) else [])
        return "same"

    tipping("x", x, kept)
    assert (len(slices[0]), slices[0].max()) == (350, 0.0)
    assert all(one.max() < other.min() for one, other in pairwise(slices))


def test_an_unrelated_input_turns_nothing() -> None:
    """The target is met by four points; in a slice of a hundred futures luck alone moves the odds by as much."""
    (gate,) = read_gates((Text("prob(insolvent) <= 24%", Place("x.yaml", 1, 1)),), [])
    unrelated = related = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        x, luck = random.random((2, 1000))
        table = pd.DataFrame({"insolvent": luck < 0.2})
        unrelated += tipping("x", x, finding(table, gate)).turns
        table = pd.DataFrame({"insolvent": luck < np.where(x < 0.8, 0.05, 0.6)})
        above = tipping("x", x, finding(table, gate)).above
        related += above is not None and abs(above - 0.8) < 0.05
    assert unrelated <= 2
    assert related >= 95


def test_an_unrelated_input_turns_no_bottleneck() -> None:
    unrelated = related = 0
    for seed in range(25):
        random = np.random.default_rng(seed)
        x, money, depth = random.random((3, 500))
        table = parts(500, train_budget=money, train_depth=0.8 * depth)
        unrelated += tipping("x", x, finding(table, None)).turns
        result = tipping("x", x, finding(table.assign(train_depth=np.where(x < 0.8, 0.2, 2.0) * depth), None))
        related += result.becomes_above == CONSTRAINTS["rental"].words
    assert unrelated <= 1
    assert related >= 24


@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("tail", [1.0, 4.0])
def test_the_noise_floor_of_slices_is_what_chance_shows(n: int, tail: float) -> None:
    """(slices - 1) / (n - 1), over 400 unrelated inputs, long tails or not; nothing is left once it is taken off."""
    random = np.random.default_rng(n)
    names = [f"x{i}" for i in range(400)]
    y = np.exp(tail * random.standard_normal(n))
    result = [
        index.first.value for index in analysis.given_data({x: random.random(n) for x in names}, y) if index.first
    ]
    floor = analysis.noise_floor(n)
    assert floor == (min(20, n // 10) - 1) / (n - 1)
    assert np.mean(result) == pytest.approx(0.0, abs=3.5 * float(np.std(result)) / 20.0)
    assert abs(np.mean(result)) < floor / 5.0
    assert caveats("given", n, False).startswith(
        f"Slices of an assumption that does nothing would explain {100 * floor:.2g}%"
    )


def test_the_interval_of_a_share_from_slices_covers() -> None:
    """Three parts of sixteen are the input's; 95%, over 200 seeds."""
    held = 0
    for seed in range(200):
        x, y = np.random.default_rng(seed).standard_normal((2, 400))
        (index,) = analysis.given_data({"x": x}, np.sqrt(3.0) * x + np.sqrt(13.0) * y)
        held += index.first is not None and index.first.low <= 3.0 / 16.0 <= index.first.high
    assert held >= 180


def test_a_direction_is_told_where_it_is_beyond_chance() -> None:
    told = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        inputs = {f"x{i}": random.standard_normal(300) for i in range(50)}
        result = analysis.given_data(inputs, inputs["x0"] + 2.0 * random.standard_normal(300))
        told.append([index.direction for index in result])
    assert (np.array(told)[:, 0] > 0.0).all()
    assert (np.array(told)[:, 1:] != 0.0).any(axis=1).sum() <= 6


def test_shares_of_dependent_assumptions_do_not_add_up_and_are_said_not_to() -> None:
    random = np.random.default_rng(3)
    one = random.standard_normal(4000)
    other = 0.8 * one + 0.6 * random.standard_normal(4000)
    result = analysis.given_data({"one": one, "other": other}, one + other)
    assert sum(index.first.value for index in result if index.first) > 1.5
    assert "do not add up" in caveats("given", 4000, True)
    assert "do not add up" not in caveats("given", 4000, False)
