import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from sim import report, studies
from sim.cli.brief_screen import lines
from sim.findings.glossary import GLOSSARY
from sim.measures.intervals import spread
from sim.report.contents import Assumption, PageContents, Source
from sim.report.figures import whiskers
from sim.report.figures.fans import COMPUTE, MONEY, fans
from sim.report.figures.whiskers import Row
from sim.report.page import page
from sim.world.arithmetic import MONTH
from tests.findings.toy import RUN
from tests.report import eight
from tests.report.pages import HOSTILE, alone, made, of


class Seen(HTMLParser):
    """What a browser would make of the page: elements, their attributes, and the text outside scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.elements if "id" in attributes]


def without_library(text: str) -> str:
    return re.sub(r'(<script type="text/plain" id="library">)[^<]*', r"\1", text)


def numbers(text: str) -> dict[str, Any]:
    """What plotly draws, by panel."""
    packed = re.search(r'id="numbers">([^<]*)<', text)
    assert packed is not None
    result: dict[str, Any] = json.loads(gzip.decompress(base64.b85decode(packed[1].replace(",", "<"))))
    return result


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_scenario_says_is_text(name: str) -> None:
    value = Assumption(name, name, "fixed", (name,), name, name)
    seen, clean = Seen(made(name, name, (value,))), Seen(made())
    assert name.strip() in seen.text
    assert seen.count("script") == clean.count("script") == 3
    assert seen.count("img") == 0
    assert not any(attribute.startswith("on") for _, attributes in seen.elements for attribute in attributes)


def test_names_on_axes_are_text_too_and_not_endless() -> None:
    drawn = numbers(made('<a href="javascript:alert(1)">x</a>'))
    name = drawn["campaign_dates-0"]["data"][0]["y"][0]
    assert "<" not in name
    assert "&lt;a" in name
    assert len(numbers(made("long " * 2_000))["campaign_dates-0"]["data"][0]["y"][0]) < 40


def test_nothing_is_fetched() -> None:
    text = without_library(of("eight"))
    linked = [
        attributes[name] for _, attributes in Seen(text).elements for name in ("src", "href") if name in attributes
    ]
    assert linked
    assert all(link and link.startswith("#") for link in linked)
    assert set(linked) <= {f"#{id}" for id in Seen(text).ids()}
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert re.findall(r"url\(|@import|https?://", style[1]) == []


def test_only_the_two_scripts_of_the_page_may_run() -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', made())
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert re.search(r"script-src( 'sha256-[A-Za-z0-9+/]{43}='){2};", policy[1])


def test_eight_scenarios_with_all_that_was_asked_are_small() -> None:
    assert len(of("eight").encode()) < 2_500_000


@pytest.mark.parametrize("name", ["eight", "one"])
def test_plotly_knows_all_that_is_drawn(name: str) -> None:
    """Its own objects refuse an attribute or a value that it does not have."""
    for spec in numbers(of(name)).values():
        assert go.Figure(spec).to_plotly_json()["data"] == spec["data"]


def test_every_panel_has_a_name_and_every_figure_a_sentence_and_a_table() -> None:
    text = of("eight")
    seen = Seen(text)
    by_id = {attributes["id"]: attributes for _, attributes in seen.elements if "id" in attributes}
    drawn = numbers(text)
    assert {f"chart-{id}" for id in drawn} == {id for id in by_id if str(id).startswith("chart-")}
    for id in drawn:
        assert by_id[f"chart-{id}"]["role"] == "group"
        assert by_id[f"chart-{id}"]["aria-label"]
    figures = re.findall(r"<figure id.*?</figure>", text, re.DOTALL)
    assert len(figures) == 18
    for figure in figures:
        assert re.search(r"<h3>[^<]+</h3>\s*<p>[^<]{20,}</p>", figure)
        assert re.search(r"<details>.*<tbody>\s*<tr>", figure, re.DOTALL)
    assert len(set(seen.ids())) == len(seen.ids())


def test_three_scenarios_have_every_kind_of_element_that_eight_have() -> None:
    """Every shade of better and worse, too."""

    def kinds(name: str) -> set[tuple[str, ...]]:
        elements = Seen(of(name)).elements
        styles = ((tag, style) for tag, attributes in elements for style in (attributes.get("class") or "").split())
        return {*styles, *((tag, *sorted(attributes)) for tag, attributes in elements)}

    assert kinds("three") == kinds("eight")


def test_without_javascript_the_numbers_are_there() -> None:
    text = Seen(made()).text
    for part in ("Training: points", "odds(insolvent)", "2027-12-31", "--seed 1", "Grey", "Owned compute"):
        assert part in text


def test_what_was_not_asked_is_said_where_a_reader_looks_for_it() -> None:
    text = Seen(made()).text
    for verb in ("relief", "story", "sensitivity"):
        assert f"python -m sim {verb}" in text
    asked = Seen(of("eight")).text
    for part in (
        "Not computed: what making",
        "No stories in this run",
        "Not ranked by how",
        "This run does not record",
    ):
        assert part in text
        assert part not in asked


def test_every_word_of_the_glossary_is_used_and_those_of_the_brief_lead_to_it() -> None:
    seen = ""
    for name, contents in (("four", eight.material(4)), ("full", eight.alone())):
        first, _, details = of(name).partition('class="details"')
        seen += " ".join((Seen(first).text + " ".join(lines(contents.comparison, None))).split()).lower()
        for term in GLOSSARY:
            assert f'<dt id="{term.id}">{term.word}</dt>\n<dd>{term.meaning}</dd>' in details
            assert re.fullmatch(r"[^.]{20,}\.", term.meaning)
        assert first.count(' class="word"') >= 6
    assert [term.word for term in GLOSSARY if term.word not in seen] == []
    assert len({term.id for term in GLOSSARY}) == len(GLOSSARY)


def test_the_verdicts_of_gates_stand_below_the_headline() -> None:
    verdicts = ("fails   p50(owned) >= <b>9</b>: 1", "passes  odds(insolvent) < 8%: 3%")
    text = page(PageContents("Toy", replace(alone(), verdicts=verdicts)))
    found = re.search(r"</h1>\s*<ul class=\"verdicts\"[^>]*>(.*?)</ul>", text, re.DOTALL)
    assert found
    assert re.findall(r"<li( class=\"worse\")?><bdi>(\w+)", found[1]) == [(' class="worse"', "fails"), ("", "passes")]
    assert "<b>" not in found[1]
    assert 'verdicts"' not in made()


def test_one_scenario_has_no_section_that_several_have() -> None:
    seen = Seen(made("Toy", "Why."))
    assert {"scenarios", "differences"} <= set(Seen(of("eight")).ids())
    assert {"scenarios", "differences"}.isdisjoint(seen.ids())
    assert "1 changed value" in seen.text


def test_what_follows_the_leading_window_is_shaded() -> None:
    drawn = numbers(made())
    shade = drawn["cash-0"]["layout"]["shapes"][0]
    assert (shade["x0"], shade["x1"]) == ("2028-01-01", "2030-12-31")
    assert drawn["ribbon_train-0"]["data"][0]["x"][-1] == "2027-12-31"


def test_what_is_extrapolated_does_not_crush_the_leading_window() -> None:
    """The toy grows by a hundred a month: at the horizon it is far above the end of the reporting window."""
    text = made()
    low, high = numbers(text)["cash-0"]["layout"]["yaxis"]["range"]
    assert (low, high) == pytest.approx((0.0, 1.15 * 21 * 100 * 2.0))
    assert "off the scale" in Seen(text).text


def test_an_axis_of_amounts_starts_at_nothing() -> None:
    def shown(value: float) -> list[float]:
        row = Row("a", 0, value, (value, value), (value, value))
        result: list[float] = whiskers.panel("", [row], "H100e").spec["layout"]["xaxis"]["range"]
        return result

    assert shown(0.0) == [-0.05, 1.05]
    assert shown(1_000.0) == [-50.0, 1_050.0]


def test_the_last_day_of_the_leading_window_is_as_its_measure_has_it() -> None:
    """The toy's futures own 1 to 200; its histograms say 2,100."""
    (owned,) = (figure for figure in fans(alone().scenarios, COMPUTE) if figure.id == "owned")
    assert "At the end of 2027 the median is 100 H100e" in owned.says
    assert next(row[1].text for row in owned.table.rows if row[0].text == "2027-12-31") == "100"


def test_a_runway_is_counted_up_to_its_end() -> None:
    """The middle of a histogram's last bin lies beyond."""
    comparison = alone()
    (told,) = comparison.scenarios
    told.series.loc[told.series["series"] == "runway", ["p50", "p75", "p95"]] = 122.0
    (runway,) = (figure for figure in fans(comparison.scenarios, MONEY) if figure.id == "runway")
    assert "122" not in runway.says + str(runway.panels) + str(runway.table)


def test_a_series_that_touches_zero_keeps_its_linear_scale() -> None:
    comparison = alone()
    (told,) = comparison.scenarios
    told.series.loc[told.series["series"] == "tokens_served", "p5"] = 0.0
    drawn = numbers(page(PageContents("Toy", comparison)))
    assert drawn["train_effective-0"]["layout"]["yaxis"]["type"] == "log"
    assert "type" not in drawn["tokens_served-0"]["layout"]["yaxis"]


def test_a_leading_window_without_a_month_has_no_ribbon() -> None:
    text = page(PageContents("Toy", alone(replace(RUN, reporting_until=RUN.start))))
    assert "chart-cash-0" in text
    assert "chart-ribbon_train-0" not in text


def test_each_scenario_keeps_its_colour_and_its_dash() -> None:
    drawn = numbers(of("eight"))
    lines = [
        (trace["meta"]["case"], trace["meta"]["line"], trace["line"]["dash"])
        for panel in ("owned-0", "cash-0", "exceedance-0")
        for trace in drawn[panel]["data"]
        if "band" not in trace["meta"]
    ]
    assert len(lines) == 3 * 8
    assert len(set(lines)) == len({case for case, _, _ in lines}) == len({dash for _, _, dash in lines}) == 8


def test_the_forest_shows_the_paired_means() -> None:
    contents = eight.material()
    result = contents.comparison.of("both", "train_short")
    drawn = numbers(of("eight"))
    places = list(dict.fromkeys(each.measure.name for each in contents.comparison.differences))
    panel = drawn[f"differences-{places.index('train_short')}"]["data"]
    (marks,) = (trace for trace in panel if trace.get("mode") == "markers")
    dots = {name.strip("\u2068\u2069"): x for name, x in zip(marks["y"], marks["x"], strict=True)}
    assert dots["both"] == pytest.approx(100.0 * result.paired.mean, rel=1e-3)
    assert set(dots) == set(eight.NAMES) - {"baseline"}


def test_the_ambition_stands_below_the_causes() -> None:
    names = numbers(of("eight"))["relief-0"]["data"][0]["y"]
    assert "the ambition, no cause" in names[-1]
    assert not [name for name in names[:-1] if "ambition" in name]


def test_a_delay_past_the_horizon_has_an_arrow() -> None:
    comparison = alone()
    (told,) = comparison.scenarios
    told.outcomes.loc[:20, "second_released"] = 0.0
    drawn = numbers(page(PageContents("Toy", comparison)))

    def symbols(panel: str) -> list[str]:
        return [trace["marker"]["symbol"] for trace in drawn[panel]["data"] if trace.get("mode") == "markers"]

    assert symbols("campaign_dates-0") == ["circle"]
    assert symbols("campaign_dates-1") == ["circle", "triangle-right"]


def test_a_bar_of_dates_is_as_long_in_milliseconds() -> None:
    outer = numbers(of("eight"))["campaign_calendar-0"]["data"][0]
    dates = eight.material().scenarios[0].outcomes
    row = outer["y"].index("\u2068baseline\u2069")
    late = dates["next_due"] + dates["next_delay"] * MONTH
    low, _, high = map(round, spread(late.to_numpy()))
    assert outer["x"][row] == pytest.approx((high - low) * 86_400_000, rel=0.02)


def test_ranked_assumptions_come_largest_first_either_way() -> None:
    values = tuple(
        Assumption(path, "1", "epistemic", moves=(moves,) if moves else ())
        for path, moves in (("a", 0.2), ("b", -0.7), ("c", 0.5), ("d", None))
    )
    text = page(replace(PageContents("Toy", alone(), values), ranked_by=("Training shortfall",)))
    assert re.findall(r"<th scope=\"row\"><code>(\w)</code>", text) == ["b", "c", "a"]
    assert "−0.70" in text


def test_a_cited_source_has_a_number_that_leads_to_it() -> None:
    value = Assumption("a.path", "1", "fixed", ("t.known", "a book"), of_section=True)
    text = page(
        PageContents("Toy", alone(), (value,), (Source("t.other", "no", ""), Source("t.known", "Yes", "A paper")))
    )
    assert 'for the section: <a href="#source-1">1</a>, <bdi>a book</bdi>' in text
    assert '<li id="source-1"><bdi>Yes</bdi>' in text
    assert "source-2" not in text


def test_many_stories_are_told_shorter_and_keep_what_mattered_most() -> None:
    text = of("eight")
    stories = re.findall(r'<article class="story".*?</article>', text, re.DOTALL)
    assert len(stories) == 24
    for story in stories:
        weights = re.findall(r'data-weight="(\d)"', story)
        days = re.findall(r"<time>([\d-]+)</time>", story)
        assert len(weights) == 16
        assert set(weights) == {"2"}
        assert days == sorted(days)


def test_every_name_that_a_style_uses_is_given_by_one() -> None:
    folders = (Path(file).parent for file in (report.__file__, studies.__file__))
    files = (file for folder in folders for file in folder.rglob("*"))
    sources = [file for file in files if file.suffix in (".css", ".j2", ".js", ".py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    used, given = re.findall(r"var\((--[\w-]+)", text), re.findall(r"(--[\w-]+)\s*:", text)
    assert set(used) <= set(given)


def test_a_source_that_brings_nothing_down_has_no_row() -> None:
    assert re.search(r"all imports</th>", of("eight"))
    assert "The others (1): training fails in no future." in of("eight")
    assert "imports of memory" not in of("eight")


def test_a_happening_of_no_future_has_no_odds() -> None:
    """Not 0%: it was asked of nobody."""
    assert re.search(r"a strike</th>\s*<td[^>]*>\s*–\s*<small>came about in no future", of("eight"))
