"""Signals: what happens on a page above the one that causes it, and so cannot be scheduled by its handler there.

The page above says `@event(on=...)` of the function that answers.
"""

from sim.language.events import signal

RETIMED = signal("retimed")
"""A parameter or the climate has changed: dates and rates are read anew."""
RULE_ANNOUNCED = signal("rule announced")
RULE_CAME_DUE = signal("rule came due")
RULE_TURNED = signal("rule turned")
