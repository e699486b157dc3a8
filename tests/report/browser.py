"""Chromium, and pages as it shows them.

All pages are opened under one address, in tabs of one process, and one tab stays: so the drawing library is compiled
once.
"""

import os
import shutil
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",
]

LONGEST = 60_000
"""Milliseconds after which something hangs."""

UNFOLD = """() => {
  for (const part of document.querySelectorAll("details.part")) part.open = true;
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
}"""
"""Opens every part, and waits until the page has heard of it."""

FITTING = """() => [...document.querySelectorAll(".chart:has(svg.main-svg)")].every((chart) =>
  Math.abs(chart.querySelector("svg.main-svg").getBoundingClientRect().width - chart.clientWidth) < 1)"""
"""Whether every chart is as wide as its place."""


def chromium() -> str:
    """Where Chromium is."""
    result = shutil.which("chromium") or shutil.which("chromium-browser")
    missing = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    missing += [] if result else ["chromium"]
    if missing:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"no browser to look with: {', '.join(missing)} not installed")
    assert result is not None
    return result


class Sight:
    """A page as it was opened: the tab, what it asked for, and what it said on the console."""

    def __init__(self, tab: Any, page: Path, unfolded: bool, scripted: bool) -> None:
        self.tab = tab
        self.asked: list[str] = []
        self.said: list[str] = []
        own = page.resolve().as_uri()
        tab.on("request", lambda request: self.asked.append(request.url) if request.url != own else None)
        tab.on("console", lambda message: self.said.append(message.text))
        tab.on("pageerror", lambda error: self.said.append(str(error)))
        tab.goto(own)
        if scripted and self.count("script"):
            tab.wait_for_selector("html[data-drawn='1']", timeout=LONGEST)
            if unfolded:
                tab.evaluate(UNFOLD)
                self.settled()

    def settled(self) -> None:
        """Wait until all that was to be drawn anew is drawn."""
        self.tab.wait_for_selector("html[data-stale='0']", timeout=LONGEST)

    def look(self, width: int, scheme: str = "light") -> None:
        """Show the same page at another width, in another theme."""
        self.tab.set_viewport_size({"width": width, "height": 900})
        self.tab.emulate_media(color_scheme=scheme)
        if self.count("script"):
            self.settled()
        self.tab.wait_for_function(FITTING, timeout=LONGEST)

    def count(self, selector: str) -> int:
        result: int = self.tab.locator(selector).count()
        return result

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe finds, with the first elements that it finds it in."""
        axe = resources.files("axe_playwright_python") / "axe.min.js"
        self.tab.evaluate(axe.read_text(encoding="utf-8"))
        result = self.tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        return [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in result]


class Browser:
    """Chromium, and the address of the page that it is to open."""

    def __init__(self, opened: Any, page: Path) -> None:
        self.opened = opened
        self.page = page
        self.context = opened.new_context()
        page.write_text("<!doctype html>", encoding="utf-8")
        self.context.new_page().goto(page.as_uri())

    def open(
        self,
        text: str,
        unfolded: bool = True,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        **apart: Any,
    ) -> Sight:
        """Show a page in a new tab; with options of a context, as in a browser that has shown none before."""
        self.page.write_text(text, encoding="utf-8")
        tab = (self.opened.new_context(**apart) if apart else self.context).new_page()
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(color_scheme=scheme)
        return Sight(tab, self.page, unfolded, apart.get("java_script_enabled", True))
