"""One run, from a scenario file to a folder of results."""

import re
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from sim.engine import runner, store
from sim.engine.results import SERIES
from sim.engine.runner import Job, Results
from sim.errors import FutureBroke, InputError, ModelError, Problem
from sim.language.distributions import Fixed
from sim.report.material import Assumption, Kind, Material, Source
from sim.report.page import page
from sim.scenario import facts
from sim.scenario.assemble import Template, assemble
from sim.scenario.explain import explain
from sim.scenario.load import load
from sim.scenario.scenario import Scenario, difference, resolved_yaml
from sim.study.bottlenecks import by_month
from sim.study.compare import Changed, Compared, Comparison
from sim.study.findings import Findings, Run, findings
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


def read(path: Path, chosen: Sequence[str], settings: Sequence[str]) -> Scenario:
    """A checked scenario. Raises InputError with every problem found."""
    return load(path, LAYOUT.tables, chosen, settings)


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
        results = runner.run(job, request.engine, told)
    except FutureBroke as error:
        raise ModelError(f"{error}\nreplay it:  {request.replay(error.future)}") from error
    simulated = time.perf_counter() - started
    found = findings(_run_of(template, request.seed), results.outcomes.set_index("future"))
    key = store.RunKey(scenario.canonical(), request.seed, request.first, request.futures)
    folder = request.out / request.scenario.stem / key.digest
    timing = {
        "engine": results.engine,
        "workers": request.workers,
        "events": results.events,
        "seconds": round(simulated, 3),
        "futures_per_second": round(request.futures / simulated, 1),
    }
    store.publish(folder, lambda aside: _fill(aside, request, scenario, results, found, key), key, timing)
    return Outcome(found, folder, request.futures / simulated, results.engine)


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
    folder: Path, request: Request, scenario: Scenario, results: Results, found: Findings, key: store.RunKey
) -> None:
    """Every file of a run folder that is promised to be the same for the same run."""
    ends = month_ends(scenario, results.sample.shape[1])
    series = results.histograms.quantiles(ends)
    (folder / "scenario.yaml").write_text(resolved_yaml(scenario), encoding="utf-8")
    changed = tuple(Changed(row.path, row.old, row.new, row.why) for row in difference(scenario))
    store.write_json(folder / "difference.json", {"differences": [asdict(row) for row in changed]})
    store.write_parquet(folder / "outcomes.parquet", results.outcomes)
    store.write_parquet(folder / "series.parquet", series)
    store.write_parquet(folder / "sample.parquet", _sample(results, ends, request.first))
    store.write_parquet(folder / "bottlenecks.parquet", by_month(series, found.run.leads_until))
    store.write_json(folder / "summary.json", found.as_json())
    told = Compared(request.scenario.stem, found, changed, results.outcomes, series)
    text = page(_material(scenario, _alone(told, request.command, key.digest)))
    (folder / "report.html").write_text(text, encoding="utf-8")


def _alone(told: Compared, command: str, digest: str) -> Comparison:
    """A comparison of one: what its findings say."""
    found = told.findings
    versions = tuple(store.versions().items())
    return Comparison(
        found.futures,
        found.run.seed,
        found.headline,
        found.answer,
        (told,),
        differences=(),
        command=command,
        digest=digest,
        versions=versions,
    )


def _material(scenario: Scenario, comparison: Comparison) -> Material:
    """What the page is made of; its assumptions are those of the first scenario."""
    return Material(scenario.name, comparison, tuple(assumptions(scenario)), tuple(sources(scenario)))


def month_ends(scenario: Scenario, months: int) -> list[str]:
    """The last day of each month of the books, as ISO dates."""
    ends = []
    first = scenario.start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
        ends.append(min(first - timedelta(days=1), scenario.end).isoformat())
    return ends


def _sample(results: Results, ends: list[str], first: int) -> pd.DataFrame:
    """The months of the first futures, a row for each future and month."""
    futures, months, _ = results.sample.shape
    rows = pd.MultiIndex.from_product([range(first, first + futures), ends], names=["future", "month"])
    table = pd.DataFrame(results.sample.reshape(futures * months, -1), rows, list(SERIES))
    return table.reset_index()


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every value that a file gives, with its grounds, for the page: uncertain ones first, then luck, then fixed."""
    found = []
    for told in explain(scenario, facts.load()):
        value = scenario.values[told.path]
        if told.chain and not (value.field.luck and isinstance(value.spec, Fixed)):
            grounds = told.grounds
            kind: Kind = "luck" if value.field.luck else "fixed" if value.certain else "epistemic"
            found.append(
                Assumption(
                    told.path,
                    _with_unit(scenario.spelled(value), told.unit),
                    kind,
                    grounds.source,
                    grounds.note,
                    grounds.confidence,
                )
            )
    return sorted(found, key=lambda each: ("epistemic", "luck", "fixed").index(each.kind))


def _with_unit(written: object, unit: str) -> str:
    """A value for readers: `p5 300, p50 2,000, p95 8,000 chips`."""
    text = re.sub(r"(?<![\d.])\d{4,}(?![\d-])", lambda digits: f"{int(digits[0]):,}", _plain(written))
    return text if unit in ("date", "") or unit in text else f"{text} {unit}"


def _plain(written: object) -> str:
    match written:
        case dict():
            return ", ".join(f"{key} {_plain(value)}" for key, value in written.items())
        case list():
            return "; ".join(map(_plain, written))
        case float():
            return f"{written:.15g}"
        case None:
            return "none"
        case _:
            return str(written)


def sources(scenario: Scenario) -> list[Source]:
    """Every fact and citation that a value may name."""
    citable = {**facts.load(), **facts.in_tree(scenario.tree)}
    return [Source(fact.id, fact.what, fact.source, fact.known_since) for fact in citable.values()]
