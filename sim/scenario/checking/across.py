"""Checks across values: what a scenario must keep as a whole. A file goes through them, and so does its variation.

The window that findings are about lies inside the futures, and a month lies inside the window: a window that no month
falls into would measure nothing, no shortfall, so every gate on one would pass. A chip that is held, offered or made
has the rates by which its worth is counted: left out, they would count as 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sim.errors import Problem
from sim.language.dates import date_text, days_since, months
from sim.language.declarations import Reference
from sim.language.distributions import Fixed, written_ends
from sim.language.values import After
from sim.scenario.checking.reach import NumberMove, moves, range_problems
from sim.scenario.grammar.changes import Change, Changes
from sim.scenario.grammar.hits import CHIPS
from sim.scenario.grammar.in_order import Passages
from sim.scenario.scenario import Link, Scenario, Value
from sim.world.fleet.holdings import RENTED as OF_A_LANDLORD
from sim.world.hardware.chips import NEEDED
from sim.world.pathways import RENTED

_ROUNDING = 1e-9
"""By which parts written in decimals may miss their whole."""

HAPPENINGS = "happenings"
"""The table whose rows change others."""
HOLDINGS = "holdings"
"""The table of chips of one kind at one site."""

_TO_A_CHIP, _TO_A_HOLDING = Reference(CHIPS), Reference(HOLDINGS)
"""What values are that name a row of these."""


def problems_across(
    values: Mapping[str, Value], things: Mapping[str, Sequence[str]], start: date, end: date
) -> Iterator[Problem]:
    """What does not fit together, each at the place of the value that says so."""
    all_moves = tuple(moves(values, things.get(HAPPENINGS, ())))
    yield from window_problems(values, start, end)
    yield from _part_problems(values, all_moves)
    yield from _relative(values)
    yield from _asked_twice(values)
    yield from _deepens_nothing(values)
    yield from _rentless(values)
    yield from range_problems(all_moves, start)


def is_read_across(scenario: Scenario, path: str) -> bool:
    """Whether these checks read a parameter. Whoever sets none of those need not ask them again."""
    value = scenario.values[path]
    of_a_whole = value.field.parts or value.target.table in (HOLDINGS, HAPPENINGS)
    return of_a_whole or path in WINDOW or path in scenario.changing


def _part_problems(values: Mapping[str, Value], all_moves: Sequence[NumberMove]) -> Iterator[Problem]:
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
        for move in all_moves:
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


def _asked_twice(values: Mapping[str, Value]) -> Iterator[Problem]:
    """A government decides once on each order: the exporter and the buyer's own are not asked again between."""
    for value in values.values():
        if isinstance(value.spec, Passages) and value.node is not None:
            for side in ("exporter", "buyer"):
                end = values.get(f"{value.path.removesuffix(value.field.name)}{side}")
                if end is not None and isinstance(end.spec, Link) and end.spec.id in value.spec.ids:
                    message = f"`{end.spec.id}` is the {side} of this offer; leave it out here"
                    yield Problem(value.node.place, value.path, message)


def _deepens_nothing(values: Mapping[str, Value]) -> Iterator[Problem]:
    """An investor that brings rental depth names the offer that has it."""
    for value in values.values():
        if value.target.table == "investors" and value.field.name == "depth" and value.node is not None:
            rents = values[f"{value.path.removesuffix('depth')}rents"]
            if rents.spec == Link(None) and value.spec != Fixed(0.0):
                yield Problem(value.node.place, value.path, "of what? Name the offer of rent at home in `rents`")


def _rentless(values: Mapping[str, Value]) -> Iterator[Problem]:
    """Rented chips of the first day come by an offer of rent, which says what they cost."""
    landlords = set()
    for value in values.values():
        if isinstance(value.spec, Link) and value.field.kind == _TO_A_HOLDING:
            way = values[value.path.removesuffix(value.field.name) + "pathway"].spec
            if isinstance(way, Fixed) and RENTED[int(way.value)]:
                landlords.add(value.spec.id)
    for value in values.values():
        if value.target.table == HOLDINGS and value.field.name == "tenure" and value.spec == Fixed(OF_A_LANDLORD):
            opening = values[value.path.removesuffix(value.field.name) + "opening"]
            if opening.node is not None and opening.spec != Fixed(0.0) and value.target.row not in landlords:
                message = "rented on the first day, but no offer of rent goes to this holding, so nobody would pay"
                yield Problem(opening.node.place, opening.path, message)


def _changes(value: Value) -> tuple[Change, ...]:
    return value.spec.changes if isinstance(value.spec, Changes) else ()


WINDOW = ("window.reporting_from", "window.reporting_until", "window.later")
"""The dates of the window, in the order in which they must come."""


def window_problems(values: Mapping[str, Value], start: date, end: date) -> Iterator[Problem]:
    """What is wrong with the window; nothing for a world that has none."""
    dates = [values[path] for path in WINDOW if path in values]
    uncertain = [value for value in dates if not isinstance(value.spec, Fixed)]
    for value in uncertain:
        yield _window_problem(value, "expected one date; the findings of all futures are about one window")
    if uncertain or len(dates) < len(WINDOW):
        return
    first, last, later = (value.spec.value for value in dates if isinstance(value.spec, Fixed))
    if first < 0.0:
        yield _window_problem(dates[0], f"{date_text(start, first)} is before start ({start})")
    if later < last:
        yield _window_problem(dates[2], f"{date_text(start, later)} is before {WINDOW[1]} ({date_text(start, last)})")
    if later > days_since(start, end):
        yield _window_problem(dates[2], f"{date_text(start, later)} is after end ({end})")
    days = ((days_since(start, begins), days_since(start, ends)) for begins, ends in months(start, end))
    if not any(first <= begins and ends <= last for begins, ends in days):
        yield _window_problem(dates[1], f"no month lies between {WINDOW[0]} ({date_text(start, first)}) and this date")


def _window_problem(value: Value, message: str) -> Problem:
    assert value.node is not None  # all three must be given
    return Problem(value.node.place, value.path, message)


def rate_problems(values: Mapping[str, Value]) -> Iterator[Problem]:
    """Every rate that is missing, where the chip is put to use."""
    for value in values.values():
        if value.node is None or value.field.kind != _TO_A_CHIP or value.target.table == CHIPS:
            continue
        chip = value.spec.id if isinstance(value.spec, Link) else None
        for name in NEEDED:
            rate = values.get(f"{CHIPS}.{chip}.{name}")
            if rate is not None and rate.node is None:
                missing = f"`{chip}` has no {name} ({rate.field.meaning})"
                yield Problem(
                    value.node.place, value.path, f"{missing}; write {rate.path}, and 0 if that is what it has"
                )
