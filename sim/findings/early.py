"""Early figures: what the first futures of a run say of its headline measures, while the rest still runs."""

from dataclasses import dataclass

import pandas as pd

from sim.findings.findings import summaries_of
from sim.measures.lines import Run
from sim.measures.measures import MEASURES, Measure, Summary


@dataclass(frozen=True, slots=True)
class EarlyFigures:
    """The headline measures after `futures` of the futures that are wanted."""

    title: str
    futures: int
    wanted: int
    summaries: tuple[Summary, ...]

    @property
    def final(self) -> bool:
        """Whether no future is missing."""
        return self.futures == self.wanted

    @property
    def status(self) -> str:
        """How many futures they rest on, and whether they can still change."""
        if self.final:
            return f"{self.futures:,} futures, final"
        return f"preliminary, after {self.futures:,} of {self.wanted:,} futures"


def early_figures(run: Run, headline: tuple[Measure, ...], outcomes: pd.DataFrame, wanted: int) -> EarlyFigures:
    """What a table of outcomes says of the headline measures; of all measures, where a scenario names none."""
    return EarlyFigures(run.name, len(outcomes), wanted, summaries_of(run, outcomes, headline or MEASURES))
