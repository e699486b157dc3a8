"""The page of discovery: where a target is missed, how these boxes were found, and what shows a miss early."""

from collections.abc import Iterator, Sequence
from html import escape

from markupsafe import Markup

from sim.measures.input_text import meaning, written
from sim.measures.wording import percent_text
from sim.report.html import rendered
from sim.studies.discovery.box_views import Cloud
from sim.studies.discovery.results import Discovery, threshold, watched

SIZE, LEFT, FOOT, EDGE = 480.0, 58.0, 40.0, 14.0
"""A square plot, and what lies beside it: the numbers on the left and at the foot, and air."""

LETTER = 9.0
"""Width of a letter of a number on the left, about."""

TICKS = (0.0, 0.5, 1.0)


def page(discovery: Discovery, command: str, digest: str) -> str:
    """The whole page."""
    return rendered(
        "studies/discovery/page.html.j2",
        found=discovery,
        boxes=[(box, list(limits(discovery, i))) for i, box in enumerate(discovery.boxes)],
        peeling=Markup(peeling(discovery)),
        cloud=discovery.cloud and Markup(cloud(discovery, discovery.cloud)),
        meaning=lambda name: meaning(discovery.scenario, name),
        percent=percent_text,
        watched=watched,
        threshold=threshold,
        command=command,
        digest=digest,
    )


def limits(discovery: Discovery, number: int) -> Iterator[dict[str, object]]:
    """Each limit of a box: its part of the whole range of the input, in words and as places in percent."""
    box = discovery.boxes[number]
    pairs = zip(box.names, box.box.limited, box.quasi_p, box.recurrence, discovery.ranges[number], strict=True)
    for name, column, p, again, range_ in pairs:
        yield {
            "name": name,
            "meaning": meaning(discovery.scenario, name),
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
    label = "Coverage and density of the boxes of each peeling; the chosen ones are told in words above"
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
    label = f"Futures by {of.across.name} and {of.up.name}: crosses miss the target, the frame is the box told above"
    return _svg(label, [*_frame(across, up, left), *dots, box])


def _svg(label: str, parts: Sequence[str]) -> str:
    size = f"0 0 {SIZE:.0f} {SIZE:.0f}"
    return f'<svg class="plot" viewBox="{size}" role="img" aria-label="{escape(label, True)}">{"".join(parts)}</svg>'


def _frame(across: Sequence[str], up: Sequence[str], left: float) -> Iterator[str]:
    """Grid lines at the ends and the middle, with what stands there."""
    anchors = ("start", "middle", "end")
    for tick, text, anchor in zip(TICKS, across, anchors, strict=True):
        x = _x(tick, left)
        yield f'<line class="rail" x1="{x:.1f}" y1="{_y(0.0):.1f}" x2="{x:.1f}" y2="{_y(1.0):.1f}"/>'
        yield f'<text class="tick {anchor}" x="{x:.1f}" y="{SIZE - 14.0:.1f}">{escape(text)}</text>'
    for tick, text in zip(TICKS, up, strict=True):
        y = _y(tick)
        yield f'<line class="rail" x1="{_x(0.0, left):.1f}" y1="{y:.1f}" x2="{_x(1.0, left):.1f}" y2="{y:.1f}"/>'
        yield f'<text class="tick end" x="{left - 8.0:.1f}" y="{y + 4.5:.1f}">{escape(text)}</text>'


def _x(place: float, left: float) -> float:
    return left + place * (SIZE - EDGE - left)


def _y(place: float) -> float:
    return SIZE - FOOT - place * (SIZE - FOOT - EDGE)
