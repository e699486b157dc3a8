from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.language.yaml_nodes import read_text
from sim.scenario.reading import extends
from sim.scenario.scenario import Scenario, difference
from tests.scenario.toy import BASELINE, child, read, scenario

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


def written(result: Scenario, path: str) -> Any:
    return result.spelled(result.values[path])


def test_lists_merge_by_id_mappings_by_key_and_values_whole(folder: Path) -> None:
    result = scenario(child(TIGHTEN), folder)
    assert result.things["rules"] == ("newer", "old")
    assert written(result, "controls.rules.old.lifted") == "2026-11-10"
    assert written(result, "controls.rules.old.regime") == "denial"
    assert written(result, "lab.cash") == "2000000000 USD"
    assert written(result, "lab.growth")["p10"] == "1.8 x / year"


def test_each_value_keeps_what_it_replaced(folder: Path) -> None:
    node = scenario(child(TIGHTEN), folder, chosen=["rich"], settings=["lab.cash=$7M"]).values["lab.cash"].node
    lines = []
    while node is not None:
        lines.append((Path(node.place.file).name, node.place.line))
        node = node.replaced
    assert lines == [("--set", 1), ("baseline.yaml", 50), ("s.yaml", 12), ("baseline.yaml", 10)]


def test_null_takes_a_value_back_to_its_default(folder: Path) -> None:
    result = scenario(child("chips: [{id: ascend_910c, follows: ~}]"), folder)
    assert result.values["chips.ascend_910c.follows"].node is None


@pytest.mark.parametrize("nothing", ["null", "~", "", " # nothing"])
def test_null_in_a_setting_is_null_in_a_file(folder: Path, nothing: str) -> None:
    result = scenario("extends: baseline.yaml", folder, settings=[f"chips.ascend_910c.follows={nothing}"])
    assert result.values["chips.ascend_910c.follows"].node is None
    assert scenario("extends: baseline.yaml", folder, settings=[f"happenings={nothing}"]).things["happenings"] == ()
    for path, message in (
        ("lab.cash", "missing: "),
        ("lab", "leave the key out"),
        ("chips.nv_h200", "a thing is set by its parameters"),
        ("end", "missing: the day every future ends"),
    ):
        with pytest.raises(InputError, match=message):
            scenario("extends: baseline.yaml", folder, settings=[f"{path}={nothing}"])


def test_what_two_of_a_list_extend_undoes_nothing(folder: Path) -> None:
    (folder / "first.yaml").write_text("extends: baseline.yaml\nlab: {cash: $9M}")
    (folder / "second.yaml").write_text("extends: baseline.yaml\nlab: {share: 0.1}")
    result = scenario("extends: [first.yaml, second.yaml]", folder)
    assert (written(result, "lab.cash"), written(result, "lab.share")) == ("9000000 USD", 0.1)
    assert [Path(file).name for file in result.files] == ["baseline.yaml", "first.yaml", "second.yaml", "s.yaml"]


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
    result = scenario("extends: [baseline.yaml, below/rich.yaml]\nlab: {share: 0.2}", folder)
    assert written(result, "lab.cash") == "9000000 USD"
    assert written(result, "lab.share") == 0.2
    assert [Path(file).name for file in result.files] == ["baseline.yaml", "rich.yaml", "s.yaml"]


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
        ("extends: baseline.yaml", {"settings": ["lab..cash=$1"]}, "write --set path=value"),
        ("extends: baseline.yaml", {"settings": ["lab.cash]=$1"]}, "write --set path=value"),
        ("extends: baseline.yaml", {"settings": [".lab.cash=$1"]}, "write --set path=value"),
        ("extends: baseline.yaml", {"settings": ["chips[nv_h200=3"]}, "write --set path=value"),
        (
            "extends: baseline.yaml",
            {"settings": ["chips.nv_h200=3"]},
            "a thing is set by its parameters; write chips.nv",
        ),
        ("extends: baseline.yaml", {"settings": ["chips[nv_h200]=[]"]}, "a thing is set by its parameters"),
        ("extends: baseline.yaml\nchips: [{id: a}, {id: a}]", {}, "duplicate id `a` (first on line 2)"),
    ],
)
def test_what_cannot_be_read_is_said(folder: Path, text: str, options: dict[str, Any], message: str) -> None:
    (folder / "a.yaml").write_text("extends: b.yaml")
    (folder / "b.yaml").write_text("extends: a.yaml")
    (folder / "link.yaml").symlink_to("/etc/hostname")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "s.yaml").write_text(text)
    with pytest.raises(InputError) as refused:
        read(folder / "s.yaml", **options)
    assert message in str(refused.value)


def test_a_link_to_itself_is_no_missing_file(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(InputError, match="a link that leads to no file"):
        read(folder / "loop.yaml")


def test_what_has_no_shape_is_told_without_what_would_follow_from_it(folder: Path) -> None:
    (folder / "s.yaml").write_text("extends: baseline.yaml\nlab:\nchips: {nv_h200: {price: $1}}\ncontrols: {rules: 3}")
    with pytest.raises(InputError) as refused:
        read(folder / "s.yaml")
    assert [(problem.place.line, problem.path, problem.message) for problem in refused.value.problems] == [
        (2, "lab", "holds nothing; leave the key out to keep what it extends"),
        (3, "chips", "expected a list of things, each with an `id`"),
        (4, "controls.rules", "expected a list of things, each with an `id`"),
    ]


def test_a_setting_goes_through_the_same_validation(folder: Path) -> None:
    with pytest.raises(InputError) as refused:
        scenario(BASELINE, folder, settings=["lab.share=0.4", "lab.shar=1.4", "lab.cash=12"])
    assert "--set:2:1" in str(refused.value)
    assert "did you mean `share`?" in str(refused.value)
    assert "--set:3:1" in str(refused.value)


def test_a_file_is_read_once_however_often_it_is_extended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "d0.yaml").write_text("extends: baseline.yaml")
    for step in range(1, 18):
        (folder / f"d{step}.yaml").write_text(f"extends: [d{step - 1}.yaml, d{step - 1}.yaml]")
    seen: list[str] = []

    def noted(path: Path, label: str) -> str:
        seen.append(label)
        return read_text(path, label)

    monkeypatch.setattr(extends, "read_text", noted)
    read(folder / "d17.yaml")
    assert len(seen) == len(set(seen)) == 19


def test_how_deep_and_how_wide_files_extend_each_other_is_bounded(folder: Path) -> None:
    (folder / "c0.yaml").write_text("extends: baseline.yaml")
    for step in range(1, 700):
        (folder / f"c{step}.yaml").write_text(f"extends: c{step - 1}.yaml")
    for number in range(150):
        (folder / f"w{number}.yaml").write_text("extends: baseline.yaml")
    (folder / "wide.yaml").write_text(f"extends: [{', '.join(f'w{number}.yaml' for number in range(150))}]")
    read(folder / "c18.yaml")
    for name, bound in (("c30", "at most 20"), ("c699", "at most 20"), ("wide", "the 100 that a scenario may rest on")):
        with pytest.raises(InputError, match="1 problem") as refused:
            read(folder / f"{name}.yaml")
        assert bound in str(refused.value)


@pytest.mark.parametrize("name", ["a\\0b.yaml", "a" * 300 + ".yaml", "below/" * 2000 + "b.yaml"])
def test_a_name_that_no_file_can_have_is_refused_at_its_place(folder: Path, name: str) -> None:
    (folder / "s.yaml").write_text(f'name: s\nextends: "{name}"')
    with pytest.raises(InputError) as refused:
        read(folder / "s.yaml")
    assert (refused.value.problems[0].place.line, refused.value.problems[0].path) == (2, "extends")


@pytest.mark.parametrize("setting", ["lab.cash=\udcff", "lab.ca\udcffsh=$5", "lab.cash=a\0b"])
def test_a_setting_that_is_no_text_is_refused(folder: Path, setting: str) -> None:
    with pytest.raises(InputError) as refused:
        scenario(BASELINE, folder, settings=[setting])
    assert refused.value.problems[0].place.file == "--set"
    str(refused.value).encode()


def test_a_file_is_proposed_as_it_would_have_to_be_written(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "rich.yaml").write_text("extends: a.yaml")
    (folder / "s.yaml").write_text("extends: below/rihc.yaml")
    with pytest.raises(InputError, match=r"did you mean `below/rich\.yaml`"):
        read(folder / "s.yaml")
    with pytest.raises(InputError, match=rf"did you mean `{folder}/below/rich\.yaml`"):
        read(folder / "below" / "rch.yaml")
