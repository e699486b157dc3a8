"""Sizes that keep a page readable: what grows past them becomes two pages (design notes, pitfall 1: the God object)."""

import ast
from collections.abc import Iterator

import pytest

from tests.structure.source import modules, tracked, tree

LONGEST_MODULE, LONGEST_CLASS, MOST_METHODS, LONGEST_FUNCTION = 400, 150, 12, 60
VAGUE = {"utils", "util", "helpers", "misc", "common", "base", "manager"}
"""Names that say nothing about what belongs there."""


def too_large(module: str, code: ast.Module, lines: int) -> Iterator[str]:
    if lines > LONGEST_MODULE:
        yield f"{module}: {lines} lines"
    for node in ast.walk(code):
        if isinstance(node, ast.ClassDef):
            public = [
                part.name for part in node.body if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
            ]
            if _length(node) > LONGEST_CLASS or len(public) > MOST_METHODS:
                yield f"{module}:{node.lineno}: {node.name} has {_length(node)} lines, {len(public)} public methods"
        elif isinstance(node, ast.FunctionDef) and _length(node) > LONGEST_FUNCTION:
            yield f"{module}:{node.lineno}: {node.name} has {_length(node)} lines"


def _length(node: ast.ClassDef | ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_nothing_is_too_large() -> None:
    result = [
        problem
        for name, path in modules().items()
        for problem in too_large(name, tree(path), len(path.read_text(encoding="utf-8").splitlines()))
    ]
    assert result == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("x = 1", LONGEST_MODULE + 1),
        ("def f():\n" + "    x = 1\n" * LONGEST_FUNCTION, 61),
        ("class C:\n" + "    x = 1\n" * LONGEST_CLASS, 151),
        ("class C:\n" + "".join(f"    def f{i}(self): ...\n" for i in range(MOST_METHODS + 1)), 14),
    ],
)
def test_what_is_too_large_is_caught(code: str, lines: int) -> None:
    assert len(list(too_large("sim.x", ast.parse(code), lines))) == 1


def test_names_say_what_belongs_there() -> None:
    parts = {part.removesuffix(".py") for name in tracked() if name.endswith(".py") for part in name.split("/")}
    assert parts & VAGUE == set()
