"""Arbitrariness: whether what nobody can ground, how much is wanted and how it is planned for, decides the answer.

Ambitions and planners are named overrides of the scenario. Each is run with the same futures as the usual choice. Three
things may not hang on them: the main cause of a future's shortfall, the order of the scenarios, and the leading
measures. Two planners that nobody has are bounds: one that sees the want to come, and one that buys nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.bottlenecks.shares import PARTS, USES, largest
from sim.measures.correlation import varies
from sim.measures.measures import Measure, mean_level, measure, values

PLANNERS = ("cautious", "base", "bold")
"""Overrides: how the lab plans. The second is the usual choice."""

BOUNDS = ("clairvoyant", "buys_nothing")
"""Overrides: planners that nobody has."""

RANKED_BY = "train_short"


def changed(use: str, usual: pd.DataFrame, other: pd.DataFrame) -> float:
    """Share of paired futures in which the main cause of a use's shortfall is another; none missing counts as one."""
    return float((largest(use, usual) != largest(use, other)).mean())


def commonest(use: str, outcomes: pd.DataFrame) -> str:
    """The cause that is the main one in most futures, and in how many."""
    lead = largest(use, outcomes)
    names, counts = np.unique(lead, return_counts=True)
    most = int(counts.argmax())
    words = list(PARTS.values())[int(names[most])] if names[most] >= 0 else "nothing missing"
    return f"{words} ({100.0 * counts[most] / len(lead):.0f}%)"


def choices_table(usual: pd.DataFrame, runs: Mapping[str, pd.DataFrame], shown: Sequence[Measure]) -> pd.DataFrame:
    """Each choice: means of measures; per use the commonest main cause, and in how many futures it is another one."""
    rows = []
    for name, outcomes in runs.items():
        row = {"choice": name.replace("_", " ")}
        row |= {each.title: mean_level(each, outcomes).text(each.unit) for each in shown}
        for use, words in USES.items():
            row[f"{words}: main cause"] = commonest(use, outcomes)
            row[f"{words}: another than usual"] = f"{100.0 * changed(use, usual, outcomes):.0f}%"
        rows.append(row)
    return pd.DataFrame(rows)


def ranks_table(runs: Mapping[str, Mapping[str, pd.DataFrame]]) -> pd.DataFrame:
    """Scenarios by mean training shortfall, the least first, a row for each planner."""
    of_measure = measure(RANKED_BY)
    rows = []
    for planner, scenarios in runs.items():
        means = {name: float(values(of_measure, outcomes).mean()) for name, outcomes in scenarios.items()}
        order = sorted(means, key=lambda name: means[name])
        row = {"planner": planner} | {str(i + 1): f"{at} {100.0 * means[at]:.1f}" for i, at in enumerate(order)}
        rows.append(row)
    return pd.DataFrame(rows)


def explained(of_measure: Measure, runs: Sequence[pd.DataFrame]) -> tuple[float, float] | None:
    """Shares of a measure's variance over futures and choices: that of the choices' means; all within a future.

    The first is the choice by itself, the second with its interactions: what would vanish if the choice were known.
    None of a measure that does not vary.
    """
    outcomes_by_run = np.stack([values(of_measure, outcomes) for outcomes in runs])
    if not varies(outcomes_by_run.ravel()):
        return None
    whole = float(outcomes_by_run.var())
    return float(outcomes_by_run.mean(axis=1).var()) / whole, float(outcomes_by_run.var(axis=0).mean()) / whole


def variance_table(shown: Sequence[Measure], planners: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What the choice of planner explains of each measure's variance."""
    rows = []
    for of_measure in shown:
        shares = explained(of_measure, planners)
        alone, within = ("does not vary",) * 2 if shares is None else (f"{100.0 * share:.1f}%" for share in shares)
        rows.append({"measure": of_measure.title, "planner alone": alone, "with interactions": within})
    return pd.DataFrame(rows)
