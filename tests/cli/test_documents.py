"""What the documents tell readers to type can be typed, and says what they say it says."""

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest

from sim.cli import main
from sim.language.values import FORMS, GROUNDS
from sim.runs import new_lab
from sim.scenario.grammar.changes import VERBS
from sim.scenario.grammar.schema import HEAD
from tests.cli.test_questions import call
from tests.structure.source import ROOT

PAGES = (
    "README.md",
    "docs/tutorial.md",
    "docs/scenarios.md",
    "docs/reading.md",
    "docs/studies.md",
    "docs/scale.md",
    "docs/what_ifs.md",
)
COMMAND = re.compile(r"python -m sim (\w[^`\n]*)")
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
(MINE,) = re.findall(r"^```yaml\n(.*?)^```$", TUTORIAL, re.M | re.S)


@pytest.fixture(autouse=True)
def _(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone in which the reader has saved the tutorial's scenario, and a new lab."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "scenarios" / "mine.yaml").write_text(MINE, encoding="utf-8")
    (tmp_path / "scenarios" / "mylab.yaml").write_text(new_lab.text(), encoding="utf-8")
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


def blocks(page: str) -> list[str]:
    """The YAML of a page, each a scenario: what extends nothing changes the baseline."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(r"^```yaml\n(.*?)^```$", text, re.M | re.S)
    named = [block if re.search(r"^name:", block, re.M) else f"name: A block of the page\n{block}" for block in found]
    return [block if re.search(r"^extends:", block, re.M) else f"extends: baseline.yaml\n{block}" for block in named]


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page in ("scenarios.md", "what_ifs.md") for number in range(len(blocks(page)))],
)
def test_every_block_of_a_page_is_a_scenario_without_a_warning(page: str, number: int) -> None:
    baseline, path = Path("scenarios/baseline.yaml"), Path("scenarios/block.yaml")
    without, found = re.subn(r"^overrides:\n(?:(?: .*)?\n)+", "", baseline.read_text(encoding="utf-8"), flags=re.M)
    assert found == 1
    baseline.write_text(without, encoding="utf-8")  # its own are no question of a page
    path.write_text(blocks(page)[number], encoding="utf-8")
    result = call("validate", str(path))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(", 0 warnings\n")


def test_the_page_on_scenarios_has_every_form_of_the_language() -> None:
    page = "".join(blocks("scenarios.md"))
    keys = {key for form in FORMS for key in form} | {*VERBS} - {"set"} | {*GROUNDS} - {"derived"} | {"remove", "only"}
    keys |= {"for", "when", "requires", "excludes", "any", "all", "chip", *HEAD} - {"as_of", "start", "settled"}
    words = set(re.findall(r"[\w-]+(?=:)", page))
    assert keys - words == {"processes"}, "code of one's own is no form of the language"
