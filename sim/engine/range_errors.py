"""Which happening took which parameter out of its range: the world stops there, and has no names.

The future is played once more under SimPy, which is equal in every bit, up to where it stops.
"""

from typing import Any

from sim.engine.simpy_engine import Process, SimpyFuture, Start
from sim.scenario.checking.reach import bounds_text, number_of
from sim.template.assemble import Template
from sim.world.course import happenings


def out_of_range(template: Template, inputs: Any, luck: int, processes: tuple[Process, ...]) -> str:
    """The happening, the parameter, what it came to and what was expected, of a future that stopped for it."""
    future: Any = SimpyFuture(Start(template.record), luck, template.addresses.tolist(), inputs.tolist())
    try:
        future.run(processes)
    except ValueError:
        left = [c for c in range(future.counts[0].changes) if not happenings.in_range(future, c)]
        return _description(template, future, max(left, key=lambda c: future.changes[c].in_force))
    raise AssertionError("a future that broke does not break again")


def _description(template: Template, future: Any, c: int) -> str:
    scenario, change = template.scenario, future.changes[c]
    value = scenario.values[template.parameter_at(change.address)]
    low, high = happenings.lowest(future, c), happenings.highest(future, c)
    reached = high if low >= change.least else low
    got = number_of(reached, value.field, scenario.start)
    name = scenario.things["happenings"][change.happening]
    return f"the happening `{name}` takes {value.path} to {got}: {bounds_text(value.field, scenario.start)}"
