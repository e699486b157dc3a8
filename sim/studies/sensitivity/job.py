"""Sensitivity of one scenario: the futures that a method asks for, and what they say of its assumptions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.bottlenecks.variants import read_by
from sim.engine import tasks
from sim.engine.storage import result_folder
from sim.language.counting import counted
from sim.language.distributions import Fixed
from sim.measures.gate_language import Gate
from sim.measures.intervals import Interval
from sim.measures.measures import Measure, values
from sim.requests import Method, SensitivityRequest
from sim.runs import page_contents
from sim.runs.run import read
from sim.scenario.scenario import Scenario
from sim.studies.sensitivity import analysis
from sim.studies.sensitivity.analysis import Index
from sim.studies.sensitivity.exchanges import Design
from sim.studies.sensitivity.page import page
from sim.studies.sensitivity.results import Finding, Sensitivity, caveats
from sim.studies.sensitivity.tipping import Tipping, finding, tipping
from sim.studies.study import Study, gate_of, key_of, measures_named, measures_of, published, study_of
from sim.studies.sweep.results import NUMBER
from sim.template.assemble import assemble
from sim.template.blocks import blocks_of, exchanged, is_dependent
from sim.template.variation import Setting, inputs_of, varied_template
from sim.world.course.future import LAYOUT

FEWEST_FUTURES = 50
"""Futures from which on slices of an assumption say anything: five of ten."""

LEADING = 8
"""Assumptions for which a tipping value is sought."""

Given = dict[Measure, list[Index]]


def sense(request: SensitivityRequest, progress: Callable[..., None]) -> tuple[Sensitivity, result_folder.Published]:
    """Run what the method needs and write `sensitivity.json` and the page; what has run before is there already."""
    target = _target(request)
    with study_of(request, progress) as study:
        measures = measures_of(study.template, request.measures)
        sensitivity = _sensed(study, request.method, measures, request.top, target)
        names = tuple(each.name for each in measures)
        how = {"method": request.method, "measures": list(names), "top": request.top, "target": request.target}
        key = key_of(study, "sensitivity", how)
        command = replace(request, measures=names).command
        assumptions = page_contents.assumptions(study.template.scenario)
        text = page(sensitivity, assumptions, page_contents.sources(study.template.scenario), command, key.digest)
        documents = {"sensitivity.json": sensitivity.as_json(), "report.html": text}
        return sensitivity, published(request, "sensitivity", key, documents)


def _target(request: SensitivityRequest) -> Gate | None:
    """The gate whose outcome is the finding that may turn, if one is named. Raises InputError."""
    return None if request.target is None else gate_of(request.target)


def _sensed(study: Study, method: Method, measures: tuple[Measure, ...], top: int, target: Gate | None) -> Sensitivity:
    request, template = study.request, study.template
    inputs = study.draw()
    outcomes = study.outcomes(study.numbered(template, inputs), request.futures)
    usual = {each: values(each, outcomes) for each in measures}
    columns = {path: inputs[:, at[0]] for path, at in inputs_of(template).items()}
    given = {each: analysis.given_data(columns, usual[each]) for each in measures}
    design = Design(study, measures, inputs, usual)
    unlucky = design.unlucky()
    indices = given
    if method != "given":
        parts = design.effects(unlucky) if method == "morris" else design.shares(_leading(given, top), unlucky)
        indices = {each: analysis.directed(parts[each], given[each]) for each in measures}
    events, for_events = _events(study, measures, inputs)
    findings = tuple(
        Finding(
            each,
            tuple(analysis.ranked(indices[each])),
            analysis.total_share(usual[each], unlucky[each]),
            events[each],
            analysis.constant(usual[each], unlucky[each]),
        )
        for each in measures
    )
    turns = _tippings(given, columns, outcomes, target)
    scenario, ran = template.scenario, request.futures + design.ran + for_events
    said = caveats(method, request.futures, is_dependent(scenario))
    return Sensitivity(scenario.name, scenario, method, ran, findings, turns, target, said)


def sense_folder(request: SensitivityRequest) -> tuple[Sensitivity, result_folder.Published]:
    """What a run or a sweep that is there already says, without a future more; nothing is written."""
    folder, target = request.scenario, _target(request)
    manifest = result_folder.received(folder, ("outcomes.parquet",))
    with result_folder.reading(folder):
        outcomes = result_folder.read_parquet(folder / "outcomes.parquet")
        if "sweep.yaml" in manifest["files"]:
            name, scenario, columns, known = _factors_of(folder, outcomes)
        else:
            if len(outcomes) != manifest["futures"]:
                raise ValueError("outcomes.parquet holds other futures")
            name, scenario, columns, known = _inputs_of(folder, manifest)
    if len(outcomes) < FEWEST_FUTURES:
        held = counted(len(outcomes), "futures")
        raise result_folder.refused(folder, f"expected {FEWEST_FUTURES} futures or more, got {held}; run it with more")
    measures = measures_named(request.measures or known)
    given = {each: analysis.given_data(columns, values(each, outcomes)) for each in measures}
    findings = tuple(
        Finding(each, tuple(analysis.ranked(given[each])), None, (), analysis.constant(values(each, outcomes)))
        for each in measures
    )
    said = caveats("given", len(outcomes), scenario is not None and is_dependent(scenario))
    turns = _tippings(given, columns, outcomes, target)
    sensitivity = Sensitivity(name, scenario, "given", 0, findings, turns, target, said)
    return sensitivity, result_folder.Published(folder)


def _inputs_of(folder: Path, manifest: dict[str, Any]) -> tuple[str, Scenario | None, dict[str, Any], tuple[str, ...]]:
    """Name, scenario, the inputs of each future, drawn again, and the leading measures of a run."""
    template = assemble(read(folder / "scenario.yaml", (), ()), LAYOUT)
    inputs = tasks.inputs(template, manifest["seed"], manifest["first"], manifest["futures"], "auto")
    columns = {path: inputs[:, at[0]] for path, at in inputs_of(template).items()}
    scenario = template.scenario
    return scenario.name, scenario, columns, tuple(text.text for text in scenario.measures)


def _factors_of(folder: Path, outcomes: Any) -> tuple[str, Scenario | None, dict[str, Any], tuple[str, ...]]:
    """Name, no scenario, the value of each factor in each future, and the measures of a sweep."""
    points = result_folder.read_parquet(folder / "points.parquet").set_index("point")
    factors = [name for name in points.columns if name.endswith(NUMBER)]
    columns = {name.removesuffix(NUMBER): points[name].loc[outcomes["point"]].to_numpy() for name in factors}
    measures = [name.removesuffix("_error") for name in points.columns if name.endswith("_error")]
    return folder.parent.name, None, columns, tuple(measures)


def _leading(given: Given, top: int) -> list[str]:
    """The inputs that matter most to any of the measures, the first of them first."""
    weights: dict[str, float] = {}
    for indices in given.values():
        for index in indices:
            weights[index.name] = max(weights.get(index.name, 0.0), index.weight)
    return sorted(weights, key=lambda name: (-weights[name], name))[:top]


def _events(
    study: Study, measures: tuple[Measure, ...], inputs: Any
) -> tuple[dict[Measure, tuple[tuple[str, Interval | None], ...]], int]:
    """The total share of each thing that may happen or not, occurrence and size together."""
    shares: dict[Measure, list[tuple[str, Interval | None]]] = {each: [] for each in measures}
    ran = 0
    for path, value in study.template.scenario.values.items():
        if not path.endswith(".probability") or (isinstance(value.spec, Fixed) and value.spec.value in (0.0, 1.0)):
            continue
        tables = _with_and_without(study, path, measures)
        ran += 3 * study.request.futures
        columns = inputs_of(study.template).get(path)
        probability = inputs[:, columns[0]] if columns else value.spec.value  # type: ignore[union-attr]
        for each in measures:
            without, happens, otherwise = (values(each, table) for table in tables)
            total = analysis.event_total(without, happens, otherwise, probability + 0.0 * without)
            shares[each].append((path.removesuffix(".probability"), total))
    return {
        each: tuple(sorted(rows, key=lambda row: -row[1].value if row[1] else 0.0)) for each, rows in shares.items()
    }, ran


def _with_and_without(study: Study, path: str, measures: tuple[Measure, ...]) -> tuple[Any, Any, Any]:
    """The same futures without the event, with it, and with it in another size: that of the futures after them.

    No more than the values of `measures` is read of them.
    """
    off, on = (
        read_by(varied_template(study.template, [Setting(path, Fixed(probability), str(probability))]), measures)
        for probability in (0.0, 1.0)
    )
    futures, thing = study.request.futures, path.removesuffix("probability")
    inputs, others = study.draw(0, on), study.draw(futures, on)
    size = tuple(
        column
        for block in blocks_of(on)
        if any(name.startswith(thing) for name in block.paths)
        for column in block.columns
    )
    return (
        study.outcomes(study.numbered(off), futures),
        study.outcomes(study.numbered(on, inputs), futures),
        study.with_inputs(on, exchanged(inputs, others, size)),
    )


def _tippings(given: Given, columns: dict[str, Any], outcomes: Any, target: Gate | None) -> tuple[Tipping, ...]:
    """Where the target, or else the main bottleneck of training, turns as each leading input moves."""
    asking = finding(outcomes, target)
    return tuple(tipping(path, columns[path], asking) for path in _leading(given, LEADING))
