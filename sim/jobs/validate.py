"""Validation, run: baseline, scenarios and mechanisms, each with the same futures, into one page of tables."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from sim.engine import runner
from sim.engine.runner import Job
from sim.jobs.run import read
from sim.scenario.assemble import assemble
from sim.study import validation
from sim.study.validation import Checks, Mechanism
from sim.world.future import LAYOUT

HEAD = """# Validation

Made by `python -m sim validate --write`: {futures:,} futures of each scenario, seed {seed}. The same futures are
compared everywhere, so differences are paired. Intervals are 95% intervals of the Monte Carlo error.
"""


def page(scenarios: Path, futures: int, seed: int, workers: int, told: Callable[[str], None]) -> str:
    """All tables, as Markdown. `told` hears what is being run."""
    checks = validation.read_checks()
    runs = _Runs(scenarios, futures, seed, workers, told)
    base = runs.outcomes("baseline", ())
    others = {name: runs.outcomes(name, ()) for name in dict.fromkeys(row.scenario for row in checks.expected)}
    return "\n".join(_parts(checks, runs, base, others))


class _Runs:
    """Outcomes of scenarios with settings, each run once."""

    def __init__(self, scenarios: Path, futures: int, seed: int, workers: int, told: Callable[[str], None]) -> None:
        self._scenarios, self._told = scenarios, told
        self.futures, self.seed, self._workers = futures, seed, workers
        self._found: dict[tuple[str, tuple[str, ...]], pd.DataFrame] = {}

    def outcomes(self, scenario: str, settings: tuple[str, ...]) -> pd.DataFrame:
        """A row for each future."""
        key = scenario, settings
        if key not in self._found:
            self._told(" ".join((scenario, *settings)))
            template = assemble(read(self._scenarios / f"{scenario}.yaml", (), settings), LAYOUT)
            job = Job(template, self.seed, self.futures, workers=self._workers)
            self._found[key] = runner.run(job, "auto", lambda _: None).outcomes.set_index("future")
        return self._found[key]

    def moved(self, mechanism: Mechanism) -> str:
        """What taking a mechanism out moves, in words."""
        on = self.outcomes(mechanism.scenario, mechanism.given)
        off = self.outcomes(mechanism.scenario, (*mechanism.given, *mechanism.off))
        return "; ".join(validation.effect_text(*effect) for effect in validation.moved(mechanism, on, off))


def _parts(checks: Checks, runs: _Runs, base: pd.DataFrame, others: dict[str, pd.DataFrame]) -> Iterator[str]:
    yield HEAD.format(futures=runs.futures, seed=runs.seed)
    yield "## What a pencil says, and the baseline\n\np5 / p50 / p95. The ratio is of the medians.\n"
    yield validation.markdown(validation.anchors_table(checks.anchors, base))
    yield "\n## Differences from the baseline: a coarse reckoning, and ours\n"
    yield validation.markdown(validation.expected_table(checks.expected, base, others))
    yield "\n## Each mechanism, taken out\n\nThe effect of having it: with less without, in the same futures.\n"
    rows = [(m.page, m.name, m.scenario, ", ".join(m.given + m.off), runs.moved(m)) for m in checks.mechanisms]
    columns = ["page", "mechanism", "scenario", "taken out by", "effect of having it"]
    yield validation.markdown(pd.DataFrame(rows, columns=columns))
    yield "\n## Forecast, then fact\n\nPublic after the baseline's last fact: never an input.\n"
    yield validation.markdown(validation.blind_table(checks.blind, base)) + "\n"
