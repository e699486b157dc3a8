"""The lines of an answer, from constructed outcomes and constructed removals."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.counterfactuals import Counterfactuals, counterfactuals
from sim.bottlenecks.dates import timings
from sim.bottlenecks.relief import EASED, Relief, relieved
from sim.bottlenecks.removals import NAMES, SHORTFALLS, SINGLES, Amount, by_column, removals
from sim.bottlenecks.scenario_effect import ChangeEffect, Effect, cost, effect
from sim.bottlenecks.shares import bottlenecks
from sim.findings.answer import answer, headline
from sim.findings.constraint_sentences import comes_back, held_back, stays_short, works_through
from sim.findings.findings import findings
from sim.measures.measures import MEASURES, summarise
from sim.measures.wording import Scale, month_text
from tests.bottlenecks.games import (
    ambitions,
    asked,
    game,
    parallel,
    removals_of,
    series,
    singles,
    table,
    with_luck,
    worth,
)
from tests.findings.toy import RUN, outcomes, parts

JOINT = series(0.44, "money", "rental", gain=0.4)


def lines(
    outcomes: pd.DataFrame,
    other: Counterfactuals | None = None,
    relief: Relief | None = None,
    scale: Scale = "icd203",
    forced: tuple[str, ...] = (),
) -> dict[str, str]:
    result = findings(replace(RUN, forced=forced), outcomes, other, relief, scale=scale)
    return {line.question: line.text for line in result.answer}


def lead(outcomes: pd.DataFrame, other: Counterfactuals | None = None) -> str:
    summaries = {each.name: summarise(each, outcomes) for each in MEASURES}
    return headline(RUN, bottlenecks(outcomes), summaries, other)


def short(by: float, **given: float) -> pd.DataFrame:
    """Training lacks this share in every future, and serving a fifth."""
    return parts(200, **(given or {"train_budget": by})).assign(train_short=by, unserved=0.2)


def against(here: float, there: float, changes: tuple[ChangeEffect, ...] = (), luck: float = 0.0) -> Effect:
    """The effect of a scenario in which this much is missing, on a baseline in which that much is; through money."""
    uneven = luck * (-1.0) ** np.arange(4)
    one, other = (
        table(game(lambda gone, by=by: 0.3 + by * ("money" not in gone)) + more)  # type: ignore[misc]
        for by, more in ((here - 0.3, uneven), (there - 0.3, 0.0))
    )
    return effect("the baseline", removals(one), by_column(other[[*SINGLES]]), tuple(SHORTFALLS.values()), changes)


# --- the six parts ---


def test_a_briefers_order() -> None:
    assert list(lines(outcomes())) == [
        "How bad",
        "Which",
        "When",
        "How likely",
        "What helps",
        "Hinges on",
        "Serving",
        "Compute",
        "Money",
        "History",
        "Reading",
    ]


def test_a_root_leads_with_what_comes_back() -> None:
    assert lead(short(0.44), asked(JOINT)) == (
        "Training lacks 44% of the compute it wants in 2027. What holds training back is money and the rental market "
        "together: without both limits, 40 of the 44 points missing come back; alone, 0 and 0."
    )


def test_a_changed_scenario_leads_with_what_it_costs() -> None:
    def said(here: float, there: float, luck: float = 0.0) -> str:
        return lead(short(here), asked(JOINT, effect=against(here, there, luck=luck)))

    assert said(0.46, 0.44) == (
        "This costs training 2 points. It then lacks 46% of the compute it wants in 2027, against 44% in the baseline."
    )
    assert said(0.45, 0.44).startswith("This costs training 1 point. ")
    assert said(0.4, 0.44).startswith("This gives training back 4 points. It then lacks 40%")
    assert said(0.441, 0.44, luck=0.1).startswith(
        "This costs training nothing beyond simulation error. It lacks 44% of the compute it wants in 2027, against"
    )


def test_without_removals_the_headline_claims_no_more_than_what_binds_now() -> None:
    said = lead(short(0.44))
    assert said == (
        "Training lacks 44% of the compute it wants in 2027. What binds training most now is money; what removing it "
        "would give back was not computed."
    )
    assert lines(short(0.44))["What helps"] == "Not computed. Run again without --split=0."


def test_where_nothing_is_wanted_nothing_is_missing() -> None:
    nothing = short(0.0).assign(train_wanted=0.0, tokens_wanted=0.0, train_short=0.0, unserved=0.0)
    assert lead(nothing, asked(JOINT)) == "No compute is wanted for training in any future, so none is missing."
    said = lines(nothing, asked(JOINT))
    assert said["How bad"] == "No training compute is wanted in any future, so no flagship is planned."
    assert said["Serving"] == "No tokens are wanted in any future."


# --- which: the sentence of what comes back ---


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (
            worth(0.44, money=0.4),
            "What holds training back is money: without that limit, 40 of the 44 points missing come back.",
        ),
        (
            worth(0.02, money=0.01),
            "What holds training back is money: without that limit, 1 of the 2 points missing comes back.",
        ),
        (
            worth(0.01, sites=0.01),
            "What holds training back is sites: without that limit, 1 of the 1 point missing comes back.",
        ),
        (
            worth(0.44, money=0.2, sites=0.2),
            "What holds training back is money and sites: without both limits, 40 of the 44 points missing come back; "
            "alone, 20 and 20.",
        ),
        (
            series(0.44, "money", "rental", "rules", gain=0.4),
            "What holds training back is money, the rules and the rental market together: without these 3 limits, "
            "40 of the 44 points missing come back; alone, 0, 0 and 0.",
        ),
        (
            parallel(0.44, "money", "rental", gain=0.4),
            "What holds training back is money or the rental market, interchangeably: without either one, 40 or 40 of "
            "the 44 points missing come back.",
        ),
        (
            parallel(0.44, "money", "rental", "sites", gain=0.4),
            "What holds training back is money, the rental market or sites, interchangeably: without any one, "
            "40, 40 or 40 of the 44 points missing come back.",
        ),
        (
            worth(0.44, money=0.004, sites=0.004),
            "None of the six constraints, nor all of them together, gives training back a point: what is missing is "
            "lead time, forecasts and ambition.",
        ),
    ],
)
def test_what_holds_training_back(left, said: str) -> None:  # type: ignore[no-untyped-def]
    assert comes_back("train", removals_of(left)) == said


def test_what_is_too_close_to_call_is_said_with_each_gain() -> None:
    def left(gone: frozenset[str]) -> float:
        """Money is needed, and beside it either of two that add up to nearly the same."""
        if "money" not in gone:
            return 0.4
        return 0.1 - 0.02 * ({"rental", "sites"} <= gone) if gone & {"rental", "sites"} else 0.4

    result = removals_of(left)
    assert result.pattern == "joint"
    assert comes_back("train", result) == (
        "What holds training back is too close to call: without money and the rental market, 30 of the 40 points "
        "missing would come back; without money and sites, 30."
    )


def test_of_many_that_are_too_close_to_call_the_first_are_named() -> None:
    pairs = ({"money", "rental"}, {"money", "sites"}, {"rental", "sites"}, {"money", "rules"}, {"rules", "sites"})
    for many, rest in (
        (3, ""),
        (4, "; 1 more is within simulation error"),
        (5, "; 2 more are within simulation error"),
    ):
        result = removals_of(lambda gone, many=many: 0.4 - 0.3 * any(pair <= gone for pair in pairs[:many]))  # type: ignore[misc]
        said = comes_back("train", result)
        assert said.count("without") == 3
        assert said.endswith(f"30{rest}.")


def test_what_luck_leaves_open_is_not_said_to_be_replaceable() -> None:
    """Nothing comes back while money stays, but in four futures of so much luck that is not shown."""
    luck = np.array([0.9, -0.5, 0.6, -0.4])
    result = removals_of(lambda gone: 0.5 - (0.2 + luck) * ("money" in gone))
    assert not result.kept["money"].irreplaceable
    assert stays_short(result) == "While any one of the six stays, the others give back 0 or more."


def test_what_cannot_be_replaced_is_said_with_what_comes_back_while_it_stays() -> None:
    assert stays_short(removals_of(worth(0.44, money=0.3, sites=0.05))) == (
        "Money cannot be replaced: while that limit stays, nothing gives back more than 5. "
        "Sites cannot be replaced: while that limit stays, nothing gives back more than 30."
    )
    assert stays_short(removals_of(worth(0.44, money=0.4))).endswith(
        "while that limit stays, nothing gives back a point."
    )
    assert stays_short(removals_of(parallel(0.44, "money", "rental", gain=0.4))) == (
        "Each can be replaced: while any one of the six stays, the others give back 40 or more."
    )
    assert stays_short(removals_of(worth(0.44))) == ""


def test_what_adds_to_the_answer_is_named_after_it() -> None:
    said = lines(short(0.44), asked(worth(0.5, money=0.4, sites=0.025, rules=0.01)))["Which"]
    assert "Sites would add 2.5 points. The rules would add 1 point." in said
    assert "would add" not in lines(short(0.44), asked(worth(0.5, money=0.4, sites=0.005)))["Which"]


def test_what_binds_now_and_what_comes_back_alone_may_be_two_things() -> None:
    other = asked(worth(0.44, rental=0.4))
    said = lines(short(0.44, train_budget=0.4, train_depth=0.04), other)["Which"]
    assert "What binds most now is money; what gives most back alone is the rental market" in said
    assert "What binds most now" not in lines(short(0.44, train_depth=0.44), other)["Which"]
    assert "What binds most now" not in lines(short(0.44, train_pace=0.44), other)["Which"]


UNEVEN = (-1.0) ** np.arange(200)


@pytest.mark.parametrize(
    ("use", "shares", "said"),
    [
        ("train", {"budget": 0.2 + 0.1 * UNEVEN, "depth": 0.199}, "money (20) or the rental market (20)"),
        ("train", {"budget": 0.2, "depth": 0.2}, "money (20) or the rental market (20)"),
        ("train", {"budget": 0.2 + 0.05 * UNEVEN, "depth": 0.15}, "money"),
        ("serve", {"site": 0.05 + 0.1 * UNEVEN, "software": 0.06}, "software (6) or sites (5)"),
        ("serve", {"site": 0.05 + 0.1 * UNEVEN, "software": 0.08}, "software"),
        (
            "train",
            dict.fromkeys(("budget", "depth", "control", "site"), 0.1 + 0.1 * UNEVEN),
            "money (10), the rules (10), the rental market (10) or 1 more",
        ),
    ],
)
def test_what_binds_most_now_is_named_beyond_luck(use: str, shares: dict[str, float], said: str) -> None:
    result = bottlenecks(parts(200, **{f"{use}_{cause}": share for cause, share in shares.items()}))
    binds = next(each for each in result if each.use == use)
    which, it = (f"too close to call: {said}", "either") if " or " in said else (said, "it")
    assert held_back(binds, None) == (
        f"What binds {binds.words} most now is {which}; what removing {it} would give back was not computed."
    )


def test_of_two_that_bind_alike_one_is_rarely_said_to_bind_most() -> None:
    """Over 100 seeds a part that is larger by luck alone is named alone at most as often as its error says."""
    alone = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        luck = {f"train_{cause}": random.normal(0.2, 0.1, 200) for cause in ("budget", "depth", "control")}
        alone += len(bottlenecks(parts(200).assign(**luck))[0].foremost) == 1
    assert alone <= 10


def test_two_that_may_bind_most_are_both_set_beside_what_comes_back() -> None:
    table = short(0.44, train_budget=0.2, train_depth=0.2, train_site=0.04)
    said = lines(table, asked(worth(0.44, sites=0.4)))["Which"]
    assert (
        "What binds most now is too close to call: money (20) or the rental market (20); what gives most back alone "
        "is sites: the first is met today"
    ) in said
    assert "What binds most now" not in lines(table, asked(worth(0.44, rental=0.4)))["Which"]


def test_no_part_that_is_no_constraint_is_said_to_bind() -> None:
    for part in ("pace", "behind", "habit", "planning"):
        (train, _) = bottlenecks(short(0.44, **{f"train_{part}": 0.44}))
        assert held_back(train, None).startswith("None of the six constraints binds training now")


# --- what the scenario itself does ---


def test_a_scenario_is_told_by_its_difference_and_its_futures() -> None:
    said = lines(short(0.46), asked(JOINT, effect=against(0.46, 0.44)))
    assert "2 points (± 0) more than in the baseline." in said["How bad"]
    assert "It lacks over a point more in 100% of futures, and over a point less in 0%." in said["How bad"]
    assert "2 points (± 0) more than in the baseline." in said["Serving"]
    less = lines(short(0.43), asked(JOINT, effect=against(0.43, 0.44)))["How bad"]
    assert "1 point (± 0) less than in the baseline." in less
    same = lines(short(0.44), asked(JOINT, effect=against(0.441, 0.44, luck=0.1)))["How bad"]
    assert "as much as in the baseline within simulation error (± 18.4)." in same


def test_what_it_works_through_is_named_and_never_as_more_than_the_whole() -> None:
    whole = against(0.46, 0.44)
    assert works_through(whole.costs["train_short"]) == (
        "The scenario works through money: 2 (± 0) of the 2 points are gone where that limit is removed in both worlds."
    )
    here = removals_of(lambda gone: 0.5 - 0.05 * ("money" in gone) - 0.04 * ("rules" in gone))
    there = singles(lambda gone: 0.46)
    both = works_through(cost(here, there))
    assert both == (
        "The scenario works through money and the rules: 4 (± 0) and 4 (± 0) of the 4 points are gone where one of "
        "these limits is removed in both worlds; these overlap."
    )
    none = cost(removals_of(worth(0.48)), singles(worth(0.44)))
    assert works_through(none) == "The scenario works through none of the six alone."


def change(words: str, mean: float, error: float = 0.001, foremost: bool = False) -> ChangeEffect:
    both = SHORTFALLS.values()
    return ChangeEffect(words, words, dict.fromkeys(both, Amount(mean, error)), (), frozenset(both if foremost else ()))


def of_changes(*changes: ChangeEffect) -> str:
    return lines(short(0.46), asked(JOINT, effect=against(0.46, 0.44, changes)))["Which"]


def test_the_change_that_costs_most_is_named_beyond_its_error() -> None:
    first, least = change("Talks", 0.03, foremost=True), change("a", 0.01)
    assert of_changes(first, least).endswith("Of its 2 changes, “Talks” costs most: 3 points (± 0.1).")
    back = change("Talks", -0.03, foremost=True)
    assert of_changes(back, change("a", 0)).endswith("Of its 2 changes, “Talks” gives back most: 3 points (± 0.1).")
    assert "changes" not in of_changes(first)
    assert "changes" not in of_changes(first, ChangeEffect("c", "no change alone", {}))
    assert "changes" not in of_changes(change("Talks", 0.01, 0.01, foremost=True), change("a", 0.0))


def test_changes_that_cannot_be_taken_back_alone_are_counted_too() -> None:
    fixed = ChangeEffect("c", "no change alone", {})
    said = of_changes(change("Talks", 0.03, foremost=True), change("a", 0.01), fixed)
    assert said.endswith("Of its 3 changes, 2 of which can be taken back alone, “Talks” costs most: 3 points (± 0.1).")


def test_of_changes_that_luck_may_have_put_in_order_none_is_said_to_cost_most() -> None:
    two = (change("Talks", 0.03, foremost=True), change("Memory", 0.029, foremost=True), change("a", 0.0))
    assert of_changes(*two).endswith(
        "Of its 3 changes, which costs most is too close to call: “Talks” (3) or “Memory” (2.9)."
    )


# --- money ---


def test_money_that_waits_says_what_it_does_not_buy() -> None:
    short_of = parts(200, train_control=0.2, train_wafers=0.1, train_budget=0.05, train_software=0.004)

    def money(months: float, table: pd.DataFrame = short_of) -> str:
        books = pd.DataFrame({"month": ["2027-12-31"], "series": ["plan_runway"], "p50": [months]})
        return {line.question: line.text for line in findings(RUN, table, series=books).answer}["Money"]

    assert money(12.0).endswith(
        "At the end of 2027 cash pays for 12 months of operations with all that the plan would buy, in the median "
        "future. What binds training now beside money, and money alone does not buy: the rules (20 points) and "
        "domestic chips (10 points)."
    )
    assert "does not buy" not in money(11.9)
    assert "does not buy" not in money(40.0, parts(200, train_budget=0.3))
    assert "does not buy" not in lines(short_of)["Money"]


# --- when ---


def test_when_is_among_the_futures_in_which_it_begins() -> None:
    never = (RUN.end - RUN.start).days + 1.0
    onsets = {f"train_when_{name}": never for name in NAMES}
    many = parts(400, train_budget=1.0).assign(**onsets)
    money, sites = [100.0, 200.0, never, never] * 100, [never, 150.0, never, 300.0] * 100
    day = month_text(RUN.start + timedelta(days=150))
    assert lines(many.assign(train_when_money=money, train_when_sites=sites))["When"].startswith(
        f"Training is short from {day} on (90% interval August 2026 to February 2027), over the futures in which one "
        "constraint keeps it short for three months in a row; in 25% none does. "
        "What binds then is most often sites (67% of them). The next flagship is out in "
    )
    assert "none does" not in lines(many.assign(train_when_money=100.0))["When"]
    none = "In no future does one constraint keep training short for three months in a row. The next flagship is out"
    assert lines(many)["When"].startswith(none)


@pytest.mark.parametrize(
    ("rental", "rules", "said"),
    [
        (52, 48, "most often the rental market (52% of them) or the rules (48% of them)."),
        (70, 30, "most often the rental market (70% of them)."),
        (90, 10, "most often the rental market (90% of them)."),
    ],
)
def test_what_binds_first_is_named_beyond_luck(rental: int, rules: int, said: str) -> None:
    never = (RUN.end - RUN.start).days + 1.0
    table = parts(rental + rules, train_budget=1.0).assign(**{f"train_when_{name}": never for name in NAMES})
    first = np.arange(rental + rules) % 100 < rental
    when = lines(
        table.assign(train_when_rental=np.where(first, 9.0, never), train_when_rules=np.where(first, never, 9.0))
    )["When"]
    assert said in when


# --- how likely ---


def test_forks_have_a_probability_and_what_is_assumed_has_none() -> None:
    stalled = np.arange(200) < 50
    late = np.where(stalled | (np.arange(200) >= 150), 9.0, 1.0)
    others = dict.fromkeys(("window_closed", "truce_lapsed", "rupture", "listed"), 0.0)
    table = outcomes().assign(stalled=stalled.astype(float), second_delay=late, closed=1.0, **others)
    said = lines(table, forced=("closed",))["How likely"]
    assert "a round stalls in 25% (unlikely). Assumed, so without a probability: a round closes." in said
    assert "ruptures" not in said
    assert said.endswith(
        "The second flagship is more than six months late in 100% of the 50 futures in which a round stalls, "
        "and in 33% of the other 150."
    )


def test_what_comes_about_in_every_future_by_itself_is_a_share() -> None:
    said = lines(outcomes().assign(closed=1.0))["How likely"]
    assert "a round closes in 100% (in every future)" in said
    assert "Assumed" not in said


def test_without_forks_nothing_is_said_of_them() -> None:
    result = findings(replace(RUN, forks={}, forced=("closed",)), outcomes().assign(closed=1.0))
    said = next(line.text for line in result.answer if line.question == "How likely")
    assert "in shares of futures" not in said
    assert "Assumed" not in said


def test_harm_is_a_share_of_futures() -> None:
    table = outcomes(4).assign(
        train_short=[0.4, 0.5, 0.6, 0.7], second_delay=[1.0, 6.0, 7.0, 2.0], insolvent=[1.0, 0.0, 0.0, 0.0]
    )
    said = lines(table.assign(second_released=[1.0, 1.0, 1.0, 0.0]))["How likely"]
    assert said.startswith(
        "More than half of training's compute is missing in 50% of futures; the second flagship is more than six "
        "months late in 50% of futures; the lab is insolvent by the end of 2030 in 25% of futures."
    )


def test_what_follows_by_luck_is_not_said() -> None:
    """Over 200 seeds five unrelated forks are followed by harm one in twenty; by twenty futures never."""
    said = 0
    usual = outcomes(400)
    summaries, binds = {each.name: summarise(each, usual) for each in MEASURES}, bottlenecks(usual)
    for seed in range(200):
        random = np.random.default_rng(seed)
        forks = {flag: (random.random(400) < 0.3).astype(float) for flag in RUN.forks}
        luck = usual.assign(**forks, second_delay=12.0 * random.random(400))
        likely = answer(RUN, luck, binds, summaries, timings(RUN, luck, {}), None, None, "icd203", None)[3].text
        said += "six months late in" in likely.partition("By ")[2]
    few = usual.assign(**dict.fromkeys(RUN.forks, (np.arange(400) < 20).astype(float)))
    few = few.assign(second_delay=np.where(np.arange(400) < 20, 9.0, 1.0))
    assert 1 <= said <= 20
    assert "six months late in" not in lines(few)["How likely"].partition("By ")[2]


def test_likelihood_follows_the_scale_that_is_asked_for() -> None:
    table = outcomes(4).assign(stalled=[1.0, 1.0, 0.0, 0.0])
    assert "a round stalls in 50% (roughly even chance)" in lines(table)["How likely"]
    assert "a round stalls in 50% (about as likely as not)" in lines(table, scale="ipcc")["How likely"]


# --- what helps, what it hinges on ---


def relief(gain: float, luck: float = 0.0) -> Relief:
    usual = outcomes(4).assign(train_short=0.5, unserved=0.5, second_delay=3.0)
    richer = usual.assign(train_short=0.5 - gain + luck * (-1.0) ** np.arange(4))
    return Relief(4, (), relieved(("hundred_million", EASED), richer, usual))


def test_what_helps_alone_at_the_margin_and_per_hundred_million() -> None:
    other = asked(worth(0.44, money=0.1, rental=0.2), money=0.1, rental=0.2)
    said = lines(short(0.44), other, relief(0.004))["What helps"]
    assert said == (
        "Removed alone, the rental market gives most: 20 points (± 0). "
        "10% easier, the rental market gives most: 1 point (± 0.1); of pairs, money with the rental market gives "
        "most: 1.5 points (± 0.1). "
        "$100M more on the first day gives 0.4 points (± 0)."
    )


def test_what_helps_within_its_error_is_said_to_be_nothing() -> None:
    other = counterfactuals(table(with_luck(3, worth(0.44), 20)))
    said = lines(short(0.44), other, relief(0.001, luck=0.01))["What helps"]
    assert said.endswith("$100M more on the first day gives nothing beyond simulation error (± 1.8).")
    assert lines(short(0.44), other, relief(-0.01))["What helps"].endswith("first day costs 1 point (± 0).")
    flat = lines(short(0.44), asked(worth(0.44)))["What helps"]
    assert "Removed alone, no constraint gives anything beyond simulation error." in flat
    assert "10% easier, no constraint gives anything beyond simulation error; no pair gives anything" in flat


def test_singles_too_close_to_call_each_have_their_gain() -> None:
    said = lines(short(0.44), asked(worth(0.44, money=0.1, rental=0.102)))["What helps"]
    assert said.startswith(
        "Removed alone, which gives most is too close to call: the rental market (10.2) or money (10)."
    )


def test_the_ambition_is_an_assumption() -> None:
    other = replace(asked(JOINT), ambitions=ambitions(hold=0.23, chase=0.65))
    assert lines(short(0.44), other)["Hinges on"] == (
        "What the lab wants, which is an assumption and no constraint: training lacks 23% (± 1) if it holds its "
        "place and 65% (± 1) if it chases the frontier."
    )
    assert "--override hold" in lines(short(0.44))["Hinges on"]


# --- serving ---


def test_serving_says_tokens_beside_shares() -> None:
    said = lines(short(0.44), asked(JOINT))["Serving"]
    assert said.startswith("20% of the tokens wanted in 2027 are not served, on average over futures (± 0 points; ")
    assert "without money and the rental market, 400 billion tokens / day more are served (± 0)" in said
    assert "In tokens" not in lines(short(0.44), asked(worth(0.2)))["Serving"]


@pytest.mark.parametrize(
    ("left", "sets"),
    [
        (JOINT, {"money+rental": 4e11}),
        (parallel(0.3, "sites", "domestic", gain=0.25), {"domestic": 2.5e11, "sites": 2.5e11}),
        (worth(0.3, rules=0.2), {"rules": 2e11}),
        (worth(0.004, rules=0.001), {}),
        (series(0.3, *NAMES, gain=0.2), {}),
    ],
)
def test_each_number_of_tokens_says_which_constraints_were_removed(left, sets: dict[str, float]) -> None:  # type: ignore[no-untyped-def]
    other = asked(left)
    document = other.as_json()["tokens_back"]
    assert isinstance(document, list)
    result = {"+".join(row["removed"]): row["mean"] for row in document}
    assert result == pytest.approx(sets | {"+".join(NAMES): other.tokens_back(NAMES).gain.mean})


@pytest.mark.parametrize("scale", ["icd203", "ipcc"])
def test_findings_hold_all_that_was_asked(scale: Scale) -> None:
    result = findings(RUN, outcomes(), asked(JOINT), relief(0.004), scale=scale)
    document = result.as_json()
    assert document["relief"] == relief(0.004).as_json()
    assert document["counterfactuals"] == asked(JOINT).as_json()
