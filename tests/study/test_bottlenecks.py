import numpy as np
import pandas as pd
import pytest

from sim.study.bottlenecks import GATES, USES, Bottleneck, bottlenecks, by_month, shares
from tests.study.toy import RUN, outcomes, parts, series


def of(use: str, table: pd.DataFrame) -> Bottleneck:
    return next(found for found in bottlenecks(table) if found.use == use)


def test_one_gate_takes_all() -> None:
    found = of("train", parts(train_control=5.0))
    first = found.causes[0]
    assert (first.gate, first.share, first.p5, first.p95, first.largest) == ("rules", 1.0, 1.0, 1.0, 1.0)
    assert found.second is None
    assert found.missing == 5.0


def test_nothing_left_missing_has_no_cause() -> None:
    found = of("serve", parts(train_control=5.0))
    assert (found.causes, found.nothing, found.missing) == ((), 1.0, 0.0)


def test_shares_and_odds_of_a_use_add_up() -> None:
    table = shares(bottlenecks(outcomes()))
    assert list(table["use"].unique()) == list(USES)
    assert table.groupby("use")["share"].sum().to_list() == pytest.approx([1.0, 1.0])
    assert table.groupby("use")["largest"].sum().to_list() == pytest.approx([1.0, 1.0])


def test_a_large_future_weighs_more_in_the_share_but_not_in_the_odds() -> None:
    table = parts(3).assign(train_capital=[8.0, 0.0, 0.0], train_depth=[0.0, 1.0, 1.0])
    first, second = of("train", table).causes[:2]
    assert (first.gate, first.share) == ("money", 0.8)
    assert second.gate == "rental"
    assert second.largest == pytest.approx(2.0 / 3.0)


def test_odds_are_among_futures_in_which_anything_was_left() -> None:
    found = of("train", parts(4).assign(train_site=[0.0, 0.0, 0.0, 2.0]))
    assert found.nothing == 0.75
    assert found.causes[0].largest == 1.0


def test_equal_gates_share_the_lead() -> None:
    found = of("train", parts(train_control=8.33, train_wafers=8.33))
    assert [cause.largest for cause in found.causes[:2]] == [0.5, 0.5]
    assert found.second is found.causes[1]


def test_the_second_cause_is_named_only_when_close() -> None:
    assert of("train", parts(train_capital=54.0, train_depth=46.0)).second is not None
    assert of("train", parts(train_capital=56.0, train_depth=44.0)).second is None


def test_a_negative_part_is_shown_as_it_is() -> None:
    found = of("serve", parts(serve_capital=12.0, serve_control=-2.0))
    assert {cause.gate: cause.share for cause in found.causes} == {
        "money": 1.2,
        "rules": -0.2,
        "domestic": 0.0,
        "rental": 0.0,
        "software": 0.0,
        "sites": 0.0,
        "planning": 0.0,
    }


def test_months_end_with_the_leading_window() -> None:
    table = by_month(series(), RUN.leads_until)
    assert list(table.columns) == ["month", "use", "gate", "p5", "p25", "p50", "p75", "p95", "mean"]
    assert table["month"].max() == "2027-12-31"
    assert len(table) == 21 * len(USES) * len(GATES)
    assert np.isfinite(table[["p5", "p95"]].to_numpy()).all()
