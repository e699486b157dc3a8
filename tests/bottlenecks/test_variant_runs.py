"""Analyses share a pool: each is asked in its turn, answered with its own futures, and finds what it finds alone."""

from collections.abc import Iterable, Iterator
from threading import get_ident
from typing import Any

import pytest

from sim.bottlenecks import counterfactual_runs, variants
from sim.bottlenecks.variant_runs import Asking, Reading, RunSpec, answered, aside, read, together
from sim.bottlenecks.variants import turned
from sim.engine import runner
from sim.engine.compiled.compiler import KERNELS
from sim.engine.runner import Job
from sim.engine.tasks import AHEAD, Task, finished
from sim.template.assemble import Template
from tests.bottlenecks.test_variants import quiet
from tests.world.a_future import template_of

LUCK = RunSpec(seed=1, futures=2, first=0, engine="compiled", workers=1)
CASH = Reading("cash", lambda futures: futures)


def template() -> Template:
    return template_of("../tests/world/strained", ())


def richer(cash: float) -> Template:
    return turned(template(), {"capital.cash": cash})


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> list[list[float]]:
    """For each pool, the cash of the templates that it ran; read of one is its cash. No world runs."""
    pools: list[list[float]] = []

    def run(jobs: Iterable[Job], *how: Any) -> Iterator[float]:
        pools.append([])
        for job in jobs:
            pools[-1].append(job.template.record["values"][0, job.template.address("capital.cash")])
            yield pools[-1][-1]

    monkeypatch.setattr(runner, "run_several", run)
    return pools


def in_steps(*steps: list[float]) -> Asking[list[list[float]]]:
    """An analysis that asks again once it is answered."""
    answers = []
    for cash in steps:
        answers.append((yield from read([richer(each) for each in cash], LUCK, CASH)))
    return answers


def test_each_analysis_is_answered_with_its_own_futures_all_of_them_in_one_pool(pools: list[list[float]]) -> None:
    nested = together(in_steps([3e9]), in_steps([4e9, 5e9]))
    found = answered(together(in_steps([1e9, 2e9]), nested, in_steps([6e9])), quiet)
    assert found == [[[1e9, 2e9]], [[[3e9]], [[4e9, 5e9]]], [[6e9]]]
    assert pools == [[1e9, 2e9, 3e9, 4e9, 5e9, 6e9]]


def test_what_is_asked_again_waits_for_all_that_was_asked_before(pools: list[list[float]]) -> None:
    assert answered(together(in_steps([1e9], [3e9]), in_steps([2e9])), quiet) == [[[1e9], [3e9]], [[2e9]]]
    assert pools == [[1e9, 2e9], [3e9]]


def test_an_analysis_begins_when_those_before_it_are_on_their_way(pools: list[list[float]]) -> None:
    """So its variants are assembled while kernels run the others'."""

    def late() -> Asking[int]:
        begun = len(pools[0])
        yield iter(())
        return begun

    assert answered(together(in_steps([1e9, 2e9]), late(), in_steps([3e9])), quiet)[1] == 2


def test_work_aside_is_done_in_its_turn_by_the_same_thread(pools: list[list[float]]) -> None:
    """Outcomes are read from a file that two threads would share: one would get what the other looks for."""
    work = aside(lambda: (len(pools[0]), get_ident()))
    assert answered(together(in_steps([1e9, 2e9]), work, in_steps([3e9])), quiet)[1] == (2, get_ident())


def test_of_nothing_no_kernel_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KERNELS, "take", lambda: pytest.fail("kernels are taken"))
    assert answered(together(in_steps([]), in_steps()), quiet) == [[[]], []]


def test_work_aside_is_handed_back_or_what_it_raised() -> None:
    assert answered(together(aside(lambda: 3), aside(lambda: 4)), quiet) == [3, 4]
    with pytest.raises(ZeroDivisionError):
        answered(aside(lambda: 1 // 0), quiet)


def test_analyses_find_the_same_together_as_alone() -> None:
    def askings() -> tuple[Asking[Any], Asking[Any]]:
        return counterfactual_runs.found(template(), None, {}, LUCK), variants.what_helps(template(), LUCK)

    alone = [repr(answered(each, quiet)) for each in askings()]
    assert [repr(each) for each in answered(together(*askings()), quiet)] == alone


def test_kernels_have_more_in_hand_of_variants_than_of_one_run() -> None:
    """A run's batches hold all months of many futures; what is read of variants is a few numbers."""

    def taken(**in_hand: int) -> int:
        count = [0]

        def tasks() -> Iterator[Task]:
            for first in range(50):
                count[0] += 1
                yield Task(template(), 1, first, 1)

        running = finished(tasks(), "compiled", 1, **in_hand)
        next(running)
        running.close()  # type: ignore[attr-defined]
        return count[0]

    assert taken() == AHEAD
    assert taken(in_hand=20) == 20
