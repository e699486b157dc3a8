"""What is known, with its source: the files of `sim/facts/`.

Two forms. A catalogue is a scenario fragment (`chips:`, a list of things whose figures carry grounds) and can be
extended; its facts are `k.ID` and `k.ID.FIGURE`. A fact list has `facts:`, each with an id of its own; so have `runs:`,
training runs as they were published, which validation predicts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sim.errors import InputError, Problem
from sim.language.dates import earliest_day
from sim.language.declarations import Quantity
from sim.language.units import UnitError, convert
from sim.language.yaml_nodes import Node, bare_text, read_file

FOLDER = Path(__file__).parents[2] / "facts"

LISTS = ("facts", "runs")
"""Keys of what is a list of facts, each with an id of its own."""

UNEXPLAINED = "a date before that of the source needs a `note` that says how it was public then"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement that scenarios cite."""

    id: str
    what: str
    value: str | float | None
    unit: str
    source: str
    known_since: date | None

    def inside(self, quantity: Quantity) -> float | None:
        """Its number in the inside unit of a quantity, or None if it has none there."""
        given = self.value
        if isinstance(given, float) and self.unit not in ("", "share", "ratio", "number"):
            given = f"{given!r} {self.unit}"
        try:
            return None if given is None else convert(given, quantity)
        except UnitError:
            return None


@cache
def load(folder: Path = FOLDER) -> dict[str, Fact]:
    """Every fact of a folder, by its id. Raises InputError."""
    facts: dict[str, Fact] = {}
    for path in sorted(folder.glob("*.yaml")):
        tree = read_file(path, f"facts/{path.name}")
        for fact in [*_listed(tree), *_catalogue(tree)]:
            facts[fact.id] = fact
    return facts


def in_tree(tree: Node) -> dict[str, Fact]:
    """The facts and citations that a scenario carries itself."""
    sources = tree.mapping.get("sources")
    facts = {name: _citation(name, node) for name, node in (sources.mapping if sources else {}).items()}
    return facts | {fact.id: fact for fact in _listed(tree)}


def _listed(tree: Node) -> Iterator[Fact]:
    for node in (item for key in LISTS if key in tree.mapping for item in tree.mapping[key].items):
        figure = node.mapping.get("mode") or node.mapping.get("value")
        value = figure.value if figure and isinstance(figure.value, str | float) else None
        known = known_since(node, tree)
        what = text_at(node, "what") or text_at(node, "model")
        yield Fact(text_at(node, "id"), what, value, text_at(node, "unit"), _source(node, tree), known)


def _catalogue(tree: Node) -> Iterator[Fact]:
    if not tree.mapping.keys().isdisjoint(LISTS):
        return
    for things in tree.mapping.values():
        for thing in things.items:
            name = f"k.{text_at(thing, 'id')}"
            yield Fact(name, text_at(thing, "name"), None, "", "", None)
            for key, figure in thing.mapping.items():
                value = figure.mapping.get("value")
                if value and isinstance(value.value, str | float):
                    known = known_since(figure, tree)
                    yield Fact(f"{name}.{key}", key, value.value, "", _source(figure, tree), known)


def public_on(since: date | None, days: Sequence[date], note: str) -> date | None:
    """When something became public: the latest of its own date and those of what it cites, or `public_since`.

    Raises ValueError for a `public_since` before those dates without a note that says why.
    """
    latest = max(days, default=None)
    if since is not None and latest is not None and since < latest and not note:
        raise ValueError(UNEXPLAINED)
    return since or latest


def known_since(node: Node, tree: Node) -> date | None:
    """When a fact became public. Raises InputError as `public_on` ValueError."""
    listed = tree.mapping.get("sources")
    known = listed.mapping if listed else {}
    sources = [known[str(name.value)] for name in cited(node) if str(name.value) in known]
    days = [day for each in (node, *sources) if (day := _day(each.mapping.get("date")))]
    try:
        return public_on(_day(node.mapping.get("public_since")), days, text_at(node, "note"))
    except ValueError as error:
        raise InputError([Problem(node.mapping["public_since"].place, "public_since", str(error))]) from None


def cited(node: Node) -> list[Node]:
    """The ids and texts at the `source` of a fact or a value."""
    source = node.mapping.get("source")
    return [] if source is None or source.value is None else source.items or [source]


def _citation(name: str, node: Node) -> Fact:
    return Fact(name, text_at(node, "title"), None, "", _written(node), _day(node.mapping.get("date")))


def _source(node: Node, tree: Node) -> str:
    """Where a fact comes from, in one line."""
    sources = tree.mapping.get("sources")
    known = sources.mapping if sources else {}
    return "; ".join(_written(known.get(str(name.value), name)) for name in cited(node))


def _written(node: Node) -> str:
    if not isinstance(node.value, dict):
        return bare_text(node)
    return ", ".join(text_at(node, key) for key in ("title", "publisher", "date", "url") if key in node.mapping)


def text_at(node: Node, key: str) -> str:
    """The text at a key; empty where there is none."""
    child = node.mapping.get(key)
    return bare_text(child) if child and child.value is not None else ""


def _day(node: Node | None) -> date | None:
    if node is None or node.value is None:
        return None
    try:
        return earliest_day(bare_text(node))
    except ValueError as error:
        raise InputError([Problem(node.place, "", str(error))]) from None
