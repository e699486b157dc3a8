from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from sim.errors import InputError, Problem
from sim.findings.policies import read_policy_file
from sim.language.forms import Between, FormReader, ReadBy, due
from sim.language.yaml_nodes import Node, parse
from sim.studies.validation.checks import read_checks


def _even(node: Node, path: str, problems: list[Problem]) -> float | None:
    if isinstance(node.value, float) and node.value % 2 == 0:
        return node.value
    problems.append(Problem(node.place, path, "odd"))
    return None


@dataclass(frozen=True)
class Lever:
    path: str = due("its path")
    by: float = 1.0


@dataclass(frozen=True)
class Plan:
    name: str = due("the `name` of a plan")
    futures: Annotated[int, Between(1, 1_000)] = 200
    design: Literal["grid", "sobol"] = "grid"
    levers: tuple[Lever, ...] = ()
    ends: tuple[float, float] = (0.0, 1.0)
    weights: dict[str, float] = field(default_factory=dict)
    even: Annotated[float, ReadBy(_even)] | None = None
    raw: Node | None = None


def read(text: str) -> tuple[Plan | None, dict[str, str]]:
    problems: list[Problem] = []
    result = FormReader(problems).form(Plan, parse(text, "x.yaml"))
    return result, {f"{each.place.line}:{each.place.column} {each.path}": each.message for each in problems}


def test_a_form_is_filled_by_its_keys_and_the_rest_are_defaults() -> None:
    result, problems = read("{name: a, levers: [{path: x}, {path: 3, by: 2}], ends: [1, 2], weights: {a: 3}, even: 4}")
    assert not problems
    levers = (Lever("x"), Lever("3", 2.0))
    assert result == Plan("a", levers=levers, ends=(1.0, 2.0), weights={"a": 3.0}, even=4.0)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("naem: a", "1:1 naem", "unknown key; did you mean `name`?"),
        ("futures: 2", "1:1 name", "missing: the `name` of a plan"),
        ("{name: a, futures: 1.5}", "1:20 futures", "expected a whole number from 1 to 1,000, got 1.5"),
        ("{name: a, futures: 1e9}", "1:20 futures", "expected a whole number from 1 to 1,000, got 1000000000"),
        ("{name: a, futures: many}", "1:20 futures", "expected a whole number from 1 to 1,000, got many"),
        ("{name: a, design: gird}", "1:19 design", "expected one of grid, sobol, got gird; did you mean `grid`?"),
        ("{name: a, levers: x}", "1:19 levers", "expected a list, got x"),
        ("{name: a, levers: [x]}", "1:20 levers[0]", "expected a mapping with path, by, got x"),
        ("{name: a, levers: [{by: 1}]}", "1:20 levers[0].path", "missing: its path"),
        ("{name: a, levers: [{path: x, by: y}]}", "1:34 levers[0].by", "expected a number, got y"),
        ("{name: a, ends: [1]}", "1:17 ends", "expected a list of 2, got [1]"),
        ("{name: a, weights: [1]}", "1:20 weights", "expected a mapping, got [1]"),
        ("{name: a, weights: {b: c}}", "1:24 weights.b", "expected a number, got c"),
        ("{name: a, even: 3}", "1:17 even", "odd"),
        ("{name: [a]}", "1:8 name", "expected text, got [a]"),
        ("[a]", "1:1 ", "expected a mapping with name, futures"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text: str, place: str, message: str) -> None:
    _, problems = read(text)
    assert problems[place].startswith(message)


def test_all_problems_are_noted_at_once_and_defaults_stand_in() -> None:
    result, problems = read("{name: a, futures: x, design: y, even: 1, levers: [{path: z}, {}], odd: 1}")
    assert result == Plan("a", levers=(Lever("z"),))
    assert list(problems) == ["1:68 odd", "1:20 futures", "1:31 design", "1:63 levers[1].path", "1:40 even"]


def test_null_is_left_out_unless_the_node_itself_is_asked_for() -> None:
    result, problems = read("{name: a, even: null, raw: null}")
    assert not problems
    assert result is not None
    assert result.even is None
    assert result.raw is not None


CHECKS = "anchors: [{measure: ownd, envelope: [1, 2]}]\nmechanisms: [{name: a, page: b, off: [], moves: {owned: up}}]\n"
FILES: dict[str, tuple[Any, str, list[str]]] = {
    "checks": (
        read_checks,
        CHECKS + "extremes: [{name: a, settings: [], expectd: {}}]\nexpected: []\n",
        [
            "no measure `ownd`",
            "expected a list of 3",
            "expected one of more, less, either, got up",
            "expectd",
            "missing",
        ],
    ),
    "policies": (
        lambda path: read_policy_file(path, {}),
        "policies: [{nam: a}, 3]\nmeasure: ownd\nweights: {a: many}\n",
        ["policies[0].nam", "expected a mapping with name, why, set, got 3", "no measure `ownd`", "expected a number"],
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_small_file_says_all_that_is_wrong_with_it(kind: str, tmp_path: Path) -> None:
    read_file, text, expected = FILES[kind]
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(InputError) as refused:
        read_file(tmp_path / "x.yaml")
    assert [each for each in expected if each not in str(refused.value)] == []
