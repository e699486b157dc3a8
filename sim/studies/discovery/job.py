"""Discovery in one scenario: futures labelled by a target, the boxes in which they miss it, and the signposts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sim.bottlenecks.shares import CAUSES, USES
from sim.engine.results import SERIES, Batch
from sim.engine.storage import chunk_store, result_folder
from sim.engine.storage.chunk_store import Chunks
from sim.engine.tasks import Task
from sim.language.values import shown
from sim.measures.gate_language import Gate
from sim.measures.gates import misses
from sim.requests import DiscoveryRequest
from sim.runs.run import month_ends
from sim.studies.discovery import analysis, box_views
from sim.studies.discovery.page import page
from sim.studies.discovery.results import Discovery
from sim.studies.study import Study, gate_of, key_of, published, study_of
from sim.template.assemble import Template
from sim.template.variation import inputs_of

MONTHS = 4000
"""Futures whose months are looked at for signposts."""

PARTS = {f"{use}_{cause}" for use in USES for causes in CAUSES.values() for cause in causes}
"""Series that part a shortfall by cause; nobody sees these from outside, so they are no signposts."""

SEEN = [i for i, name in enumerate(SERIES) if name not in PARTS]


@dataclass
class Early:
    """What the world sees of the first futures before the reporting window ends, kept beside their outcomes."""

    store: Chunks
    months: list[str]
    """The last days of these months."""
    blocks: dict[int, Any] = field(default_factory=dict)
    """By the first future of a chunk, shape (futures, months, SEEN)."""

    def is_cached(self, task: Task) -> bool:
        """Whether it is in the store, or not wanted of these futures."""
        batch = self.store.read(self._name(task), task.n) if task.first < MONTHS else None
        if batch is not None:
            self.blocks[task.first] = batch
        return task.first >= MONTHS or batch is not None

    def keep(self, task: Task, batch: Batch) -> None:
        """Keep what is wanted of futures that ran."""
        if task.first < MONTHS:
            self.blocks[task.first] = batch.series[:, : len(self.months), SEEN]
            self.store.keep(self._name(task), self.blocks[task.first])

    def _name(self, task: Task) -> str:
        return chunk_store.part_name(task.tag, f"{len(self.months)} months of {[SERIES[i] for i in SEEN]}")


def discover(request: DiscoveryRequest, progress: Callable[..., None]) -> tuple[Discovery, result_folder.Published]:
    """Run what has not run before, label, search; write `discovery.json`, `discovery.md` and the page."""
    target = gate_of(request.target)
    with study_of(request, progress) as study:
        discovery = _discovered(study, target)
        key = key_of(study, "discovery", {"target": target.text})
        documents = {
            "discovery.json": discovery.as_json(),
            "discovery.md": "\n".join([*discovery.lines(), ""]),
            "report.html": page(discovery, request.command, key.digest),
        }
        return discovery, published(request, "discovery", key, documents)


def _discovered(study: Study, target: Gate) -> Discovery:
    template, futures = study.template, study.request.futures
    columns = inputs_of(template)
    names = sorted(columns)
    inputs = study.draw()
    until, months = _window(template)
    early = Early(study.store, months)
    missed = misses(target, study.outcomes(study.numbered(template, inputs), futures, early))
    x = inputs[:, [columns[name][0] for name in names]]
    boxes = analysis.discover(names, x, missed)
    tree = analysis.tree(names, x, missed) if 0.0 < missed.mean() < 1.0 else []
    blocks = [early.blocks[first] for first in sorted(early.blocks)]
    return Discovery(
        template.scenario,
        target.text,
        futures,
        float(missed.mean()),
        tuple(boxes),
        tuple(box_views.ranges(box, x) for box in boxes),
        box_views.cloud(names, boxes[0], tree, x, missed) if boxes else None,
        tuple(tree),
        tuple(analysis.signposts(blocks, [SERIES[i] for i in SEEN], months, missed[: sum(map(len, blocks))])),
        until,
    )


def _window(template: Template) -> tuple[date, list[str]]:
    """The last day of the reporting window, and the last days of its months."""
    scenario = template.scenario
    value = scenario.values["window.reporting_until"]
    last = shown(value.spec.value, value.field, scenario.start)  # type: ignore[union-attr]
    ends = month_ends(scenario, int(template.record["counts"][0, 0]["months"]))
    return date.fromisoformat(last) - timedelta(days=1), [day for day in ends if day < last]
