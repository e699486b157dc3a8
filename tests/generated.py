"""Files in the repository that are made from the code. `python -m tests refresh` writes them anew."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.scenario.explaining.jsonschema import json_schema
from sim.scenario.explaining.reference import reference
from sim.world.course.future import LAYOUT, OUTCOMES, SERIES

ROOT = Path(__file__).resolve().parents[1]


def _schema() -> str:
    return json.dumps(json_schema(LAYOUT.tables), indent=1, ensure_ascii=False) + "\n"


FILES: dict[str, Callable[[], str]] = {
    "docs/scenario.schema.json": _schema,
    "docs/reference.md": lambda: reference(LAYOUT.tables, OUTCOMES, SERIES),
}


def refresh() -> Iterator[str]:
    """Write every generated file; yields the names of those that changed."""
    for name, made in FILES.items():
        path = ROOT / name
        text = made()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            yield name
