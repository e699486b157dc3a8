"""The pages of relief and survival: the title says what the table holds, and what is drawn is as long as its number."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.bottlenecks.relief import EASED, REMOVED, Relief, causes_relieved, singles
from sim.bottlenecks.survival import SupplySource, Survival, survival
from sim.report import relief_page, survival_page
from tests.bottlenecks.test_relief import world

STOP = "offer", date(2026, 4, 23), 365


def relieved(**gains: float) -> Relief:
    """Each cause gives training a point when it is removed, and nothing when it is eased, or what is said."""
    luck = np.random.default_rng(1).normal(0.0, 0.001, 400)

    def eased(cause: str, step: float) -> float:
        return gains.get(cause, 0.01) if step == REMOVED else gains.get(cause, 0.0) / 10.0

    usual = world(0.0, 400)
    worlds = {
        (cause, step): usual.assign(train_short=0.5 - eased(cause, step) - np.roll(luck, i))
        for i, (cause, step) in enumerate(singles())
    }
    return Relief(400, causes_relieved(worlds, usual))


def test_the_title_of_relief_is_the_first_row_of_its_table() -> None:
    result = relieved(depth=0.2, budget=0.1, software=-0.05)
    text = relief_page.page(result, "Toy & <b>friends</b>", "again --now", "abc123")
    assert "<h1>Removing “rental and grey market” gives training most back: 20 points (± 0.01).</h1>" in text
    assert "“rental and grey market” gives most, 2 points (± 0.01)." in text
    rows = re.findall(r'<th scope="row"><b>(.*?)</b></th>', text)
    assert rows[:2] == ["Rental and grey market", "Money from outside"]
    assert rows[-1] == "Growth of what is wanted (the ambition, no cause)"
    assert "Toy &amp; &lt;b&gt;friends" in text


def test_relief_names_all_that_may_give_most() -> None:
    names = relief_page.headline(relieved(depth=0.2, budget=0.2))
    assert {"money from outside", "rental and grey market"} == set(re.findall("“(.*?)”", names))
    assert names.endswith("for the first, too close to call.")
    harm = relieved(**{cause: -0.05 for cause, _ in singles()})
    assert relief_page.headline(harm).startswith("No cause that is removed alone gives training anything back")
    assert next(relief_page.facts(harm)).rest == "no cause alone gives anything beyond simulation error."


def test_a_gain_is_drawn_from_zero_to_its_number() -> None:
    """From -5 to 20 points, zero lies a fifth of the way."""
    result = relieved(depth=0.2, software=-0.05)
    column = relief_page.column(result, "train_short", REMOVED)
    assert column.scale.place(0.0) == pytest.approx(20.0, abs=0.1)
    best, worst = (
        next(
            relief_page.bar(row.gain("train_short"), column) for row in result.single if (row.cause, row.step) == which
        )
        for which in (("depth", REMOVED), ("software", REMOVED))
    )
    assert (best.start, best.width) == pytest.approx((20.0, 80.0), abs=0.1)
    assert (worst.start, worst.width) == pytest.approx((0.0, 20.0), abs=0.1)
    assert worst.text == "−5"
    assert relief_page.column(result, "train_short", EASED).scale.high < column.scale.high


def stopped(fails: int, name: str = "imports") -> Survival:
    """Of ten futures so many fail in the third month, and come back in the sixth."""
    ends = np.arange(30.0, 361.0, 30.0)
    usual = np.full((10, 12), 8.0)
    lost = usual.copy()
    lost[:fails, 2:5] = 1.0
    return survival(SupplySource(name, f"all {name}", *STOP), lost, usual, ends, np.zeros(10))


def test_the_title_of_survival_names_the_worst_stop() -> None:
    survivals = (stopped(2, "memory"), stopped(6), stopped(0, "tools"))
    text = survival_page.page(survivals, "Toy", "again --now", "abc123")
    assert "<h1>Without all imports for 365 days, training fails in 60% of futures.</h1>" in text
    assert re.findall(r"<td><b>(\d+%)</b>", text) == ["60%", "20%"]
    assert "The others (1):</b> training fails in no future." in text
    late = replace(
        stopped(6), lasting=(1.0,)
    )  # the stop is less than a month before the end: there is a point, no curve
    assert 'd="M0.00 0.00"' in survival_page.page((late,), "Toy", "x", "y")
    seldom = replace(stopped(0), fails=0.04)
    assert "No stop of one source brings training down in more than 5% of futures." in survival_page.headline((seldom,))
    nothing = survival_page.page((stopped(0),), "Toy", "x", "y")
    assert "<h1>Training outlasts the stop of any one source of supply.</h1>" in nothing


def test_a_curve_falls_when_futures_fail() -> None:
    lasting = stopped(6).lasting
    assert lasting == (1.0, 1.0, 1.0, *[0.4] * 9)
    assert replace(stopped(6), lasting=()).as_json() == stopped(6).as_json()
