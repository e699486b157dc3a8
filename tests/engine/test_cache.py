"""The compiled cache sees every edit: an edited copy of the program compiles anew and gives other numbers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from sim.engine.runner import run_chunk
from sim.engine.sources import is_warm
from sim.jobs.run import read
from sim.scenario.assemble import assemble
from sim.world.future import LAYOUT
warm = is_warm()
of = assemble(read(Path("scenarios/baseline.yaml"), (), ()), LAYOUT)
print(warm, [run_chunk(of, 1, 0, 2, engine).outcomes.tobytes().hex() for engine in ("compiled", "simpy")])
"""


def numbers(folder: Path) -> tuple[bool, str]:
    """Whether the cache was warm, and what two futures come to; both engines must agree."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    warm, found = run.stdout.split(" ", 1)
    compiled, simpy = found.strip("[]\n").split(", ")
    assert compiled == simpy
    return warm == "True", compiled


def test_an_edit_is_seen(tmp_path: Path) -> None:
    """What is compiled already stays of use, also from another folder; an edited page is compiled anew."""
    copy = tmp_path / "copy"
    shutil.copytree("sim", copy / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree("scenarios", copy / "scenarios")
    numbers(Path.cwd())
    same, before = numbers(copy)
    page = copy / "sim" / "world" / "arithmetic.py"
    page.write_text(page.read_text().replace("MONTH = 365.25 / 12.0", "MONTH = 30.0"))
    edited, after = numbers(copy)
    assert (same, edited) == (True, False)
    assert before != after
