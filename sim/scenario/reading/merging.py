"""One tree over another: mappings merge by key, lists by what their items are about, and all else is replaced whole.

Things are about their `id`, correlations about their two ends, forks about their measure, gates about their statistic
and the side it must lie on, and the other lists at the top of a file about their texts. `null` takes an inherited list
away; `remove` and `only` take out things of one.
"""

import re
from collections.abc import Hashable, Iterator
from dataclasses import replace

from sim.errors import InputError, Problem
from sim.language.forms import unknown_keys
from sim.language.values import GROUNDS
from sim.language.yaml_nodes import Node, flow
from sim.scenario.grammar.schema import LISTS, MAPPINGS, NOT_IN_BLOCKS, Branch, Group, Things, branch
from sim.scenario.reading.things import (
    ONLY,
    REMOVE,
    item_id,
    keeper,
    kept,
    misshapen_removals,
    not_inherited,
    removals,
)

_FACT = ("id", "what", "value", "low", "mode", "high", "unit", "date", "public_since", "confidence", "source", "note")
_CITATION = ("title", "publisher", "date", "url", "note")
_HEAD = {
    "facts": "a list of facts, each with an `id`",
    "sources": "a mapping of ids to citations",
    "overrides": "a mapping of names to blocks of changes",
}
_GATE = re.compile(r"(.*)([<>])=?[^<>()]*", re.DOTALL)


def merge(old: Node | None, new: Node, within: Branch) -> Node:
    """`new` over `old`. Raises InputError for what has not the shape of a scenario, or lists an id twice."""
    problems = list(_misshapen(new, within)) or list(_not_inherited(old, new, within))
    if problems:  # merged, it would hide what it extends, and be blamed on that
        raise InputError(problems)
    return _over(old, new, within)


def _misshapen(node: Node, within: Branch) -> Iterator[Problem]:
    """Sections that are no mappings, lists of things that are no lists, and what citations and facts are not."""
    match within:
        case Group(path) if node.value is None:
            yield Problem(node.place, path, "holds nothing; leave the key out to keep what it extends")
        case Group(path) if not isinstance(node.value, dict):
            yield Problem(node.place, path, f"expected a mapping, with {', '.join(within.keys()[:6])} ...")
        case Group(path):
            for key, child in node.mapping.items():
                if not path and key in (*MAPPINGS, "facts"):
                    yield from _misshapen_head(key, child, within)
                else:
                    yield from _misshapen(child, branch(within, key))
        case Things(path) if not isinstance(node.value, list | None):
            keeps = "; to keep some of what is inherited, write an item of the list: [{only: [a, b]}]"
            hint = keeps if ONLY in node.mapping else ""
            yield Problem(node.place, path, f"expected a list of things, each with an `id`{hint}")
        case Things(path):
            yield from misshapen_removals(node, path)


def _not_inherited(old: Node | None, new: Node, within: Branch) -> Iterator[Problem]:
    """What a tree takes out of another that has no such thing."""
    if isinstance(within, Group):
        for key, child in new.mapping.items():
            yield from _not_inherited(old.mapping.get(key) if old else None, child, branch(within, key))
        if not within.path:
            yield from _no_pair(old, new)
    elif isinstance(within, Things):
        yield from not_inherited(old, new, within.path)


def _no_pair(old: Node | None, new: Node) -> Iterator[Problem]:
    """Correlations that a tree takes out of another that has none between these ends."""
    key = "correlations"
    own, inherited = new.mapping.get(key), old.mapping.get(key) if old else None
    known = {about(key, item) for item in (inherited.items if inherited else ())}
    for position, item in enumerate(own.items if own else ()):
        flag = item.mapping.get(REMOVE)
        if flag is not None and flag.value is not True:
            yield Problem(flag.place, f"{key}[{position}]", f"write `remove: true`, or leave it out; got {flow(flag)}")
        elif flag is not None and "rank" in item.mapping:
            yield Problem(item.place, f"{key}[{position}]", "a `rank` of what is removed; leave one of them out")
        elif flag is not None and about(key, item) not in known:
            yield Problem(item.place, f"{key}[{position}]", "no correlation between these ends to remove")


def _misshapen_head(key: str, node: Node, root: Group) -> Iterator[Problem]:
    """Overrides, citations and facts: they are read beside the walk over the parameters."""
    if node.value is None:
        return
    if not isinstance(node.value, list if key == "facts" else dict):
        yield Problem(node.place, key, f"{flow(node)} is not {_HEAD[key]}")
        return
    for name, block in node.mapping.items():
        if key == "overrides":
            yield from _misshapen_block(name, block, root)
        elif not isinstance(block.value, str):  # a citation may be one text
            yield from _no_record(block, f"sources.{name}", _CITATION, "a citation is {title, publisher, date, url}")
    for position, fact in enumerate(node.items):
        yield from _no_record(fact, f"facts[{position}]", _FACT, "a fact is {id, what, value, unit, date, source}")
        if isinstance(fact.value, dict) and item_id(fact) is None:
            yield Problem(fact.place, f"facts[{position}]", "missing: its `id`, by which values cite it")


def _misshapen_block(name: str, block: Node, root: Group) -> Iterator[Problem]:
    """A named block of changes: a scenario file without what belongs to a file alone."""
    yield from (
        replace(problem, path=f"overrides.{name}.{problem.path}".rstrip(".")) for problem in _misshapen(block, root)
    )
    for key in NOT_IN_BLOCKS:
        if key in block.mapping:
            yield Problem(block.mapping[key].key_place, f"overrides.{name}.{key}", "belongs at the top of a file")


def _no_record(node: Node, path: str, known: tuple[str, ...], due: str) -> Iterator[Problem]:
    """What is no mapping of these keys to one number or text each; a `source` may list several."""
    if not isinstance(node.value, dict):
        yield Problem(node.place, path, f"{flow(node)}: {due}")
    yield from unknown_keys(node, path, known)
    for key, child in node.mapping.items():
        nested = isinstance(child.value, bool | dict) or (isinstance(child.value, list) and key != "source")
        if key in known and nested:
            yield Problem(child.place, f"{path}.{key}", f"expected a number or a text, got {flow(child)}")


def _over(old: Node | None, new: Node, within: Branch, block: bool = False) -> Node:
    """`new` over `old`; of two blocks, what they take out stays written until one of them is chosen."""
    if isinstance(within, Group) and isinstance(new.value, dict):
        return _merge_keys(old, new, within, block)
    if isinstance(within, Things) and isinstance(new.value, list):
        return _merge_things(old, new, within, block)
    return new if old is None else replace(new, replaced=old)


def _merge_keys(old: Node | None, new: Node, within: Group, block: bool) -> Node:
    merged = dict(old.mapping) if old else {}
    for key, child in new.mapping.items():
        before = merged.get(key)
        if within.path or before is None or key not in (*LISTS, *MAPPINGS):
            merged[key] = _over(before, child, branch(within, key), block)
        elif key == "overrides" and isinstance(child.value, dict):
            merged[key] = _merge_overrides(before, child, within)
        elif key == "sources" and isinstance(child.value, dict):
            merged[key] = replace(child, value=before.mapping | child.mapping)
        else:
            merged[key] = _merge_list(key, before, child, block)
    return replace(new, value=merged)


def _merge_overrides(old: Node, new: Node, root: Group) -> Node:
    """Blocks of one name merge as files do."""
    blocks = {name: _over(old.mapping.get(name), block, root, block=True) for name, block in new.mapping.items()}
    return replace(new, value=old.mapping | blocks)


def _merge_list(key: str, old: Node, new: Node, block: bool) -> Node:
    """The items of the later list first, then the inherited ones that are about something else."""
    if not isinstance(new.value, list):
        return replace(new, replaced=old)
    own = {about(key, item) for item in new.items}
    added = [item for item in new.items if block or REMOVE not in item.mapping]
    return replace(new, value=[*added, *(item for item in old.items if about(key, item) not in own)], replaced=old)


def about(key: str, item: Node) -> Hashable:
    """What an item of a list at the top of a file is about: of two files' items about the same, the later holds."""
    between = item.mapping.get("between")
    if key == "correlations" and between:
        return frozenset(flow(end) for end in between.items)
    if key == "facts" and item_id(item):
        return item_id(item)
    if key == "forks" and "measure" in item.mapping:
        return flow(item.mapping["measure"])
    gate = _GATE.fullmatch(item.value) if key == "gates" and isinstance(item.value, str) else None
    return ("".join(gate[1].split()), gate[2]) if gate else flow(item)


def _merge_things(old: Node | None, new: Node, within: Things, block: bool) -> Node:
    merged = {item_id(item) or str(position): item for position, item in enumerate(old.items if old else [])}
    removed = [*old.removed] if old else []
    seen: dict[str, Node] = {}
    if (keep := keeper(new)) and not block:
        stay = kept(keep.mapping[ONLY])
        removed += [replace(keep, replaced=merged.pop(name)) for name in [*merged] if name not in stay]
    for position, item in enumerate(new.items):
        name = ONLY if block and item is keep else item_id(item)
        if item is keep and not block:
            continue
        if name is None:
            merged[f"{position} of {new.place}"] = item  # validation says what is wrong with it
            continue
        if name in seen:
            line = seen[name].place.line
            message = f"duplicate id `{name}` (first on line {line})"
            raise InputError([Problem(item.place, f"{within.path}.{name}", message)])
        seen[name] = item
        if REMOVE in item.mapping and not block:
            removed += [replace(item, replaced=merged.pop(name))] if name in merged else []  # `only` may have done it
        elif name in merged and not any(key in (REMOVE, ONLY) for each in (merged[name], item) for key in each.mapping):
            merged[name] = _merge_thing(merged[name], item)
        else:
            merged[name] = item
    return replace(new, value=list(merged.values()), removed=tuple(removed))


def _merge_thing(old: Node, new: Node) -> Node:
    merged = dict(old.mapping)
    for key, child in new.mapping.items():
        merged[key] = _over(merged.get(key), child, None) if key != "id" else merged[key]
    return replace(new, value=merged)


def leaves(node: Node, within: Branch, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every value that stands or falls whole, with its path; ids are part of the path, not values."""
    if isinstance(within, Group) and isinstance(node.value, dict):
        for key, child in node.mapping.items():
            yield from leaves(child, branch(within, key), f"{path}.{key}".lstrip("."))
    elif isinstance(within, Things) and isinstance(node.value, list):
        for position, item in enumerate(node.items):
            for key, child in item.mapping.items():
                if ONLY in item.mapping:
                    yield f"{path}.{key}", child
                elif key != "id":
                    yield f"{path}.{item_id(item) or position}.{key}", child
    else:
        yield path, node


def changed_parts(tree: Node, base: Node, within: Group) -> dict[str, list[str]]:
    """The things and sections in which a tree differs from another, by path, each with the keys that differ.

    What only names a thing, or says where a value comes from, is no difference.
    """
    before = dict(leaves(base, within))
    changed: dict[str, list[str]] = {}
    for path, node in leaves(tree, within):
        old = before.get(path)
        part, _, key = path.rpartition(".")
        if old is not node and (old is None or flow(old) != flow(node)) and part and key not in (*GROUNDS, "name"):
            changed.setdefault(part, []).append(key)
    things = {path.rpartition(".")[0] for path in before}
    return changed | {path: [] for path, _ in removals(tree, within) if path in things}


def taken_back(tree: Node, base: Node | None, within: Branch, path: str) -> Node | None:
    """The tree with the section or thing at a path as the other tree has it; None where that has nothing.

    Of a section its own values alone: the sections and things below it are parts of their own.
    """
    if not path:
        return _own_taken_back(tree, base, within) if isinstance(within, Group) else base
    step, _, rest = path.partition(".")
    if isinstance(within, Things):
        old = next((item for item in base.items if item_id(item) == step), None) if base else None
        if step not in map(item_id, tree.items) and old is not None:
            return replace(tree, value=[*tree.items, old])  # it was removed
        items = [(taken_back(item, old, None, rest) if item_id(item) == step else item) for item in tree.items]
        return replace(tree, value=[item for item in items if item is not None])
    below = base.mapping.get(step) if base else None
    child = taken_back(tree.mapping[step], below, branch(within, step), rest) if isinstance(within, Group) else None
    mapping = {key: node for key, node in tree.mapping.items() if key != step}
    return replace(tree, value=mapping if child is None else {**mapping, step: child})


def _own_taken_back(tree: Node, base: Node | None, within: Group) -> Node | None:
    below = {key: node for key, node in tree.mapping.items() if isinstance(branch(within, key), Group | Things)}
    own = {key: node for key, node in base.mapping.items() if key not in below} if base else {}
    return replace(tree, value=own | below) if own or below else None
