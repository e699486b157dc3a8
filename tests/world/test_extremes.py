"""Extremes: nothing asked means nothing delivered, and what is ample never binds."""

import re
from typing import Any

import pandas as pd
import pytest

from sim.errors import InputError
from sim.world.shortfall.causes import NAMES
from tests.world.a_future import outcomes, template_of

FREE = "correlations=[]"
POOR = (
    FREE,
    "capital.cash=$0",
    "capital.facility=$0 / year",
    "capital.financing.closes=0",
    "capital.financing.resumes=0",
    "capital.financing.fallback=0",
    "capital.financing.fallback_rate=0 / year",
    "serving.revenue=$0 / year",
)


DOMESTIC = ("wafers", "memory", "packaging", "allocation")


def ids(table: str) -> tuple[str, ...]:
    return template_of("baseline", ()).scenario.things[table]


def run(*settings: str) -> pd.DataFrame:
    return outcomes(*settings, futures=10)


def short_of(frame: pd.DataFrame, *causes: str) -> float:
    """What some causes keep away from both uses, as shares of what is wanted, over all futures."""
    return float(frame[[f"{use}_{cause}" for use in ("train", "serve") for cause in causes]].to_numpy().sum())


def test_without_money_nothing_is_bought_and_all_are_insolvent_at_once() -> None:
    result = run(*POOR)
    assert (result["insolvent"] == 1.0).all()
    assert (result["insolvent_on"] == 8.0).all()
    for way in ("licensed", "domestic", "grey", "rented", "raised", "lowest_cash", "lowest_runway"):
        assert (result[way] == 0.0).all(), way
    assert (result["owned"] <= run(FREE)["owned"]).all()
    assert (result["train_budget"] > 0.0).all()


def test_without_controls_rules_stop_nothing_and_h200s_come() -> None:
    open_gates = [f"controls.rules.{rule}.probability=0" for rule in ids("rules")]
    licensed = [f"market.offers.{offer}.yearly=1M chips / year" for offer in ("h200_licensed", "h20_licensed")]
    result = run(*open_gates, *licensed, "market.offers.b200_grey.seizure=0")
    assert abs(short_of(result, "control", "licence")) < 0.02 * short_of(run(), "control", "licence")
    assert result["licensed"].mean() > 10.0 * run()["licensed"].mean()
    assert result["train_short"].mean() < run()["train_short"].mean()


def test_without_demand_nothing_is_unserved_and_nothing_is_bought_for_it() -> None:
    """With final runs so small that the largest pool is in nobody's way."""
    nothing = ("serving.tokens=0 tokens / day", "training.growth=0.5x / year", "training.latent=0")
    result = run(FREE, *nothing, "training.research=20", "training.least_final_run=0")
    assert (result["unserved"] == 0.0).all()
    assert (result["train_short"] < 0.01).all()
    assert (result[[f"serve_{name}" for name in NAMES]] == 0.0).all(axis=None)
    assert (result["next_delay"] < 0.5).all()


def test_with_infinite_power_no_site_binds() -> None:
    ample = [
        setting
        for site in ids("sites")
        for setting in (f"fleet.sites.{site}.capacity=1000000 GW", f"fleet.sites.{site}.energised=2020-01-01")
    ]
    result = run(*ample)
    assert short_of(result, "site") == 0.0
    assert short_of(run(), "site") > 0.0


def test_without_domestic_supply_nothing_domestic_comes_and_the_vendor_is_to_blame() -> None:
    none = [f"foundry.supplies.{supply}.share=0" for supply in ids("supplies")]
    result = run(*none)
    assert (result["domestic"] == 0.0).all()
    assert short_of(result, *DOMESTIC) > short_of(run(), *DOMESTIC)


def test_with_all_the_money_there_is_money_binds_nowhere() -> None:
    result = run(FREE, "capital.cash=$1000bn")
    assert short_of(result, "budget") == 0.0
    assert (result["insolvent"] == 0.0).all()
    assert short_of(result, "depth") > short_of(run(FREE), "depth")


@pytest.mark.parametrize("way", ["rented_home", "rented_abroad", "grey"])
def test_a_market_without_depth_gives_nothing(way: str) -> None:
    shut: dict[str, Any] = {
        "rented_home": (
            "fleet.holdings.h800_home_cloud.opening=0 chips",
            *(f"market.offers.{chip}_home.depth=0 chips" for chip in ("h800", "h20", "ascend_910c")),
            "capital.investors.alibaba.depth=0 chips",
            "capital.investors.tencent.depth=0 chips",
        ),
        "rented_abroad": tuple(f"market.offers.h100_{place}.depth=0 chips" for place in ("malaysia", "singapore")),
        "grey": ("market.offers.b200_grey.yearly=0 chips / year",),
    }
    assert (run(*shut[way])[way] == 0.0).all()


def test_sites_are_no_main_cause_in_the_baseline() -> None:
    """A lab of this size finds power in China: it is never among the largest three causes."""
    result = outcomes()
    for use in ("train", "serve"):
        sums = result[[f"{use}_{cause}" for cause in ("budget", "control", "depth", "planning", "site")]].sum()
        assert sums[f"{use}_site"] < 0.5 * sums.nlargest(3).iloc[-1]


def test_grey_supply_stays_below_what_an_expert_would_believe() -> None:
    assert outcomes()["grey"].median() < 10_000.0 * 2.27 * 1.7


WIDEST = ("capital.cash=$1T", "capital.financing.size=$1T", "training.growth=100x / year", "serving.price=10x / year")
"""The ends of what may be written of what grows; a little more is refused, with its place."""


@pytest.mark.parametrize("setting", [*WIDEST, "training.cycle=30 days"])
def test_the_books_hold_at_the_ends_of_the_ranges(setting: str) -> None:
    assert len(outcomes(setting, futures=2)) == 2


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("capital.cash=$1e16", "$1e16 is above 1000000000000 USD"),
        ("training.growth=1000x / year", "1000x / year is above 100 x / year"),
        ("serving.price=100x / year", "100x / year is above 10 x / year"),
        ("training.cycle=0 months", "0 months is below 30 days"),
    ],
)
def test_what_the_books_cannot_hold_is_refused(setting: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        template_of("baseline", (setting,))
