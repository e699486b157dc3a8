"""Tools: what rules on chip-making tools, and on their servicing, do to what is made at home.

Tools that nobody services wear down: a part of the wafer starts, and of the memory, is lost each month, and new lines
come slower. Lines come slower too when new tools are withheld by a rule that took effect after the first day; plans had
been made with the rules of before. It grows with time, and shows when those wafers would have been sold, not before.
Left out: servicing that returns (all is then whole at once), tools that come again when a rule of before ends.
Units: days. Facts: d.start_for_model, d.effect_size_for_model.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.language.events import compilable
from sim.world.arithmetic import MONTH, power
from sim.world.geopolitics import controls
from sim.world.geopolitics.rules import SERVICING, TOOLS

if TYPE_CHECKING:
    from sim.world.course.future import Future

AT_HOME, ABROAD = 0.0, 1.0
"""Where lines and memory are: tools abroad are nobody's concern here."""


@compilable
def counted(future: Future) -> None:
    """For how long tools have been missing, by the rules of today."""
    foundry = future.foundry[0]
    foundry.unserviced = controls.since(future, SERVICING, -math.inf)
    foundry.withheld = max(foundry.unserviced, controls.since(future, TOOLS, 0.0))


@compilable
def grown_to(future: Future, day: float, ago: float) -> float:
    """The day up to which lines have grown as planned, when tools are felt as they were so many days ago."""
    foundry = future.foundry[0]
    return day - max(0.0, foundry.withheld - ago) * foundry.slowed


@compilable
def not_worn(future: Future, wear: float, ago: float) -> float:
    """What is left of production that loses a part a month, so many days ago."""
    return power(1.0 - wear, max(0.0, future.foundry[0].unserviced - ago) / MONTH)
