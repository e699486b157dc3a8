"""A YAML file of an earlier version with the names of today: a scenario, a sweep, policies or gates.

Names are replaced where they stand in the text: comments, order and layout stay. Nothing is read but the file itself;
what it extends is migrated for itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from sim.errors import InputError, Place, Problem
from sim.language.renamed import renamed_in, renamed_path
from sim.language.yaml_nodes import Node, read_document
from sim.scenario.reading.merging import item_id

_NAME_MEASURES = ("gates", "measure", "measures", "objectives", "target", "weights")
"""Keys under which texts name measures."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """One name of a file, or a text that names something: `old` as it stands at `place`, and what replaces it."""

    place: Place
    old: str
    new: str


def migrated(text: str, file: str) -> tuple[str, list[Renaming]]:
    """The text with the names of today, and what was replaced. Raises InputError for each name that cannot be."""
    problems: list[Problem] = []
    visits: dict[Place, set[Renaming | None]] = {}
    for place, renaming in _names(read_document(text, file), (), False, problems):
        visits.setdefault(place, set()).add(renaming)
    spans, pieces, done, end = _spans(text, file), list[str](), list[Renaming](), 0
    for place, ways in sorted(visits.items(), key=lambda visit: visit[0]):
        renaming = next((each for each in ways if each is not None), None)
        if renaming is None:
            continue
        start, after = spans.get(place, (0, 0))
        written = text[start:after]
        if len(ways) > 1:
            problems.append(_by_hand(renaming, "an anchor puts it in two places, and only in one of them it changed"))
        elif written.count(renaming.old) == 1:
            pieces += [text[end:start], written.replace(renaming.old, renaming.new)]
            done.append(renaming)
            end = after
        elif not written.startswith("*"):  # what an alias names is renamed where its anchor stands
            problems.append(_by_hand(renaming, "it is written in a way that only a person can change"))
    if problems:
        raise InputError(problems)
    return "".join([*pieces, text[end:]]), done


def _by_hand(renaming: Renaming, reason: str) -> Problem:
    old, new = (" ".join(text.split()) for text in (renaming.old, renaming.new))
    return Problem(renaming.place, old, f"write `{new}` by hand: {reason}")


def _spans(text: str, file: str) -> dict[Place, tuple[int, int]]:
    """Where each scalar of the text begins and ends, quotes and anchors included; and each alias."""
    spans = {}
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        begins, ends = event.start_mark, event.end_mark
        if begins and ends and isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            spans[Place(file, begins.line + 1, begins.column + 1)] = (begins.index, ends.index)
    return spans


Visits = Iterator[tuple[Place, Renaming | None]]
"""Places of names, each with how it is renamed; None where it stays."""


def _names(node: Node, path: tuple[str, ...], of_measures: bool, problems: list[Problem]) -> Visits:
    """The names in a tree that stands at a path of a scenario; of measures, where they are what texts name."""
    if isinstance(node.value, str):
        new = _text(node.value, of_measures)
        yield node.place, Renaming(node.place, node.value, new) if new != node.value else None
    for item in node.items:
        yield from _names(item, (*path, item_id(item) or "-"), of_measures, problems)
    for key, child in node.mapping.items():
        new = _key(key, path, of_measures)
        if new != key and new in node.mapping:
            problems.append(Problem(child.key_place, key, f"it is called `{new}` now, which stands here too; keep one"))
        yield child.key_place, Renaming(child.key_place, key, new) if new != key else None
        below = () if path == ("overrides",) else (*path, key)  # a block of changes stands at the top once more
        yield from _names(child, below, of_measures or key in _NAME_MEASURES, problems)


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
