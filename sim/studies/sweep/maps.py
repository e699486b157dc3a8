"""Two-way maps: a cell for each point, shaded by a measure; a line parts those that meet the target from the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sim.measures.wording import dates_read, months_short
from sim.studies.sweep.plan import Factor
from sim.studies.sweep.results import PointResult, SweepResult

Cells = Sequence[Sequence[PointResult | None]]
"""Points by row and column; None where one broke."""

STATES = {"passes": "met", "fails": "missed", "undecided": "close"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One point: its number and simulation error, how bad it is from 0 to 100, and what it comes to by the target.

    `edges`: the sides on which the target, by the estimate, is met on one side of the line only.
    """

    text: str
    error: str = ""
    depth: int = 0
    state: str = ""
    edges: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """A measure over two factors, the highest level of `up` in the first row."""

    title: str
    across: Factor
    up: Factor
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The levels across, as people read them, short."""
        return tuple(map(months_short, levels_read(self.across)))


def levels_read(factor: Factor) -> tuple[str, ...]:
    """The levels of a factor, as people read them."""
    return tuple(dates_read(level[0].text) for level in factor.levels)


def maps(result: SweepResult, number: int) -> list[Map]:
    """Of the measure of this number: a map for each scenario, policy, and combination of the further factors of a grid.

    Their shades have one scale. None where fewer than two factors have levels to be crossed.
    """
    factors = result.sweep.factors
    wide = [i for i, factor in enumerate(factors) if len(factor.levels) > 1]
    if result.sweep.design != "grid" or len(wide) < 2:
        return []
    x, y = wide[:2]
    centres = [each.summaries[number].centre.value for each in result.points]
    ends = (min(centres), max(centres)) if centres else (0.0, 0.0)
    return [
        Map(title, factors[x], factors[y], _rows(cells, levels_read(factors[y]), number, ends))
        for title, cells in _grids(result, x, y)
    ]


def _grids(result: SweepResult, x: int, y: int) -> Iterator[tuple[str, Cells]]:
    """What is held, in words, and the points that share it, the highest level first."""
    sweep = result.sweep
    by_place = {(each.point.scenario, each.point.policy, *each.point.texts): each for each in result.points}
    texts = [[level[0].text for level in factor.levels] for factor in sweep.factors]
    held = [[""] if i in (x, y) else levels for i, levels in enumerate(texts)]
    for (name, scenario), policy, kept in product(sweep.scenarios.items(), sweep.policies, product(*held)):
        rows = [
            [by_place.get((name, policy.name, *_at(kept, {x: across, y: up}))) for across in texts[x]]
            for up in reversed(texts[y])
        ]
        further = (f"{sweep.factors[i].name} {dates_read(text)}" for i, text in enumerate(kept) if text)
        yield ", ".join([scenario.name, *([policy.name] if policy.name else []), *further]), rows


def _at(kept: Sequence[str], two: dict[int, str]) -> tuple[str, ...]:
    return tuple(two.get(i, text) for i, text in enumerate(kept))


def _rows(
    cells: Cells, levels: Sequence[str], number: int, ends: tuple[float, float]
) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    return tuple(
        (level, tuple(_cell(cells, j, i, number, ends) for i in range(len(row))))
        for j, (level, row) in enumerate(zip(reversed(levels), cells, strict=True))
    )


def _cell(cells: Cells, row: int, column: int, number: int, ends: tuple[float, float]) -> Cell:
    point = cells[row][column]
    if point is None:
        return Cell("broke")
    summary, (low, high) = point.summaries[number], ends
    depth = (summary.centre.value - low) / (high - low) if high > low else 0.0
    if summary.measure.better == "higher" and high > low:
        depth = 1.0 - depth
    state = STATES[point.target.judgement] if point.target else ""
    error = summary.error_text.removesuffix("s").removesuffix(" point")
    return Cell(
        summary.centre.bare(summary.measure.unit), error, round(100.0 * depth), state, _edges(cells, row, column)
    )


def _edges(cells: Cells, row: int, column: int) -> str:
    """The sides, left and top, on which the other point meets the target and this one does not, or the reverse."""
    sides = {"edge-left": (row, column - 1), "edge-top": (row - 1, column)}
    return " ".join(
        side
        for side, (j, i) in sides.items()
        if min(j, i) >= 0 and None not in (met := (_met(cells[row][column]), _met(cells[j][i]))) and len(set(met)) == 2
    )


def _met(point: PointResult | None) -> bool | None:
    """Whether the estimate of a point meets the target; None where nobody knows."""
    return point.target.holds if point and point.target else None
