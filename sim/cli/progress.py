"""Progress, on standard error: on a terminal one line that is rewritten in place, elsewhere a line now and then.

It says what is being done, how much of all is done, and how long the rest takes at this rate. The line of a terminal is
gone when the work ends, however it ends.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from sim.language.counting import counted
from sim.measures.wording import capitalised

Progress = Callable[..., None]
"""Hears how many futures are done, how many more are to do, and, where that changes, what is being done."""

DOING = "simulating"
"""What is being done, if nobody says."""

FIRST, EVERY = 10.0, 30.0
"""Seconds until the first line where there is no terminal, and between lines."""


@contextmanager
def progress(futures: int, silent: bool) -> Iterator[Progress]:
    """Progress over so many futures and those announced later; none where only the result is wanted."""
    if silent:
        yield lambda done, more=0, doing="": None
    elif sys.stderr.isatty():
        with _rewritten(futures) as advance:
            yield advance
    else:
        from sim.engine.compiled.compiler import KERNELS

        yield Occasional(futures, KERNELS.are_compiling).advance


@contextmanager
def _rewritten(futures: int) -> Iterator[Progress]:
    from rich import progress as bars
    from rich.console import Console
    from rich.text import Text

    from sim.engine.compiled.compiler import KERNELS

    class Remaining(bars.TimeRemainingColumn):
        """The time left, once there is a rate to work it out from."""

        def render(self, task: bars.Task) -> Text:
            return Text("compiling") if KERNELS.are_compiling() else Text.assemble(super().render(task), " left")

    columns = (bars.TextColumn("{task.description}", markup=False), bars.BarColumn(20), bars.TaskProgressColumn())
    with bars.Progress(*columns, Remaining(compact=True), console=Console(stderr=True), transient=True) as line:
        task = line.add_task(capitalised(DOING), total=futures)

        def advance(done: int, more: int = 0, doing: str = "") -> None:
            shown = line.tasks[0]
            words = capitalised(doing) or shown.description
            line.update(task, advance=done, total=(shown.total or 0) + more, description=words)

        yield advance


class Occasional:
    """Lines for logs: none of what is soon done."""

    def __init__(
        self, futures: int, compiling: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._done, self._doing = futures, 0, DOING
        self._compiling, self._clock = compiling, clock
        self._begun, self._done_then = clock(), 0
        self._next = self._begun + FIRST

    def advance(self, done: int, more: int = 0, doing: str = "") -> None:
        """Hear of progress, and say so if it is time."""
        self._done, self._total, self._doing = self._done + done, self._total + more, doing or self._doing
        now, compiling = self._clock(), self._compiling()
        if compiling:  # the rate of SimPy says nothing of what follows
            self._begun, self._done_then = now, self._done
        if now >= self._next and self._done > (0 if compiling else self._done_then):
            self._next = now + EVERY
            left = "the simulator is being compiled" if compiling else f"about {self._left(now)} left"
            click.echo(f"{capitalised(self._doing)}: {self._done / self._total:.0%} done, {left}", err=True)

    def _left(self, now: float) -> str:
        """The time left at the rate so far, or since the compiled engine took over."""
        seconds = (self._total - self._done) * (now - self._begun) / (self._done - self._done_then)
        return counted(round(seconds), "seconds") if seconds < 90.0 else counted(round(seconds / 60.0), "minutes")
