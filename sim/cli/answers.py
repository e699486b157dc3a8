"""Verbs that give the whole answer, of one scenario or of several: run and compare."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from sim.cli import options
from sim.cli.output import Output, end, say
from sim.cli.verbs import verb
from sim.language.counting import counted
from sim.requests import CompareRequest, RunRequest, ValidateRequest

ALONE = "cannot be combined with --allow-processes: what it runs again runs no code of a scenario's own"


@verb(
    RunRequest,
    options.SCENARIO,
    options.futures(),
    options.FIRST_FUTURE,
    *options.WHICH,
    *options.HOW,
    options.TASK_SIZE,
    options.SPLIT,
    options.RELIEF,
    options.LIKELIHOOD,
    options.PROCESSES,
    options.UNTIL_DECIDED,
    options.UNTIL_PRECISION,
    options.MAX_FUTURES,
    *options.RESULT,
)
def run(request: RunRequest, output: Output) -> None:
    """Simulate a scenario and print the findings.

    Ends with 1 if a gate fails, and with 3 if one is undecided.
    """
    from sim.runs import run as running

    goes_on = request.until_decided or request.until_precision is not None
    options.refuse_max_futures(request, goes_on, "--until-decided or --until-precision")
    if request.allow_processes:
        left = [name for name in ("split", "relief") if getattr(request, name) != 0]
        options.refuse_given(ALONE, *left)
        if left and not output.quiet:
            say("no sets of removals, relief or survival: these run no code of a scenario's own", err=True)
    with output.progress(request.futures) as progress:
        result = running.run(request, progress, _ignore if output.silent else _show_early)
    if not output.quiet:
        _count_warnings(request, result.scenario)
    output.show(result.published, result.as_json, lambda folder: _show(result, folder))
    annotate_run(result.findings.title, result.judged)
    end(result.published, result.judged.exit_code)


def _count_warnings(request: RunRequest, scenario: Any) -> None:
    """Say beside a run's results that there are warnings, and which command lists them."""
    from sim.runs.check import warnings

    if odd := warnings(scenario):
        listed = ValidateRequest((request.scenario,), overrides=request.overrides, settings=request.settings)
        say(f"{counted(len(odd), 'warnings')}; see {listed.command}", err=True)


def _ignore(findings: Any) -> None:
    """Show nothing before the end."""


def _show_early(findings: Any) -> None:
    """What is final, beside the bar: the page itself comes at the end, and is the same whatever stood here."""
    from sim.cli.terminal import Screen, show_early

    show_early(findings, Screen(stderr=True))


def _show(result: Any, folder: Path | None) -> None:
    """The findings of a run, and the verdicts of its gates."""
    from sim.cli.terminal import Screen, show
    from sim.runs.until import lines

    show(result.findings, Screen(), folder)
    for line in lines(result.judged):
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


@verb(
    CompareRequest,
    options.COMPARED,
    options.futures(),
    options.SEED,
    options.POLICIES,
    options.AMBITIONS,
    options.SPLIT,
    options.RELIEF,
    *options.HOW,
    options.LIKELIHOOD,
    *options.RESULT,
)
def compare(request: CompareRequest, output: Output) -> None:
    """Compare scenarios with the first, future by future.

    SCENARIOS are scenario files, or folders of runs.
    """
    from sim.cli import screens
    from sim.cli.terminal import Screen
    from sim.runs import compare as comparing

    if len(request.scenarios) < 2:
        raise click.UsageError("expected two scenarios or more: all others are compared with the first")
    if request.ambitions and request.split == 0:
        raise click.UsageError("--ambitions goes with --split: both run the same futures again")
    with output.progress(comparing.runs(request)) as progress:
        result = comparing.run(request, progress)
    found, published = result.comparison, result.published
    output.show(published, found.as_json, lambda folder: screens.comparison(found, Screen(), folder))
    end(published)
