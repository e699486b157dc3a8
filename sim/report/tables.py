"""Tables that only the page has: measures and causes down, scenarios across."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.bottlenecks.constraint_table import constraint_table
from sim.bottlenecks.survival import Spell, failing
from sim.findings import tables as result_tables
from sim.findings.comparison import ChangedValue, Comparison, ScenarioResult
from sim.findings.tables import Cell, Table
from sim.measures.wording import amount
from sim.report import colours
from sim.report.contents import Assumption, PageContents
from sim.story.entries import Entry, Tale

MOST_CHANGES = 40
"""Changes of a scenario that its card lists; the result files hold all."""

MOST_RANKED = 24
"""Assumptions that the ranking shows; the full list follows it."""

MOST_TOLD, LEAST_TOLD = 384, 12
"""Events of all stories together, and of each at least."""

KINDS = {"epistemic": "uncertain", "luck": "luck", "fixed": "fixed"}
"""What readers call the kinds of assumption."""

MEANINGS = {
    "epistemic": "Uncertain: drawn once for each future",
    "luck": "Luck: drawn by events inside a future",
    "fixed": "Fixed: the same in all",
}
"""What the kinds mean."""


def measures(cases: Sequence[ScenarioResult]) -> Table:
    """Median or share of futures, interval and Monte Carlo error of every measure but the pathways."""
    rows = []
    for measure in (summary.measure for summary in cases[0].findings.measures):
        summary = [next(each for each in case.findings.measures if each.measure == measure) for case in cases]
        texts = ((each.centre_text, each.interval_text, each.error_text.replace(" ", "\u00a0")) for each in summary)
        shown_values = (
            Cell(centre, "; ".join(part for part in (interval, error) if part)) for centre, interval, error in texts
        )
        rows.append((Cell(measure.title, measure.definition), *shown_values))
    return Table(("Measure", *(case.id for case in cases)), tuple(rows))


def constraints(case: ScenarioResult, use: str) -> Table:
    """What binds a use now and what comes back, each row in the colour of its constraint."""
    binds = next(each for each in case.findings.bottlenecks if each.use == use)
    hues = (colours.cause(row.part) if row.part else "" for row in constraint_table(binds, case.findings.other))
    return replace(result_tables.constraints(binds, case.findings.other), hues=tuple(hues))


def changes(case: ScenarioResult) -> tuple[ChangedValue, ...]:
    """What a scenario changes, without the texts that only name it or say why."""
    return tuple(each for each in case.changed if each.path.rpartition(".")[2] not in ("why", "name"))


def survivals(cases: Sequence[ScenarioResult]) -> Table | None:
    """How long training goes on when a source of supply stops, and how soon it is back: the sources that matter."""
    cases_with = [case for case in cases if case.findings.survivals]
    named, _ = failing(each for case in cases_with for each in case.findings.survivals)
    return _outlasted("What stops", named, cases_with)


def other_sources(cases: Sequence[ScenarioResult]) -> str:
    """What is said of the sources that are not in the table."""
    return failing(each for case in cases for each in case.findings.survivals)[1]


def happenings(cases: Sequence[ScenarioResult]) -> Table | None:
    """The same of what a scenario adds to the world, where something is."""
    cases_with = [case for case in cases if case.findings.survivals]
    names = dict.fromkeys(
        each.source.name for case in cases_with for each in case.findings.survivals if each.source.happens
    )
    return _outlasted("What comes about", list(names), cases_with)


def _outlasted(heading: str, names: Sequence[str], cases_with: Sequence[ScenarioResult]) -> Table | None:
    words = {each.source.name: each.source.words for case in cases_with for each in case.findings.survivals}
    rows = tuple((Cell(words[name]), *(_survives(name, case) for case in cases_with)) for name in names)
    return Table((heading, *(case.id for case in cases_with)), rows) if rows else None


def _survives(source: str, case: ScenarioResult) -> Cell:
    for each in case.findings.survivals:
        if each.source.name == source:
            if each.fails is None:
                return Cell("–", "came about in no future")
            days = f"days to survive {_text(each.survive)}; to recover {_text(each.recover)}"
            return Cell(f"fails in {each.fails_text}", days)
    return Cell("\u2013")


def _text(spell: Spell | None) -> str:
    return spell.text if spell else "–"


def conditionals(comparison: Comparison) -> Table | None:
    """A forced scenario beside the futures of the first in which the same came about by itself."""
    forks = comparison.reference.findings.run.forks
    rows = tuple(
        (
            Cell(f"{each.id}, {forks[each.flag]}: {each.title}", each.text),
            *(Cell(amount(mean, each.measure.unit)) for mean in (each.forced, each.subset, each.all)),
            Cell(f"{each.futures:,}"),
        )
        for each in comparison.conditionals
    )
    columns = ("Measure", "Forced", "Where it came about", comparison.reference.id, "Futures")
    return Table(columns, rows) if rows else None


def ranked(contents: PageContents) -> tuple[Assumption, ...]:
    """The assumptions that move the answer most, if that was asked."""
    moving = [each for each in contents.assumptions if each.moves]
    return tuple(sorted(moving, key=lambda each: (-each.weight, each.path))[:MOST_RANKED])


def tellings(case: ScenarioResult, tales: int) -> Iterator[tuple[Tale, tuple[Entry, ...]]]:
    """The stories of a scenario, each with what mattered most in it; with many stories, less of each."""
    for tale in case.findings.tales:
        entries = sorted(tale.shown(), key=lambda entry: -entry.weight)[: max(LEAST_TOLD, MOST_TOLD // tales)]
        yield tale, tuple(sorted(entries, key=lambda entry: entry.day))


def correlation(value: float) -> str:
    """A rank correlation with its sign."""
    return f"{value:+.2f}".replace("-", "\u2212")


def cited(contents: PageContents) -> dict[str, int]:
    """The number of each source that an assumption cites, in the order of the list of sources."""
    names = {name for each in contents.assumptions for name in each.sources}
    return {source.id: i for i, source in enumerate((s for s in contents.sources if s.id in names), 1)}
