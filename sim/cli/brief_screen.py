"""The brief on a terminal: the answer of a run in forty lines of eighty columns; each scenario more takes three."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from sim.cli.terminal import plain, sentence
from sim.errors import logged
from sim.findings.brief import Brief, brief
from sim.findings.comeback import Panel
from sim.findings.comparison import Comparison
from sim.findings.constraint_sentences import short
from sim.findings.rows import Number, Row
from sim.measures.wording import clipped, months_short, percent_text

COLUMNS = 80
BAR = 40
"""Columns of a bar of what comes back."""
ALONE = 11
"""Columns of the longest bar of what comes back alone, or of half of what is missing, if that is longer."""
STEPS = "█▓░·"
"""Points that come back with one limit removed, with two, with all that help; and points that stay."""
ROWS = {
    "train_short": "training compute missing",
    "unserved": "users' demand not served",
    "next_delay": "next flagship, months late",
    "second_delay": "the one after, months late",
}
"""Measures of a run, as its table names them."""


def show_brief(comparison: Comparison, console: Console, folder: Path | None) -> None:
    """Print the brief; the verdicts of gates stand right under the headline."""
    for line in lines(comparison, folder):
        console.print(Text(line), width=max(COLUMNS, len(line)), soft_wrap=True, highlight=False)


def lines(comparison: Comparison, folder: Path | None) -> list[str]:
    """The lines, none longer than eighty columns but for verdicts and the last, a path."""
    return list(_lines(brief(comparison), folder))


def _lines(found: Brief, folder: Path | None) -> Iterator[str]:
    yield from _wrapped(found.about)
    yield ""
    yield from _wrapped(sentence(found.headline))
    yield from map(logged, found.verdicts)
    if found.facts:
        yield ""
    for fact in found.facts:
        yield from _wrapped(f"{fact.claim} {fact.rest}")
    yield ""
    if len(found.rows) == 1:
        yield from _how_bad(found.rows[0])
    else:
        yield from _matrix(found)
    if found.back:
        yield ""
        yield from _bars(found.rows)
        yield from _constraints(found.back)
    if len(found.rows) == 1:
        yield ""
        likely = next(card for card in found.cards if card.question == "How likely")
        yield from _wrapped(f"HOW LIKELY  {likely.text}")
    for hinge in found.hinges[:1]:
        yield from _wrapped(f"HINGES ON  what the lab wants. {hinge.sentence}")
    if folder:
        yield "Every table and sentence: --full."
        yield f"Open {logged(str(folder / 'report.html'))}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return wrap(text, COLUMNS, initial_indent=indent, subsequent_indent=indent)


def _how_bad(row: Row) -> Iterator[str]:
    yield f"{'HOW BAD':<30}{'':>12}{'change':>14}   90% interval"
    for name, words in ROWS.items():
        if number := row.numbers.get(name):
            yield f"  {words:<28}{number.text:>12}{_moved(number):>14}   {number.interval}"
    if since := row.numbers.get("train_from"):
        never = f"; {since.note}" if since.note else ""
        moved = f", on average {since.move.text}" if since.move and since.move.tone != "same" else ""
        yield from _wrapped(f"WHEN  short from {since.text} on (90% interval {since.interval}){moved}{never}.", "  ")


def _moved(number: Number) -> str:
    return number.move.text if number.move else ""


def _matrix(found: Brief) -> Iterator[str]:
    yield f"{'':<17}{'Training':<12}{'Not':<12}{'Next flag-':<12}{'The one':<11}{'Short from':<11}Worse"
    yield f"{'':<17}{'lacks':<12}{'served':<12}{'ship, mo':<12}{'after, mo':<11}{'':<11}in"
    yield "─" * COLUMNS
    for row in found.rows:
        cells = (_cell(row.numbers.get(name)) for name in ROWS)
        widths = (12, 12, 12, 11)
        texts = "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        since = row.numbers.get("train_from")
        worse = "" if row.worse is None else percent_text(row.worse)
        yield f"{clipped(plain(row.id), 16):<17}{texts}{_short_month(since):<11}{worse}"
    yield from _wrapped(
        f"Second number: change against {plain(found.base)}; ≈ within simulation error. Worse: training lacks over a "
        "point more."
    )


def _cell(number: Number | None) -> str:
    return "–" if number is None else f"{number.text} {_moved(number)}"


def _short_month(number: Number | None) -> str:
    if number is None:
        return "never"
    return months_short(number.text).replace("after ", ">")


def _bars(rows: Sequence[Row]) -> Iterator[str]:
    yield "WHAT BRINGS TRAINING BACK, points: █ one limit ▓ two ░ all that help · stays"
    most = max(sum(row.steps.parts) for row in rows if row.steps) or 1.0
    for row in rows:
        if row.steps:
            sizes = [round(BAR * part / most) for part in row.steps.parts]
            drawn = "".join(letter * size for letter, size in zip(STEPS, sizes, strict=True))
            total = row.numbers["train_short"].text.removesuffix("%")
            yield f"  {clipped(plain(row.id), 15):<16}{drawn} {'+'.join(row.steps.texts)}={total}"
    first = rows[0].steps
    if first:
        yield from _wrapped(f"One: {first.names[0]}. Two: {first.names[1]}.", "  ")
    through = [
        f"{plain(row.id)} through {', '.join(f'{short(name)} {points}' for name, points in row.through)}"
        for row in rows[1:]
        if row.through
    ]
    if through:
        yield from _wrapped(f"Works, in points of its cost: {'; '.join(through)}.", "  ")


def _constraints(back: Panel) -> Iterator[str]:
    title = clipped(plain(back.title), 14).upper()
    yield f"{title:<15}{'binds now':>9}  {'alone':<17}{'10% easier':>11}  while it stays"
    most = max([50.0, *(row.alone[1] for row in back.rows)])
    for row in back.rows:
        drawn = "█" * round(ALONE * row.alone[1] / most)
        fixed = "  cannot be replaced" if row.lost else ""
        numbers = f"{row.now[0]:>5}  {row.alone[0]:>5} {drawn:<{ALONE}}{row.easier[0]:>11}  {row.kept[0]:>4}"
        yield f"  {row.words:<17}{numbers}{fixed}"
    rest = "; ".join(f"{words.lower()} {text}" for words, text, _ in back.rest if text != "0")
    yield from _wrapped(f"Beside these: {rest}; {back.missing} in all.", "  ")
