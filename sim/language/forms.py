"""One reader of small YAML files: a form is a dataclass, and its fields are the keys that may stand there.

    @dataclass(frozen=True)
    class Plan:
        \"\"\"A plan: levers set together.\"\"\"

        name: str = due("the `name` of a plan")
        futures: Annotated[int, Between(1, 1_000)] = 200
        levers: tuple[Lever, ...] = ()

A field's type says what is read: text, a number, a whole number in bounds, one of several words, a list, a mapping, a
form within the form, a `Node` as it stands, or whatever a function reads (`ReadBy`). Reading goes on past a mistake, so
that every problem is noted at its place; the default stands in for what cannot be read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from sim.errors import InputError, Problem
from sim.language.yaml_nodes import Node, bare_text, flow, read_file, suggestion

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Between:
    """Annotates a whole number with its bounds."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ReadBy:
    """Annotates what a function reads from a node, its path and the list of problems; None where it cannot."""

    function: Callable[[Node, str, list[Problem]], Any]


def due(meaning: str, default: Any = MISSING) -> Any:
    """A key that must be there. Where it is not, `default` stands in for it; without one there is no form."""
    return field(default=default, metadata={"due": meaning})


def unknown_keys(node: Node, path: str, known: Iterable[str]) -> Iterator[Problem]:
    """A problem for each key of a mapping that may not stand there."""
    names = list(known)
    for key, child in node.mapping.items():
        if key not in names:
            yield Problem(child.key_place, _below(path, key), f"unknown key{suggestion(key, names)}")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}".lstrip(".")


@dataclass(frozen=True, slots=True)
class FormReader:
    """Reads forms; what is wrong with them is noted in `problems`."""

    problems: list[Problem]

    def form(self, form: type[T], node: Node, path: str = "") -> T | None:
        """The form that a mapping fills; None where a key that has no default is missing or cannot be read."""
        declared = fields(form)  # type: ignore[arg-type]
        names = [each.name for each in declared]
        if not isinstance(node.value, dict):
            self._expected(f"a mapping with {', '.join(names)}", node, path)
            return None
        self.problems.extend(unknown_keys(node, path, names))
        types = get_type_hints(form, include_extras=True)
        given, whole = {}, True
        for each in declared:
            child, where = node.mapping.get(each.name), _below(path, each.name)
            if child is None and "due" in each.metadata:
                self.problems.append(Problem(node.place, where, f"missing: {each.metadata['due']}"))
            value = None if child is None else self._value(types[each.name], child, where)
            if value is not None:
                given[each.name] = value
            elif each.default is MISSING and each.default_factory is MISSING:
                whole = False
        return form(**given) if whole else None

    def _value(self, declared: Any, node: Node, path: str) -> Any:
        """A value of a declared type; None for null where it may be that, and where it cannot be read."""
        kind, parts = get_origin(declared) or declared, get_args(declared)
        if type(None) in parts:
            return None if node.value is None and parts[0] is not Node else self._value(parts[0], node, path)
        if kind is Node:
            return node
        if kind is Annotated:
            return self._annotated(parts[1], node, path)
        if kind is tuple:
            return self._list(parts, node, path)
        if kind is dict:
            return self._mapping(parts, node, path)
        if is_dataclass(kind):
            return self.form(kind, node, path)  # type: ignore[arg-type]
        if kind is Literal:
            known = f"one of {', '.join(parts)}"
            return node.value if node.value in parts else self._expected(known, node, path, parts)
        if kind is float:
            return node.value if isinstance(node.value, float) else self._expected("a number", node, path)
        return bare_text(node) if isinstance(node.value, str | float) else self._expected("text", node, path)

    def _annotated(self, mark: Between | ReadBy, node: Node, path: str) -> Any:
        if isinstance(mark, ReadBy):
            return mark.function(node, path, self.problems)
        number = node.value
        if isinstance(number, float) and number.is_integer() and mark.low <= number <= mark.high:
            return int(number)
        return self._expected(f"a whole number from {mark.low:,} to {mark.high:,}", node, path)

    def _list(self, parts: tuple[Any, ...], node: Node, path: str) -> Any:
        """Items of one type, or as many as there are types; null is an empty list."""
        fixed = Ellipsis not in parts
        if not isinstance(node.value, list | None) or (fixed and len(node.items) != len(parts)):
            return self._expected(f"a list of {len(parts)}" if fixed else "a list", node, path)
        types = parts if fixed else parts[:1] * len(node.items)
        items = [
            self._value(each, item, f"{path}[{i}]")
            for i, (each, item) in enumerate(zip(types, node.items, strict=True))
        ]
        return tuple(value for value in items if value is not None)

    def _mapping(self, parts: tuple[Any, ...], node: Node, path: str) -> Any:
        if not isinstance(node.value, dict):
            return self._expected("a mapping", node, path)
        children = {}
        for name, child in node.value.items():
            where = _below(path, name)
            key = self._value(parts[0], Node(name, child.key_place, child.key_place), where)
            value = self._value(parts[1], child, where)
            if key is not None:
                children[key] = value
        return children

    def _expected(self, what: str, node: Node, path: str, known: Iterable[str] = ()) -> Any:
        """Notes what was expected at a place; None, for what cannot be read."""
        got = flow(node)
        self.problems.append(Problem(node.place, path, f"expected {what}, got {got}{suggestion(got, list(known))}"))
        return None


def read_form(path: Path, kind: type[T]) -> T:
    """A file that is one form. Raises InputError with every problem found."""
    problems: list[Problem] = []
    form = FormReader(problems).form(kind, read_file(path, path.name))
    if problems or form is None:
        raise InputError(problems)
    return form
