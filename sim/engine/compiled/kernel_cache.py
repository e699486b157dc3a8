"""Machine code of the compiled engine on disk: one file a kernel, named by all that it depends on and never by a path.

So every clone of one source on one kind of processor shares it.
"""

import hashlib
import os
import platform
import sys
from contextlib import AbstractContextManager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sim.engine.storage import user_cache
from sim.engine.storage.fingerprints import source_digest

_SOURCES = (
    "language",
    "world",
    *(f"engine/compiled/{page}.py" for page in ("numba_engine", "compile_once", "shortcuts")),
)
"""What machine code is made from, in `sim`."""

_SETTINGS = ("BOUNDSCHECK", "OPT", "CPU_NAME", "CPU_FEATURES", "ENABLE_AVX", "LOOP_VECTORIZE", "SLP_VECTORIZE")
"""Environment variables of numba that change the machine code it makes, without their `NUMBA_`."""

KEPT = 20
"""Kernels that stay when another is written, the latest used first: each edit of the source makes a new one."""


@cache
def kernel_name() -> str:
    """Hash of what machine code depends on: source, compiler and its settings, Python, processor."""
    import llvmlite.binding as llvm

    digest = hashlib.sha256(source_digest(*_SOURCES).encode())
    try:
        features = sorted(name for name, there in llvm.get_host_cpu_features().items() if there)
    except RuntimeError:  # LLVM cannot tell on every system
        features = []
    for part in (
        *(version(package) for package in ("numba", "llvmlite", "numpy")),
        *(os.environ.get(f"NUMBA_{name}", "") for name in _SETTINGS),
        *(sys.implementation.cache_tag, sys.platform, platform.machine(), llvm.get_host_cpu_name(), *features),
    ):
        digest.update(f"{part}\n".encode())
    return digest.hexdigest()[:32]


def path() -> Path | None:
    """The file of this source's kernel, whether or not it is there. None for a user without a home."""
    return user_cache.file_of("kernels", kernel_name())


def keep(file: Path, code: bytes) -> None:
    """Keep a kernel: whole or not at all. Raises OSError where there is no room or no right."""
    user_cache.write(file, code, KEPT)


def locked(file: Path) -> AbstractContextManager[object]:
    """Held by the one process that compiles this kernel; let go when it ends, however it ends."""
    from filelock import FileLock

    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileLock(file.with_suffix(".lock"), poll_interval=0.2)
