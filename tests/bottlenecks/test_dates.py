"""Dates of a run, and how far a scenario moves them: future by future, up to one time, with an error that covers."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.dates import last_day, later, moved_text, timings
from sim.bottlenecks.removals import NAMES, SHORTFALLS, SINGLES, TABLED, Amount, by_column, removals, tabled
from sim.bottlenecks.scenario_effect import Effect, effect
from sim.findings import markdown
from sim.findings.comparison_answer import compare
from sim.findings.findings import Findings, findings
from sim.measures.restricted_means import CUT
from sim.measures.wording import percent_text
from sim.world.arithmetic import MONTH
from tests.bottlenecks.games import asked, game, table, worth
from tests.findings.test_comparison import scenario
from tests.findings.test_findings import answers, text
from tests.findings.toy import RUN, outcomes

LAST = last_day(RUN)
NEVER = LAST + 1.0


def world(futures: int, begins: np.ndarray | float, late: np.ndarray | float, end: float = 60.0) -> pd.DataFrame:
    """Training is short from a day on; the second flagship is so many months late, and the time ends with `end`."""
    onsets = {f"{use}_when_{name}": NEVER for use in SHORTFALLS for name in NAMES}
    usual = outcomes(futures).assign(**onsets, next_delay=2.0, next_due=300.0, second_due=800.0)
    return usual.assign(
        train_when_money=begins,
        second_delay=np.minimum(late, end),
        second_released=(np.broadcast_to(late, futures) < end).astype(float),
    )


def luck(seed: int, futures: int) -> tuple[np.ndarray, np.ndarray]:
    """When training begins to be short (in a tenth never), and how late the second flagship is, for years in some."""
    random = np.random.default_rng(seed)
    begins = np.where(random.random(futures) < 0.1, NEVER, random.uniform(50.0, 1000.0, futures))
    return begins, random.exponential(12.0, futures)


def moved(here: pd.DataFrame, there: pd.DataFrame) -> dict[str, Amount]:
    return later(tabled(here), tabled(there), LAST)


def with_effect(here: pd.DataFrame, there: pd.DataFrame) -> Findings:
    """Findings of a scenario, against a baseline of the same futures."""
    here_and_there = table(game(worth(0.44)))
    result, base = removals(here_and_there), by_column(here_and_there[[*SINGLES]])
    against: Effect = effect("the baseline", result, base, tuple(SHORTFALLS.values()), (), moved(here, there))
    return findings(RUN, here, asked(worth(0.44), effect=against))


# --- how far a date is moved ---


def test_a_date_is_moved_by_the_mean_of_what_each_future_is_moved() -> None:
    begins, late = luck(1, 400)
    result = moved(
        world(400, np.where(begins < NEVER, begins + 2.0 * MONTH, NEVER), late + 1.0), world(400, begins, late)
    )
    assert list(result) == ["next_delay", "second_delay", "train_from", "serve_from"]
    assert result["train_from"].mean == pytest.approx(2.0 * (begins < NEVER).mean())
    assert result["second_delay"].mean == pytest.approx((np.minimum(late + 1.0, CUT) - np.minimum(late, CUT)).mean())
    assert (result["next_delay"].mean, result["serve_from"].mean) == (0.0, 0.0)


def test_what_never_comes_counts_as_the_end_and_no_later() -> None:
    result = moved(
        world(4, np.array([100.0, NEVER, NEVER, 100.0]), 30.0), world(4, 100.0, np.array([30.0, 60, 60, 12]))
    )
    assert result["train_from"].mean == pytest.approx(0.5 * (LAST - 100.0) / MONTH)
    assert result["second_delay"].mean == pytest.approx((CUT - 12.0) / 4.0)


def test_a_move_does_not_hang_on_where_the_simulated_time_ends() -> None:
    for seed in range(20):
        begins, late = luck(seed, 200)
        ends = (CUT, 31.0, 60.0)
        result = [moved(world(200, begins, late + 3.0, end), world(200, begins, late, end)) for end in ends]
        assert len({each["second_delay"].mean for each in result}) == 1


def test_the_error_of_a_move_covers_its_truth() -> None:
    """Half of the futures are moved, by an amount of their own: over seeds the truth lies within the printed error."""
    many_begins, many = luck(2, 400_000)
    random = np.random.default_rng(1)
    by = np.where(random.random(400_000) < 0.5, random.normal(3.0, 4.0, 400_000), 0.0)
    truth = {
        "second_delay": float((np.minimum(many + by, CUT) - np.minimum(many, CUT)).mean()),
        "train_from": float((np.minimum(many_begins + 30.0 * by, LAST) - np.minimum(many_begins, LAST)).mean() / MONTH),
    }
    covered = dict.fromkeys(truth, 0)
    for seed in range(1, 101):
        begins, late = luck(seed, 300)
        random = np.random.default_rng(1000 + seed)
        by = np.where(random.random(300) < 0.5, random.normal(3.0, 4.0, 300), 0.0)
        result = moved(world(300, begins + 30.0 * by, late + by), world(300, begins, late))
        for name, true in truth.items():
            covered[name] += abs(result[name].mean - true) <= result[name].error
    assert min(covered.values()) >= 85


def test_what_moves_nothing_is_seldom_said_to() -> None:
    said = 0
    for seed in range(200):
        begins, late = luck(seed, 300)
        by = np.random.default_rng(1000 + seed).normal(0.0, 3.0, 300)
        change = moved(world(300, begins, late + by), world(300, begins, np.maximum(0.0, late)))["second_delay"]
        truth = float((np.minimum(late + by, CUT) - np.minimum(late, CUT)).mean())
        said += abs(change.mean - truth) > 1e-9
        said += "within simulation error" not in moved_text(replace(change, mean=change.mean * 0.1), "the baseline")
    assert said <= 10


@pytest.mark.parametrize(
    ("mean", "error", "said"),
    [
        (1.2, 0.3, "1.2 months (± 0.3) later than in the baseline"),
        (-1.0, 0.1, "1 month (± 0.1) earlier than in the baseline"),
        (0.2, 0.3, "as in the baseline within simulation error (± 0.3 months)"),
        (-0.3, 0.3, "as in the baseline within simulation error (± 0.3 months)"),
        (0.0, 0.0, "as in the baseline"),
    ],
)
def test_a_move_is_said_with_its_error(mean: float, error: float, said: str) -> None:
    assert moved_text(Amount(mean, error), "the baseline") == said


# --- how a date is said ---


def test_a_date_has_its_interval_its_move_and_how_often_it_never_comes() -> None:
    begins, late = luck(1, 1000)
    here = world(1000, np.where(begins < NEVER, begins - 2.0 * MONTH, NEVER), late + 1.0, end=31.0)
    said = answers(with_effect(here, world(1000, begins, late, end=31.0)))["When"]
    never = f"{100.0 * (begins == NEVER).mean():.0f}%"
    assert f"for three months in a row; in {never} none does. That is 1.8 months (± 0" in said
    assert "earlier than in the baseline. What binds then is most often money" in said
    assert "The next flagship is out in April 2027 (90% interval April 2027 to April 2027), as in the baseline" in said
    open_ = percent_text(1.0 - float((late + 1.0 < 31.0).mean()))
    assert f"later than in the baseline; not by the end of 2030 in {open_} of futures." in said
    assert said.endswith(
        "These changes are of means over the same futures: delays count up to 24 months, and what is never short as "
        "short from December 2030 on."
    )


def test_without_a_base_nothing_is_said_to_move() -> None:
    said = answers(findings(RUN, world(400, *luck(1, 400))))["When"]
    assert "baseline" not in said
    assert "changes" not in said


def test_an_end_that_is_uncertain_has_an_interval_of_its_own() -> None:
    few = answers(findings(RUN, world(20, *luck(1, 20))))["When"]
    assert "(open to " in few
    assert "open" not in answers(findings(RUN, world(20, 100.0, 3.0)))["When"]


def test_a_flagship_beyond_the_horizon_is_out_after_it() -> None:
    said = answers(findings(RUN, world(400, 100.0, np.where(np.arange(400) < 150, 3.0, 99.0), end=31.0)))["When"]
    assert "The one after it is out after December 2030" in said


def test_every_form_shows_the_one_structure() -> None:
    begins, late = luck(1, 400)
    result = with_effect(world(400, begins, late + 1.0), world(400, begins, late))
    (line,) = (line.text for line in result.answer if line.question == "When")
    assert line in markdown.findings(result).replace("\\", "")
    assert "later than in the baseline" in " ".join(text(result, 120).split())
    document = json.loads(json.dumps(result.as_json(), allow_nan=False))
    names = ["train_from", "serve_from", "next_delay", "second_delay"]
    assert [each["name"] for each in document["when"]] == names
    second = document["when"][3]
    assert second["months_later"] == result.other.effect.as_json()["months_later"]["second_delay"]  # type: ignore[union-attr]
    assert set(second) == {"name", "words", "p5", "median", "p95", "never", "months_later"}
    assert document["when"][1] == {
        "name": "serve_from",
        "words": "serving is short",
        "p5": None,
        "median": None,
        "p95": None,
        "never": 1.0,
        "months_later": {"mean": 0.0, "simulation_error": 0.0},
    }


def test_a_comparison_says_how_far_each_scenario_moves_the_date() -> None:
    begins, late = luck(1, 400)
    earlier = np.where(begins < NEVER, begins - MONTH, NEVER)
    cases = [scenario(id, world(400, days, late), id.upper()) for id, days in (("a", begins), ("b", earlier))]
    said = next(line.text for line in compare([*cases, scenario("c", world(400, begins, late), "C")], 1).answer[2:])
    assert "B: training is short from " in said
    assert "(0.9 months (± 0" in said
    assert "earlier than in “A”; never in " in said
    assert "C: training is short" in said
    assert "(as in “A”; never in " in said


def test_a_table_of_removals_has_the_dates_that_are_said() -> None:
    assert {each.name for each in timings(RUN, world(4, 100.0, 3.0), {})} <= set(TABLED)
