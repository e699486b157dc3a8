"""What comes back: removals of constructed games, whose answer is known."""

import math
from collections.abc import Callable
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.removals import (
    ALL,
    COUNTING_GAIN,
    NAMES,
    NEARLY_ALL,
    NOTABLE_PART,
    NOTICEABLE_PART,
    SETS,
    SHORTFALLS,
    TABLED,
    Amount,
    Removals,
    Rows,
    amount,
    contenders,
    names_of,
    removals,
    short_from,
    tabled,
)
from sim.measures.restricted_means import CUT
from tests.bottlenecks.games import Left, bit, game, parallel, removals_of, series, table, with_luck, worth
from tests.findings.toy import outcomes

FUTURES = 300
SEEDS = range(100)


def answer_of(result: Removals) -> list[tuple[str, ...]]:
    return [each.removed for each in result.candidates]


def of_luck(seed: int, left: Left, futures: int = FUTURES, spread: float = 0.1) -> Removals:
    return Removals("train_short", with_luck(seed, left, futures, spread))


def by_chance(seed: int) -> Removals:
    """A game without any order: every set gives back something else in every future."""
    return Removals("train_short", np.random.default_rng(seed).random((SETS, 12)))


def test_every_set_comes_once_and_removes_what_its_bits_say() -> None:
    result = [names_of(each) for each in range(SETS)]
    assert len({frozenset(each) for each in result}) == SETS == 64
    assert (result[0], result[ALL]) == ((), NAMES)
    assert all(bit(*names) == each for each, names in enumerate(result))


# --- the answer on known games ---


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("others", [0.0, 0.004, 0.009])
def test_one_constraint_that_binds_alone_is_named_whatever_the_others_sizes(name: str, others: float) -> None:
    gains = dict.fromkeys(NAMES, others) | {name: 0.5}
    result = removals_of(worth(0.6, **gains))
    assert (result.size, result.pattern, answer_of(result)) == (1, "single", [(name,)])
    assert result.alone[name].mean == pytest.approx(0.5)
    assert result.further == ()


@pytest.mark.parametrize("pair", list(combinations(NAMES, 2)))
def test_two_in_series_are_joint_and_neither_gives_anything_alone(pair: tuple[str, str]) -> None:
    result = removals_of(series(0.44, *pair, gain=0.4))
    assert (result.size, result.pattern, answer_of(result)) == (2, "joint", [pair])
    assert {result.alone[name].mean for name in NAMES} == {0.0}
    assert [name for name in NAMES if result.kept[name].irreplaceable] == list(pair)


@pytest.mark.parametrize("pair", list(combinations(NAMES, 2)))
def test_two_in_parallel_are_interchangeable_and_neither_is_irreplaceable(pair: tuple[str, str]) -> None:
    result = removals_of(parallel(0.44, *pair, gain=0.4))
    assert (result.size, result.pattern, answer_of(result)) == (1, "interchangeable", [(name,) for name in pair])
    assert {result.last[name].mean for name in NAMES} == {0.0}
    assert not any(each.irreplaceable for each in result.kept.values())


def test_three_in_series_are_joint_and_three_in_parallel_interchangeable() -> None:
    three = ("money", "domestic", "software")
    result = removals_of(series(0.44, *three, gain=0.4))
    assert (result.size, result.pattern, answer_of(result)) == (3, "joint", [three])
    assert result.steps == pytest.approx((0.0, 0.0, 0.4, 0.04))
    result = removals_of(parallel(0.44, *three, gain=0.4))
    assert (result.pattern, len(result.candidates)) == ("interchangeable", 3)


def test_what_adds_up_is_additive() -> None:
    result = removals_of(worth(0.44, money=0.2, rules=0.2))
    assert (result.size, result.pattern, answer_of(result)) == (2, "additive", [("money", "rules")])


def test_two_that_add_up_are_not_interchangeable_though_neither_is_ahead() -> None:
    """Either gives back more than 90% of all; the other then adds three points more."""
    two = {"money", "rules"}
    result = removals_of(lambda gone: 0.5 - 0.37 * bool(gone & two) - 0.03 * (two <= gone))
    assert (result.size, result.pattern, len(result.candidates)) == (1, "single", 2)


@pytest.mark.parametrize("most", [0.0, -0.1, 0.009])
def test_where_nothing_gives_back_a_point_there_is_no_answer(most: float) -> None:
    result = removals_of(worth(0.44, money=most))
    assert (result.nothing, result.pattern) == (True, "nothing")
    document = result.as_json()
    assert (document["size"], document["candidates"], document["further"]) == (0, [], [])


def test_a_removal_that_harms_is_left_out_of_the_best() -> None:
    result = removals_of(worth(0.44, money=0.3, rules=-0.1))
    assert result.best[-1].removed == ("money",)
    assert answer_of(result) == [("money",)]
    assert result.alone["rules"].mean == pytest.approx(-0.1)
    assert result.kept["rules"].lost.mean == 0.0


@pytest.mark.parametrize(("ahead", "candidates"), [(0.0049, 2), (0.0051, 1)])
def test_half_a_point_is_too_close_to_call(ahead: float, candidates: int) -> None:
    result = removals_of(parallel(0.44 + ahead, "money", "sites", gain=0.4))
    column = result.column.copy()
    column[[k for k in range(SETS) if k & bit("money")]] -= ahead
    assert len(Removals("train_short", column).candidates) == candidates


def test_of_delays_it_is_a_month_that_counts() -> None:
    late = worth(6.0, money=0.9)
    assert removals_of(late, measure="second_delay").nothing
    assert removals_of(worth(6.0, money=1.1), measure="second_delay").pattern == "single"
    close_to = parallel(6.0, "money", "sites", gain=3.0)

    def apart(gone: frozenset[str]) -> "float | Rows":
        return close_to(gone) + 0.4 * ("money" not in gone and "sites" in gone)

    assert len(removals_of(apart, measure="second_delay").candidates) == 2
    assert len(removals_of(apart, measure="train_short").candidates) == 1


def test_luck_keeps_a_rival_a_candidate_and_more_futures_decide() -> None:
    def left(gone: frozenset[str]) -> float:
        return 0.5 - max(0.3 * ("money" in gone), 0.27 * ("sites" in gone))

    few, many = (of_luck(1, left, futures) for futures in (40, 4000))
    assert {each.removed for each in few.singles} == {("money",), ("sites",)}
    assert [each.removed for each in many.singles] == [("money",)]


def test_what_adds_a_point_after_the_answer_is_named_in_its_order() -> None:
    result = removals_of(worth(0.6, money=0.5, rules=0.012, sites=0.03, software=0.005))
    assert [each.removed for each in result.further] == [("sites",), ("rules",)]
    assert [each.gain.mean for each in result.further] == pytest.approx([0.03, 0.012])
    luck = of_luck(2, worth(0.6, money=0.5, sites=0.011), 30)
    assert luck.further == ()


def test_irreplaceable_is_what_no_others_make_up_for() -> None:
    """Money is needed; beside it rules or sites, either one."""
    result = removals_of(lambda gone: 0.5 - 0.4 * ("money" in gone and bool(gone & {"rules", "sites"})))
    assert result.pattern == "joint"
    assert answer_of(result) == [("money", "rules"), ("money", "sites")]
    assert [name for name in NAMES if result.kept[name].irreplaceable] == ["money"]
    assert result.kept["money"].best.gain.mean == 0.0
    assert result.kept["rules"].best.removed == ("money", "sites")


@pytest.mark.parametrize(("part", "expected"), [(NOTICEABLE_PART - 0.01, False), (NOTICEABLE_PART + 0.01, True)])
def test_irreplaceable_is_more_than_a_tenth_of_the_shortfall(part: float, expected: bool) -> None:
    result = removals_of(worth(1.0, money=0.8, sites=part))
    assert result.kept["sites"].irreplaceable is expected


# --- identities ---


@pytest.mark.parametrize("seed", range(20))
def test_the_best_of_at_most_k_never_falls_and_the_steps_add_up(seed: int) -> None:
    result = by_chance(seed)
    gains = [each.gain.mean for each in result.best]
    assert gains == sorted(gains)
    assert [len(each.removed) <= size for size, each in enumerate(result.best, 1)] == [True] * 6
    assert sum(result.steps) == pytest.approx(result.whole.mean, abs=1e-12)
    assert result.steps[:2] == pytest.approx((gains[0], gains[1] - gains[0]))
    assert min(result.steps[1:3]) >= 0.0


def shapley_by_orders(column: np.ndarray) -> dict[str, float]:
    """The mean over all 720 orders of what each adds when it comes."""
    means = column.mean(axis=1)
    added = dict.fromkeys(NAMES, 0.0)
    for order in permutations(range(len(NAMES))):
        gone = 0
        for player in order:
            added[NAMES[player]] += (means[gone] - means[gone | 1 << player]) / math.factorial(len(NAMES))
            gone |= 1 << player
    return added


@pytest.mark.parametrize("seed", range(5))
def test_what_is_allotted_agrees_with_all_orders_and_adds_up_with_what_stays(seed: int) -> None:
    result = by_chance(seed)
    allotted = {name: each.mean for name, each in result.allotted.items()}
    assert allotted == pytest.approx(shapley_by_orders(result.column))
    assert sum(allotted.values()) + result.column[ALL].mean() == pytest.approx(result.whole.mean)


def test_what_is_allotted_on_games_known_by_heart() -> None:
    series_, parallel_ = (made(0.44, "money", "rental", gain=0.4) for made in (series, parallel))
    for left in (series_, parallel_):
        allotted = {name: each.mean for name, each in removals_of(left).allotted.items()}
        assert allotted == pytest.approx(dict.fromkeys(NAMES, 0.0) | {"money": 0.2, "rental": 0.2})
    gains = {"money": 0.2, "rules": 0.1, "sites": -0.05}
    allotted = {name: each.mean for name, each in removals_of(worth(0.5, **gains)).allotted.items()}
    assert allotted == pytest.approx(dict.fromkeys(NAMES, 0.0) | gains)


# --- superlatives, by brute force over all sets ---


def every(size: int) -> list[tuple[str, ...]]:
    return list(combinations(NAMES, size))


@pytest.mark.parametrize("seed", range(30))
def test_every_superlative_holds_against_all_sets(seed: int) -> None:
    result = by_chance(seed)
    column = result.column

    def gain(names: tuple[str, ...]) -> float:
        return float((column[0] - column[bit(*names)]).mean())

    assert [len(every(size)) for size in (1, 2, 3)] == [6, 15, 20]
    for size in range(1, 7):
        most = max(gain(names) for k in range(1, size + 1) for names in every(k))
        assert result.best[size - 1].gain.mean == pytest.approx(most)
    least = next(
        size for size in range(1, 7) if result.best[size - 1].gain.mean >= NEARLY_ALL * result.best[-1].gain.mean
    )
    assert result.size == least
    assert result.candidates[0].gain.mean == pytest.approx(max(map(gain, every(least))))
    assert result.singles[0].gain.mean == pytest.approx(max(map(gain, every(1))))
    for candidates, size in ((result.candidates, least), (result.singles, 1)):
        gains = [each.gain.mean for each in candidates]
        assert gains == sorted(gains, reverse=True)
        assert {len(each.removed) for each in candidates} == {size}
    for name in NAMES:
        without = [names for k in range(7) for names in every(k) if name not in names]
        assert result.kept[name].best.gain.mean == pytest.approx(max(map(gain, without)))
        assert name not in result.kept[name].best.removed
        rest = tuple(other for other in NAMES if other != name)
        assert result.last[name].mean == pytest.approx(gain(NAMES) - gain(rest))


@pytest.mark.parametrize("seed", range(30))
def test_no_candidate_is_left_out_that_is_within_half_a_point(seed: int) -> None:
    result = of_luck(seed, worth(0.6, money=0.2, rules=0.2, sites=0.19), 60, 0.02)
    top, named = result.candidates[0].gain.mean, set(answer_of(result))
    for names in every(result.size):
        if result.gain(bit(*names)).mean >= top - NOTABLE_PART * COUNTING_GAIN:
            assert names in named


def test_each_constraint_is_best_in_its_own_futures() -> None:
    """Money gives most in one future, sites in two, and nothing gives a point in the fourth."""
    money, sites = np.array([0.3, 0.1, 0.0, 0.004]), np.array([0.1, 0.2, 0.1, 0.0])
    result = removals_of(lambda gone: 0.5 - money * ("money" in gone) - sites * ("sites" in gone))
    assert result.best_alone_in == dict.fromkeys(NAMES, 0.0) | {"money": 0.25, "sites": 0.5}


# --- what luck may do ---


def hard(gone: frozenset[str]) -> float:
    """Money and rental bring 30 points together, and money and sites half a point less than these."""
    pairs = [({"money", "rental"}, 0.3), ({"money", "sites"}, 0.294), ({"rental", "sites"}, 0.28)]
    return 0.5 - max((gain for pair, gain in pairs if pair <= gone), default=0.0)


def close(gone: frozenset[str]) -> float:
    """Each alone brings nearly all."""
    gains = {"money": 0.3, "rental": 0.297, "sites": 0.294, "rules": 0.29}
    return 0.5 - max((gains.get(name, 0.0) for name in gone), default=0.0)


@pytest.mark.parametrize("spread", [0.03, 0.1, 0.3])
def test_the_best_single_is_among_its_candidates(spread: float) -> None:
    result = [of_luck(seed, close, FUTURES, spread) for seed in SEEDS]
    assert sum(("money",) in {removal.removed for removal in each.singles} for each in result) >= 95


@pytest.mark.parametrize("spread", [0.03, 0.06, 0.1])
def test_the_answer_is_among_its_candidates(spread: float) -> None:
    """Both its size and the pair; what is half a point behind may be a candidate beside it."""
    result = [of_luck(seed, hard, FUTURES, spread) for seed in SEEDS]
    assert sum(each.size == 2 and ("money", "rental") in answer_of(each) for each in result) >= 95
    assert sum(len(each.candidates) > 1 for each in result) >= 50


READINGS: dict[str, Callable[[Removals], Amount]] = {
    "missing": lambda found: found.whole,
    "alone": lambda found: found.alone["money"],
    "last": lambda found: found.last["rental"],
    "allotted": lambda found: found.allotted["money"],
    "pair": lambda found: found.gain(bit("money", "rental")),
    "beyond": lambda found: found.gain(bit("money", "rental"), over=bit("money")),
}


@pytest.mark.parametrize("name", READINGS)
def test_errors_cover_their_truth(name: str) -> None:
    """Nominally 95 of 100 seeds; luck of its own in each set, and common luck."""
    read = READINGS[name]
    truth = read(removals_of(hard)).mean
    result = [read(of_luck(seed, hard)) for seed in SEEDS]
    assert sum(abs(each.mean - truth) <= each.error for each in result) >= 85
    assert all(0.0 < each.error < 0.05 for each in result)


def test_a_joint_effect_is_seldom_found_by_luck() -> None:
    result = [of_luck(seed, worth(0.5, money=0.2, rules=0.2), FUTURES, 0.3) for seed in SEEDS]
    assert sum(each.pattern == "joint" for each in result) <= 5


def test_one_future_leaves_errors_open() -> None:
    result = removals_of(worth(0.44, money=0.4), futures=1)
    assert result.whole.error == math.inf
    assert result.whole.as_json() == {"mean": 0.44, "simulation_error": None}


# --- the table ---


def test_a_table_holds_shortfalls_and_delays_cut_at_one_horizon() -> None:
    made = table(game(worth(0.44, money=0.4)))
    made[0, 0, TABLED.index("second_delay")] = math.inf
    result = removals(made)
    assert list(result) == [*SHORTFALLS.values(), "next_delay", "second_delay"]
    assert result["second_delay"].column[0, 0] == CUT
    assert [each.as_json()["horizon"] for each in result.values()] == [None, None, CUT, CUT]
    assert result["train_short"].alone["money"].mean == pytest.approx(0.4)
    assert math.isfinite(result["second_delay"].whole.mean)


def test_what_a_table_keeps_of_outcomes() -> None:
    kept = outcomes(4).assign(next_released=[1.0, 0.0, 1.0, 1.0], next_delay=[3.0, 31.0, 4.0, 5.0])
    rows = pd.DataFrame(tabled(kept), columns=list(TABLED))
    assert list(rows["next_delay"]) == [3.0, math.inf, 4.0, 5.0]
    assert list(rows["tokens_served"]) == list(kept["tokens_served"])
    onsets = kept.assign(**{f"train_when_{name}": 2000.0 for name in NAMES}).assign(train_when_sites=[5.0, 6, 7, 2000])
    assert list(short_from("train", onsets)) == [5.0, 6.0, 7.0, 2000.0]


def test_the_document_holds_all_sets_and_finite_numbers() -> None:
    document = by_chance(1).as_json()
    sets = document["sets"]
    assert isinstance(sets, list)
    assert len(sets) == SETS - 1
    assert len({tuple(each["removed"]) for each in sets}) == SETS - 1
    assert list(document)[:5] == ["measure", "futures", "horizon", "missing", "pattern"]


def test_an_amount_is_a_mean_with_half_of_its_interval() -> None:
    luck = np.random.default_rng(7).normal(0.2, 0.1, 4000)
    result = amount(luck)
    assert result.mean == pytest.approx(0.2, abs=0.005)
    assert result.error == pytest.approx(1.96 * 0.1 / 4000**0.5, rel=0.15)
    assert result.error < COUNTING_GAIN


# --- what may be said to be first ---


@pytest.mark.parametrize(("leads", "first"), [((0.05, 0.0, 0.0), [0]), ((0.0, 0.05, 0.0), [1]), ((0.0, 0.0), None)])
def test_what_luck_may_have_put_ahead_stands_beside_its_rivals(leads: tuple[float, ...], first: list[int]) -> None:
    result = []
    for seed in range(100):
        luck = np.random.default_rng(seed)
        common = luck.normal(0.0, 1.0, 256)
        result.append(contenders([common + lead + luck.normal(0.0, 0.1, 256) for lead in leads]))
    alone = sum(len(each) == 1 for each in result)
    assert alone <= 8 if first is None else sum(each == first for each in result) >= 95
