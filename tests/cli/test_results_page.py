"""`results/README.md` names every file that is written, and no other."""

import re
from pathlib import Path

import pytest

from tests.cli.test_questions import STRAINED, WORLD, call, folder_of
from tests.structure.source import ROOT

ASKED_FOR = {"removals.csv", "relief.csv"}
"""Files of a run only if they were asked for."""

FEW = ("--futures", "1", "--engine", "compiled", "--workers", "1", "--quiet")


def told(heading: str, names: str) -> set[str]:
    """The files that a section of the page names, its first paragraph or table."""
    text = (ROOT / "results" / "README.md").read_text(encoding="utf-8").partition(f"# {heading}\n")[2]
    return set(re.findall(names, text.partition("\n## ")[0], re.MULTILINE))


@pytest.mark.parametrize(
    ("words", "heading", "names", "unless_asked"),
    [
        (("run", STRAINED), "Results", r"^\| `([\w.]+)`", ASKED_FOR),
        (("compare", WORLD, STRAINED), "Comparisons", r"`(\w+\.\w+)`", set[str]()),
    ],
)
def test_the_page_names_the_files_of_a_folder(
    words: tuple[str, ...], heading: str, names: str, unless_asked: set[str], tmp_path: Path
) -> None:
    folder = folder_of(call(*words, *FEW, "--out", str(tmp_path)))
    assert told(heading, names) == {path.name for path in folder.iterdir()} | unless_asked
