"""What verbs have in common: options, and a bar that shows how far they are."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from sim.language.bounds import MOST_FUTURES, MOST_WORKERS

LAST = 2**31
"""Highest number of a future that may be named: the sequences from which inputs are drawn have 2**32 numbers."""

MANY = click.IntRange(1, MOST_FUTURES)
"""How many futures may be asked for."""

Decorator = Callable[[Any], Any]


def stacked(*options: Decorator) -> Decorator:
    """Options that stand together, in this order."""

    def stack(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return stack


def writable(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Whether a file or folder can be put there is tried before the first future runs. Raises BadParameter."""
    import tempfile

    if path is not None:
        try:
            if path.exists() and not (path.is_dir() or path.is_file()):
                raise click.BadParameter(f"cannot write to {path} (neither a file nor a folder)")
            str(path).encode()
            there = path if path.is_dir() else next(folder for folder in path.parents if folder.exists())
            tempfile.TemporaryFile(dir=there).close()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no file can be named so"
            raise click.BadParameter(f"cannot write to {path} ({reason or error})") from error
    return path


class Folder(click.Path):
    """A folder; an empty name, such as that of a variable that is not set, does not stand for the one one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises BadParameter."""
        if value == "":
            self.fail("the name is empty; write . for the folder you are in", param, ctx)
        return super().convert(value, param, ctx)


def a_number(_: click.Context, __: click.Parameter, value: float) -> float:
    """Not `nan`, which lies in every range. Raises BadParameter."""
    if value != value:
        raise click.BadParameter("nan is no number")
    return value


def once(_: click.Context, __: click.Parameter, settings: tuple[str, ...]) -> tuple[str, ...]:
    """Settings, each of another parameter. Raises BadParameter."""
    paths = [setting.partition("=")[0].strip() for setting in settings]
    for i, path in enumerate(paths):
        if path in paths[:i]:
            raise click.BadParameter(f"{path} is set twice")
    return settings


def refuse_given(why: str, *options: str) -> None:
    """Raises UsageError for an option that stands on the command line where it would do nothing."""
    context = click.get_current_context()
    for option in context.command.params:
        name = str(option.name)
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if name in options and given and context.params[name]:
            raise click.UsageError(f"{option.opts[0]} {why}")


def refuse_at_most(at_most: int | None, goes_on: bool, options: str, futures: int | None) -> None:
    """Raises UsageError for a bound of futures where none are added, or where as many are asked for from the first."""
    if at_most and not goes_on:
        raise click.UsageError(f"--at-most goes with {options}")
    if at_most and futures and at_most < futures:
        raise click.UsageError(f"--at-most is below --futures ({futures:,})")


def refuse_unused_futures(split: bool, relief: bool | None) -> None:
    """Raises UsageError for futures of what is not run."""
    if not split:
        refuse_given("goes with --split", "split_futures")
    if relief is False:
        refuse_given("goes with --relief", "relief_futures")


SCENARIO = click.argument("scenario", type=click.Path(path_type=Path))
WITH = click.option("--with", "chosen", metavar="A,B", default="", help="Named overrides of the scenario to apply.")
SET = click.option(
    "--set", "settings", metavar="PATH=VALUE", multiple=True, callback=once, help="Set one parameter; repeatable."
)
SEED = click.option("--seed", default=1, show_default=True, help="Names the luck of all futures.")
ENGINE = click.option(
    "--engine",
    type=click.Choice(["auto", "simpy", "compiled"]),
    default="auto",
    show_default=True,
    help="Both give the same bits. auto: compiled, and SimPy until it is.",
)


def _all_cores(ctx: click.Context, option: click.Parameter, workers: int | None) -> int:
    """What is asked for; if nothing, as many as there are."""
    from sim.engine.runner import default_workers

    return workers or default_workers()


WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    callback=_all_cores,
    help="Threads or processes.  [default: all cores]",
)
OUT = click.option(
    "--out",
    type=Folder(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    callback=writable,
    help="Folder for results.",
)
QUIET = click.option("--quiet", is_flag=True, help="Print only where the results lie.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
WORDS = click.option(
    "--words",
    "scale",
    type=click.Choice(["icd203", "ipcc"]),
    default="icd203",
    show_default=True,
    help="Whose words for likelihood.",
)
DEBUG = click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
SPLIT = stacked(
    click.option(
        "--split/--no-split",
        default=True,
        show_default=True,
        help="Run the sets of removals: what would come back, and what the scenario itself costs.",
    ),
    click.option(
        "--split-futures",
        type=MANY,
        help="Futures of each set.  [default: up to 1,024; 50 where only SimPy runs]",
    ),
)
RELIEF = stacked(
    click.option(
        "--relief/--no-relief",
        default=None,
        help="Relief and survival, in compare of the first.  [default: relief]",
    ),
    click.option("--relief-futures", type=MANY, help="Futures of these.  [default: 200; 50 where only SimPy runs]"),
)
WHICH = stacked(SEED, WITH, SET)
"""Which futures of which variant of a scenario."""
HOW = stacked(ENGINE, WORKERS)
"""How they are run."""
RESULT = stacked(OUT, QUIET, JSON, DEBUG)
"""What is kept and shown of them."""


def names(chosen: str) -> tuple[str, ...]:
    """The names in a list with commas."""
    return tuple(name.strip() for name in chosen.split(",") if name.strip())


@contextmanager
def progress(futures: int, silent: bool) -> Iterator[Any]:
    """A bar with a rate on a terminal, which hears what is done and how much more is to do; nothing elsewhere."""
    if silent or not sys.stderr.isatty():
        yield lambda done, more=0: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("futures"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("futures", total=futures, rate="")

        def told(done: int, more: int = 0) -> None:
            bar.advance(task, done)
            bar.update(task, total=(bar.tasks[0].total or 0) + more)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield told
