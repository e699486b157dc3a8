"""Phases of sites: ordered when a site fills up and money is there, paid at once, powered after their lead time."""

import math

import pytest

from sim.world.accounts import books
from sim.world.company.ledger import CASH, SITES
from sim.world.fleet import holdings
from sim.world.purchasing import phases
from sim.world.purchasing.phases import OPEN, ORDERED, POWERED, phase_energised
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

RICH = (
    "capital.cash=$30bn",
    "fleet.sites.ulanqab.capacity=1 MW",
    "fleet.phases.ulanqab_2.earliest=2027-08-01",
    "fleet.phases.ulanqab_2.lead=60 days",
)
NEEDS = Needs(settings={17: RICH, 27: (*RICH, "procurement.site_share=0.002")})
"""Money enough, and a site that is full before its next phase may be ordered; and a part of it that is too small."""

PHASES = (
    "fleet: {sites: [{id: new_site, capacity: 1 MW, energised: 2023-01-01}], phases: [%s]}\ntraining: {latent: 3}\n"
)
TWO = (
    "{id: a, source: test, site: new_site, adds: 1 MW, price: $2M / MW, lead: 100 days, ordered_at: 0.8}, "
    "{id: b, source: test, site: new_site, adds: 2 MW, price: $2M / MW, lead: 100 days, ordered_at: 0.8}"
)
MILLION = 1_000_000.0


def stages(future: LoggedFuture) -> list[int]:
    """What has become of each phase."""
    return [phase.stage for phase in future.phases[: future.counts[0].phases]]


@pytest.mark.parametrize(
    ("wanted", "free", "stage"),
    [(0.8, 2 * MILLION, ORDERED), (0.79, 2 * MILLION, OPEN), (0.8, 2 * MILLION - 1.0, OPEN), (5.0, math.inf, ORDERED)],
)
def test_a_phase_is_ordered_when_the_site_fills_up_and_free_money_pays(wanted: float, free: float, stage: int) -> None:
    future = small(PHASES % TWO).begin()
    cash = future.accounts[CASH].balance
    if phases.is_affordable(future, 0, free):
        phases.reviewed(future, 0, wanted)
    assert stages(future) == [stage, OPEN]
    assert future.accounts[SITES].balance == cash - future.accounts[CASH].balance == 2 * MILLION * (stage == ORDERED)
    books.checked(future)


def test_the_next_one_follows_and_what_is_ordered_counts_for_it() -> None:
    future = small(PHASES % TWO).begin()
    assert [phases.is_next(future, p) for p in (0, 1)] == [True, False]
    phases.reviewed(future, 0, 1.0)
    assert [phases.is_next(future, p) for p in (0, 1)] == [False, True]
    phases.reviewed(future, 1, 1.59)
    assert stages(future) == [ORDERED, OPEN]
    phases.reviewed(future, 1, 1.6)
    assert stages(future) == [ORDERED, ORDERED]


@pytest.mark.parametrize("change", ["earliest: 2026-02-01", "dials"])
def test_none_is_next_before_its_date_or_where_sites_are_no_limit(change: str) -> None:
    more = "dials: {site: 1}\n" if change == "dials" else ""
    dated = TWO if more else TWO.replace("lead", f"{change}, lead", 1)
    assert not phases.is_next(small(more + PHASES % dated).begin(), 0)


def test_power_comes_after_the_lead_time_and_what_waited_is_installed() -> None:
    future = small(PHASES % TWO).begin()
    future.deliver("ascend", 1000.0)
    holding = future.the("holdings", "ascend_site")
    assert (holding.waiting, holding.starting) == (200.0, 800.0)
    phases.reviewed(future, 0, 1.0)
    site = future.at("sites", "new_site")
    assert [phases.expected_by(future, site, day) for day in (99.0, 100.0)] == [0.0, 1.0]
    future.until(99.0)
    assert (holding.waiting, holdings.headroom(future, future.at("holdings", "ascend_site"))) == (200.0, 0.0)
    future.until(101.0)
    assert holding.waiting == 0.0
    assert holdings.headroom(future, future.at("holdings", "ascend_site")) == 600.0
    assert (stages(future)[0], future.sites[site].added, phases.expected_by(future, site, 101.0)) == (POWERED, 1.0, 0.0)
    assert future.story(phase_energised)[0] == (100.0, "phase energised")


def test_a_site_grows_as_it_fills_up_and_one_without_phases_does_not() -> None:
    here = "fleet: {holdings: [{id: h200_hall, site: new_site}], "
    grown, fixed = (small((PHASES % some).replace("fleet: {", here, 1)).run() for some in (TWO, ""))
    assert fixed.the("holdings", "h200_hall").received <= 800.0 < grown.the("holdings", "h200_hall").received
    assert stages(grown) == [POWERED, POWERED]
    assert grown.accounts[SITES].balance == 6 * MILLION


def test_an_eased_site_has_its_phase_sooner() -> None:
    future = small("dials: {site: 0.1}\n" + PHASES % TWO).begin()
    phases.reviewed(future, 0, 2.0)
    assert future.until(95.0).story(phase_energised) == [(90.0, "phase energised")]
