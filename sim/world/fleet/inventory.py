"""Inventory: what is there at the end of the reporting window, by the way it came and by what it does.

Chips that are there are waiting, starting, running or in repair; a holding's losses fall on all ways that filled it
alike. Chips of the first day are a way of their own, unless they are rented: how they came is not recorded. Fit for
training is what trains on its stack as it stands that day; the rest only serves. Power is that of what is installed,
whoever pays for it.
Left out: which order a chip came with.
Units: chips, H100e, MW.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.columns import columns_down
from sim.language.declarations import MW, H100e, Number, Section, Units, measured, state
from sim.language.events import compilable
from sim.world.fleet.holdings import KW_IN_MW
from sim.world.pathways import LEDGER, OPENING, PATHWAYS, RENTED, TABLE

if TYPE_CHECKING:
    from sim.world.course.future import Future

FIT, SERVES, GRADES = range(3)
"""Rows of grades."""


class Stock(Section):
    """What is there of one way. The row is the way."""

    units: Units = state("chips there")
    fit: Number = state("H100e there that are fit for training")
    serves: Number = state("H100e there that only serve")
    power: MW = state("power that those installed draw")
    came: H100e = state("H100e delivered, or on rent, by a pathway")


class Grade(Section):
    """What chips of one grade do: fit for training, or serving only. The row is the grade."""

    trains: Number = state("H100e that train")
    serves: Number = state("H100e that serve")
    repair: Number = state("H100e in repair")
    waiting: Number = state("H100e that wait for power or are being brought up")


class MonthWay(Section):
    """One pathway at the end of one month. Row: month x pathways + pathway."""

    h100e: H100e = state("H100e delivered so far, or on rent")


COUNTED = ("H100e delivered {} by", "H100e {} at")
"""How chips are counted of a pathway that is bought, and of one that is rented."""

BOOK = tuple(
    columns_down(
        "month_ways",
        "h100e",
        H100e,
        ((row.id, f"{COUNTED[row.rented].format(row.words)} the end of the month") for row in TABLE),
        step=PATHWAYS,
    )
)
"""H100e of each pathway: series."""

BY_PATHWAY = tuple(
    columns_down(
        "stocks",
        "came",
        H100e,
        (
            (
                row.id,
                measured(
                    f"{COUNTED[row.rented].format(row.words)} the end of the reporting window{row.note}",
                    row.title if row.rented else f"Delivered, {row.title.lower()}",
                    "higher",
                ),
            )
            for row in TABLE
        ),
    )
)
"""The same at the end of the reporting window: outcomes."""

OF_WAYS = (
    ("installed", "units", Units, "chips {} that are there at the end of the reporting window"),
    ("training_grade", "fit", H100e, "H100e {} there then and fit for training"),
    ("inference_only", "serves", H100e, "H100e {} there then that only serve"),
    ("power", "power", MW, "power drawn then by chips {}, whoever pays for it"),
)
OF_GRADES = (
    ("training_grade_trains", FIT, "trains", "H100e fit for training that train then"),
    ("training_grade_serves", FIT, "serves", "H100e fit for training that serve then"),
    ("training_grade_repair", FIT, "repair", "H100e fit for training in repair then"),
    ("training_grade_waiting", FIT, "waiting", "H100e fit for training that do not run yet then"),
    ("inference_only_serves", SERVES, "serves", "H100e that only serve and do so then"),
    ("inference_only_repair", SERVES, "repair", "H100e that only serve, in repair then"),
    ("inference_only_waiting", SERVES, "waiting", "H100e that only serve and do not run yet then"),
)
INVENTORY = (
    *(
        each
        for name, source, kind, meaning in OF_WAYS
        for each in columns_down(
            "stocks", source, kind, ((f"{name}_{row.id}", meaning.format(row.words)) for row in LEDGER)
        )
    ),
    *(
        each
        for name, grade, source, meaning in OF_GRADES
        for each in columns_down("grades", source, H100e, [(name, meaning)], grade)
    ),
)
"""What is there at the end of the reporting window: outcomes."""


@compilable
def arrivals_counted(future: Future, m: int) -> None:
    """H100e of each pathway at the end of month `m`."""
    first = m * PATHWAYS
    for way in range(PATHWAYS):
        future.month_ways[first + way].h100e = 0.0
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        way = int(offer.pathway)
        chips = offer.on_rent if RENTED[way] else offer.delivered
        future.month_ways[first + way].h100e += chips * future.chips[offer.chip].h100e


@compilable
def on_rent(future: Future, m: int) -> float:
    """H100e on rent at the end of month `m`."""
    total = 0.0
    for way in range(PATHWAYS):
        if RENTED[way]:
            total += future.month_ways[m * PATHWAYS + way].h100e
    return total


@compilable
def arrivals_noted(future: Future, m: int) -> None:
    """H100e of each pathway, as of a month of the reporting window; the last one remains."""
    for way in range(PATHWAYS):
        future.stocks[way].came = future.month_ways[m * PATHWAYS + way].h100e


@compilable
def counted(future: Future, m: int) -> None:
    """The books of month `m` close: if it is the last of the reporting window, all that is there."""
    until = future.window[0].reporting_until
    last = m + 1 >= future.counts[0].months or future.months[m + 1].ends > until
    if future.months[m].ends <= until and last:
        for h in range(future.counts[0].holdings):
            sorted_by_use(future, h)
            sorted_by_way(future, h)


@compilable
def there(future: Future, h: int) -> float:
    """Chips of a holding, in whatever state."""
    holding = future.holdings[h]
    return holding.waiting + holding.starting + holding.online + holding.down


@compilable
def sorted_by_use(future: Future, h: int) -> None:
    """What the chips of a holding do."""
    holding = future.holdings[h]
    each = future.chips[holding.chip].h100e
    grade = future.grades[FIT if holding.trains > 0.0 else SERVES]
    serving = holding.serving if holding.trains > 0.0 else 1.0
    grade.trains += holding.online * (1.0 - serving) * each
    grade.serves += holding.online * serving * each
    grade.repair += holding.down * each
    grade.waiting += (holding.waiting + holding.starting) * each


@compilable
def sorted_by_way(future: Future, h: int) -> None:
    """The chips of a holding, laid to the ways that filled it by what each has brought."""
    unrecorded = future.holdings[h].opening
    brought = unrecorded
    for o in range(future.counts[0].offers):
        if future.offers[o].holding == h:
            brought += future.offers[o].delivered
            unrecorded -= future.offers[o].opening
    if brought > 0.0:
        laid(future, h, OPENING, unrecorded / brought)
        for o in range(future.counts[0].offers):
            offer = future.offers[o]
            if offer.holding == h:
                laid(future, h, int(offer.pathway), (offer.opening + offer.delivered) / brought)


@compilable
def laid(future: Future, h: int, way: int, share: float) -> None:
    """A share of a holding's chips, laid to one way."""
    holding = future.holdings[h]
    chip = future.chips[holding.chip]
    stock = future.stocks[way]
    units = there(future, h) * share
    stock.units += units
    if holding.trains > 0.0:
        stock.fit += units * chip.h100e
    else:
        stock.serves += units * chip.h100e
    installed = (there(future, h) - holding.waiting) * share
    stock.power += installed * chip.power * future.sites[holding.site].pue / KW_IN_MW
