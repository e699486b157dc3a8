"""Reads a file of policies, written as in a sweep, and by what they are to be regretted:

policies: [{name: careful, set: {procurement.reserve: 15 months}}, {name: as is}]
measure: unserved                    # train_short, if left out
weights: {baseline: 3, stall: 1}     # by scenario; alike, if left out
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from sim.errors import InputError, Problem
from sim.language.forms import FormReader, ReadBy, due
from sim.language.yaml_nodes import Node, flow, read_file, suggestion
from sim.measures.measures import Measure, MeasureForm, measure
from sim.scenario.reading.renewed import renewed
from sim.scenario.scenario import Scenario, TextForm
from sim.template.variation import Setting, misfits, read_setting, target_of

USUAL = "train_short"
"""The measure, if the file names none."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Levers set together under a name."""

    name: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """A policy as it is written."""

    name: TextForm = due("the `name` of the policy")
    why: str = ""
    set: Node | None = None


def _weight(node: Node, path: str, problems: list[Problem]) -> float | None:
    if isinstance(node.value, float) and node.value >= 0.0:
        return node.value
    problems.append(Problem(node.place, path, f"expected a number from 0 on, got {flow(node)}"))
    return None


@dataclass(frozen=True, slots=True)
class _File:
    policies: tuple[PolicyForm, ...] = ()
    measure: MeasureForm = measure(USUAL)
    weights: dict[str, Annotated[float, ReadBy(_weight)]] | None = None


def known(scenario: Scenario, path: str, node: Node, where: str, problems: list[Problem]) -> bool:
    """Whether a scenario has this parameter; if not, a problem is noted at `where`."""
    own: list[Problem] = []
    is_known = target_of(scenario, path, node, own) is not None
    problems.extend(Problem(problem.place, where, problem.message) for problem in own)
    return is_known


def read_policies(
    forms: tuple[PolicyForm, ...], scenarios: Mapping[str, Scenario], problems: list[Problem]
) -> tuple[Policy, ...]:
    """Levers set together under a name; each name stands once."""
    names = [form.name.text for form in forms]
    for i, form in enumerate(forms):
        if form.name.text in names[:i]:
            problems.append(Problem(form.name.place, f"policies[{i}].name", f"duplicate policy `{form.name.text}`"))
    return tuple(
        Policy(form.name.text, tuple(_settings(form.set, f"policies[{i}].set", scenarios, problems)))
        for i, form in enumerate(forms)
    )


def _settings(
    node: Node | None, where: str, scenarios: Mapping[str, Scenario], problems: list[Problem]
) -> Iterator[Setting]:
    if node is not None and not node.mapping:
        problems.append(Problem(node.place, where, f"{flow(node)} sets nothing; write {{path: value}}"))
    for path, child in node.mapping.items() if node else ():
        if scenarios and all(known(each, path, child, where, problems) for each in scenarios.values()):
            first = next(iter(scenarios.values()))
            if (setting := read_setting(first, path, child, problems)) is not None:
                yield setting


@dataclass(frozen=True)
class Policies:
    """What is compared by regret; a weight for each scenario."""

    policies: tuple[Policy, ...]
    measure: Measure
    weights: dict[str, float]


def read_policy_file(path: Path, scenarios: Mapping[str, Scenario]) -> Policies:
    """The policies of a file, for scenarios by their ids. Raises InputError with every problem found."""
    tree = renewed(read_file(path))
    problems: list[Problem] = []
    form = FormReader(problems).form(_File, tree)
    if form is None:
        raise InputError(problems)
    if not tree.mapping.get("policies", tree).items:
        place = tree.mapping.get("policies", tree).place
        problems.append(Problem(place, "policies", "write policies: [{name: careful, set: {path: value}}]"))
    policies = read_policies(form.policies, scenarios, problems)
    if not problems:
        each = [(scenario, policy) for policy in policies for scenario in scenarios.values()]
        problems += dict.fromkeys(problem for one, policy in each for problem in misfits(one, policy.settings))
    weights = dict.fromkeys(scenarios, 1.0)
    if form.weights is not None:
        weights = {name: form.weights.get(name, 0.0) for name in scenarios}
        problems += _misweighed(tree.mapping["weights"], weights)
    if problems:
        raise InputError(problems)
    return Policies(policies, form.measure, weights)


def _misweighed(node: Node, weights: dict[str, float]) -> Iterator[Problem]:
    """Weights of scenarios that are not compared, and weights that add up to nothing."""
    if not node.mapping:
        yield Problem(node.place, "weights", f"{flow(node)} weighs nothing; write {{baseline: 3, stall: 1}}")
    elif not any(weights.values()):
        yield Problem(node.place, "weights", "not all weights can be zero")
    for name, child in node.mapping.items():
        if name not in weights:
            hint = suggestion(name, list(weights))
            yield Problem(child.place, f"weights.{name}", f"no scenario `{name}` is compared{hint}")
