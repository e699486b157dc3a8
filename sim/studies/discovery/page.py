"""The page of discovery: where a target is missed, how these boxes were found, and what shows a miss early."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from markupsafe import Markup

from sim.findings.brief import Fact
from sim.language.counting import counted
from sim.measures.input_text import named, titled, written
from sim.measures.wording import capitalised, day_text, month_text, percent_text
from sim.report.html import rendered
from sim.studies.discovery.box_views import Cloud
from sim.studies.discovery.results import Discovery, threshold, watched
from sim.studies.study import gate_of

SIZE, LEFT, FOOT, EDGE = 480.0, 58.0, 40.0, 14.0
"""A square plot, and what lies beside it: the numbers on the left and at the foot, and air."""

NARROW = 120
"""Days between two names on the calendar at least."""

LETTER = 9.0
"""Width of a letter of a number on the left, about."""

TICKS = (0.0, 0.5, 1.0)


def page(discovery: Discovery, command: str, digest: str) -> str:
    """The whole page."""
    return rendered(
        "studies/discovery/page.html.j2",
        title=f"Discovery: {discovery.name}",
        about=f"{discovery.name} · {counted(discovery.futures, 'futures')} · to {day_text(discovery.until)}",
        headline=discovery.headline,
        facts=list(facts(discovery)),
        found=discovery,
        posts=[(post, date.fromisoformat(post.month)) for post in discovery.signposts],
        place=lambda day: place(discovery, day),
        ticks=[(place(discovery, day), month_text(day)) for day in ticks(discovery.scenario.start, discovery.until)],
        boxes=[(box, list(limits(discovery, i))) for i, box in enumerate(discovery.boxes)],
        peeling=Markup(peeling(discovery)),
        cloud=discovery.cloud and Markup(cloud(discovery, discovery.cloud)),
        named=lambda name: named(discovery.scenario, name),
        capitalised=capitalised,
        month=month_text,
        percent=percent_text,
        watched=watched,
        threshold=threshold,
        command=command,
        digest=digest,
    )


def facts(discovery: Discovery) -> Iterator[Fact]:
    """The sentences beneath the headline: the target, the first signpost, the boxes that the headline leaves out."""
    target = gate_of(discovery.target).words.removeprefix("mean ").removeprefix("median ")
    yield Fact("Target:", f"{capitalised(target)}, in each future by itself.")
    for post in discovery.signposts[:1]:
        yield Fact(f"First signpost, {month_text(date.fromisoformat(post.month))}:", capitalised(discovery.tells(post)))
    for number, sentence in enumerate(discovery.answer, 1):
        if not discovery.boxes or number > 1:
            yield Fact(f"Box {number}:" if discovery.boxes else "Boxes:", sentence)


def place(discovery: Discovery, day: date) -> float:
    """Where a day lies between the first day and the end of the window, in percent."""
    start = discovery.scenario.start
    return round(100.0 * (day - start).days / max(1, (discovery.until - start).days), 1)


def ticks(start: date, until: date) -> list[date]:
    """The days that the calendar names: its ends, and the beginnings of years far enough from them."""
    years = (date(year, 1, 1) for year in range(start.year + 1, until.year + 1))
    return [start, *(day for day in years if min((day - start).days, (until - day).days) > NARROW), until]


def limits(discovery: Discovery, number: int) -> Iterator[dict[str, object]]:
    """Each limit of a box: its part of the whole range of the input, in words and as places in percent."""
    box = discovery.boxes[number]
    pairs = zip(box.names, box.box.limited, box.quasi_p, box.recurrence, discovery.ranges[number], strict=True)
    for name, column, p, again, range_ in pairs:
        yield {
            "title": titled(discovery.scenario, name),
            "text": discovery.limit(name, box.box.low[column], box.box.high[column]),
            "start": round(100.0 * range_.start, 1),
            "stop": round(100.0 * range_.stop, 1),
            "levels": [written(discovery.scenario, name, range_.levels[i]) for i in (0, 2, 4)],
            "chance": f"{p:.1g}" if p >= 0.001 else "below 0.001",
            "again": percent_text(again),
        }


def peeling(discovery: Discovery) -> str:
    """Coverage (across) and density (up) of the boxes of each peeling, and of the box that was chosen."""
    texts = [percent_text(tick) for tick in TICKS]
    parts = [*_frame(texts, texts, LEFT), *_level(discovery.missed)]
    for number, box in enumerate(discovery.boxes):
        places = [(_x(step.coverage, LEFT), _y(step.density)) for step in box.steps]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline class="peel box-{number}" points="{line}"/>')
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
        parts.append(f'<path class="step box-{number}" d="{dots}"/>')
    for number, box in enumerate(discovery.boxes):
        x, y = _x(box.box.coverage, LEFT), _y(box.box.density)
        parts.append(f'<circle class="chosen box-{number}" cx="{x:.1f}" cy="{y:.1f}" r="9"/>')
        if len(discovery.boxes) > 1:
            parts.append(f'<text class="number" x="{x:.1f}" y="{y + 4.5:.1f}">{number + 1}</text>')
    label = "Coverage and density of the boxes of each peeling; the chosen ones are described above"
    return _svg(label, parts)


def _level(missed: float) -> list[str]:
    """Where a box that knows nothing would lie."""
    y = _y(missed)
    return [f'<line class="level" x1="{LEFT:.1f}" y1="{y:.1f}" x2="{SIZE - EDGE:.1f}" y2="{y:.1f}"/>']


def cloud(discovery: Discovery, of: Cloud) -> str:
    """Futures by two inputs: a cross for a miss, a dot for the others, and the box."""
    across = [written(discovery.scenario, of.across.name, of.across.levels[i]) for i in (0, 2, 4)]
    up = [written(discovery.scenario, of.up.name, of.up.levels[i]) for i in (0, 2, 4)]
    left = max(LEFT, 12.0 + LETTER * max(map(len, up)))
    x, y = _x(of.across.start, left), _y(of.up.stop)
    width, height = _x(of.across.stop, left) - x, _y(of.up.start) - y
    box = f'<rect class="inside" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    hits = "".join(f"M{_x(a, left):.1f} {_y(b):.1f}h0" for a, b, missed in of.points if not missed)
    misses = "".join(f"M{_x(a, left) - 2.5:.1f} {_y(b) - 2.5:.1f}l5 5m0-5l-5 5" for a, b, missed in of.points if missed)
    dots = [f'<path class="hit" d="{hits}"/>', f'<path class="miss" d="{misses}"/>']
    names = (named(discovery.scenario, each.name) for each in (of.across, of.up))
    label = f"Futures by {' and '.join(names)}: crosses miss the target, the frame is the box described above"
    return _svg(label, [*_frame(across, up, left), *dots, box])


def _svg(label: str, parts: Sequence[str]) -> str:
    size = f"0 0 {SIZE:.0f} {SIZE:.0f}"
    return f'<svg class="field" viewBox="{size}" role="img" aria-label="{escape(label, True)}">{"".join(parts)}</svg>'


def _frame(across: Sequence[str], up: Sequence[str], left: float) -> Iterator[str]:
    """Grid lines at the ends and the middle, with what stands there."""
    anchors = ("start", "middle", "end")
    for tick, text, anchor in zip(TICKS, across, anchors, strict=True):
        x = _x(tick, left)
        yield f'<line class="rail" x1="{x:.1f}" y1="{_y(0.0):.1f}" x2="{x:.1f}" y2="{_y(1.0):.1f}"/>'
        yield f'<text class="{anchor}" x="{x:.1f}" y="{SIZE - 14.0:.1f}">{escape(text)}</text>'
    for tick, text in zip(TICKS, up, strict=True):
        y = _y(tick)
        yield f'<line class="rail" x1="{_x(0.0, left):.1f}" y1="{y:.1f}" x2="{_x(1.0, left):.1f}" y2="{y:.1f}"/>'
        yield f'<text class="end" x="{left - 8.0:.1f}" y="{y + 4.5:.1f}">{escape(text)}</text>'


def _x(place: float, left: float) -> float:
    return left + place * (SIZE - EDGE - left)


def _y(place: float) -> float:
    return SIZE - FOOT - place * (SIZE - FOOT - EDGE)
