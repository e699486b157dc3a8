"""The pages of sensitivity and discovery: they say what was found, and ask for nothing."""

import re

import pytest

from sim.studies.sensitivity.analysis import LUCK
from sim.studies.sensitivity.page import chart, scale_end
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


def test_equal_results_are_equal_pages(pages: dict[str, str]) -> None:
    assert sensitivity_text(sensitive()) == pages["sobol"]
    assert discovery_text(discovered()) == pages["discovery"]


def test_every_figure_says_what_it_shows(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert text.count("<figure>") == len(re.findall(r"<figure>\s*<figcaption>\s*(?:<h3>.*</h3>\s*)?<p>\S", text))
        assert text.count("<svg") == len(re.findall(r'<svg [^>]*role="img" aria-label="\S', text))


def test_sensitivity_answers_first() -> None:
    most, turns = sensitive().answer
    assert most == (
        "Training shortfall: moved most by capital.cash (cash on the first day), 40% of the variance with all that it "
        "does together with others, more raises it; luck makes 20% of its variance."
    )
    assert turns == (
        "The main bottleneck of training, money, turns with capital.cash (cash on the first day): "
        "below $300M it is export and import rules."
    )
    assert sensitive(turns=False).turning.endswith("does not turn with any of the 2 leading assumptions alone.")
    text = sensitivity_text(sensitive())
    assert text.index("moved most by capital.cash") < text.index("<h2>")


def test_bars_are_as_long_as_their_numbers() -> None:
    """0.4 with its interval reaches 0.44, so the scale ends at half."""
    result = sensitive()
    drawn = chart(result, result.findings[0])
    assert drawn.end == "50% of the variance"
    first, total = drawn.rows[0].bars
    assert (first.length, first.low, first.high, first.text) == (62.0, 56.0, 68.0, "31% (28% to 34%)")
    assert (total.length, total.low, total.high, total.text) == (80.0, 72.0, 88.0, "40% (36% to 44%)")
    assert [row.sure for row in drawn.rows] == [True, True, True, True, True, False, True, False]
    assert (drawn.rows[0].way, drawn.rows[-1].way) == ("more raises it", "may be chance")


@pytest.mark.parametrize(("longest", "end"), [(0.0, 1.0), (0.26, 0.3), (0.3, 0.3), (0.99, 1.0), (1.4, 1.0)])
def test_a_scale_of_shares_ends_at_a_round_number(longest: float, end: float) -> None:
    assert scale_end(longest, ()) == pytest.approx(end)


def test_leading_assumptions_show_what_they_rest_on(pages: dict[str, str]) -> None:
    """Cash is disclosed by nobody; growth has a source with a date and an address."""
    table = pages["given"].split("What the leading assumptions rest on</h2>")[1]
    assert table.index(NAMES[0]) < table.index("none disclosed") < table.index(NAMES[1])
    assert re.search(r"\(20\d\d-\d\d-\d\d\).*https://", table)


def test_a_block_is_followed_by_its_inputs(pages: dict[str, str]) -> None:
    result = sensitive()
    rows = chart(result, result.findings[0]).rows
    at = [row.name for row in rows].index(STARTING)
    assert rows[at].meaning == "2 inputs as one"
    assert [(row.name, row.is_part, row.bars[0].text) for row in rows[at : at + 4]] == [
        (STARTING, False, "5% (2% to 8%)"),
        (OPENING[0], True, "5% (3% to 7%)"),
        (OPENING[1], True, "0% (0% to 2%)"),
        (LUCK, False, "2% (0% to 5%)"),
    ]
    assert pages["sobol"].count('class="part"') == 2
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
    text = pages["discovery"]
    assert text.index("It is missed in ") < text.index("<h2>")
    assert "14 months before the end of 2027" in text
    assert "at or below $250M" in text
    assert "2 of these 3 questions are about an assumption that limits a box" in text


def test_where_nothing_is_missed_the_page_says_so(pages: dict[str, str]) -> None:
    text = pages["nothing"]
    assert "0% of the futures miss" in text
    assert "no future misses it, so there is nothing to explain." in text
    assert "<figure>" not in text
