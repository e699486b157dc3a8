"""The brief on a terminal: forty lines of eighty columns, the answer first, verdicts at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli.brief_screen import COLUMNS, _constraints, _lines, lines
from sim.cli.terminal import LONGEST
from sim.findings.brief import brief
from sim.findings.comparison import Comparison
from tests.cli.test_questions import STRAINED, WORLD, call
from tests.report import eight

FOLDER = Path("results/x/abc")


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Eight scenarios."""
    return eight.material().comparison


@pytest.mark.parametrize(("scenarios", "most"), [(1, 40), (2, 40), (4, 40), (8, 52)])
def test_it_fits_on_a_screen(compared: Comparison, scenarios: int, most: int) -> None:
    shown = lines(replace(compared, scenarios=compared.scenarios[:scenarios]), FOLDER)
    assert len(shown) <= most
    assert max(map(len, shown[:-1])) <= COLUMNS
    assert shown[-1] == f"Open {FOLDER / 'report.html'}"


def test_columns_stay_in_line_however_much_comes_back_alone(compared: Comparison) -> None:
    found = brief(compared).back
    assert found
    first, *others = found.rows
    most = replace(found, rows=(replace(first, alone=("98", 98.0)), *others))
    for back in (found, most):
        _, *rows, _ = _constraints(back)
        ends = {
            row.index(easier) + len(easier)
            for row, each in zip(rows, back.rows, strict=False)
            if (easier := f" {each.easier[0]}  ")
        }
        assert len(ends) == 1


def test_a_name_that_is_cut_is_marked(compared: Comparison) -> None:
    found = brief(compared)
    first, *others = found.rows
    shown = list(_lines(replace(found, rows=(replace(first, id="a_laboratory_abroad"), *others)), FOLDER))
    assert any(line.startswith("a_laboratory_ab… ") for line in shown)
    assert any(line.startswith("  a_laboratory_a… ") for line in shown)


def test_the_verdicts_of_gates_stand_right_below_the_headline(compared: Comparison) -> None:
    verdicts = ("passes  p50(owned) >= 100: 1,000 H100e", "fails   p50(owned) >= 9: 1")
    shown = lines(replace(compared, scenarios=compared.scenarios[:1], verdicts=verdicts), FOLDER)
    assert shown[shown.index("passes  p50(owned) >= 100: 1,000 H100e") + 1].startswith("fails ")
    assert shown.index("passes  p50(owned) >= 100: 1,000 H100e") < 6


def test_the_first_sentence_is_whole_however_long_the_name_of_the_scenario(compared: Comparison) -> None:
    first = compared.scenarios[0]
    run = replace(first.findings.run, name="A laboratory " * 8)
    one = replace(compared, scenarios=(replace(first, findings=replace(first.findings, run=run)),))
    headline = brief(one).headline
    assert len(headline) > LONGEST
    shown = lines(one, FOLDER)
    assert " ".join(shown[2 : shown.index("", 2)]) == " ".join(headline.split())


def test_the_brief_is_printed_as_the_page_of_markdown_that_is_kept(tmp_path: Path) -> None:
    one = ("--futures", "1", "--engine", "compiled", "--workers", "1", "--split=0", "--relief=0")
    few = (*one, "--out", str(tmp_path))
    told = call("compare", WORLD, STRAINED, *few, "--brief")
    (kept,) = tmp_path.rglob("brief.md")
    assert told.stdout == kept.read_text(encoding="utf-8")
    assert call("run", WORLD, *few, "--brief", "--full").exit_code == 2


def test_bars_are_as_long_as_what_they_stand_for(compared: Comparison) -> None:
    shown = lines(replace(compared, scenarios=compared.scenarios[:4]), FOLDER)
    most_missing = max(float(case.outcomes["train_short"].mean()) for case in compared.scenarios[:4])
    start = next(i for i, line in enumerate(shown) if line.startswith("WHAT BRINGS TRAINING BACK"))
    for line in shown[start + 1 : start + 5]:
        bar, numbers = line[18:].rsplit(" ", 1)
        parts, whole = numbers.split("=")
        assert sum(map(float, parts.split("+"))) == pytest.approx(float(whole), abs=1.6)
        assert len(bar) == pytest.approx(40 * float(whole) / 100.0 / most_missing, abs=3)


def test_without_a_folder_nothing_is_said_to_be_opened(compared: Comparison) -> None:
    assert not any(line.startswith("Open ") for line in lines(compared, None))
