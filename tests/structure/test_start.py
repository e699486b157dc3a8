"""`--help` answers at once: heavy libraries wait for the verb that needs them."""

import subprocess
import sys

import pytest

from tests.structure.source import ROOT

HEAVY = ("numpy", "pandas", "numba", "scipy", "plotly", "simpy", "duckdb", "yaml", "jinja2")
SCRIPT = """
import runpy, sys
sys.argv = ["sim", *sys.argv[1:]]
try:
    runpy.run_module("sim", run_name="__main__")
except SystemExit as ended:
    assert not ended.code, ended.code
print("heavy:", *(name for name in {heavy} if name in sys.modules))
"""


def loaded(*arguments: str) -> str:
    """The heavy libraries that a command has imported."""
    command = [sys.executable, "-c", SCRIPT.format(heavy=HEAVY), *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1].removeprefix("heavy:").strip()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(*arguments) == ""


def test_a_heavy_import_would_be_seen() -> None:
    assert "numpy" in loaded("schema").split()


def test_a_python_without_the_libraries_is_told_what_to_do() -> None:
    script = "import sys; sys.modules['pandas'] = None; from sim.cli import main; main()"
    command = [sys.executable, "-c", script, "run", "scenarios/tighten.yaml"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 4
    assert run.stderr == "this Python has no pandas; install the project into it: pip install -e .\n"
