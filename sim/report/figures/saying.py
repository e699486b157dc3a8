"""Sentences that say what a figure shows: where the scenarios' medians lie."""

from collections.abc import Sequence

from sim.study.levels import Level


def between(found: Sequence[tuple[Level, str]], unit: str) -> str:
    """Medians by scenario in words: one, the same in all, or from the lowest to the highest; past the horizon last."""
    ordered = sorted(found, key=lambda each: (each[0].beyond, each[0].value, each[1]))
    (low, least), (high, most) = ordered[0], ordered[-1]
    if len(found) == 1:
        return f"median {high.text(unit)}"
    if low.text(unit) == high.text(unit):
        return f"median {high.text(unit)} in all"
    return f"medians from {low.bare(unit)} ({least}) to {high.text(unit)} ({most})"
