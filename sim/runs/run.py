"""One run, from a scenario file to a folder of results."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.bottlenecks import counterfactual_runs, variants
from sim.bottlenecks.counterfactual_runs import Base
from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.relief import Relief
from sim.bottlenecks.shares import by_month
from sim.bottlenecks.survival import Survival
from sim.bottlenecks.variant_runs import OwnRun, RunSpec, answered, aside, together
from sim.engine import runner
from sim.engine.results import SERIES
from sim.engine.runner import Job, Results
from sim.engine.storage import result_folder
from sim.errors import FutureBroke, ModelError
from sim.findings import markdown
from sim.findings.brief import brief
from sim.findings.comparison import ChangedValue, Comparison, ScenarioResult
from sim.findings.early import EarlyFigures, early_figures
from sim.findings.findings import Findings, Run, findings
from sim.findings.forks import forced, forks
from sim.language.counting import counted
from sim.language.documents import Document, plain_json
from sim.measures.measures import leading
from sim.report import ci
from sim.report.page import page, prepare
from sim.requests import RunRequest, ScenarioRequest
from sim.runs.page_contents import material
from sim.runs.until import Judged, lines, until_of
from sim.runs.until import simulate as simulated_and_judged
from sim.scenario.load import load
from sim.scenario.scenario import Scenario, difference, refuse_processes, resolved_yaml
from sim.story.entries import Tale
from sim.story.story import tales
from sim.template.assemble import Template, assemble
from sim.world.course.future import LAYOUT


@dataclass(frozen=True)
class RunResult(Document, keys="*findings judged=judged.verdicts"):
    """What the user gets."""

    comparison: Comparison
    """Of the scenario alone: what the page and the terminal show."""
    published: result_folder.Published
    judged: Judged
    scenario: Scenario

    @property
    def findings(self) -> Findings:
        """What its futures say."""
        return self.comparison.reference.findings


def read(path: Path, overrides: Sequence[str], settings: Sequence[str], base: Path | None = None) -> Scenario:
    """A checked scenario, on another root where one is given. Raises InputError with every problem found."""
    scenario = load(path, LAYOUT.tables, overrides, settings, base)
    leading(scenario)
    return scenario


BESIDE = "removing constraints, relief, survival"
"""What is run beside a run, as whoever waits reads it."""


@dataclass(frozen=True)
class Simulated:
    """A scenario, read, run, and judged by its gates."""

    template: Template
    judged: Judged
    seconds: float

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.template.scenario

    @property
    def results(self) -> Results:
        """What came out."""
        return self.judged.results

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row for each future."""
        return self.results.outcomes

    @cached_property
    def series(self) -> pd.DataFrame:
        """The levels of the fan charts, by month and series."""
        return self.results.quantiles(month_ends(self.scenario, self.results.sample.shape[1]))


def template_of(request: ScenarioRequest, allow_processes: bool = False) -> Template:
    """The scenario, read and checked. Raises InputError with every problem found."""
    scenario = read(request.scenario, request.overrides, request.settings, request.base)
    if not allow_processes:
        refuse_processes(scenario)
    return replace(assemble(scenario, LAYOUT), allow_processes=allow_processes)


def simulate(
    request: RunRequest,
    template: Template,
    progress: Callable[..., None],
    early: Callable[[EarlyFigures], None] = lambda figures: None,
) -> Simulated:
    """Simulate and judge. `progress` gets how many futures have finished, and how many more are to do."""
    about, headline = run_of(template, request.seed), leading(template.scenario)
    job = Job(template, request.seed, request.futures, request.first_future, request.task_size, request.workers)
    until = until_of(request, template.scenario)
    started = time.perf_counter()
    try:
        judged = simulated_and_judged(
            template.scenario,
            request.scenario,
            job,
            request.engine,
            until,
            progress,
            request.base,
            lambda outcomes, wanted: early(early_figures(about, headline, outcomes, wanted)),
        )
    except FutureBroke as error:
        raise ModelError(f"{error}\nreplay it:  {request.replay(error.future)}") from error
    return Simulated(template, judged, time.perf_counter() - started)


def run(
    request: RunRequest, progress: Callable[..., None], early: Callable[[EarlyFigures], None] = lambda figures: None
) -> RunResult:
    """Read, check, simulate, find, and write the folder. `progress` gets how many futures have finished.

    `early` gets the headline measures of the first futures while the rest runs, and of all of them when they are final.
    """
    request = variants.resolved(request, request.allow_processes)
    template = template_of(request, request.allow_processes)
    runner.get_ready(template, request.engine)
    against = _against(request, template)
    waited_for = _futures_beside(request, template, against)
    progress(0, waited_for)
    done = simulate(request, template, progress, early)
    ran = replace(request, futures=done.judged.futures)
    progress(0, _futures_beside(ran, template, against) - waited_for, BESIDE)
    own = OwnRun(template, done.outcomes, done.results.inputs, done.results.sample)
    about = run_of(template, request.seed)
    if request.split or request.relief:
        early(early_figures(about, leading(done.scenario), done.outcomes, ran.futures))
    split, eased = (variants.run_spec(ran, n, request.first_future, own) for n in (request.split, request.relief))
    added = beside(template, *against, done.outcomes, split, eased, progress)
    progress(0, doing="writing the results")
    found = findings(about, done.outcomes, *added, request.likelihood, done.series)
    key = result_folder.RunKey(_said(done, request), request.seed, request.first_future, ran.futures)
    name = result_folder.name_of(request.scenario, request.base)
    folder = request.out / name / key.digest
    timing = {
        "engine": done.results.engine,
        "workers": request.workers,
        "events": done.results.events,
        "seconds": round(done.seconds, 3),
        "futures_per_second": round(ran.futures / done.seconds, 1),
    }
    changed = tuple(
        ChangedValue(row.path, row.old or "", row.new or "", row.why or "") for row in difference(done.scenario)
    )
    case = ScenarioResult(name, found, changed, done.outcomes, done.series)
    alone = _alone(case, request, key.digest, tuple(lines(done.judged)))
    published = result_folder.published(folder, lambda aside: _fill(aside, request, done, alone), key, timing)
    return RunResult(alone, published, done.judged, done.scenario)


def beside(
    template: Template,
    base: Base | None,
    ambitions: Mapping[str, Template],
    outcomes: pd.DataFrame,
    split: RunSpec,
    eased: RunSpec,
    progress: Callable[[int], None],
) -> tuple[Counterfactuals | None, Relief | None, tuple[Survival, ...], tuple[Tale, ...]]:
    """What the same futures without constraints, eased and stopped add to a run, and the stories that stand for it."""
    other, stories, (relief, survivals), _ = answered(
        together(
            counterfactual_runs.found(template, base, ambitions, split),
            aside(lambda: tales(template, split.seed, outcomes)),
            variants.what_helps(template, eased),
            aside(prepare),
        ),
        progress,
    )
    return other, relief, survivals, stories


def _futures_beside(request: RunRequest, template: Template, against: tuple[Base | None, dict[str, Template]]) -> int:
    """Futures that are run beside those of a run."""
    split, relief = (variants.run_spec(request, n, request.first_future) for n in (request.split, request.relief))
    return counterfactual_runs.runs(template, *against, split) + variants.what_helps_runs(template, relief)


def _against(request: RunRequest, template: Template) -> tuple[Base | None, dict[str, Template]]:
    """What a scenario is set against: its root, and itself under each ambition. Raises InputError."""
    if not request.split:
        return None, {}
    overrides, settings = request.overrides, request.settings
    ambitions = counterfactual_runs.ambitions_of(template, request.scenario, overrides, settings, request.base)
    return counterfactual_runs.root_of(template, overrides, settings), ambitions


def _said(done: Simulated, request: RunRequest) -> Mapping[str, Any]:
    """What the files of a run depend on besides seed and futures: the scenario, and what else was asked of it."""
    options = {"split": request.split, "relief": request.relief, "words": request.likelihood}
    usual = {"split": 0, "relief": 0, "words": "icd203"}
    return done.scenario.canonical() | done.judged.key() | ({} if options == usual else {"asked": options})


def run_of(template: Template, seed: int) -> Run:
    """What findings are about: a scenario under a seed."""
    scenario = template.scenario
    window = template.record["window"][0, 0]

    def day(column: str) -> date:
        return scenario.start + timedelta(days=float(window[column]))

    return Run(
        scenario.name,
        scenario.why,
        scenario.as_of,
        scenario.start,
        scenario.end,
        day("reporting_from"),
        day("reporting_until"),
        day("later"),
        seed,
        tuple(gate.text for gate in scenario.gates),
        forced(scenario),
        forks(scenario),
        tuple(limit.text for limit in scenario.limits),
        template.matching is not None,
    )


def _fill(folder: Path, request: RunRequest, done: Simulated, alone: Comparison) -> None:
    """Every file of a run folder that is promised to be the same for the same run."""
    scenario, results, series = done.scenario, done.results, done.series
    result, changed = alone.reference.findings, alone.reference.changed
    ends = month_ends(scenario, results.sample.shape[1])
    result_folder.write_text(folder / "scenario.yaml", resolved_yaml(scenario))
    result_folder.write_json(
        folder / "difference.json", {"root": asdict(scenario.rests_on), "differences": [asdict(row) for row in changed]}
    )
    result_folder.write_blocks(folder / "outcomes.parquet", results.stored.blocks(result_folder.ROW_GROUP))
    result_folder.write_parquet(folder / "series.parquet", series)
    result_folder.write_parquet(folder / "sample.parquet", _sample(results, ends, request.first_future))
    result_folder.write_parquet(folder / "bottlenecks.parquet", by_month(series, result.run.reporting_until))
    result_folder.write_json(folder / "summary.json", result.as_json())
    for name, table in markdown.data_tables(result).items():
        result_folder.write_csv(folder / f"{name}.csv", table)
    result_folder.write_json(
        folder / "stories.json", {"stories": [each.as_json(everything=False) for each in result.tales]}
    )
    result_folder.write_text(folder / "brief.md", markdown.brief(brief(alone)))
    result_folder.write_text(folder / "findings.md", markdown.findings(result))
    if done.judged.verdicts:
        _fill_gates(folder, scenario.name, done.judged)
    text = page(material(scenario.name, done.template, results.inputs, alone))
    result_folder.write_text(folder / "report.html", text)


def _fill_gates(folder: Path, name: str, judged: Judged) -> None:
    """What the gates came to, for people and for build servers."""
    cases = [ci.Case(name, verdict) for verdict in judged.verdicts]
    result_folder.write_json(folder / "gates.json", {"gates": plain_json(judged.verdicts)})
    result_folder.write_text(folder / "junit.xml", ci.junit(name, cases))
    result_folder.write_text(folder / "summary.md", ci.markdown(name, f"{counted(judged.futures, 'futures')}.", cases))


def _alone(compared: ScenarioResult, request: RunRequest, digest: str, verdicts: tuple[str, ...]) -> Comparison:
    """A comparison of one: what its findings say."""
    comparison = compared.findings
    versions = tuple(result_folder.versions().items())
    return Comparison(
        comparison.futures,
        comparison.run.seed,
        comparison.headline,
        comparison.answer,
        (compared,),
        differences=(),
        command=request.command,
        digest=digest,
        versions=versions,
        verdicts=verdicts,
        chosen=(*request.overrides, *request.settings),
    )


def month_ends(scenario: Scenario, months: int) -> list[str]:
    """The last day of each month of the books, as ISO dates."""
    ends = []
    first = scenario.start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
        ends.append(min(first - timedelta(days=1), scenario.end).isoformat())
    return ends


def _sample(results: Results, ends: list[str], first: int) -> pd.DataFrame:
    """The months of the first futures, a row for each future and month."""
    futures, months, _ = results.sample.shape
    rows = pd.MultiIndex.from_product([range(first, first + futures), ends], names=["future", "month"])
    table = pd.DataFrame(results.sample.reshape(futures * months, -1), rows, list(SERIES))
    return table.reset_index()
