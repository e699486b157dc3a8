"""What a sweep comes to: a summary of each measure at each point, gates judged there, and where the target is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.language.documents import Document
from sim.measures import gates
from sim.measures.gates import Verdict
from sim.measures.intervals import ALPHA, Column
from sim.measures.levels import Level
from sim.measures.measures import Measure, Summary, summarise
from sim.studies.sweep.plan import Factor, Point, Sweep
from sim.template.variation import Setting

LEAST_INFLUENCE = 1e-9
"""Share of the variance below which nothing is moved but last digits."""

NUMBER = " (number)"
"""How the columns of points end that hold a factor's value in the inside unit; 0 where it is no number."""


@dataclass(frozen=True, slots=True)
class Failure(Document):
    """A point that broke: at which future, why, and the command that replays it."""

    point: int
    future: int
    reason: str
    settings: tuple[str, ...]
    replay: str


@dataclass(frozen=True, slots=True)
class PointResult:
    """One point: its summaries, in order of the sweep's measures, and the verdicts of its gates and its target."""

    point: Point
    summaries: tuple[Summary, ...]
    verdicts: tuple[Verdict, ...]
    target: Verdict | None

    @property
    def label(self) -> str:
        """The point in words: scenario, policy and settings."""
        where = [self.point.scenario, *([self.point.policy] if self.point.policy else [])]
        return ", ".join([*where, *(f"{factor[0].path} = {factor[0].text}" for factor in self.point.factors)])


@dataclass(frozen=True, slots=True)
class SweepResult:
    """All points that ran, in order, and those that broke."""

    sweep: Sweep
    futures: int
    points: tuple[PointResult, ...]
    failures: tuple[Failure, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Of all gates at all points."""
        return tuple(verdict for result in self.points for verdict in result.verdicts)

    @property
    def exit_code(self) -> int:
        """4 if a point broke; else that of the gates."""
        return 4 if self.failures else gates.exit_code(self.verdicts)

    @property
    def judged(self) -> list[str]:
        """What became of the target at each point, in order; nothing without a target."""
        return [each.target.judgement for each in self.points if each.target is not None]

    @property
    def met(self) -> tuple[float, float] | None:
        """Share of the points whose estimate meets the target, and of those that do beyond Monte Carlo error."""
        shares = [result.target for result in self.points if result.target is not None]
        if not shares:
            return None
        by_estimate = sum(verdict.holds for verdict in shares)
        return by_estimate / len(shares), sum(verdict.judgement == "passes" for verdict in shares) / len(shares)


def point_result(
    sweep: Sweep, point: Point, outcomes: pd.DataFrame, others: Mapping[str, pd.DataFrame], alpha: float = ALPHA
) -> PointResult:
    """Summaries and verdicts of one point; `alpha` is shared out among all gates at all points."""
    each = alpha / max(1, len(sweep.gates) * sweep.count)
    return PointResult(
        point,
        tuple(summarise(measure, outcomes) for measure in sweep.measures),
        tuple(gates.judge(gate, outcomes, others, each) for gate in sweep.gates),
        gates.judge(sweep.target, outcomes, others) if sweep.target else None,
    )


def points_table(result: SweepResult) -> pd.DataFrame:
    """A row for each point: number, scenario, policy, each factor as written and as a number, median to mean of each
    measure with its Monte Carlo error, and the judgement of the target."""
    rows = []
    for each in result.points:
        row: dict[str, object] = {
            "point": each.point.number,
            "scenario": each.point.scenario,
            "policy": each.point.policy,
        }
        for factor, settings in zip(result.sweep.factors, each.point.factors, strict=True):
            row[factor.name] = settings[0].text
            row[f"{factor.name}{NUMBER}"] = _number(settings[0])
        for summary in each.summaries:
            name = summary.measure.name
            levels = {"p5": summary.p5, "p50": summary.median, "p95": summary.p95, "mean": summary.mean}
            row |= {f"{name}_{key}": level.value for key, level in levels.items()}
            row |= {f"{name}_error": summary.error, f"{name}_not_by_horizon": summary.missed}
        if each.target is not None:
            row["target"] = each.target.judgement
        rows.append(row)
    return pd.DataFrame(rows)


def outcomes_table(points: Sequence[int], outcomes: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Every future of every point: `point`, `future`, and the columns of outcomes."""
    tables = [table.assign(point=point).reset_index() for point, table in zip(points, outcomes, strict=True)]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["point", "future", *(name for name in whole.columns if name not in ("point", "future"))]]


@dataclass(frozen=True, slots=True)
class Influence:
    """How much a factor moves a measure over all points: the largest difference of its averages, and which way.

    `first`, `last`: the average of the measure's centre at the first and at the last level (or fifth) of the factor; a
    lower bound where one of them is.
    """

    factor: str
    measure: Measure
    first: Level
    last: Level
    share: float
    """Share of the variance between points that this factor alone explains (binned)."""


def influences(result: SweepResult) -> list[Influence]:
    """For each measure, the factors that move it, the most important first."""
    influences = []
    for number, measure in enumerate(result.sweep.measures):
        levels = [each.summaries[number].centre for each in result.points]
        centres = np.array([level.value for level in levels])
        if not _varies(centres):
            continue
        own = []
        for place, factor in enumerate(result.sweep.factors):
            groups = _groups(result, place, factor)
            averages = [float(centres[at].mean()) for at in groups]
            between = sum(
                len(at) * (mean - float(centres.mean())) ** 2 for at, mean in zip(groups, averages, strict=True)
            )
            if averages:
                share = between / len(centres) / float(centres.var())
                ends = [Level(averages[i], any(levels[at].beyond for at in groups[i])) for i in (0, -1)]
                own.append(Influence(factor.name, measure, ends[0], ends[1], share))
        influences += sorted(
            (each for each in own if each.share > LEAST_INFLUENCE), key=lambda influence: -influence.share
        )
    return influences


def constant(result: SweepResult) -> list[tuple[Measure, Level]]:
    """The measures whose centre is the same at all points, where there are several, and what it is."""
    constants = []
    for number, measure in enumerate(result.sweep.measures):
        levels = [each.summaries[number].centre for each in result.points]
        if len(levels) > 1 and not _varies(np.array([level.value for level in levels])):
            constants.append((measure, Level(levels[0].value, any(level.beyond for level in levels))))
    return constants


def _varies(centres: Column) -> bool:
    """Whether there is a difference between points to explain."""
    return len(centres) > 0 and float(np.ptp(centres)) > 0.0


def leading(result: SweepResult) -> list[Influence]:
    """For each measure the factor that moves it most."""
    first: dict[str, Influence] = {}
    for influence in influences(result):
        first.setdefault(influence.measure.name, influence)
    return list(first.values())


def _groups(result: SweepResult, place: int, factor: Factor) -> list[list[int]]:
    """The points by level of a factor; of a drawn design, by fifths."""
    if factor.levels:
        texts = [level[0].text for level in factor.levels]
        groups: list[list[int]] = [[] for _ in texts]
        for i, each in enumerate(result.points):
            groups[texts.index(each.point.texts[place])].append(i)
    else:
        order = np.argsort([_number(each.point.factors[place][0]) for each in result.points], kind="stable")
        groups = [part.tolist() for part in np.array_split(order, min(5, len(order)))]
    return [group for group in groups if group]


def _number(setting: Setting) -> float:
    return float(getattr(setting.spec, "value", 0.0))
