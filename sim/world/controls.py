"""Controls: rules of two governments, each a test on a chip's attributes, and what they mean for each offer today.

A rule is announced, takes effect, and may be lifted; each date is luck. Which chips it hits is derived from their
attributes. Of a government's rules in force that hit a chip, the one that took effect last decides: so a case-by-case
window overrides an older denial, and when the window is lifted the denial stands again; a listing of the lab itself
outranks both. An import needs both keys,
the exporter's and the buyer's; grey supply needs neither. A rule that takes effect catches what has not shipped.
Left out here: fees as a rule of their own (they are in the price), shares of volume, rush before a rule takes effect.
Rules: 15 CFR 742.6, 744.23, 774 (ECCN 3A090); facts x.* and the catalogue `facts/rules.yaml`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.luck import after, chance, compilable, draw
from sim.language.section import (
    Count,
    Date,
    Days,
    Luck,
    Number,
    Options,
    Reference,
    Row,
    Rows,
    Section,
    Share,
    Thing,
    Units,
    UnitsPerYear,
    parameter,
    state,
)
from sim.world.arithmetic import INSTANT, YEAR, whole
from sim.world.kinds import RULE_CAME_DUE
from sim.world.market import LICENSED, RENTED_ABROAD
from sim.world.purposes import RULE_DATE, RULE_MADE

if TYPE_CHECKING:
    from sim.world.future import Future

OPEN, CASE_BY_CASE, DISCOURAGED, PRESUMED_DENIAL, DENIAL = 0.0, 1.0, 2.0, 3.0, 4.0
ACCELERATOR, CLOUD, ENTITY = 0.0, 1.0, 2.0
AT_LEAST, ABOVE, AT_MOST, BELOW, EQUAL, IS_ROW = range(6)
ANNOUNCED, EFFECTIVE, LIFTED = range(3)


class Government(Thing):
    """A gate: an exporter's, or the buyer's own. Scenario list `controls.governments`."""

    decision: Luck[Days] = parameter("application to decision")
    granted: Share = parameter("applications granted, case by case")
    granted_discouraged: Share = parameter("applications granted, when buyers are told to justify")
    granted_presumed: Share = parameter("applications granted against a presumption of denial")

    waiting: Units = state("chips whose application waits here")
    refused: Units = state("chips refused here")


class Rule(Thing):
    """One control. Scenario list `controls.rules`."""

    government: Annotated[int, Reference("governments")] = parameter("whose rule it is")
    item: Annotated[float, Options(("accelerator", "cloud", "entity", "memory", "tools", "foundry"))] = parameter(
        "what it controls"
    )
    regime: Annotated[float, Options(("open", "case_by_case", "discouraged", "presumption_of_denial", "denial"))] = (
        parameter("what happens to what it hits")
    )
    probability: Share = parameter("odds that the rule is made at all", absent=1.0)
    announced: Luck[Date] = parameter("known from this date", absent=-math.inf)
    effective: Luck[Date] = parameter("in force from this date")
    lifted: Luck[Date] = parameter("in force until this date", absent=math.inf)
    quota: UnitsPerYear = parameter("most chips granted to this lab, by quarter from the start", absent=math.inf)
    hits: Annotated[float, Rows("clauses")] = parameter("which chips; left out, all of them", absent=0.0)

    made: Count = state("1 if the rule is made in this future")
    in_force: Count = state("1 while in force")
    since: Number = state("day it took effect")
    begins_noted: Number = state("the day on which the calendar has it take effect")
    ends_noted: Number = state("the day on which the calendar has it lifted")
    used: Units = state("chips granted under its quota this quarter")
    quarter: Number = state("the quarter that `used` counts")


class Clause(Section):
    """One test of a rule: `chips[c].attribute compares value`. A rule hits what meets all clauses of an alternative."""

    rule: Row = state("the rule")
    alternative: Row = state("which alternative of the rule it belongs to")
    address: Row = state("where the attribute of the first chip lies")
    stride: Row = state("how far the next chip lies")
    comparison: Row = state("at least, above, at most, below, equal, is this row")
    value: Number = state("what it is compared with")


@compilable
def opened(future: Future) -> None:
    """Which rules are made, which are in force on the first day, and when the others come due."""
    for r in range(future.counts[0].rules):
        rule = future.rules[r]
        rule.made = 1 if chance(future, RULE_MADE, rule.key, 0, rule.probability) else 0
    timetable(future)
    judged(future)
    for r in range(future.counts[0].rules):
        came_due(future, r)


@compilable
def timetable(future: Future) -> None:
    """Dates still to come. Called again when a change may have moved one; an event whose date moved does nothing."""
    for r in range(future.counts[0].rules):
        if future.rules[r].made:
            for which in range(EFFECTIVE, LIFTED + 1):
                noted(future, r, which, date(future, r, which))


@compilable
def noted(future: Future, r: int, which: int, day: float) -> None:
    """A date still to come, unless it stands in the calendar already."""
    rule = future.rules[r]
    known = rule.begins_noted if which == EFFECTIVE else rule.ends_noted
    if future.clock[0].now + INSTANT < day < math.inf and day != known:
        after(future, day - future.clock[0].now, RULE_CAME_DUE, r)
        if which == EFFECTIVE:
            rule.begins_noted = day
        else:
            rule.ends_noted = day


@compilable
def date(future: Future, r: int, which: int) -> float:
    """The announced, effective or lifted date of a rule; `after` counts from the date before it."""
    rule = future.rules[r]
    announced = draw(future, RULE_DATE, rule.key, ANNOUNCED, rule.announced)
    if which == ANNOUNCED:
        return announced
    effective = draw(future, RULE_DATE, rule.key, EFFECTIVE, rule.effective)
    if future.lucks[rule.effective].relative:
        effective += announced
    if which == EFFECTIVE:
        return effective
    lifted = draw(future, RULE_DATE, rule.key, LIFTED, rule.lifted)
    return lifted + effective if future.lucks[rule.lifted].relative else lifted


@compilable
def came_due(future: Future, r: int) -> None:
    """A rule takes effect or is lifted, if this is its day; every offer is judged again."""
    rule = future.rules[r]
    now = future.clock[0].now + INSTANT
    begins = date(future, r, EFFECTIVE)
    in_force = 1 if rule.made and begins <= now < date(future, r, LIFTED) else 0
    if in_force != rule.in_force:
        rule.in_force = in_force
        rule.since = begins
        judged(future)


@compilable
def judged(future: Future) -> None:
    """Which rule decides over each offer at each gate."""
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        offer.exporter_rule = deciding(future, o, offer.exporter)
        offer.buyer_rule = deciding(future, o, offer.buyer)


@compilable
def deciding(future: Future, o: int, government: int) -> int:
    """Of this government's rules in force that hit the offer, the one that outranks the others; -1 for none."""
    found = -1
    if government >= 0:
        for r in range(future.counts[0].rules):
            rule = future.rules[r]
            holds = rule.in_force and rule.government == government and concerns(future, rule.item, o)
            if holds and outranks(future, r, found) and hits(future, r, future.offers[o].chip):
                found = r
    return found


@compilable
def outranks(future: Future, r: int, other: int) -> bool:
    """A listing of the lab comes before any rule on chips; of two alike the one that took effect later."""
    if other < 0:
        return True
    rule, than = future.rules[r], future.rules[other]
    if (rule.item == ENTITY) != (than.item == ENTITY):
        return rule.item == ENTITY
    return rule.since >= than.since


@compilable
def rush(future: Future, o: int) -> float:
    """Days until the first rule that is announced, not yet in force and would shut an offer; -1 if there is none."""
    now = future.clock[0].now
    offer = future.offers[o]
    soonest = -1.0
    for r in range(future.counts[0].rules):
        rule = future.rules[r]
        if rule.made and not rule.in_force and rule.regime == DENIAL and concerns(future, rule.item, o):
            wait = date(future, r, EFFECTIVE) - now
            near = wait > 0.0 and (soonest < 0.0 or wait < soonest)
            at_gate = rule.government == offer.exporter or rule.government == offer.buyer
            if near and at_gate and date(future, r, ANNOUNCED) <= now and hits(future, r, offer.chip):
                soonest = wait
    return soonest


@compilable
def concerns(future: Future, item: float, o: int) -> bool:
    """Accelerator rules gate imports, cloud rules gate rent abroad, a listing of the lab gates both."""
    pathway = future.offers[o].pathway
    if item == ENTITY:
        return pathway in (LICENSED, RENTED_ABROAD)
    return (item == ACCELERATOR and pathway == LICENSED) or (item == CLOUD and pathway == RENTED_ABROAD)


@compilable
def hits(future: Future, r: int, c: int) -> bool:
    """A rule without clauses hits every chip; else all clauses of one alternative must hold."""
    any_clause = False
    alternative = -1
    holds = False
    for k in range(future.counts[0].clauses):
        clause = future.clauses[k]
        if clause.rule == r:
            any_clause = True
            if clause.alternative != alternative:
                if holds:
                    return True
                alternative = clause.alternative
                holds = True
            holds = holds and met(future, k, c)
    return holds or not any_clause


@compilable
def met(future: Future, k: int, c: int) -> bool:
    """One clause, for one chip."""
    clause = future.clauses[k]
    if clause.comparison == IS_ROW:
        return clause.value == c
    return compared(future.values[clause.address + c * clause.stride], clause.comparison, clause.value)


@compilable
def compared(number: float, comparison: int, value: float) -> bool:
    """Whether a number compares as a scenario says."""
    if comparison == AT_LEAST:
        return number >= value
    if comparison == ABOVE:
        return number > value
    if comparison == AT_MOST:
        return number <= value
    if comparison == BELOW:
        return number < value
    return number == value


@compilable
def regime(future: Future, r: int) -> float:
    """What a deciding rule means; no rule means open."""
    return future.rules[r].regime if r >= 0 else OPEN


@compilable
def denied(future: Future, o: int) -> bool:
    """Whether either gate is shut for an offer today."""
    offer = future.offers[o]
    return regime(future, offer.exporter_rule) == DENIAL or regime(future, offer.buyer_rule) == DENIAL


@compilable
def quota_left(future: Future, r: int) -> float:
    """Chips that a rule's quota still allows this quarter."""
    if r < 0:
        return math.inf
    rule = future.rules[r]
    this_quarter = whole(future.clock[0].now * 4.0 / YEAR)
    if rule.quarter != this_quarter:
        rule.quarter = this_quarter
        rule.used = 0.0
    return rule.quota / 4.0 - rule.used
