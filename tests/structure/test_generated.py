"""What is made from the code is current, and says what it should."""

import json
import subprocess
import sys

import pytest

from sim.language.declarations import fields
from sim.world.course.future import LAYOUT, OUTCOMES, SERIES
from tests.generated import FILES
from tests.structure.source import ROOT


@pytest.mark.parametrize("name", FILES)
def test_generated_files_are_current(name: str) -> None:
    current = (ROOT / name).read_text(encoding="utf-8") == FILES[name]()
    assert current, f"{name} is stale: run `python -m tests refresh`"


def test_schema_prints_the_file() -> None:
    command = [sys.executable, "-m", "sim", "schema"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == json.loads((ROOT / "docs/scenario.schema.json").read_text(encoding="utf-8"))


def test_the_reference_names_every_parameter_series_and_outcome() -> None:
    text = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    for table in LAYOUT.tables.values():
        if table.at is not None:
            assert f"### `{table.at}`" in text
            for field in fields(table.row):
                assert not field.given or f"| `{field.name}` | {field.meaning}" in text
    for column in (*OUTCOMES, *SERIES):
        assert f"| `{column.name}` | {column.field.meaning} |" in text
