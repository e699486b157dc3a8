"""The command line: verbs. An error is one message and an exit code; heavy imports wait for the verb that needs them.

Exit codes: 0 done, 2 bad input, 4 the program or a check inside the model broke, 130 interrupted.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sim.errors import ChokepointError, Interrupted

SCENARIO = click.argument("scenario", type=click.Path(path_type=Path))
WITH = click.option("--with", "chosen", metavar="A,B", default="", help="Named overrides of the scenario to apply.")
SET = click.option("--set", "settings", metavar="PATH=VALUE", multiple=True, help="Set one parameter; repeatable.")
SEED = click.option("--seed", default=1, show_default=True, help="Names the luck of all futures.")
ENGINE = click.option(
    "--engine",
    type=click.Choice(["auto", "simpy", "compiled"]),
    default="auto",
    show_default=True,
    help="Both give the same bits; compiled is faster once warm.",
)
WORKERS = click.option("--workers", type=click.IntRange(min=1), help="Threads or processes.  [default: all cores]")
DEBUG = click.option("--debug", is_flag=True, help="Show the traceback of an error.")


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


@click.group(cls=_Verbs)
@click.version_option(package_name="chokepoint")
def main() -> None:
    """Which bottleneck, when, how badly, how likely, and what would help most: an AI lab's compute at risk."""


@main.command()
@SCENARIO
@click.option("--futures", default=1000, show_default=True, type=click.IntRange(min=1), help="How many futures.")
@click.option("--first", default=0, show_default=True, type=click.IntRange(min=0), help="Number of the first future.")
@SEED
@WITH
@SET
@ENGINE
@WORKERS
@click.option("--chunk", type=click.IntRange(min=1), help="Futures of a task.  [default: as suits the engine]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Folder for results.",
)
@click.option("--quiet", is_flag=True, help="Print only where the results lie.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--allow-processes", is_flag=True, help="Let the scenario run SimPy processes of its own.")
@DEBUG
def run(
    scenario: Path,
    futures: int,
    first: int,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int | None,
    chunk: int | None,
    out: Path,
    quiet: bool,
    as_json: bool,
    allow_processes: bool,
    debug: bool,
) -> None:
    """Simulate a scenario and print what it comes to."""
    from sim import run as running
    from sim.engine.runner import choose, default_workers

    request = running.Request(
        scenario,
        _names(chosen),
        settings,
        seed,
        futures,
        first,
        engine,
        workers or default_workers(),
        chunk,
        out,
        allow_processes,
    )
    with _progress(futures, quiet or as_json) as told:
        result = running.run(request, told)
    if as_json:
        import json

        click.echo(json.dumps(result.findings.as_json(), indent=2, ensure_ascii=False, allow_nan=False))
    elif quiet:
        click.echo(result.folder)
    else:
        from rich.console import Console

        from sim.terminal import show

        show(result.findings, Console(), result.folder)
        if engine == "auto" and choose("compiled", futures) != result.engine:
            click.echo("Ran under SimPy: nothing is compiled yet. `python -m sim warm` compiles once, for later runs.")


@contextmanager
def _progress(futures: int, silent: bool) -> Iterator[Any]:
    """A bar with a rate on a terminal; nothing elsewhere."""
    if silent or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("futures"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("futures", total=futures, rate="")

        def told(done: int) -> None:
            bar.advance(task, done)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield told


@main.command()
@SCENARIO
@click.argument("path", required=False)
@WITH
@SET
@DEBUG
def explain(scenario: Path, path: str | None, chosen: str, settings: tuple[str, ...], debug: bool) -> None:
    """Where a value comes from: files and lines, old and new, source, unit, range. PATH may be a whole section."""
    from sim.run import read
    from sim.scenario import facts
    from sim.scenario.explain import explain as explained

    for told in explained(read(scenario, _names(chosen), settings), facts.load(), path):
        click.echo(told.text())


@main.command()
@click.argument("scenarios", type=click.Path(path_type=Path), nargs=-1, required=True)
@DEBUG
def check(scenarios: tuple[Path, ...], debug: bool) -> None:
    """Read scenarios, with each of their named overrides, and warn of what is allowed but odd."""
    from datetime import date

    from sim.run import read
    from sim.scenario import facts
    from sim.scenario.lint import lint

    catalogue = facts.load()
    for path in scenarios:
        scenario = read(path, (), ())
        overrides = scenario.tree.mapping.get("overrides")
        for name in overrides.mapping if overrides else ():
            read(path, (name,), ())
        warnings = lint(scenario, catalogue, date.today())
        click.echo(f"{path}: {len(scenario.values)} values, {len(scenario.inputs)} uncertain, {len(warnings)} warnings")
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
def bench(scenario: Path, futures: int, simpy_futures: int, pages: bool, debug: bool) -> None:
    """Speed of both engines on one core, measured in one go, and their ratio."""
    from sim.engine.bench import by_page, measure
    from sim.run import read
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
def validate(scenarios: Path, futures: int, seed: int, workers: int | None, write: Path | None, debug: bool) -> None:
    """Tables of what the model should reproduce, of what each mechanism moves, and of what has happened since."""
    from sim.engine.runner import default_workers
    from sim.validate import page

    text = page(scenarios, futures, seed, workers or default_workers(), lambda what: click.echo(what, err=True))
    if write:
        write.write_text(text, encoding="utf-8")
    else:
        click.echo(text)


@main.command()
@DEBUG
def warm(debug: bool) -> None:
    """Compile the world ahead, so that the next run starts at full speed."""
    from sim.engine.bench import warm_up

    click.echo(warm_up())


def _names(chosen: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in chosen.split(",") if name.strip())
