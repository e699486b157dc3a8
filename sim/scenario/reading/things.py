"""The things of a list: what each is called, and which of the inherited ones a file takes out.

`{id: a, remove: true}` takes out one thing; `{only: [a, b]}`, an item of the list like others, all but those it names.
The list remembers what was taken out, and where.
"""

from collections.abc import Iterator

from sim.errors import Place, Problem
from sim.language.forms import unknown_keys
from sim.language.yaml_nodes import Node, flow, suggestion
from sim.scenario.grammar.schema import REMOVAL_NOTES, Branch, Group, Things

REMOVE = "remove"
ONLY = "only"


def item_id(item: Node) -> str | None:
    """The `id` of a thing, if it has one that is text."""
    name = item.mapping.get("id")
    return name.value if name and isinstance(name.value, str) else None


def keeper(node: Node) -> Node | None:
    """The item of a list that says which of the inherited things stay."""
    return next((item for item in node.items if ONLY in item.mapping), None)


def kept(only: Node) -> set[str]:
    """The ids that its `only` names."""
    return {str(each.value) for each in only.items}


def removals(node: Node | None, within: Branch) -> Iterator[tuple[str, Node]]:
    """What was taken out of a tree and is not in it again: its path, and what took it out, over what stood there."""
    if node is None:
        return
    if isinstance(within, Group):
        for key, below in within.below.items():
            yield from removals(node.mapping.get(key), below)
    elif isinstance(within, Things):
        present = {item_id(item) for item in node.items}
        for item in node.removed:
            name = item_id(item.replaced) if item.replaced else None
            if name not in present:
                yield f"{within.path}.{name}", item


def misshapen_removals(node: Node, path: str) -> Iterator[Problem]:
    """Removals that say more, or less, than what they take out."""
    first = keeper(node)
    for item in node.items:
        if ONLY in item.mapping:
            yield from _misshapen_keeper(item, f"{path}.{ONLY}")
            if first is not None and item is not first:
                message = f"a second `only` (first on line {first.place.line}); name all that stay in one"
                yield Problem(item.place, f"{path}.{ONLY}", message)
        elif REMOVE in item.mapping:
            yield from _misshapen_removal(item, f"{path}.{item_id(item) or '-'}")


def _misshapen_keeper(item: Node, path: str) -> Iterator[Problem]:
    only = item.mapping[ONLY]
    yield from unknown_keys(item, path, (ONLY, *REMOVAL_NOTES))
    if not only.items or not all(isinstance(each.value, str) for each in only.items):
        yield Problem(only.place, path, f"expected the ids that stay, like [a, b], got {flow(only)}")


def _misshapen_removal(item: Node, path: str) -> Iterator[Problem]:
    flag = item.mapping[REMOVE]
    if flag.value is not True:
        yield Problem(flag.place, f"{path}.{REMOVE}", f"write `remove: true`, or leave it out; got {flow(flag)}")
        return
    if item_id(item) is None:
        yield Problem(item.place, path, "missing: the `id` of what is removed")
    for key, child in item.mapping.items():
        if key not in ("id", REMOVE, *REMOVAL_NOTES):
            yield Problem(child.key_place, f"{path}.{key}", "says something of what is removed; leave one of them out")


def not_inherited(old: Node | None, new: Node, path: str) -> Iterator[Problem]:
    """Removals of things that no list has, and items about what `only` takes out in the same list."""
    known = [name for item in (old.items if old else ()) if (name := item_id(item))]
    gone = {item_id(each.replaced): each.place for each in (old.removed if old else ()) if each.replaced}
    keep = keeper(new)
    for each in keep.mapping[ONLY].items if keep else ():
        if each.value not in known:
            yield Problem(each.place, f"{path}.{ONLY}", f"no `{each.value}` to keep{_hint(each.value, known, gone)}")
    for item in new.items:
        name = item_id(item)
        if REMOVE in item.mapping and name not in known:
            where = item.mapping["id"].place
            yield Problem(where, f"{path}.{name}", f"no `{name}` to remove{_hint(name, known, gone)}")
        elif keep and REMOVE in item.mapping and name in kept(keep.mapping[ONLY]):
            yield Problem(item.place, f"{path}.{name}", f"`only` on line {keep.place.line} keeps it; choose one")
        elif keep and REMOVE not in item.mapping and name in known and name not in kept(keep.mapping[ONLY]):
            message = f"`only` on line {keep.place.line} takes it out; name it there, or leave this out"
            yield Problem(item.place, f"{path}.{name}", message)


def _hint(name: object, known: list[str], gone: dict[str | None, Place]) -> str:
    if name in gone:
        return f": removed at {gone[str(name)]} already"
    return suggestion(str(name), known) or f"; one of {', '.join(known[:8]) or 'none is inherited'}"
