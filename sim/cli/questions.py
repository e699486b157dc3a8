"""Verbs that run the same futures more than once: compare, relief, survival; and story, which tells one of them."""

import json
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
    refuse_given,
    refuse_unused_futures,
    writable,
)
from sim.cli.output import end, say, show_json, show_result, write_file

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
    from sim.bottlenecks import removal_tables, variants
    from sim.engine.runner import choose
    from sim.runs import compare as comparing

    if len(scenarios) < 2:
        raise click.UsageError("name two scenarios or more: all others are compared with the first")
    refuse_unused_futures(split, relief)
    of_split = variants.futures_of(split, split_futures, engine, removal_tables.MOST)
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
    document = done.comparison.as_json() if as_json else None
    _conclude("comparison", done.comparison, document, done.published, quiet)


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
    """Ease each cause by a tenth, and remove it: what helps most."""
    from sim.runs import relief_survival_story

    request = _request(scenario, futures, seed, chosen, settings, engine, workers, out)
    with progress(0, quiet or as_json) as told:
        found, published = relief_survival_story.relief(request, told)
    _conclude("relief", found, found.as_json() if as_json else None, published, quiet)


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
    from sim.bottlenecks import variants
    from sim.runs import relief_survival_story

    futures = futures or variants.usual_futures(engine, variants.WHOLE)
    request = _request(scenario, futures, seed, chosen, settings, engine, workers, out)
    stop = relief_survival_story.Stop(at.date() if at else None, lasting, level)
    with progress(0, quiet or as_json) as told:
        found, published = relief_survival_story.survival(request, stop, told)
    _conclude("survival", found, [each.as_json() for each in found] if as_json else None, published, quiet)


def _conclude(screen: str, found: Any, document: object, published: Any, quiet: bool) -> None:
    """Print what was found, as JSON or on the screen of this name, and end the verb."""
    from sim.cli import screens
    from sim.cli.terminal import Screen

    show_result(published, quiet, document, lambda folder: getattr(screens, screen)(found, Screen(), folder))
    end(published)


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
    from sim.runs import relief_survival_story

    if sum(option is not None for option in (future, near, worst)) > 1:
        raise click.UsageError("choose one of --future, --near and --worst")
    if future is not None:
        refuse_given("is how many futures one is chosen among; --future names it", "futures")
    request = _request(scenario, futures, seed, chosen, settings, engine, workers, Path("results"))
    with progress(0 if future is not None else request.futures, as_json) as heard:
        told = relief_survival_story.story(request, relief_survival_story.Chosen(future, near, worst), heard)
    if as_json:
        show_json(told.tale.as_json(everything))
    else:
        from sim.cli import screens
        from sim.cli.terminal import Screen

        screens.tale(told.tale, Screen(), everything, by == "page")
    if trace:
        write_file(trace, json.dumps(told.trace, allow_nan=False) + "\n", "--trace")
        say(f"Trace: {trace}; open it at ui.perfetto.dev", err=as_json)


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
    from sim.bottlenecks import variants
    from sim.runs.run import Request

    futures = futures or variants.usual_futures(engine)
    return Request(scenario, names(chosen), settings, seed, futures, 0, engine, workers, None, out)
