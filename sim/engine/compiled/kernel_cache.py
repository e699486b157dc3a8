"""Machine code of the compiled engine on disk: one file a kernel, named by all that it depends on and never by a path.

So every clone of one source on one kind of processor shares it. A file is written aside and renamed, with a checksum
behind it; a damaged one counts as missing. Whoever may write here may run code as this user: it is their own folder.
"""

import hashlib
import os
import platform
import sys
from contextlib import AbstractContextManager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sim.engine.storage import atomic_write
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

_SUM = hashlib.sha256().digest_size


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


def folder() -> Path:
    """The folder of kernels in the user's cache. Raises RuntimeError for a user without a home."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "chokepoint" / "kernels"


def path() -> Path | None:
    """The file of this source's kernel, whether or not it is there. None for a user without a home."""
    try:
        return folder() / f"{kernel_name()}.bin"
    except RuntimeError:
        return None


def read(file: Path | None) -> bytes | None:
    """A kernel; None if it is missing, damaged, or closed to this user."""
    try:
        content = file.read_bytes() if file else b""
    except OSError:
        return None
    body, given = content[:-_SUM], content[-_SUM:]
    return body if body and hashlib.sha256(body).digest() == given else None


def write(file: Path, body: bytes) -> None:
    """Keep a kernel: whole or not at all. Raises OSError where there is no room or no right."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic_write.tidy(file.parent)
    atomic_write.put(file, body + hashlib.sha256(body).digest())
    _tidy(file.parent)


def locked(file: Path) -> AbstractContextManager[object]:
    """Held by the one process that compiles this kernel; let go when it ends, however it ends."""
    from filelock import FileLock

    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileLock(file.with_suffix(".lock"), poll_interval=0.2)


def _tidy(kernels: Path) -> None:
    """Remove the kernels that were not used for longest."""

    def used(file: Path) -> float:
        try:
            return file.stat().st_mtime
        except FileNotFoundError:  # another process tidies too
            return 0.0

    for file in sorted(kernels.glob("[!.]*.bin"), key=used, reverse=True)[KEPT:]:
        file.unlink(missing_ok=True)
        file.with_suffix(".lock").unlink(missing_ok=True)
