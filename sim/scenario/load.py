"""The one door: a file, the chosen overrides and settings in, a finished scenario out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.errors import InputError, Problem
from sim.language.tables import Table
from sim.scenario import facts
from sim.scenario.matching import is_matched
from sim.scenario.reading import Reading, read_chain, varied
from sim.scenario.scenario import Scenario
from sim.scenario.validate import validate


def load(path: Path, tables: Mapping[str, Table], chosen: Sequence[str] = (), settings: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario. Raises InputError with every problem found."""
    return _checked(varied(read_chain(path, tables), tables, chosen, settings), tables)


def load_with_each(
    path: Path, tables: Mapping[str, Table], chosen: Sequence[str] = (), settings: Sequence[str] = ()
) -> tuple[Scenario, dict[str, Scenario]]:
    """A scenario as `load` gives it, and with each of its overrides alone; its files are read once.

    Raises InputError: the problems of the scenario, or else those of all overrides.
    """
    chain = read_chain(path, tables)
    scenario = _checked(varied(chain, tables, chosen, settings), tables)
    each, problems = {}, dict[Problem, None]()
    for name in scenario.overrides:
        try:
            each[name] = validate(varied(chain, tables, (name,)), tables, facts.load(), like=scenario)
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise InputError(list(problems))
    return scenario, each


def _checked(reading: Reading, tables: Mapping[str, Table]) -> Scenario:
    known = facts.load()
    scenario = validate(reading, tables, known)
    if reading.base is None or not is_matched(scenario):
        return scenario
    return replace(
        scenario, root=validate(replace(reading, tree=reading.origin, base=None), tables, known, like=scenario)
    )
