"""What a result depends on besides its inputs: the model's source, and the machine's arithmetic.

numba's cache does not see edits in other files, so its folder is named by a hash of all that is compiled; equal bytes
are promised between machines whose exp and log agree in every bit, and a hash says whether they do.
"""

import hashlib
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]


@cache
def model_hash() -> str:
    """Hash of the source that can move a result: world, language, engine and the reading of scenarios."""
    digest = hashlib.sha256()
    for folder in ("engine", "language", "scenario", "world"):
        for file in sorted((HOME / folder).glob("*.py")):
            digest.update(file.relative_to(HOME).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def arithmetic_fingerprint() -> str:
    """Hash of exp and log at 200,000 points, as this machine's own library computes them."""
    import math

    import numpy as np

    points = np.linspace(-40.0, 40.0, 100_000).tolist()
    numbers = [math.exp(x) for x in points] + [math.log(abs(x) + 1e-9) for x in points]
    return hashlib.sha256(np.array(numbers).tobytes()).hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled code is kept: named by what it is compiled from."""
    name = f"{model_hash()}-numba{version('numba')}"
    if os.environ.get("NUMBA_BOUNDSCHECK") == "1":
        name += "-checked"
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "chokepoint" / name


def is_warm() -> bool:
    """Whether the compiled engine can start without compiling."""
    return any(cache_folder().rglob("*.nbc"))
