from datetime import date
from pathlib import Path

import pytest
import yaml

from sim.errors import InputError
from sim.scenario.scenario import resolved_yaml
from tests.scenario.toy import BASELINE, child, scenario

BROKEN = [
    # changes to the baseline, where the problem stands, its path, what is said
    ("lab: {shar: 0.4}", "2:7", "lab.shar", "unknown key; did you mean `share`?"),
    ("labb: {share: 0.4}", "2:1", "labb", "unknown key; did you mean `lab`?"),
    ("chips: [{id: ascend_910c, prize: $5}]", "2:27", "chips.ascend_910c.prize", "did you mean `price`?"),
    ("lab: {share: 1.4}", "2:14", "lab.share", "1.4 is above 1"),
    ("lab: {cash: 300}", "2:13", "lab.cash", "300 has no unit; write money like `300 USD`"),
    ("lab: {cash: 45 MW}", "2:13", "lab.cash", '"45 MW" is power, not money'),
    ("lab: {cash: $300m}", "2:13", "lab.cash", "M million"),
    ("lab: {cash: [$1, $2]}", "2:13", "lab.cash", "is not a value; expected money in USD"),
    ("lab: {cash: no}", "2:13", "lab.cash", '"no" is not a number with a unit'),
    ("lab: {cash: {p5: $3, p50: $2, p95: $4}}", "2:27", "lab.cash", "p50 ($2) is below p5 ($3)"),
    ("lab: {growth: {p05: 1x / year, p95: 2x / year}}", "2:16", "lab.growth.p05", "unknown key; did you mean `p5"),
    ("lab: {share: '0,5'}", "2:14", "lab.share", "write 0.5 or 5"),
    ("lab: {cash: {p5: $1, p50: '$1,5M', p95: $3M}}", "2:27", "lab.cash", "write 1.5 or 15"),
    ("lab: {cash: {mixture: [{weight: '0,5', value: $1}]}}", "2:33", "lab.cash", "write 0.5 or 5"),
    ("lab: {cash: +$5M}", "2:13", "lab.cash", "`+$5M` is a difference, expected a value; write $5M"),
    ("lab: {share: +0.1}", "2:14", "lab.share", "`+0.1` is a difference"),
    ("lab: {cash: {between: [+$1, $2]}}", "2:24", "lab.cash", "`+$1` is a difference"),
    (
        "happenings: [{id: slip, changes: {lab.cash: {scale: +20%}}}]",
        "2:53",
        "happenings.slip.changes.lab.cash",
        "`+20%` is a difference",
    ),
    ("lab: [1]", "2:6", "lab", "expected a mapping"),
    ("chips: {nv_h200: {price: $1}}", "2:8", "chips", "expected a list of things"),
    ("chips: [{id: new}]", "2:9", "chips.new.tpp", "missing: total processing performance (TPP)"),
    ("chips: [{price: $1}]", "2:9", "chips[2].id", "expected an id"),
    ("chips: [{id: a b}]", "2:14", "chips[2].id", "expected an id"),
    ("chips: [{id: a}, {id: b}, {id: c}]", "2:8", "chips", "5 things; there is room for 4"),
    ("chips: [{id: ascend_910c, life: 3}]", "2:33", "chips.ascend_910c.life", "3 is above 2"),
    ("chips: [{id: ascend_910c, origin: importd}]", "2:35", "chips.ascend_910c.origin", "did you mean `imported`?"),
    ("chips: [{id: ascend_910c, follows: nv_h20}]", "2:36", "chips.ascend_910c.follows", "did you mean `nv_h200`?"),
    ("start: 2027-03-01", "12:1", "", ""),
    ("name: 5", "2:7", "name", "expected text, got 5: put it in quotes"),
    ("why: true", "2:6", "why", "expected text, got true: put it in quotes"),
    ("end: 2026-02-30", "2:6", "end", "is not a day of the calendar"),
    ("end: 2050-12-31", "2:6", "end", "2050-12-31 is 296 months on; the latest there is room for is 2028-05-01"),
    ("end: 2028-05-02", "2:6", "end", "the latest there is room for is 2028-05-01"),
    ("end: 9999-12-31", "2:6", "end", "the latest there is room for is 2028-05-01"),
    ("end: 2026-05-01", "2:6", "end", "2026-05-01 is not after start (2026-05-15)"),
    ("levers: [lab.shares]", "2:10", "levers", "no parameter `lab.shares`; did you mean `lab.share`?"),
    ("gates: p50(x) < 3", "2:8", "gates", 'expected a list of strings, got "p50(x) < 3"'),
    (
        "correlations: [{between: [lab.cash, lab.grwth], rank: 0.5}]",
        "2:37",
        "correlations[0]",
        "did you mean `lab.growth`?",
    ),
    (
        "correlations: [{between: [lab.cash, controls.offices.us.decision], rank: 0.5}]",
        "2:37",
        "correlations[0]",
        "is luck inside a future",
    ),
    ("correlations: [{between: [lab.cash, lab.growth], rank: 1}]", "2:56", "correlations[0].rank", "between -1 and 1"),
    (
        "correlations: [{between: [lab.cash, lab.growth], rank: 0.9},"
        " {between: [lab.growth, chips.nv_h200.price], rank: 0.9},"
        " {between: [lab.cash, chips.nv_h200.price], rank: -0.9}]",
        "2:15",
        "correlations",
        "these ranks contradict each other: chips.nv_h200.price, lab.cash, lab.growth",
    ),
    ("lab: {cash: {value: $3, source: d.yeild}}", "2:33", "lab.cash", "no fact or citation `d.yeild`"),
    ("lab: {cash: {value: $3, source: ft_2062}}", "2:33", "lab.cash", "did you mean `ft_2026`?"),
    ("lab: {cash: {value: $3, date: 2026-07-01}}", "2:13", "lab.cash", "hindsight: this became public on 2026-07-01"),
    ("lab: {cash: {value: $3, review_after: soon}}", "2:39", "lab.cash.review_after", "is not a date"),
    ("sources: {late: {title: x, date: 2026-08}}\nlab: {source: late}", "3:15", "lab", "hindsight: `late`"),
    (
        "sources: {late: {title: x, date: 2026-08}}\nlab: {cash: {value: $3, source: late, date: 2026-01}}",
        "3:33",
        "lab.cash",
        "hindsight: `late`",
    ),
    ("lab: {cash: {value: $3, date: 2026-04, public_since: 2026-01}}", "2:54", "lab.cash", "needs a `note`"),
    (
        "facts: [{id: f, what: x, value: 3, unit: USD, date: 2026-08-01}]\nlab: {cash: {value: $3, source: f}}",
        "3:33",
        "lab.cash",
        "hindsight: `f` became public on 2026-08-01, after as_of (2026-04-23)",
    ),
    (
        "sources: {late: {title: x, date: 2026-08}}\n"
        "facts: [{id: f, what: x, value: 3, unit: USD, date: 2026-01-01, source: [late]}]\n"
        "lab: {cash: {value: $3, source: f}}",
        "4:33",
        "lab.cash",
        "hindsight: `f` became public on 2026-08-01",
    ),
    (
        "sources: {late: {title: x, date: 2026-08}}\nlab: {cash: {value: $3, source: late, public_since: 2026-01}}",
        "3:53",
        "lab.cash",
        "needs a `note` that says how",
    ),
    (
        "facts: [{id: f, what: x, value: 3, date: 2026-08-01, public_since: 2026-01}]",
        "2:68",
        "public_since",
        "needs a `note` that says how",
    ),
    (
        "controls: {rules: [{id: old, hits: {any: [{tp: 3}]}}]}",
        "2:44",
        "controls.rules.old.hits.tp",
        "did you mean `tpp`?",
    ),
    (
        'controls: {rules: [{id: old, hits: {bandwidth: ">= 1400"}}]}',
        "2:48",
        "controls.rules.old.hits.bandwidth",
        "has no unit",
    ),
    (
        "controls: {rules: [{id: old, hits: {chip: [nv_h20]}}]}",
        "2:44",
        "controls.rules.old.hits",
        "did you mean `nv_h200`?",
    ),
    (
        'controls: {rules: [{id: old, hits: {origin: "> imported"}}]}',
        "2:45",
        "controls.rules.old.hits.origin",
        "not words",
    ),
    (
        "controls: {rules: [{id: old, effective: {after: 2026-05-01}}]}",
        "2:49",
        "controls.rules.old.effective",
        "write duration like",
    ),
    (
        "happenings: [{id: slip, changes: {lab.chas: $5}}]",
        "2:35",
        "happenings.slip.changes.lab.chas",
        "no such parameter; did you mean `lab.cash`?",
    ),
    (
        "happenings: [{id: slip, changes: {lab.cash: {sacle: 2}}}]",
        "2:46",
        "happenings.slip.changes.lab.cash.sacle",
        "did you mean `scale`?",
    ),
    (
        "happenings: [{id: slip, changes: {controls.rules.old.lifted: {later: 2027-01-01}}}]",
        "2:70",
        "happenings.slip.changes.controls.rules.old.lifted",
        "expected how much later, like `90 days`, got a date; write {set: 2027-01-01}",
    ),
    (
        "happenings: [{id: slip, changes: {controls.rules.old.lifted: {earlier: start + 3 months}}}]",
        "2:72",
        "happenings.slip.changes.controls.rules.old.lifted",
        "got a date; write {set: start + 3 months}",
    ),
    (
        "happenings: [{id: slip, changes: {controls.rules.old.lifted: {later: soon}}}]",
        "2:70",
        "happenings.slip.changes.controls.rules.old.lifted",
        "write duration like `12 days`",
    ),
    (
        "happenings: [{id: slip, changes: {lab.cash: {later: 2 days}}}]",
        "2:45",
        "happenings.slip.changes.lab.cash",
        "does not fit",
    ),
    (
        "happenings: [{id: slip, changes: {chips.nv_h200.follows: ascend_910c}}]",
        "2:58",
        "happenings.slip.changes.chips.nv_h200.follows",
        "cannot change while a future runs",
    ),
    (
        "happenings: [{id: slip, changes: {controls.rules.old.effective: 2026-09-01}}]",
        "2:65",
        "happenings.slip.changes.controls.rules.old.effective",
        "cannot be set; use later or earlier",
    ),
    ("happenings: [{id: slip, requires: [slpi]}]", "2:36", "happenings.slip.requires", "no other `slpi`"),
    (
        'happenings: [{id: slip, when: {lab.dept: "> $1"}}]',
        "2:32",
        "happenings.slip.when.lab.dept",
        "did you mean `lab.debt`?",
    ),
    ("happenings: [{id: slip, probability: 0.3 / year}]", "2:38", "happenings.slip.probability", "not a rate"),
]


@pytest.mark.parametrize(("changes", "at", "path", "message"), BROKEN)
def test_a_mistake_is_reported_at_its_place(folder: Path, changes: str, at: str, path: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        scenario(child(changes), folder)
    result = [(f"{p.place.line}:{p.place.column}", p.path) for p in refused.value.problems]
    assert message in str(refused.value)
    if path:
        assert (at, path) in result, str(refused.value)


def test_every_mistake_is_reported_at_once_in_order_of_the_files(folder: Path) -> None:
    with pytest.raises(InputError) as refused:
        scenario(child("lab: {shar: 0.4, growth: 3}\nstart: soon\ngates: 3\n"), folder)
    assert [problem.path for problem in refused.value.problems] == ["lab.shar", "lab.growth", "start", "gates"]


def test_a_root_scenario_must_say_where_its_numbers_come_from(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        scenario(BASELINE.replace("    source: a data sheet\n", "", 1).replace("  source: ft_2026\n", ""), tmp_path)
    paths = {problem.path for problem in refused.value.problems}
    assert paths == {f"chips.nv_h200.{key}" for key in ("tpp", "bandwidth", "price")} | {"lab.cash", "lab.growth"}


def test_the_lab_decides_its_levers_and_a_change_needs_no_source(folder: Path) -> None:
    scenario(
        BASELINE.replace("  cash:", "  share: 0.4\n  cash:").replace("  source: ft_2026\n", "  note: ours\n"), folder
    )
    scenario(child("lab: {cash: $1}"), folder)


def test_the_canonical_form_ignores_order_spelling_and_files(folder: Path) -> None:
    tree = yaml.load(BASELINE, Loader=yaml.BaseLoader)

    def turned(part: object) -> object:
        if isinstance(part, dict):
            return {key: turned(child) for key, child in reversed(part.items())}
        ordered = isinstance(part, list) and part and isinstance(part[0], dict) and "id" in part[0]
        return [turned(item) for item in reversed(part)] if ordered and isinstance(part, list) else part

    canonical = scenario(BASELINE, folder).canonical()
    other = yaml.safe_dump(turned(tree), sort_keys=False)
    assert (
        scenario(other.replace("$120M", "0.12bn USD").replace("4.8 TB/s", "4,800 GB/s"), folder).canonical()
        == canonical
    )
    assert scenario("extends: baseline.yaml", folder).canonical() == canonical
    assert scenario(child("lab: {share: 50%}"), folder).canonical() == canonical
    assert scenario(child("lab: {share: 51%}"), folder).canonical() != canonical


@pytest.mark.parametrize("options", [{}, {"chosen": ["keen"], "settings": ["lab.power=40 MW"]}])
def test_the_resolved_file_is_complete_and_means_the_same(folder: Path, options: dict[str, list[str]]) -> None:
    result = scenario(child("why: a test\nlab: {share: 0.3}"), folder, **options)
    (folder / "elsewhere").mkdir()
    again = scenario(resolved_yaml(result), folder / "elsewhere")
    assert again.canonical() == result.canonical()
    assert again.base is None


def test_a_later_source_may_tell_what_was_public_before_if_a_note_says_how(folder: Path) -> None:
    text = (
        "sources: {late: {title: x, date: 2026-08}}\n"
        "facts: [{id: f, what: x, value: 3, source: [late], public_since: 2026-01, note: printed again later}]\n"
        "lab: {cash: {value: $3, source: f}}"
    )
    assert scenario(child(text), folder).values["lab.cash"].grounds.known_since == date(2026, 1, 1)
