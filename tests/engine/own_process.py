"""A SimPy process as a user would write it: a year in, it doubles the facility."""

from collections.abc import Generator
from typing import Any

import simpy

from sim.engine.simpy_engine import SimpyFuture
from sim.template.assemble import Template


def rescue(env: simpy.Environment, future: SimpyFuture, template: Template) -> Generator[simpy.Event, Any, None]:
    """Wait a year, look at the facility, double it."""
    yield env.timeout(365.0)
    address = template.address("capital.facility")
    future.change(address, future.values[address] * 2.0)
