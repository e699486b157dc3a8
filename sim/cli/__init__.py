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

from sim.cli import migrate, questions, studies
from sim.cli.options import (
    DEBUG,
    HOW,
    LAST,
    MANY,
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
    refuse_at_most,
    refuse_given,
    refuse_unused_futures,
    writable,
)
from sim.cli.output import encodable, end, say, say_all, show_result, write_file
from sim.errors import ChokepointError, Interrupted, Unwritten, logged
from sim.language.bounds import MOST_FUTURES
from sim.language.counting import counted
from sim.stops import stopped

ALONE = "cannot be combined with --allow-processes: what it runs again runs no code of a scenario's own"


class _Verbs(click.Group):
    """Verbs in the order of use; what goes wrong ends as one message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        encodable()
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()  # what cannot be printed breaks here, where it is told
        except click.ClickException as error:
            error.message = logged(error.message, keep="\n")  # type: ignore[misc]
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            _fail(Interrupted("interrupted; nothing is half-written"))
        except BrokenPipeError:
            _leave()
        except ChokepointError as error:
            _fail(error)
        except ModuleNotFoundError as error:
            _fail(ChokepointError(f"this Python has no {error.name}; install the project into it: pip install -e ."))
        except OSError as error:
            _mute()
            told = f"{error.filename or 'the output or a temporary file'}: {error.strerror or error}"
            _fail(
                Unwritten(f"{told}; make room, or name another folder: --out for results, TMPDIR for temporary files")
            )
        except Exception as error:
            _fail(ChokepointError(f"the program broke: {type(error).__name__}: {error}\nrun again with --debug"))


def _fail(error: ChokepointError) -> None:
    if stopped() and not isinstance(error, Interrupted):
        error = Interrupted("interrupted; nothing is half-written")
    if "--debug" in sys.argv:
        raise error
    say_all(str(error), err=True)
    sys.exit(error.exit_code)


def _leave() -> None:
    """Whoever reads the output has closed it: leave without a word, as the signal SIGPIPE ends other programs."""
    _mute()
    sys.exit(128 + 13)


class _Lines(logging.Handler):
    """What the engine says of its work, a line each, beside the results."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line; where a bar is drawn, above it."""
        say(self.format(record), err=True)


def _mute() -> None:
    """Let what is still buffered go nowhere, if the output takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
@click.option("--futures", default=1024, show_default=True, type=MANY, help="How many futures.")
@click.option("--first", default=0, show_default=True, type=click.IntRange(0, LAST), help="Number of the first future.")
@WHICH
@HOW
@click.option("--chunk", type=MANY, help="Futures of a task.  [default: as suits the engine]")
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
@click.option("--at-most", type=MANY, help="Futures these two may come to.  [default: 100,000]")
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
    from sim.bottlenecks import removal_tables, variants
    from sim.runs import run as running

    goes_on = until_decided or until_precision is not None
    refuse_at_most(at_most, goes_on, "--until-decided or --until-precision", futures)
    refuse_unused_futures(split, relief)
    if allow_processes:
        refuse_given(ALONE, "split", "split_futures", "relief", "relief_futures")
    of_split = variants.futures_of(split, split_futures, engine, removal_tables.MOST, allow_processes)
    of_relief = variants.futures_of(relief is not False, relief_futures, engine, variants.BESIDE, allow_processes)
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
    if allow_processes and not quiet and (split or relief is None):
        say("no sets of removals, relief or survival: these run no code of a scenario's own", err=True)
    with progress(futures, quiet or as_json) as told:
        result = running.run(request, told) if quiet or as_json else running.run(request, told, _show_early)
    _warn(None if quiet else result.scenario, scenario, chosen, settings)
    document = result.as_json() if as_json else None
    show_result(result.published, quiet, document, lambda folder: _show(result, folder))
    studies.annotate_run(result.findings.title, result.judged)
    end(result.published, result.judged.exit_code)


def _warn(scenario: Any, path: Path, chosen: str, settings: tuple[str, ...]) -> None:
    """Say beside a run's results that there are warnings, and which command tells them."""
    from sim.runs.check import warnings

    words = ["python", "-m", "sim", "check", path.as_posix(), *(["--with", chosen] if chosen else [])]
    words += [word for setting in settings for word in ("--set", setting)]
    if scenario and (odd := warnings(scenario)):
        say(f"{counted(len(odd), 'warnings')}; see {shlex.join(words)}", err=True)


def _show_early(findings: Any) -> None:
    """What is final, beside the bar: the page itself comes at the end, and is the same whatever stood here."""
    from sim.cli.terminal import Screen, show_early

    show_early(findings, Screen(stderr=True))


def _show(result: Any, folder: Path | None) -> None:
    """The findings of a run, and the verdicts of its gates."""
    from sim.cli.terminal import Screen, show

    show(result.findings, Screen(), folder)
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
    from sim.runs.run import read
    from sim.scenario.explaining.explain import explain as explained
    from sim.scenario.reading import facts

    for told in explained(read(scenario, names(chosen), settings), facts.load(), path):
        say_all(told.text())


@main.command()
@click.argument("scenarios", type=click.Path(path_type=Path), nargs=-1, required=True)
@WITH
@SET
@DEBUG
def check(scenarios: tuple[Path, ...], chosen: str, settings: tuple[str, ...]) -> None:
    """Read scenarios, with each of their named overrides, and warn of what is allowed but odd."""
    from sim.runs import check as checking

    for path in scenarios:
        scenario = checking.check(path, names(chosen), settings)
        odd = checking.warnings(scenario)
        size = f"{counted(len(scenario.values), 'values')}, {len(scenario.inputs)} uncertain"
        say(f"{path}: {size}, {counted(len(odd), 'warnings')}")
        for warning in odd:
            say(f"  {warning.place}  {warning.path}  {warning.message}")


main.add_command(migrate.migrate)


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from sim.scenario.explaining.jsonschema import json_schema
    from sim.world.course.future import LAYOUT

    click.echo(json.dumps(json_schema(LAYOUT.tables), indent=1, ensure_ascii=False))


@main.command()
@click.argument("scenario", type=click.Path(path_type=Path), default=Path("scenarios/baseline.yaml"))
@click.option(
    "--futures", default=4000, show_default=True, type=click.IntRange(100, MOST_FUTURES), help="Compiled futures."
)
@click.option(
    "--simpy-futures", default=100, show_default=True, type=click.IntRange(10, MOST_FUTURES), help="SimPy futures."
)
@click.option("--pages", is_flag=True, help="Also what each page of the world costs, and how many events there are.")
@DEBUG
def bench(scenario: Path, futures: int, simpy_futures: int, pages: bool) -> None:
    """Speed of both engines on one core, measured in one go, and their ratio."""
    from sim.engine.bench import by_page, measure
    from sim.runs.run import read
    from sim.template.assemble import assemble
    from sim.world.course.future import LAYOUT

    template = assemble(read(scenario, (), ()), LAYOUT)
    say_all(measure(template, futures, simpy_futures).text())
    if pages:
        say_all("\n" + by_page(template, simpy_futures).text())


@main.command()
@click.option("--scenarios", type=click.Path(path_type=Path), default=Path("scenarios"), show_default=True)
@click.option(
    "--futures", default=1024, show_default=True, type=click.IntRange(20, MOST_FUTURES), help="Of each scenario."
)
@SEED
@WORKERS
@click.option(
    "--write",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=writable,
    metavar="FILE",
    help="Write the page there.",
)
@DEBUG
def validate(scenarios: Path, futures: int, seed: int, workers: int, write: Path | None) -> None:
    """Tables of what the model should reproduce, of what each mechanism moves, and of what has happened since."""
    from sim.studies.validation.job import page

    text = page(scenarios, futures, seed, workers, lambda what: say(what, err=True))
    if not write:
        say_all(text)
        return
    try:
        write_file(write, text, "--write")
    except Unwritten:
        say_all(text)
        raise


@main.command()
@DEBUG
def warm() -> None:
    """Compile ahead what a first run compiles beside itself: for containers and CI."""
    from sim.engine.bench import warm_up

    say(warm_up())
