"""Reads a sweep: every problem at once, with file, line and column."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, visible
from sim.findings.policies import Policy, read_policies, unknown
from sim.language.bounds import MOST_FUTURES, MOST_POINTS
from sim.language.yaml_nodes import Node, bare_text, flow, neighbour, read_file, suggestion
from sim.measures.gate_language import Gate, read_gates, unreadable
from sim.measures.measures import MEASURES, Measure
from sim.scenario.checking.across import paths_across
from sim.scenario.reading.files import named_file
from sim.scenario.scenario import Scenario, Text, other_days
from sim.studies.sweep import designs
from sim.studies.sweep.factors import FactorReader
from sim.studies.sweep.objectives import Objective, read_objective
from sim.studies.sweep.plan import Factor, Sweep
from sim.template.variation import misfits

KEYS = (
    "name",
    "why",
    "scenarios",
    "futures",
    "seed",
    "design",
    "points",
    "factors",
    "policies",
    "measures",
    "target",
    "gates",
    "objectives",
)
OF_SWEEPS = ("policies", "measures", "target")
"""Keys that mean nothing to a search."""

FUTURES = 200
"""Futures of each point, if the file does not say."""

LAST_SEED = 2**32 - 1
"""The highest that a search can be seeded with."""

Load = Callable[[Path], Scenario]


def read_sweep(path: Path, load: Load) -> Sweep:
    """The sweep in a file; `load` reads its scenarios. Raises InputError with every problem found."""
    reader = _Reader(read_file(path), path, load)
    found = reader.sweep()
    if not reader.problems:
        reader.problems += _misfits(found)
    if reader.problems:
        raise InputError(reader.problems)
    return found


def _misfits(sweep: Sweep) -> Iterator[Problem]:
    """Values of points that do not fit together, each place once. A search makes its points as it goes."""
    read = {name: paths_across(scenario.values) for name, scenario in sweep.scenarios.items()}
    told: set[tuple[Any, ...]] = set()
    for point in sweep.points() if sweep.design != "search" else ():
        settings = tuple(setting for setting in point.settings if setting.path in read[point.scenario])
        key = (point.scenario, *((setting.path, setting.text) for setting in settings))
        if settings and key not in told:
            told.add(key)
            for problem in misfits(sweep.scenarios[point.scenario], settings):
                if (problem.place, problem.path) not in told:
                    told.add((problem.place, problem.path))
                    yield problem


@dataclass
class ScenariosReader:
    """Loads the scenarios that a study varies; they have the same days."""

    path: Path
    load: Load
    problems: list[Problem]
    scenarios: dict[str, Scenario] = field(default_factory=dict)

    def read(self, tree: Node, items: list[Node]) -> dict[str, Scenario]:
        """By name of the file; those that cannot be read are noted."""
        if not items:
            self._wrong(tree, "missing: the scenarios to vary, like [../baseline.yaml]")
        for item in items:
            self._one(item)
        return self.scenarios

    def _one(self, item: Node) -> None:
        text = bare_text(item)
        try:
            file = named_file(text, self.path)
        except ValueError as error:
            self._wrong(item, str(error))
            return
        if visible(file.stem) in self.scenarios:
            self._wrong(item, f"`{file.stem}` stands here twice")
        elif not file.is_file():
            self._wrong(item, f"no such file: {text}{neighbour(file, text)}")
        else:
            self._loaded(file, item)

    def _loaded(self, file: Path, item: Node) -> None:
        try:
            found = self.load(_short(file))
        except InputError as error:
            self.problems.extend(error.problems)
            return
        if apart := other_days(next(iter(self.scenarios.values()), found), found):
            self._wrong(item, f"{apart}; what is compared has the same days")
            return
        self.scenarios[visible(file.stem)] = found

    def _wrong(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.place, "scenarios", message))


@dataclass
class _Reader:
    """One file. What cannot be read is noted, and something harmless stands in for it."""

    tree: Node
    path: Path
    load: Load
    problems: list[Problem] = field(default_factory=list)
    scenarios: dict[str, Scenario] = field(default_factory=dict)

    def sweep(self) -> Sweep:
        """All of it."""
        if not isinstance(self.tree.value, dict):
            self._wrong(self.tree, "", "a sweep is a mapping of keys to values")
        self._unknown(self.tree, "", KEYS)
        self.scenarios = ScenariosReader(self.path, self.load, self.problems).read(self.tree, self._items("scenarios"))
        design = self._design()
        self._of_no_use(design)
        size = self._size(design)
        factors = self._factors(design)
        targets = self._gates([self.tree.mapping["target"]] if "target" in self.tree.mapping else [], "target")
        return Sweep(
            self.path,
            self._text("name") or self.path.stem,
            self._text("why"),
            self.scenarios,
            self._whole("futures", FUTURES, MOST_FUTURES),
            self._whole("seed", 1, LAST_SEED),
            design,
            size,
            factors,
            read_policies(self._items("policies"), self.scenarios, self.problems) or (Policy("", ()),),
            self._measures(),
            targets[0] if targets else None,
            self._gates(self._items("gates"), "gates"),
            self._objectives(design),
        )

    def _of_no_use(self, design: str) -> None:
        """Notes what a sweep has and a search has not."""
        for key in OF_SWEEPS:
            if design == "search" and key in self.tree.mapping:
                place = self.tree.mapping[key].key_place
                self.problems.append(Problem(place, key, "a search has none; it has objectives, and gates to keep"))

    def _design(self) -> Any:
        node = self.tree.mapping.get("design")
        known = [*designs.LEVELLED, *designs.DRAWN]
        if node is None:
            return "grid"
        if node.value not in known:
            self._wrong(node, "design", f"`{flow(node)}` is none of {', '.join(known)}{suggestion(flow(node), known)}")
            return "grid"
        return node.value

    def _size(self, design: str) -> int:
        node = self.tree.mapping.get("points")
        if design in designs.LEVELLED:
            if node is not None:
                self._wrong(node, "points", f"a {design} has as many points as its factors' values make")
            return 0
        if node is None:
            self._wrong(self.tree, "points", f"missing: how many points the {design} has, like 64")
            return 1
        size = self._whole("points", 1, MOST_POINTS)
        if design == "sobol" and not designs.is_power_of_two(size):
            near = 2 ** round(math.log2(max(size, 1)))
            self._wrong(node, "points", f"a Sobol sequence is balanced for powers of two only; write {near}")
        return size

    def _factors(self, design: str) -> tuple[Factor, ...]:
        items = self._items("factors")
        if "factors" not in self.tree.mapping:
            self._wrong(self.tree, "factors", "missing: what varies, like [{path: capital.talks.size, values: [...]}]")
        if not self.scenarios:
            return ()
        factors = FactorReader(self.scenarios, design, self.problems).read(items)
        sizes = [len(factor.levels) for factor in factors]
        if design == "list" and len(set(sizes)) > 1:
            self._wrong(self.tree.mapping["factors"], "factors", f"a list pairs values one by one; here are {sizes}")
        if design == "grid" and math.prod(sizes) > MOST_POINTS:
            self._wrong(
                self.tree.mapping["factors"], "factors", f"{math.prod(sizes):,} points; at most {MOST_POINTS:,}"
            )
        return factors

    def _measures(self) -> tuple[Measure, ...]:
        named: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}
        found = []
        for item in self._items("measures"):
            name = bare_text(item)
            if name in named:
                found.append(named[name])
            else:
                self._wrong(item, "measures", f"no measure `{name}`{suggestion(name, list(named))}")
        if found:
            return tuple(found)
        leading = {text.text for scenario in self.scenarios.values() for text in scenario.measures}
        return tuple(measure for measure in MEASURES if measure.name in leading) or MEASURES[:1]

    def _gates(self, items: list[Node], path: str) -> tuple[Gate, ...]:
        own: list[Problem] = []
        gates = read_gates(tuple(Text(bare_text(item), item.place) for item in items), own)
        self.problems.extend(Problem(problem.place, path, problem.message) for problem in own)
        self.problems.extend(unreadable(gates, self.path, path))
        return gates

    def _objectives(self, design: str) -> tuple[Objective, ...]:
        items = self._items("objectives")
        if items and design != "search":
            self._wrong(items[0], "objectives", "only a search has objectives; write design: search")
        if not items and design == "search":
            self._wrong(
                self.tree, "objectives", "missing: what to search for, like [mean(unserved), worst(lowest_runway)]"
            )
        found = [read_objective(Text(bare_text(item), item.place), self.problems) for item in items]
        return tuple(objective for objective in found if objective is not None)

    def _items(self, key: str) -> list[Node]:
        node = self.tree.mapping.get(key)
        if node is not None and node.value is not None and not isinstance(node.value, list):
            self._wrong(node, key, "a list is due")
        return node.items if node else []

    def _text(self, key: str) -> str:
        node = self.tree.mapping.get(key)
        return bare_text(node) if node else ""

    def _whole(self, key: str, usual: int, most: int) -> int:
        node = self.tree.mapping.get(key)
        if node is None:
            return usual
        if not isinstance(node.value, float) or node.value != math.floor(node.value) or not 1 <= node.value <= most:
            self._wrong(node, key, f"a whole number from 1 to {most:,} is due")
            return usual
        return int(node.value)

    def _unknown(self, node: Node, path: str, due: tuple[str, ...]) -> None:
        unknown(node, path, due, self.problems)

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))


def _short(file: Path) -> Path:
    """The file as seen from here, if it lies below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
