"""What a scenario assumes is read off the scenario, not off its futures; and it never has a share of futures."""

import json
from dataclasses import replace
from functools import cache

import pytest

from sim.errors import InputError, Place
from sim.findings import markdown
from sim.findings.findings import findings
from sim.findings.forks import assumed, forced, forks
from sim.measures.measures import MEASURES
from sim.scenario.checking.validate import validate
from sim.scenario.reading import facts
from sim.scenario.reading.extends import Reading, read_chain, varied
from sim.scenario.scenario import Fork, Text
from sim.world.course.future import LAYOUT
from tests.findings.test_findings import answers, text
from tests.findings.toy import RUN, outcomes
from tests.world.a_future import SCENARIOS, template_of

SHIPPED = {
    "baseline": (),
    "stall": ("stalled", "first_round_late"),
    "tighten": ("window_closed", "truce_lapsed"),
    "both": ("stalled", "first_round_late", "window_closed", "truce_lapsed"),
    "close": ("closed",),
    "relax": (),
    "b30a": (),
    "self_reliance": (),
    "hbm_crunch": (),
    "outlook": (),
    "blockade": ("window_closed", "rupture"),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_the_shipped_scenarios_force(name: str) -> None:
    assert forced(template_of(name, ()).scenario) == SHIPPED[name]


def test_a_fork_is_a_flag_that_the_scenario_names() -> None:
    scenario = template_of("baseline", ()).scenario
    assert forks(scenario)["window_closed"] == "the window for the H200 class closes"
    assert forks(replace(scenario, forks=())) == {}
    wrong = Fork(Text("window_close", Place("a.yaml", 3, 5)), "it closes")
    with pytest.raises(
        InputError, match=r"a\.yaml:3:5 +forks +no measure `window_close`.*did you mean `window_closed`"
    ):
        forks(replace(scenario, forks=(wrong,)))


@cache
def baseline() -> Reading:
    """The baseline's file, read once."""
    return read_chain(SCENARIOS / "baseline.yaml", LAYOUT.tables)


LISTED = "controls.rules.us_lab_listed"
HAPPENS = "happenings=[{id: x, at: 2026-06-01, %schanges: {%s}}]"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (("capital.financing.closes=1",), ("closed",)),
        (("capital.financing.closes=0.99",), ()),
        (("capital.financing.closes=0",), ("stalled",)),
        (("climate.state=rupture",), ("rupture",)),
        (("climate.lapses=1",), ("truce_lapsed",)),
        (("climate.lapses=1", "climate.pace=0"), ()),
        (("climate.lapses=1", "climate.truce_ends=2029-01-01"), ()),
        ((f"{LISTED}.probability=1",), ("listed",)),
        ((f"{LISTED}.probability=0.999",), ()),
        ((f"{LISTED}.probability=1", f"{LISTED}.announced={{between: [2027-06-01, 2028-06-01]}}"), ()),
        ((f"{LISTED}.probability=1", f"{LISTED}.effective={{after: 500 days}}"), ()),
        ((HAPPENS % ("", "capital.financing.closes: 1"),), ("closed",)),
        ((HAPPENS % ("", "capital.financing.closes: {scale: 0.9}"),), ()),
        ((HAPPENS % ("probability: 0.5, ", "capital.financing.closes: 1"),), ()),
        ((HAPPENS % ('when: {lab.runway: "< 6"}, ', "capital.financing.closes: 1"),), ()),
        ((HAPPENS % ("", "controls.rules.us_2026_01_case_by_case.regime: denial"),), ("window_closed",)),
        ((HAPPENS % ("", "controls.rules.cn_2026_01_cond.regime: denial"),), ()),
        (("capital.financing.not_before=2027-06-01",), ("first_round_late",)),
    ],
)
def test_what_a_scenario_forces_is_what_it_fixes(settings: tuple[str, ...], expected: tuple[str, ...]) -> None:
    scenario = validate(varied(baseline(), LAYOUT.tables, settings=settings), LAYOUT.tables, facts.load())
    assert forced(scenario) == expected


def test_what_is_forced_and_seldom_comes_is_not_assumed() -> None:
    table = outcomes(10).assign(closed=[1.0] * 9 + [0.0], stalled=[1.0] * 8 + [0.0] * 2)
    assert assumed(("closed", "stalled"), table) == {"closed"}


def test_what_is_assumed_has_no_share_in_any_form() -> None:
    table = outcomes().assign(window_closed=1.0, closed=1.0)
    result = findings(replace(RUN, forced=("window_closed",)), table)
    said = answers(result)["How likely"]
    assert "Assumed, so without a probability: the window closes." in said
    assert "the window closes in" not in said
    row = next(line for line in text(result).splitlines() if line.startswith("The exporter's window closes"))
    assert row.split()[-1] == "assumed"
    assert "| The exporter's window closes | assumed |  |  |" in markdown.findings(result)
    document = json.loads(json.dumps(result.as_json()))
    measures = {each["measure"]: each for each in document["measures"]}
    assert measures["window_closed"]["assumed"]
    assert "assumed" not in measures["closed"]
    assert document["run"]["forced"] == ["window_closed"]


def test_every_flag_that_a_scenario_may_force_is_a_measure() -> None:
    names = {each.name for each in MEASURES}
    assert {flag for flags in SHIPPED.values() for flag in flags} <= names
