"""What can never happen is told by `check`; what is only unlikely, or may be moved, is not."""

from datetime import date
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.checking.lint import lint
from sim.scenario.load import load
from sim.scenario.reading import facts
from sim.world.course.future import LAYOUT
from tests.structure.source import ROOT

SMALL = (ROOT / "tests" / "world" / "small.yaml").read_text(encoding="utf-8")
CHANGES = "changes: {capital.energy: {scale: 2}}"


def told(folder: Path, *happenings: str, more: str = "") -> dict[str, str]:
    """The warnings about happenings, by path."""
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    lines = "".join(f"  - {{{each}{'' if 'changes:' in each else f', {CHANGES}'}}}\n" for each in happenings)
    (folder / "s.yaml").write_text(f"extends: small.yaml\n{more}\nhappenings:\n{lines}", encoding="utf-8")
    result = lint(load(folder / "s.yaml", LAYOUT.tables), facts.load(), date(2026, 1, 1))
    return {
        each.path.removeprefix("happenings."): each.message for each in result if each.path.startswith("happenings.")
    }


SURE = "id: b, at: 2026-03-01"


@pytest.mark.parametrize(
    ("happenings", "expected"),
    [
        (
            ["id: a, requires: [b]", "id: b, requires: [c]", "id: c, requires: [a]"],
            {"a.requires": "a -> b -> c -> a", "b.requires": "b -> c -> a -> b", "c.requires": "c -> a -> b -> c"},
        ),
        (
            ["id: a, requires: [b]", "id: b, requires: [a]", "id: c, requires: [a]"],
            {
                "a.requires": "circle",
                "b.requires": "circle",
                "c.requires": "requires `a`, which can never happen",
            },
        ),
        (
            ["id: a, at: 2026-03-01, requires: [b]", "id: b, at: 2026-03-02"],
            {"a.requires": "requires `b`, which comes later (not before 2026-03-02)"},
        ),
        (
            [
                "id: a, at: {between: [2026-03-01, 2026-04-01]}, requires: [b]",
                "id: b, at: {between: [2026-05-01, 2027-01-01]}",
            ],
            {"a.requires": "comes later (not before 2026-05-01)"},
        ),
        (
            ["id: a, at: 2026-03-01, requires: [b]", "id: b, at: 2026-04-01, when: {lab.runway: '< 6'}"],
            {"a.requires": "comes later"},
        ),
        (
            ["id: a, at: 2026-04-01, requires: [b], excludes: [b]", SURE],
            {"a.requires": "both requires and excludes `b`"},
        ),
        (["id: a, at: 2026-04-01, excludes: [b]", SURE], {"a.excludes": "excludes `b`, which always comes before it"}),
        (
            ["id: a, at: 2026-04-01, requires: [b]", f"{SURE}, probability: 0"],
            {"a.requires": "requires `b`, which can never happen", "b.probability": "can never happen"},
        ),
        (
            ["id: a, when: {lab.runway: '< 6'}, requires: [b]", "id: b, at: 2060-01-01"],
            {"a.requires": "requires `b`, which can never happen", "b.at": "beyond the end"},
        ),
        (["id: a, when: {capital.cash: '< $1M'}"], {"a.when.capital.cash": "does not move inside a future"}),
        (["id: a, when: {talent.staff_cap: '< 1'}"], None),
        (["id: a, when: {lab.runway: '< 0'}"], {"a.when.lab.runway": "can never hold: it is at least 0"}),
        (["id: a, when: {lab.runway: '> 120'}"], {"a.when.lab.runway": "can never hold: it is at most 120"}),
        (["id: a, when: {lab.runway: '< -5'}"], {"a.when.lab.runway": "can never hold: it is at least 0"}),
        (["id: a, when: {lab.runway: '>= 121'}"], {"a.when.lab.runway": "can never hold: it is at most 120"}),
        (["id: a, when: {lab.runway: -3}"], {"a.when.lab.runway": "can never hold: it is at least 0"}),
    ],
)
def test_what_can_never_happen_is_told(tmp_path: Path, happenings: list[str], expected: dict[str, str] | None) -> None:
    if expected is None:
        with pytest.raises(InputError, match=r"no number to watch; one of .*lab\.runway"):
            told(tmp_path, *happenings)
        return
    result = told(tmp_path, *happenings)
    assert set(result) == set(expected)
    for path, message in expected.items():
        assert message in result[path]


@pytest.mark.parametrize(
    "happenings",
    [
        ["id: a, at: 2026-04-01, requires: [b]", SURE],
        ["id: a, at: 2026-03-01, requires: [b]", SURE],
        [
            "id: a, at: {between: [2026-02-01, 2026-05-01]}, requires: [b]",
            "id: b, at: {between: [2026-04-01, 2026-06-01]}",
        ],
        ["id: a, at: 2026-03-01, when: {lab.runway: '< 6'}, requires: [b]", "id: b, at: 2026-09-01"],
        ["id: a, at: 2026-04-01, excludes: [b]", f"{SURE}, probability: 0.9"],
        ["id: a, at: 2026-04-01, excludes: [b]", f"{SURE}, when: {{lab.runway: '< 6'}}"],
        ["id: a, at: 2026-02-01, excludes: [b]", SURE],
        ["id: a, excludes: [b]", "id: b, excludes: [a]"],
        [
            "id: a, at: 2026-03-01, requires: [b]",
            "id: b, at: 2026-09-01",
            "id: c, at: 2026-02-01, changes: {happenings.b.at: {earlier: 250 days}}",
        ],
        ["id: a, when: {capital.energy: '> $1 / kWh'}"],
        ["id: a, when: {lab.rent: '> $100'}"],
        ["id: a, when: {lab.runway: '> -5'}"],
        ["id: a, when: {lab.runway: '<= 0'}"],
    ],
)
def test_what_may_happen_is_left_alone(tmp_path: Path, happenings: list[str]) -> None:
    assert told(tmp_path, *happenings) == {}


def test_what_may_be_watched_is_listed_where_a_condition_stands_still(tmp_path: Path) -> None:
    message = told(tmp_path, "id: a, when: {capital.cash: '< $1M'}")["a.when.capital.cash"]
    watched = message.partition("may watch ")[2].split(", ")
    assert {"lab.runway", "lab.rent", "climate.state"} <= set(watched)
    assert not {"capital.cash", "clock.now", "span.horizon"} & set(watched)


def test_what_is_proposed_for_a_condition_exists(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        told(tmp_path, "id: a, when: {}", "id: b, when: {lab.runwy: 3}")
    messages = [problem.message for problem in refused.value.problems]
    assert messages == [
        'write {lab.runway: "< 6"}, in the unit of what is watched',
        "no number to watch; did you mean `lab.runway`?",
    ]
    assert told(tmp_path, "id: a, when: {lab.runway: '< 6'}") == {}


@pytest.mark.parametrize(
    "path",
    [
        "climate.scheduled_for",
        "capital.settled",
        "lab.tokens_wanted",
        "procurement.money_left",
        "lab.month_closes",
        "clock.now",
    ],
)
def test_bookkeeping_is_not_watched(tmp_path: Path, path: str) -> None:
    """Days up to which something is counted, scratch of a plan, and sums that begin anew at month close."""
    with pytest.raises(InputError) as refused:
        told(tmp_path, f"id: a, when: {{{path}: '> 1'}}")
    (problem,) = refused.value.problems
    assert problem.path == f"happenings.a.when.{path}"
    assert "no number to watch" in problem.message
    assert f"`{path}`" not in problem.message


@pytest.mark.parametrize(
    "path", ["climate.state", "lab.runway", "market.crowding.turned_away", "capital.financing.raised"]
)
def test_what_a_reader_knows_is_watched(tmp_path: Path, path: str) -> None:
    assert "no number to watch; one of " in refused_with(tmp_path, "no.where")
    assert path in refused_with(tmp_path, "no.where").partition("one of ")[2].replace("\n", "").split(", ")
    value = {"climate.state": "rupture", "capital.financing.raised": "$1"}.get(path, 1)
    assert told(tmp_path, f"id: a, when: {{{path}: {value}}}") == {}


def refused_with(folder: Path, path: str) -> str:
    with pytest.raises(InputError) as refused:
        told(folder, f"id: a, when: {{{path}: '> 1'}}")
    return str(refused.value)


def test_what_a_child_drops_of_a_happening_is_told(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    parent = "extends: small.yaml\nhappenings:\n  - id: a\n    requires: [b, c]\n"
    parent += "    when: {lab.rent: '> $1', lab.runway: '< 6'}\n"
    parent += "    changes: {capital.energy: {scale: 2}, capital.cash: {shift: $1}}\n  - {id: b}\n  - {id: c}\n"
    (tmp_path / "parent.yaml").write_text(parent, encoding="utf-8")
    own = "{id: a, requires: [b], when: {lab.runway: '< 3'}, changes: {capital.energy: {scale: 3}}}"
    (tmp_path / "s.yaml").write_text(f"extends: parent.yaml\nhappenings: [{own}]\n", encoding="utf-8")
    result = lint(load(tmp_path / "s.yaml", LAYOUT.tables), facts.load(), date(2026, 1, 1))
    fallen = {each.path: each.message.partition("of which ")[2] for each in result if "of which" in each.message}
    assert fallen == {
        "happenings.a.requires": "c falls away",
        "happenings.a.when": "lab.rent falls away",
        "happenings.a.changes": "capital.cash falls away",
    }


@pytest.mark.parametrize(
    ("had", "own", "lost"),
    [
        (
            "any: [{tpp: '>= 1600 TPP'}, {tpp: '>= 4800 TPP', memory_bandwidth: '> 1400 GB/s'}]",
            "tpp: '>= 2400 TPP'",
            "`memory_bandwidth: > 1400 GB/s` falls away",
        ),
        ("all: [{tpp: '>= 1600 TPP'}, {tpp: '< 4800 TPP'}]", "tpp: '> 1600 TPP'", "`tpp: < 4800 TPP` falls away"),
        ("chip: [ascend, h20]", "chip: h20", "`chip: ascend` falls away"),
        ("chip: ascend", "any: [{tpp: '>= 1 TPP'}]", "`chip: ascend` falls away"),
        (
            "tpp: 1600 TPP, chip: [h20]",
            "any: [{memory_bandwidth: '> 1 GB/s'}]",
            "`tpp: 1600 TPP`, `chip: h20` fall away",
        ),
        ("tpp: '>= 1600 TPP'", "any: [{chip: [h20]}, {tpp: '> 4800 TPP'}]", None),
        ("chip: [h20]", "any: [{chip: [ascend, h20]}]", None),
    ],
)
def test_what_a_child_drops_of_a_rule_is_told(tmp_path: Path, had: str, own: str, lost: str | None) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    rule = "{id: a, government: us, item: accelerator, regime: denial, effective: 2026-06-01, hits: {%s}}"
    parent = f"extends: small.yaml\ncontrols: {{rules: [{rule % had}]}}\n"
    (tmp_path / "parent.yaml").write_text(parent, encoding="utf-8")
    changed = f"extends: parent.yaml\ncontrols: {{rules: [{{id: a, hits: {{{own}}}}}]}}\n"
    (tmp_path / "s.yaml").write_text(changed, encoding="utf-8")
    result = lint(load(tmp_path / "s.yaml", LAYOUT.tables), facts.load(), date(2026, 1, 1))
    fallen = [each.message.partition("of which ")[2] for each in result if "of which" in each.message]
    assert fallen == ([lost] if lost else [])


@pytest.mark.parametrize(("had", "own"), [("b", "c"), ("b", "[c]"), ("[b]", "c"), ("[b, c]", "c")])
def test_a_single_id_is_a_list_of_one(tmp_path: Path, had: str, own: str) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    parent = f"extends: small.yaml\nhappenings: [{{id: a, requires: {had}}}, {{id: b}}, {{id: c}}]\n"
    (tmp_path / "parent.yaml").write_text(parent, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        f"extends: parent.yaml\nhappenings: [{{id: a, requires: {own}}}]\n", encoding="utf-8"
    )
    result = lint(load(tmp_path / "s.yaml", LAYOUT.tables), facts.load(), date(2026, 1, 1))
    assert [each.message.partition("of which ")[2] for each in result if "of which" in each.message] == ["b falls away"]
