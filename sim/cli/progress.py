"""Progress, on standard error: on a terminal one line that is rewritten in place, elsewhere a line now and then.

It says what is being done, how much of all is done, and how long the rest takes at this rate. The headline measures
stand above it as soon as the first futures have run, and settle while the rest runs. What a terminal shows is gone when
the work ends, however it ends; a log has early figures only of what takes long.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from sim.language.counting import counted
from sim.measures.wording import capitalised

if TYPE_CHECKING:
    from sim.findings.early import EarlyFigures

DOING = "simulating"
"""What is being done, if nobody says."""

FIRST, EVERY = 10.0, 30.0
"""Seconds until the first line where there is no terminal, and between lines."""


class Progress(Protocol):
    """Hears of the work while it is done."""

    def __call__(self, done: int, more: int = 0, doing: str = "") -> None:
        """Hear how many futures are done, how many more are to do, and, where that changes, what is being done."""

    def early(self, figures: "EarlyFigures") -> None:
        """Hear what the first futures say."""


@contextmanager
def progress(futures: int, silent: bool) -> Iterator[Progress]:
    """Progress over so many futures and those announced later; none where only the result is wanted."""
    if silent:
        yield Silent()
    elif sys.stderr.isatty():
        from sim.cli.live_progress import live

        with live(futures, capitalised(DOING)) as shown:
            yield shown
    else:
        from sim.engine.compiled.compiler import KERNELS

        yield Occasional(futures, KERNELS.are_compiling)


class Silent:
    """Nothing, where only the result is wanted."""

    def __call__(self, done: int, more: int = 0, doing: str = "") -> None:
        """Say nothing of progress."""

    def early(self, figures: "EarlyFigures") -> None:
        """Say nothing of figures."""


class Occasional:
    """Lines for logs: none of what is soon done."""

    def __init__(
        self, futures: int, compiling: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._done, self._doing = futures, 0, DOING
        self._compiling, self._clock = compiling, clock
        self._begun, self._done_then = clock(), 0
        self._long = self._next = self._begun + FIRST
        self._preliminary = False

    def __call__(self, done: int, more: int = 0, doing: str = "") -> None:
        """Hear of progress, and say so if it is time."""
        self._done, self._total, self._doing = self._done + done, self._total + more, doing or self._doing
        now, compiling = self._clock(), self._compiling()
        if compiling:  # the rate of SimPy says nothing of what follows
            self._begun, self._done_then = now, self._done
        if now >= self._next and self._done > (0 if compiling else self._done_then):
            self._next = now + EVERY
            left = "the simulator is being compiled" if compiling else f"about {self._left(now)} left"
            click.echo(f"{capitalised(self._doing)}: {self._done / self._total:.0%} done, {left}", err=True)

    def early(self, figures: "EarlyFigures") -> None:
        """Print the first figures of a run that takes long, and those that are final; the line tells how far it is."""
        long = self._compiling() or self._clock() >= self._long
        if long and (figures.final or not self._preliminary):
            from sim.cli.terminal import Screen, early

            Screen(stderr=True).print(early(figures))
            self._preliminary = True

    def _left(self, now: float) -> str:
        """The time left at the rate so far, or since the compiled engine took over."""
        seconds = (self._total - self._done) * (now - self._begun) / (self._done - self._done_then)
        return counted(round(seconds), "seconds") if seconds < 90.0 else counted(round(seconds / 60.0), "minutes")
