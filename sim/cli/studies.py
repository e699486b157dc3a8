"""Verbs of studies: sweep, search, sensitivity, discovery; and the validation tables of the model."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim.cli import options
from sim.cli.answers import annotate
from sim.cli.output import Output, end, say, say_all, write_file
from sim.cli.verbs import verb
from sim.errors import Unwritten
from sim.requests import (
    DiscoveryRequest,
    SearchRequest,
    SensitivityRequest,
    Simulation,
    SweepRequest,
    ValidationRequest,
)

RUNS = ("method", "futures", "top", "seed", "base", "overrides", "settings", "engine", "workers", "cluster", "out")
"""Options of `sensitivity` that say what is run, and where its results are put."""

HOW = (*options.HOW, options.CLUSTER)


@verb(
    SweepRequest,
    options.SWEEP_FILE,
    options.futures("Number of futures per point.  [default: as the file says]"),
    options.DRY_RUN,
    options.UNTIL_DECIDED,
    options.MAX_OF_A_POINT,
    *HOW,
    *options.RESULT,
)
def sweep(request: SweepRequest, output: Output, dry_run: bool) -> None:
    """Run a scenario at many points.

    The same command resumes a sweep that was stopped. The exit code is 4 if a point broke (the others are kept), else
    1 if a gate fails and 3 if one is undecided.
    """
    from sim.studies.sweep import job

    options.refuse_max_futures(request, request.until_decided, "--until-decided")
    _warn_of_cluster(request)
    if dry_run:
        options.refuse_given("cannot be combined with --dry-run, which has no results", "quiet", "as_json")
        say_all(job.dry_run(request).text())
        return
    with output.progress() as progress:
        outcome = job.sweep(request, progress)
    output.show(outcome.published, lambda: job.as_json(outcome), lambda folder: _show_lines(job.lines(outcome), folder))
    annotate(job.cases_of(outcome.result))
    end(outcome.published, outcome.result.exit_code)


@verb(
    SensitivityRequest,
    options.SCENARIO,
    options.METHOD,
    options.MEASURE,
    options.futures("Number of futures of the base sample.", least=50),
    options.TOP,
    options.FINDING,
    *options.WHICH,
    *HOW,
    *options.RESULT,
)
def sensitivity(request: SensitivityRequest, output: Output) -> None:
    """Which assumptions move a measure, and how much is chance.

    SCENARIO may be the folder of a run or of a drawn sweep: then no future is run. The same command resumes a study
    that was stopped.
    """
    from sim.studies.sensitivity import job

    if request.method != "sobol":
        options.refuse_given("goes with --method sobol", "top")
    if (request.scenario / "outcomes.parquet").is_file():
        options.refuse_given("goes with a scenario; in a folder of results its futures have run", *RUNS)
        result, published = job.sense_folder(request)
        _conclude(result, published, output, page="")
        return
    _warn_of_cluster(request)
    with output.progress() as progress:
        result, published = job.sense(request, progress)
    _conclude(result, published, output)


@verb(
    DiscoveryRequest,
    options.SCENARIO,
    options.TARGET,
    options.futures(least=100),
    *options.WHICH,
    *HOW,
    *options.RESULT,
)
def discovery(request: DiscoveryRequest, output: Output) -> None:
    """Under which conditions futures miss a target, and its early signs.

    The same command resumes a study that was stopped.
    """
    from sim.studies.discovery import job

    _warn_of_cluster(request)
    with output.progress() as progress:
        found, published = job.discover(request, progress)
    _conclude(found, published, output)


@verb(
    SearchRequest,
    options.SWEEP_FILE,
    options.PLANS,
    options.futures("Number of futures per plan.  [default: as the file says]"),
    *HOW,
    *options.RESULT,
)
def search(request: SearchRequest, output: Output) -> None:
    """Which settings of the lab's levers hold up best.

    Plans are tried in many futures of several scenarios. The same command resumes a search that was stopped.
    """
    from sim.studies.search import job

    _warn_of_cluster(request)
    with output.progress() as progress:
        result, published = job.run_search(request, progress)
    _conclude(result, published, output)


def _conclude(result: Any, published: Any, output: Output, page: str = "report.html") -> None:
    """Print what a study found, and end the verb. `page`: what to open in its folder."""
    output.show(published, result.as_json, lambda folder: _show_lines((*result.lines(), ""), folder, page))
    end(published)


def _show_lines(lines: Iterable[str], folder: Path | None, page: str = "report.html") -> None:
    """A result as lines of text; last its page, if that could be written."""
    for line in lines:
        say(line)
    if folder:
        say(folder / page)


def _warn_of_cluster(request: Simulation) -> None:
    """A scheduler that anyone can reach runs whatever anyone sends."""
    if request.cluster is None:
        return
    from sim.engine.cluster import is_open

    if is_open(request.cluster):
        say(f"warning: {request.cluster} is open to whoever reaches it; use tls:// or a loopback address", err=True)


@verb(
    ValidationRequest,
    options.SCENARIOS,
    options.futures("Number of futures per scenario.", least=20),
    options.SEED,
    options.WORKERS,
    options.RUNS,
    options.WRITE,
)
def validation(request: ValidationRequest, output: Output, write: Path | None) -> None:
    """Compare the model with what it should reproduce, and with what happened since.

    Also: what each mechanism moves, what choices of modelling matter, and how long training runs should have taken.
    """
    if request.runs:
        simulated = ("scenarios", "futures", "seed", "workers")
        options.refuse_given("cannot be combined with --runs, which simulates nothing", *simulated)
    from sim.studies.validation.job import page

    text = page(request, lambda what: say(what, err=True))
    if not write:
        say_all(text)
        return
    try:
        write_file(write, text, "--write")
    except Unwritten:
        say_all(text)
        raise
