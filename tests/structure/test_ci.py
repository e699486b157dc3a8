"""The recipes for build servers name what exists, and say what the program does."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from sim.cli import main
from tests.structure.source import ROOT

RECIPES = sorted((ROOT / "docs" / "ci").glob("*.yml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_yaml_and_its_commands_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    calls = re.findall(r"python -m sim (\w+)([^\n)]*)", text)
    assert "sweep" in {verb for verb, _ in calls}
    for verb, rest in calls:
        told = CliRunner().invoke(main, [verb, "--help"])
        assert told.exit_code == 0, verb
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in told.output, f"{verb} {option}"
        for file in re.findall(r"scenarios/[\w/.]+", rest):
            assert (ROOT / file).is_file()
