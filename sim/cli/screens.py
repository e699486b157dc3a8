"""What verbs print besides findings: comparisons, relief, survival and tales, as calm text."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.study import markdown
from sim.study.briefing import moved
from sim.study.compare import LEADING, Comparison
from sim.study.question import Line
from sim.study.relief import EFFECTS, HUNDRED_MILLION, STEPS, Gain, Relief
from sim.study.split import points
from sim.study.survival import Spell, Survival
from sim.study.tale import Tale, by_page
from sim.study.words import number, percent_text
from sim.terminal import WIDEST, plain


def comparison(found: Comparison, console: Console, folder: Path) -> None:
    """The lines of the answer, and the leading differences."""
    facts = f"{found.futures:,} futures, seed {found.seed}; against {plain(found.reference.findings.title)}"
    _print(console, Text.assemble((plain(found.headline), "bold"), "\n", (facts, "dim")), _lines(found.answer))
    table = _table("Difference", "mean", "in 9 of 10 futures", "odds worse", "variance ÷")
    for each in found.differences:
        if each.measure.name in LEADING:
            pair = each.paired
            _, _, _, span, odds, reduced = markdown.differs(each)
            mean = "the same" if pair.nothing else moved(each)
            table.add_row(f"{each.id}: {each.measure.title}", mean, "" if pair.nothing else span, odds, reduced)
    _print(console, table)
    for text in dict.fromkeys(each.text for each in found.conditionals if each.text):
        _print(console, Text(plain(text), "dim"))
    if found.regrets:
        _print(console, *_regrets(found))
    _print(console, Text(f"Results: {plain(str(folder))}"))


def _regrets(found: Comparison) -> Iterable[Table]:
    assert found.regrets is not None
    asked = found.regrets
    table = _table(f"Regret: {asked.measure.title.lower()}", *asked.scenarios, "largest", "weighted")
    for each in asked.policies:
        lost = (*each.regrets, each.largest, each.weighted)
        table.add_row(each.name, *(markdown.apart(asked.measure.unit, value).lstrip("+") for value in lost))
    yield table


def relief(found: Relief, console: Console, folder: Path) -> None:
    """What easing and removing each cause gains, the best first."""
    table = _table("What helps", "step", "training", "tokens", "second flagship", "helped")
    steps = {step: found.ranked(EFFECTS[0], step) for step in STEPS}
    extra = [found.hundred_million] if found.hundred_million else []
    for row in [*steps[0.1], *extra, *steps[1.0], *found.pairs]:
        step = "first day" if row.causes == (HUNDRED_MILLION,) else STEPS[row.step]
        gains = [row.gain(name) for name in EFFECTS]
        table.add_row(row.words, step, *map(_gained, gains), percent_text(gains[0].helped))
    _print(console, table)
    note = f"{found.futures:,} futures each; mean gain, and in brackets its 95% Monte Carlo error. Negative is worse."
    _print(console, Text(note, "dim"), Text(f"Results: {plain(str(folder))}"))


def _gained(gain: Gain) -> str:
    mean, error = gain.paired.mean, gain.paired.error
    if gain.measure.unit == "share":
        return f"{points(mean)} (± {points(error).split(' ')[0]})"
    return f"{number(mean, 'months')} months (± {number(error, 'months')})"


def survival(found: Sequence[Survival], console: Console, folder: Path) -> None:
    """How long training survives each stop."""
    table = _table("What stops", "training fails", "days to survive", "days to recover", "futures")
    for each in found:
        table.add_row(
            plain(each.source.words),
            percent_text(each.fails),
            _days(each.survive),
            _days(each.recover),
            str(each.futures),
        )
    _print(console, table)
    if found:
        note = (
            f"Fails: below {percent_text(found[0].level)} of the training compute of the same future without the stop."
        )
        _print(console, Text(note, "dim"))
    _print(console, Text(f"Results: {plain(str(folder))}"))


def _days(found: Spell | None) -> str:
    return f"{found.median.bare('days')} ({found.p5.bare('days')} to {found.p95.bare('days')})" if found else ""


def tale(told: Tale, console: Console, everything: bool) -> None:
    """One future, by page of the world."""
    _print(console, Text(f"{plain(told.scenario)}, {told.label}", "bold"))
    for page, entries in by_page(told.told(everything)).items():
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for entry in entries:
            table.add_row(entry.day.isoformat(), Text(plain(entry.text)))
        _print(console, Text(page.capitalize(), "bold"), table)


def _lines(lines: Sequence[Line]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", width=16)
    table.add_column()
    for line in lines:
        table.add_row(line.question, Padding(Text(line.text), (0, 0, 1, 0)))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(first, vertical="bottom")
    for title in others:
        table.add_column(title, justify="right", vertical="bottom")
    return table


def _print(console: Console, *parts: Text | Table) -> None:
    for part in parts:
        console.print(part, width=min(console.width, WIDEST))
        console.print()
