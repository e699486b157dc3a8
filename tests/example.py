"""`python -m tests.example` makes anew what is published of results: the example, the picture, the README's sample.

Eight scenarios of 1,024 futures are compared, and one is run: some ten minutes of two cores. It needs Chromium.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.report.test_browser import FLAGS, chromium

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "results" / "example"
EIGHT = ("baseline", "stall", "tighten", "both", "close", "relax", "self_reliance", "hbm_crunch")
SAMPLE = re.compile(r"(<!-- sample -->\n```\n).*?(\n```\n)", re.DOTALL)
LINES = 28
"""Lines of the terminal that the README shows."""


def main() -> None:
    """Make all three."""
    with tempfile.TemporaryDirectory() as folder:
        scenarios = [f"scenarios/{name}.yaml" for name in EIGHT]
        compared = Path(_sim("compare", *scenarios, "--relief=0", "--quiet", "--out", folder).strip())
        for name in ("report.html", "summary.json"):
            shutil.copyfile(compared / name, EXAMPLE / name)
        _sample(_sim("run", "scenarios/tighten.yaml", "--out", folder))
    _picture(EXAMPLE / "report.html", ROOT / "docs" / "page.png")


def _sim(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sim", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _sample(printed: str) -> None:
    """The first lines of a run, into the README."""
    shown = "\n".join(line.rstrip() for line in printed.splitlines()[:LINES])
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    assert SAMPLE.search(text)
    readme.write_text(SAMPLE.sub(lambda found: found[1] + shown + found[2], text), encoding="utf-8")


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
