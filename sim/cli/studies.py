"""Verbs of studies: sweeps, sensitivity, discovery, search."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from sim.cli.options import HOW, MANY, RESULT, SCENARIO, WHICH, names, progress, refuse_at_most, refuse_given
from sim.cli.output import end, say, say_all, show_result
from sim.language.bounds import MOST_FUTURES, MOST_POINTS

RUNS = ("method", "futures", "top", "seed", "chosen", "settings", "engine", "workers", "cluster", "out")
"""Options of `sensitivity` that say what is run, and where its results are put."""

CLUSTER = click.option("--cluster", metavar="ADDRESS", help="Run on the Dask cluster at tcp://host:port or tls://...")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--futures", type=MANY, help="Futures of each point.  [default: as the file says]")
@click.option("--dry-run", is_flag=True, help="Say how large it is and how long it would take; run a few futures only.")
@click.option("--until-decided", is_flag=True, help="Add futures while a gate is undecided, up to --at-most.")
@click.option("--at-most", type=MANY, help="Futures of a point they may come to.  [default: 20,000]")
@HOW
@CLUSTER
@RESULT
def sweep(
    file: Path,
    futures: int | None,
    dry_run: bool,
    until_decided: bool,
    at_most: int | None,
    engine: Any,
    workers: int,
    cluster: str | None,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run a scenario at many points. Stopped, it goes on when the same command is given again.

    Ends with 4 if a point broke (the others are kept), else with 1 if a gate fails and 3 if one is undecided.
    """
    from sim.studies.sweep import job as sweeping
    from sim.studies.sweep.points import Request

    refuse_at_most(at_most, until_decided, "--until-decided", futures)
    warn_of(cluster)
    most = (at_most or sweeping.MOST) if until_decided else None
    request = Request(file, engine, workers, out, futures, most, cluster)
    if dry_run:
        refuse_given("cannot be combined with --dry-run, which has no results", "quiet", "as_json")
        say_all(sweeping.dry_run(request).text())
        return
    with progress(0, quiet or as_json) as told:
        outcome = sweeping.sweep(request, lambda futures: told(0, futures), told)
    result = outcome.result
    document = sweeping.as_json(outcome) if as_json else None
    show_result(outcome.published, quiet, document, lambda folder: _show_lines(sweeping.lines(outcome), folder))
    annotate(sweeping.cases_of(result))
    end(outcome.published, result.exit_code)


@click.command()
@SCENARIO
@click.option("--method", type=click.Choice(["given", "sobol", "morris"]), default="given", show_default=True)
@click.option("--measure", "measures", multiple=True, help="A measure; repeatable.  [default: those it leads with]")
@click.option(
    "--futures", default=2000, show_default=True, type=click.IntRange(50, MOST_FUTURES), help="Futures of the base."
)
@click.option(
    "--top", default=40, show_default=True, type=click.IntRange(min=1), help="Inputs whose blocks sobol looks at."
)
@click.option("--target", help="A gate whose outcome is the finding that may turn.  [default: the main bottleneck]")
@WHICH
@HOW
@CLUSTER
@RESULT
def sensitivity(
    scenario: Path,
    method: Any,
    measures: tuple[str, ...],
    futures: int,
    top: int,
    target: str | None,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    cluster: str | None,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Which assumptions move a measure, and how much is luck. Resumes like a sweep.

    SCENARIO may be the folder of a run or a drawn sweep that is there; then nothing is run.
    """
    from sim.studies.sensitivity import job as sensing
    from sim.studies.study import gate_of

    if method != "sobol":
        refuse_given("goes with --method sobol", "top")
    if (scenario / "outcomes.parquet").is_file():
        refuse_given("goes with a scenario; in a folder of results its futures have run", *RUNS)
        found, published = sensing.sense_folder(scenario, measures, gate_of(target))
        _conclude(found, published, quiet, as_json, page="")
        return
    asked = asked_of(scenario, chosen, settings, seed, futures, engine, workers, out, cluster)
    with progress(0, quiet or as_json) as told:
        found, published = sensing.sense(asked, method, measures, top, gate_of(target), told)
    _conclude(found, published, quiet, as_json)


@click.command()
@SCENARIO
@click.option("--target", required=True, help='What is wanted of a future, like "mean(train_short) <= 40%".')
@click.option(
    "--futures", default=4000, show_default=True, type=click.IntRange(100, MOST_FUTURES), help="How many futures."
)
@WHICH
@HOW
@CLUSTER
@RESULT
def discover(
    scenario: Path,
    target: str,
    futures: int,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    cluster: str | None,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """In what conditions futures miss a target, told in words, and what would show it early. Resumes like a sweep."""
    from sim.studies.discovery import job as discovering
    from sim.studies.study import gate_of

    wanted = gate_of(target)
    assert wanted is not None
    asked = asked_of(scenario, chosen, settings, seed, futures, engine, workers, out, cluster)
    with progress(0, quiet or as_json) as told:
        found, published = discovering.discover(asked, wanted, told)
    _conclude(found, published, quiet, as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plans", type=click.IntRange(1, MOST_POINTS), help="Plans to try.  [default: `points` of the file]")
@click.option("--futures", type=MANY, help="Futures of each plan.  [default: as the file says]")
@HOW
@CLUSTER
@RESULT
def search(
    file: Path,
    plans: int | None,
    futures: int | None,
    engine: Any,
    workers: int,
    cluster: str | None,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Which settings of the lab's levers hold up best over many futures and scenarios. Resumes like a sweep."""
    from sim.studies.search.job import run_search
    from sim.studies.sweep.points import Request

    warn_of(cluster)
    request = Request(file, engine, workers, out, futures, None, cluster)
    with progress(0, quiet or as_json) as told:
        found, published = run_search(request, plans, told)
    _conclude(found, published, quiet, as_json)


def _conclude(found: Any, published: Any, quiet: bool, as_json: bool, page: str = "report.html") -> None:
    """Print what a study found, and end the verb. `page`: what to open in its folder."""
    document = found.as_json() if as_json else None
    show_result(published, quiet, document, lambda folder: _show_lines((*found.lines(), ""), folder, page))
    end(published)


def _show_lines(lines: Iterable[str], folder: Path | None, page: str = "report.html") -> None:
    """A result as lines of text; last its page, if that could be written."""
    for line in lines:
        say(line)
    if folder:
        say(folder / page)


def asked_of(
    scenario: Path,
    chosen: str,
    settings: tuple[str, ...],
    seed: int,
    futures: int,
    engine: Any,
    workers: int,
    out: Path,
    cluster: str | None,
) -> Any:
    """What every study of one scenario is asked with."""
    from sim.studies.study import Asked

    warn_of(cluster)
    return Asked(scenario, names(chosen), settings, seed, futures, engine, workers, out, cluster)


def warn_of(cluster: str | None) -> None:
    """A scheduler that anyone can reach runs whatever anyone sends."""
    if cluster is None:
        return
    from sim.engine.cluster import is_open

    if is_open(cluster):
        say(f"warning: {cluster} is open to whoever reaches it; use tls:// or a loopback address", err=True)


def told_of_gates(judged: Any) -> None:
    """The verdicts of a run, a line each."""
    from sim.runs.until import lines

    for line in lines(judged):
        say(line)


def annotate_run(name: str, judged: Any) -> None:
    """On GitHub, mark the lines of a run's gates that do not pass."""
    from sim.report.ci import Case

    annotate(Case(name, verdict) for verdict in judged.verdicts)


def annotate(cases: Iterable[Any]) -> None:
    """On GitHub, mark the lines of gates that do not pass."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from sim.report.ci import annotations

        for line in annotations(cases):
            click.echo(line, err=True)


VERBS: Sequence[click.Command] = (sweep, sensitivity, discover, search)
