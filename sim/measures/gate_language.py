"""The language of gates: `p50(next_delay) <= 6 months`, `delta(baseline.yaml, mean(unserved)) <= 10 points`.

    gate       statistic comparison amount
    statistic  mean(measure) | pNN(measure) | prob(flag) | prob(measure comparison amount) | delta(file, statistic)
    comparison <= | < | >= | >

`prob` of a flag is the share of futures in which it is up. A quantile is the smallest value that so many futures do not
exceed; what did not happen by the horizon counts as worse than any number. `delta` is this scenario less the other one,
future by future. An amount is written in any unit of the measure's kind; a bare number is in the measure's own unit.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from sim.errors import InputError, Place, Problem
from sim.language.declarations import Quantity
from sim.language.units import UnitError, bare_number, convert
from sim.measures import wording
from sim.measures.measures import Measure, measure
from sim.scenario.reading.files import named_file
from sim.scenario.scenario import Scenario, Text

Comparison = Literal["<=", "<", ">=", ">"]

COMPARE: dict[Comparison, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}

IN_WORDS: dict[Comparison, str] = {"<=": "at most", "<": "less than", ">=": "at least", ">": "more than"}

_TOKEN = re.compile(
    r"\s*(?:(?P<file>[\w./-]+\.ya?ml)|(?P<word>[A-Za-z_]\w*(?:\.\d+)?)|(?P<comparison><=|>=|<|>)|(?P<mark>[(),])"
    r"|(?P<amount>[-+]?\$?[\d.](?:,\d|[^(),<>=])*))",
    re.ASCII,
)
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
_DIMENSIONS = {"months": ("time", "month"), "USD": ("money", "USD"), "share": ("share", "share")}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison inside `prob`."""

    comparison: Comparison
    amount: float


@dataclass(frozen=True, slots=True)
class Statistic:
    """What is compared: a mean, a quantile at `level`, or a share of futures; `against` another scenario or not."""

    kind: Literal["mean", "quantile", "prob"]
    measure: Measure
    level: float = 0.0
    condition: Condition | None = None
    against: str | None = None

    @property
    def unit(self) -> str:
        """The unit of its number."""
        return "share" if self.kind == "prob" else self.measure.unit

    @property
    def words(self) -> str:
        """What it is in a sentence: `median training shortfall`."""
        kind = (
            "mean" if self.kind == "mean" else "median" if self.level == 0.5 else f"{100.0 * self.level:g}% quantile of"
        )
        title = self.measure.title[:1].lower() + self.measure.title[1:]
        if self.kind == "prob" and self.condition:
            size = wording.amount(self.condition.amount, self.measure.unit)
            title = f"{title} {IN_WORDS[self.condition.comparison]} {size}"
        name = title if self.kind == "prob" else f"{kind} {title}"
        return name if self.against is None else f"{name}, less that of {self.against},"


@dataclass(frozen=True, slots=True)
class Gate:
    """A statistic, what it is compared with, and where that is written."""

    statistic: Statistic
    comparison: Comparison
    amount: float
    text: str
    place: Place

    @property
    def least(self) -> bool:
        """Whether the statistic must be at least so much."""
        return self.comparison in (">=", ">")

    @property
    def words(self) -> str:
        """The gate in a sentence: `median training shortfall at most 50%`, `insolvent in less than 5% of futures`."""
        points = self.statistic.against is not None and wording.in_points(self.statistic.unit)
        size = wording.points(self.amount) if points else wording.amount(self.amount, self.statistic.unit)
        bound = f"{IN_WORDS[self.comparison]} {size}"
        return f"{self.statistic.words} {f'in {bound} of futures' if self.statistic.kind == 'prob' else bound}"


def read_gates(texts: tuple[Text, ...], problems: list[Problem]) -> tuple[Gate, ...]:
    """Every gate that can be read; what is wrong with the others is noted."""
    gates = []
    for text in texts:
        try:
            gates.append(_Parser(text).gate())
        except InputError as error:
            problems.extend(error.problems)
    return tuple(gates)


def gates_of(scenario: Scenario, path: Path) -> tuple[Gate, ...]:
    """The gates that a scenario writes. Raises InputError with every problem found."""
    problems: list[Problem] = []
    gates = read_gates(scenario.gates, problems)
    problems += unreadable(gates, path)
    if problems:
        raise InputError(problems)
    return gates


def unreadable(gates: Iterable[Gate], path: Path, key: str = "gates") -> Iterator[Problem]:
    """A problem for each gate of the file at `path` that compares with a file which is missing or lies elsewhere."""
    for gate in gates:
        if (text := gate.statistic.against) is None:
            continue
        try:
            if not named_file(text, path).is_file():
                yield Problem(gate.place, key, f"no such file: {text}")
        except ValueError as error:
            yield Problem(gate.place, key, str(error))


def read_statistic(text: Text, problems: list[Problem]) -> Statistic | None:
    """A statistic by itself, without a comparison; None with the problem noted."""
    try:
        return _Parser(text).alone()
    except InputError as error:
        problems.extend(error.problems)
        return None


class _Parser:
    """Reads one gate from left to right; a mistake is reported with its column."""

    def __init__(self, text: Text) -> None:
        self.text, self.place = text.text, text.place
        self.at = 0

    def gate(self) -> Gate:
        statistic = self._statistic()
        comparison = self._comparison()
        amount = self._amount(statistic.unit, statistic.against is not None)
        if self.at < len(self.text.rstrip()):
            self._wrong(self.at, f"`{self.text[self.at :].strip()}` is left over; a gate ends with an amount")
        return Gate(statistic, comparison, amount, self.text, self.place)

    def alone(self) -> Statistic:
        statistic = self._statistic()
        if self.at < len(self.text.rstrip()):
            self._wrong(
                self.at, f"`{self.text[self.at :].strip()}` is left over; expected a statistic, like mean(owned)"
            )
        return statistic

    def _statistic(self) -> Statistic:
        start, name = self._take("word", "write mean(...), p50(...), prob(...) or delta(file, ...)")
        quantile = _QUANTILE.fullmatch(name)
        if name not in ("mean", "prob", "delta") and not (quantile and 0.0 < float(quantile[1]) < 100.0):
            self._wrong(start, f"no statistic `{name}`; write mean, prob, delta, or a quantile like p50 or p97.5")
        self._mark("(")
        if name == "delta":
            statistic = self._delta()
        elif name == "prob":
            statistic = self._prob()
        else:
            level = float(quantile[1]) / 100.0 if quantile else 0.0
            statistic = Statistic("quantile" if quantile else "mean", self._measure(), level)
        self._mark(")")
        return statistic

    def _delta(self) -> Statistic:
        _, file = self._take("file", "write the file of the other scenario, like delta(baseline.yaml, mean(unserved))")
        self._mark(",")
        start = self.at
        inner = self._statistic()
        if inner.against is not None:
            self._wrong(start, "a delta of a delta; compare with one scenario")
        return Statistic(inner.kind, inner.measure, inner.level, inner.condition, str(Path(file)))

    def _prob(self) -> Statistic:
        start = self.at
        statistic = self._measure()
        if self.text[self.at :].lstrip().startswith(")"):
            if statistic.kind != "flag":
                self._wrong(
                    start, f"`{statistic.name}` is no yes or no; write prob({statistic.name} > {_like(statistic.unit)})"
                )
            return Statistic("prob", statistic)
        return Statistic(
            "prob", statistic, condition=Condition(self._comparison(), self._amount(statistic.unit, False))
        )

    def _measure(self) -> Measure:
        start, name = self._take("word", "expected the name of a measure")
        try:
            return measure(name)
        except ValueError as error:
            self._wrong(start, str(error))

    def _comparison(self) -> Comparison:
        _, comparison = self._take("comparison", "expected <=, <, >= or >")
        return comparison  # type: ignore[return-value]

    def _amount(self, unit: str, difference: bool) -> float:
        start, text = self._take("amount", f"expected an amount, like {_like(unit)}")
        try:
            amount = amount_of(text.strip(), unit)
        except UnitError as error:
            self._wrong(start, str(error))
        lowest = -1.0 if difference else 0.0
        if unit == "share" and not lowest <= amount <= 1.0:
            self._wrong(start, _no_share(text.strip(), amount, lowest))
        return amount

    def _mark(self, mark: str) -> None:
        start = self.at
        if self._take("mark", f"expected `{mark}`")[1] != mark:
            self._wrong(start, f"expected `{mark}`")

    def _take(self, kind: str, due: str) -> tuple[int, str]:
        """The next word, if it is of this kind, and where it begins."""
        match = _TOKEN.match(self.text, self.at)
        if match is None or match.lastgroup != kind:
            rest = self.text[self.at :].strip()
            self._wrong(self.at, f"{due}, got `{rest}`" if rest else f"{due}, but the gate ends here")
        self.at = match.end()
        return match.start(kind), match[kind]

    def _wrong(self, at: int, message: str) -> NoReturn:
        at += len(self.text[at:]) - len(self.text[at:].lstrip())
        place = Place(self.place.file, self.place.line, self.place.column + at)
        raise InputError([Problem(place, "gates", message)])


def amount_of(text: str, unit: str) -> float:
    """An amount as written, in a measure's unit; a bare number is in that unit. Raises UnitError."""
    amount = bare_number(text)
    if amount is not None:
        return amount
    name, inside = _DIMENSIONS.get("share" if unit == "ratio" else unit, ("amount", unit))
    return convert(text, Quantity(name, inside))


def _like(unit: str) -> str:
    return {"months": "6 months", "USD": "$300M", "share": "5%", "ratio": "80%"}.get(unit, f"10,000 {unit}")


def _no_share(text: str, amount: float, lowest: float) -> str:
    """What is wrong with a share beyond its ends; a bare number was probably meant in percent."""
    if text[-1].isdigit():
        return f"`{text}` is no share; write {text}% or a number up to 1"
    return f"{text} is above 100%" if amount > 1.0 else f"{text} is below {lowest:.0%}"
