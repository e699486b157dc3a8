"""Sensitivity of one scenario: the futures that a method asks for, and what they say of its assumptions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.engine import pieces, store
from sim.jobs.asked import Asked, drawn, futures, measures_named, measures_of, publish
from sim.jobs.run import read
from sim.language.distributions import Fixed
from sim.scenario.assemble import Template, assemble
from sim.scenario.variation import Setting, inputs_of, varied_template
from sim.study import cubes, sensitivity
from sim.study.cubes import REST
from sim.study.gate_language import Gate
from sim.study.intervals import Interval
from sim.study.measures import Measure, values
from sim.study.sensitivity import LUCK, Index
from sim.study.sweep_results import NUMBER
from sim.study.tipping import Tipping, finding, tipping
from sim.study.words import percent_text
from sim.world.future import LAYOUT

Method = Literal["given", "sobol", "morris"]
LEADING = 8
"""Assumptions for which a tipping value is sought."""
SHOWN = 12


@dataclass(frozen=True)
class Finding:
    """What is said of one measure. `aleatory` is the share of its variance that luck makes."""

    measure: Measure
    indices: tuple[Index, ...]
    aleatory: Interval | None
    events: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Sensitivity:
    """What is said of a scenario."""

    name: str
    method: str
    ran: int
    findings: tuple[Finding, ...]
    tippings: tuple[Tipping, ...]

    def as_json(self) -> dict[str, object]:
        """For `sensitivity.json`; keys always in this order."""
        return {
            "scenario": self.name,
            "method": self.method,
            "futures": self.ran,
            "measures": [_finding_json(found) for found in self.findings],
            "tipping_values": [found.as_json() for found in self.tippings],
        }


def _finding_json(found: Finding) -> dict[str, object]:
    share = found.aleatory
    return {
        "measure": found.measure.name,
        "aleatory_share": None if share is None else {"value": share.value, "low": share.low, "high": share.high},
        "indices": [index.as_json() for index in found.indices],
        "risk_events": [{"event": event, "total": total} for event, total in found.events],
    }


def sense(
    asked: Asked, method: Method, names: tuple[str, ...], top: int, target: Gate | None, told: Callable[..., None]
) -> tuple[Sensitivity, Path]:
    """Run what the method needs and write `sensitivity.json`."""
    template = asked.template()
    measures = measures_of(template, names)
    inputs, own = drawn(template, asked)
    usual = futures(template, asked, inputs, own, told)
    other = futures(template, asked, inputs, drawn(template, asked, luck_from=asked.futures)[1], told)
    columns = {path: inputs[:, at[0]] for path, at in inputs_of(template).items()}
    given = {each: sensitivity.given_data(columns, values(each, usual)) for each in measures}
    ran = 2 * asked.futures
    indices = given
    if method != "given":
        chosen = _leading(given, top) if method == "sobol" else sorted(columns)
        indices, more = _designed(template, asked, method, measures, chosen, told)
        ran += more
    events, more = _events(template, asked, measures, usual, told)
    shares = {each: sensitivity.aleatory_share(values(each, usual), values(each, other)) for each in measures}
    findings = tuple(
        Finding(each, tuple(sensitivity.ranked(indices[each])), shares[each], events[each]) for each in measures
    )
    leading = _leading(given, LEADING)
    tippings = tuple(found for path in leading if (found := _tipping(path, columns[path], usual, target)).turns)
    result = Sensitivity(template.scenario.name, method, ran + more, findings, tippings)
    how = {"method": method, "measures": [each.name for each in measures], "top": top, "target": target and target.text}
    return result, publish(asked, "sensitivity", how, {"sensitivity.json": result.as_json()})


def sense_folder(folder: Path, names: tuple[str, ...], target: Gate | None) -> Sensitivity:
    """What a run or a sweep that is there already says, without a future more."""
    outcomes = store.read_parquet(folder / "outcomes.parquet")
    if (folder / "sweep.yaml").is_file():
        name, columns, known = _factors_of(folder, outcomes)
    else:
        name, columns, known = _inputs_of(folder)
    measures = measures_named(names or known)
    given = {each: sensitivity.given_data(columns, values(each, outcomes)) for each in measures}
    findings = tuple(Finding(each, tuple(sensitivity.ranked(given[each])), None, ()) for each in measures)
    leading = _leading(given, LEADING)
    tippings = tuple(found for path in leading if (found := _tipping(path, columns[path], outcomes, target)).turns)
    return Sensitivity(name, "given", 0, findings, tippings)


def _inputs_of(folder: Path) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """Name, the inputs of each future, drawn again, and the leading measures of a run."""
    manifest = store.read_json(folder / store.MANIFEST)
    template = assemble(read(folder / "scenario.yaml", (), ()), LAYOUT)
    inputs = template.draw(manifest["seed"], manifest["first"], manifest["futures"])
    columns = {path: inputs[:, at[0]] for path, at in inputs_of(template).items()}
    return template.scenario.name, columns, tuple(text.text for text in template.scenario.measures)


def _factors_of(folder: Path, outcomes: Any) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """Name, the value of each factor in each future, and the measures of a sweep."""
    points = store.read_parquet(folder / "points.parquet").set_index("point")
    factors = [name for name in points.columns if name.endswith(NUMBER)]
    columns = {name.removesuffix(NUMBER): points[name].loc[outcomes["point"]].to_numpy() for name in factors}
    measures = [name.removesuffix("_error") for name in points.columns if name.endswith("_error")]
    return folder.parent.name, columns, tuple(measures)


def _leading(given: dict[Measure, list[Index]], top: int) -> list[str]:
    """The inputs that matter most to any of the measures, in order of their names."""
    weights: dict[str, float] = {}
    for indices in given.values():
        for index in indices:
            weights[index.name] = max(weights.get(index.name, 0.0), index.weight)
    return sorted(sorted(weights, key=lambda name: (-weights[name], name))[:top])


def _designed(
    template: Template, asked: Asked, method: Method, measures: tuple[Measure, ...], chosen: list[str], told: Any
) -> tuple[dict[Measure, list[Index]], int]:
    """Indices from a design of its own, and how many futures it took."""
    if method == "morris":
        rows = sensitivity.morris_rows(chosen, max(2, asked.futures // (len(chosen) + 1)))
        trajectory = [i // (len(chosen) + 1) for i in range(len(rows))]
        own = pieces.seeds(asked.seed, 0, trajectory[-1] + 1)[trajectory]
        table = futures(template, asked, cubes.inputs(template, chosen, rows), own, told)
        return {each: sensitivity.morris_effects(chosen, rows, values(each, table)) for each in measures}, len(rows)
    every = len(chosen) == len(template.scenario.inputs)
    names = [*chosen, *([] if every else [REST]), LUCK]
    rows = sensitivity.sobol_rows(names, _power(asked.futures))
    table = futures(template, asked, cubes.inputs(template, names, rows), cubes.luck(names, rows, asked.seed), told)
    return {each: sensitivity.sobol_indices(names, values(each, table)) for each in measures}, len(rows)


def _power(n: int) -> int:
    """The power of two nearest below."""
    return 1 << max(1, n.bit_length() - 1)


def _events(
    template: Template, asked: Asked, measures: tuple[Measure, ...], usual: Any, told: Any
) -> tuple[dict[Measure, tuple[tuple[str, float], ...]], int]:
    """The total share of each thing that has odds to happen, occurrence and size together."""
    found: dict[Measure, list[tuple[str, float]]] = {each: [] for each in measures}
    ran = 0
    for path, value in template.scenario.values.items():
        if not path.endswith(".probability") or (isinstance(value.spec, Fixed) and value.spec.value in (0.0, 1.0)):
            continue
        tables = _with_and_without(template, asked, path, told)
        ran += 3 * asked.futures
        columns = inputs_of(template).get(path)
        odds = drawn(template, asked)[0][:, columns[0]] if columns else value.spec.value  # type: ignore[union-attr]
        for each in measures:
            without, happens, otherwise = (values(each, table) for table in tables)
            total = sensitivity.event_total(without, happens, otherwise, odds + 0.0 * without)
            found[each].append((path.removesuffix(".probability"), total))
    return {each: tuple(sorted(rows, key=lambda row: -row[1])) for each, rows in found.items()}, ran


def _with_and_without(template: Template, asked: Asked, path: str, told: Any) -> tuple[Any, Any, Any]:
    """The same futures without the event, with it, and with it in another size."""
    off, on = (varied_template(template, [Setting(path, Fixed(odds), str(odds))]) for odds in (0.0, 1.0))
    own = drawn(template, asked)[1]
    inputs = off.draw(asked.seed, 0, asked.futures)
    resized = on.draw(asked.seed, 0, asked.futures)
    anew = on.draw(asked.seed, asked.futures, asked.futures)
    thing = path.removesuffix("probability")
    for name, at in inputs_of(on).items():
        if name.startswith(thing):
            resized[:, at] = anew[:, at]
    return (
        futures(off, asked, inputs, own, told),
        futures(on, asked, on.draw(asked.seed, 0, asked.futures), own, told),
        futures(on, asked, resized, own, told),
    )


def _tipping(path: str, x: Any, outcomes: Any, target: Gate | None) -> Tipping:
    """Where the target, or else the main bottleneck of training, turns as this input moves."""
    return tipping(path, x, finding(outcomes, target))


def lines(found: Sensitivity) -> Iterator[str]:
    """What the terminal shows."""
    yield f"{found.name}: {found.method}, {found.ran:,} futures run"
    for each in found.findings:
        yield ""
        yield each.measure.title
        if each.aleatory is not None:
            low, high = percent_text(max(0.0, each.aleatory.low)), percent_text(min(1.0, each.aleatory.high))
            share = percent_text(each.aleatory.value)
            yield f"  luck makes {share} of the variance ({low} to {high}); the rest is what is not known"
        for index in each.indices[:SHOWN]:
            yield f"  {_index_text(index)}"
        for event, total in each.events:
            yield f"  event {event}: {percent_text(total)} by occurrence and size together"
    if found.tippings:
        yield ""
        yield "Where the finding turns (one assumption at a time, the others as they come)"
    for turn in found.tippings:
        below, above = (
            _turn_text(*side)
            for side in (("below", turn.below, turn.becomes_below), ("above", turn.above, turn.becomes_above))
        )
        yield f"  {turn.name}: {turn.usual}{below}{above}"


def _index_text(index: Index) -> str:
    parts = []
    if index.first is not None:
        parts.append(f"alone {percent_text(index.first)} ± {percent_text(index.first_error or 0.0)}")
    if index.total is not None:
        parts.append(f"in all {percent_text(index.total)} ± {percent_text(index.total_error or 0.0)}")
    if index.effect is not None:
        parts.append(f"effect {index.effect:.3g}")
    if index.direction:
        parts.append("more raises it" if index.direction > 0.0 else "more lowers it")
    return f"{index.name}: {', '.join(parts)}"


def _turn_text(side: str, value: float | None, becomes: str) -> str:
    return "" if value is None else f"; {side} {value:.4g} it is {becomes}"
