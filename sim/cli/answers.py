"""Verbs that give the whole answer, of one scenario or of several: run and compare."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from sim.cli import options
from sim.cli.output import Output, end, say, say_all
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
    options.FULL,
    options.BRIEF,
    options.OPEN,
)
def run(request: RunRequest, output: Output, full: bool, brief: bool, opens: bool) -> None:
    """Simulate a scenario and print the findings.

    The exit code is 1 if a gate fails, and 3 if one is undecided.
    """
    from sim.runs import run as running

    _refuse_brief(full or output.silent)
    goes_on = request.until_decided or request.until_precision is not None
    options.refuse_max_futures(request, goes_on, "--until-decided or --until-precision")
    if request.allow_processes:
        left = [name for name in ("split", "relief") if getattr(request, name) != 0]
        options.refuse_given(ALONE, *left)
        if left and not output.quiet:
            say("no sets of removals, relief or survival: these run no code of a scenario's own", err=True)
    with output.progress(request.futures) as progress:
        result = running.run(request, progress, progress.early)
    if not output.quiet:
        _count_warnings(request, result.scenario)
    output.show(result.published, result.as_json, lambda folder: _show(result, folder, full, brief))
    _open(result.published.there if opens else None)
    annotate_run(result.findings.title, result.judged)
    end(result.published, result.judged.exit_code)


def _count_warnings(request: RunRequest, scenario: Any) -> None:
    """Say beside a run's results that there are warnings, and which command lists them."""
    from sim.runs.check import warnings

    if odd := warnings(scenario):
        listed = ValidateRequest(
            (request.scenario,), base=request.base, overrides=request.overrides, settings=request.settings
        )
        say(f"{counted(len(odd), 'warnings')}; see {listed.command}", err=True)


def _refuse_brief(otherwise: bool) -> None:
    """Raises UsageError for --brief where something else is printed."""
    if otherwise:
        options.refuse_given("cannot be combined with --full, --quiet or --json; brief.md is in the folder", "brief")


def _show(result: Any, folder: Path | None, full: bool, brief: bool) -> None:
    """The brief of a run, or all of its findings."""
    from sim.cli.terminal import Screen, show

    if full:
        show(result.findings, Screen(), folder, result.comparison.verdicts)
    else:
        _show_brief(result.comparison, folder, brief)


def _show_brief(comparison: Any, folder: Path | None, as_markdown: bool) -> None:
    """The brief as a screen, or as a page to be pasted."""
    from sim.cli.brief_screen import show_brief
    from sim.cli.terminal import Screen
    from sim.findings import brief, markdown

    if as_markdown:
        say_all(markdown.brief(brief.brief(comparison)).rstrip())
    else:
        show_brief(comparison, Screen(), folder)


def _open(folder: Path | None) -> None:
    """The page in a browser, where one is wanted."""
    if folder:
        click.launch((folder / "report.html").resolve().as_uri())


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
    options.BASE,
    options.futures(),
    options.SEED,
    options.POLICIES,
    options.AMBITIONS,
    options.SPLIT,
    options.RELIEF,
    *options.HOW,
    options.LIKELIHOOD,
    *options.RESULT,
    options.FULL,
    options.BRIEF,
    options.OPEN,
)
def compare(request: CompareRequest, output: Output, full: bool, brief: bool, opens: bool) -> None:
    """Compare scenarios with the first, future by future.

    SCENARIOS are scenario files, or folders of runs.
    """
    from sim.cli import screens
    from sim.cli.terminal import Screen
    from sim.runs import compare as comparing

    _refuse_brief(full or output.silent)
    if len(request.scenarios) < 2:
        raise click.UsageError("expected two scenarios or more: all others are compared with the first")
    if request.ambitions and request.split == 0:
        raise click.UsageError("--ambitions needs --split: both run the same futures again")
    with output.progress(comparing.runs(request)) as progress:
        result = comparing.run(request, progress)
    found, published = result.comparison, result.published

    def show(folder: Path | None) -> None:
        if full:
            screens.comparison(found, Screen(), folder)
        else:
            _show_brief(found, folder, brief)

    output.show(published, found.as_json, show)
    _open(published.there if opens else None)
    end(published)
