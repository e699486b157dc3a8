"""Every parameter at both ends of its range: the engines agree, or stop for the same reason.

One thing of each table stands for all. With `NUMBA_BOUNDSCHECK=1` all of it is walked, and no index leaves its table;
else a part that moves with the day of no calendar: every seventh.
"""

import math
import os
from collections.abc import Iterator
from functools import cache

import pytest

from sim.engine.tasks import Task, run_task
from sim.errors import FutureBroke, InputError
from sim.language.declarations import Moment, Options, Quantity, fields
from sim.language.distributions import Fixed
from sim.scenario.scenario import Value
from sim.template.assemble import Template
from sim.template.variation import Setting, varied_template
from sim.world.course.future import LAYOUT
from tests.engine.futures import SEED
from tests.world.a_future import SHORT, template_of

CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"
EVERY = 1 if CHECKED else 7
BATCHES = 8


@cache
def baseline() -> Template:
    return template_of("baseline", SHORT)


def ends(value: Value) -> tuple[float, ...]:
    """The numbers at the ends of a parameter."""
    match value.field.kind:
        case Quantity():
            return value.field.low, value.field.high
        case Moment():
            return -700_000.0, 2_900_000.0  # the years 110 and 9966
        case Options(words):
            return tuple(float(number) for number in range(len(words)))
    return ()


def settings() -> Iterator[Setting]:
    """Each parameter once, of the first thing that has it."""
    seen = set()
    for value in baseline().scenario.values.values():
        column = value.target.table, value.field.name
        if column not in seen and not (value.field.whole and not value.field.luck):
            seen.add(column)
            yield from (Setting(value.path, Fixed(end), f"{end:g}") for end in ends(value))


def came_to(setting: Setting, engine: str) -> object:
    """What a future comes to, in every bit; or why it stops."""
    try:
        batch = run_task(Task(varied_template(baseline(), [setting]), SEED, 0, 1), engine)
    except (InputError, FutureBroke) as stopped:
        return str(stopped)
    return batch.outcomes.tobytes(), batch.series.tobytes(), batch.events.tolist()


def test_every_parameter_has_finite_ends() -> None:
    endless = [
        f"{name}.{field.name}"
        for name, table in LAYOUT.tables.items()
        for field in fields(table.row)
        if field.given and isinstance(field.kind, Quantity)
        if not (math.isfinite(field.low) and math.isfinite(field.high) and field.low < field.high)
    ]
    assert endless == []


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engines_agree_at_the_ends_of_every_parameter(batch: int) -> None:
    part = list(settings())[::EVERY][batch::BATCHES]
    assert part
    differ = [setting for setting in part if came_to(setting, "simpy") != came_to(setting, "compiled")]
    assert differ == []


@pytest.mark.parametrize(
    ("setting", "bound"),
    [
        ("controls.governments.cn.decision=1e22 days", "above 36525 days"),
        ("controls.governments.cn.decision={p5: 1 day, p50: 1 year, p95: 101 years}", "above 36525 days"),
        ("capital.financing.next_valuation=1e9", "above 10000"),
        ("serving.cost=1e300", "above 10000"),
        ("procurement.forecast_deviation=1e300", "above 10"),
        ("serving.tokens=1e19 tokens / day", "above 1e+18 tokens / day"),
        ("training.last_run=1e31 FLOP", "above"),
        ("climate.truce_breaks=1001 / year", "above 1000 / year"),
        ("fleet.sites.hall.capacity=2e9 MW", "above 1000000000 MW"),
        ("yardstick.prefill=1e7", "above 1000000"),
        ("serving.elasticity=-101", "below -100"),
        ("market.offers.h800_home.depth=1e10 chips", "above 1000000000"),
        ("happenings=[{id: x, changes: {climate.truce_ends: {later: 101 years}}}]", "above 36525 days"),
        ("happenings=[{id: x, changes: {capital.cash: {shift: $1, for: 1e9 days}}}]", "above 36525 days"),
    ],
)
def test_what_nobody_can_mean_is_refused(setting: str, bound: str) -> None:
    with pytest.raises(InputError) as refused:
        template_of("baseline", (setting,))
    assert bound in " ".join(str(refused.value).split())


@pytest.mark.parametrize("number", [2.5, -2.5, 2.0**53 - 1, 2.0**53, 2.0**63, -(2.0**64), 1e22, 1e300, math.inf])
def test_the_whole_part_is_the_same_compiled(number: float) -> None:
    from numba import njit

    from sim.engine.compiled import numba_engine  # marks what is compiled
    from sim.world.arithmetic import whole

    assert callable(numba_engine.run)
    expected = number if abs(number) >= 2.0**53 else float(math.floor(number))
    assert whole(number) == expected
    assert njit(lambda given: whole(given))(number) == expected
