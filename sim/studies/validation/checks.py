"""Validation: what the model should roughly reproduce, what moves when a mechanism is taken out, what happened since.

Read from `validation.yaml`, beside this page. An anchor is an envelope that a pencil and public figures give; the
baseline should lie within a factor of two of it, or a note says why it does not. A mechanism is taken out by a few
settings, and must then move a measure, in the direction that the row states. An extreme takes a limit away altogether.
A blind row is a fact that became public after the baseline's last fact: never an input, always shown beside the
forecast. Expected differences between scenarios come from the same coarse reckoning as the anchors: signs must hold,
sizes are compared.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import pandas as pd

from sim.errors import InputError, Place, Problem
from sim.language.yaml_nodes import Node, read_file
from sim.measures.levels import Level
from sim.measures.measures import Measure, amount_of, levels, mean_level, of_column
from sim.measures.paired import difference as paired_difference
from sim.measures.paired import paired
from sim.measures.restricted_means import comparable
from sim.measures.wording import difference, margin, with_unit

CHECKS = Path(__file__).with_name("validation.yaml")


Way = Literal["more", "less", "either"]
"""What a mechanism does to a measure."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A measure of a scenario, and the p5, p50 and p95 that a pencil gives for it. `how`: from what."""

    title: str
    measure: Measure
    scenario: str
    envelope: tuple[float, float, float]
    how: str
    note: str


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What is taken out by which settings, the page it stands on, and which way having it should move measures.

    `given`: settings with and without it, for a mechanism that acts only in a context, which `context` tells in words.
    """

    name: str
    page: str
    scenario: str
    context: str
    given: tuple[str, ...]
    off: tuple[str, ...]
    moves: Mapping[Measure, Way]


@dataclass(frozen=True, slots=True)
class Extreme:
    """A limit taken away altogether, and the means that the coarse reckoning gives."""

    name: str
    settings: tuple[str, ...]
    expected: Mapping[Measure, float]
    note: str


@dataclass(frozen=True, slots=True)
class Blind:
    """A fact that became public later, against the forecast; `value` None where the fact is no number."""

    what: str
    date: str
    source: str
    measure: Measure | None
    value: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The mean difference of a scenario from the baseline that the coarse reckoning gives. `note`: why ours differs."""

    scenario: str
    measure: Measure
    difference: float
    note: str


@dataclass(frozen=True, slots=True)
class Checks:
    """All of `validation.yaml`."""

    anchors: tuple[Anchor, ...]
    mechanisms: tuple[Mechanism, ...]
    blind: tuple[Blind, ...]
    expected: tuple[Expected, ...]
    extremes: tuple[Extreme, ...]
    choices: str
    """What the tables of ambitions and planners show, in words."""


def read_checks(path: Path = CHECKS) -> Checks:
    """The checks. Raises InputError with every measure that does not exist."""
    tree = read_file(path, path.name)
    problems: list[Problem] = []
    checks = Checks(
        tuple(_anchor(node, problems) for node in _list(tree, "anchors")),
        tuple(_mechanism(node, problems) for node in _list(tree, "mechanisms")),
        tuple(_blind(node, problems) for node in _list(tree, "blind")),
        tuple(row for node in _list(tree, "expected") for row in _expected(node, problems)),
        tuple(_extreme(node, problems) for node in _list(tree, "extremes")),
        _text(tree, "choices"),
    )
    if problems:
        raise InputError(problems)
    return checks


def anchors_table(anchors: tuple[Anchor, ...], runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Each anchor beside its scenario: the pencil's p5, p50, p95, ours, the ratio of the medians, how, and the note."""
    rows = []
    for anchor in anchors:
        ours = _levels(anchor.measure, runs[anchor.scenario])
        where = "" if anchor.scenario == "baseline" else f" ({anchor.scenario})"
        rows.append(
            {
                "anchor": anchor.title + where,
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
    found = []
    for each in mechanism.moves:
        apart = paired(*comparable(each, on, off)[0])
        found.append((each, apart.mean, apart.error))
    return found


def effect_text(each: Measure, mean: float, error: float) -> str:
    """`Unserved demand +2.1 points (± 0.2)`."""
    return f"{each.title} {difference(mean, each.unit)} ({margin(error, each.unit)})"


def extremes_table(extremes: tuple[Extreme, ...], base: pd.DataFrame, runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Means with a limit taken away, beside those of the baseline and of the coarse reckoning."""
    rows = []
    for extreme in extremes:
        for each, reckoned in extreme.expected.items():
            usual, ours = (mean_level(each, outcomes).text(each.unit) for outcomes in (base, runs[extreme.name]))
            row = {"extreme": extreme.name, "taken away by": ", ".join(extreme.settings), "measure": each.title}
            row |= {"reckoning": "" if math.isnan(reckoned) else amount_of(each, reckoned)}
            rows.append(row | {"baseline": usual, "ours": ours, "note": extreme.note})
    return pd.DataFrame(rows)


def blind_table(blind: tuple[Blind, ...], outcomes: pd.DataFrame) -> pd.DataFrame:
    """Forecast, then fact: whether the 90% interval of the baseline holds what happened."""
    rows = []
    for row in blind:
        forecast, held = "not a measure of the model", ""
        if row.measure is not None and row.value is not None:
            low, _, high = found = _levels(row.measure, outcomes)
            forecast = _three(found, row.measure)
            held = "holds it" if low.value <= row.value and (high.beyond or row.value <= high.value) else "misses it"
        rows.append(
            {"forecast": forecast, "fact": row.what, "date": row.date, "90% interval": held, "source": row.source}
            | {"note": row.note}
        )
    return pd.DataFrame(rows)


def expected_table(expected: tuple[Expected, ...], base: pd.DataFrame, others: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Differences from the baseline: the coarse reckoning's, ours with its 95% interval, and why they differ."""
    rows = []
    for row in expected:
        found = paired_difference(row.scenario, row.measure, others[row.scenario], base)
        unit = row.measure.unit
        cut = f"; {found.cut_text}" if found.cut else ""
        rows.append(
            {
                "scenario": row.scenario,
                "measure": row.measure.title,
                "expected": difference(row.difference, unit),
                "ours": f"{difference(found.paired.mean, unit)} ({margin(found.paired.error, unit)}{cut})",
                "note": row.note,
            }
        )
    return pd.DataFrame(rows)


def markdown(table: pd.DataFrame) -> str:
    """A table as Markdown."""
    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in table.to_numpy()]
    return "\n".join(lines)


def _levels(of: Measure, outcomes: pd.DataFrame) -> tuple[Level, ...]:
    """p5, median and p95; of odds their mean, three times."""
    return (mean_level(of, outcomes),) * 3 if of.kind == "odds" else levels(of, outcomes, (0.05, 0.50, 0.95))


def _three(found: Sequence[Level], of: Measure) -> str:
    told = [level.bare(of.unit) for level in found]
    return with_unit(" / ".join(dict.fromkeys(told) if of.kind == "odds" else told), of.unit)


def _ratio(ours: float, pencil: float) -> str:
    return f"{ours / pencil:.2f}" if pencil > 0.0 and ours >= 0.0 else ""


def _list(tree: Node, key: str) -> list[Node]:
    found = tree.mapping.get(key)
    return found.items if found else []


def _text(node: Node, key: str) -> str:
    found = node.mapping.get(key)
    return str(found.value) if found and found.value is not None else ""


def _texts(node: Node, key: str) -> tuple[str, ...]:
    found = node.mapping.get(key)
    return tuple(str(item.value) for item in found.items) if found else ()


def _number(node: Node | None) -> float:
    return float(node.value) if node is not None and isinstance(node.value, float) else math.nan


def _measure(node: Node, problems: list[Problem]) -> Measure:
    return _named(str(node.value), node.place, problems)


def _named(name: str, place: Place, problems: list[Problem]) -> Measure:
    try:
        return of_column(name)
    except KeyError as error:
        problems.append(Problem(place, "measure", str(error.args[0])))
        return Measure(name, name, "", "lower", "", name)


def _anchor(node: Node, problems: list[Problem]) -> Anchor:
    low, mid, high = (_number(item) for item in node.mapping["envelope"].items)
    found = _measure(node.mapping["measure"], problems)
    return Anchor(
        _text(node, "title") or found.title,
        found,
        _text(node, "scenario") or "baseline",
        (low, mid, high),
        _text(node, "how"),
        _text(node, "note"),
    )


def _mechanism(node: Node, problems: list[Problem]) -> Mechanism:
    return Mechanism(
        _text(node, "name"),
        _text(node, "page"),
        _text(node, "scenario") or "baseline",
        _text(node, "context"),
        _texts(node, "given"),
        _texts(node, "off"),
        {
            _named(name, way.key_place, problems): _way(way, problems)
            for name, way in node.mapping["moves"].mapping.items()
        },
    )


def _way(node: Node, problems: list[Problem]) -> Way:
    if node.value not in get_args(Way):
        problems.append(Problem(node.place, "moves", f"`{node.value}` is none of: {', '.join(get_args(Way))}"))
    return cast("Way", node.value)


def _extreme(node: Node, problems: list[Problem]) -> Extreme:
    given = node.mapping["expected"].mapping
    expected = {_named(name, value.key_place, problems): _number(value) for name, value in given.items()}
    return Extreme(_text(node, "name"), _texts(node, "settings"), expected, _text(node, "note"))


def _blind(node: Node, problems: list[Problem]) -> Blind:
    named = node.mapping.get("measure")
    value = node.mapping.get("value")
    return Blind(
        _text(node, "what"),
        _text(node, "date"),
        _text(node, "source"),
        _measure(named, problems) if named else None,
        _number(value) if value else None,
        _text(node, "note"),
    )


def _expected(node: Node, problems: list[Problem]) -> list[Expected]:
    """One row a scenario: `{measure: owned, stall: -8000, tighten: -4000, notes: {stall: ...}}`."""
    found = _measure(node.mapping["measure"], problems)
    notes = node.mapping.get("notes")
    told = {key: str(child.value) for key, child in notes.mapping.items()} if notes else {}
    rows = {key: child for key, child in node.mapping.items() if key not in ("measure", "notes")}
    return [Expected(scenario, found, _number(child), told.get(scenario, "")) for scenario, child in rows.items()]
