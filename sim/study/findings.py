"""Findings: what one scenario's futures say, in sentences and in numbers. The terminal and the page only show this."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from sim.study.bottlenecks import MEANING, Bottleneck, bottlenecks
from sim.study.measures import MEASURES, PATHWAYS, Level, Summary, summarise
from sim.study.relief import Relief
from sim.study.split import Split
from sim.study.survival import Survival
from sim.study.tale import Tale
from sim.study.words import amount, day_text, percent_text, told

LIMITS = (
    "The fleet, tokens, cash, allocation and rental depth of the real lab are not public. "
    "This is a conditional forecast for a lab like it.",
    "Two in-house successes on Ascend and one failure do not make a rate.",
    "Odds of financing rounds come from famous winners.",
    "No supply fact exists after 2027. What follows the leading window is extrapolation.",
    "What the lab wants is an ambition, not a fact, and it decides how large a shortfall looks.",
    "Grey supply is modelled from public estimates, as an uncertain quantity, not as advice.",
)

LEFT_OUT = (
    "When each bottleneck begins to bind, and the odds that it never does.",
    "The causal split: how much shortfall each cause explains when the same futures are run again without it.",
    "What helps most: relief of each cause by a tenth, and its removal, alone and in pairs.",
    "How a forced scenario differs from those futures of the baseline in which the same came about by itself.",
    "Kept constant or left out of the model: currency, freight modes, customs paperwork, batch and cache detail of "
    "serving, packaging lines one by one, people one by one, network layout.",
)


@dataclass(frozen=True, slots=True)
class Run:
    """What was run. The leading window ends the day before `leads_until`; `gates` are shown as they are written."""

    name: str
    why: str
    as_of: date
    start: date
    end: date
    measured_from: date
    leads_until: date
    later: date
    seed: int
    gates: tuple[str, ...] = ()

    @property
    def window_end(self) -> date:
        """Last day of the leading window."""
        return self.leads_until - timedelta(days=1)

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order."""
        days = ("as_of", "start", "end", "measured_from", "leads_until", "later")
        return {
            "name": self.name,
            "why": self.why,
            **{day: getattr(self, day).isoformat() for day in days},
            "seed": self.seed,
            "gates": list(self.gates),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer, in a sentence or two."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is said of one scenario.

    `splits`, `relief`, `survivals` and `tales` are there when they were asked for: they run the same futures again.
    """

    run: Run
    futures: int
    headline: str
    answer: tuple[Line, ...]
    bottlenecks: tuple[Bottleneck, ...]
    summaries: tuple[Summary, ...]
    splits: tuple[Split, ...] = ()
    relief: Relief | None = None
    survivals: tuple[Survival, ...] = ()
    tales: tuple[Tale, ...] = ()

    @property
    def title(self) -> str:
        """The scenario's name."""
        return self.run.name

    @property
    def measures(self) -> tuple[Summary, ...]:
        """All summaries but those of pathways, which have a table of their own."""
        return tuple(summary for summary in self.summaries if summary.measure.name not in PATHWAYS)

    @property
    def pathways(self) -> tuple[Summary, ...]:
        """Compute by the way it came, at the end of the leading window."""
        return tuple(summary for summary in self.summaries if summary.measure.name in PATHWAYS)

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order, finite numbers only."""
        return {
            "title": self.title,
            "run": self.run.as_json(),
            "futures": self.futures,
            "headline": self.headline,
            "answer": [{"question": line.question, "text": line.text} for line in self.answer],
            "bottlenecks": {"meaning": MEANING, "uses": [found.as_json() for found in self.bottlenecks]},
            "measures": [summary.as_json() for summary in self.summaries],
            "splits": [found.as_json() for found in self.splits],
            "relief": self.relief.as_json() if self.relief else None,
            "survival": [found.as_json() for found in self.survivals],
            "limits": list(LIMITS),
            "left_out": list(LEFT_OUT),
        }


def findings(run: Run, outcomes: pd.DataFrame) -> Findings:
    """What a table of outcomes (a row for each future, at least one) says."""
    summaries = tuple(summarise(measure, outcomes) for measure in MEASURES)
    found = bottlenecks(outcomes)
    by_name = {summary.measure.name: summary for summary in summaries}
    answer = (
        *(_stopped(bottleneck) for bottleneck in found),
        Line("The next two flagships", _flagships(by_name)),
        Line("Compute", _compute(run, by_name)),
        Line("Demand", _demand(run, by_name)),
        Line("Money", _money(run, by_name)),
        Line("Talks", _talks(run, by_name)),
    )
    return Findings(run, len(outcomes), _headline(found), answer, found, summaries)


def _headline(found: tuple[Bottleneck, ...]) -> str:
    """The largest cause of each use, in one sentence."""
    first = {each.words: each.causes[0].words if each.causes else "nothing" for each in found}
    if len(set(first.values())) == 1:
        cause = next(iter(first.values()))
        return f"The main bottleneck is {cause}, for {' and for '.join(first)}."
    return f"The main bottleneck is {', '.join(f'{cause} for {use}' for use, cause in first.items())}."


def _stopped(found: Bottleneck) -> Line:
    """The largest cause, and the second where it is close."""
    question = f"What stops {found.words}"
    if not found.causes:
        return Line(question, f"Nothing: in every future the lab can order all the compute it needs for {found.words}.")
    first = found.causes[0]
    text = (
        f"{_capital(first.words)} stops {percent_text(first.share)} of the {found.words} compute that the lab cannot "
        f"order ({percent_text(first.p5)} to {percent_text(first.p95)} in nine of ten futures). "
        f"Odds that it is the largest cause: {told(first.largest)}."
    )
    if found.second:
        text += f" Close behind: {found.second.words}, {percent_text(found.second.share)}."
    if found.nothing:
        text += f" Odds that nothing is stopped: {told(found.nothing)}."
    return Line(question, text)


def _flagships(found: dict[str, Summary]) -> str:
    following = _flagship(found["second_delay"], found["second_size"])
    return f"The next comes {_flagship(found['next_delay'], found['next_size'])} The one after it comes {following}"


def _flagship(delay: Summary, size: Summary) -> str:
    text = (
        f"{_late(delay.median)} (90% interval {delay.interval_text}) "
        f"and at {percent_text(size.median.value)} of its planned size ({size.interval_text})."
    )
    return text + (f" Odds that it is not out by the horizon: {told(delay.missed)}." if delay.missed else "")


def _late(delay: Level) -> str:
    if delay.beyond:
        return f"more than {amount(delay.value, 'months')} late"
    return f"{amount(abs(delay.value), 'months')} {'early' if delay.value < 0.0 else 'late'}"


def _compute(run: Run, found: dict[str, Summary]) -> str:
    ways = ", ".join(f"{_WAY[name]} {_few(found[name])}" for name in PATHWAYS)
    return (
        f"By {day_text(run.window_end)} the lab owns {found['owned'].centre_text} ({found['owned'].interval_text}). "
        f"By pathway, on average over futures: {ways}. Training compute at work is "
        f"{found['train_effective'].centre_text} of what is wanted ({found['train_effective'].interval_text})."
    )


_WAY = {
    "licensed": "under licence",
    "domestic": "domestic",
    "grey": "grey",
    "rented_home": "rented at home",
    "rented_abroad": "rented abroad",
}


def _few(summary: Summary) -> str:
    return amount(summary.mean.value, summary.measure.unit)


def _demand(run: Run, found: dict[str, Summary]) -> str:
    unserved = found["unserved"]
    return (
        f"{unserved.centre_text} of the tokens wanted from {run.measured_from} to {run.window_end} are not served "
        f"({unserved.interval_text}); {found['train_short'].centre_text} of the training compute wanted is not there "
        f"({found['train_short'].interval_text})."
    )


def _money(run: Run, found: dict[str, Summary]) -> str:
    runway, insolvent = found["lowest_runway"], found["insolvent"]
    return (
        f"At its lowest up to {day_text(run.window_end)}, cash lasts {runway.centre_text} "
        f"({runway.interval_text}; counted up to 120). "
        f"Insolvent by {day_text(run.end)}: {told(insolvent.mean.value)}."
    )


def _talks(run: Run, found: dict[str, Summary]) -> str:
    return (
        f"By {day_text(run.window_end)}, a round closes: {told(found['closed'].mean.value)}; "
        f"talks stall: {told(found['stalled'].mean.value)}; "
        f"raised {found['raised'].centre_text} ({found['raised'].interval_text})."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
