import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sim.report.page import Assumption, Reproduction, page
from sim.study.findings import findings
from tests.study.toy import RUN, outcomes, series

HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)" x=\'',
    "</script><img src=http://example.org/x.png onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "‮drawkcab مرحبا",
    "🐉🧨 名前",
    "long " * 2_000,
]

REPRODUCTION = Reproduction("python -m sim run toy.yaml --seed 1", "ab12", (("python", "3.11"),))


def made(name: str = "Toy", why: str = "Why.", assumptions: tuple[Assumption, ...] = ()) -> str:
    run = replace(RUN, name=name, why=why)
    return page(findings(run, outcomes()), series(), assumptions, REPRODUCTION)


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


def without_library(text: str) -> str:
    return re.sub(r'(<script type="text/plain" id="library">)[^<]*', r"\1", text)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_scenario_says_is_text(name: str) -> None:
    value = Assumption(name, name, name, name, name, "fixed")
    seen, clean = Seen(made(name, name, (value,))), Seen(made())
    assert name.strip() in seen.text
    assert seen.count("script") == clean.count("script") == 3
    assert seen.count("img") == 0
    assert not any(attribute.startswith("on") for _, attributes in seen.elements for attribute in attributes)


def test_nothing_is_fetched() -> None:
    text = without_library(made())
    linked = [
        attributes[name] for _, attributes in Seen(text).elements for name in ("src", "href") if name in attributes
    ]
    assert linked
    assert all(link and link.startswith("#") for link in linked)
    assert re.findall(r"url\(|@import|https?://", text) == []


def test_only_the_two_scripts_of_the_page_may_run() -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', made())
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert re.search(r"script-src( 'sha256-[A-Za-z0-9+/]{43}='){2};", policy[1])


def test_it_is_small() -> None:
    many = tuple(
        Assumption(f"market.offers.chip_{i}.yearly", "{p5: 1, p50: 2, p95: 3}", "chips", "a fact " * 10, "", "luck")
        for i in range(800)
    )
    assert len(made(assumptions=many).encode()) < 2_500_000


def test_equal_input_gives_equal_bytes() -> None:
    assert made() == made()


def test_every_chart_has_a_name_a_key_and_a_table() -> None:
    text = made()
    charts = json.loads(re.search(r'id="charts">([^<]*)<', text)[1])  # type: ignore[index]
    assert len(charts) == 7
    seen = Seen(text)
    for id in charts:
        attributes = next(found for _, found in seen.elements if found.get("id") == f"chart-{id}")
        assert attributes["role"] == "group"
        assert attributes["aria-label"]
    assert seen.count("figure") == seen.count("figcaption") == 7
    assert seen.count("details") == 8


def test_without_javascript_the_numbers_are_there() -> None:
    text = Seen(made()).text
    for part in (
        "The main bottleneck",
        "What stops training",
        "odds(insolvent)",
        "2027-12-31",
        "--seed 1",
        "Grey supply",
    ):
        assert part in text


def test_what_follows_the_leading_window_is_shaded() -> None:
    charts = json.loads(re.search(r'id="charts">([^<]*)<', made())[1])  # type: ignore[index]
    shade = charts["cash"]["layout"]["shapes"][0]
    assert (shade["x0"], shade["x1"]) == ("2028-01-01", "2030-12-31")
    assert charts["stopped_train"]["data"][0]["x"][-1] == "2027-12-31"


def test_a_series_that_touches_zero_keeps_its_linear_scale() -> None:
    table = series()
    table.loc[table["series"] == "tokens_served", "p5"] = 0.0
    text = page(findings(RUN, outcomes()), table, (), REPRODUCTION)
    charts = json.loads(re.search(r'id="charts">([^<]*)<', text)[1])  # type: ignore[index]
    assert charts["train_effective"]["layout"]["yaxis"]["type"] == "log"
    assert "type" not in charts["tokens_served"]["layout"]["yaxis"]


def test_a_leading_window_without_a_month_has_no_chart_of_gates() -> None:
    run = replace(RUN, leads_until=RUN.start)
    text = page(findings(run, outcomes()), series(), (), REPRODUCTION)
    assert "chart-cash" in text
    assert "chart-stopped_train" not in text
