"""A chip that is held, offered or made has the rates by which its worth is counted: left out, they would count as 0."""

from collections.abc import Iterator, Mapping

from sim.errors import Problem
from sim.language.section import Reference
from sim.scenario.clauses import CHIPS
from sim.scenario.scenario import Link, Value
from sim.world.chips import NEEDED


def rate_problems(values: Mapping[str, Value]) -> Iterator[Problem]:
    """Every rate that is missing, where the chip is put to use."""
    for value in values.values():
        if value.field.kind != Reference(CHIPS) or value.target.table == CHIPS or value.node is None:
            continue
        chip = value.spec.id if isinstance(value.spec, Link) else None
        for name in NEEDED:
            rate = values.get(f"{CHIPS}.{chip}.{name}")
            if rate is not None and rate.node is None:
                missing = f"`{chip}` has no {name} ({rate.field.meaning})"
                yield Problem(
                    value.node.place, value.path, f"{missing}; write {rate.path}, and 0 if that is what it has"
                )
