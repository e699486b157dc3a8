"""Counterfactuals beside a run: what comes back, what the scenario itself does, what its ambition decides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.bottlenecks import removal_tables, variants
from sim.bottlenecks.counterfactuals import (
    AMBITIONS,
    EASED,
    USUAL,
    AmbitionResult,
    Counterfactuals,
    Eased,
    counterfactuals,
)
from sim.bottlenecks.dates import later
from sim.bottlenecks.removal_tables import EASIER, MARGINAL_FUTURES, removed
from sim.bottlenecks.removals import SHORTFALLS, SINGLES, Amount, amount, by_column, foremost, removals
from sim.bottlenecks.scenario_effect import ChangeEffect, effect
from sim.bottlenecks.variant_runs import Asking, RunSpec, shortfalls, together
from sim.errors import SetTwice
from sim.measures.intervals import Column
from sim.measures.measures import measure, values
from sim.measures.thing_names import Names
from sim.scenario.load import base_of, load_under_each, without_change
from sim.scenario.reading.merging import changed_parts
from sim.scenario.scenario import Scenario
from sim.template.assemble import Template, assemble
from sim.world.course.future import LAYOUT

MEASURES = tuple(SHORTFALLS.values())


@dataclass(frozen=True)
class Base:
    """What a scenario is compared with, and what that is called in a sentence."""

    template: Template
    words: str


def root_of(template: Template, chosen: Sequence[str], settings: Sequence[str]) -> Base | None:
    """The root that a scenario changes, under the same overrides and settings; None for a root. Raises InputError."""
    root = base_of(template.scenario, LAYOUT.tables, chosen, settings)
    if root is None:
        return None
    return Base(assemble(root, LAYOUT), "the baseline" if root.name == "Baseline" else f"“{root.name}”")


def runs(template: Template, base: Base | None, ambitions: Mapping[str, Template], spec: RunSpec) -> int:
    """Futures that `found` runs at most."""
    few = min(spec.futures, MARGINAL_FUTURES)
    changes = len(changes_of(template, base)) if base else 0
    tables = removal_tables.runs(spec.futures) + (removal_tables.runs(spec.futures, SINGLES) if base else 0)
    return tables + few * (1 + len(EASED) + changes) + spec.futures * len(ambitions)


def found(
    template: Template, base: Base | None, ambitions: Mapping[str, Template], spec: RunSpec
) -> Asking[Counterfactuals | None]:
    """What comes back in a scenario; its effect against a base; what it lacks under each ambition.

    Nothing of no futures.
    """
    if not spec.futures:
        return None
    few = replace(spec, futures=min(spec.futures, MARGINAL_FUTURES))
    here, (as_is,), easier, under, *against = yield from together(
        removal_tables.table(template, spec),
        shortfalls([template], few),
        _easier(template, few),
        shortfalls([*ambitions.values()], spec),
        *([removal_tables.table(base.template, spec, SINGLES), _without_each(template, base, few)] if base else []),
    )
    caused = None
    if base:
        there, without = against
        dates = later(here[0], there[0], float((template.scenario.end - template.scenario.start).days))
        changes = tuple(_costs(as_is, without))
        caused = effect(base.words, removals(here), by_column(there), MEASURES, changes, dates)
    return counterfactuals(here, tuple(_eased(as_is, easier)), caused, tuple(_ambitions(ambitions, under)))


def _easier(template: Template, spec: RunSpec) -> Asking[list[pd.DataFrame]]:
    """What is missing where each set of EASED is easier."""
    return (yield from shortfalls([variants.turned(template, removed(names, EASIER)) for names in EASED], spec))


def _eased(as_is: pd.DataFrame, easier: Sequence[pd.DataFrame]) -> Iterator[Eased]:
    gains = [_gains(as_is, each) for each in easier]
    for size in sorted({len(names) for names in EASED}):
        alike = [place for place, names in enumerate(EASED) if len(names) == size]
        for place, first in zip(alike, foremost([gains[place] for place in alike]), strict=True):
            yield Eased(EASED[place], _amounts(gains[place]), first)


def _without_each(
    template: Template, base: Base, spec: RunSpec
) -> Asking[list[tuple[ChangeEffect, pd.DataFrame | None]]]:
    """Each change of the scenario, and what is missing in the scenario without it; None where others need it."""
    scenario = template.scenario
    changes = changes_of(template, base)
    alone = [without_change(scenario, base.template.scenario, change.path, LAYOUT.tables) for change in changes]
    outcomes = yield from shortfalls([assemble(each, LAYOUT) for each in alone if each], spec)
    left = iter(outcomes)
    return [(change, next(left) if each else None) for change, each in zip(changes, alone, strict=True)]


def _costs(as_is: pd.DataFrame, without: Sequence[tuple[ChangeEffect, pd.DataFrame | None]]) -> Iterator[ChangeEffect]:
    """What each change of the scenario costs: the scenario as it is, against itself without that change."""
    yield from (change for change, outcomes in without if outcomes is None)
    alone = [(change, _gains(as_is, outcomes)) for change, outcomes in without if outcomes is not None]
    for (change, each), first in zip(alone, foremost(_same_way([each for _, each in alone])), strict=True):
        yield replace(change, costs=_amounts(each), foremost=first)


def changes_of(template: Template, base: Base) -> list[ChangeEffect]:
    """The changes of a scenario, in words; what each costs is asked next."""
    scenario, root = template.scenario, base.template.scenario
    changes, names, of_root = changed_parts(scenario.tree, root.tree, scenario.schema), Names(scenario), Names(root)
    return [
        ChangeEffect(path, names.at(path), {}, _meanings(scenario, root, path, changes[path]))
        if path in scenario.titles
        else ChangeEffect(path, of_root.at(path), {}, ("removed",))
        for path in changes
    ]


def _meanings(scenario: Scenario, root: Scenario, path: str, keys: Sequence[str]) -> tuple[str, ...]:
    """What the values are in which a section or a thing differs from the root; none of a thing that is new."""
    if path not in root.titles:
        return ()
    values = (scenario.values[at] for key in keys if (at := f"{path}.{key}") in scenario.values)
    return tuple(value.field.meaning.partition(";")[0] for value in values)


def _ambitions(names: Iterable[str], outcomes: Sequence[pd.DataFrame]) -> Iterator[AmbitionResult]:
    for name, each in zip(names, outcomes, strict=True):
        yield AmbitionResult(name, {of_measure: amount(values(measure(of_measure), each)) for of_measure in MEASURES})


def _gains(as_is: pd.DataFrame, other: pd.DataFrame) -> dict[str, Column]:
    """What is missing as it is, less what is missing otherwise, in each future; by measure."""
    return {name: values(measure(name), as_is) - values(measure(name), other) for name in MEASURES}


def _amounts(gains: Mapping[str, Column]) -> dict[str, Amount]:
    return {name: amount(each) for name, each in gains.items()}


def _same_way(costs: Sequence[Mapping[str, Column]]) -> list[dict[str, Column]]:
    """Costs in the direction of the largest: what gives back most is as far ahead as what costs most."""
    way = {name: max((float(each[name].mean()) for each in costs), key=abs, default=0.0) for name in MEASURES}
    return [{name: np.sign(way[name]) * each[name] for name in MEASURES} for each in costs]


def ambitions_of(
    template: Template, path: Path, chosen: Sequence[str], settings: Sequence[str], base: Path | None
) -> dict[str, Template]:
    """The scenario under each ambition that it names, unless one is chosen, or what it sets is. Raises InputError.

    The usual one is the scenario as it stands: a lab that gives a growth of its own keeps pace by that.
    """
    known = [name for name in AMBITIONS if name in template.scenario.overrides]
    if not known or set(known) & set(chosen):
        return {}
    under = load_under_each(path, LAYOUT.tables, chosen, settings, base)
    templates: dict[str, Template] = {}
    for name in known:
        with suppress(SetTwice):
            wanted = under(name)
            templates[name] = template if name == USUAL else assemble(wanted, LAYOUT)
    return templates
