"""Sensitivity of one scenario: the futures that a method asks for, and what they say of its assumptions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sim.engine import pieces, store
from sim.jobs import material
from sim.jobs.asked import Asked, Lay, Study, key_of, measures_named, measures_of, published, study_of
from sim.jobs.run import read
from sim.language.distributions import Fixed
from sim.report.sensitivity import page
from sim.scenario.assemble import Template, assemble
from sim.scenario.scenario import Scenario
from sim.scenario.variation import Setting, inputs_of, varied_template
from sim.study import cubes, sensitivity
from sim.study.cubes import REST
from sim.study.gate_language import Gate
from sim.study.measures import Measure, values
from sim.study.sensitivity import LUCK, Index
from sim.study.sensitivity_results import Finding, Sensitivity
from sim.study.sweep_results import NUMBER
from sim.study.tipping import Tipping, finding, tipping
from sim.world.future import LAYOUT

Method = Literal["given", "sobol", "morris"]
LEADING = 8
"""Assumptions for which a tipping value is sought."""

Given = dict[Measure, list[Index]]


def sense(
    asked: Asked, method: Method, names: tuple[str, ...], top: int, target: Gate | None, told: Callable[..., None]
) -> tuple[Sensitivity, store.Published]:
    """Run what the method needs and write `sensitivity.json` and the page; what has run before is there already."""
    with study_of(asked, told) as study:
        found = _sensed(study, method, measures_of(study.template, names), top, target)
        measures = [each.measure.name for each in found.findings]
        how = {"method": method, "measures": measures, "top": top, "target": target and target.text}
        key = key_of(asked, "sensitivity", how)
        words = ["--method", method, *(word for name in measures for word in ("--measure", name)), "--top", str(top)]
        command = asked.command("sensitivity", [*words, *(["--target", target.text] if target else [])])
        assumptions = material.assumptions(study.template.scenario)
        text = page(found, assumptions, material.sources(study.template.scenario), command, key.digest)
        documents = {"sensitivity.json": found.as_json(), "report.html": text}
        return found, published(asked, "sensitivity", key, documents)


def _sensed(study: Study, method: Method, measures: tuple[Measure, ...], top: int, target: Gate | None) -> Sensitivity:
    asked, template = study.asked, study.template
    inputs = study.drawn()
    usual = study.outcomes(study.numbered(template, inputs), asked.futures)
    other = study.outcomes(study.laid_out(template, asked.futures, _other_luck(asked, inputs)), asked.futures)
    columns = {path: inputs[:, at[0]] for path, at in inputs_of(template).items()}
    given = _given(measures, columns, usual)
    indices, more = given, 0
    if method != "given":
        chosen = _leading(given, top) if method == "sobol" else list(columns)
        indices, more = _designed(study, method, measures, sorted(chosen))
    if method == "sobol":
        indices = {each: sensitivity.directed(indices[each], given[each]) for each in measures}
    events, for_events = _events(study, measures, inputs)
    shares = {each: sensitivity.aleatory_share(values(each, usual), values(each, other)) for each in measures}
    both = pd.concat([usual, other])
    findings = tuple(
        Finding(each, tuple(sensitivity.ranked(indices[each])), shares[each], events[each], _constant(each, both))
        for each in measures
    )
    turns = _tippings(given, columns, usual, target)
    scenario, ran = template.scenario, 2 * asked.futures + more + for_events
    correlated = bool(scenario.correlations)
    said = sensitivity.caveats(asked.futures, correlated) if method == "given" else ""
    return Sensitivity(scenario.name, scenario, method, ran, findings, turns, target, said)


def _other_luck(asked: Asked, inputs: Any) -> Lay:
    """The inputs of the first futures under the luck of those that follow them."""
    return lambda first, n: (inputs[first : first + n], pieces.seeds(asked.seed, asked.futures + first, n))


def sense_folder(folder: Path, names: tuple[str, ...], target: Gate | None) -> tuple[Sensitivity, store.Published]:
    """What a run or a sweep that is there already says, without a future more; nothing is written."""
    manifest = store.received(folder, ("outcomes.parquet",))
    with store.reading(folder):
        outcomes = store.read_parquet(folder / "outcomes.parquet")
        if "sweep.yaml" in manifest["files"]:
            name, scenario, columns, known = _factors_of(folder, outcomes)
        else:
            if len(outcomes) != manifest["futures"]:
                raise ValueError("outcomes.parquet holds other futures")
            name, scenario, columns, known = _inputs_of(folder, manifest)
    measures = measures_named(names or known)
    given = _given(measures, columns, outcomes)
    findings = tuple(
        Finding(each, tuple(sensitivity.ranked(given[each])), None, (), _constant(each, outcomes)) for each in measures
    )
    said = sensitivity.caveats(len(outcomes), scenario is not None and bool(scenario.correlations))
    turns = _tippings(given, columns, outcomes, target)
    found = Sensitivity(name, scenario, "given", 0, findings, turns, target, said)
    return found, store.Published(folder)


def _inputs_of(folder: Path, manifest: dict[str, Any]) -> tuple[str, Scenario | None, dict[str, Any], tuple[str, ...]]:
    """Name, scenario, the inputs of each future, drawn again, and the leading measures of a run."""
    template = assemble(read(folder / "scenario.yaml", (), ()), LAYOUT)
    inputs = template.draw(manifest["seed"], manifest["first"], manifest["futures"])
    columns = {path: inputs[:, at[0]] for path, at in inputs_of(template).items()}
    scenario = template.scenario
    return scenario.name, scenario, columns, tuple(text.text for text in scenario.measures)


def _factors_of(folder: Path, outcomes: Any) -> tuple[str, Scenario | None, dict[str, Any], tuple[str, ...]]:
    """Name, no scenario, the value of each factor in each future, and the measures of a sweep."""
    points = store.read_parquet(folder / "points.parquet").set_index("point")
    factors = [name for name in points.columns if name.endswith(NUMBER)]
    columns = {name.removesuffix(NUMBER): points[name].loc[outcomes["point"]].to_numpy() for name in factors}
    measures = [name.removesuffix("_error") for name in points.columns if name.endswith("_error")]
    return folder.parent.name, None, columns, tuple(measures)


def _given(measures: tuple[Measure, ...], columns: dict[str, Any], outcomes: Any) -> Given:
    return {each: sensitivity.given_data(columns, values(each, outcomes)) for each in measures}


def _constant(measure: Measure, outcomes: pd.DataFrame) -> float | None:
    """The value of a measure that is the same in all futures; None for one that varies."""
    found = values(measure, outcomes)
    return None if sensitivity.varies(found) else float(found[0])


def _leading(given: Given, top: int) -> list[str]:
    """The inputs that matter most to any of the measures, the first of them first."""
    weights: dict[str, float] = {}
    for indices in given.values():
        for index in indices:
            weights[index.name] = max(weights.get(index.name, 0.0), index.weight)
    return sorted(weights, key=lambda name: (-weights[name], name))[:top]


def _designed(study: Study, method: Method, measures: tuple[Measure, ...], chosen: list[str]) -> tuple[Given, int]:
    """Indices from a design of its own, and how many futures it took."""
    asked, template = study.asked, study.template
    if not chosen:
        return {each: [] for each in measures}, 0
    if method == "morris":
        rows = sensitivity.morris_rows(chosen, max(2, asked.futures // (len(chosen) + 1)))
        own = pieces.seeds(asked.seed, 0, len(rows) // (len(chosen) + 1))
        table = study.outcomes(study.laid_out(template, len(rows), _steps(template, chosen, rows, own)), len(rows))
        return {each: sensitivity.morris_effects(chosen, rows, values(each, table)) for each in measures}, len(rows)
    every = len(chosen) == len(template.scenario.inputs)
    names = [*chosen, *([] if every else [REST]), LUCK]
    rows = sensitivity.sobol_rows(names, _power(asked.futures))
    table = study.outcomes(study.laid_out(template, len(rows), _points(template, names, rows, asked.seed)), len(rows))
    return {each: sensitivity.sobol_indices(names, values(each, table)) for each in measures}, len(rows)


def _steps(template: Template, chosen: list[str], rows: Any, own: Any) -> Lay:
    """A Morris design; the steps of a trajectory share their luck."""

    def lay(first: int, n: int) -> tuple[Any, Any]:
        trajectories = [row // (len(chosen) + 1) for row in range(first, first + n)]
        return cubes.inputs(template, chosen, rows[first : first + n]), own[trajectories]

    return lay


def _points(template: Template, names: list[str], rows: Any, seed: int) -> Lay:
    """A Sobol design."""

    def lay(first: int, n: int) -> tuple[Any, Any]:
        part = rows[first : first + n]
        return cubes.inputs(template, names, part), cubes.luck(names, part, seed)

    return lay


def _power(n: int) -> int:
    """The power of two nearest below."""
    return 1 << max(1, n.bit_length() - 1)


def _events(
    study: Study, measures: tuple[Measure, ...], inputs: Any
) -> tuple[dict[Measure, tuple[tuple[str, float | None], ...]], int]:
    """The total share of each thing that has odds to happen, occurrence and size together."""
    found: dict[Measure, list[tuple[str, float | None]]] = {each: [] for each in measures}
    ran = 0
    for path, value in study.template.scenario.values.items():
        if not path.endswith(".probability") or (isinstance(value.spec, Fixed) and value.spec.value in (0.0, 1.0)):
            continue
        tables = _with_and_without(study, path)
        ran += 3 * study.asked.futures
        columns = inputs_of(study.template).get(path)
        odds = inputs[:, columns[0]] if columns else value.spec.value  # type: ignore[union-attr]
        for each in measures:
            without, happens, otherwise = (values(each, table) for table in tables)
            total = sensitivity.event_total(without, happens, otherwise, odds + 0.0 * without)
            found[each].append((path.removesuffix(".probability"), total))
    return {each: tuple(sorted(rows, key=lambda row: -(row[1] or 0.0))) for each, rows in found.items()}, ran


def _with_and_without(study: Study, path: str) -> tuple[Any, Any, Any]:
    """The same futures without the event, with it, and with it in another size."""
    off, on = (varied_template(study.template, [Setting(path, Fixed(odds), str(odds))]) for odds in (0.0, 1.0))
    futures = study.asked.futures
    return (
        study.outcomes(study.numbered(off), futures),
        study.outcomes(study.numbered(on), futures),
        study.outcomes(study.laid_out(on, futures, _resized(study, on, path.removesuffix("probability"))), futures),
    )


def _resized(study: Study, on: Template, thing: str) -> Lay:
    """The first futures under their luck, with the inputs of one thing drawn as those that follow them draw it."""
    again = [column for name, at in inputs_of(on).items() if name.startswith(thing) for column in at]

    def lay(first: int, n: int) -> tuple[Any, Any]:
        inputs = study.draw(on, first, n)
        inputs[:, again] = study.draw(on, study.asked.futures + first, n)[:, again]
        return inputs, pieces.seeds(study.asked.seed, first, n)

    return lay


def _tippings(given: Given, columns: dict[str, Any], outcomes: Any, target: Gate | None) -> tuple[Tipping, ...]:
    """Where the target, or else the main bottleneck of training, turns as each leading input moves."""
    asking = finding(outcomes, target)
    return tuple(tipping(path, columns[path], asking) for path in _leading(given, LEADING))
