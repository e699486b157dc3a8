"""Reads the factors of a sweep: what varies, and between or through which values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from sim.errors import Problem
from sim.findings.policies import known
from sim.language.bounds import MOST_POINTS
from sim.language.declarations import Moment, Quantity
from sim.language.forms import Between, FormReader
from sim.language.values import NumberReader, shown
from sim.language.yaml_nodes import Node, bare_text, parse
from sim.scenario.scenario import Scenario
from sim.studies.sweep.plan import DRAWN, Factor
from sim.template.variation import Setting, read_setting


@dataclass(frozen=True, slots=True)
class FactorForm:
    """The keys of a factor."""

    path: Node | None = None
    paths: Node | None = None
    name: str = ""
    values: Node | None = None
    between: Node | None = None
    steps: Annotated[int, Between(2, MOST_POINTS)] | None = None


@dataclass
class FactorReader:
    """Reads the factors of one design, for scenarios of which there is at least one."""

    scenarios: Mapping[str, Scenario]
    design: str
    problems: list[Problem]
    room: int = MOST_POINTS
    """Values that the next factor may have, so that a grid keeps its bound."""

    def read(self, items: Sequence[Node]) -> tuple[Factor, ...]:
        """Every factor that can be read; what is wrong with the others is noted."""
        readable = [self._factor(item, f"factors[{i}]") for i, item in enumerate(items)]
        factors = tuple(factor for factor in readable if factor is not None)
        self._overlaps(items, factors)
        return factors

    @property
    def _first(self) -> Scenario:
        return next(iter(self.scenarios.values()))

    def _overlaps(self, items: Sequence[Node], factors: tuple[Factor, ...]) -> None:
        seen: set[str] = set()
        for item, factor in zip(items, factors, strict=False):
            for path in factor.paths:
                if path in seen:
                    self._wrong(item, "factors", f"`{path}` is varied twice")
                seen.add(path)

    def _factor(self, item: Node, where: str) -> Factor | None:
        form = FormReader(self.problems).form(FactorForm, item, where)
        paths = self._paths(form, item, where) if form else ()
        if form is None or not paths:
            return None
        name = form.name or paths[0]
        if self.design in DRAWN:
            return self._drawn(form, item, where, name, paths)
        nodes = self._levels(form, item, where, paths[0])
        levels = [self._level(node, paths) for node in nodes]
        if self.design == "grid":
            self.room //= max(1, len(levels))
        return Factor(name, paths, tuple(level for level in levels if level is not None)) if nodes else None

    def _paths(self, form: FactorForm, item: Node, where: str) -> tuple[str, ...]:
        if form.path and form.paths:
            self._wrong(item, where, "write `path` for one parameter or `paths` for several, not both")
        node = form.path or form.paths
        if node is None:
            self._wrong(item, where, "missing: the `path` of the parameter that varies")
            return ()
        paths = []
        for each in node.items or [node]:
            path = bare_text(each)
            if all(known(scenario, path, each, f"{where}.path", self.problems) for scenario in self.scenarios.values()):
                paths.append(path)
        return tuple(paths) if len(paths) == len(node.items or [node]) else ()

    def _levels(self, form: FactorForm, item: Node, where: str, path: str) -> list[Node]:
        if form.values is not None:
            for key in ("between", "steps"):
                if key in item.mapping:
                    message = "`values` stand here already; write one or the other"
                    self._wrong(item.mapping[key], f"{where}.{key}", message)
            if not form.values.items:
                self._wrong(form.values, f"{where}.values", "expected a list of values")
            return form.values.items
        ends = self._ends(form.between, where, path)
        if form.between is None or "steps" not in item.mapping:
            self._wrong(item, where, "write values: [...], or between: [from, to] with steps: 5")
        if ends is None or form.steps is None:
            return []
        if form.steps > self.room:
            message = f"with the factors above, more than {MOST_POINTS:,} points"
            self._wrong(item.mapping["steps"], f"{where}.steps", message)
            return []
        field, start = self._first.values[path].field, self._first.start
        numbers = [ends[0] + (ends[1] - ends[0]) * i / (form.steps - 1) for i in range(form.steps)]
        return [parse(shown(number, field, start), item.place.file) for number in numbers]

    def _level(self, node: Node, paths: tuple[str, ...]) -> tuple[Setting, ...] | None:
        """The settings of one value; declarations are the same in all scenarios, so it is read once."""
        readable = [read_setting(self._first, path, node, self.problems) for path in paths]
        settings = tuple(setting for setting in readable if setting is not None)
        return settings if len(settings) == len(paths) else None

    def _drawn(self, form: FactorForm, item: Node, where: str, name: str, paths: tuple[str, ...]) -> Factor | None:
        if form.values or "steps" in item.mapping:
            self._wrong(item, where, "a drawn design goes between two values, or through the scenario's distribution")
            return None
        if form.between:
            ends = self._ends(form.between, where, paths[0])
            return None if ends is None else Factor(name, paths, (), *ends, item)
        for scenario in self.scenarios.values():
            for path in paths:
                if scenario.values[path].certain or not hasattr(scenario.values[path].spec, "ppf"):
                    self._wrong(
                        item, where, f"`{path}` has no distribution in {scenario.name}; write between: [from, to]"
                    )
                    return None
        return Factor(name, paths, node=item)

    def _ends(self, node: Node | None, where: str, path: str) -> tuple[float, float] | None:
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
