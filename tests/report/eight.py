"""Eight scenarios as a page is given them: one small real run, and seven made from it by scaling its tables.

The scales are invented. What is tested is the page, not the model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from sim.bottlenecks.counterfactuals import AMBITIONS, AmbitionResult, Counterfactuals, Eased, counterfactuals
from sim.bottlenecks.counterfactuals import EASED as EASIER
from sim.bottlenecks.relief import EASED, REMOVED, Relief, causes_relieved, relieved, singles
from sim.bottlenecks.removals import SETS, SHORTFALLS, SINGLES, Amount, Rows, by_column, names_of, removals, tabled
from sim.bottlenecks.scenario_effect import ChangeEffect, Effect, effect
from sim.bottlenecks.shares import DIALS
from sim.bottlenecks.survival import Spell, SupplySource, Survival
from sim.engine.histogram import Histograms
from sim.engine.results import OUTCOMES
from sim.engine.runner import run_chunk
from sim.findings.comparison import (
    LEADING,
    ChangedValue,
    Comparison,
    ForcedVersusSpontaneous,
    Interaction,
    ScenarioResult,
)
from sim.findings.findings import Run, findings
from sim.findings.regret import regrets
from sim.measures.levels import Level
from sim.measures.measures import PATHWAYS, measure
from sim.measures.paired import difference, paired
from sim.report.contents import WAYS, Flow, Held, PageContents
from sim.runs.page_contents import assumptions, sources
from sim.runs.run import month_ends, read
from sim.scenario.scenario import Scenario
from sim.story.entries import Entry, Tale
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT
from tests.findings.toy import RUN

BASELINE = Path(__file__).parents[2] / "scenarios" / "baseline.yaml"
FUTURES = 40

NAMES = {
    "baseline": ("Baseline", "Nothing is forced.", {}),
    "stall": ("Negotiations stall", "The round of April 2026 does not close.", {"owned": 0.75, "train_budget": 1.6}),
    "tighten": ("Controls tighten", "The truce lapses and thresholds fall.", {"owned": 0.9, "train_control": 1.8}),
    "both": (
        "Controls tighten and negotiations stall",
        "Both, and nothing else.",
        {"owned": 0.7, "train_budget": 1.5},
    ),
    "close": ("The round closes", "All named investors join.", {"owned": 1.06, "train_budget": 0.8}),
    "relax": ("Controls relax", "The window stays open to the end of 2027.", {"owned": 1.2, "train_control": 0.3}),
    "self_reliance": ("Self-reliance", "No new import from July 2026 on.", {"owned": 0.98, "train_wafers": 2.0}),
    "hbm_crunch": ("Memory is short", "High-bandwidth memory starts later.", {"owned": 0.88, "train_wafers": 2.5}),
}
"""Id, name, why, and by what some columns are scaled."""

WORTH = {"money": 0.05, "rental": 0.19, "domestic": 0.08, "rules": 0.06, "sites": 0.03, "software": 0.02}
"""What the removal of each constraint gives back, as a part of what is missing."""

HELD = ((0.0, 600.0, 4_500.0), (0.0, 1_200.0, 9_000.0), (0.0, 1.8, 12.0))
"""H100e, chips and megawatts of every way."""


def material(many: int = len(NAMES)) -> PageContents:
    """All that a page can be given, in eight scenarios, or the first two or more of them."""
    return contents(*list(NAMES)[:many])


@cache
def contents(*ids: str) -> PageContents:
    """All that a page can be given, in these scenarios; the first is the baseline."""
    scenarios = tuple(map(_compared, ids))
    scenario = _baseline()
    listed = tuple(
        replace(each, moves=(((i * 37) % 100 - 50) / 60.0, 0.1)) if each.kind == "epistemic" and i < 40 else each
        for i, each in enumerate(assumptions(scenario))
    )
    return PageContents(
        "Eight scenarios from April 2026",
        _comparison(scenarios),
        listed,
        tuple(sources(scenario)),
        ("Training shortfall", "Unserved demand"),
        {each.id: tuple(_flows(each)) for each in scenarios},
        {each.id: tuple(Held(way, *HELD) for way in WAYS) for each in scenarios},
    )


@cache
def alone() -> PageContents:
    """The second of them as the page of a run has it."""
    four = material(4)
    one = replace(
        four.comparison,
        scenarios=four.scenarios[1:2],
        differences=(),
        interactions=(),
        conditionals=(),
        regrets=None,
    )
    return replace(four, comparison=one)


def _comparison(scenarios: tuple[ScenarioResult, ...]) -> Comparison:
    first = scenarios[0]
    differences = tuple(
        difference(each.id, measure(name), each.outcomes, first.outcomes) for each in scenarios[1:] for name in LEADING
    )
    own = measure("owned")
    both = paired(*(table.outcomes["owned"].to_numpy() for table in (scenarios[:4][-1], scenarios[1])))
    return Comparison(
        FUTURES,
        1,
        "Money is the main bottleneck of training in five of eight scenarios; elsewhere it is rules or memory.",
        first.findings.answer,
        scenarios,
        differences,
        (Interaction(own, both),),
        (ForcedVersusSpontaneous("stall", "stalled", measure("train_short"), 9, 0.54, 0.52, 0.44, ""),),
        regrets(
            measure("train_short"),
            {"as is": {"baseline": 0.44, "both": 0.56}, "cautious": {"baseline": 0.47, "both": 0.55}},
            {"as is": (), "cautious": ("procurement.reserve=15 months",)},
            {"baseline": 0.7, "both": 0.3},
        ),
        "python -m sim compare scenarios/baseline.yaml scenarios/both.yaml --futures 40 --seed 1",
        "ab12cd34ef56",
        (("python", "3.11.7"), ("numpy", "2.4.6")),
    )


@cache
def _baseline() -> Scenario:
    return read(BASELINE, (), ())


@cache
def _real() -> tuple[pd.DataFrame, pd.DataFrame, Run]:
    """Outcomes and series of a few real futures of the baseline."""
    scenario = _baseline()
    batch = run_chunk(assemble(scenario, LAYOUT), 1, 0, FUTURES, "compiled")
    histograms = Histograms.empty(batch.series.shape[1])
    histograms.add(batch.series)
    ends = month_ends(scenario, batch.series.shape[1])
    return pd.DataFrame(batch.outcomes, columns=list(OUTCOMES)), histograms.quantiles(ends), RUN


@cache
def _compared(id: str) -> ScenarioResult:
    name, why, scales = NAMES[id]
    place = list(NAMES).index(id)
    outcomes, series, run = _real()
    outcomes = outcomes.assign(**{column: outcomes[column] * by for column, by in scales.items()})
    outcomes["train_short"] = 1.0 - (1.0 - outcomes["train_short"]) * scales.get("owned", 1.0)
    late = 4.0 * (1.0 - scales.get("owned", 1.0))
    outcomes["next_delay"] += late
    outcomes["second_delay"] += 2.0 * late
    levels = ["p5", "p25", "p50", "p75", "p95", "mean"]
    series = series.copy()
    for column, by in {**scales, "cash": scales.get("owned", 1.0), "train_effective": scales.get("owned", 1.0)}.items():
        series.loc[series["series"] == column, levels] *= by
    compared = findings(
        replace(run, name=name, why=why),
        outcomes,
        _other(place, outcomes),
        _relief(outcomes),
        tuple(_survivals()),
        tuple(_tales(id)),
    )
    return ScenarioResult(id, compared, tuple(_changed(place)), outcomes, series)


def _changed(place: int) -> Iterator[ChangedValue]:
    for i in range(4 * place):
        why = "forced" if i else "part of the tightening"
        yield ChangedValue(f"controls.rules.us_rule_{i}.probability", "{p5: 0.15, p50: 0.3, p95: 0.5}", "0.6", why)


def _eased(outcomes: pd.DataFrame, by: float) -> pd.DataFrame:
    return outcomes.assign(
        train_short=outcomes["train_short"] * (1.0 - by),
        unserved=outcomes["unserved"] * (1.0 + 0.3 * by),
        second_delay=outcomes["second_delay"] - 6.0 * by,
        next_delay=outcomes["next_delay"] - 2.0 * by,
    )


def _relief(outcomes: pd.DataFrame) -> Relief:
    size = {cause: 0.12 / (1 + place) - 0.01 for place, cause in enumerate(DIALS)}

    worlds = {
        (cause, much): _eased(outcomes, size[cause] * (3.0 if much == REMOVED else 0.5)) for cause, much in singles()
    }
    money = replace(relieved(("budget", EASED), worlds["budget", EASED], outcomes), cause="hundred_million")
    return Relief(FUTURES, causes_relieved(worlds, outcomes), money)


def _other(place: int, outcomes: pd.DataFrame) -> Counterfactuals:
    """Counterfactuals of one scenario; of all but the first also its effect against the first."""
    table = _table(outcomes)
    most, both = (("rental",), ("domestic", "rental")), frozenset(SHORTFALLS.values())
    eased = tuple(
        Eased(names, _gains(0.05 * sum(WORTH[name] for name in names)), both if names in most else frozenset())
        for names in EASIER
    )
    ambitions = tuple(AmbitionResult(name, _gains(0.28 + 0.16 * i)) for i, name in enumerate(AMBITIONS))
    return counterfactuals(table, eased, _effect(place, table) if place else None, ambitions)


def _table(outcomes: pd.DataFrame) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Shape (SETS, futures, TABLED): each constraint gives back so much, money and the rental market more together."""
    sets = [names_of(each) for each in range(SETS)]
    gains = [sum(WORTH[name] for name in gone) + 0.3 * ({"money", "rental"} <= set(gone)) for gone in sets]
    return np.array([tabled(_eased(outcomes, gain)) for gain in gains])


def _gains(mean: float) -> dict[str, Amount]:
    return dict.fromkeys(SHORTFALLS.values(), Amount(mean, 0.002))


@cache
def _reference() -> Mapping[str, Rows]:
    """What is missing in the first scenario, as it is and without each constraint."""
    outcomes, _, _ = _real()
    return by_column(_table(outcomes)[[*SINGLES]])


def _effect(place: int, table: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Effect:
    changes = (
        ChangeEffect("capital.financing", "the talks", _gains(0.03)),
        ChangeEffect("controls.rules.us_rule_1", "a rule", {}),
    )
    return effect("the baseline", removals(table), _reference(), tuple(SHORTFALLS.values()), changes[: min(place, 2)])


def _survivals() -> Iterator[Survival]:
    stop = "offer", date(2026, 4, 23), 365
    days = Spell(Level(90.0), Level(240.0), Level(1_200.0, beyond=True))
    yield Survival(SupplySource("imports", "all imports", *stop), 0.5, FUTURES, 0.42, days, days)
    yield Survival(SupplySource("memory", "imports of memory", *stop), 0.5, FUTURES, 0.0, days, None)
    yield Survival(SupplySource("strike", "a strike", "happening"), 0.5, 0, None, None, None)


def _tales(id: str) -> Iterator[Tale]:
    pages = ("controls", "capital", "market", "fleet", "training", "serving")
    texts = (
        "Beijing's customs hold 2,300 H200; $57M stays paid.",
        "The round stalls. The lab spends what it has and orders nothing new.",
        "The vendor offers the lab 4,100 chips this month; it takes all of them.",
        "The next flagship is out, 3.2 months after plan and at 71% of its planned size.",
    )
    for label, future in (("p5 of train_short", 17), ("median of train_short", 3), ("p95 of train_short", 29)):
        entries = tuple(
            Entry(
                date(2026, 5, 1) + timedelta(days=37 * i),
                pages[(i + future) % len(pages)],
                texts[i % len(texts)],
                1 + i % 2,
            )
            for i in range(40)
        )
        yield Tale(id, future, label, entries)


def _flows(each: ScenarioResult) -> Iterator[Flow]:
    result = {name: float(each.outcomes[name].mean()) for name in PATHWAYS}
    sources = {
        "Opening fleet": 19_000.0,
        "Under licence": result["licensed"],
        "Domestic": result["domestic"],
        "Grey": result["grey"],
    }
    rents = {"On rent at home": result["rented_home"], "On rent abroad": result["rented_abroad"]}
    for source, much in {**sources, **rents}.items():
        for use, share in (("training", 0.55), ("serving", 0.35), ("not yet at work", 0.1)):
            yield Flow(source, use, much * share)
