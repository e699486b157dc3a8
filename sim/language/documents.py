"""Results as JSON: one walk over the classes that hold them, each of which names its keys.

    class Gain(Document, keys="measure=measure.name *paired share_better=better"): ...

reads `{"measure": gain.measure.name, ..., "share_better": gain.better}`, with the keys of `gain.paired` between them.
"""

import math
from collections.abc import Iterator, KeysView, Mapping, ValuesView
from dataclasses import fields
from datetime import date
from typing import Any, ClassVar

from sim.errors import Place


class Document:
    """A result that is written as a JSON object.

    `keys`: what it holds, in the order of the file; its fields, if it names none. `key` stands for the attribute of
    that name, `key=path.to.attribute` for another one, and `*path` for all keys of what stands there. A path calls
    methods without arguments, and goes on in each item of a tuple; from None it leads to None.
    """

    __slots__ = ()
    keys: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, keys: str = "") -> None:
        if keys:  # a dataclass with slots is made a second time, without its arguments
            cls.keys = tuple(keys.split())

    def as_json(self) -> dict[str, Any]:
        """Its keys, always in their order; finite numbers only, None for all others."""
        return dict(self._entries())

    def _entries(self) -> Iterator[tuple[str, Any]]:
        for entry in self.keys or [field.name for field in fields(self)]:  # type: ignore[arg-type]
            if entry.startswith("*"):
                yield from plain_json(_at(self, entry[1:])).items()
            else:
                key, _, path = entry.partition("=")
                yield key, plain_json(_at(self, path or key))


def _at(value: Any, path: str) -> Any:
    """What stands at a path of attributes."""
    for name in path.split("."):
        if isinstance(value, tuple):
            value = tuple(getattr(each, name) for each in value)
        elif value is not None:
            value = getattr(value, name)
            value = value() if callable(value) else value
    return value


def plain_json(value: Any) -> Any:
    """A value as JSON holds it, with all that it holds. Raises TypeError for what has no form in JSON."""
    match value:
        case Document():
            return value.as_json()
        case float():
            return value if math.isfinite(value) else None
        case None | str() | int():
            return value
        case date():
            return value.isoformat()
        case Place():
            return str(value)
        case Mapping():
            return {key: plain_json(each) for key, each in value.items()}
        case set() | frozenset():
            return sorted(value)
        case tuple() | list() | ValuesView() | KeysView():
            return [plain_json(each) for each in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")
