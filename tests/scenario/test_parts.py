"""What a scenario changes of the root that it rests on: the parts, and the scenario without one of them."""

from functools import cache
from pathlib import Path

import pytest

from sim.language.yaml_nodes import flow
from sim.scenario.load import base_of, load, without_change
from sim.scenario.reading.merging import changed_parts, leaves, taken_back
from sim.scenario.scenario import Scenario
from sim.world.course.future import LAYOUT
from tests.scenario.toy import TABLES, child, scenario

SHIPPED = Path(__file__).parents[2] / "scenarios"

TIGHTENING = {
    "climate",
    "controls.rules.us_cloud_access",
    "controls.rules.us_lab_listed",
    "controls.rules.us_tighten_accelerators",
    "controls.rules.us_tools_servicing",
    "happenings.tightening",
}
STALLING = {"capital.financing", "happenings.first_round_stalls"}
PARTS = {"tighten": TIGHTENING, "stall": STALLING, "both": TIGHTENING | STALLING}


@cache
def shipped(name: str, *settings: str) -> Scenario:
    return load(SHIPPED / f"{name}.yaml", LAYOUT.tables, (), settings)


def parts(one: Scenario, root: Scenario) -> list[str]:
    return list(changed_parts(one.tree, root.tree, one.schema))


def written(one: Scenario) -> dict[str, str]:
    """Every value, by its path."""
    return {path: flow(node) for path, node in leaves(one.tree, one.schema)}


def base(one: Scenario, *settings: str, chosen: tuple[str, ...] = ()) -> Scenario:
    result = base_of(one, LAYOUT.tables, chosen, settings)
    assert result is not None
    return result


@pytest.mark.parametrize("name", PARTS)
def test_the_parts_of_the_shipped_scenarios(name: str) -> None:
    result = parts(shipped(name), base(shipped(name)))
    assert set(result) == PARTS[name]
    assert len(result) == len(PARTS[name])


@pytest.mark.parametrize("name", PARTS)
def test_with_all_parts_taken_back_nothing_is_left_of_the_changes(name: str) -> None:
    one, root = shipped(name), base(shipped(name))
    tree = one.tree
    for number, path in enumerate(parts(one, root), 1):
        back = taken_back(tree, root.tree, one.schema, path)
        assert back is not None
        tree = back
        assert len(changed_parts(tree, root.tree, one.schema)) == len(PARTS[name]) - number
    assert {path: flow(node) for path, node in leaves(tree, one.schema)} == written(root) | {
        path: text for path, text in written(one).items() if path in ("name", "why")
    }


@pytest.mark.parametrize(
    ("name", "needed"),
    [("tighten", {"controls.rules.us_tighten_accelerators"}), ("stall", set()), ("hbm_crunch", set())],
)
def test_each_part_alone_is_taken_back_unless_another_needs_it(name: str, needed: set[str]) -> None:
    """The tightening sets a day of the rule that the scenario adds: without the rule there is no such day."""
    one, root = shipped(name), base(shipped(name))
    for path in parts(one, root):
        without = without_change(one, root, path, LAYOUT.tables)
        assert (without is None) == (path in needed), path
        if without:
            assert set(parts(without, root)) == set(parts(one, root)) - {path}
            assert (without.name, without.files) == (one.name, one.files)


def test_a_section_and_what_stands_below_it_are_two_parts() -> None:
    settings = ("capital.cash=$1.7B", "climate.lapses=0.5")
    one, root = shipped("stall", *settings), base(shipped("stall"))
    assert set(parts(one, root)) == STALLING | {"capital", "climate"}
    without = without_change(one, root, "capital", LAYOUT.tables)
    assert without is not None
    assert set(parts(without, root)) == STALLING | {"climate"}
    assert without.values["capital.financing.not_before"].node is not None


def test_what_only_names_or_explains_is_no_part(folder: Path) -> None:
    root = scenario(child("{}").replace("{}", ""), folder)
    for changes in (
        "chips: [{id: nv_h200, name: The H200}]",
        "lab: {why: another reason}",
        "controls: {rules: [{id: old, why: because, source: a paper}]}",
        "name: Another",
    ):
        assert parts(scenario(child(changes), folder), root) == [], changes
    assert parts(scenario(child("chips: [{id: nv_h200, tpp: 15000, name: X}]"), folder), root) == ["chips.nv_h200"]


def test_a_value_written_again_is_no_part(folder: Path) -> None:
    root = scenario(child("{}").replace("{}", ""), folder)
    again = scenario(child("lab: {growth: {p10: 1.8x / year, p90: 4.4x / year}}"), folder)
    assert parts(again, root) == []


def test_a_thing_that_is_new_is_taken_away_and_one_that_was_there_is_as_it_was(folder: Path) -> None:
    root = scenario(child("{}").replace("{}", ""), folder)
    new = "{id: mine, source: a test, tpp: 1 TPP, price: $1}"
    one = scenario(child(f"chips: [{new}, {{id: nv_h200, price: $9}}]"), folder)
    assert set(parts(one, root)) == {"chips.mine", "chips.nv_h200"}
    first, second = (taken_back(one.tree, root.tree, one.schema, f"chips.{name}") for name in ("mine", "nv_h200"))
    assert first is not None
    assert second is not None
    assert list(changed_parts(first, root.tree, one.schema)) == ["chips.nv_h200"]
    assert list(changed_parts(second, root.tree, one.schema)) == ["chips.mine"]


def test_what_another_change_needs_cannot_be_taken_back_alone(folder: Path) -> None:
    root = scenario(child("{}").replace("{}", ""), folder)
    new = "{id: mine, source: a test, tpp: 1 TPP, price: $1}"
    one = scenario(child(f"chips: [{new}, {{id: ascend_910c, follows: mine}}]"), folder)
    assert without_change(one, root, "chips.mine", TABLES) is None
    other = without_change(one, root, "chips.ascend_910c", TABLES)
    assert other is not None
    assert parts(other, root) == ["chips.mine"]


# --- the root that a scenario is compared with ---


def test_a_root_changes_nothing() -> None:
    assert base_of(shipped("baseline"), LAYOUT.tables, (), ()) is None


@pytest.mark.parametrize("name", ["tighten", "both"])
def test_the_base_is_the_root_however_many_files_lie_between(name: str) -> None:
    assert written(base(shipped(name))) == written(shipped("baseline"))


@pytest.mark.parametrize(
    "settings",
    [
        ("capital.cash=$1.7B",),
        ("end=2028-01-01", "window.later=2028-01-01"),
        ("happenings=[{id: odd, at: 2026-09-01, changes: {capital.cash: {scale: 0.5}}}]",),
        ("correlations=[]",),
        ("controls.rules[us_cloud_access].probability=0.1",),
    ],
)
def test_settings_hold_in_the_root_too(settings: tuple[str, ...]) -> None:
    one = shipped("stall", *settings)
    root = base(one, *settings)
    assert written(root) == written(shipped("baseline", *settings))
    assert (root.end, root.correlations) == (one.end, one.correlations)
    assert set(parts(one, root)) == STALLING


def test_a_setting_of_a_thing_that_the_root_does_not_have_is_left_out_there() -> None:
    settings = ("controls.rules.us_tighten_accelerators.item=accelerator", "capital.cash=$1.7B")
    root = base(shipped("tighten", *settings), *settings)
    assert written(root) == written(shipped("baseline", "capital.cash=$1.7B"))


def test_overrides_hold_in_the_root_where_it_knows_them(tmp_path: Path) -> None:
    (tmp_path / "baseline.yaml").write_text((SHIPPED / "baseline.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        "extends: baseline.yaml\noverrides: {own: {capital: {cash: $1.7B}}}\n", encoding="utf-8"
    )
    one = load(tmp_path / "s.yaml", LAYOUT.tables, ("chase", "own"))
    root = base(one, chosen=("chase", "own"))
    assert written(root) == written(load(tmp_path / "baseline.yaml", LAYOUT.tables, ("chase",)))
    assert parts(one, root) == ["capital"]
