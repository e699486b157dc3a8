"""Verbs that run the same futures more than once: compare, relief, survival; and story, which tells one of them."""

from pathlib import Path
from typing import Any

import click

from sim.cli.options import (
    DEBUG,
    HOW,
    JSON,
    LAST,
    MANY,
    RELIEF,
    RESULT,
    SCENARIO,
    SEED,
    SPLIT,
    WHICH,
    WORDS,
    a_number,
    names,
    progress,
    writable,
)
from sim.cli.output import say, show_json
from sim.cli.studies import ended

LONGEST = 36_525
"""Days that a stop may last: a hundred years."""

FUTURES = click.option("--futures", type=MANY, help="Of each.  [default: 1,024; 50 where only SimPy runs]")


@click.command()
@click.argument("scenarios", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option("--futures", default=1024, show_default=True, type=MANY, help="How many futures.")
@SEED
@click.option("--policies", type=click.Path(path_type=Path, exists=True), help="YAML: named settings of levers.")
@click.option(
    "--ambitions/--no-ambitions",
    default=None,
    help="Also hold, keep_pace, chase.  [default: with --split, unless SimPy runs]",
)
@SPLIT
@RELIEF
@HOW
@WORDS
@RESULT
def compare(
    scenarios: tuple[Path, ...],
    futures: int,
    seed: int,
    policies: Path | None,
    ambitions: bool | None,
    split: bool,
    split_futures: int | None,
    relief: bool | None,
    relief_futures: int | None,
    engine: Any,
    workers: int,
    scale: Any,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Compare scenarios (files or run folders) with the first, future by future."""
    from sim.engine.runner import choose
    from sim.jobs import compare as comparing
    from sim.jobs import removing, variants

    if len(scenarios) < 2:
        raise click.UsageError("name two scenarios or more: all others are compared with the first")
    of_split = variants.futures_of(split, split_futures, engine, removing.MOST)
    of_relief = variants.futures_of(relief is not False, relief_futures, engine, variants.BESIDE)
    if ambitions and not split:
        raise click.UsageError("--ambitions goes with --split: both run the same futures again")
    if ambitions is None:
        ambitions = split and choose(engine) != "simpy"
    request = comparing.Request(
        scenarios,
        seed,
        futures,
        engine,
        workers,
        out,
        policies,
        ambitions,
        of_split,
        of_relief,
        scale,
    )
    with progress(comparing.runs(request), quiet or as_json) as told:
        done = comparing.run(request, told)
    if as_json:
        show_json(done.comparison.as_json())
    elif not quiet:
        from sim.cli import screens
        from sim.cli.terminal import Screen

        screens.comparison(done.comparison, Screen(), done.folder)
    elif not done.unwritten:
        say(done.folder)
    ended(0, done.unwritten)


@click.command()
@SCENARIO
@FUTURES
@WHICH
@HOW
@RESULT
def relief(
    scenario: Path,
    futures: int | None,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Ease each cause by a tenth, and remove it: what helps most, alone and in pairs."""
    from sim.jobs import questions, variants

    request = _request(scenario, futures, seed, chosen, settings, engine, workers, out)
    with progress(request.futures * variants.relief_runs(), quiet or as_json) as told:
        found, folder = questions.relief(request, told)
    if as_json:
        show_json(found.as_json())
    elif quiet:
        say(folder)
    else:
        from sim.cli import screens
        from sim.cli.terminal import Screen

        screens.relief(found, Screen(), folder)


@click.command()
@SCENARIO
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Day of the stop.  [default: the day of the last news]")
@click.option(
    "--for", "lasting", default=365, show_default=True, type=click.IntRange(1, LONGEST), help="Days it lasts."
)
@click.option(
    "--level",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0.0, 1.0),
    callback=a_number,
    help="Share of the compute without the stop below which training has failed.",
)
@click.option("--futures", type=MANY, help="Of each.  [default: 200; 50 where only SimPy runs]")
@WHICH
@HOW
@RESULT
def survival(
    scenario: Path,
    at: Any,
    lasting: int,
    level: float,
    futures: int | None,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Stop each source of supply in turn: days that training survives, and days until it is back."""
    from sim.jobs import questions, variants

    futures = futures or variants.usual_futures(engine, variants.WHOLE)
    request = _request(scenario, futures, seed, chosen, settings, engine, workers, out)
    stop = questions.Stop(at.date() if at else None, lasting, level)
    with progress(request.futures, quiet or as_json) as told:
        found, folder = questions.survival(request, stop, told)
    if as_json:
        show_json([each.as_json() for each in found])
    elif quiet:
        say(folder)
    else:
        from sim.cli import screens
        from sim.cli.terminal import Screen

        screens.survival(found, Screen(), folder)


@click.command()
@SCENARIO
@click.option("--future", type=click.IntRange(0, LAST), help="Number of the future.")
@click.option("--near", metavar="P5:MEASURE", help="The future at a quantile of a measure.")
@click.option("--worst", metavar="MEASURE", is_flag=False, flag_value="train_short", help="The worst future.")
@click.option("--all", "everything", is_flag=True, help="Tell everything, not only what mattered.")
@click.option("--by", type=click.Choice(["date", "page"]), default="date", show_default=True, help="How it is ordered.")
@click.option(
    "--trace",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=writable,
    help="Also write a trace for Perfetto.",
)
@FUTURES
@WHICH
@HOW
@JSON
@DEBUG
def story(
    scenario: Path,
    future: int | None,
    near: str | None,
    worst: str | None,
    everything: bool,
    by: str,
    trace: Path | None,
    futures: int | None,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    as_json: bool,
) -> None:
    """Tell one future as dated events: by number, near a quantile, or the worst (the default)."""
    from sim.jobs import questions

    if sum(option is not None for option in (future, near, worst)) > 1:
        raise click.UsageError("choose one of --future, --near and --worst")
    request = _request(scenario, futures, seed, chosen, settings, engine, workers, Path("results"))
    with progress(0 if future is not None else request.futures, as_json) as heard:
        told = questions.story(request, questions.Chosen(future, near, worst), heard)
    if trace:
        questions.write_trace(told.trace, trace)
    if as_json:
        show_json(told.tale.as_json(everything))
        return
    from sim.cli import screens
    from sim.cli.terminal import Screen

    screens.tale(told.tale, Screen(), everything, by == "page")
    if trace:
        say(f"Trace: {trace}; open it at ui.perfetto.dev")


def _request(
    scenario: Path,
    futures: int | None,
    seed: int,
    chosen: str,
    settings: tuple[str, ...],
    engine: Any,
    workers: int,
    out: Path,
) -> Any:
    """A run of so many futures; if not told, of as many as variants are usually run with."""
    from sim.jobs import variants
    from sim.jobs.run import Request

    futures = futures or variants.usual_futures(engine)
    return Request(scenario, names(chosen), settings, seed, futures, 0, engine, workers, None, out)
