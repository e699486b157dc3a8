"""YAML in which every value knows its place, read without YAML's traps.

The text is read event by event: no Python object is ever built, depth and size are bounded, and an alias counts as
often as it is used. Only the scalars of YAML 1.2 have a type of their own (`true`, `null`, `3`, `4.8e3`);
`no`, `off`, `12:30` and dates stay text, and the declaration of the parameter says what they mean.
"""

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sim.errors import InputError, Place, Problem
from sim.language.renamed import hint

MAX_BYTES = 5_000_000
MAX_NODES = 200_000
MAX_DEPTH = 60
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"

Scalar = str | float | bool | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"-?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_PLAIN = re.compile(r"[\w$%./+-][\w$%./+ -]*")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value of a file: where it stands, where its key stands, and what it replaced on the way through `extends`.

    `removed`: of a list, the items that files have taken out, each as what took it out, over what it was.
    """

    value: "Scalar | dict[str, Node] | list[Node]"
    place: Place
    key_place: Place
    replaced: "Node | None" = None
    removed: "tuple[Node, ...]" = ()

    @property
    def mapping(self) -> "dict[str, Node]":
        """Its keys, if it is a mapping; else none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def history(self) -> "list[Node]":
        """From what stood here first, through all that replaced it, to this."""
        return [*(self.replaced.history if self.replaced else ()), self]

    @property
    def items(self) -> "list[Node]":
        """Its items, if it is a list; else none."""
        return self.value if isinstance(self.value, list) else []


def number_text(value: float) -> str:
    """A number as briefly as it can be written and read back equal."""
    return f"{value:.0f}" if value == math.floor(value) and abs(value) < 1e15 else repr(value)


def flow(node: Node) -> str:
    """The value on one line, as one would write it."""
    match node.value:
        case dict(keys):
            return "{" + ", ".join(f"{key}: {flow(child)}" for key, child in keys.items()) + "}"
        case list(items):
            return "[" + ", ".join(flow(item) for item in items) + "]"
        case bool(truth):
            return "true" if truth else "false"
        case float(number):
            return number_text(number)
        case None:
            return "null"
        case text:
            return text if _PLAIN.fullmatch(text) and not _NUMBER.fullmatch(text) else f'"{text}"'


def bare_text(node: Node) -> str:
    """The value on one line; a text without quotes."""
    return node.value if isinstance(node.value, str) else flow(node)


def plain(node: Node) -> Any:
    """The value without its places: dicts, lists and scalars."""
    match node.value:
        case dict(keys):
            return {key: plain(child) for key, child in keys.items()}
        case list(items):
            return [plain(item) for item in items]
        case scalar:
            return scalar


def suggestion(word: str, known: Iterator[str] | list[str] | tuple[str, ...] | dict[str, Any], above: str = "") -> str:
    """`; did you mean ...?`, or what a name is called now, or nothing if no known word is close.

    `above` is the path under which the words are keys.
    """
    known = list(known)
    if now := hint(word, known, above):
        return now
    close = difflib.get_close_matches(word, known, 1, 0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


def neighbour(missing: Path, text: str) -> str:
    """`; did you mean ...?` for a file that is not there: one beside it, named in the way of `text`, which names it."""
    beside = sorted(other.name for other in missing.parent.glob("*.yaml")) if missing.parent.is_dir() else []
    close = difflib.get_close_matches(missing.name, beside, 1, 0.6)
    return f"; did you mean `{(Path(text).parent / close[0]).as_posix()}`?" if close else ""


def read_file(path: Path, label: str | None = None) -> Node:
    """The tree of a file; `label` names it in messages. Raises InputError for whatever is wrong with it."""
    file = label or str(path)
    return read_document(read_text(path, file), file)


def read_document(text: str, file: str) -> Node:
    """The tree of a file's text. Raises InputError for whatever is wrong with it, and where it holds nothing."""
    root = parse(text, file)
    if root.value is None:
        _refuse(root.place, "the file is empty")
    return root


def read_text(path: Path, file: str) -> str:
    """The text of a file, called `file` in messages, without a byte order mark. Raises InputError."""
    try:
        content = _content(path, file)
    except OSError as error:
        _refuse(Place(file, 1, 1), f"cannot be read: {error.strerror or error}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        _refuse(Place(file, line, column), "not UTF-8 text; save the file as UTF-8")


def _content(path: Path, file: str) -> bytes:
    """The bytes, after asking what the file is and how large: a pipe or a huge file is never opened."""
    if path.is_symlink() and not path.exists():
        _refuse(Place(file, 1, 1), "a link that leads to no file")
    if not path.exists():
        _refuse(Place(file, 1, 1), "no such file" + neighbour(path, file))
    if path.is_dir():
        _refuse(Place(file, 1, 1), "a directory, not a file")
    if not path.is_file():
        _refuse(Place(file, 1, 1), "not a regular file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        _refuse(Place(file, 1, 1), f"{size / 1e6:,.0f} MB; a scenario has at most {MAX_BYTES / 1e6:.0f} MB")
    return path.read_bytes()


def no_text(text: str) -> re.Match[str] | None:
    """The first place in what came from outside that no text can hold: a NUL byte, or one that is no UTF-8."""
    return _NO_TEXT.search(text)


def parse(text: str, file: str) -> Node:
    """The tree of a YAML text, null for an empty one. Raises InputError."""
    if odd := no_text(text):
        line, column = _position(text, odd.start())
        _refuse(
            Place(file, line, column), "a NUL byte; this is not a text file" if odd[0] == "\0" else "not UTF-8 text"
        )
    composer = _Composer(text, file)
    try:
        root = composer.document()
    except yaml.MarkedYAMLError as error:
        _refuse(*_syntax(error, text, file))
    except yaml.reader.ReaderError as error:
        line, column = _position(text, error.position)
        _refuse(Place(file, line, column), "a control character that YAML does not allow")
    if composer.problems:
        raise InputError(composer.problems)
    return root


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> tuple[Place, str]:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or here[column : column + 1] == "\t":
        return Place(file, line + 1, here.index("\t") + 1), "a tab; indent with spaces"
    if "nesting depth" in str(error.problem):  # newer versions of the parser have a bound of their own
        return Place(file, line + 1, column + 1), _TOO_DEEP
    return Place(file, line + 1, column + 1), f"not YAML: {error.problem}"


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _refuse(place: Place, message: str) -> NoReturn:
    raise InputError([Problem(place, "", message)])


class _Composer:
    """Builds the tree from the parser's events, with a bound on depth and on the number of nodes."""

    def __init__(self, text: str, file: str) -> None:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is not in every build of PyYAML
        self.events = yaml.parse(text, Loader=loader)
        self.file = file
        self.anchors: dict[str, tuple[Node, int] | None] = {}
        self.nodes = 0
        self.problems: list[Problem] = []

    def document(self) -> Node:
        """The one document of the text."""
        root = Node(None, Place(self.file, 1, 1), Place(self.file, 1, 1))
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _refuse(self._place(event), "a second document; a file holds one")
                root = self._node(next(self.events), 0)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), place)
        if depth > MAX_DEPTH:
            _refuse(place, _TOO_DEEP)
        self._count(1, place)
        if event.anchor:
            self.anchors[event.anchor] = None
        before = self.nodes
        node = Node(self._value(event, place, depth), place, place)
        if event.anchor:
            self.anchors[event.anchor] = (node, self.nodes - before + 1)
        return node

    def _alias(self, anchor: str, place: Place) -> Node:
        if anchor not in self.anchors:
            _refuse(place, f"`*{anchor}` names no anchor above it" + suggestion(anchor, list(self.anchors)))
        anchored = self.anchors[anchor]
        if anchored is None:
            _refuse(place, f"`*{anchor}` stands inside what it names")
        node, size = anchored
        self._count(size, place)
        return replace(node, place=place, key_place=place)

    def _count(self, more: int, place: Place) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            _refuse(place, f"more than {MAX_NODES:,} values, counting an alias each time it is used")

    def _value(self, event: Any, place: Place, depth: int) -> Any:
        if event.tag is not None and event.tag != "!":
            self._problem(place, f"the tag `{event.tag}` is refused; a scenario holds plain values only")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return self._scalar(event.value, place) if not event.style and event.tag is None else event.value

    def _mapping(self, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            place = self._place(event)
            key = self._node(event, depth + 1)
            child = self._node(next(self.events), depth + 1)
            if not isinstance(event, yaml.ScalarEvent):
                self._problem(place, "a key must be plain text")
                continue
            if event.value in nodes:
                first = nodes[event.value].key_place.line
                self._problem(place, f"duplicate key `{event.value}` (first on line {first})")
            elif not event.value:
                self._problem(place, "an empty key")
            nodes[event.value] = replace(child, key_place=key.place)
        return nodes

    def _sequence(self, depth: int) -> list[Node]:
        nodes = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            nodes.append(self._node(event, depth + 1))
        return nodes

    def _scalar(self, text: str, place: Place) -> Scalar:
        if text in _WORDS:
            return _WORDS[text]
        if _ENDLESS.fullmatch(text):
            self._problem(place, f"{text} is refused; leave the parameter out if it has no bound")
        if not _NUMBER.fullmatch(text):
            return text
        number = float(text)
        if math.isinf(number):
            self._problem(place, f"{text[:20]} is too large for a number")
        return number

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _problem(self, place: Place, message: str) -> None:
        self.problems.append(Problem(place, "", message))
