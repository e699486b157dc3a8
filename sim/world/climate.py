"""Climate: how the two governments stand to each other: truce, tension or rupture.

Units: none.
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
    """The number that goes with today's climate."""
    if future.climate[0].state == TRUCE:
        return truce
    return tension if future.climate[0].state == TENSION else rupture
