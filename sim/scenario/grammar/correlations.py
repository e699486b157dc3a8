"""Rank correlations between uncertain inputs: `correlations: [{between: [a.path, b.path], rank: 0.6}]`.

A Gaussian copula. A rank correlation r needs the correlation 2 sin(pi r / 6) between the normals behind it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.errors import Problem
from sim.language.yaml_nodes import Node, suggestion
from sim.scenario.grammar.schema import Directory

_KEYS = {"between", "rank", "source", "note", "why"}
_TAKE_OUT = "write {between: [a.path, b.path], remove: true} with its ends"


@dataclass(frozen=True, slots=True, order=True)
class Correlation:
    """Two inputs, in order of their paths, and the correlation of their ranks."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Inputs that move together, in order of their paths, and the lower root of their correlation matrix."""

    paths: tuple[str, ...]
    root: npt.NDArray[np.float64]


@lru_cache(maxsize=16)
def linked(correlations: tuple[Correlation, ...]) -> tuple[Linked, ...]:
    """The connected groups, found once for all draws. Raises numpy's LinAlgError if ranks of a group contradict."""
    pairs = sorted(correlations)
    return tuple(Linked(paths, _root(paths, pairs)) for paths in connected((pair.first, pair.second) for pair in pairs))


def connected(sets: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
    """The unions of those sets that have members in common, directly or through others; all in order."""
    groups: list[set[str]] = []
    for each in map(set, sets):
        touched = [group for group in groups if each & group]
        groups = [group for group in groups if group not in touched]
        groups.append(each.union(*touched))
    return sorted(tuple(sorted(group)) for group in groups)


def _root(paths: tuple[str, ...], pairs: Sequence[Correlation]) -> npt.NDArray[np.float64]:
    matrix = np.eye(len(paths))
    for pair in pairs:
        if pair.first in paths:
            i, j = paths.index(pair.first), paths.index(pair.second)
            matrix[i, j] = matrix[j, i] = 2.0 * math.sin(math.pi * pair.rank / 6.0)
    return np.linalg.cholesky(matrix).astype(np.float64)


def read_correlations(
    node: Node | None, uncertain: set[str], directory: Directory, problems: list[Problem]
) -> tuple[Correlation, ...]:
    """Those that hold together; the rest is noted."""
    if node is None or node.value is None:
        return ()
    if not isinstance(node.value, list):
        problems.append(Problem(node.place, "correlations", "write [{between: [a.path, b.path], rank: 0.6}]"))
    correlations: dict[tuple[str, str], Correlation] = {}
    for position, item in enumerate(node.items):
        path = f"correlations[{position}]"
        pair = _pair(item, path, uncertain, directory, problems)
        if pair is not None and (pair.first, pair.second) in correlations:
            problems.append(Problem(item.place, path, f"{pair.first} and {pair.second} stand here twice"))
        elif pair is not None:
            correlations[pair.first, pair.second] = pair
    pairs = tuple(sorted(correlations.values()))
    try:
        linked(pairs)
    except np.linalg.LinAlgError:
        paths = ", ".join(sorted({path for pair in pairs for path in (pair.first, pair.second)}))
        problems.append(Problem(node.place, "correlations", f"these ranks contradict each other: {paths}"))
    return pairs


def _pair(
    item: Node, path: str, uncertain: set[str], directory: Directory, problems: list[Problem]
) -> Correlation | None:
    between, rank = item.mapping.get("between"), item.mapping.get("rank")
    for key, child in item.mapping.items():
        if key not in _KEYS:
            problems.append(Problem(child.key_place, f"{path}.{key}", f"unknown key{suggestion(key, sorted(_KEYS))}"))
    if between is None or len(between.items) != 2 or rank is None:
        problems.append(Problem(item.place, path, "write {between: [a.path, b.path], rank: 0.6}"))
        return None
    known = [_is_input(end, path, uncertain, directory, problems) for end in between.items]
    if not isinstance(rank.value, float) or not -1.0 < rank.value < 1.0:
        problems.append(Problem(rank.place, f"{path}.rank", "a rank correlation lies between -1 and 1, ends left out"))
        return None
    first, second = sorted(str(end.value) for end in between.items)
    if first == second:
        problems.append(Problem(between.place, path, "an input is not correlated with itself"))
        return None
    return Correlation(first, second, rank.value) if all(known) else None


def _is_input(end: Node, path: str, uncertain: set[str], directory: Directory, problems: list[Problem]) -> bool:
    """Whether an end is drawn. One that this scenario pins is not, and takes the correlation with it (lint says so)."""
    name = str(end.value)
    if name in uncertain:
        return True
    target = directory.parameters.get(name)
    if target is None:
        gone = directory.removed_at(name)
        hint = f": removed at {gone}; {_TAKE_OUT}" if gone else suggestion(name, sorted(uncertain))
        problems.append(Problem(end.place, path, f"no input `{name}`{hint}"))
    elif target.field.luck:
        message = f"`{name}` is luck inside a future, not an input; only inputs are correlated"
        problems.append(Problem(end.place, path, message))
    return False
