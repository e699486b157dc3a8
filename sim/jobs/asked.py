"""What the studies of one scenario share: futures by their rows, and where results are put."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.engine import pieces, runner, store
from sim.engine.pieces import Finished, Piece
from sim.engine.results import Batch
from sim.errors import FutureBroke, InputError, Interrupted, Place, Problem
from sim.jobs.run import read
from sim.scenario.assemble import Template, assemble
from sim.scenario.scenario import Text
from sim.study.gate_language import Gate, read_gates
from sim.study.measures import MEASURES, Measure, measure
from sim.study.tables import table_of
from sim.world.future import LAYOUT

ROWS = {"simpy": 25, "compiled": 500}
"""Futures of a piece."""


@dataclass(frozen=True)
class Asked:
    """What every study of one scenario is asked with."""

    scenario: Path
    chosen: tuple[str, ...]
    settings: tuple[str, ...]
    seed: int
    futures: int
    engine: runner.Engine
    workers: int
    out: Path
    cluster: str | None = None

    def template(self) -> Template:
        """The scenario, ready to run. Raises InputError."""
        found = read(self.scenario, self.chosen, self.settings)
        if found.processes:
            raise InputError([Problem(found.tree.place, "processes", "a study runs no code of a scenario's own")])
        return assemble(found, LAYOUT)


def drawn(template: Template, asked: Asked, luck_from: int = 0) -> tuple[Any, Any]:
    """The inputs of the first futures, and luck: their own, or that of futures from another number on."""
    return template.draw(asked.seed, 0, asked.futures), pieces.seeds(asked.seed, luck_from, asked.futures)


def futures(
    template: Template,
    asked: Asked,
    inputs: Any,
    luck: Any,
    told: Callable[..., None],
    seen: Callable[[Piece, Batch], None] = lambda piece, batch: None,
) -> Any:
    """A table of outcomes, one future for each row of `inputs`; `seen` gets every batch as it comes, months and all.

    Raises FutureBroke naming the row that failed.
    """
    engine = runner.choose(asked.engine, len(luck))
    told(0, len(luck))
    parts: dict[int, Any] = {}
    try:
        for piece, batch in _finished(asked, engine, _pieces(template, asked.seed, inputs, luck, ROWS[engine])):
            if isinstance(batch, FutureBroke):
                raise batch
            seen(piece, batch)
            parts[piece.first] = batch.outcomes
            told(piece.n)
    except KeyboardInterrupt as stop:
        raise Interrupted("interrupted; nothing was written") from stop
    return table_of([parts[first] for first in sorted(parts)])


def _pieces(template: Template, seed: int, inputs: Any, luck: Any, size: int) -> Iterator[Piece]:
    for first in range(0, len(luck), size):
        rows = slice(first, first + size)
        yield Piece(template, seed, first, len(luck[rows]), None, inputs[rows], luck[rows])


def _finished(asked: Asked, engine: str, todo: Iterator[Piece]) -> Iterator[Finished]:
    if asked.cluster is None:
        return pieces.finished(todo, engine, asked.workers)
    from sim.engine import cluster

    return cluster.finished(todo, engine, asked.cluster)


def measures_of(template: Template, names: tuple[str, ...]) -> tuple[Measure, ...]:
    """Those asked for, else those the scenario leads with. Raises InputError."""
    return measures_named(names or tuple(text.text for text in template.scenario.measures) or (MEASURES[0].name,))


def measures_named(names: tuple[str, ...]) -> tuple[Measure, ...]:
    """The measures of these names. Raises InputError with every name that is none."""
    problems = []
    found = []
    for name in names:
        try:
            found.append(measure(name))
        except KeyError as error:
            problems.append(Problem(Place("--measure", 1, 1), "", str(error.args[0])))
    if problems:
        raise InputError(problems)
    return tuple(found)


def gate_of(text: str | None, option: str = "--target") -> Gate | None:
    """A gate from the command line. Raises InputError."""
    if text is None:
        return None
    problems: list[Problem] = []
    found = read_gates((Text(text, Place(option, 1, 1)),), problems)
    if problems:
        raise InputError(problems)
    if found[0].statistic.against:
        raise InputError([Problem(Place(option, 1, 1), "", "a target is about one scenario; leave out delta")])
    return found[0]


def publish(asked: Asked, study: str, how: Mapping[str, Any], documents: Mapping[str, Any]) -> Path:
    """A folder with JSON documents and texts by file name, named by all that they depend on."""
    scenario = read(asked.scenario, asked.chosen, asked.settings)
    key = store.RunKey(
        {"study": study, "how": dict(how), "scenario": scenario.canonical()}, asked.seed, 0, asked.futures
    )
    folder = asked.out / asked.scenario.stem / f"{study}-{key.digest}"

    def fill(aside: Path) -> None:
        for name, document in documents.items():
            if isinstance(document, str):
                (aside / name).write_text(document, encoding="utf-8")
            else:
                store.write_json(aside / name, document)

    store.publish(folder, fill, key, {"engine": asked.engine, "workers": asked.workers})
    return folder
