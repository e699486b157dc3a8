"""A tale: one future told as dated events in plain sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.language.documents import Document
from sim.language.events import ROUTINE

LONGEST_GAP = timedelta(days=92)
"""Spells of the same kind that are no further apart are told as one."""


@dataclass(frozen=True, slots=True)
class Entry(Document, keys="date=day page text weight"):
    """One event: its day, the page of the world it belongs to, what happened, and how much it mattered.

    `spell` names what begins with it, changes or is over; `depth` how bad that is, 0 when it is over.
    """

    day: date
    page: str
    text: str
    weight: int
    spell: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Tale(Document, keys="scenario future label entries"):
    """One future. `label` says why it was chosen: `future 17`, `p5 of next flagship, delay`."""

    scenario: str
    future: int
    label: str
    entries: tuple[Entry, ...]

    def shown(self, everything: bool = False) -> tuple[Entry, ...]:
        """What mattered, each spell as one entry; or everything; by day."""
        return self.entries if everything else _whole(entry for entry in self.entries if entry.weight > ROUTINE)

    def as_json(self, everything: bool = True) -> dict[str, object]:
        """With every entry, or what mattered."""
        return Document.as_json(replace(self, entries=self.shown(everything)))


@dataclass
class _Spell:
    """A spell that is being told: where its entry stands, its worst, since when it is over (None: it is not)."""

    place: int
    worst: Entry
    stages: int = 1
    over: date | None = None
    breaks: bool = False

    def with_ending(self, first: Entry) -> Entry:
        """The entry with which it began, with its worst, and until when it lasts."""
        notes = ["at the worst"] * (self.stages > 1)
        notes.append(f"until {self.over}" if self.over else "to the end")
        text = f"{self.worst.text} ({'; '.join(notes)}{', with breaks' * self.breaks})"
        return replace(first, text=text)


def _whole(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries with each spell as one, on the day it begins."""
    kept: list[Entry] = []
    spells: list[_Spell] = []
    last: dict[str, _Spell] = {}
    for entry in entries:
        spell = last.get(entry.spell)
        if not entry.spell:
            kept.append(entry)
        elif spell is None or (spell.over and entry.day - spell.over > LONGEST_GAP):
            last[entry.spell] = _Spell(len(kept), entry)
            spells.append(last[entry.spell])
            kept.append(entry)
        elif not entry.depth:
            spell.over = entry.day
        else:
            spell.breaks |= spell.over is not None
            spell.stages += entry.depth != spell.worst.depth
            spell.worst = max(spell.worst, entry, key=lambda each: each.depth)
            spell.over = None
    for spell in spells:
        kept[spell.place] = spell.with_ending(kept[spell.place])
    return tuple(kept)


def by_page(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries under the page of the world they belong to, pages in the order of their first event."""
    pages: dict[str, list[Entry]] = {}
    for entry in entries:
        pages.setdefault(entry.page, []).append(entry)
    return pages
