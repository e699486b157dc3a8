"""Checks across values: what a scenario must keep as a whole. A file goes through them, and so does its variation."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sim.errors import Problem
from sim.language.distributions import written_ends
from sim.language.values import After
from sim.scenario.changes import Change, Changes
from sim.scenario.reach import Move, moves, range_problems
from sim.scenario.scenario import Value
from sim.scenario.window import WINDOW, window_problems

_ROUNDING = 1e-9
"""By which parts written in decimals may miss their whole."""

HAPPENINGS = "happenings"
"""The table whose rows change others."""


def problems_across(
    values: Mapping[str, Value], things: Mapping[str, Sequence[str]], start: date, end: date
) -> Iterator[Problem]:
    """What does not fit together, each at the place of the value that says so."""
    found = tuple(moves(values, things.get(HAPPENINGS, ())))
    yield from window_problems(values, start, end)
    yield from _part_problems(values, found)
    yield from _relative(values)
    yield from range_problems(found, start)


def paths_across(values: Mapping[str, Value]) -> frozenset[str]:
    """The parameters that these checks read: whoever sets none of them need not ask again."""
    changed = {change.target.path for value in values.values() for change in _changes(value)}
    read = {path for path, value in values.items() if value.field.parts or value.target.table == HAPPENINGS}
    return frozenset({*WINDOW, *changed, *read})


def _part_problems(values: Mapping[str, Value], found: Sequence[Move]) -> Iterator[Problem]:
    """Things that divide a whole among them: their parts add up to one at most, whatever a happening makes of them."""
    lists: dict[str, dict[str, float]] = {}
    for value in values.values():
        if value.field.parts and value.distribution is not None:
            name = f"{value.path.rsplit('.', 2)[0]}.*.{value.field.name}"
            lists.setdefault(name, {})[value.path] = written_ends(value.distribution)[0]
    for name, least in lists.items():
        total = sum(least.values())
        nodes = [node for path in least if (node := values[path].node) is not None]
        if total > 1.0 + _ROUNDING and nodes:
            yield Problem(
                max(node.place for node in nodes), name, f"expected parts of one whole, got {total:.6g} in all"
            )
            continue
        for move in found:
            if move.value.path in least:
                reached = total - least[move.value.path] + move.ends[1]
                if reached > 1.0 + _ROUNDING:
                    message = f"expected {name} to stay parts of one whole, got {reached:.6g} in all"
                    yield Problem(*move.place, message)


def _relative(values: Mapping[str, Value]) -> Iterator[Problem]:
    """Dates that count from an earlier one are not set."""
    for value in values.values():
        for change in _changes(value):
            changed = values.get(change.target.path)
            relative = changed is not None and isinstance(changed.spec, After)
            if relative and change.verb == "set" and value.node is not None:
                message = "counted from an earlier date (`after`), so it cannot be set; use later or earlier"
                place = value.node.mapping[change.target.path].place
                yield Problem(place, f"{value.path}.{change.target.path}", message)


def _changes(value: Value) -> tuple[Change, ...]:
    return value.spec.changes if isinstance(value.spec, Changes) else ()
