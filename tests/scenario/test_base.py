"""A scenario's own changes on another root: what is cut, what stays, what is refused, and where values come from."""

from datetime import date
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.language.distributions import Fixed, Truncated, Uniform
from sim.language.values import After
from sim.scenario.checking.validate import validate
from sim.scenario.explaining.explain import explain
from sim.scenario.grammar.changes import Changes
from sim.scenario.load import base_of
from sim.scenario.reading.extends import read_chain, varied
from sim.scenario.scenario import Scenario, other_root
from tests.scenario.toy import TABLES, child

LATER = """\
extends: baseline.yaml
name: Later
as_of: 2026-11-01
start: 2026-11-01
lab:
  cash: {value: $2B, source: a report}
settled:
  - {paths: [lab.growth], why: "it grew as it did; force a later year"}
"""
"""A root of another day. Days of its futures count from 2026-11-01; 2026-12-01 is the 30th."""


@pytest.fixture
def later(folder: Path) -> Path:
    path = folder / "later.yaml"
    path.write_text(LATER, encoding="utf-8")
    return path


def put(text: str, later: Path) -> Scenario:
    """A scenario that extends the baseline, on the later root."""
    path = later.with_name("s.yaml")
    path.write_text(text, encoding="utf-8")
    return validate(varied(read_chain(path, TABLES, later), TABLES), TABLES, {})


def refusal(text: str, later: Path) -> str:
    with pytest.raises(InputError) as caught:
        put(text, later)
    return str(caught.value)


def rule(dates: str) -> str:
    return child(f"name: S\ncontrols:\n  rules:\n    - {{id: old, {dates}}}\n")


def test_its_changes_hold_on_the_other_root_and_nothing_else_of_its_own(later: Path) -> None:
    result = put(child("lab: {share: 0.25}"), later)
    assert result.as_of == result.start == date(2026, 11, 1)
    assert result.values["lab.share"].spec == Fixed(0.25)
    assert result.values["lab.cash"].spec == Fixed(2e9)
    assert Path(result.rests_on.file) == later


def test_a_chain_of_changes_is_put_on_it_whole(later: Path) -> None:
    later.with_name("middle.yaml").write_text(child("lab: {share: 0.25, growth: 2x / year}"), encoding="utf-8")
    assert "lab.growth" in refusal("extends: middle.yaml\nlab: {share: 0.5}\n", later)
    later.with_name("middle.yaml").write_text(child("lab: {cash: $3B}"), encoding="utf-8")
    result = put("extends: middle.yaml\nlab: {share: 0.5}\n", later)
    assert (result.values["lab.cash"].spec, result.values["lab.share"].spec) == (Fixed(3e9), Fixed(0.5))


@pytest.mark.parametrize(
    ("written", "spec"),
    [
        ("{between: [2026-10-02, 2026-12-01]}", Uniform(0.0, 30.0)),
        ("{between: [2026-11-11, 2026-12-01]}", Uniform(10.0, 30.0)),
        ("2026-06-01", Fixed(-153.0)),  # a rule that is in force is in force
        ("{value: 2026-12-01}", Fixed(30.0)),
    ],
)
def test_windows_that_have_begun_are_cut_and_single_days_stay(written: str, spec: Uniform | Fixed, later: Path) -> None:
    assert put(rule(f"effective: {written}"), later).values["controls.rules.old.effective"].spec == spec


def test_a_spread_is_cut_at_the_first_day_and_keeps_its_odds_after_it(later: Path) -> None:
    written = "effective: {p5: 2026-09-01, p50: 2026-11-01, p95: 2027-01-01, source: a report}"
    value = put(rule(written), later).values["controls.rules.old.effective"]
    assert isinstance(value.spec, Truncated)
    assert value.spec.below == pytest.approx(0.5)
    assert value.grounds.source == ("a report",)
    assert "{from: 2026-11-01, p5: 2026-09-01" in explain(put(rule(written), later), {}, value.path)[0].text()


def test_what_counts_from_another_date_stays(later: Path) -> None:
    spec = put(rule("effective: {after: 9 days}"), later).values["controls.rules.old.effective"].spec
    assert spec == After(Fixed(9.0))


def happening(at: str, change: str) -> str:
    return child(f"happenings:\n  - id: mine\n    at: {at}\n    changes:\n      {change}\n")


def changes(one: Scenario) -> Changes:
    spec = one.values["happenings.mine.changes"].spec
    assert isinstance(spec, Changes)
    return spec


def test_a_happening_is_cut_and_the_day_that_it_sets_acts_with_it(later: Path) -> None:
    text = happening("{between: [2026-10-02, 2026-12-01]}", "controls.rules.old.announced: {set: 2026-04-23}")
    result = put(text, later)
    assert result.values["happenings.mine.at"].spec == Uniform(0.0, 30.0)
    assert changes(result).changes[0].spec == Fixed(-192.0)


def test_a_change_for_a_time_ends_on_the_day_on_which_it_would_have(later: Path) -> None:
    result = put(happening("2026-10-02", "lab.share: {set: 0.5, for: 40 days}"), later)
    assert [each.lasting for each in changes(result).changes] == [10.0]
    endless = put(happening("2026-10-02", "lab.share: {set: 0.5}"), later)
    assert [each.lasting for each in changes(endless).changes] == [float("inf")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rule("effective: {between: [2026-05-01, 2026-08-01]}"), ["s.yaml:5:", "rules.old.effective", "2026-08-01"]),
        (happening("{between: [2026-05-01, 2026-08-01]}", "lab.share: 0.5"), ["s.yaml:4:", "happenings.mine.at"]),
        (happening("2026-10-02", "lab.share: {set: 0.5, for: 30 days}"), ["s.yaml:6:7", "over on 2026-11-01", "later"]),
        (child("name: Growth\nlab: {growth: 2x / year}"), ["s.yaml:3:7", "“Growth”", "lab.growth", "a later year"]),
        (happening("2027-01-01", "lab.growth: {scale: 2}"), ["s.yaml:6:7", "lab.growth", "it grew as it did"]),
        (child("overrides: {fast: {lab: {growth: 9x / year}}}"), ["s.yaml:2:26", "it grew as it did"]),
        (child("start: 2026-06-01"), ["s.yaml:2:1", "start", "says which day it is"]),
        (child("as_of: 2026-06-01\nname: X"), ["--base:1:1", "is a root itself"]),
        ("extends: [baseline.yaml, missing.yaml]\n", ["s.yaml:1:", "no such file"]),
    ],
)
def test_what_cannot_be_put_on_it_is_refused_by_name(text: str, said: list[str], later: Path) -> None:
    refused = refusal(text, later)
    assert all(each in refused for each in said), refused


def test_every_scenario_of_the_later_root_itself_may_say_what_is_settled(later: Path) -> None:
    path = later.with_name("s.yaml")
    path.write_text("extends: later.yaml\nlab: {growth: 2x / year}\n", encoding="utf-8")
    result = validate(varied(read_chain(path, TABLES), TABLES), TABLES, {})
    assert result.values["lab.growth"].certain
    assert Path(result.rests_on.file) == later


def test_a_base_is_a_root_and_a_root_has_nothing_to_put_on_it(later: Path) -> None:
    own = later.with_name("own.yaml")
    own.write_text(child("lab: {share: 0.25}"), encoding="utf-8")
    baseline = later.with_name("baseline.yaml")
    with pytest.raises(InputError, match=r"own.yaml changes .*baseline.yaml, and a base is a root; write --base"):
        read_chain(later, TABLES, own)
    with pytest.raises(InputError, match=r"baseline.yaml is a root itself"):
        read_chain(baseline, TABLES, later)
    with pytest.raises(InputError, match="no such file"):
        read_chain(own, TABLES, later.with_name("nowhere.yaml"))
    assert read_chain(later, TABLES, later).files == read_chain(later, TABLES).files


def test_news_of_after_the_base_is_hindsight_there(later: Path) -> None:
    path = later.with_name("s.yaml")
    path.write_text("extends: later.yaml\nlab: {share: {value: 0.5, date: 2026-10-01}}\n", encoding="utf-8")
    assert validate(varied(read_chain(path, TABLES), TABLES), TABLES, {}).values["lab.share"].certain
    with pytest.raises(InputError, match=r"hindsight: this became public on 2026-10-01, after as_of \(2026-04-23\)"):
        validate(varied(read_chain(path, TABLES, later.with_name("baseline.yaml")), TABLES), TABLES, {})


def test_a_value_is_traced_through_the_base(later: Path) -> None:
    text = explain(put(child("lab: {cash: $9B}"), later), {}, "lab.cash")
    chain = [(Path(place.file).name, value) for place, value in text[0].chain]
    assert chain == [
        ("baseline.yaml", "{p5: $120M, p50: $400M, p95: $1000M}"),
        ("later.yaml", "$2B"),
        ("s.yaml", "$9B"),
    ]


def test_a_file_that_says_another_day_is_a_root(later: Path) -> None:
    reading = varied(read_chain(later, TABLES), TABLES)
    assert Path(reading.root.file) == later
    assert reading.base is None
    root = validate(reading, TABLES, {})
    assert base_of(root, TABLES, (), ()) is None
    later.write_text(LATER.replace(", source: a report", ""), encoding="utf-8")
    with pytest.raises(InputError, match="a value of a root scenario needs a `source`"):
        validate(varied(read_chain(later, TABLES), TABLES), TABLES, {})


def test_what_rests_on_other_roots_is_told_by_both_names(later: Path) -> None:
    here, there = put(child("lab: {share: 0.25}"), later), varied(read_chain(later.with_name("s.yaml"), TABLES), TABLES)
    said = other_root(here, validate(there, TABLES, {}))
    assert "baseline.yaml" in said
    assert "later.yaml" in said
    assert other_root(here, put(child("lab: {share: 0.5}"), later)) == ""
