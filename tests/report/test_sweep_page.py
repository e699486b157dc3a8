"""The pages of sweeps and searches, and what build servers read."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest

from sim.measures.wording import amount
from sim.report import ci
from sim.requests import SearchRequest
from sim.studies.search import job as searching
from sim.studies.search.nsga2 import Answer
from sim.studies.search.page import page as search_page
from sim.studies.search.results import SearchResult
from sim.studies.sweep import job as sweeping
from sim.studies.sweep import maps
from sim.studies.sweep.job import SweepOutcome
from sim.studies.sweep.page import page
from sim.studies.sweep.results import leading, two_ways
from tests.engine.test_sweep_faults import run, toy
from tests.report.apart import made_apart


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> SweepOutcome:
    folder = tmp_path_factory.mktemp("page")
    text = """
name: Toy & <b>friends</b>
scenarios: [small.yaml]
futures: {futures}
factors:
  - {{path: capital.cash, values: [$10M, $100M, $1bn]}}
  - {{path: capital.operations, name: Burn | heat, values: [$0 / year, $60M / year]}}
measures: [lowest_runway, insolvent]
target: mean(lowest_runway) >= 60
gates: [prob(insolvent) < 5%]
"""
    return run(toy(folder, 20, text), folder / "out")


def test_the_page_asks_for_nothing_and_runs_nothing(outcome: SweepOutcome) -> None:
    text = (outcome.published.folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=", text)
    assert "Toy &amp; &lt;b&gt;friends" in text
    assert text.count("<svg") == 2
    assert len(text) < 100_000


def test_the_target_is_drawn_on_every_map(outcome: SweepOutcome) -> None:
    """Its measure need not be the one that is mapped: here it leads through the map of insolvency too."""
    text = (outcome.published.folder / "report.html").read_text(encoding="utf-8")
    assert [drawn.count('class="contour"') > 0 for drawn in text.split("<svg")[1:]] == [True, True]


def test_what_moves_nothing_is_not_said_to_move(outcome: SweepOutcome) -> None:
    still = [replace(each, summaries=(each.summaries[0],) * 2) for each in outcome.result.points[:1] * 6]
    alike = [replace(each, point=other.point) for each, other in zip(still, outcome.result.points, strict=True)]
    assert leading(outcome.result)
    assert leading(replace(outcome.result, points=tuple(alike))) == []


def test_a_long_label_is_cut_and_leaves_room_for_the_cells(outcome: SweepOutcome) -> None:
    """A setting may be a whole distribution, longer than the map is wide."""
    map_ = two_ways(outcome.result)[0]
    text = "{p5: 10, p50: 20, p95: 30, note: " + "long " * 30 + "}"
    levels = tuple((replace(level[0], text=text),) for level in map_.up.levels)
    drawn = maps.heat(replace(map_, up=replace(map_.up, levels=levels)), None)
    assert min(float(width) for width in re.findall(r'width="([^"]*)"', drawn)) > 100.0
    assert drawn.count(f"<title>{text}</title>") == len(levels)
    assert "…</text>" in drawn


def swept() -> str:
    """The page of a small sweep, whatever folder it ran in."""
    with TemporaryDirectory() as folder:
        return page(run(toy(Path(folder), 5), Path(folder) / "out").result, "x", "y")


def test_equal_results_are_equal_pages() -> None:
    assert made_apart("tests.report.test_sweep_page", "swept") == hashlib.sha256(swept().encode()).hexdigest()


def test_the_contour_runs_where_the_target_is_met() -> None:
    """A field that falls from 1 to -3 to the right crosses zero a quarter of the way, on each row."""
    result = maps.contour(((1.0, -3.0), (1.0, -3.0)), 10.0, 100.0, 50.0)
    assert len(result) == 1
    (a, b, c, d) = result[0]
    assert {a, c} == {10.0 + 50.0 + 25.0}
    assert {b, d} == {maps.TOP + 25.0, maps.TOP + 75.0}
    assert maps.contour(((1.0, 2.0), (1.0, None)), 10.0, 100.0, 50.0) == []


def test_junit_is_xml_that_counts(outcome: SweepOutcome) -> None:
    suite = ElementTree.fromstring((outcome.published.folder / "junit.xml").read_text(encoding="utf-8"))
    assert suite.attrib["name"] == "Toy & <b>friends</b>"
    judged = [verdict.judgement for verdict in outcome.result.verdicts]
    assert len(judged) == 6
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase")) == 6
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == judged.count("fails") > 0
    assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error")) == judged.count("undecided")


def test_the_summary_is_a_table_with_failures_first(outcome: SweepOutcome) -> None:
    text = (outcome.published.folder / "summary.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| small")]
    assert len(rows) == 6
    assert "**fails**" in rows[0]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


def test_annotations_point_at_the_gates_line(outcome: SweepOutcome) -> None:
    line = ci.annotations(sweeping.cases_of(outcome.result))[0]
    number = outcome.result.sweep.path.read_text().splitlines().index("gates: [prob(insolvent) < 5%]") + 1
    assert re.match(rf"::(error|warning) file=.*toy\.yaml,line={number},col=9::", line)
    assert "\n" not in line


SEARCH = """
name: Toy search
scenarios: [small.yaml]
futures: {futures}
design: search
points: 25
factors:
  - {{path: capital.operations, name: Burn, between: [$0 / year, $60M / year]}}
objectives: [worst(lowest_cash)]
gates: [prob(insolvent) < 50%]
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[SearchResult, str]:
    """A search of which some plans break the constraint, and its page."""
    pytest.importorskip("optuna")
    folder = tmp_path_factory.mktemp("search")
    path = toy(folder, 10, SEARCH.replace("prob(insolvent) < 50%", "mean(lowest_cash) >= $930M"))
    request = SearchRequest(path, plans=10, engine="compiled", workers=1, out=folder / "out")
    result, written = searching.run_search(request, lambda done, more=0: None)
    return result, (written.folder / "report.html").read_text(encoding="utf-8")


def test_a_search_says_what_keeps_its_constraints(searched: tuple[SearchResult, str]) -> None:
    result, text = searched
    assert 0 < result.kept < 10
    assert f"{result.kept} of 10 plans keep all constraints" in text
    assert "<code>mean(lowest_cash) &gt;= $930M</code>" in text
    assert text.count('class="plan unfit"') == 10 - result.kept
    assert {each.answer.feasible for each in result.tried if each.regret is None} == {False}


def test_the_axes_of_a_search_have_their_ends(searched: tuple[SearchResult, str]) -> None:
    result, text = searched
    burn = sorted(result.tried, key=lambda each: each.plan[0])
    cash = sorted(each.answer.objectives[0] for each in result.tried)
    ends = (burn[0].texts[0], burn[-1].texts[0], amount(cash[0], "USD"), amount(cash[-1], "USD"))
    assert set(re.findall(r'class="tick"[^>]*>([^<]+)<', text)) == set(ends)


def test_a_plan_that_broke_is_not_drawn(searched: tuple[SearchResult, str]) -> None:
    result, text = searched
    broken = replace(result.tried[0], answer=Answer((1e300,), (1.0,), broke=True), best=False, regret=None)
    again = search_page(replace(result, tried=(broken, *result.tried[1:])), "x", "y")
    assert again.count("<polyline") == text.count("<polyline") - 1
    assert "1 broke and are not drawn" in again


def test_a_search_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    request = SearchRequest(toy(tmp_path, 10, SEARCH), plans=5, engine="compiled", workers=1, out=tmp_path / "out")
    ran: list[int] = []
    first, folder = searching.run_search(request, lambda done, more=0: ran.append(done))
    assert sum(ran) == 50
    whole, again = searching.run_search(replace(request, plans=None), lambda done, more=0: ran.append(done))
    assert sum(ran) == 250
    fresh = replace(request, plans=None, out=tmp_path / "fresh")
    _, other = searching.run_search(fresh, lambda done, more=0: None)
    for name in ("plans.parquet", "search.json", "report.html"):
        assert (again.folder / name).read_bytes() == (other.folder / name).read_bytes()
    assert [each.texts for each in first.tried] == [each.texts for each in whole.tried[:5]]
    assert whole.best[0].plan[0] < 0.1
    assert folder != again
