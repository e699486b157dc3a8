"""What sensitivity comes to: of each measure what moves it and how much is luck, and where the finding turns."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.language.counting import counted
from sim.scenario.scenario import Scenario
from sim.study.assumed import named, written
from sim.study.cubes import REST
from sim.study.gate_language import Gate
from sim.study.intervals import ALPHA, Interval, normal_quantile
from sim.study.measures import Measure, amount_of
from sim.study.sensitivity import LUCK, Index
from sim.study.tipping import Tipping
from sim.study.words import amount, likelihood, percent_text

SHOWN = 12
"""Assumptions of each measure that are told."""


@dataclass(frozen=True)
class Finding:
    """What is said of one measure.

    `aleatory` is the share of its variance that luck makes; None where that was not asked, or where there is none.
    `constant`: its value in all futures where it does not vary, else None. `events`: the share of the variance that
    each makes; None where there is none.
    """

    measure: Measure
    indices: tuple[Index, ...]
    aleatory: Interval | None
    events: tuple[tuple[str, float | None], ...]
    constant: float | None = None

    @property
    def leading(self) -> Index | None:
        """The assumption that matters most, if any does beyond chance."""
        return next((each for each in self.indices if each.name not in (LUCK, REST) and self.sure(each)), None)

    def sure(self, index: Index) -> bool:
        """Whether an assumption does more than what chance would give one of so many, with 95% odds (Bonferroni)."""
        wider = normal_quantile(ALPHA / max(1, len(self.indices))) / normal_quantile(ALPHA)
        return index.weight > wider * index.error

    def size(self, index: Index) -> str:
        """How much an assumption does, and which way."""
        way = f", {way_text(index)}" if index.direction else ""
        if index.effect is not None:
            return f"{amount(index.effect, self.measure.unit)} from one end to the other{way}"
        if index.total is not None:
            return f"{percent_text(index.weight)} of the variance with all that it does together with others{way}"
        return f"{percent_text(index.weight)} of the variance by itself{way}"


@dataclass(frozen=True)
class Sensitivity:
    """What is said of a scenario; `scenario` is None where only a sweep's table is at hand.

    `tippings`: of each leading assumption, the one that matters most to any measure first.
    """

    name: str
    scenario: Scenario | None
    method: str
    ran: int
    findings: tuple[Finding, ...]
    tippings: tuple[Tipping, ...]
    target: Gate | None

    @property
    def turns(self) -> tuple[Tipping, ...]:
        """The leading assumptions that turn the finding."""
        return tuple(each for each in self.tippings if each.turns)

    @property
    def answer(self) -> tuple[str, ...]:
        """What moves the first measure most, how much of it is luck, and what would turn the finding."""
        first = self.findings[0]
        return f"{first.measure.title}: {self.most(first)}.", self.turning

    def most(self, found: Finding) -> str:
        """What moves a measure most, and how much of it is luck; or that it does not vary."""
        if found.constant is not None:
            return constant_text(found.measure, found.constant)
        luck = [] if found.aleatory is None else [f"luck makes {percent_text(found.aleatory.value)} of its variance"]
        index = found.leading
        if index is None:
            return "; ".join(["moved by no assumption more than by chance", *luck])
        return "; ".join([f"moved most by {named(self.scenario, index.name)}, {found.size(index)}", *luck])

    @property
    def turning(self) -> str:
        """What would turn the finding: the target, or the main bottleneck of training."""
        if all(found.constant is not None for found in self.findings):
            return "No measure here varies, so no assumption leads, and none was tried for where the finding turns."
        if not self.tippings:
            return "No assumption is uncertain."
        usual = self.tippings[0].usual
        what = (
            f"The main bottleneck of training, {usual},"
            if self.target is None
            else f"The target, {usual} on the whole,"
        )
        if not self.turns:
            return f"{what} does not turn with any of the {len(self.tippings)} leading assumptions alone."
        turn, *others = self.turns
        sides = " and ".join(f"{where} it is {becomes}" for where, becomes in self.sides(turn))
        more = f", and {len(others)} more would turn it" if others else ""
        return f"{what} turns with {named(self.scenario, turn.name)}: {sides}{more}."

    def sides(self, turn: Tipping) -> Iterator[tuple[str, str]]:
        """Where the finding turns, and into what."""
        for side, at, becomes in (("below", turn.below, turn.becomes_below), ("above", turn.above, turn.becomes_above)):
            if at is not None:
                yield f"{side} {written(self.scenario, turn.name, at)}", becomes

    def as_json(self) -> dict[str, object]:
        """For `sensitivity.json`; keys always in this order."""
        return {
            "scenario": self.name,
            "method": self.method,
            "futures": self.ran,
            "measures": [_finding_json(found) for found in self.findings],
            "tipping_values": [found.as_json() for found in self.turns],
        }

    def lines(self) -> Iterator[str]:
        """What the terminal shows."""
        yield f"{self.name}: {self.method}, {counted(self.ran, 'futures')} run"
        yield from self.answer
        for each in self.findings:
            yield ""
            yield each.measure.title
            if each.constant is not None:
                yield f"  {constant_text(each.measure, each.constant)}"
            if each.aleatory is not None:
                yield f"  luck makes {luck_text(each.aleatory)} of the variance; the rest is what is not known"
            for index in each.indices[:SHOWN]:
                yield f"  {_index_text(index)}"
            for event, total in each.events:
                yield f"  event {event}: {event_text(total)} by occurrence and size together"
        if self.turns:
            yield ""
            yield "Where the finding turns (one assumption at a time, the others as they come)"
        for turn in self.turns:
            sides = "; ".join(f"{where} it is {becomes}" for where, becomes in self.sides(turn))
            yield f"  {turn.name}: {turn.usual}; {sides}"


def _finding_json(found: Finding) -> dict[str, object]:
    share = found.aleatory
    return {
        "measure": found.measure.name,
        "constant": found.constant,
        "aleatory_share": None if share is None else {"value": share.value, "low": share.low, "high": share.high},
        "indices": [index.as_json() for index in found.indices],
        "risk_events": [{"event": event, "total": total} for event, total in found.events],
    }


def constant_text(measure: Measure, value: float) -> str:
    """That a measure does not vary, and what it is."""
    each = likelihood(value) if measure.kind == "odds" else f"{amount_of(measure, value)} in each"
    return f"does not vary in these futures ({each})"


def event_text(total: float | None) -> str:
    """The share of a measure's variance that an event makes."""
    return "does not vary" if total is None else percent_text(total)


def luck_text(share: Interval) -> str:
    """The share of a measure's variance that is luck, with its interval."""
    low, high = percent_text(max(0.0, share.low)), percent_text(min(1.0, share.high))
    return f"{percent_text(share.value)} ({low} to {high})"


def way_text(index: Index) -> str:
    """Which way an assumption works; nothing where a method does not say."""
    if not index.direction:
        return ""
    return "more raises it" if index.direction > 0.0 else "more lowers it"


def _index_text(index: Index) -> str:
    parts = []
    if index.first is not None:
        parts.append(f"alone {percent_text(index.first)} ± {percent_text(index.first_error or 0.0)}")
    if index.total is not None:
        parts.append(f"in all {percent_text(index.total)} ± {percent_text(index.total_error or 0.0)}")
    if index.effect is not None:
        parts.append(f"effect {index.effect:.3g}")
    if index.direction:
        parts.append(way_text(index))
    return f"{index.name}: {', '.join(parts)}"
