"""The verb that writes a new lab."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.output import Output, say, write_file
from sim.cli.verbs import Verb
from sim.errors import logged
from sim.language.bounds import MOST_FUTURES

if TYPE_CHECKING:
    from sim.report.contents import Assumption

NEXT = {
    "validate": "whatever is wrong or odd, with its line",
    "run": "the answer, and its page",
    "sensitivity": "how much of the answer each number explains",
    "explain": "what each number means, its unit, range and source",
}
"""Verbs that go on from there, and what each tells."""


@click.command(
    cls=Verb,
    params=[
        click.Argument(["file"], type=click.Path(path_type=Path)),
        click.Option(
            ["--futures"],
            type=click.IntRange(0, MOST_FUTURES),
            default=1024,
            help="Number of futures that tell which numbers matter most; 0: none are run.",
        ),
    ],
)
def new(file: Path, futures: int) -> None:
    """Write a scenario for a lab of your own.

    It runs at once, with wide guesses in place of the lab's numbers, and says which of them matter most.
    """
    from sim.runs import new_lab

    if os.path.lexists(file):
        raise click.UsageError(f"{logged(str(file))} exists and is left as it is; name another file")
    write_file(file, new_lab.text(), "file")
    say(f"{file}: a lab whose every number is a guess, with the source `yours`")
    if futures:
        with Output().progress(futures) as progress:
            moving = new_lab.what_matters(file, futures, progress)
        _show(moving, futures)
    say("")
    say("Next:")
    commands = [f"python -m sim {verb} {shlex.quote(file.as_posix())}" for verb in NEXT]
    for command, tells in zip(commands, NEXT.values(), strict=True):
        say(f"  {command:<{max(map(len, commands))}}  {tells}")


def _show(moving: "tuple[Assumption, ...]", futures: int) -> None:
    """Print the numbers that matter most."""
    from sim.report.tables import correlation

    say("")
    say(f"What moves its answer most: rank correlations over {futures:,} futures with the compute")
    say("that training lacks, and with the demand that is not served.")
    width = max((len(each.path) for each in moving), default=0)
    for each in moving:
        training, serving = map(correlation, each.moves)
        say(f"  {training}  {serving}  {each.path:<{width}}  {each.text}")
    if not moving:
        say("  nothing beyond chance; more --futures would tell")
