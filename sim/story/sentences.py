"""What is said of each kind of event: one function for each thing that can move, and which of them a kind can move.

A sentence is made from how things stood before the event and after it, so an event that no longer holds says nothing.
What an event's own sentence says stands beside its handler; what else it can move, in `SENTENCES`.
"""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from sim.language.counting import counted
from sim.language.events import EVENTS, NOTABLE, ROUTINE, TURN
from sim.measures.wording import amount, number, percent_text
from sim.story.entries import Entry
from sim.story.recorder import Scene
from sim.world.arithmetic import MONTH
from sim.world.company import other_finance as world_finance
from sim.world.company import rounds as world_talks
from sim.world.company.capital import CLOSED, CLOSING, COLLAPSED, QUIET, STALLED, TALKING
from sim.world.course import events as course
from sim.world.course import happenings as world_happenings
from sim.world.course.future import LAYOUT
from sim.world.fleet import contracts, holdings
from sim.world.geopolitics import climate as world_climate
from sim.world.geopolitics import controls
from sim.world.geopolitics import rules as world_rules
from sim.world.hardware.chips import flop
from sim.world.purchasing import orders as world_orders
from sim.world.purchasing.orders import (
    AT_OFFICE,
    AT_VENDOR,
    CANCELLED,
    CONFISCATED,
    DELIVERED,
    IN_TRANSIT,
    REFUSED,
)
from sim.world.supply import market
from sim.world.workloads import awaited, training
from sim.world.workloads.training import DONE, FINAL, RESEARCH, WAITING

NOTICED = 0.05
"""Part of the owned fleet, in H100e, from which on chips that come or go are worth telling."""

TALKS = {
    QUIET: "talks are over",
    TALKING: "a round of financing is reported",
    CLOSING: "a term sheet is agreed; approvals are awaited",
    CLOSED: "the round closes",
    STALLED: "the talks stall",
    COLLAPSED: "the talks collapse",
}

SAVING = (
    "money is no longer short",
    "money is short: less rent is renewed",
    "money is short: less rent is renewed, and operations shrink",
    "money is short: less rent is renewed, operations shrink, and the campaign is to end as it is when due",
)
"""By how far the lab saves."""

USES = ("training", "serving")

CLIMATES = ("truce", "tension", "rupture")

USUAL = (AT_OFFICE, AT_VENDOR, IN_TRANSIT, DELIVERED)
"""Stages that an order passes if all goes well."""


def month(scene: Scene) -> Iterator[Entry]:
    """The books of a month."""
    book = scene.future.books[scene.subject]
    trained = book.train_effective / book.train_wanted if book.train_wanted > 0.0 else 1.0
    served = book.tokens_served / book.tokens_wanted if book.tokens_wanted > 0.0 else 1.0
    text = (
        f"the month closes with {amount(book.cash, 'USD')}, {amount(book.owned, 'H100e')} owned and "
        f"{number(book.rented, 'H100e')} rented; {percent_text(min(1.0, trained))} of the training compute wanted is "
        f"there, {percent_text(min(1.0, served))} of the tokens are served"
    )
    yield scene.entry("accounts", text, ROUTINE)


def straits(scene: Scene) -> Iterator[Entry]:
    """The lab saves on more, or on less; debts cannot be paid."""
    if scene.after.saves != scene.before.saves:
        yield scene.entry("capital", SAVING[scene.after.saves], NOTABLE, "short of money", int(scene.after.saves))
    if scene.after.insolvent and not scene.before.insolvent:
        yield scene.entry("capital", "the lab is insolvent: what cannot be put off cannot be paid", TURN)


def rationing(scene: Scene) -> Iterator[Entry]:
    """Demand outgrows what can be served at any price, or no longer does."""
    if scene.after.rationed != scene.before.rationed:
        text = (
            "tokens are refused even at the highest price" if scene.after.rationed else "no tokens are refused any more"
        )
        yield scene.entry("serving", text, NOTABLE, "rationing", int(scene.after.rationed))


def orders(scene: Scene) -> Iterator[Entry]:
    """Orders are placed, cleared, refused, shipped, delivered, seized or cancelled."""
    for slot, before, stage in scene.moved():
        order = scene.future.orders[slot]
        if before is None:
            yield scene.entry("orders", _placed(scene, order), _weight(scene, order.offer, order.units))
        if before is not None or stage >= DELIVERED:
            said = _moved(scene, slot, order, stage)
            if said:
                yield scene.entry(
                    "orders", said, ROUTINE if stage in USUAL else _weight(scene, order.offer, order.units)
                )


def _placed(scene: Scene, order: Any) -> str:
    what = f"{_chips(scene, order)} {_way(scene, order)} for {USES[order.use]}"
    if market.rented(scene.future, order.offer):
        return f"the lab takes {what}"
    return f"the lab orders {what}: {amount(order.price, 'USD')}, {amount(order.paid, 'USD')} of it now"


def _moved(scene: Scene, slot: int, order: Any, stage: int) -> str:
    """What became of an order that stood somewhere before."""
    chips = _chips(scene, order)
    before = scene.before.stages.get(slot)
    came = _decided_by(scene, slot, before)
    back = scene.before.paid.get(slot, 0.0) - order.paid
    match stage:
        case _ if stage == AT_OFFICE:
            return f"{came} licenses {chips}; {_office(scene, order.clearance)} has yet to decide"
        case _ if stage == AT_VENDOR:
            return f"{came} clears {chips}"
        case _ if stage == IN_TRANSIT:
            return f"{chips} ship"
        case _ if stage == DELIVERED:
            return f"{chips} arrive"
        case _ if stage == REFUSED:
            returned = f"; {amount(back, 'USD')} of deposit comes back" if back > 0.0 else ""
            return f"{came} refuses {chips}{returned}"
        case _ if stage == CONFISCATED:
            return f"{chips} are seized; {amount(order.price, 'USD')} stays paid"
        case _ if stage == CANCELLED:
            return f"{chips} are cancelled, the lab cannot pay; {amount(order.paid, 'USD')} of deposit is forfeit"
    return ""


def _office(scene: Scene, clearance: int) -> str:
    """The government that gives a clearance."""
    return scene.names.short("governments", scene.future.clearances[clearance].government)


def _decided_by(scene: Scene, slot: int, before: int | None) -> str:
    """Whose decision an order was waiting for."""
    if before == AT_OFFICE:
        return _office(scene, scene.before.clearances[slot])
    return "a denial at the border" if before == AT_VENDOR else "the vendor"


def _chips(scene: Scene, order: Any) -> str:
    return f"{order.units:,.0f} {scene.names.chip(order.offer)}"


def _way(scene: Scene, order: Any) -> str:
    return scene.names.way(scene.names.scenario.things["offers"][order.offer])


def _weight(scene: Scene, offer: int, units: float) -> int:
    """Whether so many chips of an offer can be seen in the fleet."""
    future = scene.future
    chip = future.chips[future.offers[offer].chip]
    h100e = units * chip.tpp / future.yardstick[0].tpp
    return NOTABLE if h100e >= NOTICED * _owned(future) else ROUTINE


def _owned(future: Any) -> float:
    """Owned compute that runs, in H100e."""
    total = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        total += holding.online * future.chips[holding.chip].tpp / future.yardstick[0].tpp
    return total


def campaigns(scene: Scene) -> Iterator[Entry]:
    """A campaign moves on: its research is done, its final run starts, it is released."""
    for c, (before, phase) in enumerate(zip(scene.before.phases, scene.after.phases, strict=True)):
        if phase != before:
            campaign = scene.future.campaigns[c]
            name = _lower(scene.names.thing("campaigns", c))
            if phase == WAITING:
                yield scene.entry("training", f"research for {name} is done; it waits for a pool to run on", NOTABLE)
            if phase == FINAL or (phase == DONE and before in (RESEARCH, WAITING)):
                yield scene.entry("training", _started(scene, name, campaign), NOTABLE)
            if phase == DONE:
                yield scene.entry("training", _released(scene, name, campaign), TURN)


def restarts(scene: Scene) -> Iterator[Entry]:
    """A final run comes to nothing at first, on a stack that has not carried one."""
    for s, (before, now) in enumerate(zip(scene.before.restarts, scene.after.restarts, strict=True)):
        if now > before:
            lost = scene.future.campaigns[scene.future.lab[0].campaign].counts_from - scene.day
            stack = scene.names.short("stacks", s)
            yield scene.entry(
                "software", f"the run on {stack} has to be restarted and loses {counted(round(lost), 'days')}", TURN
            )


def _lower(name: str) -> str:
    """A name inside a sentence: `the next flagship`."""
    return name[:1].lower() + name[1:] if name.startswith("The ") else name


def _started(scene: Scene, name: str, campaign: Any) -> str:
    part = campaign.final_target / campaign.final_plan if campaign.final_plan > 0.0 else 1.0
    where = scene.names.thing("holdings", campaign.pool)
    size = amount(flop(scene.future, campaign.final_target), "FLOP")
    of_plan = "" if part >= 1.0 else f", {percent_text(part)} of what was planned"
    return f"the final run of {name} starts on {where}, of {size}{of_plan}"


def _released(scene: Scene, name: str, campaign: Any) -> str:
    late = (campaign.ended - campaign.due) / MONTH
    final_run = amount(flop(scene.future, campaign.final_done), "FLOP")
    when = f"{amount(abs(late), 'months')} {'late' if late > 0.0 else 'early'}"
    size = f"{percent_text(campaign.size)} of its planned size"
    return f"{name} is released, {when}, at {size}, with a final run of {final_run}"


def online(scene: Scene) -> Iterator[Entry]:
    """Chips of an order run for the first time."""
    order = scene.future.orders[scene.subject]
    text = f"{scene.amount:,.0f} {scene.names.chip(order.offer)} come online"
    yield scene.entry("fleet", text, _weight(scene, order.offer, order.units))


def expired(scene: Scene) -> Iterator[Entry]:
    """A rental contract at risk ends: chips go back, or it is renewed, or both."""
    o = scene.future.contracts[scene.subject].offer
    chip = scene.names.chip(o)
    back = scene.before.rented - scene.after.rented
    if back > 0.0:
        why = "a rule forbids them" if controls.denied(scene.future, o) else "money is short"
        weight = _weight(scene, o, back)
        yield scene.entry("fleet", f"{back:,.0f} {chip} go back to their landlord: {why}", weight)
    if back < scene.amount:
        yield scene.entry("fleet", f"the contract for {scene.amount - back:,.0f} {chip} is renewed", ROUTINE)


def rules(scene: Scene) -> Iterator[Entry]:
    """Rules take effect or are repealed; those that let something through are windows, which open and close."""
    for r, (before, now) in enumerate(zip(scene.before.in_force, scene.after.in_force, strict=True)):
        if now != before:
            rule = scene.future.rules[r]
            name, whose = scene.names.thing("rules", r), scene.names.short("governments", rule.government)
            window = rule.regime in (world_rules.OPEN, world_rules.CASE_BY_CASE)
            turns = ("closes", "opens") if window else ("is repealed", "takes effect")
            yield scene.entry("controls", f"{whose}: “{name}” {turns[now]}", TURN)


def climate(scene: Scene) -> Iterator[Entry]:
    """Relations of the two governments turn."""
    if scene.after.climate != scene.before.climate:
        yield scene.entry("climate", f"relations turn to {CLIMATES[int(scene.after.climate)]}", TURN)


def announced(scene: Scene) -> Iterator[Entry]:
    """A rule, or its end, is announced ahead of its effect."""
    if 0.0 < world_rules.ahead(scene.future, scene.subject) < math.inf:
        rule = scene.future.rules[scene.subject]
        whose = scene.names.short("governments", rule.government)
        what = "the end of a rule" if rule.in_force else "a rule"
        name = scene.names.thing("rules", scene.subject)
        yield scene.entry("controls", f"{whose} announces {what}: “{name}”", NOTABLE)


def talks(scene: Scene) -> Iterator[Entry]:
    """Talks move on."""
    if scene.after.talks != scene.before.talks:
        brought = scene.after.raised - scene.before.raised
        stalled = scene.after.talks == COLLAPSED and scene.before.talks == TALKING
        text = "the talks stall, and collapse" if stalled else TALKS[scene.after.talks]
        text += f" with {amount(brought, 'USD')}" if brought > 0.0 else ""
        weight = TURN if scene.after.talks in (CLOSED, STALLED, COLLAPSED) else NOTABLE
        yield scene.entry("capital", text, weight)


def promised_money(scene: Scene) -> Iterator[Entry]:
    """Money that was promised arrives."""
    came = scene.after.cash - scene.before.cash
    if came > 0.0:
        yield scene.entry("capital", f"{amount(came, 'USD')} of promised money arrives", ROUTINE)


def other_finance(scene: Scene) -> Iterator[Entry]:
    """Other finance arrives."""
    came = scene.after.cash - scene.before.cash
    if came > 0.0:
        yield scene.entry("capital", f"other finance is found: {amount(came, 'USD')}", TURN)


def happenings(scene: Scene) -> Iterator[Entry]:
    """What a scenario adds to the world comes about."""
    for h, (before, now) in enumerate(zip(scene.before.happened, scene.after.happened, strict=True)):
        if now and not before:
            yield scene.entry("happenings", scene.names.thing("happenings", h), TURN)


def ended(scene: Scene) -> Iterator[Entry]:
    """The last of a happening's changes for a time is over."""
    future = scene.future
    changes = [future.changes[c] for c in range(future.counts[0].changes)]
    happening = future.changes[scene.subject].happening
    if not any(each.in_force and each.happening == happening and each.ends < math.inf for each in changes):
        name = scene.names.thing("happenings", happening)
        yield scene.entry("happenings", f"the effects of “{name}” end", NOTABLE)


SENTENCES: dict[Callable[..., Any], tuple[Callable[[Scene], Iterator[Entry]], ...]] = {
    course.month_closed: (happenings, climate, rules, orders, campaigns, restarts, straits, rationing, month),
    course.rule_came_due: (rules,),
    course.retimed: (climate, rules, happenings),
    world_orders.order_decided: (orders,),
    world_orders.order_shipped: (orders,),
    world_orders.order_arrived: (orders,),
    contracts.rent_expired: (expired, campaigns, restarts),
    holdings.came_online: (online, campaigns, restarts),
    training.phase_ended: (campaigns, restarts),
    awaited.awaited_released: (campaigns, restarts),
    world_talks.round_opened: (talks,),
    world_talks.round_decided: (talks,),
    world_talks.round_stalled: (talks,),
    world_talks.round_closed: (talks,),
    world_talks.round_resumed: (talks,),
    world_talks.tranche_paid: (promised_money,),
    world_finance.fallback_paid: (other_finance,),
    world_happenings.happened: (happenings, climate),
    world_happenings.change_ended: (ended, climate),
    world_climate.climate_turned: (climate, rules),
    world_climate.truce_expired: (climate, rules),
    controls.rule_announced: (announced,),
    controls.rule_turned: (announced, rules),
}
"""What an event can move besides what its own sentence says, in the order in which it is told."""


def sentences(scene: Scene) -> Iterator[Entry]:
    """Every sentence about one event."""
    event = EVENTS[scene.kind]
    if event.says:
        yield scene.entry(event.page, SLOT.sub(lambda slot: _filled(scene, slot[1], slot[2]), event.says), event.weight)
    assert event.handler is not None
    for sentence in SENTENCES.get(event.handler, ()):
        yield from sentence(scene)


SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
"""What an event's sentence leaves open: `{sites}`, `{sites.burns}` or `{amount}`."""


def _filled(scene: Scene, table: str, column: str) -> str:
    """The amount, the name of the subject in a table, or a number of it in its unit."""
    if table == "amount":
        return f"{scene.amount:,.0f}"
    if not column:
        return scene.names.thing(table, scene.subject)
    unit = next(each.unit for each in LAYOUT.tables[table].columns if each.name == column)
    return amount(getattr(getattr(scene.future, table)[scene.subject], column), unit)
