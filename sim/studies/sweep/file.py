"""Reads a sweep: every problem at once, with file, line and column."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from sim.errors import InputError, Place, Problem, visible
from sim.findings.policies import Policy, PolicyForm, read_policies
from sim.language.bounds import MOST_FUTURES, MOST_POINTS
from sim.language.forms import Between, FormReader, due
from sim.language.yaml_nodes import Node, neighbour, read_file
from sim.measures.gate_language import Gate, read_gates, unreadable
from sim.measures.measures import MEASURES, Measure, MeasureForm
from sim.scenario.checking.across import is_read_across
from sim.scenario.reading.files import named_file
from sim.scenario.reading.renewed import renewed
from sim.scenario.scenario import Scenario, Text, TextForm, other_days
from sim.studies.sweep.factors import FactorReader
from sim.studies.sweep.objectives import Objective, read_objective
from sim.studies.sweep.plan import LEVELLED, Design, Factor, Sweep
from sim.template.variation import misfits

OF_SWEEPS = ("policies", "measures", "target")
"""Keys that mean nothing to a search."""

FUTURES = 200
"""Futures of each point, if the file does not say."""

LAST_SEED = 2**32 - 1
"""The highest that a search can be seeded with."""


@dataclass(frozen=True, slots=True)
class SweepForm:
    """The keys of a sweep."""

    name: str = ""
    why: str = ""
    scenarios: tuple[TextForm, ...] = ()
    futures: Annotated[int, Between(1, MOST_FUTURES)] = FUTURES
    seed: Annotated[int, Between(1, LAST_SEED)] = 1
    design: Design = "grid"
    points: Annotated[int, Between(1, MOST_POINTS)] | None = None
    factors: tuple[Node, ...] = due("what varies, like [{path: capital.financing.size, values: [...]}]", ())
    policies: tuple[PolicyForm, ...] = ()
    measures: tuple[MeasureForm, ...] = ()
    target: TextForm | None = None
    gates: tuple[TextForm, ...] = ()
    objectives: tuple[TextForm, ...] = ()


Load = Callable[[Path], Scenario]


def read_sweep(path: Path, load: Load) -> Sweep:
    """The sweep in a file; `load` reads its scenarios. Raises InputError with every problem found."""
    tree, problems = renewed(read_file(path)), list[Problem]()
    form = FormReader(problems).form(SweepForm, tree)
    if form is None:
        raise InputError(problems)
    sweep = _Reader(tree, form, path, load, problems).sweep()
    if not problems:
        problems += _misfits(sweep)
    if problems:
        raise InputError(problems)
    return sweep


def _misfits(sweep: Sweep) -> Iterator[Problem]:
    """Values of points that do not fit together, each place once. A search makes its points as it goes."""
    reported: set[tuple[Any, ...]] = set()
    for point in sweep.points() if sweep.design != "search" else ():
        scenario = sweep.scenarios[point.scenario]
        settings = tuple(setting for setting in point.settings if is_read_across(scenario, setting.path))
        key = (point.scenario, *((setting.path, setting.text) for setting in settings))
        if settings and key not in reported:
            reported.add(key)
            for problem in misfits(scenario, settings):
                if (problem.place, problem.path) not in reported:
                    reported.add((problem.place, problem.path))
                    yield problem


@dataclass
class ScenariosReader:
    """Loads the scenarios that a study varies; they have the same days."""

    path: Path
    load: Load
    problems: list[Problem]
    scenarios: dict[str, Scenario] = field(default_factory=dict)

    def read(self, tree: Node, texts: Sequence[Text]) -> dict[str, Scenario]:
        """By name of the file; those that cannot be read are noted."""
        if not texts:
            self._wrong(tree.place, "missing: the scenarios to vary, like [../baseline.yaml]")
        for text in texts:
            self._one(text.text, text.place)
        return self.scenarios

    def _one(self, text: str, place: Place) -> None:
        try:
            file = named_file(text, self.path)
        except ValueError as error:
            self._wrong(place, str(error))
            return
        if visible(file.stem) in self.scenarios:
            self._wrong(place, f"duplicate scenario `{file.stem}`")
        elif not file.is_file():
            self._wrong(place, f"no such file: {text}{neighbour(file, text)}")
        else:
            self._loaded(file, place)

    def _loaded(self, file: Path, place: Place) -> None:
        try:
            scenario = self.load(_short(file))
        except InputError as error:
            self.problems.extend(error.problems)
            return
        if apart := other_days(next(iter(self.scenarios.values()), scenario), scenario):
            self._wrong(place, f"{apart}; what is compared has the same days")
            return
        self.scenarios[visible(file.stem)] = scenario

    def _wrong(self, place: Place, message: str) -> None:
        self.problems.append(Problem(place, "scenarios", message))


@dataclass
class _Reader:
    """One file. What cannot be read is noted, and something harmless stands in for it."""

    tree: Node
    form: SweepForm
    path: Path
    load: Load
    problems: list[Problem]
    scenarios: dict[str, Scenario] = field(default_factory=dict)

    def sweep(self) -> Sweep:
        """All of it."""
        form = self.form
        self.scenarios = ScenariosReader(self.path, self.load, self.problems).read(self.tree, form.scenarios)
        self._of_no_use()
        targets = self._gates((form.target,) if form.target else (), "target")
        return Sweep(
            self.path,
            form.name or self.path.stem,
            form.why,
            self.scenarios,
            form.futures,
            form.seed,
            form.design,
            self._size(),
            self._factors(),
            read_policies(form.policies, self.scenarios, self.problems) or (Policy("", ()),),
            self._measures(),
            targets[0] if targets else None,
            self._gates(form.gates, "gates"),
            self._objectives(),
        )

    def _of_no_use(self) -> None:
        """Notes what a sweep has and a search has not."""
        for key in OF_SWEEPS:
            if self.form.design == "search" and key in self.tree.mapping:
                place = self.tree.mapping[key].key_place
                self.problems.append(Problem(place, key, "a search has none; it has objectives, and gates to keep"))

    def _size(self) -> int:
        design, node = self.form.design, self.tree.mapping.get("points")
        if design in LEVELLED:
            if node is not None:
                self._wrong(node, "points", f"a {design} has as many points as its factors' values make")
            return 0
        if node is None:
            self._wrong(self.tree, "points", f"missing: how many points the {design} has, like 64")
            return 1
        size = self.form.points or 1
        if design == "sobol" and size & (size - 1):
            near = 2 ** round(math.log2(size))
            self._wrong(node, "points", f"a Sobol sequence is balanced for powers of two only; write {near}")
        return size

    def _factors(self) -> tuple[Factor, ...]:
        if not self.scenarios:
            return ()
        factors = FactorReader(self.scenarios, self.form.design, self.problems).read(self.form.factors)
        sizes = [len(factor.levels) for factor in factors]
        if self.form.design == "list" and len(set(sizes)) > 1:
            self._wrong(self.tree.mapping["factors"], "factors", f"a list pairs values one by one; here are {sizes}")
        if self.form.design == "grid" and math.prod(sizes) > MOST_POINTS:
            message = f"{math.prod(sizes):,} points; at most {MOST_POINTS:,}"
            self._wrong(self.tree.mapping["factors"], "factors", message)
        return factors

    def _measures(self) -> tuple[Measure, ...]:
        leading = {text.text for scenario in self.scenarios.values() for text in scenario.measures}
        return self.form.measures or tuple(measure for measure in MEASURES if measure.name in leading) or MEASURES[:1]

    def _gates(self, texts: tuple[Text, ...], path: str) -> tuple[Gate, ...]:
        own: list[Problem] = []
        gates = read_gates(texts, own)
        self.problems.extend(Problem(problem.place, path, problem.message) for problem in own)
        self.problems.extend(unreadable(gates, self.path, path))
        return gates

    def _objectives(self) -> tuple[Objective, ...]:
        texts, searches = self.form.objectives, self.form.design == "search"
        if texts and not searches:
            self.problems.append(
                Problem(texts[0].place, "objectives", "only a search has objectives; write design: search")
            )
        if not texts and searches:
            due_ = "missing: what to search for, like [mean(unserved), worst(lowest_runway)]"
            self._wrong(self.tree, "objectives", due_)
        objectives = [read_objective(text, self.problems) for text in texts]
        return tuple(objective for objective in objectives if objective is not None)

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))


def _short(file: Path) -> Path:
    """The file as seen from here, if it lies below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
