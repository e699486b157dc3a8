"""Results on disk: a folder appears whole or not at all, and names what it holds by content.

Everything is written aside, checksummed into `manifest.json`, and moved into place in one step. `timing.json` alone is
outside the promise of equal bytes: it says which engine ran, on how many workers, and for how long.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.engine.storage import atomic_write
from sim.engine.storage.fingerprints import arithmetic_fingerprint, model_hash
from sim.errors import InputError, Place, Problem, Unwritten, visible

if TYPE_CHECKING:
    import duckdb

ROW_GROUP = 20_480
MANIFEST = "manifest.json"
TIMING = "timing.json"

SCHEMA = 3
"""Version of the result files: raised when a key changes its name or its meaning. The changelog says how."""

_ERRNO = re.compile(r'"errno":"(\d+)"')
"""How duckdb says which error of the system it met."""

_FORMULA = re.compile(r"(?<![^;\t\r\n])(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""Where a formula would begin: in a cell, or behind a semicolon, at which spreadsheets of some countries part cells."""

_MANIFEST = {"run": str, "seed": int, "first": int, "futures": int, "model": str, "files": dict}
"""What a manifest must say."""

_KINDS = {str: "a text", int: "a whole number", dict: "a mapping"}


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


@dataclass(frozen=True)
class Published:
    """A folder of results, and why it is not there, so that the results are printed all the same."""

    folder: Path
    unwritten: Unwritten | None = None

    @property
    def there(self) -> Path | None:
        """The folder; None where it could not be written."""
        return None if self.unwritten else self.folder


def versions() -> dict[str, str]:
    """The libraries whose numbers or bytes stand in a result."""
    return {name: version(name) for name in ("numpy", "scipy", "pandas", "duckdb", "plotly")}


def publish(folder: Path, write: Callable[[Path], None], key: RunKey, timing: Mapping[str, Any]) -> None:
    """Let `write` fill a folder aside, add manifest and timing, and put it in place of whatever stood there.

    Raises Unwritten where the machine does not let it, and leaves nothing half-written.
    """
    new = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = atomic_write.folder_for(f".{folder.name}", folder.parent)
        new.chmod(0o755)  # made for its owner alone; results are for sharing
        write(new)
        _manifest(new, key)
        write_json(new / TIMING, timing)
        _put(new, folder)
    except OSError as error:
        reason = error.strerror or error
        raise Unwritten(f"cannot write {folder}: {reason}; make room there, or choose another --out") from error
    finally:
        if new is not None:
            shutil.rmtree(new, ignore_errors=True)


def published(folder: Path, write: Callable[[Path], None], key: RunKey, timing: Mapping[str, Any]) -> Published:
    """As `publish`, except that the reason why it could not be done is returned."""
    try:
        publish(folder, write, key, timing)
    except Unwritten as error:
        return Published(folder, error)
    return Published(folder)


def received(folder: Path, needed: Sequence[str]) -> dict[str, Any]:
    """The manifest of a folder of results, written here or elsewhere, with whose sums all its files agree.

    `needed`: files that it must hold. Raises InputError for a folder that is no such thing.
    """
    if not (folder / MANIFEST).is_file():
        raise refused(folder, "no run: it holds no manifest.json")
    try:
        manifest = read_json(folder / MANIFEST)
    except (OSError, ValueError, RecursionError) as error:
        raise refused(folder, f"its manifest.json is not JSON: {error}; run the scenario again") from error
    for key, kind in _MANIFEST.items():
        if not isinstance(manifest, dict) or type(manifest.get(key)) is not kind:
            message = f"expected {_KINDS[kind]} at `{key}` of its manifest.json; run the scenario again"
            raise refused(folder, message)
    if wrong := [*damaged(folder), *(name for name in needed if name not in manifest["files"])]:
        raise refused(folder, f"damaged: {', '.join(dict.fromkeys(wrong))}; run the scenario again")
    document: dict[str, Any] = manifest
    return document


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Around what reads the files of a received folder. Raises InputError where they hold something else."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused(folder, f"its files are not those of a run ({error}); run the scenario again") from error


def refused(folder: Path, message: str) -> InputError:
    """What is wrong with a folder."""
    return InputError([Problem(Place(folder.as_posix(), 1, 1), "", message)])


def damaged(folder: Path) -> list[str]:
    """Files of a run that are missing or differ from their checksum, and what names no file of it."""
    sums = read_json(folder / MANIFEST)["files"]
    sound = (name for name in sums if Path(name).name == name and (folder / name).is_file())
    same = {name for name in sound if _digest(folder / name) == sums[name]}
    return [name for name in sums if name not in same]


def write_text(path: Path, text: str) -> None:
    """A text in which nothing is left that acts instead of being seen, or that no file can hold."""
    path.write_text(visible(text, keep="\n\t"), encoding="utf-8")


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """A document with keys as given; NaN and infinity are refused."""
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def name_of(file: Path, base: Path | None = None) -> str:
    """What the results of a file, on another root if one is given, are kept under; it leads to no other folder."""
    name = visible(file.stem).lstrip(".") or "unnamed"
    return name if base in (None, file) else f"{name}-on-{name_of(base)}"


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """A table for spreadsheets: every digit kept, and no text a formula."""
    text = table.map(_no_formula).rename(columns=_no_formula)
    write_text(path, text.to_csv(index=False, lineterminator="\n"))


def _no_formula(cell: Any) -> Any:
    """A text with an apostrophe before what a spreadsheet would compute; a number as it is."""
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def read_json(path: Path) -> Any:
    """A document as it was written."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """A table in fixed row groups, written by one thread, so that equal tables are equal bytes. Raises OSError."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        _write(connection.from_df(table), path)


def write_blocks(path: Path, blocks: Iterable[pd.DataFrame]) -> None:
    """The same bytes from a table in blocks of ROW_GROUP rows, of which memory holds one at a time. Raises OSError.

    Of a single file duckdb knows that nothing is missing, and writes it otherwise; a single block is written at once.
    """
    import duckdb

    with tempfile.TemporaryDirectory(dir=path.parent) as aside, duckdb.connect(config={"threads": 1}) as connection:
        parts: list[str] = []
        for block in blocks:
            parts.append(f"{aside}/{len(parts)}.parquet")
            _write(connection.from_df(block), Path(parts[-1]), "uncompressed")
        _write(connection.read_parquet(parts) if len(parts) > 1 else connection.from_df(block), path)


def _write(rows: "duckdb.DuckDBPyRelation", path: Path, compression: str = "zstd") -> None:
    """Rows to a file. Raises OSError."""
    import duckdb

    try:
        rows.write_parquet(str(path), compression=compression, row_group_size=ROW_GROUP)
    except duckdb.IOException as error:
        number = _ERRNO.search(str(error))
        raise (OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error))) from error


def read_parquet(path: Path) -> pd.DataFrame:
    """A table as it was written. Raises ValueError for a file that holds none."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            return connection.execute("select * from read_parquet($1)", [str(path)]).df()
        except duckdb.Error as error:
            raise ValueError(f"{path.name}: {error}") from error


def read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """A table as it was written, which has these columns. Raises ValueError for any other."""
    table = read_parquet(path)
    if list(table.columns) != list(columns):
        raise ValueError(f"{path.name} has other columns")
    return table


def _manifest(folder: Path, key: RunKey) -> None:
    write_json(
        folder / MANIFEST,
        {
            "schema": SCHEMA,
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


def _put(new: Path, folder: Path) -> None:
    """Move a folder into place. Where one of the same name stands, its files are replaced, each in one step.

    A reader always sees the folder, and whole files in it. Two steps that exchange folders would leave a moment without
    one, and not every system exchanges them in one step. A name stands for its content, so files of the old and of the
    new that are seen together are of one result; the manifest comes last, so what was damaged is damaged till then.
    """
    try:
        os.replace(new, folder)
    except OSError:
        if not folder.is_dir():
            raise
        files = sorted(new.iterdir(), key=lambda file: file.name == MANIFEST)
        for file in files:
            os.replace(file, folder / file.name)
        for stale in set(folder.iterdir()) - {folder / file.name for file in files}:
            if not stale.is_dir():
                stale.unlink(missing_ok=True)  # another process publishes the same


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
