"""The page of a search: what its objectives trade against each other, and the plans that no other beats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations

from markupsafe import Markup

from sim.findings.brief import Fact
from sim.language.counting import counted
from sim.measures.restricted_means import MEANING
from sim.measures.wording import capitalised, listed
from sim.report.html import rendered
from sim.studies.search.results import SearchResult, Tried, regret_text

WIDTH, HEIGHT, LEFT, SIDE, FOOT, AIR = 400.0, 260.0, 80.0, 12.0, 26.0, 8.0
"""A scatter, and what lies to the left of it, to the right, below and above."""

PAIRS = 3
"""Scatters at most: every pair of three objectives."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A lever or an objective: how far along each plan stands, from 0 to 1, better objectives further; and its ends."""

    name: str
    places: list[float]
    texts: list[str]
    first: str
    last: str


def page(result: SearchResult, command: str, digest: str) -> str:
    """The whole page."""
    drawn = [each for each in result.tried if not each.answer.broke]
    levers, objectives = ([*axes(result, drawn)] if drawn else [] for axes in (_levers, _objectives))
    pairs = list(combinations(objectives, 2)) or [(lever, each) for lever in levers for each in objectives]
    at = {each.number: i for i, each in enumerate(drawn)}
    sweep = result.sweep
    names = listed([scenario.name for scenario in sweep.scenarios.values()])
    size = f"{counted(result.futures, 'futures')} of each plan in each scenario, the same luck for all"
    return rendered(
        "studies/search/page.html.j2",
        title=sweep.name,
        about=f"{sweep.name} · {names} · {size} · seed {sweep.seed}",
        headline=result.headline,
        facts=list(facts(result)),
        result=result,
        sweep=sweep,
        scatters=[(x.name, y.name, Markup(scatter(drawn, x, y))) for x, y in pairs[:PAIRS]],
        columns=[*levers, *objectives],
        levers=len(levers),
        at=at,
        regret=lambda each: regret_text(result, each),
        command=command,
        digest=digest,
        meaning=MEANING,
    )


def facts(result: SearchResult) -> Iterator[Fact]:
    """What each objective comes to at its best and what that costs in the others, what is kept, and regret."""
    objectives = result.sweep.objectives
    for i, objective in enumerate(objectives if len(result.best) > 1 else ()):
        plan = result.best_in(i)
        shown = result.shown(plan)
        others = [f"{other.words} {shown[j]}" for j, other in enumerate(objectives) if j != i]
        yield Fact(
            f"{capitalised(objective.words)} at its best: {shown[i]}",
            f"(plan {plan.number}), with {listed(others)}." if others else f"(plan {plan.number}).",
        )
    if result.sweep.gates:
        kept = listed([gate.words for gate in result.sweep.gates])
        yield Fact(
            "Constraints, in every scenario:",
            f"{kept}. {result.kept:,} of {counted(len(result.tried), 'plans')} keep them.",
        )
    if (least := result.least_regret) is not None:
        yield Fact(
            f"Regretted least: plan {least.number},",
            f"by {regret_text(result, least)} of {objectives[0].words} in its worst scenario.",
        )
    if result.sweep.why:
        yield Fact("Asked:", result.sweep.why)


def _levers(result: SearchResult, drawn: Sequence[Tried]) -> Iterator[Axis]:
    for i, factor in enumerate(result.sweep.factors):
        settings = [each.plan[i] for each in drawn]
        texts = [each.texts[i] for each in drawn]
        low, high = (texts[settings.index(end)] for end in (min(settings), max(settings)))
        yield Axis(result.sweep.called(factor.name), _shares(settings), texts, low, high)


def _objectives(result: SearchResult, drawn: Sequence[Tried]) -> Iterator[Axis]:
    for i, objective in enumerate(result.sweep.objectives):
        scores = [each.answer.objectives[i] for each in drawn]
        texts = [each.answer.scores[i].level.text(objective.unit) for each in drawn]
        worst, best = sorted((min(scores), max(scores)), reverse=not objective.higher)
        places = [share if objective.higher else 1.0 - share for share in _shares(scores)]
        ends = (texts[scores.index(end)] for end in (worst, best))
        yield Axis(capitalised(objective.words), places, texts, *ends)


def _shares(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 0.5 for value in values]


def scatter(drawn: Sequence[Tried], across: Axis, up: Axis) -> str:
    """All plans by two axes; those that no other beats on top."""
    order = sorted(range(len(drawn)), key=lambda i: (drawn[i].best, drawn[i].answer.feasible))
    marks = (_mark(drawn[i], across, up, i) for i in order)
    foot, right = HEIGHT - FOOT, WIDTH - SIDE
    frame = f'<path class="rail" d="M{LEFT} {AIR}V{foot}H{right}"/>'
    texts = (
        _text("start", LEFT, foot + 16.0, across.first),
        _text("end", right, foot + 16.0, across.last),
        _text("end", LEFT - 6.0, foot, up.first),
        _text("end", LEFT - 6.0, AIR + 10.0, up.last),
    )
    label = escape(f"Plans by {across.name} and {up.name}; the table below holds those that no other beats", True)
    size = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    return (
        f'<svg class="plans" viewBox="{size}" role="img" aria-label="{label}">{frame}{"".join((*marks, *texts))}</svg>'
    )


def _mark(each: Tried, across: Axis, up: Axis, i: int) -> str:
    x = LEFT + 10.0 + across.places[i] * (WIDTH - LEFT - SIDE - 18.0)
    y = HEIGHT - FOOT - 10.0 - up.places[i] * (HEIGHT - FOOT - AIR - 18.0)
    if not each.answer.feasible:
        return f'<path class="unfit" d="M{x - 3.0:.1f} {y - 3.0:.1f}l6 6m0-6l-6 6"/>'
    kind = "best" if each.best else "plan"
    title = escape(f"plan {each.number}: {across.texts[i]}, {up.texts[i]}")
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{5 if each.best else 3.5}"'
    return f'<circle class="{kind}" {place}><title>{title}</title></circle>'


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
