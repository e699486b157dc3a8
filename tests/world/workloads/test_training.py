"""Campaigns that wait, slip and shrink. Here a campaign is 365,250 unit-days, a quarter of it the final run."""

import math
from typing import Any

import numpy as np
import pytest

from sim.world.workloads import training, want
from sim.world.workloads.training import phase_ended
from tests.world.a_future import LoggedFuture, small

YEAR = 365.25
POOR = "capital: {cash: $0}\n"
"""So that nothing is bought."""


def campaign(future: LoggedFuture, name: str = "first") -> Any:
    return future.the("campaigns", name)


def test_a_campaign_with_all_it_needs_is_out_on_the_day_it_is_due() -> None:
    future = small("training: {cycle: 300 days}").begin().until(729.0)
    assert future.story(phase_ended) == [(day, "phase ended") for day in (225.0, 300.0, 525.0, 600.0)]
    for nth, name in enumerate(("first", "second"), 1):
        assert campaign(future, name).ended == pytest.approx(300.0 * nth)
        assert campaign(future, name).size == pytest.approx(1.0)
    assert campaign(future, "third").ended == 0.0


def test_the_final_run_takes_its_work_over_its_rate() -> None:
    """Days = FLOP / (chips x 989e12 x 0.33), in the world's own unit."""
    future = small().begin().until(400.0)
    result = campaign(future)
    flop = result.final_target * 989e12 * 0.33 * 86400.0
    assert result.ended - result.started == pytest.approx(flop / (1000 * 989e12 * 0.33 * 86400.0))
    assert result.ended - result.started == pytest.approx(YEAR / 4.0)
    assert future.lab[0].trained == pytest.approx(1000.0 * 396.0)  # settled at the last month close


def test_a_campaign_begun_before_the_first_day_is_due_the_sooner_and_has_that_part_of_its_research_done() -> None:
    future = small("training: {cycle: 300 days, begun: 2025-09-23}").begin()
    assert [campaign(future, name).due for name in ("first", "second")] == [200.0, 500.0]
    assert campaign(future).research_done == pytest.approx(100_000.0)
    assert campaign(future).research_plan == pytest.approx(225_000.0)
    assert campaign(future.until(729.0)).ended == pytest.approx(200.0)
    assert campaign(future).size == pytest.approx(1.0)


def test_of_what_was_wanted_before_the_first_day_only_what_was_used_is_done() -> None:
    future = small("training: {cycle: 300 days, begun: 2025-09-23, latent: 1}").begin()
    assert campaign(future).research_done == pytest.approx(100_000.0)
    assert campaign(future).research_plan == pytest.approx(450_000.0)


@pytest.mark.parametrize("growth", [0.5, 1.0, 1.0000001, 3.0])
@pytest.mark.parametrize(("first", "last"), [(0.0, 300.0), (300.0, 500.0), (400.0, 700.0), (100.0, 100.0)])
def test_the_work_of_a_campaign_is_the_integral_of_what_is_wanted(growth: float, first: float, last: float) -> None:
    future = small(f"training: {{growth: {growth}x / year}}").begin()
    edges = np.linspace(first, last, 20_001)
    wanted = [want.wanted(future, float(day)) for day in (edges[1:] + edges[:-1]) / 2.0]
    assert want.work_between(future, first, last) == pytest.approx(float(np.mean(wanted)) * (last - first), rel=1e-6)


@pytest.mark.parametrize(("day", "times"), [(0.0, 1.0), (YEAR, 3.0), (2 * YEAR, 3.0**1.5), (3 * YEAR, 9.0)])
def test_growth_fades_to_a_share_of_its_pace(day: float, times: float) -> None:
    future = small("training: {growth: 3x / year}").begin()
    assert want.wanted(future, day) == pytest.approx(1000.0 * times)


def test_what_is_wanted_is_anchored_to_what_is_used_on_the_first_day() -> None:
    future = small("training: {latent: 0.15, research: 4}").begin()
    assert future.lab[0].train_anchor == pytest.approx(1150.0)
    result = campaign(future)
    assert result.final_plan + result.research_plan == pytest.approx(1150.0 * YEAR)
    assert result.research_plan / result.final_plan == pytest.approx(4.0)


def test_a_final_run_waits_for_a_pool_that_can_do_it_in_time() -> None:
    """91,312 unit-days in 60 days ask for 1,522 chips: 600 more run from day 320."""
    future = small(POOR + "training: {pool_time: 60 days}").begin().until(290.0)
    assert campaign(future).phase == training.WAITING
    future.deliver("h200", 600.0, "h800_hall")
    future.until(400.0)
    assert campaign(future).started == pytest.approx(320.0)
    assert campaign(future).ended == pytest.approx(320.0 + YEAR * 250.0 / 1600.0)
    ahead = 1000.0 * (320.0 - 0.75 * YEAR)
    assert campaign(future, "second").research_done == pytest.approx(ahead + 1600.0 * (396.0 - campaign(future).ended))


def test_after_the_slip_it_shrinks_to_what_the_pool_can_do() -> None:
    """The latest start is due + 90 - 60 days; then 60 days of 1,000 chips are done, and no more."""
    result = campaign(small(POOR + "training: {pool_time: 60 days}").begin().until(480.0))
    assert (result.started, result.ended) == pytest.approx((YEAR + 30.0, YEAR + 90.0))
    assert result.size == pytest.approx((0.75 * YEAR + 60.0) / YEAR)


def test_after_the_slip_it_shrinks_with_the_research_done() -> None:
    """Twice the compute is wanted: at the latest start, day 335.25, 61% of the research is done."""
    result = campaign(small(POOR + "training: {latent: 1}").begin().until(480.0))
    done = (YEAR - 30.0) / (1.5 * YEAR)
    assert result.started == pytest.approx(YEAR - 30.0)
    assert result.ended == pytest.approx(YEAR - 30.0 + done * YEAR / 2.0)
    assert result.size == pytest.approx(done)


def test_a_lab_that_saves_on_campaigns_pays_for_no_slip() -> None:
    """Without money the latest start is due - 120 days, not due - 30; it shrinks with the research done by then."""
    broke = "capital: {cash: $0, operations: $1M / year, training_concession: 0}\n"
    result = campaign(small(broke + "training: {latent: 1}").begin().until(480.0))
    assert result.ended <= YEAR
    assert result.size < (YEAR - 30.0) / (1.5 * YEAR)


def test_nothing_smaller_than_the_smallest_is_released() -> None:
    """70% of 730,500 needs 391,350 of research and a final run of 120 days: from the month close of day 396."""
    result = campaign(small(POOR + "training: {latent: 1, smallest_release: 0.7}").begin().until(600.0))
    assert (result.started, result.ended) == pytest.approx((396.0, 516.0))
    assert result.size == pytest.approx(516.0 / (2.0 * YEAR))


LAST = "training: {last_run: %s FLOP, least_final_run: %s%s}"
UNIT_DAY = 989e12 * 0.33 * 86400.0


def test_no_final_run_is_planned_smaller_than_the_last_and_it_takes_from_research() -> None:
    """Each campaign is 365,250 unit-days, a quarter of it the final run; the last flagship's was 100,000."""
    future = small(POOR + LAST % (1e5 * UNIT_DAY, 1, "")).begin()
    for name in ("first", "second"):
        assert campaign(future, name).final_plan == pytest.approx(1e5)
        assert campaign(future, name).research_plan == pytest.approx(1000.0 * YEAR - 1e5)
    grown = small(POOR + LAST % (1e5 * UNIT_DAY, 1.1, "")).begin()
    assert campaign(grown, "second").final_plan == pytest.approx(1.21e5)


@pytest.mark.parametrize(("least", "done"), [(0.0, 60_000.0), (0.5, 60_000.0), (1.0, 80_000.0)])
def test_no_flagship_is_released_with_a_final_run_smaller_than_the_last(least: float, done: float) -> None:
    """In 60 days 1,000 chips do 60,000; the last run was 80,000, which waits for 334 chips more, there from day 480."""
    future = small(POOR + LAST % (8e4 * UNIT_DAY, least, ", pool_time: 60 days")).begin().until(450.0)
    assert (campaign(future).started > 0.0) == (done == 60_000.0)
    future.deliver("h200", 334.0, "h800_hall")
    future.until(600.0)
    assert campaign(future).final_done == pytest.approx(done, rel=1e-3)
    assert future.lab[0].final_run == campaign(future).final_done


def test_a_run_under_way_is_not_cut_below_the_last() -> None:
    """Due on day 365, it starts then with 91,312 of plan; 900 of the chips fail a month later."""
    floored = small(POOR + LAST % (8e4 * UNIT_DAY, 1, ", smallest_release: 0")).begin().until(300.0)
    holding = floored.the("holdings", "h800_hall")
    assert campaign(floored).phase == training.FINAL
    holding.online, holding.retired = 100.0, 900.0
    floored.until(720.0)
    assert campaign(floored).ended == 0.0
    assert campaign(floored).final_done < 8e4


def test_the_pool_that_finishes_first_is_taken_and_the_others_work_ahead() -> None:
    more = "fleet: {holdings: [{id: h800_hall, opening: 400 chips}, {id: h200_hall, opening: 600 chips}]}"
    future = small(POOR + more + "\ntraining: {allowed_slip: 1 year, pool_time: 1 year}").begin().until(729.0)
    result = campaign(future)
    assert result.pool == future.at("holdings", "h200_hall")
    assert result.started == pytest.approx(0.75 * YEAR)
    assert result.ended == pytest.approx(0.75 * YEAR + 0.25 * YEAR / 0.6)
    # the other 400 worked ahead through the final run: research of the second is done that much sooner
    ahead = 400.0 * (result.ended - result.started)
    assert campaign(future, "second").started == pytest.approx(result.ended + 0.75 * YEAR - ahead / 1000.0)


def test_a_run_whose_pool_is_gone_moves_to_another() -> None:
    more = "fleet: {holdings: [{id: h200_hall, opening: 500 chips}]}\ntraining: {pool_time: 150 days}"
    future = small(POOR + more).begin().until(300.0)
    gone, other = future.the("holdings", "h800_hall"), future.the("holdings", "h200_hall")
    assert campaign(future).pool == future.at("holdings", "h800_hall")
    gone.online, gone.retired = 0.0, 1000.0
    future.until(600.0)
    assert campaign(future).pool == future.at("holdings", "h200_hall")
    assert other.online == 500.0
    assert campaign(future).ended > 0.0


def test_campaigns_come_in_their_order_and_then_no_more() -> None:
    roadmap = "roadmap: [{id: first, nth: 2}, {id: second, nth: 3}, {id: third, nth: 1}]"
    future = small(f"training: {{cycle: 200 days, {roadmap}}}").begin().until(729.0)
    ended = [campaign(future, name).ended for name in ("third", "first", "second")]
    assert ended == pytest.approx([200.0, 400.0, 600.0])
    assert future.lab[0].campaign == -1
    assert future.lab[0].released == 3


def test_without_chips_no_campaign_ends_and_nothing_breaks() -> None:
    future = small(POOR + "fleet: {holdings: [{id: h800_hall, opening: 0 chips}]}").run()
    assert future.lab[0].released == 0
    assert future.outcome[0].next_released == 0.0
    assert math.isfinite(future.outcome[0].next_delay)


def test_research_done_beyond_a_campaign_counts_for_the_one_after_it() -> None:
    """300,000 unit-days of a campaign, 225,000 of them research: 300,000 done ahead leave 75,000 for the third."""
    future = small(POOR + "training: {cycle: 300 days}").begin().until(290.0)
    future.lab[0].ahead = 300_000.0
    future.until(390.0)
    assert campaign(future, "second").started == pytest.approx(300.0)
    assert campaign(future, "second").ended == pytest.approx(375.0)
    assert campaign(future, "third").research_done == pytest.approx(75_000.0)
