"""The first screen in a real browser: the answer as a picture, before anything is unfolded."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.report.browser import Browser, Sight
from tests.report.pages import of

pytestmark = pytest.mark.browser

SCREEN = 1000
"""How high it is."""

SCREENS = {"one": 3, "full": 3, "four": 3, "eight": 4}
"""Within how many the details begin."""


@pytest.fixture(scope="module", params=SCREENS)
def folded(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Sight, int]]:
    """A page as it opens, and within how many screens its details begin."""
    seen = browser.open(of(request.param), unfolded=False, height=SCREEN)
    yield seen, SCREENS[request.param]
    seen.tab.close()


def top(seen: Sight, selector: str) -> float:
    """Where an element begins, in pixels from the top of the page."""
    result: float = seen.tab.locator(selector).first.evaluate("each => each.getBoundingClientRect().top + scrollY")
    return result


def test_the_picture_is_on_the_first_screen_and_all_else_is_folded(folded: tuple[Sight, int]) -> None:
    seen, screens = folded
    assert top(seen, "#picture") < 400
    assert top(seen, ".details") < screens * SCREEN
    assert seen.count("details.part[open]") == 0
    assert seen.count("details.part > summary:visible") == seen.count("details.part") > 10
    assert (seen.asked, seen.said) == ([], [])


def test_every_part_says_in_a_line_what_it_holds(folded: tuple[Sight, int]) -> None:
    seen, _ = folded
    lines = seen.tab.locator("details.part > summary > span").all_inner_texts()
    assert all(line.endswith(".") and 10 < len(line) < 140 for line in lines)
    assert len(set(lines)) == len(lines)


def test_what_is_printed_is_the_brief(folded: tuple[Sight, int]) -> None:
    """On two sheets at most; of several scenarios on three."""
    seen, _ = folded
    printed = seen.tab.pdf(prefer_css_page_size=True)
    sheets = printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ")
    assert 0 < sheets <= (3 if seen.count("#legend") else 2)


@pytest.mark.parametrize("folded", ["one", "full", "four"], indirect=True)
def test_one_page_is_printed_by_its_button(folded: tuple[Sight, int]) -> None:
    seen, _ = folded
    seen.tab.evaluate("window.print = () => {}")
    seen.tab.get_by_role("button", name="Print one page").click()
    seen.tab.emulate_media(media="print")
    assert seen.count("#picture:visible") == 1
    assert seen.count(".details:visible") == 0
    printed = seen.tab.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
    assert seen.count("html.one-page") == 0
    seen.tab.emulate_media(media="screen")


def test_a_part_is_drawn_when_it_is_opened_and_an_address_opens_it(browser: Browser) -> None:
    seen = browser.open(of("four"), unfolded=False)
    assert seen.count(".chart:has(svg.main-svg)") == 0
    seen.tab.locator("#money > summary").click()
    seen.tab.wait_for_selector("#chart-cash-0 svg.main-svg")
    seen.tab.evaluate("location.hash = '#figure-owned'")
    seen.tab.wait_for_selector("#chart-owned-0 svg.main-svg")
    seen.tab.close()


def test_on_a_narrow_screen_rows_become_cards(browser: Browser) -> None:
    seen = browser.open(of("four"), unfolded=False, width=400)
    assert seen.count(".matrix thead:visible .q") == 0
    assert seen.count(".matrix .label:visible") >= 4 * 6
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= 400
    seen.tab.close()


PICTURES = {"#figure-owned": "baseline", "section:has(.plot)": "Negotiations stall", ".brief": "Works through"}
"""Figures that plotly draws and that the page draws, by a word that stands in them."""


@pytest.fixture(scope="module")
def pictured(browser: Browser) -> Iterator[Sight]:
    """The page of four, one of its figures unfolded."""
    seen = browser.open(of("four"), unfolded=False)
    seen.tab.evaluate("location.hash = '#figure-owned'")
    seen.settled()
    yield seen
    seen.tab.close()


@pytest.mark.parametrize("where", PICTURES)
def test_a_figure_is_saved_as_svg_and_as_png(pictured: Sight, where: str, tmp_path: Path) -> None:
    seen = pictured
    part = seen.tab.locator(where).first
    buttons = seen.tab.locator(f"{where} > .downloads, {where} > figcaption > .downloads").first
    for kind in ("SVG", "PNG"):
        button = buttons.get_by_role("button", name=kind)
        button.focus()
        with seen.tab.expect_download() as download:
            seen.tab.keyboard.press("Enter")
        download.value.save_as(tmp_path / kind)
        assert download.value.suggested_filename.endswith(f".{kind.lower()}")
    svg = ElementTree.fromstring((tmp_path / "SVG").read_text(encoding="utf-8"))
    title = (seen.tab.locator("h1") if where == ".brief" else part.locator("h2, h3").first).text_content()
    words = [text.text or "" for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == title
    assert str(title).split()[0] in " ".join(words)
    assert PICTURES[where] in words
    assert "var(--" not in (tmp_path / "SVG").read_text(encoding="utf-8")
    image = (tmp_path / "PNG").read_bytes()
    size = [int.from_bytes(image[start : start + 4], "big") for start in (16, 20)]
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert size == [int(2.0 * float(svg.attrib[name])) for name in ("width", "height")]
    assert ([url for url in seen.asked if not url.startswith("blob:")], seen.said) == ([], [])
    seen.tab.emulate_media(media="print")
    assert seen.count(".downloads button:visible") == 0
    seen.tab.emulate_media(media="screen")


def test_the_brief_can_be_copied_as_text(browser: Browser) -> None:
    seen = browser.open(of("one"), unfolded=False)
    seen.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = seen.tab.locator("#brief-text").input_value()
    assert text.startswith(f"# {seen.tab.locator('h1').inner_text()}")
    seen.tab.get_by_role("button", name="Copy as text").click()
    seen.tab.wait_for_selector("#copy:has-text('Copied')")
    assert seen.tab.evaluate("navigator.clipboard.readText()") == text
    seen.tab.close()
