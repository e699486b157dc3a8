"""Words for people: likelihood as analysts say it, numbers as readers read them, days of the calendar.

Likelihood follows ICD 203, which has words from 1% to 99%. Beyond, this program says "remote" and "all but certain".
The scale of the IPCC can be had instead. Under both, what the run shows in none or all of its futures is said to be "in
no future" and "in every future". The number always stands beside the word, and the word belongs to the number as
printed: 4.96% prints as 5% and is called what 5% is called. Confidence is another matter, and never mixed with it.
"""

import calendar
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sim.language.counting import agreeing

Scale = Literal["icd203", "ipcc"]
"""Whose words for likelihood are used."""


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Words below one half, by the percent they end before; those above, by the percent missing to 100; the middle."""

    below: tuple[tuple[float, str], ...]
    above: tuple[tuple[float, str], ...]
    even: str


SCALES_OF_LIKELIHOOD: dict[Scale, Likelihoods] = {
    "icd203": Likelihoods(
        ((1.0, "remote"), (5.0, "almost no chance"), (20.0, "very unlikely"), (45.0, "unlikely")),
        ((1.0, "all but certain"), (5.0, "almost certain"), (20.0, "very likely"), (45.0, "likely")),
        "roughly even chance",
    ),
    "ipcc": Likelihoods(
        ((1.0, "exceptionally unlikely"), (10.0, "very unlikely"), (33.0, "unlikely")),
        ((1.0, "virtually certain"), (10.0, "very likely"), (34.0, "likely")),  # "likely" is above 66%
        "about as likely as not",
    ),
}

SCALES = ((1e9, "B"), (1e6, "M"), (1e3, "K"))
"""Dollars: billions, millions, thousands."""

LARGE_UNITS = ((1e12, "trillion"), (1e9, "billion"))
"""Tokens are counted in these."""


def likelihood(p: float, scale: Scale = "icd203") -> str:
    """The word for a probability."""
    if p in (0.0, 1.0):
        return "in every future" if p else "in no future"
    percent, words = _percent(p), SCALES_OF_LIKELIHOOD[scale]
    for side, distance in ((words.below, percent), (words.above, 100.0 - percent)):
        for end, word in side:
            if distance < end:
                return word
    return words.even


def percent_text(share: float) -> str:
    """A share in percent: whole, or to a tenth where it is within 1% of none or all."""
    percent = _percent(share)
    if 0.0 < share < 1.0 and percent in (0.0, 100.0):
        return "<0.1%" if percent == 0.0 else ">99.9%"
    return f"{percent:g}%"


def _percent(share: float) -> float:
    fine = round(100.0 * share, 1)
    near_an_end = 0.0 < abs(fine) < 1.0 or 99.0 < fine < 100.0
    return fine if near_an_end else float(round(100.0 * share))


def number(value: float, unit: str) -> str:
    """A number without the name of its unit: `4.2`, `12,300`, `21%`, `$380M`."""
    match unit:
        case "share" | "ratio":
            return percent_text(value)
        case "USD":
            return ("-" if value < 0.0 else "") + "$" + _scaled(abs(value))
        case "FLOP":
            return f"{value:.1e}".replace("e+", "e")
        case "H100e" | "chips" | "people" | "training units" | "serving units":
            return _rounded(round(value))
        case _:
            size, word = next((each for each in LARGE_UNITS if abs(value) >= each[0]), (1.0, ""))
            return f"{_rounded(value / size)} {word}".rstrip()


def amount(value: float, unit: str) -> str:
    """A number with its unit: `4.2 months`, `12,300 H100e`, `$380M`."""
    return with_unit(number(value, unit), unit)


def with_unit(shown: str, unit: str) -> str:
    """A number as printed, and its unit; nothing more where the number shows it, or where it is a bare number."""
    if unit in ("share", "ratio", "USD", "number"):
        return shown
    return f"{shown} {agreeing(shown, 'days' if unit == 'day' else unit)}"


def clipped(text: str, most: int) -> str:
    """A text of so many characters at most; a longer one ends after a whole word, with an ellipsis."""
    if len(text) <= most:
        return text
    words = text[:most].rpartition(" ")[0].rstrip(" ,;:(")
    return f"{words or text[: most - 1]}…"


def capitalised(text: str) -> str:
    """A text as a sentence begins."""
    return text[:1].upper() + text[1:]


def in_points(unit: str) -> bool:
    """Whether differences of this unit are percentage points."""
    return unit in ("share", "ratio")


def bare_points(value: float) -> str:
    """A difference of shares in a sentence, without its unit: `12`."""
    return percent_text(value).removesuffix("%")


def points(value: float) -> str:
    """A difference of shares in a sentence: `12 points`."""
    return with_unit(bare_points(value), "points")


def bare_difference(value: float, unit: str) -> str:
    """A difference to three digits, without its unit: `12.3`, `-$8.1M`; `open` where it has no bound."""
    if not math.isfinite(value):
        return "open"
    return number(100.0 * value, "points") if in_points(unit) else number(value, unit)


def difference(value: float, unit: str) -> str:
    """A difference with its sign and its unit: `+12.3 points`, `-0.4 months`."""
    sign, size = "+" if value > 0.0 else "", bare_difference(value, unit)
    return sign + with_unit(size, "points" if in_points(unit) else unit)


def margin(error: float, unit: str) -> str:
    """The error of an estimate beside it: `± 0.6`, or `± open` where so few futures leave none."""
    return f"± {bare_difference(error, unit)}"


def months_short(text: str) -> str:
    """A text with its months in three letters."""
    for name in calendar.month_name[1:]:
        text = text.replace(name, name[:3])
    return text


def day_text(day: date) -> str:
    """A day in a sentence; the last of a year as its end."""
    return f"the end of {day.year}" if (day.month, day.day) == (12, 31) else full_day(day)


def full_day(day: date) -> str:
    """A day by itself: number, month and year."""
    return f"{day.day} {month_text(day)}"


def month_text(day: date) -> str:
    """A month in a sentence: its name and the year."""
    return f"{calendar.month_name[day.month]} {day.year}"


def dates_read(text: str) -> str:
    """A text with its ISO dates as people read them: month and year, before them the day where it is not the first."""
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: _read(date.fromisoformat(found[0])), text)


def _read(day: date) -> str:
    return month_text(day) if day.day == 1 else full_day(day)


def listed(texts: Sequence[str], last: str = "and") -> str:
    """`money`, `money and the rules`, `money, the rules and sites`."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def _scaled(value: float) -> str:
    value = float(f"{value:.2e}")  # three digits first: $999.9M is $1.0B
    for size, letter in SCALES:
        if value >= size:
            return _rounded(value / size) + letter
    return _rounded(value)


def _rounded(value: float) -> str:
    """Three digits at most, and one decimal; two below a tenth."""
    if value == 0.0:
        return "0"
    whole = math.floor(math.log10(abs(value))) + 1
    decimals = min(3 - whole, 1 if abs(value) >= 0.1 else 2)
    rounded = round(value, decimals) + 0.0  # never "-0"
    decimals = min(decimals, 1) if abs(rounded) >= 0.1 else decimals  # 0.0996 is 0.1
    return f"{rounded:,.{max(0, decimals)}f}" if rounded % 1 else f"{rounded:,.0f}"
