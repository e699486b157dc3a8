"""One comparison, from scenario files or run folders to a folder of results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd

from sim.bottlenecks import counterfactual_runs, variants
from sim.bottlenecks.counterfactual_runs import Base
from sim.bottlenecks.variant_runs import OwnRun, answered, outcomes
from sim.engine import runner, tasks
from sim.engine.histogram import LEVELS
from sim.engine.results import OUTCOMES
from sim.engine.storage import result_folder
from sim.engine.storage.fingerprints import model_hash
from sim.errors import InputError, Problem, visible
from sim.findings import markdown
from sim.findings.brief import brief
from sim.findings.comparison import ChangedValue, Comparison, Joined, ScenarioResult
from sim.findings.comparison_answer import compare
from sim.findings.findings import Findings, findings
from sim.findings.policies import Policies, read_policy_file
from sim.findings.regret import Regrets, regrets
from sim.language.counting import counted
from sim.measures.restricted_means import comparable
from sim.measures.wording import full_day
from sim.report.page import page
from sim.requests import CompareRequest, RunRequest
from sim.runs import run as running
from sim.runs.check import checked
from sim.runs.page_contents import material
from sim.scenario.reading.extends import Root
from sim.scenario.scenario import deviations, difference, other_days, other_root, refuse_processes
from sim.template.assemble import Template, assemble
from sim.template.variation import varied_template
from sim.world.course.future import LAYOUT


@dataclass(frozen=True)
class ComparisonResult:
    """What the user gets."""

    comparison: Comparison
    published: result_folder.Published


@dataclass(frozen=True)
class _Stored:
    """What a run folder holds."""

    outcomes: pd.DataFrame
    series: pd.DataFrame
    changed: tuple[ChangedValue, ...]
    root: Root | None = None
    """What the scenario of a folder changed; the folder has it resolved."""


@dataclass(frozen=True)
class _Asked:
    """One scenario to compare, before any future runs."""

    name: str
    path: Path
    template: Template
    stored: _Stored | None
    """Its results, where it is a folder."""
    ambitions: Mapping[str, Template]


@dataclass(frozen=True)
class _Taken:
    """One scenario with its results, run now or read from a folder."""

    compared: ScenarioResult
    template: Template
    inputs: Any
    """What was drawn for its first futures; shape (futures, columns)."""


def run(request: CompareRequest, progress: Callable[..., None]) -> ComparisonResult:
    """Read everything, run what is no folder, compare, and write. `progress` gets how many futures have finished.

    Raises InputError, with the problems of all scenarios, before the first future runs.
    """
    request = _resolved(request)
    every = _read_all(request)
    scenarios = {each.name: each.template.scenario for each in every}
    policies = read_policy_file(request.policies, scenarios) if request.policies else None
    taken: list[_Taken] = []
    asked = [(each, replace(request, relief=0) if place else request) for place, each in enumerate(every)]
    first = Base(every[0].template, f"“{every[0].template.scenario.name}”")
    progress(0, sum(_beside(own, each, first if own is not request else None) for each, own in asked))
    for each, own_request in asked:
        base = first if taken else None
        taken.append(_take(own_request, each, base, progress))
    lost = _regrets(request, policies, taken, progress) if policies else None
    progress(0, doing="writing the results")
    key = result_folder.RunKey(_said(request, taken), request.seed, 0, request.futures)
    comparison = compare(
        [each.compared for each in taken],
        request.seed,
        lost,
        (request.command, key.digest, tuple(result_folder.versions().items())),
        _joined(taken),
    )
    folder = request.out / "compare" / key.digest
    workers = {"workers": request.workers}
    return ComparisonResult(
        comparison, result_folder.published(folder, lambda aside: _fill(aside, comparison, taken[0]), key, workers)
    )


def _joined(taken: Sequence[_Taken]) -> Joined | None:
    """The scenario that makes the changes of two others at once, with these; None if there is none."""
    first, *others = (each.template.scenario for each in taken)
    changed = {each.compared.id: deviations(scenario, first) for each, scenario in zip(taken[1:], others, strict=True)}
    for both, one, other in permutations(changed, 3):
        alone = changed[one], changed[other]
        if all(alone) and alone[0].keys().isdisjoint(alone[1]) and changed[both] == alone[0] | alone[1]:
            return Joined(both, one, other)
    return None


def _beside(request: CompareRequest, entry: _Asked, base: Base | None) -> int:
    """Futures that are run beside those of a scenario."""
    split, relief = (variants.run_spec(request, n) for n in (request.split, request.relief))
    sets = counterfactual_runs.runs(entry.template, base, entry.ambitions, split)
    return sets + variants.what_helps_runs(entry.template, relief)


def runs(request: CompareRequest) -> int:
    """How many futures `run` simulates, before it is known what else is to be asked of them."""
    return request.futures * sum(not path.is_dir() for path in request.scenarios)


def _resolved(request: CompareRequest) -> CompareRequest:
    """A request that says whether ambitions are run, and how many futures its variants have."""
    request = variants.resolved(request)
    if request.ambitions is None:
        return replace(request, ambitions=bool(request.split) and runner.choose(request.engine) != "simpy")
    return request


def _fill(folder: Path, comparison: Comparison, first: _Taken) -> None:
    """Every file of a comparison's folder."""
    rows = pd.DataFrame([each.as_json() for each in comparison.differences])
    result_folder.write_json(folder / "summary.json", comparison.as_json())
    result_folder.write_parquet(folder / "differences.parquet", rows)
    result_folder.write_csv(folder / "differences.csv", rows)
    result_folder.write_text(folder / "brief.md", markdown.brief(brief(comparison)))
    result_folder.write_text(folder / "comparison.md", markdown.comparison(comparison))
    title = f"{counted(len(comparison.scenarios), 'scenarios')}, as known on {full_day(first.template.scenario.as_of)}"
    result_folder.write_text(folder / "report.html", page(material(title, first.template, first.inputs, comparison)))


def _read_all(request: CompareRequest) -> list[_Asked]:
    """Every scenario, read and checked. Raises InputError with the problems of all of them."""
    entries, problems = [], dict[Problem, None]()
    for path, name in zip(request.scenarios, _names(request.scenarios), strict=True):
        try:
            entries.append(_read(request, path, name, first=path == request.scenarios[0]))
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
    scenarios = [each.template.scenario for each in entries]
    for other in scenarios[1:]:
        if apart := other_days(scenarios[0], other):
            message = f"{apart} as in {scenarios[0].files[-1]}; what is compared has the same days"
            problems[Problem(other.tree.place, "", message)] = None
        if apart := other_root(scenarios[0], other):
            problems[Problem(other.tree.place, "", apart)] = None
    if problems:
        raise InputError(list(problems))
    return entries


def _read(request: CompareRequest, path: Path, name: str, first: bool) -> _Asked:
    """One scenario; `first`: whether it is that with which the others are compared. Raises InputError."""
    stored_here = _stored(request, path) if path.is_dir() else None
    file = path / "scenario.yaml" if stored_here else path
    scenario = running.read(file, (), (), None if stored_here else request.base)
    if stored_here and stored_here.root:
        scenario = replace(scenario, rests_on=stored_here.root)
    if not stored_here or request.split or request.policies or (first and request.relief):
        refuse_processes(scenario)
    template = assemble(scenario, LAYOUT) if stored_here else checked(scenario, path, request.base)
    ask = request.ambitions and not stored_here
    ambitions = counterfactual_runs.ambitions_of(template, path, (), (), request.base) if ask else {}
    return _Asked(name, path, template, stored_here, ambitions)


def _names(paths: Sequence[Path]) -> list[str]:
    """An id for each: the file's stem, or for a folder the name it was run under; numbered where two are alike."""
    names: list[str] = []
    for path in paths:
        stem = visible(path.resolve().parent.name) if path.is_dir() else result_folder.name_of(path)
        alike = sum(name == stem or name.startswith(f"{stem}-") for name in names)
        names.append(f"{stem}-{alike + 1}" if alike else stem)
    return names


def _take(request: CompareRequest, entry: _Asked, base: Base | None, progress: Callable[..., None]) -> _Taken:
    """The results of a scenario, run now unless its folder holds them, and what they say."""
    template, own = entry.template, None
    if entry.stored:
        held = entry.stored
        engine = runner.choose(request.engine)
        inputs = tasks.inputs(template, request.seed, 0, min(runner.DRAWN, request.futures), engine)
    else:
        run = RunRequest(
            entry.path,
            base=request.base,
            seed=request.seed,
            futures=request.futures,
            engine=request.engine,
            workers=request.workers,
        )
        progress(0, doing=f"{entry.name}: simulating")
        done = running.simulate(run, template, progress)
        rows = difference(template.scenario)
        changed = tuple(ChangedValue(row.path, row.old or "", row.new or "", row.why or "") for row in rows)
        held, inputs = _Stored(done.outcomes, done.series, changed), done.results.inputs
        own = OwnRun(template, held.outcomes, inputs, done.results.sample)
    taken = _findings(request, entry, held, own, base, progress)
    return _Taken(ScenarioResult(entry.name, taken, held.changed, held.outcomes, held.series), template, inputs)


def _findings(
    request: CompareRequest,
    entry: _Asked,
    held: _Stored,
    own: OwnRun | None,
    base: Base | None,
    progress: Callable[..., None],
) -> Findings:
    """What one scenario's futures say, what other runs of them add, and the stories that stand for them."""
    template = entry.template
    split, eased = (variants.run_spec(request, n, own=own) for n in (request.split, request.relief))
    progress(0, doing=f"{entry.name}: {running.BESIDE}")
    added = running.beside(template, base, entry.ambitions, held.outcomes, split, eased, progress)
    about = running.run_of(template, request.seed)
    return findings(about, held.outcomes, *added, request.likelihood, held.series)


def _stored(request: CompareRequest, folder: Path) -> _Stored:
    """A run folder. Raises InputError if it is none, is damaged, or holds other futures than those asked for."""
    manifest = result_folder.received(
        folder, ("scenario.yaml", "outcomes.parquet", "series.parquet", "difference.json")
    )
    if (version := manifest.get("schema", 1)) != result_folder.SCHEMA:
        message = (
            f"its files are of version {version}, and this program reads {result_folder.SCHEMA}; run the scenario again"
        )
        raise result_folder.refused(folder, message)
    expected = {"seed": request.seed, "first": 0, "futures": request.futures, "model": model_hash()}
    for what, value in expected.items():
        if manifest[what] != value:
            message = f"its {what} is {manifest[what]}, and {value} is asked for; pairs need the same"
            raise result_folder.refused(folder, message)
    with result_folder.reading(folder):
        outcomes = result_folder.read_table(folder / "outcomes.parquet", ("future", *OUTCOMES)).set_index("future")
        if outcomes.index.tolist() != list(range(request.futures)):
            raise ValueError("outcomes.parquet holds other futures")
        series = result_folder.read_table(folder / "series.parquet", ("month", "series", *LEVELS, "mean"))
        document = result_folder.read_json(folder / "difference.json")
        rows, root = document["differences"], document.get("root")
        changed = tuple(ChangedValue(*(str(row[key] or "") for key in ("path", "old", "new", "why"))) for row in rows)
        return _Stored(outcomes, series, changed, Root(root["file"], root["mark"]) if root else None)


def _regrets(
    request: CompareRequest, policies: Policies, taken: Sequence[_Taken], progress: Callable[..., None]
) -> Regrets:
    """Every policy of the file in every scenario."""
    ids = [each.compared.id for each in taken]
    flat = [
        variants.read_by(varied_template(each.template, policy.settings), [policies.measure])
        for policy in policies.policies
        for each in taken
    ]
    progress(0, len(flat) * request.futures, "policies")
    columns = variants.columns_of([policies.measure])
    done = answered(outcomes(flat, variants.run_spec(request, request.futures), columns), progress)
    compared, cut = comparable(policies.measure, *done)
    each = iter(compared)
    means = {policy.name: {id: float(next(each).mean()) for id in ids} for policy in policies.policies}
    settings = {
        policy.name: tuple(f"{setting.path}={setting.text}" for setting in policy.settings)
        for policy in policies.policies
    }
    return regrets(policies.measure, means, settings, policies.weights, cut)


def _said(request: CompareRequest, taken: Sequence[_Taken]) -> Mapping[str, Any]:
    """What the files of a comparison depend on besides seed and futures."""
    policies = request.policies.read_text(encoding="utf-8") if request.policies else None
    return {
        "compared": [[each.compared.id, each.template.scenario.canonical()] for each in taken],
        "policies": policies,
        "ambitions": request.ambitions,
        "split": request.split,
        "relief": request.relief,
        "words": request.likelihood,
    }
