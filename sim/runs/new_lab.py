"""A new lab: the file that a user begins with, and which of its numbers matter most."""

from collections.abc import Callable
from pathlib import Path

from sim.report.contents import Assumption
from sim.requests import RunRequest
from sim.runs.page_contents import ranking
from sim.runs.run import simulate, template_of
from sim.scenario.reading.facts import FOLDER

TEMPLATE = FOLDER / "templates" / "lab.yaml"

MOST = 10
"""Numbers that are named."""


def text() -> str:
    """The file that a user begins with."""
    return TEMPLATE.read_text(encoding="utf-8")


def what_matters(path: Path, futures: int, progress: Callable[..., None]) -> tuple[Assumption, ...]:
    """The numbers of a scenario that move training or serving most, beyond chance in so many futures."""
    request = RunRequest(path, futures=futures, split=0, relief=0)
    template = template_of(request)
    done = simulate(request, template, progress)
    moving = [each for each in ranking(template, done.results.inputs, done.outcomes) if each.moves]
    return tuple(sorted(moving, key=lambda each: (-each.weight, each.path))[:MOST])
