"""The same world compiled by numba: what is marked is compiled in place; `after` and `bits` get a second body.

One scratch record serves all futures of a call: the template's numbers are copied into its front, the drawn inputs
written at their addresses, and the calendar is a binary heap with ties in the order of scheduling, as in SimPy.
Machine code comes from `sim.engine.compiled.compiler`: whoever calls `run` or `judge` has taken it from there.
"""

import pickle
import re
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
from numba import njit, types, uint64
from numba.core.compiler import CompileResult
from numba.core.errors import NumbaError
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps
from numba.extending import overload, register_jitable

from sim.engine.results import Batch
from sim.errors import ModelError
from sim.language import events, luck
from sim.world.accounts import starting_position
from sim.world.course import events as course
from sim.world.course.future import LAYOUT, OUTCOMES, SERIES

TESTED = ("0.68.1",)
"""Versions of numba into whose insides this engine reaches; with others it compiles, and is taken over, as usual."""

# the world is many small functions; LLVM's own threshold, 225, leaves half of them as calls
llvm.set_option("", "--inline-threshold=800")

for _function in events.MARKED:
    register_jitable(_function)


@overload(luck.bits)
def _bits(seed: Any, purpose: Any, key: Any, n: Any) -> Any:
    def body(seed: Any, purpose: Any, key: Any, n: Any) -> Any:
        z = (
            uint64(seed)
            + uint64(0x9E3779B97F4A7C15) * uint64(purpose + 1)
            + uint64(0xD1B54A32D192ED03) * uint64(key)
            + uint64(0x8CB92BA72F3D8DD7) * uint64(n)
        )
        z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
        z = z ^ (z >> uint64(31))
        z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        return z ^ (z >> uint64(27))

    return body


@register_jitable
def _moved(heap: Any, source: Any, into: Any) -> None:
    """Field by field: numba would move a whole row byte by byte."""
    a, b = heap[source], heap[into]
    b.time = a.time
    b.order = a.order
    b.kind = a.kind
    b.subject = a.subject
    b.amount = a.amount


@register_jitable
def _sooner(heap: Any, one: Any, other: Any) -> Any:
    """Whether one event comes before another: ties in time, which are rare, go by the order of scheduling."""
    a, b = heap[one], heap[other]
    if a.time != b.time:
        return a.time < b.time
    return a.order < b.order


@register_jitable
def _push(future: Any, delay: Any, kind: Any, subject: Any, amount: Any) -> None:
    if not delay >= 0.0:
        raise ValueError("a delay must be zero or more days")
    clock = future.clock[0]
    heap = future.calendar
    if clock.pending == len(heap):
        raise OverflowError("the calendar is full")
    time = clock.now + delay
    order = clock.scheduled
    clock.scheduled += 1
    i = clock.pending
    clock.pending += 1
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent].time <= time:
            break
        _moved(heap, parent, i)
        i = parent
    slot = heap[i]
    slot.time = time
    slot.order = order
    slot.kind = kind
    slot.subject = subject
    slot.amount = amount


@overload(events.after)
def _after(future: Any, delay: Any, handler: Any, subject: Any = 0, amount: Any = 0.0) -> Any:
    if isinstance(handler, types.Function):
        kind = handler.typing_key.kind  # type: ignore[attr-defined]  # the type of a function knows which one it is

        def by_handler(future: Any, delay: Any, handler: Any, subject: Any = 0, amount: Any = 0.0) -> None:
            _push(future, delay, kind, subject, amount)

        return by_handler

    def by_signal(future: Any, delay: Any, handler: Any, subject: Any = 0, amount: Any = 0.0) -> None:
        _push(future, delay, handler, subject, amount)

    return by_signal


@overload(events.handle)
def _handle(future: Any, kind: Any, subject: Any, amount: Any) -> Any:
    """One branch for each event, as they are declared."""
    lines = ["def dispatched(future: Any, kind: Any, subject: Any, amount: Any) -> Any:"]
    for number, each in enumerate(events.EVENTS):
        arguments = ", ".join(("future", "subject", "amount")[: each.arguments])
        lines += [f"    {'el' if number else ''}if kind == {number}:", f"        handler_{number}({arguments})"]
    scope: dict[str, Any] = {f"handler_{number}": each.handler for number, each in enumerate(events.EVENTS)}
    scope["Any"] = Any
    exec("\n".join(lines), scope)
    return scope["dispatched"]


@register_jitable
def _pop(future: Any) -> Any:
    """Take the earliest event off the heap."""
    clock = future.clock[0]
    heap = future.calendar
    time, kind, subject, amount = heap[0].time, heap[0].kind, heap[0].subject, heap[0].amount
    clock.pending -= 1
    n = clock.pending
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n:
            child += int(_sooner(heap, child + 1, child))  # added, as which it is cannot be foretold by a branch
        if _sooner(heap, n, child):
            break
        _moved(heap, child, i)
        i = child
    _moved(heap, n, i)
    return time, kind, subject, amount


@njit(nogil=True)
def _ensemble(
    template: Any,
    scratch: Any,
    front: Any,
    addresses: Any,
    inputs: Any,
    seeds: Any,
    outcomes: Any,
    outcome_at: Any,
    series: Any,
    series_at: Any,
    series_step: Any,
    happened: Any,
    log: Any,
    at: Any,
) -> None:
    # scratch comes from outside: a record is a bare pointer, and numba would free an array of its own too early
    future = scratch[0]
    for i in range(len(seeds)):
        at[0] = i
        for k in range(front):
            future.values[k] = template[0].values[k]
        for j in range(len(addresses)):
            future.values[addresses[j]] = inputs[i, j]
        clock = future.clock[0]
        clock.seed = seeds[i]
        span = future.span[0]
        course.begin(future)
        while clock.pending > 0 and future.calendar[0].time < span.horizon:  # a lean future moves it
            time, kind, subject, amount = _pop(future)
            clock.now = time
            if i < len(log) and clock.events < log.shape[1]:
                log[i, clock.events, 0] = time
                log[i, clock.events, 1] = kind
                log[i, clock.events, 2] = subject
                log[i, clock.events, 3] = amount
            clock.events += 1
            events.handle(future, kind, subject, amount)
        clock.now = span.horizon
        course.ended(future)
        for k in range(outcomes.shape[1]):
            outcomes[i, k] = future.values[outcome_at[k]]
        for m in range(series.shape[1]):
            for k in range(series.shape[2]):
                series[i, m, k] = future.values[series_at[k] + m * series_step[k]]
        happened[i] = clock.events


@njit(nogil=True)
def _judge(template: Any, scratch: Any, front: Any, addresses: Any, inputs: Any, verdicts: Any) -> None:
    future = scratch[0]
    for k in range(front):
        future.values[k] = template[0].values[k]
    for i in range(len(verdicts)):
        for j in range(len(addresses)):
            future.values[addresses[j]] = inputs[i, j]
        verdicts[i] = starting_position.judged(future)


def _scratch(record: Any) -> Any:
    """Room for one future after the other. The kernel copies the front; quantile tables are what no future changes."""
    scratch = np.zeros(1, record.dtype)
    scratch["quantiles"] = record["quantiles"]
    return scratch


KERNELS: tuple[Any, ...] = (_ensemble, _judge)
"""What Python calls; all else is compiled into these."""


def judge(record: Any, addresses: Any, inputs: Any) -> Any:
    """A verdict on the opening in each row of `inputs`; shape (rows,). The kernels are there."""
    verdicts = np.zeros(len(inputs), np.int64)
    _judge(record, _scratch(record), LAYOUT.start, addresses, np.ascontiguousarray(inputs), verdicts)
    return verdicts


def run(record: Any, addresses: Any, inputs: Any, seeds: Any, at: Any, log: Any = None) -> Batch:
    """Run one future for each row of `inputs`; as `simpy_engine.run`. The kernels are there.

    `log`, if given, is an array (futures to log, most events, 4) that gets time, kind, subject and amount of events.
    """
    batch = Batch.empty(len(seeds), record)
    log = np.zeros((0, 0, 4)) if log is None else log
    _ensemble(
        record,
        _scratch(record),
        LAYOUT.start,
        addresses,
        np.ascontiguousarray(inputs),  # one layout, one compilation
        seeds,
        batch.outcomes,
        LAYOUT.places(OUTCOMES)[0],
        batch.series,
        *LAYOUT.places(SERIES),
        batch.events,
        log,
        at,
    )
    return batch


def compile_here() -> None:
    """Compile the kernels in this process, by running them on nothing.

    Raises ModelError with the file and line if the world cannot be compiled.
    """
    record, none = np.zeros(1, LAYOUT.record), np.zeros(0, np.int64)
    try:
        judge(record, none, np.zeros((0, 0)))
        run(record, none, np.zeros((0, 0)), none, np.zeros(1, np.int64))
    except NumbaError as error:
        raise ModelError(deepest(str(error))) from error


def machine_code() -> bytes:
    """The kernels that were compiled here, for `take` in another process of the same source."""
    parts = [[each._reduce() for each in kernel.overloads.values()] for kernel in KERNELS]
    code: bytes = dumps(parts)  # type: ignore[no-untyped-call]
    return code


def take(machine_code: bytes) -> None:
    """Take over kernels that another process compiled."""
    for kernel, parts in zip(KERNELS, pickle.loads(machine_code), strict=True):
        if numba.__version__ in TESTED:
            rtsys.initialize(kernel.targetctx)  # all that runs them; what compiles takes a third of a second to load
        else:
            kernel.targetctx.refresh()
        for part in parts:
            kernel.add_overload(CompileResult._rebuild(kernel.targetctx, *part))  # type: ignore[no-untyped-call]


def deepest(text: str) -> str:
    """The one place in numba's pages of errors that a reader needs: the innermost line of the world."""
    home = re.escape(str(Path(course.__file__).parents[1]))
    places = re.findall(rf'File "({home}[^"]+)", line (\d+)', text)
    reason = next((line.strip() for line in text.splitlines() if line.strip() and "nopython" not in line), "")
    if not places:
        return f"the world cannot be compiled: {reason}"
    file, line = places[-1]
    return f"the world cannot be compiled: {file}:{line}: {reason}"
