"""Chips from the door to the end of life."""

import math

import pytest

from sim.errors import InputError
from sim.world.arithmetic import MONTH
from sim.world.company import ledger
from sim.world.fleet import contracts, holdings
from sim.world.fleet.contracts import rent_expired
from sim.world.fleet.holdings import came_online, energised
from sim.world.supply import market
from tests.world.a_future import LoggedFuture, small


def delivered(more: str = "", holding: str = "h200_hall", units: float = 100.0, offer: str = "h200") -> LoggedFuture:
    """Chips at the door on the first day."""
    future = small(more).begin()
    future.deliver(offer, units, holding)
    return future


def where(future: LoggedFuture, holding: str) -> tuple[float, ...]:
    """Waiting, starting, online, down, retired, returned."""
    h = future.the("holdings", holding)
    return (h.waiting, h.starting, h.online, h.down, h.retired, h.returned)


def test_bring_up_takes_its_days() -> None:
    future = delivered()
    assert where(future, "h200_hall") == (0, 100, 0, 0, 0, 0)
    assert where(future.until(29.9), "h200_hall") == (0, 100, 0, 0, 0, 0)
    assert where(future.until(30.1), "h200_hall") == (0, 0, 100, 0, 0, 0)
    assert future.story(came_online) == [(30.0, "came online")]
    assert future.lab[0].train_rate == 1100.0


def test_chips_wait_for_power_and_draw_it_with_their_sites_overhead() -> None:
    """The opening thousand draws 1.25 MW of 10: room for 7,000."""
    future = delivered(units=8000.0)
    assert where(future, "h200_hall")[:2] == (1000.0, 7000.0)
    assert future.the("sites", "hall").drawn == pytest.approx(10.0)
    assert holdings.headroom(future, future.at("holdings", "h200_hall")) == 0.0
    assert holdings.megawatts(future) == pytest.approx(10.0)


def test_a_site_is_energised_on_its_day() -> None:
    future = delivered(holding="ascend_site", units=300.0)
    assert where(future.until(364.9), "ascend_site")[:3] == (300, 0, 0)
    assert where(future.until(365.1), "ascend_site")[:3] == (0, 300, 0)
    assert where(future.until(395.1), "ascend_site")[:3] == (0, 0, 300)
    assert future.story(energised) == [(365.0, "energised")]


@pytest.mark.parametrize(("move", "day"), [("{later: 50 days}", 415.0), ("{set: 2026-06-15}", 165.0)])
def test_a_site_that_is_energised_later_or_earlier_by_a_happening(move: str, day: float) -> None:
    change = f"{{id: move, source: test, at: 2026-02-01, changes: {{fleet.sites.new_site.energised: {move}}}}}"
    future = delivered(f"happenings: [{change}]", "ascend_site", 300.0)
    assert where(future.until(day - 0.1), "ascend_site")[0] == 300.0
    assert where(future.until(day + 0.1), "ascend_site")[0] == 0.0


def test_more_power_by_a_happening_is_used_at_the_next_month_close() -> None:
    change = "{id: grid, source: test, at: 2026-02-10, changes: {fleet.sites.hall.capacity: {shift: 0.5 MW}}}"
    future = delivered(f"happenings: [{change}]", units=8000.0)
    assert where(future.until(58.0), "h200_hall")[0] == 1000.0
    assert where(future.until(60.0), "h200_hall")[0] == 600.0


@pytest.mark.parametrize(("yearly", "units", "repair"), [(0.17, 1000.0, 5.0), (3.0, 1000.0, 31.0), (0.1, 30.0, 300.0)])
def test_chips_out_after_a_month_have_the_mean_that_the_rates_give(yearly: float, units: float, repair: float) -> None:
    """Failures at a rate, each out for an exponential time: units x rate x repair x (1 - exp(-days / repair))."""
    expected = units * yearly / 365.25 * repair * (1.0 - math.exp(-31 / repair))
    more = f"failures: {yearly} / year, repair: {repair} days, opening: {units} chips"
    change = f"fleet: {{holdings: [{{id: h800_hall, {more}}}]}}"
    result = [small(change, number).begin().until(31.5).the("holdings", "h800_hall").down for number in range(200)]
    assert sum(result) / 200 == pytest.approx(expected, abs=0.1)
    assert all(down == int(down) for down in result)


def test_the_share_out_for_repair_settles_at_rate_times_time() -> None:
    """10,000 chips, 1.2 failures a year, 20 days to repair: about 1 in 15 is out, whatever the month."""
    more = "fleet: {holdings: [{id: h800_hall, opening: 10000 chips, failures: 1.2 / year, repair: 20 days}]}"
    future = small(f"{more}\ncapital: {{cash: $0}}").begin().until(364.5)
    holding = future.the("holdings", "h800_hall")
    assert holding.down == pytest.approx(1.2 * 20 / 365.25 * holding.online, rel=0.02)
    assert holding.down + holding.online == 10_000


def test_losses_are_for_good_and_free_their_power() -> None:
    """5% a year of what is left: in two years of months, exp(-0.1) is left."""
    more = "fleet: {holdings: [{id: h800_hall, loss: 5%, opening: 100000 chips}]}\ncapital: {cash: $0}"
    future = small(more).begin()
    future.the("sites", "hall").capacity = 1000.0
    future.until(729.5)
    holding = future.the("holdings", "h800_hall")
    left = 1.0
    for month in future.months[:-1]:
        left *= 1.0 - 0.05 * (month.ends - month.begins) / 365.25
    assert holding.online == pytest.approx(100_000 * left, abs=24.0)
    assert holding.retired == 100_000 - holding.online
    assert future.the("sites", "hall").drawn == pytest.approx(holding.online * 1.25e-3)


def test_a_landlord_replaces_what_fails_for_good_and_has_his_own_power() -> None:
    future = delivered("fleet: {holdings: [{id: cloud, loss: 50%}]}", "cloud", 5000.0, "rent").until(80.0)
    assert where(future, "cloud") == (0, 0, 5000, 0, 0, 0)
    assert holdings.megawatts(future) == pytest.approx(1.25)


def rented(more: str = "") -> LoggedFuture:
    future = delivered(more, "cloud", 200.0, "rent")
    future.the("offers", "rent").on_rent = 200.0
    return future


def test_rent_is_renewed() -> None:
    future = rented().until(280.0)
    contracts.renewed(future)
    assert (future.contracts[0].units, future.contracts[0].ends) == (200.0, 360.0)
    assert future.story(rent_expired) == []
    assert where(future, "cloud") == (0, 0, 200, 0, 0, 0)


def test_a_contract_is_renewed_for_as_long_as_contracts_are_on_that_day() -> None:
    change = "{id: longer, source: test, at: 2026-05-01, changes: {market.offers.rent.contract: 200 days}}"
    future = rented(f"happenings: [{change}]").until(300.0)
    contracts.renewed(future)
    assert future.contracts[0].ends == 90.0 + 90.0 + 200.0


def test_rent_is_given_back_when_money_is_short() -> None:
    future = rented("capital: {cash: $0}").until(91.0)
    assert where(future, "cloud") == (0, 0, 0, 0, 0, 200)
    assert future.the("offers", "rent").on_rent == 0.0
    assert future.until(400.0).story(rent_expired) == [(90.0, "rent expired")]
    assert future.lab[0].train_rate == 1000.0


@pytest.mark.parametrize(("lot", "back"), [(1, 51.0), (8, 56.0), (500, 200.0)])
def test_no_more_is_given_back_than_the_rent_to_save_in_whole_lots(lot: int, back: float) -> None:
    future = rented(f"market: {{offers: [{{id: rent, contract: 80 days, lot: {lot} chips}}]}}").until(79.0)
    future.lab[0].rent_to_save = 50.5 * 48.0 * MONTH
    contracts.reviewed(future)
    assert where(future.until(80.1), "cloud") == (0, 0, 200.0 - back, 0, 0, back)
    assert future.lab[0].rent_to_save <= 0.0
    after = where(future.until(400.0), "cloud")
    assert after == (0, 0, 200.0 - back, 0, 0, back)
    assert future.story(rent_expired) == [(80.0, "rent expired")]


def test_chips_that_do_not_run_are_given_back_a_contract_later() -> None:
    future = rented("capital: {cash: $0}").until(60.0)
    holding = future.the("holdings", "cloud")
    holding.online, holding.down, holding.repair = 150.0, 50.0, 1e9
    assert where(future.until(91.0), "cloud") == (0, 0, 0, 50, 0, 150)
    holding.online, holding.down = 50.0, 0.0
    assert where(future.until(181.0), "cloud") == (0, 0, 0, 0, 0, 200)


def test_rent_is_given_back_when_a_rule_forbids_it() -> None:
    rule = "{id: cloud, source: test, government: us, item: cloud, regime: denial, effective: 2026-05-01}"
    abroad = f"market: {{offers: [{{id: rent, pathway: rented_abroad, exporter: us}}]}}\ncontrols: {{rules: [{rule}]}}"
    assert where(rented(abroad).until(179.0), "cloud")[2] == 200.0
    assert where(rented(abroad).until(181.0), "cloud")[5] == 200.0


@pytest.mark.parametrize("holdings", [("h200_hall", "h800_hall"), ("h800_hall", "h200_hall")])
def test_power_that_comes_goes_to_the_first_order_whatever_its_holding(holdings: tuple[str, str]) -> None:
    """Both wait at one site; there is power for 400 more."""
    change = "{id: grid, source: test, at: 2026-02-10, changes: {fleet.sites.hall.capacity: {shift: 0.5 MW}}}"
    future = delivered(f"happenings: [{change}]", holdings[0], 8000.0)
    future.deliver("grey", 300.0, holdings[1])
    future.until(60.0)
    assert [where(future, holding)[0] for holding in holdings] == [600.0, 300.0]


RENTING = "fleet: {holdings: [{id: cloud, opening: 200 chips}]}"


def renting(more: str = "") -> LoggedFuture:
    """A lab that rents as the future begins."""
    return small(f"{RENTING}\n{more}").begin()


def test_what_is_rented_on_the_first_day_runs_is_paid_and_is_beside_the_depth() -> None:
    future = renting("capital: {cash: $1bn}")
    assert where(future, "cloud") == (0, 0, 200, 0, 0, 0)
    assert future.lab[0].train_rate == 1200.0
    assert future.the("offers", "rent").on_rent == 200.0
    assert market.room(future, future.at("offers", "rent")) == 500.0
    future.until(31.5)
    assert future.lab[0].rent == pytest.approx(200 * 2.0 * 24.0 * MONTH, rel=1e-6)
    assert future.accounts[ledger.RENT].balance == 200 * 2 * 24 * 31
    future.the("offers", "rent").depth = 0.0
    assert market.room(future, future.at("offers", "rent")) == 0.0


def test_contracts_of_the_first_day_end_month_by_month() -> None:
    future = renting()
    assert [future.contracts[k].ends for k in range(future.lab[0].contracts)] == [15.0, 45.0, 75.0]
    broke = renting("capital: {cash: $0}\ncontrols: {rules: []}")
    ends = [where(broke.until(day), "cloud")[2] for day in (44.0, 46.0, 76.0, 106.0)]
    assert ends == [200.0, 133.0, 66.0, 0.0]


def test_what_is_rented_on_the_first_day_is_inventory_of_its_pathway() -> None:
    result = small(RENTING).run().result
    assert (result.installed_rented_home, result.installed_opening) == (200.0, 1000.0)
    assert result.rented_home == pytest.approx(200.0 * result.opening_owned / 1000.0)


def test_rent_of_the_first_day_without_an_offer_of_rent_is_refused() -> None:
    holding = "{id: free, source: test, chip: h800, site: landlord, tenure: rented, opening: 10 chips, %s}"
    rest = "bring_up: 5 days, failures: 0 / year, repair: 5 days, loss: 0"
    with pytest.raises(InputError, match="no offer of rent goes to this holding"):
        small(f"fleet: {{holdings: [{holding % rest}]}}")
