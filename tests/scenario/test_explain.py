from datetime import date
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.explain import explain
from sim.scenario.facts import Fact, load
from sim.scenario.jsonschema import json_schema
from sim.scenario.lint import lint
from sim.scenario.reading import read
from sim.scenario.validate import validate
from tests.scenario.toy import BASELINE, TABLES, child, scenario
from tests.world.a_future import small_template

FACTS = {"c.cash": Fact("c.cash", "cash of the lab", 30.0, "USD", "FT, 2026", date(2026, 1, 1))}


def test_the_chain_goes_from_the_first_file_to_the_one_that_holds(folder: Path) -> None:
    found = scenario(child("why: a gift\nlab: {cash: $2bn}"), folder, settings=["lab.cash=$7M"])
    text = explain(found, {}, "lab.cash")[0].text()
    for part in (
        "baseline.yaml:10:9   {p5: $120M, p50: $400M, p95: $1000M}",
        "s.yaml:3:13   {p5: $120M, p50: $400M, p95: $1000M} -> $2bn",
        "--set:1:1   $2bn -> $7M",
        "source: ft_2026 | A report",
        "money at the start",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("lab.growth", ["x / year, at least 0 x / year", "uncertain: drawn once", "median 2.81"]),
        ("lab.share", ["share, 0 to 1", "a lever of the lab", "the default holds: 0.5"]),
        ("controls.offices[us].decision", ["luck: drawn by events inside a future", "a judgement of ours"]),
        ("chips.nv_h200.follows", ["id of chips", "the default holds: none"]),
        ("controls.rules.old.hits", ["rows of the world"]),
    ],
)
def test_kind_unit_and_range(folder: Path, path: str, parts: list[str]) -> None:
    text = explain(scenario(BASELINE, folder), {}, path)[0].text()
    for part in parts:
        assert part in text


def test_a_section_explains_all_below_it_and_an_unknown_path_suggests(folder: Path) -> None:
    found = scenario(BASELINE, folder)
    assert [each.path for each in explain(found, {}, "lab")] == [path for path in found.values if path[:4] == "lab."]
    assert len(explain(found, {})) == len(found.values)
    with pytest.raises(InputError, match=r"did you mean `lab.cash`\?"):
        explain(found, {}, "lab.chas")


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("happenings: [{id: squeeze, probability: 0}]", "happenings.squeeze.probability", "can never happen"),
        ("happenings: [{id: squeeze, probability: 1}]", "happenings.squeeze.probability", "will always happen"),
        ("lab: {cash: {p5: $3, p50: $3, p95: $3}}", "lab.cash", "p5 = p95"),
        ("controls: {rules: [{id: old, announced: 2028-01-01}]}", "controls.rules.old.announced", "beyond the end"),
        ("correlations: [{between: [lab.cash, lab.share], rank: 0.5}]", "correlations[0]", "holds nothing"),
        ("lab: {cash: {value: $3, review_after: 2026-06}}", "lab.cash", "due for review since 2026-06-01"),
    ],
)
def test_lint_finds_slips(folder: Path, text: str, path: str, message: str) -> None:
    found = {problem.path: problem.message for problem in lint(scenario(child(text), folder), {}, date(2026, 7, 1))}
    assert message in found[path]
    assert len(found) == 1


CHANGE = "happenings: [{id: one, source: test, %s, changes: {%s: {scale: 0.5}}}]"


@pytest.mark.parametrize(
    ("when", "path", "message"),
    [
        ("at: 2026-06-01", "training.growth", "compounded from the first day"),
        ("at: 2026-06-01", "market.offers.rent.deepens", "compounded from the first day"),
        ("at: 2026-06-01", "capital.operations_growth", ""),  # month by month
        ("at: 2026-06-01", "capital.cash", "read on the first day alone"),
        ("at: 2026-06-01", "controls.rules.old.probability", "read on the first day alone"),
        ("at: 2026-06-01", "fleet.holdings.cloud.opening", "read on the first day alone"),
        ("when: {lab.rent: '> $1'}", "capital.cash", "read on the first day alone"),
        ("at: 2026-01-01", "training.growth", ""),
        ("at: 2025-06-01", "capital.cash", ""),
        ("at: 2026-06-01", "capital.operations", ""),
    ],
)
def test_lint_finds_changes_that_come_too_late(when: str, path: str, message: str) -> None:
    rule = "{id: old, source: test, government: us, item: accelerator, regime: denial, effective: 2023-10-17}"
    found = small_template(f"controls: {{rules: [{rule}]}}\n{CHANGE % (when, path)}").scenario
    problems = [problem for problem in lint(found, {}, date(2026, 1, 1)) if problem.path.startswith("happenings")]
    assert [problem.path for problem in problems] == ([f"happenings.one.changes.{path}"] if message else [])
    assert all(message in problem.message for problem in problems)


def test_a_forced_event_is_meant(folder: Path) -> None:
    assert not lint(scenario(child("happenings: [{id: slip, probability: 1}]"), folder), {}, date(2026, 7, 1))


def test_lint_compares_with_the_fact_that_is_cited(folder: Path) -> None:
    (folder / "s.yaml").write_text(child("lab: {cash: {value: $300, source: c.cash}}"))
    found = validate(read(folder / "s.yaml", TABLES), TABLES, FACTS)
    assert [problem.message for problem in lint(found, FACTS, date(2026, 5, 1))] == [
        "300 USD is 10 times the fact `c.cash`; a slip by powers of ten?"
    ]


def test_facts_of_both_forms(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(
        "facts:\n  - {id: d.wafers, what: starts, mode: 22000, unit: chips, date: 2026-02, source: [ft]}\n"
        "sources:\n  ft: {title: A report, publisher: FT}\n"
    )
    (tmp_path / "chips.yaml").write_text("chips:\n  - {id: nv, tpp: {value: 4992 TPP, source: [a text], date: 2025}}\n")
    found = load(tmp_path)
    assert found["d.wafers"].source == "A report, FT"
    assert found["d.wafers"].known_since == date(2026, 2, 1)
    assert (found["k.nv.tpp"].value, found["k.nv.tpp"].known_since) == ("4992 TPP", date(2025, 1, 1))


def test_the_json_schema_knows_every_key() -> None:
    schema = json_schema(TABLES)
    rule = schema["properties"]["controls"]["properties"]["rules"]["items"]
    assert set(rule["properties"]) >= {"id", "source", "regime", "hits"}
    assert rule["additionalProperties"] is False
    share = schema["properties"]["lab"]["properties"]["share"]
    assert share["description"] == "bought at home (share; at least 0; at most 1)"
    assert {"name", "extends", "start", "overrides"} <= set(schema["properties"])
