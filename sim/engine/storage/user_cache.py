"""What takes long to make, and is made once for a user: machine code, and parts of pages.

A file is named by all that it depends on. It is written aside and renamed, with a checksum behind it; a damaged one
counts as missing. Whoever may write here may run code as this user: it is their own folder.
"""

import hashlib
import os
from pathlib import Path

from sim.engine.storage import atomic_write

_SUM = hashlib.sha256().digest_size


def file_of(kind: str, name: str) -> Path | None:
    """Where this is kept, whether or not it is there. None for a user without a home."""
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "chokepoint" / kind / f"{name}.bin"
    except RuntimeError:
        return None


def read(file: Path | None) -> bytes | None:
    """What is kept; None if it is missing, damaged, or closed to this user."""
    try:
        content = file.read_bytes() if file else b""
    except OSError:
        return None
    body, given = content[:-_SUM], content[-_SUM:]
    return body if body and hashlib.sha256(body).digest() == given else None


def write(file: Path, body: bytes, most: int) -> None:
    """Keep it, whole or not at all, and no more than `most` of its kind. Raises OSError for no room or no right."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic_write.tidy(file.parent)
    atomic_write.put(file, body + hashlib.sha256(body).digest())
    _tidy(file.parent, most)


def _tidy(folder: Path, most: int) -> None:
    """Remove what was made, or touched by who uses it, longest ago; and the locks of that."""

    def used(file: Path) -> float:
        try:
            return file.stat().st_mtime
        except FileNotFoundError:  # another process tidies too
            return 0.0

    for file in sorted(folder.glob("[!.]*.bin"), key=used, reverse=True)[most:]:
        file.unlink(missing_ok=True)
        file.with_suffix(".lock").unlink(missing_ok=True)
