"""What discovery comes to: the boxes in which a target is missed, a tree's opinion, and what shows a miss early."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sim.language.counting import counted
from sim.language.documents import Document
from sim.measures.input_text import named, written
from sim.measures.wording import amount, day_text, listed, month_text, percent_text
from sim.scenario.scenario import Scenario
from sim.studies.discovery.analysis import DescribedBox, Signpost, Split, lift_shown
from sim.studies.discovery.box_views import Cloud, Range
from sim.world.course.future import SERIES

_BOOK = {column.name: column.field for column in SERIES}

UNITS = {"number": "", "day": "days"}
"""Units of the books that read otherwise in a sentence; what is counted stands in the meaning."""

ASKED_FIRST = 3
"""Questions of the tree that are shown: the first two levels."""


@dataclass(frozen=True)
class Discovery(Document, keys="scenario=name target futures missed boxes tree signposts"):
    """What is said of a scenario and a target. `ranges` are of the limits of each box, in their order."""

    scenario: Scenario
    target: str
    futures: int
    missed: float
    boxes: tuple[DescribedBox, ...]
    ranges: tuple[tuple[Range, ...], ...]
    cloud: Cloud | None
    tree: tuple[Split, ...]
    signposts: tuple[Signpost, ...]
    until: date
    """The last day of the reporting window."""

    @property
    def name(self) -> str:
        """The scenario's."""
        return self.scenario.name

    @property
    def headline(self) -> str:
        """How often the target is missed, and how much more often in the first box."""
        often = f"The target is missed in {percent_text(self.missed)} of {counted(self.futures, 'futures')}"
        if not self.boxes:
            return f"{often}."
        first, *others = self.conditions(self.boxes[0])
        more = (
            f" and {counted(len(others), 'more conditions')} hold"
            if len(others) > 1
            else "".join(f" and {each}" for each in others)
        )
        return f"{often}, and in {percent_text(self.boxes[0].box.density)} of those in which {first}{more}."

    def conditions(self, text: DescribedBox) -> list[str]:
        """The limits of a box in words."""
        box = text.box
        return [
            f"{named(self.scenario, name)} is {self.limit(name, box.low[column], box.high[column])}"
            for name, column in zip(text.names, box.limited, strict=True)
        ]

    @property
    def answer(self) -> tuple[str, ...]:
        """Where it is missed, a sentence or two for each box."""
        if self.missed in (0.0, 1.0):
            every = "every" if self.missed else "no"
            return (f"It does not vary in these futures: {every} future misses it, so there is nothing to explain.",)
        if not self.boxes:
            lift = lift_shown(self.futures, self.missed)
            return (
                "No region of the assumptions stands out. One with a fifth of the futures would have been found if the "
                f"target were missed about {lift:.1f} times as often there as on the whole.",
            )
        return tuple(self.sentence(box) for box in self.boxes)

    def sentence(self, text: DescribedBox) -> str:
        """A box in words."""
        box = text.box
        where = listed(self.conditions(text))
        return (
            f"The target is missed in {percent_text(box.density)} of futures in which {where} "
            f"({percent_text(box.mass)} of futures, {percent_text(box.coverage)} of misses; counted in the half of the "
            "futures that did not choose it)."
        )

    def limit(self, name: str, low: float, high: float) -> str:
        """The limits of one input in words."""
        below, above = (written(self.scenario, name, end) if math.isfinite(end) else "" for end in (low, high))
        if below and above:
            return f"from {below} to {above}"
        return f"at least {below}" if below else f"at most {above}"

    @property
    def asks(self) -> tuple[str, ...]:
        """At which values the tree asks its first questions."""
        return tuple(written(self.scenario, split.name, split.at) for split in self.tree[:ASKED_FIRST])

    @property
    def agreed(self) -> int:
        """How many of the first questions are about an input that limits a box."""
        limited = {name for box in self.boxes for name in box.names}
        return sum(split.name in limited for split in self.tree[:ASKED_FIRST])

    def early(self, post: Signpost) -> str:
        """How long before the end of the reporting window a signpost stands."""
        days = (self.until - date.fromisoformat(post.month)).days
        return f"{counted(round(days / 30.44), 'months')} before {day_text(self.until)}"

    def tells(self, post: Signpost) -> str:
        """What a signpost says, in a sentence."""
        return (
            f"{watched(post)} {threshold(post)} points to a miss: it catches {percent_text(post.caught)} of misses, "
            f"with false alarms in {percent_text(post.false_alarms)} of the other futures."
        )

    def lines(self) -> Iterator[str]:
        """What is found, in sentences."""
        yield f"{self.name}: {self.headline} (`{self.target}`)"
        if not self.boxes:
            yield from self.answer
        for box in self.boxes:
            yield ""
            yield self.sentence(box)
            for name, p, again in zip(box.names, box.quasi_p, box.recurrence, strict=True):
                yield f"  {name}: by chance {p:.1g}; found in {percent_text(again)} of random halves"
        if self.tree:
            yield ""
            questions = "; ".join(f"{split.name} at {at}" for split, at in zip(self.tree, self.asks, strict=False))
            yield f"A classification tree asks first: {questions}."
        if self.signposts:
            yield ""
            yield "Signposts, the earliest first:"
        for post in self.signposts:
            yield f"  {month_text(date.fromisoformat(post.month))}: {self.tells(post)}"


def watched(post: Signpost) -> str:
    """What a signpost watches, in the words of the books."""
    return _BOOK[post.series].meaning


def threshold(post: Signpost) -> str:
    """At which value a signpost points to a miss."""
    side = "at or below" if post.below else "at or above"
    declared = _BOOK[post.series].unit
    return f"{side} {amount(post.at, UNITS.get(declared, declared))}".strip()
