"""What helps: a tornado of what easing each cause gives back, and what each group of causes explains."""

from collections.abc import Sequence

import plotly.graph_objects as go

from sim.report import colours
from sim.report.figure import Cell, Figure, Key, Panel, Table, axes, name_text, rounded, spec
from sim.report.figures.differences import bare, in_points, told
from sim.study.bottlenecks import GROUPS
from sim.study.compare import Compared
from sim.study.measures import Measure
from sim.study.paired import Paired
from sim.study.relief import EASED, REMOVED, Relief, Relieved
from sim.study.split import Split, amount

ROW, FRAME = 28, 44
KEYS = (
    Key("area", "soft", "eased by a tenth"),
    Key("outer", "soft", "removed"),
    Key("line", "ink", "95% interval of the mean"),
)


def tornado(cases: Sequence[Compared]) -> Figure | None:
    """A panel for each scenario and measure of which relief was asked: the largest gain on top."""
    asked = [(i, case, each) for i, case in enumerate(cases) for each in _measures(case.findings.relief)]
    if not asked:
        return None
    return Figure(
        "relief",
        "What easing one cause gives back",
        _says(asked[0][1]),
        tuple(_panel(i, case, measure, len(cases)) for i, case, measure in asked),
        _table(cases),
        KEYS,
        least=21,
        columns=3,
    )


def _measures(relief: Relief | None) -> tuple[Measure, ...]:
    """What was asked to get better."""
    return () if relief is None else tuple(gain.measure for gain in relief.single[0].gains)


def _panel(i: int, case: Compared, asked: Measure, cases: int) -> Panel:
    relief = case.findings.relief
    assert relief is not None
    eased = relief.ranked(asked.name, EASED)
    removed = {row.causes: row for row in relief.single if row.step == REMOVED}
    names = [name_text(row.words) for row in eased]
    bars = [_bars("removed", names, [removed.get(row.causes, row) for row in eased], asked, 0.35, 0.74)]
    bars += [_bars("by a tenth", names, eased, asked, 1.0, 0.36)]
    x = {"zeroline": True, "showgrid": True, "nticks": 5, "ticksuffix": " pt" if in_points(asked) else ""}
    y = {"autorange": "reversed", "type": "category", "showgrid": False}
    where = "" if cases == 1 else f", {case.id}"
    unit = "points" if in_points(asked) else asked.unit
    return Panel(
        f"{asked.title}{where}: gain in {unit}", spec(bars, axes(x, y, barmode="overlay")), FRAME + ROW * len(eased), i
    )


def _bars(name: str, names: list[str], rows: Sequence[Relieved], asked: Measure, alpha: float, width: float) -> go.Bar:
    scale = 100.0 if in_points(asked) else 1.0
    gains = [row.gain(asked.name).paired for row in rows]
    error = {"type": "data", "array": rounded(scale * gain.error for gain in gains), "thickness": 1.25, "width": 0}
    return go.Bar(
        orientation="h",
        y=names,
        x=rounded(scale * gain.mean for gain in gains),
        width=width,
        error_x=error,
        name=name,
        meta={"bars": [colours.cause(row.causes[0]) for row in rows], "alpha": alpha},
        hovertemplate="%{y}, %{fullData.name}: %{x}<extra></extra>",
    )


def _says(case: Compared) -> str:
    """The best single cause, eased and removed, and the best pair, in a sentence each."""
    relief = case.findings.relief
    assert relief is not None
    asked = relief.single[0].gains[0].measure
    texts = [
        f"In {case.id}, {_best(relief.ranked(asked.name, step)[0], asked)} {how}"
        for step, how in ((EASED, "when eased by a tenth"), (REMOVED, "when removed"))
        if relief.ranked(asked.name, step)
    ]
    pair = relief.best_pair(asked.name, REMOVED)
    texts += [f"Of pairs, {_best(pair, asked)} when both are removed"] if pair else []
    return f"{asked.title}: {'. '.join(texts)}. Left of zero, easing makes it worse."


def _best(row: Relieved, asked: Measure) -> str:
    return f"{row.words} gives back the most, {_size(row.gain(asked.name).paired, asked)},"


def _size(gain: Paired, asked: Measure) -> str:
    return f"{told(gain.mean, asked)} (± {bare(gain.error, asked)})"


def _table(cases: Sequence[Compared]) -> Table:
    """All that was asked: single causes, $100M more, and pairs."""
    asked = [(case.id, case.findings.relief) for case in cases if case.findings.relief]
    rows = tuple(_row(row, id) for id, relief in asked for row in _all(relief))
    columns = (f"{each.title}, {'points' if in_points(each) else each.unit}" for each in _measures(asked[0][1]))
    return Table(("Cause", *columns), rows)


def _all(relief: Relief) -> tuple[Relieved, ...]:
    priced = (relief.hundred_million,) if relief.hundred_million else ()
    return (*relief.single, *priced, *relief.pairs)


def _row(row: Relieved, id: str) -> tuple[Cell, ...]:
    step = "removed" if row.step == REMOVED else "eased by a tenth"
    return (Cell(row.words, f"{id}, {step}"), *(_gain(row, gain.measure) for gain in row.gains))


def _gain(row: Relieved, asked: Measure) -> Cell:
    gain = row.gain(asked.name)
    return Cell(
        f"{bare(gain.paired.mean, asked)} ± {bare(gain.paired.error, asked)}", f"helps {gain.helped:.0%} of futures"
    )


def explained(cases: Sequence[Compared]) -> Table | None:
    """Groups of causes down, questions across: the part of each in the shortfall, if that was asked."""
    asked = [(case, found) for case in cases for found in case.findings.splits]
    if not asked:
        return None
    rows = [(Cell(group.words), *(_part(found, name) for _, found in asked)) for name, group in GROUPS.items()]
    rows.append(
        (
            Cell("structural", "lead times, errors of forecast"),
            *(Cell(amount(found, found.structural)) for _, found in asked),
        )
    )
    rows.append((Cell("the whole"), *(Cell(amount(found, found.whole)) for _, found in asked)))
    columns = (found.measure.title if len(cases) == 1 else f"{case.id}: {found.measure.title}" for case, found in asked)
    return Table(("Removed and run again", *columns), tuple(rows), (*map(colours.cause, GROUPS), "planning", ""))


def _part(found: Split, group: str) -> Cell:
    part = found.part(group)
    return Cell(amount(found, part.value), f"{part.share:.0%} of it; largest in {part.largest:.0%}")
