"""What a change of a scenario is called: a section by its title, a thing by its name, and never by a path."""

import re

import pytest

from sim.bottlenecks.constraint_table import changed_row
from sim.bottlenecks.counterfactual_runs import Base, changes_of
from sim.bottlenecks.scenario_effect import ChangeEffect
from sim.scenario.load import base_of
from sim.world.course.future import LAYOUT
from tests.world.a_future import template_of

SECTIONS = {table.at: table.title for table in LAYOUT.tables.values() if table.single and table.at}
SHIPPED = ("stall", "tighten", "both", "close", "relax", "b30a", "self_reliance", "hbm_crunch", "blockade")


def labels(name: str, *settings: str) -> dict[str, str]:
    """The label of each change, by its path."""
    template = template_of(name, settings)
    root = base_of(template.scenario, LAYOUT.tables, (), ())
    assert root is not None
    base = Base(template_of("baseline", ()), "the baseline")
    return {each.path: each.label for each in changes_of(template, base)}


def test_every_section_has_a_title_of_its_own() -> None:
    for at, title in SECTIONS.items():
        assert title != at
        assert title[0].isupper()
        assert not re.search(r"[._]", title)
    assert len(set(SECTIONS.values())) == len(SECTIONS)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_change_of_a_shipped_scenario_is_called_by_its_path(name: str) -> None:
    for path, label in labels(name).items():
        assert path not in label
        assert label[0].isupper()
        assert "_" not in label


def test_a_section_is_called_by_its_title_and_what_differs_in_it() -> None:
    assert labels("tighten")["climate"] == (
        "Climate of relations: day on which the truce expires; probability that it is not prolonged then"
    )
    assert labels("close")["capital.financing"] == "Financing rounds: first report to the end of diligence"
    assert labels("stall", "capital.cash=$1B")["capital"].startswith("Capital: ")
    assert labels("stall", "serving.abroad=0.5")["serving"].startswith("Serving: ")
    assert labels("stall", "market.crowding.premium_listed=0.5")["market.crowding"].startswith("Crowding and scarcity")


def test_a_new_thing_is_called_by_its_name_alone() -> None:
    assert labels("tighten")["controls.rules.us_tighten_accelerators"] == "Lower thresholds, memory counts"
    assert labels("tighten")["happenings.tightening"] == "The tightening"
    assert labels("self_reliance")["controls.rules.cn_no_imports"] == "No accelerators from abroad"


def test_a_thing_without_a_name_is_called_in_words() -> None:
    assert labels("relax")["market.offers.h200_licensed"] == "H200 SXM under licence: chips a year that reach the lab"


def test_of_many_values_two_are_named() -> None:
    change = ChangeEffect("a.b", "Climate of relations", {}, ("one", "two", "three", "four"))
    assert changed_row(change)[0] == "Climate of relations: one; two; 2 more"
    assert ChangeEffect("a.b", "x", {}, ("one", "two")).label == "x: one; two"
    assert ChangeEffect("a.b", "x", {}).label == "x"
    assert change.as_json()["meanings"] == ["one", "two", "three", "four"]
