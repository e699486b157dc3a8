"""Robust search: plans that no other plan beats in all objectives, and what each would be regretted by.

Plans are proposed by optuna (NSGA-II, Deb et al. 2002, with constraints), a generation at a time, from a fixed seed;
every plan plays the same futures. The proposals depend on nothing but the answers, so a search that was stopped is
continued by asking again: what is known already is answered at once.

Regret of a plan in a scenario is the mean, over futures, of how much better the best of the plans that keep all
constraints would have done in the same future; the largest over the scenarios is reported. (`regret.regrets` is of
means: there a policy is compared with the best policy of the scenario, not with the best in each future.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.studies.sweep.objectives import Score

Column = npt.NDArray[np.float64]

GENERATION = 20
"""Plans proposed at a time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plan comes to: its objectives, and by how much it breaks each constraint (0 or less: it holds).

    `scores`: the objectives as they are printed. `broke`: a future of it failed; its objectives then say only that no
    other plan is as bad.
    """

    objectives: tuple[float, ...]
    breaks: tuple[float, ...] = ()
    broke: bool = False
    scores: tuple[Score, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether all constraints hold."""
        return not self.broke and all(gap <= 0.0 for gap in self.breaks)


LeverSetting = tuple[float, ...]
"""For each lever its share of the way from its low end to its high end."""

Ask = Callable[[list[LeverSetting]], list[Answer]]


def search(
    levers: int, objectives: Sequence[bool], plans: int, seed: int, ask: Ask
) -> list[tuple[LeverSetting, Answer]]:
    """All plans tried, in order; `objectives` says of each whether more is better. The middle is tried first."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    best = optuna.study.StudyDirection
    directions = [best.MAXIMIZE if higher else best.MINIMIZE for higher in objectives]
    sampler = optuna.samplers.NSGAIISampler(population_size=GENERATION, seed=seed)
    study = optuna.create_study(directions=directions, sampler=sampler)
    study.enqueue_trial({_name(i): 0.5 for i in range(levers)})
    tried: list[tuple[LeverSetting, Answer]] = []
    while len(tried) < plans:
        trials = [study.ask() for _ in range(min(GENERATION, plans - len(tried)))]
        suggested = [tuple(trial.suggest_float(_name(i), 0.0, 1.0) for i in range(levers)) for trial in trials]
        for trial, plan, answer in zip(trials, suggested, ask(suggested), strict=True):
            for number, gap in enumerate(answer.breaks):
                trial.set_constraint(f"constraint {number:03}", gap)
            study.tell(trial, answer.objectives)
            tried.append((plan, answer))
    return tried


def _name(lever: int) -> str:
    return f"lever {lever:03}"


def pareto(answers: Sequence[Answer], higher: Sequence[bool]) -> list[int]:
    """The plans, by number, that hold all constraints and that no other such plan beats or equals in all objectives."""
    signs = np.array([-1.0 if up else 1.0 for up in higher])
    costs = np.array([answer.objectives for answer in answers]) * signs
    feasible = [i for i, answer in enumerate(answers) if answer.feasible]

    def beaten(i: int) -> bool:
        return any(
            bool(np.all(costs[j] <= costs[i]) and (np.any(costs[j] < costs[i]) or j < i)) for j in feasible if j != i
        )

    return [i for i in feasible if not beaten(i)]


def regrets_by_future(values: npt.ArrayLike, higher: bool) -> Column:
    """The largest over scenarios of the mean regret of each plan; `values` has shape (plans, scenarios, futures)."""
    whole = np.asarray(values, np.float64)
    best = whole.max(axis=0) if higher else whole.min(axis=0)
    column: Column = np.abs(best[None] - whole).mean(axis=2).max(axis=1)
    return column
