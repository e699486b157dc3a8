"""Numbers with units, as people write them: `12 weeks`, `$300M`, `1.4 TB/s`, `3x / year`, `25%`.

Conversion is exact (fractions, rounded once), so that `57%` and `0.57` are the same number. A month is a twelfth of a
year and a year is 365.25 days. A multiplier stands directly after the number: k, M, B (or bn), T; lower-case `m` is
refused, because it is read as a thousand, a million and a thousandth by different people. So is a comma that half of
the world reads as a decimal point: one after a leading zero, or before any but three digits.
"""

import re
from fractions import Fraction
from functools import lru_cache

from sim.language.counting import agreeing
from sim.language.declarations import Quantity
from sim.language.yaml_nodes import number_text, suggestion

_YEAR = Fraction("365.25")
_MULTIPLES = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "bn": 10**9, "T": 10**12}
_BARE = {"share", "ratio", "number", "chips", "people", "total processing performance"}
"""Kinds of quantity that a number without a unit can only mean one thing for."""

_UNITS: dict[str, tuple[str, Fraction]] = {
    "s": ("time", Fraction(1, 86400)),
    "second": ("time", Fraction(1, 86400)),
    "h": ("time", Fraction(1, 24)),
    "hour": ("time", Fraction(1, 24)),
    "day": ("time", Fraction(1)),
    "week": ("time", Fraction(7)),
    "month": ("time", _YEAR / 12),
    "quarter": ("time", _YEAR / 4),
    "year": ("time", _YEAR),
    "USD": ("money", Fraction(1)),
    "$": ("money", Fraction(1)),
    "W": ("power", Fraction(1, 1000)),
    "kW": ("power", Fraction(1)),
    "MW": ("power", Fraction(10**3)),
    "GW": ("power", Fraction(10**6)),
    "kWh": ("energy", Fraction(1)),
    "MWh": ("energy", Fraction(10**3)),
    "GWh": ("energy", Fraction(10**6)),
    "TWh": ("energy", Fraction(10**9)),
    "FLOP": ("work", Fraction(1)),
    "GFLOP": ("work", Fraction(10**9)),
    "TFLOP": ("work", Fraction(10**12)),
    "PFLOP": ("work", Fraction(10**15)),
    "EFLOP": ("work", Fraction(10**18)),
    "MB": ("memory", Fraction(10**6)),
    "GB": ("memory", Fraction(10**9)),
    "TB": ("memory", Fraction(10**12)),
    "TPP": ("processing performance", Fraction(1)),
    "mm2": ("area", Fraction(1)),
    "cm2": ("area", Fraction(100)),
    "token": ("tokens", Fraction(1)),
    "chip": ("chips", Fraction(1)),
    "people": ("people", Fraction(1)),
    "x": ("factor", Fraction(1)),
    "%": ("number", Fraction(1, 100)),
    "point": ("number", Fraction(1, 100)),
    "share": ("number", Fraction(1)),
    "ratio": ("number", Fraction(1)),
    "number": ("number", Fraction(1)),
    "1": ("number", Fraction(1)),
    "": ("number", Fraction(1)),
}
_DIGITS = r"(?:\d+(?:[.,]\d+)*\.?|\.\d+)(?:[eE][-+]?\d{1,3}(?!\d))?"
_TEXT = re.compile(
    rf"(?P<sign>[-+]?)(?P<dollar>(?:(?:US)?\$|USD\b)?)\s*(?P<number>{_DIGITS})"
    r"(?P<multiple>(?:bn|[kMBT])(?![A-Za-z]))?\s*(?P<unit>.*)",
    re.ASCII,
)
_BARE_NUMBER = re.compile(rf"[-+]?{_DIGITS}", re.ASCII)
_CLEAR = re.compile(r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+", re.ASCII)
_LONGEST = 80


class UnitError(ValueError):
    """A text that is not a number in a unit of the quantity that is due."""


def convert(given: str | float, quantity: Quantity) -> float:
    """The number in the quantity's inside unit. Raises UnitError with what to write instead."""
    if isinstance(given, float):
        if quantity.name not in _BARE:
            raise UnitError(f"{number_text(given)} has no unit; {_example(quantity, given)}")
        return given
    return _converted(given, quantity)


@lru_cache(4096)
def _converted(given: str, quantity: Quantity) -> float:
    parts = _TEXT.fullmatch(given.strip()) if len(given) < _LONGEST else None
    if parts is None:
        raise UnitError(f'"{given[:_LONGEST]}" is not a number with a unit; {_example(quantity)}')
    amount = _exact(parts["sign"] + parts["number"], given) * _MULTIPLES[parts["multiple"] or ""]
    unit = f"USD {parts['unit']}".strip() if parts["dollar"] else parts["unit"].strip()
    try:
        return _in_unit(amount, unit, given, quantity) if unit else _bare(amount, given, quantity)
    except OverflowError:
        raise UnitError(f'"{given}" is too large') from None


def bare_number(given: str) -> float | None:
    """A number without a unit, or None for any other text. Raises UnitError for one that is unclear or too large."""
    if len(given) >= _LONGEST or not _BARE_NUMBER.fullmatch(given.strip()):
        return None
    try:
        return float(_exact(given.strip(), given))
    except OverflowError:
        raise UnitError(f'"{given}" is too large') from None


def _exact(digits: str, given: str) -> Fraction:
    """The number that a sign and digits stand for. Raises UnitError where a comma, or a point, makes two of it."""
    mantissa, mark, exponent = digits.lstrip("+-").lower().partition("e")
    if not _CLEAR.fullmatch(mantissa):
        raise UnitError(f'"{given}" can be read in more than one way; write {" or ".join(_readings(mantissa))}')
    return Fraction(("-" if digits.startswith("-") else "") + mantissa.replace(",", "") + mark + exponent)


def _readings(mantissa: str) -> list[str]:
    """The numbers that digits with an unclear comma may stand for: the comma as a decimal point, and left out."""
    whole, comma, rest = mantissa.rpartition(",")
    as_point = re.sub("[.,]", "", whole) + "." + rest
    left_out = mantissa.replace(",", "").lstrip("0") or "0"
    if not comma:  # 1.234.567: points between groups
        return [mantissa.replace(".", "")]
    return [reading for reading in dict.fromkeys((as_point, left_out)) if _CLEAR.fullmatch(reading)]


def written(value: float, quantity: Quantity) -> str | float:
    """The number in its inside unit, so that `convert` reads the same number back."""
    if quantity.name in _BARE:
        return value
    unit = f"{quantity.unit}s" if quantity.unit in ("day", "month") else quantity.unit.removeprefix("1 ")
    shown = number_text(value)
    return f"{shown} {agreeing(shown, unit)}"


def in_words(value: float, quantity: Quantity) -> str:
    """The number in its inside unit, for people."""
    text = written(value, quantity)
    return number_text(text) if isinstance(text, float) else text


def _bare(amount: Fraction, given: str, quantity: Quantity) -> float:
    if quantity.name not in _BARE:
        raise UnitError(f'"{given}" has no unit; {_example(quantity, float(amount))}')
    return float(amount)


def _in_unit(amount: Fraction, unit: str, given: str, quantity: Quantity) -> float:
    dimension, factor, period = _measure(unit, quantity)
    due, inside, inside_period = _measure(quantity.unit, quantity)
    if dimension == due and due == ("factor", "time"):
        if period == inside_period:
            return float(amount)
        if amount < 0:
            raise UnitError(f'"{given}" is no growth: a factor is not negative; {_example(quantity)}')
        # a factor over another period is compounded, not multiplied
        compounded: float = float(amount) ** float(inside_period / period)
        return compounded
    if dimension != due and not (dimension == ("factor", "") and due == ("number", "")):
        rate = (
            "a share is over the whole window, not a rate; "
            if dimension == ("number", "time") and quantity.high == 1.0
            else ""
        )
        raise UnitError(f'"{given}" is {_named(dimension)}, not {_named(due)}; {rate}{_example(quantity)}')
    return float(amount * factor / period / (inside / inside_period))


@lru_cache(1024)
def _measure(unit: str, quantity: Quantity) -> tuple[tuple[str, str], Fraction, Fraction]:
    """Dimension above and below the line, and the size of both in the base units of the table."""
    over, line, under = (part.strip() for part in unit.partition("/"))
    own_over, _, own_under = (part.strip() for part in quantity.unit.partition("/"))
    above, factor = _atom(over, quantity, own_over)
    below, period = _atom(under, quantity, own_under) if line else ("", Fraction(1))
    return (above, below), factor, period


def _atom(word: str, quantity: Quantity, due: str) -> tuple[str, Fraction]:
    """One side of a unit; `due`: the quantity's own unit on that side."""
    own = [part.strip() for part in quantity.unit.split("/")]
    for spelling in (word, word.removesuffix("s")):
        if spelling in _UNITS:
            return _UNITS[spelling]
    if word not in own and agreeing("1", own[0]) == word:
        word = own[0]
    if word in own or own[0].startswith(f"{word} "):
        # a unit that only this quantity has, such as `training units`; its first word is enough
        return own[0] if word != own[-1] else word, Fraction(1)
    if (letter := word.removeprefix("USD ")) in {"m", "mn", "mln", "K", "b", "t"}:
        raise UnitError(f'"{letter}" is no multiplier: k is thousand, M million, B or bn billion, T trillion')
    raise UnitError(f'unknown unit "{word}"{suggestion(word, _alike(due))}; {_example(quantity)}')


def _alike(unit: str) -> list[str]:
    """A unit, and those of the same dimension."""
    dimension = next((_UNITS[each][0] for each in (unit, unit.removesuffix("s")) if each in _UNITS), None)
    return [unit, *(word for word, (other, _) in _UNITS.items() if other == dimension)]


def _named(dimension: tuple[str, str]) -> str:
    return dimension[0] + (f" per {dimension[1]}" if dimension[1] else "")


def _example(quantity: Quantity, amount: float = 12.0) -> str:
    if quantity.name == "share":
        return "write a share like `25%` or `0.25`"
    return f"write {quantity.name} like `{in_words(amount, quantity)}`"
