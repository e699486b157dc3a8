"""The page of survival: how long training lasts when a source of supply stops, as curves and as dates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.bottlenecks.survival import RARE_FAILURE, Spell, Survival, failing, failure_text, stop_text
from sim.findings import tables
from sim.findings.brief import Fact
from sim.language.counting import counted
from sim.measures.intervals import share_error
from sim.measures.wording import capitalised, margin, percent_text
from sim.report import colours
from sim.report.html import rendered

MOST = 8
"""Curves that are drawn: as many as there are colours."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One source: its colour and dash, the path in percent of the plot, and the share of futures that last."""

    words: str
    colour: str
    dash: str
    path: str
    lasts: str


def page(survivals: Sequence[Survival], scenario: str, command: str, digest: str) -> str:
    """The whole page."""
    named, others = failing(survivals)
    rows = {each.source.name: each for each in survivals}
    drawn = [rows[name] for name in named]
    months = max([1, *(len(each.lasting) - 1 for each in drawn)])
    return rendered(
        "survival.html.j2",
        title=f"Survival: {scenario}",
        about=about(survivals, scenario),
        headline=headline(survivals),
        facts=list(facts(survivals, others)),
        curves=[_curve(i, each, months) for i, each in enumerate(drawn[:MOST])],
        ticks=[(round(1200.0 * year / months, 2), counted(year, "years")) for year in range(1, months // 12 + 1)],
        rows=[(each, error_text(each), days(each.survive), days(each.recover)) for each in drawn],
        share=percent_text,
        capitalised=capitalised,
        everything=tables.survival("What stops, or comes about", survivals),
        command=command,
        digest=digest,
    )


def about(survivals: Sequence[Survival], scenario: str) -> str:
    """What was asked, in a line."""
    stop = stop_text(survivals)
    return " · ".join([scenario, counted(survivals[0].futures, "futures"), *([stop] if stop else [])])


def headline(survivals: Sequence[Survival]) -> str:
    """Whose stop brings training down in most futures."""
    named, _ = failing(survivals)
    if not named:
        if any(each.fails for each in survivals if not each.source.happens):
            return f"No stop of one source brings training down in more than {percent_text(RARE_FAILURE)} of futures."
        return "Training outlasts the stop of any one source of supply."
    worst = next(each for each in survivals if each.source.name == named[0])
    stop = f"{worst.source.words} for {counted(worst.source.lasting, 'days')}"
    return f"Without {stop}, training fails in {percent_text(worst.fails or 0.0)} of futures."


def facts(survivals: Sequence[Survival], others: str) -> Iterator[Fact]:
    """What failing means, and the sources whose stop is outlasted."""
    yield Fact("Training has failed", failure_text(survivals[0]))
    if others:
        head, _, rest = others.partition(":")
        yield Fact(f"{head}:", rest.strip())


def error_text(each: Survival) -> str:
    """The simulation error of the share of futures that fail, in points."""
    return margin(share_error(each.fails or 0.0, each.futures), "share")


def days(spell: Spell | None) -> str:
    """A spell in days: the median, and the 90% interval where it tells more."""
    return "–" if spell is None else spell.text


def _curve(i: int, each: Survival, months: int) -> Curve:
    """Where the curve runs: to the right a month a step, down the share of futures that have failed."""
    steps = [f"{100.0 * k / months:.2f} {100.0 * (1.0 - share):.2f}" for k, share in enumerate(each.lasting)]
    lasts = percent_text(each.lasting[-1]) if each.lasting else "–"
    return Curve(each.source.words, colours.case(i), colours.dash(i), "M" + " L".join(steps), lasts)
