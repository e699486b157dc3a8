"""Old names in files: what messages call them, and files written anew. On the small world, in which names changed."""

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.language import renamed
from sim.language.yaml_nodes import parse, plain, suggestion
from sim.scenario.reading.migrate import migrated
from tests.scenario.toy import BASELINE, child, scenario
from tests.structure.source import ROOT

PATHS = {
    "lab.funds": "lab.cash",
    "lab.owed": "lab.debt",
    "chips.*.cost": "chips.*.price",
    "controls.bureaus": "controls.offices",
    "controls.bureaus.*.verdict": "controls.offices.*.decision",
}
OLD = (
    BASELINE.replace("cash:", "funds:")
    .replace("lab.cash", "lab.funds")
    .replace("lab.debt", "lab.owed")
    .replace("price:", "cost:")
    .replace("offices:", "bureaus:")
    .replace("decision:", "verdict:")
    .replace("{cash", "{funds")
)


@pytest.fixture(autouse=True)
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "PATHS", PATHS)
    monkeypatch.setattr(renamed, "MEASURES", {"lateness": "next_delay", "short": "train_short"})


def text_of(old: str) -> str:
    return migrated(old, "f")[0]


def refusal(old: str) -> str:
    with pytest.raises(InputError) as refused:
        migrated(old, "f")
    return str(refused.value)


def test_an_old_file_becomes_the_new_one_to_the_byte_and_stays_it() -> None:
    new, renamings = migrated(OLD, "f")
    assert new == BASELINE != OLD
    assert len(renamings) == 9
    assert migrated(new, "f") == (new, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lab: {funds: $1} # funds: lab.funds\n", "lab: {cash: $1} # funds: lab.funds\n"),
        ("lab:\r\n  'funds': $1\r\n", "lab:\r\n  'cash': $1\r\n"),
        ("levers: [lab.funds, lab, controls.bureaus]\n", "levers: [lab.cash, lab, controls.offices]\n"),
        ("overrides: {a: {lab: {funds: $1}}}\n", "overrides: {a: {lab: {cash: $1}}}\n"),
        ("set: ['lab.funds=$1', 'chips[a].cost = $2']\n", "set: ['lab.cash=$1', 'chips.a.price = $2']\n"),
        ("factors: [{path: chips.a.cost, values: [$1]}]\n", "factors: [{path: chips.a.price, values: [$1]}]\n"),
        ("policies: [{id: x, set: {lab.funds: $1}}]\n", "policies: [{id: x, set: {lab.cash: $1}}]\n"),
        ("correlations: [{between: [lab.funds, lab.growth]}]\n", "correlations: [{between: [lab.cash, lab.growth]}]\n"),
        ("when: {lab.owed: '> $1'}\n", "when: {lab.debt: '> $1'}\n"),
        ("controls: {bureaus: [{id: us, verdict: 1 day}]}\n", "controls: {offices: [{id: us, decision: 1 day}]}\n"),
        ("lab: &l {funds: &f $1}\noverrides: {a: {lab: *l}}\n", "lab: &l {cash: &f $1}\noverrides: {a: {lab: *l}}\n"),
        ("levers: [&x lab.funds]\nx: *x\n", "levers: [&x lab.cash]\nx: *x\n"),
        ("gates: [prob(short > 5%) < mean(lateness)]\n", "gates: [prob(train_short > 5%) < mean(next_delay)]\n"),
        ("measures: [short]\nweights: {short: 2}\n", "measures: [train_short]\nweights: {train_short: 2}\n"),
        ("gates:\n- |-\n  p50(short) < 1\n", "gates:\n- |-\n  p50(train_short) < 1\n"),
    ],
)
def test_names_are_changed_where_they_stand_and_nothing_else_is(old: str, new: str) -> None:
    assert text_of(old) == new
    assert text_of(new) == new
    assert re.sub(r"\w+", "", old.replace("[a]", ".a")) == re.sub(r"\w+", "", new)


@pytest.mark.parametrize(
    "text",
    [
        "lab: {growth: 1}\n# lab.funds\n",
        "why: the lab short of funds, as lab.funds says\n",
        "funds: 1\nother: {funds: 2, cost: 3}\n",
        "chips: [{cost: $1}]\nlab: [funds]\n".replace("cost", "price"),
        "lab.fundss: 1\nshort: 2\n",
        "sources: {short: {title: short}}\n",
    ],
)
def test_what_is_no_old_name_stays(text: str) -> None:
    assert migrated(text, "f") == (text, [])


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("lab: {funds: $1, cash: $2}\n", "f:1:7      funds  it is called `cash` now, which stands here too; keep one"),
        ("x: &x {funds: $1}\nlab: *x\n", "f:1:8      funds  write `cash` by hand: an anchor puts it in two places"),
        ('lab: {"f\\x75nds": $1}\n', "f:1:7      funds  write `cash` by hand: it is written in a way"),
        ("gates:\n- >\n  p50(short)\n  < 1\n", "write `p50(train_short) < 1` by hand"),
        ("lab: {funds: $1\n", "not YAML"),
        ("lab: !!python/name:os.system {funds: 1}\n", "the tag `tag:yaml.org,2002:python/name:os.system` is refused"),
        ("a: \0\n", "a NUL byte"),
        ("", "the file is empty"),
        ("lab: {funds: $1}\n---\nlab: {}\n", "a second document"),
        ("a: " + "[" * 100 + "]" * 100 + "\n", "nested deeper than"),
    ],
)
def test_what_cannot_be_changed_is_refused_at_its_place(old: str, message: str) -> None:
    assert message in refusal(old)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ("lab: {funds: $1}", "`funds` is called `cash` now"),
        ("chips: [{id: nv_h200, cost: $1}]", "`cost` is called `price` now"),
        ("controls: {bureaus: [{id: us, verdict: 9 days}]}", "`bureaus` is called `offices` now, and 1 more"),
        ("levers: [lab.funds]", "`lab.funds` is called `lab.cash` now"),
        ("correlations: [{between: [lab.funds, lab.growth], rank: 0.5}]", "`lab.funds` is called `lab.cash` now"),
        ("happenings: [{id: slip, changes: {chips.nv_h200.cost: $1}}]", "`chips.nv_h200.price` now"),
        ("happenings: [{id: squeeze, when: {lab.owed: '> $1'}}]", "`lab.owed` is called `lab.debt` now"),
    ],
)
def test_a_file_with_old_names_is_read_by_the_new_ones_and_a_line_says_so(
    folder: Path, caplog: pytest.LogCaptureFixture, changes: str, line: str
) -> None:
    old = scenario(child(changes), folder)
    assert [line in record.getMessage() for record in caplog.records] == [True]
    assert "python -m sim migrate" in caplog.text
    assert old.canonical() == scenario(child(text_of(changes)), folder).canonical()


def test_a_setting_by_an_old_name_sets_the_new_one(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    made, usual = (
        scenario(child("lab: {growth: 2 x / year}"), folder, settings=[f"lab.{name}=$7"]) for name in ("funds", "cash")
    )
    assert made.canonical() == usual.canonical()
    assert "--set:1:1: `lab.funds` is called `lab.cash` now" in caplog.text


def test_an_old_name_beside_the_new_one_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="it is called `cash` now, which stands here too; keep one"):
        scenario(child("lab: {funds: $1, cash: $2}"), folder)


def test_a_name_that_never_was_one_is_no_old_name(folder: Path) -> None:
    with pytest.raises(InputError, match="unknown key; did you mean"):
        scenario(child("overrides: {a: {lab: {fundss: $1, cahs: $1}}}"), folder, chosen=["a"])


def test_a_name_of_today_that_is_not_known_here_is_not_offered() -> None:
    assert suggestion("lab.funds", ["lab.growth"]) == ""
    assert suggestion("lateness", {"next_delay": 1}).startswith("; it is called `next_delay` now")


def test_the_changelog_has_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    _, _, changed = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("### Names that changed")
    rows = re.findall(r"^\| `([\w.*]+)` \| `([\w.*]+)` \|$", changed, re.M)
    assert dict(rows) == renamed.PATHS | renamed.MEASURES


def test_only_a_last_step_changes_at_a_time() -> None:
    for old, new in renamed.PATHS.items():
        above, _, _ = old.rpartition(".")
        assert (renamed.renamed_path(above) or above) == new.rpartition(".")[0]
        assert plain(parse(text_of(f"levers: [{old.replace('*', 'x')}]"), "f"))["levers"] == [new.replace("*", "x")]
