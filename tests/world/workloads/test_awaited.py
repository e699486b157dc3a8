"""The flagship that is awaited on the first day. Here 100 of 1,000 H800 serve, at full load, until it is out."""

import numpy as np
import pytest

from sim.story.story import tell
from sim.world.workloads import awaited, serving
from sim.world.workloads.awaited import awaited_released
from tests.world.a_future import future_of, mean, small, small_template

TOKENS = 100 * 86400 * 4.62 / (1 / 1850 + 3.62 / 9212)
"""Tokens a day of 100 H800, read and written."""

BUSY = f"serving: {{tokens: {TOKENS} tokens / day, jump: 1.5}}\n"
AWAITED = BUSY + "training: {awaited: {release: 2026-03-01, cost: 2}}\n"
OUT = 59.0


def test_on_its_day_demand_jumps_and_a_token_costs_what_its_model_does() -> None:
    future = small(AWAITED).begin().until(OUT - 1.0)
    assert serving.units_wanted(future, OUT - 1.0) == pytest.approx(100.0)
    future.until(OUT + 1.0)
    assert serving.units_wanted(future, OUT) == pytest.approx(100.0 * 1.5 * 2.0)
    assert serving.units_wanted(future, OUT + 60.0) == pytest.approx(100.0 * 1.25 * 2.0)
    assert future.story(awaited_released) == [(OUT, "awaited released")]


def test_the_jump_that_follows_is_its_own() -> None:
    """Moved or left out, it moves no other: the jump of the first campaign is drawn at another address."""
    luck = AWAITED.replace("jump: 1.5", "jump: {p5: 1.2, p50: 1.6, p95: 3}")
    without = luck.replace("release: 2026-03-01", "release: 2035-01-01")
    after, jump = small(luck).begin().until(OUT + 1.0), small(without).begin().until(729.0)
    assert after.serving[0].jumped > 0.0
    assert small(luck).begin().until(729.0).serving[0].jumped == jump.serving[0].jumped != after.serving[0].jumped


def test_without_a_date_or_with_one_that_has_passed_nothing_is_released() -> None:
    for changes in (BUSY, AWAITED.replace("2026-03-01", "2025-12-01")):
        future = small(changes).begin().until(400.0)
        assert future.story(awaited_released) == []
        assert future.serving[0].model_cost == 1.0


def test_a_release_that_is_put_off_happens_once() -> None:
    move = "{id: move, source: test, at: 2026-02-01, changes: {training.awaited.release: {later: 30 days}}}"
    future = small(f"{AWAITED}happenings: [{move}]").begin().until(400.0)
    assert future.awaited[0].released_on == OUT + 30.0
    assert future.story(awaited_released).count((OUT + 30.0, "awaited released")) == 1


def test_it_is_told() -> None:
    texts = [entry.text for entry in tell(small_template(AWAITED), 1, 0, "awaited").tale.entries]
    said = "The flagship that was awaited is released; a token of it takes 200% of the compute"
    assert texts.count(said) == 1


@pytest.mark.parametrize(("jump", "rationed"), [(1.0, 0.0), (30.0, 1.0)])
def test_rationing_in_the_months_after_it_is_noted(jump: float, rationed: float) -> None:
    """1,000 chips serve ten times the tokens of the first day; a jump of thirty is more than they have."""
    future = small(AWAITED.replace("jump: 1.5", f"jump: {jump}").replace("cost: 2", "cost: 1")).begin().until(400.0)
    assert future.outcome[0].release_rationed == rationed


def test_in_the_baseline_about_every_second_release_is_rationed() -> None:
    """Load is 0.6 to 0.8 before it and about one after it; it is out within weeks."""
    dates = [awaited.release_date(future_of(number=number).begin()) for number in range(150)]
    assert 0.0 < min(dates) < 10.0
    assert 20.0 < float(np.median(dates)) < 35.0
    assert 0.35 < mean("release_rationed", futures=150) < 0.65
