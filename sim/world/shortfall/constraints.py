"""Constraints: the six things that can hold the lab back, and all that belongs to each of them.

A constraint holds back in two places: it limits what can be ordered in a month (`planner`), and it takes time or chips
in the stages of the fleet that follow, from the licence to the stack that runs. What is missing there is laid to its
causes (`causes`). Its dials (`dials`) remove it: they lift all that it limits, and nothing else.
Planning is no constraint: pace, habits, look-ahead and forecasts are the lab's own, and nobody could remove them.
A constraint begins to bind with the first of three months in a row in which it has the largest part and the shortfall
counts.
Units: days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.language.columns import columns_down
from sim.language.declarations import Count, Day, Number, Section, state
from sim.language.events import compilable
from sim.world.shortfall.causes import CAUSES, GRAIN, NAMES, OF_USE, TABLE, USES

if TYPE_CHECKING:
    from sim.world.course.future import Future

MONEY, RULES, DOMESTIC, RENTAL, SITES, SOFTWARE, NUMBER = range(7)
"""Rows of the table below."""

MONEY_LIMIT, RULES_LIMIT, DOMESTIC_LIMIT, RENTAL_LIMIT, SITES_LIMIT = 1, 2, 4, 8, 16
"""Limits on an order, a bit each: the bit of its constraint. Software limits no order."""
LIMITS = 5
ALL_LIMITS = 31


class Constraint(NamedTuple):
    """One constraint. `words` stand in tables, `short` in a sentence.

    `colour`: its hue in the style sheet. `limit`: the bit of its limit on an order, 0 for none. `orders`: the cause to
    which what that limit keeps from being ordered is laid. `also`: dials that remove it besides those of its causes.
    """

    words: str
    short: str
    colour: str
    limit: int
    orders: str
    also: tuple[str, ...] = ()


CONSTRAINTS = {
    # orders that cannot be paid are cancelled, and rent is not renewed
    "money": Constraint("money", "money", "money", MONEY_LIMIT, "budget"),
    # quotas and denials, and how many chips come under licence; offices take time, refuse and seize
    "rules": Constraint("export and import rules", "the rules", "rules", RULES_LIMIT, "control", ("buyer_gate",)),
    # what the vendor has for the lab; and his time to build
    "domestic": Constraint("domestic chips", "domestic chips", "domestic", DOMESTIC_LIMIT, "allocation"),
    # chips that may be on rent at once, and grey chips
    "rental": Constraint("rental and grey market", "the rental market", "rental", RENTAL_LIMIT, "depth"),
    # power for the chips; transit, clearing, bring-up, and the wait for power
    "sites": Constraint("sites and logistics", "sites", "sites", SITES_LIMIT, "site"),
    # stacks below their ceiling; chips that fail, and runs that stop
    "software": Constraint("software and failures", "software", "software", 0, ""),
}
"""By id, in the order of the rows."""

CAUSES_OF = {name: tuple(row.id for row in TABLE if row.constraint == name) for name in CONSTRAINTS}
"""The causes beneath each constraint, by id."""

DIALS_OF = {name: (*CAUSES_OF[name], *row.also) for name, row in CONSTRAINTS.items()}
"""The dials that remove each constraint, by id."""

NOBODYS = tuple(row for row in TABLE if not row.constraint)
"""The causes that nobody could remove."""

ROW_OF = tuple(tuple(CONSTRAINTS).index(row.constraint) if row.constraint else -1 for row in TABLE)
"""The row of the constraint above each cause, -1 for none."""

LAID_TO = tuple(NAMES.index(row.orders) for row in CONSTRAINTS.values() if row.limit)
"""The row of the cause to which each limit on an order is laid."""

IN_A_ROW = 3
"""Months for which a constraint must lead before it is said to bind."""


class Lead(Section):
    """How long a constraint has had the largest part of one use's shortfall. Row: use x constraints + constraint."""

    months: Count = state("months in a row up to now")
    begins: Number = state("day on which this row of months began")
    bound: Count = state("1 once it has led for three months in a row")
    onset: Day = state("day from which it binds; the day after the last one, if it never does")


ONSETS = tuple(
    columns_down(
        "leads",
        "onset",
        Day,
        (
            (f"{use}_when_{name}", f"{row.words} first bound {words} on this day")
            for use, words, _, _ in OF_USE
            for name, row in CONSTRAINTS.items()
        ),
    )
)
"""When each constraint first binds, the day after the last if never: outcomes."""


@compilable
def written(future: Future) -> None:
    """The day from which each constraint binds each use."""
    for row in range(USES * NUMBER):
        lead = future.leads[row]
        lead.onset = lead.begins if lead.bound else future.span[0].horizon + 1.0


@compilable
def leading(future: Future, use: int) -> int:
    """The constraint with the largest part; of equals the first; -1 if none has any."""
    best, most = -1, 0.0
    for constraint in range(NUMBER):
        part = 0.0
        for cause in range(CAUSES):
            if ROW_OF[cause] == constraint:
                part += future.parts[use * CAUSES + cause].grains
        if part > most:
            best, most = constraint, part
    return best


@compilable
def follow_month(future: Future, use: int, wanted: float, begins: float) -> None:
    """Count one month more for the constraint that leads, if the month counts as short; the others begin anew."""
    counts = future.gaps[use].grains > future.shortfall[0].counts_from * wanted * GRAIN
    first = leading(future, use) if counts else -1
    for constraint in range(NUMBER):
        lead = future.leads[use * NUMBER + constraint]
        if lead.bound:
            continue
        if constraint != first:
            lead.months = 0
            continue
        if lead.months == 0:
            lead.begins = begins
        lead.months += 1
        lead.bound = 1 if lead.months == IN_A_ROW else 0
