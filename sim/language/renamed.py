"""Names that have changed: what files and options may still say, and what it is called now.

The changelog has the same table, and `python -m sim migrate` writes files anew by it.
"""

import re
from collections.abc import Container

PATHS: dict[str, str] = {}
"""Sections and parameters of scenarios, and what conditions watch, by path; `*` is the id of a thing.

A renamed section takes along what lies below it. Of a path the last step changes, and those of sections above it.
"""

MEASURES: dict[str, str] = {}
"""Measures and columns of results."""

_ID = re.compile(r"\[([^.\[\]]+)\]")


def renamed_path(path: str) -> str | None:
    """What an old path is called now; None for one that has not changed."""
    steps = _ID.sub(r".\1", path).split(".")
    for length in range(len(steps), 0, -1):
        for old, new in PATHS.items():
            if _matches(old.split("."), steps[:length]):
                called = [step if now == "*" else now for now, step in zip(new.split("."), steps, strict=False)]
                return ".".join(called + steps[length:])
    return None


def _matches(old: list[str], steps: list[str]) -> bool:
    return len(old) == len(steps) and all(one in ("*", step) for one, step in zip(old, steps, strict=True))


def renamed_in(text: str) -> str:
    """A text, such as a gate, with the measures that it names called as they are now."""
    return re.sub(r"\w+", lambda word: MEASURES.get(word[0], word[0]), text)


def hint(word: str, known: Container[str], above: str = "") -> str:
    """`; it is called ...` for an old name whose new one is known; `above` is the path under which both stand."""
    new = MEASURES.get(word) or renamed_path(f"{above}.{word}".lstrip("."))
    new = new.rpartition(".")[2] if new and above else new
    return f"; it is called `{new}` now: `python -m sim migrate FILE` renames it in a file" if new in known else ""
