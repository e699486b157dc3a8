"""One robust search, from its file to a folder of results. Every plan's futures go through the store of chunks, so a
search that was stopped goes on when the same command is given again: it asks the same, and what is known is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.engine.storage import result_folder
from sim.measures import gates
from sim.requests import SearchRequest
from sim.studies.search.nsga2 import Answer, LeverSetting, pareto, regrets_by_future, search
from sim.studies.search.page import page
from sim.studies.search.results import SearchResult, Tried, plans_table
from sim.studies.sweep.plan import Point, Sweep
from sim.studies.sweep.points import Work, run_missing, work_of, wrong

BROKE = 1e300
"""The objective of a plan that broke; no other is as bad."""


@dataclass
class _Asker:
    """Runs plans through the store and keeps what they came to."""

    work: Work
    futures: int
    progress: Callable[..., None]
    values: list[Any]
    """For each plan the first objective's measure, shape (scenarios, futures)."""

    def answers(self, plans: list[LeverSetting]) -> list[Answer]:
        """What the plans come to; those that are not in the store are run first."""
        sweep = self.work.sweep
        points = [point for number, plan in enumerate(plans) for point in points_of(sweep, number, plan)]
        here = replace(self.work, points=points, failures={})
        missing = here.missing(self.futures)
        self.progress(0, sum(n for _, _, n, _ in missing))
        run_missing(here, missing, self.progress)
        size = len(sweep.scenarios)
        return [self._answer(here, number * size, size) for number in range(len(plans))]

    def _answer(self, here: Work, first: int, size: int) -> Answer:
        answer = self.work.sweep
        if any(number in here.failures for number in range(first, first + size)):
            worst = tuple(-BROKE if objective.higher else BROKE for objective in answer.objectives)
            self.values.append(None)
            return Answer(worst, tuple(1.0 for _ in answer.gates), broke=True)
        tables = [here.outcomes(number, self.futures) for number in range(first, first + size)]
        self.values.append([answer.objectives[0].values(table) for table in tables])
        scores = tuple(each.worst_of([each.of(table) for table in tables]) for each in answer.objectives)
        breaks = tuple(max(gates.gap(gate, table) for table in tables) for gate in answer.gates)
        return Answer(tuple(score.level.value for score in scores), breaks, scores=scores)


def points_of(sweep: Sweep, number: int, plan: LeverSetting) -> Iterator[Point]:
    """A plan in each scenario."""
    for place, (name, scenario) in enumerate(sweep.scenarios.items()):
        factors = tuple(factor.at(u, scenario) for factor, u in zip(sweep.factors, plan, strict=True))
        settings = tuple(setting for factor in factors for setting in factor)
        yield Point(number * len(sweep.scenarios) + place, name, "", factors, settings)


def run_search(request: SearchRequest, progress: Callable[..., None]) -> tuple[SearchResult, result_folder.Published]:
    """Ask, run and write the folder. Raises Interrupted when stopped from outside: what is finished is kept."""
    work = work_of(request)
    sweep = work.sweep
    if sweep.design != "search":
        raise wrong(request.file, "design", "no search; write design: search, points: 100 and objectives: [...]")
    if any(gate.statistic.against for gate in sweep.gates):
        raise wrong(request.file, "gates", "a constraint of a search is about one scenario; leave out delta")
    futures = request.futures or sweep.futures
    asker = _Asker(work, futures, progress, [])
    higher = [objective.higher for objective in sweep.objectives]
    tried = search(len(sweep.factors), higher, request.plans or sweep.size, sweep.seed, asker.answers)
    result = _result(sweep, futures, tried, asker.values)
    return result, _published(request, work, result)


def _result(sweep: Sweep, futures: int, tried: list[tuple[LeverSetting, Answer]], values: list[Any]) -> SearchResult:
    answers = [answer for _, answer in tried]
    best = set(pareto(answers, [objective.higher for objective in sweep.objectives]))
    fit = [number for number, answer in enumerate(answers) if answer.feasible]
    regret = dict(zip(fit, _regrets(sweep, [values[number] for number in fit]), strict=True))
    rows = []
    for number, (plan, answer) in enumerate(tried):
        settings = next(points_of(sweep, number, plan)).factors
        texts = tuple(factor[0].text for factor in settings)
        rows.append(Tried(number, plan, texts, answer, number in best, regret.get(number)))
    return SearchResult(sweep, futures, tuple(rows))


def _regrets(sweep: Sweep, values: list[Any]) -> list[float]:
    if not values:
        return []
    whole: list[float] = regrets_by_future(values, sweep.objectives[0].higher).tolist()
    return whole


def _published(request: SearchRequest, work: Work, result: SearchResult) -> result_folder.Published:
    sweep = work.sweep
    text = sweep.path.read_text(encoding="utf-8")
    scenarios = {name: scenario.canonical() for name, scenario in sweep.scenarios.items()}
    key = result_folder.RunKey(
        {"search": text, "scenarios": scenarios, "plans": len(result.tried)}, sweep.seed, 0, result.futures
    )
    request = replace(request, plans=len(result.tried), futures=result.futures)
    folder = request.out / result_folder.name_of(sweep.path) / key.digest

    def fill(aside: Path) -> None:
        result_folder.write_text(aside / "search.yaml", text)
        result_folder.write_parquet(aside / "plans.parquet", plans_table(result))
        result_folder.write_json(aside / "search.json", result.as_json())
        result_folder.write_text(aside / "report.html", page(result, request.command, key.digest))

    return result_folder.published(folder, fill, key, {"workers": request.workers})
