"""Controls: the offices that must clear each offer, and which rule decides at each of them today.

Which chips a rule hits is derived from their attributes, and it may be of some places alone: so one country is closed
and another is not. Of a government's rules in force that hit a chip, the one that took effect last decides: so a
case-by-case window overrides an older denial, and when the window closes the denial stands again; a listing of the lab
itself outranks both. All offices of an offer must agree (`offices`), and grey supply asks none. `open`
is as if there were no rule. Quota, share of volume and fee are terms of what is granted; an inspection is customs' work
and no office's. A rule that takes effect catches what has not shipped.
A change may be announced before it takes effect: then other buyers rush, and the lab can see how long it has.
Left out: shares of a vendor's national volume, and what one buyer passes on to another.
Rules: 15 CFR 742.6, 744.11 (listings), 744.23, 774 (ECCN 3A090); facts x.*, x.hbm_notice (a rush).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.events import compilable, event
from sim.world import dials
from sim.world.arithmetic import YEAR, whole
from sim.world.geopolitics import offices, rules
from sim.world.geopolitics.offices import EXPORTER
from sim.world.geopolitics.rules import ACCELERATOR, DENIAL, ENTITY, INSPECTION, ITEMS, OPEN, PRESUMED_DENIAL
from sim.world.pathways import BOUGHT_HOME, TABLE
from sim.world.signals import RULE_ANNOUNCED, RULE_TURNED

if TYPE_CHECKING:
    from sim.world.course.future import Future

AT_LEAST, ABOVE, AT_MOST, BELOW, EQUAL, IS_ROW = range(6)
CLEARED = tuple(float(ITEMS.index(row.item)) if row.item else -1.0 for row in TABLE)
"""What rules call that which comes by each pathway; -1 where no office clears it."""
QUARTERS_A_YEAR = 4.0
"""In a year: a quota counts by the quarter."""


@compilable
def first_day(future: Future) -> None:
    """Which offices clear each offer, which rules are made, and which are in force on the first day."""
    offices.first_day(future)
    rules.first_day(future)
    for r in range(future.counts[0].rules):
        if rules.came_due(future, r):
            listing_noted(future, r)
    judged(future)  # once: none of them was ever without the others
    rules.timetable(future)


@compilable
def reviewed(future: Future) -> None:
    """Every rule and every offer is looked at anew, after a change of whatever they depend on."""
    judged(future)
    for r in range(future.counts[0].rules):
        came_due(future, r)
    rules.timetable(future)


@compilable
def came_due(future: Future, r: int) -> None:
    """If a rule has taken effect or ended, every offer is judged again."""
    if rules.came_due(future, r):
        judged(future)
        listing_noted(future, r)


@compilable
def listing_noted(future: Future, r: int) -> None:
    """The first day on which a government lists the lab itself."""
    rule = future.rules[r]
    office = future.governments[rule.government]
    if rule.item == ENTITY and rule.in_force and not office.listed:
        office.listed = 1
        office.listed_on = future.clock[0].now


@event(on=RULE_TURNED)
def rule_turned(future: Future, r: int) -> None:
    """A rule comes or goes by its hazard: the day on which that is announced."""
    if rules.turned(future, r):
        rule_announced(future, r)


@event(on=RULE_ANNOUNCED)
def rule_announced(future: Future, r: int) -> None:
    """In the notice of a denial other buyers take their part of the stock on offer."""
    if 0.0 < rules.ahead(future, r) < math.inf:
        for o in range(future.counts[0].offers):
            offer = future.offers[o]
            if offer.yearly < math.inf and would_deny(future, r, o):
                offer.stock -= whole(offer.stock * future.rules[r].rush)


@compilable
def judged(future: Future) -> None:
    """Which rule decides over each offer at each office."""
    for o in range(future.counts[0].offers):
        offer = future.offers[o]
        for k in range(offer.clearance, offer.clearance + offer.clearances):
            clearance = future.clearances[k]
            was_open = CLEARED[int(offer.pathway)] == ACCELERATOR and regime(future, clearance.rule) != DENIAL
            decides = deciding(future, o, clearance.government, -1)
            if decides != clearance.rule:
                answer_forgotten(future, o)
            clearance.rule = decides
            if was_open and clearance.role == EXPORTER and future.clock[0].now > 0.0:
                noted(future, clearance.rule)


@compilable
def answer_forgotten(future: Future, o: int) -> None:
    """What an office said of an offer stands no more: it has said yes since, or another rule decides."""
    future.offers[o].refusals = 0
    future.offers[o].asks_again = 0.0


@compilable
def noted(future: Future, r: int) -> None:
    """The first day on which an exporter shuts out a chip that it let through; a listing of the lab is not meant."""
    if regime(future, r) == DENIAL and future.rules[r].item != ENTITY:
        office = future.governments[future.rules[r].government]
        if not office.shut:
            office.shut = 1
            office.shut_on = future.clock[0].now


@compilable
def deciding(future: Future, o: int, government: int, change: int) -> int:
    """Of a government's rules in force that hit the offer, the one that outranks the others; -1 for none, or open.

    `change` is a rule taken as if its announced change had come already; -1 for none.
    """
    strictest = -1
    if passing(future, government) < dials.REMOVED:
        for r in range(future.counts[0].rules):
            rule = future.rules[r]
            in_force = 1 - rule.in_force if r == change else rule.in_force
            holds = in_force and rule.government == government and concerns(future, r, o)
            if holds and would_outrank(future, r, strictest, change) and hits(future, r, future.offers[o].chip):
                strictest = r
    return strictest if regime(future, strictest) != OPEN else -1


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
def would_outrank(future: Future, r: int, other: int, change: int) -> bool:
    """The same, when a rule has just changed: it is the latest of its kind."""
    alike = other >= 0 and (future.rules[r].item == ENTITY) == (future.rules[other].item == ENTITY)
    if alike and change in (r, other):
        return change == r
    return outranks(future, r, other)


@compilable
def concerns(future: Future, r: int, o: int) -> bool:
    """Accelerator rules are on imports, cloud rules on rent abroad, a listing of the lab on both, where they reach."""
    cleared = CLEARED[int(future.offers[o].pathway)]
    item = future.rules[r].item
    if future.rules[r].regime == INSPECTION or not rules.reaches(future, r, future.offers[o].place):
        return False
    return cleared >= 0.0 if item == ENTITY else cleared == item


@compilable
def hits(future: Future, r: int, c: int) -> bool:
    """A rule without clauses hits every chip; else all clauses of one alternative must hold."""
    rule = future.rules[r]
    alternative = -1
    holds = rule.clauses == 0
    for k in range(rule.clause, rule.clause + rule.clauses):
        clause = future.clauses[k]
        if clause.alternative != alternative:
            if holds:
                return True
            alternative = clause.alternative
            holds = True
        holds = holds and met(future, k, c)
    return holds


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
    """Whether any office denies an offer today."""
    offer = future.offers[o]
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        if regime(future, future.clearances[k].rule) == DENIAL:
            return True
    return False


@compilable
def ruled(future: Future, o: int) -> bool:
    """Whether a rule decides over an offer at any office today."""
    offer = future.offers[o]
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        if future.clearances[k].rule >= 0:
            return True
    return False


@compilable
def would_deny(future: Future, r: int, o: int) -> bool:
    """Whether an offer that is open today would be denied once a rule has changed."""
    if denied(future, o):
        return False
    offer = future.offers[o]
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        if regime(future, deciding(future, o, future.clearances[k].government, r)) == DENIAL:
            return True
    return False


@compilable
def announced(future: Future) -> bool:
    """Whether a change of any rule is announced."""
    for r in range(future.counts[0].rules):
        if rules.ahead(future, r) < math.inf:
            return True
    return False


@compilable
def rush(future: Future, o: int) -> float:
    """Days until an announced change denies an offer that is open today; -1 if none is announced."""
    if CLEARED[int(future.offers[o].pathway)] < 0.0 or denied(future, o):
        return -1.0
    least = math.inf
    for r in range(future.counts[0].rules):
        days = rules.ahead(future, r)
        if days < least and would_deny(future, r, o):
            least = days
    return least if least < math.inf else -1.0


@compilable
def passing(future: Future, government: int) -> float:
    """Part of what this office would stop that the dials let pass: none as a rule, all of it once removed."""
    eased = future.dials[0]
    shut = dials.less(eased.control)
    if future.governments[government].buys:
        shut *= dials.less(eased.buyer_gate)
    return 1.0 - shut


@compilable
def passing_all(future: Future, o: int) -> float:
    """Part of an offer that is denied today that the dials let pass at every office."""
    offer = future.offers[o]
    part = 1.0
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        if regime(future, future.clearances[k].rule) == DENIAL:
            part *= passing(future, future.clearances[k].government)
    return part


@compilable
def listed(future: Future) -> bool:
    """Whether a rule in force names the lab itself."""
    for r in range(future.counts[0].rules):
        if future.rules[r].in_force and future.rules[r].item == ENTITY:
            return True
    return False


@compilable
def since(future: Future, item: float, day: float) -> float:
    """Days since the oldest denial of an item in force, or presumption of denial, after a day; 0 if there is none."""
    longest = 0.0
    for r in range(future.counts[0].rules):
        rule = future.rules[r]
        forbids = rule.in_force and rule.item == item and PRESUMED_DENIAL <= rule.regime <= DENIAL
        if forbids and rule.since > day:
            longest = max(longest, future.clock[0].now - rule.since)
    return longest


@compilable
def denied_part(future: Future, item: float, days: float) -> float:
    """Part of the last days for which a denial of an item that is in force today has been so."""
    return min(1.0, since(future, item, -math.inf) / days)


@compilable
def quota_left(future: Future, r: int) -> float:
    """Chips that a rule's quota still allows this quarter, and its share of volume."""
    if r < 0 or passing(future, future.rules[r].government) >= dials.REMOVED:
        return math.inf
    rule = future.rules[r]
    this_quarter = whole(future.clock[0].now * QUARTERS_A_YEAR / YEAR)
    if rule.quarter != this_quarter:
        rule.quarter = this_quarter
        rule.used = 0.0
    shut = 1.0 - passing(future, rule.government)
    return min(rule.quota / QUARTERS_A_YEAR / shut - rule.used, volume_left(future, r))


@compilable
def quota_by(future: Future, r: int, days: float) -> float:
    """Chips that an order may have for a rule's quota so many days from now: it is granted whole, in one quarter."""
    left = quota_left(future, r)
    if left == math.inf or future.rules[r].quota == math.inf:
        return left
    a_quarter = future.rules[r].quota / QUARTERS_A_YEAR / (1.0 - passing(future, future.rules[r].government))
    return min(a_quarter, volume_left(future, r), left + whole(days * QUARTERS_A_YEAR / YEAR) * a_quarter)


@compilable
def quota_of_offer(future: Future, o: int, days: float) -> float:
    """Chips of an offer that the quotas of every office allow so many days from now."""
    offer = future.offers[o]
    least = math.inf
    for k in range(offer.clearance, offer.clearance + offer.clearances):
        least = min(least, quota_by(future, future.clearances[k].rule, days))
    return least


@compilable
def volume_left(future: Future, r: int) -> float:
    """Chips that the domestic chips delivered so far still allow, where a rule asks for so many of them with each."""
    rule = future.rules[r]
    if rule.volume >= 1.0:
        return math.inf
    home = 0.0
    for o in range(future.counts[0].offers):
        if BOUGHT_HOME[int(future.offers[o].pathway)]:
            home += future.offers[o].delivered
    shut = 1.0 - passing(future, rule.government)
    return whole(home * rule.volume / (1.0 - rule.volume) / shut) - rule.granted


@compilable
def record_outcome(future: Future) -> None:
    """What the governments had done by the end of the reporting window."""
    outcome = future.outcome[0]
    until = future.window[0].reporting_until
    relations = future.climate[0]
    outcome.rupture = 1.0 if relations.ruptured and relations.ruptured_on < until else 0.0
    outcome.truce_lapsed = 1.0 if relations.lapsed and relations.lapsed_on < until else 0.0
    for g in range(future.counts[0].governments):
        office = future.governments[g]
        if office.shut and office.shut_on < until:
            outcome.window_closed = 1.0
        if office.listed and office.listed_on < until:
            outcome.listed = 1.0
