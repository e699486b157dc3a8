"""Markdown: what a scenario calls its things is text, and headers say what stands below them."""

from sim.report import ci
from sim.study import markdown
from sim.study.briefing import compare
from sim.study.measures import measure
from sim.study.regret import regrets
from sim.study.relief import Relief
from tests.study.test_compare import scenario, short
from tests.study.test_relief import step

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
    found = Relief(4, (step(0.1, "capital"),))
    header = next(line for line in markdown.relief(found).splitlines() if line.startswith("| cause"))
    for name in ("train_short", "unserved", "second_delay"):
        assert measure(name).title in header
