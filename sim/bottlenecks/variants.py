"""Variants: the same futures of a scenario run again with something eased, removed or stopped.

A variant that turns dials differs from its scenario in a few numbers of the record: the template is assembled once and
these are written over. What stops on a day is a happening more: it alone is read, and the template assembled with it.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from sim.bottlenecks import relief as easing
from sim.bottlenecks.relief import HUNDRED_MILLION, Relief
from sim.bottlenecks.survival import FAILURE_LEVEL, SupplySource, Survival, compute, first_apart, survival
from sim.engine import resumable, runner, tasks
from sim.engine.results import OUTCOMES, known_of_lean
from sim.engine.runner import Engine, Futures, Job, choose
from sim.engine.storage.chunk_store import Chunks, chunk_name, part_name, template_digest
from sim.language.distributions import Fixed
from sim.measures.measures import Measure
from sim.measures.thing_names import Names
from sim.requests import CompareRequest, RunRequest, ScenarioRequest
from sim.template.assemble import Template
from sim.template.variation import Setting, lean, varied_template, with_thing

FUTURES = {"compiled": 1024, "simpy": 50}
"""Futures of each variant, if nobody says: some seconds compiled, some minutes where only SimPy runs."""

SURVIVAL_FUTURES = 200
"""Futures of each variant whose months are kept, by default: they fill the memory."""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class RunSpec:
    """Which futures, and how they are run."""

    seed: int
    futures: int
    first: int
    engine: Engine
    workers: int
    own: "OwnRun | None" = None
    """The run beside which they are asked."""
    store: Chunks | None = None
    """Where what has been read of variants is kept; None: nowhere."""

    def has(self, template: Template) -> bool:
        """Whether these futures of a template have run already."""
        return self.own is not None and self.own.template is template


@dataclass(frozen=True, eq=False)
class OwnRun:
    """The run of a scenario itself, which begins with the futures of its variants: none is run or drawn again."""

    template: Template
    outcomes: pd.DataFrame
    inputs: Any
    """What was drawn for its first futures; shape (futures, columns)."""
    months: Any
    """The months of its first futures; shape (futures, months, SERIES)."""


@dataclass(frozen=True)
class Reading:
    """What is read of the futures of a variant, and so all that is kept of them."""

    name: str
    """Says what is read, and of what else than its futures that depends."""
    rows: Callable[[Futures], Any]
    """Numbers, an entry for each future."""
    months: bool = False
    """Whether they are read off months."""


def usual_futures(engine: Engine, compiled: int = FUTURES["compiled"]) -> int:
    """How many futures of each variant are run if nobody says: `compiled`, fewer where only SimPy runs.

    Whether the kernels are compiled already does not matter: one command has one answer.
    """
    return min(compiled, FUTURES["simpy"]) if choose(engine) == "simpy" else compiled


BESIDE_FUTURES = 200
"""Futures of relief and survival beside a run."""


def run_spec(
    request: ScenarioRequest | CompareRequest, futures: int | None, first: int = 0, own: OwnRun | None = None
) -> RunSpec:
    """The first of the futures of a request, for variants of them; all of them if it is not said how many."""
    least = min(each for each in (futures, request.futures) if each is not None)
    store = resumable.opened(request.out)
    return RunSpec(request.seed, least, first, request.engine, request.workers, own, store)


R = TypeVar("R", RunRequest, CompareRequest)


def resolved(request: R, processes: bool = False) -> R:
    """A request that says how many futures each kind of variant has beside its own.

    `processes`: whether a scenario may run code of its own, which variants do not run.
    """

    def futures(measure: int | None, usual: int) -> int:
        return 0 if processes else usual if measure is None else measure

    split, relief = usual_futures(request.engine), usual_futures(request.engine, BESIDE_FUTURES)
    return replace(request, split=futures(request.split, split), relief=futures(request.relief, relief))


def turned(template: Template, cells: Mapping[str, float]) -> Template:
    """The template with these values at these paths."""
    return varied_template(template, [Setting(path, Fixed(value), str(value)) for path, value in cells.items()])


def relief(template: Template, spec: RunSpec, progress: Progress) -> Relief:
    """Each cause eased and removed; and a hundred million dollars more."""
    steps = easing.singles()
    rich = _with_happening(template, HUNDRED_MILLION, template.scenario.start, {"capital.cash": "{shift: $100M}"})
    moved = [turned(template, {f"dials.{cause}": far}) for cause, far in steps]
    as_is, richer, *runs = shortfalls([template, rich, *moved], spec, progress, math.inf)

    eased = dict(zip(steps, runs, strict=True))
    priced = easing.relieved((HUNDRED_MILLION, easing.EASED), richer, as_is)
    return Relief(spec.futures, easing.causes_relieved(eased, as_is), priced)


def relief_runs() -> int:
    """Variants that `relief` runs."""
    return 2 + len(easing.singles())


STOPPED = 365
"""Days for which a source stops beside a run, from the day of the last news on."""


def what_helps(template: Template, spec: RunSpec, progress: Progress) -> tuple[Relief | None, tuple[Survival, ...]]:
    """Relief, and survival of a year's stop of each source, beside a run; nothing of no futures."""
    if not spec.futures:
        return None, ()
    relieved = relief(template, spec, progress)
    first = max(template.scenario.start, template.scenario.as_of)
    return relieved, survivals(template, spec, progress, first, STOPPED)


def what_helps_runs(template: Template, spec: RunSpec) -> int:
    """Futures that `what_helps` runs."""
    return spec.futures * (relief_runs() + survival_runs(template))


@dataclass(frozen=True)
class Stoppable:
    """A source of supply that can stop: its name, what it is called, and the numbers that stop it, by path."""

    name: str
    words: str
    kind: str
    stops: Mapping[str, str]


NEVER = "never"
"""Stands for the last day of a scenario: what begins then does not begin."""

SOURCES = {
    "offers": ("offer", {"begins": NEVER}),
    "lines": ("wafers", dict.fromkeys(("starts_before", "starts", "starts_after"), "0 wafers / month")),
    "pools": ("memory", {"monthly": "0 stacks / month"}),
    "packaging": ("packaging", {"monthly": "0 chips / month"}),
}
"""Sources of supply by table: their kind, and what stops each. Contracts that run are renewed; stocks are used up."""


def nodes(template: Template) -> Iterator[Stoppable]:
    """Every source of supply that a scenario lists, and the rounds of financing."""
    scenario, names = template.scenario, Names(template.scenario)
    never = scenario.end.isoformat()
    for table, (kind, stops) in SOURCES.items():
        for name in scenario.things.get(table, ()):
            words = names.offer(name) if table == "offers" else names.called(table, name)
            path = f"{scenario.at[table]}.{name}"
            yield Stoppable(
                name, words, kind, {f"{path}.{key}": never if to == NEVER else to for key, to in stops.items()}
            )
    yield Stoppable("rounds", "rounds of financing", "capital", {"capital.financing.not_before": never})


def survival_runs(template: Template) -> int:
    """Variants that `survivals` runs."""
    return 1 + sum(1 for _ in nodes(template)) + len(template.scenario.things["happenings"])


BOOKS = Reading("books", lambda futures: futures.series, months=True)
"""All months with all series: of a few templates at most, for they fill memory."""


def survivals(
    template: Template, spec: RunSpec, progress: Progress, at: date, lasting: int, level: float = FAILURE_LEVEL
) -> tuple[Survival, ...]:
    """Every source stopped in turn on day `at`, for `lasting` days; then every happening, beside its absence."""
    scenario = template.scenario
    sources = list(nodes(template))
    happenings = scenario.things["happenings"]
    stopped = [_with_happening(template, f"{node.name}_stops", at, _lasting(node.stops, lasting)) for node in sources]
    spared = [turned(template, {f"happenings.{name}.probability": 0.0}) for name in happenings]
    (books,) = read([template], replace(spec, store=None), progress, BOOKS)
    months = template.record["months"][0][: books.shape[1]]

    def apart(futures: Futures) -> Any:
        begun = first_apart(books, futures.series, months["begins"])
        return np.column_stack([compute(futures.series), begun])

    with_stop = read(stopped, spec, progress, Reading("compute", lambda futures: compute(futures.series), months=True))
    since = Reading(f"compute, and first day apart from {template_digest(template)}", apart, months=True)
    without = read(spared, spec, progress, since)
    as_is, ends = compute(books), months["ends"]
    day = np.full(spec.futures, float((at - scenario.start).days))
    survivals = []
    for node, each in zip(sources, with_stop, strict=True):
        source = SupplySource(node.name, node.words, node.kind, at, lasting)
        survivals.append(survival(source, each, as_is, ends, day, level))
    for name, each in zip(happenings, without, strict=True):
        source = SupplySource(name, Names(scenario).called("happenings", name), "happening")
        survivals.append(survival(source, as_is, each[:, :-1], ends, each[:, -1], level))
    return tuple(survivals)


def _lasting(stops: Mapping[str, str], days: int) -> dict[str, str]:
    return {path: f"{{set: {value}, for: {days} days}}" for path, value in stops.items()}


def _with_happening(template: Template, name: str, at: date, changes: Mapping[str, str]) -> Template:
    """One happening more, under a name that is free."""
    while name in template.scenario.things["happenings"]:
        name += "_"
    changed = ", ".join(f"{path}: {change}" for path, change in changes.items())
    return with_thing(template, "happenings", f"{{id: {name}, at: {at.isoformat()}, changes: {{{changed}}}}}")


def outcomes(
    templates: Sequence[Template], spec: RunSpec, progress: Progress, columns: Sequence[str] = OUTCOMES
) -> list[pd.DataFrame]:
    """The outcomes of the same futures of several templates; of these `columns`."""
    names, index = list(columns), pd.RangeIndex(spec.first, spec.first + spec.futures, name="future")
    reading = Reading(f"{names}", lambda futures: futures.outcomes[names].to_numpy())
    return [pd.DataFrame(rows, index, names) for rows in read(templates, spec, progress, reading)]


def shortfalls(
    templates: Sequence[Template], spec: RunSpec, progress: Progress, lateness: float = 0.0
) -> list[pd.DataFrame]:
    """The same, of which shortfalls are known, and delays of flagships up to a lateness in months."""
    leaner = [each if spec.has(each) else lean(each, lateness) for each in templates]
    return outcomes(leaner, spec, progress, known_of_lean(lateness))


def columns_of(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The columns that the values of these measures are read from."""
    read = (name for each in measures for name in (each.column, each.against, each.reached) if name)
    return tuple(dict.fromkeys(read))


def read_by(template: Template, measures: Iterable[Measure]) -> Template:
    """The template for a reader of the values of these measures alone: lean, where lean futures know them."""
    known = set(columns_of(measures)) <= {*known_of_lean(math.inf)}
    return lean(template, math.inf) if known else template


def read(templates: Sequence[Template], spec: RunSpec, progress: Progress, reading: Reading) -> list[Any]:
    """What is read of the same futures of each template: as kept, or of its own run, or run now and kept."""
    there = [_there(each, spec, reading) for each in templates]
    missing = [each for each, rows in zip(templates, there, strict=True) if rows is None]
    progress(spec.futures * (len(templates) - len(missing)))
    ran = iter([*_run(missing, spec, progress, reading)])
    return [next(ran) if rows is None else rows for rows in there]


def _there(template: Template, spec: RunSpec, reading: Reading) -> Any:
    """What is read of a template's futures, where none has to be run for that; None where one has."""
    own = spec.own if spec.has(template) else None
    if own and not (reading.months and len(own.months) < spec.futures):
        return reading.rows(Futures(own.outcomes.head(spec.futures)[list(OUTCOMES)], own.months[: spec.futures]))
    return spec.store.read(_name(template, spec, reading), spec.futures) if spec.store else None


def _run(templates: Sequence[Template], spec: RunSpec, progress: Progress, reading: Reading) -> Iterator[Any]:
    """What is read of each template's futures, run now; it is kept as soon as they have ended."""
    jobs = list(_jobs(templates, spec))
    runs = runner.run_several(jobs, spec.engine, progress, reading.months) if jobs else ()
    for template, futures in zip(templates, runs, strict=True):
        rows = reading.rows(futures)
        if spec.store:
            spec.store.keep(_name(template, spec, reading), rows)
        yield rows


def _name(template: Template, spec: RunSpec, reading: Reading) -> str:
    """What is read of these futures, in the store."""
    return part_name(chunk_name(template_digest(template), spec.seed, spec.first, spec.futures), reading.name)


def _jobs(templates: Sequence[Template], spec: RunSpec) -> Iterator[Job]:
    """A job for each template; what is drawn alike for several of them is drawn once, and the rest in its task."""
    own = spec.own
    drawn = [(own.template, own.inputs[: spec.futures])] if own and len(own.inputs) >= spec.futures else []
    for place, each in enumerate(templates, 1):
        inputs = next((inputs for other, inputs in drawn if each.draws_as(other)), None)
        if inputs is None and any(each.draws_as(later) for later in templates[place:]):
            inputs = tasks.inputs(each, spec.seed, spec.first, spec.futures, spec.engine)
            drawn.append((each, inputs))
        yield Job(each, spec.seed, spec.futures, spec.first, workers=spec.workers, inputs=inputs)
