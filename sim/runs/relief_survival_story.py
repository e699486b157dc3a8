"""Relief, survival and stories of one scenario, from its file to what is found."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sim.bottlenecks import relief as easing
from sim.bottlenecks import variants
from sim.bottlenecks.relief import Relief
from sim.bottlenecks.survival import Survival
from sim.bottlenecks.survival import table as survival_table
from sim.bottlenecks.variant_runs import RunSpec, answered
from sim.engine.storage import result_folder
from sim.engine.storage.result_folder import Published
from sim.errors import InputError, Place, Problem
from sim.findings import markdown
from sim.language.counting import counted
from sim.language.yaml_nodes import number_text
from sim.report import relief_page, survival_page
from sim.requests import ReliefRequest, RunRequest, ScenarioRequest, StoryRequest, SurvivalRequest
from sim.runs import run as running
from sim.story import story as story_of
from sim.template.assemble import Template

Progress = Callable[..., None]

WORST = "train_short"
"""The measure by which a future is the worst, if nobody says."""


def relief(request: ReliefRequest, progress: Progress) -> tuple[Relief, Published]:
    """Ease and remove each cause; write the folder."""
    template, spec = running.template_of(request), _run_spec(request)
    progress(0, spec.futures * variants.relief_runs())
    relief = answered(variants.relief(template, spec), progress)
    return relief, _published(
        request,
        spec,
        template,
        "relief",
        relief.as_json(),
        easing.table(relief),
        markdown.relief(relief),
        partial(relief_page.page, relief),
    )


def survival(request: SurvivalRequest, progress: Progress) -> tuple[tuple[Survival, ...], Published]:
    """Stop each source in turn; write the folder. Raises InputError for a day on which nothing can stop."""
    template, spec = running.template_of(request), _run_spec(request, variants.SURVIVAL_FUTURES)
    start, end, at = template.scenario.start, template.scenario.end, request.at
    if at and not start <= at < end:
        message = f"{at} is no day of this scenario, which goes from {start} to {end}"
        raise InputError([Problem(Place("--at", 1, 1), "", message)])
    progress(0, spec.futures * variants.survival_runs(template))
    first = at or max(start, template.scenario.as_of)
    survivals = answered(variants.survivals(template, spec, first, request.lasting, request.level), progress)
    name = f"survival-{request.lasting}-{number_text(request.level)}" + (f"-{at.isoformat()}" if at else "")
    rows: dict[str, object] = {"sources": [each.as_json() for each in survivals]}
    return survivals, _published(
        request,
        spec,
        template,
        name,
        rows,
        survival_table(survivals),
        markdown.survival(survivals),
        partial(survival_page.page, survivals),
    )


def story(request: StoryRequest, progress: Progress) -> story_of.Story:
    """Tell one future; futures are simulated first if it is to be chosen among them."""
    template = running.template_of(request)
    if request.future is not None:
        return story_of.tell(template, request.seed, request.future, f"future {request.future}")
    worst = WORST if request.worst is None else request.worst
    try:
        label = story_of.worst_text(worst) if request.near is None else story_of.near_text(request.near)
    except ValueError as error:
        option = "--worst" if request.near is None else "--near"
        raise InputError([Problem(Place(option, 1, 1), "", str(error))]) from error
    spec = _run_spec(request)
    progress(0, spec.futures)
    run = RunRequest(
        request.scenario,
        base=request.base,
        overrides=request.overrides,
        settings=request.settings,
        seed=request.seed,
        futures=spec.futures,
        engine=request.engine,
        workers=request.workers,
    )
    outcomes = running.simulate(run, template, progress).outcomes
    number = story_of.worst(worst, outcomes) if request.near is None else story_of.near(request.near, outcomes)
    return story_of.tell(
        template, request.seed, number, f"{label}, of {counted(len(outcomes), 'futures')}: future {number}"
    )


def _run_spec(request: ScenarioRequest, compiled: int = variants.FUTURES["compiled"]) -> RunSpec:
    """The futures that are asked for; if nobody says, as many as variants usually have."""
    usual = variants.usual_futures(request.engine, compiled)
    return variants.run_spec(request, usual if request.futures is None else request.futures)


def _published(
    request: ScenarioRequest,
    spec: RunSpec,
    template: Template,
    name: str,
    document: dict[str, object],
    table: Any,
    text: str,
    page: Callable[[str, str, str], str],
) -> Published:
    """A folder beside those of the scenario's runs, with the findings as page, data, table and text."""
    key = result_folder.RunKey(template.scenario.canonical(), spec.seed, spec.first, spec.futures)
    folder = request.out / result_folder.name_of(request.scenario, request.base) / f"{name}-{key.digest}"
    head = {"scenario": template.scenario.name, "seed": spec.seed, "futures": spec.futures}

    def fill(new: Path) -> None:
        stem = name.split("-")[0]
        result_folder.write_json(new / f"{stem}.json", head | document)
        result_folder.write_csv(new / f"{stem}.csv", table)
        result_folder.write_text(new / f"{stem}.md", text + "\n")
        result_folder.write_text(new / "report.html", page(template.scenario.name, request.command, key.digest))

    return result_folder.published(folder, fill, key, {"workers": request.workers})
