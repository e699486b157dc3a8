"""The score: forecasts beside what happened, the misses first.

The baseline is scored as it stood at one commit: its forecasts are data (`forecasts.yaml`), never written anew. Beside
it stands the baseline of today, which rests on no later fact either, and is not tuned to any. A 90% interval holds the
fact or misses it; a probability has its Brier score, the squared distance from what happened (0 or 1): nought for who
is sure and right, a quarter for who says even, one for who is sure and wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from sim.errors import Problem
from sim.findings import markdown
from sim.language.dates import parse_date
from sim.language.forms import ReadBy, due, read_form
from sim.language.yaml_nodes import Node, bare_text
from sim.measures.wording import dates_read, full_day, month_text, number, percent_text, with_unit
from sim.scenario.reading import facts
from sim.scenario.reading.facts import FOLDER, Fact
from sim.studies.validation.forecasts import DAY, Amount, Event, Forecast, Questions, day_of

KEPT = FOLDER / "validation" / "forecasts.yaml"

EVEN = 0.25
"""The Brier score of who always says even."""

NO_FORECAST = "no forecast"


def _number(node: Node, path: str, problems: list[Problem]) -> float | None:
    """A number, or a day as its ordinal; with the problem noted, None."""
    if isinstance(node.value, float):
        return node.value
    try:
        return float(parse_date(bare_text(node)).toordinal())
    except ValueError:
        problems.append(Problem(node.place, path, f"expected a number or a day, got {bare_text(node)}"))
        return None


@dataclass(frozen=True, slots=True)
class Kept:
    """Forecasts as they were made, and what made them. `called`: what their day is called."""

    called: str = due("what their day is called")
    commit: str = due("the commit of the model")
    as_of: str = due("the day of its last fact")
    seed: float = due("the seed")
    futures: float = due("how many futures")
    command: str = due("what made it")
    forecasts: dict[str, tuple[Annotated[float, ReadBy(_number)], ...]] = due("the forecasts")


def read_kept(path: Path = KEPT) -> Kept:
    """The forecasts that were made. Raises InputError with every problem found."""
    return read_form(path, Kept)


def brier(probability: float, happened: bool) -> float:
    """The squared distance of a probability from what happened."""
    return (probability - float(happened)) ** 2


def holds(forecast: Forecast, value: float) -> bool:
    """Whether the interval of an amount holds a value."""
    return forecast[0] <= value <= forecast[-1]


def value_of(fact: Fact) -> float:
    """The number of a fact; a day as its ordinal."""
    return fact.value if isinstance(fact.value, float) else float(parse_date(str(fact.value)).toordinal())


@dataclass(frozen=True, slots=True)
class Score:
    """The forecasts of one model, held against the facts."""

    forecasts: Mapping[str, Forecast]

    def held(self, asked: Amount) -> bool | None:
        """Whether its interval holds the fact; None where there is no forecast."""
        there = self.forecasts.get(asked.id)
        return None if there is None else holds(there, value_of(facts.load()[asked.fact]))

    def brier(self, asked: Event) -> float | None:
        """The Brier score of an event; None where there is no forecast."""
        there = self.forecasts.get(asked.id)
        return None if there is None else brier(there[0], asked.happened == "yes")

    def missed(self, asked: Amount | Event) -> bool:
        """Whether the fact lies outside, or on the side that was less likely."""
        if isinstance(asked, Amount):
            return self.held(asked) is False
        score = self.brier(asked)
        return score is not None and score > EVEN

    def said(self, asked: Amount | Event) -> str:
        """`$400M to $4.5B, median $1.7B`, or `36%`."""
        there = self.forecasts.get(asked.id)
        if there is None:
            return NO_FORECAST
        if isinstance(asked, Event):
            return percent_text(there[0])
        low, middle, high = (_amount(each, asked.unit) for each in there)
        return f"{low} to {high}, median {middle}"

    def verdict(self, asked: Amount | Event) -> str:
        """`holds it`, `misses it`, or `Brier 0.84`."""
        if isinstance(asked, Amount):
            return {True: "holds it", False: "misses it", None: ""}[self.held(asked)]
        score = self.brier(asked)
        return "" if score is None else f"Brier {score:.2f}"

    def summary(self, questions: Questions) -> str:
        """How many intervals hold, how many events were thought likelier than not, and the mean Brier score."""
        held = [hit for each in questions.amounts if (hit := self.held(each)) is not None]
        scores = [score for each in questions.events if (score := self.brier(each)) is not None]
        right = sum(score < EVEN for score in scores)
        return (
            f"{sum(held)} of {len(held)} intervals of 90% hold the fact (nine in ten should); {right} of {len(scores)} "
            f"events went the likelier way; mean Brier score {np.mean(scores):.2f} (saying even: {EVEN})."
        )


def score_section(questions: Questions, kept: Kept, now: Mapping[str, Forecast]) -> str:
    """The score as Markdown: how many hits and what Brier score, the misses in words, then the rest in tables."""
    then, today, called = Score(kept.forecasts), Score(now), kept.called
    intro = questions.intro.format(commit=kept.commit, futures=int(kept.futures), seed=int(kept.seed))
    worst_first = sorted(questions.events, key=lambda each: -(then.brier(each) or 0.0))
    asked: tuple[Amount | Event, ...] = (*questions.amounts, *worst_first)
    missed = [each for each in asked if then.missed(each)]
    unasked = [each for each in asked if each.id not in then.forecasts]
    parts = [
        f"## The score of {called}\n\n{intro}",
        f"- The model of {called}: {then.summary(questions)}\n- The model of today: {today.summary(questions)}\n",
        f"{questions.reading}\n\n### What {called} missed\n",
        "\n".join(_in_words(each, called, then, today) for each in missed),
        f"\n### What {called} did not ask\n",
        "\n".join(_in_words(each, called, then, today) for each in unasked),
        f"\n### What {called} got right\n",
        markdown.texts(right_table([each for each in asked if each not in (*missed, *unasked)], called, then, today)),
        "\n### Facts that no forecast was made of\n",
        markdown.texts(_unscored_table(questions)),
        f"\n{questions.sources}",
    ]
    return "\n".join(parts)


def _in_words(asked: Amount | Event, called: str, then: Score, today: Score) -> str:
    """Forecast, fact, what today's model says, and what that teaches."""
    made = f"{called}: {_with(then, asked)}. " if asked.id in then.forecasts else ""
    fact = f"Fact: {_came(asked)} ({_public(asked.fact)}). "
    return f"- **{asked.asks}.** {made}{fact}Today: {_with(today, asked)}. {asked.teaches}"


def right_table(asked: Sequence[Amount | Event], called: str, then: Score, today: Score) -> pd.DataFrame:
    """What lay inside, or went the likelier way."""
    rows = []
    for each in asked:
        row = {"asked": each.asks, called: _with(then, each), "fact": _came(each), "public": _public(each.fact)}
        rows.append(row | {"today": _with(today, each), "what it teaches": each.teaches})
    return pd.DataFrame(rows)


def _unscored_table(questions: Questions) -> pd.DataFrame:
    known = facts.load()
    rows = []
    for each in questions.unscored:
        fact = known[each.fact]
        text = fact.what if fact.value is None else f"{fact.what}: {_value_text(fact)}"
        rows.append({"fact": text, "public": _public(each.fact), "why": each.why})
    return pd.DataFrame(rows)


def _with(model: Score, asked: Amount | Event) -> str:
    """What a model says, and how that fared."""
    verdict = model.verdict(asked)
    return f"{model.said(asked)}; {verdict}" if verdict else model.said(asked)


def _came(asked: Amount | Event) -> str:
    """`$7.4B`, or `yes: 2.28x`."""
    text = _value_text(facts.load()[asked.fact])
    return f"{asked.happened}: {text}" if isinstance(asked, Event) else text


def _value_text(fact: Fact) -> str:
    """The value of a fact, with its unit."""
    return dates_read(str(fact.value)) if fact.unit == "text" else _amount(value_of(fact), fact.unit)


def _public(fact: str) -> str:
    """The month in which a fact became public."""
    since = facts.load()[fact].known_since
    return "" if since is None else month_text(since)


def _amount(value: float, unit: str) -> str:
    """A day, `2.3x`, `$1.75 / hour`, `160,000 chips`."""
    if unit == DAY:
        return full_day(day_of(value))
    if unit == "x":
        return f"{value:.2f}x"
    if unit == "USD / hour":
        return f"${value:.2f} / hour"
    return with_unit(number(value, unit), unit)
