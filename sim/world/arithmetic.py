"""Guarded arithmetic that Python and compiled code share to the last bit.

`log` of nothing and `exp` of too much raise in Python and return garbage compiled; `**` differs in its last bits.
"""

import math

from sim.language.events import compilable

MONTH = 365.25 / 12.0
YEAR = 365.25
HOURS_A_DAY = 24.0
INSTANT = 1e-6
"""Days within which a date has come: a time reached by adding up is not equal to it in its last bits."""
LARGEST_EXACT_WHOLE = 9007199254740992.0
"""2**53: below it a float holds every whole number."""
_LEAST = 1e-300
_MOST = 700.0


@compilable
def power(base: float, exponent: float) -> float:
    """`base` to `exponent`, for a base of zero or more; what would overflow is held at e^700."""
    if exponent == 0.0 or base == 1.0:
        return 1.0
    return math.exp(max(-_MOST, min(_MOST, exponent * math.log(max(base, _LEAST)))))


@compilable
def whole(number: float) -> float:
    """The whole part, downwards, as a float: dollars and chips are whole so that books balance with `==`.

    From 2**53 on a float is whole as it is, and an integer may not hold it.
    """
    return float(math.floor(number)) if abs(number) < LARGEST_EXACT_WHOLE else number


@compilable
def fading(years: float, full: float, rest: float) -> float:
    """Years of growth that count: all of the first `full` years, then the share `rest` of each."""
    return years if years <= full else full + rest * (years - full)


@compilable
def decayed(days: float, mean: float) -> float:
    """What is left of one after `days`, if it lasts `mean` days on average."""
    return math.exp(max(-_MOST, -days / mean))


@compilable
def half_left(days: float, half_life: float) -> float:
    """What is left of one after `days`, halving every `half_life` days; nothing if it has none."""
    return power(0.5, days / half_life) if half_life > 0.0 else 0.0


@compilable
def ramped(day: float, begins: float, ramp: float, plateau: float, growth: float) -> float:
    """A rate on a day: nothing before it begins, a straight rise to the plateau, growth by the year after it."""
    age = day - begins
    if age <= 0.0:
        return 0.0
    if age < ramp:
        return plateau * age / ramp
    return plateau * power(growth, (age - ramp) / YEAR) if age < math.inf else plateau
