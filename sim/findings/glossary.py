"""Words used here: what the brief takes for granted, a sentence each."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word as readers meet it, and what it means here."""

    word: str
    meaning: str

    @property
    def id(self) -> str:
        """Its anchor on the page."""
        return f"word-{re.sub(r'[^a-z0-9]+', '-', self.word.lower())}"


GLOSSARY = (
    Term("future", "One possible course of the years to come, simulated event by event from its own luck."),
    Term("scenario", "A set of assumptions about the world; all futures of a scenario share them."),
    Term("baseline", "The scenario in which nothing is forced: what is open has its probability."),
    Term("seed", "The number from which all luck is drawn: the same seed gives the same futures."),
    Term("90% interval", "It holds 90% of the futures: in 5% the value is lower, in 5% higher."),
    Term(
        "simulation error", "How far a number may be off because only so many futures were run (half a 95% interval)."
    ),
    Term("points", "Percentage points of what is wanted: from 44% to 46% missing is 2 points more."),
    Term("training unit", "What the chip of the yardstick trains; a serving unit is what it serves alone."),
    Term("training compute missing", "What training wants and does not get, as a share of what it wants."),
    Term("demand not served", "The share of the tokens users ask for that the lab cannot deliver."),
    Term("flagship", "The largest model of its generation that the lab makes, in one long training campaign."),
    Term(
        "short from",
        "The first of three months in a row in which compute is short and one constraint has the largest part.",
    ),
    Term("insolvent", "At the end of a month the lab has no cash for what is due, and falls into arrears."),
    Term("constraint", "One of six limits: money, rental market, domestic chips, rules, sites and software."),
    Term("rental market", "Chips to be had from others: on rent at home or abroad, and through grey channels."),
    Term("rules", "Export and import controls of governments, and the licences they grant or refuse."),
    Term("binds now", "The part of the shortfall that is laid to a constraint in the world as it is."),
    Term("alone", "What comes back when one constraint is removed and all others stay."),
    Term("10% easier", "What comes back when all that a constraint limits is made a tenth easier."),
    Term("while it stays", "The most that removing the other five can give back."),
    Term("works through", "The constraints whose removal takes away part of what a scenario costs."),
    Term("hinges on", "An assumption that moves the answer more than most, and that no removal touches."),
)
"""In the order in which readers meet them."""
