"""The yardstick: a toy of a lab, event by event, as little work as a future can be.

Five chips over five years: rules that block them, rounds of talks, orders that arrive and are installed, a foundry's
weekly lots, weekly demand, training that fails and restarts, software, a review a month. Some 1,600 events a future
leave a binary heap in order of time; a draw is a hash of the future's number and its place, as in the model. It is one
loop of machine code by the compiler that also makes the model's. Nothing in it is a claim about the world, and its
numbers are assumed: the model is measured against it, so that what is found does not depend on the machine.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from sim.engine.compiled import numba_engine as numba_engine  # which tells the compiler what `bits` is
from sim.language.luck import bits

HORIZON = 5.0 * 365.0
CHIPS = 5
ROOM = 1024
"""Events that may wait at a time."""

RULE, IN_FORCE, TALKS, STAGE, ORDER, ARRIVAL, INSTALLATION, LOT, PACKAGE, WEEK, RUN, SEGMENT, SOFTWARE, REVIEW = range(
    14
)

PETAFLOPS = np.array([0.148, 0.99, 0.78, 1.0, 0.35])
PRICE = np.array([12e3, 32e3, 26e3, 30e3, 15e3])
LEAD = np.array([60.0, 75.0, 90.0, 100.0, 90.0])
SHARE = np.array([0.25, 0.25, 0.25, 0.15, 0.10])
DOMESTIC = np.array([False, False, True, True, True])
MATURITY = np.array([1.0, 1.0, 0.4, 0.3, 0.3])

_NUMBERS = (
    "now",
    "cash",
    "staff",
    "trained",
    "demand",
    "wanted",
    "unserved",
    "target",
    "left",
    "rate",
    "ran",
    "in_use",
)
_COUNTS = ("number", "draws", "pending", "scheduled", "events", "stage", "month")
LAB = np.dtype(
    [(name, np.float64) for name in (*_NUMBERS, "yields", "stock")]
    + [(name, np.int64) for name in _COUNTS]
    + [("units", np.float64, CHIPS), ("maturity", np.float64, CHIPS), ("blocked", np.int64, CHIPS)]
    + [("books", np.float64, (64, 4))]
)
EVENT = np.dtype(
    [("time", np.float64), ("order", np.int64), ("kind", np.int64), ("subject", np.int64), ("amount", np.float64)]
)


def run(first: int, futures: int) -> tuple[float, int]:
    """Run futures `first` to `first + futures - 1`: mean cash at the end, and events."""
    cash, events = _futures(first, futures, np.zeros(1, LAB), np.zeros(ROOM, EVENT))
    return cash / futures, events


@njit(nogil=True)
def _futures(first: Any, futures: Any, room: Any, heap: Any) -> Any:
    cash, events = 0.0, 0
    for number in range(first, first + futures):
        lab = room[0]
        _begin(lab, heap, number)
        while heap[0].time <= HORIZON:
            kind, subject, amount = _pop(lab, heap)
            lab.events += 1
            if kind in (ORDER, ARRIVAL, INSTALLATION, LOT, PACKAGE):
                _supply(lab, heap, kind, subject, amount)
            elif kind in (RULE, IN_FORCE, TALKS, STAGE):
                _politics(lab, heap, kind)
            else:
                _work(lab, heap, kind)
        cash += lab.cash
        events += lab.events
    return cash, events


@njit
def _begin(lab: Any, heap: Any, number: Any) -> None:
    lab.number, lab.draws, lab.pending, lab.scheduled, lab.events, lab.stage, lab.month = number, 0, 0, 0, 0, 0, 0
    lab.now, lab.cash, lab.staff, lab.trained, lab.demand, lab.wanted = 0.0, 1.2e9, 200.0, 0.0, 2e3, 0.0
    lab.unserved, lab.target, lab.in_use, lab.yields, lab.stock = 0.0, 3e24, 0.0, 0.4, 2000.0
    for chip in range(CHIPS):
        lab.units[chip], lab.maturity[chip], lab.blocked[chip] = 0.0, MATURITY[chip], 0
    lab.units[0], lab.units[2] = 10_000.0, 3_000.0
    _after(lab, heap, _waiting(lab, 200.0), RULE)
    _after(lab, heap, _between(lab, 150.0, 500.0), TALKS)
    for delay, kind in ((30.0, ORDER), (7.0, LOT), (7.0, WEEK), (0.0, RUN), (30.0, SOFTWARE), (30.0, REVIEW)):
        _after(lab, heap, delay, kind)


@njit
def _politics(lab: Any, heap: Any, kind: Any) -> None:
    if kind == RULE:
        if _uniform(lab) < 0.6:
            _after(lab, heap, _between(lab, 0.0, 90.0), IN_FORCE)
        _after(lab, heap, _waiting(lab, 200.0), RULE)
    elif kind == IN_FORCE:
        lab.blocked[int(2.0 * _uniform(lab))] = _uniform(lab) < 0.7
    elif kind == TALKS:
        lab.stage = 0
        _after(lab, heap, _between(lab, 10.0, 90.0), STAGE)
    elif _uniform(lab) < 0.2:
        _after(lab, heap, _between(lab, 150.0, 500.0), TALKS)
    else:
        lab.stage += 1
        if lab.stage == 3:
            lab.cash += 1e9 * math.exp(0.5 * _normal(lab))
            _after(lab, heap, _between(lab, 150.0, 500.0), TALKS)
        else:
            _after(lab, heap, _between(lab, 10.0, 90.0), STAGE)


@njit
def _supply(lab: Any, heap: Any, kind: Any, chip: Any, units: Any) -> None:
    if kind == ORDER:
        budget = max(0.0, lab.cash - 3e8) * 0.15
        for each in range(CHIPS):
            bought = math.floor(budget * SHARE[each] / PRICE[each])
            if lab.blocked[each] or bought < 10.0:
                continue
            lab.cash -= bought * PRICE[each]
            if DOMESTIC[each]:
                bought = min(bought, lab.stock)
                lab.stock -= bought
            _after(lab, heap, LEAD[each] * math.exp(0.3 * _normal(lab)), ARRIVAL, each, bought)
        _after(lab, heap, 30.0, ORDER)
    elif kind == ARRIVAL:
        if lab.blocked[chip] and _uniform(lab) < 0.8:
            lab.cash += units * PRICE[chip] * 0.8
        else:
            _after(lab, heap, _between(lab, 10.0, 40.0), INSTALLATION, chip, units)
    elif kind == INSTALLATION:
        lab.units[chip] += units
    elif kind == LOT:
        lab.yields += (0.75 - lab.yields) * 0.01
        _after(lab, heap, _between(lab, 20.0, 60.0), PACKAGE, 0, 30.0 * lab.yields * 78.0 * 0.5)
        _after(lab, heap, 7.0, LOT)
    else:
        lab.stock += units


@njit
def _work(lab: Any, heap: Any, kind: Any) -> None:
    if kind == SEGMENT:
        lab.left -= lab.rate * lab.ran
        if lab.left > 1e-6 * lab.target:
            _segment(lab, heap, 0.2)
        else:
            lab.trained, lab.target, lab.in_use = lab.trained + lab.target, 1.5 * lab.target, 0.0
            _after(lab, heap, 30.0, RUN)
    elif kind == RUN:
        lab.rate, lab.in_use, lab.left = _capacity(lab) * 0.5 * 0.35 * 1e15 * 86_400.0, 0.5, lab.target
        _segment(lab, heap, 0.0)
    elif kind == WEEK:
        lab.demand *= math.exp(0.02 + 0.03 * _normal(lab))
        served = min(_capacity(lab) * (1.0 - lab.in_use), lab.demand)
        lab.wanted, lab.unserved = lab.wanted + lab.demand, lab.unserved + lab.demand - served
        lab.cash += 1.2e3 * served - 4e6
        _after(lab, heap, 7.0, WEEK)
    elif kind == SOFTWARE:
        for chip in range(2, CHIPS):
            lab.maturity[chip] += (0.9 - lab.maturity[chip]) * 0.03 * lab.staff / 200.0
        lab.staff *= 1.01 + 0.03 * _normal(lab)
        _after(lab, heap, 30.0, SOFTWARE)
    else:
        books = lab.books[lab.month]
        books[0], books[1], books[2], books[3] = lab.now, lab.cash, lab.trained, lab.unserved
        lab.month += 1
        _after(lab, heap, 30.0, REVIEW)


@njit
def _segment(lab: Any, heap: Any, restart: Any) -> None:
    """Training until it fails or is done."""
    lab.ran = min(_waiting(lab, 20.0), lab.left / max(lab.rate, 1.0))
    _after(lab, heap, restart + lab.ran, SEGMENT)


@njit
def _capacity(lab: Any) -> Any:
    total = 0.0
    for chip in range(CHIPS):
        total += lab.units[chip] * PETAFLOPS[chip] * lab.maturity[chip]
    return total


@njit
def _uniform(lab: Any) -> Any:
    lab.draws += 1
    return (bits(lab.number, 0, 0, lab.draws) >> 11) * 1.1102230246251565e-16


@njit
def _waiting(lab: Any, mean: Any) -> Any:
    return -mean * math.log(1.0 - _uniform(lab))


@njit
def _between(lab: Any, low: Any, high: Any) -> Any:
    """Triangular, with its mode a third of the way up."""
    u, mode = _uniform(lab), low + (high - low) / 3.0
    if u < 1.0 / 3.0:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


@njit
def _normal(lab: Any) -> Any:
    return math.sqrt(-2.0 * math.log(1.0 - _uniform(lab))) * math.cos(2.0 * math.pi * _uniform(lab))


@njit
def _after(lab: Any, heap: Any, delay: Any, kind: Any, subject: Any = 0, amount: Any = 0.0) -> None:
    """Put an event on the heap."""
    time = lab.now + delay
    i = lab.pending
    while i > 0 and heap[(i - 1) >> 1].time > time:
        _move(heap, (i - 1) >> 1, i)
        i = (i - 1) >> 1
    heap[i].time, heap[i].order, heap[i].kind, heap[i].subject, heap[i].amount = (
        time,
        lab.scheduled,
        kind,
        subject,
        amount,
    )
    lab.pending += 1
    lab.scheduled += 1


@njit
def _pop(lab: Any, heap: Any) -> Any:
    """Take the earliest event off the heap."""
    lab.now, kind, subject, amount = heap[0].time, heap[0].kind, heap[0].subject, heap[0].amount
    lab.pending -= 1
    last, i, child = lab.pending, 0, 1
    while child < last:
        if child + 1 < last and _sooner(heap, child + 1, child):
            child += 1
        if _sooner(heap, last, child):
            break
        _move(heap, child, i)
        i, child = child, 2 * child + 1
    _move(heap, last, i)
    return kind, subject, amount


@njit
def _sooner(heap: Any, one: Any, other: Any) -> Any:
    a, b = heap[one], heap[other]
    return a.time < b.time or (a.time == b.time and a.order < b.order)


@njit
def _move(heap: Any, source: Any, into: Any) -> None:
    """Field by field: numba would move a whole row byte by byte."""
    a, b = heap[source], heap[into]
    b.time, b.order, b.kind, b.subject, b.amount = a.time, a.order, a.kind, a.subject, a.amount
