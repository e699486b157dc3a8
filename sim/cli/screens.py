"""What verbs print besides findings: comparisons, relief, survival and tales, as calm text."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.bottlenecks.relief import EFFECTS, STEPS, Relief, Relieved
from sim.bottlenecks.survival import Survival, failing, meaning
from sim.cli.terminal import WIDEST, answer, cells, plain, sentence, to_open
from sim.findings import markdown, tables
from sim.findings.comparison import LEADING, Comparison
from sim.findings.comparison_answer import moved
from sim.language.counting import counted
from sim.measures.paired import THRESHOLDS_TEXT
from sim.measures.restricted_means import MEANING
from sim.story.entries import Tale, by_page

WORSE = f"Worse, better: by {THRESHOLDS_TEXT}."
VARIANCE = "Variance ÷: by how much the same luck in both divides the variance of a difference."

GAINS = ("training\n(points)", "tokens\n(points)", "second\n(months)", "better /\nworse in")
"""Columns of relief."""

FIRST = 30
"""Columns of the names of rows; numbers share what is left of 80 and are wrapped where they are long."""


def comparison(found: Comparison, console: Console, folder: Path | None) -> None:
    """The lines of the answer, and the leading differences."""
    facts = f"{counted(found.futures, 'futures')}, seed {found.seed}; against {plain(found.reference.findings.title)}"
    _print(console, Text.assemble((sentence(found.headline), "bold"), "\n", (facts, "dim")), answer(found.answer))
    notes = (WORSE, VARIANCE, *([MEANING] if any(each.cut for each in found.differences) else []))
    _print(console, _differences(found), Text(" ".join(notes), "dim"))
    titles = {each.id: plain(each.findings.title) for each in found.scenarios}
    for forced in found.conditionals:
        if forced.text:
            fork = plain(found.reference.findings.run.forks[forced.flag])
            _print(console, Text(forced.sentence(titles[forced.id], titles[found.reference.id], fork), "dim"))
    if found.regrets:
        _print(console, _shown(tables.regrets(found.regrets)))
    _print(console, *to_open(folder, "report.html"))


def _differences(comparison: Comparison) -> Table:
    """The leading differences, under the scenario they are of."""
    table = _table("Difference", "mean", "90% interval", "worse /\nbetter in", "variance ÷")
    for id, differences in groupby(comparison.differences, key=lambda each: each.id):
        table.add_row(Text(plain(id), "bold"))
        for each in differences:
            if each.measure.name in LEADING:
                _, _, _, span, probability, reduced = markdown.differs(each)
                row_cells = ("", probability, "") if each.paired.nothing else (span, probability, reduced)
                table.add_row(*cells(each.measure.title, moved(each), *row_cells))
    return table


def relief(relief: Relief, console: Console, folder: Path | None) -> None:
    """What easing and removing each cause gains, the best first; last what is no cause."""
    for step, words in STEPS.items():
        table = _table(f"Gain when {words}", *GAINS)
        for row in relief.ranked(EFFECTS[0], step):
            table.add_row(*_relieved(row))
        _print(console, table)
    if relief.hundred_million:
        table = _table("Gain", *GAINS)
        table.add_row(*_relieved(relief.hundred_million))
        _print(console, table)
    note = (
        f"{counted(relief.futures, 'futures')} each: mean gain and its simulation error; negative is worse. "
        f"Better, worse: share of futures in which training is so by more than a point. {MEANING}"
    )
    _print(console, Text(note, "dim"), *to_open(folder, "report.html"))


def _relieved(row: Relieved) -> tuple[str, ...]:
    gains = [row.gain(name) for name in EFFECTS]
    return row.words, *map(markdown.mean_gain, gains), gains[0].shares_text


def survival(survivals: Sequence[Survival], console: Console, folder: Path | None) -> None:
    """How long training survives each stop that brings it down, and each happening."""
    named, others = failing(survivals)
    rows = {each.source.name: each for each in survivals}
    happenings = [each for each in survivals if each.source.happens]
    _print(console, Text(meaning(survivals), "dim"))
    for heading, rows_of in (("What stops", [rows[name] for name in named]), ("What comes about", happenings)):
        if rows_of:
            _print(console, _shown(tables.survival(heading, rows_of)))
    _print(console, Text(others), *to_open(folder, "report.html"))


def _shown(found: tables.Table) -> Table:
    """A table of results."""
    table = _table(*map(plain, found.columns))
    for row in found.texts:
        table.add_row(*cells(*row))
    return table


def tale(of_future: Tale, console: Console, everything: bool, paged: bool) -> None:
    """One future, by date; or under the pages of the world."""
    _print(console, Text(f"{plain(of_future.scenario)}, {of_future.label}", "bold"))
    entries = of_future.shown(everything)
    if not paged:
        _print(console, _dated((entry.day.isoformat(), entry.page, Text(plain(entry.text))) for entry in entries))
        return
    for page, page_entries in by_page(entries).items():
        dated = _dated((entry.day.isoformat(), Text(plain(entry.text))) for entry in page_entries)
        _print(console, Text(page.capitalize(), "bold"), dated)


def _dated(rows: Iterable[tuple[str | Text, ...]]) -> Table:
    """Events: the day, perhaps the page, and what happened."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(first, width=FIRST, vertical="bottom")
    for title in others:
        table.add_column(Text(title), justify="right", vertical="bottom", overflow="fold")
    return table


def _print(console: Console, *parts: Text | Table) -> None:
    for part in parts:
        console.print(part, width=min(console.width, WIDEST))
        console.print()
