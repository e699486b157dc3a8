"""Singular and plural: `1 month`, `1.5 months`, `1 future`, `1,200 futures`."""

_ALWAYS = {"people": "person", "dies": "die"}


def counted(number: int, things: str) -> str:
    """How many of something; `things` in the plural."""
    return f"{number:,} {things if number != 1 else _ALWAYS.get(things, things.removesuffix('s'))}"


def agreeing(shown: str, unit: str) -> str:
    """A unit, or a noun in the plural, as it stands after a number that is printed so."""
    word, blank, rest = unit.partition(" ")
    if shown.lstrip("+->< ") != "1" or not word.endswith(("s", "people")):
        return unit
    return _ALWAYS.get(word, word.removesuffix("s")) + blank + rest
