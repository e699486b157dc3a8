"""A tale: one future told as dated events in plain sentences, grouped by page of the world."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

TURN, NOTABLE, ROUTINE = 2, 1, 0
"""What an event meant: it changed the course, it can be seen in the numbers, or it is one of many alike."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its day, the page of the world it belongs to, what happened, and how much it mattered."""

    day: date
    page: str
    text: str
    weight: int

    def as_json(self) -> dict[str, object]:
        """For the page's timeline; keys always in this order."""
        return {"date": self.day.isoformat(), "page": self.page, "text": self.text, "weight": self.weight}


@dataclass(frozen=True, slots=True)
class Tale:
    """One future. `label` says why it was chosen: `future 17`, `p5 of next flagship, delay`."""

    scenario: str
    future: int
    label: str
    entries: tuple[Entry, ...]

    def told(self, everything: bool = False) -> tuple[Entry, ...]:
        """What mattered, or everything; by day."""
        return tuple(entry for entry in self.entries if everything or entry.weight > ROUTINE)

    def as_json(self, everything: bool = True) -> dict[str, object]:
        """For result files; keys always in this order."""
        return {
            "scenario": self.scenario,
            "future": self.future,
            "label": self.label,
            "entries": [entry.as_json() for entry in self.told(everything)],
        }


def by_page(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries under the page of the world they belong to, pages in the order of their first event."""
    pages: dict[str, list[Entry]] = {}
    for entry in entries:
        pages.setdefault(entry.page, []).append(entry)
    return pages
