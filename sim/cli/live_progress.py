"""Progress on a terminal: one line that is rewritten in place, and above it the early figures, once there are some."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich import progress as bars
from rich.console import Console, RenderableType
from rich.text import Text

from sim.cli.terminal import early
from sim.engine.compiled.compiler import KERNELS
from sim.findings.early import EarlyFigures
from sim.measures.wording import capitalised


class _Remaining(bars.TimeRemainingColumn):
    """The time left, once there is a rate to work it out from."""

    def render(self, task: bars.Task) -> Text:
        return Text("compiling") if KERNELS.are_compiling() else Text.assemble(super().render(task), " left")


class _Display(bars.Progress):
    """What the terminal shows until the work ends."""

    figures: RenderableType = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        """The early figures, then the line."""
        if self.figures:
            yield self.figures
        yield from super().get_renderables()


class Live:
    """Hears of progress, and of early figures."""

    def __init__(self, display: _Display, futures: int, doing: str) -> None:
        self._display, self._task = display, display.add_task(doing, total=futures)

    def __call__(self, done: int, more: int = 0, doing: str = "") -> None:
        """Hear of progress."""
        shown = self._display.tasks[0]
        words = capitalised(doing) or shown.description
        self._display.update(self._task, advance=done, total=(shown.total or 0) + more, description=words)

    def early(self, figures: EarlyFigures) -> None:
        """Show figures in place of those before."""
        self._display.figures = early(figures)
        self._display.refresh()


@contextmanager
def live(futures: int, doing: str) -> Iterator[Live]:
    """Progress over so many futures and those announced later, gone when the work ends, however it ends."""
    columns = (bars.TextColumn("{task.description}", markup=False), bars.BarColumn(20), bars.TaskProgressColumn())
    console = Console(stderr=True)
    with _Display(*columns, _Remaining(compact=True), console=console, transient=True) as display:
        yield Live(display, futures, doing)
