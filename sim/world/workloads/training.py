"""Training: campaigns that wait, slip and shrink.

A campaign's work is research and then one final run. Research comes in pieces: a part of it (rollouts, synthetic data,
evaluation) runs on any chip that serves, the rest on anything fit to train. The final run needs a pool: chips of one
kind at one site. It starts when the research is done and a pool can finish it in time, and takes the pool expected to
finish first; until then it waits. Other pools meanwhile work ahead on the next campaign. On a stack that has not yet
carried a final run it may come to nothing at first, and all the pool did till then is lost.
A campaign that cannot be done by its due date and the slip the lab allows is resized: the final run shrinks to the
research done and to what the pool can do; a run still under way then ends with the work done. Either only if at least
the smallest size worth releasing is reached. No final run is smaller than that of the flagship before: it is planned no
smaller, at the cost of research, and waits while no pool can carry it so far in time. That floor is not a share of its
plan: plans are ambitions, and 40% of one may be more than any pool the lab will ever have. While the lab saves on
campaigns (`capital`) it allows no slip.
What is wanted grows from what is used on the first day; the work of a campaign is that want over its cycle (of the
first, also before the first day, if its predecessor was out by then: that part of its research is done), in physical
FLOP: better algorithms show in the distance to the frontier, not here. Utilisation is what published runs
reached over all their hours: the goodput of a mature stack is in it, and only a stack that stops more often loses.
Units: training units, unit-days (one is 989e12 x 0.33 FLOP/s for a day, restarts among its hours).
Facts: c.training_compute_notable_models, t.deepseek_v3_full, t.utilisation_published, t.rd_over_final_run.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.declarations import (
    FLOP,
    Count,
    Date,
    Days,
    Growth,
    Number,
    Ratio,
    Row,
    Section,
    Share,
    Thing,
    parameter,
    state,
)
from sim.language.events import after, compilable, event
from sim.world.arithmetic import INSTANT
from sim.world.hardware import chips, software
from sim.world.lab import CAMPAIGNS
from sim.world.workloads import frontier, serving, sharing, training_pools, want

if TYPE_CHECKING:
    from sim.world.course.future import Future

RESEARCH, WAITING, FINAL, DONE = range(4)


class Training(Section):
    """Scenario section `training`."""

    utilisation: Share = parameter(
        "share of dense BF16 peak that a mature stack reaches in training (MFU), over all hours"
    )
    goodput: Share = parameter(
        "share of time a run of a mature stack moves forward, which its utilisation has in it", low=0.01
    )
    least_chip: Ratio = parameter("smallest chip that trains, in H100e")
    opening_share: Share = parameter("share of the training-grade chips that trains on the first day, at least")
    latent: Ratio = parameter("compute wanted beyond what is used on the first day, over what is used")
    growth: Growth = parameter("growth of wanted training compute in the first years")
    full_growth: Days = parameter("how long growth keeps its pace")
    later_growth: Share = parameter("share of that pace, in logarithms, that is left afterwards")
    cycle: Days = parameter("from one flagship's due date to the next", low=30.0)
    begun: Date = parameter(
        "day from which cycles count: that on which the last flagship was out", default=0.0, high=0.0
    )
    research: Ratio = parameter("research and RL compute over the final run's (rho)")
    rollout_share: Share = parameter("part of research that runs on any serving chip: rollouts, data, evaluation")
    last_run: FLOP = parameter("work of the final run of the lab's last flagship", low=1.0)
    pool_time: Days = parameter("longest a final run may take")
    allowed_slip: Days = parameter("how long after its due date a campaign is resized rather than delayed")
    smallest_release: Share = parameter("smallest size, over plan, that is released")
    least_final_run: Ratio = parameter(
        "smallest final run that is planned or released, over that of the flagship before", default=0.0
    )


class Campaign(Thing):
    """One planned flagship. Scenario list `training.roadmap`."""

    nth: Number = parameter("its place in the sequence, from 1", low=1.0, high=100.0)
    open_weights: Share = parameter("1: others may serve it too; 0: the lab alone", default=1.0)

    due: Number = state("day it is due")
    phase: Count = state("research, waiting for a pool, final run, done")
    research_plan: Number = state("unit-days of research planned")
    final_plan: Number = state("unit-days of the final run, as planned")
    research_done: Number = state("unit-days of research done")
    final_target: Number = state("unit-days of the final run, as started")
    final_done: Number = state("unit-days of the final run done")
    pool: Row = state("first holding of the pool that the final run runs on, -1 for none")
    started: Number = state("day the final run started")
    counts_from: Number = state("day from which its work counts; what was done before was lost in a restart")
    ended: Number = state("day it was released")
    size: Ratio = state("work done over work planned")


@compilable
def first_day(future: Future) -> None:
    """Want is anchored to what is used on the first day; from it follow the plans of all campaigns."""
    lab = future.lab[0]
    plan = future.training[0]
    training_pools.first_day(future)
    sharing.revalued(future)
    sharing.ranked(future)
    lab.train_anchor = sharing.training_now(future, plan.opening_share) * (1.0 + plan.latent)
    lab.final_run = plan.last_run / chips.flop(future, 1.0)
    planned(future)
    lab.campaign = numbered(future, 1.0)
    if lab.campaign >= 0:
        under_way(future)
    replanned(future)


@compilable
def planned(future: Future) -> None:
    """The work of all campaigns, in their sequence: first a final run no smaller than the one before, then research."""
    plan = future.training[0]
    before = future.lab[0].final_run
    c = numbered(future, 1.0)
    while c >= 0:
        campaign = future.campaigns[c]
        campaign.due = plan.begun + campaign.nth * plan.cycle
        campaign.pool = -1
        work = want.work_between(future, campaign.due - plan.cycle, campaign.due)
        campaign.final_plan = max(work / (1.0 + plan.research), plan.least_final_run * before)
        campaign.research_plan = max(0.0, work - campaign.final_plan)
        before = campaign.final_plan
        c = numbered(future, campaign.nth + 1.0)


@compilable
def under_way(future: Future) -> None:
    """What the first campaign did before the first day: research, by what was used for it and not what was wanted."""
    plan = future.training[0]
    campaign = future.campaigns[future.lab[0].campaign]
    used = want.work_between(future, plan.begun, 0.0) / (1.0 + plan.latent)
    campaign.research_done = min(campaign.research_plan, used)


@compilable
def numbered(future: Future, nth: float) -> int:
    """The campaign with this place in the sequence, -1 for none."""
    for c in range(future.counts[0].campaigns):
        if future.campaigns[c].nth == nth:
            return c
    return -1


@compilable
def settled(future: Future) -> None:
    """Bring what was wanted and what was done up to now, at the rates that held since the last time.

    Called before anything changes that they depend on, so that each part of a month counts for its own length.
    """
    lab = future.lab[0]
    since = lab.settled
    days = future.clock[0].now - since
    if days <= 0.0:
        return
    lab.settled = future.clock[0].now
    lab.train_wanted_days += want.work_between(future, since, future.clock[0].now)
    serving.counted(future, since, days)
    lab.train_at_ceiling_days += lab.train_at_ceiling * days
    lab.train_no_repairs_days += lab.train_no_repairs * days
    lab.train_days += lab.train_rate * days
    lab.serve_at_ceiling_days += lab.serve_at_ceiling * days
    lab.serve_no_repairs_days += lab.serve_no_repairs * days
    lab.serve_days += lab.serve_rate * days
    lab.trained += lab.train_rate * days
    if lab.campaign >= 0:
        worked(future, since, days)


@compilable
def worked(future: Future, since: float, days: float) -> None:
    """What the campaign under way, and research for the next one, got out of some days."""
    lab = future.lab[0]
    campaign = future.campaigns[lab.campaign]
    if campaign.phase == RESEARCH:
        campaign.research_done += lab.train_rate * lab.research_pace * days
    elif campaign.phase == WAITING:
        lab.ahead += lab.train_rate * lab.research_pace * days
    else:
        in_pool = min(lab.pool_rate, lab.train_rate)
        campaign.final_done += in_pool * max(0.0, future.clock[0].now - max(since, campaign.counts_from))
        lab.ahead += (lab.train_rate - in_pool) * lab.research_pace * days


@compilable
def replanned(future: Future) -> None:
    """Rate the fleet, move the campaign on as far as it goes today, and note when its phase will end."""
    lab = future.lab[0]
    lab.train_wanted = want.wanted(future, future.clock[0].now)
    sharing.rated(future)
    lab.version += 1
    if lab.campaign < 0:
        return
    advance(future)
    if lab.campaign < 0:
        return
    wait = until_phase_ends(future)
    if future.clock[0].now + wait < lab.month_closes:  # at month close all is planned anew
        after(future, wait, phase_ended, lab.version)


@compilable
def advance(future: Future) -> None:
    """One campaign after another, as long as something is finished today."""
    lab = future.lab[0]
    while lab.campaign >= 0:
        c = lab.campaign
        campaign = future.campaigns[c]
        if campaign.phase == FINAL:
            rate_pool(future)
            if min(left(future), until_cut(future)) > INSTANT:
                return
            release(future)
        else:
            if campaign.phase == RESEARCH and research_left(future) <= INSTANT:
                campaign.phase = WAITING
                lab.ahead += campaign.research_done - campaign.research_plan
                campaign.research_done = campaign.research_plan
            start(future)
            if campaign.phase != FINAL:
                return


@compilable
def research_left(future: Future) -> float:
    """Days of research left at today's rate."""
    lab = future.lab[0]
    campaign = future.campaigns[lab.campaign]
    return training_pools.days_for(campaign.research_plan - campaign.research_done, lab.train_rate * lab.research_pace)


@compilable
def left(future: Future) -> float:
    """Days of the final run left at today's rate."""
    campaign = future.campaigns[future.lab[0].campaign]
    return until_done(future, campaign.final_target)


@compilable
def until_done(future: Future, work: float) -> float:
    """Days until the final run has done so much, at today's rate; what is lost in a restart comes first."""
    campaign = future.campaigns[future.lab[0].campaign]
    days = training_pools.days_for(work - campaign.final_done, future.lab[0].pool_rate)
    return days + max(0.0, campaign.counts_from - future.clock[0].now) if days > 0.0 else 0.0


@compilable
def until_cut(future: Future) -> float:
    """Days until a final run under way is ended with the work done: after the slip, once that is worth releasing.

    Worth releasing is the smallest size of the campaign, and of its final run: research alone is no model.
    """
    plan = future.training[0]
    campaign = future.campaigns[future.lab[0].campaign]
    least = plan.smallest_release * (campaign.research_plan + campaign.final_plan) - campaign.research_done
    least = max(least, plan.smallest_release * campaign.final_plan, least_final_run(future))
    enough = until_done(future, least)
    return max(ends_by(future) - future.clock[0].now, enough)


@compilable
def least_final_run(future: Future) -> float:
    """Unit-days below which a final run does not start and is not cut: what makes it no smaller than the last."""
    return future.training[0].least_final_run * future.lab[0].final_run


@compilable
def until_phase_ends(future: Future) -> float:
    """Days until the current phase ends by itself, or is to be cut short."""
    lab = future.lab[0]
    campaign = future.campaigns[lab.campaign]
    if campaign.phase == FINAL:
        return min(left(future), until_cut(future))
    cut = latest_start(future) - future.clock[0].now
    wait = research_left(future) if campaign.phase == RESEARCH else math.inf
    return min(wait, cut) if cut > INSTANT else wait


@compilable
def latest_start(future: Future) -> float:
    """The last day on which a final run can start and still end within the slip allowed."""
    return ends_by(future) - future.training[0].pool_time


@compilable
def ends_by(future: Future) -> float:
    """The day after which a campaign is resized rather than delayed; no slip is paid for while they are saved on."""
    lab = future.lab[0]
    slip = future.training[0].allowed_slip if lab.austerity < CAMPAIGNS else 0.0
    return future.campaigns[lab.campaign].due + slip


@compilable
def rate_pool(future: Future) -> None:
    """What the pool of the current campaign does today; if it is gone, the run moves to the best there is."""
    lab = future.lab[0]
    campaign = future.campaigns[lab.campaign]
    if training_pools.rate(future, campaign.pool) <= 0.0:
        other = training_pools.best(future, campaign.final_target - campaign.final_done, 0.0)
        if other >= 0:
            moved_to(future, other)
    lab.pool_rate = training_pools.training_rate(future, campaign.pool)


@compilable
def start(future: Future) -> None:
    """Start the final run if a pool can do it in time; after the latest start, as much of it as can be done."""
    lab = future.lab[0]
    plan = future.training[0]
    campaign = future.campaigns[lab.campaign]
    last_call = future.clock[0].now >= latest_start(future) - INSTANT
    if campaign.phase == RESEARCH and not last_call:
        return
    least = least_final_run(future) if last_call else campaign.final_plan
    pool = training_pools.best(future, campaign.final_plan, least)
    if pool < 0:
        return
    target = campaign.final_plan
    if last_call:
        shrunk = campaign.research_done / campaign.research_plan if campaign.research_plan > 0.0 else 1.0
        target = max(least, min(target * min(1.0, shrunk), training_pools.most_in_time(future, pool)))
        if campaign.research_done + target < plan.smallest_release * (campaign.research_plan + campaign.final_plan):
            return
    campaign.phase = FINAL
    moved_to(future, pool)
    campaign.final_target = target
    campaign.started = future.clock[0].now
    rate_pool(future)


@compilable
def moved_to(future: Future, pool: int) -> None:
    """A final run comes to a pool, with what its stack may do to it, if it is another than before."""
    campaign = future.campaigns[future.lab[0].campaign]
    s = training_pools.stack_of(future, pool)
    if campaign.pool < 0 or training_pools.stack_of(future, campaign.pool) != s:
        campaign.counts_from = future.clock[0].now + software.first_run(future, s, int(campaign.nth))
    campaign.pool = pool


@compilable
def release(future: Future) -> None:
    """The model is out: its date and size stand; work done ahead counts for the next campaign."""
    lab = future.lab[0]
    campaign = future.campaigns[lab.campaign]
    lab.ahead += max(0.0, campaign.final_done - campaign.final_target)
    campaign.final_done = min(campaign.final_done, campaign.final_target)
    lab.final_run = campaign.final_done
    campaign.phase = DONE
    campaign.ended = future.clock[0].now
    plan = campaign.research_plan + campaign.final_plan
    campaign.size = (campaign.research_done + campaign.final_done) / plan if plan > 0.0 else 1.0
    future.stacks[training_pools.stack_of(future, campaign.pool)].finished += 1
    serving.released(future, campaign.key, campaign.open_weights)
    frontier.released(future, chips.flop(future, campaign.final_done))
    lab.released += 1
    lab.campaign = numbered(future, campaign.nth + 1.0)
    if lab.campaign >= 0:
        future.campaigns[lab.campaign].research_done = lab.ahead
        lab.ahead = 0.0


@event()
def phase_ended(future: Future, version: int) -> None:
    """A phase should have ended by now, unless the fleet was rated anew since."""
    if version == future.lab[0].version:
        settled(future)
        replanned(future)
