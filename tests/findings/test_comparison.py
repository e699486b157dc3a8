"""Comparisons of constructed outcomes: self, interaction, conditional subset, ambitions, and what is said of them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.removals import by_column, removals
from sim.bottlenecks.scenario_effect import effect
from sim.findings import markdown
from sim.findings.comparison import (
    Joined,
    ScenarioResult,
    conditional,
    conditionals,
    differences,
    interactions,
)
from sim.findings.comparison_answer import compare, headline
from sim.findings.findings import findings
from sim.measures.measures import MEASURES, measure
from sim.measures.paired import difference
from tests.bottlenecks.games import asked, game, singles, table, worth
from tests.findings.toy import RUN, outcomes, parts, series


def scenario(id: str, table: pd.DataFrame, name: str = "", forced: tuple[str, ...] = ()) -> ScenarioResult:
    return ScenarioResult(id, findings(replace(RUN, name=name or id, forced=forced), table), (), table, series())


JOINED = Joined("joint", "money", "rules")


def short(by: float, **others: Any) -> pd.DataFrame:
    """Outcomes in which training is short by this much in each future, and by its own luck."""
    luck = np.random.default_rng(1).normal(0.0, 0.1, 200)
    return outcomes().assign(train_short=0.4 + by + luck, **others)


def test_a_scenario_compared_with_itself_differs_by_nothing_anywhere() -> None:
    comparison = compare([scenario("a", outcomes(), "A"), scenario("a-2", outcomes(), "A")], 1)
    assert len(comparison.differences) == len(MEASURES)
    assert all(each.paired.nothing for each in comparison.differences)
    assert {each.paired.mean for each in comparison.differences} == {0.0}
    assert comparison.headline == "Nothing differs from “A”."


def test_the_headline_names_what_costs_most() -> None:
    comparison = compare(
        [scenario("a", short(0.0), "A"), scenario("b", short(0.03)), scenario("c", short(0.12), "C")], 1
    )
    assert comparison.headline == (
        "“C” costs most: training lacks 51% of the compute it wants in 2027, 12 points more than in “A” (39%)."
    )
    assert comparison.of("c", "train_short").worse == 1.0


def headline_by_luck(named: list[ScenarioResult], seed: int, *by: float) -> str:
    """The headline over scenarios that are short by so much, with a luck of their own in each future."""
    luck = np.random.default_rng(seed)
    cases = [
        replace(case, outcomes=pd.DataFrame({"train_short": more + luck.normal(0.4, 0.1, 100)}))
        for case, more in zip(named, by, strict=False)
    ]
    apart = [difference(each.id, measure("train_short"), each.outcomes, cases[0].outcomes) for each in cases[1:]]
    return headline(cases, apart)


def test_noise_makes_no_headline() -> None:
    """Over 300 seeds, seven scenarios that cost nothing and one of two that cost the same are seldom told as worst."""
    named = [scenario(name, outcomes(), name) for name in "ABCDEFGH"]
    nothing = [headline_by_luck(named, seed, *[0.0] * 8) for seed in range(300)]
    assert sum("costs most" in said for said in nothing) <= 15
    alike = [headline_by_luck(named, seed, 0.0, 0.1, 0.1) for seed in range(300)]
    assert sum("as much" not in said for said in alike) <= 25
    apart = [headline_by_luck(named, seed, 0.0, 0.1, 0.2) for seed in range(300)]
    assert sum(said.startswith("“C” costs most") and "as much" not in said for said in apart) >= 290


def test_all_differences_are_against_the_first() -> None:
    result = differences([scenario("a", short(0.1)), scenario("b", short(0.0))])
    (moved,) = (each for each in result if each.measure.name == "train_short")
    assert moved.paired.mean == pytest.approx(-0.1)


def test_what_two_changes_do_together_beyond_their_sum() -> None:
    """Rules 3 points, money 10, both 12: one point less than the sum, because they block the same chips."""
    by = {"usual": 0.0, "rules": 0.03, "money": 0.10, "joint": 0.12}
    cases = [scenario(id, short(more)) for id, more in by.items()]
    (together,) = (each for each in interactions(cases, JOINED) if each.measure.name == "train_short")
    assert together.paired.mean == pytest.approx(-0.01)
    assert interactions(cases, None) == ()


def test_forced_and_conditional_alike_need_no_word() -> None:
    """Harm is the same wherever the stall comes, so the subset shows what the force shows."""
    usual = short(0.0, stalled=[1.0] * 50 + [0.0] * 150)
    usual["train_short"] += 0.1 * usual["stalled"]
    forced = short(0.1, stalled=1.0)
    result = conditional("stall", "stalled", measure("train_short"), forced, usual)
    assert result.futures == 50
    assert result.forced == pytest.approx(result.subset, abs=0.03)
    assert result.text == ""


def test_selection_is_told_as_selection() -> None:
    """Weak labs stall more: in the subset everything is 20 points shorter, forced or not."""
    weak = np.array([1.0] * 50 + [0.0] * 150)
    usual, forced = short(0.0, stalled=weak), short(0.1, stalled=1.0)
    usual["train_short"] += (0.1 + 0.2) * weak
    forced["train_short"] += 0.2 * weak
    result = conditional("stall", "stalled", measure("train_short"), forced, usual)
    assert "The futures in which it comes about are worse off to begin with" in result.text


def test_what_is_not_selection_is_told_as_such() -> None:
    """The stall by itself comes late and does nothing; forced, it does harm in the same futures."""
    usual = outcomes().assign(train_short=0.4, stalled=[1.0] * 50 + [0.0] * 150)
    forced = outcomes().assign(train_short=0.6, stalled=1.0)
    result = conditional("stall", "stalled", measure("train_short"), forced, usual)
    assert "It is not a matter of which futures these are" in result.text


def test_the_answer_sets_the_forced_beside_the_conditional() -> None:
    usual = short(0.0, stalled=[1.0] * 50 + [0.0] * 150)
    comparison = compare(
        [scenario("a", usual, "Baseline"), scenario("b", short(0.1, stalled=1.0), "Stall", forced=("stalled",))], 1
    )
    likely = next(line.text for line in comparison.answer if line.question == "How likely")
    said = "The shortfall where a fork is forced, and where it came about by itself in Baseline: 49% and 40% for Stall "
    assert f"{said}(a round stalls)." in likely
    assert {each.futures for each in comparison.conditionals} == {50}


def test_what_has_no_subset_of_its_own_is_not_set_beside_one() -> None:
    """It forces nothing, or no fork, or what comes about in all futures anyhow; or it joins two others."""
    usual = outcomes().assign(stalled=[1.0] * 50 + [0.0] * 150, rupture=1.0)
    first = scenario("usual", usual)
    for forced in ((), ("first_round_late",), ("rupture",)):
        assert conditionals([first, scenario("a", outcomes(), forced=forced)]) == ()
    others = [scenario(id, outcomes(), forced=("stalled",)) for id in JOINED]
    assert {each.id for each in conditionals([first, *others], JOINED)} == {"money", "rules"}


def test_scenarios_stand_in_the_order_of_their_means_and_no_likelihood_is_read_off_a_sign() -> None:
    """A tenth of a point worse in every future is no harm; twenty points in a third of them is."""
    usual = short(0.0)
    third = np.arange(len(usual)) % 3 == 0
    grave = usual.assign(train_short=usual["train_short"] + 0.2 * third)
    slight = usual.assign(train_short=usual["train_short"] + 0.001)
    cases = [scenario("slight", slight, "Slight"), scenario("grave", grave, "Grave")]
    comparison = compare([scenario("baseline", usual, "Baseline"), *cases], 1)
    said = next(line.text for line in comparison.answer if line.question == "How likely")
    assert "at least 1 point more of its compute" in said
    assert said.index("Grave") < said.index("Slight")
    assert "0% (0%) in Slight" in said
    assert "likely" not in said


def named(id: str, table: pd.DataFrame, other: Counterfactuals | None) -> ScenarioResult:
    """A scenario called by its id in capitals, with what other runs of its futures say."""
    return ScenarioResult(id, findings(replace(RUN, name=id.upper()), table, other), (), table, series())


def lines(*cases: ScenarioResult) -> dict[str, str]:
    return {line.question: line.text for line in compare(cases, 1).answer}


def test_a_comparison_answers_in_the_order_of_a_single_run() -> None:
    questions = list(lines(scenario("a", short(0.0)), scenario("b", short(0.1))))
    assert questions == ["How bad", "Which", "When", "How likely", "What helps", "Hinges on", "Serving"]


def test_without_removals_what_binds_now_is_said_and_no_more() -> None:
    money, depth = parts(train_budget=2.0, serve_budget=1.0), parts(train_depth=2.0, serve_depth=1.0)
    cases = [named(id, money, None) for id in ("a", "b", "c")]
    assert lines(*cases, named("d", depth, None))["Which"] == (
        "D: what binds most now is the rental market. All others: what binds most now is money. "
        "What removing a constraint would give back was not computed."
    )
    assert lines(*cases)["Which"].startswith("All 3: what binds most now is money. ")
    luck = money.assign(train_depth=2.0 + 0.1 * (-1.0) ** np.arange(len(money)))
    assert lines(*cases, named("e", luck, None))["Which"].startswith(
        "E: what binds most now is too close to call: money (200) or the rental market (200). All others: "
    )


def test_what_holds_back_is_said_of_the_first_and_where_another_says_otherwise() -> None:
    money, sites = (asked(worth(0.44, **{name: 0.3})) for name in ("money", "sites"))
    said = lines(*(named(id, short(0.0), other) for id, other in (("a", money), ("b", money), ("c", sites))))["Which"]
    assert said.startswith("In “A”: What holds training back is money: without that limit, 30 of the 44 points")
    assert "In “C”: What holds training back is sites" in said
    assert "In B" not in said


def test_what_a_scenario_works_through_is_said_where_it_costs_anything() -> None:
    here, there = removals(table(game(worth(0.5, rules=0.1)))), by_column(table(singles(worth(0.45, rules=0.05))))
    costs = effect("the baseline", here, there, ("train_short", "unserved"), ())
    said = lines(
        named("a", short(0.0), asked(worth(0.45, rules=0.05))),
        named("b", short(0.05), asked(worth(0.5, rules=0.1), effect=costs)),
    )["Which"]
    assert "B (+5 points): The scenario works through the rules: 5 (± 0) of the 5 points are gone" in said


def test_the_ambitions_of_the_first_scenario_are_an_assumption_and_no_constraint() -> None:
    other = asked(worth(0.44, money=0.3))
    said = lines(named("a", short(0.0), other), named("b", short(0.1), other))["Hinges on"]
    assert said == (
        "What the lab wants, which is an assumption and no constraint: training lacks 30% (± 1) if it holds its "
        "place, 44% (± 1) if it keeps pace and 60% (± 1) if it chases the frontier."
    )
    comparison = compare([named("a", short(0.0), other), named("b", short(0.1), None)], 1)
    assert "| a | chase | 60% | 60% |" in markdown.comparison(comparison)
    assert "| b | chase" not in markdown.comparison(comparison)


def test_a_difference_has_no_sign_where_zero_lies_within_its_error() -> None:
    luck = np.random.default_rng(5).normal(0.001, 0.2, 200)
    unclear = short(0.0).assign(train_short=short(0.0)["train_short"] + luck)
    said = lines(scenario("a", short(0.0), "A"), scenario("b", unclear, "B"), scenario("c", short(0.1), "C"))["How bad"]
    assert "+10 points (± 0) in C" in said
    assert "≈ 0 (± 2.7) in B" in said
