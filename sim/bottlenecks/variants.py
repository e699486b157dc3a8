"""Variants: the same futures of a scenario run again with something eased, removed or stopped.

A variant that turns dials differs from its scenario in a few numbers of the record: the template is assembled once and
these are written over. What stops on a day is a happening more: it alone is read, and the template assembled with it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np

from sim.bottlenecks import relief as easing
from sim.bottlenecks.relief import HUNDRED_MILLION, Relief
from sim.bottlenecks.survival import FAILURE_LEVEL, SupplySource, Survival, compute, first_apart, survival
from sim.bottlenecks.variant_runs import Asking, OwnRun, Question, Reading, RunSpec, shortfalls, together
from sim.engine import resumable
from sim.engine.results import known_of_lean
from sim.engine.runner import Engine, Futures, choose
from sim.engine.storage.chunk_store import template_digest
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


def relief(template: Template, spec: RunSpec) -> Asking[Relief]:
    """Each cause eased and removed; and a hundred million dollars more."""
    steps = easing.singles()
    rich = _with_happening(template, HUNDRED_MILLION, template.scenario.start, {"capital.cash": "{shift: $100M}"})
    moved = [turned(template, {f"dials.{cause}": far}) for cause, far in steps]
    as_is, richer, *runs = yield from shortfalls([template, rich, *moved], spec, math.inf)

    eased = dict(zip(steps, runs, strict=True))
    priced = easing.relieved((HUNDRED_MILLION, easing.EASED), richer, as_is)
    return Relief(spec.futures, easing.causes_relieved(eased, as_is), priced)


def relief_runs() -> int:
    """Variants that `relief` runs."""
    return 2 + len(easing.singles())


STOPPED = 365
"""Days for which a source stops beside a run, from the day of the last news on."""


def what_helps(template: Template, spec: RunSpec) -> Asking[tuple[Relief | None, tuple[Survival, ...]]]:
    """Relief, and survival of a year's stop of each source, beside a run; nothing of no futures."""
    if not spec.futures:
        return None, ()
    first = max(template.scenario.start, template.scenario.as_of)
    relieved, survived = yield from together(relief(template, spec), survivals(template, spec, first, STOPPED))
    return relieved, survived


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
    template: Template, spec: RunSpec, at: date, lasting: int, level: float = FAILURE_LEVEL
) -> Asking[tuple[Survival, ...]]:
    """Every source stopped in turn on day `at`, for `lasting` days; then every happening, beside its absence."""
    scenario = template.scenario
    sources = list(nodes(template))
    happenings = scenario.things["happenings"]
    stopped = [_with_happening(template, f"{node.name}_stops", at, _lasting(node.stops, lasting)) for node in sources]
    spared = [turned(template, {f"happenings.{name}.probability": 0.0}) for name in happenings]
    as_it_is = Question([template], replace(spec, store=None), BOOKS)

    def apart(futures: Futures) -> Any:
        books = as_it_is.answer[0]  # questions are answered in their order
        begins = template.record["months"][0][: books.shape[1]]["begins"]
        return np.column_stack([compute(futures.series), first_apart(books, futures.series, begins)])

    stops = Reading("compute", lambda futures: compute(futures.series), months=True)
    since = Reading(f"compute, and first day apart from {template_digest(template)}", apart, months=True)
    with_stop, without = Question(stopped, spec, stops), Question(spared, spec, since)
    yield iter([as_it_is, with_stop, without])
    (books,) = as_it_is.answer
    as_is, ends = compute(books), template.record["months"][0][: books.shape[1]]["ends"]
    day = np.full(spec.futures, float((at - scenario.start).days))
    survivals = []
    for node, each in zip(sources, with_stop.answer, strict=True):
        source = SupplySource(node.name, node.words, node.kind, at, lasting)
        survivals.append(survival(source, each, as_is, ends, day, level))
    for name, each in zip(happenings, without.answer, strict=True):
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


def columns_of(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The columns that the values of these measures are read from."""
    read = (name for each in measures for name in (each.column, each.against, each.reached) if name)
    return tuple(dict.fromkeys(read))


def read_by(template: Template, measures: Iterable[Measure]) -> Template:
    """The template for a reader of the values of these measures alone: lean, where lean futures know them."""
    known = set(columns_of(measures)) <= {*known_of_lean(math.inf)}
    return lean(template, math.inf) if known else template
