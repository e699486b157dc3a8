"""What CONTRIBUTING.md adds works as written: its blocks are applied to a copy, where its checks then pass.

The copy is compiled with array bounds checked, so that one compilation more than the project's own answers for both.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.source import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^<!-- ([\w/.]+)(?:, (after|before): `([^`\n]+)`|, (at the end))? -->\n```(?:python|text)\n(.*?)^```$", re.M | re.S
)
"""Where a block goes: a file, and after or before the line of it that begins so; a file that is new has neither."""
COPIED = ("sim", "tests", "scenarios", "pyproject.toml")
TESTS = (
    "world/fleet/test_fire.py",
    "world/accounts/test_cancelled.py",
    "world/shortfall/test_fires.py",
    "world/supply/test_subsidiary.py",
    "structure/test_world_syntax.py",
    "world/test_register.py",
    "engine/test_equal_engines.py",
)
"""What the page adds, and what looks at all pages of the world; of the register, what concerns the table that grew.

Of the engines, whether an index leaves its table."""
SOME = "boundscheck or sites. or not (test_register or test_equal_engines)"
CHECKS = (
    ["ruff", "check", "--quiet", "--fix", "sim", "tests"],
    ["ruff", "format", "--check", "--quiet", "sim", "tests"],
    ["pytest", *(f"tests/{test}" for test in TESTS), "-k", SOME],
)


def put(text: str, side: str, beginning: str, block: str) -> str:
    """A text with a block after or before the one line that begins so, or at the end."""
    if not side:
        return f"{text}\n\n{block}" if text else block
    lines = text.splitlines(keepends=True)
    (at,) = (number for number, line in enumerate(lines) if line.startswith(beginning))
    lines[at] = lines[at] + block if side == "after" else f"{block}\n\n{lines[at]}"
    return "".join(lines)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the page has been followed."""
    root = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
        else:
            shutil.copy(ROOT / name, root / name)
    for name, side, beginning, end, block in BLOCK.findall(PAGE):
        text = (root / name).read_text(encoding="utf-8") if side or end else ""
        (root / name).write_text(put(text, side, beginning, block), encoding="utf-8")
    return root


def test_every_block_of_code_says_where_it_goes() -> None:
    assert len(BLOCK.findall(PAGE)) == PAGE.count("```python\n") + PAGE.count("```text\n") > 0


@pytest.mark.parametrize("check", CHECKS, ids=["lint", "format", "tests"])
def test_what_the_page_adds_passes_in_a_copy(copy: Path, check: list[str]) -> None:
    checked = os.environ | {"NUMBA_BOUNDSCHECK": "1"}
    run = subprocess.run([sys.executable, "-m", *check], cwd=copy, env=checked, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "skipped" not in run.stdout
