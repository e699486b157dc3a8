"""Distributions as quantile functions: `ppf` takes a share of probability to a value.

Monte Carlo, stratified designs, copulas and the luck tables all use this one form. `cdf` is its inverse, which mixtures
need; `atoms` are the values that carry probability of their own.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_BISECTIONS = 60
_LEAST = 2.0**-53
"""The least share of probability that counts as more than none."""


class Distribution(Protocol):
    """What every form of uncertainty can do."""

    def __hash__(self) -> int:
        """Equal ones are one."""

    @property
    def atoms(self) -> tuple[float, ...]:
        """Values that have a probability of their own."""

    def ppf(self, u: Floats) -> Floats:
        """The value below which a share `u` of the probability lies."""

    def cdf(self, x: Floats) -> Floats:
        """The probability of `x` or less."""


def _special() -> Any:
    import scipy.special  # takes 0.1 s to import, and `--help` needs none of it

    return scipy.special


@dataclass(frozen=True, slots=True)
class Fixed:
    """A known number; it may be infinite."""

    value: float

    @property
    def atoms(self) -> tuple[float, ...]:
        """The number itself."""
        return (self.value,)

    def ppf(self, u: Floats) -> Floats:
        """The number, whatever the probability."""
        return np.full_like(u, self.value)

    def cdf(self, x: Floats) -> Floats:
        """A step at the number."""
        return (x >= self.value).astype(np.float64)


class _Smooth:
    """A distribution without atoms."""

    __slots__ = ()

    @property
    def atoms(self) -> tuple[float, ...]:
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class Uniform(_Smooth):
    """Every value between two equally likely."""

    low: float
    high: float

    def ppf(self, u: Floats) -> Floats:
        """A straight line."""
        return self.low + u * (self.high - self.low)

    def cdf(self, x: Floats) -> Floats:
        """A straight line between the ends."""
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Triangular(_Smooth):
    """Density that rises straight to the mode and falls straight from it."""

    low: float
    mode: float
    high: float

    def ppf(self, u: Floats) -> Floats:
        """Two square roots that meet at the mode."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        return np.where(
            u * width < left, self.low + np.sqrt(u * width * left), self.high - np.sqrt((1.0 - u) * width * right)
        )

    def cdf(self, x: Floats) -> Floats:
        """Two parabolas that meet at the mode."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        x = np.clip(x, self.low, self.high)
        rising = (x - self.low) ** 2 / (width * left) if left > 0.0 else np.zeros_like(x)
        falling = 1.0 - (self.high - x) ** 2 / (width * right) if right > 0.0 else np.ones_like(x)
        return np.where(x < self.mode, rising, falling)


@dataclass(frozen=True, slots=True)
class Pert(_Smooth):
    """The smooth cousin of the triangle: a beta distribution with mean (low + 4 mode + high) / 6."""

    low: float
    mode: float
    high: float

    @property
    def _shape(self) -> tuple[float, float]:
        width = self.high - self.low
        return 1.0 + 4.0 * (self.mode - self.low) / width, 1.0 + 4.0 * (self.high - self.mode) / width

    def ppf(self, u: Floats) -> Floats:
        """The inverse incomplete beta function, stretched."""
        unit: Floats = _special().betaincinv(*self._shape, u)
        return self.low + (self.high - self.low) * unit

    def cdf(self, x: Floats) -> Floats:
        """The incomplete beta function, stretched."""
        unit = np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)
        numbers: Floats = _special().betainc(*self._shape, unit)
        return numbers


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Two half normals that meet at the median, through a quantile `tail` on each side.

    On a log scale for what must be positive, logit for shares, linear else. A quantile that stands at a bound is an
    atom: that side is linear from the median, cut at the bound, so that exactly `tail` of the probability lies on it.
    """

    tail: float
    low: float
    middle: float
    high: float
    floor: float
    ceiling: float

    @property
    def atoms(self) -> tuple[float, ...]:
        """Bounds that a quantile stands at, and a median that a quantile stands at."""
        ends = [end for end, bound in ((self.low, self.floor), (self.high, self.ceiling)) if end == bound]
        return (*ends, self.middle) if self.middle in (self.low, self.high) else tuple(ends)

    def ppf(self, u: Floats) -> Floats:
        """A normal quantile, stretched on each side of the median so that it passes through both ends."""
        z: Floats = _special().ndtri(u) / -_special().ndtri(self.tail)
        value = np.where(z < 0.0, self._side(self.low, -z), self._side(self.high, z))
        return np.clip(value, self.floor, self.ceiling)

    def cdf(self, x: Floats) -> Floats:
        """The inverse of `ppf`; at an atom, all of its probability."""
        z = np.where(x < self.middle, -self._distance(self.low, x), self._distance(self.high, x))
        inside: Floats = _special().ndtr(z * -_special().ndtri(self.tail))
        return np.where(x < self.floor, 0.0, np.where(x >= self.ceiling, 1.0, inside))

    def _side(self, end: float, z: Floats) -> Floats:
        """The value `z` times as far from the median as the quantile `end`."""
        scale = self._scale(end)
        middle = scale.to(np.float64(self.middle))
        value: Floats = scale.back(middle + z * (scale.to(np.float64(end)) - middle))
        return value

    def _distance(self, end: float, x: Floats) -> Floats:
        """How many times as far from the median as `end` the value lies; infinite if `end` is the median."""
        scale = self._scale(end)
        middle = scale.to(np.float64(self.middle))
        step = scale.to(np.float64(end)) - middle
        if step == 0.0:  # they are one, as written or on this scale
            return np.full_like(x, np.inf)
        times: Floats = (scale.to(np.clip(x, self.floor, self.ceiling)) - middle) / step
        return np.maximum(times, 0.0)

    def _scale(self, end: float) -> "_Linear | _Log | _Logit":
        if {end, self.middle} & {self.floor, self.ceiling}:
            return _Linear()
        return scale_of(self.floor, self.ceiling)


class _Linear:
    """Values as they are."""

    def to(self, x: Any) -> Any:
        return x

    def back(self, y: Any) -> Any:
        return y


class _Log:
    """What must be positive. The far tails underflow and overflow to the ends of the scale, as they should."""

    def to(self, x: Any) -> Any:
        with np.errstate(divide="ignore"):
            return np.log(x)

    def back(self, y: Any) -> Any:
        with np.errstate(over="ignore"):
            return np.exp(y)


class _Logit:
    """Shares."""

    def to(self, x: Any) -> Any:
        return _special().logit(x)

    def back(self, y: Any) -> Any:
        return _special().expit(y)


def scale_of(floor: float, ceiling: float) -> _Linear | _Log | _Logit:
    """The scale on which a quantity with these bounds is symmetric by default."""
    if (floor, ceiling) == (0.0, 1.0):
        return _Logit()
    return _Log() if floor >= 0.0 else _Linear()


def middle_of(low: float, high: float, floor: float, ceiling: float) -> float:
    """The median half way between two quantiles, on the scale of the quantity; arithmetic if one is at a bound."""
    scale = _Linear() if {low, high} & {floor, ceiling} else scale_of(floor, ceiling)
    return float(scale.back((scale.to(low) + scale.to(high)) / 2.0))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, each with its probability; in the order of the values."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def atoms(self) -> tuple[float, ...]:
        """All of it."""
        return self.values

    def ppf(self, u: Floats) -> Floats:
        """The first value at which the probability is reached."""
        steps = np.cumsum(self.weights)[:-1]
        return np.asarray(self.values, np.float64)[np.searchsorted(steps, u, side="left")]

    def cdf(self, x: Floats) -> Floats:
        """A staircase."""
        steps = np.concatenate(([0.0], np.cumsum(self.weights)))
        numbers: Floats = steps[np.searchsorted(np.asarray(self.values), x, side="right")]
        return numbers


@dataclass(frozen=True, slots=True)
class Mixture:
    """One distribution or another. Its quantile function inverts the mixed `cdf`, so it rises like any other.

    The quantile of a mixture lies between the least and the greatest quantile of its parts: bisection starts there.
    """

    parts: tuple[Distribution, ...]
    weights: tuple[float, ...]

    @property
    def atoms(self) -> tuple[float, ...]:
        """Those of its parts."""
        return tuple(sorted({atom for part in self.parts for atom in part.atoms}))

    def ppf(self, u: Floats) -> Floats:
        """Part by part if they lie apart, as a chance of nothing and an amount do; else by bisection."""
        order = sorted(zip(self.parts, self.weights, strict=True), key=lambda pair: _ends(pair[0]))
        apart = all(_ends(low)[1] <= _ends(high)[0] for (low, _), (high, _) in pairwise(order))
        return self._one_after_the_other(order, u) if apart else self._bisected(u)

    def _one_after_the_other(self, order: list[tuple[Distribution, float]], u: Floats) -> Floats:
        numbers, begins = np.empty_like(u), 0.0
        for part, weight in order:
            here = (u > begins) if begins else np.full(u.shape, True)
            numbers[here] = part.ppf(np.clip((u[here] - begins) / weight, _LEAST, 1.0 - _LEAST))
            begins += weight
        return numbers

    def _bisected(self, u: Floats) -> Floats:
        """Bisection, then exactly on to an atom where one carries this probability."""
        ends = np.stack([part.ppf(u) for part in self.parts])
        low: Floats = ends.min(axis=0)
        high: Floats = ends.max(axis=0)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            reached = self.cdf(middle) >= u
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        for atom in self.atoms:
            below, up_to = self.cdf(np.array([np.nextafter(atom, -np.inf), atom]))
            high = np.where((below < u) & (u <= up_to), atom, high)
        return high

    def cdf(self, x: Floats) -> Floats:
        """The parts' probabilities, weighted."""
        numbers = np.zeros_like(x)
        for part, weight in zip(self.parts, self.weights, strict=True):
            numbers += weight * part.cdf(x)
        return numbers


def _ends(distribution: Distribution) -> tuple[float, float]:
    low, high = distribution.ppf(np.array([_LEAST, 1.0 - _LEAST]))
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Truncated:
    """Another distribution, given that the value is not below `least`: what has not happened by a day comes later."""

    other: Distribution
    least: float

    @property
    def atoms(self) -> tuple[float, ...]:
        """Those of the other that are left."""
        return tuple(atom for atom in self.other.atoms if atom >= self.least)

    @property
    def below(self) -> float:
        """The probability that is cut off."""
        return float(self.other.cdf(np.array([np.nextafter(self.least, -np.inf)]))[0])

    def ppf(self, u: Floats) -> Floats:
        """The other's quantile, of the probability that is left."""
        left = np.clip(self.below + u * (1.0 - self.below), _LEAST, 1.0 - _LEAST)
        return np.maximum(self.other.ppf(left), self.least)

    def cdf(self, x: Floats) -> Floats:
        """The probability that is left and lies at `x` or below it."""
        left: Floats = np.clip((self.other.cdf(x) - self.below) / (1.0 - self.below), 0.0, 1.0)
        return left


@dataclass(frozen=True, slots=True)
class Mirrored:
    """Another distribution with its sign turned: `earlier` is a negative `later`."""

    other: Distribution

    @property
    def atoms(self) -> tuple[float, ...]:
        """Those of the other, with their sign turned."""
        return tuple(-atom for atom in reversed(self.other.atoms))

    def ppf(self, u: Floats) -> Floats:
        """The other's quantile from the far end."""
        return -self.other.ppf(1.0 - u)

    def cdf(self, x: Floats) -> Floats:
        """What the other has at or above `-x`."""
        return 1.0 - self.other.cdf(np.nextafter(-x, -np.inf))


def written_ends(distribution: Distribution) -> tuple[float, float]:
    """The least and the greatest value that are written of it; the tails beyond its quantiles are left out."""
    match distribution:
        case Fixed(value):
            return value, value
        case Uniform(low, high) | Triangular(low, _, high) | Pert(low, _, high) | Quantiles(_, low, _, high):
            return low, high
        case Choice(values):
            return values[0], values[-1]
        case Mirrored(other):
            low, high = written_ends(other)
            return -high, -low
        case Truncated(other, least):
            low, high = written_ends(other)
            return max(low, least), high
        case Mixture(parts):
            ends = [written_ends(part) for part in parts]
            return min(low for low, _ in ends), max(high for _, high in ends)
    raise TypeError(type(distribution).__name__)


def median(distribution: Distribution) -> float:
    """The value that is as likely exceeded as not; exactly the one that was written, if one was."""
    if isinstance(distribution, Quantiles):
        return distribution.middle
    return float(distribution.ppf(np.array([0.5]))[0])
