"""One sweep, from its file to a folder of results: what is missing is run, the rest is there already."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.engine import runner
from sim.engine.compiled.compiler import KERNELS
from sim.engine.storage import result_folder
from sim.findings.markdown import plain
from sim.language.counting import counted
from sim.language.documents import plain_json
from sim.measures.intervals import ALPHA, looks_up_to, spent
from sim.report import ci
from sim.report.ci import Case
from sim.requests import SweepRequest
from sim.studies.sweep.headline import headline, met_text, moved
from sim.studies.sweep.page import page
from sim.studies.sweep.points import Work, run_missing, work_of, wrong
from sim.studies.sweep.results import SweepResult, outcomes_table, point_result, points_table

MOST_ROWS = 1_000_000
"""Futures up to which all outcomes of a sweep also stand in one table; beyond, in the store alone."""

PROBE = {"simpy": 10, "compiled": 400}
"""Futures that are run to measure the rate of a dry run."""

ENGINES = {
    "simpy": "under SimPy",
    "compiled": "compiled",
    "auto": "under SimPy (the simulator compiles beside the sweep, and then is some hundred times faster)",
}
"""How the rate of a dry run was measured."""


@dataclass(frozen=True)
class CostEstimate:
    """What a sweep would cost."""

    points: int
    futures: int
    chunks: int
    there: int
    rate: float
    seconds: float
    engine: runner.Engine

    def text(self) -> str:
        """A few lines for the terminal."""
        return (
            f"{counted(self.points, 'points')} x {counted(self.futures, 'futures')}"
            f" = {counted(self.points * self.futures, 'futures')} in {counted(self.chunks, 'chunks')}\n"
            f"{self.there:,} of them there already, {self.chunks - self.there:,} to be run\n"
            f"measured: {self.rate:,.0f} futures a second {ENGINES[self.engine]}; about {_duration(self.seconds)} to go"
        )


@dataclass(frozen=True)
class SweepOutcome:
    """What the user gets."""

    result: SweepResult
    published: result_folder.Published
    ran: int
    """Chunks that were run now; the others were there."""
    there: int


def sweep(request: SweepRequest, progress: Callable[..., None]) -> SweepOutcome:
    """Read, run what is missing, judge, and write the folder.

    `progress` gets how many futures have ended, and how many more are to be run. Raises Interrupted when stopped from
    outside: what is finished is kept.
    """
    work = _sweep_of(request)
    started = time.perf_counter()
    futures = request.futures or work.sweep.futures
    total = ran = 0
    most = request.max_futures if request.until_decided else futures
    looks = looks_up_to(most, futures)
    for look in range(1, looks + 1):
        missing = work.missing(futures)
        progress(0, sum(n for _, _, n, _ in missing))
        run_missing(work, missing, progress)
        total, ran = len(list(work.names(futures))), ran + len(missing)
        alpha = spent(ALPHA, look, looks)
        result, tables = _judged(work, futures, alpha)
        undecided = any(verdict.judgement == "undecided" for verdict in result.verdicts)
        if not undecided or 2 * futures > most:
            break
        futures *= 2
    published = _published(request, work, result, tables, time.perf_counter() - started, ran)
    return SweepOutcome(result, published, ran, total - ran)


def dry_run(request: SweepRequest) -> CostEstimate:
    """What it would cost, from a measured rate."""
    work = _sweep_of(request)
    futures = request.futures or work.sweep.futures
    every = list(work.names(futures))
    missing = work.missing(futures)
    engine = runner.choose(request.engine)
    now = "simpy" if engine == "auto" else engine  # a plan compiles nothing
    if now == "compiled":
        KERNELS.take()
    template = work.template(missing[0][0] if missing else 0)
    started = time.perf_counter()
    runner.run_chunk(template, work.sweep.seed, 0, PROBE[now], now)
    rate = PROBE[now] / (time.perf_counter() - started) * request.workers
    to_go = sum(n for _, _, n, _ in missing)
    return CostEstimate(len(work.points), futures, len(every), len(every) - len(missing), rate, to_go / rate, engine)


def _sweep_of(request: SweepRequest) -> Work:
    work = work_of(request)
    if work.sweep.design == "search":
        raise wrong(request.file, "design", "this file is a search; run it with `python -m sim search`")
    return work


def _judged(work: Work, futures: int, alpha: float) -> tuple[SweepResult, dict[int, Any]]:
    """Every point that ran, with its outcomes where there are few enough to keep."""
    others = {file: work.outcomes(len(work.points) + i, futures) for i, file in enumerate(work.references)}
    kept: dict[int, Any] = {}
    results = []
    for number, point in enumerate(work.points):
        if number in work.failures:
            continue
        table = work.outcomes(number, futures)
        results.append(point_result(work.sweep, point, table, others, alpha))
        if len(work.points) * futures <= MOST_ROWS:
            kept[number] = table
    failures = tuple(work.failures[number] for number in sorted(work.failures))
    return SweepResult(work.sweep, futures, tuple(results), failures), kept


def _published(
    request: SweepRequest, work: Work, result: SweepResult, tables: Mapping[int, Any], seconds: float, ran: int
) -> result_folder.Published:
    sweep = work.sweep
    key = result_folder.RunKey(
        {
            "sweep": sweep.path.read_text(encoding="utf-8"),
            "templates": work.digests,
            "judged_from": work.request.futures,
            "at_most": request.max_futures if request.until_decided else None,
        },
        sweep.seed,
        0,
        result.futures,
    )
    folder = request.out / result_folder.name_of(sweep.path) / key.digest
    timing = {"workers": request.workers, "seconds": round(seconds, 3), "chunks_run": ran}
    return result_folder.published(folder, lambda aside: _fill(aside, work, result, tables, key), key, timing)


def _fill(folder: Path, work: Work, result: SweepResult, tables: Mapping[int, Any], key: result_folder.RunKey) -> None:
    """Every file of the folder."""
    sweep = work.sweep
    (folder / "sweep.yaml").write_bytes(sweep.path.read_bytes())
    cases = cases_of(result)
    result_folder.write_json(folder / "failed.json", {"failed": plain_json(result.failures)})
    result_folder.write_json(folder / "gates.json", {"gates": plain_json([case for case in cases if case.verdict])})
    result_folder.write_text(folder / "junit.xml", ci.junit(sweep.name, cases))
    result_folder.write_text(folder / "summary.md", summary(result))
    if result.points:
        result_folder.write_parquet(folder / "points.parquet", points_table(result))
    if tables:
        result_folder.write_parquet(folder / "outcomes.parquet", outcomes_table(list(tables), list(tables.values())))
    result_folder.write_text(folder / "report.html", page(result, work.request.command, key.digest))


def cases_of(result: SweepResult) -> list[Case]:
    """Every gate at every point, and the points that broke."""
    judged = [Case(each.label, verdict) for each in result.points for verdict in each.verdicts]
    broke = [
        Case(f"point {failure.point}: {', '.join(failure.settings)}", None, f"{failure.reason}\n{failure.replay}")
        for failure in result.failures
    ]
    return [*judged, *broke]


def summary(result: SweepResult) -> str:
    """The sweep in Markdown."""
    sweep = result.sweep
    lead = f"{_size(result)}, seed {sweep.seed}. {plain(sweep.why)}".strip()
    notes = []
    if result.met is not None and sweep.target is not None:
        notes.append(f"`{sweep.target.text}`: {met_text(result)}")
    return ci.markdown(sweep.name, lead, cases_of(result), notes)


def _size(result: SweepResult) -> str:
    return f"{counted(len(result.points), 'points')}, {counted(result.futures, 'futures')} each"


def lines(outcome: SweepOutcome) -> Iterator[str]:
    """What the terminal shows: size, target, what moves each measure most, gates that do not pass, what broke."""
    result = outcome.result
    chunks = f"of {counted(outcome.there + outcome.ran, 'chunks')} {outcome.there:,} there already, {outcome.ran:,} ran"
    yield f"{result.sweep.name}: {_size(result)}; {chunks}"
    if result.sweep.target is not None:
        yield headline(result)
        yield f"{result.sweep.target.text}: {met_text(result)}"
    yield from (f"{measure.title}: {words}" for measure, words in moved(result).items())
    for case in cases_of(result):
        if case.verdict is not None and case.verdict.judgement != "passes":
            yield f"{case.verdict.judgement}: {case.name} at {case.where}: {case.verdict.text} {case.verdict.advice}"
        elif case.broke:
            yield from f"broke: {case.where}: {case.broke}".splitlines()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def as_json(outcome: SweepOutcome) -> dict[str, object]:
    """For `--json`."""
    result, folder = outcome.result, outcome.published.there
    return {
        "sweep": result.sweep.name,
        "folder": folder and folder.as_posix(),
        "points": len(result.points),
        "futures": result.futures,
        "failed": plain_json(result.failures),
        "target_met": None if result.met is None else {"by_estimate": result.met[0], "beyond_error": result.met[1]},
        "gates": plain_json([case for case in cases_of(result) if case.verdict]),
    }
