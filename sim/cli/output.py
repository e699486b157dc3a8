"""What verbs print: nothing that a terminal or a build server would act on, and no letter that ends the program."""

import codecs
import io
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sim.cli.progress import Progress, progress
from sim.errors import Unwritten, logged

SPELLED = {"±": "+/-", "…": "...", "÷": "/", "×": "x", "–": "-", "“": '"', "”": '"', "≈": "~"}
SPELLED |= {"·": "-", "█": "#", "▓": "=", "░": "-", "─": "-", "−": "-"}
"""Letters of our own, for terminals whose code page lacks them."""


def encodable() -> None:
    """Let a terminal whose code page lacks a letter show how it is written; by default Python would break."""
    codecs.register_error("spelled", _spelled)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="spelled")


def _spelled(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(SPELLED.get(letter) or letter.encode("unicode_escape").decode() for letter in missing), error.end


def say(text: object, err: bool = False) -> None:
    """Print one line: a line break in a name is shown like any control character."""
    click.echo(logged(str(text)), err=err)


def say_all(text: str, err: bool = False) -> None:
    """Print a text that has lines of its own."""
    click.echo(logged(text, keep="\n"), err=err)


def show_json(document: object) -> None:
    """Print a document; NaN and infinity are refused."""
    say_all(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


@dataclass(frozen=True)
class Output:
    """How a verb shows its result: as text, by its folder alone, or as JSON."""

    quiet: bool = False
    as_json: bool = False

    @property
    def silent(self) -> bool:
        """Whether nothing but the result is printed."""
        return self.quiet or self.as_json

    def progress(self, futures: int = 0) -> AbstractContextManager[Progress]:
        """Progress over so many futures and those announced later."""
        return progress(futures, self.silent)

    def show(self, published: Any, document: Callable[[], object], text: Callable[[Path | None], None]) -> None:
        """Print a result. `text` gets the folder; where that could not be written, None, though `quiet` is wanted."""
        if self.as_json:
            show_json(document())
        elif self.quiet and published.there:
            say(published.there)
        else:
            text(published.there)


def end(published: Any, code: int = 0) -> None:
    """End a verb with an exit code that is no error of the program. Raises why its results could not be written."""
    if published.unwritten:
        raise published.unwritten
    if code:
        sys.exit(code)


def write_file(path: Path, text: str, option: str) -> None:
    """Write the file that an option names: whole or not at all. Raises Unwritten."""
    from sim.engine.storage import atomic_write

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write.put(path, text.encode())
    except OSError as error:
        reason = error.strerror or error
        raise Unwritten(f"cannot write {path}: {reason}; make room there, or choose another {option}") from error
