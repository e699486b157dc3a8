"""When a happening may happen: `when: {lab.runway: "< 6"}`, `requires: [ids]`, `excludes: [ids]`."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sim.errors import Problem
from sim.language import renamed
from sim.language.declarations import Field
from sim.language.values import ValueReader
from sim.language.yaml_nodes import Node, suggestion
from sim.scenario.grammar.cells import AddressOf, RowEntry, RowOf
from sim.scenario.grammar.hits import Threshold, comparison
from sim.scenario.grammar.schema import Directory, Target


@dataclass(frozen=True, slots=True)
class Triggers:
    """Thresholds, each a cell of a one-row table and a comparison; by path."""

    tests: tuple[tuple[Target, Threshold], ...]

    def spelled(self, start: date) -> object:
        """As the language writes it."""
        return {target.path: test.spelled(target.field, start) for target, test in self.tests}

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """One row for each threshold."""
        assert owner.row is not None
        for target, test in self.tests:
            yield RowEntry(
                table,
                {
                    "happening": RowOf(owner.table, owner.row),
                    "address": AddressOf(target.table, None, target.field.name),
                    "comparison": float(test.code),
                    "value": test.value,
                },
            )


@dataclass(frozen=True, slots=True)
class Ties:
    """Other things of the same list, by id."""

    ids: tuple[str, ...]

    def spelled(self) -> object:
        """As the language writes it."""
        return list(self.ids)

    def entries(self, owner: Target, table: str) -> Iterator[RowEntry]:
        """One row for each."""
        assert owner.row is not None
        for other in self.ids:
            yield RowEntry(
                table,
                {
                    "happening": RowOf(owner.table, owner.row),
                    "other": RowOf(owner.table, other),
                    "excludes": float(owner.field.name == "excludes"),
                },
            )


def required_first(ids: Iterable[str], requires: Mapping[str, Ties]) -> tuple[str, ...]:
    """The ids in order, each after those that it requires; those that require each other in a circle, by id."""
    left = sorted(ids)
    ordered: list[str] = []
    while left:
        free = (name for name in left if name not in requires or not {*requires[name].ids} & {*left} - {name})
        ordered.append(next(free, left[0]))
        left.remove(ordered[-1])
    return tuple(ordered)


def watched(directory: Directory) -> list[str]:
    """What `when` may watch: numbers that the world moves. A parameter moves only if a happening changes it."""
    return [path for path, target in directory.numbers.items() if target.field.watched]


def read_triggers(node: Node, directory: Directory, path: str, start: date, problems: list[Problem]) -> Triggers:
    """The thresholds that could be read; the rest is noted."""
    if not node.mapping:
        first = next((each for each in ("lab.runway", *watched(directory)) if each in directory.numbers), "a.path")
        problems.append(Problem(node.place, path, f'write {{{first}: "< 6"}}, in the unit of what is watched'))
    triggers = []
    for name, child in node.mapping.items():
        target = directory.numbers.get(name)
        if target is None or not _watchable(target.field):
            known = [cell for cell, other in directory.numbers.items() if _watchable(other.field)]
            section, _, word = name.rpartition(".")
            near = {other.rpartition(".")[2]: other for other in known if other.rpartition(".")[0] == section}
            hint = renamed.hint(name, known) or suggestion(word, near).replace("`", f"`{section}.", 1)
            hint = hint or f"; one of {', '.join(watched(directory))}"
            problems.append(Problem(child.key_place, f"{path}.{name}", f"no number to watch{hint}"))
            continue
        # what the world keeps stays in its range: a condition beyond it never holds, and `validate` says so
        field = target.field if target.field.given else replace(target.field, low=-math.inf, high=math.inf)
        test = comparison(child, ValueReader(field, f"{path}.{name}", start, problems))
        if test is not None:
            triggers.append((target, test))
    return Triggers(tuple(sorted(triggers, key=lambda pair: pair[0].path)))


def _watchable(field: Field) -> bool:
    """Whether a condition may ask of it: a number of a parameter, or what the world moves for all to see."""
    return field.watched or (field.given and not field.whole)


def read_ties(node: Node, owner: Target, directory: Directory, problems: list[Problem]) -> Ties:
    """The ids that exist; the rest is noted."""
    known = [name for name in directory.ids[owner.table] if name != owner.row]
    for item in (others := node.items or [node]):
        if item.value not in known:
            message = f"no other `{item.value}` here{directory.hint(str(item.value), known, owner.table)}"
            problems.append(Problem(item.place, owner.path, message))
    return Ties(tuple(sorted({str(item.value) for item in others})))
