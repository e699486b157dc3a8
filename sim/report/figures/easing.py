"""What helps: a tornado of what easing each cause gives back."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from sim.bottlenecks.relief import EASED, EFFECTS, REMOVED, STEPS, Gain, Relief, Relieved
from sim.bottlenecks.removals import Amount
from sim.findings.comparison import ScenarioResult
from sim.findings.constraint_sentences import gives_most
from sim.findings.tables import Cell, Table
from sim.measures.measures import Measure, measure
from sim.measures.paired import Paired
from sim.measures.wording import bare_difference, in_points, margin
from sim.report import colours
from sim.report.figure import FOOT, HEAD, Figure, Key, Panel, Spec, axes, name_text, rounded, spec
from sim.report.figures.differences import drawn

ROW = 30
"""Pixels for a cause."""

MOST = 8
"""Causes that a panel shows; the table has all."""

WIDEST = 24
"""Letters of a cause in one line."""

KEYS = (
    Key("area", "soft", "10% easier"),
    Key("outer", "soft", "removed"),
    Key("line", "ink", "95% interval of the mean"),
)


def tornado(cases: Sequence[ScenarioResult]) -> Figure | None:
    """A panel for each measure and each scenario of which relief was asked: the largest gain on top.

    Where it was asked of several scenarios, the panels show the shortfalls of training and serving only.
    """
    of_measure = [(i, case) for i, case in enumerate(cases) if case.findings.relief]
    if not of_measure:
        return None
    shown = _measures(of_measure[0][1].findings.relief)[: None if len(of_measure) == 1 else 2]
    return Figure(
        "relief",
        "What easing one cause gives back",
        _says(of_measure[0][1]),
        tuple(_panel(i, case, measure, len(cases)) for measure in shown for i, case in of_measure),
        _table(cases),
        KEYS,
        least=21,
        columns=3,
    )


def _measures(relief: Relief | None) -> tuple[Measure, ...]:
    """What was asked to get better."""
    return () if relief is None else tuple(gain.measure for gain in relief.single[0].gains)


def _panel(i: int, case: ScenarioResult, panel: Measure, cases: int) -> Panel:
    relief = case.findings.relief
    assert relief is not None
    eased = _largest(relief, panel)
    removed = {row.cause: row for row in relief.single if row.step == REMOVED}
    names = ["<br>".join(map(name_text, wrap(row.words, WIDEST))) for row in eased]
    bars = [_bars("removed", names, [removed.get(row.cause, row) for row in eased], panel, 0.35, 0.74)]
    bars += [_bars("10% easier", names, eased, panel, 1.0, 0.36)]
    x = {"zeroline": True, "showgrid": True, "nticks": 5, "ticksuffix": " pt" if in_points(panel.unit) else ""}
    y = {"autorange": "reversed", "type": "category", "showgrid": False}
    where = "" if cases == 1 else f", {case.id}"
    unit = "points" if in_points(panel.unit) else panel.unit
    return Panel(
        f"{panel.title}{where}: gain in {unit}",
        spec(bars, axes(x, y, barmode="overlay")),
        HEAD + FOOT + ROW * len(eased),
        i,
    )


def _largest(relief: Relief, relieveds: Measure) -> list[Relieved]:
    """The causes whose removal moves the measure most, either way, the best to ease first; and below, the ambition."""
    causes = [row for row in relief.ranked(relieveds.name, REMOVED) if not row.apart]
    by_size = sorted(causes, key=lambda row: -abs(row.gain(relieveds.name).paired.mean))
    moving = {row.cause for row in by_size[:MOST]}
    return [row for row in relief.ranked(relieveds.name, EASED) if row.apart or row.cause in moving]


def _bars(
    name: str, names: list[str], rows: Sequence[Relieved], of_measure: Measure, alpha: float, width: float
) -> Spec:
    scale = 100.0 if in_points(of_measure.unit) else 1.0
    gains = [row.gain(of_measure.name).paired for row in rows]
    error = {
        "type": "data",
        "array": rounded(scale * drawn(gain.error) for gain in gains),
        "thickness": 1.25,
        "width": 0,
    }
    return {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": rounded(scale * gain.mean for gain in gains),
        "width": width,
        "error_x": error,
        "name": name,
        "meta": {"hues": [colours.cause(row.cause) for row in rows], "alpha": alpha},
        "hovertemplate": "%{y}, %{fullData.name}: %{x}<extra></extra>",
    }


def _says(case: ScenarioResult) -> str:
    """The single cause that gives most, eased and removed, in a sentence; all that may."""
    relief = case.findings.relief
    assert relief is not None
    name = EFFECTS[0]
    texts = []
    for step, how in STEPS.items():
        causes = [row for row in relief.ranked(name, step) if not row.apart]
        first = [(row.words, _amount(row.gain(name))) for row in relief.foremost(name, step)]
        texts.append(f"{how}, {gives_most(first, (_amount(row.gain(name)) for row in causes), 'cause')}")
    return (
        f"{measure(name).title} in {case.id}: {'; '.join(texts)}. Bars left of zero: making it "
        "easier makes things worse. Bottom row: a lower ambition, for comparison; it is not a cause."
    )


def _amount(gain: Gain) -> Amount:
    return Amount(gain.paired.mean, gain.paired.error)


def _table(cases: Sequence[ScenarioResult]) -> Table:
    """All that was asked: single causes, and $100M more; each as eased, and below as removed."""
    reliefs = [(case.id, case.findings.relief) for case in cases if case.findings.relief]
    rows = tuple(row for id, relief in reliefs for row in _rows(id, relief, len(cases)))
    columns = (f"{each.title}, {'points' if in_points(each.unit) else each.unit}" for each in _measures(reliefs[0][1]))
    return Table(("10% easier", *columns), rows)


def _rows(id: str, relief: Relief, cases: int) -> Iterator[tuple[Cell, ...]]:
    removed = {row.cause: row for row in relief.single if row.step == REMOVED}
    priced = (relief.hundred_million,) if relief.hundred_million else ()
    for row in (*(row for row in relief.single if row.step == EASED), *priced):
        where = id if cases > 1 else ""
        yield Cell(row.words, where), *(_gain(row, removed.get(row.cause), gain.measure) for gain in row.gains)


def _gain(row: Relieved, removed: Relieved | None, cell: Measure) -> Cell:
    gain = row.gain(cell.name)
    more = f"; removed {_number(removed.gain(cell.name).paired, cell)}" if removed else ""
    cut = f"; {gain.cut.text(cell.unit)}" if gain.cut else ""
    return Cell(_number(gain.paired, cell), f"better / worse in {gain.shares_text}{cut}{more}")


def _number(gain: Paired, of_measure: Measure) -> str:
    return f"{bare_difference(gain.mean, of_measure.unit)} {margin(gain.error, of_measure.unit)}"
