"""The page of sensitivity: what moves each measure, how much is luck, what turns the finding, and what it rests on.

Bars are drawn by the style sheet in the page's own text, so that they fit any width and are read aloud as numbers.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.measures.input_text import meaning
from sim.measures.measures import Measure
from sim.measures.wording import amount, percent_text
from sim.report.contents import Assumption, Source
from sim.report.html import rendered
from sim.studies.sensitivity.analysis import LUCK, REST, Index
from sim.studies.sensitivity.results import (
    SHOWN_WITHIN,
    Finding,
    Sensitivity,
    block_text,
    effect_text,
    event_text,
    share_text,
    way_text,
)

SHOWN = 8
"""Assumptions of each measure that are drawn; all are in `sensitivity.json`."""

ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Where a scale may end, times a power of ten."""

METHODS = {
    "given": "first shares of the variance, from slices of the futures",
    "sobol": "first and total shares of the variance, by exchange between futures",
    "morris": "mean effects of drawing an assumption again, by Morris’s screening",
}

MEANINGS = {
    LUCK: "all that is drawn inside futures, as one",
    REST: "those not looked at one by one, as one",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar and its interval, from 0 to 100 of the scale, and the number it stands for."""

    kind: str
    length: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One assumption: what it is, its bars, whether it is beyond chance, and if so which way it works.

    `is_part`: it is a part of the block above it.
    """

    name: str
    meaning: str
    bars: tuple[Bar, ...]
    sure: bool
    way: str
    is_part: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What moves one measure; `end` is the number at the end of the scale."""

    measure: Measure
    says: str
    rows: tuple[Row, ...]
    end: str
    left_out: int


def page(
    sensitivity: Sensitivity, assumptions: Sequence[Assumption], sources: Sequence[Source], command: str, digest: str
) -> str:
    """The whole page; `assumptions` with their grounds, those that matter among them are shown."""
    grounds = {each.path: each for each in assumptions}
    return rendered(
        "studies/sensitivity/page.html.j2",
        found=sensitivity,
        method=METHODS[sensitivity.method],
        charts=[chart(sensitivity, each) for each in sensitivity.findings],
        lucks=[
            (each.measure, each.aleatory, share_text(each.aleatory)) for each in sensitivity.findings if each.aleatory
        ],
        events=list(events(sensitivity)),
        grounds=[grounds[each.name] for each in sensitivity.tippings if each.name in grounds],
        meanings={each.name: meaning(sensitivity.scenario, each.name) for each in sensitivity.tippings},
        sources={source.id: source for source in sources},
        command=command,
        digest=digest,
    )


def chart(sensitivity: Sensitivity, of: Finding) -> Chart:
    """The bars of one measure, the most important first, on a scale that ends just beyond the longest."""
    shown = of.indices[:SHOWN]
    end = scale_end(max((_reach(index) for index in shown), default=0.0), of.indices)
    is_effect = any(index.effect is not None for index in shown)
    rows = tuple(
        _row(sensitivity, of, each, end, is_part=each is not index)
        for index in shown
        for each in (index, *index.within[:SHOWN_WITHIN])
    )
    says = sensitivity.most(of)
    text = amount(end, of.measure.unit) if is_effect else f"{percent_text(end)} of the variance"
    return Chart(of.measure, says[:1].upper() + says[1:] + ".", rows, text, len(of.indices) - len(shown))


def _row(sensitivity: Sensitivity, of: Finding, index: Index, end: float, is_part: bool) -> Row:
    what = block_text(index) if len(index.paths) > 1 else meaning(sensitivity.scenario, index.name)
    sure = of.sure(index)
    bars = tuple(_bars(index, end, of.measure))
    return Row(
        index.name, MEANINGS.get(index.name, what), bars, sure, way_text(index) if sure else "may be chance", is_part
    )


def scale_end(longest: float, indices: Sequence[Index]) -> float:
    """The first round number that is not below the longest bar; a share ends at 1 at most."""
    if longest <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(longest))
    end = next(step * power for step in ROUND if step * power >= longest * 0.999)
    return end if any(index.effect is not None for index in indices) else min(end, 1.0)


def _reach(index: Index) -> float:
    """How far the bars of an assumption reach, their intervals included."""
    return max((of.high for of in (index.first, index.total, index.effect) if of is not None), default=0.0)


def _bars(index: Index, end: float, measure: Measure) -> Iterator[Bar]:
    kinds = (("first", index.first), ("total", index.total), ("total", index.shapley), ("first", index.effect))
    for kind, of in kinds:
        if of is not None:
            text = effect_text(of, measure) if of is index.effect else share_text(of)
            yield Bar(kind, _place(of.value, end), _place(of.low, end), _place(of.high, end), text)


def _place(value: float, end: float) -> float:
    return round(100.0 * min(max(value / end, 0.0), 1.0), 1)


def events(sensitivity: Sensitivity) -> Iterator[tuple[str, list[str]]]:
    """What each thing with a probability of its own does to each measure, by occurring and by its size together."""
    by_measure = [dict(each.events) for each in sensitivity.findings]
    names = by_measure[0] if by_measure else {}
    totals = {name: [each[name] for each in by_measure] for name in names}
    most = {name: max(total.value if total else 0.0 for total in row) for name, row in totals.items()}
    for name in sorted(totals, key=lambda name: (-most[name], name)):
        yield name, [event_text(total) for total in totals[name]]
