"""Verbs of the machine: how fast it simulates, and compiling ahead."""

from pathlib import Path

import click

from sim.cli import options
from sim.cli.output import say, say_all
from sim.cli.verbs import Verb

SCENARIO = click.Argument(["scenario"], type=options.FILE, default=Path("scenarios/baseline.yaml"))
COMPILED = options.futures("Number of compiled futures.", least=100)
SIMPY = options.futures("Number of SimPy futures.", least=10, name="--simpy-futures")
COMPILED.default, SIMPY.default = 4000, 100


@click.command(cls=Verb, params=[SCENARIO, COMPILED, SIMPY, options.PAGES])
def bench(scenario: Path, futures: int, simpy_futures: int, pages: bool) -> None:
    """Measure the speed of both engines, on one core."""
    from sim.engine.bench import by_page, measure
    from sim.runs.run import read
    from sim.template.assemble import assemble
    from sim.world.course.future import LAYOUT

    template = assemble(read(scenario, (), ()), LAYOUT)
    say_all(measure(template, futures, simpy_futures).text())
    if pages:
        say_all("\n" + by_page(template, simpy_futures).text())


@click.command(cls=Verb)
def warm() -> None:
    """Compile before the first run, for containers and CI."""
    from sim.engine.bench import warm_up

    say(warm_up())
