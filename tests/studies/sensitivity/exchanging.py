"""A study whose world is a formula of its inputs and luck, so that all shares are known."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import comb
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.measures.intervals import Column
from sim.measures.measures import measure
from sim.studies.sensitivity.analysis import Index
from sim.studies.sensitivity.exchanges import Design
from sim.studies.study import Study
from sim.template.assemble import Template, assemble
from sim.template.history_matching import Judge, plain_judge
from sim.template.sampling import uniforms
from sim.template.variation import inputs_of
from sim.world.course.future import LAYOUT
from tests.world.a_future import small_template

MEASURE = measure("owned")

Formula = Callable[[dict[str, Column], Column], Column]
"""Values of futures from the share of each input, from 0 to 1, and from luck."""

RANGES = {
    "procurement.train_first": (0.0, 1.0),
    "serving.peak": (1.0, 3.0),
    "training.cycle": (100.0, 300.0),
    "training.utilisation": (0.2, 0.4),
}
A, B, C, D = RANGES
"""Inputs of the toy, all uniform; the last three belong to the starting position."""

CHANGES = """
procurement: {train_first: {between: [0, 1]}}
serving: {peak: {between: [1, 3]}}
training: {cycle: {between: [100 days, 300 days]}, utilisation: {between: [0.2, 0.4]}}
"""


def toy(more: str = "", root: Template | None = None, changes: str = CHANGES) -> Template:
    """The small world with the four inputs uncertain, a root itself or a change of one."""
    template = small_template(changes + more)
    return assemble(replace(template.scenario, root=root.scenario if root else None), LAYOUT)


def u(template: Template, inputs: np.ndarray) -> dict[str, Column]:
    """The share of each input, from 0 to 1."""
    result = {}
    for path, columns in inputs_of(template).items():
        low, high = RANGES[path]
        result[path] = np.clip((inputs[:, columns[0]] - low) / (high - low), 1e-12, 1.0 - 1e-12)
    return result


@dataclass
class Toy:
    """Stands for a `Study`; `rows` are all inputs it was asked to run."""

    template: Template
    formula: Formula
    seed: int
    futures: int
    verdict: Judge = field(default_factory=lambda: plain_judge(LAYOUT))
    rows: list[np.ndarray] = field(default_factory=list)

    @property
    def request(self) -> Any:
        return SimpleNamespace(seed=self.seed, futures=self.futures)

    def judge(self) -> Judge:
        return self.verdict

    def with_inputs(self, template: Template, inputs: np.ndarray, lucky: int = 0) -> pd.DataFrame:
        self.rows.append(inputs)
        luck = uniforms(["luck"], self.seed, np.arange(lucky, lucky + len(inputs)))["luck"]
        return pd.DataFrame({"owned": self.formula(u(template, inputs), luck)})

    def draw(self, first: int = 0) -> np.ndarray:
        return self.template.draw(self.seed, first, self.futures, self.verdict)

    def design(self) -> Design:
        inputs = self.draw()
        usual = self.with_inputs(self.template, inputs)["owned"].to_numpy()
        return Design(cast("Study", self), (MEASURE,), inputs, {MEASURE: usual})

    def shares(self, *leading: str) -> dict[str, Index]:
        """The indices of blocks by name, those within blocks too."""
        design = self.design()
        indexes = design.shares(leading or tuple(RANGES), design.unlucky())[MEASURE]
        return {each.name: each for index in indexes for each in (index, *index.within)}


def linear(weights: dict[str, float], luck: float) -> Formula:
    """A weighted sum of standard normals."""

    def formula(x: dict[str, Column], by_luck: Column) -> Column:
        return np.asarray(sum(w * ndtri(x[path]) for path, w in weights.items()) + luck * ndtri(by_luck))

    return formula


def shapley_of_linear(weights: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Shapley effects, in variance, of a weighted sum of normals, from its conditional variances."""
    d = len(weights)

    def left(drawn: tuple[int, ...]) -> float:
        """The variance that these inputs leave where the others are known."""
        rest = [i for i in range(d) if i not in drawn]
        own, across = covariance[np.ix_(drawn, drawn)], covariance[np.ix_(drawn, rest)]
        given = own - across @ np.linalg.solve(covariance[np.ix_(rest, rest)], across.T) if rest else own
        return float(weights[list(drawn)] @ given @ weights[list(drawn)]) if drawn else 0.0

    effects = np.zeros(d)
    for i in range(d):
        others = [j for j in range(d) if j != i]
        for k in range(d):
            for among in combinations(others, k):
                effects[i] += (left((*sorted((*among, i)),)) - left(among)) / (d * comb(d - 1, k))
    return effects
