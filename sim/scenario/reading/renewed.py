"""Old names in a tree: what they are called now. A file that has them is read by the new ones, and says so.

Names are those of the table in `renamed`: keys, paths, settings, and measures in gates and lists of them.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from sim.errors import InputError, Place, Problem
from sim.language.renamed import renamed_in, renamed_path
from sim.language.yaml_nodes import Node
from sim.scenario.reading.things import item_id

LOG = logging.getLogger(__name__)

_NAME_MEASURES = ("gates", "measure", "measures", "objectives", "target", "weights")
"""Keys under which texts name measures."""


Entry = tuple[str, Node]


@dataclass(frozen=True, slots=True)
class Renaming:
    """One name of a file, or a text that names something: `old` as it stands at `place`, and what replaces it."""

    place: Place
    old: str
    new: str


def renewed(tree: Node) -> Node:
    """The tree of a file with the names of today; of those that changed there is a line in the log.

    Raises InputError where an old name and the new one stand together.
    """
    walk = Renewal()
    new = walk.of(tree, (), of_measures=False)
    if walk.problems:
        raise InputError(walk.problems)
    say([each for _, each in walk.names if each])
    return new


def say(renamings: list[Renaming]) -> None:
    """A line on what a file, or a setting, calls by an old name."""
    if not renamings:
        return
    first, more = renamings[0], len(renamings) - 1
    old, new = (" ".join(text.split()) for text in (first.old, first.new))
    others = f", and {more} more" if more else ""
    writes = "" if first.place.file.startswith("--") else f"; python -m sim migrate {first.place.file}"
    _once(f"{first.place}: `{old}` is called `{new}` now{others}{writes}")


@cache
def _once(line: str) -> None:
    """A file is read more than once in a command, and a line said once."""
    LOG.warning(line)


@dataclass
class Renewal:
    """A walk over a tree: every name that it passes, with how it is renamed (None: not at all), and what is wrong."""

    names: list[tuple[Place, Renaming | None]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, node: Node, path: tuple[str, ...], of_measures: bool) -> Node:
        """What stands at a path of a scenario, with the names of today; of measures, where texts name these."""
        if isinstance(node.value, str):
            text = self._name(node.place, node.value, _text(node.value, of_measures))
            return node if text == node.value else replace(node, value=text)
        if isinstance(node.value, list):
            return replace(
                node, value=[self.of(item, (*path, item_id(item) or "-"), of_measures) for item in node.value]
            )
        if isinstance(node.value, dict):
            return replace(node, value=dict(self._entries(node.value, path, of_measures)))
        return node

    def _entries(
        self, mapping: dict[str, Node], path: tuple[str, ...], of_measures: bool
    ) -> Iterator[tuple[str, Node]]:
        for key, child in mapping.items():
            new = _key(key, path, of_measures)
            if new != key and new in mapping:
                message = f"it is called `{new}` now, which stands here too; keep one"
                self.problems.append(Problem(child.key_place, key, message))
            self._name(child.key_place, key, new)
            below = () if path == ("overrides",) else (*path, key)  # a block of changes stands at the top once more
            yield new, self.of(child, below, of_measures or key in _NAME_MEASURES)

    def _name(self, place: Place, old: str, new: str) -> str:
        self.names.append((place, Renaming(place, old, new) if new != old else None))
        return new


def _key(key: str, path: tuple[str, ...], of_measures: bool) -> str:
    """What a key is called now: a whole path, a measure, or one step below a path."""
    if of_measures:
        return renamed_in(key)
    if "." in key:
        return renamed_path(key) or key
    return (renamed_path(".".join((*path, key))) or key).rpartition(".")[2]


def _text(text: str, of_measures: bool) -> str:
    """A text with the names of today: a path, a setting that begins with one, or what names measures."""
    path, equals, value = text.partition("=")
    if "." in path and (new := renamed_path(path.strip())):
        return path.replace(path.strip(), new) + equals + value
    return renamed_in(text) if of_measures else text
