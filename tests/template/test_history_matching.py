"""Openings are matched to history: the same in both engines, in every scenario, however many futures are run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.engine import runner
from sim.engine.tasks import judge_of
from sim.errors import InputError
from sim.template.assemble import assemble
from sim.template.history_matching import plain_judge
from sim.template.sampling import draw_inputs
from sim.world.accounts.starting_position import AGREES
from sim.world.course.future import LAYOUT
from tests.engine.futures import SEED, template, template_of

FUTURES = 120
VARIANTS = (
    ("baseline", ("serving.growth=9x / year",)),
    ("baseline", ("capital.cash=$5bn", "fleet.holdings.h800_hall.opening=100 chips", "correlations=[]")),
    ("baseline", ("end=2027-06-01", "window.later=2027-06-01", "window.reporting_until=2027-06-01")),
    ("both", ()),
    ("stall", ("serving.tokens=1T tokens / day",)),
)


def refused(scenario: str, *settings: str, futures: int = FUTURES) -> list[float]:
    """Draws refused in each of the first futures."""
    drawn = template(scenario, *settings).draw(SEED, 0, futures)
    return list(drawn[:, -1])


def test_every_opening_that_runs_agrees_with_what_was_seen() -> None:
    of = template("baseline")
    verdicts = plain_judge(LAYOUT)(of.record, of.addresses, of.draw(SEED, 0, FUTURES))
    assert (verdicts == AGREES).all()


def test_the_draw_taken_is_the_first_that_agrees() -> None:
    matched = template("baseline").matching
    assert matched is not None
    judge = plain_judge(LAYOUT)
    numbers, counts = np.arange(FUTURES), np.array(refused("baseline"), np.int64)
    assert 0.1 < (counts == 0).mean() < 0.6
    for attempt in range(int(counts.max())):
        verdicts = matched.verdicts(SEED, numbers, np.full(FUTURES, attempt), judge)
        assert ((verdicts == AGREES) <= (counts <= attempt)).all()
        assert (verdicts[counts == attempt] == AGREES).all()


def test_futures_do_not_depend_on_how_many_are_drawn_nor_on_chunks() -> None:
    whole = template("baseline").draw(SEED, 0, FUTURES)
    for first, n in ((0, 60), (17, 1), (59, 3), (100, 20)):
        assert template("baseline").draw(SEED, first, n).tobytes() == whole[first : first + n].tobytes()


@pytest.mark.parametrize(("scenario", "settings"), VARIANTS)
def test_scenarios_of_one_root_have_the_same_openings(scenario: str, settings: tuple[str, ...]) -> None:
    assert refused(scenario, *settings, futures=40) == refused("baseline", futures=40)


def test_what_is_not_of_the_opening_keeps_its_first_draw() -> None:
    of = template("baseline")
    drawn = of.draw(SEED, 0, FUTURES)
    columns = [drawing.path for drawing in of.inputs]
    first = draw_inputs(of.scenario, SEED, np.arange(FUTURES), np.zeros(FUTURES, np.int64), columns=columns)
    linked = {path for pair in of.scenario.correlations for path in (pair.first, pair.second)}
    kept = [i for i, path in enumerate(columns) if path not in of.again | linked]
    assert len(kept) > 50
    assert np.array_equal(drawn[:, kept], first[:, kept])
    assert np.array_equal(drawn[drawn[:, -1] == 0, :-1], first[drawn[:, -1] == 0])


def test_a_scenario_without_the_section_takes_every_draw() -> None:
    matched = template("baseline")
    values = {path: value for path, value in matched.scenario.values.items() if value.target.table != "matching"}
    free = assemble(replace(matched.scenario, values=values), LAYOUT)
    assert free.matching is None
    columns = [drawing.path for drawing in free.inputs]
    first = draw_inputs(free.scenario, SEED, np.arange(50), np.zeros(50, np.int64), columns=columns)
    assert np.array_equal(free.draw(SEED, 0, 50), first)


@pytest.mark.parametrize("bound", ["longest_run=16 days", "least_accepted=60%", "most_load=0"])
def test_a_scenario_whose_openings_hardly_agree_is_refused(bound: str) -> None:
    with pytest.raises(InputError, match=r"of 400 draws of the opening \d+\.\d% agree, \d+% must: the last final run"):
        template("baseline", f"matching.{bound}").draw(SEED, 0, 1)


def test_an_uncertain_bound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"matching.longest_run\s+a bound of matching is one number"):
        template_of("extends: baseline.yaml\nmatching: {longest_run: {between: [90 days, 150 days]}}", tmp_path).draw(
            SEED, 0, 1
        )


def test_outcomes_tell_how_many_draws_were_refused() -> None:
    result = runner.run(runner.Job(template("baseline", *SHORT), SEED, 10), "simpy", lambda _: None).outcomes
    assert list(result["draws_rejected"]) == refused("baseline", futures=10)


SHORT = (
    "end=2026-06-01",
    "window.later=2026-06-01",
    "window.reporting_until=2026-06-01",
    "window.reporting_from=2026-05-01",
)


def test_both_engines_judge_alike() -> None:
    for of in (template("baseline"), template("both")):
        assert of.draw(SEED, 0, 200, judge_of("compiled")).tobytes() == of.draw(SEED, 0, 200).tobytes()
