from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from sim.template.sampling import Numbers, correlated, draw_inputs, uniforms
from tests.scenario.toy import BASELINE, scenario

RANKS = """
correlations:
  - {between: [lab.cash, lab.growth], rank: 0.6}
  - {between: [lab.cash, chips.nv_h200.price], rank: -0.3}
"""


def futures(first: int, n: int) -> tuple[Numbers, Numbers]:
    """Numbers of futures, each with its first draw."""
    return np.arange(first, first + n), np.zeros(n, np.int64)


def test_futures_do_not_depend_on_how_many_are_drawn(tmp_path: Path) -> None:
    toy = scenario(BASELINE + RANKS, tmp_path)
    whole = draw_inputs(toy, 7, *futures(0, 2000))
    for first, n in [(0, 1000), (0, 1), (999, 3), (1000, 1000), (1777, 13)]:
        assert draw_inputs(toy, 7, *futures(first, n)).tobytes() == whole[first : first + n].tobytes()


def test_an_input_more_moves_no_other_column(tmp_path: Path) -> None:
    before = scenario(BASELINE, tmp_path)
    after = scenario(BASELINE.replace("price: $14,000", "price: {between: [$10k, $18k]}"), tmp_path)
    paths = [drawing.path for drawing in after.inputs]
    kept = [paths.index(drawing.path) for drawing in before.inputs]
    assert len(paths) == len(kept) + 1
    assert np.array_equal(draw_inputs(after, 7, *futures(0, 64))[:, kept], draw_inputs(before, 7, *futures(0, 64)))


def test_what_is_drawn_again_moves_alone_and_with_each_attempt(tmp_path: Path) -> None:
    toy = scenario(BASELINE, tmp_path)
    paths = [drawing.path for drawing in toy.inputs]
    numbers, attempts = np.arange(100), np.arange(100) % 3
    again = frozenset({"lab.cash"})
    once, thrice = (draw_inputs(toy, 7, numbers, attempts * k, again) for k in (0, 1))
    cash = paths.index("lab.cash")
    assert np.array_equal(np.delete(once, cash, 1), np.delete(thrice, cash, 1))
    assert ((once != thrice)[:, cash] == (attempts > 0)).all()


def test_later_attempts_are_spread_as_the_first(tmp_path: Path) -> None:
    numbers = np.repeat(np.arange(500), 8)
    u = uniforms(["lab.cash"], 3, numbers, np.tile(np.arange(1, 9), 500))["lab.cash"]
    assert np.quantile(u, [0.05, 0.5, 0.95]) == pytest.approx([0.05, 0.5, 0.95], abs=0.03)
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 0.05
    assert len(np.unique(u)) == len(u)
    assert np.all((u > 0.0) & (u < 1.0))


@pytest.mark.parametrize("size", [32, 64, 256, 1024])
@pytest.mark.parametrize("block", [0, 1, 5])
def test_every_aligned_block_is_stratified(block: int, size: int) -> None:
    for u in uniforms(["lab.cash", "lab.growth", "x"], 3, futures(block * size, size)[0]).values():
        assert sorted((u * size).astype(int)) == list(range(size))
        assert np.all((u > 0.0) & (u < 1.0))


def test_unrelated_inputs_are_not_related_by_how_they_are_drawn() -> None:
    """Over 30 inputs and 20 seeds: rank correlations have the spread of independent draws, and so do leading digits."""
    paths = [f"input {k}" for k in range(30)]
    pairs = np.triu_indices(len(paths), 1)
    for n in (300, 1024):
        ranks, halves = [], []
        for seed in range(1, 21):
            u = np.column_stack([*uniforms(paths, seed, futures(0, n)[0]).values()])
            ranks.append(np.corrcoef(rankdata(u, axis=0).T)[pairs])
            signs = np.sign(u - 0.5)
            halves.append((signs.T @ signs / n)[pairs])
        assert np.std(ranks) * n**0.5 == pytest.approx(1.0, abs=0.06)
        assert np.std(halves) * n**0.5 == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize(("n", "less"), [(300, 0.6), (1000, 0.5), (1024, 0.2)])
def test_a_mean_over_one_input_is_nearer_than_of_independent_draws(n: int, less: float) -> None:
    means = [uniforms(["x"], seed, futures(0, n)[0])["x"].mean() for seed in range(100)]
    assert np.std(means) < less * (1.0 / 12.0 / n) ** 0.5


def test_paths_and_seeds_name_sequences_of_their_own() -> None:
    columns = [u for seed in (1, 2) for u in uniforms(["a", "b", "c"], seed, futures(0, 4096)[0]).values()]
    assert np.abs(np.corrcoef(columns) - np.eye(6)).max() < 0.06
    assert len(np.unique(np.concatenate(columns))) == 6 * 4096


def test_ranks_are_reached_and_margins_kept(tmp_path: Path) -> None:
    toy = scenario(BASELINE + RANKS, tmp_path)
    shares = correlated(toy, 7, *futures(0, 8192), frozenset(), frozenset(drawing.path for drawing in toy.inputs))
    cash, growth, price = (shares[path] for path in ("lab.cash", "lab.growth", "chips.nv_h200.price"))
    assert spearmanr(cash, growth).statistic == pytest.approx(0.6, abs=0.02)
    assert spearmanr(cash, price).statistic == pytest.approx(-0.3, abs=0.02)
    assert spearmanr(growth, price).statistic == pytest.approx(0.0, abs=0.03)
    for share in (cash, growth, price):
        assert np.quantile(share, [0.05, 0.5, 0.95]) == pytest.approx([0.05, 0.5, 0.95], abs=0.01)


def test_dollars_and_chips_are_whole(tmp_path: Path) -> None:
    toy = scenario(BASELINE, tmp_path)
    drawn = dict(zip([drawing.path for drawing in toy.inputs], draw_inputs(toy, 7, *futures(0, 100)).T, strict=True))
    assert np.all(drawn["lab.cash"] == np.floor(drawn["lab.cash"]))
    assert not np.any(drawn["lab.growth"] == np.floor(drawn["lab.growth"]))
