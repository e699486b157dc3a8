"""The one door: a file, the chosen overrides and settings in, a finished scenario out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.errors import InputError
from sim.language.tables import Table
from sim.scenario import facts
from sim.scenario.matching import is_matched
from sim.scenario.reading import Reading, read, taken_back
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


def base_of(
    scenario: Scenario, tables: Mapping[str, Table], chosen: Sequence[str], settings: Sequence[str]
) -> Scenario | None:
    """The root scenario that this one changes, under the same overrides and settings where it knows them.

    None for a root. Raises InputError where the root cannot be read.
    """
    root = next((file for file in scenario.files if not file.startswith("fact:")), scenario.files[-1])
    if root == scenario.files[-1]:
        return None
    found = load(Path(root), tables)
    known = tuple(name for name in chosen if name in found.overrides)
    apply = tuple(setting for setting in settings if setting.partition("=")[0].strip() in found.values)
    return load(Path(root), tables, known, apply) if known or apply else found


def without_change(scenario: Scenario, base: Scenario, path: str, tables: Mapping[str, Table]) -> Scenario | None:
    """The scenario with one of its changes taken back; None where another of its changes cannot do without it."""
    tree = taken_back(scenario.tree, base.tree, scenario.schema, path)
    assert tree is not None
    try:
        found = validate(Reading(tree, scenario.base, scenario.files, frozenset(), tree), tables, facts.load())
    except InputError:
        return None
    return replace(found, root=scenario.root)
