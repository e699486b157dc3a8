"""The table of constraints: its columns add up, and no sign is shown that may be wrong."""

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.constraint_table import COLUMNS, ConstraintRow, changed_row, constraint_table, rounded_together
from sim.bottlenecks.counterfactuals import Counterfactuals, counterfactuals
from sim.bottlenecks.removals import NAMES, SHORTFALLS, Amount
from sim.bottlenecks.scenario_effect import ChangeEffect
from sim.bottlenecks.shares import PARTS, bottlenecks
from sim.measures.wording import bare_points
from tests.bottlenecks.games import asked, eased, series, table, with_luck, worth
from tests.findings.toy import parts


def rows(outcomes: pd.DataFrame, other: Counterfactuals | None = None) -> list[ConstraintRow]:
    return list(constraint_table(bottlenecks(outcomes)[0], other))


def column(rows: list[ConstraintRow], title: str) -> dict[str, str]:
    place = COLUMNS.index(title)
    return {row.part: row.texts[place] for row in rows}


def random_parts(seed: int, size: float = 0.1) -> pd.DataFrame:
    """A part of any sign for each constraint, and for what is none."""
    luck = np.random.default_rng(seed)
    given = {f"train_{name}": luck.normal(size, size) for name in ("budget", "depth", "control", "wafers", "site")}
    given |= {f"train_{name}": luck.normal(size, size) for name in ("pace", "behind", "habit", "planning")}
    return parts(4, **given)


@pytest.mark.parametrize("size", [0.1, 0.01, 0.0003])
@pytest.mark.parametrize("seed", range(25))
def test_what_binds_now_adds_up_to_the_total_that_is_printed(seed: int, size: float) -> None:
    result = rows(random_parts(seed, size))
    now = column(result, "binds now")
    total = now.pop("")
    assert total == bare_points(sum(cause.share for cause in bottlenecks(random_parts(seed, size))[0].causes))
    assert set(now) == set(PARTS)
    if total.strip("<>-") == total.lstrip("-"):
        assert sum(map(float, now.values())) == pytest.approx(float(total), abs=1e-9)


@pytest.mark.parametrize(
    ("shares", "texts"),
    [
        ([0.334, 0.333, 0.333], ["34", "33", "33"]),
        ([0.145, 0.145, 0.145, 0.145], ["15", "15", "14", "14"]),
        ([0.105, -0.005], ["11", "-1"]),
        ([0.205, -0.104], ["20", "-10"]),
        ([0.0021, 0.0022, 0.0], ["0.2", "0.2", "0"]),
        ([0.0004, 0.0], ["0", "0"]),
        ([0.99, 0.009], ["99", "0.9"]),
        ([0.0, 0.0], ["0", "0"]),
        ([], []),
    ],
)
def test_shares_are_rounded_together(shares: list[float], texts: list[str]) -> None:
    assert rounded_together(shares) == texts


@pytest.mark.parametrize("seed", range(20))
def test_no_part_is_rounded_by_more_than_a_point(seed: int) -> None:
    shares = list(np.random.default_rng(seed).normal(0.05, 0.05, 10))
    result = rounded_together(shares)
    assert all(abs(float(text) - 100.0 * share) < 1.0 for text, share in zip(result, shares, strict=True))
    assert "-0" not in result


def test_a_row_for_each_constraint_that_acts() -> None:
    """Where no foundry works no wafers can lack, whatever is removed besides: nothing is said of it."""
    given = parts(4, train_budget=0.3, train_site=0.1)
    acting = asked(worth(0.44, money=0.3, software=0.01))
    assert [row.part for row in rows(given, acting) if row.part in NAMES] == ["money", "sites", "software"]
    assert [row.part for row in rows(given) if row.part in NAMES] == list(NAMES)


def test_a_row_for_each_constraint_then_for_what_is_none_then_the_total() -> None:
    result = rows(parts(4, train_budget=0.3, train_behind=0.14), asked(worth(0.44, money=0.3), money=0.3))
    assert result[-1].words == "missing in all"
    money = result[0]
    assert money.words == "money, irreplaceable"
    assert dict(zip(COLUMNS, money.texts, strict=True)) == {
        "binds now": "30",
        "alone": "30 ± 0",
        "10% easier": "1.5 ± 0.1",
        "best while it stays": "0",
        "allotted": "30",
    }
    assert dict(zip(COLUMNS, result[-1].texts, strict=True)) == {
        "binds now": "44",
        "alone": "all six: 30",
        "10% easier": "",
        "best while it stays": "",
        "allotted": "30",
    }
    behind = next(row for row in result if row.part == "behind")
    assert behind.texts == ("14", "", "", "", "")


@pytest.mark.parametrize("extra", [0.01, 0.05, 0.2])
def test_all_six_give_what_all_six_give_though_fewer_give_more(extra: float) -> None:
    """Without sites all six cost something: the planner then spends otherwise."""
    other = asked(lambda gone: 0.44 - 0.3 * ("money" in gone) + extra * ("sites" in gone))
    total = rows(parts(4, train_budget=0.44), other)[-1]
    shown = dict(zip(COLUMNS, total.texts, strict=True))
    assert shown["alone"] == f"all six: {bare_points(0.3 - extra)}"
    allotted = column(rows(parts(4, train_budget=0.44), other), "allotted")
    each = [float(allotted[name]) for name in NAMES if name in allotted]
    assert sum(each) == pytest.approx(float(shown["allotted"]), abs=0.1)


def test_without_removals_only_what_binds_now_is_there() -> None:
    assert all(row.texts[1:] == ("", "", "", "") for row in rows(parts(4, train_budget=0.3)))


@pytest.mark.parametrize("seed", range(10))
def test_no_sign_is_shown_where_zero_lies_within_the_error(seed: int) -> None:
    luck = with_luck(seed, worth(0.44, money=0.3), 40)
    other = counterfactuals(table(luck), eased(part=0.05, error=0.01, money=0.1, sites=-0.3))
    result = rows(parts(4, train_budget=0.44), other)
    back = other.of_use("train")
    for name in NAMES:
        text, gain = column(result, "alone")[name], back.alone[name]
        assert text.startswith("≈ 0 ±") == (abs(gain.mean) <= gain.error)
        assert (column(result, "allotted")[name] == "≈ 0") == (
            abs(back.allotted[name].mean) <= back.allotted[name].error
        )
    margin = column(result, "10% easier")
    assert (margin["money"], margin["sites"], margin["rules"]) == ("≈ 0 ± 1", "-1.5 ± 1", "0 ± 1")


def test_what_stands_behind_another_is_shown_with_nothing_alone() -> None:
    result = rows(parts(4, train_budget=0.44), asked(series(0.44, "money", "rental", gain=0.4)))
    alone = column(result, "alone")
    assert (alone["money"], alone["rental"], alone[""]) == ("0 ± 0", "0 ± 0", "all six: 40")
    assert column(result, "allotted")["money"] == "20"


def test_a_change_shows_what_it_costs_each_use_or_that_it_cannot_be_taken_back_alone() -> None:
    costs = {"train_short": Amount(0.031, 0.004), "unserved": Amount(-0.002, 0.004)}
    assert list(costs) == list(SHORTFALLS.values())
    assert changed_row(ChangeEffect("a.b", "the talks", costs)) == ("the talks", "3.1 ± 0.4", "≈ 0 ± 0.4")
    assert changed_row(ChangeEffect("a.b", "a rule", {})) == ("a rule", "cannot be taken back alone", "")
