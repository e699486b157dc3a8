"""`remove: true` takes out an inherited thing, and `only` all but some; what still refers to them is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.explaining.explain import explain, explain_removals
from sim.scenario.load import base_of, load, without_change
from sim.scenario.reading.merging import changed_parts
from sim.scenario.scenario import difference, resolved_yaml
from sim.world.course.future import LAYOUT
from tests.scenario.toy import TABLES, child, scenario

ROOT = Path(__file__).parents[2]
ALONE = "happenings: [{id: slip, remove: true}, {id: squeeze, requires: ~}]"


def refusals(folder: Path, text: str, **others: object) -> list[str]:
    with pytest.raises(InputError) as refused:
        scenario(text, folder, **others)
    return [
        f"{Path(p.place.file).name}:{p.place.line}:{p.place.column} {p.path} {p.message}".replace(f"{folder}/", "")
        for p in refused.value.problems
    ]


def test_a_removed_thing_is_gone_and_the_others_are_as_they_were(folder: Path) -> None:
    before, after = scenario(child("why: ~"), folder), scenario(child(ALONE), folder)
    assert after.things["happenings"] == ("squeeze",)
    assert {path for path in before.values if path not in after.values} == {
        path for path in before.values if path.startswith("happenings.slip.")
    } | {"happenings.squeeze.requires"}
    assert "slip" not in resolved_yaml(after)


def test_only_keeps_what_it_names_and_what_the_list_adds(folder: Path) -> None:
    text = "happenings: [{only: [squeeze], why: less}, {id: squeeze, requires: ~}, {id: new, at: 2026-08-01}]"
    assert scenario(child(text), folder).things["happenings"] == ("new", "squeeze")


@pytest.mark.parametrize("changes", [ALONE, "happenings: [{only: [squeeze]}, {id: squeeze, requires: ~}]"])
def test_a_file_or_an_override_or_a_setting_removes(folder: Path, changes: str) -> None:
    block = child(f"overrides: {{less: {{{changes}}}}}")
    assert scenario(block, folder).things["happenings"] == ("slip", "squeeze")
    assert scenario(block, folder, chosen=["less"]).things["happenings"] == ("squeeze",)
    settings = ["happenings.squeeze.requires=null", "happenings.slip.remove=true"]
    assert scenario(child("why: ~"), folder, settings=settings).things["happenings"] == ("squeeze",)


@pytest.mark.parametrize("own", ["[{id: slip, remove: true, why: again}]", "[{only: [squeeze]}]"])
def test_blocks_of_one_name_may_both_remove(folder: Path, own: str) -> None:
    (folder / "parent.yaml").write_text(child(f"overrides: {{less: {{{ALONE}}}}}"), encoding="utf-8")
    text = f"extends: parent.yaml\noverrides: {{less: {{happenings: {own}}}}}"
    assert scenario(text, folder, chosen=["less"]).things["happenings"] == ("squeeze",)


def test_what_is_removed_can_be_given_anew_as_a_whole(folder: Path) -> None:
    (folder / "parent.yaml").write_text(child(ALONE), encoding="utf-8")
    anew = scenario("extends: parent.yaml\nhappenings: [{id: slip, at: 2026-08-01}]", folder)
    assert anew.values["happenings.slip.probability"].node is None
    assert explain_removals(anew) == []
    assert refusals(folder, "extends: parent.yaml\nhappenings: [{id: slip, probability: 0.5}]") == [
        "s.yaml:2:14 happenings.slip.at missing: when (date); give all of it, for it was removed at parent.yaml:2:14"
    ]


def test_explain_and_the_differences_tell_what_was_removed(folder: Path) -> None:
    result = scenario(
        child("why: less\nchips: [{only: [ascend_910c]}, {id: ascend_910c, follows: ~}]\n" + OTHERS), folder
    )
    (removal,) = explain_removals(result, "chips.nv_h200.tpp")
    assert removal.text().replace(f"{folder}/", "") == (
        "chips.nv_h200   H200\n  baseline.yaml:13:5\n  s.yaml:3:9   removed"
    )
    assert explain(result, {}, "chips.nv_h200") == []
    rows = {row.path: (row.old, row.new, row.why) for row in difference(result)}
    assert rows["chips.nv_h200"] == ("H200", "removed", "less")


OTHERS = 'controls: {rules: [{id: old, hits: {tpp: ">= 1600"}}]}'


def test_every_reference_to_a_removed_thing_is_refused_with_both_places(folder: Path) -> None:
    text = """\
correlations: [{between: [lab.cash, chips.nv_h200.price], rank: 0.5}]
levers: [chips.nv_h200]
happenings:
  - {id: slip, remove: true}
  - {id: own, at: 2026-07-01, changes: {chips.nv_h200.price: {scale: 2}}}
chips: [{id: nv_h200, remove: true}]
"""
    chip, slip = "removed at s.yaml:7:9", "removed at s.yaml:5:5"
    too = "remove this too, or name another"
    assert refusals(folder, child(text)) == [
        f"baseline.yaml:24:14 chips.ascend_910c.follows no `nv_h200` in chips: {chip}; {too}",
        f"baseline.yaml:32:81 controls.rules.old.hits no chip `nv_h200`: {chip}; {too}",
        f"baseline.yaml:47:16 happenings.squeeze.requires no other `slip` here: {slip}; {too}",
        f"s.yaml:2:37 correlations[0] no input `chips.nv_h200.price`: {chip}; write "
        "{between: [a.path, b.path], remove: true} with its ends",
        f"s.yaml:3:10 levers no parameter `chips.nv_h200`: {chip}; {too}",
        f"s.yaml:6:41 happenings.own.changes.chips.nv_h200.price no such parameter: {chip}; did you mean "
        "`chips.ascend_910c.price`?",
    ]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ("[{id: slop, remove: true}]", "2:19 happenings.slop no `slop` to remove; did you mean `slip`?"),
        ("[{id: x, remove: true}]", "2:19 happenings.x no `x` to remove; one of slip, squeeze"),
        ("[{id: slip, remove: yes}]", "2:33 happenings.slip.remove write `remove: true`, or leave it out; got yes"),
        ("[{id: slip, remove: false}]", "2:33 happenings.slip.remove write `remove: true`, or leave it out; got false"),
        ("[{id: slip, remove: {}}]", "2:33 happenings.slip.remove write `remove: true`, or leave it out; got {}"),
        ("[{remove: true}]", "2:14 happenings.- missing: the `id` of what is removed"),
        ("[{id: [a], remove: true}]", "2:14 happenings.- missing: the `id` of what is removed"),
        (
            "[{id: slip, remove: true, at: 2026-08-01}]",
            "2:39 happenings.slip.at says something of what is removed; leave one of them out",
        ),
        ("[{only: [slip, squeze]}]", "2:28 happenings.only no `squeze` to keep; did you mean `squeeze`?"),
        ("[{only: slip}]", "2:21 happenings.only expected the ids that stay, like [a, b], got slip"),
        ("[{only: []}]", "2:21 happenings.only expected the ids that stay, like [a, b], got []"),
        ("[{only: [3, {}]}]", "2:21 happenings.only expected the ids that stay, like [a, b], got [3, {}]"),
        ("[{only: [slip], id: x}]", "2:29 happenings.only.id unknown key"),
        (
            "[{only: [slip]}, {only: [squeeze]}]",
            "2:30 happenings.only a second `only` (first on line 2); name all that stay in one",
        ),
        (
            "[{only: [slip]}, {id: squeeze, at: 2026-08-01}]",
            "2:30 happenings.squeeze `only` on line 2 takes it out; name it there, or leave this out",
        ),
        (
            "[{only: [slip]}, {id: slip, remove: true}]",
            "2:30 happenings.slip `only` on line 2 keeps it; choose one",
        ),
        (
            "{only: [slip]}",
            "2:13 happenings expected a list of things, each with an `id`; to keep some of what is inherited, write an "
            "item of the list: [{only: [a, b]}]",
        ),
        ("[{id: slip, remov: true}]", "2:25 happenings.slip.remov unknown key; did you mean `remove`?"),
    ],
)
def test_a_removal_that_is_none_is_refused_at_its_place(folder: Path, changes: str, refused: str) -> None:
    assert refusals(folder, child(f"happenings: {changes}")) == [f"s.yaml:{refused}"]


def test_all_that_is_wrong_with_removals_is_told_at_once(folder: Path) -> None:
    text = "chips: [{id: a, remove: true}]\nhappenings: [{only: [b]}]\ncontrols: {rules: [{id: c, remove: true}]}"
    assert [text.partition(" ")[0] for text in refusals(folder, child(text))] == [
        "s.yaml:2:14",
        "s.yaml:3:22",
        "s.yaml:4:25",
    ]


def test_a_root_has_nothing_to_remove(folder: Path) -> None:
    text = (folder / "baseline.yaml").read_text(encoding="utf-8") + "\n"
    text = text.replace("chips:\n", "chips:\n  - {id: x, remove: true}\n")
    assert refusals(folder, text)[0].endswith("no `x` to remove; one of none is inherited")


def test_what_is_removed_twice_is_told_so(folder: Path) -> None:
    (folder / "parent.yaml").write_text(child(ALONE), encoding="utf-8")
    assert refusals(folder, f"extends: parent.yaml\n{ALONE}") == [
        "s.yaml:2:19 happenings.slip no `slip` to remove: removed at parent.yaml:2:14 already"
    ]
    with pytest.raises(InputError, match=r"no `slip` in happenings: removed at .*parent\.yaml:2:14"):
        scenario("extends: parent.yaml", folder, settings=["happenings.slip.probability=1"])


@pytest.mark.parametrize("order", [["less", "surer"], ["surer", "less"]])
def test_two_overrides_do_not_remove_and_set_one_thing(folder: Path, order: list[str]) -> None:
    text = child(f"overrides: {{less: {{{ALONE}}}, surer: {{happenings: [{{id: slip, probability: 0.9}}]}}}}")
    with pytest.raises(InputError, match=f"set by `{order[0]}` and by `{order[1]}`; choose one"):
        scenario(text, folder, chosen=order)


CORRELATED = "correlations: [{between: [lab.cash, lab.growth], rank: 0.5}]"


def test_a_correlation_is_removed_by_its_ends(folder: Path) -> None:
    (folder / "parent.yaml").write_text(child(CORRELATED), encoding="utf-8")
    text = "extends: parent.yaml\ncorrelations: [{between: [lab.growth, lab.cash], remove: true}]"
    assert scenario(text, folder).correlations == ()


@pytest.mark.parametrize(
    ("item", "refused"),
    [
        (
            "{between: [lab.cash, lab.share], remove: true}",
            "2:16 correlations[0] no correlation between these ends to ",
        ),
        ("{between: [lab.cash, lab.growth], remove: 1}", "2:58 correlations[0] write `remove: true`, or leave it out"),
        ("{between: [lab.cash, lab.growth], rank: 0, remove: true}", "2:16 correlations[0] a `rank` of what is "),
    ],
)
def test_a_removal_of_no_correlation_is_refused(folder: Path, item: str, refused: str) -> None:
    (folder / "parent.yaml").write_text(child(CORRELATED), encoding="utf-8")
    (problem,) = refusals(folder, f"extends: parent.yaml\ncorrelations: [{item}]")
    assert problem.startswith(f"s.yaml:{refused}")


def test_a_removal_is_a_change_that_can_be_taken_back(folder: Path) -> None:
    base = scenario(child("why: ~"), folder)
    result = scenario(child(ALONE), folder)
    assert changed_parts(result.tree, base.tree, result.schema) == {
        "happenings.squeeze": ["requires"],
        "happenings.slip": [],
    }
    back = without_change(result, replace(base, tree=base.tree), "happenings.slip", TABLES)
    assert back is not None
    assert back.things["happenings"] == ("slip", "squeeze")
    assert back.spelled(back.values["happenings.slip.at"]) == base.spelled(base.values["happenings.slip.at"])


def test_what_a_later_root_has_settled_is_not_removed(folder: Path) -> None:
    later = "as_of: 2026-06-01\nstart: 2026-06-01\nsettled: [{paths: [happenings.slip.at], why: it came}]"
    (folder / "later.yaml").write_text(child(later), encoding="utf-8")
    for own in (ALONE, "happenings: [{only: [squeeze]}, {id: squeeze, requires: ~}]"):
        path = folder / "s.yaml"
        path.write_text(child(own), encoding="utf-8")
        with pytest.raises(InputError, match=r"cannot be put on .*later\.yaml: it came"):
            load(path, TABLES, base=folder / "later.yaml")
    path.write_text(child("happenings: [{only: [slip]}]"), encoding="utf-8")
    assert load(path, TABLES, base=folder / "later.yaml").things["happenings"] == ("slip",)


def test_an_offer_of_the_baseline_can_be_taken_out(tmp_path: Path) -> None:
    path = ROOT / "scenarios" / "baseline.yaml"
    text = "extends: baseline.yaml\nname: No B30A\nmarket: {offers: [{id: b30a_licensed, remove: true}]}"
    (tmp_path / "baseline.yaml").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    mine = load(tmp_path / "mine.yaml", LAYOUT.tables)
    base = base_of(mine, LAYOUT.tables, (), ())
    assert base is not None
    assert set(base.things["offers"]) - set(mine.things["offers"]) == {"b30a_licensed"}
