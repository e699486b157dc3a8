"""One parameter as it is written: a number, a date, a word, an id, or a distribution of them, with its grounds.

Reading never stops at the first mistake: a problem is noted, and None is returned for what could not be read.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sim.errors import Problem
from sim.language.dates import date_text, days_since, parse_date
from sim.language.declarations import Days, Field, Moment, Options, Quantity, Whole
from sim.language.distributions import (
    Choice,
    Distribution,
    Fixed,
    Mixture,
    Pert,
    Quantiles,
    Triangular,
    Truncated,
    Uniform,
    middle_of,
    written_ends,
)
from sim.language.units import UnitError, convert, written
from sim.language.yaml_nodes import Node, flow, number_text, suggestion

DURATION: Quantity = Days.__metadata__[0]  # type: ignore[attr-defined]

GROUNDS = ("source", "note", "why", "confidence", "date", "public_since", "review_after", "derived")
"""Keys that say where a value comes from; they may stand beside it."""

FORMS: dict[frozenset[str], str] = {
    frozenset(keys.split()): keys
    for keys in (
        "value",
        "p5 p50 p95",
        "p10 p90",
        "p10 p50 p90",
        "low mode high",
        "pert",
        "between",
        "mixture",
        "truncated",
        "choice",
        "after",
    )
}
_PLACES = 1e-9
"""How far weights may add up from 1 when they are written as decimals."""


@dataclass(frozen=True, slots=True)
class After:
    """A date so many days after the thing's preceding date."""

    delay: Distribution


Spec = Distribution | After


@dataclass
class NumberReader:
    """Reads single numbers of one field; `path` names it in problems, `start` is day 0 of dates.

    `signed`: the number is a difference, before which a plus may stand.
    """

    field: Field
    path: str
    start: date
    problems: list[Problem]
    signed: bool = False

    def number(self, node: Node) -> float | None:
        """One number, in the inside unit and within the field's range."""
        try:
            number = self._convert(node)
        except (UnitError, ValueError) as error:
            self._wrong(node, str(error))
            return None
        if number < self.field.low or number > self.field.high:
            side, bound = ("below", self.field.low) if number < self.field.low else ("above", self.field.high)
            self._wrong(node, f"{flow(node)} is {side} {shown(bound, self.field, self.start)}")
            return None
        return number

    def _convert(self, node: Node) -> float:
        given, kind = node.value, self.field.kind
        if isinstance(given, bool | dict | list) or given is None:
            raise ValueError(f"{flow(node)} is not a value; {expected(self.field)}")
        match kind:
            case Quantity() if isinstance(given, str) and given.startswith("+") and not self.signed:
                bare = given.removeprefix("+").strip()
                change = f"{{shift: {bare}}} in a happening"
                raise ValueError(f"`{given}` is a difference, expected a value; write {bare}, or {change}")
            case Quantity():
                return convert(given, kind)
            case Moment():
                return days_since(self.start, parse_date(str(given), self.start))
            case Options():
                return self._option(str(given), kind)
            case Whole() if isinstance(given, float) and given == math.floor(given):
                return given
            case _:
                raise ValueError(f"{flow(node)} is not a whole number; {expected(self.field)}")

    def _option(self, word: str, kind: Options) -> float:
        if word not in kind.words:
            raise ValueError(f"`{word}` is none of {', '.join(kind.words)}{suggestion(word, kind.words)}")
        return float(kind.words.index(word))

    def _wrong(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.place, self.path, message))


@dataclass
class SpreadReader(NumberReader):
    """Reads the distributions that a few numbers make."""

    def _numbers(self, parts: dict[str, Node], keys: tuple[str, ...]) -> list[float] | None:
        """The numbers of these keys, which must not fall."""
        numbers = [self.number(parts[key]) for key in keys]
        readable = [number for number in numbers if number is not None]
        if len(readable) < len(keys):
            return None
        for i in range(1, len(keys)):
            if readable[i - 1] > readable[i]:
                earlier = f"{keys[i - 1]} ({flow(parts[keys[i - 1]])})"
                self._wrong(parts[keys[i]], f"{keys[i]} ({flow(parts[keys[i]])}) is below {earlier}")
                return None
        return readable

    def _quantiles(self, tail: float, parts: dict[str, Node], keys: tuple[str, ...]) -> Distribution | None:
        distribution = self._numbers(parts, keys)
        return None if distribution is None else self._spread(tail, *distribution)

    def _outer(self, parts: dict[str, Node]) -> Distribution | None:
        distribution = self._numbers(parts, ("p10", "p90"))
        if distribution is None:
            return None
        middle = middle_of(distribution[0], distribution[1], self.field.low, self.field.high)
        if isinstance(self.field.kind, Moment):
            middle = math.floor(middle)  # a date is a day
        return self._spread(0.10, distribution[0], middle, distribution[1])

    def _spread(self, tail: float, low: float, middle: float, high: float) -> Distribution:
        if low == high:
            return Fixed(middle)
        return Quantiles(tail, low, middle, high, self.field.low, self.field.high)

    def _three(self, shape: type[Triangular] | type[Pert], parts: dict[str, Node]) -> Distribution | None:
        distribution = self._numbers(parts, ("low", "mode", "high"))
        if distribution is None:
            return None
        return shape(*distribution) if distribution[0] < distribution[2] else Fixed(distribution[0])

    def _pert(self, node: Node) -> Distribution | None:
        if set(node.mapping) != {"low", "mode", "high"}:
            self._wrong(node, "write {pert: {low: , mode: , high: }}")
            return None
        return self._three(Pert, node.mapping)

    def _between(self, node: Node) -> Distribution | None:
        if len(node.items) != 2:
            self._wrong(node, "write {between: [lowest, highest]}")
            return None
        distribution = self._numbers(dict(zip(("from", "to"), node.items, strict=True)), ("from", "to"))
        if distribution is None:
            return None
        return Uniform(*distribution) if distribution[0] < distribution[1] else Fixed(distribution[0])


@dataclass
class ValueReader(SpreadReader):
    """Reads values of one field: numbers and every form of distribution."""

    def read(self, node: Node) -> Spec | None:
        """The value, or None with the problems noted."""
        if not isinstance(node.value, dict):
            number = self.number(node)
            return None if number is None else Fixed(number)
        parts = {key: child for key, child in node.mapping.items() if key not in GROUNDS}
        form = FORMS.get(frozenset(parts))
        if form is None:
            return self._unknown_form(node, parts)
        return self._form(form, parts, node)

    def _form(self, form: str, parts: dict[str, Node], node: Node) -> Spec | None:
        reading: dict[str, Callable[[], Spec | None]] = {
            "value": lambda: self.read(parts["value"]),
            "p5 p50 p95": lambda: self._quantiles(0.05, parts, ("p5", "p50", "p95")),
            "p10 p50 p90": lambda: self._quantiles(0.10, parts, ("p10", "p50", "p90")),
            "p10 p90": lambda: self._outer(parts),
            "low mode high": lambda: self._three(Triangular, parts),
            "pert": lambda: self._pert(parts["pert"]),
            "between": lambda: self._between(parts["between"]),
            "mixture": lambda: self._mixture(parts["mixture"]),
            "truncated": lambda: self._truncated(parts["truncated"]),
            "choice": lambda: self._choice(parts["choice"]),
            "after": lambda: self._after(parts["after"]),
        }
        if form not in ("value", "choice", "after") and not isinstance(self.field.kind, Quantity | Moment):
            self._wrong(node, f"a distribution of what is not a number; {expected(self.field)}")
            return None
        return reading[form]()

    def _mixture(self, node: Node) -> Distribution | None:
        if not node.items or any("weight" not in item.mapping for item in node.items):
            self._wrong(node, "write {mixture: [{weight: 0.5, value: ...}, {weight: 0.5, p5: ...}]}")
            return None
        weights = self._weights(node, [item.mapping["weight"] for item in node.items])
        parts = [self._part(item) for item in node.items]
        distribution = tuple(part for part in parts if part is not None)
        if weights is None or len(distribution) < len(parts):
            return None
        return Mixture(distribution, weights)

    def _part(self, item: Node) -> Distribution | None:
        rest = {key: child for key, child in item.mapping.items() if key != "weight"}
        part = self.read(replace(item, value=rest))
        if isinstance(part, After):
            self._wrong(item, "`after` cannot be part of a mixture")
            return None
        return part

    def _truncated(self, node: Node) -> Distribution | None:
        rest = {key: child for key, child in node.mapping.items() if key != "from"}
        if len(rest) == len(node.mapping):
            self._wrong(node, "write {truncated: {from: the least value, p5: ...}}")
            return None
        least, whole = self.number(node.mapping["from"]), self.read(replace(node, value=rest))
        if isinstance(whole, After):
            self._wrong(node, "`after` cannot be truncated")
            return None
        if least is None or whole is None:
            return None
        if written_ends(whole)[1] < least:
            self._wrong(node, f"nothing of it is left from {shown(least, self.field, self.start)} on")
            return None
        return Truncated(whole, least)

    def _choice(self, node: Node) -> Distribution | None:
        if self.field.luck:
            self._wrong(node, "luck inside a future cannot be a choice; use a `probability` or a mixture")
            return None
        if not node.mapping:
            self._wrong(node, "write {choice: {one: 0.3, other: 0.7}}")
            return None
        values = [self.number(Node(key, child.key_place, child.key_place)) for key, child in node.mapping.items()]
        weights = self._weights(node, list(node.mapping.values()))
        readable = [value for value in values if value is not None]
        if weights is None or len(readable) < len(values):
            return None
        pairs = sorted(zip(readable, weights, strict=True))
        return Choice(tuple(value for value, _ in pairs), tuple(weight for _, weight in pairs))

    def _weights(self, node: Node, given: list[Node]) -> tuple[float, ...] | None:
        share = NumberReader(_SHARE, self.path, self.start, self.problems)
        shares = [share.number(weight) for weight in given]
        weights = tuple(weight for weight in shares if weight is not None)
        if len(weights) < len(shares):
            return None
        if abs(sum(weights) - 1.0) > _PLACES:
            self._wrong(node, f"the weights add up to {sum(weights):g}, not to 1")
            return None
        return weights

    def _after(self, node: Node) -> Spec | None:
        if not (isinstance(self.field.kind, Moment) and self.field.luck):
            self._wrong(node, f"`after` is for dates drawn inside a future; {expected(self.field)}")
            return None
        delay = replace(self.field, kind=DURATION, low=DURATION.low, high=DURATION.high)
        spec = ValueReader(delay, self.path, self.start, self.problems).read(node)
        return spec if spec is None or isinstance(spec, After) else After(spec)

    def _unknown_form(self, node: Node, parts: dict[str, Node]) -> Spec | None:
        known = [*dict.fromkeys(" ".join(FORMS.values()).split()), *GROUNDS]
        for key, child in parts.items():
            if key not in known:
                place = child.key_place
                hint = suggestion(key, known)
                self.problems.append(Problem(place, f"{self.path}.{key}", f"unknown key{hint or _FORMS_TEXT}"))
                return None
        self._wrong(node, f"`{', '.join(parts) or 'nothing'}` is no distribution{_FORMS_TEXT}")
        return None


_FORMS_TEXT = "; write one of " + " | ".join("{" + ", ".join(form.split()) + "}" for form in FORMS.values())
_SHARE = Field("weight", "probability", Quantity("share", "share"), True, False, None, 0.0, 1.0)


def expected(field: Field) -> str:
    """What a value of this field looks like."""
    match field.kind:
        case Quantity(name, unit):
            return f"expected {name} in {unit}"
        case Moment():
            return "expected a date, written YYYY-MM-DD"
        case _:
            return f"expected {field.unit}"


def spelled(value: float, field: Field, start: date) -> str | float:
    """A number of this field as the language writes it."""
    match field.kind:
        case Quantity():
            return written(value, field.kind)
        case Moment():
            return date_text(start, value)
        case Options(words):
            return words[int(value)]
        case _:
            return value


def spelled_spec(spec: Spec, field: Field, start: date) -> object:
    """A value as the language writes it, in the inside unit: reading it again gives an equal value."""

    def each(*pairs: tuple[str, float]) -> dict[str, object]:
        return {key: spelled(value, field, start) for key, value in pairs}

    match spec:
        case Fixed(value):
            return spelled(value, field, start)
        case Quantiles(tail, low, middle, high):
            keys = ("p5", "p50", "p95") if tail == 0.05 else ("p10", "p50", "p90")
            return each(*zip(keys, (low, middle, high), strict=True))
        case Triangular(low, mode, high):
            return each(("low", low), ("mode", mode), ("high", high))
        case Pert(low, mode, high):
            return {"pert": each(("low", low), ("mode", mode), ("high", high))}
        case Uniform(low, high):
            return {"between": [spelled(low, field, start), spelled(high, field, start)]}
        case Choice(values, weights):
            return {"choice": {shown(value, field, start): w for value, w in zip(values, weights, strict=True)}}
        case Truncated(other, least):
            return {"truncated": {"from": spelled(least, field, start), **_keys(other, field, start)}}
        case Mixture(parts, weights):
            return {"mixture": [_weighed(part, w, field, start) for part, w in zip(parts, weights, strict=True)]}
        case After(delay):
            return {"after": spelled_spec(delay, replace(field, kind=DURATION), start)}
    raise TypeError(type(spec).__name__)


def shown(value: float, field: Field, start: date) -> str:
    """A number of this field as text."""
    spelled_value = spelled(value, field, start)
    return number_text(spelled_value) if isinstance(spelled_value, float) else spelled_value


def _weighed(part: Distribution, weight: float, field: Field, start: date) -> dict[str, object]:
    return {"weight": weight, **_keys(part, field, start)}


def _keys(part: Distribution, field: Field, start: date) -> dict[str, object]:
    """A distribution inside another, as keys of a mapping."""
    spelled_part = spelled_spec(part, field, start)
    return spelled_part if isinstance(spelled_part, dict) else {"value": spelled_part}
