"""The pages of sweeps and searches, and what build servers read."""

import re
from dataclasses import replace
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.errors import Place
from sim.measures.gates import Judgement
from sim.measures.wording import amount
from sim.report import ci
from sim.requests import SearchRequest
from sim.scenario.scenario import Text
from sim.studies.search import job as searching
from sim.studies.search.nsga2 import Answer
from sim.studies.search.page import page as search_page
from sim.studies.search.results import SearchResult
from sim.studies.sweep import job as sweeping
from sim.studies.sweep import maps
from sim.studies.sweep.headline import headline
from sim.studies.sweep.job import SweepOutcome
from sim.studies.sweep.objectives import read_objective
from sim.studies.sweep.results import leading
from tests.engine.test_sweep_faults import run, toy


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
    assert len(text) < 100_000


def test_maps_hold_what_the_points_came_to(outcome: SweepOutcome) -> None:
    """Each cell has the number and the verdict of its point, the highest level of burn first; a line where it turns."""
    estimates = zip(outcome.result.points, (100.0, 0.0, 0.0, 0.0, 0.0, 100.0), strict=True)
    turned = [
        replace(each, target=replace(each.target, estimate=replace(each.target.estimate, value=months)))
        for each, months in estimates
        if each.target
    ]
    for number in (0, 1):
        (drawn,) = maps.maps(replace(outcome.result, points=tuple(turned)), number)
        shown = [cell for _, cells in reversed(drawn.rows) for cell in cells]
        points = [turned[cash * 2 + burn] for burn in (0, 1) for cash in (0, 1, 2)]
        unit = outcome.result.sweep.measures[number].unit
        assert [cell.text for cell in shown] == [each.summaries[number].centre.bare(unit) for each in points]
        assert [cell.state for cell in shown] == [maps.STATES[each.target.judgement] for each in points if each.target]
        met = [each.target.holds for each in points if each.target]
        assert len(set(met)) == 2
        assert ["edge-left" in cell.edges for cell in shown] == [i % 3 > 0 and met[i] != met[i - 1] for i in range(6)]
        assert ["edge-top" in cell.edges for cell in shown] == [*(met[i] != met[i + 3] for i in range(3)), *[False] * 3]
    text = (outcome.published.folder / "report.html").read_text(encoding="utf-8")
    assert ["edge-" in drawn for drawn in text.split('class="heat"')[1:]] == [True, True]


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        ("fffppp", "Cash on the first day (Capital): the target is met nowhere at $10M and everywhere at $1bn."),
        ("ffffff", "The target is missed at all 6 points."),
        ("uuuuuu", "The target is too close to call at all 6 points."),
        ("ffppup", "Cash on the first day (Capital): the target is met nowhere at $10M and everywhere at $100M."),
        ("fpfpfp", "Burn | heat: the target is met nowhere at $0 / year and everywhere at $60M / year."),
        ("fpuupf", "The target is met at 2, missed at 2 and too close to call at 2 of 6 points."),
    ],
)
def test_the_title_says_where_the_target_is_met(outcome: SweepOutcome, judged: str, said: str) -> None:
    names: dict[str, Judgement] = {"p": "passes", "f": "fails", "u": "undecided"}
    points = tuple(
        replace(each, target=replace(each.target, judgement=names[letter]))
        for each, letter in zip(outcome.result.points, judged, strict=True)
        if each.target
    )
    assert headline(replace(outcome.result, points=points)) == said


def test_the_page_begins_with_its_title_and_folds_its_details(outcome: SweepOutcome) -> None:
    text = (outcome.published.folder / "report.html").read_text(encoding="utf-8")
    assert f"<h1>{escape(headline(outcome.result), quote=False)}</h1>" in text
    assert text.index("Target: mean lowest runway at least 60 months.") < text.index('class="heat"')
    assert text.index('class="heat"') < text.index("<details") < text.index("Every point")


def test_what_moves_nothing_is_not_said_to_move(outcome: SweepOutcome) -> None:
    still = [replace(each, summaries=(each.summaries[0],) * 2) for each in outcome.result.points[:1] * 6]
    alike = [replace(each, point=other.point) for each, other in zip(still, outcome.result.points, strict=True)]
    assert leading(outcome.result)
    assert leading(replace(outcome.result, points=tuple(alike))) == []


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


PLACE = Place("search", 1, 1)

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
    assert f"{result.kept} of 10 plans keep them" in text
    assert "mean lowest cash at least $930M." in text
    assert text.count('class="unfit"') == 10 - result.kept + 1  # and the key
    assert {each.answer.feasible for each in result.tried if each.regret is None} == {False}


def test_the_axes_of_a_search_have_their_ends(searched: tuple[SearchResult, str]) -> None:
    result, text = searched
    burn = sorted(result.tried, key=lambda each: each.plan[0])
    cash = sorted(each.answer.objectives[0] for each in result.tried)
    ends = (burn[0].texts[0], burn[-1].texts[0], amount(cash[0], "USD"), amount(cash[-1], "USD"))
    assert re.findall(r'<text class="(?:start|end)"[^>]*>([^<]+)<', text) == list(ends)


def test_a_plan_that_broke_is_not_drawn(searched: tuple[SearchResult, str]) -> None:
    result, text = searched
    broken = replace(result.tried[0], answer=Answer((1e300,), (1.0,), broke=True), best=False, regret=None)
    again = search_page(replace(result, tried=(broken, *result.tried[1:])), "x", "y")
    drawn = r'<circle class="(?:plan|best)" [^>]*><title>|class="unfit" d="M\d+\.'
    assert len(re.findall(drawn, again)) == len(re.findall(drawn, text)) - 1 == 9
    assert "1 plan broke and is not drawn" in again


def test_no_plan_is_called_best_by_one_of_several_objectives(searched: tuple[SearchResult, str]) -> None:
    """Cash against burn: what is better in one is worse in the other, so all that keep the constraint stay."""
    result, _ = searched
    second = read_objective(Text("mean(owned)", PLACE), [])
    assert second
    more = replace(result.sweep, objectives=(*result.sweep.objectives, second))
    kept = [each for each in result.tried if each.answer.feasible]
    tried = tuple(
        replace(
            each,
            best=True,
            answer=replace(each.answer, objectives=(float(i), float(-i)), scores=2 * each.answer.scores),
        )
        for i, each in enumerate(kept)
    )
    several = replace(result, sweep=more, tried=tried)
    many = f"{len(kept)} plans that keep all constraints"
    assert several.headline == f"No plan is best in all: of {many}, {len(kept)} are beaten by no other."
    assert (several.best_in(0), several.best_in(1)) == (tried[-1], tried[0])
    assert {tried[0].number, tried[-1].number} <= {each.number for each in several.spread}
    one = replace(result, tried=tried[:1])
    assert one.headline == "Of 1 plan that keeps all constraints, one is beaten by no other."


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
