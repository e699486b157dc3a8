"""Foundries: what the country can make of each chip: dies, memory stacks or packages, whichever is least.

Wafers are started month by month, along levels by year. One delay, from the start of a wafer to the sale of its chips,
holds fabrication, test and packaging; then the wafers are dies, good with the yield of that day, and wait for memory.
A die bank is a line that starts nothing and has an opening stock. Memory comes by kind (`memory`). What comes from
abroad comes only while no rule forbids it: on foundries for dies, on memory for stacks; what is in stock is used up.
Packaging has so many places a month, and spoils a part of what it is given, dies and stacks with it. Of chips that
share dies or memory, the one with the latest announced launch is served first, as far as its packaging has ramped.
What is made at home suffers when tools are withheld, or not serviced (`tools`).
Left out: single lots and tools, bins, dies of one chip used for another, vendors not on offer.
Units: wafers, dies, stacks, chips; all whole. Facts: d.ai_accelerator_wpm_smic_for_huawei, d.yield_by_year,
d.lag_wafer_start_to_chip_sale_quarters, d.gross_dies_per_wafer, d.packaging_survival, d.foreign_hbm_stockpile.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    Date,
    Days,
    Dies,
    Growth,
    Luck,
    Number,
    Options,
    Ratio,
    Reference,
    Row,
    Rows,
    Section,
    Share,
    Stacks,
    Thing,
    Units,
    UnitsPerMonth,
    WafersPerMonth,
    parameter,
    state,
)
from sim.language.events import after, compilable, event
from sim.language.luck import draw, purpose
from sim.world.arithmetic import MONTH, YEAR, half_left, power, ramped, whole
from sim.world.dials import AMPLE_SUPPLY, REMOVED, less, more
from sim.world.geopolitics import controls
from sim.world.geopolitics.rules import FOUNDRY
from sim.world.supply import memory, tools
from sim.world.supply.tools import ABROAD, AT_HOME

if TYPE_CHECKING:
    from sim.world.course.future import Future

WAFER_TIME = purpose("wafer time")

DIES, STACKS, PLACES = range(3)
WIP_LIMIT = 24
"""Months before the first day from which wafers may still be under way."""


class Foundry(Section):
    """Scenario section `foundry`: what tools without servicing, and tools withheld, do to what is made at home."""

    wear: Share = parameter("wafer starts lost a month once tools are not serviced", default=0.0)
    memory_wear: Share = parameter("memory stacks lost a month, the same", default=0.0)
    memory_time: Days = parameter("start of a memory wafer to sale of the chip with it", default=0.0)
    slowed: Share = parameter("part of the growth of lines that fails to come once tools are withheld", default=0.0)

    unserviced: Days = state("how long nobody has serviced tools at home, at the last month-end", watched=True)
    withheld: Days = state("how long new tools have been withheld, or none serviced, by then", watched=True)


class FabLine(Thing):
    """A line that makes the dies of some chips. Scenario list `foundry.lines`."""

    origin: Annotated[float, Options(("home", "abroad"))] = parameter("where it stands", default=AT_HOME)
    middle: Date = parameter("middle of the year of `starts`", default=0.0)
    starts_before: WafersPerMonth = parameter("wafer starts a year earlier, and before that", default=0.0)
    starts: WafersPerMonth = parameter("wafer starts", default=0.0)
    starts_after: WafersPerMonth = parameter("wafer starts a year later", default=0.0)
    growth: Growth = parameter("growth of wafer starts after that", default=1.0)
    time: Luck[Days] = parameter("wafer start to chip sale, for a month's wafers", default=0.0, high=WIP_LIMIT * MONTH)
    gross: Ratio = parameter("dies on a wafer, good or not", default=0.0)
    good: Share = parameter("good dies at `middle`", default=1.0)
    best: Share = parameter("good dies once nothing is left to learn", default=1.0)
    learning: Days = parameter("time in which half of what is left is learnt", default=math.inf)
    opening: Dies = parameter("good dies in stock on the first day", default=0.0)

    started: Number = state("wafers started, those under way on the first day among them")
    under_way: Number = state("wafers started and not finished")
    finished: Number = state("wafers finished")
    cut: Dies = state("dies on finished wafers")
    made: Dies = state("of these, good")
    scrapped: Dies = state("of these, not good")
    banked: Dies = state("good dies in stock on the first day")
    given: Dies = state("dies from nowhere, when they are never to be the least")
    used: Dies = state("dies put into packages")
    stock: Dies = state("good dies that wait")


class Packaging(Thing):
    """Places where dies and memory become a chip. Scenario list `foundry.packaging`."""

    begins: Date = parameter("first places", default=-math.inf)
    ramp: Days = parameter("first places to the plateau", default=0.0)
    monthly: UnitsPerMonth = parameter("places once ramped")
    growth: Growth = parameter("growth after the ramp", default=1.0)
    survival: Share = parameter("packages that survive", default=1.0)

    free: Units = state("places left this month")


class Supply(Thing):
    """National output of one domestic chip, and what of it this lab is offered. Scenario list `foundry.supplies`."""

    chip: Annotated[int, Reference("chips")] = parameter("what is made")
    vendor: Annotated[int, Reference("vendors")] = parameter("who sells it")
    line: Annotated[int, Reference("lines")] = parameter("whose dies it takes")
    pools: Annotated[float, Rows("draws")] = parameter("whose memory it takes, one after the other")
    packaging: Annotated[int, Reference("packaging")] = parameter("where it is packaged")
    dies: Ratio = parameter("dies in a package", low=1.0)
    launch: Date = parameter("announced launch")
    slip: Days = parameter("how much later it is launched", default=0.0)
    planned_ramp: Days = parameter("launch to the announced plateau", default=0.0)
    planned: UnitsPerMonth = parameter("announced plateau of national output, with which buyers plan")
    planned_growth: Growth = parameter("announced growth after the plateau", default=1.0)
    share: Share = parameter("this lab's share of output, while output is what was announced")

    from_dies: Units = state("packages that this month's dies alone allow")
    from_stacks: Units = state("packages that memory alone allows")
    from_places: Units = state("packages that packaging alone allows")
    bound: Row = state("what was least: dies, stacks, places")
    packed: Units = state("packages begun")
    made: Units = state("chips made since the start")
    lost: Units = state("packages spoilt")
    dies_used: Dies = state("dies in packages begun")
    stacks_used: Stacks = state("stacks in packages begun")
    output: Units = state("chips made this month")
    announced_output: Units = state("chips announced for this month")
    vendor_confidence: Ratio = state("made over announced, at most one, as state and strategic orders take it")
    owed: Units = state("the part of a chip allotted and not yet whole")
    allotted: Units = state("offered to the lab since the start")
    stock: Units = state("offered to the lab and not yet ordered")
    sold: Units = state("ordered by the lab")
    part_allocation: Share = state("part of what is missing in the lab's offer that lies in its share of output")
    part_wafers: Share = state("the part that lies in dies")
    part_memory: Share = state("the part that lies in memory")
    part_packaging: Share = state("the part that lies in packaging")


@compilable
def first_day(future: Future) -> None:
    """The wafers under way on the first day: they were started before anything could happen to them."""
    for i in range(future.counts[0].lines):
        for ago in range(WIP_LIMIT):
            age = (ago + 0.5) * MONTH
            wafers = whole(starts(future, i, -age))
            finish = draw(future, WAFER_TIME, future.lines[i].key, WIP_LIMIT - 1 - ago, future.lines[i].time) - age
            if finish > 0.0:
                begun(future, i, wafers, finish)


@compilable
def stocked(future: Future) -> None:
    """What is in stock on the first day."""
    for i in range(future.counts[0].lines):
        line = future.lines[i]
        line.banked = line.opening
        line.stock = line.opening
    memory.stocked(future)


@compilable
def begun(future: Future, i: int, wafers: float, left: float) -> None:
    """A month's wafers are under way; they will be finished all at once."""
    if wafers > 0.0:
        future.lines[i].started += wafers
        future.lines[i].under_way += wafers
        after(future, left, wafers_finished, i, wafers)


@event("{amount} wafers of {lines} are cut")
def wafers_finished(future: Future, i: int, wafers: float) -> None:
    """Wafers are cut, unless a rule keeps them abroad; the good dies go into stock."""
    line = future.lines[i]
    line.under_way -= wafers
    line.finished += wafers
    dies = 0.0 if barred(future, line.origin, FOUNDRY) else whole(wafers * line.gross)
    good = whole(dies * good_part(future, i, future.clock[0].now))
    line.cut += dies
    line.made += good
    line.scrapped += dies - good
    line.stock += good


@compilable
def month_made(future: Future, m: int, days: float) -> None:
    """A month: wafers are started, memory comes, and packages are made of what there is."""
    tools.counted(future)
    middle = future.clock[0].now - days / 2.0
    eased = more(future.dials[0].wafers) if future.dials[0].wafers < REMOVED else 1.0
    for i in range(future.counts[0].lines):
        line = future.lines[i]
        free = 1.0 - controls.denied_part(future, FOUNDRY, days) if line.origin == ABROAD else 1.0
        wafers = whole(starts(future, i, middle) * free * eased * days / MONTH)
        time = draw(future, WAFER_TIME, line.key, WIP_LIMIT + m, line.time)
        begun(future, i, wafers, max(0.0, time - days / 2.0))
    for p in range(future.counts[0].pools):
        memory.came(future, p, middle, days)
    for k in range(future.counts[0].packaging):
        house = future.packaging[k]
        places = ramped(middle, house.begins, house.ramp, house.monthly, house.growth)
        house.free = whole(places * more(future.dials[0].packaging) * days / MONTH)
    for turn in range(future.counts[0].supplies):
        packaged(future, at_turn(future, turn), middle)


@compilable
def at_turn(future: Future, turn: int) -> int:
    """The supply whose turn it is to be served: the latest launched first, of two alike the first by id."""
    for s in range(future.counts[0].supplies):
        before = 0
        for other in range(future.counts[0].supplies):
            launch, others = future.supplies[s].launch, future.supplies[other].launch
            before += 1 if others > launch or (others == launch and other < s) else 0
        if before == turn:
            return s
    return -1


@compilable
def barred(future: Future, origin: float, item: float) -> bool:
    """Whether a rule on an item keeps away what is made abroad."""
    return origin == ABROAD and controls.since(future, item, -math.inf) > 0.0


@compilable
def starts(future: Future, i: int, day: float) -> float:
    """Wafers a month that a line starts on a day up to now, with the tools as they are."""
    if future.lines[i].origin == ABROAD:
        return level(future, i, day)
    ago = future.clock[0].now - day
    return level(future, i, tools.grown_to(future, day, ago)) * tools.not_worn(future, future.foundry[0].wear, ago)


@compilable
def level(future: Future, i: int, day: float) -> float:
    """Wafer starts as planned: straight lines between the levels of three years, growth after them."""
    line = future.lines[i]
    years = (day - line.middle) / YEAR
    if years <= 0.0:
        return line.starts + (line.starts - line.starts_before) * max(-1.0, years)
    if years <= 1.0:
        return line.starts + (line.starts_after - line.starts) * years
    return line.starts_after * power(line.growth, years - 1.0)


@compilable
def good_part(future: Future, i: int, day: float) -> float:
    """Yield on a day: what is left to learn halves."""
    line = future.lines[i]
    return line.best - (line.best - line.good) * half_left(max(0.0, day - line.middle), line.learning)


@compilable
def packaged(future: Future, s: int, day: float) -> None:
    """Packages of a month: as many as the least of dies, memory and places allows; a part of them is spoilt."""
    supply = future.supplies[s]
    supply.announced_output = announced(future, s, day)
    allowed(future, s, day)
    units = min(supply.from_dies, supply.from_stacks, supply.from_places)
    if units == math.inf:
        units = whole(AMPLE_SUPPLY * supply.announced_output)
    if units == supply.from_dies:
        supply.bound = DIES
    elif units == supply.from_stacks:
        supply.bound = STACKS
    else:
        supply.bound = PLACES
    parts_used(future, s, units)
    supply.packed += units
    supply.output = whole(units * future.packaging[supply.packaging].survival)
    supply.made += supply.output
    supply.lost += units - supply.output


@compilable
def announced(future: Future, s: int, day: float) -> float:
    """Chips a month that the vendor announced for a day."""
    supply = future.supplies[s]
    return ramped(day, supply.launch, supply.planned_ramp, supply.planned, supply.planned_growth)


@compilable
def allowed(future: Future, s: int, day: float) -> None:
    """Packages that each input alone allows. Before the launch no package is ready, so a slip is of packaging."""
    supply = future.supplies[s]
    dials = future.dials[0]
    each = future.chips[supply.chip].memory_stacks
    supply.from_dies = whole(future.lines[supply.line].stock / supply.dies) if dials.wafers < REMOVED else math.inf
    if dials.memory < REMOVED and each > 0.0:
        supply.from_stacks = whole(memory.in_stock(future, s) / each)
    else:
        supply.from_stacks = math.inf
    supply.from_places = future.packaging[supply.packaging].free if dials.packaging < REMOVED else math.inf
    if day < supply.launch + supply.slip * less(dials.packaging):
        supply.from_places = 0.0


@compilable
def parts_used(future: Future, s: int, units: float) -> None:
    """Dies, stacks and places that go into packages; what an eased input lacks is given."""
    supply = future.supplies[s]
    line = future.lines[supply.line]
    dies = whole(units * supply.dies)
    stacks = whole(units * future.chips[supply.chip].memory_stacks)
    lacking = max(0.0, dies - line.stock)
    line.given += lacking
    line.stock += lacking - dies
    line.used += dies
    memory.taken(future, s, stacks)
    supply.dies_used += dies
    supply.stacks_used += stacks
    house = future.packaging[supply.packaging]
    house.free = max(0.0, house.free - units)


@compilable
def checked(future: Future) -> None:
    """Nothing vanishes between wafer and chip. Raises ArithmeticError naming what does not add up."""
    for i in range(future.counts[0].lines):
        line = future.lines[i]
        if line.under_way + line.finished != line.started:
            raise ArithmeticError("wafers: started is not under way + finished")
        if line.made + line.scrapped != line.cut or line.used + line.stock != line.banked + line.made + line.given:
            raise ArithmeticError("dies: what was there and was made is not used + in stock + scrapped")
        used = 0.0
        for s in range(future.counts[0].supplies):
            used += future.supplies[s].dies_used if future.supplies[s].line == i else 0.0
        if used != line.used:
            raise ArithmeticError("dies: what a line gave is not what is in packages")
    memory.checked(future)
    for s in range(future.counts[0].supplies):
        supply = future.supplies[s]
        if supply.made + supply.lost != supply.packed:
            raise ArithmeticError("chips: packages begun are not chips + packages spoilt")
        if supply.stock + supply.sold != supply.allotted:
            raise ArithmeticError("chips: a vendor's allotment is not stock + sales")
