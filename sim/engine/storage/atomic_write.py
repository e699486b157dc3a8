"""What is written aside before it is put in place bears the name of its writer: what dead writers left is removed."""

import os
import platform
import re
import shutil
import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HOST = f"{zlib.crc32(platform.node().encode()):08x}"
"""This machine, or this container: process numbers mean something on it alone."""

_LEFT = re.compile(r"\.?[\w.-]+\.([0-9a-f]{8})\.(\d{1,9})-\w+")


def prefix(name: str) -> str:
    """How the name of what is written aside for `name` begins; what follows makes it one of a kind."""
    return f"{name}.{_HOST}.{os.getpid()}-"


def folder_for(name: str, within: Path) -> Path:
    """A folder of one's own to fill. What dead processes left beside it is removed."""
    tidy(within)
    return Path(tempfile.mkdtemp(prefix=prefix(name), dir=within))


@contextmanager
def shelf() -> Iterator[str]:
    """A folder for what workers hand over, gone at the end: where one still puts something there, the next time."""
    folder = folder_for("chokepoint", Path(tempfile.gettempdir()))
    try:
        yield str(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(path: Path, content: bytes, waits: bool = True) -> None:
    """Write a file: whole or not at all; its permissions stay. Raises OSError.

    `waits`: until it is on the disk. Where the power may fail before that, a checksum must say whether all of it is.
    """
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644  # mkstemp keeps others out
    handle, name = tempfile.mkstemp(prefix=prefix(f".{path.name}"), dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            if waits:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Remove what processes of this machine that are no more left half-written in a folder."""
    for left in folder.iterdir() if folder.is_dir() else ():
        named = _LEFT.fullmatch(left.name)
        if named is None or named[1] != _HOST or _alive(int(named[2])):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with suppress(OSError):  # another has removed it, or it is another user's
                left.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
