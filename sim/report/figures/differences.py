"""Differences: each scenario less the first, future by future with the same luck; a forest plot for each measure."""

import math
from collections.abc import Sequence

from sim.findings.comparison import LEADING, Comparison
from sim.findings.tables import Cell, Table
from sim.measures.measures import Measure
from sim.measures.paired import PairedDifference
from sim.measures.wording import bare_difference, difference, in_points, margin, number, percent_text
from sim.report.figure import Figure, Key, Panel
from sim.report.figures import whiskers
from sim.report.figures.whiskers import Row

KEYS = (
    Key("dot", "ink", "mean difference"),
    Key("inner", "ink", "95% interval of the mean"),
    Key("thin", "ink", "90% interval"),
)


def forest(comparison: Comparison) -> Figure | None:
    """A panel for each measure, if there is anything to compare."""
    differences = comparison.differences
    measures = list(dict.fromkeys(each.measure for each in differences))
    if not measures:
        return None
    places = {scenario.id: i for i, scenario in enumerate(comparison.scenarios)}
    return Figure(
        "differences",
        f"What differs from {comparison.reference.id}",
        _says(comparison.reference.id, differences),
        tuple(
            _panel(measure, [each for each in differences if each.measure == measure], places)
            for measure in _leading(measures)
        ),
        _table(measures, differences),
        KEYS,
        least=18,
        columns=3,
    )


def _leading(measures: Sequence[Measure]) -> list[Measure]:
    """Those that a comparison leads with; the table has all."""
    return [measure for measure in measures if measure.name in LEADING]


def _panel(measure: Measure, differences: Sequence[PairedDifference], places: dict[str, int]) -> Panel:
    better = "\u2190 better" if measure.better == "lower" else "better \u2192"
    unit = "points" if in_points(measure.unit) else measure.unit
    rows = [_row(each, places[each.id]) for each in differences]
    return whiskers.panel(f"{measure.title}, {unit}", rows, unit, zero=True, note=better)


def _row(each: PairedDifference, place: int) -> Row:
    scale = 100.0 if in_points(each.measure.unit) else 1.0
    mean, error = scale * each.paired.mean, scale * drawn(each.paired.error)
    spread = (scale * each.paired.p5, scale * each.paired.p95)
    return Row(each.id, place, mean, (mean - error, mean + error), spread)


def drawn(error: float) -> float:
    """An error as the length of a bar: none where it is open."""
    return error if math.isfinite(error) else 0.0


def _table(measures: Sequence[Measure], differences: Sequence[PairedDifference]) -> Table:
    by_key = {(each.id, each.measure): each for each in differences}
    ids = list(dict.fromkeys(each.id for each in differences))
    rows = tuple(
        (
            Cell(measure.title, "points" if in_points(measure.unit) else measure.unit),
            *(_cell(by_key[id, measure]) if (id, measure) in by_key else Cell("") for id in ids),
        )
        for measure in measures
    )
    return Table(("Mean difference, ± its 95% error", *ids), rows)


def _cell(each: PairedDifference) -> Cell:
    if each.paired.nothing:
        return Cell("0", "no future differs")
    unit, sign = each.measure.unit, "+" if each.paired.mean > 0.0 else ""
    reduction = number(each.paired.reduction or 1.0, "")
    cut = f"{each.cut_text}; " if each.cut else ""
    mean = f"{sign}{bare_difference(each.paired.mean, unit)} {margin(each.paired.error, unit)}"
    return Cell(
        mean,
        f"worse in {percent_text(each.worse)}, better in {percent_text(each.better)}; {cut}variance ÷ {reduction}",
    )


def _says(base: str, differences: Sequence[PairedDifference]) -> str:
    """The largest difference in the measure of training shortfall, or else in the first, in a sentence."""
    names = [each.measure.name for each in differences]
    name = "train_short" if "train_short" in names else names[0]
    most = max((each for each in differences if each.measure.name == name), key=lambda each: abs(each.paired.mean))
    unit = most.measure.unit
    return (
        f"Same futures, same luck, {base} subtracted. {most.measure.title} differs most in {most.id}: "
        f"{difference(most.paired.mean, unit)} on average ({margin(most.paired.error, unit)}), "
        f"worse by more than {most.threshold_text} in {percent_text(most.worse)} of futures."
        + (
            " Open: not there by the horizon in one of the two."
            if any(each.cut and each.cut.open for each in differences)
            else ""
        )
    )
