"""Validation, run: baseline, scenarios, mechanisms, extremes and choices, all with the same futures, into tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from sim.bottlenecks.counterfactuals import AMBITIONS
from sim.bottlenecks.variants import read_by
from sim.engine import runner
from sim.engine.runner import Job
from sim.findings import markdown
from sim.language.distributions import Distribution
from sim.measures.measures import leading, measure
from sim.measures.restricted_means import MEANING
from sim.requests import ValidationRequest
from sim.runs.run import read
from sim.scenario.scenario import refuse_processes
from sim.studies.validation import checks as validation
from sim.studies.validation import choices, forecasts, run_tables, score
from sim.studies.validation.checks import Checks, Mechanism
from sim.studies.validation.choices import BOUNDS, PLANNERS
from sim.studies.validation.forecasts import Sample
from sim.template.assemble import Template, assemble
from sim.world.course.future import LAYOUT

HEAD = """# Validation

Made by `python -m sim validation --write docs/validation.md`: {futures:,} futures of each scenario, seed {seed}.
The same futures are compared everywhere, so differences are paired. Intervals are 95% intervals of the Monte Carlo
error.
"""

CHOICES = """
## Three ambitions, three planners

How much training is wanted and how the lab plans are choices, not facts. Each is run with the same futures as the usual
one (`keep_pace`, `base`); the planner that sees the want to come and the one that buys nothing are bounds. Means; the
main cause is the one with the largest part of a future's shortfall.
"""

RANKS = """
Scenarios by training shortfall, the least first, in points, under each planner:
"""

VARIANCE = """
What the choice among the three planners explains of the variance of the leading measures:
"""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario with named overrides and settings."""

    scenario: str
    settings: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    read: str = ""
    """The only measure that is read of it, if so."""


BASE = Case("baseline")


def page(request: ValidationRequest, progress: Progress) -> str:
    """All tables, as Markdown; or those of the training runs of a file. `progress` gets what is being run, in words."""
    if request.runs:
        return run_tables.runs_page(request.runs)
    checks = validation.read_checks()
    runs = _Runs(request, progress)
    runs.take(list(_cases(checks)))
    return "\n".join(_parts(checks, runs))


def _cases(checks: Checks) -> Iterator[Case]:
    yield BASE
    for name in _names(checks):
        yield from (_ranked(name, planner) for planner in PLANNERS)
        yield Case(name)
    for mechanism in checks.mechanisms:
        yield from _pair(mechanism)
    yield from (Case("baseline", extreme.settings) for extreme in checks.extremes)
    yield from (Case("baseline", (), (name,)) for name in (*AMBITIONS, *BOUNDS))


def _names(checks: Checks) -> list[str]:
    """The baseline and the scenarios that are compared with it."""
    return list(dict.fromkeys(("baseline", *(name for row in checks.expected for name in row.differences))))


def _ranked(scenario: str, planner: str) -> Case:
    """A scenario under a planner, of which its rank is asked; of the baseline, which choices read too, all is known."""
    return Case(scenario, (), (planner,), "" if scenario == BASE.scenario else choices.RANKED_BY)


def _pair(mechanism: Mechanism) -> tuple[Case, Case]:
    """A mechanism's case with it, and without."""
    given = mechanism.given
    return Case(mechanism.scenario, given), Case(mechanism.scenario, (*given, *mechanism.off))


class _Runs:
    """Outcomes of cases, each run once."""

    def __init__(self, request: ValidationRequest, progress: Progress) -> None:
        self._request, self._progress = request, progress
        self.futures, self.seed = request.futures, request.seed
        self._found: dict[Case, pd.DataFrame] = {}

    def take(self, cases: Sequence[Case]) -> None:
        """Run cases, all through one pool."""
        cases_once = list(dict.fromkeys(cases))
        self._progress(f"{len(cases_once)} cases of {self.futures:,} futures")
        jobs = [Job(self.template(case), self.seed, self.futures) for case in cases_once]  # none runs if one is refused
        results = runner.run_several(jobs, "auto", self._request.workers, lambda _: None)
        self._found = {case: futures.outcomes for case, futures in zip(cases_once, results, strict=True)}

    def template(self, case: Case) -> Template:
        """The case, ready to run."""
        scenario = read(self._request.scenarios / f"{case.scenario}.yaml", case.overrides, case.settings)
        refuse_processes(scenario)
        template = assemble(scenario, LAYOUT)
        return read_by(template, [measure(case.read)]) if case.read else template

    def outcomes(self, case: Case) -> pd.DataFrame:
        """A row for each future."""
        return self._found[case]

    def sample(self, by_then: Sequence[str]) -> Sample:
        """The baseline, with all that later facts ask of it."""
        asked = self._request
        return Sample(asked.scenarios, by_then, asked.futures, asked.seed, asked.workers)

    def moved(self, mechanism: Mechanism) -> str:
        """What taking a mechanism out moves, in words."""
        on, off = (self.outcomes(case) for case in _pair(mechanism))
        return "; ".join(validation.effect_text(*effect) for effect in validation.moved(mechanism, on, off))


def _parts(checks: Checks, runs: _Runs) -> Iterator[str]:
    base = runs.outcomes(BASE)
    scenarios = {name: runs.outcomes(Case(name)) for name in _names(checks)}
    yield HEAD.format(futures=runs.futures, seed=runs.seed)
    yield _score(runs)
    yield "## What a pencil says, and the model\n\np5 / p50 / p95. The ratio is of the medians.\n"
    yield markdown.texts(validation.anchors_table(checks.anchors, scenarios))
    yield f"\n## Differences from the baseline: a coarse reckoning, and ours\n\n{MEANING}\n"
    yield markdown.texts(validation.expected_table(checks.expected, base, scenarios))
    yield "\n## Limits removed\n\nMeans.\n"
    taken = {extreme.name: runs.outcomes(Case("baseline", extreme.settings)) for extreme in checks.extremes}
    yield markdown.texts(validation.extremes_table(checks.extremes, base, taken))
    about = f"The effect of having it: with less without, in the same futures. {MEANING}"
    yield f"\n## Each mechanism, taken out\n\n{about}\n"
    rows = [(m.page, m.name, _where(m), ", ".join(m.off), runs.moved(m)) for m in checks.mechanisms]
    columns = ["page", "mechanism", "where", "taken out by", "effect of having it"]
    yield markdown.texts(pd.DataFrame(rows, columns=columns))
    yield from _choices(checks, runs)
    yield run_tables.left_out_section(_utilisation(runs))


def _utilisation(runs: "_Runs") -> tuple[float, float]:
    """The 5th and 95th percentile of the baseline's utilisation."""
    spread = cast("Distribution", runs.template(BASE).scenario.values["training.utilisation"].spec)
    low, high = spread.ppf(np.array([0.05, 0.95]))
    return float(low), float(high)


def _score(runs: "_Runs") -> str:
    """What became public since, beside the forecasts that were kept and those of today."""
    questions = forecasts.read_questions()
    return score.score_section(
        questions, score.read_kept(), forecasts.forecasts(runs.sample(questions.by_then), questions)
    )


def _where(mechanism: Mechanism) -> str:
    """The scenario in which a mechanism is taken out, and the context it needs."""
    return f"{mechanism.scenario}, {mechanism.context}" if mechanism.context else mechanism.scenario


def _choices(checks: Checks, runs: _Runs) -> Iterator[str]:
    shown_first = leading(runs.template(BASE).scenario)
    shown = {name: runs.outcomes(Case("baseline", (), (name,))) for name in (*AMBITIONS, *PLANNERS, *BOUNDS)}
    yield CHOICES
    yield markdown.texts(choices.choices_table(runs.outcomes(BASE), shown, shown_first))
    yield RANKS
    ranked = {planner: {name: runs.outcomes(_ranked(name, planner)) for name in _names(checks)} for planner in PLANNERS}
    yield markdown.texts(choices.ranks_table(ranked))
    yield VARIANCE
    yield markdown.texts(choices.variance_table(shown_first, [shown[planner] for planner in PLANNERS]))
    yield f"\n{checks.choices}"
