"""From files to one tree: `extends`, then named overrides, then `--set`. Each value keeps what it replaced."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import InputError, Place, Problem, SetTwice
from sim.language.record import Table
from sim.language.renamed import renamed_path
from sim.language.yaml_nodes import Node, neighbour, no_text, parse, read_file, suggestion
from sim.scenario.grammar.schema import NOT_IN_BLOCKS, Branch, Group, Things, branch, schema
from sim.scenario.reading.facts import FOLDER
from sim.scenario.reading.files import named_file
from sim.scenario.reading.merging import item_id, leaves, merge
from sim.scenario.reading.renewed import Renaming, renewed, say

MOST_FILES = 100
DEEPEST = 20
"""Files that a scenario may rest on in all, and one upon the other."""

_CATALOGUE = "fact:"
_STEP = re.compile(r"[^.\[\]]+")
_PATH = re.compile(rf"{_STEP.pattern}(?:\.{_STEP.pattern}|\[{_STEP.pattern}\])*")


@dataclass(frozen=True, slots=True)
class Reading:
    """One tree, what it was before this file's own changes, and the files it came from, in the order applied.

    `roots` are the files that extend no other scenario: their values need a source.
    """

    tree: Node
    base: Node | None
    files: tuple[str, ...]
    roots: frozenset[str]
    origin: Node
    """The tree as the root's own file has it, before any change."""
    overrides: tuple[str, ...] = ()
    """The names of the blocks that may be chosen; in the tree they no longer stand."""


def read_chain(path: Path, tables: Mapping[str, Table]) -> Reading:
    """A file over all that it extends, its overrides still unchosen: `varied` makes a scenario of it."""
    return _Chain(schema(tables)).file(path, str(path))


def varied(
    chain: Reading, tables: Mapping[str, Table], chosen: Sequence[str] = (), settings: Sequence[str] = ()
) -> Reading:
    """A chain under the chosen named overrides and `path=value` settings. Raises InputError."""
    root = schema(tables)
    tree = _with(chain.tree, root, chosen)
    for number, setting in enumerate(settings, 1):
        tree = merge(tree, _assignment(setting, number, tree, root), root)
    base = chain.base or (_with(chain.tree, root, ()) if chosen or settings else None)
    return replace(chain, tree=tree, overrides=tuple(_overrides(chain.tree)), base=base)


class _Chain:
    """Follows `extends`, refusing circles and files that lie elsewhere."""

    def __init__(self, root: Group) -> None:
        self.root = root
        self.roots: set[str] = set()
        self.layers: dict[str, dict[str, Node]] = {}
        """What each file came to, itself last: a file is read once, however often it is extended."""

    def file(self, path: Path, label: str) -> Reading:
        """One file over all that it extends."""
        layers = self._layers(path, label, ())
        own = layers[label]
        base = self._merged(layer for name, layer in layers.items() if name != label)
        roots = (layer for name, layer in layers.items() if name in self.roots or name.startswith(_CATALOGUE))
        origin = self._merged(roots)
        assert origin is not None  # what extends nothing is a root
        return Reading(
            merge(base, own, self.root),
            None if label in self.roots else base,
            tuple(layers),
            frozenset(self.roots),
            _with(origin, self.root, ()),
        )

    def _merged(self, layers: Iterable[Node]) -> Node | None:
        """Trees over one another; the last wins."""
        node: Node | None = None
        for layer in layers:
            node = merge(node, layer, self.root)
        return node

    def _layers(self, path: Path, label: str, above: tuple[str, ...]) -> dict[str, Node]:
        """A file after those it extends, each once: what two of them extend must not undo what the first changed."""
        if label not in self.layers:
            self.layers[label] = self._read(path, label, above)
        return self.layers[label]

    def _read(self, path: Path, label: str, above: tuple[str, ...]) -> dict[str, Node]:
        tree = renewed(read_file(path, label))
        if not isinstance(tree.value, dict):
            raise InputError([Problem(tree.place, "", "a scenario is a mapping of keys to values")])
        nodes: dict[str, Node] = {}
        extends = []
        for entry in _entries(tree):
            below = self._base(entry, path, label, (*above, label))
            extends.append(list(below)[-1])
            nodes = nodes | {name: layer for name, layer in below.items() if name not in nodes}
        if all(name.startswith(_CATALOGUE) for name in extends):
            self.roots.add(label)
        own = {key: child for key, child in tree.mapping.items() if key != "extends"}
        return nodes | {label: replace(tree, value=own)}

    def _base(self, entry: Node, path: Path, label: str, above: tuple[str, ...]) -> dict[str, Node]:
        text = entry.value
        if not isinstance(text, str):
            raise _refused(entry, "write the name of a file, or a list of them")
        if text.startswith(_CATALOGUE):
            file, name = FOLDER / f"{text.removeprefix(_CATALOGUE)}.yaml", text
            known = [f"{_CATALOGUE}{other.stem}" for other in sorted(FOLDER.glob("*.yaml"))]
            if name not in known:
                raise _refused(entry, f"no catalogue `{text}`{suggestion(text, known)}")
        else:
            file, name = _named(entry, path, text), str(Path(label).parent / text)
        if name in above:
            raise _refused(entry, f"extends itself: {' -> '.join([*above[above.index(name) :], name])}")
        if len(above) > DEEPEST:
            raise _refused(entry, f"the file is extended through {len(above)} others; at most {DEEPEST}")
        if name not in self.layers and len(self.layers) + len(above) >= MOST_FILES:
            raise _refused(entry, f"one file more than the {MOST_FILES} that a scenario may rest on")
        if not file.exists():
            raise _refused(entry, f"no such file: {name}{neighbour(path.parent / text, text)}")
        return self._layers(file, name, above)


def _entries(tree: Node) -> list[Node]:
    entry = tree.mapping.get("extends")
    if entry is None:
        return []
    return entry.items if isinstance(entry.value, list) else [entry]


def _named(entry: Node, path: Path, text: str) -> Path:
    try:
        return named_file(text, path)
    except ValueError as error:
        raise _refused(entry, str(error)) from error


def _refused(node: Node, message: str) -> InputError:
    return InputError([Problem(node.place, "extends", message)])


def _overrides(tree: Node) -> dict[str, Node]:
    blocks = tree.mapping.get("overrides")
    return blocks.mapping if blocks else {}


def _with(tree: Node, root: Group, chosen: Sequence[str]) -> Node:
    """The tree under the chosen named overrides, which may not set the same value twice."""
    known = _overrides(tree)
    tree = replace(tree, value={key: child for key, child in tree.mapping.items() if key != "overrides"})
    setters: dict[str, str] = {}
    problems = []
    for name in chosen:
        if name not in known:
            message = f"no override `{name}`{suggestion(name, known)}"
            raise InputError([Problem(Place("--override", 1, 1), "overrides", message)])
        for path, leaf in leaves(known[name], root):
            if path in setters:
                problems.append(Problem(leaf.place, path, f"set by `{setters[path]}` and by `{name}`; choose one"))
            setters[path] = name
        tree = merge(tree, known[name], root)
    if problems:
        raise SetTwice(problems)
    return tree


def _assignment(setting: str, number: int, tree: Node, root: Group) -> Node:
    """`path=value` as a tree of its own."""
    path, equals, text = setting.partition("=")
    place = Place("--set", number, 1)
    if no_text(setting):
        raise InputError([Problem(place, "", "not UTF-8 text")])
    if not equals or not _PATH.fullmatch(path.strip()):
        raise InputError([Problem(place, path, "write --set path=value")])
    value = parse(text, "--set")
    if new := renamed_path(path.strip()):
        say([Renaming(place, path.strip(), new)])
    steps = _STEP.findall(new or path.strip())
    if steps and steps[0] in NOT_IN_BLOCKS:
        raise InputError([Problem(place, path, "belongs at the top of a file, and cannot be set")])
    return _nested(steps, steps, replace(value, place=place, key_place=place), tree, root)


def _nested(steps: list[str], all_steps: list[str], value: Node, tree: Node | None, within: Branch) -> Node:
    """The value inside the mappings and lists that the steps of its path name."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(within, Things):
        item = next((item for item in tree.items if item_id(item) == step), None) if tree else None
        if item is None:
            known = [name for item in (tree.items if tree else []) if (name := item_id(item))]
            message = f"no `{step}` in {within.path}{suggestion(step, known)}"
            raise InputError([Problem(value.place, ".".join(all_steps), message)])
        if not rest and not value.mapping:
            message = f"a thing is set by its parameters; write {within.path}.{step}.{next(iter(within.fields))}=value"
            raise InputError([Problem(value.place, ".".join(all_steps), message)])
        child = _nested(rest, all_steps, value, None, None)
        identity = Node(step, value.place, value.place)
        return Node([Node({"id": identity} | child.mapping, value.place, value.place)], value.place, value.place)
    below = tree.mapping.get(step) if tree else None
    return Node(
        {step: _nested(rest, all_steps, value, below, branch(within, step))},
        value.place,
        value.place,
    )
