"""The one door: a file, the chosen overrides and settings in, a finished scenario out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.language.tables import Table
from sim.scenario import facts
from sim.scenario.matching import is_matched
from sim.scenario.reading import read
from sim.scenario.scenario import Scenario
from sim.scenario.validate import validate


def load(path: Path, tables: Mapping[str, Table], chosen: Sequence[str] = (), settings: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario. Raises InputError with every problem found."""
    known = facts.load()
    reading = read(path, tables, chosen, settings)
    scenario = validate(reading, tables, known)
    if reading.base is None or not is_matched(scenario):
        return scenario
    return replace(scenario, root=validate(replace(reading, tree=reading.origin, base=None), tables, known))
