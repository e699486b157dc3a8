"""Markdown: what a scenario calls its things is text, and headers say what stands below them."""

import pandas as pd

from sim.bottlenecks.relief import Relief
from sim.bottlenecks.removals import SETS, SHORTFALLS, Amount
from sim.bottlenecks.scenario_effect import ChangeEffect
from sim.findings import markdown
from sim.findings.comparison_answer import compare
from sim.findings.findings import findings
from sim.findings.regret import regrets
from sim.measures.measures import measure
from sim.report import ci
from tests.bottlenecks.games import asked, worth
from tests.bottlenecks.test_relief import step
from tests.findings.test_answer import against
from tests.findings.test_comparison import scenario, short
from tests.findings.toy import RUN, parts

MARKUP = "<script>*x*"
TEXT = r"\<script\>\*x\*"


def test_policies_are_named_as_text() -> None:
    policies = regrets(measure("train_short"), {MARKUP: {"a": 0.1}}, {MARKUP: ()}, {"a": 1.0})
    told = markdown.comparison(compare([scenario("a", short(0.0)), scenario("b", short(0.1))], 1, policies=policies))
    assert MARKUP not in told
    assert f"Loses least in its worst scenario: {TEXT}." in told
    assert f"Loses least on average, scenarios weighted 100% a: {TEXT}." in told


def test_a_summary_for_build_servers_holds_no_markup_of_others() -> None:
    told = ci.markdown(MARKUP, "Lead.", [ci.Case(f"{MARKUP} | a", None, f"{MARKUP}\nreplay")])
    assert MARKUP not in told
    assert f"## {TEXT}" in told
    assert rf"| {TEXT} \| a | `the point runs` | **broke** | {TEXT} replay |" in told


def test_relief_is_told_by_the_names_of_its_measures() -> None:
    """Whatever the window: it need not end with 2027."""
    result = Relief(4, (step(0.1, "budget"),))
    header = next(line for line in markdown.relief(result).splitlines() if line.startswith("| cause"))
    for name in ("train_short", "unserved", "second_delay"):
        assert measure(name).title in header


def test_a_row_says_what_binds_and_what_comes_back_and_each_change_what_it_costs() -> None:
    costs = dict.fromkeys(SHORTFALLS.values(), Amount(0.02, 0.001))
    changes = (ChangeEffect("capital.financing", MARKUP, costs), ChangeEffect("a.b", "a rule", {}))
    other = asked(worth(0.44, money=0.3), effect=against(0.46, 0.44, changes))
    result = findings(RUN, parts(train_budget=0.44), other)
    told = markdown.findings(result)
    assert "## What holds training back, in points of what it wants" in told
    assert "| money, irreplaceable | 44 | 30 ± 0 | 0 ± 0.1 | 0 | 30 |" in told
    assert f"| {TEXT} | 2 ± 0.1 | 2 ± 0.1 |" in told
    assert "| a rule | cannot be taken back alone |  |" in told
    table = markdown.data_tables(result)["removals"]
    assert len(table) == 4 * (SETS - 1)
    assert set(table["measure"]) == {*SHORTFALLS.values(), "next_delay", "second_delay"}


def test_without_removals_there_is_no_table_of_them() -> None:
    result = findings(RUN, parts(train_budget=0.44))
    assert "removals" not in markdown.data_tables(result)
    assert "each of its changes" not in markdown.findings(result)


def test_a_table_of_texts_stands_to_the_left_and_holds_no_markup() -> None:
    table = pd.DataFrame([{"what": "a | b", "number": 1.5}])
    assert markdown.texts(table) == "| what | number |\n| :-- | :-- |\n| a \\| b | 1.5 |"
