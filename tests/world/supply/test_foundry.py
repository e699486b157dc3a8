"""From wafer to chip: a delay, a bank that drains, the least of three inputs, and tools that wear down."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from sim.errors import InputError
from sim.world.arithmetic import ramped
from sim.world.supply import foundry, memory, tools
from sim.world.supply.foundry import wafers_finished
from tests.world.a_future import LoggedFuture, small
from tests.world.needs import Needs

NEEDS = Needs(settings={2: ("foundry.lines.smic.good=0.1",)})
"""Dies are the least."""

BEGINS, RAMP, PLATEAU, MONTH = 181.0, 365.25, 10_000.0, 365.25 / 12
"""The small world's memory allows 10,000 chips a month once ramped, and nothing else binds."""

FLAT = (
    "middle: 2026-01-01, starts_before: 900 wafers / month, starts: 900 wafers / month, "
    "starts_after: 900 wafers / month, gross: 10"
)
"""A line of 900 wafers a month."""

STOPPED = "{id: bill, source: test, government: us, item: servicing, regime: denial, effective: 2026-04-01%s}"


def supply(future: LoggedFuture, day: float = 0.0) -> Any:
    """The one chip of the small world, after the month closes before a day."""
    return future.until(day).the("supplies", "ascend") if day else future.the("supplies", "ascend")


def starts(future: LoggedFuture, i: int, day: float) -> float:
    """Wafers a month started on a day, with the tools as they are today."""
    tools.counted(future)
    return float(foundry.starts(future, i, day))


def stacks(future: LoggedFuture, p: int, day: float) -> float:
    """Stacks a month on a day, with the tools as they are today."""
    tools.counted(future)
    return float(memory.rate(future, p, day))


def made_by(day: float, growth: float = 1.0) -> float:
    """The integral of the ramp, and of what follows it."""
    age = day - BEGINS
    if age <= 0.0:
        return 0.0
    if age <= RAMP:
        return PLATEAU / MONTH * age * age / (2.0 * RAMP)
    after = age - RAMP
    rate = math.log(growth) / 365.25
    grown = after if growth == 1.0 else (math.exp(rate * after) - 1.0) / rate
    return PLATEAU / MONTH * (RAMP / 2.0 + grown)


@pytest.mark.parametrize("growth", [1.0, 2.0])
def test_output_is_the_integral_of_the_ramp_of_what_binds(growth: float) -> None:
    """Month by month at the middle of each: exact on a straight line."""
    future = small(f"foundry: {{pools: [{{id: memory, growth: {growth}x / year}}]}}").begin()
    for month in future.months[:-1]:
        made = supply(future, month.ends + 0.5).made
        assert made == pytest.approx(made_by(month.ends, growth), abs=20.0, rel=2e-3)
    assert made > 60_000.0


@pytest.mark.parametrize(
    ("age", "rate"),
    [(-1.0, 0.0), (0.0, 0.0), (25.0, 2.0), (99.9, 7.992), (100.0, 8.0), (465.25, 24.0), (math.inf, 8.0)],
)
def test_a_rate_rises_straight_to_its_plateau_and_grows_from_there(age: float, rate: float) -> None:
    assert ramped(1000.0, 1000.0 - age, 100.0, 8.0, 3.0) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("day", "wafers"),
    [
        (-900.0, 700.0),
        (-365.25, 700.0),
        (-182.625, 1000.0),
        (0.0, 1300.0),
        (182.625, 1550.0),
        (365.25, 1800.0),
        (730.5, 2700.0),
    ],
)
def test_wafer_starts_follow_the_levels_of_three_years(day: float, wafers: float) -> None:
    levels = "starts_before: 700 wafers / month, starts: 1300 wafers / month, starts_after: 1800 wafers / month"
    future = small(f"foundry: {{lines: [{{id: line, middle: 2026-01-01, {levels}, growth: 1.5x / year}}]}}")
    assert foundry.level(future, 0, day) == pytest.approx(wafers)


def test_yield_learns_half_of_what_is_left() -> None:
    future = small("foundry: {lines: [{id: line, middle: 2026-01-01, good: 0.4, best: 0.6, learning: 100 days}]}")
    result = [foundry.good_part(future, 0, day) for day in (-50.0, 0.0, 100.0, 200.0, 1e6)]
    assert result == pytest.approx([0.4, 0.4, 0.5, 0.55, 0.6])


def lined(more: str, others: str = "") -> LoggedFuture:
    """A future with one line and an empty bank."""
    return small(f"foundry: {{lines: [{{id: line, {FLAT}, opening: 0 dies, {more}}}]{others}}}").begin()


def test_wafers_under_way_on_the_first_day_were_started_a_delay_before() -> None:
    """Ten months: those of the last ten months are under way, and one month's batch is finished about each month."""
    future = lined("time: 10 months")
    line = future.the("lines", "line")
    assert (line.started, line.under_way, line.finished) == (9000.0, 9000.0, 0.0)
    assert line.stock == 0.0
    future.until(MONTH)
    assert (line.finished, line.made, line.cut, line.scrapped) == (900.0, 9000.0, 9000.0, 0.0)
    finishes = [day for day, _ in future.until(400.0).story(wafers_finished)]
    assert len(finishes) == 13
    assert finishes[:10] == pytest.approx([(n + 0.5) * MONTH for n in range(10)], abs=1e-3)
    assert finishes[10] == pytest.approx(31 / 2 + 10 * MONTH, abs=1e-3)


def test_no_wafer_takes_longer_than_those_under_way_are_looked_back_for() -> None:
    assert lined("time: 24 months").the("lines", "line").under_way == 24 * 900.0
    with pytest.raises(InputError, match=r"30 months is above 730\.5 days"):
        lined("time: {p5: 12 months, p50: 18 months, p95: 30 months}")


def test_a_change_of_starts_shows_a_delay_later() -> None:
    none = "{set: 0 wafers / month}"
    stopped = f"foundry.lines.line.starts: {none}, foundry.lines.line.starts_after: {none}"
    stop = f"{{id: stop, source: test, at: 2026-01-01, changes: {{{stopped}}}}}"
    future = small(
        f"foundry: {{lines: [{{id: line, {FLAT}, opening: 0 dies, time: 10 months}}]}}\nhappenings: [{stop}]"
    ).begin()
    assert future.until(280.0).the("lines", "line").finished > 7000.0
    before = future.until(320.0).the("lines", "line").finished
    assert future.until(700.0).the("lines", "line").finished == before


def test_dies_that_are_not_good_are_scrapped() -> None:
    line = lined("time: 1 month, good: 0.25, best: 0.25").until(300.0).the("lines", "line")
    assert line.made == pytest.approx(0.25 * line.cut, abs=line.finished / 800.0)
    assert line.scrapped == line.cut - line.made > 0.0
    assert line.cut == 10.0 * line.finished


def test_a_die_bank_drains_and_then_binds() -> None:
    future = small("foundry: {lines: [{id: line, opening: 24691 dies}]}").begin()
    assert supply(future, 300.0).bound == foundry.STACKS
    last = supply(future, 700.0)
    assert (last.made, last.bound) == (12_345.0, foundry.DIES)
    assert future.the("lines", "line").stock == 1.0


HBM_RULE = (
    "controls: {rules: [{id: hbm, source: test, government: us, item: memory, regime: presumption_of_denial, "
    "effective: 2024-12-31%s}]}"
)


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (HBM_RULE % "", 2500.0),
        (HBM_RULE % ", lifted: 2027-07-02", 2500.0 + 10_000.0 * 184.0 / MONTH),
        ("", 2500.0 + made_by(730.0)),
    ],
)
def test_a_memory_rule_stops_what_comes_from_abroad_and_leaves_the_stock(rule: str, made: float) -> None:
    future = small(f"foundry: {{pools: [{{id: memory, origin: abroad, opening: 10000 stacks}}]}}\n{rule}").run()
    assert supply(future).made == pytest.approx(made, rel=3e-3)


@pytest.mark.parametrize(
    ("dies", "stacks", "places", "units", "bound"),
    [
        (2001.0, 8000.0, 3000.0, 1000.0, foundry.DIES),
        (9000.0, 8003.0, 3000.0, 2000.0, foundry.STACKS),
        (9000.0, 80_000.0, 3000.0, 3000.0, foundry.PLACES),
        (0.0, 80_000.0, 3000.0, 0.0, foundry.DIES),
        (2000.0, 4000.0, 1000.0, 1000.0, foundry.DIES),
    ],
)
def test_the_least_of_three_binds(dies: float, stacks: float, places: float, units: float, bound: int) -> None:
    """Two dies and four stacks a package; of two that are alike the first is named."""
    future = small().begin()
    line, pool, house = future.the("lines", "line"), future.the("pools", "memory"), future.the("packaging", "house")
    line.stock, pool.stock, house.free = dies, stacks, places
    foundry.packaged(future, 0, 500.0)
    chip = supply(future)
    assert (chip.output, chip.bound) == (units, bound)
    assert (line.stock, pool.stock, house.free) == (dies - 2 * units, stacks - 4 * units, places - units)


def test_packaging_spoils_a_part_and_dies_and_memory_with_it() -> None:
    future = small("foundry: {packaging: [{id: house, survival: 0.75}]}").run()
    chip = supply(future)
    assert chip.made == pytest.approx(0.75 * made_by(730.0), rel=1e-3)
    assert chip.packed == chip.made + chip.lost
    assert future.the("pools", "memory").used == 4.0 * chip.packed


@pytest.mark.parametrize(("slip", "first"), [("0 days", 212.0), ("100 days", 304.0)])
def test_before_its_launch_a_chip_is_not_packaged_and_memory_waits(slip: str, first: float) -> None:
    """Launched on day 181 and a slip: the first month whose middle lies after that makes the first chips."""
    future = small(f"foundry: {{supplies: [{{id: ascend, slip: {slip}}}]}}").begin()
    chip = supply(future, first - 0.5)
    assert (chip.made, chip.bound) == (0.0, foundry.STACKS if slip == "0 days" else foundry.PLACES)
    assert supply(future, first + 0.5).made == pytest.approx(made_by(first), rel=2e-3)


@pytest.mark.parametrize(
    ("launches", "first"),
    [
        (("2026-07-01", "2026-01-01"), "ascend"),
        (("2026-01-01", "2026-07-01"), "second"),
        (("2026-01-01",) * 2, "ascend"),
    ],
)
def test_of_two_that_share_dies_the_latest_launched_has_them_first(launches: tuple[str, str], first: str) -> None:
    second = (
        "{id: second, source: test, chip: ascend, vendor: vendor, line: line, pools: ample, packaging: house, "
        f"dies: 2, launch: {launches[1]}, planned: 1 chips / month, share: 0}}"
    )
    ample = "{id: ample, source: test, opening: 99999999 stacks}"
    ascend = f"{{id: ascend, launch: {launches[0]}, pools: ample}}"
    future = small(
        f"foundry: {{lines: [{{id: line, opening: 30000 dies}}], pools: [{ample}], supplies: [{ascend}, {second}]}}"
    ).begin()
    future.until(300.0)
    before = {name: future.the("supplies", name).packed for name in ("ascend", "second")}
    future.the("lines", "line").stock = 1000.0
    foundry.month_made(future, 9, 30.0)
    packed = {name: future.the("supplies", name).packed - units for name, units in before.items()}
    assert packed == {name: 500.0 if name == first else 0.0 for name in before}


def test_without_servicing_a_line_wears_down_and_its_chips_show_it_a_delay_later() -> None:
    """2% a month from day 90 on: started at once less, finished less from day 90 + 200 on."""
    rules = f"controls: {{rules: [{STOPPED % ''}]}}"
    worn = f"foundry: {{wear: 2%, lines: [{{id: line, {FLAT}, opening: 0 dies, time: 200 days}}]}}\n"
    with_rule, without = small(worn + rules).begin(), small(worn).begin()
    for future in (with_rule, without):
        future.until(285.0)
    lines = with_rule.the("lines", "line"), without.the("lines", "line")
    assert lines[0].finished == lines[1].finished
    assert lines[0].started < lines[1].started
    with_rule.until(500.0)
    assert starts(with_rule, 0, 500.0) == pytest.approx(900.0 * 0.98 ** ((500 - 90) / MONTH))
    assert starts(with_rule, 0, 80.0) == 900.0
    assert lines[0].finished < without.until(500.0).the("lines", "line").finished


def test_memory_wears_down_as_late_as_its_wafers_are_sold_and_foreign_memory_does_not() -> None:
    rules = f"controls: {{rules: [{STOPPED % ''}]}}"
    for origin, left in (("home", 0.97 ** ((600 - 90 - 150) / MONTH)), ("abroad", 1.0)):
        future = small(
            f"foundry: {{memory_wear: 3%, memory_time: 150 days, pools: [{{id: memory, origin: {origin}}}]}}\n{rules}"
        )
        future.begin().until(600.0)
        assert stacks(future, 0, 600.0) == pytest.approx(40_000.0 * left)
        assert stacks(future, 0, 239.0) == pytest.approx(40_000.0 * (239 - BEGINS) / RAMP)


def test_tools_withheld_slow_the_growth_of_lines_and_when_they_come_again_nothing_is_worn() -> None:
    levels = "middle: 2026-01-01, starts: 1000 wafers / month, starts_after: 2000 wafers / month, growth: 2x / year"
    slowed = f"foundry: {{wear: 0, slowed: 0.5, lines: [{{id: line, {levels}}}]}}\n"
    future = small(f"{slowed}controls: {{rules: [{STOPPED % ', lifted: 2027-02-05'}]}}").begin().until(390.0)
    assert starts(future, 0, 390.0) == pytest.approx(1000.0 * (1.0 + (390.0 - 150.0) / 365.25))
    assert starts(future.until(420.0), 0, 420.0) == pytest.approx(2000.0 * 2 ** (420 / 365.25 - 1))


def test_tools_withheld_slow_the_growth_of_memory_as_late_as_its_wafers_are_sold() -> None:
    slowed = "foundry: {slowed: 0.5, memory_time: 60 days}\n"
    future = small(f"{slowed}controls: {{rules: [{STOPPED % ''}]}}").begin().until(350.0)
    without = 350.0 - 90.0 - 60.0
    assert stacks(future, 0, 350.0) == pytest.approx(40_000.0 * (350.0 - 0.5 * without - BEGINS) / RAMP)


def rule_on_tools(effective: str) -> str:
    """A rule on chip-making tools."""
    stopped = STOPPED.replace("servicing", "tools").replace("2026-04-01", effective)
    return f"controls: {{rules: [{stopped % ''}]}}"


@pytest.mark.parametrize(("effective", "without"), [("2026-04-01", 210.0), ("2025-12-31", 0.0), ("2022-10-12", 0.0)])
def test_a_new_rule_on_tools_slows_growth_and_wears_nothing_down(effective: str, without: float) -> None:
    """From day 90 on half of the growth fails to come; plans had been made with the rules of the first day."""
    levels = "middle: 2026-01-01, starts: 1000 wafers / month, starts_after: 2000 wafers / month"
    at_home = f"wear: 5%, memory_wear: 5%, slowed: 0.5, lines: [{{id: line, {levels}}}]"
    future = small(f"foundry: {{{at_home}}}\n{rule_on_tools(effective)}").begin().until(300.0)
    assert starts(future, 0, 300.0) == pytest.approx(1000.0 * (1.0 + (300.0 - without / 2.0) / 365.25))
    assert stacks(future, 0, 300.0) == pytest.approx(40_000.0 * (300.0 - without / 2.0 - BEGINS) / RAMP)


def test_tools_withheld_at_home_slow_no_line_abroad() -> None:
    levels = "middle: 2026-01-01, starts: 1000 wafers / month, starts_after: 2000 wafers / month"
    abroad = f"wear: 5%, slowed: 0.5, lines: [{{id: line, origin: abroad, {levels}}}]"
    for rule in (rule_on_tools("2026-04-01"), f"controls: {{rules: [{STOPPED % ''}]}}"):
        future = small(f"foundry: {{{abroad}}}\n{rule}").begin().until(240.0)
        assert starts(future, 0, 240.0) == pytest.approx(1000.0 * (1.0 + 240.0 / 365.25))


FOUNDRY = STOPPED.replace("servicing", "foundry")


@pytest.mark.parametrize(
    ("rules", "months"), [("", 24.0), (FOUNDRY % "", 3.0), (FOUNDRY % ", lifted: 2027-02-01", 3.0 + 8.0)]
)
def test_a_rule_on_foundries_stops_what_is_made_abroad(rules: str, months: float) -> None:
    """Of 900 wafers a month come those of three months; once the rule has gone, those started three months before."""
    line = f"{{id: line, {FLAT}, origin: abroad, opening: 0 dies, time: 3 months}}"
    for others, came in ((f"lines: [{line}]", months), (f"lines: [{line.replace('abroad', 'home')}]", 24.0)):
        future = small(f"foundry: {{{others}}}\ncontrols: {{rules: [{rules}]}}").run()
        assert future.the("lines", "line").cut == pytest.approx(9000.0 * came, abs=9000.0)
        foundry.checked(future)


def test_a_rule_on_foundries_of_before_the_first_day_lets_nothing_come_but_what_is_in_stock() -> None:
    line = f"{{id: line, {FLAT}, origin: abroad, opening: 5000 dies, time: 6 months}}"
    rule = (FOUNDRY % "").replace("2026-04-01", "2024-11-11")
    future = small(f"foundry: {{lines: [{line}]}}\ncontrols: {{rules: [{rule}]}}").run()
    made = future.the("lines", "line")
    assert (made.cut, made.banked, made.under_way) == (0.0, 5000.0, 0.0)
    assert supply(future).made == 2500.0


def test_eased_memory_is_a_tenth_more_on_the_first_day_too() -> None:
    pool = small("dials: {memory: 0.1}\nfoundry: {pools: [{id: memory, opening: 999 stacks}]}").begin()
    assert pool.the("pools", "memory").stock == 1098.0
    foundry.checked(pool)


def test_nothing_vanishes_at_any_month_end() -> None:
    others = ", packaging: [{id: house, survival: 0.7}], pools: [{id: memory, opening: 777 stacks}]"
    future = lined("time: 3 months, good: 0.37, best: 0.37", others)
    for month in future.months[:-1]:
        future.until(month.ends + 0.5)
        foundry.checked(future)
    line, chip = future.the("lines", "line"), supply(future)
    assert chip.lost > 0.0
    assert line.used + line.stock == line.made == line.cut - line.scrapped


@pytest.mark.parametrize(
    ("drop", "what"),
    [
        (lambda future: setattr(future.the("lines", "line"), "under_way", 1.0), "wafers"),
        (lambda future: setattr(future.the("lines", "line"), "stock", 5.0), "dies: what was there"),
        (lambda future: setattr(future.the("supplies", "ascend"), "dies_used", 5.0), "dies: what a line gave"),
        (lambda future: setattr(future.the("pools", "memory"), "stock", 5.0), "memory"),
        (lambda future: setattr(future.the("supplies", "ascend"), "lost", 5.0), "packages spoilt"),
        (lambda future: setattr(future.the("supplies", "ascend"), "sold", 5.0), "allotment"),
    ],
)
def test_what_is_dropped_is_missed(drop: Callable[[LoggedFuture], None], what: str) -> None:
    future = small().begin().until(400.5)
    foundry.checked(future)
    drop(future)
    with pytest.raises(ArithmeticError, match=what):
        foundry.checked(future)


def eased(dial: str, changes: str) -> Any:
    return supply(small(f"dials: {{{dial}}}\nfoundry: {{{changes}}}").run()).made


@pytest.mark.parametrize(
    ("cause", "binds"),
    [
        ("wafers", f"lines: [{{id: line, {FLAT}, opening: 0 dies, time: 10 days}}]"),
        (
            "memory",
            "pools: [{id: memory, begins: 2026-01-01, ramp: 0 days, opening: 10000 stacks, "
            "monthly: 20000 stacks / month}]",
        ),
        ("packaging", "packaging: [{id: house, monthly: 500 chips / month}]"),
    ],
)
def test_an_eased_input_gives_a_tenth_more_and_one_removed_is_never_the_least(cause: str, binds: str) -> None:
    as_is = eased("wafers: 0", binds)
    assert eased(f"{cause}: 0.1", binds) == pytest.approx(1.1 * as_is, rel=0.01)
    others = {"wafers": made_by(730.0), "memory": 18 * 20_000.0, "packaging": made_by(730.0)}
    assert eased(f"{cause}: 1", binds) == pytest.approx(others[cause], rel=0.03)


def test_with_every_input_removed_there_is_ten_times_what_was_announced() -> None:
    chip = supply(small("dials: {wafers: 1, memory: 1, packaging: 1}").begin(), 640.0)
    assert chip.output == pytest.approx(100_000.0, rel=0.02)
