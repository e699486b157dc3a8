"""What would make an expert laugh: the baseline must not do it."""

import numpy as np

from sim.bottlenecks.shares import bottlenecks
from sim.world.purchasing import orders
from sim.world.signals import RULE_ANNOUNCED, RULE_TURNED
from tests.engine.futures import compiled_with_log
from tests.studies.validation.shipped import FUTURES, KEYS, SEED, effect, mean, months, outcomes
from tests.world.a_future import future_of, template_of

B200_H100E = 2.2
YEARS = 1.7
"""From the first day to the end of 2027."""


def test_imports_stay_far_below_fifty_thousand() -> None:
    assert float(outcomes().reference_import_delivered.quantile(0.99)) < 50_000.0


def test_few_labs_run_out_of_money() -> None:
    assert 0.0 < mean("insolvent") <= 0.08


def test_power_is_no_main_cause() -> None:
    for use in bottlenecks(outcomes()):
        assert "sites" not in [cause.part for cause in use.causes[:3]]


def test_grey_supply_is_small() -> None:
    assert float(outcomes().grey.median()) / B200_H100E / YEARS < 10_000.0
    assert mean("grey") > 0.0


def test_the_lab_is_not_offered_more_than_its_share_of_what_is_made() -> None:
    """Its share as it may be at most: with a state fund and the vendor among its shareholders."""
    template = template_of("baseline", ())
    places = {drawn.path: place for place, drawn in enumerate(template.inputs)}
    drawn = template.draw(SEED, 0, FUTURES)
    heard = [drawn[:, places[f"capital.investors.{each}.share_gain"]] for each in ("state_fund", "vendor")]
    share = drawn[:, places["foundry.supplies.ascend_950dt.share"]] * (1.0 + sum(heard))
    assert (outcomes().reference_chip_offered <= outcomes().reference_chip_made * share + 1.0).all()


def test_a_flagship_that_is_a_year_late_is_resized() -> None:
    for nth in ("next", "second"):
        late, size = outcomes()[f"{nth}_delay"], outcomes()[f"{nth}_size"]
        assert float(late.quantile(0.75)) <= 12.0 or float(size[late > 12.0].quantile(0.75)) < 1.0


def test_demand_does_not_grow_as_the_market_did_in_a_quarter() -> None:
    wanted = months("tokens_wanted")
    yearly = (wanted[:, -1] / wanted[:, 0]) ** (12.0 / (wanted.shape[1] - 1))
    assert 1.2 < float(np.median(yearly)) < 4.0
    assert float(yearly.max()) < 28.0


def test_scenarios_differ() -> None:
    for measure in ("train_short", "unserved"):
        assert mean(measure, "both") - mean(measure, "relax") > 0.02


def test_rules_do_not_change_every_month() -> None:
    batch, log = compiled_with_log(template_of("baseline", ()), 12)
    kinds = [rows[: int(many), 1] for rows, many in zip(log, batch.events, strict=True)]
    assert 0.0 < np.isin(np.concatenate(kinds), (RULE_TURNED, RULE_ANNOUNCED)).sum() / 12 / 4.7 < 6.0


def test_offices_refuse() -> None:
    assert any(future_of(*KEYS, number=n).run().stages[orders.REFUSED].units > 0.0 for n in range(8))


def test_a_stall_starves_the_lab_of_growth_and_does_not_kill_it() -> None:
    stalled = outcomes("stall")
    assert float(stalled.insolvent.mean()) < 0.15
    assert float(stalled.next_released.mean()) > 0.95
    assert float(stalled.owned_later.mean()) > float(stalled.opening_owned.mean())
    assert effect("owned", "stall") < 0.0
