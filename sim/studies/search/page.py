"""The page of a search: parallel coordinates of all plans, and a table of those that no other beats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from sim.measures.restricted_means import MEANING
from sim.measures.wording import amount
from sim.report.html import rendered
from sim.studies.search.results import SearchResult, Tried

WIDTH, HEIGHT, SIDE, TOP = 900.0, 400.0, 70.0, 56.0


def page(result: SearchResult, command: str, digest: str) -> str:
    """The whole page."""
    return rendered(
        "studies/search/page.html.j2",
        result=result,
        sweep=result.sweep,
        drawn=Markup(parallel(result)),
        command=command,
        digest=digest,
        amount=amount,
        meaning=MEANING,
    )


def parallel(result: SearchResult) -> str:
    """An axis for each lever and objective, a line for each plan; objectives are better at the top."""
    drawn = [each for each in result.tried if not each.answer.broke]
    axes = [*_levers(result, drawn), *_objectives(result, drawn)] if drawn else []
    step = (WIDTH - 2.0 * SIDE) / max(1, len(axes) - 1)
    order = sorted(range(len(drawn)), key=lambda i: (drawn[i].best, drawn[i].answer.feasible))
    lines = (_line(drawn[i], [axis.heights[i] for axis in axes], step) for i in order)
    rails = (_rail(axis, SIDE + i * step, i % 2 == 0) for i, axis in enumerate(axes))
    label = "Plans by levers and objectives; the table below holds those that no other beats"
    size = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    return f'<svg class="map" viewBox="{size}" role="img" aria-label="{label}">{"".join((*lines, *rails))}</svg>'


@dataclass(frozen=True, slots=True)
class _Axis:
    """A lever or an objective: how high each plan stands on it, from 0 to 1, and what its ends are."""

    name: str
    heights: list[float]
    foot: str
    top: str


def _levers(result: SearchResult, drawn: Sequence[Tried]) -> Iterator[_Axis]:
    for i, factor in enumerate(result.sweep.factors):
        settings = [each.plan[i] for each in drawn]
        low, high = (drawn[settings.index(end)].texts[i] for end in (min(settings), max(settings)))
        yield _Axis(factor.name, _shares(settings), low, high)


def _objectives(result: SearchResult, drawn: Sequence[Tried]) -> Iterator[_Axis]:
    for i, objective in enumerate(result.sweep.objectives):
        scores = [each.answer.objectives[i] for each in drawn]
        worst, best = sorted((min(scores), max(scores)), reverse=not objective.higher)
        heights = [share if objective.higher else 1.0 - share for share in _shares(scores)]
        ends = (drawn[scores.index(end)].answer.scores[i].level.text(objective.unit) for end in (worst, best))
        yield _Axis(objective.text, heights, *ends)


def _shares(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 0.5 for value in values]


def _line(each: Tried, heights: Sequence[float], step: float) -> str:
    kind = "best" if each.best else "plan" if each.answer.feasible else "plan unfit"
    points = " ".join(f"{SIDE + i * step:.1f},{_y(height):.1f}" for i, height in enumerate(heights))
    return f'<polyline class="{kind}" points="{points}"/>'


def _rail(axis: _Axis, x: float, above: bool) -> str:
    """The axis with its ends; its name above or below them, in turn, so that long names have room."""
    y = 22.0 if above else HEIGHT - 12.0
    return (
        f'<line class="rail" x1="{x:.1f}" y1="{_y(0.0):.1f}" x2="{x:.1f}" y2="{_y(1.0):.1f}"/>'
        f'<text class="tick" x="{x:.1f}" y="{_y(1.0) - 8.0:.1f}">{escape(axis.top)}</text>'
        f'<text class="tick" x="{x:.1f}" y="{_y(0.0) + 18.0:.1f}">{escape(axis.foot)}</text>'
        f'<text class="axis" x="{x:.1f}" y="{y:.1f}">{escape(axis.name)}</text>'
    )


def _y(height: float) -> float:
    return HEIGHT - TOP - height * (HEIGHT - 2.0 * TOP)
