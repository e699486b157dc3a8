"""Dates that count from the start, or from another date of the scenario."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.checking.validate import validate
from sim.scenario.explaining.explain import explain
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from tests.scenario.toy import TABLES, child, read, scenario


def written(result: Scenario, path: str) -> object:
    return result.spelled(result.values[path])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("start", "2026-05-15"),
        ("start + 6 months", "2026-11-15"),
        ("start+1 year", "2027-05-15"),
        ("start - 2 weeks", "2026-05-01"),
        ("start + 0 days", "2026-05-15"),
        ("happenings.squeeze.at + 30 days", "2026-07-01"),
        ("controls.rules.old.announced - 1 day", "2025-12-31"),
        ("{value: happenings.squeeze.at + 1 month, note: a.b + 3 days}", "2026-07-01"),
    ],
)
def test_a_date_counts_from_the_start_or_from_another(folder: Path, text: str, day: str) -> None:
    result = scenario(child(f"happenings: [{{id: own, at: {text}}}]"), folder)
    assert written(result, "happenings.own.at") == day
    explained = explain(result, {}, "happenings.own.at")[0].text()
    assert f"; {day}" in explained


def test_months_end_with_the_month(folder: Path) -> None:
    text = "start: 2026-08-31\nend: start + 1 year\nhappenings: [{id: own, at: start + 6 months}]"
    result = scenario(child(text), folder)
    assert written(result, "happenings.own.at") == "2027-02-28"


def test_every_date_of_a_spread_may_count(folder: Path) -> None:
    text = "{p5: start + 1 month, p50: happenings.squeeze.at + 2 months, p95: 2027-01-01}"
    result = scenario(child(f"happenings: [{{id: slip, at: {text}}}]"), folder)
    assert written(result, "happenings.slip.at") == {"p5": "2026-06-15", "p50": "2026-08-01", "p95": "2027-01-01"}
    result = scenario(child("happenings: [{id: slip, at: {between: [start, start + 6 months]}}]"), folder)
    assert written(result, "happenings.slip.at") == {"between": ["2026-05-15", "2026-11-15"]}


def test_dates_count_from_dates_that_count(folder: Path) -> None:
    text = "{id: own, at: happenings.two.at + 1 month}, {id: two, at: {value: start + 1 month, why: so}}"
    (folder / "less.yaml").write_text(child("happenings: [{id: squeeze, remove: true}]"), encoding="utf-8")
    result = scenario(f"extends: less.yaml\nhappenings: [{text}]", folder)
    assert written(result, "happenings.own.at") == "2026-07-15"


def test_the_end_and_the_change_of_a_happening_count_from_the_start(folder: Path) -> None:
    text = "end: start + 1 year\nhappenings: [{id: slip, changes: {controls.rules.old.announced: start + 3 months}}]"
    result = scenario(child(text), folder)
    assert result.end.isoformat() == "2027-05-15"
    assert written(result, "happenings.slip.changes") == {"controls.rules.old.announced": {"set": "2026-08-15"}}


def test_what_counts_from_the_start_moves_with_another_root(folder: Path) -> None:
    later = (
        "as_of: 2026-08-01\nstart: 2026-08-01\nhappenings: [{id: squeeze, at: 2026-09-01, source: a judgement of ours}]"
    )
    (folder / "later.yaml").write_text(child(later), encoding="utf-8")
    path = folder / "s.yaml"
    own = "{id: own, at: {between: [start + 1 month, start + 3 months]}}"
    path.write_text(child(f"happenings: [{own}, {{id: slip, at: happenings.squeeze.at + 1 week}}]"), encoding="utf-8")
    result = load(path, TABLES, base=folder / "later.yaml")
    assert written(result, "happenings.own.at") == {"between": ["2026-09-01", "2026-11-01"]}
    assert written(result, "happenings.slip.at") == "2026-09-08"
    spread = "{between: [happenings.squeeze.at + 1 week, 2026-12-01]}"
    path.write_text(child(f"happenings: [{{id: slip, at: {spread}}}]"), encoding="utf-8")
    with pytest.raises(InputError, match=r"2:29 .*counts from another date, and .*begins on 2026-08-01"):
        load(path, TABLES, base=folder / "later.yaml")


def test_a_section_is_read_again_where_a_date_counts_from_another_section(folder: Path) -> None:
    text = child("happenings: [{id: own, at: controls.rules.old.announced + 1 year}]")
    first = scenario(text, folder)
    moved = read(folder / "s.yaml", settings=["controls.rules.old.announced=2026-02-01"])
    assert written(validate(moved, TABLES, {}, like=first), "happenings.own.at") == "2027-02-01"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strat + 6 months", '"strat + 6 months" is not a date; write it YYYY-MM-DD, YYYY-MM or start + 6 months'),
        ("+6 months", "is not a date"),
        ("start + 6", "is not a date"),
        ("start + 1.5 months", "is not a date"),
        ("start + 6 moons", "is not a date"),
        ("start + start", "is not a date"),
        ("start + 999999 years", "beyond the calendar"),
        ("start - 999999 weeks", "beyond the calendar"),
        ("start + 99999999999999999999 days", "is not a date"),
        ("start + ٣ days", "is not a date"),
        ("happenings.squeze.at + 1 day", "no date `happenings.squeze.at` to count from; did you mean `happenings.sque"),
        ("lab.cash + 1 day", "no date `lab.cash` to count from"),
        ("lab.debt + 1 day", "no date `lab.debt` to count from"),
        ("controls.rules.old.lifted + 1 day", "`controls.rules.old.lifted` is left out, so nothing counts from it"),
        (
            "happenings.slip.at + 1 day",
            "`happenings.slip.at` is {between: [2026-09-01, 2026-12-31]}; only one date can",
        ),
        ("controls.rules.old.effective + 1 day", "only one date can be counted from; a happening waits for what is"),
        ("happenings.own.at + 1 day", "counts from itself: happenings.own.at -> happenings.own.at"),
        ("happenings.squeeze.at + 999999 years", "beyond the calendar"),
    ],
)
def test_what_counts_from_nothing_is_refused_at_its_place(folder: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        scenario(child(f"lab: {{cash: 3}}\nhappenings: [{{id: own, at: {text}}}]"), folder)
    problems = {problem.path: problem for problem in refused.value.problems}
    assert {"lab.cash", "happenings.own.at"} == problems.keys()
    assert message in problems["happenings.own.at"].message
    assert (problems["happenings.own.at"].place.line, problems["happenings.own.at"].place.column) == (3, 28)


def test_a_circle_of_dates_is_refused(folder: Path) -> None:
    text = "[{id: own, at: happenings.slip.at + 1 day}, {id: slip, at: happenings.own.at + 1 day}]"
    with pytest.raises(InputError, match="counts from itself"):
        scenario(child(f"happenings: {text}"), folder)


def test_a_date_that_counts_from_a_removed_thing_is_refused_with_both_places(folder: Path) -> None:
    text = "happenings: [{id: squeeze, remove: true}, {id: slip, at: happenings.squeeze.at + 1 day}]"
    with pytest.raises(InputError, match=r"s\.yaml:2:58 .*removed at .*s\.yaml:2:14"):
        scenario(child(text), folder)


def test_a_duration_is_not_counted_from_anything(folder: Path) -> None:
    with pytest.raises(InputError, match="6 months"):
        scenario(child("controls: {offices: [{id: us, decision: start + 6 months}]}"), folder)


@pytest.mark.parametrize("key", ["start", "as_of"])
def test_the_first_days_count_from_nothing(folder: Path, key: str) -> None:
    with pytest.raises(InputError, match="is not a date"):
        scenario(child(f"{key}: start + 1 month"), folder)
