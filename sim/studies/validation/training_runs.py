"""Training runs: how long a published run should have taken, predicted from the others.

A run's work is 6 FLOP for each active parameter and token. Its chip-hours are that work over the dense BF16 rate of its
chip, over the utilisation that it reaches over all its hours, restarts, failures and idle time in them. Utilisation
differs between labs, models and chips by more than anybody can say beforehand: it is taken from the other runs, as
their mean in logarithms with Student's interval for one more run. Runs of one lab are alike, so that labs are counted
and not runs where the interval's width follows from their number. Every run is put against the BF16 peak, also one in
FP8, so that all stand on one scale.
Left out: the attention's own work, which grows with the context; work that a count of tokens does not see, such as a
teacher's in distillation; whatever makes one stack slower than another.
Facts: the runs of `sim/facts/training_runs.yaml`.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import scipy.special

from sim.errors import InputError, Problem
from sim.language.forms import FormReader, ReadBy, due
from sim.language.yaml_nodes import Node, flow, read_file, suggestion
from sim.scenario.reading.facts import FOLDER

FACTS = FOLDER / "training_runs.yaml"

HOUR, DAY = 3600.0, 24.0
TERA = 1e12
FLOP_PER_PARAMETER = 6.0
"""Of a token: two forward, four backward."""

COVERAGE = 0.90
"""Of the intervals."""


def _positive(node: Node, path: str, problems: list[Problem]) -> float | None:
    """A number above zero; None for null, which stands for what nobody published."""
    if node.value is None or (isinstance(node.value, float) and node.value > 0.0):
        return node.value
    problems.append(Problem(node.place, path, f"expected a number above 0, got {flow(node)}"))
    return None


Published = Annotated[float | None, ReadBy(_positive)]
"""A number that was published, or not."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was published of a training run; None: nothing.

    `part_of`: the run of which this one counts a part; the two are left out together. `not_fitted`: why no other run is
    predicted from it. What follows `note` is kept for readers alone.
    """

    id: str = due("what to call it")
    model: str = ""
    lab: str = ""
    part_of: str = ""
    active_params: Published = None
    tokens: Published = None
    flop: Published = None
    chip: str | None = None
    peak_tflops: Published = None
    chip_count: Published = None
    chip_hours: Published = None
    wall_clock_days: Published = None
    not_fitted: str = ""
    note: str | None = None
    precision: str | None = None
    total_params: Node | None = None
    reported_mfu: Node | None = None
    cost_usd: Node | None = None
    interruptions: Node | None = None
    derived: Node | None = None
    derived_days: Node | None = None
    chip_hours_breakdown: Node | None = None
    stage_wall_clock_hours: Node | None = None
    throughput_tokens_per_s: Node | None = None
    goodput_after_ramp: Node | None = None
    source: Node | None = None
    date: str | None = None
    confidence: str | None = None
    checked: Node | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.model or self.id

    @property
    def work(self) -> float | None:
        """FLOP, as published or by its parameters and tokens."""
        if self.flop is not None or self.active_params is None or self.tokens is None:
            return self.flop
        return FLOP_PER_PARAMETER * self.active_params * self.tokens

    @property
    def hours(self) -> float | None:
        """Chip-hours, as published or by its chips and days."""
        if self.chip_hours is not None or self.chip_count is None or self.wall_clock_days is None:
            return self.chip_hours
        return self.chip_count * self.wall_clock_days * DAY

    @property
    def ideal_hours(self) -> float | None:
        """Chip-hours at the peak rate of its chip."""
        if self.work is None or self.peak_tflops is None:
            return None
        return self.work / (self.peak_tflops * TERA * HOUR)

    @property
    def utilisation(self) -> float | None:
        """Of the peak, over all hours."""
        return None if self.ideal_hours is None or self.hours is None else self.ideal_hours / self.hours

    @property
    def missing(self) -> str:
        """What was not published and a prediction needs; nothing if it can be made."""
        if self.work is None:
            return "its parameters or tokens were not published"
        return "" if self.peak_tflops else "its chip was not published"

    def is_with(self, other: "Run") -> bool:
        """Whether the two are one run, or parts of one."""
        return (self.part_of or self.id) == (other.part_of or other.id)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Chip-hours of a run: the 5th percentile, the median and the 95th."""

    run: Run
    low: float
    middle: float
    high: float

    @property
    def holds(self) -> bool | None:
        """Whether the interval holds the hours that were published; None where none were."""
        return None if self.run.hours is None else self.low <= self.run.hours <= self.high

    @property
    def error(self) -> float | None:
        """Logarithm of the median over the hours published."""
        return None if self.run.hours is None else math.log(self.middle / self.run.hours)


@dataclass(frozen=True, slots=True)
class Errors:
    """What predictions are off by, as factors: the typical one (root mean square in logarithms), and the median's."""

    typical: float
    bias: float


@cache
def published() -> tuple[Run, ...]:
    """The runs of the facts."""
    return read_runs(FACTS, FACTS.name)


def read_runs(path: Path, label: str | None = None) -> tuple[Run, ...]:
    """The runs of a file, under `runs:`, with the peak rate of their chips. Raises InputError with every problem."""
    tree = read_file(path, label or str(path))
    problems: list[Problem] = []
    listed = tree.mapping.get("runs")
    if listed is None or not listed.items:
        raise InputError([Problem(tree.place if listed is None else listed.place, "runs", "expected a list of runs")])
    reader, known = FormReader(problems), _peaks()
    runs: list[Run] = []
    for i, node in enumerate(listed.items):
        run = reader.form(Run, node, f"runs[{i}]")
        if run is not None:
            problems.extend(_wrong(run, node, f"runs[{i}]", runs, known))
            runs.append(replace(run, peak_tflops=run.peak_tflops or known.get(run.chip or "")))
    if problems:
        raise InputError(problems)
    return tuple(runs)


def _wrong(run: Run, node: Node, path: str, before: Sequence[Run], known: dict[str, float]) -> Iterator[Problem]:
    """What no key is wrong in by itself."""
    if any(run.id == other.id for other in before):
        yield Problem(node.mapping["id"].place, f"{path}.id", f"`{run.id}` is there twice")
    if run.chip is not None and run.chip not in known and run.peak_tflops is None:
        hint = suggestion(run.chip, known) or f"; one of {', '.join(known)}, or give its `peak_tflops`"
        yield Problem(node.mapping["chip"].place, f"{path}.chip", f"no chip `{run.chip}`{hint}")


@cache
def _peaks() -> dict[str, float]:
    """Dense BF16 TFLOP/s of chips."""
    peaks: dict[str, Any] = read_file(FACTS, FACTS.name).mapping["peaks"].mapping
    return {name: float(node.value) for name, node in peaks.items()}


def predict(run: Run, others: Sequence[Run], labs_counted: bool = True) -> Prediction | None:
    """A run from the others; those that are the same run are left out. None where too little was published.

    `labs_counted`: whether the width of the interval follows from the number of labs, else from that of runs.
    """
    if run.ideal_hours is None:
        return None
    fitted = [other for other in others if not (other.is_with(run) or other.part_of or other.not_fitted)]
    found = [(other.lab, math.log(other.utilisation)) for other in fitted if other.utilisation is not None]
    logarithms = np.array([each for _, each in found])
    count = len({lab for lab, _ in found}) if labs_counted else len(found)
    width = float(logarithms.std(ddof=1)) * math.sqrt(1.0 + 1.0 / count)
    reach = width * float(scipy.special.stdtrit(count - 1, 0.5 + COVERAGE / 2.0))
    middle = math.log(run.ideal_hours) - float(logarithms.mean())
    return Prediction(run, math.exp(middle - reach), math.exp(middle), math.exp(middle + reach))


def left_out_one_at_a_time(runs: Sequence[Run], labs_counted: bool = True) -> list[Prediction]:
    """Every run whose hours were published, predicted from the others."""
    with_hours = (predict(run, runs, labs_counted) for run in runs if run.hours is not None)
    return [prediction for prediction in with_hours if prediction is not None]


def errors_of(predictions: Sequence[Prediction]) -> Errors:
    """What predictions with published hours are off by."""
    errors = np.array([each.error for each in predictions if each.error is not None])
    return Errors(math.exp(math.sqrt(float((errors**2).mean()))), math.exp(float(np.median(errors))))
