"""Climate: how the two governments stand to each other, and what of the world depends on it.

Three states: a truce, tension, rupture. A number that depends on the climate is given three times, and picked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language.luck import compilable
from sim.language.section import Number, Section, state

if TYPE_CHECKING:
    from sim.world.future import Future

TRUCE, TENSION, RUPTURE = 0.0, 1.0, 2.0


class Climate(Section):
    """Scenario section `climate`."""

    state: Number = state("truce, tension, rupture")


@compilable
def pick(future: Future, truce: float, tension: float, rupture: float) -> float:
    """The one of three numbers that holds in today's climate."""
    today = future.climate[0].state
    if today == TRUCE:
        return truce
    return tension if today == TENSION else rupture
