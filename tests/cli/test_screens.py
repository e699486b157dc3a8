"""What verbs print, on a terminal of 80 columns: what a scenario calls its things is shown as it is written."""

import re
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.bottlenecks.survival import SupplySource, Survival
from sim.cli import screens
from sim.findings import markdown
from sim.findings.comparison_answer import compare
from sim.findings.regret import regrets
from sim.measures.measures import measure
from sim.story.entries import Entry, Tale
from tests.findings.test_comparison import scenario, short
from tests.report import eight

HERE = Path("results")
ODD = ("Port closed [/b]", "a [red]b", "c :smile:")


def printed(screen: Any, *what: Any, width: int = 80) -> str:
    """What a screen comes to."""
    told = StringIO()
    screen(*what, Console(file=told, width=width), HERE)
    return told.getvalue()


def joined(text: str) -> str:
    """Without what wraps it."""
    return "".join(text.split())


def test_names_in_brackets_are_names() -> None:
    rows = [Survival(SupplySource(name, name, "happening"), 0.5, 10, 0.1, None, None) for name in ODD]
    told = printed(screens.survival, rows)
    for name in ODD:
        assert name in told


def test_sources_that_bring_nothing_down_share_a_sentence() -> None:
    names = {"grey": 0.0, "money": 0.6, "rent": 0.26, "memory": 0.02}
    stops = [
        Survival(SupplySource(name, name, "offer", date(2026, 4, 24), 365), 0.5, 50, fails, None, None)
        for name, fails in names.items()
    ]
    strike = Survival(SupplySource("strike", "a strike", "happening"), 0.5, 50, 0.01, None, None)
    told = printed(screens.survival, [*stops, strike])
    assert "Each source stops on 24 April 2026 for 365 days." in told
    assert "The others (2): training fails in at most 2% of futures." in told
    assert told.index("money") < told.index("rent") < told.index("What comes about")
    assert told.index("What comes about") < told.index("a strike")
    assert "grey" not in told
    assert all(f"| {name} |" in markdown.survival([*stops, strike]) for name in (*names, "a strike"))


def test_what_came_about_in_no_future_has_no_odds() -> None:
    never = Survival(SupplySource("a", "a strike", "happening"), 0.5, 0, None, None, None)
    row = next(line for line in printed(screens.survival, [never]).splitlines() if "a strike" in line)
    assert row.split() == ["a", "strike", "–", "0"]
    assert "| a strike | – |" in markdown.survival([never])


def test_the_ambition_is_the_last_row_of_relief() -> None:
    told = printed(screens.relief, eight.material(4).scenarios[0].findings.relief)
    for table in told.split("Gain")[1:3]:
        assert table.index("growth of what is wanted") > table.rindex("licence offices") > 0
    assert "ambition, no cause)" in told


def test_scenarios_and_policies_may_be_called_anything() -> None:
    means = {f"{name} policy": {name: 0.1 * i for i, name in enumerate(ODD)} for name in ODD}
    policies = regrets(measure("train_short"), means, dict.fromkeys(means, ()), dict.fromkeys(ODD, 1.0))
    cases = [scenario(name, short(0.1 * i), f"{name} title") for i, name in enumerate(ODD)]
    told = joined(printed(screens.comparison, compare(cases, 1, policies=policies)))
    for name in ODD:
        assert joined(f"{name} title") in told
        assert joined(f"{name} policy") in told
    for name in ODD[1:]:
        assert told.count(joined(f"{name} Next flagship, delay")) == 1


def test_what_is_forced_is_told_whole_with_its_scenario() -> None:
    usual = short(0.0, stalled=[1.0] * 50 + [0.0] * 150)
    cases = [
        scenario("baseline", usual, "Baseline"),
        scenario("stall", short(0.1, stalled=1.0), "Talks stall", ("stalled",)),
    ]
    told = " ".join(printed(screens.comparison, compare(cases, 1)).split())
    assert (
        "Talks stall, training shortfall: 49% when forced; 40% in the 50 futures of Baseline in which a round stalls"
        in told
    )
    assert "lasts longer, or is not all that the scenario changes." in told
    assert told.count("when forced") == 4


def test_a_story_goes_by_date_or_by_page() -> None:
    days = [
        Entry(date(2026, 1, day), page, f"Day {day}", 1) for day, page in ((1, "orders"), (2, "fleet"), (3, "orders"))
    ]
    told = StringIO()
    for paged in (False, True):
        screens.tale(Tale("s", 0, "l", tuple(days)), Console(file=told, width=80), False, paged)
    assert re.findall(r"Day \d", told.getvalue()) == [f"Day {day}" for day in (1, 2, 3, 1, 3, 2)]
    assert "2026-01-02  fleet   Day 2" in told.getvalue()


def test_no_text_of_a_scenario_drives_the_terminal() -> None:
    cases = [scenario("a", short(0.0), "A"), scenario("b", short(0.1), "B\x1b[31m\nred")]
    told = printed(screens.comparison, compare(cases, 1))
    assert "\x1b" not in told
    assert "B\\u001b[31m red" in told


def test_no_name_of_four_scenarios_is_cut_and_a_wide_terminal_is_used() -> None:
    ids = ("baseline", "negotiations_stall_2026", "controls_tighten_and_stay", "self_reliance_from_july")
    policies = regrets(
        measure("train_short"), {"as is": dict.fromkeys(ids, 0.1)}, {"as is": ()}, dict.fromkeys(ids, 1.0)
    )
    comparison = compare([scenario(id, short(0.1 * i), id) for i, id in enumerate(ids)], 1, policies=policies)
    narrow, wide = (printed(screens.comparison, comparison, width=width) for width in (80, 200))
    assert "…" not in narrow
    assert [max(map(len, told.splitlines())) for told in (narrow, wide)] == [80, 120]


def test_long_numbers_leave_room_for_the_names_of_rows() -> None:
    dear = short(0.1).assign(lowest_cash=-1.0, lowest_runway=12.0)
    comparison = compare([scenario("reference", short(0.0), "A"), scenario("expensive", dear, "B")], 1)
    long = [replace(each, paired=replace(each.paired, reduction=12_345_678.9)) for each in comparison.differences]
    told = printed(screens.comparison, replace(comparison, differences=tuple(long)))
    assert re.search(r"^expensive +$", told, re.MULTILINE)
    assert re.search(r"^Lowest runway ", told, re.MULTILINE)
    assert "12,300,000" in told
    assert "variance ÷" in told
    assert max(map(len, told.splitlines())) <= 80
