"""What the parameters of a page need for the register to see them move: stated as `NEEDS` in the page's own test."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Needs:
    """Parameters are named as `sites.pue`: the table and the field.

    `settings`: what one of the register's futures, by its number, is run with beside what all are.
    `never_written`: parameters that only studies, or scenarios of your own, use.
    `moves_nothing`: parameters that no outcome depends on, each with its reason.
    """

    settings: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    never_written: tuple[str, ...] = ()
    moves_nothing: Mapping[str, str] = field(default_factory=dict)


def stated() -> Iterator[Needs]:
    """The needs that the tests of the world's pages state."""
    for path in sorted(HERE.rglob("test_*.py")):
        if "\nNEEDS = Needs(" in path.read_text(encoding="utf-8"):
            module = ".".join((__package__, *path.relative_to(HERE).with_suffix("").parts))
            yield import_module(module).NEEDS
