"""Addressed luck: a draw is a pure function of the future's seed, a purpose, a thing's key and a number.

Nothing is consumed, so one order more or fewer elsewhere changes no draw here. Purposes and keys are hashes of names:
whatever is added elsewhere, they stay. Plain Python: nothing here knows SimPy or numba; `bits` has a second body in the
compiled engine. Mixing: SplitMix64 (Steele, Lea, Flood 2014).
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from sim.language.declarations import Number, Row, Section, state
from sim.language.distributions import Distribution, Floats
from sim.language.events import compilable

_MASK = (1 << 64) - 1
_TAIL = 0.015625
"""Share of probability at each end that has a quarter of a quantile table's points."""
_EDGE = 2.0**-14
"""Where the ends of a quantile table are evaluated: luck is cut at one in 16,384 on each side."""


class Clock(Section):
    """Where a future stands. Kept by the engines."""

    now: Number = state("days since the start")
    seed: Row = state("names this future's luck")
    scheduled: Row = state("events scheduled so far; settles ties in time")
    pending: Row = state("events waiting")
    events: Row = state("events that have happened")


class LuckRow(Section):
    """One `Luck` parameter: a quantile table with scale and shift. Made by assembly."""

    shape: Row = state("number of its quantile table")
    relative: Row = state("1 if a date counts from the thing's preceding date, not from the start")
    scale: Number = state("multiplies the table's values")
    shift: Number = state("added to them")


class AnyFuture(Protocol):
    """What luck and events need of a future; the world's own record is `sim.world.course.future.Future`."""

    clock: Sequence[Clock]
    lucks: Sequence[LuckRow]
    quantiles: Sequence[float]
    calendar: Any


def hash_of(name: str) -> int:
    """62 bits of a name, positive: the same on every machine, and an int64 in both engines."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 2


def purpose(name: str) -> int:
    """What a draw is for, as part of its address; named where the draw is made. Another name gives other draws."""
    return hash_of(name)


ORDER_KEY = purpose("key of an order")


def bits(seed: int, purpose: int, key: int, n: int) -> int:
    """64 random bits: draw `n` of `purpose` for the thing `key`, in the future `seed`."""
    z = (seed + 0x9E3779B97F4A7C15 * (purpose + 1) + 0xD1B54A32D192ED03 * key + 0x8CB92BA72F3D8DD7 * n) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    z = z ^ (z >> 31)
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    return z ^ (z >> 27)


@compilable
def uniform(future: AnyFuture, purpose: int, key: int, n: int) -> float:
    """A number in [0, 1)."""
    return (bits(future.clock[0].seed, purpose, key, n) >> 11) * 1.1102230246251565e-16


@compilable
def rounded_draw(future: AnyFuture, purpose: int, key: int, n: int, expected: float, most: float) -> float:
    """A whole number whose mean is `expected`, and no more than `most`."""
    if expected <= 0.0:
        return 0.0
    number = expected + uniform(future, purpose, key, n)
    return min(most, float(math.floor(number)) if number < 9007199254740992.0 else number)


@compilable
def chance(future: AnyFuture, purpose: int, key: int, n: int, probability: float) -> bool:
    """Whether something of this probability happens."""
    return uniform(future, purpose, key, n) < probability


@compilable
def key_of(key: int, n: int, m: int) -> int:
    """The name of the luck of the m-th thing that `key` makes in its n-th month."""
    return int(bits(key, ORDER_KEY, n, m) >> 2)


@lru_cache(4096)  # a run assembles some forty variants of a scenario, and nearly all of what they draw is the same
def quantile_table(distribution: Distribution) -> Floats:
    """The 257 points that `draw` interpolates: 64 steps in each outer 1/64, 128 between.

    They are for reading alone.
    """
    tail, middle = np.arange(64) / 4096.0, 1 / 64 + np.arange(128) / 128.0 * (1 - 2 / 64)
    u = np.concatenate((tail, middle, 1 - 1 / 64 + np.arange(65) / 4096.0))
    table = distribution.ppf(np.clip(u, _EDGE, 1.0 - _EDGE))
    table.flags.writeable = False
    return table


@compilable
def draw(future: AnyFuture, purpose: int, key: int, n: int, luck: int) -> float:
    """Draw from a `Luck` parameter, in its own unit: linear between the points of its quantile table."""
    row = future.lucks[luck]
    if row.scale == 0.0:  # known for certain
        return row.shift
    u = uniform(future, purpose, key, n)
    if u < _TAIL:
        x = u * (64.0 / _TAIL)
    elif u < 1.0 - _TAIL:
        x = 64.0 + (u - _TAIL) * (128.0 / (1.0 - 2.0 * _TAIL))
    else:
        x = 192.0 + (u - (1.0 - _TAIL)) * (64.0 / _TAIL)
    i = min(int(x), 255)
    first = int(row.shape) * 257 + i
    low = future.quantiles[first]
    high = future.quantiles[first + 1]
    return row.shift + row.scale * (low + (x - i) * (high - low))


@compilable
def middle(future: AnyFuture, luck: int) -> float:
    """The median of a `Luck` parameter, in its own unit: what one may plan with."""
    row = future.lucks[luck]
    if row.scale == 0.0:  # known for certain
        return row.shift
    return row.shift + row.scale * future.quantiles[int(row.shape) * 257 + 128]
