"""Reads a sweep: every problem at once, with file, line and column."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem
from sim.language.located import Node, bare_text, flow, parse, read_file, suggestion
from sim.language.section import Moment, Quantity
from sim.language.values import NumberReader, shown
from sim.scenario.scenario import Scenario, Text
from sim.scenario.variation import Setting, read_setting, target_of
from sim.study import designs
from sim.study.gate_language import Gate, read_gates
from sim.study.measures import MEASURES, Measure
from sim.study.sweep import Factor, Policy, Sweep

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
)
FACTOR_KEYS = ("path", "paths", "name", "values", "between", "steps")
POLICY_KEYS = ("name", "why", "set")
FUTURES = 200
"""Futures of each point, if the file does not say."""
MOST_POINTS = 100_000

Load = Callable[[Path], Scenario]


def read_sweep(path: Path, load: Load) -> Sweep:
    """The sweep in a file; `load` reads its scenarios. Raises InputError with every problem found."""
    reader = _Reader(read_file(path), path, load)
    found = reader.sweep()
    if reader.problems:
        raise InputError(reader.problems)
    return found


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
        self._scenarios()
        design = self._design()
        size = self._size(design)
        factors = self._factors(design)
        targets = self._gates([self.tree.mapping["target"]] if "target" in self.tree.mapping else [], "target")
        return Sweep(
            self.path,
            self._text("name") or self.path.stem,
            self._text("why"),
            self.scenarios,
            self._whole("futures", FUTURES),
            self._whole("seed", 1),
            design,
            size,
            factors,
            self._policies(),
            self._measures(),
            targets[0] if targets else None,
            self._gates(self._items("gates"), "gates"),
        )

    def _scenarios(self) -> None:
        items = self._items("scenarios")
        if not items:
            self._wrong(self.tree, "scenarios", "missing: the scenarios to vary, like [../baseline.yaml]")
        for item in items:
            file = (self.path.parent / bare_text(item)).resolve()
            name = file.stem
            if name in self.scenarios:
                self._wrong(item, "scenarios", f"`{name}` stands here twice")
                continue
            if not file.is_file():
                known = sorted(other.name for other in file.parent.glob("*.yaml"))
                self._wrong(item, "scenarios", f"no such file: {bare_text(item)}{suggestion(file.name, known)}")
                continue
            self._loaded(name, file, item)

    def _loaded(self, name: str, file: Path, item: Node) -> None:
        try:
            found = self.load(_short(file))
        except InputError as error:
            self.problems.extend(error.problems)
            return
        if self.scenarios and found.start != self._first.start:
            self._wrong(
                item, "scenarios", f"begins on {found.start}, not on {self._first.start}; luck is shared by day"
            )
            return
        self.scenarios[name] = found

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
        size = self._whole("points", 1)
        if design == "sobol" and not designs.is_power_of_two(size):
            near = 2 ** round(math.log2(max(size, 1)))
            self._wrong(node, "points", f"a Sobol sequence is balanced for powers of two only; write {near}")
        return size

    def _factors(self, design: str) -> tuple[Factor, ...]:
        items = self._items("factors")
        if not items and "factors" not in self.tree.mapping:
            self._wrong(self.tree, "factors", "missing: what varies, like [{path: capital.talks.size, values: [...]}]")
        if not self.scenarios:
            return ()
        found = [self._factor(item, f"factors[{i}]", design) for i, item in enumerate(items)]
        factors = tuple(factor for factor in found if factor is not None)
        self._overlaps(items, factors)
        sizes = [len(factor.levels) for factor in factors]
        if design == "list" and len(set(sizes)) > 1:
            self._wrong(self.tree.mapping["factors"], "factors", f"a list pairs values one by one; here are {sizes}")
        if design == "grid" and math.prod(sizes) > MOST_POINTS:
            self._wrong(
                self.tree.mapping["factors"], "factors", f"{math.prod(sizes):,} points; at most {MOST_POINTS:,}"
            )
        return factors

    def _overlaps(self, items: list[Node], factors: tuple[Factor, ...]) -> None:
        seen: set[str] = set()
        for item, factor in zip(items, factors, strict=False):
            for path in factor.paths:
                if path in seen:
                    self._wrong(item, "factors", f"`{path}` is varied twice")
                seen.add(path)

    def _factor(self, item: Node, where: str, design: str) -> Factor | None:
        self._unknown(item, where, FACTOR_KEYS)
        paths = self._paths(item, where)
        name = bare_text(item.mapping["name"]) if "name" in item.mapping else (paths[0] if paths else "")
        if not paths:
            return None
        if design in designs.DRAWN:
            return self._drawn(item, where, name, paths)
        nodes = self._levels(item, where, paths[0])
        levels = [self._level(node, paths) for node in nodes]
        return Factor(name, paths, tuple(level for level in levels if level is not None)) if nodes else None

    @property
    def _first(self) -> Scenario:
        return next(iter(self.scenarios.values()))

    def _paths(self, item: Node, where: str) -> tuple[str, ...]:
        node = item.mapping.get("path") or item.mapping.get("paths")
        if node is None:
            self._wrong(item, where, "missing: the `path` of the parameter that varies")
            return ()
        found = []
        for each in node.items or [node]:
            path = bare_text(each)
            if all(self._known(scenario, path, each, where) for scenario in self.scenarios.values()):
                found.append(path)
        return tuple(found) if len(found) == len(node.items or [node]) else ()

    def _known(self, scenario: Scenario, path: str, node: Node, where: str) -> bool:
        own: list[Problem] = []
        known = target_of(scenario, path, node, own) is not None
        self.problems.extend(Problem(problem.place, f"{where}.path", problem.message) for problem in own)
        return known

    def _levels(self, item: Node, where: str, path: str) -> list[Node]:
        if "values" in item.mapping:
            if not item.mapping["values"].items:
                self._wrong(item.mapping["values"], f"{where}.values", "a list of values is due")
            return item.mapping["values"].items
        ends = self._ends(item, where, path)
        steps = item.mapping.get("steps")
        if ends is None or steps is None or not isinstance(steps.value, float) or steps.value < 2:
            self._wrong(item, where, "write values: [...], or between: [from, to] with steps: 5")
            return []
        scenario = self._first
        field_ = scenario.values[path].field
        numbers = [ends[0] + (ends[1] - ends[0]) * i / (steps.value - 1) for i in range(int(steps.value))]
        return [parse(shown(number, field_, scenario.start), item.place.file) for number in numbers]

    def _level(self, node: Node, paths: tuple[str, ...]) -> tuple[Setting, ...] | None:
        """The settings of one value; declarations are the same in all scenarios, so it is read once."""
        found = [read_setting(self._first, path, node, self.problems) for path in paths]
        settings = tuple(setting for setting in found if setting is not None)
        return settings if len(settings) == len(paths) else None

    def _drawn(self, item: Node, where: str, name: str, paths: tuple[str, ...]) -> Factor | None:
        if "values" in item.mapping or "steps" in item.mapping:
            self._wrong(item, where, "a drawn design goes between two values, or through the scenario's distribution")
            return None
        if "between" in item.mapping:
            ends = self._ends(item, where, paths[0])
            return None if ends is None else Factor(name, paths, (), *ends)
        for scenario in self.scenarios.values():
            for path in paths:
                if scenario.values[path].certain or not hasattr(scenario.values[path].spec, "ppf"):
                    self._wrong(
                        item, where, f"`{path}` has no distribution in {scenario.name}; write between: [from, to]"
                    )
                    return None
        return Factor(name, paths)

    def _ends(self, item: Node, where: str, path: str) -> tuple[float, float] | None:
        node = item.mapping.get("between")
        if node is None or len(node.items) != 2:
            return None
        scenario = self._first
        declared = scenario.values[path].field
        if not isinstance(declared.kind, Quantity | Moment):
            self._wrong(node, f"{where}.between", "only numbers and dates lie between others; write values: [...]")
            return None
        reader = NumberReader(declared, f"{where}.between", scenario.start, self.problems)
        ends = [reader.number(end) for end in node.items]
        if ends[0] is None or ends[1] is None:
            return None
        if ends[0] >= ends[1]:
            self._wrong(node, f"{where}.between", "the second is not above the first")
            return None
        return ends[0], ends[1]

    def _policies(self) -> tuple[Policy, ...]:
        found = [self._policy(item, f"policies[{i}]") for i, item in enumerate(self._items("policies"))]
        return tuple(found) or (Policy("", ()),)

    def _policy(self, item: Node, where: str) -> Policy:
        self._unknown(item, where, POLICY_KEYS)
        name = bare_text(item.mapping["name"]) if "name" in item.mapping else ""
        if not name:
            self._wrong(item, where, "a policy has a `name`")
        settings = []
        changes = item.mapping.get("set")
        for path, node in (changes.mapping if changes and self.scenarios else {}).items():
            for scenario in self.scenarios.values():
                self._known(scenario, path, node, f"{where}.set")
            if path in self._first.values and (setting := read_setting(self._first, path, node, self.problems)):
                settings.append(setting)
        return Policy(name, tuple(settings))

    def _measures(self) -> tuple[Measure, ...]:
        known: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}
        found = []
        for item in self._items("measures"):
            name = bare_text(item)
            if name in known:
                found.append(known[name])
            else:
                self._wrong(item, "measures", f"no measure `{name}`{suggestion(name, list(known))}")
        if found:
            return tuple(found)
        leading = {text.text for scenario in self.scenarios.values() for text in scenario.measures}
        return tuple(measure for measure in MEASURES if measure.name in leading) or MEASURES[:1]

    def _gates(self, items: list[Node], path: str) -> tuple[Gate, ...]:
        own: list[Problem] = []
        gates = read_gates(tuple(Text(bare_text(item), item.place) for item in items), own)
        self.problems.extend(Problem(problem.place, path, problem.message) for problem in own)
        for item, gate in zip(items, gates, strict=False):
            against = gate.statistic.against
            if against is not None and not (self.path.parent / against).is_file():
                self._wrong(item, path, f"no such file: {against}")
        return gates

    def _items(self, key: str) -> list[Node]:
        node = self.tree.mapping.get(key)
        if node is not None and node.value is not None and not isinstance(node.value, list):
            self._wrong(node, key, "a list is due")
        return node.items if node else []

    def _text(self, key: str) -> str:
        node = self.tree.mapping.get(key)
        return bare_text(node) if node else ""

    def _whole(self, key: str, usual: int) -> int:
        node = self.tree.mapping.get(key)
        if node is None:
            return usual
        if not isinstance(node.value, float) or node.value != math.floor(node.value) or node.value < 1:
            self._wrong(node, key, "a whole number from 1 on is due")
            return usual
        return int(node.value)

    def _unknown(self, node: Node, path: str, known: list[str] | tuple[str, ...]) -> None:
        for key, child in node.mapping.items():
            if key not in known:
                where = f"{path}.{key}".lstrip(".")
                self.problems.append(Problem(child.key_place, where, f"unknown key{suggestion(key, list(known))}"))

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))


def _short(file: Path) -> Path:
    """The file as seen from here, if it lies below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
