"""Tables of removals: run once, and the same whether run or read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.bottlenecks import counterfactual_runs, removal_tables, variants
from sim.bottlenecks.counterfactual_runs import Base
from sim.bottlenecks.counterfactuals import EASED
from sim.bottlenecks.counterfactuals import counterfactuals as counterfactuals_of
from sim.bottlenecks.removals import NAMES, SETS, SHORTFALLS, TABLED, removals, tabled
from sim.bottlenecks.variant_runs import RunSpec, answered
from sim.bottlenecks.variant_runs import outcomes as outcomes_of
from sim.engine import runner
from sim.engine.storage.chunk_store import Chunks, template_digest
from sim.scenario.load import load
from sim.template.assemble import Template, assemble
from sim.world.course.future import LAYOUT
from sim.world.shortfall.constraints import DIALS_OF
from tests.bottlenecks.games import bit, table, with_luck, worth
from tests.bottlenecks.test_variants import quiet
from tests.findings.toy import outcomes
from tests.world.a_future import SCENARIOS, SHORT, template_of


def template(*settings: str) -> Template:
    """A small world in which something is short."""
    return template_of("../tests/world/strained", settings)


@pytest.fixture
def luck(tmp_path: Path) -> RunSpec:
    """Two futures, with a store."""
    return RunSpec(1, 2, 0, "compiled", 1, store=Chunks(tmp_path))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Futures without a world: missing shares by luck, less what the dials of each job lift. Holds the jobs run."""
    jobs: list[Any] = []

    def run(asked: Iterable[Any], engine: str, workers: int, told: Any) -> Iterator[runner.Futures]:
        for job in asked:
            jobs.append(job)
            yield _made(job)

    monkeypatch.setattr(runner, "run_several", run)
    return jobs


def _made(job: Any) -> runner.Futures:
    luck = np.random.default_rng(job.seed + job.first).random((2, job.futures))
    lifted = sum(float(job.template.record["values"][0, job.template.address(f"dials.{dial}")]) for dial in DIALS)
    short = 0.5 + 0.3 * luck[0] - 0.02 * lifted
    rows = outcomes(job.futures).assign(train_short=short, unserved=0.5 * short + 0.1 * luck[1])
    return runner.Futures(rows, np.empty(0))


DIALS = [dial for found in DIALS_OF.values() for dial in found]
FEW = (0, 1, SETS - 1)
"""Sets for what is alike in all."""


def said_of(result: Any) -> tuple[str, list[tuple[float, ...]]]:
    """What a result file and a figure hold of a table."""
    other = counterfactuals_of(result)
    return json.dumps(other.as_json()), [(*each.steps, *each.gains) for each in other.removals.values()]


def test_the_dials_of_a_set_are_those_of_its_constraints() -> None:
    assert removal_tables.removed(()) == {}
    assert removal_tables.removed(("money", "rental")) == {"dials.budget": 1.0, "dials.depth": 1.0}
    assert removal_tables.removed(("rules",), 0.1) == {f"dials.{dial}": 0.1 for dial in DIALS_OF["rules"]}
    assert set(removal_tables.removed(NAMES)) == {f"dials.{dial}" for dial in DIALS}


def test_a_table_is_run_once_and_read_the_second_time(luck: RunSpec, ran: list[Any]) -> None:
    luck = replace(luck, futures=40)
    first = answered(removal_tables.table(template(), luck), quiet)
    assert len(ran) == SETS
    assert first.shape == (SETS, 40, len(TABLED))
    again = answered(removal_tables.table(template(), luck), quiet)
    assert len(ran) == SETS
    assert (first == again).all()


@pytest.mark.parametrize("futures", [7, 40, 300, 1024])
def test_a_table_that_is_read_gives_the_same_bytes(luck: RunSpec, ran: list[Any], futures: int) -> None:
    """Sums depend on how numbers lie in memory: the same numbers are not enough."""
    luck = replace(luck, futures=futures)
    cold, warm = (said_of(answered(removal_tables.table(template(), luck), quiet)) for _ in range(2))
    assert len(ran) == SETS
    assert cold == warm


def test_other_futures_and_other_scenarios_have_tables_of_their_own(luck: RunSpec, ran: list[Any]) -> None:
    for usual, other in (
        (template(), replace(luck, futures=4)),
        (template(), replace(luck, seed=2, futures=4)),
        (template(), replace(luck, futures=5)),
        (template(), replace(luck, futures=4, first=4)),
        (template("capital.cash=$1.5B"), replace(luck, futures=4)),
    ):
        before = len(ran)
        answered(removal_tables.table(usual, other, FEW), quiet)
        assert len(ran) == before + len(FEW)


def test_a_table_has_no_more_futures_than_the_most(luck: RunSpec, ran: list[Any]) -> None:
    result = answered(
        removal_tables.table(template(), replace(luck, futures=removal_tables.TABLE_FUTURES + 500), FEW), quiet
    )
    assert result.shape[1] == removal_tables.TABLE_FUTURES
    assert removal_tables.runs(removal_tables.TABLE_FUTURES + 500) == SETS * removal_tables.TABLE_FUTURES
    assert removal_tables.runs(3) == SETS * 3


def test_whoever_waits_hears_of_as_many_futures_either_way(luck: RunSpec, ran: list[Any]) -> None:
    answered(removal_tables.table(template(), luck, FEW), quiet)
    heard: list[int] = []
    answered(removal_tables.table(template(), luck, FEW), heard.append)
    assert sum(heard) == removal_tables.runs(luck.futures, FEW)


def test_the_first_row_of_a_table_is_the_scenario_as_it_is(luck: RunSpec) -> None:
    """Real futures: the table and separately turned dials agree in every bit."""
    luck, usual = replace(luck, futures=1, store=None), template_of("baseline", SHORT)
    result = answered(removal_tables.table(usual, luck), quiet)
    sets = [(), ("money",), ("rules", "sites")]
    turned = [variants.turned(usual, removal_tables.removed(names)) for names in sets]
    for names, outcome in zip(sets, answered(outcomes_of(turned, luck), quiet), strict=True):
        asked = len(TABLED) if not names else TABLED.index("train_from")
        assert (result[bit(*names)] == tabled(outcome))[:, :asked].all()
        assert np.isnan(result[bit(*names)][:, asked:]).all()


def test_what_is_drawn_once_is_what_each_set_draws(luck: RunSpec, ran: list[Any]) -> None:
    answered(
        removal_tables.table(template("dials.budget={between: [0, 0.2]}"), replace(luck, futures=7, first=3)), quiet
    )
    assert len(ran) == SETS
    assert len({id(job.inputs) for job in ran}) == 2  # where capital is removed its dial is drawn no more
    for job in ran[:: SETS // 8]:
        assert (job.inputs == job.template.draw(1, 3, 7)).all()
        pieces = runner.tasks_of(replace(job, task_size=3), "compiled")
        assert (np.concatenate([task.inputs for task in pieces]) == job.inputs).all()


# --- all that other runs say of a scenario ---


def found(luck: RunSpec, usual: Template, base: Base | None, **ambitions: Template) -> Any:
    return answered(counterfactual_runs.found(usual, base, ambitions, luck), quiet)


def test_a_root_has_no_effect_and_its_table_serves_those_that_change_it(luck: RunSpec, ran: list[Any]) -> None:
    assert found(luck, template(), None).effect is None
    alone = len(ran)
    assert alone == SETS + 1 + len(EASED)
    changed = found(luck, template("capital.cash=$1.5B"), Base(template(), "the baseline"))
    assert len(ran) - alone == SETS + 1 + len(EASED)  # its own table; the margin; without its one change it is the base
    assert changed.effect.base == "the baseline"
    assert [each.path for each in changed.effect.changes] == ["capital"]


def test_what_is_waited_for_is_what_is_run_at_most(luck: RunSpec, ran: list[Any]) -> None:
    usual, base = template("capital.cash=$1.5B"), Base(template(), "the baseline")
    ambitions = {"hold": template("training.growth=2x / year")}
    expected = counterfactual_runs.runs(usual, base, ambitions, luck)
    found(replace(luck, store=None), usual, base, **ambitions)
    assert sum(job.futures for job in ran) == expected


def test_each_ambition_says_what_is_missing_under_it(luck: RunSpec, ran: list[Any]) -> None:
    said = found(luck, template(), None, hold=template("dials.want=0.1"), chase=template()).ambitions
    assert [each.name for each in said] == ["hold", "chase"]
    assert all(set(each.missing) == set(SHORTFALLS.values()) for each in said)


def test_ambitions_are_not_varied_where_one_is_chosen() -> None:
    chosen = template_of("tighten", (), ("chase",))
    assert counterfactual_runs.ambitions_of(chosen, SCENARIOS / "tighten.yaml", ("chase",), (), None) == {}


def test_an_ambition_is_the_scenario_as_read_under_it() -> None:
    """What is read once for all of them is what each would have read."""
    settings = ("capital.cash=$1.5B",)
    usual = template_of("tighten", settings)
    ambitions = counterfactual_runs.ambitions_of(usual, SCENARIOS / "tighten.yaml", (), settings, None)
    assert list(ambitions) == ["hold", "keep_pace", "chase"]
    for name, each in ambitions.items():
        alone = template_of("tighten", settings, (name,))
        assert each.scenario.canonical() == alone.scenario.canonical()
        assert template_digest(each) == template_digest(alone)
        assert template_digest(each.root) == template_digest(alone.root)


def test_ten_percent_easier_turns_all_dials_of_a_constraint(luck: RunSpec, ran: list[Any]) -> None:
    said = {each.constraints: each.gains["train_short"].mean for each in found(luck, template(), None).eased}
    per_dial = 0.02 * removal_tables.EASIER
    for names, gain in said.items():
        dials = sum(len(DIALS_OF[name]) for name in names)
        assert gain == pytest.approx(per_dial * dials), names


def test_the_tables_of_games_have_the_columns_of_real_ones() -> None:
    assert set(removals(table(with_luck(1, worth(0.4), 4)))) == {*SHORTFALLS.values(), "next_delay", "second_delay"}


def test_a_lab_that_says_its_own_growth_keeps_pace_by_that() -> None:
    """The report calls this ambition "as above", so it is the scenario that stands above."""
    path = SCENARIOS.parent / "tests" / "world" / "strained.yaml"
    own = assemble(load(path, LAYOUT.tables), LAYOUT)
    ambitions = counterfactual_runs.ambitions_of(own, path, (), (), None)
    assert template_digest(ambitions["keep_pace"]) == template_digest(own)
    assert len({template_digest(each) for each in ambitions.values()}) == 3
