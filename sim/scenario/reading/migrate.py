"""A YAML file of an earlier version with the names of today: a scenario, a sweep, policies or gates.

Names are replaced where they stand in the text: comments, order and layout stay. Nothing is read but the file itself;
what it extends is migrated for itself.
"""

import yaml

from sim.errors import InputError, Place, Problem
from sim.language.yaml_nodes import read_document
from sim.scenario.reading.renewed import Renaming, Renewal


def migrated(text: str, file: str) -> tuple[str, list[Renaming]]:
    """The text with the names of today, and what was replaced. Raises InputError for each name that cannot be."""
    walk = Renewal()
    walk.of(read_document(text, file), (), of_measures=False)
    problems, visits = walk.problems, dict[Place, set[Renaming | None]]()
    for place, renaming in walk.names:
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
