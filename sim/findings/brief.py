"""The brief: the numbers and sentences of the first screen, which page, terminal and Markdown show alike.

A scenario is a row: what training lacks and what brings it back, through what the scenario works, from when on it is
short, the other headline numbers, and how many futures are worse. Changes are against the first scenario, or against
the one that a single scenario changes; each is a mean over the same futures, with its simulation error.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.bottlenecks.counterfactuals import USUAL
from sim.findings.answer import AIMS, HALF, HARM
from sim.findings.comeback import Panel, panel
from sim.findings.comparison import Comparison, ScenarioResult
from sim.findings.constraint_sentences import NAMED, comes_back, short, stays_short, works_through
from sim.findings.findings import Findings
from sim.findings.rows import Number, Row, bare_name, row_of
from sim.language.counting import counted
from sim.measures.intervals import error_of_mean
from sim.measures.measures import measure, reached, values
from sim.measures.wording import (
    bare_difference,
    bare_points,
    capitalised,
    day_text,
    full_day,
    listed,
    margin,
    percent_text,
)

LITTLE = 0.1
"""Share of the training compute wanted below which little is missing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence under the headline: what it says, and the numbers behind it."""

    claim: str
    rest: str


@dataclass(frozen=True, slots=True)
class Card:
    """One question about a single scenario, its answer in few words, and a sentence or two."""

    question: str
    big: str
    text: str


@dataclass(frozen=True, slots=True)
class Hinge:
    """One scenario under three ambitions: the share of compute that training lacks under each, by its name."""

    title: str
    lacks: Mapping[str, float]

    @property
    def texts(self) -> dict[str, str]:
        """Each share in percent."""
        return {name: percent_text(share) for name, share in self.lacks.items()}

    @property
    def sentence(self) -> str:
        """`Training lacks 23% if it holds its place, 44% if it keeps pace (as above), 65% if it chases ...`"""
        texts = [f"{text} {AIMS[name]}{' (as above)' * (name == USUAL)}" for name, text in self.texts.items()]
        return f"Training lacks {', '.join(texts)}."


@dataclass(frozen=True, slots=True)
class Brief:
    """The first screen, and what stands right beneath it."""

    about: str
    base: str
    """What the scenarios are compared with; empty where there is nothing."""
    headline: str
    verdicts: tuple[str, ...]
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    cards: tuple[Card, ...]
    back: Panel | None
    """What would bring it back, of the first scenario; None where nothing was removed."""
    stays: str
    hinges: tuple[Hinge, ...]
    quoting: tuple[str, ...]
    shares: tuple[float, float]
    """Of the first scenario's futures: more than half is missing, and at least a tenth."""
    repeat: str
    """The command that gives the same again."""


def brief(comparison: Comparison) -> Brief:
    """The brief of one scenario, or of several."""
    first, alone = comparison.scenarios[0], len(comparison.scenarios) == 1
    run = first.findings.run
    futures = counted(comparison.futures, "futures")
    about = (
        f"{futures}{'' if alone else f' of each of {len(comparison.scenarios)} scenarios, the same luck in all'} · "
        f"seed {comparison.seed} · as known on {full_day(run.as_of)} · to {day_text(run.window_end)}"
        f"{f' · with {listed(comparison.chosen)}' if comparison.chosen else ''}"
    )
    rows = tuple(row_of(case, comparison) for case in comparison.scenarios)
    other = first.findings.other
    base = first.findings.called if not alone else other.effect.base if other and other.effect else ""
    headline = comparison.headline
    if alone:
        headline = f"{first.findings.title}: {headline[:1].lower()}{headline[1:]}"
    return Brief(
        about,
        base,
        headline,
        comparison.verdicts,
        tuple(_facts(comparison, rows)),
        rows,
        tuple(_cards(first, rows[0], base)) if alone else (),
        panel(first.findings),
        stays_short(other.of_use("train")) if other else "",
        tuple(_hinges(comparison.scenarios)),
        tuple(_quoting(first)),
        _shares(first),
        comparison.command,
    )


def _facts(comparison: Comparison, rows: Sequence[Row]) -> Iterator[Fact]:
    first = comparison.reference.findings
    if not first.other:
        line = next(line for line in first.answer if line.question == "Which")
        yield Fact("Which:", line.text)
        return
    if len(rows) == 1:
        if rows[0].cost and rows[0].through:
            yield _split(_named(works_through(rows[0].cost), "The change"))
        if first.other.effect:  # else the headline says it
            yield _split(comes_back("train", first.other.of_use("train")))
        return
    yield _in_all(comparison)
    worst = max(rows[1:], key=lambda row: row.cost.difference.mean if row.cost else -math.inf)
    if worst.cost and worst.through and worst.cost.difference.mean > 0.0:
        yield _split(_named(works_through(worst.cost), f"“{worst.title}”"))
    yield from _wanting(first, rows)


def _named(sentence: str, who: str) -> str:
    return sentence.replace("The scenario", who, 1)


def _split(sentence: str) -> Fact:
    claim, colon, rest = sentence.partition(": ")
    return Fact(claim + colon.strip(), rest)


def _in_all(comparison: Comparison) -> Fact:
    """What holds training back, of the first scenario; and whether the others say the same."""
    found = [each.findings.other.of_use("train") for each in comparison.scenarios if each.findings.other]
    answers = {frozenset(row.removed for row in each.candidates) for each in found}
    title = comparison.reference.findings.called
    several = "In both scenarios" if len(found) == 2 else f"In all {len(found)} scenarios"
    who = several if len(answers) == 1 and len(found) > 1 else f"In {title}"
    fact = _split(comes_back("train", found[0]))
    claim = f"{who}, {fact.claim[:1].lower()}{fact.claim[1:]}"
    return Fact(claim, f"in {title}, {fact.rest}" if len(answers) == 1 else fact.rest)


def _wanting(first: Findings, rows: Sequence[Row]) -> Iterator[Fact]:
    """Whether the ambition of the lab or the scenario moves the shortfall more; nothing where that is too close."""
    other = first.other
    if other is None or len(other.ambitions) < 2:
        return
    missing = [each.missing["train_short"] for each in other.ambitions]
    wants = [each.mean for each in missing]
    happens = [row.numbers["train_short"].at for row in rows if "train_short" in row.numbers]
    wider = (max(wants) - min(wants)) - (max(happens) - min(happens))
    if abs(wider) <= 4.0 * max(each.error for each in missing):  # four ends, each with an error of its own
        return
    yield Fact(
        f"How much the lab wants moves what it lacks {'more' if wider > 0.0 else 'less'} than these scenarios do:",
        f"from {percent_text(min(wants))} to {percent_text(max(wants))}, against {percent_text(min(happens))} to "
        f"{percent_text(max(happens))}.",
    )


def _cards(case: ScenarioResult, row: Row, base: str) -> Iterator[Card]:
    """The five questions about one scenario."""
    found = case.findings
    yield Card("Which", *_which(found))
    yield Card("When", *_when(row, base))
    yield Card("How bad", *_bad(row))
    yield Card("How likely", *_likely(case))
    yield Card("What helps", *_helps(found))


def _which(findings: Findings) -> tuple[str, str]:
    if findings.other is None:
        line = next(line for line in findings.answer if line.question == "Which")
        return "Not computed", line.text
    removed = findings.other.of_use("train")
    if removed.nothing:
        return "None of the six", comes_back("train", removed)
    if len(removed.candidates) > 1 and removed.pattern != "interchangeable":
        return "Too close to call", comes_back("train", removed)
    names = [bare_name(each) for row in removed.candidates for each in row.removed]
    big = capitalised(listed(names, "or" if removed.pattern == "interchangeable" else "and"))
    sentences = [capitalised(comes_back("train", removed).partition(": ")[2])]
    sentences += [f"{capitalised(short(e.removed[0]))} would add {bare_points(e.gain.mean)}." for e in removed.further]
    ranked = sorted(removed.best_alone_in.items(), key=lambda each: -each[1])[:2]
    shares = " and ".join(f"{short(name)} in {percent_text(share)}" for name, share in ranked if share)
    if shares:
        sentences.append(f"The single removal that gives most is {shares} of futures.")
    return big, " ".join(sentences)


def _when(row: Row, base: str) -> tuple[str, str]:
    since = row.numbers.get("train_from")
    if since is None:
        return "Never", "In no future does one constraint keep training short for three months in a row."
    moved = ""
    if since.move:
        moved = f", as in {base}" if since.move.tone == "same" else f", on average {since.move.text} than in {base}"
    never = f" {capitalised(since.note)}." if since.note else ""
    return since.text, f"Training is short from then on (90% interval {since.interval}){moved}.{never}"


def _bad(row: Row) -> tuple[str, str]:
    missing = row.numbers.get("train_short")
    if missing is None:
        return "Nothing wanted", "No training compute is wanted in any future."
    sentences = [f"90% interval {missing.interval}."]
    if unserved := row.numbers.get("unserved"):
        sentences.append(f"{unserved.text} of users’ demand is not served{_bracketed(unserved, ' points')}.")
    late = [row.numbers[name] for name in ("next_delay", "second_delay") if name in row.numbers]
    texts = [f"{number.text} months late{_bracketed(number)}" for number in late]
    if len(texts) == 2:
        sentences.append(f"The next flagship is {texts[0]}, the one after {texts[1]}.")
    return f"{missing.text} missing", " ".join(sentences)


def _bracketed(number: Number, unit: str = "") -> str:
    return f" ({number.move.text}{unit})" if number.move and number.move.tone != "same" else ""


def _likely(case: ScenarioResult) -> tuple[str, str]:
    half, tenth = _shares(case)
    second, outcomes = measure("second_delay"), case.outcomes
    late = float(((values(second, outcomes) > HARM) | ~reached(second, outcomes)).mean())
    insolvent = next(each for each in case.findings.summaries if each.measure.name == "insolvent")
    return f"Over half missing in {percent_text(half)}", (
        f"In {percent_text(half)} of futures more than half is missing; in {percent_text(1.0 - tenth)} less than a "
        f"tenth. The second flagship is over six months late in {percent_text(late)}, the lab insolvent by "
        f"{day_text(case.findings.run.end)} in {percent_text(insolvent.mean.value)}."
    )


def _shares(case: ScenarioResult) -> tuple[float, float]:
    missing = values(measure("train_short"), case.outcomes)
    return float((missing > HALF).mean()), float((missing >= LITTLE).mean())


def _helps(findings: Findings) -> tuple[str, str]:
    if findings.other is None:
        return "Not computed", "A run without --split=0 removes and eases each constraint."
    removed = findings.other.of_use("train")
    if removed.nothing:
        return "None of the six", comes_back("train", removed)
    back, whole = (bare_points(each) for each in (removed.best[-1].gain.mean, removed.whole.mean))
    ranked = sorted(removed.singles, key=lambda each: -each.gain.mean)
    sentences = [_gives_most([(each.removed, each.gain.mean) for each in ranked], "removed alone")]
    sentences.append(f"With all that help removed, {back} of {whole} points come back.")
    eased = [each for each in findings.other.eased if len(each.constraints) == 1 and "train_short" in each.foremost]
    if eased:
        gains = [(each.constraints, each.gains["train_short"].mean) for each in eased]
        sentences.append(_gives_most(gains, "made 10% easier"))
    if findings.relief and findings.relief.hundred_million:
        gain = findings.relief.hundred_million.gain("train_short").paired
        within = abs(gain.mean) <= gain.error
        text = "nothing beyond simulation error" if within else f"{bare_difference(gain.mean, 'share')} points"
        sentences.append(f"$100M more on the first day: {text}.")
    names = capitalised(listed([bare_name(each.removed[0]) for each in ranked[:2]], "or"))
    big = f"{names}: {bare_points(ranked[0].gain.mean)} of {whole}" if len(ranked) == 1 else names
    return big if len(ranked) <= 2 else "Too close to call", " ".join(sentences)


def _gives_most(gains: Sequence[tuple[tuple[str, ...], float]], how: str) -> str:
    """`The rental market gives most removed alone (17.5).`, with all that may give most."""
    ranked = sorted(gains, key=lambda each: -each[1])[:NAMED]
    texts = [f"{short(names[0])} ({bare_difference(gain, 'share')})" for names, gain in ranked]
    return f"{capitalised(listed(texts, 'or'))} gives most {how}."


def _hinges(cases: Sequence[ScenarioResult]) -> Iterator[Hinge]:
    """What training lacks under each ambition, of every scenario that was run under all of them."""
    for case in cases:
        ambitions = case.findings.other.ambitions if case.findings.other else ()
        lacks = {each.name: each.missing["train_short"].mean for each in ambitions}
        if lacks.keys() == AIMS.keys():
            yield Hinge(case.findings.title, {name: lacks[name] for name in AIMS})


def _quoting(first: ScenarioResult) -> Iterator[str]:
    """What must be known before a number is quoted."""
    missing = values(measure("train_short"), first.outcomes)
    yield (
        f"Shares are means over futures, known to {margin(error_of_mean(missing), 'share')} points; dates and delays "
        "are medians. The 90% interval holds 90% of the futures."
    )
    yield from first.findings.limits
