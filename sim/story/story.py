"""Stories: which future to tell, and the telling of it, under SimPy, event by event."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.engine import simpy_engine
from sim.engine.tasks import seeds
from sim.measures.intervals import quantile_rank
from sim.measures.measures import Measure, measure, reached, values
from sim.story.entries import Tale
from sim.story.recorder import Recorder
from sim.story.sentences import sentences
from sim.story.trace import trace
from sim.template.assemble import Template

LEADING_MEASURE = "second_delay"
"""The measure whose p5, median and p95 futures stand for a run."""

STANDING_FOR = ("p5", "p50", "p95")

_NEAR = re.compile(r"p(\d{1,2}(?:\.\d+)?):(\w+)")


@dataclass(frozen=True)
class Story:
    """One future: its tale, and its trace in Chrome's format."""

    tale: Tale
    trace: dict[str, Any]


def tell(template: Template, seed: int, number: int, label: str) -> Story:
    """Future `number` from beginning to end."""
    recorder = Recorder(template.scenario, sentences)
    inputs, luck = template.draw(seed, number, 1)[0], int(seeds(seed, number, 1)[0])
    future = simpy_engine.witnessed(template.record, template.addresses, inputs, luck, recorder)
    horizon = float(template.record["span"]["horizon"][0, 0])
    tale = Tale(template.scenario.name, number, label, tuple(sorted(recorder.entries, key=lambda entry: entry.day)))
    return Story(tale, trace(recorder.names, future, recorder.steps, horizon))


def tales(template: Template, seed: int, outcomes: pd.DataFrame) -> tuple[Tale, ...]:
    """The futures that stand for a run: at p5, the median and p95 of a leading measure. None of one with processes."""
    if template.scenario.processes:
        return ()
    chosen = [f"{level}:{LEADING_MEASURE}" for level in STANDING_FOR]
    return tuple(tell(template, seed, near(text, outcomes), near_text(text)).tale for text in chosen)


def near(text: str, outcomes: pd.DataFrame) -> int:
    """The future at a quantile of a measure, `p5:next_delay`. Raises ValueError for what is none."""
    percent, of_measure = _quantile(text)
    order = _ordered(of_measure, outcomes)
    return int(outcomes.index[order[quantile_rank(percent / 100.0, len(order))]])


def near_text(text: str) -> str:
    """Which future that is, for readers: `p5 of next flagship, delay`. Raises ValueError for what is none."""
    return f"{text.partition(':')[0]} of {_quantile(text)[1].title.lower()}"


def _quantile(text: str) -> tuple[float, Measure]:
    """The percent and the measure of `p5:next_delay`."""
    match = _NEAR.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is no quantile of a measure; write for instance p5:{LEADING_MEASURE}")
    return float(match[1]), measure(match[2])


def worst(name: str, outcomes: pd.DataFrame) -> int:
    """The future in which a measure is worst. Raises ValueError for an unknown measure."""
    of_measure = measure(name)
    order = _ordered(of_measure, outcomes)
    return int(outcomes.index[order[-1 if of_measure.better == "lower" else 0]])


def worst_text(name: str) -> str:
    """Which future that is, for readers: `worst training shortfall`. Raises ValueError for an unknown measure."""
    return f"worst {measure(name).title.lower()}"


def _ordered(of_measure: Measure, outcomes: pd.DataFrame) -> Any:
    """Places of the futures from the smallest value on; what had not happened by the horizon last, ties by number."""
    return np.lexsort((values(of_measure, outcomes), ~reached(of_measure, outcomes)))
