"""Where a final run goes, and what an unproven stack does to it."""

from typing import Any

import pytest

from sim.world.workloads import training_pools
from tests.world.a_future import LoggedFuture, small

YEAR = 365.25
POOR = "capital: {cash: $0}\n"
ASCEND = """
software:
  stacks: [{id: cann, opening: 0.8, ceiling: 0.8, half_time: 1 year, goodput_opening: 0.95, fit_from: 0.4, %s}]
fleet:
  sites: [{id: new_site, energised: 2023-01-01}]
  holdings: [{id: ascend_site, opening: 4000 chips}, {id: h800_hall, opening: %d chips}]
training: {pool_time: %d days, allowed_slip: %d days}
"""
"""4,000 Ascend are 1,600 training units; with 1,000 H800 they are done with research after 274 days."""


def first(future: LoggedFuture) -> Any:
    return future.the("campaigns", "first")


def ascend(more: str, h800: int = 1000, slip: int = 300, pool_time: int = 150) -> LoggedFuture:
    return small(POOR + ASCEND % (more, h800, pool_time, slip)).begin()


def test_holdings_of_one_kind_at_one_site_are_one_pool_whoever_owns_them() -> None:
    more = "fleet: {holdings: [{id: cloud, site: hall, opening: 500 chips}, {id: h200_hall, opening: 1200 chips}]}"
    future = small(POOR + more).begin()
    h800, cloud = future.at("holdings", "h800_hall"), future.at("holdings", "cloud")
    assert training_pools.rate(future, h800) == training_pools.rate(future, cloud) == 1500.0
    assert future.holdings[training_pools.best(future, 1.0, 0.0)].pool == future.holdings[h800].pool
    future.holdings[cloud].site = future.at("sites", "landlord")
    training_pools.first_day(future)
    assert training_pools.rate(future, h800) == 1000.0
    assert training_pools.best(future, 1.0, 0.0) == future.at("holdings", "h200_hall")


def test_days_of_a_published_run_on_the_largest_pool() -> None:
    future = small("fleet: {holdings: [{id: h800_hall, opening: 8192 chips}]}").begin()
    assert training_pools.days_of(future, 1.2e25) == pytest.approx(1.2e25 / (8192 * 989e12 * 0.33 * 86400))
    assert training_pools.days_of(future, 1.2e25) == pytest.approx(51.9, abs=0.5)


def test_the_planner_stays_with_a_proven_stack_while_a_restart_costs_more_than_it_gains() -> None:
    """237 days on the H800s against 148 on Ascend and the odds of a restart times 200 days."""
    risky = ascend("restart: 0.5, restart_assumed: 200 days", pool_time=250).until(300.0)
    assert first(risky).pool == risky.at("holdings", "h800_hall")
    assert risky.the("stacks", "cann").restarts == 0
    safe = ascend("restart: 0.1, restart_assumed: 200 days", pool_time=250).until(300.0)
    assert first(safe).pool == safe.at("holdings", "ascend_site")
    fewer = ascend("restart: 0.5, restart_assumed: 200 days", 500, pool_time=250).until(300.0)
    assert first(fewer).pool == fewer.at("holdings", "ascend_site")


def test_a_restart_moves_the_date_by_what_it_loses_and_comes_once() -> None:
    certain = "restart: 1, restart_time: 100 days"
    plain, late = ascend("restart: 0").until(720.0), ascend(certain).until(720.0)
    assert first(plain).started == pytest.approx(first(late).started)
    assert first(plain).ended - first(plain).started == pytest.approx(first(plain).final_plan / 1600.0)
    assert first(late).ended - first(plain).ended == pytest.approx(100.0)
    assert first(late).size == pytest.approx(1.0)
    assert late.the("stacks", "cann").restarts == 1
    assert late.the("stacks", "cann").finished >= 1
    assert late.books[20].restarts == 1.0


def test_a_run_that_is_late_ends_after_the_slip_with_the_work_done() -> None:
    """80 days are lost; at the end of the slip, 71 days later, it is cut with 48% of its final run done."""
    future = ascend("restart: 1, restart_time: 80 days", slip=60).until(720.0)
    result = first(future)
    assert result.ended == pytest.approx(YEAR + 60.0)
    done = 1600.0 * (result.ended - result.started - 80.0)
    assert result.final_done == pytest.approx(done)
    assert result.size == pytest.approx((result.research_plan + done) / (result.research_plan + result.final_plan))


def test_research_alone_is_no_model() -> None:
    """At the end of the slip nothing of the final run counts yet: it goes on until 40% of it is done."""
    future = ascend("restart: 1, restart_time: 250 days", slip=60).until(720.0)
    result = first(future)
    assert result.ended == pytest.approx(result.started + 250.0 + 0.4 * result.final_plan / 1600.0)
    assert result.final_done == pytest.approx(0.4 * result.final_plan)
