"""A module imports only from what stands before it, at any depth; each library has its home; folders stay small."""

import ast
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.structure.source import ROOT, imports, modules, tree

STUDIES = ("sweep", "search", "sensitivity", "discovery")
"""Those with a page of their own; validation writes tables."""

ORDER: dict[str, tuple[str, ...]] = {
    "sim": (
        "errors stops",
        "language",
        "world",
        "scenario",
        "template",
        "engine",
        "measures",
        "requests",
        "bottlenecks story",
        "findings",
        "report",
        "runs",
        "studies",
        "*",  # the command line
    ),
    "sim.world": (
        "*",  # the ground: short pages that all others may use
        "hardware",
        "shortfall",
        "geopolitics",
        "supply",
        "workloads",
        "fleet",
        "company",
        "purchasing",
        "accounts",
        "course",
    ),
    "sim.scenario": ("grammar", "reading", "scenario", "checking", "explaining load"),
    "sim.engine": ("storage results", "compiled", "*"),
    "sim.report": ("*", "figures", "page"),
    "sim.studies": ("study", "sweep", "search sensitivity discovery validation"),
    "sim.studies.validation": ("*", "job"),
} | {f"sim.studies.{study}": ("*", "page", "job") for study in STUDIES}
"""By folder, what stands in it, from below to above; `*` is all that is not named, where one may import from another.

Names in one text stand beside each other and know nothing of each other. Folders that are not here have no order of
their own; no import goes in a circle anywhere.
"""

HOMES = {
    "simpy": {"engine"},
    "numba": {"engine.compiled", "bench"},
    "llvmlite": {"engine.compiled"},  # comes with numba
    "filelock": {"engine.compiled"},
    "duckdb": {"engine.storage"},
    "plotly": {"report"},
    "jinja2": {"report"},
    "markupsafe": {"report", "studies"},  # comes with jinja2, and marks text that is already HTML
    "click": {"cli"},
    "rich": {"cli"},
    "yaml": {"language", "scenario"},
    "scipy": {"language", "template", "measures", "studies"},
    "sklearn": {"studies.discovery"},
    "optuna": {"studies.search"},
    "distributed": {"engine"},
    # not in world, whose arithmetic two engines share; language makes tables and distributions of arrays
    "numpy": {
        "language",
        "scenario",
        "template",
        "engine",
        "measures",
        "bottlenecks",
        "story",
        "findings",
        "studies",
        "bench",
    },
    # what is found is worked out from tables of outcomes; runs and studies hand them over
    "pandas": {"engine", "measures", "bottlenecks", "story", "findings", "report", "runs", "studies"},
}
"""The folders in which a library may be imported."""

PAGES_ONLY = {"markupsafe"}
"""Of a study, only its page and its maps may know what a page is made of."""

FUTURE = ("sim.world.course.future", "Future")
"""The one name that is imported from above, for annotations only: every page of the world is handed a future, whose
record is made of the tables of all pages. Nothing of it is there when a page runs."""

MOST_MODULES = 15
"""In a folder: a list that is read at a glance, as a table of contents."""


def rank(folder: str, name: str) -> tuple[int, bool]:
    """Where a name stands in its folder, and whether all that is not named there stands with it."""
    for place, names in enumerate(ORDER[folder]):
        if name in names.split():
            return place, False
    return next(place for place, names in enumerate(ORDER[folder]) if names == "*"), True


def below(module: str, other: str) -> bool:
    """Whether a module may import from another: what tells them apart stands before it in their common folder."""
    one, two = module.split("."), other.split(".")
    depth = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    folder = ".".join(one[:depth])
    if depth == len(two):  # a folder itself, which holds its docstring only
        return folder != "sim"
    if folder not in ORDER or depth == len(one):
        return True
    (mine, _), (its, together) = rank(folder, one[depth]), rank(folder, two[depth])
    return its < mine or (its == mine and together)


def at_home(module: str, library: str) -> bool:
    """Whether a library may be imported in a module."""
    if library in PAGES_ONLY and module.startswith("sim.studies.") and not module.endswith((".page", ".maps")):
        return False
    name = module.removeprefix("sim.")
    return library not in HOMES or any(f"{name}.".startswith(f"{home}.") for home in HOMES[library])


def wrong_imports(module: str, code: ast.Module, known: set[str]) -> list[str]:
    """What a module imports and may not."""
    result = []
    for line, name, for_annotations in imports(code, known):
        if name.startswith("."):
            result.append(f"{module}:{line}: relative import")
        elif name.split(".")[0] == "sim":
            is_future = for_annotations and module.startswith("sim.world.") and name == FUTURE[0]
            if not below(module, name) and not is_future:
                result.append(f"{module}:{line}: imports {name}, which is not below it")
        elif not at_home(module, library := name.split(".")[0]):
            result.append(f"{module}:{line}: {library} is at home in {sorted(HOMES[library])} only")
    return result


def test_modules_import_only_from_below() -> None:
    known = set(modules())
    assert [problem for name, path in modules().items() for problem in wrong_imports(name, tree(path), known)] == []


def test_no_module_imports_itself_in_a_circle() -> None:
    """Nor for annotations, but for the future."""
    known = set(modules())
    uses = {
        name: {other for _, other, for_annotations in imports(tree(path), known) if (other, for_annotations) != ABOVE}
        for name, path in modules().items()
    }
    assert circle(uses) == []


ABOVE = (FUTURE[0], True)


def test_only_the_future_itself_is_imported_from_above() -> None:
    names = {
        alias.name
        for path in modules().values()
        for outer in ast.walk(tree(path))
        if isinstance(outer, ast.If) and ast.unparse(outer.test) == "TYPE_CHECKING"
        for node in outer.body
        if isinstance(node, ast.ImportFrom) and node.module == FUTURE[0]
        for alias in node.names
    }
    assert names == {FUTURE[1]}


def circle(uses: dict[str, set[str]]) -> list[str]:
    """Names that lie on a circle or between two, or nothing."""
    left = dict(uses)
    while ends := {name for name in left if not left[name] & left.keys() or not any(name in left[by] for by in left)}:
        left = {name: others for name, others in left.items() if name not in ends}
    return sorted(left)


def too_full(names: Iterable[str]) -> list[str]:
    """Folders with more modules than are read at a glance."""
    return [folder for folder, number in Counter(names).items() if number > MOST_MODULES]


def test_no_folder_is_too_full() -> None:
    files = (path for path in modules().values() if path.name != "__init__.py")
    assert too_full(str(path.parent.relative_to(ROOT)) for path in files) == []
    assert too_full(["sim/study"] * 16 + ["sim/world"] * 15) == ["sim/study"]


def test_every_folder_says_what_it_holds() -> None:
    folders = {path.parent for path in modules().values()}
    assert [folder for folder in folders if not ast.get_docstring(tree(folder / "__init__.py"))] == []


def test_every_place_and_home_exists() -> None:
    here = {".".join(name.split(".")[:n]) for name in modules() for n in range(1, 5)}
    named = {f"{folder}.{name}" for folder, order in ORDER.items() for names in order for name in names.split()}
    assert {name for name in named if not name.endswith("*")} <= here
    assert {f"sim.{home}" for homes in HOMES.values() for home in homes} <= here


@pytest.mark.parametrize(
    ("module", "code", "complaint"),
    [
        ("sim.world.x", "import numpy", "numpy is at home"),
        ("sim.world.x", "def f():\n    from sim.engine import runner", "not below"),
        ("sim.world.x", "if TYPE_CHECKING:\n    from sim.engine.runner import Job", "not below"),
        ("sim.world.dials", "from sim.world.hardware import chips", "not below"),
        ("sim.world.supply.x", "from sim.world.workloads import serving", "not below"),
        ("sim.world.supply.x", "from sim.world.course.future import LAYOUT", "not below"),
        ("sim.world.supply.x", "if TYPE_CHECKING:\n    from sim.world.course.events import begin", "not below"),
        ("sim.language.x", "from sim.world.course.future import LAYOUT", "not below"),
        ("sim.scenario.grammar.x", "from sim.scenario.scenario import Scenario", "not below"),
        ("sim.scenario.reading.x", "from sim.scenario.checking.validate import validate", "not below"),
        ("sim.engine.storage.x", "from sim.engine.runner import run", "not below"),
        ("sim.bottlenecks.x", "from sim.story.story import tell", "not below"),
        ("sim.measures.x", "from sim.report.page import page", "not below"),
        ("sim.studies.sweep.x", "from sim.studies.search.results import SearchResult", "not below"),
        ("sim.studies.search.x", "from sim.studies.discovery.analysis import Split", "not below"),
        ("sim.studies.sweep.results", "from sim.studies.sweep.page import page", "not below"),
        ("sim.studies.sweep.page", "from sim.studies.sweep.job import run", "not below"),
        ("sim.runs.x", "from sim.cli import main", "not below"),
        ("sim.report.x", "import rich.table", "rich is at home"),
        ("sim.engine.x", "from . import runner", "relative"),
        ("sim.engine.runner", "import numba", "numba is at home"),
        ("sim.runs.run", "import duckdb", "duckdb is at home"),
        ("sim.studies.sweep.results", "import markupsafe", "markupsafe is at home"),
        ("sim.studies.sweep.page", "import plotly", "plotly is at home"),
    ],
)
def test_a_wrong_import_is_caught(module: str, code: str, complaint: str) -> None:
    (result,) = wrong_imports(module, ast.parse(code), set(modules()))
    assert complaint in result


@pytest.mark.parametrize(
    ("module", "code"),
    [
        (
            "sim.world.supply.x",
            "from sim.language.luck import after\nif TYPE_CHECKING:\n    from sim.world.course.future import Future",
        ),
        ("sim.world.supply.x", "from sim.world import dials\nfrom sim.world.geopolitics import rules"),
        ("sim.studies.search.x", "from sim.studies.sweep import plan"),
        ("sim.studies.sweep.maps", "from markupsafe import Markup"),
        ("sim.cli.x", "from sim.cli import options\nfrom sim import stops"),
    ],
)
def test_right_imports_are_left_alone(module: str, code: str) -> None:
    assert wrong_imports(module, ast.parse(code), set(modules())) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set()}) == ["a", "b", "c"]
    assert circle({"a": {"b"}, "b": set()}) == []
