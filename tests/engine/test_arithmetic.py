"""Machines whose libraries draw other inputs are told apart, however alike their C libraries are."""

import os
import subprocess
import sys

import numpy as np
import pytest

from sim.engine.storage.fingerprints import arithmetic_fingerprint

FOUND: list[str] = np.show_config(mode="dicts")["SIMD Extensions"]["found"]

DRAWN = """
import hashlib
import numpy as np
from sim.engine.storage.fingerprints import arithmetic_fingerprint
from sim.language.distributions import Quantiles
draws = Quantiles(0.05, 1.0, 3.0, 10.0, 0.0, np.inf).ppf(np.arange(1, 1000) / 1000.0)
print(arithmetic_fingerprint(), hashlib.sha256(draws.tobytes()).hexdigest())
"""


def told(**settings: str) -> tuple[str, str]:
    """The fingerprint in a process of its own, and a hash of draws."""
    done = subprocess.run(
        [sys.executable, "-c", DRAWN], env={**os.environ, **settings}, capture_output=True, check=True
    )
    fingerprint, drawn = done.stdout.decode().split()
    return fingerprint, drawn


def test_it_is_the_same_in_every_process() -> None:
    assert told()[0] == arithmetic_fingerprint()


@pytest.mark.skipif(not any("AVX512" in name or name == "X86_V4" for name in FOUND), reason="has one way to compute")
def test_a_processor_that_draws_other_inputs_has_another() -> None:
    mine, other = told(), told(NPY_DISABLE_CPU_FEATURES=" ".join(FOUND))
    assert mine[1] != other[1]
    assert mine[0] != other[0]
