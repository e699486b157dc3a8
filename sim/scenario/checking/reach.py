"""How far happenings can take a parameter: the ends of its value, moved by the ends of the changes in force with them.

Ends are those that are written. The tails beyond the quantiles of a distribution, and changes that meet by chance alone
(on dates that are drawn, by conditions), are left to the run, which stops where a parameter leaves its range.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sim.errors import Place, Problem
from sim.language.declarations import Field, Quantity
from sim.language.distributions import Fixed, written_ends
from sim.language.values import shown
from sim.scenario.grammar.changes import Change, Changes, amount_field
from sim.scenario.grammar.conditions import Ties
from sim.scenario.scenario import Value

Ends = tuple[float, float]

NAN = math.nan
"""No limit, scaled by nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change, as far as it is known before a future begins."""

    owner: Value
    change: Change
    begins: float
    """The day, where one is written; the first for a date that is drawn, moved or waits for a condition."""
    dated: bool
    certain: bool
    """Whether it comes in every future."""
    excluded: frozenset[str]

    def after(self, other: "Step") -> bool:
        """Whether another change is sure to come no later, and may still be in force and not excluded then."""
        over = max(0.0, other.begins) + other.change.lasting
        meets = other.dated and max(0.0, self.begins) < over
        names = {str(self.owner.target.row)} & other.excluded | {str(other.owner.target.row)} & self.excluded
        return meets and not names

    def moved(self, ends: Ends) -> Ends:
        """The ends of the parameter once it has come."""
        low, high = written_ends(self.change.spec)
        match self.change.verb:
            case "set":
                return low, high
            case "scale":
                corners = [end * factor for end in ends for factor in (low, high)]
                return (min(corners), max(corners)) if all(corner == corner for corner in corners) else (NAN, NAN)
            case _:
                return ends[0] + low, ends[1] + high

    def text(self, start: date) -> str:
        """What it does, as one would write it."""
        field = amount_field(self.change.target.field, self.change.verb)
        ends = dict.fromkeys(shown(end, field, start) for end in written_ends(self.change.spec))
        return f"{self.change.verb} {' to '.join(ends)} (`{self.owner.target.row}`)"


@dataclass(frozen=True, slots=True)
class NumberMove:
    """A change on top of those that may be in force before it, and the ends between which it leaves its parameter."""

    value: Value
    earlier: tuple[Step, ...]
    step: Step
    ends: Ends

    @property
    def place(self) -> tuple[Place, str]:
        """Where the change stands, and its path."""
        assert self.step.owner.node is not None
        path = self.value.path
        return self.step.owner.node.mapping[path].place, f"{self.step.owner.path}.{path}"

    def text(self, start: date) -> str:
        """The value, and what is done to it in turn."""
        assert self.value.distribution is not None
        ends = (number_of(end, self.value.field, start) for end in dict.fromkeys(written_ends(self.value.distribution)))
        return ", then ".join([" to ".join(ends), *(step.text(start) for step in (*self.earlier, self.step))])


def moves(values: Mapping[str, Value], rows: Sequence[str]) -> Iterator[NumberMove]:
    """Every change of a number; `rows` are the happenings in the order of their rows."""
    steps = sorted(
        _steps(values), key=lambda step: (step.begins, not step.dated, rows.index(str(step.owner.target.row)))
    )
    for number, step in enumerate(steps):
        value = values.get(step.change.target.path)
        if value is None or value.distribution is None or not isinstance(value.field.kind, Quantity):
            continue
        earlier = tuple(
            other for other in steps[:number] if other.change.target.path == value.path and step.after(other)
        )
        ends = written_ends(value.distribution)
        for other in earlier:
            low, high = other.moved(ends)
            ends = (low, high) if other.certain else (min(ends[0], low), max(ends[1], high))
        yield NumberMove(value, earlier, step, step.moved(ends))


def range_problems(moves: Iterable[NumberMove], start: date) -> Iterator[Problem]:
    """Changes that can take a parameter out of its range."""
    for move in moves:
        field, (low, high) = move.value.field, move.ends
        if not (field.low <= low and high <= field.most):
            reached = low if not field.low <= low else high
            got = number_of(reached, field, start)
            yield Problem(*move.place, f"{bounds_text(field, start)}, got {got}: {move.text(start)}")


def bounds_text(field: Field, start: date) -> str:
    """The range of a parameter, in words."""
    if math.isinf(field.most):
        return f"expected {shown(field.low, field, start)} or more"
    if math.isinf(field.low):
        return f"expected {shown(field.most, field, start)} or less"
    return f"expected {shown(field.low, field, start)} to {shown(field.most, field, start)}"


def number_of(number: float, field: Field, start: date) -> str:
    """A number that a parameter came to, in words: a value, no limit, or none at all."""
    if math.isfinite(number):
        return shown(float(f"{number:.12g}"), field, start)
    return "no number" if math.isnan(number) else "no limit"


def _steps(values: Mapping[str, Value]) -> Iterator[Step]:
    changed = [value for value in values.values() if isinstance(value.spec, Changes)]
    moved = {
        change.target.path for value in changed if isinstance(value.spec, Changes) for change in value.spec.changes
    }
    for value in changed:
        happening = value.path.removesuffix("changes")
        at = values.get(f"{happening}at")
        dated = at is not None and isinstance(at.spec, Fixed) and at.path not in moved
        dated = dated and f"{happening}when" not in values
        probability = values.get(f"{happening}probability")
        excludes = _others(values, value, "excludes")
        certain = dated and not excludes and not _ids(values, f"{happening}requires")
        certain = certain and probability is not None and probability.spec == Fixed(1.0)
        begins = at.spec.value if dated and at is not None and isinstance(at.spec, Fixed) else 0.0
        assert isinstance(value.spec, Changes)
        for change in value.spec.changes:
            yield Step(value, change, begins, dated, certain, excludes)


def _others(values: Mapping[str, Value], owner: Value, key: str) -> frozenset[str]:
    """The happenings that exclude this one or are excluded by it."""
    happening = owner.path.removesuffix(f"{owner.target.row}.changes")
    own = set(_ids(values, f"{happening}{owner.target.row}.{key}"))
    theirs = {
        path.removeprefix(happening).removesuffix(f".{key}")
        for path in values
        if path.startswith(happening) and path.endswith(f".{key}") and owner.target.row in _ids(values, path)
    }
    return frozenset(own | theirs)


def _ids(values: Mapping[str, Value], path: str) -> tuple[str, ...]:
    spec = values[path].spec if path in values else None
    return spec.ids if isinstance(spec, Ties) else ()
