"""Findings: what one scenario's futures say, in sentences and in numbers. The terminal and the page only show this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd

from sim.bottlenecks.counterfactuals import Counterfactuals
from sim.bottlenecks.dates import Timing, timings
from sim.bottlenecks.relief import Relief
from sim.bottlenecks.removal_tables import MARGINAL_FUTURES
from sim.bottlenecks.shares import MEANING, Bottleneck, bottlenecks
from sim.bottlenecks.survival import Survival
from sim.engine.storage.result_folder import SCHEMA
from sim.findings.answer import answer, headline
from sim.findings.forks import assumed
from sim.language.documents import Document
from sim.measures.lines import Line as Line
from sim.measures.lines import Run as Run
from sim.measures.measures import MEASURES, PATHWAYS, Measure, Summary, summarise
from sim.measures.wording import Scale
from sim.story.entries import Tale

AMBITION = "What the lab wants is an ambition, not a fact, and it decides how large a shortfall looks."
"""What a reader must know of any scenario."""
UNMATCHED = "The starting position was held against no history, for the scenario gives none."
"""And of one that has no section `matching`."""

LEFT_OUT = (
    "Kept constant or left out of the model: currency, freight modes, customs paperwork, batch and cache detail of "
    "serving, packaging lines one by one, people one by one and what each costs, network layout.",
)


@dataclass(frozen=True, slots=True)
class Findings(
    Document,
    keys="schema title run futures headline answer when=dated bottlenecks=binding measures=summaries "
    "counterfactuals=other relief survival=survivals limits left_out",
):
    """All that is said of one scenario.

    `other`, `relief`, `survivals` and `tales` are there when they were asked for: they run the same futures again.
    """

    run: Run
    futures: int
    headline: str
    answer: tuple[Line, ...]
    bottlenecks: tuple[Bottleneck, ...]
    summaries: tuple[Summary, ...]
    when: tuple[Timing, ...] = ()
    other: Counterfactuals | None = None
    relief: Relief | None = None
    survivals: tuple[Survival, ...] = ()
    tales: tuple[Tale, ...] = ()

    schema: ClassVar[int] = SCHEMA
    left_out: ClassVar[tuple[str, ...]] = LEFT_OUT

    @property
    def dated(self) -> list[dict[str, object]]:
        """Its dates, in calendar days."""
        return [each.dated(self.run.start) for each in self.when]

    @property
    def binding(self) -> dict[str, object]:
        """What binds now in each use, and what that means."""
        return {"meaning": MEANING, "uses": self.bottlenecks}

    @property
    def title(self) -> str:
        """The scenario's name."""
        return self.run.name

    @property
    def called(self) -> str:
        """The name inside a sentence, where one such as `Controls tighten` would be read as a part of it."""
        return f"“{self.run.name}”"

    @property
    def measures(self) -> tuple[Summary, ...]:
        """All summaries but those of pathways, which have a table of their own."""
        return tuple(summary for summary in self.summaries if summary.measure.name not in PATHWAYS)

    @property
    def pathways(self) -> tuple[Summary, ...]:
        """Compute by the way it came, at the end of the reporting window."""
        return tuple(summary for summary in self.summaries if summary.measure.name in PATHWAYS)

    @property
    def rests_on(self) -> str:
        """How many futures stand behind what ran them again, in a sentence; empty where nothing did."""
        again = []
        if self.other:
            removed = self.other.of_use("train").futures
            again += [f"sets of removals on {removed:,}"]
            again += (
                [f"10% easier and single changes on {min(removed, MARGINAL_FUTURES):,}"] if self.other.eased else []
            )
        again += [f"relief and survival on {self.relief.futures:,}"] if self.relief else []
        if not again:
            return ""
        counts = ", ".join([f"The measures rest on {self.futures:,} futures", *again])
        return f"{counts} (at most 50 where numba is missing)."

    @property
    def limits(self) -> tuple[str, ...]:
        """What a reader must know before quoting."""
        unmatched = () if self.run.matched else (UNMATCHED,)
        return (*filter(None, [self.rests_on]), *self.run.limits, *unmatched, AMBITION)


def findings(
    run: Run,
    outcomes: pd.DataFrame,
    other: Counterfactuals | None = None,
    relief: Relief | None = None,
    survivals: tuple[Survival, ...] = (),
    tales: tuple[Tale, ...] = (),
    scale: Scale = "icd203",
    series: pd.DataFrame | None = None,
) -> Findings:
    """What a table of outcomes (a row for each future, at least one) says, and what other runs of the futures add.

    `series`: the books of all futures, by month, as percentiles.
    """
    summaries = summaries_of(run, outcomes, MEASURES)
    findings = bottlenecks(outcomes)
    by_name = {summary.measure.name: summary for summary in summaries}
    when = timings(run, outcomes, other.effect.dates if other and other.effect else {})
    lines = answer(run, outcomes, findings, by_name, when, other, relief, scale, _funded(run, series))
    first = headline(run, findings, by_name, other)
    return Findings(run, len(outcomes), first, lines, findings, summaries, when, other, relief, survivals, tales)


def summaries_of(run: Run, outcomes: pd.DataFrame, measures: Sequence[Measure]) -> tuple[Summary, ...]:
    """The summary of each measure; what the scenario forces is marked as assumed."""
    fixed = assumed(run.forced, outcomes)
    return tuple(replace(summarise(each, outcomes), assumed=each.name in fixed) for each in measures)


def _funded(run: Run, series: pd.DataFrame | None) -> float | None:
    """Months of its plan that cash pays for as the reporting window ends, in the median future; None if not known."""
    if series is None:
        return None
    ends = series["month"].astype(str) == run.window_end.isoformat()
    found = series.loc[ends & (series["series"] == "plan_runway"), "p50"]
    return float(found.iloc[0]) if len(found) else None
