"""What a future costs by page of the world, and how many events of each kind it has."""

import cProfile
import pstats
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.engine import simpy_engine, tasks
from sim.language.documents import Document
from sim.language.events import EVENTS
from sim.template.assemble import Template
from sim.world.course import events


@dataclass(frozen=True)
class Pages(Document):
    """What a future costs by page of the world: shares of the time under SimPy; events of a future by kind.

    The compiler melts the pages into one function, so its time cannot be divided by page; the shares are SimPy's.
    """

    shares: dict[str, float]
    events: dict[str, float]

    def text(self) -> str:
        """A line for each page and for each kind of event, the dearest first."""
        pages = [f"{page:<22}{share:>10.1%} of the time under SimPy" for page, share in self.shares.items()]
        kinds = [f"{kind:<22}{number:>10,.1f} events a future" for kind, number in self.events.items()]
        return "\n".join([*pages, "", *kinds])


def by_page(template: Template, futures: int) -> Pages:
    """Run futures under SimPy with a profiler and an event log."""
    seen: Counter[str] = Counter()
    drawn = template.draw(1, 0, futures), tasks.seeds(1, 0, futures)
    with cProfile.Profile() as profile:
        simpy_engine.run(
            template.record,
            template.addresses,
            *drawn,
            np.zeros(1, np.int64),
            lambda _, log: seen.update(EVENTS[row[1]].name for row in log),
        )
    home = Path(events.__file__).parents[1]
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        page = Path(file)
        spent[page.stem if home in page.parents else "engine and language"] += own
    total = spent.total()
    return Pages(
        {page: own / total for page, own in spent.most_common() if own > 0.0},
        {kind: number / futures for kind, number in seen.most_common()},
    )
