"""The same text made in two processes that put sets and hashes in another order."""

import os
import subprocess
import sys

from tests.structure.source import ROOT

SCRIPT = "import hashlib; from {module} import {name}; print(hashlib.sha256({name}().encode()).hexdigest())"


def digests(module: str, name: str) -> set[str]:
    """What a function without arguments makes, one digest for each way; one in all if it is the same."""
    command = [sys.executable, "-c", SCRIPT.format(module=module, name=name)]
    runs = [
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True
        )
        for seed in ("1", "2")
    ]
    return {run.communicate()[0].strip() for run in runs}
