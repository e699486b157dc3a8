"""The same text made in another process, which puts sets and hashes in another order."""

import os
import subprocess
import sys

from tests.structure.source import ROOT

SCRIPT = "import hashlib; from {module} import {name}; print(hashlib.sha256({name}().encode()).hexdigest())"


def made_apart(module: str, name: str) -> str:
    """The digest of what a function without arguments makes there."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    command = [sys.executable, "-c", SCRIPT.format(module=module, name=name)]
    return subprocess.check_output(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, text=True).strip()
