"""The lines of an answer, from constructed outcomes, splits and reliefs."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.study.answer import answer, headline
from sim.study.bottlenecks import GROUPS, bottlenecks, when
from sim.study.constraint import campaign, inverse
from sim.study.findings import findings
from sim.study.measures import MEASURES, measure, summarise
from sim.study.relief import EASED, REMOVED, Relief, Relieved, relieved
from sim.study.split import QUESTIONS, Split, coalitions, split
from sim.study.verdict import disagreements
from sim.study.words import Scale
from tests.study.toy import RUN, outcomes, parts


def explained(name: str, whole: float, **worth: float) -> Split:
    """A split in which each group explains so much of a shortfall."""
    table = [[whole - sum(worth.get(group, 0.0) for group in gone)] * 4 for gone in coalitions()]
    return split(measure(name), np.array(table))


def eased(gain: float, *causes: str, far: float = EASED) -> Relieved:
    usual = outcomes(4).assign(train_short=0.5, unserved=0.5, second_delay=3.0)
    return relieved((causes, far), usual.assign(train_short=0.5 - gain, unserved=0.5 - gain), usual)


def lines(table: pd.DataFrame, splits: tuple[Split, ...] = (), relief: Relief | None = None, scale: Scale = "icd203"):  # type: ignore[no-untyped-def]
    summaries = {each.name: summarise(each, table) for each in MEASURES}
    found = answer(RUN, table, bottlenecks(table), summaries, splits, relief, scale)
    return {line.question: line.text for line in found}


SPLITS = tuple(explained(name, 0.5, money=0.2, depth=0.17, rules=0.05) for name in ("train_short", "unserved"))
RELIEF = Relief(
    4,
    (
        eased(0.01, "capital"),
        eased(0.03, "depth"),
        eased(0.05, "want"),
        eased(0.20, "capital", far=REMOVED),
        eased(0.1, "depth", far=REMOVED),
    ),
    (eased(0.3, "capital", "depth", far=REMOVED),),
    eased(0.004, "hundred_million"),
)


def test_five_lines_lead() -> None:
    assert list(lines(outcomes()))[:5] == ["Which bottleneck", "When", "How bad", "How likely", "What helps most"]


def test_the_split_leads_where_it_was_run() -> None:
    said = lines(parts(train_capital=1.0, serve_capital=1.0), SPLITS)["Which bottleneck"]
    assert "Training: money explains 20 points of a shortfall of 50 points." in said
    assert "Close behind: market depth (rental and grey), 17 points." in said
    assert "8 points would stay without any of the six causes." in said
    assert headline(bottlenecks(parts(train_depth=1.0)), SPLITS) == (
        "The main bottleneck is money, for training and for serving."
    )


def test_without_a_split_it_says_how_to_have_one() -> None:
    assert "run with --split" in lines(outcomes())["Which bottleneck"]


def test_money_dug_the_hole_and_another_keeps_it_open() -> None:
    (ribbon, _) = bottlenecks(parts(train_wafers=3.0, train_capital=1.0))
    (said,) = disagreements(ribbon, SPLITS[0], None)
    assert said.startswith("Money dug the hole, domestic supply now keeps it open")
    (ribbon, _) = bottlenecks(parts(train_capital=3.0))
    assert disagreements(ribbon, SPLITS[0], None) == ()


def test_a_small_or_uncertain_cause_digs_no_hole() -> None:
    (ribbon, _) = bottlenecks(parts(train_wafers=3.0))
    assert disagreements(ribbon, explained("train_short", 0.5, money=0.02), None) == ()
    luck = np.random.default_rng(1).normal(0.1, 0.3, 4)
    table = np.array([0.5 - luck * ("money" in gone) for gone in coalitions()])
    assert disagreements(ribbon, split(measure("train_short"), table), None) == ()


def test_relief_that_disagrees_says_so() -> None:
    (ribbon, _) = bottlenecks(parts(train_capital=3.0))
    explains, removal = disagreements(ribbon, SPLITS[0], RELIEF)
    assert "Money explains most; of one cause eased by a tenth, " in explains
    assert "market depth (rental and grey) helps most (3 points)" in explains
    assert removal.startswith("Easing by a tenth says market depth (rental and grey), removal says money from outside")


def test_what_helps_is_said_of_the_best_cause_and_the_best_pair() -> None:
    said = lines(outcomes(), SPLITS, RELIEF)["What helps most"]
    assert "Training: market depth (rental and grey), eased by a tenth, gives back 3 points" in said
    assert "money from outside, removed, 20 points" in said
    assert "money from outside and market depth (rental and grey) together, 30 points" in said
    assert "$100M more on the first day gives training 0.4 points" in said
    assert "growth" not in said


def test_when_is_among_the_futures_in_which_it_begins() -> None:
    horizon = (RUN.end - RUN.start).days
    days = pd.DataFrame({"train_when_money": [100.0, 200.0, 300.0, horizon + 1.0]})
    found = when("train", "money", days, horizon)
    assert (found.days, found.never) == ((100.0, 200.0, 300.0), 0.25)
    never = when("train", "money", days.assign(train_when_money=horizon + 1.0), horizon)
    assert (never.days, never.never) == (None, 1.0)
    table = parts(4, train_capital=1.0).assign(**days)
    assert "Training: money keeps it short from 2026-11 on (2026-08 to 2027-02" in lines(table)["When"]
    assert date(2026, 11, 9) == date.fromordinal(RUN.start.toordinal() + 200)


def test_odds_of_a_fork_and_of_harm_given_it() -> None:
    table = outcomes(4).assign(
        stalled=[1.0, 0.0, 0.0, 0.0], second_delay=[9.0, 9.0, 1.0, 1.0], closed=1.0, second_released=1.0
    )
    said = lines(table)["How likely"]
    assert "talks stall: unlikely (25%), and then the second flagship is more than six months late in 100%" in said
    assert "else in 33%" in said
    assert "a round closes in every future here" in said


def test_likelihood_follows_the_scale_that_is_asked_for() -> None:
    table = outcomes(4).assign(stalled=[1.0, 1.0, 1.0, 0.0])
    assert "talks stall: likely (75%)" in lines(table)["How likely"]
    table = outcomes(4).assign(insolvent=[1.0, 1.0, 0.0, 0.0])
    assert "about as likely as not (50%)" in lines(table, scale="ipcc")["How likely"]
    assert "roughly even chance (50%)" in lines(table)["How likely"]


def test_a_campaign_is_told_with_what_delays_it() -> None:
    found = explained("second_delay", 8.0, money=4.0, depth=2.4, rules=0.1)
    table = outcomes(4).assign(second_delay=[4.0, 6.0, 8.0, 11.0])
    assert campaign(found, summarise(measure("second_delay"), table)) == (
        "The second flagship comes 4 to 11 months late: money 50%, market depth (rental and grey) 30%; "
        "19% stays when all are removed."
    )


def test_a_campaign_on_time_has_nothing_to_explain() -> None:
    found = explained("next_delay", -1.0)
    assert "not late" in campaign(found, summarise(measure("next_delay"), outcomes(4).assign(next_delay=-1.0)))


def test_a_campaign_may_be_early() -> None:
    found = explained("next_delay", 2.0, money=1.0)
    table = outcomes(4).assign(next_delay=[-3.0, 1.0, 4.0, 6.0])
    assert campaign(found, summarise(measure("next_delay"), table)).startswith(
        "The next flagship comes 3 months early to 6 months late: money 50%"
    )
    assert "What delays the next flagship: money 50%" in lines(table, (found,))["How bad"]


def test_a_cause_is_told_with_what_it_delays() -> None:
    splits = tuple(explained(name, 1.0, money=0.2) for name in QUESTIONS)
    told = dict(inverse(splits))
    assert set(told) == {group.words for group in GROUPS.values()}
    assert told["money"] == (
        "20 points of the training compute wanted; 20 points of the tokens wanted; 0.2 months of the next flagship; "
        "0.2 months of the second flagship"
    )


@pytest.mark.parametrize("scale", ["icd203", "ipcc"])
def test_findings_hold_all_that_was_asked(scale: Scale) -> None:
    found = findings(RUN, outcomes(), SPLITS, RELIEF, scale=scale)
    assert found.as_json()["relief"] == RELIEF.as_json()
    assert len(found.splits) == 2
