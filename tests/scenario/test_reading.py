from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.scenario.reading import read
from sim.scenario.scenario import Scenario, difference
from tests.scenario.toy import BASELINE, TABLES, child, scenario

TIGHTEN = """\
name: Tighter
why: the window closes
controls:
  rules:
    - id: newer
      regime: denial
      announced: {p5: 2026-10-01, p50: 2026-12-01, p95: 2027-01-01}
      effective: {after: 90 days}
    - id: old
      lifted: 2026-11-10
lab: {cash: $2bn}
"""


def written(found: Scenario, path: str) -> Any:
    return found.spelled(found.values[path])


def test_lists_merge_by_id_mappings_by_key_and_values_whole(folder: Path) -> None:
    found = scenario(child(TIGHTEN), folder)
    assert found.things["rules"] == ("newer", "old")
    assert written(found, "controls.rules.old.lifted") == "2026-11-10"
    assert written(found, "controls.rules.old.regime") == "denial"
    assert written(found, "lab.cash") == "2000000000 USD"
    assert written(found, "lab.growth")["p10"] == "1.8 x / year"


def test_each_value_keeps_what_it_replaced(folder: Path) -> None:
    node = scenario(child(TIGHTEN), folder, chosen=["rich"], settings=["lab.cash=$7M"]).values["lab.cash"].node
    lines = []
    while node is not None:
        lines.append((Path(node.place.file).name, node.place.line))
        node = node.replaced
    assert lines == [("--set", 1), ("baseline.yaml", 50), ("s.yaml", 12), ("baseline.yaml", 10)]


def test_null_takes_a_value_back_to_its_default(folder: Path) -> None:
    found = scenario(child("chips: [{id: ascend_910c, follows: ~}]"), folder)
    assert found.values["chips.ascend_910c.follows"].node is None


def test_what_two_of_a_list_extend_undoes_nothing(folder: Path) -> None:
    (folder / "first.yaml").write_text("extends: baseline.yaml\nlab: {cash: $9M}")
    (folder / "second.yaml").write_text("extends: baseline.yaml\nlab: {share: 0.1}")
    found = scenario("extends: [first.yaml, second.yaml]", folder)
    assert (written(found, "lab.cash"), written(found, "lab.share")) == ("9000000 USD", 0.1)
    assert [Path(file).name for file in found.files] == ["baseline.yaml", "first.yaml", "second.yaml", "s.yaml"]


@pytest.mark.parametrize("path", ["chips.nv_h200.price", "chips[nv_h200].price"])
def test_set_names_things_by_dots_or_brackets(folder: Path, path: str) -> None:
    assert written(
        scenario(BASELINE, folder, settings=[f"{path}={{low: $1, mode: $2, high: $3}}"]),
        path[:0] + "chips.nv_h200.price",
    ) == {
        "low": "1 USD",
        "mode": "2 USD",
        "high": "3 USD",
    }


def test_the_difference_says_what_changed_and_why(folder: Path) -> None:
    rows = {row.path: (row.old, row.new, row.why) for row in difference(scenario(child(TIGHTEN), folder))}
    assert rows["lab.cash"] == ("{p5: $120M, p50: $400M, p95: $1000M}", "$2bn", "the window closes")
    assert rows["controls.rules.old.lifted"] == ("", "2026-11-10", "the window closes")
    assert len(rows) == 5
    assert not difference(scenario(BASELINE, folder))


def test_extends_takes_a_list_in_order(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "rich.yaml").write_text("lab: {cash: $9M, share: 0.1}")
    found = scenario("extends: [baseline.yaml, below/rich.yaml]\nlab: {share: 0.2}", folder)
    assert written(found, "lab.cash") == "9000000 USD"
    assert written(found, "lab.share") == 0.2
    assert [Path(file).name for file in found.files] == ["baseline.yaml", "rich.yaml", "s.yaml"]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("extends: ../baseline.yaml", {}, "climbs out"),
        ("extends: /etc/passwd", {}, "climbs out"),
        ("extends: link.yaml", {}, "climbs out"),
        ("extends: loop.yaml", {}, "`loop.yaml` is a link that leads to no file"),
        ("extends: baselin.yaml", {}, "no such file"),
        ("extends: baselin.yaml", {}, "did you mean `baseline.yaml`?"),
        ("extends: fact:chisp", {}, "no catalogue `fact:chisp`"),
        ("extends: 3", {}, "write the name of a file"),
        ("extends: s.yaml", {}, "extends itself"),
        ("extends: a.yaml", {}, "a.yaml -> "),
        ("[1, 2]", {}, "a scenario is a mapping"),
        ("extends: baseline.yaml", {"chosen": ["rihc"]}, "no override `rihc`; did you mean `rich`?"),
        ("extends: baseline.yaml", {"chosen": ["rich", "keen"]}, "set by `rich` and by `keen`; choose one"),
        ("extends: baseline.yaml", {"settings": ["lab.cash"]}, "write --set path=value"),
        ("extends: baseline.yaml", {"settings": ["chips.nv_h20.price=$1"]}, "did you mean `nv_h200`?"),
        ("extends: baseline.yaml", {"settings": ["lab.cash={"]}, "--set:"),
        ("extends: baseline.yaml\nchips: [{id: a}, {id: a}]", {}, "the id `a` stands here twice (first on line 2)"),
    ],
)
def test_what_cannot_be_read_is_said(folder: Path, text: str, options: dict[str, Any], message: str) -> None:
    (folder / "a.yaml").write_text("extends: b.yaml")
    (folder / "b.yaml").write_text("extends: a.yaml")
    (folder / "link.yaml").symlink_to("/etc/hostname")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "s.yaml").write_text(text)
    with pytest.raises(InputError) as refused:
        read(folder / "s.yaml", TABLES, **options)
    assert message in str(refused.value)


def test_a_link_to_itself_is_no_missing_file(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(InputError, match="a link that leads to no file"):
        read(folder / "loop.yaml", TABLES)


def test_what_has_no_shape_is_told_without_what_would_follow_from_it(folder: Path) -> None:
    (folder / "s.yaml").write_text("extends: baseline.yaml\nlab:\nchips: {nv_h200: {price: $1}}\ncontrols: {rules: 3}")
    with pytest.raises(InputError) as refused:
        read(folder / "s.yaml", TABLES)
    assert [(problem.place.line, problem.path, problem.message) for problem in refused.value.problems] == [
        (2, "lab", "holds nothing; leave the key out to keep what it extends"),
        (3, "chips", "a list of things is due here, each with an `id`"),
        (4, "controls.rules", "a list of things is due here, each with an `id`"),
    ]


def test_a_setting_goes_through_the_same_validation(folder: Path) -> None:
    with pytest.raises(InputError) as refused:
        scenario(BASELINE, folder, settings=["lab.share=0.4", "lab.shar=1.4", "lab.cash=12"])
    assert "--set:2:1" in str(refused.value)
    assert "did you mean `share`?" in str(refused.value)
    assert "--set:3:1" in str(refused.value)
