"""The state of one future: every table there is, where the scenario gives its rows, and how many it can hold.

Tables of `slots` come last: they are filled while a future runs and are not copied from its template.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.language.luck import Clock, LuckRow
from sim.language.section import Count, Number, Section, state
from sim.language.tables import Layout, layout, section, slots, things
from sim.world.accounts import Book, Lab, Month, Outcome, Window
from sim.world.capital import Capital, Investor, Talks
from sim.world.causes import CAUSES, GROUPS, USES, Counting, Gap, Lead, Part
from sim.world.chips import Chip, Yardstick
from sim.world.controls import Clause, Government, Rule
from sim.world.dials import Dials
from sim.world.domestic import Supply
from sim.world.fleet import Holding, Site
from sim.world.game import Blame, Coalition, Plan
from sim.world.happenings import Change, Happening, Tie, Trigger
from sim.world.lateness import Order
from sim.world.ledger import ACCOUNTS, Account
from sim.world.market import Offer
from sim.world.orders import STAGES, Stage
from sim.world.planner import ALL_GATES, GATES, Limit, Rank
from sim.world.procurement import Procurement
from sim.world.serving import Service
from sim.world.software import Stack
from sim.world.training import Campaign, Training

CALENDAR = 4096
"""Events that may be pending at once."""

SHAPES = 160
"""Quantile tables that a scenario may use."""

OFFERS = 24
MONTHS = 180


class Span(Section):
    """How long a future is. Made by assembly."""

    horizon: Number = state("days from the start to the end")
    as_of: Number = state("day of the last fact that is used")


class Counts(Section):
    """Rows in use, by table. Made by assembly."""

    lucks: Count = state("lucks")
    chips: Count = state("chips")
    stacks: Count = state("stacks")
    governments: Count = state("governments")
    rules: Count = state("rules")
    clauses: Count = state("clauses")
    supplies: Count = state("supplies")
    sites: Count = state("sites")
    holdings: Count = state("holdings")
    offers: Count = state("offers")
    campaigns: Count = state("campaigns")
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
    lucks: Sequence[LuckRow] = things(LuckRow, 320)
    window: Sequence[Window] = section(Window, at="window")
    dials: Sequence[Dials] = section(Dials, at="dials")
    yardstick: Sequence[Yardstick] = section(Yardstick, at="yardstick")
    chips: Sequence[Chip] = things(Chip, 48, at="chips")
    stacks: Sequence[Stack] = things(Stack, 8, at="software.stacks")
    governments: Sequence[Government] = things(Government, 4, at="controls.governments")
    rules: Sequence[Rule] = things(Rule, 48, at="controls.rules")
    clauses: Sequence[Clause] = things(Clause, 160)
    supplies: Sequence[Supply] = things(Supply, 12, at="domestic.supplies")
    sites: Sequence[Site] = things(Site, 8, at="fleet.sites")
    holdings: Sequence[Holding] = things(Holding, 32, at="fleet.holdings")
    offers: Sequence[Offer] = things(Offer, OFFERS, at="market.offers")
    procurement: Sequence[Procurement] = section(Procurement, at="procurement")
    shortfall: Sequence[Counting] = section(Counting, at="shortfall")
    training: Sequence[Training] = section(Training, at="training")
    campaigns: Sequence[Campaign] = things(Campaign, 12, at="training.roadmap")
    serving: Sequence[Service] = section(Service, at="serving")
    capital: Sequence[Capital] = section(Capital, at="capital")
    talks: Sequence[Talks] = section(Talks, at="capital.talks")
    investors: Sequence[Investor] = things(Investor, 12, at="capital.investors")
    happenings: Sequence[Happening] = things(Happening, 48, at="happenings")
    changes: Sequence[Change] = things(Change, 240)
    ties: Sequence[Tie] = things(Tie, 96)
    triggers: Sequence[Trigger] = things(Trigger, 48)
    months: Sequence[Month] = things(Month, MONTHS)
    lab: Sequence[Lab] = section(Lab)
    accounts: Sequence[Account] = things(Account, ACCOUNTS)
    stages: Sequence[Stage] = things(Stage, STAGES)
    parts: Sequence[Part] = things(Part, USES * CAUSES)
    gaps: Sequence[Gap] = things(Gap, USES)
    leads: Sequence[Lead] = things(Lead, USES * GROUPS)

    ranks: Sequence[Rank] = slots(Rank, 4 * OFFERS)
    limits: Sequence[Limit] = slots(Limit, OFFERS)
    coalitions: Sequence[Coalition] = slots(Coalition, ALL_GATES + 1)
    blames: Sequence[Blame] = slots(Blame, GATES)
    plans: Sequence[Plan] = slots(Plan, USES * MONTHS)
    orders: Sequence[Order] = slots(Order, 4000)
    books: Sequence[Book] = slots(Book, MONTHS)
    outcome: Sequence[Outcome] = slots(Outcome, 1)


LAYOUT: Layout = layout(Future, SHAPES, CALENDAR)
