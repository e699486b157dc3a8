"""Memory by kind: a second kind adds to the first, and no stack vanishes between them."""

import pytest

from sim.errors import InputError
from sim.world.supply import foundry
from tests.world.a_future import LoggedFuture, small

SECOND = (
    "foundry: {pools: [{id: memory, begins: 2026-01-01, ramp: 0 days, monthly: 20000 stacks / month}, "
    "{id: abroad, source: test, origin: abroad, opening: %d stacks}], supplies: [{id: ascend, pools: %s}]}"
)
"""5,000 packages a month from the first kind, and a second in stock."""


def made(pools: str, stacks: int = 40_000) -> float:
    """Chips made by the end with these kinds."""
    return float(small(SECOND % (stacks, pools)).run().the("supplies", "ascend").made)


def test_a_second_kind_adds_to_the_first() -> None:
    first, second, both = made("[memory]"), made("abroad"), made("[memory, abroad]")
    assert second == 10_000.0
    assert both == first + second


def drawn(future: LoggedFuture) -> list[float]:
    """What has been taken of each kind, in the order in which they are named."""
    return [row.used for row in future.draws[: future.counts[0].draws]]


@pytest.mark.parametrize(("order", "used"), [("[memory, abroad]", [100.0, 60.0]), ("[abroad, memory]", [150.0, 10.0])])
def test_the_kind_named_first_is_used_up_first(order: str, used: list[float]) -> None:
    """40 packages of 160 stacks, of 100 of one kind and 150 of the other."""
    future = small(SECOND % (0, order)).begin()
    future.the("pools", "memory").stock, future.the("pools", "abroad").stock = 100.0, 150.0
    future.the("packaging", "house").free = 40.0
    foundry.packaged(future, 0, 500.0)
    chip = future.the("supplies", "ascend")
    assert (chip.packed, chip.stacks_used, drawn(future)) == (40.0, 160.0, used)


def test_a_kind_that_a_rule_keeps_out_leaves_the_other_as_it_was() -> None:
    rule = "{id: hbm, source: test, government: us, item: memory, regime: denial, effective: 2024-12-31}"
    second = (SECOND % (0, "[memory, abroad]")).replace("opening: 0 stacks", "monthly: 20000 stacks / month")
    shut = small(f"{second}\ncontrols: {{rules: [{rule}]}}").run().the("supplies", "ascend").made
    assert shut == made("[memory]")
    assert small(second).run().the("supplies", "ascend").made == pytest.approx(2.0 * shut, rel=0.01)


def test_what_eased_memory_lacks_comes_from_nowhere_and_is_counted() -> None:
    changes = SECOND % (500, "[memory, abroad]") + "\ndials: {memory: 1}"
    future = small(changes).run()
    foundry.checked(future)
    assert future.the("pools", "abroad").given > 0.0 == future.the("pools", "memory").given


def test_a_stack_of_one_kind_that_is_dropped_is_missed() -> None:
    future = small(SECOND % (500, "[memory, abroad]")).begin().until(400.5)
    foundry.checked(future)
    future.draws[0].used -= 1.0
    future.draws[1].used += 1.0
    with pytest.raises(ArithmeticError, match="memory"):
        foundry.checked(future)


def test_kinds_exist_and_stand_once() -> None:
    for pools, message in (("[memory, nothing]", "no `nothing` in pools"), ("[memory, memory]", "named twice")):
        with pytest.raises(InputError, match=message):
            small(SECOND % (0, pools))


def test_the_name_of_before_is_read_as_a_list_of_one() -> None:
    old = small("foundry: {supplies: [{id: ascend, pool: memory}]}").run()
    assert old.the("supplies", "ascend").made == small().run().the("supplies", "ascend").made
