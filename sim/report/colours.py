"""Colours by name: scenarios, causes and pathways keep theirs on the whole page.

The names are those of the style sheet, which has a tone for light, dark and print. Hues are Okabe and Ito's, darkened
where they would be faint on paper. Nothing is said by colour alone: scenarios also differ in dash, causes in pattern.
"""

from itertools import cycle

from sim.world.pathways import LEDGER
from sim.world.shortfall.constraints import CONSTRAINTS, DIALS_OF, NOBODYS

DASHES = ("solid", "7px,3px", "2px,3px", "9px,3px,2px,3px", "12px,4px", "4px,2px", "9px,2px,2px,2px,2px,2px", "1px,2px")
"""How the lines of scenarios are broken, in order."""

CASES = len(DASHES)

_PATTERNS = ("", "/", ".", "x")

_GROUPS = (
    *((row.colour, DIALS_OF[name]) for name, row in CONSTRAINTS.items()),
    ("planning", tuple(row.id for row in NOBODYS)),
)
CAUSES = {
    **{
        cause: (hue, pattern) for hue, group in _GROUPS for cause, pattern in zip(group, cycle(_PATTERNS), strict=False)
    },
    **{name: (row.colour, "") for name, row in CONSTRAINTS.items()},
}
"""Hue and pattern of constraints, and of the causes and dials beneath each, which share its hue."""

WAYS = {row.id: row.colour for row in LEDGER}
"""Pathways of compute."""


def case(index: int) -> str:
    """The colour of the nth scenario."""
    return f"case-{index % CASES}"


def dash(index: int) -> str:
    """How the nth scenario's line is broken."""
    return DASHES[index % CASES]


def cause(name: str) -> str:
    """The hue of a constraint, or of a cause."""
    return CAUSES.get(name, ("planning", ""))[0]


def pattern(name: str) -> str:
    """What tells a cause from the others of its hue; nothing for the first of them."""
    return CAUSES.get(name, ("planning", ""))[1]
