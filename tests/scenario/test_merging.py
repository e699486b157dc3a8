"""What a file's own lists do to those it extends: nothing that it inherits falls away without a word."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.scenario import Scenario
from tests.scenario.toy import child, read, scenario

PARENT = """\
extends: baseline.yaml
correlations:
  - {between: [lab.cash, lab.growth], rank: 0.5}
  - {between: [lab.growth, chips.nv_h200.price], rank: 0.2}
gates: [p50(next_delay) <= 6 months, mean(unserved) < 10%, "prob(owned > 3,000 H100e) >= 50%"]
levers: [lab.growth]
measures: [owned, unserved]
processes: [mine.first]
facts: [{id: f, what: of the parent, value: 3}, {id: g, what: of the parent, value: 4}]
overrides: {rich: {lab: {share: 0.5}}}
"""


@pytest.fixture
def merged(folder: Path) -> "type[_Merged]":
    (folder / "parent.yaml").write_text(PARENT, encoding="utf-8")
    _Merged.folder = folder
    return _Merged


class _Merged:
    """A child of the parent above."""

    folder: Path

    @classmethod
    def of(cls, changes: str, **others: object) -> Scenario:
        return scenario(f"extends: parent.yaml\n{changes}", cls.folder, **others)


@pytest.mark.parametrize("ends", ["[lab.cash, lab.growth]", "[lab.growth, lab.cash]"])
def test_a_correlation_replaces_the_one_between_the_same_ends(merged: type[_Merged], ends: str) -> None:
    result = merged.of(f"correlations: [{{between: {ends}, rank: -0.3}}]").correlations
    assert [(pair.first, pair.second, pair.rank) for pair in result] == [
        ("chips.nv_h200.price", "lab.growth", 0.2),
        ("lab.cash", "lab.growth", -0.3),
    ]


def test_a_correlation_of_other_ends_drops_none(merged: type[_Merged]) -> None:
    result = merged.of("correlations: [{between: [lab.cash, chips.nv_h200.price], rank: 0.1}]").correlations
    assert sorted(pair.rank for pair in result) == [0.1, 0.2, 0.5]


@pytest.mark.parametrize(
    ("own", "dropped"),
    [
        ("p50(next_delay) <= 9 months", "p50(next_delay) <= 6 months"),
        ("p50( next_delay )<9 months", "p50(next_delay) <= 6 months"),
        ("mean(unserved) <= 20%", "mean(unserved) < 10%"),
        ("prob(owned > 3,000 H100e) > 80%", "prob(owned > 3,000 H100e) >= 50%"),
        ("p50(next_delay) >= 1 month", None),
        ("p90(next_delay) <= 9 months", None),
        ("prob(owned > 4,000 H100e) >= 50%", None),
    ],
)
def test_a_gate_replaces_the_one_of_the_same_statistic_and_side(
    merged: type[_Merged], own: str, dropped: str | None
) -> None:
    parents = ["p50(next_delay) <= 6 months", "mean(unserved) < 10%", "prob(owned > 3,000 H100e) >= 50%"]
    result = [text.text for text in merged.of(f'gates: ["{own}"]').gates]
    assert result == [own, *(text for text in parents if text != dropped)]


def test_other_lists_keep_what_they_inherit(merged: type[_Merged]) -> None:
    result = merged.of("levers: [lab.cash]\nmeasures: [insolvent, owned]\nprocesses: [mine.second]")
    assert result.levers == ("lab.cash", "lab.growth", "lab.share")
    assert [text.text for text in result.measures] == ["insolvent", "owned", "unserved"]
    assert result.processes == ("mine.second", "mine.first")


@pytest.mark.parametrize("key", ["correlations", "gates", "measures", "levers", "processes"])
def test_null_takes_an_inherited_list_away(merged: type[_Merged], key: str) -> None:
    assert getattr(merged.of(f"{key}: ~"), key) == ()
    assert getattr(merged.of("", settings=[f"{key}=null"]), key) == ()
    assert getattr(merged.of(""), key) != ()


def test_a_fact_of_the_same_id_is_the_later_one(merged: type[_Merged]) -> None:
    facts = merged.of("facts: [{id: f, what: of the child, value: 5}]").tree.mapping["facts"].items
    assert [(fact.mapping["id"].value, fact.mapping["what"].value) for fact in facts] == [
        ("f", "of the child"),
        ("g", "of the parent"),
    ]


def test_blocks_of_one_name_merge(merged: type[_Merged]) -> None:
    result = merged.of("overrides: {rich: {lab: {growth: 3x / year}}}", chosen=["rich"])
    assert [result.spelled(result.values[f"lab.{key}"]) for key in ("cash", "share", "growth")] == [
        "5000000000 USD",
        0.5,
        "3 x / year",
    ]


@pytest.mark.parametrize(
    ("changes", "at", "path", "message"),
    [
        ("overrides: 5", "2:12", "overrides", "5 is not a mapping of names to blocks"),
        ("overrides: [a]", "2:12", "overrides", "[a] is not a mapping"),
        ("overrides: {a: 5}", "2:16", "overrides.a", "expected a mapping"),
        ("overrides: {a: {lab: 3}}", "2:22", "overrides.a.lab", "expected a mapping"),
        ("overrides: {a: {extends: b.yaml}}", "2:17", "overrides.a.extends", "belongs at the top of a file"),
        ("overrides: {a: {overrides: {}}}", "2:17", "overrides.a.overrides", "belongs at the top of a file"),
        ("sources: 5", "2:10", "sources", "5 is not a mapping of ids"),
        ("sources: {ft: 5}", "2:15", "sources.ft", "a citation is {title"),
        ("sources: {ft: {titel: x}}", "2:16", "sources.ft.titel", "did you mean `title`?"),
        ("facts: 7", "2:8", "facts", "7 is not a list of facts"),
        ("facts: {f: 3}", "2:8", "facts", "is not a list of facts"),
        ("facts: [5]", "2:9", "facts[0]", "a fact is {id"),
        ("facts: [{what: x}]", "2:9", "facts[0]", "missing: its `id`"),
        ("facts: [{id: f, unti: x}]", "2:17", "facts[0].unti", "did you mean `unit`?"),
        ("facts: [{id: f, value: [1, 2]}]", "2:24", "facts[0].value", "expected a number or a text, got [1, 2]"),
        ("facts: [{id: f, value: {p5: 1}}]", "2:24", "facts[0].value", "expected a number or a text, got {p5: 1}"),
        ("facts: [{id: f, value: true}]", "2:24", "facts[0].value", "expected a number or a text, got true"),
        ("facts: [{id: f, mode: [3]}]", "2:23", "facts[0].mode", "expected a number or a text, got [3]"),
        ("facts: [{id: f, what: [a, b]}]", "2:23", "facts[0].what", "expected a number or a text, got [a, b]"),
        ("sources: {ft: {title: [a]}}", "2:23", "sources.ft.title", "expected a number or a text, got [a]"),
        ("measures: 5", "2:11", "measures", "expected a list of strings, got 5"),
        ("gates: {a: b}", "2:8", "gates", "expected a list of strings, got {a: b}"),
        ("levers: lab.share", "2:9", "levers", "expected a list of strings, got lab.share"),
    ],
)
def test_what_would_be_dropped_is_refused_where_the_child_wrote_it(
    folder: Path, changes: str, at: str, path: str, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        scenario(child(changes), folder)
    result = {(Path(p.place.file).name, f"{p.place.line}:{p.place.column}", p.path) for p in refused.value.problems}
    assert result == {("s.yaml", at, path)}
    assert message in str(refused.value)


@pytest.mark.parametrize("setting", ["extends=other.yaml", "overrides={a: {}}", "overrides.a={}"])
def test_what_puts_files_together_cannot_be_set(folder: Path, setting: str) -> None:
    with pytest.raises(InputError, match="cannot be set"):
        read(folder / "baseline.yaml", settings=[setting])
