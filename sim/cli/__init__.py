"""The command line: verbs. An error is one message and an exit code; heavy imports wait for the verb that needs them.

Exit codes: 0 done and gates hold, 1 a gate fails, 2 bad input, 3 a gate is undecided or a precision not reached, 4 the
program or a check inside the model broke, 130 interrupted, 141 nobody reads the output any more.
"""

import logging
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import click

from sim.cli import questions, studies
from sim.cli.options import (
    DEBUG,
    HOW,
    LAST,
    RELIEF,
    RESULT,
    SCENARIO,
    SEED,
    SET,
    SPLIT,
    WHICH,
    WITH,
    WORDS,
    WORKERS,
    names,
    progress,
    show_json,
)
from sim.errors import ChokepointError, Interrupted


class _Verbs(click.Group):
    """Verbs in the order of use; what goes wrong ends as one message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            _fail(Interrupted("interrupted; nothing was written"))
        except BrokenPipeError:
            _leave()
        except ChokepointError as error:
            _fail(error)
        except ModuleNotFoundError as error:
            _fail(ChokepointError(f"this Python has no {error.name}; install the project into it: pip install -e ."))
        except Exception as error:
            _fail(ChokepointError(f"the program broke: {type(error).__name__}: {error}\nrun again with --debug"))


def _fail(error: ChokepointError) -> None:
    if "--debug" in sys.argv:
        raise error
    click.echo(str(error), err=True)
    sys.exit(error.exit_code)


def _leave() -> None:
    """Whoever reads the output has closed it: leave without a word, as the signal SIGPIPE ends other programs."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere
    sys.exit(128 + 13)


class _Lines(logging.Handler):
    """What the engine says of its work, a line each, beside the results."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line; where a bar is drawn, above it."""
        click.echo(self.format(record), err=True)


@click.group(cls=_Verbs)
@click.version_option(package_name="chokepoint")
def main() -> None:
    """Which bottleneck, when, how badly, how likely, and what would help most: an AI lab's compute at risk."""
    log = logging.getLogger("sim")
    if not log.handlers:
        log.addHandler(_Lines())
    log.setLevel(logging.INFO)


@main.command()
@SCENARIO
@click.option("--futures", default=1000, show_default=True, type=click.IntRange(min=1), help="How many futures.")
@click.option("--first", default=0, show_default=True, type=click.IntRange(0, LAST), help="Number of the first future.")
@WHICH
@HOW
@click.option("--chunk", type=click.IntRange(min=1), help="Futures of a task.  [default: as suits the engine]")
@SPLIT
@RELIEF
@WORDS
@click.option("--allow-processes", is_flag=True, help="Let the scenario run SimPy processes of its own.")
@click.option("--until-decided", is_flag=True, help="Double the futures while a gate is undecided, up to --at-most.")
@click.option(
    "--until-precision",
    metavar="1%|MEASURE=AMOUNT",
    help="Double the futures until half of the interval of the leading measures, or of one, is this small.",
)
@click.option("--at-most", type=click.IntRange(min=1), help="Futures these two may come to.  [default: 100,000]")
@RESULT
def run(
    scenario: Path,
    futures: int,
    first: int,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    chunk: int | None,
    split: bool,
    split_futures: int | None,
    relief: bool | None,
    relief_futures: int | None,
    scale: Any,
    out: Path,
    quiet: bool,
    as_json: bool,
    allow_processes: bool,
    until_decided: bool,
    until_precision: str | None,
    at_most: int | None,
) -> None:
    """Simulate a scenario and print what it comes to. Ends with 1 if a gate fails, 3 if one is undecided."""
    from sim.jobs import removing, variants
    from sim.jobs import run as running

    if at_most and not (until_decided or until_precision):
        raise click.UsageError("--at-most goes with --until-decided or --until-precision")
    if allow_processes and (relief or relief_futures):
        raise click.UsageError("--relief cannot be asked where a scenario may run code of its own")
    of_split = 0 if allow_processes else variants.futures_of(split, split_futures, engine, removing.MOST)
    of_relief = (
        0 if allow_processes else variants.futures_of(relief is not False, relief_futures, engine, variants.BESIDE)
    )
    request = running.Request(
        scenario,
        names(chosen),
        settings,
        seed,
        futures,
        first,
        engine,
        workers,
        chunk,
        out,
        allow_processes,
        of_split,
        of_relief,
        scale,
        running.until(scenario, until_decided, until_precision, at_most),
    )
    with progress(futures, quiet or as_json) as told:
        result = running.run(request, told) if quiet or as_json else running.run(request, told, _show_early)
    _warn(0 if quiet else len(_warnings(result.scenario)), scenario, chosen, settings)
    if as_json:
        show_json(result.as_json())
    elif quiet:
        click.echo(result.folder)
    else:
        _show(result)
    studies.ended_by(result.findings.title, result.judged)


def _warnings(scenario: Any) -> list[Any]:
    """What is allowed in a scenario but odd."""
    from datetime import date

    from sim.scenario import facts
    from sim.scenario.lint import lint

    return lint(scenario, facts.load(), date.today())


def _counted(warnings: int) -> str:
    return f"{warnings} warning{'' if warnings == 1 else 's'}"


def _warn(warnings: int, scenario: Path, chosen: str, settings: tuple[str, ...]) -> None:
    """Say beside a run's results that there are warnings, and which command tells them."""
    words = ["python", "-m", "sim", "check", scenario.as_posix(), *(["--with", chosen] if chosen else [])]
    words += [word for setting in settings for word in ("--set", setting)]
    if warnings:
        click.echo(f"{_counted(warnings)}; see {shlex.join(words)}", err=True)


def _show_early(findings: Any) -> None:
    """What is final, beside the bar: the page itself comes at the end, and is the same whatever stood here."""
    from sim.cli.terminal import Screen, show_early

    show_early(findings, Screen(stderr=True))


def _show(result: Any) -> None:
    """The findings of a run, and the verdicts of its gates."""
    from sim.cli.terminal import Screen, show

    show(result.findings, Screen(), result.folder)
    studies.told_of_gates(result.judged)


for verb in (questions.compare, questions.relief, questions.survival, questions.story, *studies.VERBS):
    main.add_command(verb)


@main.command()
@SCENARIO
@click.argument("path", required=False)
@WITH
@SET
@DEBUG
def explain(scenario: Path, path: str | None, chosen: str, settings: tuple[str, ...]) -> None:
    """Where a value comes from: files and lines, old and new, source, unit, range. PATH may be a whole section."""
    from sim.jobs.run import read
    from sim.scenario import facts
    from sim.scenario.explain import explain as explained

    for told in explained(read(scenario, names(chosen), settings), facts.load(), path):
        click.echo(told.text())


@main.command()
@click.argument("scenarios", type=click.Path(path_type=Path), nargs=-1, required=True)
@WITH
@SET
@DEBUG
def check(scenarios: tuple[Path, ...], chosen: str, settings: tuple[str, ...]) -> None:
    """Read scenarios, with each of their named overrides, and warn of what is allowed but odd."""
    from sim.jobs.judge import gates_of
    from sim.jobs.run import read

    for path in scenarios:
        scenario = read(path, names(chosen), settings)
        gates_of(scenario, path)
        for name in scenario.overrides:
            read(path, (name,), ())
        warnings = _warnings(scenario)
        click.echo(
            f"{path}: {len(scenario.values)} values, {len(scenario.inputs)} uncertain, {_counted(len(warnings))}"
        )
        for warning in warnings:
            click.echo(f"  {warning.place}  {warning.path}  {warning.message}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from sim.scenario.jsonschema import json_schema
    from sim.world.future import LAYOUT

    click.echo(json.dumps(json_schema(LAYOUT.tables), indent=1, ensure_ascii=False))


@main.command()
@click.argument("scenario", type=click.Path(path_type=Path), default=Path("scenarios/baseline.yaml"))
@click.option("--futures", default=4000, show_default=True, type=click.IntRange(min=100), help="Compiled futures.")
@click.option("--simpy-futures", default=100, show_default=True, type=click.IntRange(min=10), help="SimPy futures.")
@click.option("--pages", is_flag=True, help="Also what each page of the world costs, and how many events there are.")
@DEBUG
def bench(scenario: Path, futures: int, simpy_futures: int, pages: bool) -> None:
    """Speed of both engines on one core, measured in one go, and their ratio."""
    from sim.engine.bench import by_page, measure
    from sim.jobs.run import read
    from sim.scenario.assemble import assemble
    from sim.world.future import LAYOUT

    template = assemble(read(scenario, (), ()), LAYOUT)
    click.echo(measure(template, futures, simpy_futures).text())
    if pages:
        click.echo("\n" + by_page(template, simpy_futures).text())


@main.command()
@click.option("--scenarios", type=click.Path(path_type=Path), default=Path("scenarios"), show_default=True)
@click.option("--futures", default=1000, show_default=True, type=click.IntRange(min=20), help="Of each scenario.")
@SEED
@WORKERS
@click.option("--write", type=click.Path(path_type=Path), metavar="FILE", help="Write the page there.")
@DEBUG
def validate(scenarios: Path, futures: int, seed: int, workers: int, write: Path | None) -> None:
    """Tables of what the model should reproduce, of what each mechanism moves, and of what has happened since."""
    from sim.jobs.validate import page

    text = page(scenarios, futures, seed, workers, lambda what: click.echo(what, err=True))
    if write:
        write.write_text(text, encoding="utf-8")
    else:
        click.echo(text)


@main.command()
@DEBUG
def warm() -> None:
    """Compile ahead what a first run compiles beside itself: for containers and CI."""
    from sim.engine.bench import warm_up

    click.echo(warm_up())
