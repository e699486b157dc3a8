"""The score of April: what is asked of a future, how it is judged, and that no later fact can reach the baseline."""

import re
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine.results import OUTCOMES, SERIES
from sim.errors import InputError
from sim.language.dates import months
from sim.language.distributions import Uniform
from sim.runs.run import read
from sim.scenario.reading import facts
from sim.studies.validation import forecasts, score
from sim.studies.validation.forecasts import Amount, Event, Quantity, Sample
from sim.studies.validation.score import Score
from sim.studies.validation.training_runs import published
from tests.world.a_future import SCENARIOS

QUESTIONS = forecasts.read_questions()
APRIL = score.read_kept()
START = date(2026, 4, 23)

LATER = {"v4_released", "rent_h20", "rent_910c", "founder_joins", "state_fund_joins", "vendor_joins"}
"""What the world of April was not able to say."""


def a_sample(**columns: Any) -> Sample:
    """Four futures of three months, in which all is nought but for these columns and series."""
    sample = object.__new__(Sample)
    sample.start, sample.futures = START, 4
    sample.months = list(months(START, date(2026, 7, 1)))
    sample.outcomes, sample.by_then = np.zeros((4, len(OUTCOMES))), np.zeros((4, len(OUTCOMES)))
    sample.series = np.zeros((4, 3, len(SERIES)))
    for name, values in columns.items():
        if np.ndim(values) == 2:
            sample.series[:, :, SERIES.index(name)] = values
        else:
            sample.outcomes[:, list(OUTCOMES).index(name)] = values
    drawn = [SimpleNamespace(path="a.joins")]
    scenario = SimpleNamespace(values={"a.day": SimpleNamespace(spec=Uniform(0.0, 100.0))})
    sample.template, sample.inputs = SimpleNamespace(inputs=drawn, scenario=scenario), np.array([[0.2], [0.4]] * 2)  # type: ignore[assignment]
    return sample


def event(of: Quantity, **asked: Any) -> Event:
    return Event("e", "asks", of, "yes", "fact", "teaches", **asked)


def chance(sample: Sample, of: Quantity, **asked: Any) -> float:
    return sample.forecast(event(of, **asked))[0]


def test_an_amount_has_three_levels_and_a_flag_its_mean() -> None:
    sample = a_sample(raised=[1.0, 2.0, 3.0, 4.0], closed=[0.0, 1.0, 1.0, 1.0])
    assert sample.forecast(Amount("a", "", Quantity(outcome="raised"), "USD", "", "")) == (1.0, 2.0, 4.0)
    assert chance(sample, Quantity(outcome="closed")) == 0.75


def test_a_day_has_come_until_another_and_a_number_lies_above_or_below() -> None:
    sample = a_sample(closed_on=[10.0, 54.0, 55.0, 1000.0])
    assert chance(sample, Quantity(outcome="closed_on"), until=date(2026, 6, 16)) == 0.5
    assert chance(sample, Quantity(outcome="closed_on"), above=54.0) == 0.5
    assert chance(sample, Quantity(outcome="closed_on"), below=54.0) == 0.25


def test_a_series_is_read_in_a_month_per_another_over_a_month_before_or_at_its_least() -> None:
    sample = a_sample(revenue=[[6.0, 8.0, 12.0]] * 4, tokens_served=[[3.0, 2.0, 3.0]] * 4)
    asked: dict[str, Any] = {"series": "revenue", "at": date(2026, 6, 30)}
    assert list(sample.amount(Quantity(**asked))) == [12.0] * 4
    assert list(sample.amount(Quantity(**asked, per="tokens_served"))) == [4.0] * 4
    assert list(sample.amount(Quantity(**asked, per="tokens_served", over=date(2026, 4, 23)))) == [2.0] * 4
    assert list(sample.amount(Quantity(**asked, per="tokens_served", since=date(2026, 4, 30)))) == [2.0] * 4


def test_what_is_drawn_is_read_as_drawn_and_luck_by_its_distribution() -> None:
    sample = a_sample()
    assert chance(sample, Quantity(drawn="a.joins")) == pytest.approx(0.3)
    assert list(sample.amount(Quantity(drawn="a.day"))) == [12.5, 37.5, 62.5, 87.5]
    rule = Quantity(drawn="a.day", times="a.joins")
    assert chance(sample, rule, until=date(2026, 6, 12)) == pytest.approx((0.2 + 0.4) / 4)  # day 50: two of four


def test_what_the_world_does_not_have_is_not_forecast() -> None:
    for of in (Quantity(outcome="no"), Quantity(series="no", at=START), Quantity(drawn="no")):
        with pytest.raises(KeyError):
            a_sample().amount(of)


def test_a_brier_score_is_a_squared_distance_and_an_interval_holds_its_ends() -> None:
    assert (score.brier(0.5, True), score.brier(1.0, True), score.brier(1.0, False)) == (0.25, 0.0, 1.0)
    assert [score.holds((1.0, 2.0, 3.0), value) for value in (0.9, 1.0, 3.0, 3.1)] == [False, True, True, False]


def test_the_forecasts_of_april_are_of_questions_and_in_order() -> None:
    assert (APRIL.commit, APRIL.as_of, APRIL.seed) == ("bfb7bd5", "2026-04-23", 1.0)
    assert set(APRIL.forecasts) == {each.id for each in QUESTIONS.asked} - LATER
    for amount in QUESTIONS.amounts:
        assert amount.id in LATER or list(APRIL.forecasts[amount.id]) == sorted(APRIL.forecasts[amount.id])
    assert all(0.0 <= APRIL.forecasts[each.id][0] <= 1.0 for each in QUESTIONS.events if each.id not in LATER)


def test_every_later_fact_is_scored_or_says_why_not() -> None:
    known, runs = facts.load(), {run.id for run in published()}
    dated = {name: fact.known_since for name, fact in known.items() if name not in runs}
    later = {name for name, since in dated.items() if since is not None and since > START}
    assert later == {each.fact for each in (*QUESTIONS.asked, *QUESTIONS.unscored)}
    assert all(known[each.fact].unit == each.unit for each in QUESTIONS.amounts)


@pytest.mark.parametrize("fact", ["c.round_size", "k.hw_950dt_2026_09", "t.v4_released", "deepseek_v4_pro"])
def test_the_baseline_may_not_rest_on_a_later_fact(fact: str, tmp_path: Path) -> None:
    text = (
        f"extends: {SCENARIOS / 'baseline.yaml'}\nname: a\nwhy: b\ncapital: {{cash: {{value: $1bn, source: {fact}}}}}\n"
    )
    (tmp_path / "late.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="hindsight"):
        read(tmp_path / "late.yaml", (), ())


@cache
def of_today() -> Sample:
    return Sample(SCENARIOS, QUESTIONS.by_then, 25, 1)


def test_the_world_of_today_answers_every_question() -> None:
    made = forecasts.forecasts(of_today(), QUESTIONS)
    assert {each.id for each in QUESTIONS.asked} - set(made) <= {"v4_released"}
    assert all(np.isfinite(each).all() for each in made.values())


def test_closing_the_window_moves_no_event_of_a_future() -> None:
    for name in ("closed_on", "next_due", "next_delay", "trained", "insolvent_on", "rounds"):
        at = list(OUTCOMES).index(name)
        assert list(of_today().outcomes[:, at]) == list(of_today().by_then[:, at])


def test_the_section_counts_hits_and_tells_misses_first() -> None:
    text = score.score_section(QUESTIONS, APRIL, APRIL.forecasts)
    assert "7 of 12 intervals of 90% hold the fact" in text
    assert "9 of 14 events went the likelier way; mean Brier score 0.23" in text
    _, missed, unasked, right = re.split("### What April (?:missed|did not ask|got right)", text)
    assert missed.count("; misses it. Fact") == 5
    assert "misses it" not in right
    assert "- **Size of the round.** April: $401M to $4.5B, median $1.7B; misses it. Fact: $7.4B (June 2026)." in missed
    assert "in May.** April: 8%; Brier 0.84. Fact: yes: 2.28x (August 2026). Today: 8%; Brier 0.84." in missed
    assert "- **Day on which the model due within weeks is released.** Fact: 24 April 2026" in unasked
    assert unasked.count("- **") == len(LATER)
    assert "| An H200 reaches the lab by the end of October | 0.1%; Brier 0.00 | no: no report was found |" in right


def test_what_was_said_even_or_not_at_all_is_no_miss() -> None:
    even, none = Score({"e": (0.5,)}), Score({})
    asked = event(Quantity(outcome="closed"))
    assert (even.missed(asked), even.brier(asked)) == (False, 0.25)
    assert (none.missed(asked), none.brier(asked), none.said(asked)) == (False, None, "no forecast")
