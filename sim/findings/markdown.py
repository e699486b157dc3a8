"""Findings as Markdown and as tables, for those who build on them. What is said stands in `findings`; here it is set.

Texts of scenarios are shown as text: what would be markup is escaped.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from sim.bottlenecks import relief as easing
from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.relief import EFFECTS, STEPS, Gain, Relief, Relieved
from sim.bottlenecks.removals import SETS, names_of
from sim.bottlenecks.shares import shares
from sim.bottlenecks.survival import Survival, meaning
from sim.findings import tables
from sim.findings.brief import Brief
from sim.findings.comparison import Comparison
from sim.findings.findings import Findings
from sim.findings.rows import MEASURES, Row
from sim.findings.tables import Table
from sim.language.counting import counted
from sim.measures.lines import Line
from sim.measures.measures import Measure, measure
from sim.measures.paired import THRESHOLDS_TEXT, PairedDifference
from sim.measures.restricted_means import MEANING, in_brackets
from sim.measures.wording import (
    bare_difference,
    capitalised,
    day_text,
    difference,
    full_day,
    in_points,
    margin,
    number,
    percent_text,
)

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def findings(findings: Findings) -> str:
    """The findings of one scenario."""
    run = findings.run
    futures = counted(findings.futures, "futures")
    parts = [
        f"# {plain(findings.title)}",
        f"{futures}, seed {run.seed}, as known on {full_day(run.as_of)}; "
        f"headline measures to {day_text(run.window_end)}.",
        plain(run.why),
        f"**{findings.headline}**",
        _lines(findings.answer),
        *_constraints(findings),
        *([relief(findings.relief)] if findings.relief else []),
        *([survival(findings.survivals)] if findings.survivals else []),
        "## Measures",
        grid(tables.measures(findings.summaries)),
        "## Limits",
        _list(findings.limits),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def data_tables(findings: Findings) -> dict[str, pd.DataFrame]:
    """The numbers of one scenario as tables, by name."""
    summaries = [{**each.as_json(), "centre": each.centre.value} for each in findings.summaries]
    named = {"measures": pd.json_normalize(summaries), "causes": shares(findings.bottlenecks)}
    if findings.other:
        named["removals"] = removals_table(findings.other)
    if findings.relief:
        named["relief"] = easing.table(findings.relief)
    return named


def removals_table(other: Counterfactuals) -> pd.DataFrame:
    """A row for each measure and each set of removed constraints, with its gain."""
    rows = [
        {"measure": each.measure, "removed": "+".join(names_of(k)), **each.gain(k).as_json()}
        for each in other.removals.values()
        for k in range(1, SETS)
    ]
    return pd.DataFrame(rows)


def comparison(comparison: Comparison) -> str:
    """All that is said of several scenarios."""
    reference = plain(comparison.reference.findings.title)
    futures = counted(comparison.futures, "futures")
    parts = [
        f"# {plain(comparison.headline)}",
        f"{futures}, seed {comparison.seed}; every scenario against {reference}, future by future.",
        _lines(comparison.answer),
        "## Differences",
        _grid(
            ("scenario", "measure", "mean difference", "90% interval", "worse / better in", "variance reduced by"),
            map(differs, comparison.differences),
        ),
        f"Worse, better: by {THRESHOLDS_TEXT}.",
    ]
    if comparison.interactions:
        parts += ["## Both together, beyond the sum of each", grid(tables.interactions(comparison.interactions))]
    titles = {each.id: each.findings.title for each in comparison.scenarios}
    forks = comparison.reference.findings.run.forks
    parts += [
        plain(each.sentence(titles[each.id], comparison.reference.findings.title, forks[each.flag]))
        for each in comparison.conditionals
        if each.text
    ]
    if (asked := tables.ambitions(comparison.scenarios)).rows:
        parts += ["## Ambitions", grid(asked)]
    if regrets := comparison.regrets:
        parts += [f"## Regret in {regrets.title.lower()}", grid(tables.regrets(regrets))]
        largest, weighted = plain(regrets.minimax.name), plain(regrets.best.name)
        mean = f"on average, scenarios weighted {plain(regrets.weighting)}"
        parts.append(f"Loses least in its worst scenario: {largest}. Loses least {mean}: {weighted}.")
    return "\n\n".join(part for part in parts if part) + "\n"


def brief(brief: Brief) -> str:
    """The first screen as one page, to be pasted into a document."""
    parts = [
        f"# {plain(brief.headline)}",
        f"{capitalised(plain(brief.about))}. A conditional forecast.",
        _list(brief.verdicts),
        *(f"**{plain(fact.claim)}** {plain(fact.rest)}" for fact in brief.facts),
        _grid(("", *MEASURES.values(), "Worse in"), [tuple(_row(row)) for row in brief.rows]),
        f"In brackets the 90% interval. After a number its change against {plain(brief.base)}, ≈ if within simulation "
        "error; worse: training lacks over a point more, in so many futures."
        if brief.base
        else "In brackets the 90% interval.",
        *_back(brief),
        *(["## What it hinges on: how much the lab wants", _list(_hinges(brief))] if brief.hinges else []),
        "## Before you quote a number",
        _list(brief.quoting),
        *(["## How to repeat it", f"    {brief.repeat}"] if brief.repeat else []),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _row(row: Row) -> Iterator[str]:
    """The cells of a scenario: each number, its change, and its interval."""
    yield row.title
    for name in MEASURES:
        found = row.numbers.get(name)
        if found is None:
            yield "never" if name == "train_from" else "–"
            continue
        interval = f"({found.interval})" if found.interval else ""
        yield " ".join(part for part in (found.text, found.move.text if found.move else "", interval) if part)
    yield "–" if row.worse is None else percent_text(row.worse)


def _back(brief: Brief) -> Iterator[str]:
    """What would bring it back: the steps of every scenario, and the six constraints of the first one."""
    if brief.back is None:
        return
    yield f"## What would bring it back, in points of what training wants: {plain(brief.back.title)}"
    header = ("", "Binds now", "Comes back alone", "10% easier", "Best while it stays")
    rows = [(row.words, row.now[0], row.alone[0], row.easier[0], row.kept[0]) for row in brief.back.rows]
    rows += [(words, text, "", "", "") for words, text, _ in brief.back.rest]
    yield _grid(header, [*rows, ("Together", brief.back.missing, brief.back.back, "", "")])
    yield plain(brief.stays)
    yield _list(
        f"{row.title}: {one} with {row.steps.names[0]} removed, {two} more with two ({row.steps.names[1]}), "
        f"{more} more with all that help; {stays} stay."
        for row in brief.rows
        if row.steps
        for one, two, more, stays in [row.steps.texts]
    )


def _hinges(brief: Brief) -> Iterator[str]:
    for hinge in brief.hinges:
        yield f"{hinge.title}: {hinge.sentence[:1].lower()}{hinge.sentence[1:]}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def relief(relief: Relief) -> str:
    """What easing and removing each cause gains."""
    header = ("cause", "step", *(_titled(measure(name)) for name in EFFECTS), "better / worse in")
    rows = (*relief.single, *((relief.hundred_million,) if relief.hundred_million else ()))
    note = (
        f"Mean gains over the first {counted(relief.futures, 'futures')}, with their simulation errors; positive is "
        f"better. Better, worse: share of futures in which training is so by more than a point. {MEANING}"
    )
    return "\n\n".join(("## What helps", _grid(header, map(_relieved, rows)), note))


def survival(survivals: Sequence[Survival]) -> str:
    """How long training survives each stop."""
    return f"## Time to survive\n\n{meaning(survivals)}\n\n{grid(tables.survival('What stops', survivals))}"


def plain(text: str) -> str:
    """A text in which nothing is markup, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _lines(lines: Iterable[Line]) -> str:
    return "\n\n".join(f"**{line.question}.** {plain(line.text)}" for line in lines)


def _constraints(findings: Findings) -> Iterator[str]:
    """What binds now and what comes back, a table for each use; and what the changes of a scenario cost."""
    for each in findings.bottlenecks:
        yield f"## What holds {each.words} back, in points of what it wants"
        yield grid(tables.constraints(each, findings.other))
    yield findings.rests_on
    if findings.other and findings.other.effect and findings.other.effect.changes:
        yield "## What each of its changes costs, in points"
        yield grid(tables.changes(findings.other.effect.changes))


def differs(compared: PairedDifference) -> tuple[str, str, str, str, str, str]:
    """Scenario, measure, mean, interval, futures worse and better, and how much pairing reduced the variance."""
    pair, unit = compared.paired, compared.measure.unit
    reduced = "nothing differs" if pair.reduction is None else f"{number(pair.reduction, '')}"
    cut = f"; {compared.cut_text}" if compared.cut else ""
    return (
        compared.id,
        compared.measure.title,
        f"{difference(pair.mean, unit)} {margin(pair.error, unit)}{cut}",
        pair.spread_text(unit),
        f"{percent_text(compared.worse)} / {percent_text(compared.better)}",
        reduced,
    )


def _relieved(row: Relieved) -> tuple[str, ...]:
    gains = [row.gain(name) for name in EFFECTS]
    cells = [mean_gain(gain) + in_brackets(gain.cut, gain.measure.unit) for gain in gains]
    step = "on the first day" if row.cause == easing.HUNDRED_MILLION else STEPS[row.step]
    return row.words, step, *cells, gains[0].shares_text


def mean_gain(gain: Gain) -> str:
    """`1.2 ± 0.3`, in points or months; `≈ 0` where the sign may be wrong."""
    if gain.paired.nothing:
        return "0"
    unit, error = gain.measure.unit, margin(gain.paired.error, gain.measure.unit)
    within = abs(gain.paired.mean) <= gain.paired.error < math.inf
    return f"{'≈ 0' if within else bare_difference(gain.paired.mean, unit)} {error}"


def _titled(of_measure: Measure) -> str:
    return f"{of_measure.title}, {'points' if in_points(of_measure.unit) else of_measure.unit}"


def grid(table: Table) -> str:
    """A table of results."""
    return _grid(table.columns, table.texts)


def texts(table: pd.DataFrame) -> str:
    """A table of texts, all of which stand to the left."""
    return _grid(list(table.columns), table.astype(str).to_numpy().tolist(), ":--")


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]], side: str = "--:") -> str:
    """A table; the first column is text, the others stand to a side, usually the right."""
    lines = [header, [":--", *(side for _ in header[1:])], *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text if set(text) <= set(":-") else plain(text)
