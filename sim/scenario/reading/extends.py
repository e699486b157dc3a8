"""From files to one tree: `extends`, then named overrides, then `--set`. Each value keeps what it replaced.

A root is a file that extends no other scenario, or that says another day as of which it stands (`as_of`): what is
known by then is its own. All else is a change of its root, and may be put on another (`--base`).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sim.errors import InputError, Place, Problem, SetTwice
from sim.language.record import Table
from sim.language.renamed import renamed_path
from sim.language.yaml_nodes import Node, neighbour, no_text, parse, plain, read_document, read_text, suggestion
from sim.scenario.grammar.schema import NOT_IN_BLOCKS, Branch, Group, Things, branch, schema
from sim.scenario.reading.facts import FOLDER
from sim.scenario.reading.files import named_file
from sim.scenario.reading.merging import leaves, merge
from sim.scenario.reading.rebased import rebased
from sim.scenario.reading.renewed import Renaming, renewed, say
from sim.scenario.reading.things import REMOVE, item_id, removals

MOST_FILES = 100
DEEPEST = 20
"""Files that a scenario may rest on in all, and one upon the other."""

_CATALOGUE = "fact:"
_STEP = re.compile(r"[^.\[\]]+")
_PATH = re.compile(rf"{_STEP.pattern}(?:\.{_STEP.pattern}|\[{_STEP.pattern}\])*")


@dataclass(frozen=True, slots=True)
class Root:
    """The root that a scenario changes in the end, which may be itself."""

    file: str
    mark: str
    """A hash of what it says, whatever it is called: equal for a copy of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One tree, what it was before this file's own changes, and the files it came from, in the order applied.

    `roots` are its roots and theirs: their values need a source.
    """

    tree: Node
    base: Node | None
    files: tuple[str, ...]
    roots: frozenset[str]
    root: Root
    origin: Node
    """The tree as the root's own file has it, before any change."""
    overrides: tuple[str, ...] = ()
    """The names of the blocks that may be chosen; in the tree they no longer stand."""


def read_chain(path: Path, tables: Mapping[str, Table], base: Path | None = None) -> Reading:
    """A file over all that it extends, its overrides still unchosen: `varied` makes a scenario of it.

    With `base`, what the file and those it extends change of their root, over this root instead.
    """
    chain = _Chain(schema(tables))
    if base is None or _same(path, base):
        return chain.file(path)
    return chain.on(path, base)


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

    def file(self, path: Path) -> Reading:
        """One file over all that it extends."""
        return self._reading(self._layers(path, str(path), ()))

    def on(self, path: Path, base: Path) -> Reading:
        """What a file and those that it extends change of their root, over another root."""
        below, above = (self._layers(each, str(each), ()) for each in (base, path))
        if (root := _root(below)) != str(base):
            raise _no_base(f"{base} changes {root}, and a base is a root; write --base {root}")
        if (own := _root(above)) == str(path):
            raise _no_base(
                f"{path} is a root itself: it changes nothing that could be put on {base}; name {base} itself"
            )
        beneath = {*below, *self._beneath(above)}
        tree = self._merged(below.values())
        assert tree is not None
        changes = {name: layer for name, layer in above.items() if name not in beneath}
        if not changes:
            raise _no_base(f"{base} rests on {path}: nothing that it says of {own} is left to put on it")
        problems = []
        for name, layer in changes.items():
            try:
                changes[name] = rebased(layer, self.root, tree, str(base))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        return self._reading(below | changes)

    def _reading(self, layers: dict[str, Node]) -> Reading:
        """The tree of a file's layers, itself last."""
        label, root = list(layers)[-1], _root(layers)
        base = self._merged(layer for name, layer in layers.items() if name != label)
        origin = self._merged(layers[name] for name in layers if name in self._beneath(layers))
        assert origin is not None  # what extends nothing is a root
        return Reading(
            merge(base, layers[label], self.root),
            None if label == root else base,
            tuple(layers),
            frozenset(self.roots & layers.keys()) | {root},
            Root(root, _mark(origin)),
            _with(origin, self.root, ()),
        )

    def _beneath(self, layers: dict[str, Node]) -> set[str]:
        """The roots of these layers, all that they rest on, and catalogues."""
        roots = [name for name in layers if name in self.roots or name == _root(layers)]
        return {name for root in roots for name in self.layers[root]} | {
            name for name in layers if name.startswith(_CATALOGUE)
        }

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
        tree = _tree(read_text(path, label), label)
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


@lru_cache(maxsize=16)
def _tree(text: str, label: str) -> Node:
    """The tree of a file's text: scenarios of one study rest on the same few files, which are not read each time."""
    return renewed(read_document(text, label))


def _root(layers: Mapping[str, Node]) -> str:
    """The last file that says a day as of which it stands, if it says another than those before; else the first."""
    said, root = None, ""
    for name, layer in layers.items():
        day = layer.mapping.get("as_of")
        if (day and day.value != said) or (not root and not name.startswith(_CATALOGUE)):
            said, root = day.value if day else said, name
    return root


def _mark(tree: Node) -> str:
    said = {key: plain(child) for key, child in tree.mapping.items() if key not in ("name", "why")}
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def _same(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _no_base(message: str) -> InputError:
    return InputError([Problem(Place("--base", 1, 1), "", message)])


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
            if other := next((setter for each, setter in setters.items() if _same_thing(path, each)), None):
                problems.append(Problem(leaf.place, path, f"set by `{other}` and by `{name}`; choose one"))
        setters |= {path: name for path, _ in leaves(known[name], root)}
        tree = merge(tree, known[name], root)
    if problems:
        raise SetTwice(problems)
    return tree


def _same_thing(path: str, other: str) -> bool:
    """Whether two paths are the same value, or one takes out the thing of the other."""
    things = [each.rpartition(".")[0] for each in (path, other) if each.endswith(f".{REMOVE}")]
    return path == other or any(path.startswith(f"{thing}.") and other.startswith(f"{thing}.") for thing in things)


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
            gone = next((each.place for at, each in removals(tree, within) if at == f"{within.path}.{step}"), None)
            message = f"no `{step}` in {within.path}{f': removed at {gone}' if gone else suggestion(step, known)}"
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
