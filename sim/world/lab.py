"""The lab: the numbers that pages share about it. Nothing here is given by a scenario.

Units: as in the pages that keep them.
"""

from __future__ import annotations

from sim.language.declarations import USD, Count, Number, Ratio, Row, Section, ServeUnits, TrainUnits, Units, state

LONGEST_RUNWAY = 120.0
"""Months beyond which runways count as alike."""

NO_AUSTERITY, RENT, HIRING, CAMPAIGNS = range(4)
"""How far the lab saves when money is short: each step includes those before it."""


class Lab(Section):
    """The lab: what pages share about it. Nothing here is given by a scenario."""

    train_anchor: TrainUnits = state("training units wanted on the first day")
    train_wanted: TrainUnits = state("training units wanted now", watched=True)
    train_wanted_then: TrainUnits = state("training units forecast for when an order placed now would run")
    serve_wanted_then: ServeUnits = state("serving units forecast for then")
    train_rate: TrainUnits = state(
        "training units at work now: chips of that use x software x reliability", watched=True
    )
    train_no_repairs: TrainUnits = state("the same if none were in repair and runs moved forward as planned")
    train_at_ceiling: TrainUnits = state("and if their stacks were at the ceiling")
    serve_rate: ServeUnits = state(
        "serving units at work now: chips of that use x software x reliability", watched=True
    )
    serve_no_repairs: ServeUnits = state("the same if none were in repair")
    serve_at_ceiling: ServeUnits = state("and if their stacks were at the ceiling")
    pool_rate: TrainUnits = state("training units of the final run's pool now")
    settled: Number = state("day up to which work has been counted")
    month_closes: Number = state("day on which the books of this month close")
    outdated: Count = state("1 if a parameter has changed since the fleet was last rated")
    train_wanted_days: Number = state("unit-days of training wanted this month")
    serve_wanted_days: Number = state("unit-days of serving wanted this month")
    tokens_able: Number = state("tokens that could have been served this month")
    price_days: Number = state("days of this month, each times the price of a token on it")
    train_days: Number = state("unit-days of training this month")
    train_no_repairs_days: Number = state("the same if none were in repair and runs moved forward as planned")
    train_at_ceiling_days: Number = state("and if their stacks were at the ceiling")
    serve_days: Number = state("unit-days of serving this month")
    serve_no_repairs_days: Number = state("the same if none were in repair")
    serve_at_ceiling_days: Number = state("and if their stacks were at the ceiling")
    engineers: Ratio = state("software engineers over those of the first day", watched=True)
    research_pace: Ratio = state("research that a unit of compute yields, over what the plan counts on")
    trained: Number = state("unit-days of training in all")
    ahead: Number = state("unit-days of research done ahead for the next campaign")
    campaign: Row = state("the campaign under way, -1 for none")
    version: Count = state("counts how often the fleet was rated; a phase end of an older one is void")
    released: Count = state("flagships released")
    final_run: Number = state("unit-days of the final run of the last flagship released")
    tokens_wanted: Number = state("tokens wanted this month")
    tokens_served: Number = state("tokens served this month", watched=True)
    tokens_hosted: Number = state("tokens this month that only other hosts of open weights served")
    revenue: USD = state("revenue of the month", watched=True)
    orders: Count = state("orders placed")
    contracts: Count = state("rental contracts made")
    first_open: Count = state("the first order of which chips may still be missing")
    ordered: Units = state("chips ordered", watched=True)
    unpaid: USD = state("still to be paid on orders under way", watched=True)
    share_gain: Ratio = state("what its share of domestic output gains by its shareholders, over that share")
    rent: USD = state("rent a month, less what cloud credit pays", watched=True)
    burn: USD = state("what cash lost this month by what cannot be put off, net of revenue and facility", watched=True)
    runway: Number = state("months that cash lasts at this burn", low=0.0, high=LONGEST_RUNWAY, watched=True)
    plan_cost: USD = state(
        "dollars a month of burn and of all that the plan would buy at its pace, were money no limit"
    )
    plan_runway: Number = state(
        "months that cash lasts at this burn with all purchases of the plan, at its pace",
        low=0.0,
        high=LONGEST_RUNWAY,
        watched=True,
    )
    rent_to_save: USD = state("rent a month that it does not renew as contracts end, for want of money")
    austerity: Count = state("how far it saves: on nothing, on rent, on hiring, on campaigns")
    insolvent: Count = state("1 once arrears arose")
    insolvent_on: Number = state("day of it")
    insolvent_days: Number = state("days in arrears so far")
