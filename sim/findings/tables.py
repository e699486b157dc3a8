"""Tables of results: each is built once, and shown in three forms: on the terminal, in Markdown, and on the page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.bottlenecks.constraint_table import COLUMNS, changed_row, constraint_table
from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.scenario_effect import ChangeEffect
from sim.bottlenecks.shares import USES, Bottleneck
from sim.bottlenecks.survival import Survival
from sim.findings.comparison import Interaction, ScenarioResult
from sim.findings.regret import Regrets
from sim.measures.measures import Summary
from sim.measures.wording import bare_difference, capitalised, difference, in_points, margin, percent_text


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: a text, and smaller under it what belongs to it."""

    text: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; the first cell of a row is its heading. `hues` colour the rows, if they do."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    hues: tuple[str, ...] = ()

    @property
    def texts(self) -> Iterator[tuple[str, ...]]:
        """The rows without their small print."""
        return (tuple(cell.text for cell in row) for row in self.rows)


def cells(heading: str, texts: Iterable[str]) -> tuple[Cell, ...]:
    """A row of texts without small print."""
    return (Cell(heading), *(Cell(text) for text in texts))


def measures(summaries: Sequence[Summary]) -> Table:
    """The numbers of every measure of one scenario."""
    texts = ((each.centre_text, each.interval_text, each.error_text) for each in summaries)
    rows = tuple(cells(each.measure.title, text) for each, text in zip(summaries, texts, strict=True))
    return Table(("Measure", "median, or share of futures", "90% interval", "simulation error"), rows)


def constraints(binds: Bottleneck, other: Counterfactuals | None, columns: Sequence[str] = COLUMNS) -> Table:
    """What binds a use now and what comes back, in points of what it wants; a row for each constraint."""
    shown = tuple(columns) if other else COLUMNS[:1]
    rows = (cells(row.words, row.texts[: len(shown)]) for row in constraint_table(binds, other))
    return Table((f"{capitalised(binds.words)}: points", *shown), tuple(rows))


def changes(changes: Sequence[ChangeEffect]) -> Table:
    """What each change of a scenario costs."""
    rows = tuple(tuple(map(Cell, changed_row(each))) for each in changes)
    return Table(("Change, points", *USES.values()), rows)


def ambitions(cases: Sequence[ScenarioResult]) -> Table:
    """What is missing under each ambition of each scenario for which that was asked."""
    measure = [(case.id, each) for case in cases if case.findings.other for each in case.findings.other.ambitions]
    rows = (
        (Cell(id), *cells(each.name, (percent_text(found.mean) for found in each.missing.values())))
        for id, each in measure
    )
    return Table(("Scenario", "ambition", "training lacks", "not served"), tuple(rows))


def interactions(interactions: Sequence[Interaction]) -> Table:
    """What two changes do together beyond the sum of what each does alone."""
    units = ((each, each.paired, each.measure.unit) for each in interactions)
    rows = (cells(each.title, (difference(pair.mean, unit), margin(pair.error, unit))) for each, pair, unit in units)
    return Table(("Both less the sum of each", "mean", "simulation error"), tuple(rows))


def regrets(regrets: Regrets) -> Table:
    """Policies down, scenarios across: how much worse than the best policy there."""
    unit = regrets.measure.unit
    lost = ((each.name, (*each.regrets, each.largest, each.weighted)) for each in regrets.policies)
    rows = (cells(name, (bare_difference(value, unit) for value in values)) for name, values in lost)
    heading = f"Regret: {regrets.title.lower()}, {'points' if in_points(unit) else unit}"
    return Table((heading, *regrets.scenarios, "largest", "weighted"), tuple(rows))


def survival(heading: str, survivals: Sequence[Survival]) -> Table:
    """How long training survives what stops or comes about, and how long it takes to recover."""
    spells = ((each, (each.survive, each.recover)) for each in survivals)
    rows = (
        cells(
            each.source.words, (each.fails_text, *(spell.text if spell else "" for spell in both), f"{each.futures:,}")
        )
        for each, both in spells
    )
    return Table((heading, "training fails in", "days to survive", "days to recover", "futures"), tuple(rows))
