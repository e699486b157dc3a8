"""The first screen, drawn: where each number of the brief lies on its scale, as shares of a glyph's width.

Bars, intervals and lines are plain HTML and SVG of the page itself, so that they are there at once and without scripts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sim.findings.brief import Brief
from sim.findings.comparison import ScenarioResult
from sim.findings.rows import MEASURES, Number, Row
from sim.measures.wording import month_text

TOP_STEP = 0.1
"""A bar of what is missing ends at the next tenth above the largest."""
ALIKE = ("next_delay", "second_delay")
"""Delays of both flagships lie on a scale each."""
STRONG, STRONG_MONTHS = 0.05, 1.0
"""Changes from which on a cell has the stronger shade: of a share of what is wanted, and in months."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A mean or median and its 90% interval, in percent of the glyph's width; `reference` is where the first one is."""

    at: float
    low: float
    high: float
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends of a scale, and what they are called."""

    low: float
    high: float
    words: str

    def place(self, value: float) -> float:
        """Where a value lies, in percent; what lies outside stands at the end."""
        length = (self.high - self.low) or 1.0
        return round(100.0 * min(1.0, max(0.0, (value - self.low) / length)), 2)

    def glyph(self, number: Number, reference: Number | None) -> Glyph:
        """A number on this scale."""
        there = number.reference if reference is None or reference is number else reference.at
        mark = None if there is None else self.place(there)
        return Glyph(self.place(number.at), self.place(number.low), self.place(number.high), mark)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: where it begins and how long it is, in percent; and its points."""

    start: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One scenario drawn: its glyphs by measure, and the bar of what comes back."""

    row: Row
    glyphs: Mapping[str, Glyph]
    segments: tuple[Segment, ...]
    mark: float | None
    """Where what is missing in the first scenario ends on the bar."""


def scales(brief: Brief, case: ScenarioResult) -> dict[str, Scale]:
    """The scale of each measure, the same for all scenarios."""
    start = case.findings.run.start
    there = {name: [row.numbers[name] for row in brief.rows if name in row.numbers] for name in MEASURES}
    bar = max((number.at for number in there.get("train_short", ())), default=TOP_STEP)
    top = min(1.0, TOP_STEP * (int(bar / TOP_STEP) + 1))
    made = {
        "bar": Scale(0.0, top, f"points of what the lab wants, 0 to {round(100 * top)}"),
        "train_short": Scale(0.0, 1.0, "0 to 100%"),
        "unserved": Scale(0.0, 1.0, "0 to 100%"),
    }
    for name in ALIKE:
        if there.get(name):
            low = 4.0 * ((min(0.0, *(each.low for each in there[name]))) // 4.0)
            high = 4.0 * (max(each.high for each in there[name]) // 4.0 + 1.0)
            made[name] = Scale(low, high, f"months, {low:g} to {high:g}".replace("-", "−"))
    if there.get("train_from"):
        last = max(each.high for each in there["train_from"])
        ends = month_text(start), month_text(start + timedelta(days=last))
        made["train_from"] = Scale(0.0, last or 1.0, f"{ends[0]} to {ends[1]}")
    if there.get("insolvent"):
        high = min(1.0, 0.2 * (int(max(each.high for each in there["insolvent"]) / 0.2) + 1))
        made["insolvent"] = Scale(0.0, high, f"0 to {round(100 * high)}%")
    return made


def pictures(brief: Brief, drawn: Mapping[str, Scale]) -> tuple[Picture, ...]:
    """Every scenario, on the scales."""
    return tuple(_picture(row, brief.rows[0], drawn) for row in brief.rows)


def _picture(row: Row, first: Row, drawn: Mapping[str, Scale]) -> Picture:
    glyphs = {
        name: drawn[name].glyph(each, first.numbers.get(name)) for name, each in row.numbers.items() if name in drawn
    }
    reference = first.numbers.get("train_short")
    there = reference.reference if row is first and reference else reference.at if reference else None
    mark = None if there is None else drawn["bar"].place(there)
    return Picture(row, glyphs, tuple(_segments(row, drawn["bar"])), mark)


def _segments(row: Row, bar: Scale) -> Iterator[Segment]:
    """What comes back with one, with two, with all; what stays. Without removals, what is missing as a whole."""
    missing = row.numbers.get("train_short")
    parts = row.steps.parts if row.steps else (0.0, 0.0, 0.0, missing.at if missing else 0.0)
    texts = row.steps.texts if row.steps else ("", "", "", missing.text if missing else "")
    start = 0.0
    for part, text in zip(parts, texts, strict=True):
        width = bar.place(start + part) - bar.place(start)
        yield Segment(bar.place(start), round(width, 2), text)
        start += part


def strength(number: Number) -> str:
    """The shade of a cell: none within simulation error, else by tone and size of the change."""
    if number.move is None or number.move.tone == "same":
        return ""
    months = number.text.replace(".", "").lstrip("> −-").isdigit()
    strong = abs(number.move.amount.mean) >= (STRONG_MONTHS if months else STRONG)
    return f"{number.move.tone}-{2 if strong else 1}"
