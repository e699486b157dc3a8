"""Governments that must clear an offer besides its exporter and its buyer: `cleared_by: [tw, my]`, in that order."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import Problem
from sim.language.yaml_nodes import Node, flow, suggestion
from sim.scenario.grammar.cells import RowEntry, RowOf
from sim.scenario.grammar.schema import Directory, Target

GOVERNMENTS = "governments"


@dataclass(frozen=True, slots=True)
class Passages:
    """Governments by id, in the order in which they clear."""

    ids: tuple[str, ...]

    def spelled(self) -> object:
        """As the language writes it."""
        return list(self.ids)

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """One row for each."""
        assert owner.row is not None
        for government in self.ids:
            yield RowEntry(
                table, {"offer": RowOf(owner.table, owner.row), "government": RowOf(GOVERNMENTS, government)}
            )


def read_passages(node: Node, path: str, directory: Directory, problems: list[Problem]) -> Passages:
    """The governments that exist, each once; the rest is noted."""
    known = directory.ids.get(GOVERNMENTS, ())
    ids: list[str] = []
    for item in node.items or [node]:
        if item.value not in known:
            hint = suggestion(str(item.value), known) or f"; one of {', '.join(known) or 'none is listed'}"
            problems.append(Problem(item.place, path, f"no `{flow(item)}` in {GOVERNMENTS}{hint}"))
        elif item.value in ids:
            problems.append(Problem(item.place, path, f"`{item.value}` is named twice; it decides once on each order"))
        else:
            ids.append(str(item.value))
    return Passages(tuple(ids))
