"""A recorder of one future: what stood before each event and after it, so that the difference can be told.

It looks at few things: where orders stand, which rules are in force, the climate, how far campaigns and talks are, what
has happened, and whether money or tokens are short. It only looks; the future is the same with and without it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sim.engine.simpy_engine import LogRow, SimpyFuture
from sim.measures.thing_names import Names
from sim.measures.wording import capitalised
from sim.scenario.scenario import Scenario
from sim.story.entries import Entry
from sim.world.company import ledger
from sim.world.purchasing.orders import DELIVERED


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at one moment. Orders by slot, those that have ended left out before the event."""

    stages: dict[int, int]
    clearances: dict[int, int]
    """Of each order the clearance at which it stands, or stood last."""
    paid: dict[int, float]
    placed: int
    in_force: tuple[int, ...]
    phases: tuple[int, ...]
    happened: tuple[int, ...]
    talks: int
    raised: float
    saves: int
    insolvent: int
    cash: float
    rented: float
    climate: float
    restarts: tuple[int, ...]
    rationed: bool


@dataclass(frozen=True)
class Scene:
    """One event, with what stood before and after it."""

    names: Names
    future: Any
    day: float
    kind: int
    subject: int
    amount: float
    before: Standing
    after: Standing

    @property
    def date(self) -> date:
        """The day of the event."""
        return self.names.scenario.start + timedelta(days=self.day)

    def entry(self, page: str, text: str, weight: int, spell: str = "", depth: int = 0) -> Entry:
        """What happened, as it is told: a sentence with a capital letter."""
        return Entry(self.date, page, capitalised(text), weight, spell, depth)

    def moved(self) -> Iterator[tuple[int, int | None, int]]:
        """Orders that moved to another stage or office: slot, stage before (None for a new one), stage after."""
        for slot, stage in self.after.stages.items():
            before = self.before.stages.get(slot)
            if stage != before or self.after.clearances[slot] != self.before.clearances[slot]:
                yield slot, before, stage


Sentences = Callable[[Scene], Iterator[Entry]]


@dataclass
class Recorder:
    """Sees every event of one future and keeps what is said of it, and the scenes themselves for a trace."""

    scenario: Scenario
    sentences: Sentences
    entries: list[Entry] = field(default_factory=list)
    steps: list[tuple[float, Standing]] = field(default_factory=list)
    """Day and standing after each event that moved anything."""
    under_way: dict[int, int] = field(default_factory=dict)
    """Orders that have not ended, by slot, with their stage."""

    def __post_init__(self) -> None:
        self.names = Names(self.scenario)

    def __call__(self, future: SimpyFuture, row: LogRow) -> Callable[[bool], None]:
        """Before an event: notes how things stand; what it returns tells the difference."""
        before = self._standing(future)
        if not self.steps:
            self.steps.append((0.0, before))

        def seen(held: bool) -> None:
            after = self._standing(future)
            if held:
                self.entries.extend(self.sentences(Scene(self.names, future, *row, before, after)))
            if after != before:
                self.steps.append((row[0], after))
            self.under_way = {slot: stage for slot, stage in after.stages.items() if stage < DELIVERED}

        return seen

    def _standing(self, future: Any) -> Standing:
        """How things stand now, of all orders that had not ended before the event or are new."""
        lab, financing, counts = future.lab[0], future.financing[0], future.counts[0]
        placed = self.steps[-1][1].placed if self.steps else 0
        slots = [*self.under_way, *range(placed, lab.orders)]
        orders = {slot: future.orders[slot] for slot in slots}
        return Standing(
            {slot: order.stage for slot, order in orders.items()},
            {slot: order.clearance for slot, order in orders.items()},
            {slot: order.paid for slot, order in orders.items()},
            lab.orders,
            tuple(future.rules[r].in_force for r in range(counts.rules)),
            tuple(future.campaigns[c].phase for c in range(counts.campaigns)),
            tuple(future.happenings[h].happened for h in range(counts.happenings)),
            financing.stage,
            financing.raised,
            lab.austerity,
            lab.insolvent,
            ledger.cash(future),
            sum(future.offers[o].on_rent for o in range(counts.offers)),
            future.climate[0].state,
            tuple(future.stacks[s].restarts for s in range(counts.stacks)),
            future.serving[0].spell > 0.0,
        )
