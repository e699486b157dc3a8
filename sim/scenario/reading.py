"""From files to one tree: `extends`, then named overrides, then `--set`. Each value keeps what it replaced.

Mappings merge by key, lists of things by id (in any order), and everything else is replaced whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import InputError, Place, Problem
from sim.language.located import Node, flow, parse, read_file, suggestion
from sim.language.tables import Table
from sim.scenario.facts import FOLDER
from sim.scenario.schema import Branch, Group, Things, branch, schema

_CATALOGUE = "fact:"
_STEP = re.compile(r"[^.\[\]]+")


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


def read(path: Path, tables: Mapping[str, Table], chosen: Sequence[str] = (), settings: Sequence[str] = ()) -> Reading:
    """Read a scenario with its chain, the chosen named overrides, and `path=value` settings. Raises InputError."""
    root = schema(tables)
    found = _Chain(root).file(path, str(path))
    overrides = tuple(_overrides(found.tree))
    tree = _with(found.tree, root, chosen)
    for number, setting in enumerate(settings, 1):
        tree = merge(tree, _assignment(setting, number, tree, root), root)
    return replace(
        found, tree=tree, overrides=overrides, base=found.base or (found.tree if chosen or settings else None)
    )


def merge(old: Node | None, new: Node, within: Branch) -> Node:
    """`new` over `old`. Raises InputError for what has not the shape of a scenario, or lists an id twice."""
    problems = list(_misshapen(new, within))
    if problems:  # merged, it would hide what it extends, and be blamed on that
        raise InputError(problems)
    return _over(old, new, within)


def _misshapen(node: Node, within: Branch) -> Iterator[Problem]:
    """Sections that are no mappings, and lists of things that are no lists."""
    match within:
        case Group(path) if node.value is None:
            yield Problem(node.place, path, "holds nothing; leave the key out to keep what it extends")
        case Group(path) if not isinstance(node.value, dict):
            yield Problem(node.place, path, f"a mapping is due here, with {', '.join(within.keys()[:6])} ...")
        case Group():
            for key, child in node.mapping.items():
                yield from _misshapen(child, branch(within, key))
        case Things(path) if not isinstance(node.value, list | None):
            yield Problem(node.place, path, "a list of things is due here, each with an `id`")


def _over(old: Node | None, new: Node, within: Branch) -> Node:
    if isinstance(within, Group) and isinstance(new.value, dict):
        return _merge_keys(old, new, within)
    if isinstance(within, Things) and isinstance(new.value, list):
        return _merge_things(old, new, within)
    return new if old is None else replace(new, replaced=old)


def _merge_keys(old: Node | None, new: Node, within: Group) -> Node:
    merged = dict(old.mapping) if old else {}
    for key, child in new.mapping.items():
        if not within.path and key in ("sources", "facts", "overrides") and key in merged:
            merged[key] = _joined(merged[key], child)
        else:
            merged[key] = _over(merged.get(key), child, branch(within, key))
    return replace(new, value=merged)


def _joined(old: Node, new: Node) -> Node:
    """Citations, facts and overrides of both files; the later wins where both have one."""
    if isinstance(old.value, dict) and isinstance(new.value, dict):
        return replace(new, value=old.value | new.value)
    return replace(new, value=[*old.items, *new.items])


def _merge_things(old: Node | None, new: Node, within: Things) -> Node:
    merged = {_id(item) or str(position): item for position, item in enumerate(old.items if old else [])}
    seen: dict[str, Node] = {}
    for position, item in enumerate(new.items):
        name = _id(item)
        if name is None:
            merged[f"{position} of {new.place}"] = item  # validation says what is wrong with it
            continue
        if name in seen:
            line = seen[name].place.line
            message = f"the id `{name}` stands here twice (first on line {line})"
            raise InputError([Problem(item.place, f"{within.path}.{name}", message)])
        seen[name] = item
        merged[name] = _merge_thing(merged[name], item) if name in merged else item
    return replace(new, value=list(merged.values()))


def _merge_thing(old: Node, new: Node) -> Node:
    merged = dict(old.mapping)
    for key, child in new.mapping.items():
        merged[key] = _over(merged.get(key), child, None) if key != "id" else merged[key]
    return replace(new, value=merged)


def _id(item: Node) -> str | None:
    name = item.mapping.get("id")
    return name.value if name and isinstance(name.value, str) else None


class _Chain:
    """Follows `extends`, refusing circles and paths that climb out of the folder of the file."""

    def __init__(self, root: Group) -> None:
        self.root = root
        self.roots: set[str] = set()

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
        found: Node | None = None
        for layer in layers:
            found = merge(found, layer, self.root)
        return found

    def _layers(self, path: Path, label: str, above: tuple[str, ...]) -> dict[str, Node]:
        """A file after those it extends, each once: what two of them extend must not undo what the first changed."""
        tree = read_file(path, label)
        if not isinstance(tree.value, dict):
            raise InputError([Problem(tree.place, "", "a scenario is a mapping of keys to values")])
        found: dict[str, Node] = {}
        extends = []
        for entry in _entries(tree):
            below = self._base(entry, path, label, (*above, label))
            extends.append(list(below)[-1])
            found = found | {name: layer for name, layer in below.items() if name not in found}
        if all(name.startswith(_CATALOGUE) for name in extends):
            self.roots.add(label)
        own = {key: child for key, child in tree.mapping.items() if key != "extends"}
        return found | {label: replace(tree, value=own)}

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
            file, name = _beside(entry, path, text), str(Path(label).parent / text)
        if name in above:
            raise _refused(entry, f"extends itself: {' -> '.join([*above[above.index(name) :], name])}")
        if not file.exists():
            known = sorted(other.name for other in path.parent.glob("*.yaml"))
            raise _refused(entry, f"no such file: {name}{suggestion(text, known)}")
        return self._layers(file, name, above)


def _entries(tree: Node) -> list[Node]:
    entry = tree.mapping.get("extends")
    if entry is None:
        return []
    return entry.items if isinstance(entry.value, list) else [entry]


def _beside(entry: Node, path: Path, text: str) -> Path:
    """The file beside or below `path`; links that lead out are followed before they are judged."""
    folder, link = path.parent.resolve(), path.parent / text
    if link.is_symlink() and not link.exists():
        raise _refused(entry, f"`{text}` is a link that leads to no file")
    found = (folder / text).resolve()
    if Path(text).is_absolute() or ".." in Path(text).parts or not found.is_relative_to(folder):
        raise _refused(entry, f"`{text}` climbs out of the folder of this file; extend a file beside or below it")
    return found


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
            raise InputError([Problem(Place("--with", 1, 1), "overrides", message)])
        for path, leaf in leaves(known[name], root):
            if path in setters:
                problems.append(Problem(leaf.place, path, f"set by `{setters[path]}` and by `{name}`; choose one"))
            setters[path] = name
        tree = merge(tree, known[name], root)
    if problems:
        raise InputError(problems)
    return tree


def leaves(node: Node, within: Branch, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every value that stands or falls whole, with its path; ids are part of the path, not values."""
    if isinstance(within, Group) and isinstance(node.value, dict):
        for key, child in node.mapping.items():
            yield from leaves(child, branch(within, key), f"{path}.{key}".lstrip("."))
    elif isinstance(within, Things) and isinstance(node.value, list):
        for position, item in enumerate(node.items):
            for key, child in item.mapping.items():
                if key != "id":
                    yield f"{path}.{_id(item) or position}.{key}", child
    else:
        yield path, node


def changed_parts(tree: Node, base: Node, within: Group) -> list[str]:
    """Paths of the things and sections in which a tree differs from another, each once."""
    before = dict(leaves(base, within))
    found: dict[str, None] = {}
    for path, node in leaves(tree, within):
        old = before.get(path)
        if old is not node and (old is None or flow(old) != flow(node)) and "." in path:
            found[path.rpartition(".")[0]] = None
    return list(found)


def taken_back(tree: Node, base: Node | None, within: Branch, path: str) -> Node | None:
    """The tree with the section or thing at a path as the other tree has it; None where that has nothing."""
    if not path:
        return base
    step, _, rest = path.partition(".")
    if isinstance(within, Things):
        old = next((item for item in base.items if _id(item) == step), None) if base else None
        kept = [(taken_back(item, old, None, rest) if _id(item) == step else item) for item in tree.items]
        return replace(tree, value=[item for item in kept if item is not None])
    below = base.mapping.get(step) if base else None
    child = taken_back(tree.mapping[step], below, branch(within, step), rest) if isinstance(within, Group) else None
    mapping = {key: node for key, node in tree.mapping.items() if key != step}
    return replace(tree, value=mapping if child is None else {**mapping, step: child})


def _assignment(setting: str, number: int, tree: Node, root: Group) -> Node:
    """`path=value` as a tree of its own."""
    path, equals, text = setting.partition("=")
    place = Place("--set", number, 1)
    if not equals or not path.strip():
        raise InputError([Problem(place, path, "write --set path=value")])
    value = parse(text, "--set") if text.strip() else Node(None, place, place)
    steps = _STEP.findall(path.strip())
    return _nested(steps, steps, replace(value, place=place, key_place=place), tree, root)


def _nested(steps: list[str], all_steps: list[str], value: Node, tree: Node | None, within: Branch) -> Node:
    """The value inside the mappings and lists that the steps of its path name."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(within, Things):
        item = next((item for item in tree.items if _id(item) == step), None) if tree else None
        if item is None:
            known = [name for item in (tree.items if tree else []) if (name := _id(item))]
            message = f"no `{step}` in {within.path}{suggestion(step, known)}"
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
