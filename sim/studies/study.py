"""Shared machinery of the studies of one scenario: cached runs and result folders."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sim.engine import resumable, runner, tasks
from sim.engine.results import Batch
from sim.engine.resumable import Tally
from sim.engine.runner import table_of
from sim.engine.storage import chunk_store, result_folder
from sim.engine.storage.chunk_store import Chunks
from sim.engine.tasks import Task
from sim.errors import FutureBroke, InputError, Place, Problem
from sim.measures.gate_language import Gate, read_gates
from sim.measures.measures import MEASURES, Measure, leading, measures_at
from sim.requests import StudyRequest
from sim.runs.run import template_of
from sim.scenario.scenario import Text
from sim.template.assemble import Template
from sim.template.history_matching import Judge, plain_judge
from sim.world.course.future import LAYOUT


class SideResult(Protocol):
    """What a study keeps of futures besides their outcomes."""

    def is_cached(self, task: Task) -> bool:
        """Whether it is in the store, or not wanted of these futures."""

    def keep(self, task: Task, batch: Batch) -> None:
        """Keep what is wanted of futures that ran."""


@dataclass(frozen=True)
class Study:
    """A scenario under study, and the store that its futures go through.

    `progress` hears how many futures are done, and how many more are to do.
    """

    request: StudyRequest
    template: Template
    store: Chunks
    progress: Callable[..., None]
    tally: Tally

    def numbered(self, template: Template, inputs: Any = None) -> Iterator[Task]:
        """The first futures of a template, a chunk at a time; `inputs`, where they are drawn already."""
        digest, seed = chunk_store.template_digest(template), self.request.seed
        for first, n in chunk_store.blocks(self.request.futures):
            rows = None if inputs is None else inputs[first : first + n]
            yield Task(template, seed, first, n, chunk_store.chunk_name(digest, seed, first, n), rows)

    def with_inputs(self, template: Template, inputs: Any, lucky: int = 0) -> Any:
        """Outcomes of futures with these inputs, and the luck of those from number `lucky` on."""
        return self.outcomes(self._laid_out(template, inputs, lucky), len(inputs))

    def _laid_out(self, template: Template, inputs: Any, lucky: int) -> Iterator[Task]:
        """Futures with inputs and luck of their own, a chunk at a time."""
        digest, seed = chunk_store.template_digest(template), self.request.seed
        for first, n in chunk_store.blocks(len(inputs)):
            rows, luck = inputs[first : first + n], tasks.seeds(seed, lucky + first, n)
            yield Task(template, seed, first, n, chunk_store.laid_name(digest, seed, rows, luck), rows, luck)

    def outcomes(self, todo: Iterable[Task], futures: int, beside: SideResult | None = None) -> Any:
        """A table of outcomes, a row for each future: those in the store are read, the others run and kept.

        Raises FutureBroke naming the row that failed.
        """
        self.progress(0, futures)
        parts: dict[int, Any] = {}
        for task, batch in resumable.finished(self.request, self._engine(), self._missing(todo, parts, beside)):
            if isinstance(batch, FutureBroke):
                raise batch
            if beside is not None:
                beside.keep(task, batch)
            self.tally.done += self.store.keep(task.tag, batch.outcomes)
            parts[task.first] = batch.outcomes
            self.progress(task.n)
        return table_of([parts[first] for first in sorted(parts)])

    def draw(self, first: int = 0, template: Template | None = None) -> Any:
        """The inputs of as many futures as asked for, from number `first` on, shape (futures, columns)."""
        return tasks.inputs(template or self.template, self.request.seed, first, self.request.futures, self._engine())

    def judge(self) -> Judge:
        """The engine's way to judge starting positions."""
        return tasks.judge_of(self._engine()) or plain_judge(LAYOUT)

    def _missing(self, todo: Iterable[Task], parts: dict[int, Any], beside: SideResult | None) -> Iterator[Task]:
        """The tasks that are to be run; what the others came to goes into `parts`."""
        for task in todo:
            stored = self.store.read(task.tag, task.n)
            if stored is None or not (beside is None or beside.is_cached(task)):
                yield task
            else:
                parts[task.first] = stored
                self.progress(task.n)

    def _engine(self) -> runner.Engine:
        return runner.choose(self.request.engine)


@contextmanager
def study_of(request: StudyRequest, progress: Callable[..., None]) -> Iterator[Study]:
    """A study while it runs. Raises Interrupted when stopped from outside: what is finished is kept."""
    template = template_of(request)
    with resumable.keeping() as tally:
        yield Study(request, template, resumable.opened(request.out), progress, tally)


def measures_of(template: Template, names: tuple[str, ...]) -> tuple[Measure, ...]:
    """Those asked for, else those the scenario leads with. Raises InputError."""
    return measures_named(names) if names else leading(template.scenario) or MEASURES[:1]


def measures_named(names: tuple[str, ...]) -> tuple[Measure, ...]:
    """The measures of these names. Raises InputError with every name that is none."""
    return measures_at([Text(name, Place("--measure", 1, 1)) for name in names], "")


def gate_of(text: str) -> Gate:
    """The gate of `--target`. Raises InputError."""
    place, problems = Place("--target", 1, 1), list[Problem]()
    gates = read_gates((Text(text, place),), problems)
    if problems:
        raise InputError(problems)
    if gates[0].statistic.against:
        raise InputError([Problem(place, "", "a target is about one scenario; leave out delta")])
    return gates[0]


def key_of(study: Study, name: str, how: Mapping[str, Any]) -> result_folder.RunKey:
    """All that the result of a study depends on."""
    document = {"study": name, "how": dict(how), "scenario": study.template.scenario.canonical()}
    return result_folder.RunKey(document, study.request.seed, 0, study.request.futures)


def published(
    request: StudyRequest, study: str, key: result_folder.RunKey, documents: Mapping[str, Any]
) -> result_folder.Published:
    """A folder with JSON documents and texts by file name, named by all that they depend on."""
    folder = request.out / result_folder.name_of(request.scenario, request.base) / f"{study}-{key.digest}"

    def fill(aside: Path) -> None:
        for name, document in documents.items():
            if isinstance(document, str):
                result_folder.write_text(aside / name, document)
            else:
                result_folder.write_json(aside / name, document)

    return result_folder.published(folder, fill, key, {"engine": request.engine, "workers": request.workers})
