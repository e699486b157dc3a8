"""Sentences that say what a figure shows: where the scenarios' medians lie."""

from collections.abc import Sequence

from sim.study.words import amount, number


def between(found: Sequence[tuple[float, str]], unit: str) -> str:
    """Medians by scenario in words: one, the same in all, or from the lowest to the highest."""
    (low, least), (high, most) = min(found), max(found)
    low_text, high_text = number(low, unit), amount(high, unit)
    if len(found) == 1:
        return f"median {high_text}"
    if amount(low, unit) == high_text:
        return f"median {high_text} in all"
    return f"medians from {low_text} ({least}) to {high_text} ({most})"
