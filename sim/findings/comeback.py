"""What would bring it back: the constraints of one scenario that act, and what of each page, terminal and text show.

Binds now, comes back alone, 10% easier, and the most that comes back while it stays: points of what training wants, and
percent of what is missing, for bars. What binds now adds up to what is missing, with what is no constraint.
"""

from dataclasses import dataclass

from sim.bottlenecks.constraint_table import rounded_together
from sim.bottlenecks.removals import SHORTFALLS
from sim.bottlenecks.shares import NOBODY
from sim.findings.findings import Findings
from sim.measures.wording import bare_difference, bare_points, capitalised
from sim.world.shortfall.constraints import CONSTRAINTS


@dataclass(frozen=True, slots=True)
class Constraint:
    """A row of what would bring it back: points as text, and as percent of a bar. `kept`, `lost`: while it stays."""

    hue: str
    words: str
    now: tuple[str, float]
    alone: tuple[str, float]
    easier: tuple[str, float]
    kept: tuple[str, float]
    lost: float


@dataclass(frozen=True, slots=True)
class Panel:
    """What would bring it back, of one scenario: the six constraints, the rest of what binds, and the totals."""

    title: str
    rows: tuple[Constraint, ...]
    rest: tuple[tuple[str, str, float], ...]
    missing: str
    back: str
    remains: str
    futures: int


def panel(findings: Findings) -> Panel | None:
    """What binds training now and what would bring it back; None where nothing was removed."""
    if findings.other is None:
        return None
    removed, name = findings.other.of_use("train"), SHORTFALLS["train"]
    binds = next(each for each in findings.bottlenecks if each.use == "train")
    shares = {cause.part: cause.share for cause in binds.causes}
    order = (*CONSTRAINTS, *NOBODY)
    now = dict(zip(order, rounded_together([shares.get(each, 0.0) for each in order]), strict=True))
    whole = removed.whole.mean or 1.0

    def bar(value: float) -> float:
        return round(100.0 * min(1.0, max(0.0, value / whole)), 2)

    eased = {each.constraints: each.gains[name] for each in findings.other.eased}
    rows = []
    for part, row in CONSTRAINTS.items():
        kept, alone, easier = removed.kept[part], removed.alone[part], eased.get((part,))
        if not (shares.get(part) or removed.acts(part)):
            continue
        rows.append(
            Constraint(
                row.colour,
                capitalised(row.short.removeprefix("the ")),
                (now[part], bar(shares.get(part, 0.0))),
                (_points(alone.mean, alone.error), bar(alone.mean)),
                (_points(easier.mean, easier.error), bar(easier.mean)) if easier else ("–", 0.0),
                (bare_points(kept.best.gain.mean), bar(kept.best.gain.mean)),
                bar(kept.lost.mean) if kept.irreplaceable else 0.0,
            )
        )
    back = removed.best[-1].gain.mean
    return Panel(
        findings.title,
        tuple(rows),
        tuple((capitalised(words), now[each], bar(shares.get(each, 0.0))) for each, words in NOBODY.items()),
        bare_points(removed.whole.mean),
        bare_points(back),
        bare_points(max(0.0, removed.whole.mean - back)),
        removed.futures,
    )


def _points(value: float, error: float) -> str:
    return "≈ 0" if abs(value) <= error else bare_difference(value, "share")
