"""What verbs print: nothing that a terminal or a build server would act on, and no letter that ends the program."""

import codecs
import io
import json
import sys

import click

from sim.errors import logged

SPELLED = {"±": "+/-", "…": "...", "÷": "/", "×": "x", "–": "-"}
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
