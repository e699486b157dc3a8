"""The score of April: forecasts beside what happened, the misses first.

The baseline of April is scored as it stood before any later fact was looked at: its forecasts are data (`april.yaml`).
Beside it stands the baseline of today, which rests on no later fact either, and is not tuned to any. A 90% interval
holds the fact or misses it; a probability has its Brier score, the squared distance from what happened (0 or 1): nought
for who is sure and right, a quarter for who says even, one for who is sure and wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from sim.errors import InputError, Problem
from sim.findings import markdown
from sim.language.dates import days_since, parse_date
from sim.language.forms import FormReader, ReadBy, due
from sim.language.yaml_nodes import Node, bare_text, read_file
from sim.measures.wording import full_day, month_text, number, percent_text, with_unit
from sim.scenario.reading import facts
from sim.scenario.reading.facts import Fact
from sim.studies.validation.forecasts import Amount, Event, Forecast, Questions

APRIL = Path(__file__).with_name("april.yaml")
FIRST_DAY = date(2026, 4, 23)

EVEN = 0.25
"""The Brier score of who always says even."""

INTRO = """## The score of April

What the baseline as of 23 April 2026 said of what became public afterwards: none of it was an input. Its forecasts are
those of commit {commit}, before any later fact was looked at ({futures:,} futures, seed {seed}). Beside them stands the
model of today, which uses no later fact either: where it differs, it has a mechanism for what was public in April.
"""

NO_FORECAST = "no forecast"


def _number(node: Node, path: str, problems: list[Problem]) -> float | None:
    """A number, or a day as days from the first; with the problem noted, None."""
    if isinstance(node.value, float):
        return node.value
    try:
        return days_since(FIRST_DAY, parse_date(bare_text(node)))
    except ValueError:
        problems.append(Problem(node.place, path, f"expected a number or a day, got {bare_text(node)}"))
        return None


@dataclass(frozen=True, slots=True)
class April:
    """The forecasts of April, and what made them."""

    commit: str = due("the commit of the model")
    as_of: str = due("the day of its last fact")
    seed: float = due("the seed")
    futures: float = due("how many futures")
    command: str = due("what made it")
    forecasts: dict[str, tuple[Annotated[float, ReadBy(_number)], ...]] = due("the forecasts")


def read_april(path: Path = APRIL) -> April:
    """The forecasts of April. Raises InputError with every problem found."""
    problems: list[Problem] = []
    april = FormReader(problems).form(April, read_file(path, path.name))
    if problems or april is None:
        raise InputError(problems)
    return april


def brier(probability: float, happened: bool) -> float:
    """The squared distance of a probability from what happened."""
    return (probability - float(happened)) ** 2


def holds(forecast: Forecast, value: float) -> bool:
    """Whether the interval of an amount holds a value."""
    return forecast[0] <= value <= forecast[-1]


def value_of(fact: Fact) -> float:
    """The number of a fact; a day as days from the first."""
    return fact.value if isinstance(fact.value, float) else days_since(FIRST_DAY, parse_date(str(fact.value)))


def score_section(questions: Questions, april: April, now: Mapping[str, Forecast]) -> str:
    """The score as Markdown: how many intervals hold and what Brier score, then the tables, misses first."""
    known, forecast = facts.load(), april.forecasts
    amounts = sorted(questions.amounts, key=lambda each: _held(each, forecast, known) is not False)
    events = sorted(questions.events, key=lambda each: -brier(*_told(each, forecast)) if each.id in forecast else 0.0)
    intro = INTRO.format(commit=april.commit, futures=int(april.futures), seed=int(april.seed))
    parts = [intro, *_summary(questions, [("The model of April", forecast), ("The model of today", now)], known)]
    parts += [f"\n{questions.reading}", "\n### Amounts: the 90% interval, the misses first\n"]
    parts += [markdown.texts(amounts_table(amounts, forecast, now, known))]
    parts += ["\n### Events: the probability, the worst score first\n"]
    parts += [markdown.texts(events_table(events, forecast, now, known))]
    parts += ["\n### Facts that no forecast was made of\n", markdown.texts(_unscored_table(questions, known))]
    parts += ["\nSources of the facts: [after_april.yaml](../sim/facts/after_april.yaml).\n"]
    return "\n".join(parts)


def _summary(
    questions: Questions, models: Sequence[tuple[str, Mapping[str, Forecast]]], known: Mapping[str, Fact]
) -> Iterator[str]:
    """A line for each model: its hits, and its mean Brier score."""
    for name, forecast in models:
        held = [hit for each in questions.amounts if (hit := _held(each, forecast, known)) is not None]
        scores = [brier(*_told(each, forecast)) for each in questions.events if each.id in forecast]
        yield (
            f"- {name}: {sum(held)} of {len(held)} intervals of 90% hold the fact (nine in ten should); mean Brier "
            f"score {np.mean(scores):.2f} over {len(scores)} events (saying even: {EVEN})."
        )


def amounts_table(
    amounts: Sequence[Amount], april: Mapping[str, Forecast], now: Mapping[str, Forecast], known: Mapping[str, Fact]
) -> pd.DataFrame:
    """Forecasts of amounts, the fact, and what it teaches."""
    rows = []
    for each in amounts:
        fact = known[each.fact]
        rows.append(
            {
                "amount": each.asks,
                "April: p5 / p50 / p95": _three(april.get(each.id), each.unit),
                "fact": _told_by(fact),
                "public": _public(fact),
                "April's interval": _verdict(_held(each, april, known)),
                "today: p5 / p50 / p95": _three(now.get(each.id), each.unit),
                "today's interval": _verdict(_held(each, now, known)),
                "what it teaches": each.teaches,
            }
        )
    return pd.DataFrame(rows)


def events_table(
    events: Sequence[Event], april: Mapping[str, Forecast], now: Mapping[str, Forecast], known: Mapping[str, Fact]
) -> pd.DataFrame:
    """Forecasts of events, what happened, and what it teaches."""
    rows = []
    for each in events:
        fact = known[each.fact]
        row = {"event": each.asks, "April": _chance(each, april), "happened": each.happened, "fact": _told_by(fact)}
        row |= {"public": _public(fact), "Brier, April": _brier(each, april)}
        row |= {"today": _chance(each, now), "Brier, today": _brier(each, now), "what it teaches": each.teaches}
        rows.append(row)
    return pd.DataFrame(rows)


def _unscored_table(questions: Questions, known: Mapping[str, Fact]) -> pd.DataFrame:
    rows = []
    for each in questions.unscored:
        fact = known[each.fact]
        rows.append({"fact": f"{fact.what}: {_told_by(fact)}", "public": _public(fact), "why": each.why})
    return pd.DataFrame(rows)


def _held(asked: Amount, forecast: Mapping[str, Forecast], known: Mapping[str, Fact]) -> bool | None:
    """Whether its interval holds the fact; None where there is no forecast."""
    return holds(forecast[asked.id], value_of(known[asked.fact])) if asked.id in forecast else None


def _told(asked: Event, forecast: Mapping[str, Forecast]) -> tuple[float, bool]:
    """The probability of an event, and whether it happened."""
    return forecast[asked.id][0], asked.happened == "yes"


def _verdict(held: bool | None) -> str:
    return {True: "holds it", False: "misses it", None: NO_FORECAST}[held]


def _chance(asked: Event, forecast: Mapping[str, Forecast]) -> str:
    return percent_text(forecast[asked.id][0]) if asked.id in forecast else NO_FORECAST


def _brier(asked: Event, forecast: Mapping[str, Forecast]) -> str:
    return f"{brier(*_told(asked, forecast)):.2f}" if asked.id in forecast else ""


def _three(forecast: Forecast | None, unit: str) -> str:
    return NO_FORECAST if forecast is None else " / ".join(_amount(each, unit) for each in forecast)


def _amount(value: float, unit: str) -> str:
    """`16 June 2026`, `2.3x`, `$1.75 / hour`, `160,000 chips`."""
    if unit == "date":
        return full_day(FIRST_DAY + timedelta(days=value))
    if unit == "x":
        return f"{value:.2f}x"
    if unit == "USD / hour":
        return f"${value:.2f} / hour"
    return with_unit(number(value, unit), unit)


def _told_by(fact: Fact) -> str:
    """What a fact says."""
    return str(fact.value) if fact.unit == "text" else _amount(value_of(fact), fact.unit)


def _public(fact: Fact) -> str:
    """The month in which a fact became public."""
    return "" if fact.known_since is None else month_text(fact.known_since)
