"""What a page is made of, gathered: a comparison, and the grounds of its first scenario."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.findings.comparison import Comparison
from sim.language.distributions import Fixed
from sim.measures.correlation import beyond_chance, correlation, ranks
from sim.measures.intervals import Column, spread
from sim.measures.measures import measure, values
from sim.measures.wording import LARGE_UNITS
from sim.report.contents import WAYS, Assumption, Flow, Held, Kind, PageContents, Source
from sim.scenario.explaining.explain import explain
from sim.scenario.reading import facts
from sim.scenario.scenario import Scenario
from sim.template.assemble import Template
from sim.template.variation import inputs_of

RANKED_BY = ("train_short", "unserved")
"""Measures by which assumptions are ranked: how short training is, and how short serving."""

GRADES = {"training_grade": "Fit for training", "inference_only": "Serving only"}
USES = {"trains": "Training", "serves": "Serving", "repair": "In repair", "waiting": "Waiting or starting"}
"""What chips do, in the words of the page, by the end of the column's name."""


def material(title: str, first: Template, inputs: Any, comparison: Comparison) -> PageContents:
    """The material of a page; its assumptions are those of the first scenario.

    `inputs` (futures, columns of the template) are those of its first futures.
    """
    return PageContents(
        title,
        comparison,
        tuple(ranking(first, inputs, comparison.reference.outcomes)),
        tuple(sources(first.scenario)),
        tuple(measure(name).title for name in RANKED_BY),
        {each.id: tuple(flows(each.outcomes)) for each in comparison.scenarios},
        {each.id: tuple(held(each.outcomes)) for each in comparison.scenarios},
    )


def held(outcomes: pd.DataFrame) -> Iterator[Held]:
    """What is there at the end of the reporting window, of each way."""
    for way in WAYS:
        h100e = outcomes[f"training_grade_{way}"] + outcomes[f"inference_only_{way}"]
        columns = (h100e, outcomes[f"installed_{way}"], outcomes[f"power_{way}"])
        yield Held(way, *(spread(column.to_numpy()) for column in columns))


def flows(outcomes: pd.DataFrame) -> Iterator[Flow]:
    """Mean H100e from each way to a grade of chips, and from there to a use."""
    for grade, words in GRADES.items():
        for way, came in WAYS.items():
            yield Flow(came, words, float(outcomes[f"{grade}_{way}"].mean()))
        for use, does in USES.items():
            if f"{grade}_{use}" in outcomes:
                yield Flow(words, does, float(outcomes[f"{grade}_{use}"].mean()))


def ranking(template: Template, inputs: Any, outcomes: pd.DataFrame) -> Iterator[Assumption]:
    """The assumptions of a scenario with what they move; `inputs` are those of its first futures."""
    return ranked(assumptions(template.scenario), _drawn(template, inputs), outcomes.head(len(inputs)))


def ranked(listed: Sequence[Assumption], drawn: Mapping[str, Column], outcomes: pd.DataFrame) -> Iterator[Assumption]:
    """The assumptions with what they move, where futures say so beyond chance."""
    least = beyond_chance(len(outcomes), len(drawn))
    short = [ranks(values(measure(name), outcomes)) for name in RANKED_BY]
    for each in listed:
        moves = [0.0] * len(short)
        if each.path in drawn:
            x = ranks(drawn[each.path])
            moves = [correlation(x, y) for y in short]
        yield replace(each, moves=tuple(moves)) if max(map(abs, moves)) > least else each


def _drawn(template: Template, inputs: Any) -> Mapping[str, Column]:
    """The value of each uncertain input in each of the futures, by path."""
    drawn = {path: inputs[:, columns[0]] for path, columns in inputs_of(template).items()}
    return {path: column for path, column in drawn.items() if column.min() < column.max()}


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every value that a file gives, with its grounds, for the page: uncertain ones first, then luck, then fixed."""
    assumptions = []
    for explanation in explain(scenario, facts.load()):
        value = scenario.values[explanation.path]
        if explanation.chain and not (value.field.luck and isinstance(value.spec, Fixed)):
            grounds = explanation.grounds
            kind: Kind = "luck" if value.field.luck else "fixed" if value.certain else "epistemic"
            assumptions.append(
                Assumption(
                    explanation.path,
                    _with_unit(scenario.spelled(value), explanation.unit),
                    kind,
                    grounds.source,
                    grounds.note or grounds.missing,
                    grounds.confidence,
                    grounds.of_section,
                )
            )
    return sorted(assumptions, key=lambda each: ("epistemic", "luck", "fixed").index(each.kind))


def _with_unit(written: object, unit: str) -> str:
    """A value for readers: `p5 300, p50 2,000, p95 8,000 chips`."""
    text = re.sub(r"(?<![\d.])\d{4,}(?![\d-])", lambda digits: _short(int(digits[0])), _plain(written))
    return text if unit in ("date", "") or unit in text else f"{text} {unit}"


def _short(value: int) -> str:
    """A large number as prose has it, where nothing is lost: `3.5 trillion`; else with its commas."""
    exact = ((size, word) for size, word in LARGE_UNITS if value >= size and value % (size / 1000.0) == 0.0)
    return next((f"{value / size:g} {word}" for size, word in exact), f"{value:,}")


def _plain(written: object) -> str:
    match written:
        case dict():
            return ", ".join(f"{key} {_plain(value)}" for key, value in written.items())
        case list():
            return "; ".join(map(_plain, written))
        case float():
            return f"{written:.15g}"
        case None:
            return "none"
        case _:
            return str(written)


def sources(scenario: Scenario) -> list[Source]:
    """Every fact and citation that a value may name."""
    citable = {**facts.load(), **facts.in_tree(scenario.tree)}
    return [Source(fact.id, fact.what, fact.source, fact.known_since) for fact in citable.values()]
