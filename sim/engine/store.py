"""Results on disk: a folder appears whole or not at all, and names what it holds by content.

Everything is written aside, checksummed into `manifest.json`, and moved into place in one step. `timing.json` alone is
outside the promise of equal bytes: it says which engine ran, on how many workers, and for how long.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from sim.engine.sources import arithmetic_fingerprint, model_hash
from sim.errors import visible

ROW_GROUP = 20_480
MANIFEST = "manifest.json"
TIMING = "timing.json"


@dataclass(frozen=True)
class RunKey:
    """All that a result depends on."""

    scenario: Mapping[str, Any]
    """The scenario's canonical form."""
    seed: int
    first: int
    futures: int

    @property
    def digest(self) -> str:
        """The name of the run: a hash of its key, of the model's source and of the machine's arithmetic."""
        document = {
            "scenario": self.scenario,
            "seed": self.seed,
            "first": self.first,
            "futures": self.futures,
            "model": model_hash(),
            "arithmetic": arithmetic_fingerprint(),
        }
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def versions() -> dict[str, str]:
    """The libraries whose numbers or bytes stand in a result."""
    return {name: version(name) for name in ("numpy", "scipy", "pandas", "duckdb", "plotly")}


def publish(folder: Path, write: Callable[[Path], None], key: RunKey, timing: Mapping[str, Any]) -> None:
    """Let `write` fill a folder aside, add manifest and timing, and put it in place of whatever stood there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    aside.chmod(0o755)  # mkdtemp keeps others out; results are for sharing
    try:
        write(aside)
        _manifest(aside, key)
        write_json(aside / TIMING, timing)
        _swap(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def damaged(folder: Path) -> list[str]:
    """Files of a run that are missing or differ from their checksum."""
    sums = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    return [name for name, digest in sums.items() if not (folder / name).is_file() or _digest(folder / name) != digest]


def write_text(path: Path, text: str) -> None:
    """A text in which nothing is left that acts instead of being seen, or that no file can hold."""
    path.write_text(visible(text, keep="\n\t"), encoding="utf-8")


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """A document with keys as given; NaN and infinity are refused."""
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def name_of(file: Path) -> str:
    """What the results of a file are kept under: its name, which leads to no other folder."""
    return visible(file.stem).lstrip(".") or "unnamed"


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """A table for spreadsheets, every digit kept."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def read_json(path: Path) -> Any:
    """A document as it was written."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """A table in fixed row groups, written by one thread, so that equal tables are equal bytes."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("rows", table)
        target = str(path).replace("'", "''")
        connection.execute(
            f"copy (select * from rows) to '{target}' (format parquet, compression zstd, row_group_size {ROW_GROUP})"
        )


def read_parquet(path: Path) -> pd.DataFrame:
    """A table as it was written."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        return connection.execute("select * from read_parquet($1)", [str(path)]).df()


def _manifest(folder: Path, key: RunKey) -> None:
    write_json(
        folder / MANIFEST,
        {
            "run": key.digest,
            "seed": key.seed,
            "first": key.first,
            "futures": key.futures,
            "model": model_hash(),
            "arithmetic": arithmetic_fingerprint(),
            "versions": versions(),
            "files": {file.name: _digest(file) for file in sorted(folder.iterdir())},
        },
    )


def _swap(aside: Path, folder: Path) -> None:
    """Move the new folder into place; an old one of the same name steps aside first and is then deleted."""
    if not folder.exists():
        os.replace(aside, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    os.replace(folder, old / folder.name)
    os.replace(aside, folder)
    shutil.rmtree(old, ignore_errors=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
