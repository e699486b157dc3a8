"""Every argument and option, declared once. Defaults are those of the requests (sim/requests.py)."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from sim.language.bounds import MOST_FUTURES, MOST_POINTS, MOST_WORKERS

LAST = 2**31
"""Highest number of a future that may be named: the sequences from which inputs are drawn have 2**32 numbers."""

LONGEST = 36_525
"""Days that a stop may last: a hundred years."""

USUAL = "usual"
"""Stands for the number of futures that nobody names, behind `--split` or `--relief`."""

FILE = click.Path(path_type=Path)
NUMBER = click.IntRange(1, MOST_FUTURES)
SOME_MACHINES = "[default: {}; 50 where only SimPy runs]"
"""The default of a number of futures that depends on the machine."""


class Folder(click.Path):
    """A folder; an empty name, such as that of a variable that is not set, does not stand for the one one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises BadParameter."""
        if value == "":
            self.fail("the name is empty; write . for the folder you are in", param, ctx)
        return super().convert(value, param, ctx)


class Usual(click.IntRange):
    """A number of futures, or as many as usual, which is None."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises BadParameter."""
        return None if value == USUAL else super().convert(value, param, ctx)


class OptionalValue(click.Option):
    """An option whose value, behind `=`, may be left out."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """How the help shows it."""
        return f"{self.opts[0]}[=FUTURES]", self.help or ""


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


def a_number(_: click.Context, __: click.Parameter, value: float) -> float:
    """Not `nan`, which lies in every range. Raises BadParameter."""
    if value != value:
        raise click.BadParameter("expected a number, got nan")
    return value


def a_day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    """The day of a time."""
    return value and value.date()


def names(_: click.Context, __: click.Parameter, lists: tuple[str, ...]) -> tuple[str, ...]:
    """The names in lists with commas."""
    return tuple(name.strip() for names in lists for name in names.split(",") if name.strip())


def once(_: click.Context, __: click.Parameter, settings: tuple[str, ...]) -> tuple[str, ...]:
    """Settings, each of another parameter. Raises BadParameter."""
    paths = [setting.partition("=")[0].strip() for setting in settings]
    for i, path in enumerate(paths):
        if path in paths[:i]:
            raise click.BadParameter(f"{path} is set twice")
    return settings


def refuse_given(why: str, *names: str) -> None:
    """Raises UsageError for an option that stands on the command line where it would do nothing."""
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in names and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} {why}")


def refuse_max_futures(request: Any, goes_on: bool, options: str) -> None:
    """Raises UsageError for a maximum of futures where none are added, or below the futures of the beginning."""
    if not goes_on:
        refuse_given(f"goes with {options}", "max_futures")
    if request.futures and request.max_futures < request.futures:
        refuse_given(f"is below --futures ({request.futures:,})", "max_futures")


def futures(help: str = "Number of futures.", least: int = 1, name: str = "--futures") -> click.Option:
    """How many futures a verb runs."""
    return click.Option([name], type=click.IntRange(least, MOST_FUTURES), help=help)


# What is asked.
SCENARIO = click.Argument(["scenario"], type=FILE)
SWEEP_FILE = click.Argument(["file"], type=FILE)
COMPARED = click.Argument(["scenarios"], type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
CHECKED = click.Argument(["scenarios"], type=FILE, nargs=-1)
PARAMETER = click.Argument(["path"], required=False)

# Which futures of which variant of a scenario.
BASE = click.Option(
    ["--base"],
    type=FILE,
    metavar="FILE",
    help="Put the scenario's own changes on this scenario instead of the one that it extends.",
)
OVERRIDE = click.Option(
    ["--override", "overrides"],
    metavar="A,B",
    multiple=True,
    callback=names,
    help="Named overrides of the scenario to apply (repeatable).",
)
SET = click.Option(
    ["--set", "settings"], metavar="PATH=VALUE", multiple=True, callback=once, help="Set one parameter (repeatable)."
)
SEED = click.Option(["--seed"], type=int, help="Random seed. The same seed gives the same futures.")
DEEP = click.Option(["--deep"], is_flag=True, help="Also run 200 futures, and warn of changes that move no measure.")
VARIANT = (BASE, OVERRIDE, SET)
WHICH = (SEED, *VARIANT)
FIRST_FUTURE = click.Option(["--first-future"], type=click.IntRange(0, LAST), help="Number of the first future.")

# How they are run.
ENGINE = click.Option(
    ["--engine"],
    type=click.Choice(["auto", "simpy", "compiled"]),
    help="Simulation engine; both give the same results to the last bit. auto: compiled, and SimPy until compiled.",
)
WORKERS = click.Option(
    ["--workers"],
    type=click.IntRange(1, MOST_WORKERS),
    help="Number of parallel threads or processes.  [default: all cores]",
)
TASK_SIZE = click.Option(
    ["--task-size"], type=NUMBER, help="Number of futures in one parallel task.  [default: as suits the engine]"
)
CLUSTER = click.Option(
    ["--cluster"], metavar="ADDRESS", help="Run on the Dask cluster at this address (tcp://host:port or tls://...)."
)
HOW = (ENGINE, WORKERS)
PROCESSES = click.Option(
    ["--allow-processes"], is_flag=True, help="Allow SimPy processes of the scenario's own, which are Python code."
)

# What runs of the same futures stand beside them.
SPLIT = OptionalValue(
    ["--split"],
    type=Usual(0, MOST_FUTURES),
    help=f"Number of futures for the causal split (sets of removals); 0: none.  {SOME_MACHINES.format('1,024')}",
)
RELIEF = OptionalValue(
    ["--relief"],
    type=Usual(0, MOST_FUTURES),
    help=f"Number of futures for relief and survival; 0: none.  {SOME_MACHINES.format('200')}",
)
AMBITIONS = click.Option(
    ["--ambitions/--no-ambitions"],
    default=None,
    help="Also run the ambitions hold, keep_pace and chase.  [default: with --split, unless only SimPy runs]",
)
POLICIES = click.Option(
    ["--policies"],
    type=click.Path(path_type=Path, exists=True),
    help="YAML file with named settings of levers, to be compared by regret.",
)

# When enough have run.
UNTIL_DECIDED = click.Option(
    ["--until-decided"], is_flag=True, help="Double the number of futures until every gate is decided."
)
UNTIL_PRECISION = click.Option(
    ["--until-precision"],
    metavar="1%|MEASURE=AMOUNT",
    help="Double the number of futures until the simulation error of the headline measures, or of one, is this small.",
)
MAX_FUTURES = click.Option(
    ["--max-futures"], type=NUMBER, help="Maximum futures for --until-decided and --until-precision."
)
MAX_OF_A_POINT = click.Option(["--max-futures"], type=NUMBER, help="Maximum futures of a point for --until-decided.")

# Survival, and the story.
AT = click.Option(
    ["--at"],
    type=click.DateTime(["%Y-%m-%d"]),
    callback=a_day,
    help="Day of the stop.  [default: `as_of` of the scenario]",
)
FOR = click.Option(["--for", "lasting"], type=click.IntRange(1, LONGEST), help="Number of days that the stop lasts.")
LEVEL = click.Option(
    ["--level"],
    type=click.FloatRange(0.0, 1.0),
    callback=a_number,
    help="Training fails below this share of the compute that it would have without the stop.",
)
FUTURE = click.Option(["--future"], type=click.IntRange(0, LAST), help="Number of the future.")
NEAR = click.Option(["--near"], metavar="P5:MEASURE", help="The future nearest to a quantile of a measure.")
WORST = click.Option(
    ["--worst"],
    metavar="MEASURE",
    is_flag=False,
    flag_value="train_short",
    help="The future in which a measure is worst.  [default measure: train_short]",
)
ALL = click.Option(["--all", "everything"], is_flag=True, help="Show every event, not only those that mattered.")
BY = click.Option(
    ["--by"], type=click.Choice(["date", "page"]), default="date", help="Whether events are ordered by date or by page."
)
TRACE = click.Option(
    ["--trace"],
    type=click.Path(path_type=Path, dir_okay=False),
    callback=writable,
    help="Also write the events as a trace for Perfetto to this file.",
)

# Studies.
DRY_RUN = click.Option(["--dry-run"], is_flag=True, help="Only estimate the size of the sweep and its duration.")
PLANS = click.Option(
    ["--plans"], type=click.IntRange(1, MOST_POINTS), help="Number of plans to try.  [default: `points` of the file]"
)
METHOD = click.Option(["--method"], type=click.Choice(["given", "sobol", "morris"]), help="Method of the analysis.")
MEASURE = click.Option(
    ["--measure", "measures"],
    multiple=True,
    help="Measure to analyse (repeatable).  [default: the scenario's headline measures]",
)
TOP = click.Option(["--top"], type=click.IntRange(min=1), help="Number of inputs that --method sobol examines.")
FINDING = click.Option(
    ["--target"], help="Gate whose outcome is examined.  [default: which constraint is the main bottleneck]"
)
TARGET = click.Option(["--target"], required=True, help='What a future should reach, like "mean(train_short) <= 40%".')
SCENARIOS = click.Option(["--scenarios"], type=FILE, default=Path("scenarios"), help="Folder of scenarios to validate.")
RUNS = click.Option(
    ["--runs"],
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Predict the training runs of this YAML file, in the form of sim/facts/training_runs.yaml, instead.",
)
WRITE = click.Option(
    ["--write"],
    type=click.Path(path_type=Path, dir_okay=False),
    callback=writable,
    metavar="FILE",
    help="Write the tables to this file.",
)
MILLION = click.Option(
    ["--million"], is_flag=True, help="Also run 10^5 and 10^6 futures to files: some 20 minutes of two cores, 1.2 GB."
)
PAGES = click.Option(["--pages"], is_flag=True, help="Also measure each page of the world, and count events.")

# What is kept and shown of a result.
OUT = click.Option(
    ["--out"], type=Folder(path_type=Path, file_okay=False), callback=writable, help="Folder for results."
)
QUIET = click.Option(["--quiet"], is_flag=True, help="Print only the folder of the results.")
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print the result as JSON.")
FULL = click.Option(["--full"], is_flag=True, help="Print every table and sentence instead of the brief.")
BRIEF = click.Option(["--brief"], is_flag=True, help="Print the brief as a page of Markdown, to paste into a document.")
OPEN = click.Option(["--open", "opens"], is_flag=True, help="Open the page in a browser.")
LIKELIHOOD = click.Option(
    ["--likelihood"],
    type=click.Choice(["icd203", "ipcc"]),
    help="Likelihood words of US intelligence (ICD 203) or of the climate panel (IPCC).",
)
DEBUG = click.Option(["--debug"], is_flag=True, expose_value=False, help="Show the traceback of an error.")
RESULT = (OUT, QUIET, JSON)
