"""A scenario checked without a future run: whatever a run would refuse is refused, and what is suspicious is listed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sim.errors import Problem
from sim.findings.forks import forks
from sim.measures.gate_language import gates_of
from sim.measures.measures import leading
from sim.scenario.checking.lint import lint
from sim.scenario.load import load_with_each
from sim.scenario.reading import facts
from sim.scenario.scenario import Scenario
from sim.template.assemble import Template, assemble
from sim.template.history_matching import plain_judge
from sim.world.course.future import LAYOUT


def check(path: Path, overrides: Sequence[str], settings: Sequence[str], base: Path | None = None) -> Scenario:
    """The scenario, with each of its overrides read too. Raises InputError for what `run` would refuse."""
    scenario, others = load_with_each(path, LAYOUT.tables, overrides, settings, base)
    for each in others.values():
        _named(each)
        _compared(each, path, base)
    checked(scenario, path, base)
    return scenario


def checked(scenario: Scenario, path: Path, base: Path | None = None) -> Template:
    """A scenario ready to run: its measures, its gates and its opening are what a run needs. Raises InputError."""
    _named(scenario)
    _compared(scenario, path, base)
    template = assemble(scenario, LAYOUT)
    if template.matching is not None:
        template.matching.check(plain_judge(LAYOUT))
    return template


def _named(scenario: Scenario) -> None:
    """The measures that a scenario names, as headlines and of forks."""
    leading(scenario)
    forks(scenario)


def _compared(scenario: Scenario, path: Path, base: Path | None) -> None:
    """The gates of a scenario, and the scenarios that they compare with."""
    gates = gates_of(scenario, path)
    if any(gate.statistic.against for gate in gates):
        from sim.runs.until import compared_with  # loads the engines, which nothing else here needs

        compared_with(scenario, path, gates, base)


def warnings(scenario: Scenario) -> list[Problem]:
    """What is allowed in a scenario but suspicious."""
    return lint(scenario, facts.load(), date.today())
