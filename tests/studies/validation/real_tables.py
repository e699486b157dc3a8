"""Shipped scenarios run under many seeds: what each seed alone would print, against all the other seeds together.

Every seed draws the futures, and the table of all sets of removals, anew. What it prints with an error is compared with
the mean of the other seeds, which is the truth but for its own, smaller error: the interval is widened by that much.
"""

import math
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.bottlenecks import removal_tables, variant_runs
from sim.bottlenecks.counterfactuals import EASED
from sim.bottlenecks.removals import (
    ALL,
    NAMES,
    SETS,
    SHORTFALLS,
    SINGLES,
    Amount,
    Removals,
    amount,
    by_column,
    removals,
)
from sim.bottlenecks.scenario_effect import cost
from sim.bottlenecks.shares import bottlenecks, largest
from sim.bottlenecks.variant_runs import RunSpec
from sim.bottlenecks.variants import turned
from sim.engine import runner
from sim.engine.runner import Job
from sim.engine.storage.chunk_store import Chunks
from sim.measures.levels import Level
from sim.measures.measures import MEASURES, measure, summarise, values
from tests.measures.test_levels import covers
from tests.world.a_future import template_of

EIGHT = ("baseline", "stall", "tighten", "both", "close", "relax", "self_reliance", "hbm_crunch")
FUTURES = 300
SEEDS = dict.fromkeys(EIGHT, 15) | {"baseline": 100}
"""Seeds of each scenario: a hundred of the baseline, and as many of the seven others together."""

ROUNDING = 1e-12
"""What sums may differ by when nothing varies."""

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of some intervals held the truth."""

    printed: str
    held: int
    of: int

    @property
    def share(self) -> float:
        """Of all."""
        return self.held / self.of


@cache
def tables(scenario: str, seeds: int, futures: int) -> Table:
    """The table of removals under each seed; shape (seeds, SETS, futures, TABLED)."""
    template = template_of(scenario, ())
    store = Chunks(Path(os.environ.get("TABLES", ".pytest_cache/tables")))
    workers = os.cpu_count() or 1
    return np.array(
        [
            variant_runs.answered(
                removal_tables.table(template, RunSpec(seed, futures, 0, "compiled", workers, store=store)),
                lambda _: None,
            )
            for seed in range(1, seeds + 1)
        ]
    )


@cache
def outcomes(scenario: str, seeds: int, futures: int) -> tuple[pd.DataFrame, ...]:
    """The outcomes under each seed."""
    template = template_of(scenario, ())
    jobs = [Job(template, seed, futures) for seed in range(1, seeds + 1)]
    return tuple(each.outcomes for each in runner.run_several(jobs, "compiled", 1, lambda _: None))


@cache
def eased(scenario: str, seeds: int) -> tuple[tuple[pd.DataFrame, ...], ...]:
    """The outcomes under each seed as it is, and with each constraint, and each pair, 10% easier."""
    template = template_of(scenario, ())
    steps = [template, *(turned(template, removal_tables.removed(names, removal_tables.EASIER)) for names in EASED)]
    return tuple(
        tuple(each.outcomes for each in runner.run_several(jobs, "compiled", os.cpu_count() or 1, lambda _: None))
        for seed in range(1, seeds + 1)
        for jobs in [[Job(step, seed, removal_tables.MARGINAL_FUTURES) for step in steps]]
    )


def weights(plus: int, minus: int | None = None) -> Table:
    """One set's shortfall, or what it has more than another's."""
    table = np.zeros(SETS)
    table[plus] += 1.0
    if minus is not None:
        table[minus] -= 1.0
    return table


def index(names: tuple[str, ...]) -> int:
    """The set that removes these constraints."""
    return sum(1 << NAMES.index(name) for name in names)


def shapley(bit: int) -> Table:
    """The sets behind the share that is allotted to a constraint."""
    table = np.zeros(SETS)
    for each in range(SETS):
        if not each >> bit & 1:
            weight = 1.0 / (len(NAMES) * math.comb(len(NAMES) - 1, each.bit_count()))
            table += weight * weights(each, each | 1 << bit)
    return table


def printed(mine: Removals) -> Iterator[tuple[str, Amount, Table]]:
    """All that a seed prints of one shortfall with an error: what it is, the amount, and the sets behind it."""
    yield "missing", mine.whole, weights(0)
    for bit, name in enumerate(NAMES):
        yield "alone", mine.alone[name], weights(0, 1 << bit)
        yield "last", mine.last[name], weights(ALL ^ 1 << bit, ALL)
        yield "allotted", mine.allotted[name], shapley(bit)
        kept = mine.kept[name]
        yield "lost while it stays", kept.lost, weights(index(kept.best.removed), index(mine.best[-1].removed))
    for best in mine.best:
        yield "best of its size", best.gain, weights(0, index(best.removed))
    for each in mine.candidates:
        yield "candidates", each.gain, weights(0, index(each.removed))


def held(said: Amount, others: Table) -> bool:
    """Whether a printed amount holds the mean of the other seeds, whose own error widens it."""
    return bool(abs(said.mean - others.mean()) <= said.error * math.sqrt(1.0 + 1.0 / len(others)) + ROUNDING)


def tally(judged: Iterator[tuple[str, bool]]) -> tuple[Counted, ...]:
    """How many of each kind held."""
    counteds: dict[str, list[bool]] = defaultdict(list)
    for what, right in judged:
        counteds[what].append(right)
    return tuple(Counted(what, sum(each), len(each)) for what, each in counteds.items())


def of_removals(scenario: str, seeds: int, futures: int) -> Iterator[tuple[str, bool]]:
    """What is said to come back."""
    table = tables(scenario, seeds, futures)
    for seed in range(seeds):
        for name, mine in removals(table[seed]).items():
            means = removal_means(scenario, seeds, futures)[name]
            for what, said, sets in printed(mine):
                yield what, held(said, np.delete(means @ sets, seed))


@cache
def removal_means(scenario: str, seeds: int, futures: int) -> dict[str, Table]:
    """The mean of each measure under each seed and set; shape (seeds, SETS)."""
    each = [removals(table) for table in tables(scenario, seeds, futures)]
    return {measure: np.array([seed[measure].column.mean(axis=1) for seed in each]) for measure in each[0]}


def of_effects(scenario: str, seeds: int, futures: int) -> Iterator[tuple[str, bool]]:
    """What a scenario costs against the baseline, and what it works through."""
    here, there = (tables(name, SEEDS[name], futures)[:seeds] for name in (scenario, "baseline"))
    means = {
        name: here_means - removal_means("baseline", SEEDS["baseline"], futures)[name][:seeds]
        for name, here_means in removal_means(scenario, seeds, futures).items()
    }
    for seed in range(seeds):
        mine, base = removals(here[seed]), by_column(there[seed][[*SINGLES]])
        for name, apart in means.items():
            result = cost(mine[name], base[name])
            yield "cost", held(result.difference, np.delete(apart[:, 0], seed))
            for bit, through in enumerate(result.through):
                yield "works through", held(through.gone, np.delete(apart @ weights(0, 1 << bit), seed))


def of_eased(scenario: str, seeds: int) -> Iterator[tuple[str, bool]]:
    """What 10% easier gives back."""
    runs = eased(scenario, seeds)
    for name in SHORTFALLS.values():
        column = np.array([[values(measure(name), each) for each in seed] for seed in runs])
        gains = column[:, :1] - column[:, 1:]
        for seed in range(seeds):
            for step in range(len(EASED)):
                yield "10% easier", held(amount(gains[seed, step]), np.delete(gains[:, step].mean(axis=1), seed))


def of_levels(scenario: str, seeds: int, futures: int) -> Iterator[tuple[str, bool]]:
    """Medians and odds with their errors, and both ends of the 90% interval with theirs."""
    runs = outcomes(scenario, seeds, futures)
    every = pd.concat(runs, ignore_index=True)
    for each in MEASURES:
        true = summarise(each, every)
        for run in runs:
            mine = summarise(each, run)
            if each.kind == "flag":
                yield "share of futures", abs(mine.mean.value - true.mean.value) <= (mine.error or math.inf)
                continue
            if mine.error is not None and not (mine.median.beyond or true.median.beyond):
                yield "median", abs(mine.median.value - true.median.value) <= mine.error + ROUNDING
            yield "p5", covers(mine.low, worst(true.p5))
            yield "p95", covers(mine.high, worst(true.p95))


def worst(level: Level) -> float:
    """A level, infinite where it lies beyond the horizon."""
    return math.inf if level.beyond else level.value


@dataclass(frozen=True, slots=True)
class Answered:
    """What the seeds answer for one use of a scenario, against what all of them together say."""

    scenario: str
    use: str
    truth: tuple[str, ...]
    contained: int
    same_size: int
    seeds: int


def answered(scenario: str, seeds: int, futures: int) -> Iterator[Answered]:
    """Whether the best set of the answer's size is among the candidates, and whether the size is the true one."""
    table = tables(scenario, seeds, futures)
    for use, name in SHORTFALLS.items():
        means = removal_means(scenario, seeds, futures)[name]
        contained = same = 0
        true = Removals(name, means.T)  # seeds stand for futures: sets are compared by their means alone
        for seed in range(seeds):
            mine = removals(table[seed])[name]
            others = np.delete(means, seed, axis=0).mean(axis=0)
            best = min(
                (each for each in range(1, SETS) if each.bit_count() == mine.size), key=lambda each: others[each]
            )
            contained += best in {index(each.removed) for each in mine.candidates}
            same += mine.size == true.size
        yield Answered(scenario, use, true.best[true.size - 1].removed, contained, same, seeds)


@dataclass(frozen=True, slots=True)
class First:
    """The constraint that binds a use most now, and the one whose removal alone gives most."""

    scenario: str
    use: str
    binds: str
    alone: str
    same_in: float
    """Share of futures in which both are one, where any binds and any gives a point."""


def first(scenario: str, seeds: int, futures: int) -> Iterator[First]:
    """Of both uses."""
    runs = outcomes(scenario, seeds, futures)
    every = pd.concat(runs, ignore_index=True)
    table = np.concatenate(list(tables(scenario, seeds, futures)), axis=1)
    for result in bottlenecks(every):
        mine = removals(table)[SHORTFALLS[result.use]]
        singles = np.array([mine.column[0] - mine.column[1 << bit] for bit in range(len(NAMES))])
        binds = largest(result.use, every)
        asked = (binds >= 0) & (singles.max(axis=0) > mine.counts)
        same = float((binds == singles.argmax(axis=0))[asked].mean())
        yield First(
            scenario,
            result.use,
            next((cause.part for cause in result.causes if cause.binds), "none"),
            max(mine.alone, key=lambda name: mine.alone[name].mean),
            same,
        )


OTHERS = EIGHT[1:]


@cache
def counted() -> tuple[Counted, ...]:
    """The long count: of the baseline, and of what the seven others cost against it."""
    seeds = SEEDS["baseline"]
    effects = (each for name in OTHERS for each in of_effects(name, SEEDS[name], FUTURES))
    return (
        *tally(of_levels("baseline", seeds, FUTURES)),
        *tally(of_removals("baseline", seeds, FUTURES)),
        *tally(of_eased("baseline", seeds)),
        *tally(effects),
    )


@cache
def answers() -> tuple[Answered, ...]:
    """The answers of all eight."""
    return tuple(each for name in EIGHT for each in answered(name, SEEDS[name], FUTURES))


@cache
def firsts() -> tuple[First, ...]:
    """What binds now, and what its removal gives back, of all eight."""
    return tuple(each for name in EIGHT for each in first(name, SEEDS[name], FUTURES))


def page() -> list[str]:
    """Its part of `docs/coverage.md`."""
    rows, all_answers = counted(), answers()
    held, of = (sum(getattr(row, name) for row in rows) for name in ("held", "of"))
    contained, seeds = (sum(getattr(row, name) for row in all_answers) for name in ("contained", "seeds"))
    return [
        "## On the shipped scenarios",
        "",
        f"The baseline under {SEEDS['baseline']} seeds, the seven others under {SEEDS['stall']} each,",
        f"with {FUTURES} futures a seed and set. What each seed prints is compared with the mean of the",
        "other seeds; what a scenario costs, and works through, is pooled over the seven.",
        f"All together hold {held / of:.1%}.",
        "",
        "| printed with its error | held | of |",
        "| :-- | --: | --: |",
        *(f"| {row.printed} | {row.share:.1%} | {row.of:,} |" for row in rows),
        "",
        f"A seed's candidates contain the best set of their size in {contained / seeds:.1%}. What binds most",
        "now is the mean of the ribbon; the last column says in how many futures it is also what gives",
        "back most when it is removed alone.",
        "",
        "| scenario | use | the answer | contained | of that size | binds most | most alone | the same |",
        "| :-- | :-- | :-- | --: | --: | :-- | :-- | --: |",
        *(
            f"| {row.scenario} | {row.use} | {' and '.join(row.truth)} | {row.contained} of {row.seeds} "
            f"| {row.same_size} | {both.binds} | {both.alone} | {both.same_in:.0%} |"
            for row, both in zip(all_answers, firsts(), strict=True)
        ),
        "",
    ]


def main() -> None:
    """Run the tables and leave them in the store."""
    for scenario in EIGHT:
        tables(scenario, SEEDS[scenario], FUTURES)
        print(scenario, flush=True)
    print("\n".join(page()))


if __name__ == "__main__":
    main()
