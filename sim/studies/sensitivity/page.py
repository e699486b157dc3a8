"""The page of sensitivity: assumptions by measures as one matrix, where the finding turns, and what it rests on.

Bars are drawn by the page itself, so that they fit any width, are there without scripts, and are read aloud as numbers.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.findings.brief import Fact
from sim.language.counting import counted
from sim.measures.input_text import titled
from sim.measures.intervals import Interval
from sim.measures.wording import amount, capitalised, percent_text
from sim.report.brief import Scale
from sim.report.contents import Assumption, Source
from sim.report.html import rendered
from sim.studies.sensitivity.analysis import LUCK, Index
from sim.studies.sensitivity.results import (
    SHOWN_WITHIN,
    Finding,
    Sensitivity,
    effect_text,
    event_text,
    share_text,
    title_of,
)

SHOWN = 12
"""Assumptions that have a row; all are in `sensitivity.json`."""

ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Where a scale may end, times a power of ten."""

METHODS = {
    "given": "first shares of the variance, from slices of the futures",
    "sobol": "first and total shares of the variance, by exchange between futures",
    "morris": "mean effects of drawing an assumption again, by Morris’s screening",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one assumption does to one measure: a number, its 95% interval, and both as places from 0 to 100.

    `alone`: the part of the bar that it explains by itself. `sure`: whether it is beyond chance; if so, `way` says
    whether more of it raises the measure, and `tone` whether that is worse.
    """

    text: str
    interval: str
    length: float
    alone: float
    low: float
    high: float
    sure: bool
    way: str
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """An assumption by its title, and what it is of; a cell for each measure, None where it was not asked."""

    title: str
    of: str
    cells: tuple[Cell | None, ...]
    is_part: bool


def page(
    sensitivity: Sensitivity, assumptions: Sequence[Assumption], sources: Sequence[Source], command: str, digest: str
) -> str:
    """The whole page; `assumptions` with their grounds, those that matter among them are shown."""
    grounds = {each.path: each for each in assumptions}
    shares = [(each.measure, each.aleatory) for each in sensitivity.findings if each.aleatory]
    rows, left_out = matrix(sensitivity)
    return rendered(
        "studies/sensitivity/page.html.j2",
        title=f"Sensitivity: {sensitivity.name}",
        about=" · ".join(
            (f"Sensitivity of {sensitivity.name}", counted(sensitivity.ran, "futures"), METHODS[sensitivity.method])
        ),
        headline=sensitivity.headline,
        facts=[Fact("Tipping point:", sensitivity.turning)],
        found=sensitivity,
        rows=rows,
        left_out=left_out,
        ends=[end_text(each) for each in sensitivity.findings],
        chances=[(measure, share_text(share), _places(share, 1.0)) for measure, share in shares],
        chance=chance_text(sensitivity),
        events=list(events(sensitivity)),
        grounds=[grounds[each.name] for each in sensitivity.tippings if each.name in grounds],
        titled=lambda path: titled(sensitivity.scenario, path),
        sources={source.id: source for source in sources},
        command=command,
        digest=digest,
    )


def matrix(sensitivity: Sensitivity) -> tuple[list[Row], int]:
    """Assumptions by measures, what moves any measure most first; and how many more there are.

    The rows are those beyond chance for some measure, as many as are shown, the inputs of a block behind it.
    """
    found = [{index.name: index for index in each.indices if index.name != LUCK} for each in sensitivity.findings]
    ends = [scale_end(each) for each in sensitivity.findings]
    reach: dict[str, float] = {}
    for measure, indices, end in zip(sensitivity.findings, found, ends, strict=True):
        for name, index in indices.items():
            size = index.weight / end if measure.sure(index) else 0.0
            reach[name] = max(reach.get(name, 0.0), size)
    names = sorted((name for name in reach if reach[name] > 0.0), key=lambda name: -reach[name])
    rows = [row for name in names[:SHOWN] for row in _rows(sensitivity, name, [each.get(name) for each in found], ends)]
    return rows, len(reach) - len(names[:SHOWN])


def _rows(sensitivity: Sensitivity, name: str, indices: Sequence[Index | None], ends: Sequence[float]) -> Iterator[Row]:
    """An assumption, and where it is a block its leading inputs."""
    first = next(index for index in indices if index is not None)
    parts = [{each.name: each for each in index.within[:SHOWN_WITHIN]} if index else {} for index in indices]
    for part in (name, *dict.fromkeys(each for within in parts for each in within)):
        is_part = part != name
        own = [within.get(part) for within in parts] if is_part else indices
        cells = (
            None if index is None else _cell(measure, index, end)
            for measure, index, end in zip(sensitivity.findings, own, ends, strict=True)
        )
        title = titled(sensitivity.scenario, part) if is_part else title_of(sensitivity.scenario, first)
        yield Row(*title, tuple(cells), is_part)


def _cell(of: Finding, index: Index, end: float) -> Cell:
    measure, span, sure = of.measure, index.interval, of.sure(index)
    text = effect_text(span, measure) if index.effect is not None else share_text(span)
    number, _, interval = text.partition(" (")
    raises = (index.direction > 0.0) - (index.direction < 0.0) if sure else 0
    worse = raises == (1 if measure.better == "lower" else -1)
    alone = index.first if index.total is not None else None
    length, low, high = _places(span, end)
    return Cell(
        number,
        interval.removesuffix(")"),
        length,
        Scale(0.0, end, "").place(alone.value) if alone else 0.0,
        low,
        high,
        sure,
        ("", "raises", "lowers")[raises],
        ("worse" if worse else "better") if raises else "",
    )


def _places(span: Interval, end: float) -> tuple[float, float, float]:
    """A number and its interval as places on a scale from zero."""
    length, low, high = (Scale(0.0, end, "").place(value) for value in (span.value, span.low, span.high))
    return length, low, high


def scale_end(of: Finding) -> float:
    """The first round number that is not below the longest bar of a measure; a share ends at 1 at most."""
    longest = max((index.interval.high for index in of.indices if index.name != LUCK), default=0.0)
    if longest <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(longest))
    end = next(step * power for step in ROUND if step * power >= longest * 0.999)
    return end if any(index.effect is not None for index in of.indices) else min(end, 1.0)


def end_text(of: Finding) -> str:
    """What the end of a measure's scale is."""
    is_effect = any(index.effect is not None for index in of.indices)
    return amount(scale_end(of), of.measure.unit) if is_effect else percent_text(scale_end(of))


def chance_text(sensitivity: Sensitivity) -> str:
    """How much of the variance chance makes, over all measures."""
    shares = [each.aleatory.value for each in sensitivity.findings if each.aleatory]
    if not shares:
        return ""
    low, high = (percent_text(each) for each in (min(shares), max(shares)))
    return f"Chance makes {low if low == high else f'{low} to {high}'} of the variance; no research can reduce it."


def events(sensitivity: Sensitivity) -> Iterator[tuple[str, list[str]]]:
    """What each thing with a probability of its own does to each measure, by occurring and by its size together."""
    by_measure = [dict(each.events) for each in sensitivity.findings]
    names = by_measure[0] if by_measure else {}
    totals: dict[str, list[Interval | None]] = {name: [each[name] for each in by_measure] for name in names}
    most = {name: max(total.value if total else 0.0 for total in row) for name, row in totals.items()}
    for name in sorted(totals, key=lambda name: (-most[name], name)):
        yield event_name(sensitivity, name), [event_text(total) for total in totals[name]]


def event_name(sensitivity: Sensitivity, path: str) -> str:
    """An event by its title, where the scenario gives it one."""
    title = sensitivity.scenario.titles.get(path) if sensitivity.scenario else None
    return capitalised(title or path)
