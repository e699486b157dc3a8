"""The files that a scenario, a sweep or a gate may name: those in the working directory, and those beside or below the
file that names them. A scenario that was received reads nothing else of the machine it is run on.
"""

from pathlib import Path


def named_file(text: str, by: Path) -> Path:
    """The file that `text` names in the file `by`, links followed; it need not exist.

    Raises ValueError for a name that no file can have, a link that leads nowhere, and a file that lies elsewhere.
    """
    link = by.parent / text
    try:
        lost = link.is_symlink() and not link.exists()
        path = link if lost else link.resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"no file can have this name ({getattr(error, 'strerror', None) or error})") from error
    if lost:
        raise ValueError(f"`{text}` is a link that leads to no file")
    if not any(path.is_relative_to(folder) for folder in _folders(by)):
        reach = "beside or below this file, or in the working directory"
        raise ValueError(f"`{text}` climbs out of the folder of this file; name a file {reach}")
    return path


def _folders(by: Path) -> list[Path]:
    """The folder of a file, and the working directory, unless that is all of the disk."""
    here = Path.cwd()
    return [by.parent.resolve(), *([here] if here != Path(here.anchor) else [])]
