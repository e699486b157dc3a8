"""Futures of a run, and more of them while a gate is undecided or a measure not precise enough; then the verdicts.

Gates spend their probability of error over the looks, also where a precision alone decides when to stop: how wide the
interval of a share is goes with the share. The largest number of futures is always fixed beforehand, and so is that of
looks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.engine import runner
from sim.engine.runner import Job, Results
from sim.errors import InputError, Problem
from sim.language.counting import counted
from sim.measures import gates
from sim.measures.gate_language import Gate, gates_of
from sim.measures.gates import Verdict
from sim.measures.intervals import ALPHA, looks_up_to, spent
from sim.measures.measures import leading
from sim.measures.precision import FEWEST_FUTURES, Precision, interval, read_precision
from sim.requests import RunRequest
from sim.scenario.load import load
from sim.scenario.scenario import Scenario, other_days, refuse_processes
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT

Show = Callable[[pd.DataFrame, int], None]
"""Gets the outcomes of the first futures while the rest still runs, and how many are wanted."""


@dataclass(frozen=True)
class Until:
    """When enough futures have run: gates decided, measures precise; at most so many."""

    decided: bool = False
    precision: tuple[Precision, ...] = ()
    most: int = RunRequest.max_futures

    @property
    def asked(self) -> bool:
        """Whether a run may go on."""
        return self.decided or bool(self.precision)


def until_of(request: RunRequest, scenario: Scenario) -> Until:
    """When a run has enough futures. Raises InputError for a precision that names no measure, or no amount."""
    if request.until_precision is None:
        return Until(request.until_decided, (), request.max_futures)
    names = [each.name for each in leading(scenario)]
    return Until(request.until_decided, read_precision(request.until_precision, names), request.max_futures)


@dataclass(frozen=True)
class Judged:
    """What came of it. `looks`: at how many looks futures were to be judged; `widths`: what precision was reached."""

    results: Results
    verdicts: tuple[Verdict, ...]
    looks: int
    against: dict[str, Any]
    """Canonical forms of the scenarios that gates compare with, by file."""
    widths: tuple[tuple[Precision, float, bool], ...]

    @property
    def futures(self) -> int:
        """How many ran."""
        return len(self.results.outcomes)

    @property
    def exit_code(self) -> int:
        """That of the gates; 3 also where a precision was asked for and not reached."""
        open_ = not all(reached for _, _, reached in self.widths)
        return gates.exit_code(self.verdicts) or (gates.EXIT["undecided"] if open_ else 0)

    def key(self) -> dict[str, Any]:
        """What the verdicts depend on besides the scenario and the futures."""
        key: dict[str, Any] = {"against": self.against} if self.against else {}
        return key | ({"looks": self.looks} if self.looks else {})


def simulate(
    scenario: Scenario,
    path: Path,
    job: Job,
    engine: runner.Engine,
    until: Until,
    progress: Callable[..., None],
    base: Path | None = None,
    show: Show = lambda outcomes, wanted: None,
) -> Judged:
    """Run a job and judge its scenario's gates; with `until`, twice as many futures as often as needed."""
    run_gates = gates_of(scenario, path)
    others = compared_with(scenario, path, run_gates, base)
    templates = {file: assemble(other, LAYOUT) for file, other in others.items()}
    results = runner.run(job, engine, progress, lambda first: show(first, job.futures))
    compared = {file: _run(templates[file], job, engine) for file in others}
    look, looks = 1, looks_up_to(until.most, job.futures)
    while True:
        outcomes = results.outcomes
        tables = {file: other.outcomes for file, other in compared.items()}
        verdicts = gates.judge_all(run_gates, outcomes, tables, spent(ALPHA, look, looks) if until.asked else ALPHA)
        widths = tuple(_width(each, outcomes) for each in until.precision)
        futures = len(outcomes)
        enough = _enough(until, verdicts, widths)
        if enough or 2 * futures > until.most:
            break
        progress(0, futures)
        show(outcomes, 2 * futures)
        more = replace(job, first=job.first + futures, futures=futures)
        results = runner.joined(results, runner.run(more, engine, progress))
        compared = {file: runner.joined(compared[file], _run(templates[file], more, engine)) for file in others}
        look += 1
    against = {file: other.canonical() for file, other in others.items()}
    return Judged(results, verdicts, looks if until.asked else 0, against, widths)


def compared_with(
    scenario: Scenario, path: Path, run_gates: Sequence[Gate], base: Path | None = None
) -> dict[str, Scenario]:
    """The scenarios that gates compare with, by file. Raises InputError for one with other days, or code of its own."""
    by_file = {gate.statistic.against: gate for gate in run_gates if gate.statistic.against}
    others = {file: load(path.parent / file, LAYOUT.tables, base=base) for file in sorted(by_file)}
    for file, other in others.items():
        refuse_processes(other)
        if apart := other_days(scenario, other):
            message = f"{file}: {apart}; what is compared has the same days"
            raise InputError([Problem(by_file[file].place, "gates", message)])
    return others


def _run(template: Any, job: Job, engine: runner.Engine) -> Results:
    return runner.run(replace(job, template=template), engine, lambda done: None)


def _width(each: Precision, outcomes: Any) -> tuple[Precision, float, bool]:
    limits = interval(each.measure, outcomes, ALPHA)
    return each, limits.half, len(outcomes) >= FEWEST_FUTURES and each.holds(limits)


def _enough(until: Until, verdicts: tuple[Verdict, ...], widths: tuple[tuple[Precision, float, bool], ...]) -> bool:
    decided = not until.decided or all(verdict.judgement != "undecided" for verdict in verdicts)
    return decided and all(reached for _, _, reached in widths)


def lines(judged: Judged) -> Iterator[str]:
    """What the terminal shows of gates and precision."""
    width = max((len(verdict.judgement) for verdict in judged.verdicts), default=0)
    for verdict in judged.verdicts:
        verdict_text = f"{verdict.text}; {verdict.advice}".rstrip("; ")
        yield f"{verdict.judgement:<{width}}  {verdict.gate.text}: {verdict_text}"
    for each, half, reached in judged.widths:
        half_width = f"± {half:.3g} {each.measure.unit}" if half < float("inf") else "open: it reaches past the horizon"
        after = counted(judged.futures, "futures")
        yield f"{'reached' if reached else 'not reached'}  {each.text}: {half_width} after {after}"
