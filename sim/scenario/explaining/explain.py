"""Where a value comes from: every file that gave it, what it was before, its grounds, unit, range and kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import InputError, Place, Problem
from sim.language.declarations import Moment, Quantity, Rows
from sim.language.distributions import Fixed, median
from sim.language.values import shown
from sim.language.yaml_nodes import suggestion
from sim.scenario.reading.facts import Fact, in_tree, text_at
from sim.scenario.reading.provenance import Grounds
from sim.scenario.reading.things import removals
from sim.scenario.scenario import Scenario, Value, short


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value, explained. `chain` goes from the first file that gave it to the one that holds."""

    path: str
    meaning: str
    unit: str
    range: str
    kind: str
    written: str
    chain: tuple[tuple[Place, str], ...]
    grounds: Grounds
    sources: tuple[str, ...]

    def text(self) -> str:
        """A few lines for the terminal."""
        lines = [f"{self.path}   {self.meaning}", f"  {self.unit}{self.range}; {self.kind}"]
        before = ""
        for place, value in self.chain:
            lines.append(f"  {place}   {before}{value}")
            before = f"{value} -> "
        if not self.chain:
            lines.append(f"  left out; the default holds: {self.written}")
        whose = " of the section" if self.grounds.of_section else ""
        lines += [f"  source{whose}: {source}" for source in self.sources or filter(None, [self.grounds.missing])]
        notes = {"why": self.grounds.why, f"note{whose}": self.grounds.note, "confidence": self.grounds.confidence}
        lines += [f"  {key}: {text}" for key, text in notes.items() if text]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that the scenario takes out of what it extends: where it stood, and where it was removed."""

    path: str
    title: str
    stood: Place
    place: Place
    why: str

    def text(self) -> str:
        """A few lines for the terminal."""
        lines = [f"{self.path}   {self.title}", f"  {self.stood}", f"  {self.place}   removed"]
        return "\n".join([*lines, *([f"  why: {self.why}"] if self.why else [])])


def explain_removals(scenario: Scenario, path: str | None = None) -> list[Removal]:
    """The things at a path, under it or around it that were removed; without a path, all."""
    found = []
    for thing, node in removals(scenario.tree, scenario.schema):
        if path is None or f"{thing}.".startswith(f"{path}.") or f"{path}.".startswith(f"{thing}."):
            assert node.replaced is not None
            title = text_at(node.replaced, "name") or thing.rpartition(".")[2]
            found.append(Removal(thing, title, node.replaced.place, node.place, text_at(node, "why")))
    return found


def explain(scenario: Scenario, facts: Mapping[str, Fact], path: str | None = None) -> list[Explanation]:
    """The values at a path or under it; without a path, all. Raises InputError for an unknown path."""
    path = None if path is None else path.replace("[", ".").replace("]", "")
    explanations = [
        value for value in scenario.values.values() if path is None or f"{value.path}.".startswith(f"{path}.")
    ]
    if not explanations and not explain_removals(scenario, path):
        message = f"no such path{suggestion(str(path), scenario.values)}"
        raise InputError([Problem(scenario.tree.place, str(path), message)])
    citable = {**facts, **in_tree(scenario.tree)}
    return [_explained(scenario, value, citable) for value in explanations]


def _explained(scenario: Scenario, value: Value, citable: Mapping[str, Fact]) -> Explanation:
    written = scenario.spelled(value)
    return Explanation(
        value.path,
        value.field.meaning,
        value.field.unit,
        _range(scenario, value),
        _kind(scenario, value),
        "none" if written is None else str(written),
        tuple((node.place, short(node)) for node in (value.node.history if value.node else ())),
        value.grounds,
        tuple(_cited(name, citable) for name in value.grounds.source),
    )


def _range(scenario: Scenario, value: Value) -> str:
    low, high = value.field.low, value.field.high
    if not isinstance(value.field.kind, Quantity) or (low, high) == (float("-inf"), float("inf")):
        return ""
    if high == float("inf"):
        return f", at least {shown(low, value.field, scenario.start)}"
    if low == float("-inf"):
        return f", at most {shown(high, value.field, scenario.start)}"
    return f", {shown(low, value.field, scenario.start)} to {shown(high, value.field, scenario.start)}"


def _kind(scenario: Scenario, value: Value) -> str:
    lever = any(f"{value.path}.".startswith(f"{lever}.") for lever in scenario.levers)
    if isinstance(value.field.kind, Rows):
        kind = "rows of the world"
    elif value.field.luck:
        kind = "luck: drawn by events inside a future" if not value.certain else "known (luck where a spread is given)"
    else:
        kind = "known" if value.certain else "uncertain: drawn once for each future"
    return kind + ("; a lever of the lab" if lever else "") + _middle(scenario, value)


def _middle(scenario: Scenario, value: Value) -> str:
    """The median, where that is not what is written; of a date that counts from another, the day."""
    spread = value.distribution
    if isinstance(spread, Fixed) and value.node and isinstance(value.field.kind, Moment):
        day = shown(spread.value, value.field, scenario.start)
        return "" if short(value.node).startswith(day[:7]) else f"; {day}"
    if spread is None or value.certain or not isinstance(value.field.kind, Quantity | Moment):
        return ""
    return f"; median {shown(median(spread), value.field, scenario.start)}"


def _cited(name: str, citable: Mapping[str, Fact]) -> str:
    fact = citable.get(name)
    if fact is None:
        return name
    since = fact.known_since.isoformat() if fact.known_since else ""
    known = f"public since {since}" if since[:7] not in fact.source else ""  # else its date says it
    what = "" if fact.source.startswith(fact.what) else fact.what  # of a citation its title is both
    return " | ".join(part for part in (name, what, fact.source, known) if part)
