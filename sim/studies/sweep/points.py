"""Points through the store of chunks: what is there is read, what is missing is run, what breaks is noted.

Sweeps and searches differ in which points they ask for, and in what they make of the outcomes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.bottlenecks.variants import read_by
from sim.engine import resumable, runner
from sim.engine.runner import table_of
from sim.engine.storage import chunk_store
from sim.engine.storage.chunk_store import Chunks
from sim.engine.tasks import Task
from sim.errors import FutureBroke, InputError, ModelError, Place, Problem
from sim.measures.measures import Measure
from sim.requests import RunRequest, SearchRequest, SweepRequest
from sim.runs.run import read
from sim.runs.until import compared_with
from sim.scenario.scenario import Scenario, refuse_processes
from sim.studies.sweep.file import read_sweep
from sim.studies.sweep.plan import Point, Sweep
from sim.studies.sweep.results import Failure
from sim.template.assemble import Template, assemble
from sim.template.variation import varied_template
from sim.world.course.future import LAYOUT


@dataclass
class Work:
    """Points while they run."""

    request: SweepRequest | SearchRequest
    sweep: Sweep
    store: Chunks
    bases: dict[str, Template]
    references: dict[str, Template]
    points: list[Point]
    read: tuple[Measure, ...] | None = None
    """The measures whose values alone are read of points, if so."""
    failures: dict[int, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digests = [chunk_store.template_digest(self.template(number)) for number in range(len(self.points))]
        self.digests += [chunk_store.template_digest(template) for template in self.references.values()]

    def template(self, number: int) -> Template:
        """The template of a point; behind the points stand the scenarios that gates compare with."""
        if number >= len(self.points):
            return list(self.references.values())[number - len(self.points)]
        point = self.points[number]
        template = varied_template(self.bases[point.scenario], point.settings)
        return template if self.read is None else read_by(template, self.read)

    def names(self, futures: int) -> Iterator[tuple[int, int, int, str]]:
        """Point, first future, number of futures and name of every chunk."""
        for number, digest in enumerate(self.digests):
            for first, n in chunk_store.blocks(futures):
                yield number, first, n, chunk_store.chunk_name(digest, self.sweep.seed, first, n)

    def missing(self, futures: int) -> list[tuple[int, int, int, str]]:
        """The chunks that are not there, or are damaged."""
        return [each for each in self.names(futures) if self.store.read(each[3], each[2]) is None]

    def tasks(self, missing: list[tuple[int, int, int, str]]) -> Iterator[Task]:
        """The missing chunks as tasks; a template is made when its turn comes, and dropped."""
        last, template = -1, None
        for number, first, n, name in missing:
            if number != last or template is None:
                last, template = number, self.template(number)
            yield Task(template, self.sweep.seed, first, n, (number, name))

    def outcomes(self, number: int, futures: int) -> Any:
        """All futures of a point, from the store."""
        parts = []
        for first, n in chunk_store.blocks(futures):
            stored = self.store.read(chunk_store.chunk_name(self.digests[number], self.sweep.seed, first, n), n)
            if stored is None:
                raise ModelError(f"a chunk of point {number} was lost while the sweep ran; run the same command again")
            parts.append(stored)
        return table_of(parts)


def work_of(request: SweepRequest | SearchRequest) -> Work:
    """A file read and assembled, ready to run. Raises InputError with every problem found."""
    sweep = read_sweep(request.file, lambda path: _checked(read(path, (), ())))
    gates = (*sweep.gates, *([sweep.target] if sweep.target else []))
    others = compared_with(next(iter(sweep.scenarios.values())), request.file, gates)
    references = {file: assemble(other, LAYOUT) for file, other in others.items()}
    bases = {name: assemble(scenario, LAYOUT) for name, scenario in sweep.scenarios.items()}
    points = [] if sweep.design == "search" else list(sweep.points())
    request = replace(request, futures=request.futures or sweep.futures)
    return Work(request, sweep, resumable.opened(request.out), bases, references, points, _read_alone(sweep))


def _read_alone(sweep: Sweep) -> tuple[Measure, ...] | None:
    """The measures of a search's objectives; None where gates, or the files of a sweep, read more than their values."""
    statistics = [each.statistic for each in sweep.objectives]
    if sweep.design != "search" or sweep.gates or None in statistics:
        return None
    return tuple(each.measure for each in statistics if each is not None)


def wrong(path: Path, key: str, message: str) -> InputError:
    """What is wrong with a whole file."""
    return InputError([Problem(Place(str(path), 1, 1), key, message)])


def _checked(scenario: Scenario) -> Scenario:
    refuse_processes(scenario)
    return scenario


def run_missing(work: Work, missing: list[tuple[int, int, int, str]], progress: Callable[[int], None]) -> None:
    """Run what is missing, each chunk into the store as it ends. Raises Interrupted when stopped from outside."""
    engine = runner.choose(work.request.engine)
    with resumable.keeping() as tally:
        for task, batch in resumable.finished(work.request, engine, work.tasks(missing)) if missing else ():
            number, name = task.tag
            if isinstance(batch, FutureBroke):
                _note(work, number, batch)
            else:
                work.store.write(name, batch.outcomes)
            tally.done += 1
            progress(task.n)


def _note(work: Work, number: int, broke: FutureBroke) -> None:
    """The first future of a point that broke."""
    before = work.failures.get(number)
    if before is not None and before.future <= broke.future:
        return
    if number >= len(work.points):
        raise broke
    point = work.points[number]
    file = Path(work.sweep.scenarios[point.scenario].files[-1])
    alone = RunRequest(file, settings=tuple(point.words), seed=work.sweep.seed)
    work.failures[number] = Failure(number, broke.future, broke.reason, point.words, alone.replay(broke.future))
