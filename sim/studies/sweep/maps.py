"""Two-way maps as SVG: a cell for each point, shaded by the measure, with the target's contour across."""

from collections.abc import Iterator
from html import escape

from sim.measures.gate_language import Gate
from sim.measures.wording import clipped
from sim.studies.sweep.results import TwoWay

WIDTH, TOP, FOOT = 640.0, 10.0, 62.0
LETTER = 7.4
"""Width of a letter of a label, about."""
CELL_HEIGHT = 44.0
BESIDE, WIDEST = 20.0, 0.35
"""Room beside the labels of rows, and the share of the width that both take at most; a longer label is cut."""

Segment = tuple[float, float, float, float]


def heat(of: TwoWay, target: Gate | None) -> str:
    """The map as an SVG element; the worse, the stronger the colour."""
    columns, rows = len(of.across.levels), len(of.up.levels)
    left = min(WIDEST * WIDTH, BESIDE + LETTER * max(len(level[0].text) for level in of.up.levels))
    width, height = (WIDTH - left) / columns, CELL_HEIGHT
    parts = [*_cells(of, left, width, height), *_axes(of, left, width, height)]
    if target is not None:
        parts += [
            f'<line class="contour" x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}"/>'
            for a, b, c, d in contour(of.target, left, width, height)
        ]
    size = f"0 0 {WIDTH:.0f} {TOP + rows * height + FOOT:.0f}"
    label = escape(f"{of.measure.title} by {of.across.name} and {of.up.name}; the table below holds the numbers", True)
    return f'<svg class="map" viewBox="{size}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _cells(of: TwoWay, left: float, width: float, height: float) -> Iterator[str]:
    known = [value for row in of.values for value in row if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    rows = len(of.values)
    for j, (values, texts) in enumerate(zip(of.values, of.texts, strict=True)):
        for i, (value, text) in enumerate(zip(values, texts, strict=True)):
            x, y = left + i * width, TOP + (rows - 1 - j) * height
            depth = 0.0 if value is None or high == low else (value - low) / (high - low)
            if of.measure.better == "higher":
                depth = 1.0 - depth
            box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            yield f'<rect class="cell" {box} style="--depth:{100.0 * depth:.0f}%"/>'
            strong = " strong" if depth > 0.55 else ""
            yield _text(f"value{strong}", x + width / 2.0, y + height / 2.0 + 4.0, text)


def _axes(of: TwoWay, left: float, width: float, height: float) -> Iterator[str]:
    rows = len(of.up.levels)
    foot = TOP + rows * height
    for i, level in enumerate(of.across.levels):
        yield _text("tick", left + (i + 0.5) * width, foot + 18.0, level[0].text, width)
    for j, level in enumerate(of.up.levels):
        y = TOP + (rows - 1 - j + 0.5) * height + 4.0
        yield _text("tick side", left - 10.0, y, level[0].text, left - BESIDE)
    yield _text("axis", left + (WIDTH - left) / 2.0, foot + 44.0, of.across.name)


def _text(kind: str, x: float, y: float, text: str, room: float = WIDTH) -> str:
    """A text; where it is longer than its room it is cut, and whole when it is pointed at."""
    most = max(1, round(room / LETTER))
    label = escape(text) if len(text) <= most else f"<title>{escape(text)}</title>{escape(clipped(text, most))}"
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{label}</text>'


def contour(gaps: tuple[tuple[float | None, ...], ...], left: float, width: float, height: float) -> list[Segment]:
    """Where the gap to the target is zero, by marching squares between the middles of the cells."""
    rows = len(gaps)
    segments: list[Segment] = []
    for j in range(rows - 1):
        for i in range(len(gaps[0]) - 1):
            corners = [gaps[j][i], gaps[j][i + 1], gaps[j + 1][i + 1], gaps[j + 1][i]]
            if any(corner is None for corner in corners):
                continue
            segments += _within(i, j, [corner for corner in corners if corner is not None])
    return [
        (
            left + (a + 0.5) * width,
            TOP + (rows - 0.5 - b) * height,
            left + (c + 0.5) * width,
            TOP + (rows - 0.5 - d) * height,
        )
        for a, b, c, d in segments
    ]


def _within(i: int, j: int, corners: list[float]) -> list[Segment]:
    """The pieces of the contour inside one square, from edge to edge; a saddle has two."""
    places = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
    crossings = []
    for k in range(4):
        a, b = corners[k], corners[(k + 1) % 4]
        if (a > 0.0) != (b > 0.0):
            t = a / (a - b)
            (x0, y0), (x1, y1) = places[k], places[(k + 1) % 4]
            crossings.append((x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
    return [(*crossings[k], *crossings[k + 1]) for k in range(0, len(crossings) - 1, 2)]
