"""What was not there by the horizon, or has no bound, is never printed as if it were known."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from sim.findings import markdown
from sim.findings.comparison import ScenarioResult
from sim.findings.comparison_answer import compare
from sim.findings.findings import findings
from sim.report.contents import PageContents
from sim.report.figure import Figure, Panel
from sim.report.figures.campaigns import campaigns
from sim.report.figures.differences import forest
from sim.report.figures.exceedance import exceedance
from sim.report.page import page
from tests.findings.toy import RUN, outcomes, series


def case(id: str, table: pd.DataFrame) -> ScenarioResult:
    return ScenarioResult(id, findings(replace(RUN, name=id), table), (), table, series())


def late(share: float) -> pd.DataFrame:
    """Delays of 1 to 200 months, of which the last are not out by the horizon."""
    table = outcomes()
    return table.assign(second_released=(table["second_delay"] <= 200.0 * (1.0 - share)).astype(float))


def symbols(panel: Panel) -> list[str]:
    return [trace["marker"]["symbol"] for trace in panel.spec["data"] if trace.get("mode") == "markers"]


def texts(figure: Figure) -> Iterator[tuple[str, ...]]:
    for row in figure.table.rows:
        yield tuple(cell.text for cell in row)


def test_a_median_past_the_horizon_is_a_bound_on_the_calendar_and_in_words() -> None:
    calendar, dates, *_ = campaigns([case("toy", late(0.6))])
    *_, (_, _, second) = calendar.table.rows
    assert second.text.startswith("after ")
    assert " to after " in second.small
    assert "The second flagship: median after " in calendar.says
    assert "The second flagship: median > 100 months." in dates.says
    assert symbols(dates.panels[1]) == ["triangle-right"]


def test_an_end_past_the_horizon_leaves_the_median_known() -> None:
    calendar, dates, *_ = campaigns([case("toy", late(0.2))])
    *_, (_, _, second) = calendar.table.rows
    assert not second.text.startswith("after ")
    assert " to after " in second.small
    assert "The second flagship: median 100 months." in dates.says
    assert symbols(dates.panels[1]) == ["circle", "triangle-right"]


def test_medians_past_the_horizon_come_last() -> None:
    _, dates, *_ = campaigns([case("late", late(0.6)), case("later", late(0.1).assign(second_delay=120.0))])
    assert "The second flagship: medians from 120 (later) to > 100 months (late)." in dates.says


def test_values_that_futures_exceed_are_bounds_too() -> None:

    rows = [text for name, text in texts(exceedance([case("toy", late(0.6))])) if name == "Second flagship, delay"]
    assert rows == ["20 months", "> 100 months", "> 180 months"]


def test_a_difference_says_how_much_of_it_is_open() -> None:
    later = late(0.25).assign(second_delay=lambda table: table["second_delay"] + 1.0)
    result = forest(compare([case("a", late(0.0)), case("b", later)], 1))
    assert result is not None
    cells = {row[0].text: row[1].small for row in result.table.rows}
    assert cells["Second flagship, delay"].startswith("worse in 25%, better in 0%; up to 24 months, 25% open; variance")
    assert cells["Owned compute"] == "no future differs"
    assert result.says.endswith("Open: not there by the horizon in one of the two.")


def test_one_future_has_a_page_with_open_errors() -> None:
    comparison = compare([case("a", outcomes(1)), case("b", outcomes(1).assign(train_short=0.5))], 1)
    assert (
        comparison.headline
        == "In no scenario does training lack more of its compute than in “a”, beyond simulation error."
    )
    assert "-50 points ± open" in markdown.comparison(comparison)
    assert "± open" in page(PageContents("Toy", comparison))
