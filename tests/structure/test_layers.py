"""A module imports only from lower layers or its own folder, at any depth; each library has its home."""

import ast

import pytest

from tests.structure.source import imports, modules, tree

LAYERS = {"errors": 0, "language": 1, "world": 2, "scenario": 3, "engine": 4, "study": 5, "report": 6, "jobs": 7}
"""The first name below `sim`. What is not listed (cli, __main__) is the top layer."""
TOP = 8

HOMES = {
    "simpy": {"engine"},
    "numba": {"engine"},
    "llvmlite": {"engine"},  # comes with numba
    "filelock": {"engine"},
    "duckdb": {"engine"},
    "plotly": {"report"},
    "jinja2": {"report"},
    "markupsafe": {"report"},  # comes with jinja2, and marks text that is already HTML
    "click": {"cli"},
    "rich": {"cli"},
    "yaml": {"language", "scenario"},
    "scipy": {"language", "scenario", "study"},
    "sklearn": {"study"},
    "optuna": {"study"},
    "distributed": {"engine"},
    # not in world, whose arithmetic two engines share; language makes tables and distributions of arrays
    "numpy": {"language", "scenario", "engine", "study"},
    # study and report work from tables of outcomes; jobs hand them over
    "pandas": {"engine", "study", "report", "jobs"},
}


def part(module: str) -> str:
    """The folder of a module, or its own name when it stands directly in `sim`."""
    return module.split(".")[1] if "." in module else ""


def layer(module: str) -> int:
    return LAYERS.get(part(module), TOP)


def wrong_imports(module: str, code: ast.Module, known: set[str]) -> list[str]:
    """What a module imports and may not."""
    found = []
    for line, name, for_annotations in imports(code, known):
        if name.startswith("."):
            found.append(f"{module}:{line}: relative import")
        elif name.split(".")[0] == "sim":
            higher = layer(name) > layer(module) or (layer(name) == layer(module) != TOP and part(name) != part(module))
            inside_world = for_annotations and part(module) == part(name) == "world"
            if (higher or name == "sim") and not inside_world:
                found.append(f"{module}:{line}: imports {name}, which is not below it")
        elif part(module) not in HOMES.get(library := name.split(".")[0], {part(module)}):
            found.append(f"{module}:{line}: {library} is at home in {sorted(HOMES[library])} only")
    return found


def test_modules_import_only_from_below() -> None:
    known = set(modules())
    assert [problem for name, path in modules().items() for problem in wrong_imports(name, tree(path), known)] == []


def test_no_module_imports_itself_in_a_circle() -> None:
    known = set(modules())
    uses = {}
    for name, path in modules().items():
        uses[name] = {other for _, other, for_annotations in imports(tree(path), known) if not for_annotations}
    assert circle(uses) == []


def circle(uses: dict[str, set[str]]) -> list[str]:
    """Names that lie on a circle or between two, or nothing."""
    left = dict(uses)
    while ends := {name for name in left if not left[name] & left.keys() or not any(name in left[by] for by in left)}:
        left = {name: others for name, others in left.items() if name not in ends}
    return sorted(left)


def test_every_layer_and_home_exists() -> None:
    here = {part(name) for name in modules()}
    assert set(LAYERS) <= here
    assert set().union(*HOMES.values()) <= here


@pytest.mark.parametrize(
    ("module", "code", "complaint"),
    [
        ("sim.world.x", "import numpy", "numpy is at home"),
        ("sim.world.x", "def f():\n    from sim.engine import runner", "not below"),
        ("sim.world.x", "if TYPE_CHECKING:\n    from sim.engine.runner import Job", "not below"),
        ("sim.language.x", "from sim.world.future import LAYOUT", "not below"),
        ("sim.study.x", "from sim.report.page import page", "not below"),
        ("sim.report.x", "import rich.table", "rich is at home"),
        ("sim.engine.x", "from . import runner", "relative"),
        ("sim.jobs.run", "import duckdb", "duckdb is at home"),
    ],
)
def test_a_wrong_import_is_caught(module: str, code: str, complaint: str) -> None:
    (found,) = wrong_imports(module, ast.parse(code), set(modules()))
    assert complaint in found


def test_right_imports_are_left_alone() -> None:
    code = "from sim.language.luck import after\nif TYPE_CHECKING:\n    from sim.world.future import Future"
    assert wrong_imports("sim.world.x", ast.parse(code), set(modules())) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set()}) == ["a", "b", "c"]
    assert circle({"a": {"b"}, "b": set()}) == []
