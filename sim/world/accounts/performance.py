"""Performance: what the books say of runs, tokens, people and software, each month and over the reporting window.

Goodput is what the month's training got out of its chips, over what it would have got with none in repair and runs
that always move forward. Maturity is that of the software of domestic chips, weighted by their dense rate.
Units: shares, months, tokens a day, USD, people. Facts: t.goodput_for_model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world.arithmetic import INSTANT, YEAR
from sim.world.hardware import chips, software
from sim.world.workloads import awaited, frontier

if TYPE_CHECKING:
    from sim.world.course.future import Future


@compilable
def month_noted(future: Future, m: int, days: float) -> None:
    """What the uses came to this month: runs, tokens, people, software."""
    book = future.books[m]
    lab = future.lab[0]
    plan = future.training[0].goodput
    runs = lab.train_no_repairs_days > INSTANT  # less is what rounding leaves where nothing trains
    book.goodput = plan * lab.train_days / lab.train_no_repairs_days if runs else plan
    book.restarts = 0.0
    for s in range(future.counts[0].stacks):
        book.restarts += future.stacks[s].restarts
    book.frontier_gap = frontier.months_behind(future)
    book.tokens_hosted = lab.tokens_hosted / days
    book.revenue = lab.revenue * YEAR / days
    if awaited.rations(future):
        future.outcome[0].release_rationed = 1.0
    book.rationing = future.serving[0].spell
    book.people = 0.0
    for k in range(future.counts[0].staff):
        book.people += future.staff[k].people
    book.domestic_maturity = domestic_maturity(future)


@compilable
def begun_anew(future: Future) -> None:
    """What was summed over a month is in its row; the next month's sums start at none."""
    lab = future.lab[0]
    lab.train_wanted_days = 0.0
    lab.serve_wanted_days = 0.0
    lab.tokens_wanted = 0.0
    lab.tokens_able = 0.0
    lab.price_days = 0.0
    lab.train_days = 0.0
    lab.train_no_repairs_days = 0.0
    lab.train_at_ceiling_days = 0.0
    lab.serve_days = 0.0
    lab.serve_no_repairs_days = 0.0
    lab.serve_at_ceiling_days = 0.0


@compilable
def domestic_maturity(future: Future) -> float:
    """Utilisation of the domestic chips' software over its ceiling, weighted by the chips' dense rate; none: one."""
    rate = 0.0
    mature = 0.0
    for h in range(future.counts[0].holdings):
        holding = future.holdings[h]
        chip = future.chips[holding.chip]
        if chip.origin == chips.DOMESTIC:
            units = (holding.online + holding.down) * chips.dense(future, holding.chip)
            best = software.best(future, chip.stack)
            if best > 0.0:
                rate += units
                mature += units * future.stacks[chip.stack].utilisation / best
    return mature / rate if rate > 0.0 else 1.0


@compilable
def window_noted(future: Future, m: int) -> None:
    """One month of the reporting window: sums, means, highs, and what stands at its end (the last month's remains)."""
    outcome = future.outcome[0]
    month = future.months[m]
    book = future.books[m]
    days = month.ends - month.begins
    outcome.goodput = (outcome.goodput * month.begins + book.goodput * days) / month.ends
    outcome.revenue += book.revenue * days / YEAR
    outcome.longest_rationing = max(outcome.longest_rationing, book.rationing)
    outcome.restarts = book.restarts
    outcome.frontier_gap = book.frontier_gap
    outcome.people = book.people
    outcome.domestic_maturity = book.domestic_maturity
    outcome.idle = book.idle
