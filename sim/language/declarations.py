"""How a parameter is declared: once, on the page of the world that uses it.

    class Licensing(Section):
        \"\"\"One office for each exporting government.\"\"\"

        decision: Luck[Days] = parameter("application to decision")
        quota: Units = parameter("most units licensed a quarter", default=math.inf)
        waiting: Units = state("chips that wait for a decision")

The annotation says what kind of number it is (its unit and range), `parameter` or `state` what it means.
From this one declaration come validation, the table's columns, `explain`, the JSON Schema and the reference page.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, get_type_hints


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit. `unit` is the one used inside the program; `low` and `high` bound every value.

    Both ends of what a scenario gives are finite: the largest that anybody could mean, far below 2**53, beyond which
    whole numbers are no longer exact. What the world keeps may be wider.
    """

    name: str
    unit: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class Moment:
    """A date; inside the program, days from the scenario's start (negative before it)."""


@dataclass(frozen=True, slots=True)
class Options:
    """One of several words; inside the program, its position as a float."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of a row of another table; inside the program, the row's number, or -1 for none."""

    table: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number kept by the program: a count, a row number, a hash."""

    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Rows:
    """A small language of its own, read into rows of the named table (predicates, changes, ties, triggers)."""

    table: str


Kind = Quantity | Moment | Options | Reference | Whole | Rows


@dataclass(frozen=True, slots=True)
class _Luck:
    """Marks a parameter that is drawn by events inside a future (aleatory), not once before it (epistemic)."""


T = TypeVar("T")
if TYPE_CHECKING:

    class Luck(int, Generic[T]):
        """What the world holds of such a parameter: the number of its row in the table of lucks."""
else:
    Luck = Annotated[T, _Luck()]

MONEY = 1e12
"""Most dollars of one amount: the books add whole ones, and beyond 2**53 a float no longer holds each of them."""

CENTURY = 36525.0
"""Most days of one duration: longer than any future, and short enough to be a date."""

Days = Annotated[float, Quantity("duration", "day", 0.0, CENTURY)]
Date = Annotated[float, Moment()]
Day = Annotated[float, Quantity("day", "days from the start")]
Months = Annotated[float, Quantity("months", "months")]
USD = Annotated[float, Quantity("money", "USD", -MONEY, MONEY)]
Price = Annotated[float, Quantity("money", "USD", 0.0, MONEY)]
Share = Annotated[float, Quantity("share", "share", low=0.0, high=1.0)]
SignedShare = Annotated[float, Quantity("share", "share")]
"""A signed share: one of parts that add up."""
Ratio = Annotated[float, Quantity("ratio", "ratio", 0.0, 1e4)]
Number = Annotated[float, Quantity("number", "number")]
Growth = Annotated[float, Quantity("growth", "x / year", 0.0, 100.0)]
PerYear = Annotated[float, Quantity("rate", "1 / year", 0.0, 1e3)]
USDPerYear = Annotated[float, Quantity("money a year", "USD / year", 0.0, MONEY)]
USDPerHour = Annotated[float, Quantity("money an hour", "USD / hour", 0.0, 1e6)]
USDPerMW = Annotated[float, Quantity("money per power", "USD / MW", 0.0, 1e10)]
USDPerKWh = Annotated[float, Quantity("money per energy", "USD / kWh", 0.0, 1e3)]
Units = Annotated[float, Quantity("chips", "chips", 0.0, 1e9)]
H100e = Annotated[float, Quantity("supply", "H100e", low=0.0)]
UnitsPerYear = Annotated[float, Quantity("chips a year", "chips / year", 0.0, 1e9)]
UnitsPerMonth = Annotated[float, Quantity("chips a month", "chips / month", 0.0, 1e9)]
WafersPerMonth = Annotated[float, Quantity("wafers a month", "wafers / month", 0.0, 1e8)]
Dies = Annotated[float, Quantity("dies", "dies", 0.0, 1e10)]
Stacks = Annotated[float, Quantity("memory stacks", "stacks", 0.0, 1e10)]
StacksPerMonth = Annotated[float, Quantity("memory stacks a month", "stacks / month", 0.0, 1e10)]
Kilowatts = Annotated[float, Quantity("chip power", "kW", 0.0, 1e3)]
MW = Annotated[float, Quantity("power", "MW", 0.0, 1e9)]
TFLOPS = Annotated[float, Quantity("compute rate", "TFLOP/s", 0.0, 1e6)]
Bandwidth = Annotated[float, Quantity("bandwidth", "GB/s", 0.0, 1e6)]
Gigabytes = Annotated[float, Quantity("memory", "GB", 0.0, 1e6)]
TPP = Annotated[float, Quantity("total processing performance", "TPP", 0.0, 1e7)]
Area = Annotated[float, Quantity("area", "mm2", 0.0, 1e5)]
People = Annotated[float, Quantity("people", "people", 0.0, 1e7)]
TokensPerDay = Annotated[float, Quantity("tokens a day", "tokens / day", 0.0, 1e18)]
FLOP = Annotated[float, Quantity("work", "FLOP", 0.0, 1e30)]
TrainUnits = Annotated[float, Quantity("training work", "training units", low=0.0)]
ServeUnits = Annotated[float, Quantity("serving capacity", "serving units", low=0.0)]
Count = Annotated[int, Whole()]
Row = Annotated[int, Whole("row")]
Key = Annotated[int, Whole("hash")]


Better = Literal["lower", "higher"]
MeasureKind = Literal["number", "flag", "share"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What makes a column of results a measure: see `Measure`. Unit and definition are the column's unless given."""

    title: str
    better: Better
    kind: MeasureKind = "number"
    unit: str = ""
    definition: str = ""
    reached: str | None = None
    against: str | None = None
    wants: str | None = None


@dataclass(frozen=True, slots=True)
class _Declared:
    """What `parameter` and `state` leave in the class body until the field is read."""

    meaning: str
    given: bool
    default: float | None
    low: float | None
    high: float | None
    parts: bool = False
    watched: bool = False
    measured: Measured | None = None


def parameter(
    meaning: str,
    *,
    default: float | None = None,
    low: float | None = None,
    high: float | None = None,
    parts: bool = False,
    watched: bool = False,
) -> Any:
    """A number the scenario gives. `default`, if not None, is its value when left out (in the inside unit).

    `parts`: the things of a list divide a whole among them, so that this adds up to one at most.
    `watched`: the world moves it on from there, and a condition of a happening may ask.
    """
    return _Declared(meaning, True, default, low, high, parts, watched)


def state(meaning: str, *, low: float | None = None, high: float | None = None, watched: bool = False) -> Any:
    """A number the world keeps: zero when a future begins. `low` and `high` bound what a condition may ask of it.

    `watched`: a condition of a happening may ask. It means something by itself, and at month close it stands.
    """
    return _Declared(meaning, False, None, low, high, watched=watched)


def measured(meaning: str, title: str, better: Better, *, low: float | None = None, **more: Any) -> Any:
    """A number of results that studies ask of. `more`: what else `Measured` holds."""
    return _Declared(meaning, False, None, low, None, measured=Measured(title, better, **more))


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table: a parameter (given by the scenario) or a state (kept by the world)."""

    name: str
    meaning: str
    kind: Kind
    given: bool
    luck: bool
    default: float | None
    low: float
    high: float
    parts: bool = False
    watched: bool = False
    measured: Measured | None = None

    @property
    def most(self) -> float:
        """The upper end of its values; none where it may be left out to mean that there is no limit."""
        return math.inf if self.default == math.inf else self.high

    @property
    def whole(self) -> bool:
        """Held as an integer. Luck is held as the number of its row in the table of lucks."""
        return self.luck or isinstance(self.kind, Reference | Whole)

    @property
    def unit(self) -> str:
        """The unit in words, as printed by `explain` and the reference page."""
        match self.kind:
            case Quantity() | Whole():
                return self.kind.unit
            case Moment():
                return "date"
            case Options():
                return " | ".join(self.kind.words)
            case Reference():
                return f"id of {self.kind.table}"
            case Rows():
                return f"rows of {self.kind.table}"


class Section:
    """A row of a table: parameters from the scenario, state kept by the world. Subclass and annotate."""


class Thing(Section):
    """A row with an `id` of its own; lists of things merge by id, and luck is named by it."""

    key: Key = state("hash of the id, which names this thing's luck whatever its row")


@cache
def fields(section: type[Section]) -> tuple[Field, ...]:
    """The columns of a section, in the order declared, parents first."""
    fields = []
    for name, hint in get_type_hints(section, include_extras=True).items():
        declared = getattr(section, name, None)
        if not isinstance(declared, _Declared):
            raise TypeError(f"{section.__name__}.{name} is neither parameter() nor state()")
        fields.append(field_of(name, hint, declared))
    return tuple(fields)


def field_of(name: str, hint: Any, declared: _Declared) -> Field:
    """A column as its annotation and its declaration say."""
    marks = hint.__metadata__
    kind = next(mark for mark in marks if isinstance(mark, Kind))
    low, high = (kind.low, kind.high) if isinstance(kind, Quantity) else (-math.inf, math.inf)
    if not declared.given:
        low, high = 0.0 if low == 0.0 else -math.inf, 1.0 if high == 1.0 else math.inf
    return Field(
        name,
        declared.meaning,
        kind,
        declared.given,
        any(isinstance(mark, _Luck) for mark in marks),
        declared.default,
        low if declared.low is None else declared.low,
        high if declared.high is None else declared.high,
        declared.parts,
        declared.watched,
        declared.measured,
    )
