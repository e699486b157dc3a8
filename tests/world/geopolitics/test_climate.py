"""The climate against the closed forms of a Markov chain, and what never happens in a frozen one."""

import math
from collections.abc import Iterator

import pytest

from sim.story.story import tell
from sim.world import hazards
from sim.world.geopolitics import climate
from sim.world.geopolitics.climate import EASING, RUPTURE, TENSION, TRUCE, WORSENING, climate_turned, truce_expired
from tests.world.a_future import LoggedFuture, mean, small, small_template

YEAR = 365.25
MANY = 400


def chain(up: float = 0.0, further: float = 0.0, back: float = 0.0, again: float = 0.0, more: str = "") -> str:
    """A climate: truce to tension, tension to rupture, tension to truce, rupture to tension; moves a year."""
    rates = {"truce_breaks": up, "tension_breaks": further, "tension_eases": back, "rupture_eases": again}
    written = ", ".join(f"{name}: {rate} / year" for name, rate in rates.items())
    return f"climate: {{{written}{more}}}"


def now(future: LoggedFuture) -> float:
    return float(future.climate[0].state)


def after_days(changes: str, days: float) -> Iterator[float]:
    """The climate of many futures after some days."""
    for number in range(MANY):
        yield now(small(changes, number).begin().until(days))


@pytest.mark.parametrize("opens", [TRUCE, TENSION, RUPTURE])
def test_of_three_numbers_the_climate_picks_its_own(opens: float) -> None:
    word = ("truce", "tension", "rupture")[int(opens)]
    assert climate.pick(small(f"climate: {{state: {word}}}").begin(), 0.0, 1.0, 2.0) == opens


def test_the_time_in_a_state_is_exponential() -> None:
    due, turned = [], []
    for number in range(MANY):
        future = small(chain(up=30.0), number).begin()
        due.append(future.hazards[WORSENING].due)
        turned.append(now(future.until(YEAR / 20.0)))
    assert turned.count(TENSION) / MANY == pytest.approx(1.0 - math.exp(-1.5), abs=0.06)
    assert turned.count(RUPTURE) == 0
    assert sum(due) / MANY == pytest.approx(YEAR / 30.0, rel=0.12)


def test_there_and_back_follows_the_closed_form() -> None:
    up, back, years = 40.0, 20.0, 0.04
    tense = up / (up + back) * (1.0 - math.exp(-(up + back) * years))
    result = list(after_days(chain(up=up, back=back), years * YEAR))
    assert result.count(TENSION) / MANY == pytest.approx(tense, abs=0.075)  # three standard errors


def test_in_the_long_run_each_state_has_its_stationary_share() -> None:
    up, further, back, again = 200.0, 160.0, 240.0, 320.0
    weights = (1.0, up / back, up / back * further / again)
    result = list(after_days(chain(up, further, back, again), 0.075 * YEAR))
    for state, weight in zip((TRUCE, TENSION, RUPTURE), weights, strict=True):
        assert result.count(state) / MANY == pytest.approx(weight / sum(weights), abs=0.07)


def test_a_rate_twice_as_high_brings_the_same_move_in_half_the_time() -> None:
    for number in range(5):
        slow, fast = (small(chain(up=rate), number).begin().hazards[WORSENING].due for rate in (1.0, 2.0))
        assert slow == 2.0 * fast


def test_a_rate_that_doubles_on_the_way_halves_what_is_left() -> None:
    sooner = "\nhappenings: [{id: h, source: test, at: 2026-02-01, changes: {climate.truce_breaks: {scale: 2}}}]"
    for number in range(8):
        plain = small(chain(up=1.0), number).begin().hazards[WORSENING].due
        changed = small(chain(up=1.0) + sooner, number).begin().until(31.5)
        assert changed.hazards[WORSENING].due == pytest.approx(min(plain, 31.0 + (plain - 31.0) / 2.0))


def test_a_stroke_whose_day_was_moved_does_nothing() -> None:
    """A clock that is slowed leaves its old event in the calendar."""
    slower = "\nhappenings: [{id: h, source: test, at: 2026-01-02, changes: {climate.truce_breaks: {scale: 0.5}}}]"
    future = small(chain(up=4.0) + slower, 3).begin()
    first = future.hazards[WORSENING].due
    assert now(future.until(first + 0.5)) == TRUCE
    second = future.hazards[WORSENING].due
    assert now(future.until(second + 0.5)) == TENSION
    assert future.story(climate_turned)[:2] == [(round(day, 3), "climate turned") for day in (first, second)]


def test_the_next_stroke_has_a_threshold_of_its_own() -> None:
    future = small().begin()
    result = set()
    for future.hazards[EASING].strokes in range(MANY):
        result.add(hazards.threshold(future, EASING, EASING))
    assert len(result) == MANY
    assert sum(result) / MANY == pytest.approx(1.0, abs=0.15)  # three standard errors


def test_a_frozen_climate_stays_as_it_opens() -> None:
    frozen = chain(50.0, 50.0, 50.0, 50.0, ", truce_ends: 2026-06-01, lapses: 1, pace: 0, state: %s")
    for word, state in (("truce", TRUCE), ("tension", TENSION), ("rupture", RUPTURE)):
        future = small(frozen % word).begin().until(700.0)
        assert now(future) == state
        assert future.story(climate_turned) == []


@pytest.mark.parametrize(("lapses", "state"), [(0, TRUCE), (1, TENSION)])
def test_a_truce_ends_on_its_day_or_is_prolonged(lapses: int, state: float) -> None:
    future = small(f"climate: {{truce_ends: 2026-11-10, lapses: {lapses}}}").begin()
    assert now(future.until(312.9)) == TRUCE
    assert now(future.until(313.1)) == state
    assert future.story(truce_expired) == [(313.0, "truce expired")]
    assert future.climate[0].lapsed == lapses


def test_a_lapse_makes_nothing_better() -> None:
    future = small("climate: {state: rupture, truce_ends: 2026-11-10, lapses: 1}").begin().until(400.0)
    assert (now(future), future.climate[0].lapsed) == (RUPTURE, 1)


def test_a_truce_that_ends_at_the_start_is_over_on_the_first_day() -> None:
    assert now(small("climate: {truce_ends: 2025-11-10, lapses: 1}").begin()) == TENSION


def test_an_expiry_can_be_moved_both_ways() -> None:
    moved = "\nhappenings: [{id: h, source: test, at: 2026-03-01, changes: {climate.truce_ends: {%s}}}]"
    base = "climate: {truce_ends: 2026-06-01, lapses: 1}"
    future = small(base + moved % "later: 100 days").begin()
    assert now(future.until(200.0)) == TRUCE
    assert now(future.until(252.0)) == TENSION
    assert now(small(base + moved % "set: 2026-02-01").begin().until(59.5)) == TENSION


def test_the_odds_of_a_lapse() -> None:
    lapsed = list(after_days("climate: {truce_ends: 2026-01-10, lapses: 0.3}", 10.0))
    assert lapsed.count(TENSION) / MANY == pytest.approx(0.3, abs=0.07)


def test_the_climate_keeps_its_luck_whatever_else_happens() -> None:
    rule = "{id: x, source: test, government: us, item: cloud, regime: denial, effective: 2026-01-01%s}"
    busy = f"\ncontrols: {{rules: [{rule % ', ends_truce: 9 / year, comes_truce: 9 / year'}]}}"
    for number in range(4):
        alone, among = (small(chain(3, 3, 3, 3) + more, number).begin().until(700.0) for more in ("", busy))
        assert alone.story(climate_turned) == among.story(climate_turned)


ODDS = [("window_closed", 0.15, 0.45, "2027-07-01"), ("rupture", 0.08, 0.25, "2028-01-01")]


@pytest.mark.parametrize(("measure", "low", "high", "until"), ODDS)
def test_the_baselines_odds_are_believable(measure: str, low: float, high: float, until: str) -> None:
    """Within what an expert would believe, and the error that so few futures leave."""
    result = mean(measure, f"window.reporting_until={until}", futures=200)
    error = 2.0 * (result * (1.0 - result) / 200) ** 0.5
    assert low - error < result < high + error


MOVING = chain(up=2.0, further=2.0, back=2.0, again=2.0)


def forced(climate_of: str, amount: str, at: str = "2026-05-01", number: int = 0) -> LoggedFuture:
    """A future in which a happening sets the climate, on day 120 if nothing else is said."""
    change = f"{{id: h, source: test, at: {at}, changes: {{climate.state: {amount}}}}}"
    return small(f"{climate_of}\nhappenings: [{change}]", number).begin()


def test_a_happening_sets_the_climate_of_every_future_and_of_no_day_before() -> None:
    for number in range(12):
        plain, future = small(MOVING, number).begin().until(119.9), forced(MOVING, "rupture", number=number)
        assert now(future.until(119.9)) == now(plain)
        assert future.log == plain.log
        assert now(future.until(120.01)) == RUPTURE
        assert future.climate[0].ruptured == 1
        assert future.climate[0].ruptured_on <= 120.0


def test_from_a_climate_that_is_set_the_natural_moves_go_on() -> None:
    eased = [
        now(forced(chain(again=60.0), "rupture", "2026-01-11", number).until(10.0 + YEAR / 60.0))
        for number in range(MANY)
    ]
    assert eased.count(TENSION) / MANY == pytest.approx(1.0 - math.exp(-1.0), abs=0.075)  # three standard errors
    assert now(forced(chain(again=50.0, more=", pace: 0"), "rupture").until(700.0)) == RUPTURE


def test_rules_run_at_the_rate_of_the_climate_that_is_set() -> None:
    rule = "{id: x, source: test, government: us, item: cloud, regime: denial, comes_rupture: 300 / year}"
    future = forced(f"controls: {{rules: [{rule}]}}", "rupture")
    assert future.until(119.9).the("rules", "x").in_force == 0
    assert future.until(140.0).the("rules", "x").in_force == 1


@pytest.mark.parametrize("found", ["truce", "tension"])
def test_a_climate_that_is_set_for_a_time_gives_back_what_it_found(found: str) -> None:
    future = forced(f"climate: {{state: {found}}}", "{set: rupture, for: 90 days}")
    states = [now(future.until(day)) for day in (119.9, 120.1, 209.9, 210.1)]
    was = ("truce", "tension").index(found)
    assert states == [was, RUPTURE, RUPTURE, was]


def test_a_climate_that_moved_before_it_is_set_for_a_time_comes_back_as_it_had_moved() -> None:
    future = forced("climate: {truce_ends: 2026-02-01, lapses: 1}", "{set: rupture, for: 90 days}")
    assert [now(future.until(day)) for day in (119.0, 121.0, 211.0)] == [TENSION, RUPTURE, TENSION]


def test_of_two_that_set_the_climate_the_later_stands() -> None:
    first = "{id: a, source: test, at: 2026-02-01, changes: {climate.state: {set: rupture, for: 100 days}}}"
    later = "{id: b, source: test, at: 2026-03-01, changes: {climate.state: tension}}"
    future = small(f"happenings: [{first}, {later}]").begin()
    assert [now(future.until(day)) for day in (30.9, 31.1, 59.1, 131.1, 700.0)] == [0.0, 2.0, 1.0, 1.0, 1.0]


def test_a_condition_watches_the_climate_by_its_words() -> None:
    watch = "{id: w, source: test, when: {climate.state: '>= tension'}, changes: {market.offers.h200.price: $1}}"
    change = "{id: h, source: test, at: 2026-05-15, changes: {climate.state: rupture}}"
    future = small(f"happenings: [{change}, {watch}]").begin()
    assert future.until(150.0).the("offers", "h200").price == 40_000.0
    assert future.until(151.1).the("offers", "h200").price == 1.0


def test_an_expiry_that_is_moved_on_once_it_has_passed_comes_again() -> None:
    prolonged = "{id: h, source: test, at: 2026-07-01, changes: {climate.truce_ends: {set: 2027-06-01}}}"
    future = small(f"climate: {{truce_ends: 2026-06-01, lapses: 0}}\nhappenings: [{prolonged}]").begin().until(700.0)
    assert future.story(truce_expired) == [(151.0, "truce expired"), (516.0, "truce expired")]
    assert future.climate[0].expiries == 2


def test_a_forced_rupture_is_told() -> None:
    change = (
        "{id: h, name: A break, source: test, at: 2026-05-01, changes: {climate.state: {set: rupture, for: 90 days}}}"
    )
    texts = [entry.text for entry in tell(small_template(f"happenings: [{change}]"), 1, 0, "a break").tale.entries]
    assert [texts.count(f"Relations turn to {word}") for word in ("rupture", "truce")] == [1, 1]
