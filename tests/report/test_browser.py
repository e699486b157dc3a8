"""The page in a real browser: Chromium opens the file of eight scenarios, offline.

Needs Chromium, playwright and axe-core (the `e2e` extra). Without them these tests are skipped; in CI they fail.
"""

import os
import shutil
from collections.abc import Iterator
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from sim.report import relief_page, survival_page
from sim.report.page import page
from sim.requests import SearchRequest
from sim.studies.search.job import run_search
from sim.studies.search.page import page as search_page
from sim.studies.sweep.page import page as sweep_page
from tests.engine.test_sweep_faults import run, toy
from tests.report import eight
from tests.report.studies import discovered, discovery_text, sensitive, sensitivity_text
from tests.report.test_page import HOSTILE, made
from tests.report.test_relief_survival_pages import relieved, stopped
from tests.report.test_sweep_page import SEARCH

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
YARDSTICK = """() => {
  const from = performance.now(), sums = new Map();
  for (let i = 0; i < 3e6; i++) sums.set("k" + (i % 5000), (sums.get("k" + (i % 5000)) || 0) + Math.sqrt(i));
  return (performance.now() - from) / 1000;
}"""
"""Work that takes about half a second on an idle machine, and longer on one as busy as the page finds it."""

SLOWEST = 20.0
"""How much longer drawing may take. It takes about seven times as long: three seconds on an idle machine."""

LONGEST = 60_000
"""Milliseconds after which something hangs."""

UNFOLD = """() => {
  for (const part of document.querySelectorAll("details.part")) part.open = true;
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
}"""
"""Opens every part, and waits until the page has heard of it."""

Browser = Any
"""playwright is not there for those who only run the other tests."""

pytestmark = pytest.mark.browser


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Eight scenarios, four, one, and a page on which everything has all the hostile names at once."""
    folder = tmp_path_factory.mktemp("pages")
    names = " ".join(HOSTILE)
    four = page(eight.material(4))
    texts = {"eight": page(eight.material()), "four": four, "one": made(), "hostile": made(names, names)}
    texts["one_asked"] = page(eight.alone())
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


class Sight:
    """A page as it was opened: the tab, what it asked for, and what it said on the console."""

    def __init__(self, browser: Browser, path: Path, unfolded: bool = True, **how: Any) -> None:
        self.tab = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **how})
        self.asked: list[str] = []
        self.said: list[str] = []
        own = path.resolve().as_uri()
        self.tab.on("request", lambda request: self.asked.append(request.url) if request.url != own else None)
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.goto(own)
        if how.get("java_script_enabled", True) and self.count("script"):
            self.tab.wait_for_selector("html[data-drawn='1']", timeout=LONGEST)
            if unfolded:
                self.tab.evaluate(UNFOLD)
                self.settled()

    def settled(self) -> None:
        """Wait until all that was to be drawn anew is drawn."""
        self.tab.wait_for_selector("html[data-stale='0']", timeout=LONGEST)

    def count(self, selector: str) -> int:
        result: int = self.tab.locator(selector).count()
        return result


@pytest.fixture(scope="module")
def sight(browser: Browser, files: dict[str, Path]) -> Iterator[Sight]:
    """The page of eight scenarios; a test that changes what is shown changes it back."""
    seen = Sight(browser, files["eight"])
    yield seen
    seen.tab.close()


def test_it_opens_without_a_request_or_a_word_on_the_console(sight: Sight) -> None:
    assert sight.asked == []
    assert sight.said == []


def test_every_figure_is_drawn(sight: Sight) -> None:
    charts = sight.count(".chart")
    assert charts > 60
    assert sight.count(".chart:has(svg.main-svg .trace, svg.main-svg .sankey-link, svg.main-svg .scatter)") == charts
    flat = "charts => charts.filter((chart) => chart.getBoundingClientRect().height < 100).map((chart) => chart.id)"
    assert sight.tab.locator(".chart").evaluate_all(flat) == []


def test_it_is_drawn_in_time(sight: Sight) -> None:
    marks = {
        mark: sight.tab.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime / 1000")
        for mark in ("page-unpacked", "page-in-sight", "page-drawn")
    }
    yardstick = median(sight.tab.evaluate(YARDSTICK) for _ in range(3))
    print({mark: round(seconds, 2) for mark, seconds in (*marks.items(), ("yardstick", yardstick))})
    assert list(marks.values()) == sorted(marks.values())
    assert marks["page-drawn"] < SLOWEST * yardstick


def test_one_legend_hides_a_scenario_in_all_figures(sight: Sight) -> None:
    lines = "#chart-owned-0 .js-line:visible"
    rows = "#chart-campaign_dates-0 .yaxislayer-above .ytick"
    bands = "#chart-owned-0 .js-fill"
    assert sight.count("#figure-ribbon_train .panel:visible") == 8
    assert sight.count(rows) == 8
    before = sight.count(lines)
    sight.tab.get_by_role("checkbox", name="stall", exact=True).uncheck()
    sight.settled()
    assert sight.count("#figure-ribbon_train .panel:visible") == 7
    assert sight.count(rows) == 7
    assert sight.count(lines) < before
    one = sight.count(bands)
    sight.tab.get_by_role("button", name="First only").click()
    sight.settled()
    assert sight.count("#figure-ribbon_train .panel:visible") == 1
    assert sight.count(rows) == 1
    sight.tab.get_by_role("checkbox", name="both", exact=True).check()
    sight.settled()
    assert sight.count(bands) == 2 * one
    sight.tab.get_by_role("button", name="All").click()
    sight.settled()
    assert sight.count(rows) == 8
    assert sight.count(bands) == one
    assert sight.said == []


def test_the_legend_works_by_keyboard(sight: Sight) -> None:
    box = sight.tab.get_by_role("checkbox", name="relax", exact=True)
    box.focus()
    sight.tab.keyboard.press("Space")
    assert sight.count("#figure-ribbon_train .panel:visible") == 7
    sight.tab.keyboard.press("Space")
    assert sight.count("#figure-ribbon_train .panel:visible") == 8
    sight.settled()


def test_a_story_is_chosen_and_its_timeline_leads_to_its_events(sight: Sight) -> None:
    stories = ".story:visible"
    assert sight.count(stories) == 1
    sight.tab.get_by_label("Future", exact=True).select_option(label="both: p95 of train_short")
    assert sight.count(stories) == 1
    assert sight.tab.locator(stories).locator("h3").inner_text().startswith("both, p95 of train_short")
    points = sight.tab.locator("#timeline .point")
    assert points.count() == sight.tab.locator(f"{stories} li").count() == 16
    sight.tab.locator("#timeline").scroll_into_view_if_needed()
    box = points.nth(4).bounding_box()
    assert box is not None
    sight.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sight.tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sight.tab.wait_for_selector(f"{stories} li.chosen")
    assert sight.tab.locator(f"{stories} li.chosen").count() == 1
    assert sight.said == []


def test_dark_and_light(sight: Sight) -> None:
    def paper() -> str:
        colour: str = sight.tab.evaluate("getComputedStyle(document.body).backgroundColor")
        return colour

    def ink() -> str:
        colour: str = sight.tab.evaluate("getComputedStyle(document.querySelector('#chart-owned-0 .xtick text')).fill")
        return colour

    button = sight.tab.get_by_role("button", name="Dark")
    light = paper(), ink()
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    sight.settled()
    assert button.get_attribute("aria-pressed") == "true"
    assert all(after != before for after, before in zip((paper(), ink()), light, strict=True))
    button.click()
    sight.settled()
    assert (paper(), ink()) == light


def test_the_system_may_ask_for_dark(browser: Browser, files: dict[str, Path]) -> None:
    seen = Sight(browser, files["one"], color_scheme="dark")
    assert seen.tab.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"
    seen.tab.close()


@pytest.mark.parametrize("width", [400, 1600])
def test_nothing_runs_over_the_edge(browser: Browser, files: dict[str, Path], width: int) -> None:
    for name in ("eight", "one"):
        seen = Sight(browser, files[name], viewport={"width": width, "height": 900})
        assert seen.tab.evaluate("document.documentElement.scrollWidth") <= width
        seen.tab.close()


def test_four_scenarios_fit_beside_each_other(browser: Browser, files: dict[str, Path]) -> None:
    seen = Sight(browser, files["four"])
    wider = "tables => tables.filter((table) => table.scrollWidth > table.clientWidth).map((table) => table.ariaLabel)"
    assert seen.tab.eval_on_selector_all(".tables .scroll", wider) == []
    seen.tab.close()


@pytest.mark.parametrize("width", [400, 1280])
def test_no_number_of_an_axis_is_slanted(browser: Browser, files: dict[str, Path], width: int) -> None:
    seen = Sight(browser, files["eight"], viewport={"width": width, "height": 900})
    slanted = r"texts => texts.filter((text) => /rotate\((?!0,)/.test(text.getAttribute('transform'))).length"
    assert seen.tab.eval_on_selector_all(".xtick text", slanted) == 0
    seen.tab.close()


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (1280, "dark")])
def test_axe_finds_nothing(browser: Browser, files: dict[str, Path], width: int, scheme: str) -> None:
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    seen = Sight(
        browser, files["eight"], viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    seen.tab.evaluate(axe)
    seen.tab.locator("#figure-owned summary").click()
    result = seen.tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in result] == []
    seen.tab.close()


def test_hostile_names_do_nothing(browser: Browser, files: dict[str, Path]) -> None:
    seen = Sight(browser, files["hostile"], viewport={"width": 400, "height": 900})
    assert (seen.asked, seen.said) == ([], [])
    assert seen.count("img") == 0
    assert seen.count(".chart:has(svg.main-svg)") == seen.count(".chart") > 0
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= 400
    seen.tab.close()


def test_without_javascript_tables_and_sentences_remain(browser: Browser, files: dict[str, Path]) -> None:
    seen = Sight(browser, files["eight"], java_script_enabled=False)
    assert seen.count(".matrix:visible, .back:visible, .plot:visible") == 3
    for part in seen.tab.locator("details.part > summary").all():
        part.click()
    assert seen.count("figcaption:visible") == seen.count("figure") == 18
    assert seen.count(".chart:visible") == seen.count(".tools:visible") == seen.count(".downloads") == 0
    assert seen.count(".story:visible") == 24
    assert seen.count("#legend:visible") == 0
    seen.tab.locator("#figure-owned summary").click()
    assert seen.count("#figure-owned td:visible") > 50
    seen.tab.close()


PAPER = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.body).color"


def test_it_prints_in_the_ink_of_the_light_page_on_white_paper(browser: Browser, files: dict[str, Path]) -> None:
    light = Sight(browser, files["one"], color_scheme="light")
    seen = Sight(browser, files["one"], color_scheme="dark")
    dark = seen.tab.evaluate(PAPER)
    seen.tab.emulate_media(media="print")
    assert seen.tab.evaluate(PAPER) == "rgb(255, 255, 255)"
    assert seen.tab.evaluate(INK) == light.tab.evaluate(INK)
    seen.tab.emulate_media(media="screen")
    assert seen.tab.pdf(format="A4")[:5] == b"%PDF-"
    seen.settled()
    assert seen.tab.evaluate(PAPER) == dark
    light.tab.close()
    assert seen.said == []
    seen.tab.close()


def test_streams_are_all_there_when_they_are_printed(browser: Browser, files: dict[str, Path]) -> None:
    """Printing does not wait: a stream that is still fading in would be missing on paper."""
    seen = Sight(browser, files["eight"])
    opacities = """() => {
      dispatchEvent(new Event("beforeprint"));
      return [...document.querySelectorAll(".sankey-link")].map(link => getComputedStyle(link).opacity);
    }"""
    assert set(seen.tab.evaluate(opacities)) == {"1"}
    seen.tab.close()


PAINTED = """(marks, what) => marks.map(mark => {
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  brush.fillStyle = getComputedStyle(mark)[what];
  brush.fillRect(0, 0, 1, 1);
  return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
})"""
"""The colours of marks, of their ground or of what is drawn, as red, green and blue up to 255."""


def contrast(one: list[int], other: list[int]) -> float:
    """How far two colours stand apart: from 1 to 21 (WCAG 2.2)."""

    def light(colour: list[int]) -> float:
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    return max(light(one), light(other)) / min(light(one), light(other))


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each study."""
    folder = tmp_path_factory.mktemp("studies")
    request = SearchRequest(toy(folder / "of", 5, SEARCH), plans=8, engine="simpy", workers=1, out=folder)
    texts = {
        "sweep": sweep_page(run(toy(folder / "sweep", 20), folder).result, "again", "abc"),
        "search": search_page(run_search(request, lambda done, more=0: None)[0], "again", "abc"),
        "given": sensitivity_text(sensitive("given")),
        "sobol": sensitivity_text(sensitive()),
        "discovery": discovery_text(discovered()),
        "relief": relief_page.page(relieved(depth=0.2, software=-0.05), "Toy", "again", "abc"),
        "survival": survival_page.page((stopped(6), stopped(2, "memory")), "Toy", "again", "abc"),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", ["sweep", "search", "given", "sobol", "discovery", "relief", "survival"])
def test_the_page_of_a_study_is_whole_without_a_script(
    browser: Browser, studies: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    """It asks for nothing, says nothing on the console, fits, begins with its picture, and axe finds nothing."""
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    size = {"width": width, "height": 900}
    seen = Sight(browser, studies[name], viewport=size, color_scheme=scheme, bypass_csp=True)
    assert (seen.asked, seen.said, seen.count("script")) == ([], [], 0)
    picture = seen.tab.locator("#picture").bounding_box()
    assert picture is not None
    assert picture["y"] < 900 - 300
    assert min(picture["width"], picture["height"]) > 60
    assert seen.count("details.part") == seen.count("details.part:not([open]) > summary > span:visible") > 0
    seen.tab.evaluate(UNFOLD)
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= width
    seen.tab.evaluate(axe)
    result = seen.tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in result] == []
    assert seen.tab.pdf(format="A4")[:5] == b"%PDF-"
    seen.tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_studies_draw_has_the_colours_of_the_style(
    browser: Browser, studies: dict[str, Path], scheme: str
) -> None:
    """A colour that no style gives would be black, or none; on a map, values are read on every shade."""
    drawn = {
        "discovery": (".miss, .hit, .peel, .inside, .chosen", "stroke", 3),
        "sobol": ("svg .all, svg .alone", "fill", 2),
    }
    for name, (marks, what, different) in drawn.items():
        seen = Sight(browser, studies[name], color_scheme=scheme)
        painted = {tuple(each) for each in seen.tab.eval_on_selector_all(marks, PAINTED, what)}
        assert len(painted) == different
        assert (0, 0, 0) not in painted
        seen.tab.close()
    seen = Sight(browser, studies["sweep"], color_scheme=scheme)
    cells = seen.tab.eval_on_selector_all(".heat td", PAINTED, "backgroundColor")
    value, *_ = seen.tab.eval_on_selector_all(".heat td small", PAINTED, "color")
    assert len({tuple(cell) for cell in cells}) > 1
    assert min(contrast(cell, value) for cell in cells) >= 4.5
    seen.tab.close()
