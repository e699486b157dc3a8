"""Reads a file of policies, written as in a sweep, and by what they are to be regretted:

policies: [{name: careful, set: {procurement.reserve: 15 months}}, {name: as is}]
measure: unserved                    # train_short, if left out
weights: {baseline: 3, stall: 1}     # by scenario; alike, if left out
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import InputError, Problem
from sim.language.yaml_nodes import Node, bare_text, flow, read_file, suggestion
from sim.measures.measures import Measure, measure
from sim.scenario.scenario import Scenario
from sim.template.variation import Setting, misfits, read_setting, target_of

KEYS = ("policies", "measure", "weights")
USUAL = "train_short"
"""The measure, if the file names none."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Levers set together under a name."""

    name: str
    settings: tuple[Setting, ...]


POLICY_KEYS = ("name", "why", "set")


def known(scenario: Scenario, path: str, node: Node, where: str, problems: list[Problem]) -> bool:
    """Whether a scenario has this parameter; if not, a problem is noted at `where`."""
    own: list[Problem] = []
    found = target_of(scenario, path, node, own) is not None
    problems.extend(Problem(problem.place, where, problem.message) for problem in own)
    return found


def unknown(node: Node, path: str, due: tuple[str, ...], problems: list[Problem]) -> None:
    """Notes every key that may not stand here."""
    for key, child in node.mapping.items():
        if key not in due:
            where = f"{path}.{key}".lstrip(".")
            problems.append(Problem(child.key_place, where, f"unknown key{suggestion(key, due)}"))


def read_policies(items: list[Node], scenarios: Mapping[str, Scenario], problems: list[Problem]) -> tuple[Policy, ...]:
    """Levers set together under a name; each name stands once."""
    found = [_policy(item, f"policies[{i}]", scenarios, problems) for i, item in enumerate(items)]
    names = [policy.name for policy in found]
    for i, (item, name) in enumerate(zip(items, names, strict=True)):
        if name in names[:i]:
            problems.append(Problem(item.place, f"policies[{i}]", f"`{name}` stands here twice"))
    return tuple(found)


def _policy(item: Node, where: str, scenarios: Mapping[str, Scenario], problems: list[Problem]) -> Policy:
    unknown(item, where, POLICY_KEYS, problems)
    name = bare_text(item.mapping["name"]) if "name" in item.mapping else ""
    if not name:
        problems.append(Problem(item.place, where, "a policy has a `name`"))
    settings = []
    changes = item.mapping["set"].mapping if "set" in item.mapping else {}
    if not changes and "set" in item.mapping:
        node = item.mapping["set"]
        problems.append(Problem(node.place, f"{where}.set", f"{flow(node)} sets nothing; write {{path: value}}"))
    for path, node in changes.items():
        if scenarios and all(known(each, path, node, f"{where}.set", problems) for each in scenarios.values()):
            first = next(iter(scenarios.values()))
            if (setting := read_setting(first, path, node, problems)) is not None:
                settings.append(setting)
    return Policy(name, tuple(settings))


@dataclass(frozen=True)
class Policies:
    """What is compared by regret; a weight for each scenario."""

    policies: tuple[Policy, ...]
    measure: Measure
    weights: dict[str, float]


def read_policy_file(path: Path, scenarios: Mapping[str, Scenario]) -> Policies:
    """The policies of a file, for scenarios by their ids. Raises InputError with every problem found."""
    reader = _Reader(read_file(path), scenarios)
    found = Policies(reader.policies(), reader.measure(), reader.weights())
    if reader.problems:
        raise InputError(reader.problems)
    return found


@dataclass
class _Reader:
    """One file. What cannot be read is noted, and something harmless stands in for it."""

    tree: Node
    scenarios: Mapping[str, Scenario]
    problems: list[Problem] = field(default_factory=list)

    def policies(self) -> tuple[Policy, ...]:
        unknown(self.tree, "", KEYS, self.problems)
        node = self.tree.mapping.get("policies", self.tree)
        if not node.items:
            self._wrong(node, "policies", "write policies: [{name: careful, set: {path: value}}]")
        found = read_policies(node.items, self.scenarios, self.problems)
        if not self.problems:
            each = [(scenario, policy) for policy in found for scenario in self.scenarios.values()]
            self.problems += dict.fromkeys(problem for one, policy in each for problem in misfits(one, policy.settings))
        return found

    def measure(self) -> Measure:
        node = self.tree.mapping.get("measure")
        try:
            return measure(bare_text(node) if node else USUAL)
        except KeyError as error:
            assert node is not None
            self._wrong(node, "measure", str(error.args[0]))
            return measure(USUAL)

    def weights(self) -> dict[str, float]:
        node = self.tree.mapping.get("weights")
        if node is None:
            return dict.fromkeys(self.scenarios, 1.0)
        if not node.mapping:
            self._wrong(node, "weights", f"{flow(node)} weighs nothing; write {{baseline: 3, stall: 1}}")
        found = {name: self._weight(name, weight) for name, weight in node.mapping.items()}
        weights = {name: found.get(name, 0.0) for name in self.scenarios}
        if not self.problems and sum(weights.values()) <= 0.0:
            self._wrong(node, "weights", "not all weights can be zero")
        return weights

    def _weight(self, name: str, node: Node) -> float:
        if name not in self.scenarios:
            message = f"no scenario `{name}` is compared{suggestion(name, list(self.scenarios))}"
            self._wrong(node, f"weights.{name}", message)
        if not isinstance(node.value, float) or node.value < 0.0:
            self._wrong(node, f"weights.{name}", "a number from 0 on is due")
            return 0.0
        return node.value

    def _wrong(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(node.place, path, message))
