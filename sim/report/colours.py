"""Colours by name: scenarios, causes and pathways keep theirs on the whole page.

The names are those of the style sheet, which has a tone for light, dark and print. Hues are Okabe and Ito's, darkened
where they would be faint on paper. Nothing is told by colour alone: scenarios also differ in dash, causes in pattern.
"""

DASHES = ("solid", "7px,3px", "2px,3px", "9px,3px,2px,3px", "12px,4px", "4px,2px", "9px,2px,2px,2px,2px,2px", "1px,2px")
"""How the lines of scenarios are broken, in order."""

CASES = len(DASHES)

CAUSES = {
    "money": ("money", ""),
    "capital": ("money", ""),
    "rules": ("rules", ""),
    "control": ("rules", ""),
    "licence": ("rules", "/"),
    "buyer_gate": ("rules", "."),
    "domestic": ("domestic", ""),
    "wafers": ("domestic", ""),
    "memory": ("domestic", "/"),
    "packaging": ("domestic", "."),
    "allocation": ("domestic", "x"),
    "depth": ("depth", ""),
    "software": ("software", ""),
    "reliability": ("software", "/"),
    "site": ("sites", ""),
    "sites": ("sites", ""),
    "logistics": ("sites", "/"),
    "planning": ("planning", ""),
    "structural": ("planning", "/"),
}
"""Hue and pattern of causes and of their groups: a group shares a hue, and its causes differ in pattern."""

WAYS = {
    "opening": "planning",
    "licensed": "rules",
    "domestic": "domestic",
    "grey": "software",
    "rented_home": "depth",
    "rented_abroad": "sites",
}
"""Pathways of compute."""


def case(index: int) -> str:
    """The colour of the nth scenario."""
    return f"case-{index % CASES}"


def dash(index: int) -> str:
    """How the nth scenario's line is broken."""
    return DASHES[index % CASES]


def cause(name: str) -> str:
    """The hue of a cause, or of a group of causes."""
    return CAUSES.get(name, ("planning", ""))[0]


def pattern(name: str) -> str:
    """What tells a cause from the others of its hue; nothing for the first of them."""
    return CAUSES.get(name, ("planning", ""))[1]
