"""People: hired, leaving and poached, in whole numbers that add up."""

import pytest

from sim.world.company import talent
from sim.world.lab import HIRING, RENT
from tests.world.a_future import LoggedFuture, small

MONTH = 365.25 / 12


def staff(more: str, talk: str = "poaching: 0 / year") -> LoggedFuture:
    """So many researchers that luck is a rounding."""
    row = "{id: researchers, opening: 1200000 people, " + more + "}"
    return small(f"talent: {{{talk}, staff: [{row}]}}").begin()


def month(future: LoggedFuture, number: int = 0) -> tuple[float, float, float]:
    """A month; researchers hired, left and poached in it."""
    row = future.the("staff", "researchers")
    before = row.hired, row.left, row.poached
    talent.month_moved(future, number, MONTH)
    return row.hired - before[0], row.left - before[1], row.poached - before[2]


@pytest.mark.parametrize(
    ("stage", "closes", "left", "poached"),
    [
        (1, 0, 12000.0, 6000.0),
        (4, 0, 12000.0, 9000.0),
        (5, 0, 12000.0, 9000.0),
        (3, 1, 6000.0, 3000.0),
        (4, 1, 6000.0, 4500.0),
    ],
)
def test_a_stall_raises_poaching_and_a_priced_round_holds_people(
    stage: int, closes: int, left: float, poached: float
) -> None:
    """Of 1.2 million, 12% leave and 6% are poached in a year."""
    future = staff("leaving: 0.12 / year", "poaching: 0.06 / year, stalled: 1.5, priced: 0.5")
    future.financing[0].stage, future.financing[0].closes_so_far = stage, closes
    assert month(future) == pytest.approx((0.0, left, poached), abs=1.0)


def test_the_lab_hires_towards_what_it_wants_as_fast_as_it_can_and_not_without_money() -> None:
    future = staff("extra: 0.1, hiring: 0.6 / year")
    assert month(future) == pytest.approx((60_000.0, 0.0, 0.0), abs=1.0)
    assert month(future, 1)[0] == pytest.approx(60_000.0, abs=1.0 + 60_000.0 * 0.05)
    assert month(future, 2)[0] == 0.0
    assert future.the("staff", "researchers").people == 1_320_000.0
    broke = staff("extra: 0.1, hiring: 0.6 / year")
    broke.lab[0].austerity = RENT
    assert month(broke, 1)[0] > 0.0
    broke.lab[0].austerity = HIRING
    assert month(broke, 2)[0] == 0.0


def test_people_are_whole_and_their_mean_flow_is_the_rate() -> None:
    future = small("talent: {poaching: 0.06 / year, staff: [{id: researchers, leaving: 0.12 / year}]}").begin()
    flows = []
    for number in range(600):
        future.the("staff", "researchers").people = 100.0
        flows.append(month(future, number))
    assert all(part % 1.0 == 0.0 for flow in flows for part in flow)
    left, poached = (sum(flow[k] for flow in flows) / len(flows) for k in (1, 2))
    assert (left, poached) == pytest.approx((1.0, 0.5), abs=0.07)


def test_what_people_do_for_software_and_research() -> None:
    """Engineers count against the first day, researchers against a plan that grows."""
    more = "staff: [{id: researchers, growth: 2x / year}]"
    future = small(f"talent: {{returns: 0.5, {more}}}").begin()
    lab = future.lab[0]
    assert (lab.engineers, lab.research_pace) == (1.0, 1.0)
    future.the("staff", "engineers").people = 75.0
    future.clock[0].now = 365.25
    talent.counted(future)
    assert lab.engineers == pytest.approx(1.5)
    assert lab.research_pace == pytest.approx(0.5**0.5)


def test_fewer_researchers_than_planned_make_a_campaign_late() -> None:
    """A quarter of the researchers, half the yield: 273,938 unit-days of research take twice as long."""
    more = "training: {allowed_slip: 2 years}\ncapital: {cash: $0}\n"
    plain = small(more + "talent: {returns: 0.5}").begin().until(700.0)
    gone = small(more + "talent: {returns: 0.5}").begin()
    gone.the("staff", "researchers").people, gone.the("staff", "researchers").left = 25.0, 75.0
    talent.counted(gone)
    gone.until(1.0)
    gone.until(700.0)
    assert plain.the("campaigns", "first").started == pytest.approx(0.75 * 365.25)
    assert gone.the("campaigns", "first").started == pytest.approx(1.5 * 365.25)
