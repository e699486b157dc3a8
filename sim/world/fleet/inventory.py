"""Inventory: what is there at the end of the leading window, by the way it came and by what it does.

Chips that are there are waiting, starting, running or in repair; a holding's losses fall on all ways that filled it
alike. Chips of the first day are a way of their own: how they came is not told apart. Fit for training is what trains
on its stack as it stands that day; the rest only serves. Power is that of what is installed, whoever pays for it.
Left out: which order a chip came with.
Units: chips, H100e, MW.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.declarations import MW, H100e, Number, Section, Units, state
from sim.language.events import compilable
from sim.world.fleet.holdings import KW_IN_MW

if TYPE_CHECKING:
    from sim.world.course.future import Future

LICENSED, DOMESTIC, GREY, RENTED_HOME, RENTED_ABROAD, OPENING, WAYS = range(7)
"""Rows of stocks: the pathways of offers in their order, and the first day."""
FIT, SERVES, GRADES = range(3)
"""Rows of grades."""


class Stock(Section):
    """What is there of one way. The row is the way."""

    units: Units = state("chips there")
    fit: Number = state("H100e there that are fit for training")
    serves: Number = state("H100e there that only serve")
    power: MW = state("power that those installed draw")


class Grade(Section):
    """What chips of one grade do: fit for training, or serving only. The row is the grade."""

    trains: Number = state("H100e that train")
    serves: Number = state("H100e that serve")
    repair: Number = state("H100e in repair")
    waiting: Number = state("H100e that wait for power or are being brought up")


class Inventory(Section):
    """What is there at the end of the leading window: columns of a future's outcome."""

    there_licensed: Units = state("chips there that came under licence, at the end of the leading window")
    there_domestic: Units = state("domestic chips there then")
    there_grey: Units = state("grey chips there then")
    there_rented_home: Units = state("chips there then on rent at home")
    there_rented_abroad: Units = state("chips there then on rent abroad")
    there_opening: Units = state("chips there then of those of the first day")
    fit_licensed: H100e = state("H100e there then that came under licence and are fit for training")
    fit_domestic: H100e = state("the same, domestic")
    fit_grey: H100e = state("the same, grey")
    fit_rented_home: H100e = state("the same, on rent at home")
    fit_rented_abroad: H100e = state("the same, on rent abroad")
    fit_opening: H100e = state("the same, of the first day")
    only_licensed: H100e = state("H100e there then that came under licence and only serve")
    only_domestic: H100e = state("the same, domestic")
    only_grey: H100e = state("the same, grey")
    only_rented_home: H100e = state("the same, on rent at home")
    only_rented_abroad: H100e = state("the same, on rent abroad")
    only_opening: H100e = state("the same, of the first day")
    power_licensed: MW = state("power drawn then by chips that came under licence")
    power_domestic: MW = state("the same, domestic")
    power_grey: MW = state("the same, grey")
    power_rented_home: MW = state("the same, on rent at home; the landlord's")
    power_rented_abroad: MW = state("the same, on rent abroad; the landlord's")
    power_opening: MW = state("the same, of the first day")
    fit_trains: H100e = state("H100e fit for training that train then")
    fit_serves: H100e = state("H100e fit for training that serve then")
    fit_repair: H100e = state("H100e fit for training in repair then")
    fit_waiting: H100e = state("H100e fit for training that do not run yet then")
    only_serves: H100e = state("H100e that only serve and do so then")
    only_repair: H100e = state("H100e that only serve, in repair then")
    only_waiting: H100e = state("H100e that only serve and do not run yet then")


@compilable
def counted(future: Future, m: int) -> None:
    """The books of month `m` close: if it is the last of the leading window, all that is there."""
    until = future.window[0].leads_until
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
    brought = future.holdings[h].opening
    for o in range(future.counts[0].offers):
        if future.offers[o].holding == h:
            brought += future.offers[o].delivered
    if brought > 0.0:
        laid(future, h, OPENING, future.holdings[h].opening / brought)
        for o in range(future.counts[0].offers):
            if future.offers[o].holding == h:
                laid(future, h, int(future.offers[o].pathway), future.offers[o].delivered / brought)


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


@compilable
def told(future: Future) -> None:
    """What was counted, into the outcome."""
    by_way_told(future)
    outcome = future.outcome[0]
    fit, only = future.grades[FIT], future.grades[SERVES]
    outcome.fit_trains = fit.trains
    outcome.fit_serves = fit.serves
    outcome.fit_repair = fit.repair
    outcome.fit_waiting = fit.waiting
    outcome.only_serves = only.serves
    outcome.only_repair = only.repair
    outcome.only_waiting = only.waiting


@compilable
def by_way_told(future: Future) -> None:
    """Chips, H100e of both grades, and power, of each way."""
    outcome = future.outcome[0]
    stocks = future.stocks
    outcome.there_licensed = stocks[LICENSED].units
    outcome.there_domestic = stocks[DOMESTIC].units
    outcome.there_grey = stocks[GREY].units
    outcome.there_rented_home = stocks[RENTED_HOME].units
    outcome.there_rented_abroad = stocks[RENTED_ABROAD].units
    outcome.there_opening = stocks[OPENING].units
    outcome.fit_licensed = stocks[LICENSED].fit
    outcome.fit_domestic = stocks[DOMESTIC].fit
    outcome.fit_grey = stocks[GREY].fit
    outcome.fit_rented_home = stocks[RENTED_HOME].fit
    outcome.fit_rented_abroad = stocks[RENTED_ABROAD].fit
    outcome.fit_opening = stocks[OPENING].fit
    outcome.only_licensed = stocks[LICENSED].serves
    outcome.only_domestic = stocks[DOMESTIC].serves
    outcome.only_grey = stocks[GREY].serves
    outcome.only_rented_home = stocks[RENTED_HOME].serves
    outcome.only_rented_abroad = stocks[RENTED_ABROAD].serves
    outcome.only_opening = stocks[OPENING].serves
    outcome.power_licensed = stocks[LICENSED].power
    outcome.power_domestic = stocks[DOMESTIC].power
    outcome.power_grey = stocks[GREY].power
    outcome.power_rented_home = stocks[RENTED_HOME].power
    outcome.power_rented_abroad = stocks[RENTED_ABROAD].power
    outcome.power_opening = stocks[OPENING].power
