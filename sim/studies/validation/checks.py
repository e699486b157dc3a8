"""Validation: what the model should roughly reproduce, and what moves when a mechanism is taken out.

Read from `sim/facts/validation/checks.yaml`. An anchor is an envelope that a pencil and public figures give; the
baseline should lie within a factor of two of it, or a note says why it does not. A mechanism is taken out by a few
settings, and must then move a measure, in the direction that the row states. An extreme takes a limit away altogether.
Expected differences between scenarios come from the same coarse reckoning as the anchors: signs must hold, sizes are
compared. What became public later is another page (score.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from sim.language.forms import due, read_form
from sim.measures.levels import Level
from sim.measures.measures import ColumnForm, Measure, amount_of, levels, mean_level
from sim.measures.paired import difference as paired_difference
from sim.measures.paired import paired
from sim.measures.restricted_means import comparable
from sim.measures.wording import difference, margin, with_unit
from sim.scenario.reading.facts import FOLDER

CHECKS = FOLDER / "validation" / "checks.yaml"


Way = Literal["more", "less", "either"]
"""What a mechanism does to a measure."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A measure of a scenario, and the p5, p50 and p95 that a pencil gives for it. `how`: from what."""

    measure: ColumnForm = due("its measure")
    envelope: tuple[float, float, float] = due("p5, p50 and p95, as [4, 7, 10]")
    title: str = ""
    scenario: str = "baseline"
    how: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What is taken out by which settings, the page it stands on, and which way having it should move measures.

    `given`: settings with and without it, for a mechanism that acts only in a context, which `context` tells in words.
    """

    name: str = due("what it is called")
    page: str = due("the page of the world it stands on")
    off: tuple[str, ...] = due("the settings that take it out")
    moves: dict[ColumnForm, Way] = due("the measures it moves")
    scenario: str = "baseline"
    context: str = ""
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extreme:
    """A limit taken away altogether, and the means that the coarse reckoning gives; None where it gives none."""

    name: str = due("what it is called")
    settings: tuple[str, ...] = due("the settings that take the limit away")
    expected: dict[ColumnForm, float | None] = due("the means of measures")
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """Mean differences of scenarios from the baseline that the coarse reckoning gives. `notes`: why ours differ."""

    measure: ColumnForm = due("its measure")
    differences: dict[str, float] = due("the difference of each scenario")
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checks:
    """All of `checks.yaml`. `choices`: what the tables of ambitions and planners show, in words."""

    anchors: tuple[Anchor, ...]
    mechanisms: tuple[Mechanism, ...]
    expected: tuple[Expected, ...]
    extremes: tuple[Extreme, ...]
    choices: str


def read_checks(path: Path = CHECKS) -> Checks:
    """The checks. Raises InputError with every problem found."""
    return read_form(path, Checks)


def anchors_table(anchors: tuple[Anchor, ...], runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Each anchor beside its scenario: the pencil's p5, p50, p95, ours, the ratio of the medians, how, and the note."""
    rows = []
    for anchor in anchors:
        ours = _levels(anchor.measure, runs[anchor.scenario])
        where = "" if anchor.scenario == "baseline" else f" ({anchor.scenario})"
        rows.append(
            {
                "anchor": (anchor.title or anchor.measure.title) + where,
                "pencil": _three(tuple(map(Level, anchor.envelope)), anchor.measure),
                "ours": _three(ours, anchor.measure),
                "ratio": _ratio(ours[1].value, anchor.envelope[1]),
                "how": anchor.how,
                "note": anchor.note,
            }
        )
    return pd.DataFrame(rows)


def moved(mechanism: Mechanism, on: pd.DataFrame, off: pd.DataFrame) -> list[tuple[Measure, float, float]]:
    """For each of its measures: the mean paired effect of having the mechanism, and half its 95% interval."""
    moves = []
    for each in mechanism.moves:
        apart = paired(*comparable(each, on, off)[0])
        moves.append((each, apart.mean, apart.error))
    return moves


def effect_text(each: Measure, mean: float, error: float) -> str:
    """`Unserved demand +2.1 points (± 0.2)`."""
    return f"{each.title} {difference(mean, each.unit)} ({margin(error, each.unit)})"


def extremes_table(extremes: tuple[Extreme, ...], base: pd.DataFrame, runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Means with a limit taken away, beside those of the baseline and of the coarse reckoning."""
    rows = []
    for extreme in extremes:
        for each, reckoned in extreme.expected.items():
            usual, ours = (mean_level(each, outcomes).text(each.unit) for outcomes in (base, runs[extreme.name]))
            row = {"extreme": extreme.name, "removed by": ", ".join(extreme.settings), "measure": each.title}
            row |= {"reckoning": "" if reckoned is None else amount_of(each, reckoned)}
            rows.append(row | {"baseline": usual, "ours": ours, "note": extreme.note})
    return pd.DataFrame(rows)


def expected_table(expected: tuple[Expected, ...], base: pd.DataFrame, others: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Differences from the baseline: the coarse reckoning's, ours with its 95% interval, and why they differ."""
    rows = []
    for row in expected:
        for scenario, reckoned in row.differences.items():
            gain, unit = paired_difference(scenario, row.measure, others[scenario], base), row.measure.unit
            cut = f"; {gain.cut_text}" if gain.cut else ""
            rows.append(
                {
                    "scenario": scenario,
                    "measure": row.measure.title,
                    "expected": difference(reckoned, unit),
                    "ours": f"{difference(gain.paired.mean, unit)} ({margin(gain.paired.error, unit)}{cut})",
                    "note": row.notes.get(scenario, ""),
                }
            )
    return pd.DataFrame(rows)


def _levels(of: Measure, outcomes: pd.DataFrame) -> tuple[Level, ...]:
    """p5, median and p95; of a flag its mean, three times."""
    return (mean_level(of, outcomes),) * 3 if of.kind == "flag" else levels(of, outcomes, (0.05, 0.50, 0.95))


def _three(three: Sequence[Level], of: Measure) -> str:
    texts = [level.bare(of.unit) for level in three]
    return with_unit(" / ".join(dict.fromkeys(texts) if of.kind == "flag" else texts), of.unit)


def _ratio(ours: float, pencil: float) -> str:
    return f"{ours / pencil:.2f}" if pencil > 0.0 and ours >= 0.0 else ""
