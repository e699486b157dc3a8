"""What offices clear and what they do not: each warning of it, and where there is none."""

from datetime import date

import pytest

from sim.scenario.checking.lint import lint
from tests.world.a_future import small_template

OFFICE = "{id: my, source: test, decision: 9 days, granted: 0, granted_discouraged: 0, granted_presumed: 0}"
NO_OFFICE = "no %s offer is cleared by my, so this rule stops nothing"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("government: my, item: cloud, regime: denial", NO_OFFICE % "rented_abroad"),
        (
            "government: my, item: accelerator, regime: denial",
            NO_OFFICE % "licensed" + "; name it in market.offers.h200.cleared_by, or remove it",
        ),
        ("government: us, item: accelerator, regime: denial", ""),
        ("government: my, item: accelerator, regime: inspection", ""),
        ("government: my, item: entity, regime: denial", ""),
        ("government: my, item: memory, regime: denial", ""),
    ],
)
def test_rules_that_stop_nothing(rule: str, message: str) -> None:
    rules = f"[{{id: new, source: test, effective: 2026-09-01, {rule}}}]"
    result = small_template(f"controls: {{governments: [{OFFICE}], rules: {rules}}}").scenario
    problems = [problem for problem in lint(result, {}, date(2026, 1, 1)) if problem.path == "controls.rules.new"]
    assert [problem.message for problem in problems] == ([message] if message else [])


@pytest.mark.parametrize(("place", "warned"), [("here", False), ("there", True)])
def test_rules_of_places_where_nothing_stands(place: str, warned: bool) -> None:
    rule = "{id: new, source: test, government: us, item: accelerator, regime: denial, effective: 2026-09-01, "
    places = "places: [{id: here, source: test}, {id: there, source: test}]"
    controls = f"controls: {{{places}, rules: [{rule}places: [{place}]}}]}}"
    result = small_template(f"{controls}\nmarket: {{offers: [{{id: h200, place: here}}]}}").scenario
    path = "controls.rules.new.places"
    said = [each.message for each in lint(result, {}, date(2026, 1, 1)) if each.path == path]
    assert said == ["no licensed offer has its place in there, so this rule stops nothing"] * warned


@pytest.mark.parametrize(("offer", "warned"), [("h200", False), ("rent", True), ("grey", True), ("ascend", True)])
def test_governments_that_are_never_asked(offer: str, warned: bool) -> None:
    offers = f"market: {{offers: [{{id: {offer}, cleared_by: [my]}}]}}"
    result = small_template(f"controls: {{governments: [{OFFICE}]}}\n{offers}").scenario
    told = {each.message: each.path for each in lint(result, {}, date(2026, 1, 1))}
    said = [message for message, path in told.items() if path.endswith(".cleared_by") and "nobody" in message]
    assert [message.rpartition(": ")[2] for message in said] == ["nobody named here is asked; leave it out"] * warned


ANY = "government: %s, item: %s, regime: case_by_case, effective: 2026-09-01"
CLOUD = """
fleet:
  holdings:
    - {id: far, source: test, chip: h800, site: landlord, tenure: rented, bring_up: 5 days, failures: 0 / year,
       repair: 5 days, loss: 0}
market:
  offers:
    - {id: h200, exporter: us, buyer: ~}
    - {id: far, source: test, chip: h800, pathway: rented_abroad, holding: far, rent: $2 / hour, contract: 90 days,
       depth: 500 chips, build: 10 days, transit: 0 days, exporter: us, buyer: cn%s}
"""


def open_gates(rules: list[str], more: str) -> dict[str, str]:
    """The warnings of open gates, by what stands there."""
    listed = ", ".join(f"{{id: r{number}, source: test, {rule}}}" for number, rule in enumerate(rules))
    scenario = small_template(f"controls: {{governments: [{OFFICE}], rules: [{listed}]}}\n{more}").scenario
    found = [problem for problem in lint(scenario, {}, date(2026, 1, 1)) if "cover" in problem.message]
    assert all(problem.place.line and problem.place.file for problem in found)
    return {problem.path.removeprefix("market.offers."): problem.message for problem in found}


@pytest.mark.parametrize(
    ("rules", "more", "expected"),
    [
        ([], "", {"h200.exporter", "h200.buyer"}),
        ([ANY % ("us", "accelerator")], "", {"h200.buyer"}),
        ([ANY % ("us", "accelerator"), ANY % ("cn", "accelerator")], "", set()),
        ([ANY % ("us", "accelerator"), ANY % ("cn", "cloud")], "", {"h200.buyer"}),
        ([ANY % ("us", "accelerator"), ANY % ("cn", "entity")], "", {"h200.buyer"}),
        ([ANY % ("us", "accelerator"), "government: cn, item: accelerator, regime: inspection"], "", {"h200.buyer"}),
        ([ANY % ("us", "accelerator"), "government: cn, item: accelerator, regime: open"], "", set()),
        ([ANY % ("us", "accelerator") + ", hits: {tpp: '< 1 TPP'}"], "", {"h200.exporter", "h200.buyer"}),
        ([ANY % ("us", "accelerator") + ", hits: {any: [{tpp: '< 1 TPP'}, {chip: [h200]}]}"], "", {"h200.buyer"}),
        ([ANY % ("us", "accelerator") + ", hits: {chip: [h800]}"], "", {"h200.exporter", "h200.buyer"}),
        # what the exporter denies in any case, no other office is asked about
        ([(ANY % ("us", "accelerator")).replace("case_by_case", "denial")], "", set()),
        # what a government in between is named for, it has a rule on
        ([ANY % ("us", "cloud")], CLOUD % "", {"h200.exporter"}),
        ([ANY % ("us", "cloud")], CLOUD % ", cleared_by: [my]", {"far.cleared_by", "h200.exporter"}),
        ([ANY % ("us", "cloud"), ANY % ("my", "cloud")], CLOUD % ", cleared_by: [my]", {"h200.exporter"}),
        ([], CLOUD % "", {"far.exporter", "far.buyer", "h200.exporter"}),
    ],
)
def test_a_purchase_that_no_rule_covers(rules: list[str], more: str, expected: set[str]) -> None:
    assert open_gates(rules, more).keys() == expected


def test_the_gate_that_is_open_is_told_with_what_to_write() -> None:
    told = open_gates([ANY % ("us", "accelerator")], "")["h200.buyer"]
    assert told == (
        "the gate is open: no rule of `cn` covers this import, so all of it passes; "
        "add one, or one with `regime: open` if that is meant"
    )


@pytest.mark.parametrize("pathway", ["licensed", "grey"])
def test_an_import_under_licence_names_who_clears_it(pathway: str) -> None:
    offer = f"{{id: h200, pathway: {pathway}, exporter: ~, buyer: ~}}"
    told = open_gates([], f"market: {{offers: [{offer}]}}")
    assert told == (
        {"h200.exporter": "no government clears this import, so no export rule covers it; name its `exporter`"}
        if pathway == "licensed"
        else {}
    )
