"""Singular and plural: `1 month`, `1.5 months`, `1 future`, `1,200 futures`."""

_ALWAYS = {"people": "person", "dies": "die"}


def counted(number: int, things: str) -> str:
    """How many of something; `things` in the plural."""
    return f"{number:,} {things if number != 1 else _ALWAYS.get(things, things.removesuffix('s'))}"


def agreeing(shown: str, unit: str) -> str:
    """A unit, or a noun in the plural, as it stands after a number that is printed so."""
    words = unit.split(" ")
    nouns = (place for place, word in enumerate(words) if word.isalpha() and word.endswith(("s", "people")))
    at = next(nouns, None)
    if shown.lstrip("+->< ") != "1" or at is None:
        return unit
    return " ".join([*words[:at], _ALWAYS.get(words[at], words[at].removesuffix("s")), *words[at + 1 :]])
