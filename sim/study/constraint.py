"""What delays a campaign, and what a cause delays: the causal split read by campaign, and by cause."""

from collections.abc import Sequence

from sim.study.measures import Summary
from sim.study.split import Part, Split, amount
from sim.study.words import number, percent_text, with_unit

WORTH_NAMING = 0.05
"""Share of a shortfall below which a cause is not named."""

FLAGSHIPS = {"next_delay": "The next flagship", "second_delay": "The second flagship"}

COSTS = {
    "train_short": "of the training compute wanted",
    "unserved": "of the tokens wanted",
    "next_delay": "of the next flagship",
    "second_delay": "of the second flagship",
}
"""What a part is a part of, by measure."""


def campaign(found: Split, delay: Summary) -> str:
    """`The second flagship comes 4 to 11 months late: money 55%, market depth 30%; 15% stays ...`."""
    said = f"{FLAGSHIPS[found.measure.name]} comes {_span(delay)}"
    if found.whole <= 0.0:
        return f"{said}; on average it is not late, so nothing is to be explained."
    return f"{said}: {blame(found)}."


def blame(found: Split) -> str:
    """Causes of a delay worth naming, with their shares of it, and what stays when all are removed.

    A share below zero is named too, or the others would add up to more than the whole.
    """
    named = [part for part in found.parts if abs(part.share) >= WORTH_NAMING]
    delaying = ", ".join(f"{part.words} {percent_text(part.share)}" for part in named if part.share > 0.0)
    rest = found.structural / found.whole
    stays = f"; {percent_text(rest)} stays when all are removed" if abs(rest) >= WORTH_NAMING else ""
    return f"{delaying or 'no cause by itself'}{stays}{_against([part for part in named if part.share < 0.0])}"


def _against(parts: Sequence[Part]) -> str:
    """Causes without which it would come later still."""
    if not parts:
        return ""
    told = " or ".join(f"{part.words} ({percent_text(part.share)})" for part in parts)
    return f"; removing {told} delays it more"


def _span(delay: Summary) -> str:
    """From p5 to p95: `4 to 11 months late`, `2 months early to 8 months late`."""
    first, last = delay.p5, delay.p95
    if first.value >= 0.0 or first.beyond:
        return f"{first.bare('months')} to {last.text('months')} late"
    early = f"{with_unit(number(-first.value, 'months'), 'months')} early"
    if last.value < 0.0 and not last.beyond:
        return f"{early} to {with_unit(number(-last.value, 'months'), 'months')} early"
    return f"{early} to {last.text('months')} late"


def inverse(splits: Sequence[Split]) -> list[tuple[str, str]]:
    """What each cause costs, over all questions: `(money, 18 points of the training compute wanted, ...)`."""
    if not splits:
        return []
    return [(part.words, "; ".join(_costs(splits, part.group))) for part in splits[0].parts]


def _costs(splits: Sequence[Split], group: str) -> list[str]:
    parts: list[tuple[Split, Part]] = [(found, found.part(group)) for found in splits]
    return [f"{amount(found, part.value)} {COSTS[found.measure.name]}" for found, part in parts]
