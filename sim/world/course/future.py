"""The state of one future: every table there is, where the scenario gives its rows, and how many it can hold.

Tables of `slots` come last: they are filled while a future runs and are not copied from its template.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.language.columns import columns_of, spliced
from sim.language.declarations import Count, Months, Number, Row, Section, fields, state
from sim.language.luck import Clock, LuckRow
from sim.language.record import Layout, layout, section, slots, things
from sim.world.accounts.books import Book, Month, Window
from sim.world.accounts.outcome import Outcome
from sim.world.accounts.starting_position import Matching, Opening
from sim.world.company.capital import Capital
from sim.world.company.ledger import ACCOUNTS, Account
from sim.world.company.rounds import Financing, Investor
from sim.world.company.talent import Staff, Talent
from sim.world.course.happenings import Change, Happening, Tie, Trigger
from sim.world.dials import Dials
from sim.world.fleet import inventory
from sim.world.fleet.contracts import Contract
from sim.world.fleet.holdings import ChipGroup, Site
from sim.world.fleet.inventory import GRADES, Grade, MonthWay, Stock
from sim.world.geopolitics.climate import Climate
from sim.world.geopolitics.offices import Clearance, Government, Passage, Place
from sim.world.geopolitics.rules import Clause, Locality, Rule
from sim.world.hardware.chips import Chip, Yardstick
from sim.world.hardware.software import SoftwareStack
from sim.world.hazards import CLIMATE_CLOCKS, Hazard
from sim.world.lab import Lab
from sim.world.pathways import LEDGER, PATHWAYS
from sim.world.purchasing.constraint_shares import BLAMES, Blame, Coalition, Forecast, ForecastPart
from sim.world.purchasing.orders import STAGES, Order, Stage
from sim.world.purchasing.phases import SitePhase
from sim.world.purchasing.planner import Limit, Rank
from sim.world.purchasing.procurement import Procurement
from sim.world.shortfall import causes, constraints
from sim.world.shortfall.causes import CAUSES, USES, Counting, Gap, MonthGap, MonthPart, Part
from sim.world.shortfall.constraints import ALL_LIMITS, NUMBER, Lead
from sim.world.supply.allocation import Vendor
from sim.world.supply.crowding import Crowding
from sim.world.supply.foundry import FabLine, Foundry, Packaging, Supply
from sim.world.supply.market import Offer
from sim.world.supply.memory import Draw, MemorySource
from sim.world.workloads.awaited import Awaited
from sim.world.workloads.frontier import Frontier
from sim.world.workloads.serving import Service
from sim.world.workloads.training import Campaign, Training

CALENDAR = 4096
"""Events that may be pending at once."""

SHAPES = 160
"""Quantile tables that a scenario may use."""

OFFERS = 24
RULES = 48
MONTHS = 180


class Span(Section):
    """How long a future is. Made by assembly.

    A lean future is asked for no more than its shortfalls and how late its next two flagships are: it ends with the
    month in which these are known, and nothing in it is laid to causes.
    """

    horizon: Number = state("days from the start to the end")
    lean: Row = state("1 if the future is lean")
    lateness: Months = state("and up to how many months late flagships are waited for")


class Counts(Section):
    """Rows in use, by table. Made by assembly."""

    lucks: Count = state("lucks")
    chips: Count = state("chips")
    stacks: Count = state("stacks")
    governments: Count = state("governments")
    rules: Count = state("rules")
    clauses: Count = state("clauses")
    localities: Count = state("localities")
    lines: Count = state("lines")
    pools: Count = state("pools")
    packaging: Count = state("packaging")
    vendors: Count = state("vendors")
    supplies: Count = state("supplies")
    draws: Count = state("draws")
    sites: Count = state("sites")
    phases: Count = state("phases")
    holdings: Count = state("holdings")
    offers: Count = state("offers")
    passages: Count = state("passages")
    campaigns: Count = state("campaigns")
    staff: Count = state("staff")
    investors: Count = state("investors")
    happenings: Count = state("happenings")
    changes: Count = state("changes")
    ties: Count = state("ties")
    triggers: Count = state("triggers")
    months: Count = state("months")


class Future:
    """One future. A row is one thing of its table."""

    values: Any
    quantiles: Sequence[float]
    calendar: Any

    clock: Sequence[Clock] = section(Clock)
    span: Sequence[Span] = section(Span)
    counts: Sequence[Counts] = section(Counts)
    lucks: Sequence[LuckRow] = things(LuckRow, 320, spare=1)
    window: Sequence[Window] = section(Window, at="window", title="Time that findings are about")
    dials: Sequence[Dials] = section(Dials, at="dials", title="Dials of the constraints")
    climate: Sequence[Climate] = section(Climate, at="climate", title="Climate of relations")
    yardstick: Sequence[Yardstick] = section(Yardstick, at="yardstick", title="Yardstick of compute")
    chips: Sequence[Chip] = things(Chip, 48, at="chips")
    stacks: Sequence[SoftwareStack] = things(SoftwareStack, 8, at="software.stacks")
    governments: Sequence[Government] = things(Government, 8, at="controls.governments")
    places: Sequence[Place] = things(Place, 12, at="controls.places")
    rules: Sequence[Rule] = things(Rule, RULES, at="controls.rules")
    clauses: Sequence[Clause] = things(Clause, 160)
    localities: Sequence[Locality] = things(Locality, RULES)
    foundry: Sequence[Foundry] = section(Foundry, at="foundry", title="Domestic chip-making")
    lines: Sequence[FabLine] = things(FabLine, 8, at="foundry.lines")
    pools: Sequence[MemorySource] = things(MemorySource, 8, at="foundry.pools")
    packaging: Sequence[Packaging] = things(Packaging, 8, at="foundry.packaging")
    vendors: Sequence[Vendor] = things(Vendor, 8, at="foundry.vendors")
    supplies: Sequence[Supply] = things(Supply, 12, at="foundry.supplies")
    draws: Sequence[Draw] = things(Draw, 36)
    sites: Sequence[Site] = things(Site, 8, at="fleet.sites")
    phases: Sequence[SitePhase] = things(SitePhase, 12, at="fleet.phases")
    holdings: Sequence[ChipGroup] = things(ChipGroup, 32, at="fleet.holdings")
    offers: Sequence[Offer] = things(Offer, OFFERS, at="market.offers")
    passages: Sequence[Passage] = things(Passage, OFFERS)
    crowding: Sequence[Crowding] = section(Crowding, at="market.crowding", title="Crowding and scarcity prices")
    procurement: Sequence[Procurement] = section(Procurement, at="procurement", title="Procurement")
    shortfall: Sequence[Counting] = section(Counting, at="shortfall", title="How shortfalls are counted")
    training: Sequence[Training] = section(Training, at="training", title="Training")
    awaited: Sequence[Awaited] = section(Awaited, at="training.awaited", title="The flagship awaited")
    campaigns: Sequence[Campaign] = things(Campaign, 12, at="training.roadmap")
    serving: Sequence[Service] = section(Service, at="serving", title="Serving")
    talent: Sequence[Talent] = section(Talent, at="talent", title="People")
    staff: Sequence[Staff] = things(Staff, 4, at="talent.staff")
    frontier: Sequence[Frontier] = section(Frontier, at="frontier", title="The frontier")
    capital: Sequence[Capital] = section(Capital, at="capital", title="Capital")
    financing: Sequence[Financing] = section(Financing, at="capital.financing", title="Financing rounds")
    investors: Sequence[Investor] = things(Investor, 12, at="capital.investors")
    matching: Sequence[Matching] = section(Matching, at="matching", title="Match with history")
    happenings: Sequence[Happening] = things(Happening, 48, at="happenings", spare=1)
    changes: Sequence[Change] = things(Change, 240, spare=3)
    ties: Sequence[Tie] = things(Tie, 96)
    triggers: Sequence[Trigger] = things(Trigger, 48)
    months: Sequence[Month] = things(Month, MONTHS)
    hazards: Sequence[Hazard] = things(Hazard, CLIMATE_CLOCKS + RULES)
    lab: Sequence[Lab] = section(Lab)
    accounts: Sequence[Account] = things(Account, ACCOUNTS)
    stages: Sequence[Stage] = things(Stage, STAGES)
    parts: Sequence[Part] = things(Part, USES * CAUSES)
    gaps: Sequence[Gap] = things(Gap, USES)
    leads: Sequence[Lead] = things(Lead, USES * NUMBER)
    stocks: Sequence[Stock] = things(Stock, len(LEDGER))
    grades: Sequence[Grade] = things(Grade, GRADES)
    outcome: Sequence[Outcome] = things(Outcome, 1)

    clearances: Sequence[Clearance] = slots(Clearance, 3 * OFFERS)
    ranks: Sequence[Rank] = slots(Rank, 4 * OFFERS)
    limits: Sequence[Limit] = slots(Limit, OFFERS)
    coalitions: Sequence[Coalition] = slots(Coalition, ALL_LIMITS + 1)
    blames: Sequence[Blame] = slots(Blame, USES * BLAMES)
    plans: Sequence[Forecast] = slots(Forecast, USES * MONTHS)
    plan_parts: Sequence[ForecastPart] = slots(ForecastPart, USES * MONTHS * CAUSES)
    orders: Sequence[Order] = slots(Order, 4000)
    contracts: Sequence[Contract] = slots(Contract, 5000)
    books: Sequence[Book] = slots(Book, MONTHS)
    month_ways: Sequence[MonthWay] = slots(MonthWay, MONTHS * PATHWAYS)
    month_gaps: Sequence[MonthGap] = slots(MonthGap, MONTHS * USES)
    month_parts: Sequence[MonthPart] = slots(MonthPart, MONTHS * USES * CAUSES)


LAYOUT: Layout = layout(Future, SHAPES, CALENDAR)

_OWN = spliced(columns_of("outcome", Outcome), "rented", inventory.BY_PATHWAY)
OUTCOMES = (*inventory.INVENTORY, *spliced(_OWN, fields(Opening)[-1].name, (*constraints.ONSETS, *causes.SHARES)))
"""What one future comes to: the columns of `outcomes.parquet`."""

SERIES = (*causes.BOOK, *spliced(columns_of("books", Book, 1), "rented", inventory.BOOK))
"""What the books say of each month: the series that results show."""
