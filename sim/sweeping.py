"""One sweep, from its file to a folder of results: what is missing is run, the rest is there already."""

import json
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.engine import chunks, pieces, runner, store
from sim.engine.chunks import Chunks
from sim.engine.pieces import Finished, Piece
from sim.errors import FutureBroke, InputError, Interrupted, ModelError, Place, Problem
from sim.report import ci
from sim.report.ci import Case
from sim.report.sweep import met_text, page
from sim.run import read
from sim.scenario.assemble import Template, assemble
from sim.scenario.variation import varied_template
from sim.study.gate_language import Gate
from sim.study.intervals import ALPHA, spent
from sim.study.sweep import Point, Sweep
from sim.study.sweep_file import read_sweep
from sim.study.sweep_results import (
    Failure,
    SweepResult,
    leading,
    outcomes_table,
    point_result,
    points_table,
)
from sim.study.tables import table_of
from sim.study.words import amount
from sim.world.future import LAYOUT

STORE = "chunks"
"""Folder of the store, in the folder for results; sweeps share it."""

MOST_ROWS = 1_000_000
"""Futures up to which all outcomes of a sweep also stand in one table; beyond, in the store alone."""

PROBE = {"simpy": 10, "compiled": 400}
"""Futures that are run to measure the rate of a dry run."""


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    path: Path
    engine: runner.Engine
    workers: int
    out: Path
    futures: int | None = None
    most: int | None = None
    """Futures of each point up to which gates may ask for more; None for no more than the file says."""
    cluster: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a sweep would cost."""

    points: int
    futures: int
    chunks: int
    there: int
    rate: float
    seconds: float
    engine: str

    def text(self) -> str:
        """A few lines for the terminal."""
        return (
            f"{self.points:,} points x {self.futures:,} futures = {self.points * self.futures:,} futures "
            f"in {self.chunks:,} chunks\n"
            f"{self.there:,} chunks are there already, {self.chunks - self.there:,} are to be run\n"
            f"measured: {self.rate:,.0f} futures a second with {self.engine}; about {_duration(self.seconds)} to go"
        )


@dataclass(frozen=True)
class SweepOutcome:
    """What the user gets."""

    result: SweepResult
    folder: Path
    ran: int
    """Chunks that were run now; the others were there."""
    there: int


@dataclass
class Work:
    """Points while they run."""

    request: Request
    sweep: Sweep
    store: Chunks
    bases: dict[str, Template]
    references: dict[str, Template]
    points: list[Point]
    failures: dict[int, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digests = [chunks.template_digest(self.template(number)) for number in range(len(self.points))]
        self.digests += [chunks.template_digest(template) for template in self.references.values()]

    def template(self, number: int) -> Template:
        """The template of a point; behind the points stand the scenarios that gates compare with."""
        if number >= len(self.points):
            return list(self.references.values())[number - len(self.points)]
        point = self.points[number]
        return varied_template(self.bases[point.scenario], point.settings)

    def names(self, futures: int) -> Iterator[tuple[int, int, int, str]]:
        """Point, first future, number of futures and name of every chunk."""
        for number, digest in enumerate(self.digests):
            for first, n in chunks.blocks(futures):
                yield number, first, n, chunks.chunk_name(digest, self.sweep.seed, first, n)

    def missing(self, futures: int) -> list[tuple[int, int, int, str]]:
        """The chunks that are not there, or are damaged."""
        return [each for each in self.names(futures) if self.store.read(each[3], each[2]) is None]

    def pieces(self, missing: list[tuple[int, int, int, str]]) -> Iterator[Piece]:
        """The missing chunks as pieces; a template is made when its turn comes, and dropped."""
        last, template = -1, None
        for number, first, n, name in missing:
            if number != last or template is None:
                last, template = number, self.template(number)
            yield Piece(template, self.sweep.seed, first, n, (number, name))

    def outcomes(self, number: int, futures: int) -> Any:
        """All futures of a point, from the store."""
        parts = []
        for first, n in chunks.blocks(futures):
            found = self.store.read(chunks.chunk_name(self.digests[number], self.sweep.seed, first, n), n)
            if found is None:
                raise ModelError(f"a chunk of point {number} was lost while the sweep ran; run the same command again")
            parts.append(found)
        return table_of(parts)


def sweep(request: Request, planned: Callable[[int], None], told: Callable[[int], None]) -> SweepOutcome:
    """Read, run what is missing, judge, and write the folder.

    `planned` hears how many futures are to be run, `told` how many have ended. Raises Interrupted when stopped from
    outside: what is finished is kept.
    """
    work = _sweep_of(request)
    started = time.perf_counter()
    futures = request.futures or work.sweep.futures
    total = ran = 0
    for look in range(1, 64):
        missing = work.missing(futures)
        planned(sum(n for _, _, n, _ in missing))
        run_missing(work, missing, told)
        total, ran = len(list(work.names(futures))), ran + len(missing)
        alpha = ALPHA if request.most is None else spent(ALPHA, look)
        result, tables = _judged(work, futures, alpha)
        undecided = any(verdict.judgement == "undecided" for verdict in result.verdicts)
        if request.most is None or not undecided or 2 * futures > request.most:
            break
        futures *= 2
    folder = _publish(work, result, tables, time.perf_counter() - started, ran)
    return SweepOutcome(result, folder, ran, total - ran)


def dry_run(request: Request) -> Plan:
    """What it would cost, from a measured rate."""
    work = _sweep_of(request)
    futures = request.futures or work.sweep.futures
    every = list(work.names(futures))
    missing = work.missing(futures)
    engine = _engine(request, sum(n for _, _, n, _ in missing), work)
    if engine == "compiled":
        pieces.warm_up()
    template = work.template(missing[0][0] if missing else 0)
    started = time.perf_counter()
    runner.run_chunk(template, work.sweep.seed, 0, PROBE[engine], engine)
    rate = PROBE[engine] / (time.perf_counter() - started) * request.workers
    to_go = sum(n for _, _, n, _ in missing)
    return Plan(len(work.points), futures, len(every), len(every) - len(missing), rate, to_go / rate, engine)


def _sweep_of(request: Request) -> Work:
    work = work_of(request)
    if work.sweep.design == "search":
        raise wrong(request.path, "design", "this file is a search; run it with `python -m sim search`")
    return work


def wrong(path: Path, key: str, message: str) -> InputError:
    """What is wrong with a whole file."""
    return InputError([Problem(Place(str(path), 1, 1), key, message)])


def work_of(request: Request) -> Work:
    """A file read and assembled, ready to run. Raises InputError with every problem found."""
    found = read_sweep(request.path, lambda path: _checked(read(path, (), ())))
    references = {
        file: assemble(_checked(read(request.path.parent / file, (), ())), LAYOUT)
        for file in sorted({gate.statistic.against for gate in _gates(found) if gate.statistic.against})
    }
    bases = {name: assemble(scenario, LAYOUT) for name, scenario in found.scenarios.items()}
    kept = Chunks(request.out / STORE)
    kept.tidy()
    return Work(request, found, kept, bases, references, [] if found.design == "search" else list(found.points()))


def _checked(scenario: Any) -> Any:
    if scenario.processes:
        raise InputError([Problem(scenario.tree.place, "processes", "a sweep runs no code of a scenario's own")])
    return scenario


def _gates(found: Sweep) -> tuple[Gate, ...]:
    return (*found.gates, *([found.target] if found.target else []))


def _engine(request: Request, futures: int, work: Work) -> str:
    return runner.choose(request.engine, futures)


def run_missing(work: Work, missing: list[tuple[int, int, int, str]], told: Callable[[int], None]) -> None:
    """Run what is missing, each chunk into the store as it ends. Raises Interrupted when stopped from outside."""
    if not missing:
        return
    engine = _engine(work.request, sum(n for _, _, n, _ in missing), work)
    done = 0
    try:
        for piece, batch in _finished(work, engine, missing):
            number, name = piece.tag
            if isinstance(batch, FutureBroke):
                _note(work, number, batch)
            else:
                work.store.write(name, batch.outcomes)
            done += 1
            told(piece.n)
    except KeyboardInterrupt as stop:
        left = f"{done:,} of {len(missing):,} chunks were finished and are kept"
        raise Interrupted(f"interrupted; {left}. Run the same command to go on.") from stop


def _finished(work: Work, engine: str, missing: list[tuple[int, int, int, str]]) -> Iterator[Finished]:
    if work.request.cluster is None:
        return pieces.finished(work.pieces(missing), engine, work.request.workers)
    from sim.engine import cluster

    return cluster.finished(work.pieces(missing), engine, work.request.cluster)


def _note(work: Work, number: int, broke: FutureBroke) -> None:
    """The first future of a point that broke."""
    before = work.failures.get(number)
    if before is not None and before.future <= broke.future:
        return
    if number >= len(work.points):
        raise broke
    point = work.points[number]
    replay = _replay(work.sweep, point, broke.future)
    work.failures[number] = Failure(number, broke.future, broke.reason, point.words, replay)


def _replay(found: Sweep, point: Point, future: int) -> str:
    """The command that runs one future of a point alone."""
    file = found.scenarios[point.scenario].files[-1]
    words = ["python", "-m", "sim", "run", file, "--futures", "1", "--seed", str(found.seed), "--first", str(future)]
    for setting in point.words:
        words += ["--set", setting]
    return shlex.join([*words, "--engine", "simpy", "--workers", "1", "--debug"])


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


def _publish(work: Work, result: SweepResult, tables: Mapping[int, Any], seconds: float, ran: int) -> Path:
    found = work.sweep
    key = store.RunKey(
        {
            "sweep": found.path.read_text(encoding="utf-8"),
            "templates": work.digests,
            "judged_from": work.request.futures or found.futures,
            "until_decided": work.request.most is not None,
        },
        found.seed,
        0,
        result.futures,
    )
    folder = work.request.out / found.path.stem / key.digest
    timing = {"workers": work.request.workers, "seconds": round(seconds, 3), "chunks_run": ran}
    store.publish(folder, lambda aside: _fill(aside, work, result, tables, key), key, timing)
    return folder


def _fill(folder: Path, work: Work, result: SweepResult, tables: Mapping[int, Any], key: store.RunKey) -> None:
    """Every file of the folder."""
    found = work.sweep
    (folder / "sweep.yaml").write_bytes(found.path.read_bytes())
    cases = cases_of(result)
    store.write_json(folder / "failed.json", {"failed": [failure.as_json() for failure in result.failures]})
    store.write_json(folder / "gates.json", {"gates": [_told(case) for case in cases if case.verdict]})
    (folder / "junit.xml").write_text(ci.junit(found.name, cases), encoding="utf-8")
    (folder / "summary.md").write_text(summary(result), encoding="utf-8")
    if result.points:
        store.write_parquet(folder / "points.parquet", points_table(result))
    if tables:
        store.write_parquet(folder / "outcomes.parquet", outcomes_table(list(tables), list(tables.values())))
    command = shlex.join(["python", "-m", "sim", "sweep", found.path.as_posix(), "--futures", str(result.futures)])
    (folder / "report.html").write_text(page(result, command, key.digest), encoding="utf-8")


def _told(case: Case) -> dict[str, object]:
    assert case.verdict is not None
    return {"where": case.where, **case.verdict.as_json()}


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
    found = result.sweep
    lead = f"{len(result.points):,} points, {result.futures:,} futures each, seed {found.seed}. {found.why}".strip()
    notes = []
    if result.met is not None and found.target is not None:
        notes.append(f"`{found.target.text}`: {met_text(result)}")
    return ci.markdown(found.name, lead, cases_of(result), notes)


def lines(outcome: SweepOutcome) -> Iterator[str]:
    """What the terminal shows: size, target, what moves each measure most, gates that do not pass, what broke."""
    result = outcome.result
    chunks_told = f"{outcome.there:,} chunks were there, {outcome.ran:,} ran"
    yield f"{result.sweep.name}: {len(result.points):,} points, {result.futures:,} futures each; {chunks_told}"
    if result.met is not None and result.sweep.target is not None:
        yield f"{result.sweep.target.text}: {met_text(result)}"
    for influence in leading(result):
        unit = influence.measure.unit
        ends = f"{amount(influence.first, unit)} to {amount(influence.last, unit)}"
        yield f"{influence.measure.title}: {influence.factor} moves it most, from {ends} on average"
    for case in cases_of(result):
        if case.verdict is not None and case.verdict.judgement != "passes":
            yield f"{case.verdict.judgement}: {case.name} at {case.where}: {case.verdict.text} {case.verdict.advice}"
        elif case.broke:
            yield f"broke: {case.where}: {case.broke}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def as_json(outcome: SweepOutcome) -> str:
    """For `--json`."""
    result = outcome.result
    document = {
        "sweep": result.sweep.name,
        "folder": outcome.folder.as_posix(),
        "points": len(result.points),
        "futures": result.futures,
        "failed": [failure.as_json() for failure in result.failures],
        "target_met": None if result.met is None else {"by_estimate": result.met[0], "beyond_error": result.met[1]},
        "gates": [_told(case) for case in cases_of(result) if case.verdict],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
