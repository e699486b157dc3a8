"""Reads the factors of a sweep: what varies, and between or through which values."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import Problem
from sim.findings.policies import known, unknown
from sim.language.bounds import MOST_POINTS
from sim.language.declarations import Moment, Quantity
from sim.language.values import NumberReader, shown
from sim.language.yaml_nodes import Node, bare_text, parse
from sim.scenario.scenario import Scenario
from sim.studies.sweep import designs
from sim.studies.sweep.plan import Factor
from sim.template.variation import Setting, read_setting

KEYS = ("path", "paths", "name", "values", "between", "steps")


@dataclass
class FactorReader:
    """Reads the factors of one design, for scenarios of which there is at least one."""

    scenarios: Mapping[str, Scenario]
    design: str
    problems: list[Problem]
    room: int = MOST_POINTS
    """Values that the next factor may have, so that a grid keeps its bound."""

    def read(self, items: list[Node]) -> tuple[Factor, ...]:
        """Every factor that can be read; what is wrong with the others is noted."""
        found = [self._factor(item, f"factors[{i}]") for i, item in enumerate(items)]
        factors = tuple(factor for factor in found if factor is not None)
        self._overlaps(items, factors)
        return factors

    @property
    def _first(self) -> Scenario:
        return next(iter(self.scenarios.values()))

    def _overlaps(self, items: list[Node], factors: tuple[Factor, ...]) -> None:
        seen: set[str] = set()
        for item, factor in zip(items, factors, strict=False):
            for path in factor.paths:
                if path in seen:
                    self._wrong(item, "factors", f"`{path}` is varied twice")
                seen.add(path)

    def _factor(self, item: Node, where: str) -> Factor | None:
        unknown(item, where, KEYS, self.problems)
        paths = self._paths(item, where)
        name = bare_text(item.mapping["name"]) if "name" in item.mapping else (paths[0] if paths else "")
        if not paths:
            return None
        if self.design in designs.DRAWN:
            return self._drawn(item, where, name, paths)
        nodes = self._levels(item, where, paths[0])
        levels = [self._level(node, paths) for node in nodes]
        if self.design == "grid":
            self.room //= max(1, len(levels))
        return Factor(name, paths, tuple(level for level in levels if level is not None)) if nodes else None

    def _paths(self, item: Node, where: str) -> tuple[str, ...]:
        node = item.mapping.get("path") or item.mapping.get("paths")
        if "path" in item.mapping and "paths" in item.mapping:
            self._wrong(item, where, "write `path` for one parameter or `paths` for several, not both")
        if node is None:
            self._wrong(item, where, "missing: the `path` of the parameter that varies")
            return ()
        found = []
        for each in node.items or [node]:
            path = bare_text(each)
            if all(known(scenario, path, each, f"{where}.path", self.problems) for scenario in self.scenarios.values()):
                found.append(path)
        return tuple(found) if len(found) == len(node.items or [node]) else ()

    def _levels(self, item: Node, where: str, path: str) -> list[Node]:
        if "values" in item.mapping:
            for key in ("between", "steps"):
                if key in item.mapping:
                    self._wrong(
                        item.mapping[key], f"{where}.{key}", "`values` stand here already; write one or the other"
                    )
            if not item.mapping["values"].items:
                self._wrong(item.mapping["values"], f"{where}.values", "a list of values is due")
            return item.mapping["values"].items
        ends = self._ends(item, where, path)
        if ends is None and "between" in item.mapping:
            return []
        if ends is None or "steps" not in item.mapping:
            self._wrong(item, where, "write values: [...], or between: [from, to] with steps: 5")
            return []
        steps = self._steps(item.mapping["steps"], where)
        scenario = self._first
        field_ = scenario.values[path].field
        numbers = [ends[0] + (ends[1] - ends[0]) * i / (steps - 1) for i in range(steps)]
        return [parse(shown(number, field_, scenario.start), item.place.file) for number in numbers]

    def _steps(self, node: Node, where: str) -> int:
        if isinstance(node.value, float) and node.value in range(2, MOST_POINTS + 1):
            if node.value <= self.room:
                return int(node.value)
            self._wrong(node, f"{where}.steps", f"with the factors above, more than {MOST_POINTS:,} points")
            return 2
        self._wrong(node, f"{where}.steps", f"a whole number from 2 to {MOST_POINTS:,} is due")
        return 2

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
            return None if ends is None else Factor(name, paths, (), *ends, item)
        for scenario in self.scenarios.values():
            for path in paths:
                if scenario.values[path].certain or not hasattr(scenario.values[path].spec, "ppf"):
                    self._wrong(
                        item, where, f"`{path}` has no distribution in {scenario.name}; write between: [from, to]"
                    )
                    return None
        return Factor(name, paths, node=item)

    def _ends(self, item: Node, where: str, path: str) -> tuple[float, float] | None:
        node = item.mapping.get("between")
        if node is None:
            return None
        if len(node.items) != 2:
            self._wrong(node, f"{where}.between", "write between: [from, to]")
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

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))
