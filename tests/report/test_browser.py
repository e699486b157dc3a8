"""The page in a real browser: Chromium opens the files of eight scenarios, of three and of one, offline.

Needs Chromium, playwright and axe-core (the `e2e` extra). Without them these tests are skipped; in CI they fail.
"""

from collections.abc import Iterator
from statistics import median

import pytest

from sim.report import relief_page, survival_page
from sim.requests import SearchRequest
from sim.studies.search.job import run_search
from sim.studies.search.page import page as search_page
from sim.studies.sweep.page import page as sweep_page
from tests.engine.test_sweep_faults import run, toy
from tests.report.browser import UNFOLD, Browser, Sight
from tests.report.pages import of
from tests.report.studies import discovered, discovery_text, sensitive, sensitivity_text
from tests.report.test_relief_survival_pages import relieved, stopped
from tests.report.test_sweep_page import SEARCH

YARDSTICK = """() => {
  const from = performance.now(), sums = new Map();
  for (let i = 0; i < 1e6; i++) sums.set("k" + (i % 5000), (sums.get("k" + (i % 5000)) || 0) + Math.sqrt(i));
  return (performance.now() - from) / 1000;
}"""
"""Work that takes about a sixth of a second on an idle machine, and longer on one as busy as the page finds it."""

SLOWEST = 60.0
"""How much longer opening may take. It takes about ten times as long."""

PAPER = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.body).color"

SLANTED = r"texts => texts.filter((text) => /rotate\((?!0,)/.test(text.getAttribute('transform'))).length"
"""How many numbers of axes are not level."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def eight(browser: Browser) -> Iterator[Sight]:
    """The page of eight scenarios, on a narrow screen, in a context of its own."""
    seen = browser.open(of("eight"), width=400, locale="en-GB")
    yield seen
    seen.tab.close()


@pytest.fixture(scope="module")
def three(browser: Browser) -> Iterator[Sight]:
    """The page of three scenarios; a test that changes what is shown changes it back."""
    seen = browser.open(of("three"))
    yield seen
    seen.tab.close()


@pytest.fixture(params=["eight", "three"])
def sight(request: pytest.FixtureRequest) -> Sight:
    """Either page."""
    result: Sight = request.getfixturevalue(request.param)
    return result


def test_it_opens_without_a_request_or_a_word_on_the_console(sight: Sight) -> None:
    assert sight.asked == []
    assert sight.said == []


def test_every_figure_is_drawn_and_no_number_of_an_axis_is_slanted(sight: Sight) -> None:
    charts = sight.count(".chart")
    assert charts > 45
    assert sight.count(".chart:has(svg.main-svg .trace, svg.main-svg .sankey-link, svg.main-svg .scatter)") == charts
    assert sight.tab.eval_on_selector_all(".xtick text", SLANTED) == 0
    flat = "charts => charts.filter((chart) => chart.getBoundingClientRect().height < 100).map((chart) => chart.id)"
    assert sight.tab.locator(".chart").evaluate_all(flat) == []


def test_it_is_drawn_in_time(eight: Sight) -> None:
    marks = {
        mark: eight.tab.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime / 1000")
        for mark in ("page-unpacked", "page-in-sight", "page-drawn")
    }
    yardstick = median(eight.tab.evaluate(YARDSTICK) for _ in range(3))
    print({mark: round(seconds, 2) for mark, seconds in (*marks.items(), ("yardstick", yardstick))})
    assert list(marks.values()) == sorted(marks.values())
    assert marks["page-drawn"] < SLOWEST * yardstick


def test_one_legend_hides_a_scenario_in_all_figures(three: Sight) -> None:
    lines = "#chart-owned-0 .js-line:visible"
    rows = "#chart-campaign_dates-0 .yaxislayer-above .ytick"
    bands = "#chart-owned-0 .js-fill"
    assert three.count("#figure-ribbon_train .panel:visible") == 3
    assert three.count(rows) == 3
    before, one = three.count(lines), three.count(bands)
    three.tab.get_by_role("checkbox", name="tighten", exact=True).uncheck()
    three.settled()
    assert three.count("#figure-ribbon_train .panel:visible") == 2
    assert three.count(rows) == 2
    assert three.count(bands) == 2 * one
    three.tab.get_by_role("button", name="First only").click()
    three.settled()
    assert three.count("#figure-ribbon_train .panel:visible") == 1
    assert three.count(rows) == 1
    assert three.count(lines) < before
    assert three.count(bands) == one
    three.tab.get_by_role("checkbox", name="relax", exact=True).check()
    three.settled()
    assert three.count(bands) == 2 * one
    three.tab.get_by_role("button", name="All").click()
    three.settled()
    assert three.count(rows) == 3
    assert three.count(bands) == one
    assert three.said == []


def test_the_legend_works_by_keyboard(three: Sight) -> None:
    box = three.tab.get_by_role("checkbox", name="relax", exact=True)
    box.focus()
    three.tab.keyboard.press("Space")
    assert three.count("#figure-ribbon_train .panel:visible") == 2
    three.tab.keyboard.press("Space")
    assert three.count("#figure-ribbon_train .panel:visible") == 3
    three.settled()


def test_a_story_is_chosen_and_its_timeline_leads_to_its_events(three: Sight) -> None:
    stories = ".story:visible"
    assert three.count(stories) == 1
    three.tab.get_by_label("Future", exact=True).select_option(label="relax: p95 of train_short")
    assert three.count(stories) == 1
    assert three.tab.locator(stories).locator("h3").inner_text().startswith("relax, p95 of train_short")
    points = three.tab.locator("#timeline .point")
    assert points.count() == three.tab.locator(f"{stories} li").count() == 40
    three.tab.locator("#timeline").scroll_into_view_if_needed()
    box = points.nth(4).bounding_box()
    assert box is not None
    three.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    three.tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    three.tab.wait_for_selector(f"{stories} li.chosen")
    assert three.tab.locator(f"{stories} li.chosen").count() == 1
    assert three.said == []


def test_dark_and_light(browser: Browser) -> None:
    """The system asks for one; a button changes it, for the page and for what is drawn."""
    seen = browser.open(of("one"), unfolded=False, scheme="dark")
    seen.tab.evaluate("location.hash = '#figure-owned'")
    seen.tab.wait_for_selector("#chart-owned-0 svg.main-svg")

    def colours() -> tuple[str, str]:
        ink = "getComputedStyle(document.querySelector('#chart-owned-0 .xtick text')).fill"
        return seen.tab.evaluate(PAPER), seen.tab.evaluate(ink)

    button = seen.tab.get_by_role("button", name="Dark")
    dark = colours()
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    seen.settled()
    assert button.get_attribute("aria-pressed") == "false"
    assert all(after != before for after, before in zip(colours(), dark, strict=True))
    button.click()
    seen.settled()
    assert colours() == dark
    assert button.get_attribute("aria-pressed") == "true"
    seen.tab.close()


@pytest.fixture(params=["eight", "one"])
def narrow(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Sight]:
    """A page that was opened on a narrow screen."""
    if request.param == "eight":
        yield request.getfixturevalue("eight")
        return
    seen = browser.open(of("one"), width=400)
    yield seen
    seen.tab.close()


def test_narrow_or_wide_nothing_runs_over_the_edge_and_no_number_of_an_axis_is_slanted(narrow: Sight) -> None:
    for width in (400, 1600):
        narrow.look(width)
        assert narrow.tab.evaluate("document.documentElement.scrollWidth") <= width
        assert narrow.tab.eval_on_selector_all(".xtick text", SLANTED) == 0


def test_four_scenarios_fit_beside_each_other(browser: Browser) -> None:
    seen = browser.open(of("four"), unfolded=False)
    assert seen.tab.eval_on_selector_all("details.part:has(.tables)", "parts => parts.map((part) => part.open = true)")
    wider = "tables => tables.filter((table) => table.scrollWidth > table.clientWidth).map((table) => table.ariaLabel)"
    assert seen.tab.eval_on_selector_all(".tables .scroll", wider) == []
    seen.tab.close()


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (1280, "dark")])
def test_axe_finds_nothing(three: Sight, width: int, scheme: str) -> None:
    """On the page of three scenarios, which has every kind of element that one of eight has."""
    three.look(width, scheme)
    three.tab.evaluate("document.querySelector('#figure-owned details').open = true")
    assert three.violations() == []


def test_hostile_names_do_nothing(browser: Browser) -> None:
    seen = browser.open(of("hostile"), width=400)
    assert (seen.asked, seen.said) == ([], [])
    assert seen.count("img") == 0
    assert seen.count(".chart:has(svg.main-svg)") == seen.count(".chart") > 0
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= 400
    seen.tab.close()


def test_without_javascript_tables_and_sentences_remain(browser: Browser) -> None:
    seen = browser.open(of("eight"), java_script_enabled=False)
    assert seen.count(".matrix:visible, .back:visible, .plot:visible") == 3
    seen.tab.eval_on_selector_all("details.part", "parts => parts.map((part) => part.open = true)")
    assert seen.count("figcaption:visible") == seen.count("figure") == 18
    assert seen.count(".chart:visible") == seen.count(".tools:visible") == seen.count(".downloads") == 0
    assert seen.count(".story:visible") == 24
    assert seen.count(".story:visible li") == 24 * 16
    assert seen.count("#legend:visible") == 0
    seen.tab.locator("#figure-owned summary").click()
    assert seen.count("#figure-owned td:visible") > 50
    seen.tab.close()


def test_it_prints_in_the_ink_of_the_light_page_on_white_paper(browser: Browser) -> None:
    seen = browser.open(of("one"))
    light = seen.tab.evaluate(INK)
    seen.look(1280, "dark")
    dark = seen.tab.evaluate(PAPER)
    assert seen.tab.evaluate(INK) != light
    seen.tab.emulate_media(media="print")
    assert seen.tab.evaluate(PAPER) == "rgb(255, 255, 255)"
    assert seen.tab.evaluate(INK) == light
    seen.tab.emulate_media(media="screen")
    assert seen.tab.pdf(format="A4")[:5] == b"%PDF-"
    seen.settled()
    assert seen.tab.evaluate(PAPER) == dark
    assert seen.said == []
    seen.tab.close()


def test_streams_are_all_there_when_they_are_printed(browser: Browser) -> None:
    """Printing does not wait: a stream that is still fading in would be missing on paper."""
    seen = browser.open(of("full"), unfolded=False)
    seen.tab.evaluate("location.hash = '#supply'")
    seen.tab.wait_for_selector(".sankey-link")
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
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A page of each study."""
    folder = tmp_path_factory.mktemp("studies")
    request = SearchRequest(toy(folder / "of", 5, SEARCH), plans=8, engine="simpy", workers=1, out=folder)
    return {
        "sweep": sweep_page(run(toy(folder / "sweep", 20), folder).result, "again", "abc"),
        "search": search_page(run_search(request, lambda done, more=0: None)[0], "again", "abc"),
        "given": sensitivity_text(sensitive("given")),
        "sobol": sensitivity_text(sensitive()),
        "discovery": discovery_text(discovered()),
        "relief": relief_page.page(relieved(depth=0.2, software=-0.05), "Toy", "again", "abc"),
        "survival": survival_page.page((stopped(6), stopped(2, "memory")), "Toy", "again", "abc"),
    }


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", ["sweep", "search", "given", "sobol", "discovery", "relief", "survival"])
def test_the_page_of_a_study_is_whole_without_a_script(
    browser: Browser, studies: dict[str, str], name: str, width: int, scheme: str
) -> None:
    """It asks for nothing, says nothing on the console, fits, begins with its picture, and axe finds nothing."""
    seen = browser.open(studies[name], width=width, scheme=scheme)
    assert (seen.asked, seen.said, seen.count("script")) == ([], [], 0)
    picture = seen.tab.locator("#picture").bounding_box()
    assert picture is not None
    assert picture["y"] < 900 - 300
    assert min(picture["width"], picture["height"]) > 60
    assert seen.count("details.part") == seen.count("details.part:not([open]) > summary > span:visible") > 0
    seen.tab.evaluate(UNFOLD)
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.violations() == []
    assert seen.tab.pdf(format="A4")[:5] == b"%PDF-"
    seen.tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_studies_draw_has_the_colours_of_the_style(browser: Browser, studies: dict[str, str], scheme: str) -> None:
    """A colour that no style gives would be black, or none; on a map, values are read on every shade."""
    drawn = {
        "discovery": (".miss, .hit, .peel, .inside, .chosen", "stroke", 3),
        "sobol": ("svg .all, svg .alone", "fill", 2),
    }
    for name, (marks, what, different) in drawn.items():
        seen = browser.open(studies[name], scheme=scheme)
        painted = {tuple(each) for each in seen.tab.eval_on_selector_all(marks, PAINTED, what)}
        assert len(painted) == different
        assert (0, 0, 0) not in painted
        seen.tab.close()
    seen = browser.open(studies["sweep"], scheme=scheme)
    cells = seen.tab.eval_on_selector_all(".heat td", PAINTED, "backgroundColor")
    value, *_ = seen.tab.eval_on_selector_all(".heat td small", PAINTED, "color")
    assert len({tuple(cell) for cell in cells}) > 1
    assert min(contrast(cell, value) for cell in cells) >= 4.5
    seen.tab.close()
