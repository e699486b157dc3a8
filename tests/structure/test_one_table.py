"""Causes, constraints and pathways are listed once each: all else is read off their rows.

A second list would have to be kept in step by hand, and whoever adds a row would not know of it.
"""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from sim.world.pathways import IDS
from sim.world.shortfall.causes import NAMES
from sim.world.shortfall.constraints import CONSTRAINTS
from tests.structure.source import modules, tree

TABLES = {
    "sim.world.shortfall.causes": set(NAMES),
    "sim.world.shortfall.constraints": set(CONSTRAINTS),
    "sim.world.pathways": set(IDS),
}
ELSEWHERE = {
    "sim.language.renamed": "names that old files may say; a new row has no old name",
    "sim.world.dials": "a parameter of YAML for each cause that can be eased; shares.py pairs them by name",
    "sim.world.supply.foundry": "a domestic vendor's parts: his page tells them apart, whatever else is a cause",
}
"""Modules that may list some of them, and why."""

MANY = 4
"""So many names of one table side by side are a list of it."""


def second_lists(module: str, code: ast.Module) -> Iterator[str]:
    for node in ast.walk(code):
        for run in _runs(node):
            words = {word for item in run for word in _words(item)}
            for table in TABLES:
                listed = {name for word in words for name in listed_in(table, word)}
                if module != table and len(listed) >= MANY:
                    yield f"{module}:{run[0].lineno}: lists {', '.join(sorted(listed))} beside {table}"


@cache
def listed_in(table: str, word: str) -> list[str]:
    """The ids of a table that a word holds."""
    return [name for name in TABLES[table] if f"_{name}_" in f"_{word}_"]


def _runs(node: ast.AST) -> Iterator[list[ast.expr]]:
    """What a literal holds, and what is assigned in statements that follow each other."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield node.elts
    elif isinstance(node, ast.Dict):
        yield [key for key in node.keys if key is not None]
        yield node.values
    for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
        run: list[ast.expr] = []
        for line in body if isinstance(body, list) else ():
            targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
            if isinstance(line, ast.Assign | ast.AnnAssign | ast.AugAssign):
                run += [target for target in targets if target is not None]
            else:
                yield run
                run = []
        yield run


def _words(item: ast.expr) -> Iterator[str]:
    """The name that an item is, or that its first part is."""
    match item:
        case ast.Constant(str(text)) | ast.Name(text) | ast.Attribute(_, text):
            yield text.lower()
        case ast.Tuple([first, *_]) | ast.List([first, *_]) | ast.Call(_, [first, *_]):
            yield from _words(first)


def test_no_second_list_stands_beside_a_table() -> None:
    result = {name: list(second_lists(name, tree(path))) for name, path in modules().items()}
    assert [line for name, lines in result.items() if name not in ELSEWHERE for line in lines] == []
    assert [name for name in ELSEWHERE if not result[name]] == []  # an exception that nothing needs any more


@pytest.mark.parametrize(
    "code",
    [
        "ORDER = ('wafers', 'memory', 'packaging', 'site')",
        "HUES = {'money': 'red', 'rules': 'blue', 'domestic': 'green', 'rental': 'grey'}",
        "ROWS = [(LICENSED, 1), (DOMESTIC, 2), (GREY, 3), (RENTED_HOME, 4)]",
        "def f(plan):\n    plan.late_site = 0\n    plan.pace = 0\n    plan.habit = 0\n    plan.depth = 0",
        "class Row:\n    budget: Units\n    control: Units\n    depth: Units\n    site: Units",
        "HUES = {'a': CONSTRAINTS.MONEY, 'b': RULES, 'c': RENTAL, 'd': SITES}",
    ],
)
def test_a_second_list_is_caught(code: str) -> None:
    assert len(list(second_lists("sim.x", ast.parse(code)))) == 1
    assert list(second_lists("sim.x", ast.parse("SOURCES = ('offers', 'memory', 'packaging', 'site')"))) == []
