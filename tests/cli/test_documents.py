"""What the documents tell readers to type can be typed, and says what they say it says."""

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest

from sim.cli import main
from tests.cli.test_questions import call
from tests.structure.source import ROOT

PAGES = ("README.md", "docs/tutorial.md", "docs/scenarios.md", "docs/reading.md", "docs/studies.md", "docs/scale.md")
COMMAND = re.compile(r"python -m sim (\w[^`\n]*)")
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
(MINE,) = re.findall(r"^```yaml\n(.*?)^```$", TUTORIAL, re.M | re.S)


@pytest.fixture(autouse=True)
def _(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone in which the reader has saved the tutorial's scenario."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "scenarios" / "mine.yaml").write_text(MINE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_understood(page: str) -> None:
    lines = [line.partition(" #")[0] for line in COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))]
    for line in lines:
        words = shlex.split(line)
        if any(word.isupper() for word in words):  # FILE and SCENARIO stand for the reader's own
            continue
        name, command, rest = main.resolve_command(click.Context(main), words)
        assert command is not None, line
        command.make_context(name, rest).close()
    assert lines or page == "docs/reading.md"


def test_the_page_on_scenarios_shows_the_scenario_of_the_tutorial() -> None:
    assert MINE in (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_tutorial_says_what_validate_prints() -> None:
    path = Path("scenarios/mine.yaml")
    assert call("validate", str(path)).exit_code == 0
    path.write_text(MINE.replace("begins:", "begin:"), encoding="utf-8")
    refused = call("validate", str(path))
    assert refused.exit_code == 2
    assert refused.stderr in TUTORIAL
