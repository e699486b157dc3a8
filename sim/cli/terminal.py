"""The terminal: findings in a calm page of text, at most 120 columns wide, as readable in a file as on a screen."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.bottlenecks.constraint_table import COLUMNS
from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.shares import MEANING, Bottleneck
from sim.errors import logged
from sim.findings import tables
from sim.findings.early import EarlyFigures
from sim.findings.findings import LEFT_OUT, Findings
from sim.language.counting import counted
from sim.measures.lines import Line
from sim.measures.measures import Summary
from sim.measures.wording import clipped, day_text, full_day

WIDEST = 120
"""Columns beyond which lines are hard to follow."""

NARROWEST = 40
"""Columns that are printed even where a terminal says that it has fewer: some say 0."""

LONGEST = 200
"""Characters of a name that are shown; the result files keep all of it."""


class Screen(Console):
    """Where pages are printed. If its reader leaves early, BrokenPipeError says so."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr)
        self.width = max(self.width, NARROWEST)

    def on_broken_pipe(self) -> None:
        """Raise it again; a console of its own accord would end the program with 1, which means that a gate fails."""
        raise


def show(findings: Findings, console: Console, folder: Path | None = None, verdicts: Sequence[str] = ()) -> None:
    """Print the findings, the verdicts of gates at once, and the folder that holds the results."""
    for part in _parts(findings, folder, verdicts):
        console.print(part, width=min(console.width, WIDEST))
        console.print()


def early(figures: EarlyFigures) -> RenderableType:
    """The headline measures, each with its simulation error, while what else is asked still runs."""
    found = tables.measures(figures.summaries)
    heading = Text(f"{plain(figures.title)}: {figures.status}", "bold")
    follows = "What explains the shortfall, and what would help, follows." if figures.final else ""
    return Group(heading, Constrain(_table(found.columns, found.texts), WIDEST), Text(follows, "dim"))


def plain(text: str) -> str:
    """A name as it may be printed on a terminal: on one line, nothing that acts on it, not endless."""
    return clipped(_printable(text), LONGEST)


def sentence(text: str) -> str:
    """A sentence the same; it is cut only where the names in it are endless."""
    return clipped(_printable(text), 5 * LONGEST)


def cells(*texts: str) -> tuple[Text, ...]:
    """A row of a table in which nothing is markup, whatever a scenario calls its things."""
    return tuple(Text(plain(text)) for text in texts)


def answer(lines: Sequence[Line]) -> Table:
    """Questions, and beside each its answer."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", width=16)
    table.add_column()
    for line in lines:
        table.add_row(line.question, Padding(Text(_printable(line.text)), (0, 0, 1, 0)))
    return table


def to_open(folder: Path | None, page: str) -> list[Text]:
    """The last line: the file to open, beside which the other results lie. None where nothing could be written."""
    return [Text(f"Open {_printable(str(folder / page))}")] if folder else []


def _printable(text: str) -> str:
    return logged(" ".join(text.split()))


def _parts(findings: Findings, folder: Path | None, verdicts: Sequence[str]) -> Iterator[RenderableType]:
    yield _head(findings)
    if verdicts:
        yield Text("\n".join(map(_printable, verdicts)))
    yield answer(findings.answer)
    for bottleneck in findings.bottlenecks:
        yield constraints(bottleneck, findings.other)
    yield Text(MEANING, "dim")
    yield _measures(findings.measures)
    yield _pathways(findings.pathways)
    if findings.run.gates:
        yield _list("Gates", findings.run.gates)
    yield _list("Limits", findings.limits, "dim")
    yield _list("Not in the model", LEFT_OUT, "dim")
    yield from to_open(folder, "report.html")


def _head(findings: Findings) -> RenderableType:
    run = findings.run
    size = f"{counted(findings.futures, 'futures')}, seed {run.seed}, as known on {full_day(run.as_of)}"
    facts = f"{size}; headline measures to {day_text(run.window_end)}"
    return Text.assemble((plain(findings.title), "bold"), "\n", (facts, "dim"), "\n\n", (findings.headline, "bold"))


def constraints(bottleneck: Bottleneck, other: Counterfactuals | None) -> RenderableType:
    """What binds a use now and what comes back, a row for each constraint, in points of what is wanted."""
    shown = tables.constraints(bottleneck, other, COLUMNS[:4])
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    first, *others = shown.columns
    table.add_column(first, min_width=24, vertical="bottom")
    for title in others:
        table.add_column(title.replace("while ", "while\n"), justify="right", vertical="bottom")
    for row in shown.texts:
        table.add_row(*row)
    return table


def _pathways(summaries: tuple[Summary, ...]) -> RenderableType:
    rows = (
        (each.measure.title, each.centre_text, each.interval_text, each.mean.text(each.measure.unit))
        for each in summaries
    )
    return _table(("Compute by pathway", "median", "90% interval", "mean"), rows)


def _measures(summaries: tuple[Summary, ...]) -> RenderableType:
    found = tables.measures(summaries)
    return _table(found.columns, found.texts)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Four columns that stand below each other on the whole page, in 80 columns; long texts are wrapped."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=0)
    table.add_column(columns[0], width=29, vertical="bottom")
    for title, width in zip(columns[1:], (14, 21, 13), strict=True):
        table.add_column(title, justify="right", width=width, vertical="bottom")
    for row in rows:
        table.add_row(*row)
    return table


def _list(title: str, lines: tuple[str, ...], style: str = "") -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column()
    for line in lines:
        table.add_row(Text("-", style), Text(_printable(line), style))
    return Group(Text(title, "bold"), table)
