"""The pages of `sim/world` are written in the part of Python that both engines share (docs/decisions/0001).

What is refused here either does not compile, or compiles and gives another last bit, or another result without a word.
"""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest

from sim.language.events import EVENTS
from sim.language.luck import purpose
from tests.structure.source import imports, modules, tree
from tests.structure.test_layers import circle

PAGES = {name: path for name, path in modules().items() if name.startswith("sim.world.")}
TABLES = {"sim.world.course.future", "sim.world.pathways", "sim.world.signals"}
"""Pages without functions: declarations that the compiled engine sees as numbers only."""

IMPORTS = {"__future__", "collections.abc", "math", "typing"}
MATH = {"exp", "log", "sqrt", "floor", "inf"}
"""Equal to the last bit in both; `pow`, `hypot`, `gamma` and most others are not."""
GUARDED = {"math.exp", "math.log"}
"""Where they raise in Python they answer garbage when compiled: their argument is held in bounds by `max` or `min`."""
BUILTINS = {"abs", "bool", "float", "int", "len", "max", "min", "range"}
DRAWS = {"bits", "chance", "draw", "rounded_draw", "uniform"}
ERRORS = {"ArithmeticError", "IndexError", "OverflowError", "ValueError"}

FORBIDDEN: dict[type[ast.AST], str] = {
    ast.Pow: "`**`; write x * x, or arithmetic.power",
    ast.MatMult: "a matrix product",
    ast.Dict: "a dict",
    ast.DictComp: "a dict",
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.GeneratorExp: "a generator",
    ast.Yield: "a generator",
    ast.YieldFrom: "a generator",
    ast.JoinedStr: "a string",
    ast.Lambda: "a closure",
    ast.FunctionDef: "a closure",
    ast.AsyncFunctionDef: "an async function",
    ast.ClassDef: "a class",
    ast.Import: "an import",
    ast.ImportFrom: "an import",
    ast.Try: "a try",
    ast.With: "a with",
    ast.Match: "a match",
    ast.Global: "a global",
    ast.Nonlocal: "a closure",
    ast.Starred: "a star",
    ast.Delete: "a del",
}


def refused(page: str, code: ast.Module) -> list[str]:
    """What stands in a page and may not, with its line."""
    return [f"{page}:{line}: {what}" for line, what in (*_statements(page, code), *_imported(code))]


def _imported(code: ast.Module) -> Iterator[tuple[int, str]]:
    for line, name, _ in imports(code, set(modules())):
        if name not in IMPORTS and not name.startswith(("sim.world", "sim.language")):
            yield line, f"imports {name}"
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and node.module == "math":
            yield node.lineno, "imports from math; write math.sqrt"


def _statements(page: str, code: ast.Module) -> Iterator[tuple[int, str]]:
    """At the top of a page stand imports, numbers, tables and marked functions, nothing else."""
    known = set(_functions(code)) | _names(code)
    drawn = set(_purposes(code))
    for node in code.body:
        match node:
            case ast.FunctionDef():
                if page in TABLES:
                    yield node.lineno, f"the function {node.name} in a page of tables"
                if [ast.unparse(each).partition("(")[0] for each in node.decorator_list] not in (
                    ["compilable"],
                    ["event"],
                ):
                    yield node.lineno, f"{node.name} is neither @compilable nor an @event"
                yield from _function(node, known)
                yield from _draws(node, drawn)
            case ast.ClassDef():
                yield from _table(node)
            case ast.Import() | ast.ImportFrom() | ast.Assign() | ast.AnnAssign():
                pass
            case ast.Expr(ast.Constant(str())) | ast.If(ast.Name("TYPE_CHECKING")):
                pass
            case _:
                yield node.lineno, f"`{ast.unparse(node)[:40]}` at the top of a page"


def _table(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """A table declares columns and does nothing."""
    for line in node.body:
        if not isinstance(line, ast.AnnAssign) and not _is_text(line):
            yield line.lineno, f"{node.name} does more than declare its columns"


def _function(function: ast.FunctionDef, known: set[str]) -> Iterator[tuple[int, str]]:
    arguments = function.args
    if arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        yield function.lineno, f"{function.name} has arguments other than plain ones"
    body = function.body[1:] if _is_text(function.body[0]) else function.body
    messages = {id(inner) for line in body for raised in _raised(line) for inner in ast.walk(raised)}
    for node in (inner for line in body for inner in ast.walk(line)):
        at = getattr(node, "lineno", function.lineno)
        if type(node) in FORBIDDEN:
            yield at, f"{FORBIDDEN[type(node)]} in {function.name}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in messages:
            yield at, f"a string in {function.name}"
        elif isinstance(node, ast.Call):
            yield from ((at, what) for what in _call(node, known))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "math" and node.attr not in MATH:
            yield at, f"math.{node.attr} differs between the engines, or may"


def _call(node: ast.Call, known: set[str]) -> Iterator[str]:
    """Calls go to functions by their name, with arguments in their places."""
    called = node.func
    if ast.unparse(called) in GUARDED and not ast.unparse(node.args[0]).startswith(("max(", "min(")):
        yield f"{ast.unparse(called)} without a guard; use arithmetic.power"
    owner = called.value if isinstance(called, ast.Attribute) else None
    if node.keywords:
        yield f"{ast.unparse(called)} is called with keywords"
    if isinstance(called, ast.Name):
        if called.id not in known | BUILTINS | ERRORS:
            yield f"{called.id} is neither a function of the world nor one both engines share"
    elif not (isinstance(owner, ast.Name) and owner.id in known | {"math"}):
        yield f"`{ast.unparse(called)}` is a method, not a function of a page"


def _purposes(code: ast.Module) -> dict[str, str]:
    """What luck is drawn for: each constant of a page with its name in words."""
    return {
        ast.unparse(line.targets[0]): ast.literal_eval(line.value.args[0])
        for line in code.body
        if isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Call)
        and ast.unparse(line.value.func) == "purpose"
    }


def _draws(function: ast.FunctionDef, purposes: set[str]) -> Iterator[tuple[int, str]]:
    """Luck is drawn for a purpose that the page names: a number, or one of another page, would meet other draws."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in DRAWS:
            what = ast.unparse(node.args[1])
            if what not in purposes:
                yield node.lineno, f"{function.name} draws for {what}, which is no purpose of this page"


def _raised(line: ast.stmt) -> Iterator[ast.AST]:
    """What a statement raises: its message is the one place for a string."""
    yield from (node.exc for node in ast.walk(line) if isinstance(node, ast.Raise) and node.exc is not None)


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _functions(code: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in code.body if isinstance(node, ast.FunctionDef)}


def _names(code: ast.Module) -> set[str]:
    """What a page imports."""
    result = (node for node in code.body if isinstance(node, ast.ImportFrom))
    return {alias.asname or alias.name for node in result for alias in node.names}


def calls(pages: dict[str, ast.Module]) -> dict[str, set[str]]:
    """For each function, as `page.function`, those it calls."""
    return {
        f"{page}.{name}": set(_called(page, function, code))
        for page, code in pages.items()
        for name, function in _functions(code).items()
    }


def _called(page: str, function: ast.FunctionDef, code: ast.Module) -> Iterator[str]:
    home = dict.fromkeys(_functions(code), page)
    for line in code.body:
        if isinstance(line, ast.ImportFrom) and line.module:
            home |= {alias.name: line.module for alias in line.names}
    for node in ast.walk(function):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if called.split(".")[0] in home:
            yield f"{home[called.split('.')[0]]}.{called}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_nothing_that_is_refused(page: str) -> None:
    assert refused(page, tree(PAGES[page])) == []


def test_no_function_calls_itself_by_any_way() -> None:
    assert circle(calls({page: tree(path) for page, path in PAGES.items()})) == []


def test_pages_use_each_other_in_one_direction() -> None:
    known = set(modules())
    uses = {
        page: {name for _, name, for_annotations in imports(tree(path), known) if not for_annotations and name in PAGES}
        for page, path in PAGES.items()
    }
    assert circle(uses) == []


def test_every_event_is_scheduled_and_has_a_handler() -> None:
    for page in PAGES:
        import_module(page)
    scheduled: set[str] = set()
    for path in PAGES.values():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "after":
                scheduled.add(ast.unparse(node.args[2]).lower().replace("_", " "))
    assert {each.name for each in EVENTS} == scheduled
    assert [each.name for each in EVENTS if each.handler is None] == []


def test_no_two_draws_have_the_same_purpose_and_none_is_left_over() -> None:
    named = [words for path in modules().values() for words in _purposes(tree(path)).values()]
    assert len({purpose(words) for words in named}) == len(named) > 40
    for path in PAGES.values():
        used = [
            ast.unparse(node.args[1]) for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and node.args[1:]
        ]
        assert set(_purposes(tree(path))) <= set(used)


BODIES = {
    "return x ** 2": "`**`",
    "return pow(x, 2.0)": "pow is neither",
    "return math.hypot(x, x)": "math.hypot",
    "return math.gamma(x)": "math.gamma",
    "return math.exp(x)": "without a guard",
    "return round(x)": "round is neither",
    "return sum(x)": "sum is neither",
    "return np.floor(x)": "a method",
    "return future.values.sum()": "a method",
    "return {1: x}[1]": "a dict",
    "return [x][0]": "a list",
    "return max(y for y in x)": "a generator",
    "return 'stalled'": "a string",
    "return f'{x}'": "a string",
    "y = lambda: x": "a closure",
    "def inner() -> float:\n        return x\n    return inner()": "a closure",
    "return whole(number=x)": "with keywords",
    "try:\n        return x\n    except ValueError:\n        return 0.0": "a try",
    "import numpy": "numpy",
    "return chance(future, 5, 0, 0, x)": "draws for 5,",
    "return luck.draw(future, SEIZED, 0, 0, x)": "draws for SEIZED,",
    "return uniform(future, int(x), 0, 0)": "draws for int(x),",
}
PAGE = "import math\nfrom sim.world.arithmetic import whole\n\n@compilable\ndef f(future, x):\n    {}\n"


@pytest.mark.parametrize("body", BODIES)
def test_what_is_refused_in_a_function_is_caught(body: str) -> None:
    assert BODIES[body] in "\n".join(refused("sim.world.x", ast.parse(PAGE.format(body))))


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("def f(future):\n    return 0.0", "neither @compilable nor an @event"),
        ("@compilable\n@cache\ndef f(future):\n    return 0.0", "neither @compilable nor an @event"),
        ("@compilable\ndef f(future, *, x):\n    return x", "arguments other than plain"),
        ("@compilable\ndef f(future, *x):\n    return x", "arguments other than plain"),
        ("from math import pow", "imports from math"),
        ("import numpy as np", "imports numpy"),
        ("from sim.engine import runner", "imports sim.engine.runner"),
        ("class Chip(Thing):\n    def h100e(self):\n        return 1.0", "more than declare"),
        ("for i in range(3):\n    print(i)", "at the top of a page"),
    ],
)
def test_what_is_refused_in_a_page_is_caught(code: str, complaint: str) -> None:
    assert complaint in "\n".join(refused("sim.world.x", ast.parse(code)))


def test_what_both_engines_share_is_left_alone() -> None:
    body = 'if x < 0.0:\n        raise ValueError("below zero")\n    return math.sqrt(whole(x // 2.0)) + min(x, 1.0)'
    assert refused("sim.world.x", ast.parse(PAGE.format(body))) == []


def test_recursion_is_found_through_pages() -> None:
    one = ast.parse("from sim.world import two\ndef f(x):\n    return two.g(x)")
    two = ast.parse("from sim.world.one import f\ndef g(x):\n    return f(x)\ndef h(x):\n    return 1.0")
    assert circle(calls({"sim.world.one": one, "sim.world.two": two})) == ["sim.world.one.f", "sim.world.two.g"]
    assert circle(calls({"sim.world.one": ast.parse("def f(x):\n    return f(x)")})) == ["sim.world.one.f"]


def test_what_results_take_from_the_record_is_all_floats() -> None:
    """The compiled engine reads these cells through `values`, where an integer's bits would pass for a float's."""
    from sim.world.course.future import LAYOUT, OUTCOMES, SERIES

    whole = {(name, field.name) for name, table in LAYOUT.tables.items() for field in table.columns if field.whole}
    assert [each.name for each in (*OUTCOMES, *SERIES) if (each.table, each.source) in whole] == []
