"""The JSON Schema of a scenario file, from the declarations: editors complete and check keys."""

from collections.abc import Mapping
from typing import Any

from sim.language.declarations import Field, Moment, Options, Quantity, Reference, Rows
from sim.language.record import Table
from sim.language.units import in_words
from sim.language.values import FORMS, GROUNDS
from sim.scenario.grammar.schema import GROUP_NOTES, HEAD, LISTS, MAPPINGS, THING_NOTES, Group, Things, schema
from sim.scenario.reading.things import ONLY, REMOVE

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SOURCE = _TEXTS | {"description": "a fact's id, a citation's id, or a text"}
_OPEN = {"type": "object"}


def json_schema(tables: Mapping[str, Table]) -> dict[str, Any]:
    """The schema of a scenario over these tables."""
    root = _group(schema(tables))
    root["properties"] = {key: _head(key, meaning) for key, meaning in HEAD.items()} | root["properties"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Chokepoint scenario",
        **root,
        "$defs": {"distribution": _distribution()},
    }


def _head(key: str, meaning: str) -> dict[str, Any]:
    if key in LISTS:
        return {"type": "array", "description": meaning}
    if key in MAPPINGS:
        return {"type": "object", "description": meaning}
    if key == "extends":
        return _TEXTS | {"description": meaning}
    return {"type": "string", "description": meaning}


def _group(group: Group) -> dict[str, Any]:
    notes = {key: _note(key) for key in GROUP_NOTES} if group.path else {}
    leaves = {key: _leaf(field) for key, field in group.fields.items()}
    below = {key: _things(part) if isinstance(part, Things) else _group(part) for key, part in group.below.items()}
    return {"type": "object", "additionalProperties": False, "properties": notes | leaves | below}


def _things(things: Things) -> dict[str, Any]:
    item = {
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["id"]}, {"required": [ONLY]}],
        "properties": {key: _note(key) for key in THING_NOTES}
        | {
            REMOVE: {"const": True, "description": "takes the thing out of what is inherited"},
            ONLY: {"type": "array", "items": _TEXT, "description": "the ids of the inherited things that stay"},
        }
        | {key: _leaf(field) for key, field in things.fields.items()},
    }
    return {"type": "array", "items": item}


def _note(key: str) -> dict[str, Any]:
    return _SOURCE if key == "source" else _TEXT


def _leaf(field: Field) -> dict[str, Any]:
    described = {"description": f"{field.meaning} ({field.unit}{_bounds(field)})"}
    match field.kind:
        case Rows("ties" | "passages" | "draws" | "localities"):
            return described | {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
        case Rows():
            return described | _OPEN
        case Options(words):
            return described | {"anyOf": [{"enum": list(words)}, {"$ref": "#/$defs/distribution"}, {"type": "null"}]}
        case Reference():
            return described | {"anyOf": [_TEXT, _OPEN, {"type": "null"}]}
        case _:
            return described | {"anyOf": [{"type": ["number", "string", "null"]}, {"$ref": "#/$defs/distribution"}]}


def _bounds(field: Field) -> str:
    if not isinstance(field.kind, Quantity):
        return "; a date" if isinstance(field.kind, Moment) else ""
    infinite = (float("-inf"), float("inf"))
    low = "" if field.low in infinite else f"; at least {in_words(field.low, field.kind)}"
    high = "" if field.high in infinite else f"; at most {in_words(field.high, field.kind)}"
    return low + high


def _distribution() -> dict[str, Any]:
    """A mapping with exactly the keys of one form, and any grounds."""
    keys = sorted({key for form in FORMS for key in form})
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {} for key in keys} | {key: {} for key in GROUNDS} | {"source": _SOURCE},
        "anyOf": [{"required": sorted(form)} for form in FORMS],
    }
