"""The one door: a file, the chosen overrides and settings in, a finished scenario out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.language.tables import Table
from sim.scenario import facts
from sim.scenario.reading import read
from sim.scenario.scenario import Scenario
from sim.scenario.validate import validate


def load(path: Path, tables: Mapping[str, Table], chosen: Sequence[str] = (), settings: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario. Raises InputError with every problem found."""
    return validate(read(path, tables, chosen, settings), tables, facts.load())
