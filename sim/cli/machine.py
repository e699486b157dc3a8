"""Verbs of the machine: how fast it simulates, and compiling ahead."""

import time
from pathlib import Path

import click

from sim.cli import options
from sim.cli.output import say, say_all, show_json
from sim.cli.verbs import Verb

SCENARIO = click.Argument(["scenario"], type=options.FILE, default=Path("scenarios/baseline.yaml"))
COMPILED = options.futures("Number of compiled futures.", least=100)
SIMPY = options.futures("Number of SimPy futures.", least=10, name="--simpy-futures")
COMPILED.default, SIMPY.default = 4000, 100


@click.command(cls=Verb, params=[SCENARIO, COMPILED, SIMPY, options.PAGES, options.MILLION, options.JSON])
def bench(scenario: Path, futures: int, simpy_futures: int, pages: bool, million: bool, as_json: bool) -> None:
    """Measure speed, as ratios in one run: a future, a run to files, what one waits for."""
    from sim.bench.bench import measure

    measured = measure(scenario, futures, simpy_futures, pages, million)
    if as_json:
        show_json(measured.as_json())
    else:
        say_all(measured.text())


@click.command(cls=Verb)
def warm() -> None:
    """Compile before the first run, for containers and CI."""
    from sim.engine.compiled import kernel_cache
    from sim.engine.compiled.compiler import KERNELS
    from sim.engine.storage import user_cache

    started = time.perf_counter()
    was_there = KERNELS.are_ready()
    KERNELS.take()
    file = kernel_cache.path()
    took = f"compiled in {time.perf_counter() - started:.0f} s"
    if was_there:
        say(f"already compiled: {file}")
    elif user_cache.read(file) is None:
        why = f"no room, or no right to write, in {file.parent}" if file else "this user has no home"
        say(f"{took}, but not kept: {why}")
    else:
        say(f"{took}: {file}")
