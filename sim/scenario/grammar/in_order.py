"""Other things named in an order: governments that must clear an offer besides its exporter and its buyer
(`cleared_by: [transit, host]`), the memory of a domestic chip (`pools: [new, old]`, or a single id), and the places
that a rule is of (`places: [north, south]`), whose order says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sim.errors import Problem
from sim.language.yaml_nodes import Node, flow
from sim.scenario.grammar.cells import RowEntry, RowOf
from sim.scenario.grammar.schema import Directory, Target


@dataclass(frozen=True, slots=True)
class InOrder:
    """Ids of another list, in order: a row for each, with the column of who names it and of what is named."""

    list: ClassVar[str]
    columns: ClassVar[tuple[str, str]]
    once: ClassVar[str]
    """Why none is named twice."""

    ids: tuple[str, ...]

    def spelled(self) -> object:
        """As the language writes it."""
        return [*self.ids]

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """One row for each."""
        assert owner.row is not None
        own, named = self.columns
        for name in self.ids:
            yield RowEntry(table, {own: RowOf(owner.table, owner.row), named: RowOf(self.list, name)})


class Passages(InOrder):
    """Governments, in the order in which they clear."""

    list = "governments"
    columns = ("offer", "government")
    once = "it decides once on each order"


class Draws(InOrder):
    """Memory, in the order in which it is used up."""

    list = "pools"
    columns = ("supply", "pool")
    once = "its stacks are there once"


class Localities(InOrder):
    """Places that a rule is of."""

    list = "places"
    columns = ("rule", "place")
    once = "a rule is of a place or not"


BY_ROWS: dict[str, type[InOrder]] = {"passages": Passages, "draws": Draws, "localities": Localities}
"""What a parameter is read as, by the table of its rows."""


def read_in_order(kind: type[InOrder], node: Node, path: str, directory: Directory, problems: list[Problem]) -> InOrder:
    """The things that exist, each once; the rest is noted."""
    known = directory.ids.get(kind.list, ())
    ids: list[str] = []
    for item in node.items or [node]:
        if item.value not in known:
            hint = (
                directory.hint(str(item.value), known, kind.list) or f"; one of {', '.join(known) or 'none is listed'}"
            )
            problems.append(Problem(item.place, path, f"no `{flow(item)}` in {kind.list}{hint}"))
        elif item.value in ids:
            problems.append(Problem(item.place, path, f"`{item.value}` is named twice; {kind.once}"))
        else:
            ids.append(str(item.value))
    return kind(tuple(ids))
