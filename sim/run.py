"""One run, from a scenario file to a folder of results."""

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from sim.engine import runner, store
from sim.engine.results import SERIES
from sim.engine.runner import Job, Results
from sim.errors import FutureBroke, InputError, ModelError, Problem
from sim.judging import Judged, Until, simulate
from sim.language.distributions import Fixed
from sim.report import ci
from sim.report.page import Assumption, Reproduction, page
from sim.scenario import facts
from sim.scenario.assemble import Template, assemble
from sim.scenario.explain import explain
from sim.scenario.load import load
from sim.scenario.scenario import Scenario, difference, resolved_yaml
from sim.study.bottlenecks import by_month
from sim.study.findings import Findings, Run, findings
from sim.study.precision import read_precision
from sim.world.future import LAYOUT


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    scenario: Path
    chosen: tuple[str, ...]
    settings: tuple[str, ...]
    seed: int
    futures: int
    first: int
    engine: runner.Engine
    workers: int
    chunk: int | None
    out: Path
    allow_processes: bool = False
    until: Until = field(default_factory=Until)

    @property
    def command(self) -> str:
        """The command that gives this result again, on whatever engine."""
        return self._command(self.futures, self.first)

    def replay(self, future: int) -> str:
        """The command that runs one future alone, where a debugger can stop in it."""
        return self._command(1, future) + " --engine simpy --workers 1 --debug"

    def _command(self, futures: int, first: int) -> str:
        words = ["python", "-m", "sim", "run", self.scenario.as_posix(), "--futures", str(futures)]
        words += ["--seed", str(self.seed)]
        words += ["--first", str(first)] if first else []
        words += ["--with", ",".join(self.chosen)] if self.chosen else []
        for setting in self.settings:
            words += ["--set", setting]
        words += ["--allow-processes"] if self.allow_processes else []
        return shlex.join(words)


@dataclass(frozen=True)
class Outcome:
    """What the user gets."""

    findings: Findings
    folder: Path
    futures_per_second: float
    engine: str
    judged: Judged


def read(path: Path, chosen: Sequence[str], settings: Sequence[str]) -> Scenario:
    """A checked scenario. Raises InputError with every problem found."""
    return load(path, LAYOUT.tables, chosen, settings)


def until(path: Path, decided: bool, precision: str | None, most: int) -> Until:
    """When a run has enough futures, as the command line says it. Raises InputError."""
    if precision is None:
        return Until(decided, (), most)
    leading = [text.text for text in read(path, (), ()).measures]
    return Until(decided, read_precision(precision, leading), most)


def run(request: Request, told: Callable[[int], None]) -> Outcome:
    """Read, check, simulate, find, and write the folder. `told` hears how many futures have finished."""
    scenario = read(request.scenario, request.chosen, request.settings)
    if scenario.processes and not request.allow_processes:
        message = "runs code of its own; allow it with --allow-processes"
        raise InputError([Problem(scenario.tree.place, "processes", message)])
    template = assemble(scenario, LAYOUT)
    job = Job(template, request.seed, request.futures, request.first, request.chunk, request.workers)
    started = time.perf_counter()
    try:
        judged = simulate(scenario, request.scenario, job, request.engine, request.until, told)
    except FutureBroke as error:
        raise ModelError(f"{error}\nreplay it:  {request.replay(error.future)}") from error
    simulated = time.perf_counter() - started
    results = judged.results
    request = replace(request, futures=judged.futures)
    found = findings(_run_of(template, request.seed), results.outcomes.set_index("future"))
    key = store.RunKey(scenario.canonical() | judged.key(), request.seed, request.first, request.futures)
    folder = request.out / request.scenario.stem / key.digest
    timing = {
        "engine": results.engine,
        "workers": request.workers,
        "events": results.events,
        "seconds": round(simulated, 3),
        "futures_per_second": round(request.futures / simulated, 1),
    }
    store.publish(folder, lambda aside: _fill(aside, request, scenario, judged, found, key), key, timing)
    return Outcome(found, folder, request.futures / simulated, results.engine, judged)


def _run_of(template: Template, seed: int) -> Run:
    scenario = template.scenario
    window = template.record["window"][0, 0]

    def day(column: str) -> date:
        return scenario.start + timedelta(days=float(window[column]))

    return Run(
        scenario.name,
        scenario.why,
        scenario.as_of,
        scenario.start,
        scenario.end,
        day("measured_from"),
        day("leads_until"),
        day("later"),
        seed,
        tuple(gate.text for gate in scenario.gates),
    )


def _fill(
    folder: Path, request: Request, scenario: Scenario, judged: Judged, found: Findings, key: store.RunKey
) -> None:
    """Every file of a run folder that is promised to be the same for the same run."""
    results = judged.results
    ends = month_ends(scenario, results.sample.shape[1])
    series = results.histograms.quantiles(ends)
    (folder / "scenario.yaml").write_text(resolved_yaml(scenario), encoding="utf-8")
    store.write_json(folder / "difference.json", {"differences": [_told(row) for row in difference(scenario)]})
    store.write_parquet(folder / "outcomes.parquet", results.outcomes)
    store.write_parquet(folder / "series.parquet", series)
    store.write_parquet(folder / "sample.parquet", _sample(results, ends, request.first))
    store.write_parquet(folder / "bottlenecks.parquet", by_month(series, found.run.leads_until))
    store.write_json(folder / "summary.json", found.as_json())
    if judged.verdicts:
        _fill_gates(folder, scenario.name, judged)
    reproduction = Reproduction(request.command, key.digest, tuple(store.versions().items()))
    text = page(found, series, assumptions(scenario), reproduction)
    (folder / "report.html").write_text(text, encoding="utf-8")


def _fill_gates(folder: Path, name: str, judged: Judged) -> None:
    """What the gates came to, for people and for build servers."""
    cases = [ci.Case(name, verdict) for verdict in judged.verdicts]
    store.write_json(folder / "gates.json", {"gates": [verdict.as_json() for verdict in judged.verdicts]})
    (folder / "junit.xml").write_text(ci.junit(name, cases), encoding="utf-8")
    (folder / "summary.md").write_text(ci.markdown(name, f"{judged.futures:,} futures.", cases), encoding="utf-8")


def month_ends(scenario: Scenario, months: int) -> list[str]:
    """The last day of each month of the books, as ISO dates."""
    ends = []
    first = scenario.start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
        ends.append(min(first - timedelta(days=1), scenario.end).isoformat())
    return ends


def _told(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("path", "old", "new", "why")}


def _sample(results: Results, ends: list[str], first: int) -> pd.DataFrame:
    """The months of the first futures, a row for each future and month."""
    futures, months, _ = results.sample.shape
    rows = pd.MultiIndex.from_product([range(first, first + futures), ends], names=["future", "month"])
    table = pd.DataFrame(results.sample.reshape(futures * months, -1), rows, list(SERIES))
    return table.reset_index()


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every value that a file gives, with its grounds, for the page."""
    catalogue = facts.load()
    found = []
    for told in explain(scenario, catalogue):
        if told.chain:
            value = scenario.values[told.path]
            kind = "luck" if value.field.luck else "fixed" if value.certain else "epistemic"
            if not (value.field.luck and isinstance(value.spec, Fixed)):
                found.append(
                    Assumption(told.path, told.written, told.unit, "; ".join(told.sources), told.grounds.note, kind)  # type: ignore[arg-type]
                )
    return found
