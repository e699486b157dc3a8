"""Pathways: the ways by which chips reach the lab, one row each: the ledger analysts ask for.

Words, colours, order, columns of results, and what all offers of a pathway have in common come from the rows.
"""

from typing import NamedTuple


class Pathway(NamedTuple):
    """One way. `words` stand behind a number of chips, `title` in tables; `colour` is a hue of the style sheet.

    `rented`: taken for a time, else bought. `home`: sold in the lab's own country, at its prices. `crosses`: through
    customs. `item`: what rules call it, if offices clear it. `constraint`: what limits how many there are.
    """

    id: str
    words: str
    title: str
    colour: str
    rented: bool
    home: bool
    crosses: bool
    item: str
    constraint: str
    note: str = ""
    """What is said besides of the numbers of this way."""


UNCERTAIN = "; an uncertain quantity, not advice"

TABLE = (
    Pathway("licensed", "under licence", "Under licence", "rules", False, False, True, "accelerator", "rules"),
    Pathway("domestic", "from the domestic vendor", "Domestic", "domestic", False, True, False, "", "domestic"),
    Pathway("grey", "through grey channels", "Grey", "software", False, False, True, "", "rental", UNCERTAIN),
    Pathway("rented_home", "rented at home", "On rent at home", "rental", True, True, False, "", "rental"),
    Pathway("rented_abroad", "rented abroad", "On rent abroad", "sites", True, False, False, "cloud", "rental"),
)
FIRST_DAY = Pathway("opening", "of the first day", "Opening fleet", "planning", False, False, False, "", "")
"""What was there when the future began, beside the pathways."""
LEDGER = (*TABLE, FIRST_DAY)

IDS = tuple(row.id for row in TABLE)
PATHWAYS = len(TABLE)
OPENING = PATHWAYS
"""The row of what was there on the first day."""

RENTED = tuple(row.rented for row in TABLE)
RENTED_HOME = tuple(row.rented and row.home for row in TABLE)
BOUGHT_HOME = tuple(row.home and not row.rented for row in TABLE)
CROSSES = tuple(row.crosses for row in TABLE)
GREY = tuple(row.crosses and not row.item for row in TABLE)
"""What is imported and no office clears."""
