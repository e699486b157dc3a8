"""The page of a search: parallel coordinates of all plans, and a table of those that no other beats."""

from html import escape

from markupsafe import Markup

from sim.report.still import rendered
from sim.study.search_results import SearchResult, Tried
from sim.study.words import amount

WIDTH, HEIGHT, SIDE, TOP = 900.0, 380.0, 70.0, 50.0


def page(result: SearchResult, command: str, digest: str) -> str:
    """The whole page."""
    return rendered(
        "search.html.j2",
        result=result,
        sweep=result.sweep,
        drawn=Markup(parallel(result)),
        command=command,
        digest=digest,
        amount=amount,
    )


def parallel(result: SearchResult) -> str:
    """An axis for each lever and objective, a line for each plan; objectives are better at the top."""
    sweep = result.sweep
    kept = [each for each in result.tried if all(abs(value) < 1e299 for value in each.answer.objectives)]
    names = [*(factor.name for factor in sweep.factors), *(objective.text for objective in sweep.objectives)]
    step = (WIDTH - 2.0 * SIDE) / max(1, len(names) - 1)
    heights = {each.number: _heights(result, kept, each) for each in kept}
    parts = []
    for each in sorted(kept, key=lambda plan: plan.best):
        points = " ".join(f"{SIDE + i * step:.1f},{_y(h):.1f}" for i, h in enumerate(heights[each.number]))
        parts.append(f'<polyline class="{"best" if each.best else "plan"}" points="{points}"/>')
    for i, name in enumerate(names):
        x = SIDE + i * step
        parts.append(f'<line class="rail" x1="{x:.1f}" y1="{_y(0.0):.1f}" x2="{x:.1f}" y2="{_y(1.0):.1f}"/>')
        side = TOP - 14.0 if i % 2 == 0 else HEIGHT - 14.0
        parts.append(f'<text class="axis" x="{x:.1f}" y="{side:.1f}">{escape(name)}</text>')
    label = "Plans by levers and objectives; the table below holds those that no other beats"
    size = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    return f'<svg class="map" viewBox="{size}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _y(height: float) -> float:
    return HEIGHT - TOP - height * (HEIGHT - 2.0 * TOP)


def _heights(result: SearchResult, kept: list[Tried], each: Tried) -> list[float]:
    found = list(each.plan)
    for i, objective in enumerate(result.sweep.objectives):
        numbers = [plan.answer.objectives[i] for plan in kept]
        low, high = min(numbers), max(numbers)
        share = (each.answer.objectives[i] - low) / (high - low) if high > low else 0.5
        found.append(share if objective.higher else 1.0 - share)
    return found
