"""Finished chunks on disk, so that a study that was stopped goes on where it was.

A chunk is the outcomes of some futures of one template, shape (n, OUTCOMES), or what else a study keeps of them. Its
name is the hash of all that they depend on, so whatever asks for the same futures finds them, and nothing is ever
changed: it is written aside, then renamed. The file is a numpy array (`numpy.load` reads it) with a checksum of its
bytes behind it; a damaged one counts as missing.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from sim.engine.storage import atomic_write
from sim.engine.storage.fingerprints import arithmetic_fingerprint, model_hash
from sim.errors import Unwritten
from sim.scenario.grammar.cells import Input
from sim.template.assemble import Template

BLOCK = 100
"""Futures of a chunk among the first thousand: what a kill may cost under SimPy is a few seconds."""

LARGE_BLOCK = 1000
"""Futures of a chunk after the first thousand."""

_SUM = hashlib.sha256().digest_size


def blocks(futures: int) -> list[tuple[int, int]]:
    """First future and number of each chunk. Chunks of more futures begin with those of fewer."""
    small = [(first, BLOCK) for first in range(0, min(futures, LARGE_BLOCK), BLOCK)]
    large = [(first, LARGE_BLOCK) for first in range(LARGE_BLOCK, futures, LARGE_BLOCK)]
    return [(first, min(n, futures - first)) for first, n in [*small, *large]]


_DIGESTS: WeakKeyDictionary[Template, str] = WeakKeyDictionary()
"""Of the templates in memory: variants share a root, and each is named when it is looked for and when it is kept."""


def template_digest(template: Template) -> str:
    """Hash of all of a scenario that can move a future; its name, comments and sources cannot."""
    if template not in _DIGESTS:
        _DIGESTS[template] = _digest(template)
    return _DIGESTS[template]


def _digest(template: Template) -> str:
    digest = hashlib.sha256(template.record["values"][0, : template.layout.filled].tobytes())
    digest.update(template.addresses.tobytes())
    digest.update("".join(map(_text, template.inputs)).encode())
    digest.update(repr((template.scenario.correlations, template.scenario.processes)).encode())
    if template.matching is not None and template.root is not template:
        digest.update(template_digest(template.root).encode())
    return digest.hexdigest()


@lru_cache(4096)
def _text(drawn: Input) -> str:
    """An input in full; the variants of a scenario share nearly all of theirs."""
    return repr(drawn)


def chunk_name(template: str, seed: int, first: int, n: int) -> str:
    """The name of a chunk, from the digest of its template: nothing else decides what it holds."""
    return _name(f"{template} {seed} {first} {n}")


def laid_name(template: str, seed: int, inputs: Any, luck: Any) -> str:
    """The name of a chunk whose inputs (n, columns) and luck (n,) a study lays out itself."""
    return _name(f"{template} {seed} {inputs.shape}", inputs.tobytes(), luck.tobytes())


def part_name(chunk: str, what: str) -> str:
    """The name of what else is kept of a chunk's futures; `what` says which numbers these are."""
    return _name(f"{chunk} {what}")


def _name(text: str, *numbers: bytes) -> str:
    digest = hashlib.sha256(f"{text} {model_hash()} {arithmetic_fingerprint()}".encode())
    for each in numbers:
        digest.update(each)
    return digest.hexdigest()[:32]


@dataclass(frozen=True)
class Chunks:
    """A folder of chunks. Several studies, and several processes, may share it."""

    folder: Path

    def read(self, name: str, n: int) -> Any:
        """The numbers of `n` futures, a row each; None if there are none, or if they are damaged."""
        try:
            content = self._path(name).read_bytes()
        except OSError:  # not there, or nothing that can be read
            return None
        body, given = content[:-_SUM], content[-_SUM:]
        if hashlib.sha256(body).digest() != given:
            return None
        rows = np.load(io.BytesIO(body), allow_pickle=False)
        return rows if len(rows) == n else None

    def write(self, name: str, numbers: Any) -> None:
        """Keep a chunk: whole or not at all. Raises Unwritten where there is no room for it."""
        body = io.BytesIO()
        np.save(body, numbers, allow_pickle=False)
        content = body.getvalue() + hashlib.sha256(body.getvalue()).digest()
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write.put(path, content, waits=False)
        except OSError as error:
            reason = f"{path.parent}: {error.strerror or error}"
            raise Unwritten(
                f"{reason}; what is finished is kept, run the same command again once there is room"
            ) from error

    def keep(self, name: str, numbers: Any) -> bool:
        """Keep a chunk that its owner also holds in memory; False where there is no room, which costs no result."""
        try:
            self.write(name, numbers)
        except Unwritten:
            return False
        return True

    def tidy(self) -> None:
        """Remove what processes that are no more left half-written; files of others stay."""
        for folder in self.folder.glob("*/"):
            atomic_write.tidy(folder)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / f"{name[2:]}.npy"
