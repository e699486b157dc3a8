import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks.shares import NOBODY, PARTS, USES, Bottleneck, bottlenecks, by_month, shares
from tests.findings.toy import RUN, outcomes, parts, series


def of(use: str, table: pd.DataFrame) -> Bottleneck:
    return next(bottleneck for bottleneck in bottlenecks(table) if bottleneck.use == use)


def test_one_constraint_takes_all() -> None:
    result = of("train", parts(train_control=0.5))
    first = result.causes[0]
    assert (first.part, first.share, first.p5, first.p95, first.largest) == ("rules", 0.5, 0.5, 0.5, 1.0)
    assert result.missing == 0.5


def test_nothing_missing_has_no_cause() -> None:
    result = of("serve", parts(train_control=0.5))
    assert (result.causes, result.nothing, result.missing) == ((), 1.0, 0.0)


def test_shares_of_a_use_add_up_to_what_is_missing_and_odds_to_one() -> None:
    table = shares(bottlenecks(outcomes()))
    assert list(table["use"].unique()) == list(USES)
    for result in bottlenecks(outcomes()):
        own = table[table["use"] == result.use]
        assert own["share"].sum() == pytest.approx(result.missing)
        assert own["largest"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_share_is_the_mean_over_futures(seed: int) -> None:
    """Not what is missing in all futures together: a future that lacks little weighs as much as any other."""
    random = np.random.default_rng(seed)
    table = parts(50).assign(train_budget=random.uniform(0, 0.5, 50), train_behind=random.uniform(0, 0.3, 50))
    result = {cause.part: cause.share for cause in of("train", table).causes}
    assert result["money"] == pytest.approx(table["train_budget"].mean())
    assert result["behind"] == pytest.approx(table["train_behind"].mean())


def test_a_large_future_weighs_more_in_the_share_but_not_in_the_odds() -> None:
    table = parts(3).assign(train_budget=[0.9, 0.0, 0.0], train_depth=[0.0, 0.1, 0.1])
    first, second = of("train", table).causes[:2]
    assert first.part == "money"
    assert first.share == pytest.approx(0.3)
    assert second.part == "rental"
    assert second.largest == pytest.approx(2.0 / 3.0)


def test_odds_are_among_futures_in_which_any_constraint_binds() -> None:
    result = of("train", parts(4).assign(train_site=[0.0, 0.0, 0.0, 0.2], train_planning=[0.0, 0.0, 0.1, 0.1]))
    assert result.nothing == 0.5
    assert result.causes[0].largest == 1.0


@pytest.mark.parametrize("other", list(NOBODY))
def test_what_is_no_constraint_is_never_first(other: str) -> None:
    result = of("train", parts(train_control=0.1, train_depth=-0.1).assign(**{f"train_{other}": 0.5}))
    assert [cause.part for cause in result.causes[:2]] == ["rules", other]
    assert [cause.binds for cause in result.causes[:2]] == [True, False]
    assert result.causes[-1].part == "rental"
    assert result.causes[1].largest == 0.0
    assert result.missing == pytest.approx(0.5)


def test_equal_constraints_share_the_lead() -> None:
    result = of("train", parts(train_control=0.333, train_wafers=0.333))
    assert [cause.largest for cause in result.causes[:2]] == [0.5, 0.5]


def test_a_negative_part_is_shown_as_it_is() -> None:
    result = of("serve", parts(serve_budget=0.6, serve_control=-0.1))
    assert {cause.part: cause.share for cause in result.causes} == {
        "money": pytest.approx(0.6),
        "rules": pytest.approx(-0.1),
        **dict.fromkeys(set(PARTS) - {"money", "rules"}, 0.0),
    }


def test_months_end_with_the_leading_window() -> None:
    table = by_month(series(), RUN.reporting_until)
    assert list(table.columns) == ["month", "use", "gate", "p5", "p25", "p50", "p75", "p95", "mean"]
    assert table["month"].max() == "2027-12-31"
    assert len(table) == 21 * len(USES) * len(PARTS)
    assert np.isfinite(table[["p5", "p95"]].to_numpy()).all()
