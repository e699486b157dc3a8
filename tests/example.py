"""`python -m tests.example` makes anew what is published of results: the example, its picture, samples of the terminal.

Eight scenarios of 1,024 futures are compared, and one is run: some ten minutes of two cores. It needs Chromium.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.report.browser import FLAGS, chromium

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "results" / "example"
EIGHT = ("baseline", "stall", "tighten", "both", "close", "relax", "self_reliance", "hbm_crunch")
SAMPLE = re.compile(r"(<!-- sample (\d+): (.+?) -->\n```\n).*?(```\n)", re.DOTALL)
"""In a page, how many lines of which command the block below it shows."""
PAGES = ("README.md", "docs/tutorial.md")


def main() -> None:
    """Make all three."""
    with tempfile.TemporaryDirectory() as folder:
        scenarios = [f"scenarios/{name}.yaml" for name in EIGHT]
        compared = Path(_sim("compare", *scenarios, "--relief=0", "--quiet", "--out", folder).strip())
        for name in ("report.html", "summary.json"):
            shutil.copyfile(compared / name, EXAMPLE / name)
        for page in PAGES:
            _samples(ROOT / page, folder)
    _picture(EXAMPLE / "report.html", ROOT / "docs" / "page.png")


def _sim(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sim", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _samples(page: Path, folder: str) -> None:
    """The first lines that each command prints, into the page that shows them."""

    def block(found: re.Match[str]) -> str:
        words = shlex.split(found[3])
        printed = _sim(*words, *(("--out", folder) if words[0] == "run" else ()))
        return found[1] + "".join(f"{line.rstrip()}\n" for line in printed.splitlines()[: int(found[2])]) + found[4]

    text, made = SAMPLE.subn(block, page.read_text(encoding="utf-8"))
    assert made
    page.write_text(text, encoding="utf-8")


def _picture(page: Path, picture: Path) -> None:
    """The first screen of the page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        tab = browser.new_page(viewport={"width": 1280, "height": 1000})
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-drawn='1']")
        tab.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main()
