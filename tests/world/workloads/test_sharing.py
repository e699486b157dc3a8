"""Which chips train and which serve."""

import pytest

from sim.world.lab import CAMPAIGNS, HIRING
from sim.world.workloads import sharing, training_pools
from tests.world.a_future import LoggedFuture, small

UNIT = 1071.230121314979 * 4.62 * 86400.0
"""Tokens a day of one serving unit."""


def wanting(serve: float, more: str = "", latent: float = 0.0) -> LoggedFuture:
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
    assert sharing.split(future, 1000.0, train, 0.0, 1000.0, serve) == pytest.approx(share)


@pytest.mark.parametrize(("least", "serve", "share"), [(300.0, 200.0, 0.0), (300.0, 300.0, 0.0), (300.0, 900.0, 0.25)])
def test_chips_that_only_serve_come_first(least: float, serve: float, share: float) -> None:
    """With a quarter of the others training has 750 and serving 300 + 250: for a want of 900, the same share."""
    future = small().begin()
    train_wanted = 750.0 * 900.0 / 550.0
    result = sharing.split(future, 1000.0, train_wanted, least, least + 1000.0, serve)
    assert result == pytest.approx(share)
    if result > 0.0:
        assert 1000.0 * (1.0 - result) / train_wanted == pytest.approx((least + 1000.0 * result) / serve)


@pytest.mark.parametrize(("lever", "share"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)])
def test_the_lever_leans_to_one_side(lever: float, share: float) -> None:
    future = small(f"procurement: {{train_first: {lever}}}").begin()
    assert sharing.split(future, 1000.0, 1000.0, 0.0, 1000.0, 1000.0) == pytest.approx(share)


def test_training_yields_to_paying_customers_while_campaigns_are_saved_on() -> None:
    """Half of a weight of a half: a quarter to three quarters, of want that is the same for both."""
    future = small("capital: {training_concession: 0.5}").begin()
    future.lab[0].austerity = HIRING
    assert sharing.split(future, 1000.0, 1000.0, 0.0, 1000.0, 1000.0) == pytest.approx(0.5)
    future.lab[0].austerity = CAMPAIGNS
    assert sharing.split(future, 1000.0, 1000.0, 0.0, 1000.0, 1000.0) == pytest.approx(0.75)


def test_the_fleet_is_rated_by_that_split() -> None:
    lab = wanting(600.0, ", opening_share: 0.6", latent=0.5).lab[0]
    assert lab.train_anchor == pytest.approx(900.0)
    assert lab.train_rate / 900.0 == pytest.approx(lab.serve_rate / 600.0)
    assert lab.train_rate + lab.serve_rate == pytest.approx(1000.0)


def test_nothing_wanted_of_serving_leaves_all_to_training() -> None:
    lab = wanting(0.0).lab[0]
    assert (lab.train_rate, lab.serve_rate) == (1000.0, 0.0)


def test_serving_gets_what_it_wants_when_training_wants_little() -> None:
    lab = wanting(300.0, ", opening_share: 0.1").lab[0]
    assert lab.serve_rate == pytest.approx(300.0)
    assert lab.train_rate == pytest.approx(700.0)


ROLLOUTS = "training: {latent: 0, rollout_share: 0.4, research: 4}\n"
"""0.4 x 4/5 = 0.32 of all training work may run rollout_share: 0.32 / 0.68 beside each unit that trains."""


def beside(ascend: float, serve: float, more: str = "", training: str = ROLLOUTS) -> LoggedFuture:
    """1,000 H800, chips that serve 0.8 of an H800 and do not train yet, and a demand of so many serving units."""
    chip = "chips: [{id: ascend, ops8: 1979 TFLOP/s}]\n"
    holding = f"fleet: {{holdings: [{{id: ascend_site, opening: {ascend} chips}}]}}\n"
    tokens = f"serving: {{tokens: {serve * UNIT} tokens / day{more}}}\n"
    return small(chip + holding + tokens + training).begin()


def test_rollouts_relieve_training_when_serving_chips_idle() -> None:
    """Of 800 serving units tokens want 500; 300 are rollouts."""
    lab = beside(1000.0, 500.0).lab[0]
    assert lab.train_anchor == pytest.approx(1300.0)
    assert (lab.train_rate, lab.serve_rate) == pytest.approx((1300.0, 500.0))
    without = beside(1000.0, 500.0, training="").lab[0]
    assert (without.train_rate, without.serve_rate) == pytest.approx((1000.0, 800.0))


def test_rollouts_go_with_the_work_that_needs_training_chips_and_no_further() -> None:
    lab = beside(1000.0, 200.0).lab[0]
    assert lab.train_rate == pytest.approx(1000.0 / 0.68)
    assert lab.serve_rate == pytest.approx(800.0 - 1000.0 * 0.32 / 0.68)


@pytest.mark.parametrize("lever", [0.4, 0.5, 0.6])
def test_tokens_rollouts_and_the_rest_fill_the_same_share_of_what_they_want(lever: float) -> None:
    future = beside(500.0, 1000.0, training=f"{ROLLOUTS}procurement: {{train_first: {lever}}}")
    lab = future.lab[0]
    lab.train_wanted = 2000.0
    sharing.rated(future)
    assert (1.0 - lever) * lab.train_rate / 2000.0 == pytest.approx(lever * lab.serve_rate / 1000.0)
    assert lab.train_rate + lab.serve_rate == pytest.approx(1400.0)
    core = sum(holding.online * holding.trains * (1.0 - holding.serving) for holding in future.holdings)
    assert core == pytest.approx(0.68 * lab.train_rate)


def test_the_night_hours_of_serving_go_to_rollouts() -> None:
    """Load is half of its peak: of 400 units 200 are free on average, and research can use a half of those."""
    lab = beside(500.0, 200.0, ", peak: 2, night: 0.5").lab[0]
    assert (lab.train_rate, lab.serve_rate) == pytest.approx((1100.0, 400.0))
    assert beside(500.0, 200.0, ", peak: 2").lab[0].train_rate == pytest.approx(1000.0)


def test_chips_that_serve_more_for_what_they_train_go_to_serving_first() -> None:
    """An Ascend fit for training is 0.126 of an H800 there, and 0.8 of one in serving."""
    future = beside(1000.0, 900.0, training="software: {stacks: [{id: cann, fit_from: 0}]}")
    future.lab[0].train_wanted = 1000.0
    sharing.rated(future)
    ascend, h800 = future.the("holdings", "ascend_site"), future.the("holdings", "h800_hall")
    assert ascend.trains == pytest.approx(0.5 * 0.4 * 0.6 / 0.95)
    assert ascend.serving == 1.0
    assert 1000.0 * (1.0 - h800.serving) / 1000.0 == pytest.approx((800.0 + 1000.0 * h800.serving) / 900.0)
    pool = future.at("holdings", "h800_hall")
    assert training_pools.training_rate(future, pool) == pytest.approx(future.lab[0].train_rate)


def test_the_division_is_exact_where_capacity_bends() -> None:
    """H20s write what H800s read for them: the first H800s add more to serving than the last."""
    future = small(f"fleet: {{holdings: [{{id: ascend_site, chip: h20, opening: 1000 chips}}]}}\n{ROLLOUTS}").begin()
    train, able = sharing.divide(future, 1000.0, 900.0, 0.0)
    assert train / 680.0 == pytest.approx(able / (900.0 + 320.0), rel=1e-3)
    assert able == sharing.capacity(future, sharing.AS_DIVIDED)


def test_each_rate_is_chips_times_software_times_reliability() -> None:
    """The opening stack: utilisation 0.4 of 0.8, serving 0.6 of 0.8, goodput 0.6 of 0.95; a fifth is in repair."""
    cann = "{id: cann, fit_from: 0, serving: 0.6, serving_ceiling: 0.8}"
    site = "sites: [{id: new_site, energised: 2023-01-01}]"
    none = "{id: h800_hall, opening: 0 chips}, {id: ascend_site, opening: 1000 chips}"
    tokens = f"serving: {{tokens: {100 * UNIT} tokens / day}}"
    more = f"software: {{stacks: [{cann}]}}\nfleet: {{{site}, holdings: [{none}]}}\n{tokens}"
    future = small(more).begin()
    holding, lab = future.the("holdings", "ascend_site"), future.lab[0]
    holding.online, holding.down = 800.0, 200.0
    sharing.rated(future)
    trains, serves = 1.0 - holding.serving, holding.serving
    assert lab.train_at_ceiling == pytest.approx(1000.0 * 0.5 * 0.8 * trains)
    assert lab.train_no_repairs / lab.train_at_ceiling == pytest.approx(0.4 / 0.8)
    assert lab.train_rate / lab.train_no_repairs == pytest.approx(0.8 * 0.6 / 0.95)
    assert lab.serve_rate == pytest.approx(sharing.capacity(future, serves))
    assert lab.serve_no_repairs / lab.serve_at_ceiling == pytest.approx(0.6 / 0.8)
    assert lab.serve_rate / lab.serve_no_repairs == pytest.approx(0.8)
    future.until(20.0)
    holding.online, holding.down = 1000.0, 0.0
    before = lab.train_at_ceiling_days, lab.train_no_repairs_days, lab.train_days
    assert before == (0.0, 0.0, 0.0)
    future.until(32.0)
    book = future.books[0]
    assert book.goodput < 0.95


def test_a_chip_sold_below_its_roadmap_has_the_same_goodput() -> None:
    """What it lacks is no want of reliability: nothing fails in the small world."""
    future = small("chips: [{id: h800, spec: 0.5}]\ntraining: {latent: 1}\ncapital: {cash: $0}").begin().until(32.0)
    lab, book = future.lab[0], future.month(0)
    assert (lab.train_at_ceiling, lab.train_no_repairs, lab.train_rate) == (500.0, 500.0, 500.0)
    assert book.goodput == 0.95
    assert book.train_reliability == 0.0
    assert book.train_budget == book.train_short_units == 500.0
