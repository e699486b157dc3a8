"""Training runs, as tables: those of a file, and those of the facts, each left out once."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sim.findings import markdown
from sim.language.counting import counted
from sim.measures.wording import percent_text
from sim.studies.validation.training_runs import (
    DAY,
    Prediction,
    Run,
    errors_of,
    left_out_one_at_a_time,
    predict,
    published,
    read_runs,
)

METHOD = """Chip-hours are 6 FLOP for each active parameter and token, over the chip's dense BF16 rate, over the
utilisation that the published runs of the facts reached over all their hours; a run that stands there too is left out.
Chip-hours and days are 90% intervals."""

LEFT_OUT = """
## Published runs, each predicted from the others

{inside} of {runs} lie inside the 90% interval when each is left out of what predicts it. Its width follows from the
number of labs, because runs of one lab are alike; were runs counted, {by_runs} would lie inside. The typical error is a
factor of {typical:.2f} (root mean square in logarithms); the median prediction is {bias:.2f} times the published hours.
A part of a run is left out with it.
"""


def runs_page(path: Path) -> str:
    """Predictions of the runs of a file, then how well the method does on the runs of the facts. Raises InputError."""
    runs = [_as_published(run) for run in read_runs(path)]
    found = [prediction for run in runs if (prediction := predict(run, published()))]
    checked = [each.holds for each in found if each.holds is not None]
    score = f" {sum(checked)} of {counted(len(checked), 'published figures')} inside." if checked else ""
    parts = [f"# Training runs predicted\n\n{METHOD}{score}\n", markdown.texts(predictions_table(found))]
    parts += [f"\nNot predicted: {run.name}, {run.missing}." for run in runs if run.missing]
    return "\n".join([*parts, left_out_section()])


def left_out_section(own: tuple[float, float] | None = None) -> str:
    """The runs of the facts, each predicted from the others, those outside of their interval first.

    `own`: the range of utilisation that a scenario gives its own lab, which is set beside them.
    """
    found = sorted(left_out_one_at_a_time(published()), key=lambda each: bool(each.holds))
    errors, inside = errors_of(found), sum(bool(each.holds) for each in found)
    by_runs = sum(bool(each.holds) for each in left_out_one_at_a_time(published(), labs_counted=False))
    text = LEFT_OUT.format(inside=inside, runs=len(found), by_runs=by_runs, typical=errors.typical, bias=errors.bias)
    if own is not None:
        text += _own_range(own, [each.run.utilisation or 0.0 for each in found])
    return f"{text}\n{markdown.texts(predictions_table(found))}\n"


def _own_range(own: tuple[float, float], found: Sequence[float]) -> str:
    """How many of the runs lie in a lab's own range of utilisation."""
    low, high = own
    inside = sum(low <= each <= high for each in found)
    return (
        f"\nThe baseline's own range, {percent_text(low)} to {percent_text(high)}, is that of large runs of labs that "
        f"know their chips; {inside} of the {len(found)} lie in it.\n"
    )


def predictions_table(predictions: Sequence[Prediction]) -> pd.DataFrame:
    """A row for each: work, chips, interval and median of chip-hours and days, the published ones, and the verdict."""
    rows = []
    for each in predictions:
        run = each.run
        rows.append(
            {
                "run": run.name,
                "work": f"{run.work:.2g} FLOP".replace("e+", "e"),
                "chips": f"{_number(run.chip_count)} {run.chip or ''}".strip(),
                "chip-hours": f"{_hours(each.low)} to {_hours(each.high)}",
                "median": _hours(each.middle),
                "published": _hours(run.hours),
                "median / published": "" if each.error is None else f"{math.exp(each.error):.2f}",
                "days": _days(each),
                "90% interval": {True: "holds it", False: "misses it", None: ""}[each.holds],
                "note": _note(each),
            }
        )
    return pd.DataFrame(rows)


def _as_published(run: Run) -> Run:
    """A run that the facts have too is a part of the same run as there."""
    known = {each.id: each.part_of for each in published()}
    return replace(run, part_of=run.part_of or known.get(run.id, ""))


def _note(prediction: Prediction) -> str:
    """Why no other run is predicted from it; and of a run outside of its interval what is known of it."""
    run = prediction.run
    texts = (run.not_fitted and f"not fitted: {run.not_fitted}", (run.note or "") if prediction.holds is False else "")
    return "; ".join(text for text in texts if text)


def _days(prediction: Prediction) -> str:
    """On its chips, if their number was published."""
    count = prediction.run.chip_count
    if count is None:
        return ""
    low, high = (hours / count / DAY for hours in (prediction.low, prediction.high))
    return f"{low:.0f} to {high:.0f}"


def _hours(hours: float | None) -> str:
    """`2.79M`, `61.4K`, or nothing: chip-hours, to three places."""
    if hours is None:
        return ""
    size, letter = next(
        each for each in ((1e9, "B"), (1e6, "M"), (1e3, "K"), (1.0, "")) if hours >= each[0] or each[0] == 1.0
    )
    return f"{hours / size:.3g}{letter}"


def _number(count: float | None) -> str:
    return "" if count is None else f"{count:,.0f}"
