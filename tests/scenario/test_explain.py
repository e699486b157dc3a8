from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.checking.lint import lint
from sim.scenario.checking.validate import validate
from sim.scenario.explaining.explain import explain
from sim.scenario.explaining.jsonschema import json_schema
from sim.scenario.load import load as load_scenario
from sim.scenario.reading.facts import Fact, load
from sim.world.course.future import LAYOUT
from sim.world.course.happenings import FIRST_DAY, STEP_BY_STEP
from tests.scenario.toy import BASELINE, TABLES, child, read, scenario
from tests.world.a_future import small_template

ROOT = Path(__file__).parents[2]

FACTS = {"c.cash": Fact("c.cash", "cash of the lab", 30.0, "USD", "FT, 2026", date(2026, 1, 1))}


def test_the_chain_goes_from_the_first_file_to_the_one_that_holds(folder: Path) -> None:
    result = scenario(child("why: a gift\nlab: {cash: $2bn}"), folder, settings=["lab.cash=$7M"])
    text = explain(result, {}, "lab.cash")[0].text()
    for part in (
        "baseline.yaml:10:9   {p5: $120M, p50: $400M, p95: $1000M}",
        "s.yaml:3:13   {p5: $120M, p50: $400M, p95: $1000M} -> $2bn",
        "--set:1:1   $2bn -> $7M",
        "source: none; changed here, was ft_2026",
        "money at the start",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("changes", "options", "path", "told"),
    [
        ("lab: {}", {}, "lab.cash", "source of the section: ft_2026 | A report"),
        (
            "lab: {growth: {p10: 1x / year, p90: 2x / year, why: a test}}",
            {},
            "lab.growth",
            "source: none; changed here",
        ),
        (
            "sources: {own: {title: Our plan, date: 2026-01-01}}\nlab: {cash: {value: $3, source: own}}",
            {},
            "lab.cash",
            "source: own | Our plan, 2026-01-01\n",
        ),
        ("lab: {cash: {value: $3, source: a book of ours}}", {}, "lab.cash", "source: a book of ours"),
        ("lab: {cash: $3, source: a book of ours}", {}, "lab.cash", "source of the section: a book of ours"),
        (
            "overrides: {poor: {lab: {cash: $3}}}",
            {"chosen": ["poor"]},
            "lab.cash",
            "source: none; changed here, was ft_",
        ),
        (
            "lab: {cash: {value: $3, note: a guess}}\noverrides: {poor: {lab: {cash: $4}}}",
            {"chosen": ["poor"]},
            "lab.cash",
            "source: none; changed here, was a guess",
        ),
    ],
)
def test_a_value_that_is_set_anew_loses_its_source(
    folder: Path, changes: str, options: dict[str, list[str]], path: str, told: str
) -> None:
    assert f"  {told}" in f"{explain(scenario(child(changes), folder, **options), {}, path)[0].text()}\n"


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("2026-10, public_since: 2026-04-01, note: as a draft", "A paper, 2026-10 | public since 2026-04-01"),
        ("2026-03", "A paper, 2026-03"),
    ],
)
def test_a_fact_says_since_when_it_was_public_if_its_source_is_dated_later(folder: Path, dates: str, told: str) -> None:
    day, comma, more = dates.partition(",")
    fact = f"{{id: f, what: a list, source: [late]{comma}{more}}}"
    cited = f"sources: {{late: {{title: A paper, date: {day}}}}}\nfacts: [{fact}]"
    result = scenario(child(f"{cited}\nlab: {{cash: {{value: $3, source: f}}}}"), folder)
    assert explain(result, {}, "lab.cash")[0].text().splitlines()[-1] == f"  source: f | a list | {told}"


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("lab.growth", ["x / year, 0 x / year to 100 x / year", "uncertain: drawn once", "median 2.81"]),
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
    result = scenario(BASELINE, folder)
    assert [each.path for each in explain(result, {}, "lab")] == [path for path in result.values if path[:4] == "lab."]
    assert len(explain(result, {})) == len(result.values)
    with pytest.raises(InputError, match=r"did you mean `lab.cash`\?"):
        explain(result, {}, "lab.chas")


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("happenings: [{id: squeeze, probability: 0}]", "happenings.squeeze.probability", "can never happen"),
        ("happenings: [{id: squeeze, probability: 1}]", "happenings.squeeze.probability", "will always happen"),
        ("lab: {cash: {p5: $300M, p50: $300M, p95: $300M}}", "lab.cash", "p5 = p95"),
        ("controls: {rules: [{id: old, announced: 2028-01-01}]}", "controls.rules.old.announced", "beyond the end"),
        ("correlations: [{between: [lab.cash, lab.share], rank: 0.5}]", "correlations[0]", "holds nothing"),
        ("start: 2026-04-01", "start", "before as_of (2026-04-23): what has happened since is drawn all the same"),
        ("start: 2026-06-01", "start", "39 days after as_of (2026-04-23), of which nothing is known"),
        ("happenings: [{id: slip, at: 2026-05-01}]", "happenings.slip.at", "before the start (2026-05-15); it takes"),
        ("lab: {cash: {value: $300M, review_after: 2026-06}}", "lab.cash", "due for review since 2026-06-01"),
    ],
)
def test_lint_finds_slips(folder: Path, text: str, path: str, message: str) -> None:
    result = {problem.path: problem.message for problem in lint(scenario(child(text), folder), {}, date(2026, 7, 1))}
    assert message in result[path]
    assert len(result) == 1


@pytest.mark.parametrize(("size", "warned"), [("$2bn", True), ("$900M", False)])
def test_lint_finds_a_round_larger_than_the_lab(size: str, warned: bool) -> None:
    result = lint(small_template(f"capital: {{financing: {{size: {size}}}}}").scenario, {}, date(2026, 1, 1))
    said = [problem.message for problem in result if problem.path == "capital.financing.size"]
    assert said == (["more than the valuation, which includes it (1000000000 USD)"] if warned else [])


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
    result = small_template(f"controls: {{rules: [{rule}]}}\n{CHANGE % (when, path)}").scenario
    problems = [
        problem for problem in lint(result, {}, date(2026, 1, 1)) if problem.path.startswith("happenings.one.changes")
    ]
    assert [problem.path for problem in problems] == ([f"happenings.one.changes.{path}"] if message else [])
    assert all(message in problem.message for problem in problems)


def test_what_counts_from_the_first_day_names_parameters_that_there_are() -> None:
    shipped = load_scenario(ROOT / "scenarios" / "tighten.yaml", LAYOUT.tables).values
    stale = [
        pattern for pattern in (*FIRST_DAY, *STEP_BY_STEP) if not any(fnmatchcase(path, pattern) for path in shipped)
    ]
    assert stale == []


def test_a_forced_event_is_meant(folder: Path) -> None:
    assert not lint(scenario(child("happenings: [{id: slip, probability: 1}]"), folder), {}, date(2026, 7, 1))


def test_lint_compares_with_the_fact_that_is_cited(folder: Path) -> None:
    (folder / "s.yaml").write_text(child("lab: {cash: {value: $300, source: c.cash}}"))
    result = validate(read(folder / "s.yaml"), TABLES, FACTS)
    assert [problem.message for problem in lint(result, FACTS, date(2026, 5, 1))] == [
        "300 USD is 10 times the fact `c.cash`; a slip by powers of ten?"
    ]


def test_facts_of_both_forms(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(
        "facts:\n  - {id: d.wafers, what: starts, mode: 22000, unit: chips, date: 2026-02, source: [ft]}\n"
        "sources:\n  ft: {title: A report, publisher: FT}\n"
    )
    (tmp_path / "chips.yaml").write_text("chips:\n  - {id: nv, tpp: {value: 4992 TPP, source: [a text], date: 2025}}\n")
    result = load(tmp_path)
    assert result["d.wafers"].source == "A report, FT"
    assert result["d.wafers"].known_since == date(2026, 2, 1)
    assert (result["k.nv.tpp"].value, result["k.nv.tpp"].known_since) == ("4992 TPP", date(2025, 1, 1))


def test_the_json_schema_knows_every_key() -> None:
    schema = json_schema(TABLES)
    rule = schema["properties"]["controls"]["properties"]["rules"]["items"]
    assert set(rule["properties"]) >= {"id", "source", "regime", "hits"}
    assert rule["additionalProperties"] is False
    share = schema["properties"]["lab"]["properties"]["share"]
    assert share["description"] == "bought at home (share; at least 0; at most 1)"
    assert {"name", "extends", "start", "overrides"} <= set(schema["properties"])
