"""Futures of variants: what analyses ask of them, and the one pool in which all of it is run.

An analysis is written as if it ran its variants itself, but where it wants their futures it yields a question. So
several analyses share a pool: while variants of one are run, those of the next are assembled. Threads of the pool draw
and run futures, and do nothing else: whatever reads files and results is done in one thread.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import pandas as pd

from sim.engine import runner, tasks
from sim.engine.results import OUTCOMES, known_of_lean
from sim.engine.runner import Engine, Futures, Job
from sim.engine.storage.chunk_store import Chunks, chunk_name, part_name, template_digest
from sim.template.assemble import Template
from sim.template.variation import lean

Progress = Callable[[int], None]


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
class RunSpec:
    """Which futures, and how they are run."""

    seed: int
    futures: int
    first: int
    engine: Engine
    workers: int
    own: OwnRun | None = None
    """The run beside which they are asked."""
    store: Chunks | None = None
    """Where what has been read of variants is kept; None: nowhere."""

    def has(self, template: Template) -> bool:
        """Whether these futures of a template have run already."""
        return self.own is not None and self.own.template is template


@dataclass(frozen=True)
class Reading:
    """What is read of the futures of a variant, and so all that is kept of them."""

    name: str
    """Says what is read, and of what else than its futures that depends."""
    rows: Callable[[Futures], Any]
    """Numbers, an entry for each future."""
    months: bool = False
    """Whether they are read off months."""


class Question:
    """What is wanted of the same futures of some templates, and the answer: what is read of each, in their order."""

    def __init__(self, templates: Sequence[Template], spec: RunSpec, reading: Reading) -> None:
        self.templates, self.spec, self.reading = templates, spec, reading
        self.answer: list[Any] = []

    def open_places(self) -> list[int]:
        """Answer what is known; the places of the templates whose futures have to be run."""
        self.answer = [self._known(each) for each in self.templates]
        return [place for place, rows in enumerate(self.answer) if rows is None]

    def jobs(self, places: Sequence[int]) -> Iterator[Job]:
        """A job for each of these templates; what several of them draw alike is drawn once, the rest in its task."""
        spec, own = self.spec, self.spec.own
        templates = [self.templates[place] for place in places]
        drawn = [(own.template, own.inputs[: spec.futures])] if own and len(own.inputs) >= spec.futures else []
        for place, each in enumerate(templates, 1):
            inputs = next((inputs for other, inputs in drawn if each.draws_as(other)), None)
            if inputs is None and any(each.draws_as(later) for later in templates[place:]):
                inputs = tasks.inputs(each, spec.seed, spec.first, spec.futures, spec.engine)
                drawn.append((each, inputs))
            months = self.reading.months
            yield Job(each, spec.seed, spec.futures, spec.first, inputs=inputs, keeps_months=months)

    def take(self, place: int, futures: Futures) -> None:
        """Read the futures of a template, now that they have run, and keep what is read."""
        rows = self.answer[place] = self.reading.rows(futures)
        if self.spec.store:
            self.spec.store.keep(self._name(self.templates[place]), rows)

    def _known(self, template: Template) -> Any:
        """What is read of a template's futures, where none has to be run for that; None where one has."""
        spec, reading = self.spec, self.reading
        own = spec.own if spec.has(template) else None
        if own and not (reading.months and len(own.months) < spec.futures):
            return reading.rows(Futures(own.outcomes.head(spec.futures)[list(OUTCOMES)], own.months[: spec.futures]))
        return spec.store.read(self._name(template), spec.futures) if spec.store else None

    def _name(self, template: Template) -> str:
        """What is read of a template's futures, in the store."""
        spec = self.spec
        chunk = chunk_name(template_digest(template), spec.seed, spec.first, spec.futures)
        return part_name(chunk, self.reading.name)


T = TypeVar("T")

Asking = Generator[Iterator[Question], None, T]
"""An analysis: it yields questions, goes on when all of them are answered, and returns what it finds."""


def read(templates: Sequence[Template], spec: RunSpec, reading: Reading) -> Asking[list[Any]]:
    """What is read of the same futures of each template: as kept, or of its own run, or run now and kept."""
    question = Question(templates, spec, reading)
    yield iter([question])
    return question.answer


def outcomes(
    templates: Sequence[Template], spec: RunSpec, columns: Sequence[str] = OUTCOMES
) -> Asking[list[pd.DataFrame]]:
    """The outcomes of the same futures of several templates; of these `columns`."""
    names, index = list(columns), pd.RangeIndex(spec.first, spec.first + spec.futures, name="future")
    reading = Reading(f"{names}", lambda futures: futures.outcomes[names].to_numpy())
    tables = yield from read(templates, spec, reading)
    return [pd.DataFrame(rows, index, names) for rows in tables]


def shortfalls(templates: Sequence[Template], spec: RunSpec, lateness: float = 0.0) -> Asking[list[pd.DataFrame]]:
    """The same, of which shortfalls are known, and delays of flagships up to a lateness in months."""
    leaner = [each if spec.has(each) else lean(each, lateness) for each in templates]
    return (yield from outcomes(leaner, spec, known_of_lean(lateness)))


def together(*askings: Asking[Any]) -> Asking[list[Any]]:
    """Several analyses as one. Each begins when all is on its way that those before it want."""
    found: list[Any] = [None] * len(askings)
    going = dict(enumerate(askings))

    def questions() -> Iterator[Question]:
        for place, asking in list(going.items()):
            try:
                yield from next(asking)
            except StopIteration as ended:
                found[place] = ended.value
                del going[place]

    while going:
        yield questions()
    return found


def aside(work: Callable[[], T]) -> Asking[T]:
    """Work that asks for no futures: done while kernels run those that the analyses before it want."""
    found = work()
    yield iter(())
    return found


def answered(asking: Asking[T], progress: Progress) -> T:
    """What an analysis finds, whatever it wants run in one pool. `progress` hears how many futures have finished."""
    while True:
        try:
            questions = next(asking)
        except StopIteration as ended:
            found: T = ended.value
            return found
        _answer(questions, progress)


def _answer(questions: Iterator[Question], progress: Progress) -> None:
    """Run what questions ask that is not known. They share their engine, and their number of workers."""
    head = next(questions, None)
    if head is None:
        return
    under_way: deque[tuple[Question, int]] = deque()

    def jobs() -> Iterator[Job]:
        for question in chain([head], questions):
            places = question.open_places()
            progress(question.spec.futures * (len(question.templates) - len(places)))
            for place, job in zip(places, question.jobs(places), strict=True):
                under_way.append((question, place))
                yield job

    for futures in runner.run_several(jobs(), head.spec.engine, head.spec.workers, progress):
        question, place = under_way.popleft()
        question.take(place, futures)
