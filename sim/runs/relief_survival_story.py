"""Relief, survival and stories of one scenario, from its file to what is found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sim.bottlenecks import relief as easing
from sim.bottlenecks import variants
from sim.bottlenecks.relief import Relief
from sim.bottlenecks.survival import Survival
from sim.bottlenecks.survival import table as survival_table
from sim.engine.storage import result_folder
from sim.engine.storage.result_folder import Published
from sim.errors import InputError, Place, Problem
from sim.findings import markdown
from sim.language.counting import counted
from sim.language.yaml_nodes import number_text
from sim.runs import run as running
from sim.runs.run import Request
from sim.story import story as story_of
from sim.template.assemble import Template

Told = Callable[..., None]

WORST = "train_short"
"""The measure by which a future is the worst, if nobody says."""


@dataclass(frozen=True)
class Chosen:
    """Which future is told: its number, or the one near a quantile of a measure, or the worst by a measure."""

    future: int | None
    near: str | None
    worst: str | None


@dataclass(frozen=True)
class Stop:
    """What survival asks: a stop from a day on (None: the day of the last news), for so many days, and the level."""

    at: date | None
    lasting: int
    level: float


def relief(request: Request, told: Told) -> tuple[Relief, Published]:
    """Ease and remove each cause; write the folder."""
    template = running.template_of(request)
    told(0, request.futures * variants.relief_runs())
    found = variants.relief(template, request.luck(request.futures), told)
    return found, _published(request, template, "relief", found.as_json(), easing.table(found), markdown.relief(found))


def survival(request: Request, stop: Stop, told: Told) -> tuple[tuple[Survival, ...], Published]:
    """Stop each source in turn; write the folder. Raises InputError for a day on which nothing can stop."""
    template = running.template_of(request)
    start, end = template.scenario.start, template.scenario.end
    if stop.at and not start <= stop.at < end:
        message = f"{stop.at} is no day of this scenario, which goes from {start} to {end}"
        raise InputError([Problem(Place("--at", 1, 1), "", message)])
    told(0, request.futures * variants.survival_runs(template))
    found = variants.survivals(
        template,
        request.luck(request.futures),
        told,
        stop.at or max(start, template.scenario.as_of),
        stop.lasting,
        stop.level,
    )
    rows = [each.as_json() for each in found]
    name = f"survival-{stop.lasting}-{number_text(stop.level)}" + (f"-{stop.at.isoformat()}" if stop.at else "")
    table, text = survival_table(found), markdown.survival(found)
    return found, _published(request, template, name, {"sources": rows}, table, text)


def story(request: Request, chosen: Chosen, told: Told) -> story_of.Told:
    """Tell one future; futures are simulated first if it is to be chosen among them."""
    template = running.template_of(request)
    if chosen.future is not None:
        return story_of.tell(template, request.seed, chosen.future, f"future {chosen.future}")
    worst = WORST if chosen.worst is None else chosen.worst
    try:
        label = story_of.worst_text(worst) if chosen.near is None else story_of.near_text(chosen.near)
    except ValueError as error:
        option = "--worst" if chosen.near is None else "--near"
        raise InputError([Problem(Place(option, 1, 1), "", str(error))]) from error
    outcomes = running.simulate(request, template, told).outcomes
    number = story_of.worst(worst, outcomes) if chosen.near is None else story_of.near(chosen.near, outcomes)
    return story_of.tell(
        template, request.seed, number, f"{label}, of {counted(len(outcomes), 'futures')}: future {number}"
    )


def _published(
    request: Request, template: Template, name: str, document: dict[str, object], table: Any, text: str
) -> Published:
    """A folder beside those of the scenario's runs, with the findings in three forms."""
    key = result_folder.RunKey(template.scenario.canonical(), request.seed, request.first, request.futures)
    folder = request.out / result_folder.name_of(request.scenario) / f"{name}-{key.digest}"
    head = {"scenario": template.scenario.name, "seed": request.seed, "futures": request.futures}

    def fill(new: Path) -> None:
        stem = name.split("-")[0]
        result_folder.write_json(new / f"{stem}.json", head | document)
        result_folder.write_csv(new / f"{stem}.csv", table)
        result_folder.write_text(new / f"{stem}.md", text + "\n")

    return result_folder.published(folder, fill, key, {"workers": request.workers})
