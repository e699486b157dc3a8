"""The pages of sensitivity and discovery: they say what was found, and ask for nothing."""

import re
from dataclasses import replace
from datetime import date

import pytest

from sim.measures.intervals import Interval
from sim.measures.wording import percent_text
from sim.studies.discovery.page import place
from sim.studies.sensitivity.page import Row, end_text, matrix, scale_end
from sim.studies.study import gate_of
from sim.template.blocks import STARTING
from tests.report.studies import NAMES, OPENING, discovered, discovery_text, sensitive, sensitivity_text


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {
        "given": sensitivity_text(sensitive("given")),
        "sobol": sensitivity_text(sensitive()),
        "morris": sensitivity_text(sensitive("morris", gate_of("mean(train_short) <= 50%"), turns=False)),
        "discovery": discovery_text(discovered()),
        "nothing": discovery_text(discovered(missing=False)),
    }


def test_they_ask_for_nothing_and_run_nothing(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert "<script" not in text
        assert "default-src 'none'" in text
        assert not re.search(r"(?:src|href)=", text)
        assert "again --now" in text
        assert "abc123" in text
        assert len(text) < 120_000
    assert "Toy &amp; &lt;b&gt;friends" in pages["sobol"]


def test_every_drawing_has_words(pages: dict[str, str]) -> None:
    """One that numbers beside it say again is hidden from those who hear the page."""
    for text in pages.values():
        assert text.count("<svg") == len(
            re.findall(r'<svg [^>]*(?:aria-hidden="true"|role="img" aria-label="\S)', text)
        )
        assert text.index("<h1>") < text.index("<details")


def test_sensitivity_answers_first() -> None:
    result = sensitive()
    assert result.headline == (
        "Training shortfall hinges most on cash on the first day (Capital): 40% of the variance alone and with others."
    )
    assert result.answer == (
        "Training shortfall: moved most by cash on the first day (Capital), 40% of the variance alone and with others, "
        "more of it raises this; chance makes 20% of its variance.",
        "The main bottleneck of training, money, turns with cash on the first day (Capital): "
        "below $300M it is export and import rules.",
    )
    assert sensitive(turns=False).turning.endswith("does not turn with any of the 2 leading assumptions alone.")
    text = sensitivity_text(result)
    assert f"<h1>{result.headline}</h1>" in text
    assert text.index(result.turning) < text.index('id="picture"')


def test_the_title_names_what_leads_the_matrix() -> None:
    for method in ("given", "sobol", "morris"):
        result = sensitive(method)
        first = matrix(result)[0][0]
        assert (first.title, first.of) == ("Cash on the first day", "Capital")
        assert f"cash on the first day (Capital): {first.cells[0] and first.cells[0].text}" in result.headline


def test_bars_are_as_long_as_their_numbers() -> None:
    """0.4 with its interval reaches 0.44, so the scale ends at half."""
    result = sensitive()
    assert end_text(result.findings[0]) == "50%"
    rows, left_out = matrix(result)
    cell = rows[0].cells[0]
    assert cell is not None
    assert (cell.length, cell.alone, cell.low, cell.high) == (80.0, 62.0, 72.0, 88.0)
    assert (cell.text, cell.interval, cell.way, cell.tone) == ("40%", "36% to 44%", "raises", "worse")
    assert [row.cells[0].sure for row in rows if row.cells[0]] == [True, True, True, True, True, False]
    assert left_out == 1


@pytest.mark.parametrize(("longest", "end"), [(0.0, 1.0), (0.26, 0.3), (0.3, 0.3), (0.99, 1.0), (1.4, 1.0)])
def test_a_scale_of_shares_ends_at_a_round_number(longest: float, end: float) -> None:
    finding = sensitive("given").findings[0]
    index = replace(finding.indices[0], first=Interval(0.0, 0.0, longest))
    assert scale_end(replace(finding, indices=(index,))) == pytest.approx(end)


def test_leading_assumptions_show_what_they_rest_on(pages: dict[str, str]) -> None:
    """Cash is disclosed by nobody; growth has a source with a date and an address."""
    table = pages["given"].split("What the leading assumptions rest on</h2>")[1]
    assert table.index(NAMES[0]) < table.index("none disclosed") < table.index(NAMES[1])
    assert re.search(r"\(20\d\d-\d\d-\d\d\).*https://", table)


def test_a_block_is_followed_by_its_inputs() -> None:
    result = sensitive()
    rows = matrix(result)[0]

    def told(row: Row) -> tuple[str, bool, str]:
        return row.title, row.is_part, row.cells[0].text if row.cells[0] else ""

    at = [row.title for row in rows].index("Starting position")
    assert rows[at].of == "2 inputs as one"
    assert list(map(told, rows[at : at + 3])) == [
        ("Starting position", False, "13%"),
        ("From one flagship's due date to the next", True, "5%"),
        ("Work of the final run of the lab's last flagship", True, "0%"),
    ]
    assert f"{STARTING}: alone 5% (2% to 8%), in all 13% (9% to 17%)" in "\n".join(result.lines())
    assert f"    of which {OPENING[0]}: 5% (3% to 7%)" in result.lines()


def test_a_box_is_drawn_where_it_lies() -> None:
    result = discovered()
    cash, growth = result.ranges[0]
    assert (cash.name, growth.name) == NAMES[:2]
    assert (cash.start, cash.stop) == pytest.approx((0.6, 1.0), abs=0.03)
    assert (growth.start, growth.stop) == pytest.approx((0.5, 1.0), abs=0.03)
    assert result.cloud is not None
    inside = [m for a, b, m in result.cloud.points if a > result.cloud.across.start and b > result.cloud.up.start]
    outside = sum(m for _, _, m in result.cloud.points) - sum(inside)
    assert sum(inside) / len(inside) > 0.8
    assert outside / (len(result.cloud.points) - len(inside)) < 0.1


def test_discovery_answers_first_and_says_how_early(pages: dict[str, str]) -> None:
    result, text = discovered(), pages["discovery"]
    box = result.boxes[0].box
    assert (
        f"missed in {percent_text(result.missed)} of 2,000 futures, and in {percent_text(box.density)} of those" in text
    )
    assert text.index("<h1>The target is missed in ") < text.index("Training shortfall at most 50%, in each future")
    assert text.index("14 months before the end of 2027") < text.index("Box 1: missed in") < text.index("<details")
    assert "at or below $250M" in text
    assert "2 of the first 3 questions of a classification tree are about an assumption that limits a box." in text


def test_a_signpost_stands_at_its_month() -> None:
    """October 2026 of April 2026 to December 2027: 30% of the way."""
    result = discovered()
    assert place(result, result.scenario.start) == 0.0
    assert place(result, result.until) == 100.0
    assert place(result, date(2026, 10, 31)) == pytest.approx(100 * 191 / 617, abs=0.1)
    assert "October 2026" in discovery_text(result)


def test_where_nothing_is_missed_the_page_says_so(pages: dict[str, str]) -> None:
    text = pages["nothing"]
    assert "<h1>The target is missed in 0% of 2,000 futures.</h1>" in text
    assert "no future misses it, so there is nothing to explain." in text
    assert 'id="picture"' not in text
