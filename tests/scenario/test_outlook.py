"""The outlook of November 2026 as a root: what it rests on, and how the scenarios of April stand on it."""

import math
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from sim.engine.runner import run_chunk
from sim.errors import InputError
from sim.language.distributions import Fixed, Truncated, Uniform
from sim.scenario.load import base_of, load
from sim.scenario.reading import facts
from sim.scenario.scenario import Scenario
from sim.template.assemble import assemble
from sim.template.history_matching import plain_judge
from sim.world.course.future import LAYOUT

SHIPPED = Path("scenarios")
OUTLOOK = SHIPPED / "outlook.yaml"
DAY = date(2026, 11, 23)
ANSWER = ("tighten", "relax", "self_reliance", "hbm_crunch", "blockade")
OVER = ("close", "stall", "both")


@cache
def on_it(name: str) -> Scenario:
    return load(SHIPPED / f"{name}.yaml", LAYOUT.tables, base=OUTLOOK)


@cache
def outlook() -> Scenario:
    return load(OUTLOOK, LAYOUT.tables)


def test_it_is_a_root_that_begins_on_the_day_of_its_news() -> None:
    assert outlook().as_of == outlook().start == DAY
    assert base_of(outlook(), LAYOUT.tables, (), ()) is None
    assert outlook().rests_on.file == OUTLOOK.as_posix()


def test_no_flagship_is_awaited_any_more_and_the_next_counts_from_v4() -> None:
    assert outlook().values["training.awaited.release"].spec == Fixed(math.inf)
    assert outlook().values["training.begun"].spec == Fixed(-213.0)


def test_enough_draws_of_its_opening_agree_with_what_was_seen() -> None:
    matching = assemble(outlook(), LAYOUT).matching
    assert matching is not None
    matching.check(plain_judge(LAYOUT))
    assert matching.accepted is not None
    assert matching.accepted > 0.10


def test_what_it_says_cites_the_facts_of_its_time_and_none_later() -> None:
    known = facts.load()
    cited = {
        name
        for value in outlook().values.values()
        if value.node is not None and value.node.place.file == OUTLOOK.as_posix()
        for name in value.grounds.source
    }
    days = [day for name in cited if name in known and (day := known[name].known_since)]
    assert max(days) <= DAY
    assert {"c.round_size", "t.v4_pro_flop", "x.uscn_2026_09_truce", "k.hw_950dt_2026_09"} <= cited


@pytest.mark.parametrize("fact", ["c.round_size", "t.v4_pro_flop", "t.price_2026_09", "x.match_p_enact"])
def test_nothing_of_it_may_enter_the_baseline(fact: str, tmp_path: Path) -> None:
    for name in ("baseline.yaml", "outlook.yaml"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    own = tmp_path / "own.yaml"
    text = f"name: Own\ncapital: {{cash: {{value: $1bn, source: {fact}}}}}\n"
    own.write_text(f"extends: outlook.yaml\n{text}", encoding="utf-8")
    assert load(own, LAYOUT.tables).as_of == DAY
    with pytest.raises(InputError, match=rf"capital.cash\s+hindsight: `{fact}` became public on 2026-"):
        load(own, LAYOUT.tables, base=tmp_path / "baseline.yaml")
    own.write_text(f"extends: baseline.yaml\n{text}", encoding="utf-8")
    with pytest.raises(InputError, match="hindsight"):
        load(own, LAYOUT.tables)


@pytest.mark.parametrize("name", ANSWER)
def test_the_scenarios_of_april_answer_on_it(name: str) -> None:
    scenario = on_it(name)
    assert (scenario.start, scenario.rests_on) == (DAY, outlook().rests_on)
    batch = run_chunk(assemble(scenario, LAYOUT), 1, 0, 2, "simpy")
    assert len(batch.outcomes) == 2


@pytest.mark.parametrize("name", OVER)
def test_what_forces_the_round_of_april_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(InputError) as caught:
        on_it(name)
    said = str(caught.value)
    assert f"scenarios/{'stall' if name == 'both' else name}.yaml:" in said
    assert "  capital.financing." in said
    assert "closed on 2026-06-16" in said
    assert "A scenario that extends outlook.yaml may say what becomes of the next one" in said


def test_windows_that_have_begun_are_cut_at_its_first_day() -> None:
    values = on_it("tighten").values
    assert values["happenings.tightening.at"].spec == Uniform(0.0, 48.0)
    assert values["controls.rules.us_cloud_access.announced"].spec == Uniform(0.0, 48.0)
    assert values["controls.rules.us_tools_servicing.announced"].spec == Uniform(0.0, 8.0)
    assert isinstance(values["controls.rules.us_tools_servicing.effective"].spec, Truncated)
    assert on_it("relax").values["controls.rules.cn_2026_01_cond.effective"].spec == Fixed(-145.0)


def test_what_a_scenario_does_not_change_is_that_of_the_outlook() -> None:
    ours, theirs = on_it("tighten"), outlook()
    changed = {"climate", "controls", "happenings"}
    same = [path for path in theirs.values if path.partition(".")[0] not in changed]
    assert len(same) > 900
    assert all(ours.values[path].spec == theirs.values[path].spec for path in same)
