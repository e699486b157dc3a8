"""A sweep: points of a design, times scenarios, times policies; the same luck at every point.

A point is a scenario with some parameters set: those of the design, over those of a policy. Its number does not move
when the sweep is run again, so results can be identified by it.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.findings.policies import Policy
from sim.language.declarations import Moment
from sim.language.distributions import Distribution, Fixed
from sim.language.values import After, shown
from sim.language.yaml_nodes import Node
from sim.measures.gate_language import Gate
from sim.measures.input_text import named
from sim.measures.measures import Measure
from sim.scenario.scenario import InRows, Link, Scenario, Value
from sim.studies.sweep.objectives import Objective
from sim.template.variation import Setting

Cube = npt.NDArray[np.float64]
"""Shape (points, factors), each number between 0 and 1."""

Design = Literal["grid", "list", "latin_hypercube", "sobol", "search"]
"""Which points a sweep visits. Each depends on its size alone, and on a seed where it draws."""

LEVELLED = ("grid", "list")
DRAWN = ("latin_hypercube", "sobol", "search")


def distribution_of(value: Value) -> Distribution:
    """The distribution of an uncertain parameter. Raises TypeError for one that is no plain number."""
    if isinstance(value.spec, After | Link | InRows):
        raise TypeError(value.path)
    return value.spec


@dataclass(frozen=True, slots=True)
class Factor:
    """What varies: parameters that are set together.

    `levels` are the values of grids and lists, each a setting for every path. Drawn designs have none: they go from
    `low` to `high`, or, without these, through the distribution that the scenario gives.
    """

    name: str
    paths: tuple[str, ...]
    levels: tuple[tuple[Setting, ...], ...] = ()
    low: float | None = None
    high: float | None = None
    node: Node | None = field(default=None, compare=False)

    def at(self, u: float, scenario: Scenario) -> tuple[Setting, ...]:
        """The settings at a share `u` of the way, or of the probability."""
        return tuple(self._setting(scenario.values[path], u, scenario) for path in self.paths)

    def _setting(self, value: Value, u: float, scenario: Scenario) -> Setting:
        if self.low is not None and self.high is not None:
            number = float(f"{self.low + u * (self.high - self.low):.4g}")  # as one would write it
        else:
            number = float(distribution_of(value).ppf(np.array([u]))[0])
        if isinstance(value.field.kind, Moment):
            number = math.floor(number)  # a date is a day
        return Setting(value.path, Fixed(number), shown(number, value.field, scenario.start), self.node)


@dataclass(frozen=True, slots=True)
class Point:
    """One scenario of a sweep: which file, which policy, and the value of each factor."""

    number: int
    scenario: str
    policy: str
    factors: tuple[tuple[Setting, ...], ...]
    settings: tuple[Setting, ...]
    """All that is set: the policy's, then the factors'."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The value of each factor as it is written."""
        return tuple(factor[0].text for factor in self.factors)

    @property
    def words(self) -> tuple[str, ...]:
        """The settings as the command line takes them."""
        return tuple(f"{setting.path}={setting.text}" for setting in self.settings)


@dataclass(frozen=True)
class Sweep:
    """A sweep as its file describes it; `scenarios` by the file that names them."""

    path: Path
    name: str
    why: str
    scenarios: dict[str, Scenario]
    futures: int
    seed: int
    design: Design
    size: int
    factors: tuple[Factor, ...]
    policies: tuple[Policy, ...]
    measures: tuple[Measure, ...]
    target: Gate | None
    gates: tuple[Gate, ...]
    objectives: tuple[Objective, ...] = ()
    """Of a search: what its points are judged by; its gates are constraints then."""

    def called(self, factor: str) -> str:
        """A factor's own name, or what the parameter that it is named by means."""
        return named(next(iter(self.scenarios.values())), factor)

    @property
    def count(self) -> int:
        """How many points there are."""
        return len(self._places()) * len(self.scenarios) * len(self.policies)

    def points(self) -> Iterator[Point]:
        """Every point: scenarios, then policies, then the design."""
        number = 0
        places = self._places()
        for name, scenario in self.scenarios.items():
            for policy in self.policies:
                for place in places:
                    factors = tuple(
                        factor.levels[int(at)] if factor.levels else factor.at(at, scenario)
                        for factor, at in zip(self.factors, place, strict=True)
                    )
                    yield Point(number, name, policy.name, factors, _joined(policy, factors))
                    number += 1

    def _places(self) -> list[tuple[float, ...]]:
        """For each point, the level of each factor, or its share of the way."""
        levels = [range(len(factor.levels)) for factor in self.factors]
        if self.design in LEVELLED:
            return list(product(*levels) if self.design == "grid" else zip(*levels, strict=True))
        draw = _sobol if self.design == "sobol" else _latin_hypercube
        # columns in order of the paths, so that the order of factors in the file moves nothing
        seed = int.from_bytes(hashlib.sha256(f"design:{self.seed}".encode()).digest()[:8], "little")
        cube = draw(self.size, len(self.factors), seed)
        order = np.argsort(np.argsort([factor.paths[0] for factor in self.factors]))
        return [tuple(row) for row in cube[:, order].tolist()]


def _latin_hypercube(points: int, factors: int, seed: int) -> Cube:
    """One point in each of `points` equal slices of every factor (McKay, Beckman and Conover 1979)."""
    from scipy.stats import qmc  # 0.7 s to import

    found: Cube = qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(points)
    return found


def _sobol(points: int, factors: int, seed: int) -> Cube:
    """A scrambled Sobol sequence; `points` is a power of two, or its balance is lost."""
    from scipy.stats import qmc

    found: Cube = qmc.Sobol(factors, rng=np.random.default_rng(seed)).random_base2(int(math.log2(points)))
    return np.clip(found, 2.0**-53, 1.0 - 2.0**-53)


def _joined(policy: Policy, factors: tuple[tuple[Setting, ...], ...]) -> tuple[Setting, ...]:
    """The settings of a point; where a policy and a factor set the same, the factor wins."""
    settings = {setting.path: setting for setting in policy.settings}
    settings |= {setting.path: setting for factor in factors for setting in factor}
    return tuple(settings.values())
