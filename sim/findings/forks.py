"""Forks: what may come about or not, and whether a scenario leaves it open or assumes it.

A fork is assumed where the scenario fixes what decides it: by a value that is one number, or by a happening that is
sure to come inside the reporting window and sets one. That is read off the scenario, not off its futures: what has a
probability of its own and comes about in all of them is still a share.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.bottlenecks.removals import NEARLY_ALL
from sim.errors import InputError, Problem
from sim.language.declarations import Options
from sim.language.distributions import Distribution, Fixed
from sim.language.luck import quantile_table
from sim.language.values import After
from sim.language.yaml_nodes import suggestion
from sim.measures.measures import MEASURES
from sim.scenario.checking.never import Happenings
from sim.scenario.grammar.changes import Changes
from sim.scenario.scenario import Link, Meaning, Scenario, Value

FLAGS = tuple(each.name for each in MEASURES if each.kind == "flag")
"""Measures of what comes about or does not."""

THROUGH = ("open", "case_by_case")
"""Regimes that let chips through."""


def forks(scenario: Scenario) -> dict[str, str]:
    """What a scenario says may come about, by flag, in words. Raises InputError for what is no flag."""
    problems = []
    for fork in scenario.forks:
        if fork.measure.text not in FLAGS:
            hint = suggestion(fork.measure.text, FLAGS) or f"; one of {', '.join(FLAGS)}"
            message = f"no measure `{fork.measure.text}` that tells what came about{hint}"
            problems.append(Problem(fork.measure.place, "forks", message))
    if problems:
        raise InputError(problems)
    return {fork.measure.text: fork.says for fork in scenario.forks}


def forced(scenario: Scenario) -> tuple[str, ...]:
    """Flags of what a scenario forces."""
    given = _Given(scenario)
    return tuple(flag for flag, decides in _DECIDES.items() if decides(given))


def assumed(flags: tuple[str, ...], outcomes: pd.DataFrame) -> frozenset[str]:
    """Which of what is forced is assumed: it comes about in nearly all futures, so the force decides it.

    Not in all: something else may forestall it, as a listing of the lab does the closing of a window.
    """
    return frozenset(flag for flag in flags if float(outcomes[flag].mean()) >= NEARLY_ALL)


def _table(spec: Meaning) -> npt.NDArray[np.float64]:
    """The quantiles of a date, or of the delay after another."""
    return quantile_table(spec.delay if isinstance(spec, After) else cast("Distribution", spec))


def _word(value: Value, number: float) -> str:
    """One of several words, by its place."""
    return cast("Options", value.field.kind).words[int(number)]


@dataclass(frozen=True)
class _Given:
    """What is certain in a scenario."""

    scenario: Scenario

    @cached_property
    def happenings(self) -> Happenings:
        return Happenings(self.scenario)

    @cached_property
    def until(self) -> float:
        """The last day of the reporting window."""
        return float(_table(self.scenario.values["window.reporting_until"].spec)[-1]) - 1.0

    @cached_property
    def sets(self) -> dict[str, tuple[float, float]]:
        """The number that a sure happening sets by then, and the last day on which it does, by path."""
        settings = {}
        for name in self.happenings.names:
            day = self.happenings.days(name)[1]
            value = self.happenings.value(name, "changes")
            if self.happenings.sure(name) and day <= self.until and value and isinstance(value.spec, Changes):
                for change in value.spec.changes:
                    if change.verb == "set" and isinstance(change.spec, Fixed):
                        settings[change.target.path] = change.spec.value, day
        return settings

    def number(self, path: str) -> float | None:
        """The number that a parameter has for certain, from the first day on or from a day in the window on."""
        if path in self.sets:
            return self.sets[path][0]
        value = self.scenario.values.get(path)
        fixed = value is not None and isinstance(value.spec, Fixed) and path not in self.happenings.moved
        return value.spec.value if fixed else None  # type: ignore[union-attr]

    def word(self, path: str) -> str | None:
        """The word that a parameter is for certain."""
        number = self.number(path)
        return None if number is None else _word(self.scenario.values[path], number)

    def latest(self, path: str, after: str = "") -> float:
        """The last day that a date may be; `after`: the date that it may count from. Infinite if not known."""
        if path in self.sets:
            return max(self.sets[path])
        value = self.scenario.values.get(path)
        if value is None or path in self.happenings.moved:
            return float("inf")
        begins = self.latest(after) if isinstance(value.spec, After) else 0.0
        return begins + float(_table(value.spec)[-1])

    def denies(self, rule: str, item: str) -> bool:
        """Whether a rule is sure to deny all of an item before the window ends."""
        made = self.number(f"{rule}.probability") == 1.0
        denial = (self.word(f"{rule}.regime"), self.word(f"{rule}.item")) == ("denial", item)
        every = not any(f"{rule}.{each}" in self.scenario.values for each in ("hits", "places"))
        return made and denial and every and self.latest(f"{rule}.effective", f"{rule}.announced") <= self.until

    @property
    def rules(self) -> list[str]:
        """Paths of the rules."""
        return [f"{self.scenario.at['rules']}.{name}" for name in self.scenario.things["rules"]]

    @property
    def exporters(self) -> set[str | None]:
        """Governments whose licence some offer needs."""
        values = (self.scenario.values.get(f"market.offers.{name}.exporter") for name in self.scenario.things["offers"])
        return {value.spec.id for value in values if value and isinstance(value.spec, Link)}

    def window_closes(self) -> bool:
        """Whether a rule of an exporter that lets chips through is turned to a denial, or one that denies all comes."""
        for rule in self.rules:
            government = self.scenario.values[f"{rule}.government"].spec
            if isinstance(government, Link) and government.id in self.exporters:
                regime = self.scenario.values[f"{rule}.regime"]
                lets_through = isinstance(regime.spec, Fixed) and _word(regime, regime.spec.value) in THROUGH
                turned = lets_through and self.word(f"{rule}.regime") == "denial"
                if turned or self.denies(rule, "accelerator"):
                    return True
        return False

    def truce_lapses(self) -> bool:
        """Whether the truce is sure to end and not to be prolonged."""
        lapses, pace = self.number("climate.lapses"), self.number("climate.pace")
        sure = lapses is not None and pace is not None and lapses * pace >= 1.0
        return sure and self.latest("climate.truce_ends") <= self.until

    def no_round_by_due(self) -> bool:
        """Whether no round may close before the first is due."""
        due, first = self.number("capital.financing.due"), self.number("capital.financing.not_before")
        return due is not None and first is not None and first >= due


_DECIDES: dict[str, Callable[[_Given], bool]] = {
    "closed": lambda given: given.number("capital.financing.closes") == 1.0,
    "stalled": lambda given: given.number("capital.financing.closes") == 0.0,
    "first_round_late": _Given.no_round_by_due,
    "window_closed": _Given.window_closes,
    "rupture": lambda given: given.word("climate.state") == "rupture",
    "truce_lapsed": _Given.truce_lapses,
    "listed": lambda given: any(given.denies(rule, "entity") for rule in given.rules),
}
"""What decides each flag, and so forces it where it is certain."""
