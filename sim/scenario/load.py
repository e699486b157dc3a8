"""The one door: a file, the chosen overrides and settings in, a finished scenario out."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sim.errors import InputError, Problem
from sim.language.record import Table
from sim.scenario.checking.validate import validate
from sim.scenario.reading import facts
from sim.scenario.reading.extends import Reading, read_chain, varied
from sim.scenario.reading.merging import taken_back
from sim.scenario.scenario import Scenario, is_matched


def load(
    path: Path,
    tables: Mapping[str, Table],
    chosen: Sequence[str] = (),
    settings: Sequence[str] = (),
    base: Path | None = None,
) -> Scenario:
    """Read and check a scenario, on another root where one is given. Raises InputError with every problem found."""
    return _checked(varied(read_chain(path, tables, base), tables, chosen, settings), tables)


def load_with_each(
    path: Path,
    tables: Mapping[str, Table],
    chosen: Sequence[str] = (),
    settings: Sequence[str] = (),
    base: Path | None = None,
) -> tuple[Scenario, dict[str, Scenario]]:
    """A scenario as `load` gives it, and with each of its overrides alone; its files are read once.

    Raises InputError: the problems of the scenario, or else those of all overrides.
    """
    chain = read_chain(path, tables, base)
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


def load_under_each(
    path: Path,
    tables: Mapping[str, Table],
    chosen: Sequence[str] = (),
    settings: Sequence[str] = (),
    base: Path | None = None,
) -> Callable[[str], Scenario]:
    """What gives the scenario under one override more; what stands in it whatever that is, is read once.

    Raises InputError, and so does what it gives: SetTwice where the override sets what has been set.
    """
    chain = read_chain(path, tables, base)
    usual = _checked(varied(chain, tables, chosen, settings), tables)
    return lambda name: _checked(varied(chain, tables, (*chosen, name), settings), tables, usual)


def _checked(reading: Reading, tables: Mapping[str, Table], like: Scenario | None = None) -> Scenario:
    """The scenario of a reading; `like` is one of the same files and settings, whose root is the same."""
    known = facts.load()
    scenario = validate(reading, tables, known, like=like)
    if reading.base is None or not is_matched(scenario):
        return scenario
    if like is not None and like.root is not None:
        return replace(scenario, root=like.root)
    root = validate(replace(reading, tree=reading.origin, base=None), tables, known, like=scenario)
    return replace(scenario, root=root)


def base_of(
    scenario: Scenario, tables: Mapping[str, Table], chosen: Sequence[str], settings: Sequence[str]
) -> Scenario | None:
    """The root scenario that this one changes, under the same overrides and settings, but for things it does not have.

    None for a root. Raises InputError where the root cannot be read.
    """
    if scenario.rests_on.file == scenario.files[-1]:
        return None
    chain = read_chain(Path(scenario.rests_on.file), tables)
    known = [name for name in chosen if name in varied(chain, tables).overrides]
    held: list[str] = []
    for setting in settings:
        with suppress(InputError):  # of a thing that the root does not have
            varied(chain, tables, known, (*held, setting))
            held.append(setting)
    return _checked(varied(chain, tables, known, held), tables)


def parent_of(scenario: Scenario, tables: Mapping[str, Table]) -> Scenario | None:
    """The scenario without any of its own changes: the one that it extends. None for a root."""
    if scenario.base is None:
        return None
    reading = Reading(scenario.base, None, scenario.files, frozenset(), scenario.rests_on, scenario.base)
    return replace(validate(reading, tables, facts.load(), like=scenario), root=scenario.root)


def without_change(scenario: Scenario, base: Scenario, path: str, tables: Mapping[str, Table]) -> Scenario | None:
    """The scenario with one of its changes taken back; None where another of its changes cannot do without it."""
    tree = taken_back(scenario.tree, base.tree, scenario.schema, path)
    assert tree is not None
    reading = Reading(tree, scenario.base, scenario.files, frozenset(), scenario.rests_on, tree)
    try:
        return replace(validate(reading, tables, facts.load(), like=scenario), root=scenario.root)
    except InputError:
        return None
