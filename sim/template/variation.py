"""Points of a study: a scenario with some of its parameters set to other values, without reading a file again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.errors import InputError, Problem
from sim.language.declarations import Reference, Rows
from sim.language.distributions import Fixed
from sim.language.values import After, ValueReader
from sim.language.yaml_nodes import Node, bare_text, flow, suggestion
from sim.scenario.checking import validate
from sim.scenario.checking.across import is_read_across, problems_across
from sim.scenario.grammar.cells import is_whole
from sim.scenario.grammar.schema import Target
from sim.scenario.reading.provenance import Grounds
from sim.scenario.scenario import Link, Meaning, Scenario, Value
from sim.template.assemble import Template, assemble, rounded


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter and the value it is set to; `text` is how that is written, `node` where."""

    path: str
    spec: Meaning
    text: str
    node: Node | None = field(default=None, compare=False)


def target_of(scenario: Scenario, path: str, node: Node, problems: list[Problem]) -> Target | None:
    """The parameter of this path, or None with a problem noted at `node`."""
    target = scenario.values.get(path)
    if target is None:
        problems.append(Problem(node.place, path, f"no such parameter{suggestion(path, scenario.values)}"))
        return None
    if isinstance(target.field.kind, Rows):
        problems.append(Problem(node.place, path, "a list of rows cannot be set by a study; use a named override"))
        return None
    return target.target


def read_setting(scenario: Scenario, path: str, node: Node, problems: list[Problem]) -> Setting | None:
    """A parameter and its value at `node`, checked as in a scenario; None with every problem noted."""
    target = target_of(scenario, path, node, problems)
    if target is None:
        return None
    kind = target.field.kind
    if isinstance(kind, Reference):
        known = scenario.things.get(kind.table, ())
        if node.value not in known:
            message = f"no `{flow(node)}` in {kind.table}{suggestion(bare_text(node), known)}"
            problems.append(Problem(node.place, path, message))
            return None
        return Setting(path, Link(str(node.value)), str(node.value), node)
    spec = ValueReader(target.field, path, scenario.start, problems).read(node)
    return None if spec is None else Setting(path, spec, bare_text(node), node)


def varied(scenario: Scenario, settings: Sequence[Setting]) -> Scenario:
    """The scenario with these values; a correlation of what is no longer uncertain falls away.

    Raises InputError where the values do not fit together, as a file with them would.
    """
    values = dict(scenario.values)
    for setting in settings:
        target = values[setting.path].target
        values[setting.path] = Value(target, setting.spec, values[setting.path].node, Grounds())
    if any(is_read_across(scenario, setting.path) for setting in settings):
        misfitting = list(problems_across(values, scenario.things, scenario.start, scenario.end))
        if misfitting:
            raise InputError([_of_settings(problem, settings) for problem in misfitting])
    before, after = (
        {drawn.path for setting in settings for drawn in of[setting.path].inputs()} for of in (scenario.values, values)
    )
    known = before - after
    kept = tuple(pair for pair in scenario.correlations if known.isdisjoint((pair.first, pair.second)))
    return replace(scenario, values=values, correlations=kept)


def misfits(scenario: Scenario, settings: Sequence[Setting]) -> list[Problem]:
    """Why `varied` would refuse these values; nothing where they fit together."""
    try:
        varied(scenario, settings)
    except InputError as refused:
        return refused.problems
    return []


def _of_settings(problem: Problem, settings: Sequence[Setting]) -> Problem:
    """A problem of a variation, at the setting that it is about, or the first that has a place."""
    written = [setting for setting in settings if setting.node is not None]
    about = [setting for setting in written if setting.path == problem.path] or written
    place = about[0].node.place if about and about[0].node else problem.place
    written_settings = ", ".join(f"{setting.path}={setting.text}" for setting in settings)
    return Problem(place, problem.path, f"{problem.message} (with {written_settings})")


def lean(template: Template, lateness: float = 0.0) -> Template:
    """The same futures, ended once what they are asked for is known: their shortfalls, and how late two flagships are.

    Nothing is laid to causes in them. A flagship that is `lateness` months late is not waited for; on which day it
    comes is not known then.
    """
    record = template.layout.copied(template.record)
    record["span"]["lean"] = 1
    record["span"]["lateness"] = lateness
    return replace(template, record=record, base=template)


def varied_template(template: Template, settings: Sequence[Setting]) -> Template:
    """The template of `varied`: a few cells of a copy where that is enough, assembled anew where it is not."""
    scenario = varied(template.scenario, settings)
    if not all(_is_cell(scenario.values[setting.path]) for setting in settings):
        return replace(assemble(scenario, template.layout), base=template, allow_processes=template.allow_processes)
    changed = {setting.path for setting in settings}
    record = template.layout.copied(template.record)
    drawn = [
        (int(address), drawing)
        for address, drawing in zip(template.addresses, template.inputs, strict=False)
        if drawing.path not in changed
    ]
    for path in changed:
        value, address = scenario.values[path], template.address(path)
        fixed = isinstance(value.spec, Fixed)
        record["values"][0, address] = rounded(value.spec.value, is_whole(value.field)) if fixed else 0.0  # type: ignore[union-attr]
        drawn.extend((address, drawing) for drawing in value.inputs())
    order = sorted(drawn, key=lambda pair: (pair[1].path, pair[0]))
    noted = template.addresses[len(template.inputs) :].tolist()  # where openings are matched: how many were refused
    addresses = np.array([address for address, _ in order] + noted, np.int64)
    inputs = tuple(drawing for _, drawing in order)
    return Template(scenario, template.layout, record, addresses, inputs, template, template.allow_processes)


def with_thing(template: Template, table: str, text: str) -> Template:
    """The template with one thing more in a list (a happening, say), written as in a scenario file."""
    scenario = validate.with_thing(template.scenario, template.layout.tables, table, text)
    return replace(assemble(scenario, template.layout, added=True), base=template)


def _is_cell(value: Value) -> bool:
    """Whether a parameter is one number of the record and nothing else."""
    return not (value.field.luck or value.field.whole or isinstance(value.spec, After | Link))


def inputs_of(template: Template) -> dict[str, list[int]]:
    """The columns of `Template.draw` that each uncertain input fills."""
    columns: dict[str, list[int]] = {}
    for column, drawing in enumerate(template.inputs):
        columns.setdefault(drawing.path, []).append(column)
    return columns
