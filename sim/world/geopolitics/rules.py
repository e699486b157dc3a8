"""Rules: the controls of each government, when each is announced, takes effect and ends.

A rule has dates, and may besides turn: by a hazard that depends on the climate it is lifted while in force, and comes
(or comes back) while it is not. A rule without a date waits for its hazard alone. A turn is announced and takes effect
after a notice, which may be none. Dates, coins and turns are luck, and are read anew whenever something has moved them.
Left out: amendments other than a rule of their own, notice of an end that is dated.
Units: days, turns a year. Facts: the catalogue `facts/rules.yaml`, x.us_accelerator_changes, x.cn_changes,
x.us_same_day, x.us_announced_to_effective.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import (
    Count,
    Date,
    Days,
    Luck,
    Number,
    Options,
    PerYear,
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
from sim.language.events import after, compilable
from sim.language.luck import chance, draw, purpose
from sim.world import hazards
from sim.world.arithmetic import INSTANT
from sim.world.geopolitics import climate
from sim.world.signals import RULE_ANNOUNCED, RULE_CAME_DUE, RULE_TURNED

if TYPE_CHECKING:
    from sim.world.course.future import Future

RULE_DATE = purpose("rule date")
RULE_ENACTED = purpose("rule enacted")
RULE_NOTICE = purpose("rule notice")

REGIMES = ("open", "case_by_case", "discouraged", "presumption_of_denial", "denial", "inspection")
OPEN, CASE_BY_CASE, DISCOURAGED, PRESUMED_DENIAL, DENIAL, INSPECTION = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
ITEMS = ("accelerator", "cloud", "entity", "memory", "tools", "foundry", "servicing")
ACCELERATOR, CLOUD, ENTITY, MEMORY, TOOLS, FOUNDRY, SERVICING = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0
ANNOUNCED, EFFECTIVE, LIFTED = range(3)


class Rule(Thing):
    """One control. Scenario list `controls.rules`."""

    government: Annotated[int, Reference("governments")] = parameter("whose rule it is")
    item: Annotated[float, Options(ITEMS)] = parameter("what it controls; entity: this lab itself is listed")
    regime: Annotated[float, Options(REGIMES)] = parameter("what happens to what it hits")
    probability: Share = parameter("probability that the rule is made at all", default=1.0)
    announced: Luck[Date] = parameter("known from this date", default=-math.inf)
    effective: Luck[Date] = parameter(
        "in force from this date; left out, it comes by its hazard alone", default=math.inf
    )
    lifted: Luck[Date] = parameter("in force until this date", default=math.inf)
    ends_truce: PerYear = parameter("how often a year it is lifted while in force, in a truce", default=0.0)
    ends_tension: PerYear = parameter("the same in tension", default=0.0)
    ends_rupture: PerYear = parameter("the same in a rupture", default=0.0)
    comes_truce: PerYear = parameter(
        "how often a year it comes, or comes back, while it is not, in a truce", default=0.0
    )
    comes_tension: PerYear = parameter("the same in tension", default=0.0)
    comes_rupture: PerYear = parameter("the same in a rupture", default=0.0)
    notice: Luck[Days] = parameter("announcement of such a turn to its effect", default=0.0)
    rush: Share = parameter("part of the stock on offer that other buyers take in the notice of a denial", default=0.0)
    quota: UnitsPerYear = parameter("most chips granted to this lab, by quarter from the start", default=math.inf)
    volume: Share = parameter("most chips granted, as a share of them and of domestic chips delivered", default=1.0)
    fee: Share = parameter("charge on what it grants, as a share of the price", default=0.0)
    inspection: Luck[Days] = parameter("time that customs hold what they inspect", default=0.0)
    seizure: Share = parameter("probability that an inspection ends in seizure", default=0.0)
    hits: Annotated[float, Rows("clauses")] = parameter("which chips; left out, all of them", default=0.0)
    places: Annotated[float, Rows("localities")] = parameter(
        "what stands where; left out, everywhere, and what has no place too", default=0.0
    )

    clause: Row = state("the first of its clauses, which lie side by side")
    clauses: Count = state("how many clauses it has")
    localities: Count = state("how many places it names")
    enacted: Count = state("1 if the rule is made in this future")
    in_force: Count = state("1 while in force")
    since: Number = state("day it took effect")
    announcement_scheduled_for: Number = state("the day on which the calendar has it announced")
    start_scheduled_for: Number = state("the day on which the calendar has it take effect")
    end_scheduled_for: Number = state("the day on which the calendar has it lifted")
    turning: Count = state("1 while a turn is announced and not in effect")
    turns_on: Number = state("day on which that turn takes effect")
    turned: Count = state("1 while a turn stands against its dates")
    turns: Count = state("turns that have taken effect")
    used: Units = state("chips granted under its quota this quarter")
    quarter: Number = state("the quarter that `used` counts")
    granted: Units = state("chips granted under it in all")


class Clause(Section):
    """One test of a rule: `chips[c].attribute compares value`. A rule hits what meets all clauses of an alternative."""

    rule: Row = state("the rule")
    alternative: Row = state("which alternative of the rule it belongs to")
    address: Row = state("where the attribute of the first chip lies")
    stride: Row = state("how far the next chip lies")
    comparison: Row = state("at least, above, at most, below, equal, is this row")
    value: Number = state("what it is compared with")


class Locality(Section):
    """A place that a rule names."""

    rule: Row = state("the rule")
    place: Row = state("the place")


@compilable
def first_day(future: Future) -> None:
    """Which rules are made, what they hit and where, and when their dates come."""
    for k in range(future.counts[0].clauses):
        rule = future.rules[future.clauses[k].rule]
        if rule.clauses == 0:
            rule.clause = k
        rule.clauses += 1
    for k in range(future.counts[0].localities):
        future.rules[future.localities[k].rule].localities += 1
    for r in range(future.counts[0].rules):
        rule = future.rules[r]
        rule.enacted = 1 if chance(future, RULE_ENACTED, rule.key, 0, rule.probability) else 0
    timetable(future)


@compilable
def timetable(future: Future) -> None:
    """Dates still to come. Called again when a change may have moved one; an event whose date moved does nothing."""
    now = future.clock[0].now
    for r in range(future.counts[0].rules):
        rule = future.rules[r]
        if rule.enacted:
            announced, begins, ends = date(future, r, ANNOUNCED), date(future, r, EFFECTIVE), date(future, r, LIFTED)
            if to_come(future, announced) and announced != rule.announcement_scheduled_for:
                after(future, announced - now, RULE_ANNOUNCED, r)
                rule.announcement_scheduled_for = announced
            if to_come(future, begins) and begins != rule.start_scheduled_for:
                after(future, begins - now, RULE_CAME_DUE, r)
                rule.start_scheduled_for = begins
            if to_come(future, ends) and ends != rule.end_scheduled_for:
                after(future, ends - now, RULE_CAME_DUE, r)
                rule.end_scheduled_for = ends


@compilable
def to_come(future: Future, day: float) -> bool:
    """Whether a day lies ahead."""
    return future.clock[0].now + INSTANT < day < math.inf


@compilable
def date(future: Future, r: int, use: int) -> float:
    """The announced, effective or lifted date of a rule; `after` counts from the date before it."""
    rule = future.rules[r]
    if use == ANNOUNCED:
        return draw(future, RULE_DATE, rule.key, ANNOUNCED, rule.announced)
    lifted = draw(future, RULE_DATE, rule.key, LIFTED, rule.lifted) if use == LIFTED else 0.0
    if use == LIFTED and not future.lucks[rule.lifted].relative:
        return lifted
    effective = draw(future, RULE_DATE, rule.key, EFFECTIVE, rule.effective)
    if future.lucks[rule.effective].relative:
        effective += draw(future, RULE_DATE, rule.key, ANNOUNCED, rule.announced)
    return lifted + effective if use == LIFTED else effective


@compilable
def came_due(future: Future, r: int) -> bool:
    """A rule as it is today, and its hazard at today's rate; whether it has taken effect or ended just now."""
    rule = future.rules[r]
    if turns_today(future, r):
        rule.turning = 0
        rule.turned = 1 - rule.turned
        rule.turns += 1
    in_force = 1 if holds(future, r) else 0
    changed = in_force != rule.in_force
    if changed:
        rule.in_force = in_force
        now = future.clock[0].now
        rule.since = now if now > 0.0 else date(future, r, EFFECTIVE)
    hazard_set(future, r)
    return changed


@compilable
def reaches(future: Future, r: int, place: int) -> bool:
    """Whether a rule is of a place: one that names none is of every place, and of what has none."""
    if future.rules[r].localities == 0:
        return True
    for k in range(future.counts[0].localities):
        if future.localities[k].rule == r and future.localities[k].place == place:
            return True
    return False


@compilable
def turns_today(future: Future, r: int) -> bool:
    """Whether a turn that has been announced is due."""
    return future.rules[r].turning == 1 and future.rules[r].turns_on <= future.clock[0].now + INSTANT


@compilable
def is_due(future: Future, r: int) -> bool:
    """Whether it may take effect or end just now."""
    return turns_today(future, r) or holds(future, r) != (future.rules[r].in_force == 1)


@compilable
def holds(future: Future, r: int) -> bool:
    """Whether it is in force by its dates and turns: with a date till it has gone, without one once it has come."""
    undated = 1 if date(future, r, EFFECTIVE) == math.inf else 0
    return exposed(future, r) and future.rules[r].turned == undated


@compilable
def exposed(future: Future, r: int) -> bool:
    """Whether its dates let it be in force today, and so whether it may turn."""
    now = future.clock[0].now + INSTANT
    begins = date(future, r, EFFECTIVE)
    begun = begins <= now or begins == math.inf
    return bool(future.rules[r].enacted) and begun and now < date(future, r, LIFTED)


@compilable
def hazard_set(future: Future, r: int) -> None:
    """Its hazard runs at the rate of today's climate, unless a turn is under way."""
    rule = future.rules[r]
    rate = 0.0
    if exposed(future, r) and not rule.turning:
        if rule.in_force:
            rate = climate.pick(future, rule.ends_truce, rule.ends_tension, rule.ends_rupture)
        else:
            rate = climate.pick(future, rule.comes_truce, rule.comes_tension, rule.comes_rupture)
    days = hazards.runs(future, hazards.CLIMATE_CLOCKS + r, rule.key, rate)
    if days < math.inf:
        after(future, days, RULE_TURNED, r)


@compilable
def turned(future: Future, r: int) -> bool:
    """Its hazard has struck: the turn is announced, and takes effect after the notice. False if the event is void."""
    clock = hazards.CLIMATE_CLOCKS + r
    if not hazards.strikes(future, clock):
        return False
    rule = future.rules[r]
    notice = draw(future, RULE_NOTICE, rule.key, future.hazards[clock].strokes, rule.notice)
    rule.turning = 1
    rule.turns_on = future.clock[0].now + notice
    after(future, notice, RULE_CAME_DUE, r)
    return True


@compilable
def ahead(future: Future, r: int) -> float:
    """Days until an announced change of a rule takes effect; infinity if none is announced."""
    rule = future.rules[r]
    now = future.clock[0].now
    if rule.turning:
        return rule.turns_on - now
    if rule.enacted:
        begins = date(future, r, EFFECTIVE)
        if to_come(future, begins) and date(future, r, ANNOUNCED) <= now + INSTANT:
            return begins - now
    return math.inf
