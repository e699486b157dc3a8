"""What a folder of results holds after all is run again that can be: its files are those of `results/README.md`."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.test_questions import FEW, STRAINED, WORLD, call, folder_of
from tests.structure.source import ROOT

AGAIN = (*FEW, "--split=1", "--relief=0", "--likelihood", "ipcc", "--quiet")

ASKED_FOR = {"relief.csv"}
"""Files of a run only if they were asked for."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both lie: what the run has kept of its futures is there for the comparison."""
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def ran(out: Path) -> Path:
    return folder_of(call("run", STRAINED, *AGAIN, "--out", str(out)))


@pytest.fixture(scope="module")
def compared(out: Path, ran: Path) -> Path:
    return folder_of(call("compare", WORLD, STRAINED, *AGAIN, "--ambitions", "--out", str(out)))


def told(heading: str, names: str) -> set[str]:
    """The files that a section of the page names, its first paragraph or table."""
    text = (ROOT / "results" / "README.md").read_text(encoding="utf-8").partition(f"# {heading}\n")[2]
    return set(re.findall(names, text.partition("\n## ")[0], re.MULTILINE))


def test_the_page_names_the_files_of_a_run(ran: Path) -> None:
    assert told("Results", r"^\| `([\w.]+)`") == {path.name for path in ran.iterdir()} | ASKED_FOR


def test_the_page_names_the_files_of_a_comparison(compared: Path) -> None:
    assert told("Comparisons", r"`(\w+\.\w+)`") == {path.name for path in compared.iterdir()}


def test_a_changed_scenario_says_what_comes_back_and_what_it_costs(ran: Path) -> None:
    summary = json.loads((ran / "summary.json").read_text())
    other = summary["counterfactuals"]
    delays = ["next_delay", "second_delay"]
    assert [each["measure"] for each in other["comes_back"]] == ["train_short", "unserved", *delays]
    assert len(other["ten_percent_easier"]) == 6 + 15
    assert [each["ambition"] for each in other["ambitions"]] == ["hold", "keep_pace", "chase"]
    assert other["effect"]["base"] == "A small world"
    assert {each["path"] for each in other["effect"]["changes"]} >= {
        "capital.financing",
        "happenings.put_off",
    }
    assert summary["headline"].startswith("This ")
    assert "## What holds training back" in (ran / "findings.md").read_text()
    assert len(pd.read_csv(ran / "removals.csv")) == 4 * 63
    assert len(json.loads((ran / "stories.json").read_text())["stories"]) == 3


def test_what_is_kept_of_futures_changes_no_byte(ran: Path, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / "chunks", tmp_path / "chunks")
    warm = folder_of(call("run", STRAINED, *AGAIN, "--out", str(tmp_path)))
    for name in ("summary.json", "removals.csv", "findings.md", "report.html"):
        assert (warm / name).read_bytes() == (ran / name).read_bytes(), name


def test_a_comparison_runs_every_ambition(compared: Path) -> None:
    scenarios = json.loads((compared / "summary.json").read_text())["scenarios"]
    result = {id: each["counterfactuals"] for id, each in scenarios.items()}
    ambitions = {id: [each["ambition"] for each in other["ambitions"]] for id, other in result.items()}
    assert ambitions == {"small": [], "strained": ["hold", "keep_pace", "chase"]}
    assert result["small"]["effect"] is None
    assert result["strained"]["effect"]["base"] == "A small world"


@pytest.mark.usefixtures("ran")
def test_an_ambition_that_a_chosen_override_sets_is_left_out(out: Path) -> None:
    folder = folder_of(call("run", STRAINED, *AGAIN, "--override", "hold", "--out", str(out)))
    assert json.loads((folder / "summary.json").read_text())["counterfactuals"]["ambitions"] == []
