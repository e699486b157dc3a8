"""The repository as these tests see it: which modules there are, and what they import."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def modules(folder: str = "sim") -> dict[str, Path]:
    """Every module below a folder of the repository, by its dotted name."""
    paths = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(code: ast.Module, known: set[str]) -> Iterator[tuple[int, str, bool]]:
    """Line, dotted name, and whether it is for annotations only, of every import at any depth."""
    for_annotations = {
        id(inner)
        for outer in code.body
        if isinstance(outer, ast.If) and isinstance(outer.test, ast.Name) and outer.test.id == "TYPE_CHECKING"
        for statement in outer.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # `from sim.world.purchasing import orders` imports the module sim.world.purchasing.orders
            base = "." * node.level + (node.module or "")
            names = sorted({_module(base, alias.name, known) for alias in node.names})
        else:
            continue
        yield from ((node.lineno, name, id(node) in for_annotations) for name in names)


def _module(base: str, name: str, known: set[str]) -> str:
    return f"{base}.{name}" if f"{base}.{name}" in known else base


@cache
def tracked() -> tuple[str, ...]:
    """The files git knows, and those that it would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.splitlines() if (ROOT / name).is_file())
