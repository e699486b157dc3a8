"""Directions: what should rise when a parameter does. Means over the same futures; `None`: as in the baseline."""

import pytest

from tests.world.a_future import mean

FREE = "correlations=[]"
"""So that a correlated input can be fixed."""

KEYS = (
    "controls.rules.cn_2026_01_cond.effective=2026-05-01",
    "controls.rules.cn_2026_01_cond.quota=40000 chips / year",
    "happenings.h200_window_closes.probability=0",
)
"""Both keys turned, so that an H200 can come at all."""

ABROAD = ("market.offers.h100_abroad.depth=5000 chips",)

Row = tuple[str, str | None, str | None, str, int]

ROWS: list[Row] = [
    ("capital.cash", None, "$5bn", "owned", +1),
    ("capital.cash", None, "$5bn", "train_capital", -1),
    ("capital.facility", "$0 / year", None, "lowest_cash", +1),
    ("capital.operations", None, "$2bn / year", "insolvent", +1),
    ("capital.operations_growth", None, "3x / year", "lowest_cash", -1),
    ("capital.energy", None, "$1 / kWh", "lowest_cash", -1),
    ("capital.talks.closes", "0", None, "raised", +1),
    ("capital.talks.closes", "0", None, "train_short", -1),
    ("capital.talks.size", None, "$20bn", "owned", +1),
    ("capital.talks.size", None, "$20bn", "train_depth", +1),
    ("capital.talks.paid_at_close", "0", None, "lowest_runway", +1),
    ("capital.investors.others.weight", "0", None, "raised", +1),
    ("capital.investors.alibaba.depth", None, "50000 chips", "rented_home", +1),
    ("market.offers.h800_home.depth", "0 chips", None, "train_short", -1),
    ("market.offers.h800_home.depth", "0 chips", None, "train_depth", -1),
    ("market.offers.h800_home.rent", None, "$20 / hour", "rented_home", -1),
    ("market.offers.b200_grey.seizure", None, "1", "grey", -1),
    ("market.offers.b200_grey.yearly", "0 chips / year", None, "grey", +1),
    ("market.offers.ascend_950dt.price", None, "$200k", "domestic", -1),
    ("domestic.supplies.ascend_950dt.share", "0", None, "domestic", +1),
    ("domestic.supplies.ascend_950dt.begins", None, "2029-01-01", "domestic", -1),
    ("fleet.sites.ulanqab.energised", None, "2029-12-01", "domestic", -1),
    ("fleet.sites.hall.pue", None, "3", "power", +1),
    ("fleet.holdings.h800_hall.opening", None, "50000 chips", "owned", +1),
    ("fleet.holdings.h800_hall.loss", None, "60%", "owned", -1),
    ("fleet.holdings.h800_hall.failures", None, "10 / year", "train_short", +1),
    ("software.stacks.cann.serving", "0.1", None, "unserved", -1),
    ("software.stacks.cann.fit_from", None, "1", "train_short", +1),
    ("training.growth", "1x / year", None, "train_short", +1),
    ("training.pool_time", "20 days", None, "next_delay", -1),
    ("training.slip", "0 days", None, "next_delay", +1),
    ("training.slip", "0 days", None, "next_size", +1),
    ("serving.growth", None, "8x / year", "unserved", +1),
    ("serving.efficiency", None, "5x / year", "unserved", -1),
    ("serving.cost", None, "3", "unserved", +1),
    ("serving.peak", "1", None, "unserved", +1),
    ("serving.revenue", None, "$2bn / year", "lowest_cash", +1),
    ("procurement.train_first", None, "0.95", "train_short", -1),
    ("procurement.train_first", None, "0.95", "unserved", +1),
    ("procurement.reserve", None, "60 months", "lowest_cash", +1),
    ("procurement.reserve", None, "60 months", "owned", -1),
]

WITH_KEYS: list[Row] = [
    ("controls.governments.us.granted", "0", None, "licensed", +1),
    ("controls.rules.cn_2026_01_cond.quota", "0 chips / year", None, "licensed", +1),
    ("happenings.h200_window_closes.probability", None, "1", "licensed", -1),
]


def change(row: Row, given: tuple[str, ...]) -> float:
    """How much the mean of the measure rises from low to high."""
    path, low, high, measure, _ = row
    ends = [given if value is None else (*given, f"{path}={value}") for value in (low, high)]
    return mean(measure, *ends[1]) - mean(measure, *ends[0])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[3]}")
def test_direction(row: Row) -> None:
    assert change(row, (FREE,)) * row[4] > 0.0


@pytest.mark.parametrize("row", WITH_KEYS, ids=lambda row: f"{row[0]}-{row[3]}")
def test_direction_once_both_keys_are_turned(row: Row) -> None:
    assert change(row, KEYS) * row[4] > 0.0


def test_direction_of_a_cloud_rule_for_those_who_rent_abroad() -> None:
    row = ("controls.rules.us_cloud_access.probability", "0", "1", "rented_abroad", -1)
    assert change(row, ABROAD) < 0.0
