"""`unshare --map-root-user --mount python -m tests.cli.mounted`: verbs on disks that only this process sees."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.cli.test_questions import call
from tests.engine.test_sweep_faults import MOUNTS
from tests.structure.source import ROOT


def on_disks(cases: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """How each case ends: its `words`, with disks of these `options` at its `folders`, in its `env`."""
    words = [*MOUNTS, sys.executable, "-m", "tests.cli.mounted"]
    done = subprocess.run(words, cwd=ROOT, input=json.dumps(cases), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ended: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return ended


def _ended(words: list[str], options: str, folders: list[str], env: dict[str, str]) -> dict[str, Any]:
    for folder in folders:
        Path(folder).mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)
    os.environ.update(env)
    tempfile.tempdir = None  # it is looked for anew
    result = call(*words)
    left = [str(path) for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return {"code": result.exit_code, "stdout": result.stdout, "stderr": result.stderr, "left": left}


if __name__ == "__main__":
    print(json.dumps({name: _ended(**case) for name, case in json.load(sys.stdin).items()}))
