"""Directions: what should rise when a parameter does. Means over the same futures; `None`: as in the baseline."""

import pytest

from tests.world.a_future import mean

FREE = "correlations=[]"
"""So that a correlated input can be fixed."""

KEYS = (
    "controls.rules.cn_2026_01_cond.effective=2026-05-01",
    "controls.rules.cn_2026_01_cond.quota=40000 chips / year",
    "climate.pace=0",
    "controls.rules.us_2026_01_case_by_case.ends_truce=0 / year",
    "controls.rules.cn_2026_01_cond.ends_truce=0 / year",
)
"""Both keys turned, so that an H200 can come at all."""

ABROAD = ("market.offers.h100_malaysia.depth=5000 chips",)

Row = tuple[str, str | None, str | None, str, int]

ROWS: list[Row] = [
    ("capital.cash", None, "$5bn", "owned", +1),
    ("capital.cash", None, "$5bn", "train_budget", -1),
    ("capital.facility", "$0 / year", None, "lowest_cash", +1),
    ("capital.operations", None, "$2bn / year", "insolvent", +1),
    ("capital.operations_growth", None, "3x / year", "lowest_cash", -1),
    ("capital.energy", None, "$1 / kWh", "lowest_cash", -1),
    ("capital.financing.closes", "0", None, "raised", +1),
    ("capital.financing.closes", "0", None, "train_short", -1),
    ("capital.financing.size", "$100M", None, "owned", +1),
    ("capital.financing.size", "$100M", None, "train_depth", +1),
    ("capital.financing.paid_at_close", "0", None, "lowest_runway", +1),
    ("capital.investors.others.weight", "0", None, "raised", +1),
    ("capital.investors.founder.joins", "0", "1", "raised", +1),
    ("capital.investors.state_fund.joins", "0", "1", "raised", +1),
    ("capital.investors.vendor.joins", "0", "1", "raised", +1),
    ("capital.financing.takes_up", "1", "3", "raised", +1),
    ("capital.financing.valuation", "$5bn", None, "dilution", -1),
    ("capital.financing.next_valuation", None, "10", "dilution", -1),
    ("capital.financing.dilution_limit", "0.01", None, "raised", +1),
    ("capital.financing.rival_price", None, "5", "dilution", -1),
    ("capital.financing.duration", None, "200 days", "closed_on", +1),
    ("capital.financing.approvals", None, "200 days", "closed_on", +1),
    ("capital.financing.fallback", "0", None, "fallback", +1),
    ("capital.financing.fallback_rate", "0 / year", "3 / year", "fallback", +1),
    ("capital.financing.fallback_below", "0 months", "24 months", "fallback", +1),
    ("capital.financing.due", "2026-05-01", None, "first_round_late", -1),
    ("dials.budget", None, "0.5", "owned", +1),
    ("dials.budget", None, "1", "train_short", -1),
    ("capital.investors.alibaba.depth", None, "50000 chips", "rented_home", +1),
    ("market.offers.h800_home.depth", "0 chips", None, "train_short", -1),
    ("market.offers.h800_home.depth", "0 chips", None, "train_depth", -1),
    ("market.offers.h800_home.rent", None, "$20 / hour", "rented_home", -1),
    ("market.offers.b200_grey.seizure", None, "1", "grey", -1),
    ("market.offers.b200_grey.yearly", "0 chips / year", None, "grey", +1),
    ("market.offers.ascend_950dt.price", None, "$200k", "domestic", -1),
    ("foundry.supplies.ascend_950dt.share", "0", None, "domestic", +1),
    ("foundry.supplies.ascend_950dt.launch", None, "2029-01-01", "domestic", -1),
    ("foundry.supplies.ascend_950dt.slip", None, "12 months", "reference_chip_made", -1),
    ("foundry.supplies.ascend_950dt.planned", None, "500000 chips / month", "reference_chip_offered", -1),
    ("foundry.pools.hizq.begins", None, "2029-01-01", "domestic", -1),
    ("foundry.pools.hizq.monthly", None, "2M stacks / month", "reference_chip_made", +1),
    ("foundry.lines.smic.starts", None, "0 wafers / month", "reference_chip_made", -1),
    ("foundry.lines.smic.good", "0.05", None, "reference_chip_made", +1),
    ("foundry.lines.smic.time", "5 months", "20 months", "reference_chip_made", -1),
    ("foundry.packaging.packaging_950.monthly", "1000 chips / month", None, "reference_chip_made", +1),
    ("foundry.packaging.packaging_950.survival", "0.2", None, "reference_chip_made", +1),
    ("foundry.vendors.huawei.strategic", "0", "0.9", "reference_chip_offered", -1),
    ("foundry.vendors.huawei.revision_time", "30 days", "100 years", "reference_chip_offered", -1),
    ("chips.hw_950dt.spec", "0.3", None, "domestic", +1),
    ("market.crowding.share_lost", "0", "1", "reference_chip_offered", -1),
    ("market.crowding.share_lost", "0", "1", "rented_home", -1),
    ("market.crowding.premium", "0", "2", "domestic", -1),
    ("market.crowding.premium", "0", "2", "rented_home", -1),
    ("market.crowding.premium_truce", "0", "3", "grey", -1),
    ("dials.memory", None, "0.1", "reference_chip_made", +1),
    ("dials.allocation", None, "0.1", "reference_chip_offered", +1),
    ("dials.allocation", None, "1", "serve_allocation", -1),
    ("dials.depth", None, "0.1", "rented_home", +1),
    ("dials.depth", None, "1", "train_depth", -1),
    ("market.offers.b200_grey.yearly_tension", "0", None, "grey", +1),
    ("climate.truce_breaks", "0 / year", "5 / year", "grey", -1),
    ("climate.truce_breaks", "0 / year", "5 / year", "window_closed", +1),
    ("climate.tension_breaks", "0 / year", "5 / year", "rupture", +1),
    ("climate.tension_eases", "0 / year", "20 / year", "rupture", -1),
    ("climate.lapses", "0", "1", "truce_lapsed", +1),
    ("climate.lapses", "0", "1", "window_closed", +1),
    ("controls.rules.us_lab_listed.probability", "0", None, "listed", +1),
    ("fleet.sites.ulanqab.energised", None, "2029-12-01", "domestic", -1),
    ("fleet.sites.hall.pue", None, "3", "power", +1),
    ("fleet.holdings.h800_hall.opening", None, "50000 chips", "owned", +1),
    ("fleet.holdings.h800_hall.loss", None, "60%", "owned", -1),
    ("fleet.holdings.h800_hall.failures", None, "10 / year", "train_short", +1),
    ("software.stacks.cann.serving", "0.1", None, "opening_serves", +1),
    ("software.stacks.cann.serving", "0.1", None, "train_effective", +1),
    ("software.stacks.cann.fit_from", None, "1", "train_effective", -1),
    ("software.stacks.cann.returns", "0", "1", "domestic_maturity", +1),
    ("software.stacks.cann.setback", "0", "0.9", "domestic_maturity", -1),
    ("software.stacks.cann.serving_ceiling", "0", "2", "unserved", -1),
    ("software.stacks.cuda.goodput", None, "0.985", "goodput", +1),
    ("talent.poaching", "0 / year", "0.9 / year", "people", -1),
    ("talent.poaching", "0 / year", "0.9 / year", "domestic_maturity", -1),
    ("talent.stalled", "1", "8", "people", -1),
    ("talent.priced", "0", "1", "people", -1),
    ("talent.returns", "0", "1", "next_size", -1),
    ("talent.staff.engineers.extra", "0", "1", "domestic_maturity", +1),
    ("talent.staff.engineers.leaving", "0 / year", "0.8 / year", "people", -1),
    ("frontier.gap", None, "36 months", "frontier_gap", +1),
    ("frontier.growth", "2x / year", "8x / year", "frontier_gap", +1),
    ("frontier.algorithms", "1x / year", None, "frontier_gap", -1),
    ("training.last_run", "1e24 FLOP", "1e26 FLOP", "frontier_gap", +1),
    ("training.rollout_share", "0", "0.9", "train_effective", +1),
    ("training.growth", "1x / year", None, "train_short", +1),
    ("training.pool_time", "20 days", None, "next_delay", -1),
    ("training.allowed_slip", "0 days", None, "next_delay", +1),
    ("training.allowed_slip", "0 days", None, "next_size", +1),
    ("serving.growth", None, "8x / year", "unserved", +1),
    ("serving.efficiency", None, "5x / year", "unserved", -1),
    ("serving.cost", None, "3", "unserved", +1),
    ("serving.peak", "1", None, "unserved", +1),
    ("serving.revenue", None, "$2bn / year", "lowest_cash", +1),
    ("serving.night", "0", "1", "train_effective", +1),
    ("serving.price_ceiling", "1", "4", "revenue", +1),
    ("serving.elasticity", "-3", "-0.2", "revenue", +1),
    ("serving.hosted", "0", "1", "unserved_here", -1),
    ("serving.price", "0.3x / year", "1x / year", "revenue", +1),
    ("serving.growth", None, "8x / year", "longest_rationing", +1),
    ("training.roadmap.next_flagship.open_weights", "0", "1", "unserved_here", -1),
    ("dials.software", None, "1", "domestic_maturity", +1),
    ("dials.software", None, "1", "train_effective", +1),
    ("dials.reliability", None, "1", "goodput", +1),
    ("dials.want", None, "1", "train_short", -1),
    ("dials.want", None, "1", "unserved", -1),
    ("procurement.train_first", None, "0.95", "train_short", -1),
    ("procurement.train_first", None, "0.95", "unserved", +1),
    ("procurement.reserve", None, "60 months", "lowest_cash", +1),
    ("procurement.reserve", None, "60 months", "owned", -1),
]

ON_ASCEND = (
    "fleet.holdings.h800_hall.opening=500 chips",
    "fleet.holdings.b200_hall.opening=0 chips",
    "fleet.holdings.ascend_hall.opening=60000 chips",
    "market.offers.h800_home.depth=500 chips",
    "software.stacks.cann.opening=0.45",
    "software.stacks.cann.fit_from=0.4",
    "software.stacks.cann.restart=1",
)
"""A fleet whose best pool is Ascend from the first day; its first run fails as long as the stack is behind."""

WITH_ASCEND: list[Row] = [
    ("software.stacks.cann.restart", "0", "1", "restarts", +1),
    ("software.stacks.cann.restart", "0", "1", "next_size", -1),
    ("software.stacks.cann.restart_time", "10 days", "200 days", "next_size", -1),
    ("dials.software", "0", "1", "restarts", -1),
]

WITH_KEYS: list[Row] = [
    ("controls.governments.us.granted", "0", None, "licensed", +1),
    ("controls.rules.cn_2026_01_cond.quota", "0 chips / year", None, "licensed", +1),
    ("controls.rules.us_2026_01_case_by_case.ends_truce", None, "3 / year", "licensed", -1),
    ("controls.rules.us_2026_01_case_by_case.ends_truce", None, "3 / year", "window_closed", +1),
    ("controls.rules.cn_2026_01_cond.ends_truce", None, "3 / year", "licensed", -1),
    ("controls.rules.us_lab_listed.probability", "0", "1", "licensed", -1),
    ("controls.rules.cn_2026_01_cond.volume", "0", None, "licensed", +1),
    ("controls.rules.cn_2025_10_customs.seizure", None, "1", "licensed", -1),
    ("controls.rules.us_2026_01_case_by_case.fee", None, "1", "licensed", -1),
    ("market.offers.h200_licensed.yearly", "0 chips / year", None, "licensed", +1),
    ("dials.control", "0", "1", "licensed", +1),
    ("dials.buyer_gate", "0", "1", "licensed", +1),
    ("dials.licence", "0", "1", "licensed", +1),
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


SERVICED = (
    "controls.rules.us_tools_servicing.announced=2026-05-01",
    "controls.rules.us_tools_servicing.effective=2026-05-01",
    "foundry.memory_time=2 months",
)
"""Tools without servicing, early enough to show in the reporting window."""

WITHOUT_TOOLS: list[Row] = [
    ("controls.rules.us_tools_servicing.probability", "0", "1", "reference_chip_made", -1),
    ("foundry.wear", "0", "20%", "reference_chip_made", -1),
    ("foundry.memory_wear", "0", "20%", "reference_chip_made", -1),
    ("foundry.slowed", "0", "1", "reference_chip_made", -1),
    ("foundry.memory_wear", "0", "20%", "reference_chip_offered", -1),
]


@pytest.mark.parametrize("row", WITHOUT_TOOLS, ids=lambda row: f"{row[0]}-{row[3]}")
def test_direction_once_tools_are_not_serviced(row: Row) -> None:
    certain = () if row[0].startswith("controls") else ("controls.rules.us_tools_servicing.probability=1",)
    assert change(row, (*SERVICED, *certain)) * row[4] > 0.0


@pytest.mark.parametrize("row", WITH_ASCEND, ids=lambda row: f"{row[0]}-{row[3]}")
def test_direction_where_ascend_must_train(row: Row) -> None:
    assert change(row, (FREE, *ON_ASCEND)) * row[4] > 0.0


def test_direction_of_a_listing_for_what_is_earned_abroad() -> None:
    assert change(("controls.rules.us_lab_listed.probability", "0", "1", "revenue", -1), (FREE,)) < 0.0


def test_direction_of_a_cloud_rule_for_those_who_rent_abroad() -> None:
    row = ("controls.rules.us_cloud_access.probability", "0", "1", "rented_abroad", -1)
    assert change(row, ABROAD) < 0.0


def test_direction_of_wafers_where_a_poor_yield_makes_dies_the_least() -> None:
    poor = (FREE, "foundry.lines.smic.good=0.05")
    assert change(("dials.wafers", None, "1", "reference_chip_made", +1), poor) > 0.0
