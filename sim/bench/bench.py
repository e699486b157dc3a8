"""All of speed in one run."""

from dataclasses import dataclass
from pathlib import Path

from sim.bench.futures import FutureCosts, future_costs
from sim.bench.pages import Pages, by_page
from sim.bench.runs import Growth, Stages, Waiting, growth, stages, waiting
from sim.engine.storage.fingerprints import model_hash
from sim.language.documents import Document
from sim.runs.run import read
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT


@dataclass(frozen=True)
class Bench(Document):
    """What was measured; `model`: the hash of the source."""

    model: str
    futures: FutureCosts
    stages: Stages
    waiting: Waiting
    growth: Growth | None
    pages: Pages | None

    def text(self) -> str:
        """For the terminal."""
        parts = (self.futures, self.waiting, self.stages, self.growth)
        text = "\n".join(part.text() for part in parts if part)
        return f"{text}\n\n{self.pages.text()}" if self.pages else text


def measure(scenario: Path, futures: int, simpy_futures: int, pages: bool, million: bool) -> Bench:
    """Measure a scenario: single futures in one thread, then runs of it. Raises InputError."""
    template = assemble(read(scenario, (), ()), LAYOUT)
    costs = future_costs(template, futures, simpy_futures)
    return Bench(
        model_hash(),
        costs,
        stages(scenario, futures, costs),
        waiting(scenario),
        growth(scenario) if million else None,
        by_page(template, simpy_futures) if pages else None,
    )
