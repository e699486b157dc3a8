"""Equal results are equal pages: in another process too, which puts sets and hashes in another order."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sim.studies.sweep.page import page as sweep_page
from tests.engine.test_sweep_faults import run, toy
from tests.report.pages import of
from tests.report.studies import discovered, discovery_text, sensitive, sensitivity_text
from tests.structure.source import ROOT

SCRIPT = (
    f"from {__name__} import PAGES, digest; import json; print(json.dumps({{name: digest(name) for name in PAGES}}))"
)


def swept() -> str:
    """The page of a small sweep, whatever folder it ran in."""
    with TemporaryDirectory() as folder:
        return sweep_page(run(toy(Path(folder), 5), Path(folder) / "out").result, "x", "y")


PAGES: dict[str, Callable[[], str]] = {
    "scenarios": lambda: of("four"),
    "sweep": swept,
    "sensitivity": lambda: sensitivity_text(sensitive()),
    "discovery": lambda: discovery_text(discovered()),
}


def digest(name: str) -> str:
    return hashlib.sha256(PAGES[name]().encode()).hexdigest()


@pytest.fixture(scope="module")
def apart() -> dict[str, str]:
    """The digests that another process comes to."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    command = [sys.executable, "-c", SCRIPT]
    said = subprocess.check_output(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, text=True)
    result: dict[str, str] = json.loads(said)
    return result


@pytest.mark.parametrize("name", PAGES)
def test_another_process_makes_the_same_bytes(apart: dict[str, str], name: str) -> None:
    assert apart[name] == digest(name)
