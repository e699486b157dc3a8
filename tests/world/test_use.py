"""Which chips train and which serve."""

import pytest

from sim.world import use
from tests.world.a_future import Told, small

UNIT = 1071.230121314979 * 4.62 * 86400.0
"""Tokens a day of one serving unit."""


def wanting(serve: float, more: str = "", latent: float = 0.0) -> Told:
    """1,000 H800, of which all train on the first day, and a demand of so many serving units."""
    return small(f"serving: {{tokens: {serve * UNIT} tokens / day}}\ntraining: {{latent: {latent}{more}}}").begin()


@pytest.mark.parametrize(
    ("train", "serve", "share"),
    [
        (1000.0, 0.0, 0.0),
        (0.0, 400.0, 0.4),
        (0.0, 4000.0, 1.0),
        (900.0, 100.0, 0.1),
        (800.0, 200.0, 0.2),
        (1000.0, 1000.0, 0.5),
        (3000.0, 1000.0, 0.25),
        (1000.0, 3000.0, 0.75),
        (500.0, 100.0, 0.1),
    ],
)
def test_both_uses_fill_the_same_share_of_what_they_want(train: float, serve: float, share: float) -> None:
    future = small().begin()
    assert use.split(future, 1000.0, train, 0.0, 1000.0, serve) == pytest.approx(share)


@pytest.mark.parametrize(("least", "serve", "share"), [(300.0, 200.0, 0.0), (300.0, 300.0, 0.0), (300.0, 900.0, 0.25)])
def test_chips_that_only_serve_come_first(least: float, serve: float, share: float) -> None:
    """With a quarter of the others training has 750 and serving 300 + 250: for a want of 900, the same share."""
    future = small().begin()
    train_wanted = 750.0 * 900.0 / 550.0
    found = use.split(future, 1000.0, train_wanted, least, least + 1000.0, serve)
    assert found == pytest.approx(share)
    if found > 0.0:
        assert 1000.0 * (1.0 - found) / train_wanted == pytest.approx((least + 1000.0 * found) / serve)


@pytest.mark.parametrize(("lever", "share"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)])
def test_the_lever_leans_to_one_side(lever: float, share: float) -> None:
    future = small(f"procurement: {{train_first: {lever}}}").begin()
    assert use.split(future, 1000.0, 1000.0, 0.0, 1000.0, 1000.0) == pytest.approx(share)


def test_the_fleet_is_rated_by_that_split() -> None:
    lab = wanting(600.0, ", opening_share: 0.6", latent=0.5).lab[0]
    assert lab.train_anchor == pytest.approx(900.0)
    assert lab.train_rate / 900.0 == pytest.approx(lab.serve_rate / 600.0)
    assert lab.train_rate + lab.serve_rate == pytest.approx(1000.0)


def test_nothing_wanted_of_serving_leaves_all_to_training() -> None:
    lab = wanting(0.0).lab[0]
    assert (lab.train_rate, lab.serve_rate, lab.serving_share) == (1000.0, 0.0, 0.0)


def test_serving_gets_what_it_wants_when_training_wants_little() -> None:
    lab = wanting(300.0, ", opening_share: 0.1").lab[0]
    assert lab.serve_rate == pytest.approx(300.0)
    assert lab.train_rate == pytest.approx(700.0)
