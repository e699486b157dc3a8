"""What sensitivity comes to: of each measure what moves it and how much is luck, and where the finding turns."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.language.counting import counted
from sim.language.documents import Document
from sim.measures.gate_language import Gate
from sim.measures.input_text import named, titled, written
from sim.measures.intervals import Interval, widening
from sim.measures.measures import Measure, amount_of
from sim.measures.thing_names import LONGEST_NAME
from sim.measures.wording import amount, capitalised, clipped, likelihood, listed, percent_text
from sim.scenario.scenario import Scenario
from sim.studies.sensitivity.analysis import LUCK, REST, Index, noise_floor
from sim.studies.sensitivity.tipping import Tipping
from sim.template.blocks import STARTING

SHOWN = 12
"""Assumptions shown for each measure."""

SHOWN_WITHIN = 5
"""Inputs shown for each block."""


NONE_SEEN = 1e-5
"""A share below which an interval around nothing says only that nothing moved in these futures."""


def caveats(method: str, n: int, dependent: bool) -> str:
    """What shares over `n` futures do and do not say; `dependent`: some inputs depend on others."""
    if method == "given":
        chance = 100.0 * noise_floor(n)
        said = f"Slices of an assumption that does nothing would explain {chance:.2g}% by chance; that is taken off."
        if dependent:
            said += (
                " Shares of assumptions that are correlated, or matched to history together, do not add up: "
                "each has what it explains through the others too."
            )
        return said
    if not dependent:
        return ""
    said = "Inputs that are correlated, or matched to history together, are exchanged as one block."
    return f"{said} The Shapley effects of its inputs add up to the block's total." if method == "sobol" else said


@dataclass(frozen=True)
class Finding(Document, keys="measure=measure.name constant aleatory_share=aleatory indices risk_events"):
    """What is said of one measure.

    `aleatory` is the share of its variance that luck makes; None where that was not asked, or where there is none.
    `constant`: its value in all futures where it does not vary, else None. `events`: the share of the variance that
    each makes; None where there is none.
    """

    measure: Measure
    indices: tuple[Index, ...]
    aleatory: Interval | None
    events: tuple[tuple[str, Interval | None], ...]
    constant: float | None = None

    @property
    def risk_events(self) -> list[dict[str, object]]:
        """Its events, by the names of result files."""
        return [{"event": event, "total": total} for event, total in self.events]

    @property
    def leading(self) -> Index | None:
        """The assumption that matters most, if any does beyond chance."""
        return next((each for each in self.indices if each.name not in (LUCK, REST) and self.sure(each)), None)

    def sure(self, index: Index) -> bool:
        """Whether an assumption does more than chance would give one of so many, in 95% of samples (Bonferroni)."""
        many = sum(1 + len(each.within) for each in self.indices)
        return index.weight > widening(many) * index.error

    def extent(self, index: Index) -> str:
        """How much an assumption does."""
        if index.effect is not None:
            return f"{amount(index.effect.value, self.measure.unit)} where it is drawn again"
        alone = "by itself" if index.total is None else "alone and with others"
        return f"{percent_text(index.weight)} of the variance {alone}"

    def size(self, index: Index) -> str:
        """How much an assumption does, and which way."""
        return self.extent(index) + (f", {way_text(index)}" if index.direction else "")


@dataclass(frozen=True)
class Sensitivity(Document, keys="scenario=name method futures=ran measures=findings tipping_values=turns"):
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
    caveats: str = ""
    """What its shares do not say."""

    @property
    def turns(self) -> tuple[Tipping, ...]:
        """The leading assumptions that turn the finding."""
        return tuple(each for each in self.tippings if each.turns)

    @property
    def answer(self) -> tuple[str, ...]:
        """What moves the first measure most, how much of it is luck, and what would turn the finding."""
        first = self.findings[0]
        return f"{first.measure.title}: {self.most(first)}.", self.turning

    @property
    def headline(self) -> str:
        """What the first measure hinges on most."""
        first = self.findings[0]
        title, index = first.measure.title, first.leading
        if first.constant is not None:
            return f"{title} {constant_text(first.measure, first.constant)}."
        if index is None:
            return f"No assumption moves {title[:1].lower()}{title[1:]} more than chance would."
        return f"{title} hinges most on {self.named(index)}: {first.extent(index)}."

    def most(self, finding: Finding) -> str:
        """What moves a measure most, and how much of it is luck; or that it does not vary."""
        if finding.constant is not None:
            return constant_text(finding.measure, finding.constant)
        luck = (
            [] if finding.aleatory is None else [f"chance makes {percent_text(finding.aleatory.value)} of its variance"]
        )
        index = finding.leading
        if index is None:
            return "; ".join(["moved by no assumption more than by chance", *luck])
        return "; ".join([f"moved most by {self.named(index)}, {finding.size(index)}", *luck])

    def named(self, index: Index) -> str:
        """An assumption in a sentence, with what it means."""
        title, of = title_of(self.scenario, index)
        return f"{title[:1].lower()}{title[1:]} ({of})" if of else title

    @property
    def turning(self) -> str:
        """What would turn the finding: the target, or the main bottleneck of training."""
        if all(finding.constant is not None for finding in self.findings):
            return "No measure here varies, so no assumption leads, and none was tried for tipping points."
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

    def lines(self) -> Iterator[str]:
        """What the terminal shows."""
        yield f"{self.name}: {self.method}, {counted(self.ran, 'futures')} run"
        yield from self.answer
        if self.caveats:
            yield self.caveats
        for each in self.findings:
            yield ""
            yield each.measure.title
            if each.constant is not None:
                yield f"  {constant_text(each.measure, each.constant)}"
            if each.aleatory is not None:
                yield f"  chance makes {share_text(each.aleatory)} of the variance; the rest is what is not known"
            for index in each.indices[:SHOWN]:
                yield f"  {_index_text(index, each.measure)}"
                for part in index.within[:SHOWN_WITHIN]:
                    yield f"    of which {_index_text(part, each.measure)}"
            for event, total in each.events:
                how = "" if total is None else " by occurrence and size together"
                yield f"  event {event}: {event_text(total)}{how}"
        if self.turns:
            yield ""
            yield "Tipping points (each assumption alone, the others varying as sampled)"
        for turn in self.turns:
            sides = "; ".join(f"{where} it is {becomes}" for where, becomes in self.sides(turn))
            yield f"  {turn.name}: {turn.usual}; {sides}"


def constant_text(measure: Measure, value: float) -> str:
    """That a measure does not vary, and what it is."""
    each = likelihood(value) if measure.kind == "flag" else f"{amount_of(measure, value)} in each"
    return f"does not vary in these futures ({each})"


def event_text(total: Interval | None) -> str:
    """The share of a measure's variance that an event makes."""
    return "does not vary" if total is None else share_text(total)


def share_text(share: Interval) -> str:
    """A share of a measure's variance, with its interval; of nothing that happened there is none."""
    if share.value == 0.0 and share.high < NONE_SEEN:
        return "none seen"
    value, low, high = (percent_text(min(max(0.0, end), 1.0)) for end in (share.value, share.low, share.high))
    return f"{value} ({low} to {high})"


def effect_text(effect: Interval, measure: Measure) -> str:
    """The mean size of a change, with its interval."""
    value, low, high = (amount(max(0.0, end), measure.unit) for end in (effect.value, effect.low, effect.high))
    return f"{value} ({low} to {high})"


def title_of(scenario: Scenario | None, index: Index) -> tuple[str, str]:
    """What an input or a block of them is, and what of, as titles."""
    if index.name == REST:
        return capitalised(index.name), "those not looked at one by one, as one"
    if len(index.paths) < 2:
        return titled(scenario, index.name)
    name = index.name if index.name == STARTING else listed([titled(scenario, path)[0] for path in index.paths])
    return clipped(capitalised(name), LONGEST_NAME), f"{counted(len(index.paths), 'inputs')} as one"


def way_text(index: Index) -> str:
    """Which way an assumption works; nothing where a method does not say."""
    if not index.direction:
        return ""
    return "more of it raises this" if index.direction > 0.0 else "more of it lowers this"


def _index_text(index: Index, measure: Measure) -> str:
    shares = (("alone ", index.first), ("in all ", index.total), ("", index.shapley))
    parts = [f"{what}{share_text(share)}" for what, share in shares if share is not None]
    if index.effect is not None:
        parts.append(f"changes it by {effect_text(index.effect, measure)}")
    if index.direction:
        parts.append(way_text(index))
    return f"{index.name}: {', '.join(parts)}"
